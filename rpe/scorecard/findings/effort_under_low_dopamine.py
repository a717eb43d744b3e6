"""Effort under low dopamine: without dopamine the costly, larger reward is given up for the free, smaller one."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.findings._choices import log_odds, preferred

# 4 and 2 pellets, of which 2 are one unit; a barrier costs half of what lies behind it in addition (assumption).
_HIGH, _LOW, _BARRIER = 2.0, 1.0, 0.5
_ARM, _CLIMB, _FOOD, _DEPLETED = 0.5, 1.5, 2.0, -0.7


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return visits to the two arms of a T-maze, with a barrier in the arm of the larger reward and without."""
    found = {}
    for name, cost in (("barrier", _BARRIER), ("none", 0.0)):
        climbed = {_CLIMB: -cost} if cost else {}
        kinds = {
            "high": Trial({"high": (_ARM, _FOOD)}, {**climbed, _FOOD: _HIGH}, due=_FOOD),
            "low": Trial({"low": (_ARM, _FOOD)}, {_FOOD: _LOW}),
            **{f"{arm}?": Trial({arm: (_ARM, _FOOD)}, due=_FOOD, learning=False) for arm in ("high", "low")},
        }
        order = [*rng.permutation(["high", "low"] * 200).tolist(), "high?", "low?"]
        found[name] = schedules.sequence(kinds, order, duration=3.0, gap=rng.exponential(10.0, len(order)))
    return found


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the chance of the arm of the larger reward, at normal and at low dopamine, with a barrier and without."""
    found = {}
    for maze, reading in readings.items():
        for level, dopamine in (("normal", 0.0), ("low", _DEPLETED)):
            drive = log_odds(reading, _ARM, {"high": "high?", "low": "low?"}, dopamine)
            found[f"{maze}, {level}"] = preferred(drive["high"], drive["low"])
    return found


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    free = min(x["none, normal"], x["none, low"]) > 0.9
    return x["barrier, low"] < 0.4 and x["barrier, normal"] > 0.7 and free


FINDING = Finding(
    id="E07",
    title="Dopamine shifts benefit/cost weight (effort)",
    paper="Salamone 1994; Cousins & Salamone",
    published="High-effort choice falls from > 80% to < 40%; no change when no barrier",
    criterion="P(high|rho=-.7)<0.4, P(high|rho=0)>0.7, no-barrier P>0.9 both",
    passes="OpAL, Moller-Bogacz",
    fails="TD/Q without dopamine at choice",
    expected_to_pass=("OpAL", "payoff-cost"),
    expected_to_fail=("TD(0)", "Q-learning"),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="barrier, low",
)
