"""Goal tasks with changed tables, and the tools that change them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats
from rpe.tasks.goal_task import GoalTask
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask, states_of


class Variant(TabulatedTask):
    """Goal task with changed tables; what its states mean is still known.

    Parameters
    ----------
    base : GoalTask or Variant
        The task that is changed.
    tables : Tables
        The changed rules.
    change : str
        What the change is called, for `repr`.
    new_action : str, optional
        Name of an action that the tables have beyond those of the base.
    is_work : bool
        Whether the new action is work.
    copies : int
        States for each state of the base: state s of the base has the numbers `s * copies` and on.
    copy_name : str
        What the number of a copy means, in `decode`.

    Attributes
    ----------
    base : GoalTask or Variant
        The task that was changed.
    change : str
        What the change is called.
    n_units : int
        Units of work.
    payout : float array (n_units + 1,)
        What the base pays on reaching n units.
    goals : tuple of int
        Units at which the base has a sub-goal.

    Examples
    --------
    >>> import rpe
    >>> isinstance(rpe.tasks.interruptions(rpe.tasks.monolithic(), probability=0.2), rpe.tasks.Variant)
    True
    """

    def __init__(
        self,
        base: GoalTask | Variant,
        tables: Tables,
        *,
        change: str = "changed",
        new_action: str | None = None,
        is_work: bool = False,
        copies: int = 1,
        copy_name: str = "committed",
    ) -> None:
        self.base, self.change, self._given, self._copies, self._copy_name = base, change, tables, copies, copy_name
        new = () if new_action is None else (new_action,)
        self._names, self._work = (*base.action_names, *new), base.work_actions
        if new and is_work:
            self._work = (*self._work, len(base.action_names))
        self.n_units: int = base.n_units
        self.payout: Floats = base.payout
        self.goals: tuple[int, ...] = base.goals
        _ = self.tables

    @property
    def n_steps(self) -> int:
        """Steps of a trial."""
        return int(self.base.n_steps)

    @property
    def layer_size(self) -> int:
        """Number of states that share a time."""
        return int(self.base.layer_size * self._copies)

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return self._names

    @property
    def work_actions(self) -> tuple[int, ...]:
        """Which actions are work: those of the base, and a new one that is."""
        return self._work

    @cached_property
    def root(self) -> GoalTask:
        """The long task below all changes."""
        return root_of(self.base)

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean, as the base does; with a commitment also the steps `committed` to, and the like."""
        number = states_of(state, self.n_states)
        known = self.base.decode(number // self._copies)
        return known if self._copies == 1 else {**known, self._copy_name: number % self._copies}

    def tabulate(self) -> Tables:
        """Return the changed rules."""
        return self._given

    def __repr__(self) -> str:
        return f"Variant: {self.change}({repr(self.base).removeprefix('Variant: ')})"


def root_of(task: GoalTask | Variant) -> GoalTask:
    """Return the goal task below all changes."""
    return task.root if isinstance(task, Variant) else task


def full_tables(task: GoalTask | Variant) -> Tables:
    """Return a copy of the tables with every array at its full shape, to be changed."""
    tables = task.tables
    shape = tables.next_state.shape
    full = {
        name: np.broadcast_to(array, shape[1:] if name == "available" else shape).copy()
        for name, array in tables._asdict().items()
    }
    return Tables(**full)


def with_event(tables: Tables, probability: float) -> Tables:
    """Return the tables twice over: every outcome with and without one more event, of this probability."""
    twice = {
        name: array if name == "available" else np.concatenate([array, array])
        for name, array in tables._asdict().items()
    }
    n = len(tables.next_state)
    twice["outcome_probability"][:n] *= probability
    twice["outcome_probability"][n:] *= 1 - probability
    return Tables(**twice)


def checked_base(task: GoalTask | Variant) -> GoalTask | Variant:
    """Return the task if it is a goal task or a change of one."""
    if not isinstance(task, GoalTask | Variant):
        raise TypeError(f"task must be a GoalTask or a change of one; got {type(task).__name__}")
    return task
