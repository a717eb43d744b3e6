"""Subtraction: expectation lowers the responses to all sizes of reward by a constant, and does not divide them."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_SIZES, _CHANCES = (0.1, 0.3, 1.2, 2.5, 5.0, 10.0, 20.0), (0.066, 0.091, 0.148, 0.155, 0.312, 0.151, 0.077)
_CUE, _REWARD = 0.5, 3.0


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return rewards of seven sizes, with a cue 2.5 s before and without, in equal numbers."""
    kinds = {}
    for size in _SIZES:
        kinds[f"cued {size:g}"] = Trial({"A": (_CUE, _REWARD)}, {_REWARD: size})
        kinds[f"free {size:g}"] = Trial({}, {_REWARD: size})
    sizes = rng.choice(_SIZES, 800, p=np.array(_CHANCES) / np.sum(_CHANCES))
    order = [f"{'cued' if cued else 'free'} {size:g}" for size, cued in zip(sizes, rng.random(800) < 0.5, strict=True)]
    probes = {f"{name}?": Trial(kind.cues, kind.rewards, learning=False) for name, kind in kinds.items()}
    gap = rng.exponential(10.0, len(order) + len(probes))
    return {"main": schedules.sequence(kinds | probes, [*order, *probes], duration=4.0, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return what subtraction and division leave, and the constant that is subtracted, in reward units."""
    main = readings["main"]
    cued, free = (np.array([main.at(_REWARD, f"{name} {size:g}?") for size in _SIZES]) for name in ("cued", "free"))
    offset = float((free - cued).mean())
    squares = float(free @ free)
    factor = float(cued @ free) / squares if squares > 0 else 0.0
    return {
        "subtraction leaves": float(((free - offset - cued) ** 2).sum()),
        "division leaves": float(((factor * free - cued) ** 2).sum()),
        "offset": offset,
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["subtraction leaves"] < x["division leaves"] and x["offset"] > 0


FINDING = Finding(
    id="F06",
    title="Subtraction, not division",
    paper="Eshel 2015",
    published="Expectation shifts the dose-response down by a constant",
    criterion="SSE(subtractive)<SSE(divisive) and offset>0",
    passes="TD error on f(r)",
    fails="divisive normalisation",
    expected_to_pass=("TD(0)", "TD(0.9)"),
    status="verified: abstract (harvard iq)",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="offset",
)
