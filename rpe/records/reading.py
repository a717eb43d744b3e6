"""Readers of common data: one row per choice, and daily logs of work."""

import csv
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import choice, count
from rpe.records.choices import QUANTITIES, Choices
from rpe.records.work_log import WorkLog

_MORE = (*QUANTITIES[1:], "terminated")
_TRUTH = {"true": "1", "false": "0"}


class _Row(NamedTuple):
    """A line of a file: its number, and its cells by column."""

    line: int
    cells: dict[str, str]


def read_choices(
    path: str | os.PathLike[str], *, subjects: Sequence[str] | None = None, missing: str = "error"
) -> Choices:
    r"""Read choices from a CSV file with one row per choice.

    Parameters
    ----------
    path : path
        The first line names the columns: subject, trial, action, reward and, if there are any,
        step (within the trial, from 0), state, next_state, effort, points, pseudo_reward, terminated
        (0 or 1, or true or false). Trials are whole numbers that begin at 0 or 1. An empty action
        is a choice that was missed. `Choices.table.to_csv` writes such a file.
    subjects : sequence of str, optional
        The subjects to expect, in this order; by default those of the file as they come.
    missing : {"error", "skip"}
        Whether a trial that a subject's rows leave out is an error, or a trial without a choice.

    Returns
    -------
    Choices

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        For columns that are missing or unknown, cells that are no numbers, a trial that comes
        twice, a gap, a negative trial or step, or a subject that is not expected or has no row;
        the message names the line.

    Examples
    --------
    >>> import tempfile
    >>> text = "subject,trial,action,reward\nanna,1,0,1\nanna,2,1,0\nbert,1,1,1\nbert,2,1,0\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "choices.csv"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     read_choices(path).action[:, :, 0]
    array([[0, 1],
           [1, 1]])
    """
    choice("missing", missing, ("error", "skip"))
    rows = _rows(path, ("subject", "trial", "action", "reward"), ("step", "state", "next_state", *_MORE))
    names = _subjects(rows, subjects, path)
    trials = {name: _whole(rows_of, "trial") for name, rows_of in _by_subject(rows, names).items()}
    first = min(numbers.min() for numbers in trials.values())
    if first > 1:
        raise ValueError(f"{path}: trials must begin at 0 or 1; the first is {first}")
    arrays = _Arrays(rows, names, int(first))
    for name, rows_of in _by_subject(rows, names).items():
        _no_gaps(rows_of, trials[name] - first, "trial", path, missing == "error")
        arrays.fill(names.index(name), rows_of, path)
    return arrays.record(names)


def read_work(
    path: str | os.PathLike[str],
    *,
    subjects: Sequence[str] | None = None,
    n_days: int | None = None,
    missing: str = "error",
) -> WorkLog:
    r"""Read work over time from a CSV file with one row per subject and day.

    Parameters
    ----------
    path : path
        The first line names the columns subject, day (a whole number, from 0) and done (units done
        on that day).
    subjects : sequence of str, optional
        The subjects to expect, in this order; by default those of the file as they come.
    n_days : int, optional
        Days until the deadline; by default up to the last day in the file.
    missing : {"error", "zero", "unknown"}
        What a day without a row means: an error, a day without work, or work that is not known
        (after which a subject's sum stays unknown).

    Returns
    -------
    WorkLog

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        As `read_choices`, and for a day at or after `n_days` or work below 0.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "work.csv"
    ...     _ = path.write_text("subject,day,done\nanna,0,1\nanna,2,3\n", encoding="utf-8")
    ...     read_work(path, missing="zero").units
    array([[0, 1, 1, 4]])
    """
    choice("missing", missing, ("error", "zero", "unknown"))
    rows = _rows(path, ("subject", "day", "done"), ())
    names = _subjects(rows, subjects, path)
    last = max(int(row.cells["day"]) for row in rows) + 1
    days = last if n_days is None else count("n_days", n_days)
    if last > days:
        late = next(row for row in rows if int(row.cells["day"]) >= days)
        raise ValueError(f"{path}, line {late.line}: day must be below n_days = {days}; got {late.cells['day']}")
    done = np.full((len(names), days), -1 if missing == "unknown" else 0)
    for name, rows_of in _by_subject(rows, names).items():
        day = _whole(rows_of, "day")
        _no_gaps(rows_of, day, "day", path, missing == "error", n=days)
        done[names.index(name), day] = _whole(rows_of, "done")
    return WorkLog.of(done, subjects=names)


class _Arrays:
    """The arrays of a record, filled row by row."""

    def __init__(self, rows: list[_Row], names: list[str], first: int) -> None:
        self._first = first
        n_trials = int(_whole(rows, "trial").max()) - first + 1
        n_steps = int(_whole(rows, "step").max()) + 1 if "step" in rows[0].cells else 1
        shape = (len(names), n_trials, n_steps)
        self.action = np.full(shape, -1)
        self.state = np.zeros((*shape[:2], n_steps + 1), dtype=np.int64)
        self.more = {name: np.zeros(shape) for name in QUANTITIES}
        self.terminated = np.zeros(shape, dtype=np.bool_) if "terminated" in rows[0].cells else None

    def fill(self, subject: int, rows: list[_Row], path: Any) -> None:
        """Enter the rows of one subject."""
        seen: dict[tuple[int, int], int] = {}
        for row in rows:
            trial = int(row.cells["trial"]) - self._first
            step = int(row.cells["step"]) if "step" in row.cells else 0
            if (trial, step) in seen:
                raise ValueError(
                    f"{path}, line {row.line}: every choice must come once; trial {row.cells['trial']}"
                    f"{f', step {step}' if 'step' in row.cells else ''} of subject {row.cells['subject']!r} "
                    f"stands in line {seen[trial, step]} too"
                )
            seen[trial, step] = row.line
            at = (subject, trial, step)
            self.action[at] = -1 if not row.cells["action"] else int(row.cells["action"])
            for name, array in self.more.items():
                if name in row.cells:
                    array[at] = float(row.cells[name])
            if "state" in row.cells:
                self.state[at] = int(row.cells["state"])
            if "next_state" in row.cells:
                self.state[subject, trial, step + 1] = int(row.cells["next_state"])
            if self.terminated is not None:
                self.terminated[at] = row.cells["terminated"] != "0"

    def record(self, names: list[str]) -> Choices:
        """The finished record."""
        ends = {} if self.terminated is None else {"terminated": self.terminated}
        more = {name: self.more[name] for name in QUANTITIES[1:]} | ends
        return Choices.of(self.action, self.more["reward"], subjects=names, state=self.state, **more)


def _rows(path: Any, needed: Sequence[str], allowed: Sequence[str]) -> list[_Row]:
    """The lines of a file after checking its columns."""
    with Path(path).open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        header = [cell.strip() for cell in next(reader, [])]
        lacking = [name for name in needed if name not in header]
        unknown = [name for name in header if name not in (*needed, *allowed)]
        if lacking or unknown or len(set(header)) < len(header):
            raise ValueError(
                f"{path}: columns must be {', '.join(needed)}"
                f"{f' (and may be {chr(44).join(allowed)})' if allowed else ''}; got {', '.join(header) or 'none'}"
            )
        rows = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise ValueError(f"{path}, line {reader.line_num}: must have {len(header)} cells; got {len(cells)}")
            row = _Row(reader.line_num, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
            if "terminated" in row.cells:
                row.cells["terminated"] = _TRUTH.get(row.cells["terminated"].lower(), row.cells["terminated"])
            _checked(row, path)
            rows.append(row)
    if not rows:
        raise ValueError(f"{path}: must have at least one row; got none")
    return rows


def _checked(row: _Row, path: Any) -> None:
    """Say what is wrong with a row's numbers."""
    rules: dict[str, Callable[[str], Any]] = dict.fromkeys(QUANTITIES, float)
    for name, cell in row.cells.items():
        if name == "subject" or (name == "action" and not cell):
            continue
        try:
            number = rules.get(name, int)(cell)
        except ValueError as error:
            kind = "a number" if name in rules else "a whole number"
            raise ValueError(f"{path}, line {row.line}: {name} must be {kind}; got {cell!r}") from error
        if name not in rules and number < 0:
            raise ValueError(f"{path}, line {row.line}: {name} must be at least 0; got {number}")
        if number != number or number in (float("inf"), float("-inf")):
            raise ValueError(f"{path}, line {row.line}: {name} must be finite; got {cell!r}")
        if name == "terminated" and number > 1:
            raise ValueError(f"{path}, line {row.line}: terminated must be 0 or 1; got {number}")


def _subjects(rows: list[_Row], expected: Sequence[str] | None, path: Any) -> list[str]:
    """Names in order, after checking that they are those expected."""
    found = dict.fromkeys(row.cells["subject"] for row in rows)
    if expected is None:
        return list(found)
    for row in rows:
        if row.cells["subject"] not in expected:
            raise ValueError(
                f"{path}, line {row.line}: subject must be one of {', '.join(map(repr, expected))}; "
                f"got {row.cells['subject']!r}"
            )
    without = [name for name in expected if name not in found]
    if without:
        raise ValueError(f"{path}: every subject must have a row; {', '.join(map(repr, without))} has none")
    return list(expected)


def _by_subject(rows: list[_Row], names: list[str]) -> dict[str, list[_Row]]:
    groups: dict[str, list[_Row]] = {name: [] for name in names}
    for row in rows:
        groups[row.cells["subject"]].append(row)
    return groups


def _no_gaps(rows: list[_Row], number: Any, name: str, path: Any, strict: bool, n: int | None = None) -> None:
    """Say which trial or day is left out, and which comes twice."""
    if name == "day":
        order = np.argsort(number, kind="stable")
        twice = np.flatnonzero(np.diff(number[order]) == 0)
        if len(twice):
            first, second = (rows[order[twice[0] + i]] for i in (0, 1))
            raise ValueError(
                f"{path}, line {second.line}: every day must come once; day {second.cells['day']} of subject "
                f"{second.cells['subject']!r} stands in line {first.line} too"
            )
    end = int(number.max()) + 1 if n is None else n
    lacking = sorted(set(range(end)) - set(number.tolist()))
    if strict and lacking:
        after = max((row for row, k in zip(rows, number, strict=True) if k < lacking[0]), default=rows[0])
        shift = int(rows[0].cells[name]) - int(number[0])
        raise ValueError(
            f"{path}, after line {after.line}: {name} {lacking[0] + shift} of subject {rows[0].cells['subject']!r} "
            f"is left out; missing= says what that means"
        )


def _whole(rows: list[_Row], name: str) -> Any:
    return np.array([int(row.cells[name]) for row in rows], dtype=np.int64)
