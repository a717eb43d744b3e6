"""Small statistics that several criteria need."""

from collections.abc import Callable
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


def slope(x: Any, y: Any) -> float:
    """Return the slope of the least-squares line, NaN with NaN.

    Examples
    --------
    >>> round(slope([0, 1, 2], [1, 3, 5]), 12)
    2.0
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return float(np.polyfit(first, second, 1)[0]) if np.isfinite(second).all() else float("nan")


def misfit(x: Any, y: Any, shape: Callable[[Floats], Floats]) -> float:
    """Return the sum of squares that b + A f(k x) leaves at the best b, A and k > 0, NaN with NaN.

    Parameters
    ----------
    x, y : float array (n_points,)
        x > 0.
    shape : callable
        f, such as exp(−z) or 1/(1 + z).

    Examples
    --------
    >>> misfit([2.0, 4.0, 8.0, 16.0], np.exp(-0.3 * np.array([2.0, 4.0, 8.0, 16.0])), lambda z: np.exp(-z)) < 1e-9
    True
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if not np.isfinite(second).all():
        return float("nan")
    # From a curve that is flat but for its first point to one that is straight over all.
    rates = np.geomspace(1e-3 / first.max(), 1e2 / first.min(), 401)
    for _ in range(5):
        left = [_left(shape(rate * first), second) for rate in rates]
        best = int(np.argmin(left))
        rates = np.geomspace(rates[max(best - 1, 0)], rates[min(best + 1, 400)], 401)
    return float(min(left))


def _left(basis: Floats, y: Floats) -> float:
    """Sum of squares that a line in the basis leaves."""
    a, b = basis - basis.mean(), y - y.mean()
    size = float(a @ a)
    rest = b - (float(a @ b) / size if size > 0 else 0.0) * a
    return float(rest @ rest)


def tonic_level(reading: Any) -> Floats | None:
    """Return the tonic signal of a theory, (n_agents, n_trials, n_steps), in reward units per s; None without one."""
    rho = reading.learned.more.get("rho")
    return None if rho is None or np.shape(rho) != reading.learned.delta.shape else np.asarray(rho)
