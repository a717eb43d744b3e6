"""Learners of immediate outcomes, as people are fitted: one value for each stimulus, and no looking ahead."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import (
    Bools,
    Floats,
    Ints,
    KnowsItsKeywords,
    PerAgent,
    agent_count,
    default,
    indices,
    numbers,
    parameter,
)
from rpe._softmax import log_softmax
from rpe.agents._steps import Offered, asked, check_n_agents, experienced_utility, offered_actions, offered_in
from rpe.choice import inverse_temperature
from rpe.tasks import Step


@dataclass
class OutcomeMemory:
    """What learners of outcomes remember.

    Attributes
    ----------
    q : float array (n_stimuli, n)
        The value of each stimulus to each agent, in reward units.
    stimuli : int array (n_actions, n_states)
        Which stimulus each action chooses in each state.
    available : bool array (n_actions, n_states), masks of an environment, or None
        Which actions each state offers; None for all.
    own : dict of str to float array
        What else a learner remembers, such as associabilities.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.TwoRateLearner().init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> memory.q.shape  # stimuli, agents
    (2, 2)
    """

    q: Floats
    stimuli: Ints
    available: Offered
    own: dict[str, Floats]

    def __post_init__(self) -> None:
        numbers("q", self.q)
        indices("stimuli", self.stimuli, len(self.q))

    @property
    def n_agents(self) -> int:
        """How many agents there are."""
        return int(self.q.shape[1])

    @property
    def n_states(self) -> int:
        """How many states they know."""
        return int(self.stimuli.shape[1])


class Outcome(NamedTuple):
    """What n agents learn from.

    Attributes
    ----------
    chosen : int array (n,)
        The stimulus that each chose.
    shown : int array (n_actions, n)
        Those that each could choose from.
    utility : float array (n,)
        What came of it, in reward units.
    delta : float array (n,)
        The prediction error u − Q(chosen).
    learns : float array (n,)
        1 where the agent learns, 0 where it does not.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import rpe
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Watcher(rpe.agents.OutcomeLearner):
    ...     def learn(self, memory, outcome):
    ...         print(outcome.chosen.tolist(), outcome.utility.tolist(), outcome.delta.tolist())
    >>> _ = rpe.simulate.run(Watcher(), rpe.tasks.bandit([1.0, 1.0]), n_trials=2, rng=0)
    [1] [1.0] [1.0]
    [1] [1.0] [1.0]
    """

    chosen: Ints
    shown: Ints
    utility: Floats
    delta: Floats
    learns: Floats


def stimuli_of(task: Any) -> Ints:
    """Return which stimulus each action chooses in each state, (n_actions, n_states).

    A task says so by an array `stimuli` (n_states, n_actions); without it every state has its own.
    """
    given = getattr(task, "stimuli", None)
    if given is None:
        given = np.arange(task.n_states * task.n_actions).reshape(task.n_states, task.n_actions)
    return np.ascontiguousarray(np.asarray(given, dtype=np.int64).T)


@dataclass(frozen=True, eq=False, kw_only=True)
class OutcomeLearner(KnowsItsKeywords, ABC):
    """Learner of immediate outcomes: δ = u − Q(chosen), choice by softmax(β Q); nothing is bootstrapped.

    Values belong to stimuli: where a task has `stimuli`, an array (n_states, n_actions) of which
    stimulus each action chooses in each state, states that show the same stimulus share its value.

    A learner of your own is a frozen dataclass that states `learn` and checks its parameters.

    Parameters
    ----------
    inverse_temperature : float or array (n_agents,)
        β ≥ 0 of the softmax, per reward unit; infinity for greedy.
    initial_value : float or array (n_agents,)
        Value of every stimulus at the start, in reward units.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import numpy as np
    >>> import rpe
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Quick(rpe.agents.OutcomeLearner):
    ...     def learn(self, memory, outcome):
    ...         memory.q[outcome.chosen, np.arange(len(outcome.delta))] += 0.5 * outcome.delta
    >>> quick, task = Quick(inverse_temperature=5.0), rpe.tasks.bandit([0.1, 0.9])
    >>> history = rpe.simulate.run(quick, task, n_agents=50, n_trials=60, rng=0)
    >>> bool(history.trials.reward[:, 30:].mean() > 0.7)
    True
    """

    inverse_temperature: PerAgent = default(1.0)
    initial_value: PerAgent = default(0.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inverse_temperature", inverse_temperature(self.inverse_temperature))
        object.__setattr__(self, "initial_value", parameter("initial_value", self.initial_value))
        for name, (low, high) in self.ranges().items():
            object.__setattr__(self, name, parameter(name, getattr(self, name), low, high))
        _ = self.n_agents

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter of one's own, by name."""
        return {}

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        return agent_count(**{name: value for name, value in arrays.items() if isinstance(value, np.ndarray)})

    @abstractmethod
    def learn(self, memory: OutcomeMemory, outcome: Outcome) -> None:
        """Change values in place by what came of a choice."""

    def create_own(self, n_stimuli: int, n_agents: int) -> dict[str, Floats]:
        """Return what else is remembered, by name."""
        return {}

    def logits(self, memory: OutcomeMemory, state: Ints) -> Floats:
        """Return what the softmax is of (n_actions, n): β Q of the stimuli shown."""
        beta: Floats = self.inverse_temperature
        return np.asarray(beta * self.action_values(memory, state))

    def init(self, task: Any, n_agents: int) -> OutcomeMemory:
        """Return a fresh memory for n agents.

        Raises
        ------
        ValueError
            If the parameters describe another number of agents.
        """
        check_n_agents(self.n_agents, n_agents, task)
        stimuli = stimuli_of(task)
        n_stimuli = int(stimuli.max()) + 1
        q = np.zeros((n_stimuli, n_agents)) + self.initial_value
        return OutcomeMemory(q, stimuli, offered_actions(task), self.create_own(n_stimuli, n_agents))

    def action_values(self, memory: OutcomeMemory, state: Ints) -> Floats:
        """Return Q of the stimulus that each action chooses, (n_actions, n), in reward units."""
        state = asked(memory, OutcomeMemory, state)
        shown = memory.stimuli[:, state]
        return np.asarray(memory.q[shown, np.arange(shown.shape[1])])

    def value(self, memory: OutcomeMemory, state: Ints) -> Floats:
        """Return the value (n,) of each agent's state under its own policy, in reward units."""
        return np.asarray((self.policy(memory, state) * self.action_values(memory, state)).sum(axis=0))

    def log_policy(self, memory: OutcomeMemory, state: Ints) -> Floats:
        """Return the log choice probabilities (n_actions, n) of n agents in their states (n,)."""
        state = asked(memory, OutcomeMemory, state)
        offered = offered_in(memory.available, state)
        if np.isinf(self.inverse_temperature).any():
            return log_softmax(self.action_values(memory, state), self.inverse_temperature, offered)
        return log_softmax(self.logits(memory, state), 1.0, offered)

    def policy(self, memory: OutcomeMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        return np.exp(self.log_policy(memory, state))

    def update(self, memory: OutcomeMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn from one step, in place; return the signed error δ (n,) from before the update."""
        shown = memory.stimuli[:, state]
        who = np.arange(len(state))
        chosen = shown[action, who]
        utility = np.broadcast_to(np.asarray(experienced_utility(step), dtype=np.float64), who.shape)
        learns = np.ones(len(who)) if active is None else active.astype(np.float64)
        delta = (utility - memory.q[chosen, who]) * learns
        self.learn(memory, Outcome(chosen, shown, utility, delta, learns))
        return delta


UNIT = (0.0, 1.0)
"""The range of rates and probabilities."""
