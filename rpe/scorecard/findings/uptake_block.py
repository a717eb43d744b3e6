"""Uptake block: blocking the transporter raises tonic dopamine and lengthens transients."""

import numpy as np

from rpe.scorecard.finding import Finding
from rpe.theories import Theory
from rpe.theories.protocol import Releasing

_DT, _TONIC, _BLOCK = 0.01, 4.0, 5.0


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return how tonic dopamine and the half-life of a transient change when uptake is blocked."""
    if not isinstance(theory, Releasing):
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


FINDING = Finding(
    id="H13",
    title="Uptake block",
    paper="cocaine literature",
    published="Tonic dopamine x2-4, longer transients",
    criterion="ratio in 2-5; half-decay x>1.5",
    passes="kinetics card",
    fails="-",
    expected_to_pass=("release kinetics",),
    status="from memory",
    holds=holds,
    effect="tonic",
    ask=ask,
)
