"""Tidy rows: one row an observation, one column a factor; made into a table, and read by factor."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats
from rpe.table import Table

__all__ = ["by", "tidy", "value", "values"]


def tidy(rows: Iterable[Mapping[str, object]], about: Mapping[str, Any] | None = None) -> Table:
    """Return the table of rows that need not all have the same factors.

    Parameters
    ----------
    rows : iterable of mapping of str to text, number or bool
        Observations. Columns come in the order in which their names first appear.
    about : mapping, optional
        What is known about how they came to be.

    Returns
    -------
    rpe.table.Table
        Where a factor does not apply, text is empty and a number NaN.

    Raises
    ------
    TypeError
        If a column mixes text and numbers.

    Examples
    --------
    >>> table = tidy([{"arm": "one goal", "value": 1}, {"arm": "micro wins", "n_goals": 5, "value": 2}])
    >>> table["n_goals"], table["value"]
    (array([nan,  5.]), array([1, 2]))
    """
    rows = list(rows)
    names = dict.fromkeys(name for row in rows for name in row)
    return Table({name: _column(name, [row.get(name) for row in rows]) for name in names}, about)


def _column(name: str, entries: list[object]) -> npt.NDArray[Any]:
    text = {isinstance(entry, str) for entry in entries if entry is not None}
    if len(text) > 1:
        raise TypeError(f"column {name!r} must hold text or numbers; got both")
    missing = "" if text == {True} else np.nan
    return np.array([missing if entry is None else entry for entry in entries])


def values(table: Mapping[str, npt.ArrayLike], quantity: str, /, **where: object) -> Floats:
    """Return a quantity in all rows that have these factors, in their order.

    Parameters
    ----------
    table : Table or mapping of str to array (n_rows,)
        Tidy columns.
    quantity : str
        A column; or, where the table is long (columns `quantity` and `value`), one of its quantities.
    **where
        What factors must be; None where a factor must not apply (empty or NaN).

    Returns
    -------
    float array (n_found,)

    Raises
    ------
    KeyError
        If the table has no such column.

    Examples
    --------
    >>> table = tidy([{"arm": "one goal", "k": 0.1, "index": 0.7}, {"arm": "one goal", "k": 0.2, "index": 0.8}])
    >>> values(table, "index", arm="one goal")
    array([0.7, 0.8])
    """
    column, chosen = _chosen(table, quantity, where)
    return np.asarray(table[column])[chosen].astype(np.float64)


def by(table: Mapping[str, npt.ArrayLike], factor: str, quantity: str, /, **where: object) -> dict[Any, float]:
    """Return a quantity by the levels of a factor, in rows that have these factors, in their order.

    Raises
    ------
    KeyError
        If there is no such column, or a level is in more than one of these rows.

    Examples
    --------
    >>> by(tidy([{"k": 0.1, "index": 0.7}, {"k": 0.2, "index": 0.8}]), "k", "index")
    {0.1: 0.7, 0.2: 0.8}
    """
    column, chosen = _chosen(table, quantity, where)
    if factor not in table:
        raise KeyError(f"no column {factor!r}; there are {', '.join(table)}")
    levels = np.asarray(table[factor])[chosen].tolist()
    if len(set(levels)) < len(levels):
        raise KeyError(f"{quantity} where {where} must be in one row for each {factor}; got {levels}")
    return dict(zip(levels, np.asarray(table[column])[chosen].astype(np.float64).tolist(), strict=True))


def _chosen(
    table: Mapping[str, npt.ArrayLike], quantity: str, where: Mapping[str, object]
) -> tuple[str, npt.NDArray[np.bool_]]:
    """The column that holds a quantity, and which of its rows have these factors."""
    column = quantity
    if quantity not in table:
        column, where = "value", {"quantity": quantity, **where}
    for name in (*where, column):
        if name not in table:
            raise KeyError(f"no column {name!r}; there are {', '.join(table)}")
    chosen = np.ones(len(np.asarray(table[column])), dtype=np.bool_)
    for name, entry in where.items():
        chosen &= _matches(np.asarray(table[name]), entry)
    return column, chosen


def _matches(column: npt.NDArray[Any], entry: object) -> npt.NDArray[np.bool_]:
    if entry is None:
        return np.asarray(column == "" if column.dtype.kind == "U" else column != column)
    return np.array([each == entry for each in column.tolist()], dtype=np.bool_)


def value(table: Mapping[str, npt.ArrayLike], quantity: str, /, **where: object) -> float:
    """Return a quantity in the only row that has these factors.

    Parameters
    ----------
    table, quantity, **where
        As for `values`.

    Raises
    ------
    KeyError
        If there is no such row, or more than one.
    """
    found = values(table, quantity, **where)
    if len(found) != 1:
        raise KeyError(f"{quantity} where {where} must be in one row of the table; it is in {len(found)}")
    return float(found[0])


def __dir__() -> list[str]:
    return __all__
