"""Agents that choose: planners that know the task, and learners that do not.

An agent is anything with three methods. `init(task, n_agents)` returns a memory that the caller
owns; `policy(memory, state)` returns choice probabilities (n_actions, n), never a sampled action;
`update(memory, state, action, step, active)` changes the memory in place and returns the signed
error (n,) from before the update. A fourth, `start(memory, state)`, is called at the beginning of
every trial if it exists, and returns the error (n,) of the cue.
"""

from typing import Any, Protocol, runtime_checkable

from rpe._checks import Bools, Floats, Ints
from rpe.agents.actor_critic import ActorCritic, ActorCriticMemory
from rpe.agents.corticostriatal_actor import CorticostriatalActor, CorticostriatalMemory
from rpe.agents.options import OptionsLearner, OptionsMemory
from rpe.agents.planner import Planner, PlannerMemory
from rpe.agents.tabular import (
    ExpectedSarsa,
    MicroAgents,
    PresentBiasedLearner,
    QLearner,
    TableMemory,
    TabularLearner,
)
from rpe.tasks import Step

__all__ = [
    "ActorCritic",
    "ActorCriticMemory",
    "Agent",
    "CorticostriatalActor",
    "CorticostriatalMemory",
    "ExpectedSarsa",
    "MicroAgents",
    "OptionsLearner",
    "OptionsMemory",
    "Planner",
    "PlannerMemory",
    "PresentBiasedLearner",
    "QLearner",
    "TableMemory",
    "TabularLearner",
]


@runtime_checkable
class Agent(Protocol):
    """What `rpe.simulate.run` asks of an agent."""

    def init(self, task: Any, n_agents: int) -> Any:
        """Return a fresh memory for n agents."""

    def policy(self, memory: Any, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) in the states (n,)."""

    def update(self, memory: Any, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn in place; return the signed error (n,) from before the update."""
