"""Reads back every table that the library wrote."""

import json
import os
from io import BytesIO
from pathlib import Path
from typing import Any

from rpe._checks import shown
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

    raw = source.read_bytes()
    rule = f"{source} must be a file that Table.to_parquet wrote"
    try:
        content = pq.read_table(BytesIO(raw))
        about = json.loads((content.schema.metadata or {})[b"rpe"])
    except KeyError as error:
        raise ValueError(f"{rule}; it says nothing about its table") from error
    # Errors of pyarrow are ValueError or OSError.
    except (ValueError, OSError) as error:
        raise ValueError(f"{rule}; {error}") from error
    if not isinstance(about, dict):
        raise ValueError(f"{rule}; what it says about its table must be an object; got {shown(about)}")
    return _as_written({name: content[name].to_numpy() for name in content.column_names}, about)


def _as_written(columns: dict[str, Any], about: dict[str, Any]) -> Table:
    """The table with the versions that made it, not those that read it."""
    table = Table(columns)
    table.about = about
    return table
