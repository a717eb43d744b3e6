"""Cells of a scorecard on disk: each is written as soon as it is known, so that a run that was killed goes on."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rpe._checks import count, shown, text
from rpe._files import write_atomically
from rpe.scorecard.finding import Numbers

# What all theories did with one protocol of one finding: by theory and set of parameters, numbers or a message.
Found = dict[tuple[str, str], Numbers | str]
# A finding and the seed of its protocol.
Key = tuple[str, int]


class CellFile:
    """A file of cells, one a line of JSON under a first line that says which run they belong to.

    Lines come in the order in which cells are finished; `finish` puts them in that of the run, so that the file does
    not depend on how many processes worked, nor on how often it was interrupted.

    Parameters
    ----------
    path : path
        Goes on with the cells that it holds, if it exists.
    run : mapping
        What identifies the run, as JSON.

    Raises
    ------
    ValueError
        If the file belongs to another run, or to none.
    OSError
        If it cannot be read or written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "cells.jsonl")
    >>> CellFile(path, {"seed": 1}).add(("A01", 7), {("TD(0)", "default"): {"cue": 1.0}})
    >>> CellFile(path, {"seed": 1}).known
    {('A01', 7): {('TD(0)', 'default'): {'cue': 1.0}}}
    """

    def __init__(self, path: str | os.PathLike[str], run: Mapping[str, Any]) -> None:
        self._path, self._first = Path(path), json.dumps({"run": run}, sort_keys=True)
        self.known: dict[Key, Found] = {}
        if self._path.exists():
            self._read()
        else:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(self._first + "\n", encoding="utf-8")

    def add(self, key: Key, found: Found) -> None:
        """Write a cell, at once."""
        self.known[key] = found
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(key, found) + "\n")

    def finish(self, keys: Iterable[Key]) -> None:
        """Put the cells in the order of the keys, and drop all others."""
        lines = [self._first, *(_line(key, self.known[key]) for key in keys)]

        def write(path: Path) -> None:
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")

        write_atomically(self._path, write)

    def _read(self) -> None:
        try:
            first, *lines = self._path.read_text(encoding="utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise ValueError(f"out must be cells of a scorecard; {self._path} is no text in UTF-8 ({error})") from error
        if first != self._first:
            raise ValueError(
                f"out must be a new file, or hold cells of the same run; got {self._path} of another one "
                "(other theories, parameters, seed or version)"
            )
        # What stands after the last end of a line was cut off when it was written, and is done again.
        whole = lines[:-1]
        for number, line in enumerate(whole, 2):
            try:
                key, found = _cell(line)
            except (TypeError, ValueError, RecursionError) as error:
                raise ValueError(f"out must be whole; {self._path}, line {number}: {error}") from error
            self.known[key] = found
        self._path.write_text("\n".join([first, *whole]) + "\n", encoding="utf-8")


def _cell(line: str) -> tuple[Key, Found]:
    """What a line says, if it is one that was written here."""
    row, seed, cells = json.loads(line)
    found = {(text("theory", name), text("parameters", label)): numbers for name, label, numbers in cells}
    for numbers in found.values():
        values = numbers.values() if isinstance(numbers, dict) else ()
        if not isinstance(numbers, dict | str) or not all(isinstance(value, float) for value in values):
            raise TypeError(f"a cell must hold numbers by name, or a message; got {shown(numbers)}")
    return (text("finding", row), count("seed", seed, 0, 2**64)), found


def _line(key: Key, found: Found) -> str:
    return json.dumps([*key, [[*names, numbers] for names, numbers in found.items()]])
