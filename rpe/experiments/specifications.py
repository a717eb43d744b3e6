"""Families of settings: the agents that experiments are put to, and shares of settings in words.

A family holds every combination of the levels of its factors. Shares of it carry Wilson's intervals, as if
its settings had been drawn at random: they say how far a share rests on few settings, and nothing of
settings outside the family.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe import measures
from rpe._checks import choice, scalar
from rpe.agents import Planner
from rpe.choice import inverse_temperature
from rpe.discounting import Discounting
from rpe.experiments.micro_wins.arms import KNOWLEDGE, SHAPES, discount_function, planner
from rpe.experiments.micro_wins.settings import MATCHINGS
from rpe.experiments.shares import share, turning_factors
from rpe.experiments.study import Factor, Study

__all__ = [
    "NULL",
    "Group",
    "Levels",
    "check_levels",
    "counted",
    "groups",
    "note",
    "percent",
    "spread",
    "taken",
    "told",
    "with_effort",
]

NULL = measures.Thresholds().index
"""Changes of an index, a probability or a share up to this size count as none."""


class Group(NamedTuple):
    """Agents of one shape of discounting and one degree of self-knowledge.

    Attributes
    ----------
    planner : Planner
        All of them at once.
    factors : dict of str to array (n_agents,)
        What tells them apart: shape, matching, kT, inverse_temperature, self_knowledge.
    """

    planner: Planner
    factors: dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Levels:
    """The levels that a family of agents has.

    Parameters
    ----------
    horizons : tuple of float
        kT of the hyperbolic discounter, whom the others match.
    matchings : tuple of str
        Where they do, as in the main experiment.
    temperatures : tuple of float
        β, per reward unit; infinity is greedy.
    n_units, deadline : int
        N and T of the task.
    present_bias : float
        Of quasi-hyperbolic discounting.
    """

    horizons: tuple[float, ...]
    matchings: tuple[str, ...]
    temperatures: tuple[float, ...]
    n_units: int = 20
    deadline: int = 60
    present_bias: float = 0.7


def groups(
    levels: Levels, shapes: Sequence[str] = SHAPES, self_knowledge: Sequence[str] = KNOWLEDGE, *, copies: int = 1
) -> list[Group]:
    """Return every agent of a family once: a factor that means nothing for a shape has one level there.

    Who is time-consistent is naive or sophisticated about noise alone, never partially naive. With more
    `copies` each agent stands there so many times, one beside the other.

    Examples
    --------
    >>> levels = Levels(horizons=(1.2, 4.8), matchings=("D(N)",), temperatures=(1.0, float("inf")))
    >>> [group.planner.n_agents for group in groups(levels, ("hyperbolic", "none"), ("naive",))]
    [4, 2]
    """
    found = []
    for shape, knowledge in product(shapes, self_knowledge):
        if shape in ("exponential", "none") and knowledge == "partially naive":
            continue
        matched = levels.matchings if shape in ("exponential", "quasi-hyperbolic") else ("",)
        rates = (0.0,) if shape == "none" else levels.horizons
        matching, rate, temperature = zip(*product(matched, rates, levels.temperatures), strict=True)
        factors: dict[str, npt.NDArray[Any]] = {
            "shape": np.full(len(rate), shape),
            "matching": np.array(matching),
            "kT": np.array(rate),
            "inverse_temperature": np.array(temperature),
            "self_knowledge": np.full(len(rate), knowledge),
        }
        factors = {name: np.repeat(column, copies) for name, column in factors.items()}
        worth = _worth(levels, shape, factors)
        found.append(Group(planner(worth, factors["inverse_temperature"], knowledge), factors))
    return found


def _worth(levels: Levels, shape: str, factors: Mapping[str, npt.NDArray[Any]]) -> Discounting:
    rates = factors["kT"] / levels.deadline
    return discount_function(shape, rates, factors["matching"], levels.n_units, levels.deadline, levels.present_bias)


def with_effort(group: Group, discounting: Discounting | None, name: str) -> Group:
    """Return the group with effort discounted in its own way, which is one more factor."""
    factors = {**group.factors, "effort": np.full(group.planner.n_agents, name)}
    return Group(replace(group.planner, effort_discounting=discounting), factors)


def check_levels(horizons: Sequence[float], matchings: Sequence[str], temperatures: Sequence[float]) -> None:
    """Raise TypeError or ValueError unless the levels of a family of agents are in range, and there is one of each."""
    for name, levels in (("horizons", horizons), ("matchings", matchings), ("temperatures", temperatures)):
        if not len(levels):
            raise ValueError(f"{name} must have at least one level; got none")
    for level in horizons:
        scalar("horizons", level, 0, open_low=True)
    for matching in matchings:
        choice("matchings", matching, MATCHINGS)
    inverse_temperature(np.array(temperatures))


def taken(columns: Mapping[str, npt.ArrayLike], **where: Any) -> dict[str, npt.NDArray[Any]]:
    """Return the columns in the rows that have these factors; a tuple lists several levels.

    Examples
    --------
    >>> taken({"k": [1, 2, 3], "x": [0.1, 0.2, 0.3]}, k=(1, 3))["x"]
    array([0.1, 0.3])
    """
    arrays = {name: np.asarray(column) for name, column in columns.items()}
    chosen = np.ones(len(next(iter(arrays.values()))), dtype=np.bool_)
    for name, level in where.items():
        chosen &= np.isin(arrays[name], level)
    return {name: column[chosen] for name, column in arrays.items()}


def counted(classes: npt.ArrayLike) -> dict[str, npt.NDArray[Any]]:
    """Return the classes of `rpe.measures.classify` as quantities, one a class: 1 where it is that, else 0.

    Examples
    --------
    >>> counted(["helps", "hurts"])["hurts"]
    array([0., 1.])
    """
    return {name: (np.asarray(classes) == name).astype(np.float64) for name in measures.CLASSES}


def note(
    study: Study[Any],
    finding: str,
    effect: npt.ArrayLike,
    factors: Mapping[str, npt.ArrayLike],
    *,
    null: float = NULL,
    **where: Factor,
) -> str:
    """Note in what share of a family a finding holds and in what share it is reversed, and return that in words.

    Parameters
    ----------
    study : Study
        Gets a row for `share`, its interval `low` and `high`, `reversed`, and the number of `settings`, with the
        factor by which the share varies most as `turned_by`.
    finding : str
        What holds where the effect is above `null`; below −`null` it is reversed.
    effect : float array (n_settings,)
        The effect in each setting.
    factors : mapping of str to array (n_settings,)
        What tells the settings apart.
    null : float
        Effects up to this size count as none.
    **where
        Of which part of the family this is said.

    Examples
    --------
    >>> found = Study(None)
    >>> note(found, "wins help", [0.5, 0.3, -0.1, 0.0], {"kT": [1, 1, 2, 2], "arm": ["a", "b", "a", "b"]})
    '50 % of 4 settings (15 to 85 %; reversed in 25 %; from 0 % with kT = 2 to 100 % with kT = 1)'
    >>> found.value("reversed", finding="wins help")
    0.25
    """
    values = np.asarray(effect, dtype=np.float64)
    holds, reverse = values > null, float(np.mean(values < -null)) if values.size else 0.0
    found = share(holds, {})
    turned, text = spread(holds, factors)
    numbers = {"share": found.share, "low": found.low, "high": found.high, "reversed": reverse, "settings": found.n}
    study.add(numbers, part="share", finding=finding, turned_by=turned, **where)
    parts = [f"{100 * found.low:.0f} to {percent(found.high)}"]
    parts += [f"reversed in {percent(reverse)}"] if reverse else []
    return f"{percent(found.share)} of {found.n} settings ({'; '.join([*parts, text] if text else parts)})"


def told(study: Study[Any], finding: str, **where: Factor | None) -> str:
    """Return in words what `note` noted of a finding: its share, interval, what is reversed and what turns it.

    Examples
    --------
    >>> found = Study(None)
    >>> _ = note(found, "wins help", [0.5, 0.3, -0.1, 0.0], {"kT": [1, 1, 2, 2], "arm": ["a", "b", "a", "b"]})
    >>> told(found, "wins help")
    '50 % of 4 settings (15 to 85 %; reversed in 25 %; varying most with kT)'
    """
    share, low, high, reverse, n = (
        study.value(name, part="share", finding=finding, **where)
        for name in ("share", "low", "high", "reversed", "settings")
    )
    asked = {"finding": finding, **where}
    row = next(row for row in study.rows if all(row.get(name) == level for name, level in asked.items()))
    parts = [f"{100 * low:.0f} to {percent(high)}"]
    parts += [f"reversed in {percent(reverse)}"] if reverse else []
    if turned := str(row["turned_by"]):
        parts += [f"varying most with {_SYMBOLS.get(turned, _FACTORS.get(turned, turned)).replace('_', ' ')}"]
    return f"{percent(share)} of {n:.0f} settings ({'; '.join(parts)})"


def spread(holds: npt.ArrayLike, factors: Mapping[str, npt.ArrayLike]) -> tuple[str, str]:
    """Return the factor by which a share varies most, and between which of its levels, in words; empty if by none.

    A level of "" (the factor means nothing there) does not count.

    Examples
    --------
    >>> spread([True, True, False], {"arm": ["a", "a", "b"]})
    ('arm', 'from 0 % with b to 100 % with a')
    """
    known = np.asarray(holds, dtype=np.bool_)
    best: tuple[float, str, str] = (0.0, "", "")
    for name, column in factors.items():
        levels = np.asarray(column)
        real = levels != "" if levels.dtype.kind == "U" else np.ones(levels.shape, dtype=np.bool_)
        width = turning_factors(known[real], {name: levels[real]}).get(name, 0.0)
        if width <= best[0] + 1e-12:
            continue
        by_level = {level: float(known[levels == level].mean()) for level in np.unique(levels[real]).tolist()}
        low, high = (pick(by_level, key=lambda level: by_level[level]) for pick in (min, max))
        ends = [f"{percent(by_level[level])} with {_level(name, level)}" for level in (low, high)]
        best = (width, name, f"from {ends[0]} to {ends[1]}")
    return best[1], best[2]


_PHRASES = {
    "shape": "{} discounting",
    "matching": "a match at {}",
    "self_knowledge": "{} agents",
    "effort": "effort discounted {}",
    "paid_at": "pay at {}",
    "volatility": "{} free time",
    "mechanism": "{}",
}
_SYMBOLS = {
    "inverse_temperature": "β",
    "coupling": "ψ",
    "learning_rate": "α",
    "trace_decay": "λ",
    "n_goals": "the number of sub-goals",
    "free_time": "the share of free time",
    "weight": "θ",
    "rate": "the rate of the habit",
    "undermining": "κ",
    "information": "ι",
    "success_probability": "the chance of success",
    "discount": "γ",
    "kernel_rate": "the choice kernel",
    "leaving": "the readiness to leave",
    "rival_weight": "the weight of rivals",
    "progress_weight": "the weight of progress",
}
_FACTORS = {
    "shape": "the shape of discounting",
    "matching": "the horizon of the match",
    "self_knowledge": "self-knowledge",
    "balance": "how plasticity is shared by D1 and D2",
    "binding": "how cues are bound",
    "capture": "what a night fixes",
    "days": "the days of practice",
    "irregularity": "how regular days are",
    "labile_loss": "what a night loses",
    "new_utility": "what the ritual is worth",
    "old_utility": "what the old ritual is worth",
    "place_share": "the weight of the place",
    "plasticity": "the rate of plasticity",
}
_WORDS = {"none discounting": "no discounting", "none free time": "steady free time", "in spells free time": "spells"}


def _level(factor: str, level: Any) -> str:
    if isinstance(level, str):
        phrase = _PHRASES.get(factor, "{}").format(level)
        return _WORDS.get(phrase, phrase)
    if factor == "inverse_temperature" and np.isinf(level):
        return "a greedy choice"
    return f"{_SYMBOLS.get(factor, factor).replace('_', ' ')} = {level:g}"


def percent(x: float) -> str:
    """Return a share in per cent.

    Examples
    --------
    >>> percent(0.254)
    '25 %'
    """
    return f"{100 * x:.0f} %"


def __dir__() -> list[str]:
    return __all__
