"""Adaptive scaling: the error is scaled by the spread of the outcomes that a cue predicts."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 2.5
_PAIRS = {"narrow": (1.0, 1.5), "middle": (1.0, 2.5), "wide": (1.0, 6.0)}


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return three cues, each with two sizes of reward that are equally likely, mixed."""
    kinds: dict[str, Trial] = {}
    order: list[str] = []
    for name, sizes in _PAIRS.items():
        for size in sizes:
            kinds[f"{name}, {size:g}"] = Trial({name: (_CUE, _REWARD)}, {_REWARD: size})
            order += [f"{name}, {size:g}"] * 150
    order = rng.permutation(order).tolist()
    return {"main": schedules.sequence(kinds, order, duration=3.5, gap=rng.exponential(6.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return how far apart the responses to the two sizes are, in reward units, and the ratio of the criterion."""
    main = readings["main"]
    apart = {}
    for name, (low, high) in _PAIRS.items():
        ends = [main.at(_REWARD, f"{name}, {size:g}", part="last") for size in (low, high)]
        apart[name] = ends[1] - ends[0]
    smallest = min(apart.values())
    return {**apart, "largest over smallest": max(apart.values()) / smallest if smallest > 0 else np.inf}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["largest over smallest"] < 1.5


FINDING = Finding(
    id="A08",
    title="Adaptive scaling by outcome spread",
    paper="Tobler 2005",
    published=(
        "Response shifts with expected value; gain adapts to the spread so the larger outcome of "
        "each pair evokes nearly the same response"
    ),
    criterion="max/min over cues of [D(hi)-D(lo)] < 1.5 while volume differences span > 3x",
    passes="scaled RPE delta/sigma (Kalman/AC variants), divisive efficient coding",
    fails="TD, distributional TD, RW",
    expected_to_fail=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
    ),
    status="verified: abstract (citedrive)",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="largest over smallest",
)
