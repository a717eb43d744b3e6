"""Long-run value: responses follow the discounted sum of the rewards of a series, and not the next one alone."""

from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe._checks import Floats
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _FIRST, _APART = 0.5, 1.5, 1.0
# Of the five states of a block, after how many unrewarded steps the three rewards begin, and how likely each is.
_STARTS: dict[str, tuple[tuple[int, float], ...]] = {
    "first search": ((0, 1 / 3), (1, 1 / 3), (2, 1 / 3)),
    "second search": ((0, 1 / 2), (1, 1 / 2)),
    "third search": ((0, 1.0),),
    "first repeat": ((0, 1.0),),
    "second repeat": ((0, 1.0),),
}
_LEFT = {"first repeat": 2, "second repeat": 1}
# γ per step of the task.
_GAMMAS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return the series of steps that follow each state of a block of search and repetition.

    Among three targets the rewarded one is searched by trial and error and then taken twice more. The cue says the
    state of the block; the steps from there on to its end follow, each with its reward or without.
    """
    kinds, order = {}, []
    for state, starts in _STARTS.items():
        for first, _ in starts:
            rewards = {_FIRST + (first + i) * _APART: 1.0 for i in range(_LEFT.get(state, 3))}
            kinds[f"{state} {first}"] = Trial({state: (_CUE, _FIRST)}, rewards, due=_FIRST)
        drawn = rng.choice([first for first, _ in starts], 300, p=[chance for _, chance in starts])
        order += [f"{state} {first}" for first in drawn]
    order = rng.permutation(order).tolist()
    names = {name: name.rpartition(" ")[0] for name in kinds}
    gap = rng.exponential(10.0, len(order))
    return {"main": schedules.sequence(kinds, order, duration=6.5, gap=gap).renamed(names)}


def expected_rewards() -> Floats:
    """Return the mean reward of each step from each state on, (n_states, 5)."""
    means = np.zeros((len(_STARTS), 5))
    for row, (state, starts) in enumerate(_STARTS.items()):
        for first, chance in starts:
            means[row, first : first + _LEFT.get(state, 3)] += chance
    return means


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the shares of the variance of the responses that one reward, and the best discounted sum, explain."""
    main = readings["main"]
    found = np.array([main.response(_CUE, state, part="last") for state in _STARTS])
    rewards = expected_rewards()
    several = [_explained(found, rewards @ gamma ** np.arange(5)) for gamma in _GAMMAS]
    return {"one step": _explained(found, rewards[:, 0]), "several steps": float(np.max(several))}


def _explained(y: Floats, x: Floats) -> float:
    if not np.isfinite(y).all():
        return np.nan
    return float(np.corrcoef(x, y)[0, 1] ** 2) if np.ptp(y) > 1e-9 else 0.0


def holds(x: dict[str, float]) -> bool:
    """Return whether the criterion holds."""
    return x["several steps"] > x["one step"] + 0.1


FINDING = Finding(
    id="E12",
    title="Long-run value of several rewards",
    paper="Enomoto 2011",
    published="Responses follow discounted sum over steps",
    criterion="R2(multi-step)>R2(one-step)+0.1",
    passes="TD with gamma .4-.9 per trial",
    fails="RW one-step",
    expected_to_pass=("TD(0)", "TD(0.9)"),
    status="from memory",
    schedules=protocol,
    read=read,
    holds=holds,
    effect="several steps",
)
