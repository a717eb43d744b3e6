"""Reward probability and risk: errors by probability, and whether ramps before uncertain rewards need a new signal.

Five cues announce a reward two seconds later with chances from 0 to 1. The error at the cue should
rise with the chance and the error at the reward fall; a ramp towards uncertain rewards, largest at
one half, was read as a code of risk, or as errors averaged over trials after asymmetric coding.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from matplotlib.figure import Figure

from rpe import plots, schedules, theories
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe.experiments import titles
from rpe.experiments.tidy import tidy
from rpe.table import Table

__all__ = [
    "CHANCES",
    "Coding",
    "Found",
    "Result",
    "Settings",
    "codings",
    "figures",
    "protocol",
    "run",
    "sentences",
    "table",
]

CHANCES = (0.0, 0.25, 0.5, 0.75, 1.0)
_CUE, _DELAY = 0.6, 2.0


@dataclass(frozen=True)
class Settings:
    """What is learned.

    Parameters
    ----------
    n_trials : int
        Trials with each cue; the second half is read.
    n_seeds : int
        Random orders.
    negative_gain : float
        Share of an error below zero that is coded in the rate, beside 1 above zero.
    dt : float
        Length of a step, s.
    """

    n_trials: int = 1000
    n_seeds: int = 10
    negative_gain: float = 1.0 / 6.0
    dt: float = 0.2

    def __post_init__(self) -> None:
        count("n_trials", self.n_trials, 20)
        count("n_seeds", self.n_seeds, 2)
        scalar("negative_gain", self.negative_gain, 0, 1)
        scalar("dt", self.dt, 0, open_low=True)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within half a minute."""
        return cls(n_trials=400, n_seeds=4)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_trials=3000, n_seeds=30)


class Found(NamedTuple):
    """What one theory did with each chance, in units of its error to an uncued reward; seeds first.

    Attributes
    ----------
    cue, reward : float array (n_seeds, n_chances)
        Error at the cue, and at rewards that came (NaN where none could).
    slope : float array (n_seeds, n_chances)
        Slope of the mean error over the last second before the outcome, per s.
    mean : float array (n_chances, n_steps)
        Mean error of all trials, whether they paid or not.
    """

    cue: Floats
    reward: Floats
    slope: Floats
    mean: Floats


@dataclass(frozen=True)
class Result:
    """Every theory's errors.

    Attributes
    ----------
    settings : Settings
    found : dict
        `Found` by name of the theory.
    """

    settings: Settings
    found: dict[str, Found]


class Coding(NamedTuple):
    """How far back an error is credited, and how it is coded in the rate.

    Attributes
    ----------
    trace_decay : float
        λ.
    coding : str
        "symmetric", or "asymmetric" where errors below zero are coded by less.
    """

    trace_decay: float
    coding: str

    @property
    def label(self) -> str:
        """Name in figures and sentences."""
        return f"λ = {self.trace_decay:g}, {self.coding}"


def codings(settings: Settings) -> dict[Coding, theories.Theory]:
    """Return the theories: short and long traces, coded symmetrically or not."""
    short, long = (theories.TD(features="serial_compound", trace_decay=trace) for trace in (0.0, 0.9))
    gain = settings.negative_gain
    return {
        Coding(0.0, "symmetric"): short,
        Coding(0.0, "asymmetric"): theories.Response(short, negative_gain=gain),
        Coding(0.9, "symmetric"): long,
        Coding(0.9, "asymmetric"): theories.Response(long, negative_gain=gain),
    }


def protocol(settings: Settings, rng: np.random.Generator) -> schedules.Schedule:
    """Return one random order of all cues, and a probe with an uncued reward."""
    end = _CUE + _DELAY
    kinds, order = {}, []
    for chance in CHANCES:
        cue = {f"{chance:g}": (_CUE, end)}
        kinds[f"{chance:g}+"] = schedules.Trial(cue, {end: 1.0})
        kinds[f"{chance:g}-"] = schedules.Trial(cue, due=end)
        paid = rng.random(settings.n_trials) < chance
        order += [f"{chance:g}+" if won else f"{chance:g}-" for won in paid]
    order = [*rng.permutation(order).tolist(), "uncued"]
    kinds["uncued"] = schedules.Trial({}, {end: 1.0}, learning=False)
    gap = rng.exponential(5.0, len(order))
    return schedules.sequence(kinds, order, dt=settings.dt, duration=end + 1.5, gap=gap)


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Result:
    """Learn every order; the work is too small for several processes."""
    orders = [protocol(settings, own) for own in generator(rng).spawn(settings.n_seeds)]
    found = {}
    for which, theory in codings(settings).items():
        parts = [_read(schedule, theory) for schedule in orders]
        stacked = [np.stack(part) for part in zip(*parts, strict=True)]
        found[which.label] = Found(stacked[0], stacked[1], stacked[2], stacked[3].mean(axis=0))
    return Result(settings, found)


def _read(schedule: schedules.Schedule, theory: theories.Theory) -> tuple[Floats, Floats, Floats, Floats]:
    """Cue, reward, slope (n_chances,) and mean (n_chances, n_steps) of one order."""
    cue, end = schedule.step_of(_CUE), schedule.step_of(_CUE + _DELAY)
    delta = theory.learn(schedule, rng=0).delta.mean(axis=0)
    delta = delta / delta[schedule.of_kind("uncued"), end].mean()
    late = np.arange(len(delta)) >= len(delta) // 2
    before = schedule.times[end - round(1.0 / schedule.dt) : end]
    rows = []
    for chance in CHANCES:
        chosen = [late & schedule.of_kind(f"{chance:g}{sign}") for sign in "+-"]
        mean = delta[chosen[0] | chosen[1]].mean(axis=0)
        slope = np.polyfit(before, mean[end - len(before) : end], 1)[0]
        paid = delta[chosen[0], end].mean() if chosen[0].any() else np.nan
        rows.append((mean[cue], paid, slope, mean))
    first, second, third, fourth = zip(*rows, strict=True)
    return np.array(first), np.array(second), np.array(third), np.stack(fourth)


def table(result: Result) -> Table:
    """Return one row per λ, coding and probability of reward."""
    parts = {which: result.found[which.label] for which in codings(result.settings)}
    return tidy(
        {
            **which._asdict(),
            "probability": chance,
            "cue": float(part.cue[:, i].mean()),
            "reward": float(part.reward[:, i].mean()),
            "slope_per_s": float(part.slope[:, i].mean()),
            "slope_sd": float(part.slope[:, i].std(ddof=1)),
        }
        for which, part in parts.items()
        for i, chance in enumerate(CHANCES)
    )


def sentences(result: Result) -> list[str]:
    """Return what the experiment showed."""
    return [_coding(result), *_ramps(result), _risk(result)]


def _coding(result: Result) -> str:
    good: list[str] = []
    bad: list[str] = []
    for name, part in result.found.items():
        cue, reward = part.cue.mean(axis=0), part.reward.mean(axis=0)[1:]
        holds = (np.diff(cue) > 0).all() and (np.diff(reward) < 0).all()
        (good if holds else bad).append(name)
    rest = f" Not so in {'; '.join(bad)}." if bad else ""
    part = result.found["λ = 0, symmetric"]
    return (
        f"The error at the cue rises with the chance of reward and the error at the reward falls in "
        f"{'; '.join(good) or 'none'} (λ = 0: cue {part.cue[:, 0].mean():.2f} to {part.cue[:, -1].mean():.2f}, reward "
        f"{part.reward[:, 1].mean():.2f} to {part.reward[:, -1].mean():.2f}).{rest}"
    )


def _ramps(result: Result) -> list[str]:
    lines = []
    for name, part in result.found.items():
        slope = part.slope.mean(axis=0)
        error = part.slope.std(axis=0, ddof=1) / np.sqrt(len(part.slope))
        middle = CHANCES.index(0.5)
        clear = slope[middle] > 2 * error[middle] and slope[middle] > 0.01
        largest = CHANCES[int(slope.argmax())]
        if clear and largest == 0.5:
            what = "ramps before uncertain rewards, most at one half"
        elif clear:
            what = f"ramps, but most at {largest:g}"
        else:
            what = "does not ramp at one half"
        lines.append(
            f"{name}: the mean error {what} ({slope[middle]:+.3f} ± {error[middle]:.3f} per s at 0.5, "
            f"{max(abs(slope[0]), abs(slope[-1])):.3f} at most where nothing is uncertain)."
        )
    return lines


def _risk(result: Result) -> str:
    slope = result.found["λ = 0, asymmetric"].slope.mean(axis=0)
    variance = np.array(CHANCES) * (1 - np.array(CHANCES))
    r = np.corrcoef(slope, variance)[0, 1] if np.ptp(slope) > 0 else 0.0
    verdict = "no unit that codes risk is needed for it" if r > 0.8 else "it is no simple image of risk"
    return (
        f"With asymmetric coding and λ = 0 the slope follows the variance p(1 − p) of the outcome (r = {r:.2f}) "
        f"although nothing in the model codes risk: {verdict}."
    )


def _trade(both: Floats) -> str:
    """Whether errors move from the reward to the cue as it becomes more probable."""
    words = []
    for line in both:
        known = line[np.isfinite(line)]
        change = float(known[-1] - known[0])
        words.append("stays" if abs(change) <= 0.05 else "grows" if change > 0 else "falls")
    return f"With the probability of reward the error at the cue {words[0]}, that at the reward {words[1]}"


def _ramp(kind: str, part: Found) -> str:
    """Whether the mean error rises before an uncertain outcome."""
    slope = float(part.slope.mean(axis=0)[len(CHANCES) // 2])
    word = "a ramp" if slope > 0.01 else "no ramp"
    return f"{kind[0].upper()}{kind[1:]}: {word} at p = 0.5 ({titles.number(slope)} per s)"


def figures(result: Result) -> dict[str, Figure]:
    """Return the figure: cue and reward against the chance, mean errors over time, and slopes."""
    settings, chances = result.settings, np.array(CHANCES)
    first = result.found["λ = 0, symmetric"]
    words = [f"p = {chance:g}" for chance in CHANCES]
    with plots.style():
        figure, axes = plots.page(4)
        both = np.stack([part.mean(axis=0) for part in (first.cue, first.reward)])
        away = np.stack([part.std(axis=0, ddof=1) for part in (first.cue, first.reward)]) / np.sqrt(settings.n_seeds)
        plots.responses(
            chances,
            both,
            band=np.stack([both - away, both + away]),
            labels=["at the cue", "at the reward"],
            xlabel="probability of reward",
            ylabel="error (of an uncued reward, ± SE)",
            colors=plots.colours_of(["at the cue", "at the reward"]),
            ax=axes[0],
        )
        plots.heading(axes[0], _trade(both), letter="a")
        top = max(float(result.found[name].mean.max()) for name in ("λ = 0, symmetric", "λ = 0, asymmetric"))
        for ax, kind, letter in ((axes[1], "symmetric", "b"), (axes[2], "asymmetric", "c")):
            found = result.found[f"λ = 0, {kind}"]
            plots.peri_event(
                found.mean,
                settings.dt,
                quantity="mean error",
                unit="uncued rewards",
                labels=words,
                colors=plots.colours_of(words),
                cue=_CUE,
                events={"outcome": _CUE + _DELAY},
                ax=ax,
            )
            ax.set_ylim(ax.get_ylim()[0], 1.05 * top)
            plots.heading(ax, _ramp(f"{kind} coding", found), letter=letter)
        slopes = np.stack([part.slope.mean(axis=0) for part in result.found.values()])
        spread = np.stack([part.slope.std(axis=0, ddof=1) for part in result.found.values()])
        errors = spread / np.sqrt(settings.n_seeds)
        plots.responses(
            chances,
            slopes,
            band=np.stack([slopes - errors, slopes + errors]),
            labels=list(result.found),
            xlabel="probability of reward",
            ylabel="slope of the last second (per s, ± SE)",
            colors=plots.colours_of(list(result.found)),
            ax=axes[3],
        )
        most = {name: float(slope.max()) for name, slope in zip(result.found, slopes, strict=True)}
        plots.heading(
            axes[3], f"The {titles.among('steepest ramp', most)}".replace("is highest", "is found"), letter="d"
        )
    return {"": figure}


def __dir__() -> list[str]:
    return __all__
