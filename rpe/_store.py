"""The file that keeps the cells of a sweep or another run as soon as they are done."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rpe._locks import Lock

_TABLES = """
CREATE TABLE IF NOT EXISTS sweep (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cells (number INTEGER PRIMARY KEY, columns TEXT NOT NULL, error TEXT NOT NULL);
"""

# A cell: its number, columns of results, what went wrong.
Kept = tuple[int, dict[str, list[Any]], str]

# Cells that are read at once.
_AT_ONCE = 10_000

# What may differ where somebody knows that the cells are still right.
_LIFTED = ("version", "text of the function")


class Store:
    """Cells of a run in an SQLite file; each is there for good once `keep` returns.

    Parameters
    ----------
    path : path
        Made if it is not there; its folder must exist.
    identity : dict
        What defines the run.
    seed : int
        Of the run.
    chosen : bool
        Whether that seed was chosen by the caller; otherwise the seed in the file counts.
    force : bool
        Whether to take over a file of another version, or another text of the function.

    Raises
    ------
    ValueError
        If the file is no such file, or belongs to another sweep, or has another seed than the
        one chosen, or is used by another run.
    OSError
        If the folder does not exist.
    """

    def __init__(
        self, path: str | os.PathLike[str], identity: dict[str, Any], seed: int, *, chosen: bool, force: bool = False
    ) -> None:
        if not Path(path).parent.is_dir() or Path(path).is_dir():
            raise FileNotFoundError(f"file must be a file in a folder that exists; got {str(path)!r}")
        self._path = str(path)
        try:
            self._lock = Lock(Path(f"{path}.lock"))
        except BlockingIOError as error:
            raise ValueError(f"file must not be in use; another run works on {self._path!r}") from error
        self._link = sqlite3.connect(path)
        try:
            known = self._opened()
        except sqlite3.DatabaseError as error:
            self.close()
            raise ValueError(f"file must be the file of a sweep; got {str(path)!r} ({error})") from error
        wanted = {name: json.dumps(value) for name, value in identity.items()}
        if not known:
            with self._link:
                self._link.executemany("INSERT INTO sweep VALUES (?, ?)", {**wanted, "seed": str(seed)}.items())
            known = {**wanted, "seed": str(seed)}
        if chosen:
            wanted["seed"] = str(seed)
        # Files of version 0.2 hold the design itself.
        if known.get("design", "").startswith("{"):
            known["design"] = json.dumps(digest([known["design"]]))
        different = [name for name in wanted if known.get(name) != wanted[name]]
        if different and not (force and set(different) <= set(_LIFTED)):
            self.close()
            hint = "; force=True goes on all the same" if set(different) <= set(_LIFTED) else ""
            raise ValueError(f"file must belong to this sweep; {str(path)!r} has another {', '.join(different)}{hint}")
        if different:
            with self._link:
                rows = [(name, wanted[name]) for name in different]
                self._link.executemany("INSERT OR REPLACE INTO sweep VALUES (?, ?)", rows)
        self.seed = int(known["seed"])

    def _opened(self) -> dict[str, str]:
        """What the file says of its sweep; nothing is written into a file of somebody else."""
        there = {name for (name,) in self._link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if there and there != {"sweep", "cells"}:
            raise sqlite3.DatabaseError(f"it holds {', '.join(sorted(there))}")
        # A commit need not wait for the disk: whoever dies loses nothing, only a failing machine may.
        self._link.execute("PRAGMA journal_mode = WAL")
        self._link.execute("PRAGMA synchronous = NORMAL")
        self._link.executescript(_TABLES)
        return dict(self._link.execute("SELECT name, value FROM sweep"))

    def done(self) -> Iterator[list[Kept]]:
        """Yield what is kept, some thousand cells at a time."""
        try:
            rows = self._link.execute("SELECT number, columns, error FROM cells")
            while part := rows.fetchmany(_AT_ONCE):
                numbers, texts, errors = zip(*part, strict=True)
                for number, error in zip(numbers, errors, strict=True):
                    if not isinstance(error, str):
                        said = f"the error of cell {number} of {self._path!r} is no text"
                        raise ValueError(f"file must be whole; {said}")
                yield list(zip(numbers, self._parsed(numbers, texts), errors, strict=True))
        except sqlite3.DatabaseError as error:
            raise ValueError(f"file must be whole; {self._path!r} is damaged ({error})") from error

    def _parsed(self, numbers: Sequence[int], texts: Sequence[Any]) -> list[dict[str, list[Any]]]:
        """The columns of some cells; all at once, which takes a third of the time, if nothing is wrong."""
        try:
            columns = json.loads(f"[{','.join(texts)}]")
        except (TypeError, ValueError):
            columns = []
        if len(columns) == len(texts) and all(map(_is_columns, columns)):
            return columns
        return [self._columns(number, text) for number, text in zip(numbers, texts, strict=True)]

    def _columns(self, number: int, text: Any) -> dict[str, list[Any]]:
        try:
            columns = json.loads(text)
        except (TypeError, ValueError) as error:
            raise ValueError(f"file must be whole; cell {number} of {self._path!r} is damaged ({error})") from error
        if not _is_columns(columns):
            raise ValueError(f"file must be whole; cell {number} of {self._path!r} holds no columns")
        return columns

    def keep(self, cells: Iterable[Kept]) -> None:
        """Keep some cells."""
        rows = [(number, json.dumps(columns), error) for number, columns, error in cells]
        with self._link:
            self._link.executemany("INSERT OR REPLACE INTO cells VALUES (?, ?, ?)", rows)

    def close(self, *, remove: bool = False) -> None:
        """Close the file, for others to use, or take it away."""
        self._link.close()
        if remove:
            Path(self._path).unlink()
        self._lock.close()


def _is_columns(columns: Any) -> bool:
    return isinstance(columns, dict) and all(isinstance(column, list) for column in columns.values())


def digest(text: Iterable[str]) -> str:
    """Return what stands for a long text in an identity."""
    found = hashlib.sha256()
    for part in text:
        found.update(part.encode())
    return f"sha256 {found.hexdigest()}"
