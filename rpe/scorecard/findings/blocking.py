"""Blocking: a cue added to one that already predicts the reward gains no value."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return the design, and probes at its end."""
    return {"main": schedules.design("A+ / B- x400 | AX+ / BY+ x400 | X-? , Y-? , X+? , Y+? , +?", gap=10.0, rng=rng)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    unit = main.unit_of(_REWARD, "+?")
    return {
        "X": main.response(_CUE, "X-?") / unit,
        "Y": main.response(_CUE, "Y-?") / unit,
        "reward after X": main.at(_REWARD, "X+?") / unit,
        "reward after Y": main.at(_REWARD, "Y+?") / unit,
        "omission after X": main.at(_REWARD, "X-?") / unit,
        "omission after Y": main.at(_REWARD, "Y-?") / unit,
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    cues = x["X"] < 0.2 * x["Y"]
    rewards = x["reward after X"] > x["reward after Y"] + 0.2
    return cues and rewards and x["omission after Y"] < x["omission after X"] - 0.2


FINDING = Finding(
    id="B01",
    title="Blocking in dopamine",
    paper="Waelti, Dickinson & Schultz 2001",
    published="Y evokes a burst, X none; reward after X: burst; reward omitted after Y: dip",
    criterion="D(X)<0.2*D(Y); D(rew|X)>D(rew|Y)+0.2U; D(omit|Y)<D(omit|X)-0.2U",
    passes="RW, TD, Kalman TD",
    fails="Hebbian, retrospective count without competition",
    expected_to_pass=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
        "Kalman TD",
    ),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="X",
)
