"""Vigour: response rate grows with the square root of the rate of reward."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import slope

_RATES, _COST = (0.02, 0.05, 0.1, 0.2, 0.5), 1.0


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return rewards at random intervals, at one mean rate per s in each schedule."""
    found = {}
    for rate in _RATES:
        gap = rng.exponential(1 / rate - 1.0, 1500) if rate < 1 else np.zeros(1500)
        found[f"{rate:g}"] = schedules.sequence(
            {"+": Trial({}, {0.5: 1.0})}, ["+"] * 1500, dt=0.5, duration=1.0, gap=gap
        )
    return found


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the slope of log latency, √(C_v/ρ), on the log of the rate of reward."""
    levels = [reading.tonic for reading in readings.values()]
    late = [level[:, -500:].mean() for level in levels if level is not None]
    if len(late) < len(levels):
        return {"slope": np.nan}
    latency = [np.sqrt(_COST / max(rho, 1e-12)) for rho in late]
    return {"slope": slope(np.log(_RATES), np.log(latency))}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return abs(x["slope"] + 0.5) <= 0.05


FINDING = Finding(
    id="E06",
    title="Vigour ~ (reward rate)^(1/2)",
    paper="Niv 2007",
    published="tau* = sqrt(Cv/R)",
    criterion="log-log slope of latency on R in -0.5 +- 0.05",
    passes="average-reward vigour",
    fails="discounted TD",
    expected_to_pass=("average reward",),
    expected_to_fail=("TD(0)", "TD(0.9)", "TD(0), ends at reward", "TD, presence", "TD, microstimuli"),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="slope",
)
