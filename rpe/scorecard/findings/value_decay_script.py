"""Value decay: the errors of the published simulation, state by state."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_STATES, _TRIALS, _RATE, _DISCOUNT, _KEPT = 7, 100, 0.5, 0.8 ** (1 / 6), 0.6


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return 100 runs through seven states, the reward in the last."""
    kinds = {"run": Trial({"A": (0.0, 7.0)}, {6.0: 1.0})}
    return {"main": schedules.sequence(kinds, ["run"] * _TRIALS, dt=1.0, duration=7.0)}


def oracle() -> list[float]:
    """Return the errors of the last run by the published rule, in loops over numbers."""
    values, errors = [0.0] * _STATES, [0.0] * _STATES
    for _ in range(_TRIALS):
        for state in range(_STATES):
            old = values[state - 1] if state else 0.0
            errors[state] = (state == _STATES - 1) + _DISCOUNT * values[state] - old
            if state:
                values[state - 1] += _RATE * errors[state]
            values = [value * _KEPT ** (1 / _STATES) for value in values]
    return errors


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in reward units."""
    last = readings["main"].learned.delta[:, -1].mean(axis=0)
    return {"largest difference": float(np.abs(last - oracle()).max())}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["largest difference"] < 1e-6


FINDING = Finding(
    id="D07",
    title="Decay parameters of Morita & Kato",
    paper="Morita & Kato 2014",
    published="Ramps; kappa1=1 flat",
    criterion="final error vector equals oracle to 1e-6",
    passes="value-decay TD",
    fails="-",
    expected_to_pass=("value decay",),
    status="verified: ModelDB 153573 script",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="largest difference",
)
