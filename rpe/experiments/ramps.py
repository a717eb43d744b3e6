"""Dopamine ramps: with progress to see, with forgetting, or because the signal is value.

A way leads to a reward after some seconds, with a mark of progress that grows or without. Rival
accounts of dopamine ramps are run on both, with a larger reward and over a longer way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from matplotlib.figure import Figure

from rpe import plots, schedules, theories
from rpe._checks import Floats, Seed, count, scalar
from rpe.experiments import titles
from rpe.experiments.tidy import tidy
from rpe.table import Table

__all__ = ["Found", "Result", "Settings", "figures", "protocol", "rivals", "run", "sentences", "table"]

_START = 0.6


@dataclass(frozen=True)
class Settings:
    """What is learned.

    Parameters
    ----------
    n_trials : int
        Training trials.
    n_places : int
        Places on the way, at each of which the mark of progress grows.
    stay : float
        Time at each place, s.
    big : float
        The larger of two rewards, in reward units; the other is 1.
    dt : float
        Length of a step, s.
    """

    n_trials: int = 3000
    n_places: int = 10
    stay: float = 0.4
    big: float = 2.0
    dt: float = 0.2

    def __post_init__(self) -> None:
        count("n_trials", self.n_trials, 10)
        count("n_places", self.n_places, 6)
        scalar("stay", self.stay, 0, open_low=True)
        scalar("big", self.big, 1, open_low=True)
        scalar("dt", self.dt, 0, open_low=True)
        if round(self.stay / self.dt) < 2:
            raise ValueError(f"stay must be at least two steps of {self.dt:g} s; got {self.stay!r}")

    @property
    def arrival(self) -> float:
        """When the goal is reached, s from the start of the trial."""
        return _START + self.n_places * self.stay

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within half a minute."""
        return cls(n_trials=1500)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_trials=10_000)


class Found(NamedTuple):
    """The trained signals of one theory, in units of its error to an uncued reward, each (n_steps,).

    Attributes
    ----------
    seen, unseen : float array
        With a mark of progress on the way, and without.
    big, far : float array
        With a mark of progress, to the larger reward, and over twice the way.
    """

    seen: Floats
    unseen: Floats
    big: Floats
    far: Floats


@dataclass(frozen=True)
class Result:
    """Every theory's signals.

    Attributes
    ----------
    settings : Settings
    found : dict
        `Found` by name of the theory.
    """

    settings: Settings
    found: dict[str, Found]

    def way(self, signal: Floats, n_ways: int = 1) -> Floats:
        """The part of a signal between the onset and the arrival, both left out."""
        first = round(_START / self.settings.dt) + 1
        return signal[first : first + round(n_ways * (self.settings.arrival - _START) / self.settings.dt) - 1]


def rivals() -> dict[str, theories.Theory]:
    """Return the theories."""
    return {
        "TD(0)": theories.TD(features="serial_compound", trace_decay=0.0),
        "value decay": theories.ValueDecayTD(),
        "feedback on progress": theories.FeedbackUncertaintyTD(),
        "value itself": theories.ValueCode(theories.TD(features="serial_compound", trace_decay=0.0)),
    }


def protocol(settings: Settings, *, seen: bool, reward: float = 1.0, n_ways: int = 1) -> schedules.Schedule:
    """Return training on one way, and a probe with an uncued reward."""
    end = _START + n_ways * (settings.arrival - _START)
    n = n_ways * settings.n_places
    marks = [(_START + i * settings.stay, _START + (i + 1) * settings.stay, (i + 1) / n) for i in range(n)]
    cue: Any = tuple(marks) if seen else (_START, end)
    kinds = {
        "trained": schedules.Trial({"way": cue}, {end: reward}),
        "uncued": schedules.Trial({}, {end: 1.0}, learning=False),
    }
    order = ["trained"] * settings.n_trials + ["uncued"]
    return schedules.sequence(kinds, order, dt=settings.dt, duration=end + 1.0, gap=10.0)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Result:
    """Learn; nothing is random, and the work is too small for several processes."""
    plans = {
        "seen": protocol(settings, seen=True),
        "unseen": protocol(settings, seen=False),
        "big": protocol(settings, seen=True, reward=settings.big),
        "far": protocol(settings, seen=True, n_ways=2),
    }
    found = {
        name: Found(**{key: _signal(schedule, theory) for key, schedule in plans.items()})
        for name, theory in rivals().items()
    }
    return Result(settings, found)


def _signal(schedule: schedules.Schedule, theory: theories.Theory) -> Floats:
    """The last trained signal, (n_steps,), in units of the error to an uncued reward."""
    delta = theory.learn(schedule, rng=0).delta.mean(axis=0)
    uncued = delta[schedule.of_kind("uncued")][0]
    return delta[schedule.of_kind("trained")][-1] / uncued[schedule.reward[-1].argmax()]


def _slope(signal: Floats, dt: float) -> float:
    """Slope over the second half of a way, per s."""
    late = signal[len(signal) // 2 :]
    return float(np.polyfit(np.arange(len(late)) * dt, late, 1)[0])


def _numbers(result: Result, part: Found) -> dict[str, float]:
    """The numbers on which the sentences rest."""
    dt = result.settings.dt
    seen, unseen, big = (result.way(signal) for signal in (part.seen, part.unseen, part.big))
    far = result.way(part.far, 2)
    return {
        "slope, progress seen (per s)": _slope(seen, dt),
        "slope, progress unseen (per s)": _slope(unseen, dt),
        "peak on the way, small reward": float(seen.max()),
        "peak on the way, big reward": float(big.max()),
        "peak on the long way": float(far.max()),
    }


def table(result: Result) -> Table:
    """Return one row per theory and quantity."""
    return tidy(
        {"theory": name, "quantity": quantity, "value": value}
        for name, part in result.found.items()
        for quantity, value in _numbers(result, part).items()
    )


def sentences(result: Result) -> list[str]:
    """Return what the experiment showed."""
    numbers = {name: _numbers(result, part) for name, part in result.found.items()}

    def those(rule: Callable[[dict[str, float]], bool]) -> str:
        return "; ".join(name for name, x in numbers.items() if rule(x)) or "none"

    seen, unseen = "slope, progress seen (per s)", "slope, progress unseen (per s)"
    small, large, far = "peak on the way, small reward", "peak on the way, big reward", "peak on the long way"
    plain = numbers["TD(0)"]
    return [
        f"Plain TD(0) has a slope of {plain[seen]:+.3f} per s on the way to a certain reward with progress to see, and "
        f"of {plain[unseen]:+.3f} without: {'waiting is not an error' if abs(plain[seen]) < 0.02 else 'it ramps'}.",
        f"A ramp with progress to see (slope above 0.02 per s): {those(lambda x: x[seen] > 0.02)}; the same without "
        f"anything to see, where none was recorded: {those(lambda x: x[unseen] > 0.02)}.",
        f"The ramp grows with the reward in {those(lambda x: x[large] > 1.2 * x[small] > 0.01)}, and peaks alike after "
        f"a short and a long way (ratio 0.8 to 1.25), as Howe et al. (2013) recorded, in "
        f"{those(lambda x: x[small] > 0.01 and 0.8 <= x[far] / x[small] <= 1.25)}.",
        _moral([name for name, x in numbers.items() if x[seen] > 0.02 and name != "value itself"]),
    ]


def _ramps(name: str, x: dict[str, float]) -> str:
    """Whether a theory ramps up to a reward, and whether it needs to see its progress."""
    seen, unseen = (x[f"slope, progress {word} (per s)"] for word in ("seen", "unseen"))
    if max(seen, unseen) <= 0.02:
        return f"{name}: no ramp ({titles.number(seen)} per s)"
    how = "only where progress is seen" if unseen <= 0.02 else "seen or not" if seen > 0.02 else "only unseen"
    return f"{name}: a ramp {how} ({titles.number(seen)} and {titles.number(unseen)} per s)"


def _moral(errors_that_ramp: list[str]) -> str:
    if errors_that_ramp:
        return f"A ramp alone is no proof that dopamine is value: errors ramp too ({'; '.join(errors_that_ramp)})."
    return "No error ramps here, so that a ramp would speak for value."


def figures(result: Result) -> dict[str, Figure]:
    """Return the figure: every theory with and without progress to see, and with a larger reward and a longer way."""
    settings = result.settings
    words = ["progress seen", "unseen", f"reward {settings.big:g}", "twice the way"]
    with plots.style():
        figure, axes = plots.page(len(result.found))
        for letter, ax, (name, part) in zip("abcd", axes, result.found.items(), strict=True):
            n = len(part.far)
            signals = np.full((4, n), np.nan)
            for i, signal in enumerate((part.seen, part.unseen, part.big, part.far)):
                signals[i, : len(signal)] = signal
            plots.peri_event(
                signals,
                settings.dt,
                quantity="signal",
                unit="uncued rewards",
                labels=words,
                colors=plots.colours_of(words),
                events={"start": _START, "arrival": settings.arrival, "late arrival": 2 * settings.arrival - _START},
                ax=ax,
            )
            plots.heading(ax, _ramps(name, _numbers(result, part)), letter=letter)
    return {"": figure}


def __dir__() -> list[str]:
    return __all__
