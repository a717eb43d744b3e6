"""Reads back every table that the library wrote."""

import json
import os
from pathlib import Path
from typing import Any

from rpe.table import csv_file
from rpe.table.columns import Table


def read(path: str | os.PathLike[str]) -> Table:
    """Read a table that the library wrote: by `Table.to_csv`, `Table.to_parquet` or one of its commands.

    A CSV file that a spreadsheet saved again reads back equal (TRUE for True, other quotes, a byte
    order mark, semicolons or tabs for commas, decimal commas between semicolons, other line ends),
    or is refused where a value is no longer what was written.

    Parameters
    ----------
    path : path
        Of a CSV file (with its JSON beside it) or of a Parquet file.

    Returns
    -------
    Table

    Raises
    ------
    FileNotFoundError
        If the file, or the JSON beside a CSV file, is not there.
    ValueError
        If the file is no table of this library, or was changed since; the message names file, line,
        column and value.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import rpe
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = rpe.table.Table({"k": [0.1, 0.2]}, {"seed": 3}).to_csv(Path(folder) / "sweep.csv")
    ...     again = rpe.table.read(file)
    >>> again["k"].tolist(), again.about["seed"]
    ([0.1, 0.2], 3)
    """
    source = Path(path)
    if source.suffix == ".parquet":
        return _read_parquet(source)
    if source.suffix != ".csv":
        raise ValueError(f"path must end in '.csv' or '.parquet'; got {str(source)!r}")
    return _as_written(*csv_file.read(source))


def _read_parquet(source: Path) -> Table:
    import pyarrow.parquet as pq

    content = pq.read_table(source)
    about = (content.schema.metadata or {}).get(b"rpe")
    if about is None:
        raise ValueError(f"{source} must be a file that Table.to_parquet wrote; it says nothing about its table")
    return _as_written({name: content[name].to_numpy() for name in content.column_names}, json.loads(about))


def _as_written(columns: dict[str, Any], about: dict[str, Any]) -> Table:
    """The table with the versions that made it, not those that read it."""
    table = Table(columns)
    table.about = about
    return table
