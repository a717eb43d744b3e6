"""Derivative of value: a jump down the track brings a burst, and double speed a larger error at every place."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_STEP, _LENGTH, _FROM, _TO = 0.2, 20, 8, 13


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return runs down a virtual track of 20 places, and probes with a jump ahead and at double speed."""
    runs = {
        "usual": schedules.travelled(_LENGTH, _STEP),
        "jump": schedules.travelled(_LENGTH, _STEP, jumps={_FROM - 1: _TO}),
        "fast": schedules.travelled(_LENGTH, _STEP, speed=2),
    }
    kinds = {
        name: Trial(places={"track": places}, rewards={max(places): 1.0}, learning=name == "usual")
        for name, places in runs.items()
    }
    order = ["usual"] * 1000 + ["jump", "fast"]
    return {"main": schedules.sequence(kinds, order, dt=_STEP, duration=(_LENGTH + 2) * _STEP, gap=15.0)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion: a jump against its neighbours, and a fast run against a slow one."""
    main = readings["main"]
    usual, jump, fast = main.signal("usual", part="last"), main.signal("jump"), main.signal("fast")
    neighbours = np.abs(np.concatenate([jump[_FROM - 2 : _FROM], jump[_FROM + 2 : _FROM + 4]])).max()
    half = round(0.5 / _STEP)
    slow, quick = usual[2:_LENGTH].mean(), fast[1 : _LENGTH // 2].mean()
    return {
        "jump over neighbours": _ratio(float(jump[_FROM]), float(neighbours)),
        "half a second later over jump": _ratio(float(np.abs(jump[_FROM + half])), float(np.abs(jump[_FROM]))),
        "fast over usual": _ratio(float(quick), float(slow)),
    }


def _ratio(above: float, below: float) -> float:
    """A ratio of signals; infinite above nothing, and 0 of nothing."""
    if np.isnan(above + below) or abs(below) > 1e-9:
        return above / below
    return 0.0 if abs(above) <= 1e-9 else float(np.copysign(1e9, above))


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds: a signal that is back is at most a fifth of the jump, as its neighbours."""
    burst = x["jump over neighbours"] > 5 and x["half a second later over jump"] < 0.2
    return burst and 1.5 <= x["fast over usual"] <= 2.5


FINDING = Finding(
    id="D02",
    title="Teleport and speed tests",
    paper="Kim 2020",
    published="Teleport: transient burst, speed scales response: derivative of value",
    criterion="D at jump > 5x neighbours and returns within 0.5 s; D(2x)/D(1x) in 1.5-2.5",
    passes="ramping RPE (decay, feedback)",
    fails="value code (steps and stays)",
    expected_to_pass=("value decay",),
    expected_to_fail=("value code",),
    status="verified: gwern.net abstract",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="fast over usual",
)
