"""One meaning, one colour: what a name stands for decides its colour in every figure."""

import re
from collections.abc import Sequence

from rpe._checks import sequence
from rpe.plots import house

_ONE_GOAL, _MICRO_WINS, _OTHER_SPLIT = house.PALETTE[0], house.PALETTE[1], house.PALETTE[3]
_HYPERBOLIC, _EXPONENTIAL, _QUASI = house.PALETTE[5], house.PALETTE[4], house.PALETTE[6]

# The first that fits decides; "micro wins, paid at the deadline" are micro wins.
_MEANINGS: tuple[tuple[str, str], ...] = (
    (r"equal (present )?value", _OTHER_SPLIT),
    (r"one goal|single goal|one reward|one win|1 win|without sub-goals|no sub-goals|mono", _ONE_GOAL),
    (r"micro.?wins|equal pay|sub-goals|several wins|\d+ wins|\d+ goals", _MICRO_WINS),
    (r"or at a loss$|^(hurts?|reversed|later|lowered|more fatigue)$", house.HURTS),
    (r"^(helps|helped|found|sooner|raised|less fatigue)$", house.HELPS),
    (r"^quasi-hyperbolic", _QUASI),
    (r"^hyperbolic", _HYPERBOLIC),
    (r"^exponential", _EXPONENTIAL),
)
_FREE = tuple(house.PALETTE[i] for i in (5, 4, 3, 2, 6, 7))


def colours_of(names: Sequence[str]) -> list[str]:
    """Return a colour for each name: that of its meaning, and for other names one that means nothing else.

    One goal is blue and micro wins are vermillion everywhere; what helps is green and what hurts is wine. Other names
    get the remaining colours of `PALETTE` in turn, never one of a meaning that is among the names.

    Parameters
    ----------
    names : sequence of str
        Names of the series of a figure.

    Raises
    ------
    TypeError
        For names that are no strings.

    Examples
    --------
    >>> import rpe
    >>> rpe.plots.colours_of(["micro wins", "points", "one goal"])
    ['#D55E00', '#332299', '#0072B2']
    """
    given = list(sequence("names", names))
    if wrong := [name for name in given if not isinstance(name, str)]:
        raise TypeError(f"names must hold strings; got {wrong[0]!r}")
    known = [meaning(name) for name in given]
    free = [colour for colour in _FREE if colour not in known]
    others = iter(house.cycle(free, known.count(None)))
    return [next(others) if colour is None else colour for colour in known]


def meaning(name: str) -> str | None:
    """Return the colour of what a name stands for, or None if it has no colour of its own."""
    return next((colour for pattern, colour in _MEANINGS if re.search(pattern, name, re.IGNORECASE)), None)
