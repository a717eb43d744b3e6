"""Latent inhibition: a pre-exposed cue is learned more slowly."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule
from rpe.scorecard.finding import Finding, Reading

_CUE = 0.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return training with and without forty exposures before it."""
    return {
        "exposed": schedules.design("A- x40 | A+ x200", gap=10.0, rng=rng),
        "fresh": schedules.design("A+ x200", gap=10.0, rng=rng),
    }


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    half = {name: _trials_to_half(each) for name, each in readings.items()}
    return {**half, "ratio": half["exposed"] / half["fresh"]}


def _trials_to_half(main: Reading) -> float:
    """Trials until the value of the cue, where it is on, has half of its last size."""
    step = main.schedule.step_of(_CUE + 0.9)
    value = main.learned.value[:, main.trials("A+"), step].mean(axis=0)
    return float(np.argmax(value >= 0.5 * value[-20:].mean()) + 1) if np.isfinite(value).all() else np.nan


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["ratio"] > 1.3


FINDING = Finding(
    id="B15",
    title="Latent inhibition",
    paper="Lubow 1959; dopamine: Kutlu 2022",
    published="Pre-exposed cue learns later",
    criterion="trials to half-maximum ratio > 1.3",
    passes="Pearce-Hall, Kalman TD (small), Mackintosh",
    fails="RW, TD (ratio 1)",
    expected_to_pass=("Pearce-Hall", "Kalman TD"),
    expected_to_fail=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
    ),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="ratio",
)
