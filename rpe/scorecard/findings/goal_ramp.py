"""Ramp to a distant goal: on a track the error rises towards the reward, and further to a larger one."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import slope

_STEP, _LENGTHS, _SIZES = 0.2, {"short": 15, "long": 20}, {"small": 1.0, "big": 2.0}


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return runs down four arms of a maze, two lengths by two sizes of reward, of which every place is seen."""
    kinds = {
        f"{length} {size}": Trial(
            places={f"{length} {size}": schedules.travelled(n, _STEP)}, rewards={round(n * _STEP, 9): reward}
        )
        for length, n in _LENGTHS.items()
        for size, reward in _SIZES.items()
    }
    order = [*rng.permutation(list(kinds) * 250).tolist(), "uncued"]
    kinds["uncued"] = Trial({}, {1.0: 1.0}, learning=False)
    return {"main": schedules.sequence(kinds, order, dt=_STEP, duration=4.4, gap=15.0)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    slopes, peaks = [], {}
    for length, n in _LENGTHS.items():
        for size in _SIZES:
            run = main.signal(f"{length} {size}", part="last")[1:n] / main.unit
            half = run[n // 2 :]
            peaks[length, size] = float(run.max())
            slopes.append(slope(np.arange(len(half)) * _STEP, half))
    big, small = (np.mean([peaks[length, size] for length in _LENGTHS]) for size in ("big", "small"))
    long, short = (np.mean([peaks[length, size] for size in _SIZES]) for length in ("long", "short"))
    return {
        "lowest slope": float(np.min(slopes)),
        "big over small": _ratio(float(big), float(small)),
        "long over short": _ratio(float(long), float(short)),
    }


def _ratio(above: float, below: float) -> float:
    """A ratio of peaks; 0 where there is no peak below, as that is no ramp."""
    return above / below if abs(below) > 1e-6 or np.isnan(above + below) else 0.0


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    # A slope of rounding errors is no ramp.
    return x["lowest slope"] > 1e-6 and x["big over small"] > 1.2 and 0.8 <= x["long over short"] <= 1.25


FINDING = Finding(
    id="D01",
    title="Ramp to a distant goal, scales with size and distance",
    paper="Howe 2013",
    published="Release ramps to goal; peak similar for long and short paths, larger for larger reward",
    criterion="slope>0 in last half; peak(big)>1.2*peak(small); peak ratio long/short in 0.8-1.25",
    passes="value decay TD, feedback-uncertainty TD, value code",
    fails="plain TD (flat 0)",
    expected_to_pass=("value decay", "feedback uncertainty", "value code"),
    expected_to_fail=("TD(0)",),
    status="verified: abstract (ai-bt PubMed 23913271)",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="lowest slope",
)
