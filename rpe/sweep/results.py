"""The results of a sweep as columns, whatever the order in which they come, and what is said of calls that failed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, compress
from typing import Any

import numpy as np

from rpe._store import Kept
from rpe.sweep.cells import Ints, Plan
from rpe.sweep.design import Design
from rpe.table import Table

# Kinds of entries; 0 stands for none, which a call that failed leaves behind, and which a store may hold.
_NONE = type(None)
_KINDS: dict[type, int] = {_NONE: 0, bool: 1, int: 2, float: 3, str: 4}


class _Column:
    """Entries of any kind, nine bytes each: a kind and 64 bits; texts apart."""

    def __init__(self, n: int) -> None:
        self._kind = np.zeros(n, dtype=np.int8)
        self._bits = np.zeros(n, dtype=np.int64)
        self._texts: list[str] = []
        self._known: dict[str, int] = {}

    def put(self, rows: Ints, entries: list[Any]) -> None:
        """Take in entries of some rows."""
        kinds: set[type] = {*map(type, entries)}
        for kind in kinds:
            here = [type(entry) is kind for entry in entries] if len(kinds) > 1 else slice(None)
            chosen = list(compress(entries, here)) if isinstance(here, list) else entries
            self._kind[rows[here]] = _KINDS[kind]
            self._bits[rows[here]] = self._as_bits(kind, chosen)

    def _as_bits(self, kind: type, entries: list[Any]) -> Any:
        if kind is float:
            return np.array(entries).view(np.int64)
        if kind is str:
            return [self._place(text) for text in entries]
        return 0 if kind is _NONE else entries

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
        kind, bits = self._kind, self._bits
        texts = np.array(self._texts)[np.where(kind == 4, bits, 0)]
        if kinds == {4}:
            return texts
        entries = np.full(len(kind), "", dtype=object)
        for number, read in ((1, bits != 0), (2, bits), (3, bits.view(np.float64)), (4, texts)):
            entries[kind == number] = read[kind == number].astype(object)
        return entries.tolist()


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

    def take(self, outcomes: Iterable[Kept], file: object = None) -> None:
        """Take in some outcomes.

        Raises
        ------
        ValueError
            If one, which was kept in a file, does not fit the design.
        """
        alike: dict[tuple[str, ...], list[Kept]] = {}
        for outcome in outcomes:
            number, columns, error = outcome
            if error:
                self.errors[number] = error
            elif self.errors:  # it was tried again
                self.errors.pop(number, None)
            alike.setdefault(tuple(columns), []).append(outcome)
        for names, group in alike.items():
            self._take(names, group, file)

    def _take(self, names: tuple[str, ...], group: Sequence[Kept], file: object) -> None:
        numbers = np.array([number for number, _, _ in group])
        columns = {name: [of[name] for _, of, _ in group] for name in names}
        _check(numbers, columns, self._plan, file)
        rows = self._plan.rows(numbers)
        for place, (name, parts) in enumerate(columns.items()):
            column = self._columns.setdefault(name, _Column(self._design.n_cells))
            self._first[name] = min(self._first.get(name, (self._plan.n_blocks, 0)), (int(numbers.min()), place))
            column.put(rows, list(chain.from_iterable(parts)))
        self.done[numbers] = [not error for _, _, error in group]

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


def _check(numbers: Ints, columns: Mapping[str, list[list[Any]]], plan: Plan, file: object) -> None:
    """Raise ValueError unless outcomes fit the design."""
    wrong = (numbers < 0) | (numbers >= plan.n_blocks)
    sizes = plan.sizes(np.where(wrong, 0, numbers))
    for parts in columns.values():
        wrong |= sizes != [len(part) for part in parts]
        if not {*map(type, chain.from_iterable(parts))} <= {float, str, bool}:
            wrong |= [not all(map(_plain, part)) for part in parts]
    if wrong.any():
        number = numbers[wrong][0]
        raise ValueError(f"file must be whole; cell {number} of {str(file)!r} does not fit the design")


def _plain(entry: Any) -> bool:
    return type(entry) in _KINDS and (type(entry) is not int or -(2**63) <= entry < 2**63)
