"""Choosing A or avoiding B: with dopamine medication one chooses what was rewarded, without it avoids what was not."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.findings._choices import log_odds, preferred

_CHANCES = {"A": 0.8, "B": 0.2, "C": 0.7, "D": 0.3, "E": 0.6, "F": 0.4}
_CUE, _OUTCOME, _EACH = 0.5, 1.5, 60
# Dopamine at the test, on and off medication (assumption).
_ON, _OFF = 0.5, -0.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return the training: each option is taken 60 times and rewarded by its chance; tests of each at the end."""
    kinds, order = {}, []
    for name, chance in _CHANCES.items():
        cue = {name: (_CUE, _OUTCOME)}
        kinds[f"{name}+"], kinds[f"{name}-"] = Trial(cue, {_OUTCOME: 1.0}), Trial(cue, due=_OUTCOME)
        order += [f"{name}{'+' if paid else '-'}" for paid in rng.random(_EACH) < chance]
    order = [*rng.permutation(order).tolist(), *(f"{name}?" for name in _CHANCES)]
    kinds |= {f"{name}?": Trial({name: (_CUE, _OUTCOME)}, due=_OUTCOME, learning=False) for name in _CHANCES}
    return {"main": schedules.sequence(kinds, order, duration=2.5, gap=rng.exponential(5.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return how often A is chosen and B avoided in new pairs, on and off, and the interaction of both."""
    main, found = readings["main"], {}
    for state, dopamine in (("on", _ON), ("off", _OFF)):
        drive = log_odds(main, _CUE, {name: f"{name}?" for name in _CHANCES}, dopamine)
        found[f"choose A, {state}"] = float(np.mean([preferred(drive["A"], drive[name]) for name in "CDEF"]))
        found[f"avoid B, {state}"] = float(np.mean([preferred(drive[name], drive["B"]) for name in "CDEF"]))
    signs = dict(zip(found, (1, -1, -1, 1), strict=True))
    return {**found, "interaction": sum(signs[name] * found[name] for name in signs)}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds: medication favours choosing A over avoiding B by more than .05."""
    return x["interaction"] > 0.05


FINDING = Finding(
    id="E08",
    title="On/off medication: choose-A vs avoid-B",
    paper="Frank, Seeberger & O'Reilly 2004",
    published="Off: avoid-B better; on: choose-A better",
    criterion="interaction sign and size > 0.05",
    passes="OpAL, OpAL*",
    fails="single-alpha Q",
    expected_to_pass=("OpAL", "OpAL*"),
    expected_to_fail=("Q-learning", "Rescorla-Wagner"),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="interaction",
)
