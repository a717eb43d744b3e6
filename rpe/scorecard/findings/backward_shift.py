"""Backward shift: in first learning a burst travels gradually from the reward to the cue."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import rank_correlation

_CUE, _REWARD = 0.5, 3.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return first learning with 1 s of odour and 2 s of delay, and a probe of an uncued reward."""
    kinds = {
        "A+": Trial({"A": (_CUE, _CUE + 1.0)}, {_REWARD: 1.0}),
        "uncued": Trial({}, {_REWARD: 1.0}, learning=False),
    }
    order = ["A+"] * 400 + ["uncued"]
    return {"main": schedules.sequence(kinds, order, duration=5.0, gap=rng.exponential(12.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    first, last = main.schedule.step_of(_CUE) + 1, main.schedule.step_of(_REWARD)
    delay = main.learned.delta[:, main.trials("A+"), first:last].mean(axis=0) / main.unit
    if np.isnan(delay).any():
        return {"rank correlation of peak and trial": np.nan, "bump": np.nan}
    # Trials in which nothing is to be seen in the delay have no peak.
    seen = np.flatnonzero(delay.max(axis=1) > 0.01)
    peak = delay.argmax(axis=1)[seen]
    return {
        "rank correlation of peak and trial": rank_correlation(seen, peak) if len(seen) > 2 else 0.0,
        "bump": float(delay.max()),
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["rank correlation of peak and trial"] < -0.7 and x["bump"] > 0.1


FINDING = Finding(
    id="C01",
    title="Gradual backward shift",
    paper="Amo 2022",
    published="Peak moves from reward to cue over trials",
    criterion="argmax D in the delay vs trial: Spearman<-0.7 and bump>0.1U",
    passes="TD(0) CSC",
    fails="TD(.9), presence, microstimuli 2008",
    expected_to_pass=("TD(0)",),
    expected_to_fail=("TD(0.9)", "TD, presence", "TD, microstimuli"),
    status="verified: abstract s41593-022-01109-2; timings from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="bump",
)
