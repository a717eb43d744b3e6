"""Cell types: dopamine cells answer to a cue at once, and others hold its value until the reward comes."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 2.5
_SIZES = {"big": 1.0, "small": 0.3, "none": 0.0}


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return odours of 1 s before a big reward, a small one, or none, 1 s after their end."""
    kinds = {
        name: Trial({name: (_CUE, _CUE + 1.0)}, {_REWARD: size} if size else {}, due=_REWARD)
        for name, size in _SIZES.items()
    }
    order = rng.permutation(list(kinds) * 300).tolist()
    return {"main": schedules.sequence(kinds, order, duration=4.0, gap=rng.exponential(10.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the share of the signal that falls into the first half second, and the slope of the value, per s."""
    main = readings["main"]
    steps = slice(main.schedule.step_of(_CUE), main.schedule.step_of(_REWARD))
    signal = np.abs(main.signal("big", part="last")[steps])
    value = main.value("big", part="last")[steps]
    first = main.schedule.step_of(_CUE + 0.5) - steps.start
    finite = np.isfinite(signal).all() and np.isfinite(value).all()
    times = main.schedule.times[steps]
    whole = signal.sum()
    return {
        "phasic": float(signal[:first].sum() / whole if whole > 1e-9 else 0.0) if finite else np.nan,
        "slope of value": float(np.polyfit(times, value, 1)[0]) if finite else np.nan,
    }


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["phasic"] > 0.7 and x["slope of value"] > 0


FINDING = Finding(
    id="F08",
    title="Cell types in VTA",
    paper="Cohen 2012",
    published="Dopamine cells phasic, GABA cells ramp with expected value until reward",
    criterion="D phasic index>0.7; V-like unit sustained slope>0",
    passes="TD circuit with GABA = -V input",
    fails="-",
    expected_to_pass=("TD(0)", "TD(0.9)"),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="phasic",
)
