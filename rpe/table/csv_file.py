"""CSV with JSON beside it: written together, with checksums that tell where a cell was changed since.

The JSON holds the kind and a digest of every column, and two bytes of checksum for every row: from
the former follows whether the table is as it was written, from both where it is not.
"""

import csv
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import shown
from rpe._files import JOURNAL, complete, write_together

FORMAT = "rpe.table"
_KINDS = {"b": "bool", "i": "int", "f": "float", "U": "text"}
_TYPES: dict[str, Any] = {"bool": np.bool_, "int": np.int64, "float": np.float64, "text": np.str_}
_IN_WORDS = {dict: "an object", str: "text"}
_RULES = {"bool": "True or False", "int": "a whole number", "float": "a number or empty", "text": "text"}
# What a spreadsheet takes for a formula; the apostrophe itself, so that the guard can be taken off again.
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")


class _Line(NamedTuple):
    """A row of a file: the number of its first line, and its cells."""

    number: int
    cells: list[str]


def write(path: Path, columns: Mapping[str, npt.NDArray[Any]], about: Mapping[str, Any]) -> Path:
    """Write columns as CSV and what is known about them as JSON beside it, both or neither."""
    write_together(writers(path, columns, about))
    return path


def writers(
    path: Path, columns: Mapping[str, npt.NDArray[Any]], about: Mapping[str, Any]
) -> dict[Path, Callable[[Path], None]]:
    """Return what writes the two files, for `write_together`, which may write others with them."""
    if path.suffix != ".csv":
        raise ValueError(f"path must end in '.csv', as what is known goes to '.json' beside it; got {str(path)!r}")
    beside = path.with_suffix(".json")
    if beside.exists() and not _is_ours(beside):
        raise FileExistsError(f"{beside} exists and is not that of a table; choose another name than {path.name!r}")
    known = {
        "format": FORMAT,
        "about": about,
        "kinds": {name: _KINDS[values.dtype.kind] for name, values in columns.items()},
        "digests": {name: _digest(values) for name, values in columns.items()},
        "rows": _row_checksums(columns),
    }
    text = as_json(known, indent=2) + "\n"
    # The JSON first: where the second file cannot be replaced, the first is put back, and it is the smaller one.
    return {
        beside: lambda file: _write_text(file, text),
        path: lambda file: _write_rows(file, columns),
    }


def read(path: Path) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Return the columns of a file that `write` wrote, and what is known about them.

    Raises
    ------
    ValueError
        If the file is not what was written.
    """
    noted, written_rows = _both(path)
    known = _known(path, noted)
    kinds: dict[str, str] = known["kinds"]
    lines, delimiter = _lines(path, written_rows, list(kinds))
    if len(lines) != (written := len(known["rows"]) // 4):
        raise ValueError(f"{path} must have {written} rows, as when it was written; got {len(lines)}")
    columns = {name: _parsed(path, lines, i, name, kinds[name], delimiter) for i, name in enumerate(kinds)}
    changed = [name for name, values in columns.items() if _digest(values) != known["digests"].get(name)]
    if changed:
        raise ValueError(_where_changed(path, lines, list(kinds), changed, _row_checksums(columns), known["rows"]))
    return columns, known["about"]


def as_json(value: Any, indent: int | None = None) -> str:
    """Return JSON text; NumPy's numbers and arrays as numbers and lists.

    Raises
    ------
    TypeError
        For anything that JSON does not have.
    """
    return json.dumps(value, indent=indent, ensure_ascii=False, default=_plain)


def _is_ours(beside: Path) -> bool:
    """Whether a JSON file was written beside a table, by this version or before."""
    try:
        known = json.loads(beside.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(known, dict) and (known.get("format") == FORMAT or {"kinds", "about"} <= set(known))


def _both(path: Path) -> tuple[bytes, bytes]:
    """The JSON and the CSV of one writing, also while another one replaces them."""
    beside = path.with_suffix(".json")
    while True:
        complete(path.parent)
        noted, rows = beside.read_bytes(), path.read_bytes()
        if not (path.parent / JOURNAL).exists() and beside.read_bytes() == noted:
            return noted, rows


def _known(path: Path, noted: bytes) -> dict[str, Any]:
    beside = path.with_suffix(".json")
    rule = f"{beside} must be what Table.to_csv wrote beside {path.name!r}"
    try:
        known = json.loads(noted.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{rule}; {error}") from error
    if not isinstance(known, dict):
        raise ValueError(f"{rule}; got {type(known).__name__} in place of an object")
    needed = {"about": dict, "kinds": dict, "digests": dict, "rows": str}
    if lacking := [name for name in needed if name not in known]:
        raise ValueError(f"{rule}; it lacks {', '.join(lacking)}")
    for name, kind in needed.items():
        if not isinstance(known[name], kind):
            raise ValueError(f"{rule}; {name} must be {_IN_WORDS[kind]}; got {shown(known[name])}")
    for name, kind in known["kinds"].items():
        if kind not in _TYPES:
            raise ValueError(f"{rule}; the kind of {name!r} must be one of {', '.join(_TYPES)}; got {shown(kind)}")
    return known


def _lines(path: Path, rows: bytes, names: Sequence[str]) -> tuple[list[_Line], str]:
    """The rows below the header, and the delimiter with which the header is the one expected."""
    try:
        text = rows.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = rows[: error.start].count(b"\n") + 1
        raise ValueError(f"{path}, line {line}: must be text in UTF-8; byte {error.start} is not") from error
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        raise ValueError(f"{path}, line {line}: must not hold NUL, as text does not; the file is damaged or no text")
    for delimiter in (",", ";", "\t"):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        header = _header(reader)
        if header == list(names):
            return list(_numbered(path, reader, len(names))), delimiter
    found = ", ".join(_header(csv.reader(io.StringIO(text, newline=""))))[:200] or "none"
    raise ValueError(f"{path}, line 1: must have the columns {', '.join(names)}; got {found}")


def _header(reader: Any) -> list[str]:
    """The first row; nothing where it is none, as between other delimiters."""
    try:
        return [bare(cell) for cell in next(reader, [])]
    except csv.Error:
        return []


def _numbered(path: Path, reader: Any, width: int) -> Iterator[_Line]:
    first = reader.line_num + 1
    try:
        for cells in reader:
            if cells:
                if len(cells) != width:
                    raise ValueError(f"{path}, line {first}: must have {width} cells; got {len(cells)}")
                yield _Line(first, cells)
            first = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{path}, line {first}: {error}") from error


def _parsed(path: Path, lines: list[_Line], place: int, name: str, kind: str, delimiter: str) -> npt.NDArray[Any]:
    """A column by its kind; a spreadsheet may have written the cells in its own way."""
    cells = [line.cells[place] for line in lines]
    if kind == "text":
        return np.array([bare(cell) for cell in cells], dtype=np.str_)
    if kind == "float" and delimiter == ";":
        cells = [cell.replace(",", ".") for cell in cells]
    values = []
    for line, cell in zip(lines, cells, strict=True):
        try:
            values.append(_READERS[kind](cell))
        except ValueError as error:
            raise ValueError(
                f"{path}, line {line.number}, column {name!r}: must be {_RULES[kind]}; got {shown(line.cells[place])}"
            ) from error
    return np.array(values, dtype=_TYPES[kind])


def _whole(cell: str) -> int:
    number = int(cell)
    if not -(2**63) <= number < 2**63:
        raise ValueError(cell)
    return number


_READERS: dict[str, Callable[[str], Any]] = {
    "bool": lambda cell: bool(("false", "true").index(cell.lower())),
    "int": _whole,
    "float": lambda cell: float(cell) if cell else np.nan,
}


def _where_changed(
    path: Path, lines: list[_Line], names: list[str], changed: list[str], rows: str, written: str
) -> str:
    """The message about a table that is not as it was written."""
    moved = [i for i in range(len(lines)) if rows[4 * i : 4 * i + 4] != written[4 * i : 4 * i + 4]]
    if not moved:
        return f"{path}, column {', '.join(map(repr, changed))}: values were changed since the table was written"
    line = lines[moved[0]]
    found = ", ".join(f"column {name!r}: got {shown(line.cells[names.index(name)])}" for name in changed)
    return f"{path}, line {line.number}, {found}; not what was written ({len(moved)} lines differ)"


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_GUARDED) else text


def bare(cell: str) -> str:
    """Return the text of a cell without the apostrophe that guards it from being taken for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_GUARDED) else cell


def _bits(values: npt.NDArray[Any]) -> npt.NDArray[np.uint64]:
    """64 bits for every value, the same for all NaN and on every machine; of text a checksum."""
    if values.dtype.kind == "U":
        return np.array([zlib.crc32(text.encode()) for text in values.tolist()], dtype="<u8")
    if values.dtype.kind == "f":
        return np.where(np.isnan(values), np.nan, values).astype("<f8").view("<u8")
    return values.astype("<i8").view("<u8")


def _digest(values: npt.NDArray[Any]) -> str:
    content = "\0".join(values.tolist()).encode() if values.dtype.kind == "U" else _bits(values).tobytes()
    return hashlib.sha256(content).hexdigest()[:16]


def _row_checksums(columns: Mapping[str, npt.NDArray[Any]]) -> str:
    """Four hexadecimal digits for every row: the bits of its values, mixed by products with an odd number."""
    values = list(columns.values())
    mixed = np.zeros(len(values[0]) if values else 0, dtype=np.uint64)
    for each in values:
        mixed = (mixed ^ _bits(each)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(48)).astype(">u2").tobytes().hex()


def _plain(value: Any) -> Any:
    """What NumPy holds, as JSON has it."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"about must be writable as JSON; {type(value).__name__} is not JSON serializable")


def _write_rows(path: Path, columns: Mapping[str, npt.NDArray[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([_guarded(name) for name in columns])
        writer.writerows(zip(*(_cells(values) for values in columns.values()), strict=True))


def _cells(values: npt.NDArray[Any]) -> list[Any]:
    if values.dtype.kind == "U":
        return [_guarded(text) for text in values.tolist()]
    return ["" if value != value else value for value in values.tolist()]


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
