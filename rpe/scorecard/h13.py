"""Blocked uptake raises tonic dopamine and lengthens transients."""

from typing import Any

import numpy as np

from rpe.scorecard.phenomenon import Phenomenon, nothing_to_read, nothing_to_show

_DT, _TONIC, _BLOCK = 0.01, 4.0, 5.0
protocol, read = nothing_to_show, nothing_to_read


def ask(theory: Any, rng: np.random.Generator) -> dict[str, float]:
    """Return how tonic dopamine and the half-life of a transient change when uptake is blocked."""
    if not hasattr(theory, "release"):
        return {"tonic": np.nan, "half-life": np.nan}
    time = np.arange(0, 20, _DT)
    rate = np.where((time >= 10) & (time < 10.2), 20.0, _TONIC)
    levels, halves = [], []
    for block in (1.0, _BLOCK):
        trace = theory.release(rate, _DT, uptake_block=block)
        base = trace[time < 10][-1]
        after = trace[trace.argmax() :] - base
        levels.append(base)
        halves.append(float(np.argmax(after <= after[0] / 2)) * _DT)
    return {"tonic": float(levels[1] / levels[0]), "half-life": halves[1] / halves[0]}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return 2 <= x["tonic"] <= 5 and x["half-life"] > 1.5


PHENOMENON = Phenomenon(
    id="H13",
    title="Uptake block",
    paper="cocaine literature",
    published="Tonic dopamine x2-4, longer transients",
    criterion="ratio in 2-5; half-decay x>1.5",
    passes="kinetics card",
    fails="-",
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="tonic",
    ask=ask,
)
