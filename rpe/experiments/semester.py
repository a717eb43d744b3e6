"""Work over a semester: what it tells about students, fitted, recovered and predicted.

Simulated students work through a semester with pay at the end. Their efficacy, discount factor and
effort cost are then estimated from nothing but the units they did each week, for the class as one
and for students one by one, and the fitted class is simulated again.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from matplotlib.figure import Figure

from rpe import agents, discounting, fit, plots, records, simulate, tasks
from rpe._checks import Floats, Seed, count, generator, scalar
from rpe._parallel import Cell, Progress, evaluate
from rpe.experiments.tidy import tidy
from rpe.table import Table

__all__ = ["Result", "Settings", "figures", "model", "run", "sentences", "table"]

_NAMES = ("task.efficacy", "discounting.gamma", "task.effort")
_SHOWN = ("efficacy η", "discount γ", "effort")


@dataclass(frozen=True)
class Settings:
    """What is simulated and fitted.

    Parameters
    ----------
    n_students : int
        Students of the class that shares its parameters.
    efficacy : float
        Of that class: chance η that an attempt completes a unit.
    discount : float
        Of that class: γ, per week.
    effort : float
        Of that class: cost of attempting a unit, reward units.
    inverse_temperature : float
        β of the softmax, per reward unit, known to the fits.
    n_individuals : int
        Students with parameters of their own, who are fitted one by one.
    n_starts : int
        Starts of every fit.
    n_screen : int
        Points that are tried first.
    n_replications : int
        Simulated classes for the predictive band.
    """

    n_students: int = 60
    efficacy: float = 0.7
    discount: float = 0.85
    effort: float = 0.4
    inverse_temperature: float = 7.0
    n_individuals: int = 12
    n_starts: int = 2
    n_screen: int = 60
    n_replications: int = 200

    def __post_init__(self) -> None:
        for name in ("n_students", "n_individuals", "n_replications"):
            count(name, getattr(self, name), 3)
        count("n_starts", self.n_starts)
        count("n_screen", self.n_screen, 0)
        scalar("efficacy", self.efficacy, 0, 1)
        scalar("discount", self.discount, 0, 1)
        for name in ("effort", "inverse_temperature"):
            scalar(name, getattr(self, name), 0)

    @classmethod
    def quick(cls) -> Self:
        """A coarse version that ends within half a minute."""
        return cls(n_students=30, n_individuals=4, n_starts=1, n_screen=30, n_replications=50)

    @classmethod
    def full(cls) -> Self:
        """A fine version."""
        return cls(n_students=200, n_individuals=60, n_starts=3, n_screen=200, n_replications=1000)


@dataclass(frozen=True)
class Result:
    """What was simulated and found.

    Attributes
    ----------
    settings : Settings
    true : float array (3,)
        Parameters of the class.
    log : rpe.records.WorkLog
        Its work.
    group : rpe.fit.Fit
        The class fitted as one.
    predicted : float array (n_replications, n_weeks + 1)
        Mean units done in classes simulated from the fit.
    individuals : rpe.fit.Recovery
        Students fitted one by one.
    """

    settings: Settings
    true: Floats
    log: records.WorkLog
    group: fit.Fit
    predicted: Floats
    individuals: fit.Recovery


def model(settings: Settings) -> fit.Model:
    """Return the student: a naive planner of the semester with three free parameters."""
    free = (
        fit.Parameter(0, 1, start=(0.4, 0.9)),
        fit.Parameter(0, 1, start=(0.65, 0.98)),
        fit.Parameter(0, start=(0.1, 0.6)),
    )
    planner = agents.Planner(discounting.Exponential(0.9), inverse_temperature=settings.inverse_temperature)
    return fit.Model(planner, tasks.SemesterTask(), dict(zip(_NAMES, free, strict=True)), name="student")


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Result:
    """Simulate and fit; the result does not depend on `n_jobs`."""
    for_class, for_prediction, for_truth, for_fits, *own = generator(rng).spawn(4 + settings.n_individuals)
    known = model(settings)
    true = np.array([settings.efficacy, settings.discount, settings.effort])
    log = fit.simulated(known, np.tile(true, (settings.n_students, 1)), data="work", rng=for_class)
    draws = [p.draw_start(settings.n_individuals, for_truth) for p in known.parameters.values()]
    truths = known.from_free(np.stack(draws, axis=1))
    seed = int(for_fits.integers(2**31))
    cells = [Cell("class", _fit_class, (settings, log, seed))]
    cells += [Cell(i, _fit_one, (settings, truths[i], seed, own[i])) for i in range(settings.n_individuals)]
    with Progress(len(cells), show=progress, label="semester") as bar:
        found = evaluate(cells, n_jobs=n_jobs, done=bar.update)
    group = found.pop("class")
    predicted = _predicted(settings, group, for_prediction)
    return Result(settings, true, log, group, predicted, fit.Recovery(truths, fit.joined(list(found.values()))))


def _fit_class(settings: Settings, log: records.WorkLog, seed: int) -> fit.Fit:
    options: dict[str, Any] = {"n_starts": settings.n_starts, "n_screen": settings.n_screen, "rng": seed}
    return fit.fit(model(settings), log, groups=["class"] * log.n_subjects, **options)


def _fit_one(settings: Settings, true: Floats, seed: int, rng: np.random.Generator) -> fit.Fit:
    known = model(settings)
    log = fit.simulated(known, true[None], data="work", rng=rng)
    return fit.fit(known, log, n_starts=settings.n_starts, n_screen=settings.n_screen, rng=seed, max_iterations=60)


def _predicted(settings: Settings, group: fit.Fit, rng: np.random.Generator) -> Floats:
    """Mean units done by each week in classes simulated from the fit."""
    agent, task = group.model.at(group.estimates[0])
    n = settings.n_students * settings.n_replications
    history = simulate.run(agent, task, n_agents=n, n_trials=1, rng=rng, record="all")
    assert history.full is not None
    units = task.decode(history.full.state[:, 0])["units"]
    return units.reshape(settings.n_replications, settings.n_students, -1).mean(axis=1)


def _band(result: Result) -> Floats:
    return np.quantile(result.predicted, [0.05, 0.95], axis=0)


def table(result: Result) -> Table:
    """Return one row per parameter of the class and of every student."""
    fits: list[tuple[str, int | None, Floats, fit.Fit, int]] = [("class", None, result.true, result.group, 0)]
    fits += [("student", j, true, result.individuals.fit, j) for j, true in enumerate(result.individuals.true)]
    return tidy(
        {
            "who": who,
            "student": student,
            "parameter": name.split(".")[1],
            "true": true[i],
            "estimate": found.estimates[row, i],
            "standard_error": found.standard_errors[row, i],
        }
        for i, name in enumerate(_NAMES)
        for who, student, true, found, row in fits
    )


def sentences(result: Result) -> list[str]:
    """Return what the experiment showed."""
    return [_class(result), *_students(result), _prediction(result)]


def _class(result: Result) -> str:
    estimates, errors = result.group.estimates[0], result.group.standard_errors[0]
    parts = [
        f"{name} {true:.2f} as {found:.2f} ± {error:.2f}"
        for name, true, found, error in zip(_SHOWN, result.true, estimates, errors, strict=True)
    ]
    return (
        f"From the weekly work of {result.settings.n_students} students who share them, {', '.join(parts)} are found."
    )


def _students(result: Result) -> list[str]:
    r = result.individuals.correlation
    lines = []
    for name, correlation in zip(_SHOWN, r, strict=True):
        verdict = (
            "can be read" if correlation >= 0.8 else "can be told roughly" if correlation >= 0.5 else "cannot be read"
        )
        lines.append(
            f"From a single student's semester, {name} {verdict} (correlation of truth and estimate {correlation:.2f}, "
            f"{result.settings.n_individuals} students)."
        )
    free = result.group.covariance[0]
    trade = free[1, 2] / np.sqrt(free[1, 1] * free[2, 2])
    lost = int((~result.individuals.fit.converged).sum())
    return [
        *lines,
        f"Of these {result.settings.n_individuals} fits {lost or 'none'} did not come to rest: with so little seen, "
        "whole ranges of parameters fit alike."
        if lost
        else f"All of these {result.settings.n_individuals} fits came to rest.",
        f"Discount and effort stand in for each other: the errors of their estimates correlate by {trade:+.2f}.",
    ]


def _prediction(result: Result) -> str:
    low, high = _band(result)
    seen = result.log.units.mean(axis=0)
    inside = ((seen >= low - 1e-9) & (seen <= high + 1e-9))[1:].mean()
    return (
        f"Classes simulated from the fit contain the class's mean work in their 90 % band in {inside:.0%} of weeks; "
        f"by the middle of the semester it had done {seen[len(seen) // 2] / seen[-1]:.0%} of what it did in all."
    )


def figures(result: Result) -> dict[str, Figure]:
    """Return the figure: the class's work under the fitted class, and the recovery of single students."""
    n_units = tasks.SemesterTask().n_units
    seen = result.log.units.mean(axis=0) / n_units
    predicted = result.predicted.mean(axis=0) / n_units
    fit = _band(result) / n_units
    with plots.style():
        figure, axes = plots.page(1 + len(_SHOWN))
        band = np.stack([fit, np.stack([seen, seen])], axis=1)
        words = ["fitted class", "class"]
        plots.procrastination_curve(
            np.stack([predicted, seen]), band=band, labels=words, colors=plots.colours_of(words), ax=axes[0]
        )
        inside = ((seen >= fit[0] - 1e-9) & (seen <= fit[1] + 1e-9))[1:].mean()
        plots.heading(axes[0], f"Classes like the fit (90 % band) hold the class in {inside:.0%} of weeks", letter="a")
        for i, (ax, name) in enumerate(zip(axes[1:], _SHOWN, strict=True)):
            true, found = (part[:, i] for part in (result.individuals.true, result.individuals.fit.estimates))
            errors = result.individuals.fit.standard_errors[:, i]
            plots.recovery(true, found, error=errors, parameter=name, ax=ax)
            r = result.individuals.correlation[i]
            word = "is" if r > 0.8 else "is roughly" if r > 0.4 else "is not"
            plots.heading(ax, f"{name} {word} recovered from single students (± SE)", letter="bcd"[i])
    return {"": figure}


def __dir__() -> list[str]:
    return __all__
