"""Parameter recovery: how many trials it takes to read a learner's parameters from its choices.

Simulated subjects with known learning rates and inverse temperatures choose on a two-armed bandit; three
estimators try to find the parameters again.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from matplotlib.figure import Figure

from rpe import agents, fit, plots, tasks
from rpe._checks import Floats, KnowsItsKeywords, Seed, count, generator, scalar
from rpe._parallel import Cell, Progress, evaluate
from rpe.experiments import titles
from rpe.experiments.intervals import fisher_interval
from rpe.experiments.tidy import tidy
from rpe.table import Table

__all__ = ["METHODS", "Result", "Settings", "figures", "model", "run", "sentences", "table"]

METHODS = ("maximum likelihood", "maximum a posteriori", "hierarchical")
_NAMES = ("learning_rate", "inverse_temperature")
_SHOWN = {"learning_rate": "learning rate α", "inverse_temperature": "inverse temperature β"}


@dataclass(frozen=True)
class Settings(KnowsItsKeywords):
    """What is simulated and fitted.

    Parameters
    ----------
    n_subjects : int
        Simulated subjects for each number of trials.
    n_lengths : int
        Numbers of trials, from `shortest` to `longest`, evenly on a logarithmic scale.
    shortest : int
        Trials of a subject, at least.
    longest : int
        Trials of a subject, at most.
    n_starts : int
        Starts of every fit.
    good : float
        Probability of reward of the better arm.
    poor : float
        Probability of reward of the other arm.
    """

    n_subjects: int = 100
    n_lengths: int = 6
    shortest: int = 20
    longest: int = 1000
    n_starts: int = 5
    good: float = 0.7
    poor: float = 0.3

    def __post_init__(self) -> None:
        for name in ("n_subjects", "n_lengths", "shortest"):
            count(name, getattr(self, name), 2)
        count("longest", self.longest, self.shortest + 1)
        count("n_starts", self.n_starts)
        for name in ("good", "poor"):
            scalar(name, getattr(self, name), 0, 1)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within half a minute."""
        return cls(n_subjects=40, n_lengths=4, longest=500, n_starts=3)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_subjects=400, n_lengths=8, n_starts=10)


@dataclass(frozen=True)
class Result:
    """Recoveries by number of trials and method.

    Attributes
    ----------
    settings : Settings
    lengths : tuple of int
        Numbers of trials.
    found : dict
        `rpe.fit.Recovery` by (number of trials, method).
    """

    settings: Settings
    lengths: tuple[int, ...]
    found: dict[tuple[int, str], fit.Recovery]


def model(settings: Settings) -> fit.Model:
    """Return the model: α from 0.1 to 0.9 and β from 1 to 6, with wide priors."""
    free = {
        "learning_rate": fit.Parameter(0, 1, start=(0.1, 0.9), prior=(0.0, 1.5)),
        "inverse_temperature": fit.Parameter(0, 30, start=(1.0, 6.0), prior=(-2.0, 1.0)),
    }
    return fit.Model(agents.QLearner(discount=0.0), tasks.bandit([settings.poor, settings.good]), free, name="Q")


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Result:
    """Simulate and fit; the result does not depend on `n_jobs`."""
    lengths = np.unique(np.geomspace(settings.shortest, settings.longest, settings.n_lengths).round().astype(int))
    streams = generator(rng).spawn(len(lengths))
    cells = [Cell(int(n), _recoveries, (settings, int(n), own)) for n, own in zip(lengths, streams, strict=True)]
    with Progress(len(cells), show=progress, label="recovery") as bar:
        parts = evaluate(cells, n_jobs=n_jobs, done=bar.update)
    found = {(n, method): part[method] for n, part in parts.items() for method in METHODS}
    return Result(settings, tuple(map(int, lengths)), found)


def _recoveries(settings: Settings, n_trials: int, rng: np.random.Generator) -> dict[str, fit.Recovery]:
    """Fit the same subjects in three ways."""
    for_truth, for_data, for_fit = rng.spawn(3)
    known = model(settings)
    draws = [p.draw_start(settings.n_subjects, for_truth) for p in known.parameters.values()]
    true = known.from_free(np.stack(draws, axis=1))
    data = fit.simulated(known, true, n_trials=n_trials, rng=for_data)
    seed = int(for_fit.integers(2**31))
    fits = [
        fit.fit(known, data, n_starts=settings.n_starts, rng=seed),
        fit.fit(known, data, method="map", n_starts=settings.n_starts, rng=seed),
        fit.hierarchical(known, data, n_starts=settings.n_starts, rng=seed).fit,
    ]
    return {method: fit.Recovery(true, each) for method, each in zip(METHODS, fits, strict=True)}


def table(result: Result) -> Table:
    """Return one row per number of trials, method and parameter."""
    return tidy(
        {
            "n_trials": n,
            "method": method,
            "parameter": name,
            "correlation": float(part.correlation[i]),
            "rmse": float(part.rmse[i]),
            "bias": float(part.bias[i]),
            "coverage": float(part.coverage[i]),
            "not_converged": int((~part.fit.converged).sum()),
        }
        for (n, method), part in result.found.items()
        for i, name in enumerate(_NAMES)
    )


def sentences(result: Result) -> list[str]:
    """Return what the experiment showed."""
    return [*_enough(result), _shrinkage(result), _coverage(result)]


def _curve(result: Result, method: str, parameter: int, what: str) -> Floats:
    return np.array([getattr(result.found[n, method], what)[parameter] for n in result.lengths])


def _enough(result: Result) -> list[str]:
    lines = []
    for i, name in enumerate(_NAMES):
        correlation = _curve(result, METHODS[0], i, "correlation")
        good = [n for n, r in zip(result.lengths, correlation, strict=True) if r >= 0.8]
        verdict = (
            f"first passes 0.8 at {good[0]} trials" if good else f"stays below 0.8 up to {result.lengths[-1]} trials"
        )
        lines.append(
            f"By maximum likelihood the correlation of true and estimated {_SHOWN[name]} is {correlation[0]:.2f} with "
            f"{result.lengths[0]} trials and {correlation[-1]:.2f} with {result.lengths[-1]}; it {verdict}."
        )
    return lines


def _shrinkage(result: Result) -> str:
    few = result.lengths[0]
    ml, group = (result.found[few, method].rmse for method in (METHODS[0], METHODS[2]))
    better = [_SHOWN[name] for i, name in enumerate(_NAMES) if group[i] < 0.95 * ml[i]]
    worse = [_SHOWN[name] for i, name in enumerate(_NAMES) if group[i] > 1.05 * ml[i]]
    parts = [f"lowers the error of {' and '.join(better)}"] if better else []
    parts += [f"raises that of {' and '.join(worse)}"] if worse else []
    return (
        f"With {few} trials, taking subjects as draws from a group {' and '.join(parts) or 'changes little'}: root "
        f"mean squared error α {ml[0]:.2f} to {group[0]:.2f}, β {ml[1]:.2f} to {group[1]:.2f}."
    )


def _coverage(result: Result) -> str:
    ends = [result.found[n, METHODS[0]].coverage for n in (result.lengths[0], result.lengths[-1])]
    return (
        "The 95 % intervals of maximum likelihood hold the truth for "
        f"{ends[0][0]:.0%} (α) and {ends[0][1]:.0%} (β) of subjects with {result.lengths[0]} trials, and for "
        f"{ends[1][0]:.0%} and {ends[1][1]:.0%} with {result.lengths[-1]}."
    )


def figures(result: Result) -> dict[str, Figure]:
    """Return the figure: scatter at a middle length, and recovery against the number of trials."""
    middle = result.lengths[len(result.lengths) // 2]
    with plots.style():
        figure, axes = plots.page(4)
        part = result.found[middle, METHODS[1]]
        for i, name in enumerate(_NAMES):
            plots.recovery(part.true[:, i], part.fit.estimates[:, i], parameter=_SHOWN[name], ax=axes[i])
            r = _curve(result, METHODS[1], i, "correlation")[result.lengths.index(middle)]
            word = "well" if r > 0.8 else "roughly" if r > 0.5 else "badly"
            plots.heading(axes[i], f"{_SHOWN[name]} is recovered {word} from {middle} trials", letter="ab"[i])
            curves = {method: np.array(_curve(result, method, i, "correlation")) for method in METHODS}
            plots.recovery_curve(
                result.lengths,
                np.array(list(curves.values())),
                labels=list(METHODS),
                parameter=_SHOWN[name],
                colors=plots.colours_of(METHODS),
                ax=axes[2 + i],
            )
            for curve, colour in zip(curves.values(), plots.colours_of(METHODS), strict=True):
                low, high = fisher_interval(curve, result.settings.n_subjects)
                axes[2 + i].fill_between(result.lengths, low, high, color=colour, alpha=0.15, linewidth=0)
            axes[2 + i].set_ylabel(f"correlation, {_SHOWN[name]} (95 % interval)")
            first = {method: curve[0] for method, curve in curves.items()}
            plots.heading(axes[2 + i], titles.among("With few trials recovery", first, by="by"), letter="cd"[i])
    return {"": figure}


def __dir__() -> list[str]:
    return __all__
