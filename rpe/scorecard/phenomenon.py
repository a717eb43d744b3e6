"""A phenomenon: a protocol, a reading of the signals, and a criterion, with the paper it is from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Floats, Ints
from rpe.schedules import Schedule
from rpe.theories import Learned, SemiMarkovTD


@dataclass(frozen=True)
class Phenomenon:
    """One published finding that a theory can reproduce or not.

    Attributes
    ----------
    id : str
        Its number, such as "A01".
    title, paper, published, criterion, passes, fails, status : str
        What was found, by whom, the rule as words, which theories are expected to reproduce it or
        not, and how well the entry was checked against its source.
    schedules : callable
        From a random generator, the schedules of the protocol by name; a theory learns each of
        them from a naive start.
    read : callable
        From the `Reading` of each schedule by name, the numbers that the criterion needs, by name.
    holds : callable
        From those numbers, whether the criterion holds.
    effect : str
        The number that is reported as the size of the effect.
    ask : callable or None
        For a phenomenon that no schedule can show: from a theory and a random generator, the numbers that
        the criterion needs, NaN where the theory has no such quantity. `schedules` and `read` are then
        not used.
    """

    id: str
    title: str
    paper: str
    published: str
    criterion: str
    passes: str
    fails: str
    status: str
    schedules: Callable[[np.random.Generator], Mapping[str, Schedule]]
    read: Callable[[Mapping[str, "Reading"]], dict[str, float]]
    holds: Callable[[dict[str, float]], bool]
    effect: str
    ask: Callable[[Any, np.random.Generator], dict[str, float]] | None = None


@dataclass(frozen=True)
class Reading:
    """The signals of one theory on one schedule, read in units of the error to an uncued reward.

    Signals are means over agents. Trials are chosen by type (one or several) and phase; `part` picks
    among the chosen ones: "all", "last" (the last 20 %), "first" (the first of them), or a slice.
    """

    schedule: Schedule
    learned: Learned
    theory: Any = None

    def carried(self, time: float) -> float:
        """Return γ^(time), what is left of a value after a time (s), by the theory's own discount; 1 without one.

        The discount counts per `step` of the theory, per s for semi-Markov TD, or per step of the
        schedule. Of a theory around another one, it is that of the inner one.
        """
        theory = self.theory
        while not hasattr(theory, "discount") and hasattr(theory, "theory"):
            theory = theory.theory
        discount, step = getattr(theory, "discount", None), getattr(theory, "step", None)
        if discount is None:
            return 1.0
        own = 1.0 if isinstance(theory, SemiMarkovTD) else self.schedule.dt if step is None else step
        return float(np.power(np.mean(discount), time / own))

    def trials(self, kind: str | Sequence[str], phase: str | None = None, part: str | slice = "all") -> Ints:
        """Return the chosen trials' numbers, in order."""
        chosen = self.schedule.of_kind(*([kind] if isinstance(kind, str) else kind))
        if phase is not None:
            chosen &= self.schedule.in_phase(phase)
        places = np.flatnonzero(chosen)
        if isinstance(part, slice):
            return places[part]
        if part == "first":
            return places[:1]
        return places[len(places) - max(1, round(0.2 * len(places))) :] if part == "last" else places

    def signal(self, kind: str | Sequence[str], phase: str | None = None, part: str | slice = "all") -> Floats:
        """Return the mean signal over the chosen trials, (n_steps,), in reward units."""
        return np.asarray(self.learned.delta[:, self.trials(kind, phase, part)].mean(axis=(0, 1)))

    def value(self, kind: str | Sequence[str], phase: str | None = None, part: str | slice = "all") -> Floats:
        """Return the mean value over the chosen trials, (n_steps,), in reward units."""
        return np.asarray(self.learned.value[:, self.trials(kind, phase, part)].mean(axis=(0, 1)))

    def at(self, time: float, kind: str | Sequence[str], phase: str | None = None, part: str | slice = "all") -> float:
        """Return the mean signal in the step that covers `time`, in reward units."""
        return float(self.signal(kind, phase, part)[self.schedule.step_of(time)])

    def response(
        self, time: float, kind: str | Sequence[str], phase: str | None = None, part: str | slice = "all"
    ) -> float:
        """Return the response to a stimulus that comes on at `time`: the signal, or the value if there is none.

        A theory of whole trials says nothing about the time of the cue; the value that it gives
        to the cue then stands for the response.
        """
        signal = self.at(time, kind, phase, part)
        return float(self.value(kind, phase, part)[self.schedule.step_of(time)]) if np.isnan(signal) else signal

    @property
    def unit(self) -> float:
        """Error to an uncued reward of 1 in the trained agent, from the probe trials "uncued"; NaN if it has none."""
        trials = self.trials("uncued")
        step = int(self.schedule.reward[trials[0]].argmax())
        size = float(self.learned.delta[:, trials, step].mean())
        return size if abs(size) > 1e-9 else np.nan


def nothing_to_show(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return no schedule, for a phenomenon that asks."""
    return {}


def nothing_to_read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return no number, for a phenomenon that asks."""
    return {}
