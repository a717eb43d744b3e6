"""A table of tidy columns that carries its settings, versions and seed, and can be written and read back."""

import csv
import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe import __version__
from rpe._files import write_atomically

__all__ = ["Table", "read", "versions"]

_PACKAGES = ("numpy", "scipy", "gymnasium", "matplotlib")
_KINDS = {"b": "bool", "i": "int", "u": "int", "f": "float", "U": "text"}
_TYPES: dict[str, Any] = {"bool": np.bool_, "int": np.int64, "float": np.float64, "text": np.str_}

Column = npt.NDArray[Any]


class Table(Mapping[str, Column]):
    """Columns of equal length by name, and what is known about how they came to be.

    A table is a read-only mapping of names to arrays, so that `table["k"]` is a column and
    `dict(table)` a plain dictionary.

    Parameters
    ----------
    columns : mapping of str to array (n_rows,)
        Whole numbers, real numbers, booleans or text.
    about : mapping, optional
        Settings, seed and whatever else belongs beside the numbers; must be writable as JSON. The
        versions of the packages are added.

    Raises
    ------
    TypeError
        If a column holds something else.
    ValueError
        If a column is not one-dimensional, or the lengths differ.

    Examples
    --------
    >>> table = Table({"k": [0.1, 0.2], "index": [0.3, 0.7]}, about={"seed": 1})
    >>> table.n_rows, table["index"].max()
    (2, np.float64(0.7))
    >>> table.where(table["k"] > 0.1)["index"]
    array([0.7])
    """

    def __init__(self, columns: Mapping[str, Any], about: Mapping[str, Any] | None = None) -> None:
        self._columns = {str(name): _column(name, values) for name, values in columns.items()}
        lengths = {name: len(values) for name, values in self._columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns must all have the same length; got {lengths}")
        self.about: dict[str, Any] = {"versions": versions(), **(about or {})}

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        return f"Table({self.n_rows} rows: {', '.join(self)})"

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self._columns.values()))) if self._columns else 0

    def where(self, rows: Any) -> Self:
        """Return the table of the chosen rows.

        Parameters
        ----------
        rows : bool array (n_rows,) or int array
            Which rows to keep.
        """
        return type(self)({name: values[rows] for name, values in self.items()}, self.about)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the columns as comma-separated text, and what is known about them as JSON beside it.

        Numbers are written in full, so that `read` gives the same table, bit for bit.

        Parameters
        ----------
        path : path
            Of the CSV file; the other one has the ending ".json".

        Raises
        ------
        OSError
            If the folder does not exist or cannot be written to.

        Examples
        --------
        >>> import tempfile
        >>> table = Table({"k": [0.1, 0.2], "arm": ["one goal", "micro wins"]})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     read(table.to_csv(Path(folder) / "sweep.csv"))["arm"]
        array(['one goal', 'micro wins'], dtype='<U10')
        """
        target = Path(path)
        beside = {"kinds": {name: _KINDS[values.dtype.kind] for name, values in self.items()}, "about": self.about}
        text = json.dumps(beside, indent=2, ensure_ascii=False)
        write_atomically(target.with_suffix(".json"), lambda file: _write_text(file, text))
        return write_atomically(target, self._write_csv)

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
            return xr.Dataset.from_dataframe(frame.rename_axis("row")).assign_attrs(about=json.dumps(self.about))
        frame = frame.set_index(list(dimensions))
        if not frame.index.is_unique:
            raise ValueError(f"dimensions must tell all rows apart; {', '.join(dimensions)} do not")
        return xr.Dataset.from_dataframe(frame).assign_attrs(about=json.dumps(self.about))

    def to_parquet(self, path: str | os.PathLike[str]) -> Path:
        """Write the table as Parquet, with what is known about it inside; needs pyarrow.

        Raises
        ------
        OSError
            If the folder does not exist or cannot be written to.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        content = pa.table(dict(self)).replace_schema_metadata({"rpe": json.dumps(self.about)})
        return write_atomically(Path(path), lambda file: pq.write_table(content, file))

    def _write_csv(self, path: Path) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(self)
            writer.writerows(zip(*(values.tolist() for values in self.values()), strict=True))


def read(path: str | os.PathLike[str]) -> Table:
    """Read a table that `Table.to_csv` or `Table.to_parquet` wrote.

    Parameters
    ----------
    path : path
        Of a CSV file (with its JSON beside it) or of a Parquet file.

    Raises
    ------
    FileNotFoundError
        If the file, or the JSON beside a CSV file, is not there.
    ValueError
        If the file does not fit what is known about it.
    """
    source = Path(path)
    if source.suffix == ".parquet":
        import pyarrow.parquet as pq

        content = pq.read_table(source)
        columns = {name: content[name].to_numpy() for name in content.column_names}
        return _from_file(columns, json.loads(content.schema.metadata[b"rpe"]))
    beside = json.loads(source.with_suffix(".json").read_text(encoding="utf-8"))
    with source.open(newline="", encoding="utf-8") as file:
        header, *lines = csv.reader(file)
    kinds = beside["kinds"]
    if list(kinds) != header:
        raise ValueError(f"{source} must have the columns {', '.join(kinds)}; got {', '.join(header)}")
    if any(len(line) != len(header) for line in lines):
        short = next(i for i, line in enumerate(lines, 2) if len(line) != len(header))
        raise ValueError(f"{source} must have {len(header)} cells in every line; line {short} has not")
    texts = {name: [line[i] for line in lines] for i, name in enumerate(header)}
    return _from_file({name: _parsed(texts[name], kinds[name]) for name in header}, beside["about"])


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results depend on."""
    return {"rpe": __version__, "python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def _from_file(columns: Mapping[str, Any], about: dict[str, Any]) -> Table:
    table = Table(columns)
    table.about = about
    return table


def _column(name: str, values: Any) -> Column:
    array = np.asarray(values)
    if array.dtype.kind == "O" and all(isinstance(value, str) for value in array.flat):
        array = array.astype(np.str_)
    if array.dtype.kind not in _KINDS:
        raise TypeError(f"column {name!r} must hold numbers, booleans or text; got {array.dtype}")
    if array.ndim != 1:
        raise ValueError(f"column {name!r} must be one-dimensional; got shape {array.shape}")
    array = array.copy()
    array.flags.writeable = False
    return array


def _parsed(texts: list[str], kind: str) -> Column:
    if kind == "bool":
        return np.array([text == "True" for text in texts], dtype=np.bool_)
    return np.array(texts, dtype=np.str_).astype(_TYPES[kind]) if texts else np.array([], dtype=_TYPES[kind])


def _write_text(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8")
