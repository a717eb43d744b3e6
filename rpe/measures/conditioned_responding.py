"""Conditioned responding: from the value of a cue to what is measured of an animal, per trial and per session."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, count, flag, instance, numbers, scalar, sequence
from rpe.schedules import Schedule


def cue_response(value: npt.ArrayLike, schedule: Schedule, cues: Iterable[str], *, exactly: bool = False) -> Floats:
    """Conditioned response to a cue: the mean value over the steps of a trial in which it is on, reward left out.

    Parameters
    ----------
    value : float array (..., n_trials, n_steps)
        Such as `value` of what a theory learned, in reward units; NaN where it says nothing.
    schedule : Schedule
    cues : iterable of str
        Stimuli that must all be on, such as "AX".
    exactly : bool
        Whether no other stimulus may be on.

    Returns
    -------
    float array (..., n_trials)
        NaN in trials without such a step.

    Raises
    ------
    ValueError
        For a cue that the schedule does not have.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x3 | X- x1")
    >>> cue_response(rpe.theories.RescorlaWagner(0.5).learn(s).value, s, "A")[0]
    array([0.  , 0.5 , 0.75,  nan])
    """
    instance("schedule", schedule, Schedule)
    signal = numbers("value", value, missing=True)
    if signal.shape[-2:] != schedule.reward.shape:
        raise ValueError(f"value must have shape (..., *{schedule.reward.shape}); got {signal.shape}")
    named = tuple(cues) if isinstance(cues, str) else sequence("cues", cues)
    for cue in named:
        if cue not in schedule.stimuli:
            raise ValueError(f"cues must be stimuli of the schedule, {', '.join(schedule.stimuli)}; got {cue!r}")
    wanted = np.isin(schedule.stimuli, named)
    on = schedule.level != 0
    read = on[:, :, wanted].all(axis=2) & (schedule.reward == 0)
    if flag("exactly", exactly):
        read &= ~on[:, :, ~wanted].any(axis=2)
    n = read.sum(axis=1)
    total = np.where(read, signal, 0.0).sum(axis=-1)
    return np.asarray(np.where(n > 0, total / np.maximum(n, 1), np.nan))


def session_means(response: npt.ArrayLike, size: int, *, first_alone: bool = False) -> Floats:
    """Session means: the mean response over every `size` trials; the last session may be shorter.

    Parameters
    ----------
    response : float array (..., n_trials)
    size : int
        Trials of a session.
    first_alone : bool
        Whether the first trial, before anything is learned, also comes alone before the sessions.

    Returns
    -------
    float array (..., n_sessions)

    Examples
    --------
    >>> session_means([0.0, 2.0, 4.0, 6.0, 7.0], 2, first_alone=True)
    array([0., 1., 5., 7.])
    """
    given, size = numbers("response", response), count("size", size)
    starts = np.arange(0, given.shape[-1], size)
    lengths = np.minimum(starts + size, given.shape[-1]) - starts
    means = np.add.reduceat(given, starts, axis=-1) / lengths
    return np.asarray(np.concatenate([given[..., :1], means], axis=-1) if flag("first_alone", first_alone) else means)


def suppression_ratio(response: npt.ArrayLike, before: npt.ArrayLike = 0.0, *, strongest: float = 1.0) -> Floats:
    """Suppression ratio: B_cue / (B_cue + B_before), ½ for no fear and 0 for full suppression of behaviour.

    Behaviour is taken to fall in a straight line with conditioned fear, B = max(1 − fear / strongest, 0).

    Parameters
    ----------
    response : float array
        Conditioned response to the cue, in reward units; negative ones do not raise behaviour above 1.
    before : float array
        The same in the time before the cue, such as that to the context.
    strongest : float
        Response that stops behaviour, > 0 (assumption: 1, the value of a certain reward).

    Returns
    -------
    float array
        NaN where behaviour before the cue and at the cue is 0.

    References
    ----------
    Annau, Z. & Kamin, L. J. (1961). The conditioned emotional response as a function of intensity of the US.
    Journal of Comparative and Physiological Psychology 54(4), 428-432. doi:10.1037/h0042199 (from memory)

    Examples
    --------
    >>> suppression_ratio([0.0, 0.5, 1.0])
    array([0.5       , 0.33333333, 0.        ])
    """
    full = scalar("strongest", strongest, 0, open_low=True)
    cue = np.clip(1 - numbers("response", response) / full, 0, 1)
    base = np.clip(1 - numbers("before", before) / full, 0, 1)
    if cue.shape != base.shape and cue.ndim and base.ndim:
        raise ValueError(f"before must have the shape of response, {cue.shape}; got {base.shape}")
    both = cue + base
    return np.asarray(np.where(both > 0, cue / np.where(both > 0, both, 1.0), np.nan))
