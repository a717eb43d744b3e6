"""Figures: arrays in, Axes out; nothing is shown, saved or configured behind the caller's back."""

from rpe.plots.errors import errors_by_trial, prediction_errors
from rpe.plots.fitting import confusion, recovery, recovery_curve
from rpe.plots.house import PALETTE, style
from rpe.plots.maps import effect_map, task_map
from rpe.plots.momentum import momentum_gap, work_by_streak, work_by_unit
from rpe.plots.progress import procrastination_curve
from rpe.plots.sweeps import goal_sweep, parameter_sweep
from rpe.plots.tables import comparison

__all__ = [
    "PALETTE",
    "comparison",
    "confusion",
    "effect_map",
    "errors_by_trial",
    "goal_sweep",
    "momentum_gap",
    "parameter_sweep",
    "prediction_errors",
    "procrastination_curve",
    "recovery",
    "recovery_curve",
    "style",
    "task_map",
    "work_by_streak",
    "work_by_unit",
]
