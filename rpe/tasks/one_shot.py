"""Tasks that take one step: something to be done once, and a choice between dated rewards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Floats, between, count, scalar
from rpe.tasks.tables import Tables, TableTask, TabulatedTask

WAIT, DO = 0, 1


@dataclass(frozen=True, eq=False)
class DoOnceTask(TabulatedTask):
    """Something to be done once, on one of the coming days; on the last day it must be.

    Doing it on day t costs `costs[t]` at once. Every day that begins with it undone, but the first,
    costs `delay_loss`, whatever is done then: on that day the loss is sunk, from earlier days it is
    a loss to come. The reward arrives when all is over, a day after the last.

    Parameters
    ----------
    costs : array (n_days,)
        Cost ≥ 0 of doing it on each day, in reward units.
    delay_loss : float
        Loss x ≥ 0 of every day of delay, in reward units.
    reward : float
        Paid the day after the last, in reward units.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range, or no day.

    References
    ----------
    O'Donoghue, T. & Rabin, M. (1999). Doing it now or later. American Economic Review 89(1),
    103-124. doi:10.1257/aer.89.1.103 (the costs 3, 5, 8, 13)
    Akerlof, G. A. (1991). Procrastination and obedience. American Economic Review 81(2), 1-19
    (the daily loss).

    Examples
    --------
    >>> import rpe
    >>> report = rpe.tasks.DoOnceTask(costs=[3, 5, 8, 13])
    >>> naif = rpe.agents.Planner(rpe.discounting.QuasiHyperbolic(0.5, 1.0), inverse_temperature=float("inf"))
    >>> rpe.measures.exact(naif, report).mean_completion_time
    array([4.])
    """

    costs: Any
    delay_loss: float = 0.0
    reward: float = 0.0

    def __post_init__(self) -> None:
        costs = between("costs", self.costs, 0)
        if costs.ndim != 1 or costs.size == 0:
            raise ValueError(f"costs must have shape (n_days,); got {costs.shape}")
        costs.setflags(write=False)
        object.__setattr__(self, "costs", costs)
        object.__setattr__(self, "delay_loss", scalar("delay_loss", self.delay_loss, 0))
        object.__setattr__(self, "reward", scalar("reward", self.reward))

    @property
    def n_steps(self) -> int:
        """Steps of a trial: the days, and the one on which the reward is paid."""
        return self.costs.size + 1

    @property
    def n_units(self) -> int:
        """There is one thing to do."""
        return 1

    @property
    def layer_size(self) -> int:
        """Two states a day: undone and done."""
        return 2

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return ("wait", "work")

    def decode(self, state: Any) -> dict[str, Any]:
        """Return what states mean: arrays `time` (days passed) and `units` (1 if it is done)."""
        time, units = np.divmod(np.asarray(state), 2)
        return {"time": time, "units": units}

    def _tabulate(self) -> Tables:
        n_days = self.costs.size
        now = self.decode(np.arange(2 * (self.n_steps + 1))[:, None])
        open_day = (now["units"] == 0) & (now["time"] < n_days)
        does = (np.arange(2) == DO) & open_day
        time = np.minimum(now["time"] + 1, self.n_steps)
        cost = np.append(self.costs, [0.0, 0.0])[now["time"]]
        waited = open_day & (now["time"] > 0)
        last = open_day & (now["time"] == n_days - 1)
        over = now["time"] + 1 >= self.n_steps
        shape = does.shape
        paid = np.where(over & (now["units"] == 1), self.reward, 0.0)
        return Tables(
            next_state=(2 * time + np.maximum(now["units"], does))[None],
            luck_probability=np.ones((1, 1, 1)),
            reward=np.broadcast_to(paid, (1, *shape)).copy(),
            effort=(does * cost + self.delay_loss * waited)[None],
            terminated=np.broadcast_to(over, (1, *shape)).copy(),
            available=np.where(np.arange(2) == DO, open_day, ~last),
        )


@dataclass(frozen=True, eq=False)
class DatedChoice(TabulatedTask):
    """A choice between rewards at different dates, made at once; then time passes until they are paid.

    Parameters
    ----------
    amounts : array (n_options,)
        What each option pays, in reward units.
    delays : sequence of int (n_options,)
        Steps until each is paid, ≥ 0.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range, or different lengths.

    Examples
    --------
    >>> import rpe
    >>> patient = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=float("inf"))
    >>> patient.init(rpe.tasks.DatedChoice([100, 110], [0, 1]), 1).policy[:, 0, 0]
    array([0., 1.])
    """

    amounts: Any
    delays: Sequence[int]

    def __post_init__(self) -> None:
        amounts = between("amounts", self.amounts)
        if amounts.ndim != 1 or amounts.size == 0:
            raise ValueError(f"amounts must have shape (n_options,); got {amounts.shape}")
        delays = tuple(count("delays", delay, 0) for delay in self.delays)
        if len(delays) != amounts.size:
            raise ValueError(f"delays must have one entry per amount, {amounts.size}; got {len(delays)}")
        object.__setattr__(self, "amounts", amounts)
        object.__setattr__(self, "delays", delays)

    @property
    def n_steps(self) -> int:
        """Steps of a trial: until the last option would be paid."""
        return max(self.delays) + 1

    @property
    def layer_size(self) -> int:
        """One state for the choice, and one for having made each."""
        return self.amounts.size + 1

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return tuple(f"{amount:g} at {delay}" for amount, delay in zip(self.amounts, self.delays, strict=True))

    def decode(self, state: Any) -> dict[str, Any]:
        """Return what states mean: arrays `time`, and `chosen` (the option, −1 before the choice)."""
        time, chosen = np.divmod(np.asarray(state), self.layer_size)
        return {"time": time, "chosen": chosen - 1}

    def _tabulate(self) -> Tables:
        n_options = self.amounts.size
        now = self.decode(np.arange((self.n_steps + 1) * self.layer_size)[:, None])
        option = np.arange(n_options)
        chosen = np.where(now["chosen"] < 0, option, now["chosen"])
        time = np.minimum(now["time"] + 1, self.n_steps)
        delays: Any = np.array(self.delays)
        pays = delays[chosen] == now["time"]
        over = now["time"] + 1 >= self.n_steps
        shape = chosen.shape
        free: Any = (now["chosen"] < 0) & (now["time"] == 0)
        amounts: Floats = self.amounts
        return Tables(
            next_state=(time * self.layer_size + chosen + 1)[None],
            luck_probability=np.ones((1, 1, 1)),
            reward=np.where(pays, amounts[chosen], 0.0)[None],
            effort=np.zeros((1, 1, 1)),
            terminated=np.broadcast_to(over, (1, *shape)).copy(),
            available=free | (option == 0),
        )


def bandit(probabilities: Any, reward: float = 1.0) -> TableTask:
    """Return a bandit: one state, a choice among arms, and a reward with a probability; a trial is one choice.

    Parameters
    ----------
    probabilities : float array (n_arms,)
        Probability of reward of each arm.
    reward : float
        Its size, in reward units.

    Raises
    ------
    TypeError, ValueError
        For probabilities outside [0, 1], or no arm.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.bandit([0.2, 0.8])
    >>> task.n_actions, task.n_states
    (2, 1)
    """
    chance = between("probabilities", probabilities, 0, 1)
    if chance.ndim != 1 or chance.size == 0:
        raise ValueError(f"probabilities must have shape (n_arms,); got {chance.shape}")
    pays = np.array([scalar("reward", reward), 0.0])[:, None, None]
    tables = Tables(
        next_state=np.zeros((2, 1, chance.size), dtype=np.int64),
        luck_probability=np.stack([chance, 1 - chance])[:, None, :],
        reward=pays,
        effort=np.zeros((1, 1, 1)),
        terminated=np.ones((1, 1, 1), dtype=np.bool_),
        available=np.ones((1, chance.size), dtype=np.bool_),
    )
    return TableTask(tables, n_steps=1)
