"""CSV with JSON beside it: written together, with checksums that tell where a cell was changed since.

The JSON holds the kind and a digest of every column, and two bytes of checksum for every row: from
the former follows whether the table is as it was written, from both where it is not.
"""

import csv
import hashlib
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._files import write_together

FORMAT = "rpe.table"
_KINDS = {"b": "bool", "i": "int", "f": "float", "U": "text"}
_TYPES: dict[str, Any] = {"bool": np.bool_, "int": np.int64, "float": np.float64, "text": np.str_}
_RULES = {"bool": "True or False", "int": "a whole number", "float": "a number or empty", "text": "text"}
# What a spreadsheet takes for a formula; the apostrophe itself, so that the guard can be taken off again.
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")


class _Line(NamedTuple):
    """A row of a file: the number of its first line, and its cells."""

    number: int
    cells: list[str]


def write(path: Path, columns: Mapping[str, npt.NDArray[Any]], about: Mapping[str, Any]) -> Path:
    """Write columns as CSV and what is known about them as JSON beside it, both or neither."""
    if path.suffix != ".csv":
        raise ValueError(f"path must end in '.csv', as what is known goes to '.json' beside it; got {str(path)!r}")
    beside = path.with_suffix(".json")
    if beside.exists() and not _is_ours(beside):
        raise FileExistsError(f"{beside} exists and is not that of a table; choose another name than {path.name!r}")
    cells = {name: _written(values) for name, values in columns.items()}
    known = {
        "format": FORMAT,
        "about": about,
        "kinds": {name: _KINDS[values.dtype.kind] for name, values in columns.items()},
        "digests": {name: _digest(column) for name, column in cells.items()},
        "rows": _row_checksums(zip(*cells.values(), strict=True)),
    }
    text = json.dumps(known, indent=2, ensure_ascii=False, default=_plain) + "\n"
    # The JSON first: where the second file cannot be replaced, the first is put back, and it is the smaller one.
    write_together(
        {
            beside: lambda file: _write_text(file, text),
            path: lambda file: _write_rows(file, [_guarded(name) for name in cells], cells.values()),
        }
    )
    return path


def read(path: Path) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Return the columns of a file that `write` wrote, and what is known about them.

    Raises
    ------
    ValueError
        If the file is not what was written.
    """
    known = _known(path)
    kinds: dict[str, str] = known["kinds"]
    lines, delimiter = _lines(path, list(kinds))
    if len(lines) != (written := len(known["rows"]) // 4):
        raise ValueError(f"{path} must have {written} rows, as when it was written; got {len(lines)}")
    columns = {
        name: _parsed(path, name, kind, [(line.number, line.cells[i]) for line in lines], delimiter)
        for i, (name, kind) in enumerate(kinds.items())
    }
    cells = {name: _written(values) for name, values in columns.items()}
    changed = [name for name, column in cells.items() if _digest(column) != known["digests"].get(name)]
    if changed:
        rows = _row_checksums(zip(*cells.values(), strict=True))
        raise ValueError(_where_changed(path, lines, list(kinds), changed, rows, known["rows"]))
    return columns, known["about"]


def _is_ours(beside: Path) -> bool:
    """Whether a JSON file was written beside a table, by this version or before."""
    try:
        known = json.loads(beside.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(known, dict) and (known.get("format") == FORMAT or {"kinds", "about"} <= set(known))


def _known(path: Path) -> dict[str, Any]:
    beside = path.with_suffix(".json")
    known = json.loads(beside.read_text(encoding="utf-8"))
    needed = ("about", "kinds", "digests", "rows")
    if not isinstance(known, dict) or (lacking := [name for name in needed if name not in known]):
        what = ", ".join(lacking) if isinstance(known, dict) else "everything"
        raise ValueError(f"{beside} must be what Table.to_csv wrote beside {path.name!r}; it lacks {what}")
    return known


def _lines(path: Path, names: Sequence[str]) -> tuple[list[_Line], str]:
    """The rows below the header, and the delimiter with which the header is the one expected."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} must be text in UTF-8; byte {error.start} is not") from error
    for delimiter in (",", ";", "\t"):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        header = [_bare(cell) for cell in next(reader, [])]
        if header == list(names):
            return list(_numbered(path, reader, len(names))), delimiter
    header = next(csv.reader(io.StringIO(text, newline="")), [])
    raise ValueError(f"{path} must have the columns {', '.join(names)}; got {', '.join(header) or 'none'}")


def _numbered(path: Path, reader: Any, width: int) -> Iterator[_Line]:
    first = reader.line_num + 1
    for cells in reader:
        if cells:
            if len(cells) != width:
                raise ValueError(f"{path}, line {first}: must have {width} cells; got {len(cells)}")
            yield _Line(first, cells)
        first = reader.line_num + 1


def _parsed(path: Path, name: str, kind: str, cells: list[tuple[int, str]], delimiter: str) -> npt.NDArray[Any]:
    values = []
    for line, cell in cells:
        try:
            values.append(_value(kind, cell, delimiter))
        except ValueError as error:
            raise ValueError(f"{path}, line {line}, column {name!r}: must be {_RULES[kind]}; got {cell!r}") from error
    return np.array(values, dtype=_TYPES[kind])


def _value(kind: str, cell: str, delimiter: str) -> Any:
    """What a cell holds; a spreadsheet may have written it in its own way."""
    if kind == "text":
        return _bare(cell)
    if kind == "bool":
        return bool(("false", "true").index(cell.lower()))
    if kind == "int":
        number = int(cell)
        if not -(2**63) <= number < 2**63:
            raise ValueError(cell)
        return number
    if delimiter == ";":
        cell = cell.replace(",", ".")
    return float(cell) if cell else np.nan


def _where_changed(
    path: Path, lines: list[_Line], names: list[str], changed: list[str], rows: str, written: str
) -> str:
    """The message about a table that is not as it was written."""
    moved = [i for i in range(len(lines)) if rows[4 * i : 4 * i + 4] != written[4 * i : 4 * i + 4]]
    if not moved:
        return f"{path}, column {', '.join(map(repr, changed))}: values were changed since the table was written"
    line = lines[moved[0]]
    found = ", ".join(f"column {name!r}: got {line.cells[names.index(name)]!r}" for name in changed)
    return f"{path}, line {line.number}, {found}; not what was written ({len(moved)} lines differ)"


def _written(values: npt.NDArray[Any]) -> list[str]:
    """The cells of a column, with numbers in full."""
    if values.dtype.kind == "f":
        return ["" if value != value else repr(value) for value in values.tolist()]
    return [_guarded(value) if isinstance(value, str) else str(value) for value in values.tolist()]


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_GUARDED) else text


def _bare(cell: str) -> str:
    return cell.removeprefix("'")


def _digest(cells: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(cells).encode()).hexdigest()[:16]


def _row_checksums(rows: Iterable[Sequence[str]]) -> str:
    """Four hexadecimal digits for every row."""
    sums = (zlib.crc32("\0".join(row).encode()) & 0xFFFF for row in rows)
    return "".join(f"{number:04x}" for number in sums)


def _plain(value: Any) -> Any:
    """What NumPy holds, as JSON has it."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"about must be writable as JSON; {type(value).__name__} is not JSON serializable")


def _write_rows(path: Path, header: Sequence[str], columns: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(zip(*columns, strict=True))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
