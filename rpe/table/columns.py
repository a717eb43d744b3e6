"""The table: columns of equal length by name, and what is known about how they came to be."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe import __version__
from rpe._checks import mapping, shown
from rpe._files import write_atomically
from rpe.table import csv_file, display

_PACKAGES = ("numpy", "scipy", "gymnasium", "matplotlib")
_TYPES: dict[str, Any] = {"b": np.bool_, "i": np.int64, "u": np.int64, "f": np.float64, "U": np.str_}

Column = npt.NDArray[Any]
ColumnLike = Sequence[Any] | npt.NDArray[Any]


class Table(Mapping[str, Column]):
    """Columns of equal length by name, and what is known about how they came to be.

    A table is a read-only mapping of names to arrays, so that `table["k"]` is a column and
    `dict(table)` a plain dictionary. Two tables are equal if they have the same columns in the same
    order, NaN counting as equal to NaN; `about` is not compared.

    Parameters
    ----------
    columns : mapping of str to array (n_rows,)
        Whole numbers, real numbers (NaN where one is missing), booleans or text; kept as int64,
        float64, bool and str.
    about : mapping, optional
        Settings, seed and whatever else belongs beside the numbers; must be writable as JSON. The
        versions of the packages are added.

    Raises
    ------
    TypeError
        If a column holds something else.
    ValueError
        If a column is not one-dimensional or has numbers beyond 64 bits, the lengths differ, or two
        columns have one name.

    Examples
    --------
    >>> table = Table({"k": [0.1, 0.2], "index": [0.3, 0.7]}, about={"seed": 1})
    >>> table
    Table of 2 rows and 2 columns
      k  index
    0.1    0.3
    0.2    0.7
    >>> table.where(table["k"] > 0.1)["index"]
    array([0.7])
    """

    def __init__(self, columns: Mapping[str, ColumnLike], about: Mapping[str, Any] | None = None) -> None:
        if not isinstance(columns, Mapping):
            raise TypeError(f"columns must be a mapping from names to columns; got {shown(columns)}")
        names = [str(name) for name in columns]
        if len(set(names)) < len(names):
            raise ValueError(f"columns must have different names; got {', '.join(names)}")
        self._columns = {str(name): _column(name, values) for name, values in columns.items()}
        lengths = {name: len(values) for name, values in self._columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns must all have the same length; got {lengths}")
        self.about: dict[str, Any] = {"versions": versions(), **mapping("about", {} if about is None else about)}

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return list(self) == list(other) and all(_same(self[name], other[name]) for name in self)

    def __repr__(self) -> str:
        return display.as_text(self, self.n_rows)

    def _repr_html_(self) -> str:
        return display.as_html(self, self.n_rows)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self._columns.values()))) if self._columns else 0

    def where(self, rows: npt.ArrayLike | slice) -> Self:
        """Return the table of the chosen rows.

        Parameters
        ----------
        rows : bool array (n_rows,), int array or slice
            Which rows to keep, in this order.

        Raises
        ------
        TypeError
            If they are neither booleans nor whole numbers.
        ValueError
            If the booleans are not one for each row.
        IndexError
            If there is no such row.
        """
        chosen = rows if isinstance(rows, slice) else _chosen(rows, self.n_rows)
        return type(self)({name: values[chosen] for name, values in self.items()}, self.about)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the columns as comma-separated text, and what is known about them as JSON beside it.

        Numbers are written in full, a missing number as an empty cell, and text that a spreadsheet
        would take for a formula after an apostrophe. `rpe.table.read` gives the same table, bit for
        bit; the JSON holds checksums, so that it also notices what was changed in between. Both
        files are replaced, or neither.

        Parameters
        ----------
        path : path
            Of the CSV file, ending in ".csv"; the other one has the ending ".json".

        Raises
        ------
        TypeError
            If `about` cannot be written as JSON.
        ValueError
            If the path ends otherwise.
        FileExistsError
            If the JSON file exists and is not that of a table.
        OSError
            If the folder does not exist or cannot be written to.

        Examples
        --------
        >>> import tempfile
        >>> import rpe
        >>> table = Table({"k": [0.1, 0.2], "arm": ["one goal", "micro wins"]})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     rpe.table.read(table.to_csv(Path(folder) / "sweep.csv")) == table
        True
        """
        return csv_file.write(Path(path), self, self.about)

    def _writers(self, path: Path) -> dict[Path, Callable[[Path], None]]:
        """What writes the files of `to_csv`, so that others can be replaced together with them."""
        return csv_file.writers(path, self, self.about)

    def to_parquet(self, path: str | os.PathLike[str]) -> Path:
        """Write the table as Parquet, with what is known about it inside; needs pyarrow.

        Parameters
        ----------
        path : path
            Ending in ".parquet".

        Raises
        ------
        ValueError
            If the path ends otherwise.
        OSError
            If the folder does not exist or cannot be written to.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        target = Path(path)
        if target.suffix != ".parquet":
            raise ValueError(f"path must end in '.parquet'; got {str(target)!r}")
        content = pa.table(dict(self)).replace_schema_metadata({"rpe": csv_file.as_json(self.about)})
        return write_atomically(target, lambda file: pq.write_table(content, file))

    def to_latex(self, *, digits: int = 3, caption: str = "", label: str = "") -> str:
        r"""Return the table for a paper in LaTeX, with the rules of the package booktabs.

        Parameters
        ----------
        digits : int
            Significant digits of real numbers, at least 1; missing ones are dashes.
        caption, label : str
            With either, the tabular stands in a `table` environment.

        Raises
        ------
        TypeError, ValueError
            If `digits` is not a whole number of at least 1.

        Examples
        --------
        >>> print(Table({"k": [0.1234, np.nan], "arm": ["50% off", "none"]}).to_latex(digits=2))
        \begin{tabular}{rl}
        \toprule
        k & arm \\
        \midrule
        0.12 & 50\% off \\
        -- & none \\
        \bottomrule
        \end{tabular}
        """
        return display.as_latex(self, digits, caption, label)

    def to_pandas(self) -> Any:
        """Return a pandas.DataFrame; needs pandas."""
        import pandas as pd

        frame = pd.DataFrame(dict(self))
        frame.attrs.update(self.about)
        return frame

    def to_xarray(self, dimensions: Sequence[str] = ()) -> Any:
        """Return an xarray.Dataset; needs xarray.

        Parameters
        ----------
        dimensions : sequence of str
            Columns that become the axes of the dataset, such as the parameters of a grid; without
            any, the rows are the only axis.

        Raises
        ------
        ValueError
            If two rows have the same values in those columns.
        """
        import xarray as xr

        frame = self.to_pandas()
        frame.attrs.clear()
        if not dimensions:
            return xr.Dataset.from_dataframe(frame.rename_axis("row")).assign_attrs(about=csv_file.as_json(self.about))
        frame = frame.set_index(list(dimensions))
        if not frame.index.is_unique:
            raise ValueError(f"dimensions must tell all rows apart; {', '.join(dimensions)} do not")
        return xr.Dataset.from_dataframe(frame).assign_attrs(about=csv_file.as_json(self.about))


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on.

    Examples
    --------
    >>> import rpe
    >>> sorted(rpe.table.versions())
    ['gymnasium', 'matplotlib', 'numpy', 'python', 'rpe', 'scipy']
    """
    return {"rpe": __version__, "python": platform.python_version(), **_installed()}


@cache
def _installed() -> dict[str, str]:
    """Versions of the packages, which are read from files and stay what they are while a program runs."""
    from importlib.metadata import version

    return {name: version(name) for name in _PACKAGES}


def _chosen(rows: npt.ArrayLike, n_rows: int) -> Column:
    chosen = np.asarray(rows)
    if chosen.size == 0 and chosen.dtype.kind == "f":  # an empty list
        return chosen.astype(np.int64)
    if chosen.dtype.kind not in "biu":
        raise TypeError(f"rows must be booleans or whole numbers; got {chosen.dtype}")
    if chosen.dtype.kind == "b" and chosen.shape != (n_rows,):
        raise ValueError(f"rows must hold a boolean for each of the {n_rows} rows; got shape {chosen.shape}")
    return chosen


def _same(left: Column, right: Column) -> bool:
    return left.dtype.kind == right.dtype.kind and np.array_equal(left, right, equal_nan=left.dtype.kind == "f")


def _column(name: str, values: Any) -> Column:
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"column {name!r} must not be masked; put NaN where a number is missing")
    array = np.asarray(values)
    if array.dtype.kind == "O" and all(isinstance(value, str) for value in array.flat):
        array = array.astype(np.str_)
    if array.dtype.kind not in _TYPES:
        raise TypeError(f"column {name!r} must hold numbers, booleans or text; got {array.dtype}")
    if array.ndim != 1:
        raise ValueError(f"column {name!r} must be one-dimensional; got shape {array.shape}")
    too_wide = array.dtype.kind == "f" and array.dtype.itemsize > 8
    if too_wide or (array.dtype.kind == "u" and array.max(initial=0) >= 2**63):
        raise ValueError(f"column {name!r} must fit int64 or float64; got {array.dtype}")
    array = array.astype(_TYPES[array.dtype.kind])
    array.flags.writeable = False
    return array
