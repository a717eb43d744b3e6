"""Recorded dopamine: responses of neurons or of a sensor, around an event of every trial."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import ArrayLike, Bools, Floats, Ints, between, numbers, scalar, sequence, text
from rpe._shown import brief
from rpe.records._taking import places
from rpe.table import Table


@dataclass(frozen=True, eq=False)
class Signals:
    """Responses of several animals around an event: photometry, voltammetry, or firing rates of neurons.

    Attributes
    ----------
    subjects : tuple of str
        Their names.
    times : float array (n_times,)
        Rising, s from the event.
    response : float array (n_subjects, n_trials, n_times)
        In whatever unit was recorded; NaN where nothing was.
    extra : mapping of str to array (n_subjects, n_trials)
        What else is known of each trial, such as its type.
    """

    subjects: tuple[str, ...]
    times: Floats
    response: Floats
    extra: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return brief(self)

    def __post_init__(self) -> None:
        numbers("times", self.times)
        if self.times.ndim != 1 or (np.diff(self.times) <= 0).any():
            raise ValueError(f"times must be a rising vector; got {self.times}")
        shape = self.response.shape
        if len(shape) != 3 or shape[0] != len(self.subjects) or shape[2] != len(self.times) or 0 in shape:
            wanted = f"({len(self.subjects)}, n_trials, {len(self.times)})"
            raise ValueError(f"response must have shape {wanted}; got {shape}")
        if np.isinf(self.response).any():
            raise ValueError("response must be finite, or NaN where nothing was recorded; got inf")
        if not self.n_choices.all():
            empty = self.subjects[int(np.argmin(self.n_choices))]
            raise ValueError(f"response must hold at least one sample of every subject; {empty!r} has none")
        for name, values in self.extra.items():
            if values.shape != shape[:2]:
                raise ValueError(f"{name} must have shape {shape[:2]}; got {values.shape}")

    @classmethod
    def of(cls, response: ArrayLike, times: ArrayLike, *, subjects: Sequence[str] | None = None) -> Self:
        """Make a record from arrays.

        Parameters
        ----------
        response : float array (n_subjects, n_trials, n_times) or (n_trials, n_times)
            The latter of one animal; NaN where nothing was recorded.
        times : float array (n_times,)
            s from the event.
        subjects : sequence of str, optional
            Names; "0", "1", ... if not given.

        Raises
        ------
        TypeError, ValueError
            For shapes that do not match, or infinite responses.

        Examples
        --------
        >>> Signals.of([[0.1, 0.9, 0.2]], times=[-0.1, 0.0, 0.1]).n_subjects
        1
        """
        values = numbers("response", response, missing=True)
        values = values[None] if values.ndim == 2 else values
        names = (
            tuple(map(str, range(len(values)))) if subjects is None else tuple(map(str, sequence("subjects", subjects)))
        )
        return cls(names, numbers("times", times), values)

    @classmethod
    def around(
        cls,
        trace: ArrayLike,
        trace_times: ArrayLike,
        events: ArrayLike,
        *,
        window: tuple[float, float],
        dt: float,
        subject: str = "0",
    ) -> Self:
        """Cut a continuous recording of one animal around its events.

        Samples within a step of `dt` are averaged; steps without a sample, as at the ends of the
        recording, are NaN.

        Parameters
        ----------
        trace : float array (n_samples,)
            The recording.
        trace_times : float array (n_samples,)
            When each sample was taken, s.
        events : float array (n_trials,)
            When the event of each trial was, s, on the same clock.
        window : (float, float)
            From when until when around the event, s.
        dt : float
            Length of a step, s.
        subject : str
            Name of the animal.

        Raises
        ------
        TypeError, ValueError
            For times that do not match or rise, or a window that is shorter than a step.

        Examples
        --------
        >>> cut = Signals.around([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5], [2.0, 4.0], window=(-1, 1), dt=1.0)
        >>> cut.response[0]
        array([[1., 2.],
               [3., 4.]])
        """
        text("subject", subject)
        values, clock, starts = (
            numbers("trace", trace, missing=True),
            numbers("trace_times", trace_times),
            numbers("events", events),
        )
        if values.shape != clock.shape or values.ndim != 1 or (np.diff(clock) <= 0).any():
            raise ValueError(f"trace_times must rise, one for each sample of trace; got {clock.shape}, {values.shape}")
        if starts.ndim != 1 or not len(starts):
            raise ValueError(f"events must have shape (n_trials,); got {starts.shape}")
        width = scalar("dt", dt, 0, open_low=True)
        first, last = between("window", window)
        n = int(np.floor((last - first) / width + 1e-6))
        if n < 1:
            raise ValueError(f"window must be at least one step of dt = {width:g} s; got {window!r}")
        response = np.full((1, len(starts), n), np.nan)
        for trial, start in enumerate(starts):
            low, high = np.searchsorted(clock, (start + first - 1e-9, start + last - 1e-9))
            step = np.floor((clock[low:high] - start - first) / width + 1e-6).astype(np.int64)
            response[0, trial] = _means(step, values[low:high], n)
        return cls((str(subject),), first + np.arange(n) * width, response)

    @classmethod
    def stacked(cls, parts: Sequence[Self]) -> Self:
        """Return the records of several animals as one; those with fewer trials are filled up with NaN.

        Raises
        ------
        ValueError
            If there is none, or they were recorded at other times.
        """
        if not parts or any(not np.array_equal(part.times, parts[0].times) for part in parts):
            raise ValueError("parts must be at least one, all with the same times")
        n_trials = max(part.response.shape[1] for part in parts)
        padded = [
            np.pad(p.response, ((0, 0), (0, n_trials - p.response.shape[1]), (0, 0)), constant_values=np.nan)
            for p in parts
        ]
        names = tuple(name for part in parts for name in part.subjects)
        return cls(names, parts[0].times, np.concatenate(padded))

    @property
    def n_subjects(self) -> int:
        """Number of animals."""
        return len(self.subjects)

    @property
    def n_choices(self) -> Ints:
        """Samples of each animal, (n_subjects,): the observations that a fit counts."""
        return np.isfinite(self.response).sum(axis=(1, 2))

    def take(self, subjects: Sequence[int] | Ints | Bools | slice) -> Self:
        """Return the record of some animals, in the given order."""
        chosen = places(subjects, self.n_subjects)
        extra = {name: values[chosen] for name, values in self.extra.items()}
        return type(self)(tuple(self.subjects[i] for i in chosen), self.times, self.response[chosen], extra)

    def binned(self, starts: ArrayLike, width: float) -> Self:
        """Return the mean response in steps that begin at `starts`, s from the event, and last `width` s.

        Raises
        ------
        TypeError, ValueError
            For steps of no length, or none of which holds a sample.

        Examples
        --------
        >>> Signals.of([[1.0, 3.0, 5.0]], times=[0.0, 0.1, 0.2]).binned([0.0, 0.2], 0.2).response
        array([[[2., 5.]]])
        """
        begin, width = np.atleast_1d(numbers("starts", starts)), scalar("width", width, 0, open_low=True)
        if begin.ndim != 1:
            raise ValueError(f"starts must have shape (n_steps,); got {begin.shape}")
        binned = np.full((*self.response.shape[:2], len(begin)), np.nan)
        for step, start in enumerate(begin):
            inside = (self.times >= start - 1e-9) & (self.times < start + width - 1e-9)
            seen = np.isfinite(self.response[..., inside])
            total = np.where(seen, self.response[..., inside], 0.0).sum(axis=-1)
            n = seen.sum(axis=-1)
            binned[..., step] = np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)
        if np.isnan(binned).all(axis=(1, 2)).any():
            span = f"[{begin.min():g}, {begin.max() + width:g}) s"
            raise ValueError(
                f"starts must cover samples of every animal; times {_span(self.times)} s lie outside {span}"
            )
        return type(self)(self.subjects, begin, binned, self.extra)

    @property
    def table(self) -> Table:
        """One row a sample: who, trial, time from the event, and response."""
        who, trial, at = np.nonzero(np.isfinite(self.response))
        columns: dict[str, Any] = {
            "subject": [self.subjects[i] for i in who],
            "trial": trial,
            "time": self.times[at],
            "response": self.response[who, trial, at],
        }
        return Table(columns | {name: values[who, trial] for name, values in self.extra.items()})


def _means(step: Ints, values: Floats, n: int) -> Floats:
    """The mean of the values in each of n steps, NaN without one."""
    known = np.isfinite(values) & (step >= 0) & (step < n)
    size = np.bincount(step[known], minlength=n)
    total = np.bincount(step[known], values[known], minlength=n)
    return np.divide(total, size, out=np.full(n, np.nan), where=size > 0)


def _span(times: Floats) -> str:
    return f"{times.min():g} to {times.max():g}"
