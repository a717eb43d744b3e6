"""What all mechanisms share: an agent around an agent, with a memory of its own beside the inner one's."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, agent_count
from rpe.tasks import Step


@dataclass
class Wrapped:
    """What a mechanism remembers: the memory of the agent inside, and its own.

    Attributes
    ----------
    inner : memory
        Of the agent inside.
    own : Any
        Of the mechanism; None if it has none.
    """

    inner: Any
    own: Any

    def __getattr__(self, name: str) -> Any:
        # What is asked of the memory of an agent, such as its values, is answered by the inner one.
        if name in ("inner", "own"):
            raise AttributeError(name)
        return getattr(self.inner, name)


@dataclass(frozen=True, eq=False)
class Mechanism:
    """An agent around an agent: the same methods, a changed utility or a changed choice.

    A mechanism changes the step that the agent inside learns from (`feel`), or multiplies its
    policy by exp(bias) and renormalises it (`bias`), and may remember what happened (`notice`).
    With its weight at zero it is `idle`: its memory and its methods are then those of the agent
    inside, and so are its results, bit for bit.

    Parameters
    ----------
    agent : Agent
        What is inside: a planner, a learner, or another mechanism.
    """

    agent: Any

    def __post_init__(self) -> None:
        for method in ("init", "policy", "update"):
            if not callable(getattr(self.agent, method, None)):
                raise TypeError(f"agent must have the method {method!r}; {type(self.agent).__name__} has not")
        for name, value in self._checked().items():
            object.__setattr__(self, name, value)
        _ = self.n_agents
        if self.idle:
            # Calls go straight to the agent inside, so that an idle mechanism costs nothing.
            for method in ("policy", "update", "value", "start"):
                if hasattr(self.agent, method):
                    object.__setattr__(self, method, getattr(self.agent, method))

    def _checked(self) -> dict[str, Any]:
        """The parameters of the mechanism by name, checked."""
        return {}

    @property
    def idle(self) -> bool:
        """Whether the mechanism changes nothing."""
        return False

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe, here and inside (1 if all are numbers)."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays = {name: value for name, value in own.items() if isinstance(value, np.ndarray)}
        return agent_count(agent=np.empty(getattr(self.agent, "n_agents", 1)), **arrays)

    @property
    def n_tables(self) -> int:
        """How many tables of action values the agent inside keeps."""
        return int(getattr(self.agent, "n_tables", 1))

    def init(self, task: Any, n_agents: int) -> Any:
        """Return a fresh memory for n agents: that of the agent inside, if the mechanism is idle.

        Raises
        ------
        ValueError
            If the parameters describe another number of agents.
        """
        if self.n_agents not in (1, n_agents):
            raise ValueError(f"n_agents must be {self.n_agents}, as the parameters have it; got {n_agents}")
        inner = self.agent.init(task, n_agents)
        return inner if self.idle else Wrapped(inner, self.remember(task, n_agents))

    def start(self, memory: Wrapped, state: Ints) -> Floats:
        """Begin a trial; return the error (n,) of the cue, NaN if the agent inside has none."""
        if hasattr(self.agent, "start"):
            return np.asarray(self.agent.start(memory.inner, state))
        return np.full(len(state), np.nan)

    def policy(self, memory: Wrapped, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        return tilted(self.agent.policy(memory.inner, state), self.bias(memory.own, state))

    def value(self, memory: Wrapped, state: Ints) -> Floats:
        """Return what its state (n,) is worth to each of n agents, in reward units."""
        return np.asarray(self.agent.value(memory.inner, state))

    def update(self, memory: Wrapped, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn in place from the step as it is felt; return the signed error (n,) from before the update."""
        felt = self.feel(memory.own, state, action, step)
        delta: Floats = self.agent.update(memory.inner, state, action, felt, active)
        self.notice(memory.own, state, action, step, active)
        return delta

    def remember(self, task: Any, n_agents: int) -> Any:
        """Return the memory of the mechanism alone."""
        return None

    def bias(self, own: Any, state: Ints) -> Floats | None:
        """Return what is added to the logits (n_actions, n) of the choice; None for nothing."""
        return None

    def feel(self, own: Any, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step as the agent inside feels it."""
        return step

    def notice(self, own: Any, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Take up what happened, after the agent inside has learned from it."""


def tilted(policy: Floats, bias: Floats | None) -> Floats:
    """Return π′(a) ∝ π(a) exp(b(a)), (n_actions, n); π itself without a bias.

    For a softmax agent this adds b to the logits, whatever its inverse temperature.

    Examples
    --------
    >>> import numpy as np
    >>> tilted(np.array([[0.5], [0.5]]), np.array([[0.0], [np.log(3.0)]])).ravel()
    array([0.25, 0.75])
    """
    if bias is None:
        return policy
    weight = policy * np.exp(bias - bias.max(axis=0))
    total = weight.sum(axis=0)
    # Where the bias lies on what the agent would never do, nothing is left to tilt.
    return np.where(total > 0, weight / np.where(total > 0, total, 1.0), policy)
