"""A claim of the popular story: what is said, the experiments that can show it wrong, and the rule of its verdict."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import mapping
from rpe.claims.words import in_words
from rpe.experiments import tidy
from rpe.experiments.shares import Share, turning_factors, wilson

__all__ = [
    "BUILT_IN",
    "FAILS",
    "HOLDS",
    "UNTESTED",
    "Claim",
    "Facts",
    "Judged",
    "Rows",
    "built_in",
    "kind",
    "over",
    "untested",
]

HOLDS, FAILS = "holds in these models", "fails in these models"
BUILT_IN, UNTESTED = "built in", "not testable here"
# A claim holds, or fails, if it does in all but this share of the family.
_REST = 0.05
# Student's t at 97.5 %, for the few units of a clustered share; from 30 degrees of freedom on, 2.
_T = (12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)

Rows = Mapping[str, npt.NDArray[Any]]


class Judged(NamedTuple):
    """A verdict and what it rests on.

    Attributes
    ----------
    verdict : str
        "holds in these models", "depends on … (n of m)", "fails in these models", "built in" or "not
        testable here".
    number : float
        The key number; NaN if there is none.
    meaning : str
        What the number is.
    share : rpe.experiments.shares.Share or None
        In what share of the family of settings the claim holds, where it was judged over one.
    reversed : float
        In what share the opposite holds; NaN where a claim has none.

    Examples
    --------
    >>> import rpe
    >>> rpe.claims.Judged("not testable here", float("nan"), "no number").share is None
    True
    """

    verdict: str
    number: float
    meaning: str
    share: Share | None = None
    reversed: float = float("nan")


@dataclass(frozen=True)
class Claim:
    """One claim.

    Attributes
    ----------
    id : str
        "B1" to "B19" on behaviour, "D1" to "D22" on dopamine, "S1" to "S17" on the rest of the story,
        "P1" to "P4" on practice.
    text : str
        What is claimed, in short.
    studies : str
        What studies found, and how good that is: [verified] was read in the paper, its data or its code;
        [provisional] is from memory or from a secondary source.
    source : str
        The papers.
    rule : str
        In which settings of which family the claim holds, in words.
    judge : callable
        From the `Facts` of each experiment, in their order, the `Judged` verdict.
    experiments : tuple of str
        The experiments that show it; empty if none can.
    built_in : str
        What the models assume rather than show.

    Examples
    --------
    >>> import rpe
    >>> rpe.claims.CLAIMS["B12"].text
    'Just five minutes: a small commitment overcomes inertia'
    """

    id: str
    text: str
    studies: str
    source: str
    rule: str
    judge: Callable[..., Judged] = field(repr=False)
    experiments: tuple[str, ...] = ()
    built_in: str = ""


class Facts:
    """Facts: the table of an experiment, to be asked for numbers by factor.

    Parameters
    ----------
    table : mapping of str to array (n_rows,)
        Tidy columns.

    Examples
    --------
    >>> from rpe.experiments.tidy import tidy
    >>> facts = Facts(tidy({"arm": arm, "quantity": "index", "value": x} for arm, x in (("a", 0.7), ("b", 0.2))))
    >>> facts.value("index", arm="a"), facts.by("arm", "index")
    (0.7, {'a': 0.7, 'b': 0.2})
    >>> facts.rows(quantity="index", arm=("a", "c"))["value"]
    array([0.7])
    """

    def __init__(self, table: Mapping[str, npt.ArrayLike]) -> None:
        self.table = mapping("table", table)

    def value(self, quantity: str, /, **where: object) -> float:
        """Return a quantity in the only row that has these factors.

        Raises
        ------
        KeyError
            If there is no such row, or more than one.
        """
        return tidy.value(self.table, quantity, **where)

    def values(self, quantity: str, /, **where: object) -> list[float]:
        """Return a quantity in all rows that have these factors; None where a factor must not apply."""
        return tidy.values(self.table, quantity, **where).tolist()

    def by(self, factor: str, quantity: str, /, **where: object) -> dict[str | float, float]:
        """Return a quantity by the levels of a factor, in rows that have these factors.

        Raises
        ------
        KeyError
            If a level is in more than one row.
        """
        return tidy.by(self.table, factor, quantity, **where)

    def rows(self, **where: object) -> Rows:
        """Return all columns in the rows that have these factors; a tuple lists several levels.

        Raises
        ------
        KeyError
            If there is no such column, or no such row.
        """
        columns = {name: np.asarray(column) for name, column in self.table.items()}
        if unknown := [name for name in where if name not in columns]:
            raise KeyError(f"no column {unknown[0]!r}; there are {', '.join(columns)}")
        chosen = np.ones(len(next(iter(columns.values()))), dtype=np.bool_)
        for name, level in where.items():
            chosen &= np.isin(columns[name], level if isinstance(level, tuple) else (level,))
        if not chosen.any():
            raise KeyError(f"no row where {where}")
        return {name: column[chosen] for name, column in columns.items()}


def untested(why: str) -> Callable[..., Judged]:
    """Return the judge of a claim that no experiment here can test, and why."""
    return lambda *facts: Judged(UNTESTED, float("nan"), why)


def built_in(number: float, meaning: str) -> Judged:
    """Return the verdict on a claim whose answer was put into the model."""
    return Judged(BUILT_IN, number, meaning)


def over(
    effect: npt.ArrayLike,
    factors: Mapping[str, npt.ArrayLike],
    number: float,
    meaning: str,
    *,
    null: float = 0.0,
    units: npt.ArrayLike | None = None,
) -> Judged:
    """Return the verdict over a family of settings: the share in which an effect is above `null`.

    It "holds in these models" in 95 % of the settings or more, "fails" in 5 % or fewer, and otherwise
    "depends on" the factors whose levels differ most in their shares.

    Parameters
    ----------
    effect : float or bool array (n_settings,)
        The effect that is claimed, positive where it is there.
    factors : mapping of str to array (n_settings,)
        What tells the settings apart, one column a factor; "" and NaN where one means nothing.
    number : float
        The key number, with what it is in `meaning`.
    meaning : str
    null : float
        Effects up to this size count as none; below −`null` the claim is reversed.
    units : array (n_settings,), optional
        What was drawn, where settings of one unit are no independent observations: the interval is then
        that of the mean over units (Student's t). By default every setting is one (Wilson's interval).

    Raises
    ------
    ValueError
        If the family is empty.

    Examples
    --------
    >>> over([0.3, 0.2, 0.0, 0.1], {"theory": ["TD", "TD", "decay", "TD"]}, 0.3, "largest error", null=0.05).verdict
    'depends on the theory (3 of 4)'
    """
    values = np.asarray(effect, dtype=np.float64)
    if not values.size:
        raise ValueError("a family must have at least one setting; got none")
    holds = values > null
    on = _turning(holds, factors)
    low, high = wilson(int(holds.sum()), holds.size) if units is None else _clustered(holds, np.asarray(units))
    part = Share(float(holds.mean()), low, high, int(holds.sum()), holds.size, on)
    opposite = float("nan") if np.asarray(effect).dtype == np.bool_ else float(np.mean(values < -null))
    return Judged(_verdict(part), float(number), meaning, part, opposite)


def _turning(holds: npt.NDArray[np.bool_], factors: Mapping[str, npt.ArrayLike]) -> tuple[str, ...]:
    """The factors that turn the share, the strongest first, each over the settings in which it means something."""
    found: dict[str, float] = {}
    for name, levels in factors.items():
        column = np.asarray(levels)
        real = column != "" if column.dtype.kind == "U" else np.array([level == level for level in column.tolist()])
        if len(set(column[real].tolist())) > 1:
            found |= turning_factors(holds[real], {name: column[real]})
    return tuple(sorted(found, key=lambda name: -found[name]))


def _clustered(holds: npt.NDArray[np.bool_], units: npt.NDArray[Any]) -> tuple[float, float]:
    """The interval of the mean of the units' shares, within 0 and 1."""
    each = np.array([holds[units == unit].mean() for unit in np.unique(units)])
    if len(each) < 2:
        return 0.0, 1.0
    t = _T[len(each) - 2] if len(each) - 2 < len(_T) else 2.2 if len(each) < 30 else 2.0
    half = t * float(each.std(ddof=1)) / len(each) ** 0.5
    return max(0.0, float(each.mean()) - half), min(1.0, float(each.mean()) + half)


def _verdict(found: Share) -> str:
    if found.share >= 1 - _REST:
        return HOLDS
    if found.share <= _REST:
        return FAILS
    return f"depends on {in_words(found.depends_on)} ({found.holds} of {found.n})"


def kind(verdict: str) -> str:
    """Return the kind of a verdict: the words of which there is one, or "depends".

    Examples
    --------
    >>> kind("depends on the theory (3 of 4)")
    'depends'
    """
    return "depends" if verdict.startswith("depends on ") else verdict


def __dir__() -> list[str]:
    return __all__
