"""Exploration that changes: bonuses for what was tried seldom, upper confidence bounds, and schedules."""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default, mapping, parameter
from rpe._softmax import softmax
from rpe.agents._steps import offered_in
from rpe.agents._tables import TableMemory
from rpe.agents.q_learning import QLearner
from rpe.agents.tabular import Checks


def _at_least_0(name: str, value: Any) -> Floats:
    return parameter(name, value, 0)


@dataclass
class CountMemory(TableMemory):
    """Memory of a learner that counts: `visits` (n_states, n_agents, n_actions).

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.CountBonus().init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> int(memory.visits.sum())  # nothing was visited yet
    0
    """

    visits: Any = None


@dataclass(frozen=True, eq=False, kw_only=True)
class _Counting(QLearner):
    """Q-learning that counts how often each action was tried in each state."""

    def init(self, task: Any, n_agents: int) -> CountMemory:
        """Return a fresh memory for n agents."""
        memory = CountMemory(**vars(super().init(task, n_agents)))
        memory.visits = np.zeros(memory.table.shape[1:])
        return memory

    def update(self, memory: TableMemory, state: Ints, action: Ints, step: Any, active: Bools | None) -> Floats:
        """Count and learn from one step, in place; return the signed error (n,)."""
        place = memory.place(state) * memory.table.shape[-1] + action
        counts = memory.visits.reshape(-1)  # type: ignore[attr-defined]
        counts[place] += 1.0 if active is None else active
        return super().update(memory, state, action, self._experienced(step, counts[place], active), active)

    def _experienced(self, step: Any, visits: Floats, active: Bools | None) -> Any:
        return step


@dataclass(frozen=True, eq=False, kw_only=True)
class CountBonus(_Counting):
    """Q-learning with a bonus for what was tried seldom, r + b/√N(s, a).

    Parameters
    ----------
    bonus : float or array (n_agents,)
        b ≥ 0, in reward units.
    **shared
        As `QLearner`.

    References
    ----------
    Strehl, A. L. & Littman, M. L. (2008). An analysis of model-based interval estimation for Markov
    decision processes. Journal of Computer and System Sciences 74(8), 1309-1331, section 3.3.
    doi:10.1016/j.jcss.2007.08.009

    Examples
    --------
    >>> import rpe
    >>> rpe.agents.CountBonus(bonus=0.5).bonus
    array(0.5)
    """

    bonus: PerAgent = default(1.0)

    def checks(self) -> Checks:
        """Return how each field is checked."""
        return super().checks() | {"bonus": _at_least_0}

    def _experienced(self, step: Any, visits: Floats, active: Bools | None) -> Any:
        bonus = self.bonus / np.sqrt(np.maximum(visits, 1.0))
        return step._replace(reward=step.reward + (bonus if active is None else bonus * active))


@dataclass(frozen=True, eq=False, kw_only=True)
class UpperConfidence(_Counting):
    """Q-learning that chooses by an upper confidence bound, softmax over Q(s, a) + c √(ln N(s) / N(s, a)).

    What was never tried in a state comes first.

    Parameters
    ----------
    confidence : float or array (n_agents,)
        c ≥ 0, in reward units.
    **shared
        As `QLearner`; `inverse_temperature` infinity is the classical rule.

    References
    ----------
    Auer, P., Cesa-Bianchi, N. & Fischer, P. (2002). Finite-time analysis of the multiarmed bandit
    problem. Machine Learning 47, 235-256. doi:10.1023/A:1013689704352 (UCB1, c = √2)

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.UpperConfidence(confidence=1.0, inverse_temperature=float("inf"))
    >>> rpe.simulate.run(learner, rpe.tasks.bandit([0.2, 0.8]), n_trials=200, rng=0).trials.reward.mean() > 0.6
    np.True_
    """

    confidence: PerAgent = default(2.0**0.5)

    def checks(self) -> Checks:
        """Return how each field is checked."""
        return super().checks() | {"confidence": _at_least_0}

    def policy(self, memory: TableMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        values = self._look(memory, state).values[0]
        visits = memory.visits[state, memory.agent].T  # type: ignore[attr-defined]
        offered = offered_in(memory.available, state)
        new = visits == 0 if offered is None else (visits == 0) & offered
        total = np.log(np.maximum(visits.sum(axis=0), 1.0))
        bound = values + self.confidence * np.sqrt(total / np.maximum(visits, 1.0))
        chosen = softmax(bound, self.inverse_temperature, offered)
        first = new / np.maximum(new.sum(axis=0), 1)
        return np.where(new.any(axis=0), first, chosen)


@dataclass(frozen=True, eq=False)
class Scheduled:
    """A learner some of whose parameters are functions of the trial: ε, β or α that rise or fall.

    Parameters
    ----------
    agent : dataclass agent
        Such as `QLearner`.
    schedules : dict
        From the name of a parameter to a function of the number of trials done, 0 at first.

    Raises
    ------
    TypeError, ValueError
        If the agent is no dataclass, has no such parameter, or something else than a function is given.

    Examples
    --------
    >>> import rpe
    >>> falling = rpe.agents.Scheduled(rpe.agents.QLearner(), {"exploration": lambda trial: 1 / (1 + trial)})
    >>> rpe.simulate.run(falling, rpe.tasks.bandit([0.2, 0.8]), n_trials=50, rng=0).n_trials
    50
    """

    agent: Any
    schedules: dict[str, Callable[[int], Any]]

    def __post_init__(self) -> None:
        if not is_dataclass(self.agent) or isinstance(self.agent, type):
            raise TypeError(f"agent must be a dataclass, such as QLearner(); got {type(self.agent).__name__}")
        names = {field.name for field in fields(self.agent)}
        for name, schedule in mapping("schedules", self.schedules).items():
            if name not in names:
                raise ValueError(f"schedules must name parameters of {type(self.agent).__name__}; got {name!r}")
            if not callable(schedule):
                raise TypeError(f"schedules must be functions of the trial; {name} is {schedule!r}")

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        return int(getattr(self.agent, "n_agents", 1))

    @property
    def heeds_masks(self) -> bool:
        """Whether the agent inside never chooses an action that a state does not offer."""
        return bool(getattr(self.agent, "heeds_masks", False))

    def init(self, task: Any, n_agents: int) -> "ScheduledMemory":
        """Return a fresh memory for n agents, before any trial."""
        return ScheduledMemory(self.agent.init(task, n_agents), self.agent, 0)

    def start(self, memory: "ScheduledMemory", state: Ints) -> Floats:
        """Begin a trial with the parameters that are due; return the error (n,) of the cue."""
        due = {name: schedule(memory.trial) for name, schedule in self.schedules.items()}
        memory.agent, memory.trial = replace(self.agent, **due), memory.trial + 1
        if not hasattr(memory.agent, "start"):
            return np.full(len(state), np.nan)
        return np.asarray(memory.agent.start(memory.inner, state))

    def policy(self, memory: "ScheduledMemory", state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        return np.asarray(memory.agent.policy(memory.inner, state))

    def value(self, memory: "ScheduledMemory", state: Ints) -> Floats:
        """Return what its state (n,) is worth to each agent, in reward units."""
        return np.asarray(memory.agent.value(memory.inner, state))

    def update(self, memory: "ScheduledMemory", state: Ints, action: Ints, step: Any, active: Bools | None) -> Floats:
        """Learn from one step, in place; return the signed error (n,)."""
        return np.asarray(memory.agent.update(memory.inner, state, action, step, active))


@dataclass
class ScheduledMemory:
    """Memory of a scheduled learner: that of the agent inside, the agent as it is now, and the trials begun.

    Examples
    --------
    >>> import rpe
    >>> falling = rpe.agents.Scheduled(rpe.agents.QLearner(), {"exploration": lambda trial: 1 / (1 + trial)})
    >>> memory = falling.init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> memory.trial, type(memory.inner).__name__
    (0, 'TableMemory')
    """

    inner: Any
    agent: Any
    trial: int

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "inner":
            raise AttributeError(name)
        return getattr(self.inner, name)
