"""Time constants of single cells: each discounts exponentially, on every task alike, and together hyperbolically."""

import numpy as np

from rpe import schedules
from rpe._checks import Floats
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding
from rpe.scorecard.findings._cells import cells
from rpe.scorecard.statistics import correlation, misfit
from rpe.theories import Theory

_CUE, _DELAYS = 0.25, (0.6, 1.5, 3.75, 9.375)
# From which response on, in reward units, a cell answers, and how many are fitted.
_ANSWER, _SAMPLE = 1e-6, 20


def protocol(rng: np.random.Generator, delays: tuple[float, ...]) -> Schedule:
    """Return cues that announce a reward after different delays."""
    kinds = {f"{d:g}": Trial({f"{d:g}": (_CUE, _CUE + 0.25)}, {_CUE + d: 1.0}) for d in delays}
    order = rng.permutation(list(kinds) * 200).tolist()
    return schedules.sequence(kinds, order, dt=0.25, duration=10.0, gap=10.0)


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return the share of cells that an exponential fits better, how the population is fitted, and the second task."""
    tasks = [_DELAYS, tuple(0.8 * delay for delay in _DELAYS)]
    found = []
    for delays in tasks:
        schedule = protocol(rng, delays)
        errors = cells(theory, schedule, rng)
        if errors is None:
            return dict.fromkeys(("exponential cells", "exponential", "hyperbola", "tasks"), np.nan)
        step, last = schedule.step_of(_CUE), np.arange(schedule.n_trials) >= 0.8 * schedule.n_trials
        found.append(
            np.stack([errors[:, schedule.of_kind(f"{d:g}") & last, step].mean(axis=1) for d in delays], axis=1)
        )
    answering = np.flatnonzero((found[0] > _ANSWER).all(axis=1) & (found[1] > _ANSWER).all(axis=1))
    if len(answering) < 2:
        return {"exponential cells": 0.0, "exponential": 0.0, "hyperbola": 0.0, "tasks": 0.0}
    # A sample of cells is enough, and fits are slow.
    sample = answering[np.linspace(0, len(answering) - 1, min(_SAMPLE, len(answering))).astype(int)]
    fits = [(_exponential(_DELAYS, each), _hyperbola(_DELAYS, each)) for each in found[0][sample]]
    population = found[0].mean(axis=0)
    rates = [
        np.array([_rate(delays, each) for each in responses[answering]])
        for delays, responses in zip(tasks, found, strict=True)
    ]
    return {
        "exponential cells": float(np.mean([a <= b for a, b in fits])),
        "exponential": _exponential(_DELAYS, population),
        "hyperbola": _hyperbola(_DELAYS, population),
        "tasks": correlation(*rates),
    }


def _exponential(delays: tuple[float, ...], responses: Floats) -> float:
    return misfit(delays, responses, lambda z: np.exp(-z))


def _hyperbola(delays: tuple[float, ...], responses: Floats) -> float:
    return misfit(delays, responses, lambda z: 1 / (1 + z))


def _rate(delays: tuple[float, ...], responses: Floats) -> float:
    """How fast a cell discounts, per s, from a line through the logarithms of its responses."""
    return float(-np.polyfit(np.array(delays), np.log(responses), 1)[0])


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["exponential cells"] > 0.7 and x["hyperbola"] < x["exponential"] and x["tasks"] > 0.3


FINDING = Finding(
    id="F04",
    title="Cell-specific discount, stable over tasks",
    paper="Masset 2025",
    published="Each cell exponential with own tau; tau correlates over two tasks; population hyperbolic",
    criterion="cells: exp better than hyperbola in >70%; population: hyperbola better; corr(tau1,tau2)>0.3",
    passes="multi-gamma TD",
    fails="single gamma",
    expected_to_pass=("multi-timescale",),
    expected_to_fail=("distributional", "feature errors"),
    status="verified: abstract s41586-025-08929-9; delays from memory",
    holds=holds,
    effect="exponential cells",
    ask=ask,
)
