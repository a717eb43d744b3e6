"""Sensory preconditioning: a cue paired with another before that one is rewarded gains value."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_FIRST, _SECOND, _REWARD = 0.5, 1.5, 2.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return pairs without food, then food after one of each pair, then probes."""
    kinds = {
        "AB": Trial({"A": (_FIRST, _SECOND), "B": (_SECOND, _REWARD)}),
        "CD": Trial({"C": (_FIRST, _SECOND), "D": (_SECOND, _REWARD)}),
        "B+": Trial({"B": (_SECOND, _REWARD)}, {_REWARD: 1.0}),
        "D-": Trial({"D": (_SECOND, _REWARD)}),
        "A?": Trial({"A": (_FIRST, _SECOND)}, learning=False),
        "C?": Trial({"C": (_FIRST, _SECOND)}, learning=False),
        "B?": Trial({"B": (_SECOND, _REWARD)}, learning=False),
    }
    order = [*rng.permutation(["AB", "CD"] * 12), *rng.permutation(["B+", "D-"] * 72), "A?", "C?", "B?"]
    return {"main": schedules.sequence(kinds, order, duration=4.0, gap=20.0)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    return {
        "A": main.response(_FIRST, "A?"),
        "C": main.response(_FIRST, "C?"),
        "B": main.response(_SECOND, "B?"),
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["A"] - x["C"] > 0.1 * x["B"]


FINDING = Finding(
    id="B05",
    title="Sensory preconditioning",
    paper="Sadacca, Jones & Schoenbaum 2016",
    published="Dopamine neurons respond to A more than C",
    criterion="D(A)-D(C)>0.1*D(B)",
    passes="SR-TD, model-based, Dyna/replay",
    fails="TD, RW, microstimuli",
    expected_to_pass=("successor", "successor, sum"),
    expected_to_fail=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
    ),
    status="verified: PMC4805544 abstract; trial counts from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="A",
)
