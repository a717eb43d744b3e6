"""The schedule of a Pavlovian experiment: what is shown, paid and done in every trial, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import (
    Bools,
    Floats,
    Ints,
    between,
    choice,
    indices,
    instance,
    mapping,
    numbers,
    scalar,
    sequence,
    shown,
    text,
    unmasked,
)
from rpe._shown import brief
from rpe.schedules.behaviour import Behaviour


class Change(NamedTuple):
    """A manipulation of dopamine, as `Schedule.manipulate` notes it down.

    Attributes
    ----------
    target : {"error", "firing", "release"}
    operation : {"scale", "add", "surge", "clamp"}
    amount : float array (n_trials, n_steps)
        NaN where nothing is changed.
    cells : (float, float) or None
        Of which cells: those whose own number (τ, or time constant in s) lies in this range; None for all.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x50 | AX+ x50").manipulate("scale", -1.0, event="trial", phases=["AX+ x50"])
    >>> [(change.target, change.operation) for change in s.changes]
    [('error', 'scale')]
    """

    target: str
    operation: str
    amount: Floats
    cells: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Schedule:
    """Schedule of a Pavlovian experiment; every trial is a window of `n_steps` steps, followed by an empty gap.

    A step `t` covers the time from `t·dt` on, counted from the start of its trial.

    Attributes
    ----------
    stimuli : tuple of str
        Names of the stimuli, in the order of the last axis of `level`.
    dt : float
        Length of a step, s.
    level : float array (n_trials, n_steps, n_stimuli)
        Intensity of each stimulus while it is on, mostly 1; 0 while it is off.
    reward : float array (n_trials, n_steps)
        Reward on arrival in a step, in reward units.
    pulse : float array (n_trials, n_steps)
        Stimulation (positive) or inhibition (negative) of dopamine neurons, added to the
        prediction error, in reward units.
    gap : float array (n_trials,)
        Empty time between the end of a trial's window and the start of the next, s.
    kind : int array (n_trials,)
        Type of each trial, an index into `kinds`.
    kinds : tuple of str
        Names of the trial types, such as "A+" or "AX-".
    phase : int array (n_trials,)
        Phase of each trial, an index into `phases`.
    phases : tuple of str
        Names of the phases.
    learning : bool array (n_trials, n_steps)
        Whether a theory may learn; False in probe trials, which only read out.
    due : float array (n_trials,)
        When the reward of a trial is due, s from its start, whether it comes or not; NaN if no
        reward is due.
    changes : tuple of Change
        Manipulations of dopamine beside pulses, see `manipulate`.
    behaviour : Behaviour or None
        Places on tracks, choices and sub-goals, if there are any.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=200, cue_time=0.5, reward_time=1.5, duration=2.5, dt=0.1)
    >>> s.stimuli, s.reward.shape, s.step_of(1.5)
    (('A',), (200, 25), 15)
    """

    stimuli: tuple[str, ...]
    dt: float
    level: Floats
    reward: Floats
    pulse: Floats
    gap: Floats
    kind: Ints
    kinds: tuple[str, ...]
    phase: Ints
    phases: tuple[str, ...]
    learning: Bools
    due: Floats
    changes: tuple[Change, ...] = ()
    behaviour: Behaviour | None = None

    def __repr__(self) -> str:
        return brief(self)

    def __post_init__(self) -> None:
        self._keep(dt=scalar("dt", self.dt, 0, open_low=True))
        self._keep(**{name: numbers(name, getattr(self, name), empty=True) for name in ("level", "reward", "pulse")})
        self._keep(
            gap=between("gap", self.gap, 0), due=_times_due(self.due), learning=_flags("learning", self.learning)
        )
        for name in ("stimuli", "kinds", "phases"):
            self._keep(**{name: tuple(text(f"name in {name}", each) for each in sequence(name, getattr(self, name)))})
        shape = self.reward.shape
        if len(shape) != 2 or 0 in shape:
            raise ValueError(f"reward must have shape (n_trials, n_steps); got {shape}")
        expected: dict[str, tuple[int, ...]] = {
            "level": (*shape, len(self.stimuli)),
            "pulse": shape,
            "learning": shape,
            **dict.fromkeys(("gap", "due"), shape[:1]),
        }
        for name, wanted in expected.items():
            if (found := getattr(self, name).shape) != wanted:
                raise ValueError(f"{name} must have shape {wanted}; got {found}")
        for change in sequence("changes", self.changes):
            if unmasked("changes", instance("changes", change, Change).amount).shape != shape:
                raise ValueError(f"changes must have shape {shape}; got {np.shape(change.amount)}")
        if self.behaviour is not None:
            instance("behaviour", self.behaviour, Behaviour).check(shape, len(self.stimuli))
        for name in ("kind", "phase"):
            self._keep(**{name: indices(name, getattr(self, name), len(getattr(self, f"{name}s")), shape[:1])})

    def _keep(self, **checked: Any) -> None:
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def n_trials(self) -> int:
        """Number of trials."""
        return int(self.reward.shape[0])

    @property
    def n_steps(self) -> int:
        """Number of steps in the window of a trial."""
        return int(self.reward.shape[1])

    @property
    def duration(self) -> float:
        """Length of the window of a trial, s."""
        return self.n_steps * self.dt

    @property
    def times(self) -> Floats:
        """Start of each step, s from the start of the trial, shape (n_steps,)."""
        return np.asarray(np.arange(self.n_steps) * self.dt, dtype=np.float64)

    @property
    def onset(self) -> Bools:
        """Where a stimulus comes on, (n_trials, n_steps, n_stimuli)."""
        on = np.asarray(self.level != 0)
        before = np.zeros_like(on)
        before[:, 1:] = on[:, :-1]
        return np.asarray(on & ~before)

    @property
    def does(self) -> Behaviour:
        """The behaviour, with arrays that say so where there is none."""
        return self.behaviour or Behaviour.nothing(self.n_trials, self.n_steps, len(self.stimuli))

    @property
    def probe(self) -> Bools:
        """The trials in which nothing is learned, (n_trials,)."""
        return np.asarray(~self.learning.any(axis=1))

    @property
    def start(self) -> Floats:
        """When each trial starts, s from the start of the experiment, (n_trials,)."""
        lengths = self.duration + self.gap
        return np.asarray(np.cumsum(lengths) - lengths, dtype=np.float64)

    def step_of(self, time: float) -> int:
        """Return the step that covers a time (s from the start of the trial).

        Raises
        ------
        ValueError
            For a time outside the window.
        """
        step = int(np.floor(scalar("time", time) / self.dt + 1e-6))
        if not 0 <= step < self.n_steps:
            raise ValueError(f"time must lie in the window [0, {self.duration:g}) s; got {time!r}")
        return step

    def of_kind(self, *names: str) -> Bools:
        """Return which trials are of the named types, (n_trials,).

        Raises
        ------
        ValueError
            For a type that the schedule does not have.
        """
        return np.isin(self.kind, [_place("kind", name, self.kinds) for name in names])

    def in_phase(self, *names: str) -> Bools:
        """Return which trials belong to the named phases, (n_trials,).

        Raises
        ------
        ValueError
            For a phase that the schedule does not have.
        """
        return np.isin(self.phase, [_place("phase", name, self.phases) for name in names])

    def take(self, trials: slice | npt.ArrayLike) -> Self:
        """Return the schedule of some trials only, in the given order.

        Parameters
        ----------
        trials : int or bool array, or slice
            Which ones.

        Raises
        ------
        ValueError
            If none is left.
        """
        chosen = np.arange(self.n_trials)[trials if isinstance(trials, slice) else _chosen(trials, self.n_trials)]
        held = {field.name: getattr(self, field.name) for field in fields(self)}
        taken: dict[str, Any] = {name: a[chosen] for name, a in held.items() if isinstance(a, np.ndarray)}
        changes = tuple(change._replace(amount=change.amount[chosen]) for change in self.changes)
        behaviour = None if self.behaviour is None else self.behaviour.take(chosen)
        return replace(self, **taken, changes=changes, behaviour=behaviour)

    def manipulate(self, operation: Any, amount: Any, **where: Any) -> "Schedule":
        """Return the schedule with dopamine scaled, added to or clamped: `rpe.schedules.manipulate`."""
        from rpe.schedules.manipulation import manipulate

        return manipulate(self, operation, amount, **where)

    def with_stimuli(self, stimuli: Sequence[str], level: Floats) -> Self:
        """Return the schedule with other stimuli, its own first; those that are new are no tracks and no options.

        Parameters
        ----------
        stimuli : sequence of str
        level : float array (n_trials, n_steps, n_stimuli)
        """
        wider = None if self.behaviour is None else self.behaviour.widened(len(stimuli))
        return replace(self, stimuli=tuple(stimuli), level=level, behaviour=wider)

    def renamed(self, names: Mapping[str, str]) -> Self:
        """Return the schedule with types of trial renamed; types that share a name become one.

        Parameters
        ----------
        names : mapping of str to str
            New names by old ones; the others stay.
        """
        mapping("names", names)
        new = [text("name in names", names.get(kind, kind)) for kind in self.kinds]
        kinds = tuple(dict.fromkeys(new))
        return replace(self, kinds=kinds, kind=np.array([kinds.index(name) for name in new])[self.kind])


def _place(name: str, value: str, names: tuple[str, ...]) -> int:
    return names.index(choice(name, value, names))


def _flags(name: str, value: npt.ArrayLike) -> Bools:
    array = unmasked(name, value)
    if array.dtype != np.bool_:
        raise TypeError(f"{name} must hold True and False; got {shown(value)}")
    return array


def _times_due(value: npt.ArrayLike) -> Floats:
    """Times in s, NaN where nothing is due."""
    array = unmasked("due", value)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"due must hold real numbers; got {shown(value)}")
    between("due", np.nan_to_num(array, nan=0.0, posinf=np.inf, neginf=-np.inf), 0)
    return array.astype(np.float64)


def _chosen(trials: npt.ArrayLike, n: int) -> npt.NDArray[Any]:
    """Trials as a mask (n,) or as numbers, which may count from the end."""
    array = unmasked("trials", trials)
    if array.dtype == np.bool_:
        if array.shape != (n,):
            raise ValueError(f"trials must have one entry for each of the {n} trials; got shape {array.shape}")
        return array
    if array.dtype.kind not in "iu" or array.ndim != 1 or not array.size:
        raise TypeError(f"trials must be integers (n,), True or False for each trial, or a slice; got {shown(trials)}")
    return indices("trials", np.where(array < 0, array.astype(np.int64) + n, array), n)
