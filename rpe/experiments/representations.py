"""Representations of time: which recorded findings each of them reproduces with the same learning rule.

Prediction errors depend on what the learner sees as much as on how it learns. The same TD rule is
given serial compounds, presence, microstimuli and belief states, and each is held against the same
findings by the same criteria.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from matplotlib.figure import Figure

from rpe import plots, schedules, theories
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, generator
from rpe.experiments import cue_shift, titles
from rpe.experiments.intervals import standard_errors
from rpe.experiments.tidy import tidy
from rpe.table import Table

__all__ = ["FINDINGS", "Result", "Settings", "figures", "run", "sentences", "table"]

_CUE = 0.5


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """What is learned.

    Parameters
    ----------
    n_trials : int
        Training trials with a fixed delay.
    n_variable : int
        Training trials with delays that vary from 1 to 3 s.
    n_seeds : int
        Random orders of the varying delays.
    """

    n_trials: int = 1000
    n_variable: int = 2000
    n_seeds: int = 5

    def __post_init__(self) -> None:
        count("n_trials", self.n_trials, 10)
        count("n_variable", self.n_variable, 100)
        count("n_seeds", self.n_seeds)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within half a minute."""
        return cls(n_trials=400, n_variable=800, n_seeds=2)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_trials=3000, n_variable=5000, n_seeds=20)


@dataclass(frozen=True)
class Result:
    """Numbers and verdicts.

    Attributes
    ----------
    settings : Settings
    numbers : dict
        Numbers by name, by representation, in units of the error to an uncued reward.
    variable : dict
        Mean error at the reward by elapsed time, (n_times,), by representation.
    times : float array (n_times,)
        From cue to reward, s.
    around : dict
        That mean less and plus one standard error over orders of the delays, (2, n_times), by representation.
    """

    settings: Settings
    numbers: dict[str, dict[str, float]]
    variable: dict[str, Floats]
    times: Floats
    around: dict[str, Floats]

    @property
    def verdicts(self) -> dict[str, dict[str, bool]]:
        """Whether each finding holds, by finding and representation."""
        return {name: {who: rule(x) for who, x in self.numbers.items()} for name, rule in FINDINGS.items()}


def _early(x: dict[str, float]) -> bool:
    return (
        x["early reward: error"] > 0.1 and x["early reward: error at the usual time"] > -0.1 * x["early reward: error"]
    )


def _omission(x: dict[str, float]) -> bool:
    on_time = abs(x["omission: time of the lowest error after the cue (s)"] - 1.0) <= 0.1 + 1e-9
    return x["omission: lowest error"] < -0.05 and on_time


FINDINGS: dict[str, Callable[[dict[str, float]], bool]] = {
    "error moves to the cue": lambda x: (
        x["cue, first trial"] < 0.05 and x["reward, trained"] < 0.25 and x["cue, trained"] > 0.2
    ),
    "dip on time at an omission": _omission,
    "no dip after an early reward": _early,
    "dip and burst around a late reward": lambda x: (
        x["late reward: error at the usual time"] < -0.02 and x["late reward: error"] > x["reward, trained"] + 0.1
    ),
    "later rewards surprise less": lambda x: x["rank correlation of error and elapsed time"] <= -0.8,
    "an error travels through the delay": lambda x: x["largest error between, in training"] > 0.1,
    "no error travels": lambda x: x["largest error between, in training"] < 0.1,
}
"""Findings and their criteria; the last two conflict, as the recordings do."""


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Result:
    """Learn both protocols; the work is too small for several processes."""
    shift = cue_shift.run(cue_shift.Settings(n_trials=settings.n_trials))
    numbers = {name: dict(cue_shift.numbers(shift, probe)) for name, probe in shift.found.items()}
    orders = [_varying(settings, own) for own in generator(rng).spawn(settings.n_seeds)]
    times = np.arange(10, 31, 2) / 10
    variable, around = {}, {}
    for name, theory in cue_shift.rivals().items():
        each = [_by_time(schedule, theory, times) for schedule in orders]
        variable[name], around[name] = np.mean(each, axis=0), standard_errors(each)
        numbers[name]["rank correlation of error and elapsed time"] = _rank_correlation(times, variable[name])
    return Result(settings, numbers, variable, times, around)


def _varying(settings: Settings, rng: np.random.Generator) -> schedules.Schedule:
    """Rewards at delays that are evenly spread over eleven times, and a probe of each and of an uncued reward."""
    delays = np.arange(10, 31, 2) / 10
    kinds = {f"{delay:g}": schedules.Trial({"cue": (_CUE, _CUE + 0.5)}, {_CUE + delay: 1.0}) for delay in delays}
    probes = {f"{name}?": schedules.Trial(trial.cues, trial.rewards, learning=False) for name, trial in kinds.items()}
    probes["uncued"] = schedules.Trial({}, {2.0: 1.0}, learning=False)
    order = rng.choice(list(kinds), settings.n_variable).tolist() + list(probes)
    return schedules.sequence({**kinds, **probes}, order, dt=0.1, duration=4.5, gap=rng.exponential(10.0, len(order)))


def _by_time(schedule: schedules.Schedule, theory: theories.Theory, times: Floats) -> Floats:
    """Error at the reward of each probe, (n_times,), in units of the error to an uncued reward."""
    delta = theory.learn(schedule, rng=0).delta.mean(axis=0)
    unit = delta[schedule.of_kind("uncued")][0][schedule.step_of(2.0)]
    return np.array([delta[schedule.of_kind(f"{time:g}?")][0][schedule.step_of(_CUE + time)] / unit for time in times])


def _rank_correlation(x: Floats, y: Floats) -> float:
    """Spearman's, 0 if nothing varies beyond rounding."""
    if np.ptp(y) < 1e-9:
        return 0.0
    from scipy.stats import spearmanr

    return float(spearmanr(x, y.round(12)).statistic)


def table(result: Result) -> Table:
    """Return one row per representation, λ and finding."""
    return tidy(
        {**which._asdict(), "finding": finding, "holds": holds[which.label]}
        for finding, holds in result.verdicts.items()
        for which in cue_shift.representations()
    )


def sentences(result: Result) -> list[str]:
    """Return what the experiment showed."""
    lines = []
    for finding, line in result.verdicts.items():
        yes = [who for who, holds in line.items() if holds]
        lines.append(f"{finding[0].upper()}{finding[1:]}: {len(yes)} of {len(line)} ({'; '.join(yes) or 'none'}).")
    counts = {who: sum(line[who] for line in result.verdicts.values()) for who in result.numbers}
    profiles = {tuple(line[who] for line in result.verdicts.values()) for who in result.numbers}
    top = max(counts.values())
    best = "; ".join(who for who, n in counts.items() if n == top)
    return [
        *lines,
        f"With the same rule, {len(counts)} representations give {len(profiles)} different profiles; none can hold "
        f"both of the last two findings, and no more than {top} of {len(FINDINGS)} hold in one ({best}). A finding "
        "about timing is evidence about the representation before it is evidence about the rule.",
    ]


def figures(result: Result) -> dict[str, Figure]:
    """Return the figure: the matrix of verdicts, and the error at rewards of varying delay."""
    verdicts, names = result.verdicts, list(result.numbers)
    matrix = np.array([[line[who] for line in verdicts.values()] for who in names], dtype=float)
    colours = dict(zip(names, plots.colours_of(names), strict=True))
    with plots.style():
        figure, (upper, lower) = plots.page(2, columns=1, height=3.3)
        plots.verdicts(matrix, rows=names, columns=list(verdicts), ax=upper)
        plots.heading(upper, _apart(matrix), letter="a")
        plots.responses(
            result.times,
            np.stack(list(result.variable.values())),
            band=np.stack([result.around[name] for name in result.variable], axis=1),
            labels=list(result.variable),
            xlabel="time from cue to reward (s)",
            ylabel="error at the reward (of an uncued one, ± SE)",
            colors=[colours[name] for name in result.variable],
            ax=lower,
        )
        falls = {name: float(error[-1] - error[0]) for name, error in result.variable.items()}
        less = [fall < -0.1 for fall in falls.values()]
        plots.heading(lower, titles.holding("Later rewards surprise less", less, "representations"), letter="b")
    return {"": figure}


def _apart(matrix: Floats) -> str:
    """How many findings the representations, which share one rule, disagree on."""
    apart = int((matrix.min(axis=0) != matrix.max(axis=0)).sum())
    if not apart:
        return "The representations agree on all findings"
    return f"One rule, {len(matrix)} representations: they disagree on {apart} of {matrix.shape[1]} findings"


def __dir__() -> list[str]:
    return __all__
