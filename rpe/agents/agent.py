"""The agent protocol: what `rpe.simulate.run` asks of an agent, and what an agent may offer beside it."""

from typing import Any, Protocol, runtime_checkable

from rpe._checks import Bools, Floats, Ints
from rpe.tasks import Step


@runtime_checkable
class Agent(Protocol):
    """Agent: three methods over a batch of n agents; parameters are its own, memory is the caller's.

    `policy` returns probabilities, never a sampled action, so that simulation and likelihood run
    the same code. See `AgentHooks` for what an agent may offer beside these.

    Examples
    --------
    >>> import rpe
    >>> isinstance(rpe.agents.QLearner(), rpe.agents.Agent), isinstance("a name", rpe.agents.Agent)
    (True, False)
    """

    # What a task offers to agents is for the agent to say: planners need tables, learners only sizes.
    def init(self, task: Any, n_agents: int) -> Any:
        """Return a fresh memory for n agents; a planner solves the task here."""

    def policy(self, memory: Any, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) in the states (n,)."""

    def update(self, memory: Any, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn in place; return the signed error (n,) from before the update, 0 for agents that are not active."""


@runtime_checkable
class AgentHooks(Protocol):
    """Optional hooks of an agent; each is used where it is there, and each may be left out.

    Attributes
    ----------
    n_agents : int
        How many agents the parameters describe, 1 if all are numbers. By default `run` simulates as
        many. Without it, parameters are the same for all agents.
    n_tables : int
        How many tables of action values each agent keeps; how many agents run at once follows from it.
    heeds_masks : bool
        Whether the agent never chooses an action that a state does not offer; otherwise (the default)
        `run` takes such actions out of its policy, which costs a little time.

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner()
    >>> [hook for hook in ("heeds_masks", "n_agents", "start", "value") if hasattr(learner, hook)]
    ['heeds_masks', 'n_agents', 'start', 'value']
    """

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""

    @property
    def n_tables(self) -> int:
        """How many tables of action values each agent keeps."""

    @property
    def heeds_masks(self) -> bool:
        """Whether no action that a state does not offer is ever chosen."""

    def start(self, memory: Any, state: Ints) -> Floats:
        """Begin a trial in the states (n,); return the error (n,) of the cue. Without it, that error is NaN."""

    def value(self, memory: Any, state: Ints) -> Floats:
        """Return what its state (n,) is worth to each agent, in reward units; mechanisms and measures read it."""
