"""Pause duration: the worse an outcome, the longer the pause in firing."""

from collections.abc import Mapping

import numpy as np

from rpe import dopamine, schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import rank_correlation

_REWARD = 1.5
_FINE = 0.01
# How an error fades after it, s: a pause can then last longer than the outcome.
_FADES = 0.2
_REPEATS = 100


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return a cue whose reward changes in size from trial to trial, and a probe of an uncued reward."""
    sizes = rng.choice([0.2, 0.6, 1.0, 1.4, 1.8], 400)
    main = schedules.delay_conditioning(400, duration=3.0, magnitude=sizes, gap=10.0)
    probe = schedules.sequence({"uncued": Trial({}, {_REWARD: 1.0}, learning=False)}, ["uncued"], duration=3.0)
    return {"main": schedules.concatenate([main, probe])}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the numbers of the criterion, in units of the error to an uncued reward."""
    main = readings["main"]
    error = main.learned.delta[:, 100:400, main.schedule.step_of(_REWARD)].mean(axis=0) / main.unit
    if np.isnan(error).any():
        return {"rank correlation of pause and loss": np.nan}
    losses = -error[error < 0]
    if losses.size < 3:
        return {"rank correlation of pause and loss": 0.0}
    losses = np.sort(losses)[:: max(1, losses.size // 60)]
    return {"rank correlation of pause and loss": rank_correlation(losses, [_pause(loss) for loss in losses])}


def _pause(loss: float) -> float:
    """Mean time to the first spike after an outcome, s, over repeated trains of spikes."""
    time = np.arange(0.0, 2.0, _FINE)
    rate = dopamine.firing_rate(-loss * np.exp(-time / _FADES), gain_negative=25.0)
    counts = dopamine.spikes(np.tile(rate, (_REPEATS, 1)), _FINE, rng=0)
    return float(np.where(counts.any(axis=1), (counts > 0).argmax(axis=1), len(time)).mean() * _FINE)


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["rank correlation of pause and loss"] > 0.8


FINDING = Finding(
    id="C06",
    title="Pause length carries the negative error",
    paper="Bayer, Lau & Glimcher 2007",
    published="Pause duration grows with -delta",
    criterion="Spearman(pause, -delta)>0.8 after spikes are generated",
    passes="rate code with long floor",
    fails="instant floor with fixed window",
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="rank correlation of pause and loss",
)
