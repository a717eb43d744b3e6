"""A to-do list: things to be done in any order, each with a time and a price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Kept, between, default, scalar
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask


@dataclass(frozen=True, eq=False, repr=False)
class ToDoList(TabulatedTask):
    """To-do list: things to be done in any order, each with a time and a price, and a reward when all are done.

    In each step the agent does one thing that is not done yet, or stops for good. Doing thing i
    pays `pay[i]` (mostly less than nothing) and takes `minutes[i]` of its time.

    Parameters
    ----------
    minutes : array (n_things,)
        How long each takes, min > 0; by default the five essays of the source.
    pay : array (n_things,)
        What each pays, $; by default that of the source.
    reward : float
        For all, $ (assumption: more than all of it costs).
    time_value : float
        What an hour is worth otherwise, $ per h ≥ 0.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range, lengths that do not match, or more than twelve things.

    References
    ----------
    Lieder, F., Chen, O. X., Krueger, P. M. & Griffiths, T. L. (2019). Cognitive prostheses for goal
    achievement. Nature Human Behaviour 3, 1096-1106. doi:10.1038/s41562-019-0672-9

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.ToDoList()
    >>> task.n_states, task.action_names[0], float(task.tables.reward[0, 0, 0])
    (33, 'work on thing 1', -3.0)
    """

    minutes: Kept[npt.ArrayLike, Floats] = default((5.0, 10.0, 15.0, 20.0, 25.0))
    pay: Kept[npt.ArrayLike, Floats] = default((-3.0, -3.25, -2.25, -3.0, -1.0))
    reward: float = 40.0
    time_value: float = 8.0

    def __post_init__(self) -> None:
        minutes, pay = between("minutes", self.minutes, 0, open_low=True), between("pay", self.pay)
        if minutes.ndim != 1 or minutes.shape != pay.shape or not 1 <= minutes.size <= 12:
            raise ValueError(f"minutes and pay must have one length from 1 to 12; got {minutes.shape} and {pay.shape}")
        for name, array in (("minutes", minutes), ("pay", pay)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        object.__setattr__(self, "reward", scalar("reward", self.reward))
        object.__setattr__(self, "time_value", scalar("time_value", self.time_value, 0))

    @property
    def n_units(self) -> int:
        """Things to be done."""
        return int(self.minutes.size)

    @property
    def n_steps(self) -> int:
        """Steps of a trial, at most."""
        return self.n_units + 1

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return (*(f"work on thing {i + 1}" for i in range(self.n_units)), "stop")

    @property
    def work_actions(self) -> tuple[int, ...]:
        """Which actions are work: all but stopping."""
        return tuple(range(self.n_units))

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean: `done`, bits of the things that are done, and `units`, how many."""
        done = np.minimum(np.asarray(state), 2**self.n_units - 1)
        units = sum((done >> i) & 1 for i in range(self.n_units))
        return {"done": done, "units": units}

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        n = self.n_units
        full = 2**n - 1
        states = np.arange(full + 2)[:, None]
        bits = 1 << np.arange(n)
        gone = states > full
        is_done = ((states & bits) > 0) | gone
        to = np.where(is_done, states, states | bits)
        finishes = ~is_done & (to == full)
        stop = np.full_like(states, full + 1)
        pays = np.where(is_done, 0.0, self.pay) + finishes * self.reward
        cost = np.where(is_done, 0.0, self.time_value * self.minutes / 60)
        nothing = np.zeros_like(states, dtype=float)
        over = np.hstack([finishes | (states >= full), np.ones_like(gone)])
        return Tables(
            next_state=np.hstack([to, stop])[None],
            outcome_probability=np.ones((1, 1, 1)),
            reward=np.hstack([pays, nothing])[None],
            effort=np.hstack([cost, nothing])[None],
            terminated=over[None],
            available=np.hstack([~is_done, np.ones_like(gone)]),
        )
