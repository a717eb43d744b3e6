"""Overexpectation: two cues that each predict the reward lose value when they are paired."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return the design, and probes at its end."""
    return {"main": schedules.design("A+ / B+ x400 | A-? | AB+ x50 | A-? | +?", gap=10.0, rng=rng)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    step = main.schedule.step_of(_REWARD) - 1
    first, second = main.trials("A-?")
    value = main.learned.value[:, :, step].mean(axis=0)
    return {
        "compound reward, first": main.at(_REWARD, "AB+", part="first") / main.unit_of(_REWARD, "+?"),
        "value of A before": float(value[first]),
        "value of A after": float(value[second]),
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["compound reward, first"] < -0.5 and x["value of A after"] < 0.8 * x["value of A before"]


FINDING = Finding(
    id="B03",
    title="Overexpectation",
    paper="Rescorla 1970; VTA/OFC: Takahashi 2009; dopamine dip needed: Chang 2017",
    published="Compound reward: negative error; A loses value",
    criterion="D(rew|AB, first)<-0.5U; V(A) after < 0.8 before",
    passes="RW, TD, Kalman",
    fails="ANCCR partial (simulated by authors)",
    expected_to_pass=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
        "Kalman TD",
    ),
    status="from memory; summary verified: PMC8107188 Fig. 1",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="compound reward, first",
)
