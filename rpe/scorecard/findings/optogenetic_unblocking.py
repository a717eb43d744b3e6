"""Optogenetic unblocking: dopamine stimulation at the reward lets a blocked cue gain value."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return the design with and without a second of stimulation at the compound's reward."""
    text = "A+ x400 | AX+{} x50 | X-? , +?"
    return {
        name: schedules.design(text.format(mark), gap=10.0, pulse_duration=1.0, rng=rng)
        for name, mark in (("stimulated", "*"), ("control", ""))
    }


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    value = {name: float(each.value("X-?").max()) for name, each in readings.items()}
    return {
        "X, stimulated": value["stimulated"],
        "X, control": value["control"],
        "unit": readings["control"].at(_REWARD, "+?"),
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["X, stimulated"] > 3 * max(x["X, control"], 0.02 * x["unit"])


FINDING = Finding(
    id="B11",
    title="Stimulation at the reward unblocks",
    paper="Steinberg 2013",
    published="X controls responding in stimulated rats only",
    criterion="V(X,stim)>3*max(V(X,ctrl),0.02U)",
    passes="any model where dopamine = error that drives V",
    fails="policy-rate model (Coddington) partial; ANCCR passes (authors)",
    expected_to_pass=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
        "ANCCR",
    ),
    status="from memory; summary verified: PMC8107188",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="X, stimulated",
)
