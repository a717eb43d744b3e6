"""Cue shift: with training the prediction error moves from the reward to the cue that predicts it."""

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
        "uncued": Trial({}, {_REWARD: 1.0}, learning=False),
    }
    order = ["A+"] * 1000 + [name for name in kinds if name != "A+"]
    gap = rng.exponential(15.0, len(order))
    return {"main": schedules.sequence(kinds, order, duration=4.0, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    unit = main.unit
    return {
        "cue, first trial": main.at(_CUE, "A+", part="first") / unit,
        "reward, first trial": main.at(_REWARD, "A+", part="first") / unit,
        "cue, trained": main.at(_CUE, "A+", part="last") / unit,
        "reward, trained": main.at(_REWARD, "A+", part="last") / unit,
        "0.4 of what is carried": 0.4 * main.carried(_REWARD - _CUE),
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    first = x["cue, first trial"] < 0.05 and x["reward, first trial"] > 0.9
    return first and x["reward, trained"] < 0.25 and x["cue, trained"] > x["0.4 of what is carried"]


FINDING = Finding(
    id="A01",
    title="Reward response moves to the cue",
    paper="Ljungberg 1992; Mirenowicz & Schultz 1994; Schultz, Dayan & Montague 1997",
    published="Trial 1: burst at reward, none at cue. Trained: burst at cue, none at reward",
    criterion="t1: D(cue)<0.05U and D(rew)>0.9U; last 20%: D(rew)<0.25U and D(cue)>0.4*gamma^d*U",
    passes="all TD, SR-TD (value part), belief TD, ANCCR",
    fails="RW (no within-trial time), pure salience",
    expected_to_pass=(
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
        "belief state",
        "successor",
        "ANCCR",
    ),
    expected_to_fail=("Rescorla-Wagner", "salience"),
    status=("from memory; shape verified: PMC4826767; protocol numbers verified: PsyNeuLink Montague script"),
    schedules=protocol,
    read=read,
    holds=holds,
    effect="cue, trained",
)
