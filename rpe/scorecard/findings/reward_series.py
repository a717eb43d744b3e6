"""Long-run value: responses follow the discounted sum of the rewards of a series, and not the next one alone."""

import itertools
from collections.abc import Mapping

import numpy as np

from rpe import schedules
from rpe._checks import Floats
from rpe.schedules import Schedule, Trial
from rpe.scorecard.finding import Finding, Reading

_CUE, _FIRST, _APART = 0.5, 1.5, 1.0
_SERIES = tuple(itertools.product((0.0, 1.0), repeat=3))
# γ per reward of the series.
_GAMMAS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def protocol(rng: np.random.Generator) -> dict[str, Schedule]:
    """Return cues, each of which announces a series of three rewards that come or do not."""
    kinds = {}
    for series in _SERIES:
        rewards = {_FIRST + i * _APART: size for i, size in enumerate(series) if size}
        kinds[_name(series)] = Trial({_name(series): (_CUE, _FIRST)}, rewards, due=_FIRST)
    order = rng.permutation(list(kinds) * 300).tolist()
    return {"main": schedules.sequence(kinds, order, dt=0.25, duration=4.5, gap=rng.exponential(10.0, len(order)))}


def _name(series: tuple[float, ...]) -> str:
    return "".join(f"{size:g}" for size in series)


def read(readings: Mapping[str, Reading]) -> dict[str, float]:
    """Return the shares of the variance of the responses that one reward, and the best discounted sum, explain."""
    main = readings["main"]
    found = np.array([main.response(_CUE, _name(series), part="last") for series in _SERIES])
    rewards = np.array(_SERIES)
    several = [_explained(found, rewards @ gamma ** np.arange(3)) for gamma in _GAMMAS]
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
