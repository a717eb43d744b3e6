"""Sensory prediction error: a reward of equal value but another identity brings an error, which is learned away."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _REWARD = 0.5, 1.5
_BLOCKS = 5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return two cues with two flavours, which change places four times."""
    kinds = {
        f"{cue}, flavour {flavour}": Trial(
            {cue: (_CUE, _REWARD), f"flavour {flavour}": (_REWARD, _REWARD + 0.5)}, {_REWARD: 1.0}
        )
        for cue in "AB"
        for flavour in (1, 2)
    }
    kinds["uncued"] = Trial({}, {_REWARD: 1.0}, learning=False)
    order: list[str] = []
    phases: list[str] = []
    for block in range(_BLOCKS):
        first, second = (1, 2) if block % 2 == 0 else (2, 1)
        order += rng.permutation([f"A, flavour {first}", f"B, flavour {second}"] * 30).tolist()
        phases += [f"block {block}"] * 60
    schedule = schedules.sequence(kinds, [*order, "uncued"], duration=3.0, gap=15.0, phases=[*phases, "test"])
    return {"main": schedule}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    step = main.schedule.step_of(_REWARD)
    error = main.learned.delta[:, :, step].mean(axis=0) / main.unit
    after = [np.flatnonzero(main.schedule.in_phase(f"block {block}")) for block in range(1, _BLOCKS)]
    first = float(np.mean([error[trials[:5]].mean() for trials in after]))
    last = float(np.mean([error[trials[-5:]].mean() for trials in after]))
    return {"first five": first, "last five": last, "fall": first - last}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["fall"] > 0.1 and x["first five"] > 0


FINDING = Finding(
    id="B09",
    title="Identity error at equal value",
    paper="Takahashi 2017",
    published="VTA spikes 6.82 (first 5) -> 2.34 (last 5) above baseline",
    criterion="D(first 5)-D(last 5)>0.1*U and sign positive",
    passes="SR-TD, vector RPE",
    fails="scalar TD (no change)",
    expected_to_fail=("TD(0)", "TD(0.9)", "TD(0), ends at reward", "TD, presence", "TD, microstimuli"),
    status="verified: T_Data in mphgardner/TDSR",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="fall",
)
