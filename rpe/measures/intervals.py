"""Confidence bands over agents, by SciPy's bootstrap."""

from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Floats, count, generator, numbers, scalar


class Band(NamedTuple):
    """A mean over agents with its confidence interval, each of the shape of one agent's values.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> band = rpe.measures.Band(np.array([0.5]), np.array([0.4]), np.array([0.6]))
    >>> float((band.high - band.low)[0].round(2))
    0.2
    """

    mean: Floats
    low: Floats
    high: Floats


def bootstrap(values: Any, *, confidence: float = 0.95, n_resamples: int = 2000, rng: Any = None) -> Band:
    """Return the mean over agents with a percentile bootstrap interval.

    Parameters
    ----------
    values : float array (n_agents, ...)
        One value, or one curve, per agent; at least two agents.
    confidence : float
        Level in (0, 1).
    n_resamples : int
        Bootstrap samples, at least 1.
    rng : int, numpy.random.Generator or None
        Seed.

    Returns
    -------
    Band

    Raises
    ------
    TypeError, ValueError
        For values that are not finite, fewer than two agents, or numbers out of range.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> band = rpe.measures.bootstrap(np.random.default_rng(0).normal(size=400), rng=0)
    >>> bool(band.low < band.mean < band.high)
    True
    """
    from scipy import stats

    values = numbers("values", values)
    if values.ndim == 0 or len(values) < 2:
        raise ValueError(f"values must have at least two agents; got shape {values.shape}")
    confidence = scalar("confidence", confidence, 0, 1, open_low=True, open_high=True)
    mean = values.mean(axis=0)
    result = stats.bootstrap(
        (values,),
        np.mean,
        axis=0,
        method="percentile",
        confidence_level=confidence,
        n_resamples=count("n_resamples", n_resamples),
        batch=max(1, (1 << 24) // values.size),
        vectorized=True,
        rng=generator(rng),
    )
    return Band(
        np.asarray(mean), np.asarray(result.confidence_interval.low), np.asarray(result.confidence_interval.high)
    )
