"""Late reward: a dip at the usual time and a burst when the reward comes."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return 1000 trials of a cue and a reward 1 s later, and probes."""
    cue = {"A": (_CUE, _REWARD)}
    kinds = {
        "A+": Trial(cue, {_REWARD: 1.0}),
        "late": Trial(cue, {_REWARD + 0.5: 1.0}, due=_REWARD, learning=False),
        "uncued": Trial({}, {_REWARD: 1.0}, learning=False),
    }
    order = ["A+"] * 1000 + [name for name in kinds if name != "A+"]
    gap = rng.exponential(15.0, len(order))
    return {"main": schedules.sequence(kinds, order, duration=4.0, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    usual = main.schedule.step_of(_REWARD)
    return {
        "lowest at usual time": float(main.signal("late")[usual]) / main.unit,
        "late": main.at(_REWARD + 0.5, "late") / main.unit,
        "usual, trained": main.at(_REWARD, "A+", part="last") / main.unit,
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["lowest at usual time"] < -0.02 and x["late"] > x["usual, trained"] + 0.1


FINDING = Finding(
    id="A04",
    title="Late reward: dip at usual time, burst at late time",
    paper="Hollerman & Schultz 1998",
    published="Depression at usual time, activation at late time",
    criterion="min D(usual)<-0.02U and D(late)>D(usual, trained)+0.1U",
    passes="CSC, presence, microstimuli with value floored at 0",
    fails="microstimuli without the floor",
    expected_to_pass=("TD(0)", "TD(0.9)", "TD(0), ends at reward", "TD, presence", "TD, microstimuli"),
    expected_to_fail=("TD, microstimuli, no floor",),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="late",
)
