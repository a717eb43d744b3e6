"""Delay discounting: the cue response falls hyperbolically with delay, and the reward response grows."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import misfit, rank_correlation

_DELAYS = (2.0, 4.0, 8.0, 16.0)
_CUE = 0.5


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return four cues with different delays, mixed, in cycles of 22 ± 0.5 s, and a probe of an uncued reward.

    The steps are of 0.5 s: the delays are long, and the responses at issue are those in two steps.
    """
    kinds = {f"{delay:g}": Trial({f"cue {delay:g}": (_CUE, _CUE + delay)}, {_CUE + delay: 1.0}) for delay in _DELAYS}
    order = [*rng.permutation([name for name in kinds for _ in range(400)]).tolist(), "uncued"]
    kinds["uncued"] = Trial({}, {4.0: 1.0}, learning=False)
    gap = rng.uniform(4.0, 5.0, len(order))
    return {"main": schedules.sequence(kinds, order, dt=0.5, duration=17.5, gap=gap)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    unit = main.unit
    cue = [main.at(_CUE, f"{delay:g}", part="last") / unit for delay in _DELAYS]
    # What is below a millionth of a reward is rounding, and no order.
    reward = [round(main.at(_CUE + delay, f"{delay:g}", part="last") / unit, 6) for delay in _DELAYS]
    numbers = {
        "misfit of a hyperbola, cue": misfit(_DELAYS, cue, lambda z: 1 / (1 + z)),
        "misfit of an exponential, cue": misfit(_DELAYS, cue, lambda z: np.exp(-z)),
        "rank correlation, reward": rank_correlation(_DELAYS, reward),
    }
    return numbers | {f"cue of {delay:g} s": size for delay, size in zip(_DELAYS, cue, strict=True)}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    hyperbola, exponential = x["misfit of a hyperbola, cue"], x["misfit of an exponential, cue"]
    return hyperbola < exponential - 1e-12 and x["rank correlation, reward"] >= 0.8 - 1e-9


FINDING = Finding(
    id="A09",
    title="Delay: cue falls hyperbolically, reward response grows",
    paper="Kobayashi & Schultz 2008",
    published="Cue ~ b + A/(1+kt); reward response larger at longer delay",
    criterion="hyperbola SSE < exponential SSE on cue; Spearman(D_rew,delay)>=0.8",
    passes="multi-timescale TD (cue), microstimuli (reward part: .10,.13,.20 at 20,40,80 steps)",
    fails="CSC (reward response 0), single gamma (hyperbola)",
    expected_to_fail=("TD(0)", "TD(0.9)", "TD(0), ends at reward"),
    status="verified: abstract and Eq. 5-7 (studylib, mafiadoc); delays and cycle from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="rank correlation, reward",
)
