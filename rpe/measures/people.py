"""Measures of people's records: when work is done, whether choices are repeated, and how often they are right."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, between, count, numbers
from rpe.measures._records import WorkRecord


class LearningCurves(NamedTuple):
    """How often choices are right, by condition and block of trials.

    Attributes
    ----------
    conditions : tuple of str
        Their names, in the order of their first trial.
    share : float array (n_conditions, n_subjects, n_blocks)
        NaN where a subject has no such trial.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> curves = rpe.measures.LearningCurves(("win", "loss"), np.zeros((2, 30, 4)))
    >>> dict(zip(curves.conditions, curves.share))["win"].shape
    (30, 4)
    """

    conditions: tuple[str, ...]
    share: Floats


def mean_completion_day(record: WorkRecord) -> Floats:
    """Return the mean unit completion day, MUCD = Σ d · done_d / Σ done_d, (n_subjects,), days from 0.

    NaN for subjects without work, or whose work on some day is not known.

    Parameters
    ----------
    record : WorkLog
        Work over time.

    Raises
    ------
    TypeError
        For another record.

    References
    ----------
    Zhang, P. Y. & Ma, W. J. (2024). Temporal discounting predicts procrastination in the real world.
    Scientific Reports 14, 14642. doi:10.1038/s41598-024-65110-4

    Examples
    --------
    >>> import rpe
    >>> mean_completion_day(rpe.records.WorkLog.of([[0, 2, 1, 1], [0, 0, 0, 4]]))
    array([1.75, 3.  ])
    """
    done = np.diff(_units(record), axis=1)
    total = done.sum(axis=1)
    return np.divide(done @ np.arange(done.shape[1]), total, out=np.full(len(done), np.nan), where=total > 0)


def completion_deciles(record: WorkRecord, *, n_parts: int = 10) -> Floats:
    """Return which share of a subject's work is done by each tenth of the time, (n_subjects, n_parts).

    Between days, work counts as even. NaN as in `mean_completion_day`.

    Parameters
    ----------
    record : WorkLog
        Work over time.
    n_parts : int
        Parts of the time; 10 makes deciles.

    Raises
    ------
    TypeError, ValueError
        For another record, or no part.

    Examples
    --------
    >>> import rpe
    >>> completion_deciles(rpe.records.WorkLog.of([[0, 2, 1, 1]]), n_parts=4)
    array([[0.  , 0.5 , 0.75, 1.  ]])
    """
    units, n_parts = _units(record), count("n_parts", n_parts)
    at = np.linspace(0, units.shape[1] - 1, n_parts + 1)[1:]
    done = np.stack([np.interp(at, np.arange(units.shape[1]), row) for row in units])
    total = done[:, -1:]
    return np.divide(done, total, out=np.full(done.shape, np.nan), where=total > 0)


def stay_probabilities(action: npt.ArrayLike, reward: npt.ArrayLike, common: npt.ArrayLike | None = None) -> Floats:
    """Return how often a choice is repeated after no reward and after reward, (n_subjects, 2) or (n_subjects, 2, 2).

    Parameters
    ----------
    action : int array (n_subjects, n_trials)
        The choice, of a two-step task the first one; −1 for none, which counts neither way.
    reward : float array (n_subjects, n_trials)
        Rewarded is what is above 0.
    common : bool array (n_subjects, n_trials), optional
        Whether the transition was the common one of the two-step task; the last axis of what is
        returned is then rare, common.

    Returns
    -------
    float array
        First after no reward, then after reward; NaN where that never happened.

    Raises
    ------
    ValueError
        For shapes that do not match.

    References
    ----------
    Daw, N. D., Gershman, S. J., Seymour, B., Dayan, P. & Dolan, R. J. (2011). Model-based influences on
    humans' choices and striatal prediction errors. Neuron 69(6), 1204-1215.
    doi:10.1016/j.neuron.2011.02.027

    Examples
    --------
    >>> stay_probabilities([[0, 0, 1, 1, 1]], [[1, 0, 1, 0, 1]])
    array([[0.5, 1. ]])
    """
    chosen, paid = numbers("action", action), numbers("reward", reward)
    if chosen.ndim != 2 or paid.shape != chosen.shape:
        raise ValueError(f"action and reward must have shape (n_subjects, n_trials); got {chosen.shape}, {paid.shape}")
    counts = (chosen[:, :-1] >= 0) & (chosen[:, 1:] >= 0)
    after = [paid[:, :-1] <= 0, paid[:, :-1] > 0]
    if common is not None:
        usual = np.asarray(common, dtype=np.bool_)
        if usual.shape != chosen.shape:
            raise ValueError(f"common must have shape {chosen.shape}; got {usual.shape}")
        after = [each & way for each in after for way in (~usual[:, :-1], usual[:, :-1])]
    stays = chosen[:, 1:] == chosen[:, :-1]
    found = np.stack([_mean(stays, counts & each) for each in after], axis=1)
    return found if common is None else found.reshape(len(chosen), 2, 2)


def learning_curves(
    correct: npt.ArrayLike, condition: npt.ArrayLike | None = None, *, block: int = 1
) -> LearningCurves:
    """Return how often choices are right, by condition and block of the trials of that condition.

    Parameters
    ----------
    correct : float array (n_subjects, n_trials)
        1 where the better option was chosen, 0 where not, NaN where nothing was.
    condition : array (n_subjects, n_trials) or (n_trials,), optional
        A name or number for each trial; by default all are alike.
    block : int
        Trials of a condition that make a block; the last may have fewer.

    Raises
    ------
    TypeError, ValueError
        For numbers outside [0, 1], or shapes that do not match.

    Examples
    --------
    >>> learning_curves([[0, 1, 1, 1]], ["easy", "hard", "easy", "hard"]).share[:, 0]
    array([[0., 1.],
           [1., 1.]])
    """
    right = np.asarray(correct, dtype=np.float64)
    if right.ndim != 2:
        raise ValueError(f"correct must have shape (n_subjects, n_trials); got {right.shape}")
    between("correct", right[np.isfinite(right)], 0, 1)
    size = count("block", block)
    kinds = np.full(right.shape, "all") if condition is None else np.asarray(condition)
    if kinds.shape not in (right.shape, right.shape[1:]):
        raise ValueError(f"condition must have shape {right.shape} or {right.shape[1:]}; got {kinds.shape}")
    kinds = np.broadcast_to(kinds, right.shape)
    names = list(dict.fromkeys(kinds.ravel().tolist()))
    place = np.stack([np.cumsum(kinds == name, axis=1) - 1 for name in names]) // size
    n_blocks = int(max(place[i][kinds == name].max() for i, name in enumerate(names))) + 1
    share = np.full((len(names), len(right), n_blocks), np.nan)
    for i, name in enumerate(names):
        for at in range(n_blocks):
            share[i, :, at] = _mean(np.nan_to_num(right), (kinds == name) & (place[i] == at) & np.isfinite(right))
    return LearningCurves(tuple(map(str, names)), share)


def _mean(values: npt.ArrayLike, counts: npt.NDArray[np.bool_]) -> Floats:
    """Mean (n_subjects,) of what counts, NaN without any."""
    n = counts.sum(axis=1)
    total = np.where(counts, values, 0.0).sum(axis=1)
    return np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)


def _units(record: WorkRecord) -> Floats:
    """Units done so far as numbers, NaN throughout for a subject of whom a day is not known."""
    if not isinstance(record, WorkRecord):
        raise TypeError(f"record must be work over time (`units`); got {type(record).__name__}")
    units: Ints = np.asarray(record.units)
    return np.where((units >= 0).all(axis=1, keepdims=True), units, np.nan)
