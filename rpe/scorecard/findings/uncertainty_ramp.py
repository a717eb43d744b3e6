"""Ramping under uncertainty: the mean error ramps up to an uncertain reward, most at probability one half."""

from collections.abc import Mapping

import numpy as np

from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.findings.probability_coding import protocol

_CHANCES = (0.0, 0.25, 0.5, 0.75, 1.0)
_REWARD = 2.5


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    return {f"slope at {chance:g}": _slope(readings["main"], chance) for chance in _CHANCES}


def _slope(main: Reading, chance: float) -> float:
    """Slope of the mean error of the second half of all trials over the last second of the delay, per s."""
    chosen = main.schedule.of_kind(f"{chance:g}+", f"{chance:g}-")
    chosen[: len(chosen) // 2] = False
    last = main.schedule.step_of(_REWARD)
    first = main.schedule.step_of(_REWARD - 1.0)
    mean = main.learned.delta[:, chosen, first:last].mean(axis=(0, 1)) / main.unit
    return float(np.polyfit(main.schedule.times[first:last], mean, 1)[0]) if np.isfinite(mean).all() else np.nan


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    certain = 2 * max(x["slope at 0"], x["slope at 1"])
    largest = x["slope at 0.5"] > max(x["slope at 0.25"], x["slope at 0.75"])
    return largest and min(x["slope at 0.25"], x["slope at 0.75"]) > certain and x["slope at 0.5"] > 0


FINDING = Finding(
    id="A06",
    title="Ramp to uncertain reward, largest at p=.5",
    paper="Fiorillo 2003; account: Niv, Duff & Dayan 2005",
    published="Gradual rise to the reward time, maximal at p=.5, absent at 0 and 1",
    criterion="slope(.5)>slope(.25),slope(.75)>2*max(slope(0),slope(1)); slope(.5)>0",
    passes="TD(0) with small lambda + asymmetric coding (x1/6 below zero), averaged over trials",
    fails="raw symmetric TD mean (0), TD(.9)",
    expected_to_pass=("TD(0), rectified",),
    expected_to_fail=("TD(0)", "TD(0.9)"),
    status="verified: abstract; interpretation disputed",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="slope at 0.5",
)
