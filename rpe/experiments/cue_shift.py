"""Cue shift: how the error moves from reward to cue, and what each representation of time makes of omissions.

A cue is followed by a reward one second later, hundreds of times; probes then leave the reward out,
or give it half a second early or late. The same learning rule is run with several
representations of time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rpe import plots, schedules, theories
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, scalar
from rpe.experiments import titles
from rpe.experiments.tidy import tidy
from rpe.table import Table

__all__ = [
    "PROBES",
    "Probe",
    "Representation",
    "Result",
    "Settings",
    "figures",
    "numbers",
    "protocol",
    "representations",
    "rivals",
    "run",
    "sentences",
    "table",
]

PROBES = ("omitted", "early", "late", "uncued")
_CUE = 0.5


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """What is learned.

    Parameters
    ----------
    n_trials : int
        Training trials.
    delay : float
        From the onset of the cue to the reward, s.
    shift : float
        How much earlier or later the reward comes in a probe, s.
    dt : float
        Length of a step, s.
    """

    n_trials: int = 600
    delay: float = 1.0
    shift: float = 0.5
    dt: float = 0.1

    def __post_init__(self) -> None:
        count("n_trials", self.n_trials, 10)
        for name in ("delay", "shift", "dt"):
            scalar(name, getattr(self, name), 0, open_low=True)
        if self.shift >= self.delay:
            raise ValueError(f"shift must be below delay = {self.delay:g} s; got {self.shift!r}")

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within seconds."""
        return cls(n_trials=300)

    @classmethod
    def full(cls) -> Self:
        """A fine version, in steps of 50 ms."""
        return cls(n_trials=2000, dt=0.05)


class Probe(NamedTuple):
    """What one theory did, in units of its error to an uncued reward.

    Attributes
    ----------
    delta : float array (n_trials, n_steps)
        Errors of training.
    cue, reward : float array (n_trials,)
        Errors at the onset of the cue and at the reward.
    bump : float
        Largest error between the two, in all of training.
    crossing : int
        First trial in which the cue's error exceeds the reward's; −1 if none.
    probes : dict
        Errors (n_steps,) in each probe.
    """

    delta: Floats
    cue: Floats
    reward: Floats
    bump: float
    crossing: int
    probes: dict[str, Floats]


@dataclass(frozen=True)
class Result:
    """Every theory's errors.

    Attributes
    ----------
    settings : Settings
    found : dict
        `Probe` by name of the theory.
    """

    settings: Settings
    found: dict[str, Probe]

    def step(self, time: float) -> int:
        """The step that covers a time, s from the start of the trial."""
        return int(np.floor(time / self.settings.dt + 1e-6))

    @property
    def usual(self) -> float:
        """When the reward usually comes, s from the start of the trial."""
        return _CUE + self.settings.delay


class Representation(NamedTuple):
    """How time is represented, and over how much of it an error is credited.

    Attributes
    ----------
    representation : str
        Of time since the cue.
    trace_decay : float
        λ.
    """

    representation: str
    trace_decay: float

    @property
    def label(self) -> str:
        """Name in figures and sentences."""
        return f"{self.representation}, λ = {self.trace_decay:g}"


def representations() -> dict[Representation, theories.Theory]:
    """Return the theories: one rule, several representations of time."""
    return {
        Representation("serial compound", 0.0): theories.TD(features="serial_compound", trace_decay=0.0),
        Representation("serial compound", 0.9): theories.TD(features="serial_compound", trace_decay=0.9),
        Representation("ends at reward", 0.0): theories.TD(
            features="serial_compound", trace_decay=0.0, ends_at_reward=True
        ),
        Representation("microstimuli", 0.95): theories.TD(features="microstimuli", trace_decay=0.95),
        Representation("presence", 0.9): theories.TD(features="presence", trace_decay=0.9),
        Representation("belief state", 0.0): theories.BeliefTD(),
    }


def rivals() -> dict[str, theories.Theory]:
    """Return the theories by the names that they have in figures and sentences."""
    return {which.label: theory for which, theory in representations().items()}


def protocol(settings: Settings) -> schedules.Schedule:
    """Return training and, without learning, the four probes."""
    usual = _CUE + settings.delay
    cue = {"cue": (_CUE, usual)}
    kinds = {
        "trained": schedules.Trial(cue, {usual: 1.0}),
        "omitted": schedules.Trial(cue, due=usual, learning=False),
        "early": schedules.Trial(cue, {usual - settings.shift: 1.0}, due=usual, learning=False),
        "late": schedules.Trial(cue, {usual + settings.shift: 1.0}, due=usual, learning=False),
        "uncued": schedules.Trial({}, {usual: 1.0}, learning=False),
    }
    order = ["trained"] * settings.n_trials + list(PROBES)
    duration = usual + settings.shift + 1.0
    return schedules.sequence(kinds, order, dt=settings.dt, duration=duration, gap=10.0)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Result:
    """Learn; nothing is random, and the work is too small for several processes."""
    schedule = protocol(settings)
    return Result(settings, {name: _probe(schedule, theory) for name, theory in rivals().items()})


def _probe(schedule: schedules.Schedule, theory: theories.Theory) -> Probe:
    usual, onset = schedule.step_of(float(schedule.due[0])), schedule.step_of(_CUE)
    delta = theory.learn(schedule, rng=0).delta.mean(axis=0)
    unit = delta[schedule.of_kind("uncued"), usual].mean()
    delta = delta / unit
    trained = delta[schedule.of_kind("trained")]
    cue, reward = trained[:, onset], trained[:, usual]
    above = np.flatnonzero(cue > reward)
    return Probe(
        trained,
        cue,
        reward,
        float(trained[:, onset + 1 : usual].max()),
        int(above[0]) if len(above) else -1,
        {name: delta[schedule.of_kind(name)][0] for name in PROBES},
    )


def table(result: Result) -> Table:
    """Return one row per representation, λ and quantity, in units of the error to an uncued reward."""
    return tidy(
        {**which._asdict(), "quantity": quantity, "value": float(value)}
        for which in representations()
        for quantity, value in numbers(result, result.found[which.label]).items()
    )


def numbers(result: Result, probe: Probe) -> dict[str, float]:
    """Return the numbers on which the sentences rest, in units of the error to an uncued reward."""
    usual, shift = result.usual, result.settings.shift
    omitted, early, late = (probe.probes[name] for name in PROBES[:3])
    lowest = int(omitted[result.step(_CUE) :].argmin()) + result.step(_CUE)
    return {
        "cue, first trial": probe.cue[0],
        "reward, first trial": probe.reward[0],
        "cue, trained": probe.cue[-1],
        "reward, trained": probe.reward[-1],
        "largest error between, in training": probe.bump,
        "omission: lowest error": omitted[lowest],
        "omission: time of the lowest error after the cue (s)": lowest * result.settings.dt - _CUE,
        "early reward: error": early[result.step(usual - shift)],
        "early reward: error at the usual time": early[result.step(usual)],
        "late reward: error at the usual time": late[result.step(usual)],
        "late reward: error": late[result.step(usual + shift)],
    }


def sentences(result: Result) -> list[str]:
    """Return what the experiment showed."""
    told = {name: numbers(result, probe) for name, probe in result.found.items()}
    delay = result.settings.delay
    findings = [
        ("The error moves from the reward to the cue", _moved),
        ("An omitted reward leaves a dip at the usual time", lambda x: _dips(x, delay)),
        ("An early reward is followed by no dip at the usual time (as recorded by Hollerman & Schultz 1998)", _early),
        ("A late reward brings a dip at the usual time and a burst when it comes", _late),
    ]
    return [*(_who(text, holds, told) for text, holds in findings), _bumps(told), _crossings(result)]


def _moved(x: dict[str, float]) -> bool:
    return x["cue, first trial"] < 0.05 and x["reward, trained"] < 0.25 and x["cue, trained"] > 0.2


def _dips(x: dict[str, float], delay: float) -> bool:
    on_time = abs(x["omission: time of the lowest error after the cue (s)"] - delay) < 0.1 + 1e-9
    return x["omission: lowest error"] < -0.05 and on_time


def _early(x: dict[str, float]) -> bool:
    return (
        x["early reward: error"] > 0.1 and x["early reward: error at the usual time"] > -0.1 * x["early reward: error"]
    )


def _late(x: dict[str, float]) -> bool:
    return x["late reward: error at the usual time"] < -0.02 and x["late reward: error"] > x["reward, trained"] + 0.1


def _who(text: str, holds: Callable[[dict[str, float]], bool], numbers: dict[str, dict[str, float]]) -> str:
    yes = [name for name, x in numbers.items() if holds(x)]
    no = [name for name in numbers if name not in yes]
    if not no:
        return f"{text}: in all {len(yes)} representations."
    return f"{text}: in {_listed(yes)}; not in {_listed(no)}."


def _bumps(numbers: dict[str, dict[str, float]]) -> str:
    bump = {name: x["largest error between, in training"] for name, x in numbers.items()}
    travels = [f"{name} ({size:.2f})" for name, size in bump.items() if size > 0.1]
    jumps = [f"{name} ({size:.2f})" for name, size in bump.items() if size <= 0.1]
    return (
        f"On the way an error travels through the delay in {_listed(travels)}, and not in {_listed(jumps)}: both have "
        "been reported (Amo 2022; Pan 2005), so that neither decides by itself."
    )


def _crossings(result: Result) -> str:
    crossing = {name: probe.crossing + 1 for name, probe in result.found.items()}
    slowest, fastest = max(crossing, key=lambda n: crossing[n]), min(crossing, key=lambda n: crossing[n] or 10**9)
    never = [name for name, trial in crossing.items() if trial == 0]
    return (
        f"The cue overtakes the reward first in {fastest} (trial {crossing[fastest]}) and last in {slowest} "
        f"(trial {crossing[slowest]})" + (f", and never in {_listed(never)}." if never else ".")
    )


def _listed(names: list[str]) -> str:
    return "; ".join(names) if names else "none"


def figures(result: Result) -> dict[str, Figure]:
    """Return the figures: the shift in two representations, and the probes in all."""
    return {"": _shift(result), "probes": _probes(result)}


def _shift(result: Result) -> Figure:
    settings, names = result.settings, list(result.found)
    told = {name: numbers(result, probe) for name, probe in result.found.items()}
    trials = np.arange(settings.n_trials) + 1
    kept = np.unique(np.geomspace(1, settings.n_trials, 80).astype(int)) - 1
    with plots.style():
        figure, axes = plots.page(4, height=3.0)
        for letter, ax, name in (("a", axes[0], names[0]), ("b", axes[1], names[3])):
            plots.prediction_errors(
                result.found[name].delta, settings.dt, cue=_CUE, events={"reward": result.usual}, ax=ax
            )
            word = "moves" if _moved(told[name]) else "does not fully move"
            plots.heading(ax, f"{name}: the error {word} to the cue", letter=letter)
        for ax, what in ((axes[2], "cue"), (axes[3], "reward")):
            plots.responses(
                trials[kept],
                np.stack([getattr(probe, what)[kept] for probe in result.found.values()]),
                labels=names,
                xlabel="trial",
                ylabel=f"error at the {what} (of an uncued reward)",
                log=True,
                colors=plots.colours_of(names),
                ax=ax,
            )
            ax.set_ylim(-0.05, 1.05)
        grown = [x["cue, trained"] > 0.5 for x in told.values()]
        gone = [x["reward, trained"] < 0.25 for x in told.values()]
        plots.heading(axes[2], titles.holding("The error at the cue grows", grown, "representations"), letter="c")
        plots.heading(
            axes[3],
            titles.holding("The error at the reward falls by three quarters", gone, "representations"),
            letter="d",
        )
    return figure


def _probes(result: Result) -> Figure:
    """A row for each representation, a column for each probe, on one scale."""
    names = list(result.found)
    told = [numbers(result, probe) for probe in result.found.values()]
    rewards = {
        "omitted": None,
        "early": result.usual - result.settings.shift,
        "late": result.usual + result.settings.shift,
    }
    heads = (
        titles.holding("No reward: a dip on time", [_dips(x, result.settings.delay) for x in told], ""),
        titles.holding("Early reward: no second dip", [_early(x) for x in told], ""),
        titles.holding("Late reward: dip, then burst", [_late(x) for x in told], ""),
    )
    colours = plots.colours_of(names)
    with plots.style(width=180 / 25.4, height=0.6 + 1.05 * len(names)):
        figure = Figure(layout="constrained")
        grid = figure.subplots(len(names), 3, sharex=True, sharey=True)
        for row, name in enumerate(names):
            for column, (probe, at) in enumerate(rewards.items()):
                ax = grid[row, column]
                delta = result.found[name].probes[probe]
                ax.plot(result.settings.dt * np.arange(delta.size), delta, color=colours[row], linestyle="-")
                _mark(ax, result.usual, at)
            grid[row, 0].set_ylabel(name.replace(", ", "\n"))
        for letter, ax, head in zip("abc", grid[0], heads, strict=True):
            plots.heading(ax, head.rstrip(), letter=letter)
        figure.supxlabel("time from trial start (s); dashed: when reward is usual", fontsize=8)
        figure.supylabel("prediction error (of an uncued reward)", fontsize=8)
    return figure


def _mark(ax: Axes, usual: float, reward: float | None) -> None:
    """Lines where the cue comes, where the reward is due (dashed), and where it comes."""
    ax.axhline(0, color="#BDBDBD", linewidth=0.6, zorder=1)
    ax.axvline(usual, color="#6E6E6E", linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    for time, word in ((_CUE, "cue"), (reward, "reward")):
        if time is not None:
            ax.axvline(time, color="#6E6E6E", linewidth=0.8, zorder=1)
            ax.annotate(
                word,
                (time, 1),
                (2, -1),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                va="top",
                fontsize=7,
                color="#6E6E6E",
            )


def __dir__() -> list[str]:
    return __all__
