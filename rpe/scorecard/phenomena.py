"""The phenomena: one module of this package each, found by its name and loaded when needed."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path

from rpe._checks import choice
from rpe.scorecard.phenomenon import Phenomenon


@cache
def phenomena() -> tuple[str, ...]:
    """Return the ids of all phenomena, in order.

    Examples
    --------
    >>> phenomena()[0]
    'A01'
    """
    names = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return tuple(sorted(name.upper() for name in names if re.fullmatch(r"[a-h]\d\d", name)))


def load(row: str) -> Phenomenon:
    """Return a phenomenon by its id.

    Raises
    ------
    ValueError
        If there is none; the message lists the ids.

    Examples
    --------
    >>> load("A01").title
    'Reward response moves to the cue'
    """
    name = choice("phenomenon", row, phenomena())
    found: Phenomenon = import_module(f"rpe.scorecard.{name.lower()}").PHENOMENON
    return found
