"""Reinforcement learning with dopamine-like prediction errors: micro wins, procrastination, momentum.

The names of this package are modules; each loads when it is first used.

>>> import rpe
>>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
>>> exact = rpe.measures.exact(planner, rpe.tasks.micro_wins(n_goals=5))
>>> exact.procrastination_index.round(3)
array([0.196])
"""

from importlib import import_module
from typing import Any

from gymnasium.envs.registration import register

__version__ = "0.1.0"

__all__ = [
    "agents",
    "choice",
    "claims",
    "demos",
    "discounting",
    "dopamine",
    "envs",
    "experiments",
    "features",
    "fit",
    "measures",
    "mechanisms",
    "movies",
    "plots",
    "records",
    "schedules",
    "scorecard",
    "simulate",
    "sweep",
    "table",
    "tasks",
    "td",
    "theories",
]

for _name, _split in (("rpe/MicroWins-v0", True), ("rpe/MonolithicGoal-v0", False)):
    register(
        _name,
        entry_point="rpe.envs:GoalEnv",
        vector_entry_point="rpe.envs:GoalVectorEnv",
        kwargs={"split": _split},
    )


def __getattr__(name: str) -> Any:
    if name in __all__:
        return import_module(f"rpe.{name}")
    raise AttributeError(f"module 'rpe' has no attribute {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
