"""Confidence: responses to a stimulus grow with its strength on right decisions and fall on wrong ones."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe._checks import Floats
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

# Strengths of the motion, and the noise of the observer who decides (assumption).
_STRENGTHS, _EACH, _NOISE = (0.1, 0.3, 0.5, 0.7, 0.9), 1000, 0.5
_DOTS, _CHOICE, _OUTCOME = 0.4, 1.4, 2.0
_SIDES = ("left", "right")


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return random dots of five strengths that move left or right, the side that an observer takes, and its outcome.

    The observer sees the motion with normal noise; a right choice is rewarded.
    """
    kinds, order = {}, []
    for strength in rng.permutation(np.repeat(_STRENGTHS, _EACH)).tolist():
        side = int(rng.integers(2))
        right = bool(strength + _NOISE * rng.standard_normal() > 0)
        order.append(name := f"{strength:g} {_SIDES[side]} {'right' if right else 'wrong'}")
        shown = {
            f"dots {each}": (_DOTS, _CHOICE + 0.2, strength if i == side else 0.0) for i, each in enumerate(_SIDES)
        }
        targets = {f"go {each}": (_CHOICE, _CHOICE + 0.2, 1.0) for each in _SIDES}
        taken = f"go {_SIDES[side if right else 1 - side]}"
        paid = {_OUTCOME: 1.0} if right else {}
        kinds[name] = Trial(shown | targets, paid, due=_OUTCOME, choice=(_CHOICE, taken, tuple(targets)))
    return {"main": schedules.sequence(kinds, order, dt=0.2, duration=2.4, gap=rng.exponential(10.0, len(order)))}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return t of the slopes over strength: at the stimulus, when right and wrong, and at the outcome."""
    main = readings["main"]
    kinds = [name.split() for name in main.schedule.kinds]
    size = np.array([float(kind[0]) for kind in kinds])[main.schedule.kind]
    right = np.array([kind[2] == "right" for kind in kinds])[main.schedule.kind]
    stimulus, outcome = (
        main.learned.delta[:, :, main.schedule.step_of(time)].mean(axis=0) for time in (_DOTS, _OUTCOME)
    )
    value = main.learned.value[:, :, main.schedule.step_of(_DOTS)].mean(axis=0)
    stimulus = np.where(np.isnan(stimulus), value, stimulus)
    # What is left of learning is left out: the second half.
    late = np.arange(len(size)) >= len(size) // 2
    return {
        "stimulus, right": _t(size[late & right], stimulus[late & right]),
        "stimulus, wrong": _t(size[late & ~right], stimulus[late & ~right]),
        "outcome, right": _t(size[late & right], outcome[late & right]),
    }


def _t(x: Floats, y: Floats) -> float:
    """The slope over its standard error; 0 of a constant."""
    a, b = x - x.mean(), y - y.mean()
    slope = float(a @ b / (a @ a))
    error = float(np.sqrt(((b - slope * a) ** 2).sum() / (len(x) - 2) / (a @ a)))
    return slope / error if error > 1e-12 else float(np.sign(np.round(slope, 9))) * 1e9


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["stimulus, right"] > 3 and x["stimulus, wrong"] < -3 and x["outcome, right"] < -3


FINDING = Finding(
    id="E11",
    title="Confidence at the cue and at the outcome",
    paper="Lak 2017; Sarno 2017",
    published="Cue-time response grows with coherence on correct, falls on error trials; reward response is opposite",
    criterion="slopes have signs +,-,-  respectively (|t|>3)",
    passes="belief-state RPE",
    fails="TD on presented stimulus",
    expected_to_pass=("confidence",),
    expected_to_fail=("stimulus shown",),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="stimulus, wrong",
)
