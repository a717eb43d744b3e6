"""Non-compensable drug error: a drug-induced error that no prediction cancels makes value grow without limit."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_RATE, _SURGE, _GAMMA = 0.1, 0.025, 0.95


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return three states in a row and then the drug, one step each."""
    kinds = {"drug": Trial({"S": (1.0, 4.0)}, {4.0: 1.0})}
    return {"main": schedules.sequence(kinds, ["drug"] * 4000, dt=1.0, duration=5.0)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the slope of value per trial, over η D γᵏ, in the state nearest to the drug and those before."""
    value = readings["main"].learned.value.mean(axis=0)
    slope = (value[-1] - value[-2001]) / 2000
    return {f"slope {k} back": float(slope[3 - k] / (_RATE * _SURGE * _GAMMA**k)) for k in range(3)}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return all(abs(ratio - 1) < 0.01 for ratio in x.values())


FINDING = Finding(
    id="H06",
    title="Non-compensable drug error: no asymptote",
    paper="Redish 2004",
    published="Value grows without limit, slope eta*D",
    criterion="slope within 1% of eta*D*gamma^k",
    passes="Redish",
    fails="TD",
    expected_to_pass=("Redish",),
    expected_to_fail=("TD(0)", "TD(0.9)", "TD(0), ends at reward", "TD, presence", "TD, microstimuli"),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="slope 0 back",
)
