"""What manipulations of dopamine do to the errors of a theory, before it learns from them."""

from dataclasses import replace
from typing import Any

import numpy as np

from rpe._checks import Floats
from rpe.dopamine import firing_rate
from rpe.schedules import Schedule
from rpe.theories._trial_level import outcome_steps

# The firing of a neuron at rest, and by how much errors raise and lower it, Hz and Hz per reward unit.
_REST, _RISE, _FALL = 5.0, 25.0, 5.0


class Manipulated:
    """The manipulations of a schedule, as a function of errors: δ ← (1 + m) δ + p, δ ← c, then the same in firing.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x1").manipulate("scale", -0.5)
    >>> Manipulated(s)(0.8, 0, 15), Manipulated(s)(0.8, 0, 5)
    (0.4, 0.8)
    """

    def __init__(self, schedule: Schedule) -> None:
        self.any = any(change.target != "release" for change in schedule.changes)
        self._pulse = schedule.pulse
        self._changes = [
            [change for change in schedule.changes if (change.target, change.operation) == (target, operation)]
            for target in ("error", "firing")
            for operation in ("scale", "add", "clamp")
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
        scale, _, clamp, *firing = ([change.amount[trial, step] for change in changes] for changes in self._changes)
        for amount in scale:
            moved = np.where(np.isnan(amount), moved, (1 + amount) * (moved - pulse) + pulse)
        for amount in clamp:
            moved = np.where(np.isnan(amount), moved, amount)
        moved = self._by_firing(moved, *firing) if any(firing) else moved
        if isinstance(step, int):
            return moved if np.ndim(moved) else float(moved)
        return np.moveaxis(moved, -1, axis)

    def scale_and_clamp(self, trial: int, step: int) -> tuple[float, float]:
        """Return by what errors are scaled, m in all, and what they are clamped to, NaN for nothing, in one step."""
        scale, _, clamp, *_ = ([change.amount[trial, step] for change in changes] for changes in self._changes)
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
