"""Columns of text from wherever data lie: a file with any delimiter, compressed or not, or a data frame."""

import csv
import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol, cast

import numpy as np
import numpy.typing as npt

from rpe._checks import LARGEST, Bools, Floats, Ints, sequence, shown, text

MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "<NA>", "NaT")
_MOST_BYTES = 4 * 2.0**30
_DELIMITERS = ("\t", ";", ",", "|")
_TRUTH = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}


class Frame(Protocol):
    """A data frame, of pandas, polars or `rpe.table`: named columns."""

    @property
    def columns(self) -> Any:
        """Names of the columns."""

    def __getitem__(self, name: str) -> Any:
        """Return one column."""


Readable = str | os.PathLike[str] | Frame | Mapping[str, npt.ArrayLike]


@dataclass(frozen=True)
class Source:
    """Cells of text by column, and where each row stands.

    Attributes
    ----------
    name : str
        Of the file, for messages.
    cells : dict of str to list of str
        By column, in order.
    lines : sequence of int
        The line of each row, from 1; of a data frame the row, from 0.
    place : str
        What `lines` counts: "line" or "row".
    missing : tuple of str
        Cells that say that a value is missing.
    """

    name: str
    cells: dict[str, list[str]]
    lines: Sequence[int]
    place: str
    missing: tuple[str, ...]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.lines)

    def where(self, row: int) -> str:
        """Say where a row stands."""
        return f"{self.name}, {self.place} {self.lines[row]}"

    def fail(self, row: int, rule: str, column: str) -> NoReturn:
        """Raise ValueError for the cell of a row."""
        raise ValueError(f"{self.where(row)}: {rule}; got {shown(self.cells[column][row])} in column {column!r}")

    def absent(self, column: str) -> Bools:
        """Return which cells of a column say that a value is missing, (n_rows,)."""
        missing = set(self.missing)
        return np.array([cell in missing for cell in self.cells[column]], dtype=np.bool_)

    def real(self, name: str, column: str, absent: Bools | None = None, instead: float = np.nan) -> Floats:
        """Return the finite numbers of a column (n_rows,), with `instead` where they are `absent`."""
        cells = self.cells[column]
        if absent is None:
            lacking = self.absent(column)
            if lacking.any():
                self.fail(int(np.argmax(lacking)), f"{name} must be given in every row", column)
        elif absent.any():
            cells = ["0" if gone else cell for cell, gone in zip(cells, absent, strict=True)]
        values = self._numbers(name, column, cells, float)
        if not np.isfinite(values).all():
            self.fail(int(np.argmin(np.isfinite(values))), f"{name} must be finite", column)
        return values if absent is None else np.where(absent, instead, values)

    def whole(self, name: str, column: str, absent: Bools | None = None, least: int = 0) -> Ints:
        """Return the whole numbers of a column (n_rows,), −1 where they are `absent`; 1.0 is a whole number."""
        if absent is None and (lacking := self.absent(column)).any():
            self.fail(int(np.argmax(lacking)), f"{name} must be given in every row", column)
        cells = self.cells[column]
        if absent is not None and absent.any():
            cells = [str(least) if gone else cell for cell, gone in zip(cells, absent, strict=True)]
        values = self._numbers(name, column, cells, whole_number)
        if values.min() < least:
            row = int(np.argmax(values < least))
            raise ValueError(f"{self.where(row)}: {name} must be at least {least}; got {int(values[row])}")
        if values.max() > LARGEST:
            self.fail(int(np.argmax(values)), f"{name} must be at most {LARGEST}", column)
        result = values.astype(np.int64)
        return result if absent is None else np.where(absent, -1, result)

    def room(self, name: str, column: str, places: Ints, n_each: float) -> None:
        """Raise ValueError where the largest place (n_rows,), with so many cells for each, asks for too much memory."""
        if 8.0 * (float(places.max()) + 1) * n_each > _MOST_BYTES:
            self.fail(int(np.argmax(places)), f"{name} must leave a record below {_MOST_BYTES / 2**30:g} GiB", column)

    def truth(self, name: str, column: str) -> Bools:
        """Return a column of 0 and 1, or true and false, (n_rows,)."""
        values = self._numbers(name, column, [str(_TRUTH.get(c.lower(), c)) for c in self.cells[column]], float)
        wrong = (values != 0) & (values != 1)
        if wrong.any():
            self.fail(int(np.argmax(wrong)), f"{name} must be 0 or 1, or true or false", column)
        return values == 1

    def text_or_numbers(self, column: str) -> npt.NDArray[Any]:
        """Return a column (n_rows,) as numbers, NaN where missing, if all are; else as text."""
        absent = self.absent(column)
        cells = ["nan" if gone else cell for cell, gone in zip(self.cells[column], absent, strict=True)]
        try:
            return np.array(cells, dtype=np.str_).astype(np.float64)
        except ValueError:
            return np.array(self.cells[column], dtype=np.str_)

    def _numbers(self, name: str, column: str, cells: list[str], kind: Callable[[str], float]) -> Floats:
        try:
            values = np.array(cells, dtype=np.str_).astype(np.float64)
            if kind is float or bool((values == np.floor(values)).all()):
                return values
        except ValueError:
            pass
        # Something is wrong, or written in a way that NumPy does not know: look at every cell.
        values = np.empty(len(cells))
        for row, cell in enumerate(cells):
            try:
                values[row] = kind(cell)
            except (ValueError, OverflowError) as error:
                what = "a number" if kind is float else "a whole number"
                raise ValueError(
                    f"{self.where(row)}: {name} must be {what}; got {shown(self.cells[column][row])} "
                    f"in column {column!r}"
                ) from error
        return values


def whole_number(cell: str) -> float:
    """Return a whole number, also one written as 1.0; raise ValueError for others."""
    value = float(cell)
    if value != int(value):
        raise ValueError(cell)
    return value


def source_of(
    data: Readable, delimiter: str | None = None, encoding: str = "utf-8-sig", missing: Iterable[str] = MISSING
) -> Source:
    """Return the columns of a file, a data frame or a mapping.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not in that encoding, has no row, two columns of a name, or rows of different lengths.
    """
    words = tuple(text("missing_values", word) for word in sequence("missing_values", missing))
    text("encoding", encoding)
    if delimiter is not None and len(text("delimiter", delimiter)) != 1:
        raise ValueError(f"delimiter must be one character; got {delimiter!r}")
    if isinstance(data, str | os.PathLike):
        return _of_file(Path(data), delimiter, encoding, words)
    if hasattr(data, "collect"):
        raise TypeError(f"data must be a data frame; {type(data).__name__} is one only after its method collect()")
    columns: Any = getattr(data, "columns", data)
    if not isinstance(columns, Iterable) or (columns is data and not isinstance(data, Mapping)):
        raise TypeError(f"data must be a path, a data frame or a mapping of columns; got {shown(data)}")
    names = [str(name) for name in columns]
    cells = {name: _as_text(cast(Any, data)[name]) for name in names}
    sizes = {len(column) for column in cells.values()}
    if len(sizes) != 1 or not max(sizes):
        raise ValueError(f"{type(data).__name__}: must have at least one row, in columns of one length; got {sizes}")
    return Source(type(data).__name__, cells, range(max(sizes)), "row", words)


def _as_text(column: Any) -> list[str]:
    """The cells of a column of a data frame as text; what is missing there is empty."""
    values = np.asarray(column.to_numpy() if hasattr(column, "to_numpy") else column).ravel()
    if values.dtype.kind in "iub":
        return [str(value) for value in values.tolist()]
    return [_cell(value) for value in values]


def _cell(value: Any) -> str:
    """A cell of a data frame as text; a list in it as one is written."""
    if isinstance(value, list | tuple | np.ndarray):
        return f"[{', '.join(map(_cell, value))}]"
    # NaN, NaT and pandas' NA are not equal to themselves.
    return "" if value is None or not _is(value == value) else _bare(str(value))


def _is(value: Any) -> bool:
    return isinstance(value, bool | np.bool_) and bool(value)


def _bare(text: str) -> str:
    """A date without the midnight that data frames give it."""
    return text.removesuffix(" 00:00:00").removesuffix("T00:00:00.000000000").strip()


def _of_file(path: Path, delimiter: str | None, encoding: str, missing: tuple[str, ...]) -> Source:
    text = _text_of(path, encoding)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count) if delimiter is None else delimiter
    numbered = _numbered(path, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    header = [cell.strip() for cell in next(numbered, (1, []))[1]]
    if len(set(header)) < len(header):
        raise ValueError(f"{path}, line 1: columns must have names of their own; got {shown(', '.join(header))}")
    rows, numbers = [], []
    width = len(header)
    for number, row in numbered:
        if len(row) != width:
            if not any(cell.strip() for cell in row):
                continue
            raise ValueError(f"{path}, line {number}: must have {width} cells; got {len(row)}")
        if width > 1 or row[0].strip():
            rows.append(row)
            numbers.append(number)
    rows, numbers = _without_blank(rows, numbers)
    by_column = list(zip(*rows, strict=True)) if rows else [()] * width
    cells = {name: [cell.strip() for cell in column] for name, column in zip(header, by_column, strict=True)}
    if delimiter == ";":
        cells = {name: [_point(cell) for cell in column] for name, column in cells.items()}
    return Source(str(path), cells, numbers, "line", missing)


def _text_of(path: Path, encoding: str) -> str:
    raw = path.read_bytes()
    if path.suffix == ".gz":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{path}: must be a whole compressed file; {error}") from error
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{path}, line {line}: must be text in {encoding}; got byte {raw[error.start]:#04x} "
            f"(encoding= says which other one it is, such as 'latin-1')"
        ) from error
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        raise ValueError(f"{path}, line {line}: must not hold NUL, as text does not; the file is damaged or no text")
    return text


def _numbered(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file, each with the number of its first line."""
    first = 1
    try:
        for row in reader:
            yield first, row
            first = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{path}, line {first}: must be cells between delimiters; {error}") from error


def _without_blank(rows: list[list[str]], numbers: list[int]) -> tuple[list[list[str]], list[int]]:
    """Rows that are more than delimiters."""
    keep = [i for i, row in enumerate(rows) if any(row)]
    if len(keep) == len(rows):
        return rows, numbers
    return [rows[i] for i in keep], [numbers[i] for i in keep]


def _point(cell: str) -> str:
    """A number with a decimal comma, as files with semicolons have them, with a point."""
    whole, comma, rest = cell.partition(",")
    return f"{whole}.{rest}" if comma and rest.isdigit() and whole.lstrip("+-").isdigit() else cell
