"""With longer delays the cue answers less, along a hyperbola, and the reward more."""

from collections.abc import Callable, Mapping

import numpy as np

from rpe import schedules
from rpe._checks import Floats
from rpe.schedules import Schedule, Trial
from rpe.scorecard.phenomenon import Phenomenon, Reading
from rpe.scorecard.readings import rank_correlation

_DELAYS = (2.0, 4.0, 8.0, 16.0)
_CUE = 0.6


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return four cues with fixed delays, mixed, in cycles of equal length, and probes."""
    kinds = {f"{delay:g} s": Trial({f"cue {delay:g}": (_CUE, _CUE + 0.4)}, {_CUE + delay: 1.0}) for delay in _DELAYS}
    kinds["uncued"] = Trial({}, {2.0: 1.0}, learning=False)
    order = rng.permutation([name for name in kinds if name != "uncued" for _ in range(150)]).tolist()
    # Every window is as long as the longest delay needs, so that the cycle is constant.
    return {"main": schedules.sequence(kinds, [*order, "uncued"], dt=0.2, duration=18.0, gap=6.0)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    cue = np.array([main.at(_CUE, f"{delay:g} s", part="last") for delay in _DELAYS]) / main.unit
    reward = [main.at(_CUE + delay, f"{delay:g} s", part="last") / main.unit for delay in _DELAYS]
    times = np.array(_DELAYS)
    return {
        "misfit of a hyperbola": _misfit(cue, lambda k: 1 / (1 + k * times)),
        "misfit of an exponential": _misfit(cue, lambda k: np.exp(-k * times)),
        "rank correlation, reward": rank_correlation(_DELAYS, reward),
    }


def _misfit(cue: Floats, shape: Callable[[float], Floats]) -> float:
    """The least sum of squares of b + A f(k) over A, b and k."""
    if np.isnan(cue).any():
        return np.nan
    least = np.inf
    for k in np.geomspace(1e-3, 30.0, 400):
        columns = np.stack([np.ones_like(cue), shape(float(k))], axis=1)
        rest = cue - columns @ np.linalg.lstsq(columns, cue, rcond=None)[0]
        least = min(least, float(rest @ rest))
    return least


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["misfit of a hyperbola"] < x["misfit of an exponential"] and x["rank correlation, reward"] >= 0.8


PHENOMENON = Phenomenon(
    id="A09",
    title="Delay: cue falls hyperbolically, reward response grows",
    paper="Kobayashi & Schultz 2008",
    published="Cue ~ b + A/(1+kt); reward response larger at longer delay",
    criterion="hyperbola SSE < exponential SSE on cue; Spearman(D_rew,delay)>=0.8",
    passes="multi-timescale TD (cue), microstimuli (reward part: .10,.13,.20 at 20,40,80 steps)",
    fails="CSC (reward response 0), single gamma (hyperbola)",
    status="verified: abstract and Eq. 5-7 (studylib, mafiadoc); delays from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="rank correlation, reward",
)
