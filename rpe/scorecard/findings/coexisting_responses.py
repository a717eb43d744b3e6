"""Co-existing responses: during learning cue and reward both evoke responses, and no burst travels between them."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return first learning with a tone and a reward 1 s later, and a probe of an uncued reward."""
    kinds = {"A+": Trial({"A": (_CUE, _REWARD)}, {_REWARD: 1.0}), "uncued": Trial({}, {_REWARD: 1.0}, learning=False)}
    order = ["A+"] * 600 + ["uncued"]
    return {"main": schedules.sequence(kinds, order, duration=3.0, gap=rng.exponential(12.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    first, last = main.schedule.step_of(_CUE), main.schedule.step_of(_REWARD)
    delta = main.learned.delta[:, main.trials("A+")].mean(axis=0) / main.unit
    both = (delta[:, first] > 0.2) & (delta[:, last] > 0.2)
    between = delta[:, first + 1 : last]
    return {
        "bump": float(between.max()),
        "trials with both": float(both.sum()) if np.isfinite(between).all() else np.nan,
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["bump"] < 0.1 and x["trials with both"] >= 50


FINDING = Finding(
    id="C02",
    title="No travelling bump, co-existing responses",
    paper="Pan 2005",
    published="Cue response appears while the reward response persists; no intermediate activity",
    criterion="bump<0.1U and for >=50 trials both D(cue),D(rew)>0.2U",
    passes="TD(.9), microstimuli",
    fails="TD(0)",
    expected_to_pass=("TD(0.9)", "TD, microstimuli"),
    expected_to_fail=("TD(0)",),
    status="from memory; deliberately conflicts with C01",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="trials with both",
)
