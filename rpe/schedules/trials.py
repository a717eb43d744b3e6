"""Types of trials, and the call that turns an order of types into a schedule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import (
    LARGEST,
    Floats,
    between,
    choice,
    count,
    fits,
    flag,
    instance,
    mapping,
    numbers,
    scalar,
    shown,
    text,
)
from rpe._checks import sequence as ordered
from rpe.schedules.behaviour import Behaviour
from rpe.schedules.schedule import Schedule

MAX_GIB = 4.0
Window = tuple[float, float] | tuple[float, float, float]
"""When a stimulus is on: (on, off) or (on, off, level), in s."""


@dataclass(frozen=True)
class Trial:
    """Type of trial, its events in seconds from the start of the trial.

    Parameters
    ----------
    cues : mapping of str to (on, off) or (on, off, level), or to several of these
        When each stimulus is on, s; level 1 unless given. Where windows of one stimulus overlap,
        its levels add up, as rewards and pulses do: the same element is on twice at once.
    rewards : mapping of float to float
        Time of each reward, s, and its size in reward units.
    pulses : mapping of (on, off) to float
        Stimulation of dopamine neurons from `on` to `off`, s, and its size in reward units, added
        to the error of every step in between; negative for inhibition.
    due : float, optional
        When reward is due, s, if it does not come, or not then; by default the time of the first
        reward, if there is one; NaN for never.
    learning : bool
        False for a probe trial, in which nothing is learned.
    places : mapping of str to mapping of float to int, optional
        Tracks: which place of which is reached when, s, and −1 when it is left, as `travelled` returns it. A track
        is a stimulus that is on as long as one is on it, unless `cues` say when it is.
    choice : (time, chosen, options), optional
        When a choice is offered, s, which stimulus is chosen, and from which ones.
    subgoals : mapping of float to float, optional
        When a sub-goal is reached, s, and its weight.

    Raises
    ------
    TypeError, ValueError
        For what is no mapping, and `due` that is no time. Times and sizes are checked by `sequence`.

    Examples
    --------
    >>> from rpe.schedules import Trial, sequence
    >>> kinds = {"A+": Trial({"A": (0.5, 1.5)}, {1.5: 1.0}), "left out": Trial({"A": (0.5, 1.5)}, learning=False)}
    >>> sequence(kinds, ["A+"] * 20 + ["left out"], duration=2.5, dt=0.1).n_trials
    21
    """

    cues: Mapping[str, Window | Sequence[Window]] = field(default_factory=dict)
    rewards: Mapping[float, float] = field(default_factory=dict)
    pulses: Mapping[tuple[float, float], float] = field(default_factory=dict)
    due: float | None = None
    learning: bool = True
    places: Mapping[str, Mapping[float, int]] = field(default_factory=dict)
    choice: tuple[float, str, Sequence[str]] | None = None
    subgoals: Mapping[float, float] = field(default_factory=dict)

    @property
    def stimuli(self) -> tuple[str, ...]:
        """Names of all that it shows, in order."""
        return tuple(dict.fromkeys([*self.cues, *self.places, *(self.choice[2] if self.choice else ())]))

    def __post_init__(self) -> None:
        mapping("cues", self.cues)
        for name in ("rewards", "pulses"):
            if not isinstance(held := getattr(self, name), Mapping):
                raise TypeError(f"{name} must be a mapping from times to sizes; got {shown(held)}")
        if self.due is not None and not (isinstance(self.due, float) and np.isnan(self.due)):
            scalar("due", self.due, 0)
        flag("learning", self.learning)


def sequence(
    kinds: Mapping[str, Trial],
    order: Sequence[str],
    *,
    dt: float = 0.1,
    duration: float,
    gap: npt.ArrayLike = 0.0,
    phases: Sequence[str] | None = None,
    max_gib: float = MAX_GIB,
) -> Schedule:
    """Sequence of trials: the schedule that runs trials of the named types in the given order.

    Parameters
    ----------
    kinds : mapping of str to Trial
        The types of trials by name.
    order : sequence of str
        The type of every trial.
    dt : float
        Length of a step, s.
    duration : float
        Window of every trial, s.
    gap : float or array (n_trials,)
        Empty time after each trial, s.
    phases : sequence of str, optional
        The phase of every trial; by default all belong to one phase, "all".
    max_gib : float
        What the arrays of a schedule may take up, GiB.

    Raises
    ------
    TypeError, ValueError
        For an event outside the window, an unknown type, lengths that do not match, or a schedule that
        would take up more than `max_gib`.

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A+": Trial({"A": (0.0, 1.0)}, {1.0: 1.0}), "A-": Trial({"A": (0.0, 1.0)}, due=1.0)}
    >>> s = sequence(kinds, ["A+", "A+", "A-"], duration=2.0)
    >>> s.reward.sum(axis=1), s.n_steps
    (array([1., 1., 0.]), 20)
    """
    dt = scalar("dt", dt, 0, open_low=True)
    n_steps = steps_in("duration", duration, dt)
    for name, trial in mapping("kinds", kinds).items():
        instance(f"kinds[{name!r}]", trial, Trial)
    order = [text("name in order", name) for name in ordered("order", order)]
    unknown = sorted(set(order) - set(kinds))
    if unknown or not len(order):
        raise ValueError(f"order must name at least one trial, of the types {', '.join(kinds)}; got {unknown}")
    stimuli = tuple(dict.fromkeys(name for trial in kinds.values() for name in trial.stimuli))
    room("order", len(order), n_steps, len(stimuli), max_gib)
    names = tuple(kinds)
    parts = [_arrays(name, kinds[name], stimuli, dt, n_steps) for name in names]
    level, reward, pulse = (np.stack(arrays) for arrays in zip(*parts, strict=True))
    behaviour = _behaviour(kinds, stimuli, dt, n_steps)
    kind = np.array([names.index(name) for name in order])
    phases = None if phases is None else [text("name in phases", name) for name in ordered("phases", phases)]
    if phases is not None and len(phases) != len(order):
        raise ValueError(f"phases must name one phase for each of the {len(order)} trials; got {len(phases)}")
    phase_names = tuple(dict.fromkeys(phases)) if phases is not None else ("all",)
    phase = np.array([phase_names.index(name) for name in phases]) if phases is not None else np.zeros_like(kind)
    learning = np.array([kinds[name].learning for name in names])[kind]
    return Schedule(
        stimuli=stimuli,
        dt=dt,
        level=level[kind],
        reward=reward[kind],
        pulse=pulse[kind],
        gap=_gaps(gap, len(order)),
        kind=kind,
        kinds=names,
        phase=phase,
        phases=phase_names,
        learning=np.repeat(learning[:, None], n_steps, axis=1),
        due=np.array([_due(kinds[name]) for name in names])[kind],
        behaviour=None if behaviour is None else behaviour.take(kind),
    )


def steps_in(name: str, duration: float, dt: float) -> int:
    """Return how many steps of dt a duration has, at least one.

    Raises
    ------
    TypeError, ValueError
        If it has none, or more than a float can count.
    """
    steps = scalar(name, duration, 0, open_low=True) / dt
    if not 0.5 < steps <= LARGEST:
        raise ValueError(
            f"{name} / dt must lie between 1 and {LARGEST:g} steps; got {name} = {duration!r}, dt = {dt!r}"
        )
    return round(steps)


def room(name: str, n_trials: int, n_steps: int, n_stimuli: int, max_gib: float) -> None:
    """Raise ValueError if a schedule of this size would take up more than `max_gib` GiB."""
    most = scalar("max_gib", max_gib, 0, open_low=True)
    size = 8.0 * n_trials * n_steps * (n_stimuli + 3)
    fits(name, f"{n_trials} trials of {n_steps} steps", size, most * 2**30, hint="max_gib lifts the limit")


def _gaps(gap: npt.ArrayLike, n: int) -> Floats:
    gaps = between("gap", gap, 0)
    if gaps.shape not in ((), (n,)):
        raise ValueError(f"gap must be a number or an array ({n},); got shape {gaps.shape}")
    return np.broadcast_to(gaps, n).copy()


def _behaviour(kinds: Mapping[str, Trial], stimuli: tuple[str, ...], dt: float, n_steps: int) -> Behaviour | None:
    """What is done in each type of trial; None if nothing is in any."""
    if not any(trial.places or trial.choice or trial.subgoals for trial in kinds.values()):
        return None
    found = Behaviour.nothing(len(kinds), n_steps, len(stimuli))
    for row, (name, trial) in enumerate(kinds.items()):
        for track, places in trial.places.items():
            found.place[row, :, stimuli.index(track)] = _places(name, places, dt, n_steps)
        if trial.choice is not None:
            time, chosen, options = trial.choice
            step = _span(name, time, time, dt, n_steps).start
            found.chosen[row, step] = stimuli.index(choice(f"choice of {name}", chosen, tuple(options)))
            found.offered[row, step, [stimuli.index(option) for option in options]] = True
        for time, weight in trial.subgoals.items():
            found.subgoal[row, _span(name, time, time, dt, n_steps).start] = scalar(f"subgoal of {name}", weight, 0)
    return found


def _places(name: str, places: Mapping[float, int], dt: float, n_steps: int) -> npt.NDArray[np.int64]:
    """The place in every step, (n_steps,): each is held until the next one."""
    found = np.full(n_steps, -1, dtype=np.int64)
    for time, place in sorted(places.items()):
        found[_span(name, time, time, dt, n_steps).start :] = count(f"place of {name}", place, -1)
    return found


def _arrays(
    name: str, trial: Trial, stimuli: tuple[str, ...], dt: float, n_steps: int
) -> tuple[Floats, Floats, Floats]:
    """Level (n_steps, n_stimuli), reward and pulse (n_steps,) of one type of trial."""
    level, reward, pulse = np.zeros((n_steps, len(stimuli))), np.zeros(n_steps), np.zeros(n_steps)
    for stimulus, when in trial.cues.items():
        for on, off, strength in _windows(f"cue {stimulus!r} of {name}", when):
            level[_span(name, on, off, dt, n_steps), stimuli.index(stimulus)] += strength
    for track, places in trial.places.items():
        if track not in trial.cues:
            level[:, stimuli.index(track)] = _places(name, places, dt, n_steps) >= 0
    for time, size in trial.rewards.items():
        reward[_span(name, time, time, dt, n_steps).start] += scalar(f"reward of {name}", size)
    for window, size in trial.pulses.items():
        on, off = _pair(f"pulses of {name}", window)
        pulse[_span(name, on, off, dt, n_steps)] += scalar(f"pulse of {name}", size)
    return level, reward, pulse


def _pair(name: str, window: Any) -> tuple[float, float]:
    ends = numbers(name, ordered(name, window))
    if ends.shape != (2,):
        raise ValueError(f"{name} must be (on, off); got {shown(window)}")
    return float(ends[0]), float(ends[1])


def _windows(name: str, when: Window | Sequence[Window]) -> list[tuple[float, float, float]]:
    """The windows of a stimulus as (on, off, level)."""
    if not isinstance(when, Sequence | np.ndarray) or not len(when):
        raise TypeError(f"{name} must be (on, off), (on, off, level) or several of these; got {when!r}")
    several: Any = when if isinstance(when[0], Sequence | np.ndarray) else (when,)
    found = []
    for window in several:
        if not isinstance(window, Sequence | np.ndarray) or len(window) not in (2, 3):
            raise TypeError(f"{name} must be (on, off), (on, off, level) or several of these; got {when!r}")
        on, off, *strength = window
        found.append((on, off, scalar(f"level of {name}", strength[0]) if strength else 1.0))
    return found


def _span(name: str, on: float, off: float, dt: float, n_steps: int) -> slice:
    """The steps from `on` to `off`, at least one."""
    first = _step(scalar(f"time in {name}", on, 0), dt)
    last = max(first + 1, _step(scalar(f"time in {name}", off, on), dt))
    if last > n_steps:
        raise ValueError(f"events of trial {name!r} must lie in its window of {n_steps * dt:g} s; got {off:g}")
    return slice(first, last)


def _step(time: float, dt: float) -> int:
    """The step that covers a time."""
    return int(np.floor(time / dt + 1e-6))


def _due(trial: Trial) -> float:
    if trial.due is not None:
        return trial.due
    return min(trial.rewards) if trial.rewards else np.nan
