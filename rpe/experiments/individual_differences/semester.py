"""Students over a semester: the correlation of ln k with the date of work, as they differ in more and more."""

from typing import Any

import numpy as np

from rpe import measures, simulate, tasks
from rpe._checks import Floats
from rpe.agents import Planner
from rpe.discounting import Hyperbolic
from rpe.experiments import titles
from rpe.experiments.individual_differences.settings import (
    DAYS,
    HALF_HOURS,
    SOURCES,
    STUDENTS,
    STUDENTS_HIGH,
    STUDENTS_LOW,
    Settings,
)
from rpe.experiments.study import Study, correlation


def spend_semester(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """The correlation of ln k with the mean date of work, as students come to differ in more and more respects."""
    for_traits, for_choices = rng.spawn(2)
    n = settings.n_students
    log_k = np.clip(for_traits.normal(-4.69, 1.35, n), -7.87, -1.39)
    drawn = for_traits.standard_normal((3, n))
    start = for_traits.integers(0, settings.latest_start + 1, n)
    ladder = [SOURCES[:i] for i in range(len(SOURCES) + 1)]
    for sources in (*ladder, *((name,) for name in SOURCES[1:])):
        date, complete = _dates(settings, log_k, drawn, start, sources, for_choices)
        r, low, high = _mean_correlation(log_k, date)
        where: dict[str, Any] = {"differ_in": " and ".join(("ln k", *sources)), "n_sources": len(sources)}
        numbers: dict[str, Any] = {
            "r": r,
            "low": low,
            "high": high,
            "mean date": np.nanmean(date),
            "SD of date": np.nanstd(date),
        }
        study.add({**numbers, "complete": complete}, part="semester", **where)
    everything: dict[str, Any] = {"differ_in": "all and ln k measured with error", "n_sources": len(SOURCES) + 1}
    shrunk = np.sqrt(settings.reliability)
    last = [study.value(name, part="semester", n_sources=len(SOURCES)) for name in ("r", "low", "high")]
    study.add(dict(zip(("r", "low", "high"), (shrunk * x for x in last), strict=True)), part="semester", **everything)
    levels = range(len(SOURCES) + 2)
    own = [row for row in study.rows if row.get("part") == "semester" and row["quantity"] == "r"]
    steps = [next(row for row in own if row["n_sources"] == i)["differ_in"] for i in levels]
    mean, below, above = (
        np.array([study.value(name, part="semester", differ_in=each) for each in steps])
        for name in ("r", "low", "high")
    )
    words = ["ln k", "+ effort", "+ value", "+ noise", "+ start", "+ error"]
    study.draw(
        titles.trend("correlation of ln k and date of work", "other differences", name="r"),
        words,
        {"r": mean},
        ylabel="correlation r (95 % interval; line: people)",
        reference=STUDENTS,
        band={"r": np.array([below, above])},
    )


def _dates(
    settings: Settings,
    log_k: Floats,
    drawn: Floats,
    start: Any,
    sources: tuple[str, ...],
    rng: np.random.Generator,
) -> tuple[Floats, float]:
    """Mean date of work (n_students, n_semesters) in days, NaN where not all was done; and the share who did all."""
    spreads = (settings.effort_spread, settings.value_spread, settings.noise_spread)
    effort, value, beta = (
        np.exp(spread * z) if name in sources else np.ones(len(z))
        for name, spread, z in zip(SOURCES[:3], spreads, drawn, strict=True)
    )
    first = start if "start date" in sources else np.zeros_like(start)
    date = np.full((len(log_k), settings.n_semesters), np.nan)
    for i, rate in enumerate(np.exp(log_k)):
        days = int(DAYS - first[i])
        task = tasks.monolithic(
            n_units=HALF_HOURS,
            deadline=days,
            reward=90.0 * value[i],
            effort=float(effort[i]),
            distraction=3.0,
            start_cost=0.0,
            pay="deadline",
        )
        planner = Planner(Hyperbolic(float(rate)), inverse_temperature=float(beta[i]))
        history = simulate.run(planner, task, n_agents=settings.n_semesters, rng=rng)
        whole = measures.undone(history)[:, 0] == 0
        # A unit done in the first step counts to day 0, as in the study.
        date[i, whole] = first[i] + days * measures.delay(history)[whole, 0] - 1
    return date, float(np.isfinite(date).mean())


def _mean_correlation(x: Floats, dates: Floats, n_resamples: int = 400) -> tuple[float, float, float]:
    """The correlation of x with dates (n, n_semesters), its mean over semesters, and a bootstrap interval over people.

    Dates that are NaN are left out, as people who had not done everything were.
    """

    def mean(rows: Any) -> float:
        columns = [(x[rows], dates[rows, j]) for j in range(dates.shape[1])]
        return float(np.mean([correlation(a[np.isfinite(b)], b[np.isfinite(b)]) for a, b in columns]))

    rng = np.random.default_rng(0)
    again = [mean(rng.integers(0, len(x), len(x))) for _ in range(n_resamples)]
    low, high = np.quantile(again, [0.025, 0.975])
    return mean(np.arange(len(x))), float(low), float(high)


def say_semester(study: Study[Settings]) -> None:
    """How far other differences bring the correlation of ln k and the mean date of work down."""
    steps = {i: study.values("r", part="semester", n_sources=i)[0] for i in range(len(SOURCES) + 2)}
    last = len(SOURCES) + 1
    low, high = (study.value(name, part="semester", n_sources=last) for name in ("low", "high"))
    alone = {name: study.value("r", part="semester", differ_in=f"ln k and {name}") for name in SOURCES}
    by = ", ".join(f"{name} {alone[name]:+.2f}" for name in SOURCES)
    reached = STUDENTS_LOW <= steps[last] <= STUDENTS_HIGH
    study.say(
        f"Students who differ in ln k alone: r of ln k with the mean date of work is {steps[0]:+.2f} (people "
        f"{STUDENTS:+.2f}, 95 % {STUDENTS_LOW:.2f} to {STUDENTS_HIGH:.2f}). If they differ in effort, value of the "
        f"reward, noise of choice and start date as well, it is {steps[last - 1]:+.2f}; with ln k measured at a "
        f"reliability of {study.settings.reliability:g}, {steps[last]:+.2f} ({low:.2f} to {high:.2f}): "
        + ("within people's interval" if reached else "still outside people's interval")
        + f". With one more difference alone: {by}. The sizes of these differences are assumptions; that "
        "discounting is one cause among several is what they show. Only students who did everything count, as in the "
        "study."
    )
