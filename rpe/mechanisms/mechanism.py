"""What all mechanisms share: an agent around an agent, with hooks for utility, choice and memory."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property, partial
from typing import Any, ClassVar, Protocol

import numpy as np

from rpe._checks import Bools, Floats, Ints, KnowsItsKeywords, agent_count, between, count, numbers
from rpe.mechanisms._hooks import check_choice, check_step
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


class WrappedAgent(Protocol):
    """What a mechanism asks of the agent inside: the three methods of every agent.

    Attributes that some agents have besides are used where they exist: `start(memory, state)`,
    `value(memory, state)`, and the numbers `n_agents` and `n_tables`.
    """

    def init(self, task: Any, n_agents: int) -> Any:
        """Return a fresh memory for n agents."""

    def policy(self, memory: Any, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) in the states (n,)."""

    def update(self, memory: Any, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn in place; return the signed error (n,) from before the update."""


@dataclass(frozen=True, eq=False)
class Mechanism(KnowsItsKeywords):
    """Mechanism: an agent around an agent that changes its utility or its choice, and nothing at weight zero.

    A mechanism of your own is one file: a frozen dataclass that inherits from `Mechanism`, whose
    fields are its parameters, and which overrides the hooks that it needs:

    - `check_parameters()` returns the parameters that need it by name, checked;
    - `idle`, a property, says whether the parameters make it change nothing;
    - `create_memory(task, n_agents)` returns what it remembers, the `memory.own` of the other hooks;
    - `transform_step(memory, state, action, step)` returns the step that the agent inside learns from;
    - `log_bias(memory, state)` returns what is added to the logits of the choice;
    - `base_policy(memory, state)` returns the policy before that bias;
    - `observe(memory, state, action, step, active)` changes `memory.own` in place, after learning.

    The methods of an agent (`init`, `start`, `policy`, `value`, `update`) call the hooks and are not
    overridden. An idle mechanism calls none of them: it passes everything on to the agent inside, whose
    results it leaves unchanged bit for bit. Its memory has the same type as ever, with an `own` as
    `create_memory` makes it, in which nothing was observed.

    In this library a mechanism is one file beside this one, named after the idea, and one line each in
    the imports, the `__all__` and the table of `rpe/mechanisms/__init__.py`; tests and benchmark find it
    there.

    Parameters
    ----------
    agent : Agent
        The agent inside: a planner, a learner, or another mechanism.

    Raises
    ------
    TypeError, ValueError
        If the agent lacks a method, or parameters are out of range or describe different numbers of agents.

    Examples
    --------
    An agent to whom each step of work is worth a little more:

    >>> from dataclasses import dataclass
    >>> import numpy as np, rpe
    >>> @dataclass(frozen=True, eq=False)
    ... class Praise(rpe.mechanisms.Mechanism):
    ...     size: float = 0.0
    ...     @property
    ...     def idle(self):
    ...         return self.size == 0
    ...     def create_memory(self, task, n_agents):
    ...         return task.is_work
    ...     def transform_step(self, memory, state, action, step):
    ...         return step._replace(reward=step.reward + self.size * memory.own[action])
    >>> task = rpe.tasks.monolithic(n_units=2, deadline=4)
    >>> for size in (0.0, 50.0):
    ...     agent = Praise(rpe.agents.QLearner(), size=size)
    ...     history = rpe.simulate.run(agent, task, n_agents=100, n_trials=20, rng=0)
    ...     print(history.trials.units[:, -1].mean())       # of 2
    1.77
    2.0
    """

    observes_when_idle: ClassVar[bool] = False
    """Whether `observe` keeps a record that is of interest also while the mechanism is idle."""

    agent: WrappedAgent

    def __post_init__(self) -> None:
        if isinstance(self.agent, type):
            raise TypeError(f"agent must be an agent, not a class; got {self.agent.__name__} (without parentheses)")
        for method in ("init", "policy", "update"):
            if not callable(getattr(self.agent, method, None)):
                raise TypeError(f"agent must have the method {method!r}; {type(self.agent).__name__} has not")
        for name, value in self.check_parameters().items():
            object.__setattr__(self, name, value)
        _ = self.n_agents

    # The hooks.

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters that need it by name, checked and as they are kept."""
        return {}

    @property
    def idle(self) -> bool:
        """Whether the parameters make the mechanism change nothing."""
        return False

    def create_memory(self, task: Task, n_agents: int) -> Any:
        """Return what the mechanism itself remembers of n agents on a task; None for nothing."""
        return None

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step that the agent inside learns from: reward, effort or points as they are experienced."""
        return step

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats | None:
        """Return what is added to the logits (n_actions, n) of the choice; None for nothing."""
        return None

    def base_policy(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) to which the bias is added: those of the agent inside."""
        return self.agent.policy(memory.inner, state)

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Change `memory.own` in place by what happened, once the agent inside has learned.

        Parameters
        ----------
        memory : MechanismMemory
        state, action : int array (n,)
            Where each agent was, and what it did.
        step : Step
            What followed, as the world has it (not as `transform_step` changed it).
        active : bool array (n,) or None
            Agents whose trial goes on, and who alone observe; None for all.
        """

    # The methods of an agent.

    @cached_property
    def _at_work(self) -> tuple[WrappedAgent | None, int, tuple[tuple[Mechanism, int], ...]]:
        """The agent that answers calls, the layer of its memory, and who observes on the way to it.

        None is the mechanism itself; where it is idle, it is the first agent inside that is no idle
        mechanism, so that any number of idle ones cost one call.
        """
        if not self.idle:
            return None, -1, ()
        seen: tuple[tuple[Mechanism, int], ...] = ((self, -1),) if self.observes_when_idle else ()
        if not isinstance(self.agent, Mechanism):
            return self.agent, 0, seen
        agent, layer, others = self.agent._at_work
        return self.agent if agent is None else agent, layer + 1, (*seen, *((each, at + 1) for each, at in others))

    def _passed_on(self, memory: MechanismMemory) -> tuple[Any, Any]:
        """The agent that does all the work, and its memory: an agent inside if those around it do nothing at all."""
        agent, layer, observers = self._at_work
        return (self, memory) if agent is None or observers else (agent, memory._layers[layer])

    @cached_property
    def n_agents(self) -> int:
        """How many agents the parameters describe, here and inside (1 if all are numbers)."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays = {name: value for name, value in own.items() if isinstance(value, np.ndarray)}
        return agent_count(agent=np.empty(getattr(self.agent, "n_agents", 1)), **arrays)

    @property
    def heeds_masks(self) -> bool:
        """Whether the agent inside never chooses an action that a state does not offer."""
        return bool(getattr(self.agent, "heeds_masks", False))

    @property
    def n_tables(self) -> int:
        """How many tables of action values the agent inside keeps."""
        return int(getattr(self.agent, "n_tables", 1))

    def init(self, task: Task, n_agents: int) -> MechanismMemory:
        """Return a fresh memory for n agents.

        Raises
        ------
        ValueError
            If the parameters describe another number of agents.
        """
        count("n_agents", n_agents)
        if self.n_agents not in (1, n_agents):
            raise ValueError(f"n_agents must be {self.n_agents}, as the parameters have it; got {n_agents}")
        inner = self.agent.init(task, n_agents)
        if self.idle:
            return MechanismMemory(inner, create=partial(self.create_memory, task, n_agents))
        return MechanismMemory(inner, self.create_memory(task, n_agents))

    def start(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Begin a trial; return the error (n,) of the cue, NaN if the agent inside has none.

        Raises
        ------
        ValueError
            If the memory was made while the mechanism was idle, so that it has observed nothing.
        """
        agent, layer, _ = self._at_work
        if agent is None:
            if not memory.observing:
                raise ValueError(
                    f"memory must be of a {type(self).__name__} that was at work when it was made; "
                    "this one was idle, and has observed nothing"
                )
            agent, layer = self.agent, 0
        begin = getattr(agent, "start", None)
        return np.full(len(state), np.nan) if begin is None else np.asarray(begin(memory._layers[layer], state))

    def policy(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        agent, layer, _ = self._at_work
        if agent is not None:
            return agent.policy(memory._layers[layer], state)
        base, bias = self.base_policy(memory, state), self.log_bias(memory, state)
        if not memory.choice_seen:
            check_choice(self, base, bias, len(state))
            memory.choice_seen = True
        return biased(base, bias)

    def log_policy(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return the log choice probabilities (n_actions, n), also where those of the agent inside underflow."""
        agent, layer, _ = self._at_work
        if agent is not None:
            return _log_policy(agent, memory._layers[layer], state)
        if type(self).base_policy is not Mechanism.base_policy:
            with np.errstate(divide="ignore"):
                return np.log(self.policy(memory, state))
        logs, bias = _log_policy(self.agent, memory.inner, state), self.log_bias(memory, state)
        if bias is None:
            return logs
        logits = logs + bias
        top = logits.max(axis=0)
        result: Floats = logits - top - np.log(np.exp(logits - top).sum(axis=0))
        return result

    def action_values(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return the action values (n_actions, n) of the agent inside; NaN if it has none."""
        inside = getattr(self.agent, "action_values", None)
        if inside is None:
            return np.full(self.policy(memory, state).shape, np.nan)
        return np.asarray(inside(memory.inner, state))

    def observe_choice(self, memory: MechanismMemory, state: Ints, action: Ints, active: Bools) -> None:
        """Pass on a choice of which nobody saw what came; a memory for choices overrides this."""
        inside = getattr(self.agent, "observe_choice", None)
        if inside is not None:
            inside(memory.inner, state, action, active)

    def value(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return what its state (n,) is worth to each of n agents, in reward units.

        Raises
        ------
        TypeError
            If the agent inside has no values.
        """
        inside = getattr(self.agent, "value", None)
        if inside is None:
            raise TypeError(f"agent must have the method 'value'; {type(self.agent).__name__} has not")
        return np.asarray(inside(memory.inner, state))

    def update(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn in place from the transformed step; return the signed error (n,) from before the update."""
        agent, layer, observers = self._at_work
        if agent is not None:
            delta = agent.update(memory._layers[layer], state, action, step, active)
            for mechanism, at in observers:
                mechanism.observe(memory if at < 0 else memory._layers[at], state, action, step, active)
            return delta
        experienced = self.transform_step(memory, state, action, step)
        if not memory.step_seen:
            check_step(self, experienced, len(state))
            memory.step_seen = True
        delta = self.agent.update(memory.inner, state, action, experienced, active)
        self.observe(memory, state, action, step, active)
        return delta


def _log_policy(agent: Any, memory: Any, state: Ints) -> Floats:
    """The log choice probabilities (n_actions, n) of an agent, by its own way if it has one."""
    own = getattr(agent, "log_policy", None)
    if own is not None:
        return np.asarray(own(memory, state))
    with np.errstate(divide="ignore"):
        return np.log(agent.policy(memory, state))


def biased_policy(policy: Floats, log_bias: Floats | None) -> Floats:
    """Return π′(a) ∝ π(a) exp(b(a)), (n_actions, n); π itself without a bias.

    For a softmax agent this adds b to the logits, whatever its inverse temperature.

    Parameters
    ----------
    policy : float array (n_actions, n)
        π, choice probabilities of n agents.
    log_bias : float array (n_actions, n) or None
        b, in logits.

    Raises
    ------
    TypeError, ValueError
        For what is no probability or no finite number, or shapes that do not match.

    Examples
    --------
    >>> import numpy as np
    >>> biased_policy(np.array([[0.5], [0.5]]), np.array([[0.0], [np.log(3.0)]])).ravel()
    array([0.25, 0.75])
    """
    chances = between("policy", policy, 0, 1)
    if log_bias is None:
        return chances
    bias = numbers("log_bias", log_bias)
    if bias.shape != chances.shape or chances.ndim != 2:
        raise ValueError(
            f"log_bias must have the shape of policy, (n_actions, n); got {bias.shape} and {chances.shape}"
        )
    return biased(chances, bias)


def biased(policy: Floats, log_bias: Floats | None) -> Floats:
    """Return `biased_policy` of what is known to fit."""
    if log_bias is None:
        return policy
    weight = policy * np.exp(log_bias - log_bias.max(axis=0))
    total = weight.sum(axis=0)
    # Where the bias lies on what the agent would never do, the policy stays as it is.
    return np.where(total > 0, weight / np.where(total > 0, total, 1.0), policy)
