"""Hidden-state inference, certain reward: with variable delays the error falls with elapsed time."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import rank_correlation

_TIMES = tuple(round(1.2 + 0.2 * i, 1) for i in range(9))
_CUE = 0.6


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return rewards at varying delays, and a probe of an uncued reward."""
    cue = {"A": (_CUE, _CUE + 0.4)}
    kinds = {f"{time:g}": Trial(cue, {_CUE + time: 1.0}) for time in _TIMES}
    kinds["uncued"] = Trial({}, {2.0: 1.0}, learning=False)
    names, weights = np.array([f"{time:g}" for time in _TIMES]), np.exp(-0.5 * ((np.array(_TIMES) - 2.0) / 0.5) ** 2)
    order = [*rng.choice(names, 3000, p=weights / weights.sum()).tolist(), "uncued"]
    gap = 0.2 * rng.geometric(1 / 65, len(order))
    return {"main": schedules.sequence(kinds, order, dt=0.2, duration=4.6, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    unit = main.unit
    error = [main.at(_CUE + time, f"{time:g}", part="last") / unit for time in _TIMES]
    return {"rank correlation": rank_correlation(_TIMES, error), "earliest": error[0], "latest": error[-1]}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["latest"] < 0.5 * x["earliest"] and x["rank correlation"] <= -0.9


FINDING = Finding(
    id="A11",
    title="Belief task 1 (100%): falling",
    paper="Starkweather 2017",
    published="Reward response falls with ISI",
    criterion="D(2.8)<0.5*D(1.2), Spearman<=-0.9",
    passes="belief TD, CSC",
    fails="presence, RW",
    expected_to_pass=("belief state", "TD(0)", "TD(0.9)", "TD(0), ends at reward"),
    expected_to_fail=("TD, presence", "Rescorla-Wagner"),
    status="verified: PMC5374025 abstract; github cstarkweather/Belief-State-TD-Model",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="latest",
)
