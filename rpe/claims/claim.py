"""A claim of the popular story: what is said, the experiment that can show it wrong, and the rule of its verdict."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy.typing as npt

from rpe.experiments import tidy
from rpe.experiments.shares import Share, share

__all__ = ["CONTRADICTED", "SUPPORTED", "UNTESTED", "Claim", "Facts", "Judged", "either", "family", "mixed", "untested"]

SUPPORTED, CONTRADICTED, UNTESTED = "supported", "contradicted", "not testable here"


class Judged(NamedTuple):
    """A verdict and the number it rests on.

    Attributes
    ----------
    verdict : str
        "supported", "depends on …", "contradicted" or "not testable here".
    number : float
        The key number; NaN if there is none.
    meaning : str
        What the number is.
    share : rpe.experiments.shares.Share or None
        In what share of a family of settings the claim holds, where it was judged over one.
    """

    verdict: str
    number: float
    meaning: str
    share: Share | None = None


@dataclass(frozen=True)
class Claim:
    """One claim.

    Attributes
    ----------
    id : str
        "B1" to "B19" on behaviour, "D1" to "D22" on dopamine.
    text : str
        What is claimed, in short.
    source : str
        The paper, or what stands against it.
    experiment : str
        The experiment that shows it; empty if none can.
    rule : str
        How the verdict follows from its numbers, in words.
    judge : callable
        From the `Facts` of that experiment, the `Judged` verdict.
    """

    id: str
    text: str
    source: str
    experiment: str
    rule: str
    judge: Callable[["Facts"], Judged]


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
    """

    def __init__(self, table: Mapping[str, npt.ArrayLike]) -> None:
        self.table = table

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


def untested(meaning: str) -> Callable[[Facts], Judged]:
    """Return the judge of a claim that no experiment here can test, and why."""

    def judge(facts: Facts) -> Judged:
        return Judged(UNTESTED, float("nan"), meaning)

    return judge


def either(holds: bool, number: float, meaning: str) -> Judged:
    """Return "supported" or "contradicted" by one number."""
    return Judged(SUPPORTED if holds else CONTRADICTED, number, meaning)


def mixed(all_hold: bool, any_holds: bool, on: str, number: float, meaning: str) -> Judged:
    """Return "supported" if it always holds, "contradicted" if never, else what it depends on."""
    verdict = SUPPORTED if all_hold else f"depends on {on}" if any_holds else CONTRADICTED
    return Judged(verdict, number, meaning)


def family(holds: Mapping[str | float, bool], factor: str, on: str, number: float, meaning: str) -> Judged:
    """Return the verdict over the levels of a factor, with the share of them in which the claim holds.

    Parameters
    ----------
    holds : mapping of level to bool
        Whether the claim holds at each level.
    factor : str
        What the levels are of.
    on, number, meaning
        As for `mixed`.
    """
    found = mixed(all(holds.values()), any(holds.values()), on, number, meaning)
    return found._replace(share=share(list(holds.values()), {factor: [str(level) for level in holds]}))


def __dir__() -> list[str]:
    return __all__
