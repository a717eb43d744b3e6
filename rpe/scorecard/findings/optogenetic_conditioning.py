"""Optogenetic conditioning: dopamine stimulation alone gives value to a cue."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE = 0.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return a cue with a second of stimulation at its end, and the two apart, without any reward."""
    pulse = {(1.5, 2.5): 1.0}
    cue = {"A": (_CUE, 1.5)}
    paired = {"pair": Trial(cue, pulses=pulse, due=1.5)}
    apart = {"cue": Trial(cue, due=1.5), "pulse": Trial({}, pulses=pulse, due=1.5)}
    probe = {"A?": Trial(cue, due=1.5, learning=False)}
    return {
        "paired": schedules.sequence({**paired, **probe}, ["pair"] * 100 + ["A?"], duration=4.0, gap=20.0),
        "unpaired": schedules.sequence({**apart, **probe}, ["cue", "pulse"] * 100 + ["A?"], duration=4.0, gap=20.0),
    }


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    return {name: float(each.value("A?").max()) for name, each in readings.items()}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    # The stimulation has the size 1.
    return x["paired"] > 0.3 and x["unpaired"] < 0.05


FINDING = Finding(
    id="C09",
    title="Dopamine-neuron stimulation alone makes a cue",
    paper="Tsai 2009; Saunders 2018",
    published="Paired cue gains approach/vigour; unpaired does not",
    criterion="V(cue,paired)>0.3 of the stimulation size and V(unpaired)<0.05",
    passes="any model where dopamine = error that drives V",
    fails="dopamine = pure rate/salience signal",
    expected_to_pass=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
    ),
    expected_to_fail=("salience",),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="paired",
)
