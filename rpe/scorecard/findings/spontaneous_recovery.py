"""Spontaneous recovery: an extinguished response comes back in part after a rest."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule
from rpe.scorecard.finding import Finding, Reading

_CUE = 0.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return acquisition, extinction, a day of rest, and a test."""
    return {"main": schedules.design("A+ x200 | A-? | A- x100 | A-? | rest 24 h | A-? ", gap=10.0, rng=rng)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    first, second, third = (main.response(_CUE, "A-?", part=slice(i, i + 1)) for i in range(3))
    return {"trained": first, "extinguished": second, "after rest": third}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["extinguished"] < 0.2 * x["trained"] and x["after rest"] > 0.25 * x["trained"]


FINDING = Finding(
    id="B14",
    title="Extinction, spontaneous recovery",
    paper="Pan, Schmidt, Wickens & Hyland 2008; Rescorla 2004",
    published="Response falls, partly returns after rest",
    criterion="D(A,ext end)<0.2 D(A); D(A,after rest)>0.25 D(A)",
    passes="latent-cause/context inference, two-process TD",
    fails="RW, TD, microstimuli (no recovery)",
    expected_to_fail=(
        "Rescorla-Wagner",
        "TD(0)",
        "TD(0.9)",
        "TD(0), ends at reward",
        "TD, presence",
        "TD, microstimuli",
    ),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="after rest",
)
