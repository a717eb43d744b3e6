"""Omission dip: an omitted reward leaves a negative error at the usual time of reward."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return 1000 trials of a cue and a reward 1 s later, and probes."""
    cue = {"A": (_CUE, _REWARD)}
    kinds = {
        "A+": Trial(cue, {_REWARD: 1.0}),
        "omitted": Trial(cue, due=_REWARD, learning=False),
        "uncued": Trial({}, {_REWARD: 1.0}, learning=False),
    }
    order = ["A+"] * 1000 + [name for name in kinds if name != "A+"]
    gap = rng.exponential(15.0, len(order))
    return {"main": schedules.sequence(kinds, order, duration=4.0, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    first, last = main.schedule.step_of(_CUE), main.schedule.step_of(_CUE + 3.0)
    window = main.signal("omitted")[first:last] / main.unit
    if np.isnan(window).any():
        return {"lowest": np.nan, "time from usual (s)": np.nan}
    lowest = int(window.argmin())
    return {"lowest": float(window[lowest]), "time from usual (s)": lowest * main.schedule.dt - (_REWARD - _CUE)}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["lowest"] < -0.05 and abs(x["time from usual (s)"]) <= 0.1 + 1e-9


FINDING = Finding(
    id="A02",
    title="Omission dip at the usual time",
    paper="Schultz 1997; Hollerman & Schultz 1998",
    published="Firing falls below baseline at the usual reward time (latency about 100 ms)",
    criterion="min D in [cue,+3 s] < -0.05U and its time is within 100 ms of usual time",
    passes="CSC TD(lambda), presence TD, belief/semi-Markov TD",
    fails="microstimuli 2008 (dip late and shallow), RW",
    expected_to_pass=("TD(0)", "TD(0.9)", "TD(0), ends at reward", "TD, presence", "belief state", "semi-Markov"),
    expected_to_fail=("TD, microstimuli", "Rescorla-Wagner", "salience"),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="lowest",
)
