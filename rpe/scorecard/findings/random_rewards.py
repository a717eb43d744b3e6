"""Random rewards: without a cue, responses grow with experience and with the time since the last reward."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import correlation

_MEAN, _REWARDS = 12.0, 200


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return rewards without any cue, at exponential times of 12 s in the mean."""
    gap = rng.exponential(_MEAN, _REWARDS)
    return {"main": schedules.sequence({"+": Trial({}, {0.0: 1.0})}, ["+"] * _REWARDS, duration=0.2, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return mean responses, in reward units, and their correlation with the interval before."""
    main = readings["main"]
    found = main.learned.delta[:, :, 0].mean(axis=0)
    before = main.schedule.gap[:-1]
    return {
        "first 10": float(found[:10].mean()),
        "last 50": float(found[-50:].mean()),
        "correlation with the interval": correlation(before, found[1:]),
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["last 50"] > x["first 10"] + 0.2 and x["correlation with the interval"] > 0.1


FINDING = Finding(
    id="G01",
    title="Repeated random rewards: response grows",
    paper="Jeong 2022 tests 1-2",
    published="Dopamine at reward rises with experience and with the previous interval",
    criterion="D(last 50)>D(first 10)+0.2 and corr(D, previous IRI)>0.1",
    passes="ANCCR",
    fails="CSC/microstimulus TD (falls)",
    expected_to_pass=("ANCCR",),
    expected_to_fail=("TD(0)", "TD, microstimuli"),
    status="verified: namboodirilab/ANCCR fig3 code, abstract; direction of the IRI effect from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="last 50",
)
