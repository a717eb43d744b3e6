"""Optogenetic dip: inhibition of dopamine neurons at the reward takes value away as an omission would."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule
from rpe.scorecard.finding import Finding, Reading


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return training, then rewards with and without a second of inhibition."""
    text = "A+ x400 | A+{} x20 | A-?"
    return {
        name: schedules.design(text.format(mark), gap=10.0, pulse_duration=1.0, rng=rng)
        for name, mark in (("inhibited", "~"), ("control", ""))
    }


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    return {name: float(each.value("A-?").max()) for name, each in readings.items()}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["inhibited"] < 0.8 * x["control"]


FINDING = Finding(
    id="B12",
    title="Dip mimicry",
    paper="Chang 2016",
    published="Inhibition alone lowers later responding",
    criterion="V(after)<0.8 V(ctrl)",
    passes="TD, RW, OpAL",
    fails="dopamine = value models",
    expected_to_pass=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
        "OpAL",
    ),
    expected_to_fail=("value code",),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="inhibited",
)
