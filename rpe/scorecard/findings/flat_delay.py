"""Fixed delay without feedback: no ramp of the error between a cue and its reward."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 3.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return 1000 trials of a brief cue and a reward 3 s later, with nothing that tells of progress."""
    kinds = {
        "A+": Trial({"A": (_CUE, _CUE + 0.5)}, {_REWARD: 1.0}),
        "uncued": Trial({}, {_REWARD: 1.0}, learning=False),
    }
    gap = rng.exponential(15.0, 1001)
    return {"main": schedules.sequence(kinds, ["A+"] * 1000 + ["uncued"], duration=4.5, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    steps = slice(main.schedule.step_of(_CUE + 1.0), main.schedule.step_of(_REWARD))
    delta = main.signal("A+", part="last")[steps] / main.unit
    if not np.isfinite(delta).all():
        return {"slope": np.nan}
    return {"slope": float(np.polyfit(main.schedule.times[steps], delta, 1)[0])}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return abs(x["slope"]) < 0.02


FINDING = Finding(
    id="D04",
    title="Pavlovian: no ramp without feedback",
    paper="Mikhael 2022; Schultz 1997",
    published="Flat",
    criterion="|slope|<0.02U/s",
    passes="feedback-uncertainty TD",
    fails="value-decay TD ramps here too",
    expected_to_pass=("feedback uncertainty", "TD(0)"),
    expected_to_fail=("value decay", "value code"),
    status="verified: same",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="slope",
)
