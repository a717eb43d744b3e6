"""Schedules put together, in continuous time, and as a list of events."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, fits, instance, scalar, sequence, shown, unmasked
from rpe.schedules.behaviour import Behaviour
from rpe.schedules.schedule import Change, Schedule


class Events(NamedTuple):
    """Events of an experiment, in the order of time.

    Attributes
    ----------
    time : float array (n_events,)
        s from the start of the experiment.
    name : int array (n_events,)
        Which event: an index into `names`.
    size : float array (n_events,)
        Level of a stimulus that comes on, or size of a reward.
    trial, step : int array (n_events,)
        Where in the schedule it stands.
    names : tuple of str
        The stimuli, then "reward".

    Examples
    --------
    >>> import rpe
    >>> events = rpe.schedules.events(rpe.schedules.delay_conditioning(n_trials=2))
    >>> [events.names[name] for name in events.name[:2]], events.time[:2].tolist()
    (['A', 'reward'], [0.5, 1.5])
    """

    time: Floats
    name: Ints
    size: Floats
    trial: Ints
    step: Ints
    names: tuple[str, ...]


def events(s: Schedule) -> Events:
    """Events of a schedule: onsets of stimuli and rewards, with gaps counted.

    Examples
    --------
    >>> import rpe
    >>> found = rpe.schedules.events(rpe.schedules.delay_conditioning(n_trials=2, gap=10.0, rng=0))
    >>> found.time, [found.names[i] for i in found.name]
    (array([ 0.5,  1.5, 13. , 14. ]), ['A', 'reward', 'A', 'reward'])
    """
    instance("s", s, Schedule)
    size = np.concatenate([np.where(s.onset, s.level, 0.0), s.reward[..., None]], axis=2)
    trial, step, name = np.nonzero(size)
    time = s.start[trial] + step * s.dt
    return Events(time, name, size[trial, step, name], trial, step, (*s.stimuli, "reward"))


def concatenate(parts: Sequence[Schedule]) -> Schedule:
    """Concatenation: several schedules one after another, with all their stimuli, types and phases.

    Shorter windows are filled up with empty time, by which the gap after them gets shorter, as far
    as it can.

    Raises
    ------
    ValueError
        For none, or different lengths of a step.

    Examples
    --------
    >>> import rpe
    >>> one, two = (rpe.schedules.delay_conditioning(n_trials=3, cue=cue) for cue in "AB")
    >>> rpe.schedules.concatenate([one, two]).stimuli
    ('A', 'B')
    """
    parts = tuple(instance("part of parts", part, Schedule) for part in sequence("parts", parts))
    if not parts or len({part.dt for part in parts}) > 1:
        raise ValueError(f"parts must be schedules with one dt; got {[part.dt for part in parts]}")
    n_steps = max(part.n_steps for part in parts)
    names = {key: tuple(dict.fromkeys(n for part in parts for n in getattr(part, key))) for key in _NAMED}
    return Schedule(
        stimuli=names["stimuli"],
        dt=parts[0].dt,
        level=np.concatenate([_levels(part, names["stimuli"], n_steps) for part in parts]),
        reward=np.concatenate([_longer(part.reward, n_steps) for part in parts]),
        pulse=np.concatenate([_longer(part.pulse, n_steps) for part in parts]),
        gap=np.concatenate([np.maximum(part.gap - (n_steps - part.n_steps) * part.dt, 0) for part in parts]),
        kind=np.concatenate([_numbers(part.kinds, names["kinds"])[part.kind] for part in parts]),
        kinds=names["kinds"],
        phase=np.concatenate([_numbers(part.phases, names["phases"])[part.phase] for part in parts]),
        phases=names["phases"],
        learning=np.concatenate([_longer(part.learning, n_steps, part.learning[:, -1:]) for part in parts]),
        due=np.concatenate([part.due for part in parts]),
        changes=_changes(parts, n_steps),
        behaviour=_behaviour(parts, names["stimuli"], n_steps),
    )


def joined(s: Schedule, longest_gap: float = np.inf) -> Schedule:
    """Continuous time: the same experiment, as one long trial with its gaps as empty steps.

    Parameters
    ----------
    s : Schedule
    longest_gap : float
        Gaps are not drawn out beyond this, s: an hour in steps of 0.1 s is 36,000 steps.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=2, gap=1.0)
    >>> rpe.schedules.joined(s).n_steps
    70
    """
    place, total = _places(s, longest_gap)
    fits("longest_gap", longest_gap, 8.0 * total * (len(s.stimuli) + 3), hint="a shorter one draws gaps out less")

    def spread(array: Any, fill: Any = 0.0) -> Any:
        long = np.full((1, total, *array.shape[2:]), fill, dtype=array.dtype)
        long[0, place] = array
        return long

    zero = np.zeros(1, dtype=np.int64)
    return Schedule(
        stimuli=s.stimuli,
        dt=s.dt,
        level=spread(s.level),
        reward=spread(s.reward),
        pulse=spread(s.pulse),
        gap=np.zeros(1),
        kind=zero,
        kinds=("joined",),
        phase=zero,
        phases=("all",),
        learning=spread(s.learning, True),
        due=np.array([np.nan]),
        changes=tuple(change._replace(amount=spread(change.amount, np.nan)) for change in s.changes),
        behaviour=None if s.behaviour is None else Behaviour(*map(spread, s.behaviour, (-1, False, -1, 0.0))),
    )


def split(s: Schedule, array: npt.ArrayLike, longest_gap: float = np.inf) -> Any:
    """Trials of a joined schedule: results, (..., 1, n_total), as (..., n_trials, n_steps) of the schedule.

    Parameters
    ----------
    s : Schedule
        That was joined.
    array : array
        Such as the errors of a theory; what fell into gaps is left out.
    longest_gap : float
        As when it was joined.

    Raises
    ------
    ValueError
        If the last axes do not fit.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=2, gap=1.0)
    >>> bool((rpe.schedules.split(s, rpe.schedules.joined(s).reward) == s.reward).all())
    True
    """
    place, total = _places(s, longest_gap)
    results = _signal(array)
    if results.shape[-2:] != (1, total):
        raise ValueError(f"array must have shape (..., 1, {total}), as the joined schedule; got {results.shape}")
    return results[..., 0, place]


_NAMED = ("stimuli", "kinds", "phases")


def _places(s: Schedule, longest_gap: float) -> tuple[Ints, int]:
    """Where each step of each trial lies in continuous time, (n_trials, n_steps), and the number of steps in all."""
    instance("s", s, Schedule)
    if not (isinstance(longest_gap, float) and longest_gap == np.inf):
        longest_gap = scalar("longest_gap", longest_gap, 0)
    empty = np.round(np.minimum(s.gap, longest_gap) / s.dt).astype(np.int64)
    first = np.arange(s.n_trials) * s.n_steps + np.cumsum(empty) - empty
    return first[:, None] + np.arange(s.n_steps), int(s.n_trials * s.n_steps + empty.sum())


def _signal(array: npt.ArrayLike) -> npt.NDArray[Any]:
    """Results as an array; NaN is where a theory says nothing."""
    results = unmasked("array", array)
    if results.dtype.kind not in "biuf":
        raise TypeError(f"array must hold real numbers; got {shown(array)}")
    return results


def _levels(part: Schedule, stimuli: tuple[str, ...], n_steps: int) -> Floats:
    level = np.zeros((part.n_trials, n_steps, len(stimuli)))
    level[:, : part.n_steps, _numbers(part.stimuli, stimuli)] = part.level
    return level


def _changes(parts: Sequence[Schedule], n_steps: int) -> tuple[Change, ...]:
    """The manipulations of all parts, each with nothing in the others."""
    first, n_trials = 0, sum(part.n_trials for part in parts)
    found = []
    for part in parts:
        for change in part.changes:
            amount = np.full((n_trials, n_steps), np.nan)
            amount[first : first + part.n_trials, : part.n_steps] = change.amount
            found.append(change._replace(amount=amount))
        first += part.n_trials
    return tuple(found)


def _behaviour(parts: Sequence[Schedule], stimuli: tuple[str, ...], n_steps: int) -> Behaviour | None:
    """The behaviour of all parts; None if there is none in any."""
    if all(part.behaviour is None for part in parts):
        return None
    found = Behaviour.nothing(sum(part.n_trials for part in parts), n_steps, len(stimuli))
    first = 0
    for part in parts:
        own, numbers = part.does, _numbers(part.stimuli, stimuli)
        rows = slice(first, first + part.n_trials)
        found.place[rows, : part.n_steps, numbers] = own.place
        found.offered[rows, : part.n_steps, numbers] = own.offered
        found.chosen[rows, : part.n_steps] = np.append(numbers, -1)[own.chosen]
        found.subgoal[rows, : part.n_steps] = own.subgoal
        first += part.n_trials
    return found


def _longer(array: Any, n_steps: int, fill: Any = 0) -> Any:
    long = np.empty((len(array), n_steps), dtype=array.dtype)
    long[:] = fill
    long[:, : array.shape[1]] = array
    return long


def _numbers(own: tuple[str, ...], all_names: tuple[str, ...]) -> Ints:
    return np.array([all_names.index(name) for name in own], dtype=np.int64)
