"""Statistics: the rules of verdicts, and what several criteria need."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats
from rpe.scorecard.finding import Finding, Numbers
from rpe.scorecard.scores import Score

# A verdict needs this share of the seeds.
_MOST = 0.9


def verdict(finding: Finding, numbers: Sequence[Numbers]) -> Score:
    """Return the verdict on the numbers of several seeds.

    PASS if the criterion holds on the means and in at least 90 % of the seeds, FAIL if it fails in at
    least 90 %, otherwise MIXED; N.A. if any number is NaN.

    Parameters
    ----------
    finding : Finding
    numbers : sequence of dict
        The numbers of the criterion by name, for each seed.
    """
    means = {name: float(np.mean([each[name] for each in numbers])) for name in numbers[0]}
    effect, n = means[finding.effect], len(numbers)
    if any(np.isnan(value) for each in numbers for value in each.values()):
        return Score("N.A.", effect, 0, n, means)
    n_passed = sum(bool(finding.holds(each)) for each in numbers)
    if finding.holds(means) and n_passed >= _MOST * n:
        return Score("PASS", effect, n_passed, n, means)
    return Score("FAIL" if n - n_passed >= _MOST * n else "MIXED", effect, n_passed, n, means)


def rank_correlation(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Return Spearman's rank correlation, with mean ranks for ties; 0 if either does not vary, NaN with NaN.

    Differences below a billionth of the spread are ties.

    Examples
    --------
    >>> rank_correlation([1, 2, 3, 4], [2, 1, 4, 3])
    0.6
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if np.isnan(first).any() or np.isnan(second).any():
        return float("nan")
    return round(correlation(_ranks(first), _ranks(second)), 12)


def _ranks(values: Floats) -> Floats:
    """Mean ranks of values that are rounded to a billionth of their spread."""
    from scipy.stats import rankdata

    spread = np.ptp(values)
    return np.asarray(rankdata(np.round(values / spread, 9) if spread > 0 else np.zeros_like(values)))


def correlation(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Return Pearson's correlation; 0 if either does not vary, NaN with NaN.

    Examples
    --------
    >>> round(correlation([1, 2, 3], [2, 4, 6]), 12), correlation([1, 2], [3, 3])
    (1.0, 0.0)
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if np.isnan(first).any() or np.isnan(second).any():
        return float("nan")
    a, b = first - first.mean(), second - second.mean()
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size > 0 else 0.0


def slope(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Return the slope of the least-squares line, NaN with NaN.

    Examples
    --------
    >>> round(slope([0, 1, 2], [1, 3, 5]), 12)
    2.0
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return float(np.polyfit(first, second, 1)[0]) if np.isfinite(second).all() else float("nan")


def misfit(x: npt.ArrayLike, y: npt.ArrayLike, shape: Callable[[Floats], Floats]) -> float:
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
        left = _left(shape(rates[:, None] * first), second)
        best = int(np.argmin(left))
        rates = np.geomspace(rates[max(best - 1, 0)], rates[min(best + 1, 400)], 401)
    return float(left.min())


def _left(basis: Floats, y: Floats) -> Floats:
    """Sums of squares that lines in each basis leave, (n,), of bases (n, n_points)."""
    a, b = basis - basis.mean(axis=1, keepdims=True), y - y.mean()
    size, product = np.vecdot(a, a), np.vecdot(a, b)
    rest = b - np.divide(product, size, out=np.zeros_like(size), where=size > 0)[:, None] * a
    return np.asarray(np.vecdot(rest, rest))
