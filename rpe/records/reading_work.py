"""Reader of work over time: one row a subject and day, one column a day, or a list of days in a cell."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from rpe._checks import Bools, Floats, Ints, choice, count, hinting, scalar, sequence, text
from rpe.records._columns import found_columns, subject_codes
from rpe.records._sources import MISSING, Readable, Source, source_of
from rpe.records.work_log import WorkLog

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LIST = re.compile(r"[\[(].*[\])]", re.DOTALL)


@hinting
def read_work(
    data: Readable,
    *,
    columns: Mapping[str, str] | None = None,
    days: str | Sequence[str] | None = None,
    unit: float = 1.0,
    first_day: str | None = None,
    subjects: Sequence[str] | None = None,
    n_days: int | None = None,
    missing: str = "error",
    missing_values: Sequence[str] = MISSING,
    delimiter: str | None = None,
    encoding: str = "utf-8-sig",
) -> WorkLog:
    r"""Read work over time from a file or data frame.

    Parameters
    ----------
    data : path, pandas or polars DataFrame, rpe.table.Table, or mapping of str to array
        *Long*: one row per subject and day, with columns subject, day (a whole number from 0, or a
        date such as 2021-01-28) and done (units done on that day). *Wide*: one row per subject with a
        column for each day (`days`), or with a list of days inside the cell of the column done,
        such as [0, 0.5, 1]. Other columns of wide data are kept in `WorkLog.extra`, those of
        long data if they do not change within a subject.
    columns : mapping of str to str, optional
        What columns are called in these data: `{"done": "hours"}`; usual names are recognised.
    days : str or sequence of str, optional
        For wide data, the columns of the days in order; or what their names begin with, if a number
        follows, as in day_0, day_1.
    unit : float
        How much of what is recorded is one unit of work: 0.5 where half an hour is one.
    first_day : str, optional
        The date of day 0; by default the earliest in the data.
    subjects : sequence of str, optional
        The subjects to expect, in this order; by default those of the data as they come.
    n_days : int, optional
        Days until the deadline; by default up to the last day in the data.
    missing : {"error", "zero", "unknown"}
        What a day without a row (or a missing cell) means: an error, a day without work, or work
        that is not known (after which a subject's sum stays unknown).
    missing_values, delimiter, encoding
        As in `read_choices`.

    Returns
    -------
    WorkLog

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        As `read_choices`, and for a day at or after `n_days`, work below 0, or work that is not a
        multiple of `unit`.

    Examples
    --------
    >>> hours = {"subject": ["anna", "anna", "ben"], "date": ["2021-03-01", "2021-03-03", "2021-03-02"],
    ...          "hours": [0.5, 1.5, 1.0]}
    >>> read_work(hours, unit=0.5, missing="zero").units
    array([[0, 1, 1, 4],
           [0, 0, 2, 2]])
    """
    choice("missing", missing, ("error", "zero", "unknown"))
    source = source_of(data, delimiter, encoding, missing_values)
    unit = scalar("unit", unit, 0, open_low=True)
    if days is not None:
        return _wide(source, columns, _day_columns(source, days), unit, subjects, missing)
    at = found_columns(source, ("subject", "done"), ("day",), columns)
    if "day" not in at:
        return _lists(source, at, unit, subjects, missing)
    return _long(source, at, unit, first_day, subjects, n_days, missing)


def _long(
    source: Source,
    at: Mapping[str, str],
    unit: float,
    first_day: str | None,
    subjects: Sequence[str] | None,
    n_days: int | None,
    missing: str,
) -> WorkLog:
    names, who = subject_codes(source, at["subject"], subjects)
    day = _days(source, at["day"], first_day)
    if first_day is not None:
        text("first_day", first_day)
    source.room("day", at["day"], day, len(names))
    length = int(day.max()) + 1 if n_days is None else count("n_days", n_days)
    if (late := day >= length).any():
        row = int(np.argmax(late))
        raise ValueError(f"{source.where(row)}: day must be below n_days = {length}; got {int(day[row])}")
    absent = source.absent(at["done"])
    done = _in_units(source, at["done"], unit, absent if missing != "error" else None)
    units = np.full((len(names), length), -1 if missing == "unknown" else 0)
    _once(source, at, who, day)
    if missing == "error":
        _no_gaps(source, names, who, day, length)
    units[who, day] = np.where(absent & (missing == "zero"), 0, done)
    others = [name for name in source.cells if name not in at.values()]
    first = [int(np.argmax(who == i)) for i in range(len(names))]
    extra = {}
    for name in others:
        values = source.text_or_numbers(name)
        if (values[np.array(first)[who]] == values).all():
            extra[name] = values[first]
    log = WorkLog.of(units, subjects=names)
    return WorkLog(log.subjects, log.units, extra)


def _days(source: Source, column: str, first_day: str | None) -> Ints:
    """The day (n_rows,) of each row, from 0."""
    cells = source.cells[column]
    if not _DATE.match(cells[0]):
        return source.whole("day", column)
    dates = np.empty(len(cells), dtype="datetime64[D]")
    for row, cell in enumerate(cells):
        try:
            dates[row] = _date(cell)
        except ValueError:
            source.fail(row, "day must be a date such as 2021-01-28", column)
    start = dates.min() if first_day is None else _date(text("first_day", first_day))
    if (early := dates < start).any():
        source.fail(int(np.argmax(early)), f"day must not be before first_day = {start}", column)
    return np.asarray((dates - start).astype(np.int64))


def _date(text: str) -> np.datetime64:
    found = _DATE.match(text)
    if found is None:
        raise ValueError(f"first_day must be a date such as 2021-01-28; got {text!r}")
    year, month, day = found.groups()
    return np.datetime64(f"{year}-{int(month):02d}-{int(day):02d}")


def _in_units(source: Source, column: str, unit: float, absent: Bools | None) -> Ints:
    """The work (n_rows,) in units; −1 where it is absent."""
    amount = source.real("done", column, absent, -unit)
    given = np.ones(len(amount), dtype=np.bool_) if absent is None else ~absent
    if (below := (amount < 0) & given).any():
        row = int(np.argmax(below))
        raise ValueError(f"{source.where(row)}: done must be at least 0; got {source.cells[column][row]}")
    units = np.round(amount / unit)
    if (broken := np.abs(units * unit - amount) > 1e-9 * np.maximum(1.0, amount)).any():
        rule = "a whole number" if unit == 1 else f"a multiple of unit = {unit:g}"
        source.fail(int(np.argmax(broken)), f"done must be {rule}", column)
    return units.astype(np.int64)


def _once(source: Source, at: Mapping[str, str], who: Ints, day: Ints) -> None:
    order = np.lexsort((day, who))
    twice = np.flatnonzero((np.diff(who[order]) == 0) & (np.diff(day[order]) == 0))
    if len(twice):
        first, second = (int(order[twice[0] + i]) for i in (0, 1))
        raise ValueError(
            f"{source.where(second)}: every day must come once; day {source.cells[at['day']][second]} of subject "
            f"{source.cells[at['subject']][second]!r} stands in {source.place} {source.lines[first]} too"
        )


def _no_gaps(source: Source, names: Sequence[str], who: Ints, day: Ints, n_days: int) -> None:
    seen = np.zeros((len(names), n_days), dtype=np.bool_)
    seen[who, day] = True
    if seen.all():
        return
    subject, gap = (int(i) for i in np.argwhere(~seen)[0])
    own = np.flatnonzero(who == subject)
    before = own[day[own] < gap]
    after = source.lines[int(before[np.argmax(day[before])] if len(before) else own[0])]
    raise ValueError(
        f"{source.name}, after {source.place} {after}: day {gap} of subject {names[subject]!r} "
        f"is left out; missing= says what that means"
    )


def _day_columns(source: Source, days: str | Sequence[str]) -> list[str]:
    """Names of the columns of the days, in order."""
    if not isinstance(days, str):
        days = sequence("days", days)
        lacking = [name for name in days if name not in source.cells]
        if lacking or not len(days):
            raise ValueError(f"{source.name}: days must be columns ({', '.join(source.cells)}); got {lacking}")
        return list(days)
    found = {int(name.removeprefix(days)): name for name in source.cells if name.removeprefix(days).isdigit()}
    found = {number: name for number, name in found.items() if name.startswith(days)}
    if not found:
        raise ValueError(f"{source.name}: days must begin the names of columns, before a number; got {days!r}")
    order = sorted(found)
    if order != list(range(order[0], order[0] + len(order))):
        raise ValueError(f"{source.name}: days must have a column for each number; got {order}")
    return [found[number] for number in order]


def _wide(
    source: Source,
    columns: Mapping[str, str] | None,
    days: Sequence[str],
    unit: float,
    subjects: Sequence[str] | None,
    missing: str,
) -> WorkLog:
    at = found_columns(source, ("subject",), (), columns)
    each = []
    for column in days:
        absent = source.absent(column)
        if missing == "error" and absent.any():
            source.fail(int(np.argmax(absent)), "done must be given (or missing= said)", column)
        units = _in_units(source, column, unit, absent)
        each.append(np.where(absent, -1 if missing == "unknown" else 0, units))
    return _by_row(source, at["subject"], np.stack(each, axis=1), subjects, [*days, *at.values()])


def _lists(source: Source, at: Mapping[str, str], unit: float, subjects: Sequence[str] | None, missing: str) -> WorkLog:
    """Lists of days inside cells, read as data."""
    column, absent = at["done"], source.absent(at["done"])
    if missing == "error" and absent.any():
        source.fail(int(np.argmax(absent)), "done must be given (or missing= said)", column)
    rows = [None if gone else _list(source, row, column) for row, gone in enumerate(absent)]
    length = max((len(row) for row in rows if row is not None), default=0)
    done = np.full((source.n_rows, max(length, 1)), -1 if missing == "unknown" else 0)
    for i, row in enumerate(rows):
        if row is None:
            continue
        if len(row) != length:
            source.fail(i, f"done must have {length} days, as others have", column)
        units = np.round(row / unit)
        if row.min() < 0 or np.abs(units * unit - row).max() > 1e-9:
            source.fail(i, f"done must be multiples of unit = {unit:g} of at least 0", column)
        done[i] = units
    return _by_row(source, at["subject"], done, subjects, list(at.values()))


def _list(source: Source, row: int, column: str) -> Floats:
    """The numbers of a list in a cell."""
    cell = source.cells[column][row]
    if not _LIST.fullmatch(cell):
        source.fail(row, "day must be a column, or done a list such as [0, 1, 2]", column)
    try:
        return np.array([float(part) for part in re.split(r"[,;\s]+", cell[1:-1].strip(" ,;"))])
    except ValueError:
        source.fail(row, "done must be a list of numbers", column)


def _by_row(source: Source, subject: str, done: Ints, subjects: Sequence[str] | None, used: Sequence[str]) -> WorkLog:
    """The log of data with one row per subject."""
    names, who = subject_codes(source, subject, subjects)
    size = np.bincount(who, minlength=len(names))
    if size.max() > 1:
        row = int(np.flatnonzero(who == int(np.argmax(size)))[1])
        source.fail(row, "every subject must have one row", subject)
    order = np.argsort(who, kind="stable")
    log = WorkLog.of(done[order], subjects=names)
    extra = {name: source.text_or_numbers(name)[order] for name in source.cells if name not in used}
    return WorkLog(log.subjects, log.units, extra)
