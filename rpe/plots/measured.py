"""What plots read off results: curves of an exact solution or a run, rates of work, momentum with its interval."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rpe._checks import Floats

_KINDS = "numbers, an exact solution or a history"


def is_record(value: Any) -> bool:
    """Whether something is a result of the library rather than numbers."""
    return not isinstance(value, np.ndarray) and (hasattr(value, "share_done") or hasattr(value, "trials"))


def share_done(value: Any) -> Any:
    """Return the share of units done over time: of numbers themselves, of an exact solution, of a history.

    A history has one curve a trial, a mean over its agents. In a sequence of results each has one
    curve: the mean over agents of a solution, and over agents and trials of a history.

    Raises
    ------
    TypeError, ValueError
        For a result without units of work, or an object that holds no curve.
    """
    if is_record(value):
        return _curves("share_done", value)
    if isinstance(value, Sequence) and not isinstance(value, str) and any(map(is_record, value)):
        return np.stack([_curves(f"share_done[{i}]", each).mean(axis=0) for i, each in enumerate(value)])
    _refuse_objects("share_done", value, "share_done")
    return value


def _curves(name: str, record: Any) -> Floats:
    found = record.share_done if hasattr(record, "share_done") else getattr(record.curves, "share_done", None)
    if found is None:
        raise ValueError(f"{name} must be of a task with units of work; {record!r} has none")
    return np.asarray(found, dtype=np.float64)


def rates(value: Any, measure: str) -> tuple[Any, Floats | None]:
    """Return how often work was chosen, and how often it was offered, agents pooled.

    Numbers are returned as they are. A result of the measure, `Rates`, is pooled; of a history,
    the measure is taken.

    Raises
    ------
    TypeError, ValueError
        For an object that is none of these, and as the measure.
    """
    if is_record(value):
        from rpe import measures

        value = getattr(measures, measure)(value)
    if not hasattr(value, "offered"):
        _refuse_objects("probability", value, "worked and offered")
        return value, None
    worked, offered = (np.asarray(each, dtype=np.float64).sum(axis=0) for each in (value.worked, value.offered))
    if not offered.any():
        raise ValueError(f"probability must be of a run in which work was offered; got {value!r}")
    return np.divide(worked, offered, out=np.full(worked.shape, np.nan), where=offered > 0), offered


def _refuse_objects(name: str, value: Any, wanted: str) -> None:
    """Raise for what numpy would only call an object."""
    if np.asarray(value, dtype=object).ndim == 0 and not isinstance(value, int | float | str | None | np.number):
        raise TypeError(f"{name} must be {_KINDS}, which have {wanted}; got {value!r}")
