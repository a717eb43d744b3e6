"""Designs: which values of the parameters are tried together."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np

from rpe._checks import Seed, choice, count, generator, mapping, scalar, shown
from rpe.table import ColumnLike, Table
from rpe.table.columns import Column

_SCALES = ("linear", "log", "integer")


class Design(Mapping[str, Column]):
    """Combinations of parameter values: one column per parameter, one row per combination.

    Parameters
    ----------
    columns : mapping of str to array (n_cells,)
        Numbers, booleans or text, of equal length.

    Raises
    ------
    TypeError, ValueError
        For a column of anything else, no parameter, no row, or lengths that differ.

    Examples
    --------
    >>> Design({"k": [0.1, 0.2], "effort": [1.0, 2.0]}).n_cells
    2
    """

    def __init__(self, columns: Mapping[str, ColumnLike]) -> None:
        self._table = Table(columns)
        if not self._table.n_rows:
            raise ValueError("a design must have at least one parameter and one combination; got none")
        for name, column in self._table.items():
            if column.dtype.kind == "f" and not np.isfinite(column).all():
                raise ValueError(f"{name} must be finite; got {column[~np.isfinite(column)][0]}")

    def __getitem__(self, name: str) -> Column:
        return self._table[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __repr__(self) -> str:
        return f"Design({self.n_cells} combinations of {', '.join(self)})"

    @property
    def n_cells(self) -> int:
        """Number of combinations."""
        return self._table.n_rows

    @property
    def table(self) -> Table:
        """The combinations as a table."""
        return self._table

    def repeated(self, n_replicates: int) -> "Design":
        """Return the design with every combination `n_replicates` times, numbered by a column `replicate`.

        Raises
        ------
        TypeError, ValueError
            If the number is not a whole number of at least 1, or the design is repeated already.
        """
        times = count("n_replicates", n_replicates)
        if "replicate" in self:
            raise ValueError("a design must not be repeated twice; it has a column 'replicate'")
        columns = {name: np.repeat(column, times) for name, column in self.items()}
        return Design({**columns, "replicate": np.tile(np.arange(times), self.n_cells)})


def grid(**values: float | str | Iterable[float | str]) -> Design:
    """Return the design of all combinations of the given values; the last parameter runs fastest.

    Parameters
    ----------
    **values : a value, or a list or array of values
        By name of the parameter.

    Raises
    ------
    TypeError, ValueError
        If a parameter has no value, or values that are not numbers, booleans or text.

    Examples
    --------
    >>> design = grid(k=[0.01, 0.1], effort=[1.0, 2.0, 3.0], pay="completion")
    >>> design.n_cells, design["effort"]
    (6, array([1., 2., 3., 1., 2., 3.]))
    """
    lists = {name: _listed(name, value) for name, value in values.items()}
    rows = list(product(*lists.values()))
    return Design({name: [row[i] for row in rows] for i, name in enumerate(lists)})


def latin_hypercube(
    n: int, /, *, rng: Seed = None, scale: Mapping[str, str] | None = None, **ranges: tuple[float, float]
) -> Design:
    """Return a Latin hypercube design: every parameter takes each of `n` equal parts of its range once.

    Parameters
    ----------
    n : int
        Number of combinations.
    rng : int, numpy.random.Generator or None
        Seed.
    scale : mapping of str to {"linear", "log", "integer"}, optional
        How a parameter is spread over its range; "linear" if not given.
    **ranges : (low, high)
        By name of the parameter.

    Raises
    ------
    TypeError, ValueError
        For a range that is not two increasing numbers, a scale of an unknown parameter, or a
        logarithmic scale from 0.

    References
    ----------
    McKay, M. D., Beckman, R. J. & Conover, W. J. (1979). A comparison of three methods for
    selecting values of input variables. Technometrics 21(2), 239-245. doi:10.2307/1268522

    Examples
    --------
    >>> design = latin_hypercube(8, rng=0, scale={"k": "log"}, k=(0.001, 1.0), effort=(0.5, 2.0))
    >>> np.histogram(design["effort"], bins=8, range=(0.5, 2.0))[0]
    array([1, 1, 1, 1, 1, 1, 1, 1])
    """
    from scipy.stats import qmc

    spread = _spread(ranges, scale)
    points = qmc.LatinHypercube(len(ranges), rng=generator(rng)).random(count("n", n))
    return _scaled(points, ranges, spread)


def sobol(
    n: int, /, *, rng: Seed = None, scale: Mapping[str, str] | None = None, **ranges: tuple[float, float]
) -> Design:
    """Return a scrambled Sobol design, whose points fill the space of parameters evenly.

    Parameters
    ----------
    n : int
        Number of combinations, a power of 2, without which the points lose their balance.
    rng, scale, **ranges
        As in `latin_hypercube`.

    Raises
    ------
    TypeError, ValueError
        As `latin_hypercube`, and if `n` is not a power of 2.

    References
    ----------
    Owen, A. B. (1998). Scrambling Sobol' and Niederreiter-Xing points. Journal of Complexity 14(4),
    466-489. doi:10.1006/jcom.1998.0487

    Examples
    --------
    >>> sobol(4, rng=0, k=(0.0, 1.0)).n_cells
    4
    """
    from scipy.stats import qmc

    spread = _spread(ranges, scale)
    n = count("n", n)
    if n & (n - 1):
        raise ValueError(f"n must be a power of 2; got {n}")
    points = qmc.Sobol(len(ranges), rng=generator(rng)).random(n)
    return _scaled(points, ranges, spread)


def _listed(name: str, value: Any) -> list[Any]:
    items = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    if not items:
        raise ValueError(f"{name} must have at least one value; got none")
    if nested := [item for item in items if not isinstance(item, str) and np.ndim(item)]:
        raise TypeError(f"{name} must hold numbers, booleans or text; got {shown(nested[0])}")
    return items


def _spread(ranges: Mapping[str, tuple[float, float]], scale: Mapping[str, str] | None) -> dict[str, str]:
    """The scale of every parameter, after checking the ranges."""
    if not ranges:
        raise ValueError("a design must have at least one parameter with a range; got none")
    scale = {} if scale is None else dict(mapping("scale", scale))
    for name in scale:
        choice("scale of a parameter", name, ranges)
    spread = {name: choice(f"scale of {name}", scale.get(name, "linear"), _SCALES) for name in ranges}
    for name, bounds in ranges.items():
        if not isinstance(bounds, (tuple, list)) or len(bounds) != 2:
            raise TypeError(f"{name} must be a range (low, high); got {bounds!r}")
        low, high = (scalar(name, bound) for bound in bounds)
        if not low < high:
            raise ValueError(f"{name} must be a range (low, high) with low < high; got {bounds!r}")
        if spread[name] == "log" and low <= 0:
            raise ValueError(f"{name} must have a range above 0 on a logarithmic scale; got {bounds!r}")
    return spread


def _scaled(points: Any, ranges: Mapping[str, tuple[float, float]], spread: Mapping[str, str]) -> Design:
    columns = {}
    for place, (name, (low, high)) in enumerate(ranges.items()):
        u = points[:, place]
        if spread[name] == "log":
            columns[name] = np.exp(np.log(low) + u * (np.log(high) - np.log(low)))
        elif spread[name] == "integer":
            columns[name] = np.minimum(np.floor(low + u * (high - low + 1)), high).astype(np.int64)
        else:
            columns[name] = low + u * (high - low)
    return Design(columns)
