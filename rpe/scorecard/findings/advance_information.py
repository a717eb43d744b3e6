"""Advance information: a cue that promises to tell is worth more than one that does not, for the same reward."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_TARGET, _TOLD, _REWARD, _BIG, _SMALL = 0.5, 1.5, 3.5, 0.88, 0.04


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return information targets, with cues that tell the size, and random targets, with cues that do not."""

    def trial(target: str, told: str, size: float) -> Trial:
        return Trial({target: (_TARGET, _TOLD), told: (_TOLD, _TOLD + 1.0)}, {_REWARD: size})

    kinds = {
        "info big": trial("info", "big", _BIG),
        "info small": trial("info", "small", _SMALL),
        **{f"random {cue} {size:g}": trial("random", cue, size) for cue in ("one", "other") for size in (_BIG, _SMALL)},
        "uncued": Trial({}, {_REWARD: 1.0}, learning=False),
    }
    random = [name for name in kinds if name.startswith("random")]
    order = [*rng.permutation((["info big", "info small"] * 2 + random) * 100).tolist(), "uncued"]
    return {"main": schedules.sequence(kinds, order, duration=4.5, gap=rng.exponential(10.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    random = [name for name in main.schedule.kinds if name.startswith("random")]
    info = main.response(_TARGET, ["info big", "info small"], part="last")
    return {"info": info / main.unit, "random": main.response(_TARGET, random, part="last") / main.unit}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["info"] - x["random"] > 0.05


FINDING = Finding(
    id="E05",
    title="Advance information",
    paper="Bromberg-Martin & Hikosaka 2009",
    published="Monkeys prefer info; dopamine rises more to the info cue",
    criterion="D(info)-D(random)>0.05U with equal expected water",
    passes="information bonus / anticipatory utility",
    fails="TD",
    expected_to_fail=("TD(0)", "TD(0.9)"),
    status="verified: Neuron 63:119 summary; volumes from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="info",
)
