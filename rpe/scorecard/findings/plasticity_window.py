"""Plasticity window: dopamine strengthens what came up to two seconds before, and nothing else."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _LENGTH = 1.5, 0.1
_DELAYS = (-1.0, 0.3, 0.6, 1.0, 2.0, 5.0)


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return a brief stimulus with dopamine at one time before or after it, each pairing from a naive start."""
    cue = {"A": (_CUE, _CUE + _LENGTH)}
    return {
        f"{delay:g}": schedules.sequence(
            {
                "pair": Trial(cue, pulses={(_CUE + delay, _CUE + delay + _LENGTH): 1.0}),
                "A?": Trial(cue, learning=False),
            },
            ["pair"] * 15 + ["A?"],
            duration=7.0,
            gap=20.0,
        )
        for delay in _DELAYS
    }


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return what the stimulus is worth after 15 pairings, by the delay of dopamine, in reward units."""
    return {name: float(reading.value("A?")[reading.schedule.step_of(_CUE)]) for name, reading in readings.items()}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    # Weights of rounding errors are no growth.
    return min(x["0.6"], x["1"]) > max(3 * max(x["-1"], x["5"]), 1e-6)


FINDING = Finding(
    id="H10",
    title="Plasticity window",
    paper="Yagishita 2014",
    published="Growth at .3-2 s only (significant at .6, 1 s)",
    criterion="dw(.6),dw(1)>3*max(dw(-1),dw(5))",
    passes="three-factor rule with eligibility 0.3-2 s",
    fails="instant Hebb",
    expected_to_pass=("TD, presence",),
    expected_to_fail=("TD(0)",),
    status="verified: PMC4225776 abstract, Fig. 1",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="0.6",
)
