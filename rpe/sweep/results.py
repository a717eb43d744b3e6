"""The results of a sweep as columns, whatever the order in which they come, and what is said of calls that failed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe.sweep.cells import Outcome, Plan
from rpe.sweep.design import Design
from rpe.table import Table

# Kinds of entries; 0 stands for none, which a call that failed leaves behind, and which a store may hold.
_KINDS: dict[type, int] = {type(None): 0, bool: 1, int: 2, float: 3, str: 4}


class _Column:
    """Entries of any kind, nine bytes each: a kind and 64 bits; texts apart."""

    def __init__(self, n: int) -> None:
        self._kind = np.zeros(n, dtype=np.int8)
        self._bits = np.zeros(n, dtype=np.int64)
        self._texts: list[str] = []
        self._known: dict[str, int] = {}

    def put(self, rows: npt.NDArray[np.int64], entries: list[Any]) -> None:
        kinds = [_KINDS[type(entry)] for entry in entries]
        self._kind[rows] = kinds
        for kind in set(kinds) - {0}:
            if min(kinds) == max(kinds):
                at, chosen = rows, entries
            else:
                at = rows[np.equal(kinds, kind)]
                chosen = [entry for entry, its in zip(entries, kinds, strict=True) if its == kind]
            if kind == 3:
                self._bits[at] = np.array(chosen, dtype=np.float64).view(np.int64)
            else:
                self._bits[at] = np.array([self._place(text) for text in chosen] if kind == 4 else chosen, np.int64)

    def _place(self, text: str) -> int:
        place = self._known.setdefault(text, len(self._texts))
        if place == len(self._texts):
            self._texts.append(text)
        return place

    def values(self) -> Any:
        """The entries as a column of a table; missing ones as NaN, or as empty text in a column of text."""
        kind, bits = self._kind, self._bits
        kinds = set(np.unique(kind).tolist())
        if 4 in kinds:
            return self._as_text(kinds)
        if kinds == {1}:
            return bits.astype(bool)
        if kinds <= {1, 2}:
            return bits
        floats = np.where(kind == 3, bits.view(np.float64), bits)
        floats[kind == 0] = np.nan
        return floats

    def _as_text(self, kinds: set[int]) -> Any:
        if kinds == {4}:
            return np.array(self._texts)[self._bits]
        floats = self._bits.view(np.float64).tolist()
        read = ("".format, bool, int, floats.__getitem__, self._texts.__getitem__)
        bits = zip(self._kind.tolist(), self._bits.tolist(), strict=True)
        return [read[kind](row if kind == 3 else bit) if kind else "" for row, (kind, bit) in enumerate(bits)]


class Results:
    """What is done of a sweep, as columns.

    Parameters
    ----------
    design : Design
        Of the sweep.
    plan : Plan
        Its blocks.
    """

    def __init__(self, design: Design, plan: Plan) -> None:
        self._design, self._plan = design, plan
        self._columns: dict[str, _Column] = {}
        # Where a column first appears: number of the block, place in it.
        self._first: dict[str, tuple[int, int]] = {}
        self.done = np.zeros(plan.n_blocks, dtype=bool)
        self.errors: dict[int, str] = {}

    def take(self, outcomes: Iterable[Outcome], file: object = None) -> None:
        """Take in some outcomes.

        Raises
        ------
        ValueError
            If one, which was kept in a file, does not fit the design.
        """
        alike: dict[tuple[str, ...], list[Outcome]] = {}
        for outcome in outcomes:
            if outcome.error:
                self.errors[outcome.number] = outcome.error
            elif self.errors:  # it was tried again
                self.errors.pop(outcome.number, None)
            alike.setdefault(tuple(outcome.columns), []).append(outcome)
        for names, group in alike.items():
            self._take(names, group, file)

    def _take(self, names: tuple[str, ...], group: Sequence[Outcome], file: object) -> None:
        numbers = np.array([outcome.number for outcome in group])
        columns = {name: [outcome.columns[name] for outcome in group] for name in names}
        _check(numbers, columns, self._plan, file)
        rows = self._plan.rows(numbers)
        for place, (name, parts) in enumerate(columns.items()):
            column = self._columns.setdefault(name, _Column(self._design.n_cells))
            self._first[name] = min(self._first.get(name, (self._plan.n_blocks, 0)), (int(numbers.min()), place))
            column.put(rows, list(chain.from_iterable(parts)))
        self.done[numbers] = [not outcome.error for outcome in group]

    @property
    def n_done(self) -> int:
        """How many rows of the design are done."""
        return int(self._plan.sizes(np.flatnonzero(self.done)).sum())

    def table(self, about: Mapping[str, Any], *, with_errors: bool) -> Table:
        """Return the columns of the design and of all results, in the order of the design."""
        results = {
            name: self._columns[name].values() for name in sorted(self._first, key=lambda name: self._first[name])
        }
        return Table({**self._design, **results, **({"error": self._said()} if with_errors else {})}, about)

    def _said(self) -> list[str]:
        said = [""] * self._design.n_cells
        for number in np.flatnonzero(~self.done).tolist():
            for row in self._plan.rows(np.array([number])).tolist():
                said[row] = self.errors.get(number, "not done")
        return said

    def failures(self) -> str:
        """Return the message about cells that failed: how many, and the parameters of the first ten."""
        failed = sorted(self.errors)
        n = self._plan.sizes(np.array(failed)).sum()
        lines = [f"{n} of {self._design.n_cells} cells failed; the others are in the error's table:"]
        for block in self._plan.chunk(np.array(failed[:10])).blocks():
            parameters = ", ".join(f"{name}={value}" for name, value in block.parameters.items())
            lines.append(f"  {parameters}: {self.errors[block.number]}")
        return "\n".join([*lines, *(["  ..."] if len(failed) > 10 else [])])


def _check(numbers: npt.NDArray[np.int64], columns: Mapping[str, list[list[Any]]], plan: Plan, file: object) -> None:
    """Raise ValueError unless outcomes fit the design."""
    wrong = (numbers < 0) | (numbers >= plan.n_blocks)
    sizes = plan.sizes(np.where(wrong, 0, numbers))
    for parts in columns.values():
        wrong |= sizes != [len(part) for part in parts]
        if not wrong.any() and all(map(_plain, chain.from_iterable(parts))):
            continue
        wrong |= [not all(map(_plain, part)) for part in parts]
    if wrong.any():
        number = numbers[wrong][0]
        raise ValueError(f"file must be whole; cell {number} of {str(file)!r} does not fit the design")


def _plain(entry: Any) -> bool:
    return type(entry) in _KINDS and (type(entry) is not int or -(2**63) <= entry < 2**63)
