"""Intervals of what was sampled, in closed form: they draw no random numbers, so that no result depends on them."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats

__all__ = ["fisher_interval", "rate_interval", "spread_interval", "standard_errors", "within_errors"]


def standard_errors(sampled: npt.ArrayLike) -> Floats:
    """Return the mean over agents, or whatever was sampled, less and plus one standard error.

    Parameters
    ----------
    sampled : float array (n_sampled, ...)
        Values that are unknown (NaN) are left out.

    Returns
    -------
    float array (2, ...)
        NaN where nothing is known; no width where only one value is.

    Examples
    --------
    >>> standard_errors([1.0, 3.0, 5.0, 7.0]).round(3)
    array([2.709, 5.291])
    """
    values = np.asarray(sampled, dtype=np.float64)
    known = np.isfinite(values)
    n = np.where(known.any(axis=0), known.sum(axis=0), np.nan)
    mean = np.where(known, values, 0.0).sum(axis=0) / n
    spread = np.where(known, values - mean, 0.0)
    error = np.sqrt((spread**2).sum(axis=0) / np.maximum(n - 1, 1) / n)
    return np.stack([mean - error, mean + error])


def within_errors(sampled: npt.ArrayLike) -> Floats:
    """Return means less and plus one standard error within what was sampled, where each was met under all conditions.

    What tells tasks from one another is taken off, so that intervals are those of differences between conditions.

    Parameters
    ----------
    sampled : float array (n_sampled, n_conditions)
        At least two conditions.

    Returns
    -------
    float array (2, n_conditions)

    References
    ----------
    Morey (2008), doi:10.20982/tqmp.04.2.p061, with his correction of Cousineau (2005).

    Examples
    --------
    >>> within_errors([[1.0, 2.0], [5.0, 6.0], [9.0, 10.0]])        # always one more
    array([[5., 6.],
           [5., 6.]])
    """
    values = np.asarray(sampled, dtype=np.float64)
    level = values - values.mean(axis=1, keepdims=True) + values.mean()
    mean, n = values.mean(axis=0), values.shape[1]
    return np.asarray(mean + (standard_errors(level) - mean) * np.sqrt(n / (n - 1)))


def rate_interval(happened: npt.ArrayLike, offered: npt.ArrayLike) -> Floats:
    """Return the 95 % interval over agents of a rate that is pooled over their steps: a ratio of sums, linearised.

    Parameters
    ----------
    happened, offered : float array (n_agents, ...)
        How often each agent did it, and how often it could.

    Returns
    -------
    float array (2, ...)
        Within [0, 1]; NaN where nobody could, and no width where only one agent could.

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd ed., Wiley, eq. 2.46.

    Examples
    --------
    >>> rate_interval([1, 2, 3, 2], [4, 4, 4, 4]).round(3)
    array([0.3, 0.7])
    """
    did, could = np.asarray(happened, dtype=np.float64), np.asarray(offered, dtype=np.float64)
    n, total = (could > 0).sum(axis=0), could.sum(axis=0)
    known = np.where(total > 0, total, np.nan)
    rate = did.sum(axis=0) / known
    residual = ((did - rate * could) ** 2).sum(axis=0)
    half = 1.96 * np.sqrt(n / np.maximum(n - 1, 1) * residual) / known
    return np.clip(np.stack([rate - half, rate + half]), 0.0, 1.0)


def spread_interval(values: Floats, where: npt.NDArray[np.bool_]) -> Floats:
    """Return the 95 % interval over agents of a standard deviation of all their values, by leaving out each in turn.

    Parameters
    ----------
    values : float array (n_agents, ...)
    where : bool array (n_agents, ...)
        Which values count.

    Returns
    -------
    float array (2,)

    References
    ----------
    Efron & Stein (1981), doi:10.1214/aos/1176345462 (the jackknife).

    Examples
    --------
    >>> values = np.array([[1.0, -1.0], [2.0, -2.0], [3.0, -3.0]])
    >>> spread_interval(values, np.isfinite(values)).round(3)
    array([1.042, 3.279])
    """
    axes = tuple(range(1, values.ndim))
    parts = np.array([np.where(where, values**power, 0.0).sum(axis=axes) for power in (0, 1, 2)])
    middle = _spread(*parts.sum(axis=1))
    left = _spread(*(parts.sum(axis=1)[:, None] - parts))
    n = len(values)
    half = 1.96 * np.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum())
    return np.array([middle - half, middle + half])


def _spread(n: Floats, total: Floats, squares: Floats) -> Floats:
    # Where all are alike rounding may leave less than nothing.
    return np.sqrt(np.maximum(squares / n - (total / n) ** 2, 0.0))


def fisher_interval(r: npt.ArrayLike, n: int) -> Floats:
    """Return 95 % intervals (2, ...) of correlations over n people, normal on Fisher's z = artanh r.

    Examples
    --------
    >>> fisher_interval(0.5, 28).round(3)
    array([0.156, 0.736])
    """
    z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
    half = 1.96 / np.sqrt(n - 3)
    return np.tanh([z - half, z + half])


def __dir__() -> list[str]:
    return __all__
