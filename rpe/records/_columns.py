"""Which column of a file is what: the names that labs give them, and what a caller says."""

from collections.abc import Mapping, Sequence

import numpy as np

from rpe._checks import Ints, did_you_mean, mapping, sequence, text
from rpe.records._sources import Source
from rpe.table.csv_file import bare

# What a column is called elsewhere, in small letters without blanks, points and underscores.
_USUAL = {
    "subject": (
        "subject",
        "subjid",
        "subjectid",
        "subj",
        "sub",
        "subid",
        "participant",
        "participantid",
        "ppt",
        "pid",
        "animal",
        "animalid",
        "mouse",
        "mouseid",
        "rat",
    ),
    "trial": ("trial", "trialnum", "trialnumber", "trialnr", "trialindex", "trialno"),
    "step": ("step", "stage"),
    "action": ("action", "choice", "chosen", "response", "resp"),
    "reward": ("reward", "outcome", "payoff"),
    "day": ("day", "date"),
    "time": ("time", "times", "t", "timefromevent"),
    "response": ("response", "value", "signal", "dff", "df/f", "zscore", "rate", "firingrate"),
    "done": ("done", "units", "hours", "credits", "work"),
}


def found_columns(
    source: Source, needed: Sequence[str], allowed: Sequence[str], columns: Mapping[str, str] | None
) -> dict[str, str]:
    """Return the column of the source for each name that is needed or allowed, where there is one.

    Raises
    ------
    ValueError
        If `columns` names what is not there, a needed one is not found, or two columns could be one.
    """
    said = dict(mapping("columns", {} if columns is None else columns))
    header = list(source.cells)
    for name, column in said.items():
        if name not in (*needed, *allowed):
            raise ValueError(
                f"columns must be for {', '.join((*needed, *allowed))}; got {name!r}"
                f"{did_you_mean(name, (*needed, *allowed))}"
            )
        if column not in source.cells:
            raise ValueError(
                f"{source.name}: {name} must be a column ({', '.join(header)}); got {column!r}"
                f"{did_you_mean(column, header)}"
            )
    free = [column for column in header if column not in said.values()]
    for name in (*needed, *allowed):
        if name not in said and (usual := _recognised(source, name, free)) is not None:
            said[name] = usual
    lacking = [name for name in needed if name not in said]
    if lacking:
        also = f" (and may be {', '.join(allowed)})" if allowed else ""
        raise ValueError(
            f"{source.name}: columns must be {', '.join(needed)}{also}; got {', '.join(header) or 'none'} "
            f"(columns={{{lacking[0]!r}: ...}} says which one is it)"
        )
    if not source.n_rows:
        raise ValueError(f"{source.name}: must have at least one row; got none")
    return said


def _recognised(source: Source, name: str, free: Sequence[str]) -> str | None:
    """The column of that name, or the one that is usually meant by it."""
    if name in free:
        return name
    usual = _USUAL.get(name, (name,))
    fitting = [c for c in free if c.lower().replace("_", "").replace(".", "").replace(" ", "") in usual]
    if len(fitting) > 1:
        raise ValueError(f"{source.name}: {name} may be one of {', '.join(fitting)}; columns= says which")
    return fitting[0] if fitting else None


def subject_codes(source: Source, column: str, expected: Sequence[str] | None) -> tuple[list[str], Ints]:
    """Return the subjects in order, and which one each row (n_rows,) is of.

    Raises
    ------
    ValueError
        If one has no name, is not expected, or is expected and has no row.
    """
    names = [bare(cell) for cell in source.cells[column]]
    absent = source.absent(column)
    if absent.any():
        source.fail(int(np.argmax(absent)), "subject must have a name", column)
    known = dict.fromkeys(names if expected is None else [text("subjects", s) for s in sequence("subjects", expected)])
    place = {name: i for i, name in enumerate(known)}
    codes = np.array([place.get(name, -1) for name in names], dtype=np.int64)
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        raise ValueError(
            f"{source.where(row)}: subject must be one of {', '.join(map(repr, known))}; got {names[row]!r}"
        )
    present = np.bincount(codes, minlength=len(place)) > 0
    without = [name for name, i in place.items() if not present[i]]
    if without:
        raise ValueError(f"{source.name}: every subject must have a row; {', '.join(map(repr, without))} has none")
    return list(known), codes


def numbered(codes: Ints, n_subjects: int) -> Ints:
    """Return the number (n_rows,) of each row within its subject, from 0, in the order of the rows."""
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes, minlength=n_subjects)
    within = np.arange(len(codes)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    result = np.empty_like(codes)
    result[order] = within
    return result
