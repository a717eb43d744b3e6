"""What manipulations of dopamine do to the errors of a theory, before it learns from them."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats
from rpe.dopamine import firing_rate
from rpe.schedules import Change, Schedule
from rpe.theories._trial_level import outcome_steps

# The firing of a neuron at rest, and by how much errors raise and lower it, Hz and Hz per reward unit.
_REST, _RISE, _FALL = 5.0, 25.0, 5.0


class Manipulated:
    """The manipulations of a schedule, as a function of errors: (1 + m) δ + p, max(δ + D, D), c, then those of firing.

    Parameters
    ----------
    schedule : Schedule
    cells : float array (n_cells,), optional
        The number of each cell by which manipulations choose them. Errors then have the cells first.

    Raises
    ------
    ValueError
        If some cells are to be manipulated, and the theory has none.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x1").manipulate("scale", -0.5)
    >>> Manipulated(s)(0.8, 0, 15), Manipulated(s)(0.8, 0, 5)
    (0.4, 0.8)
    """

    def __init__(self, schedule: Schedule, cells: npt.ArrayLike | None = None) -> None:
        self.any = any(change.target != "release" for change in schedule.changes)
        self._pulse = schedule.pulse
        self._cells = None if cells is None else np.asarray(cells)
        if self._cells is None and any(change.cells is not None for change in schedule.changes):
            raise ValueError("cells must be None for a theory that has no single cells with numbers; got a range")
        self._changes = [
            [change for change in schedule.changes if (change.target, change.operation) == (target, operation)]
            for target in ("error", "firing")
            for operation in ("scale", "add", "surge", "clamp")
        ]

    def __call__(self, error: Any, trial: int, step: int | slice = slice(None), axis: int = -1) -> Any:
        """Return errors, pulse included, as they are after all manipulations.

        Parameters
        ----------
        error : float or array
            Errors of one step; or of all steps, which lie along `axis`.
        trial : int
        step : int, optional
            All steps without it.
        axis : int
        """
        if not self.any:
            return error
        moved = error if isinstance(step, int) else np.moveaxis(error, axis, -1)
        pulse = self._pulse[trial, step]
        scale, add, surge, clamp, *firing = (
            [self._of_cells(change, trial, step) for change in changes] for changes in self._changes
        )
        for amount in scale:
            moved = np.where(np.isnan(amount), moved, (1 + amount) * (moved - pulse) + pulse)
        for amount in add:
            moved = np.where(np.isnan(amount), moved, moved + amount)
        for amount in surge:
            # However much is predicted, D is left of it.
            moved = np.where(np.isnan(amount), moved, np.maximum(moved + amount, amount))
        for amount in clamp:
            moved = np.where(np.isnan(amount), moved, amount)
        moved = self._by_firing(moved, firing[0], firing[1], firing[3]) if any(firing) else moved
        if isinstance(step, int):
            return moved if np.ndim(moved) else float(moved)
        return np.moveaxis(moved, -1, axis)

    def _of_cells(self, change: Change, trial: int, step: int | slice) -> Any:
        """What a manipulation does in a step, or in all steps of a trial; NaN for cells that it leaves alone."""
        amount = change.amount[trial, step]
        if change.cells is None or self._cells is None:
            return amount
        chosen = (self._cells >= change.cells[0] - 1e-12) & (self._cells <= change.cells[1] + 1e-12)
        return np.where(chosen if isinstance(step, int) else chosen[:, None], amount, np.nan)

    def scale_and_clamp(self, trial: int, step: int) -> tuple[float, float]:
        """Return by what errors are scaled, m in all, and what they are clamped to, NaN for nothing, in one step."""
        scale, _, surge, clamp, *_ = ([change.amount[trial, step] for change in changes] for changes in self._changes)
        if not np.isnan(surge).all():
            raise ValueError("operation must not be 'surge' where errors are about features, not reward")
        factor = float(np.prod([1 + amount for amount in scale if not np.isnan(amount)]))
        fixed = [amount for amount in clamp if not np.isnan(amount)]
        return factor - 1, float(fixed[-1]) if fixed else np.nan

    def whole(self, schedule: Schedule) -> "WholeTrials":
        """Return the same for theories with one error a trial, which the step of its outcome stands for."""
        return WholeTrials(self, outcome_steps(schedule).tolist())

    def _by_firing(self, error: Any, scale: list[Floats], add: list[Floats], clamp: list[Floats]) -> Any:
        """Change what neurons fire, and read the error off again; where nothing is done it stays as it is."""
        rate = firing_rate(error, baseline=_REST, gain_positive=_RISE, gain_negative=_FALL)
        before = rate
        for amount in scale:
            rate = np.where(np.isnan(amount), rate, (1 + amount) * rate)
        for amount in add:
            rate = np.where(np.isnan(amount), rate, rate + amount)
        for amount in clamp:
            rate = np.where(np.isnan(amount), rate, amount)
        read = np.where(rate > _REST, (rate - _REST) / _RISE, (np.maximum(rate, 0.0) - _REST) / _FALL)
        touched = np.any([~np.isnan(amount) for amount in (*scale, *add, *clamp)], axis=0)
        return np.where(touched & (rate != before), read, error)


def reported(schedule: Schedule, signal: Floats) -> Floats:
    """Return a signal (n_agents, n_trials, n_steps) that teaches nothing, pulse included, after all manipulations."""
    change = Manipulated(schedule)
    if not change.any:
        return signal
    return np.stack([change(signal[:, trial], trial) for trial in range(schedule.n_trials)], axis=1)


def unstimulated(schedule: Schedule) -> Schedule:
    """Return a schedule without pulses and manipulations, from which those learn whom dopamine does not teach."""
    if not schedule.pulse.any() and not schedule.changes:
        return schedule
    return replace(schedule, pulse=np.zeros_like(schedule.pulse), changes=())


class WholeTrials:
    """Manipulations of one error a trial."""

    def __init__(self, manipulated: Manipulated, steps: list[int]) -> None:
        self._manipulated, self._steps = manipulated, steps

    def __call__(self, error: Any, trial: int) -> Any:
        """Return the error of a trial after all manipulations in the step of its outcome."""
        if not self._manipulated.any:
            return error
        # A pulse of whole trials is counted apart, with its mean size, and is no part of what is scaled.
        return self._manipulated(error, trial, self._steps[trial])
