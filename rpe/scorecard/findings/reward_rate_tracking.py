"""Reward-rate tracking: dopamine over minutes follows the rate of reward, and latencies shorten with it."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.statistics import correlation

_CHANCES, _PER_BLOCK, _BLOCKS = (0.1, 0.3, 0.5, 0.7, 0.9), 40, 20


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return choices with a reward half a second later, whose chance changes by blocks, one every four seconds."""
    cue = {"A": (0.5, 1.0)}
    kinds = {"A+": Trial(cue, {1.0: 1.0}), "A-": Trial(cue, due=1.0)}
    chance = np.concatenate([rng.permutation(_CHANCES) for _ in range(_BLOCKS // len(_CHANCES))])
    paid = rng.random(_BLOCKS * _PER_BLOCK) < np.repeat(chance, _PER_BLOCK)
    order = np.where(paid, "A+", "A-").tolist()
    return {"main": schedules.sequence(kinds, order, dt=0.25, duration=2.0, gap=2.0)}


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return correlations over minutes of dopamine and of latency, √(1/ρ), with the rate of reward.

    Dopamine is the mean signal of the minute, and the tonic term of a theory that has one. A theory
    without it has no latency that could follow anything: its correlation counts as 0.
    """
    main = readings["main"]
    per_minute = 15
    n = main.schedule.n_trials // per_minute

    def by_minute(signal: np.ndarray) -> np.ndarray:
        return np.asarray(signal[: n * per_minute].reshape(n, -1).mean(axis=1))

    rate = by_minute(main.schedule.reward)
    tonic = main.tonic
    level = by_minute(main.learned.delta.mean(axis=0))
    if tonic is not None:
        level = level + by_minute(tonic.mean(axis=0))
    latency = 0.0 if tonic is None else correlation(1 / np.sqrt(np.maximum(by_minute(tonic.mean(axis=0)), 1e-9)), rate)
    return {"dopamine": correlation(level, rate), "latency": latency}


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["dopamine"] > 0.3 and x["latency"] < -0.3


FINDING = Finding(
    id="E01",
    title="Minute-scale dopamine follows reward rate",
    paper="Hamid 2016",
    published="Release correlates with reward rate and with short latency",
    criterion="corr(C,rate)>0.3 and corr(latency,rate)<-0.3",
    passes="average-reward TD + tonic term",
    fails="plain TD firing",
    expected_to_pass=("average reward",),
    expected_to_fail=("TD(0)", "TD(0.9)", "TD(0), ends at reward", "TD, presence", "TD, microstimuli"),
    status="verified: PMC4696912 abstract",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="dopamine",
)
