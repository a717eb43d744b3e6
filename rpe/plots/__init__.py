"""Figures: arrays in, Axes out; nothing is shown, saved or configured behind the caller's back.

====================================================  ==============================================
what you want to show                                 what to call
====================================================  ==============================================
prediction errors, trial by time                      `prediction_errors`
errors at named events, over trials                   `errors_by_trial`
an error or a recorded signal around events           `peri_event`
value that rises towards reward                       `value_ramps`
spikes of simulated neurons                           `raster`
dopamine, receptors, or all steps of a trace's chain  `concentration`, `occupancy`, `trace_chain`
the chain at cue, sub-goals and goal of a task        `signal_chain`
dopamine at every win, over repetitions               `win_by_win`
a response against size, probability or delay         `responses`, `error_sums`
reversal points and decoded distributions             `reversal_points`, `decoded_distribution`
errors of single cells within the trial               `cell_errors`
work done over time                                   `procrastination_curve`
an index over numbers of goals, or over a parameter   `goal_sweep`, `parameter_sweep`
an effect over two parameters, or over tasks          `effect_map`, `task_map`, `class_map`
effects over a family of settings, sorted             `specification_curve`
work after wins and failures, unit by unit            `work_by_streak`, `work_by_unit`, `momentum`
work after work, against a shuffle of the steps       `momentum_gap`
estimates against true values; models told apart      `recovery`, `recovery_curve`, `confusion`
data over what a fitted model predicts                `predictive_check`; all of it on a page, `reviewer_page`
learning, staying and discounting of people           `learning_curves`, `stay_probabilities`, `discount_curves`
theories by findings, and a finding's protocol        `scorecard_matrix`, `scorecard_overview`, `protocol`
how large a figure of many findings must be           `overview_size`
verdicts on rules, or on claims                       `verdicts`, `verdict_page`
numbers by name, or in a table                        `bars`, `comparison`
words for those who cannot see a figure               `describe`, `picture`
the look of the house, in your own figures            `style`, `page`, `heading`, `colours_of`, `PALETTE`
====================================================  ==============================================

Each takes `ax=None` (a new figure) or your own Axes, and returns Axes.
"""

from rpe.plots.around_events import peri_event, value_ramps
from rpe.plots.bar_charts import bars
from rpe.plots.chain import signal_chain
from rpe.plots.claims import verdict_page
from rpe.plots.class_maps import class_map
from rpe.plots.description import Picture, describe, picture
from rpe.plots.distribution import decoded_distribution, reversal_points
from rpe.plots.errors import errors_by_trial, prediction_errors
from rpe.plots.fitting import confusion, recovery, recovery_curve, verdicts
from rpe.plots.headings import heading
from rpe.plots.house import PALETTE, style
from rpe.plots.maps import effect_map, task_map
from rpe.plots.meanings import colours_of
from rpe.plots.overview import overview_size, scorecard_overview
from rpe.plots.pages import page
from rpe.plots.people import (
    discount_curves,
    learning_curves,
    predictive_check,
    reviewer_page,
    stay_probabilities,
)
from rpe.plots.physiology import concentration, occupancy, trace_chain
from rpe.plots.progress import procrastination_curve
from rpe.plots.repetitions import win_by_win
from rpe.plots.response_curves import error_sums, responses
from rpe.plots.scorecard import protocol, scorecard_matrix
from rpe.plots.single_cells import cell_errors
from rpe.plots.specification_curves import specification_curve
from rpe.plots.spike_rasters import raster
from rpe.plots.sweeps import goal_sweep, parameter_sweep
from rpe.plots.tables import comparison
from rpe.plots.work_rates import momentum, momentum_gap, work_by_streak, work_by_unit

__all__ = [
    "PALETTE",
    "Picture",
    "bars",
    "cell_errors",
    "class_map",
    "colours_of",
    "comparison",
    "concentration",
    "confusion",
    "decoded_distribution",
    "describe",
    "discount_curves",
    "effect_map",
    "error_sums",
    "errors_by_trial",
    "goal_sweep",
    "heading",
    "learning_curves",
    "momentum",
    "momentum_gap",
    "occupancy",
    "overview_size",
    "page",
    "parameter_sweep",
    "peri_event",
    "picture",
    "prediction_errors",
    "predictive_check",
    "procrastination_curve",
    "protocol",
    "raster",
    "recovery",
    "recovery_curve",
    "responses",
    "reversal_points",
    "reviewer_page",
    "scorecard_matrix",
    "scorecard_overview",
    "signal_chain",
    "specification_curve",
    "stay_probabilities",
    "style",
    "task_map",
    "trace_chain",
    "value_ramps",
    "verdict_page",
    "verdicts",
    "win_by_win",
    "work_by_streak",
    "work_by_unit",
]


def __dir__() -> list[str]:
    return __all__
