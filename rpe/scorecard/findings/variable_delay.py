"""Variable delay: the response to reward falls with the time elapsed since the cue."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import rank_correlation

_TIMES = tuple(round(1.0 + 0.2 * i, 1) for i in range(11))
_CUE = 0.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return rewards at varying delays, and a probe of an uncued reward."""
    cue = {"A": (_CUE, _CUE + 0.5)}
    kinds = {f"{time:g}": Trial(cue, {_CUE + time: 1.0}) for time in _TIMES}
    kinds["uncued"] = Trial({}, {2.0: 1.0}, learning=False)
    order = [*rng.choice([f"{time:g}" for time in _TIMES], 2000).tolist(), "uncued"]
    gap = rng.exponential(10.0, len(order))
    return {"main": schedules.sequence(kinds, order, dt=0.1, duration=4.6, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    unit = main.unit
    error = [main.at(_CUE + time, f"{time:g}", part="last") / unit for time in _TIMES]
    return {"rank correlation": rank_correlation(_TIMES, error), "earliest": error[0], "latest": error[-1]}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["rank correlation"] <= -0.8


FINDING = Finding(
    id="A10",
    title="Variable delay: reward response falls with elapsed time",
    paper="Fiorillo, Newsome & Schultz 2008; Starkweather task 1",
    published="Later rewards (higher hazard) evoke smaller bursts",
    criterion="Spearman(D_rew, time) <= -0.8",
    passes="CSC, belief TD",
    fails="presence TD",
    expected_to_pass=("TD(0)", "TD(0.9)", "TD(0), ends at reward", "belief state"),
    expected_to_fail=("TD, presence",),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="rank correlation",
)
