"""Reward-history regression: firing weighs a reward against past ones and codes positive errors only."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe._checks import Floats
from rpe.schedules import Schedule
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return a cue whose reward changes in size from trial to trial."""
    sizes = rng.choice([0.2, 0.6, 1.0, 1.4, 1.8], 600)
    return {"main": schedules.delay_conditioning(600, duration=3.0, magnitude=sizes, gap=10.0)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    step = main.schedule.step_of(_REWARD)
    rate, size = main.learned.delta[:, :, step].mean(axis=0), main.schedule.reward[:, step]
    if np.isnan(rate).any():
        return {"w0": np.nan}
    lagged = np.stack([size[10 - lag : len(size) - lag] for lag in range(11)] + [np.ones(len(size) - 10)], axis=1)
    weights = np.linalg.lstsq(lagged[100:], rate[110:], rcond=None)[0]
    surprise = size[110:] + lagged[100:, 1:11] @ weights[1:11] / weights[0] if weights[0] else size[110:]
    slopes = [_slope(surprise - np.median(surprise), rate[110:], sign) for sign in (-1, 1)]
    named = {f"w{lag}": float(weights[lag]) for lag in range(6)}
    return {**named, "slope below": slopes[0], "slope above": slopes[1]}


def _slope(surprise: Floats, rate: Floats, sign: int) -> float:
    """Slope of the rate on surprises of one sign."""
    chosen = sign * surprise > 0
    return float(np.polyfit(surprise[chosen], rate[chosen], 1)[0]) if chosen.sum() > 2 else 0.0


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    past = all(x[f"w{lag}"] < 0 for lag in range(1, 6)) and abs(x["w1"]) > abs(x["w5"])
    return x["w0"] > 0 and past and x["slope below"] < x["slope above"] / 3


FINDING = Finding(
    id="C05",
    title="Reward-history regression",
    paper="Bayer & Glimcher 2005",
    published=(
        "Positive weight on current, negative exponential weights on past; only better-than- "
        "expected outcomes are coded in rate"
    ),
    criterion="w0>0; w1..w5<0, |w1|>|w5|; slope(delta<0)<slope(delta>0)/3",
    passes="TD/RW + rectified rate",
    fails="symmetric rate code",
    expected_to_pass=("TD(0), rectified",),
    expected_to_fail=("Rescorla-Wagner", "TD(0)", "TD(0.9)"),
    status="verified: abstract PMC1564381",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="w0",
)
