"""Optimistic and pessimistic cells: to a cue of 50 % some answer as to one of 90 %, and others as to one of 10 %."""

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding
from rpe.scorecard.findings._cells import cells
from rpe.theories import Theory

_CUE, _REWARD, _CHANCES = 0.5, 1.5, (0.1, 0.5, 0.9)


def protocol(rng: np.random.Generator) -> Schedule:
    """Return cues of 10, 50 and 90 %, and twenty probes of each at the end, between which learning goes on."""
    kinds = {}
    for chance in _CHANCES:
        cue = {f"{chance:g}": (_CUE, _REWARD)}
        kinds[f"{chance:g}+"], kinds[f"{chance:g}-"] = Trial(cue, {_REWARD: 1.0}), Trial(cue, due=_REWARD)
    chances = rng.choice(_CHANCES, 3000)
    order = [f"{c:g}{'+' if won else '-'}" for c, won in zip(chances, rng.random(3000) < chances, strict=True)]
    return schedules.sequence(kinds, order, dt=0.25, duration=2.0, gap=10.0)


def ask(theory: Theory, rng: np.random.Generator) -> dict[str, float]:
    """Return the spread over cells of the response to 50 %, between those to 10 and 90 %, and that of the noise."""
    schedule = protocol(rng)
    errors = cells(theory, schedule, rng)
    if errors is None:
        return {"spread": np.nan, "noise": np.nan}
    step, last = schedule.step_of(_CUE), np.arange(schedule.n_trials) >= 0.8 * schedule.n_trials
    low, middle, high = (
        errors[:, schedule.of_kind(f"{chance:g}+", f"{chance:g}-") & last, step] for chance in _CHANCES
    )
    span = high.mean(axis=1) - low.mean(axis=1)
    answering = np.abs(span) > 1e-3
    if answering.sum() < 2:
        return {"spread": 0.0, "noise": 0.0}
    each = (middle[answering].mean(axis=1) - low[answering].mean(axis=1)) / span[answering]
    # The null: cells that are one and the same, apart in the trials that their means are taken from.
    noise = middle[answering].std(axis=1) / np.abs(span[answering]) / np.sqrt(middle.shape[1])
    return {"spread": float(each.std()), "noise": float(noise.mean())}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["spread"] > max(3 * x["noise"], 1e-9)


FINDING = Finding(
    id="F02",
    title="Optimistic and pessimistic at 50%",
    paper="Dabney 2020",
    published="50% cue response of single cells lies near the 10% or near the 90% response",
    criterion="SD over cells of normalised 50% response > 3x noise null",
    passes="expectile TD (V=tau)",
    fails="classical TD",
    expected_to_pass=("distributional",),
    status="from memory",
    holds=holds,
    effect="spread",
    ask=ask,
)
