"""Small statistics that several criteria need."""

from typing import Any

import numpy as np

from rpe._checks import Floats


def rank_correlation(x: Any, y: Any) -> float:
    """Return Spearman's rank correlation, with mean ranks for ties; 0 if either does not vary, NaN with NaN.

    Examples
    --------
    >>> rank_correlation([1, 2, 3, 4], [2, 1, 4, 3])
    0.6
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if np.isnan(first).any() or np.isnan(second).any():
        return float("nan")
    a, b = _ranks(first), _ranks(second)
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a @ a) * (b @ b))
    return float(round(a @ b / size, 12)) if size > 0 else 0.0


def _ranks(values: Floats) -> Floats:
    """Mean ranks, in which differences below a billionth of the spread are ties."""
    spread = np.ptp(values)
    rounded = np.round(values / spread, 9) if spread > 0 else np.zeros_like(values)
    _, place, number = np.unique(rounded, return_inverse=True, return_counts=True)
    last = np.cumsum(number)
    return np.asarray((last - (number - 1) / 2)[place.ravel()], dtype=np.float64)
