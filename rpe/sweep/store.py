"""The file that keeps the cells of a sweep as soon as they are done."""

import json
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS sweep (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cells (number INTEGER PRIMARY KEY, columns TEXT NOT NULL, error TEXT NOT NULL);
"""


class Store:
    """Outcomes of a sweep in an SQLite file; each is there for good once `keep` returns.

    Parameters
    ----------
    path : path
        Made if it is not there; its folder must exist.
    identity : dict
        What defines the sweep.
    seed : int
        Of the sweep.
    chosen : bool
        Whether that seed was chosen by the caller; otherwise the seed in the file counts.

    Raises
    ------
    ValueError
        If the file is no such file, or belongs to another sweep, or has another seed than the
        one chosen.
    OSError
        If the folder does not exist.
    """

    def __init__(self, path: str | os.PathLike[str], identity: dict[str, Any], seed: int, *, chosen: bool) -> None:
        if not Path(path).parent.is_dir() or Path(path).is_dir():
            raise FileNotFoundError(f"file must be a file in a folder that exists; got {str(path)!r}")
        self._link = sqlite3.connect(path)
        try:
            self._link.executescript(_TABLES)
            known = dict(self._link.execute("SELECT name, value FROM sweep"))
        except sqlite3.DatabaseError as error:
            self._link.close()
            raise ValueError(f"file must be the file of a sweep; got {str(path)!r} ({error})") from error
        wanted = {name: json.dumps(value) for name, value in identity.items()}
        if not known:
            with self._link:
                self._link.executemany("INSERT INTO sweep VALUES (?, ?)", {**wanted, "seed": str(seed)}.items())
            known = {**wanted, "seed": str(seed)}
        if chosen:
            wanted["seed"] = str(seed)
        different = [name for name in wanted if known.get(name) != wanted[name]]
        if different:
            self._link.close()
            raise ValueError(f"file must belong to this sweep; {str(path)!r} has another {', '.join(different)}")
        self.seed = int(known["seed"])

    def done(self) -> dict[int, tuple[dict[str, list[Any]], str]]:
        """Return the columns and the error of every cell that is kept, by its number."""
        rows = self._link.execute("SELECT number, columns, error FROM cells")
        return {number: (json.loads(columns), error) for number, columns, error in rows}

    def keep(self, outcomes: Iterable[Any]) -> None:
        """Keep some outcomes: number, columns, error."""
        rows = [(number, json.dumps(columns), error) for number, columns, error in outcomes]
        with self._link:
            self._link.executemany("INSERT OR REPLACE INTO cells VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Close the file."""
        self._link.close()
