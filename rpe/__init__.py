"""Reinforcement learning with dopamine-like prediction errors: micro wins, procrastination, momentum.

The names of this package are modules; each loads when it is first used.

>>> import rpe
>>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
>>> exact = rpe.measures.exact(planner, rpe.tasks.micro_wins(n_goals=5))
>>> exact.procrastination_index.round(3)
array([0.196])
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from gymnasium.envs.registration import register

if TYPE_CHECKING:
    # Modules load on first use; type checkers and editors see them here.
    from rpe import agents as agents
    from rpe import choice as choice
    from rpe import claims as claims
    from rpe import demos as demos
    from rpe import design as design
    from rpe import discounting as discounting
    from rpe import dopamine as dopamine
    from rpe import envs as envs
    from rpe import experiments as experiments
    from rpe import features as features
    from rpe import fit as fit
    from rpe import measures as measures
    from rpe import mechanisms as mechanisms
    from rpe import movies as movies
    from rpe import plots as plots
    from rpe import records as records
    from rpe import schedules as schedules
    from rpe import scorecard as scorecard
    from rpe import simulate as simulate
    from rpe import sweep as sweep
    from rpe import table as table
    from rpe import tasks as tasks
    from rpe import td as td
    from rpe import theories as theories

__version__ = "0.2.0"

__all__ = [
    "agents",
    "choice",
    "claims",
    "demos",
    "design",
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
for _name in (
    *("Badge", "Bandit", "DatedChoice", "DoOnce", "FiveMinutes", "FourRooms", "Graph", "Interruptions", "Lever"),
    *("OffPathWins", "Ritual", "Semester", "SubDeadlines", "ToDoList", "TwoProjects", "VariableDistraction"),
):
    register(f"rpe/{_name}-v0", entry_point="rpe.envs:TaskEnv", kwargs={"task": _name})
register("rpe/Task-v0", entry_point="rpe.envs:TaskEnv")


if not TYPE_CHECKING:
    # Hidden from type checkers, for which every name would exist with it.
    def __getattr__(name: str) -> ModuleType:
        if name in __all__:
            return import_module(f"rpe.{name}")
        from difflib import get_close_matches

        near = get_close_matches(name, __all__, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(__all__)}"
        raise AttributeError(f"module 'rpe' has no attribute {name!r}; {hint}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
