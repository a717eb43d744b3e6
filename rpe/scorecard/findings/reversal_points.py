"""Distributional code: cells reverse at rewards of different size, the more so the more they weigh gains."""

import numpy as np

from rpe import schedules
from rpe.measures import reversal_points as measured
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding
from rpe.scorecard.findings._cells import cells
from rpe.scorecard.statistics import correlation, rank_correlation
from rpe.theories import Theory

_SIZES = (0.1, 0.3, 1.2, 2.5, 5.0, 10.0, 20.0)
_CHANCES = np.array([0.066, 0.091, 0.148, 0.155, 0.312, 0.151, 0.077])
_REWARD = 1.5


def protocol(rng: np.random.Generator) -> Schedule:
    """Return a cue before rewards of seven sizes, and probes of all sizes after each half."""
    kinds = {f"{size:g}": Trial({"A": (0.5, _REWARD)}, {_REWARD: size}) for size in _SIZES}
    probes = {f"{size:g}?": Trial({"A": (0.5, _REWARD)}, {_REWARD: size}, learning=False) for size in _SIZES}
    half = [f"{size:g}" for size in rng.choice(_SIZES, 1000, p=_CHANCES / _CHANCES.sum())]
    other = [f"{size:g}" for size in rng.choice(_SIZES, 1000, p=_CHANCES / _CHANCES.sum())]
    return schedules.sequence(kinds | probes, [*half, *probes, *other, *probes], dt=0.25, duration=2.0, gap=10.0)


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return how reversal points go with the slopes above and below them, and with themselves in the other half."""
    schedule = protocol(rng)
    errors = cells(theory, schedule, rng)
    if errors is None:
        return {"asymmetry": np.nan, "reliability": np.nan, "spread": np.nan}
    step, probes = schedule.step_of(_REWARD), np.flatnonzero(schedule.probe)
    first, second = (errors[:, each, step] for each in (probes[:7], probes[7:]))
    points = [measured(each, _SIZES) for each in (first, second)]
    # The published estimate of the asymmetry is from slopes of responses; rates do the same to what is learned.
    asymmetries = getattr(theory, "asymmetries", None)
    known = np.zeros(len(points[1])) if asymmetries is None else np.asarray(asymmetries)
    return {
        "asymmetry": rank_correlation(known, points[1]),
        "reliability": correlation(points[0], points[1]),
        "spread": float(np.ptp(points[1])),
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["asymmetry"] > 0.8 and x["reliability"] > 0.5


FINDING = Finding(
    id="F01",
    title="Diverse reversal points tied to asymmetry",
    paper="Dabney 2020",
    published="Cells reverse at different sizes; reversal point correlates with alpha+/(alpha+ + alpha-)",
    criterion="Spearman(tau,reversal)>0.8; half-split reliability>0.5; TD+noise null fails",
    passes="expectile TD",
    fails="classical TD (one point, mean 5.21 uL)",
    expected_to_pass=("distributional",),
    expected_to_fail=("multi-timescale", "feature errors"),
    status="verified: Ext. Data Fig. 4 caption (nature.com); probabilities in 8 public codes",
    holds=holds,
    effect="asymmetry",
    ask=ask,
)
