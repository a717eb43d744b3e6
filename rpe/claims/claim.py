"""A claim of the popular story: what is said, the experiment that can show it wrong, and the rule of its verdict."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

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
    """

    verdict: str
    number: float
    meaning: str


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
    """The table of one experiment, to be asked for numbers.

    Parameters
    ----------
    table : mapping of str to list
        Tidy columns.
    """

    def __init__(self, table: Mapping[str, list[Any]]) -> None:
        self.table = table

    def number(self, quantity: str, /, **where: Any) -> float:
        """Return the only number of a column in the line that has these entries.

        For tables with the columns `quantity` and `value`, `quantity` is one of its quantities.

        Raises
        ------
        KeyError
            If there is no such line, or more than one.
        """
        found = self.numbers(quantity, **where)
        if len(found) != 1:
            raise KeyError(f"{quantity} where {where} must be in one line of the table; it is in {len(found)}")
        return found[0]

    def numbers(self, quantity: str, /, **where: Any) -> list[float]:
        """Return the numbers of a column, or of a quantity, in all lines that have these entries."""
        column = quantity
        if quantity not in self.table:
            column, where = "value", {"quantity": quantity, **where}
        lines = list(range(len(self.table[column])))
        for name, entry in where.items():
            lines = [i for i in lines if self.table[name][i] == entry]
        return [float(self.table[column][i]) for i in lines]


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
