"""Early reward: a burst at the early reward, and no dip at the usual time."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5
# Who expects the reward dips below this, in units, if it is left out: the criterion of A02.
_DIP = -0.05


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return 1000 trials of a cue and a reward 1 s later, and probes."""
    cue = {"A": (_CUE, _REWARD)}
    kinds = {
        "A+": Trial(cue, {_REWARD: 1.0}),
        "early": Trial(cue, {_REWARD - 0.5: 1.0}, due=_REWARD, learning=False),
        "left out": Trial(cue, due=_REWARD, learning=False),
        "uncued": Trial({}, {_REWARD: 1.0}, learning=False),
    }
    order = ["A+"] * 1000 + [name for name in kinds if name != "A+"]
    gap = rng.exponential(15.0, len(order))
    return {"main": schedules.sequence(kinds, order, duration=4.0, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    usual = main.schedule.step_of(_REWARD)
    near = main.signal("early")[usual - 1 : usual + 2] / main.unit
    left_out = main.signal("left out")[main.schedule.step_of(_CUE) :] / main.unit
    return {
        "early": main.at(_REWARD - 0.5, "early") / main.unit,
        "lowest near usual time": float(near.min()),
        "lowest when left out": float(left_out.min()),
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds; who expects nothing has no dip to be spared."""
    return x["lowest when left out"] < _DIP and x["early"] > 0.1 and x["lowest near usual time"] > -0.1 * x["early"]


FINDING = Finding(
    id="A03",
    title="Early reward: burst, then NO dip at the usual time",
    paper="Hollerman & Schultz 1998",
    published="Burst at the early reward; no depression at the usual time",
    criterion="D(early)>0.1U and min D in usual time +-100 ms > -0.1*D(early)",
    passes="semi-Markov/belief TD (Daw 2006), microstimuli, CSC with reward reset",
    fails="plain CSC, presence TD",
    expected_to_pass=("semi-Markov", "belief state", "TD, microstimuli", "TD(0), ends at reward"),
    expected_to_fail=("TD(0)", "TD(0.9)", "TD, presence"),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="lowest near usual time",
)
