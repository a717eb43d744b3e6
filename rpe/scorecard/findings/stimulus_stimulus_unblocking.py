"""Unblocking of stimulus-stimulus learning: dopamine stimulation makes a blocked cue predict what follows it."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _X, _OFF, _LATE = 0.5, 1.5, 2.5, 5.0
_FOOD = _OFF


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return the design with stimulation (ChR2) and without (eYFP)."""
    return {"ChR2": design(1.0, rng), "eYFP": design(0.0, rng)}


def design(pulse: float, rng: np.random.Generator) -> Schedule:
    """Compounds before X, blocking with stimulation, X with food, and tests.

    As in the authors' simulation, cues stay on as long as X, food comes while X is on, the three compounds come once
    in a cycle, in random order, and tests teach; stimulation comes with X, or as long in the time between trials.
    """

    def compound(*names: str) -> dict[str, tuple[float, float]]:
        return dict.fromkeys(names, (_CUE, _OFF)) | {"X": (_X, _OFF)}

    kinds = {
        "A-X": Trial(compound("A")),
        "EF-X": Trial(compound("E", "F")),
        "AD-X": Trial(compound("A", "D"), pulses={(_LATE, _LATE + 1.0): pulse}),
        "AC-X": Trial(compound("A", "C"), pulses={(_X, _OFF): pulse}),
        "X+": Trial({"X": (_X, _FOOD + 0.1)}, {_FOOD: 1.0}),
        **{f"{name}-": Trial({name: (_CUE, _X)}) for name in "FDC"},
    }
    cycles = [rng.permutation(["EF-X", "AD-X", "AC-X"]).tolist() for _ in range(8)]
    order = ["A-X"] * 24 + [name for cycle in cycles for name in cycle] + ["X+"] * 96 + ["F-", "D-", "C-"]
    return schedules.sequence(kinds, order, duration=6.5, gap=20.0)


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    value = {group: {name: _value(main, name) for name in "FDC"} for group, main in readings.items()}
    return {
        "C over D, stimulated": _ratio(value["ChR2"]["C"], value["ChR2"]["D"]),
        "C over D, control": _ratio(value["eYFP"]["C"], value["eYFP"]["D"]),
        "D stimulated over control": _ratio(value["ChR2"]["D"], value["eYFP"]["D"]),
    }


def _value(main: Reading, name: str) -> float:
    """Value of a stimulus at its test, where it is on."""
    first = main.schedule.step_of(_CUE)
    return float(main.value(f"{name}-")[first : first + 10].mean())


def _ratio(above: float, below: float) -> float:
    """A ratio of values; 1 if both are 0, and NaN if either is not known."""
    if abs(below) >= 1e-9 or np.isnan(above + below):
        return above / below
    return 1.0 if abs(above) < 1e-9 else np.inf


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    control = 0.8 <= x["C over D, control"] <= 1.2
    return x["C over D, stimulated"] > 1.4 and control and abs(x["D stimulated over control"] - 1) < 0.15


FINDING = Finding(
    id="B06",
    title="Stimulation unblocks stimulus-stimulus learning",
    paper="Sharpe 2017; model Gardner 2018",
    published="Food-cup entries ChR2 F 2.05 D 1.66 C 2.66; eYFP 2.15, 1.47, 1.52",
    criterion="V(C)/V(D) ChR2 > 1.4 and eYFP in 0.8-1.2; V(D) unchanged (<15%)",
    passes="SR-TD with sensory errors",
    fails="scalar TD gives C direct value",
    expected_to_pass=("successor, published",),
    expected_to_fail=("TD(0)", "TD(0.9)", "TD(0), ends at reward", "TD, presence", "TD, microstimuli"),
    status="verified: data and design in mphgardner/TDSR sim_TDSR.m",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="C over D, stimulated",
)
