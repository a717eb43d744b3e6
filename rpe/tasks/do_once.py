"""Something to be done once, on one of several days: the task of present-biased delay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, between, scalar
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask, states_of

DO = 1


@dataclass(frozen=True, eq=False, repr=False)
class DoOnceTask(TabulatedTask):
    """Do-it-once task: something to be done on one of the coming days; on the last day it must be.

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

    costs: npt.ArrayLike
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
        return np.size(self.costs) + 1

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

    @property
    def work_actions(self) -> tuple[int, ...]:
        """Which actions are work: doing it."""
        return (DO,)

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean: arrays `time` (days passed) and `units` (1 if it is done)."""
        time, units = np.divmod(states_of(state, 2 * (self.n_steps + 1)), 2)
        return {"time": time, "units": units}

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        costs: Floats = np.asarray(self.costs)
        n_days = costs.size
        now = self.decode(np.arange(2 * (self.n_steps + 1))[:, None])
        open_day = (now["units"] == 0) & (now["time"] < n_days)
        does = (np.arange(2) == DO) & open_day
        time = np.minimum(now["time"] + 1, self.n_steps)
        cost = np.append(costs, [0.0, 0.0])[now["time"]]
        waited = open_day & (now["time"] > 0)
        last = open_day & (now["time"] == n_days - 1)
        over = now["time"] + 1 >= self.n_steps
        shape = does.shape
        paid = np.where(over & (now["units"] == 1), self.reward, 0.0)
        return Tables(
            next_state=(2 * time + np.maximum(now["units"], does))[None],
            outcome_probability=np.ones((1, 1, 1)),
            reward=np.broadcast_to(paid, (1, *shape)).copy(),
            effort=(does * cost + self.delay_loss * waited)[None],
            terminated=np.broadcast_to(over, (1, *shape)).copy(),
            available=np.where(np.arange(2) == DO, open_day, ~last),
        )
