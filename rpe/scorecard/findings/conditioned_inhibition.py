"""Conditioned inhibition: a cue that predicts omission acquires negative value."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return the design, and probes at its end."""
    probes = "X-? , Y-? , A-? , AX-? , X+? , Y+? , +?"
    text = f"A+ / B- x400 | A+ / B- / AX- / BY- x400 | {probes}"
    return {"main": schedules.design(text, gap=10.0, rng=rng)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    unit = main.unit_of(_REWARD, "+?")
    return {
        **{name: main.response(_CUE, f"{name}-?") / unit for name in ("X", "Y", "A", "AX")},
        "reward after X": main.at(_REWARD, "X+?") / unit,
        "reward after Y": main.at(_REWARD, "Y+?") / unit,
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    cues = x["X"] < x["Y"] - 0.05 and x["AX"] < 0.5 * x["A"]
    return cues and x["reward after X"] > x["reward after Y"]


FINDING = Finding(
    id="B02",
    title="Conditioned inhibitor",
    paper="Tobler, Dickinson & Schultz 2003",
    published="X depresses or no burst; AX<A; reward after X gives a larger burst",
    criterion="D(X)<D(Y)-0.05U; D(AX)<0.5 D(A); D(rew|X)>D(rew|Y)",
    passes="RW (-1), TD without value floor",
    fails="TD with value floored at 0 fails D(X)<0",
    expected_to_pass=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli, no floor",
    ),
    expected_to_fail=("TD, microstimuli",),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="X",
)
