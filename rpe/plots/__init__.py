"""Figures: arrays in, Axes out; nothing is shown, saved or configured behind the caller's back."""

from rpe.plots.bars import bars
from rpe.plots.claims import verdict_page
from rpe.plots.class_map import class_map
from rpe.plots.description import Picture, describe, picture
from rpe.plots.distribution import decoded_distribution, reversal_points
from rpe.plots.errors import errors_by_trial, prediction_errors
from rpe.plots.fitting import confusion, recovery, recovery_curve, verdicts
from rpe.plots.house import PALETTE, style
from rpe.plots.maps import effect_map, task_map
from rpe.plots.momentum import momentum_gap, work_by_streak, work_by_unit
from rpe.plots.peri_event import peri_event, value_ramps
from rpe.plots.physiology import concentration, occupancy, signal_chain
from rpe.plots.progress import procrastination_curve
from rpe.plots.raster import raster
from rpe.plots.responses import error_sums, responses
from rpe.plots.scorecard import protocol, scorecard_matrix
from rpe.plots.specification_curve import specification_curve
from rpe.plots.sweeps import goal_sweep, parameter_sweep
from rpe.plots.tables import comparison

__all__ = [
    "PALETTE",
    "Picture",
    "bars",
    "class_map",
    "comparison",
    "concentration",
    "confusion",
    "decoded_distribution",
    "describe",
    "effect_map",
    "error_sums",
    "errors_by_trial",
    "goal_sweep",
    "momentum_gap",
    "occupancy",
    "parameter_sweep",
    "peri_event",
    "picture",
    "prediction_errors",
    "procrastination_curve",
    "protocol",
    "raster",
    "recovery",
    "recovery_curve",
    "responses",
    "reversal_points",
    "scorecard_matrix",
    "signal_chain",
    "specification_curve",
    "style",
    "task_map",
    "value_ramps",
    "verdict_page",
    "verdicts",
    "work_by_streak",
    "work_by_unit",
]
