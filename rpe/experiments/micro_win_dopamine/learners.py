"""Learners on the behavioural task: what wins bring when the agent itself decides to work."""

from typing import NamedTuple

import numpy as np

from rpe import dopamine, simulate, tasks
from rpe._checks import Floats
from rpe.agents import ExpectedSarsa
from rpe.experiments.micro_win_dopamine.family import PRACTICE, Row
from rpe.experiments.micro_win_dopamine.settings import Settings
from rpe.measures import bootstrap

# γ matches D(20) of the hyperbola of the main experiment, k = 0.08.
REWARD, DISCOUNT = 100.0, 0.9533


class Learners(NamedTuple):
    """Rows of the table, the rows of the metric table, and the signal of learners of five wins with λ = 0.9."""

    rows: list[Row]
    metrics: dopamine.Summary
    signal: dopamine.Signal


def solve(settings: Settings, rng: np.random.Generator) -> Learners:
    """Let learners work on one goal and on several, with and without eligibility traces."""
    out: list[Row] = []
    for trace, each in zip((0.0, settings.trace_decay), rng.spawn(2), strict=True):
        for n_goals, own in zip((1, settings.n_wins), each.spawn(2), strict=True):
            signal = _signal(settings, n_goals, trace, own)
            out += _rows(settings, signal, {"part": "learners", "trace_decay": trace, "n_wins": n_goals})
    return Learners(out, dopamine.summary(signal), signal)


def _signal(settings: Settings, n_goals: int, trace: float, rng: np.random.Generator) -> dopamine.Signal:
    agent = ExpectedSarsa(discount=DISCOUNT, learning_rate=0.1, trace_decay=trace, exploration=0.1)
    task = tasks.micro_wins(n_goals=n_goals, reward=REWARD) if n_goals > 1 else tasks.monolithic(reward=REWARD)
    history = simulate.run(
        agent, task, n_agents=settings.n_agents, n_trials=settings.n_task_trials, rng=rng, record="all"
    )
    # One scale for one goal and several: neurons that are adapted to a win of several.
    scale = REWARD / settings.n_wins
    return dopamine.from_history(history, seconds_per_step=settings.seconds_per_step, reward_scale=scale)


def _rows(settings: Settings, signal: dopamine.Signal, key: Row) -> list[Row]:
    late = slice(-max(1, settings.n_task_trials // 5), None)
    out: list[Row] = []
    for stage, trials in zip(PRACTICE, (slice(0, 1), slice(9, 10), late), strict=True):
        for event in signal.events:
            rises = _rises(signal, event)[:, trials]
            happened = rises[np.isfinite(rises).any(axis=1)]
            if len(happened) > 1:
                band = bootstrap(np.nanmean(happened, axis=1), rng=0)
                numbers = {"rise_nM": float(band.mean), "low": float(band.low), "high": float(band.high)}
                out.append({**key, "event": event, "practice": stage, **numbers})
        area, wins, length = (x[:, trials] for x in (signal.total_area, signal.wins, signal.duration))
        band = bootstrap(area.mean(axis=1), rng=0)
        numbers = {"area_nM_s": float(band.mean), "low": float(band.low), "high": float(band.high)}
        numbers |= {"wins_per_trial": float(wins.mean()), "mean_elevation_nM": float(area.sum() / length.sum())}
        out.append({**key, "event": "all", "practice": stage, **numbers})
    return out


def _rises(signal: dopamine.Signal, event: str) -> Floats:
    """Peak above tonic, nM, (n_agents, n_trials); NaN where the event did not happen."""
    peaks = signal.peaks
    chosen = peaks["event"] == event
    out = np.full(signal.wins.shape, np.nan)
    place = (
        np.searchsorted(signal.agents, peaks["agent"][chosen]),
        np.searchsorted(signal.trials, peaks["trial"][chosen]),
    )
    out[place] = (peaks["peak_nM"] - peaks["tonic_nM"])[chosen]
    return out
