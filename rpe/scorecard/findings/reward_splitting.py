"""Reward splitting: dividing a reward creates no extra total error, and is learned sooner."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.theories.protocol import discount_over

_CUE, _STEPS, _TRIALS = 0.1, 10, 3000


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return a cue and one reward ten steps later, or a tenth of it in each of the ten steps, and a probe."""
    end = _CUE + 0.1 * _STEPS
    cue = {"A": (_CUE, end)}
    parts = {round(_CUE + 0.1 * (i + 1), 1): 1.0 / _STEPS for i in range(_STEPS)}
    found = {}
    for name, rewards in (("one", {round(end, 1): 1.0}), ("split", parts)):
        kinds = {"A+": Trial(cue, rewards), "A+?": Trial(cue, rewards, learning=False)}
        found[name] = schedules.sequence(kinds, ["A+"] * _TRIALS + ["A+?"], duration=1.4, gap=20.0)
    return found


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in reward units and trials."""
    numbers: dict[str, float] = {}
    for name, reading in readings.items():
        if reading.theory is None or discount_over(reading.theory, 1.0, reading.schedule.dt) is None:
            return {"identity": np.nan, "inner": np.nan, "one": np.nan, "split": np.nan}
        first = reading.schedule.step_of(_CUE)
        weight = reading.carried(reading.schedule.dt) ** np.arange(_STEPS)
        delta, value = reading.signal("A+?"), reading.value("A+?")
        after = slice(first + 1, first + 1 + _STEPS)
        reward = reading.schedule.reward[-1]
        off = abs(weight @ delta[after] - (weight @ reward[after] - value[first]))
        numbers["identity"] = max(numbers.get("identity", 0.0), float(off))
        numbers["inner"] = max(numbers.get("inner", 0.0), float(np.abs(delta[after]).max()))
        start = reading.learned.delta[:, :, first].mean(axis=0)
        numbers[name] = float(np.argmax(start >= start[-1] / 2)) if start[-1] > 1e-6 else np.nan
    return numbers


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["identity"] < 1e-10 and x["inner"] < 1e-6 and x["split"] < x["one"]


FINDING = Finding(
    id="E16",
    title="Splitting a reward creates no extra total error",
    paper="identity (this report)",
    published="sum gamma^t delta_t = sum gamma^t r - V(s0); after learning only the start error is left",
    criterion="identity to 1e-10; inner deltas < 1e-6 after 3000 episodes; the split chain reaches half-learning in "
    "fewer episodes",
    passes="every TD",
    fails="-",
    expected_to_pass=("TD(0)", "TD(0.9)", "hierarchical"),
    status="exact identity",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="inner",
)
