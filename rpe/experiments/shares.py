"""Shares of a family of settings in which something holds, their intervals, and the factors that turn it."""

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import count, scalar

__all__ = ["Share", "share", "turning_factors", "wilson"]


class Share(NamedTuple):
    """Share of a family of settings in which something holds.

    Attributes
    ----------
    share : float
        From 0 to 1; NaN if the family is empty.
    low, high : float
        Wilson's 95 % interval.
    holds, n : int
        In how many settings it holds, of how many.
    depends_on : tuple of str
        Factors that turn it, the strongest first.
    """

    share: float
    low: float
    high: float
    holds: int
    n: int
    depends_on: tuple[str, ...]


def share(holds: npt.ArrayLike, factors: Mapping[str, npt.ArrayLike], *, least: float = 0.1) -> Share:
    """Return in what share of a family something holds, and on which factors that depends.

    Parameters
    ----------
    holds : bool array (n_settings,)
        Whether it holds in each setting.
    factors : mapping of str to array (n_settings,)
        What tells the settings apart, one column a factor.
    least : float
        Differences between the levels of a factor below this do not count; in [0, 1].

    Examples
    --------
    >>> found = share([True, True, False, False], {"discounting": ["hyperbolic"] * 2 + ["none"] * 2, "k": [1, 2, 1, 2]})
    >>> found.share, found.depends_on
    (0.5, ('discounting',))
    """
    known = np.asarray(holds, dtype=np.bool_)
    if known.ndim != 1:
        raise ValueError(f"holds must be one-dimensional; got shape {known.shape}")
    low, high = wilson(int(known.sum()), known.size)
    part = float(known.mean()) if known.size else float("nan")
    turning = turning_factors(known, factors, least=scalar("least", least, 0, 1))
    return Share(part, low, high, int(known.sum()), known.size, tuple(turning))


def turning_factors(
    holds: npt.ArrayLike, factors: Mapping[str, npt.ArrayLike], *, least: float = 0.1
) -> dict[str, float]:
    """Return the largest difference in share between two levels of each factor, the strongest factor first.

    Parameters
    ----------
    holds : bool array (n_settings,)
        Whether it holds in each setting.
    factors : mapping of str to array (n_settings,)
        One column a factor.
    least : float
        Factors with smaller differences are left out.

    Raises
    ------
    ValueError
        If a factor has not one entry a setting.

    Examples
    --------
    >>> turning_factors([True, True, False, True], {"arm": ["a", "a", "b", "b"], "k": [1, 2, 1, 2]})
    {'arm': 0.5, 'k': 0.5}
    """
    known = np.asarray(holds, dtype=np.bool_)
    spread = {}
    for name, levels in factors.items():
        column: npt.NDArray[Any] = np.asarray(levels)
        if column.shape != known.shape:
            raise ValueError(
                f"factor {name!r} must have one entry for each of {known.size} settings; got {column.shape}"
            )
        shares = [float(known[column == level].mean()) for level in np.unique(column)]
        spread[name] = max(shares, default=0.0) - min(shares, default=0.0)
    strongest = sorted(spread, key=lambda name: -spread[name])
    return {name: spread[name] for name in strongest if spread[name] >= least and spread[name] > 0}


def wilson(n_holds: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a share, (low, high); (0, 1) where nothing was seen.

    Parameters
    ----------
    n_holds, n : int
        How many hold, of how many.
    level : float
        Confidence, in [0, 1).

    Raises
    ------
    ValueError
        If `n_holds` is not from 0 to `n`, or `level` is out of range.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> [round(x, 4) for x in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    count("n_holds", n_holds, 0, count("n", n, 0))
    if n == 0:
        return 0.0, 1.0
    # In closed form, as SciPy takes longer to load than all the shares of an experiment to compute.
    z = NormalDist().inv_cdf(0.5 + scalar("level", level, 0, 1, open_high=True) / 2)
    p, shrink = n_holds / n, 1 + z**2 / n
    middle = (p + z**2 / (2 * n)) / shrink
    half = z * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5 / shrink
    return max(0.0, middle - half) if n_holds else 0.0, min(1.0, middle + half) if n_holds < n else 1.0


def __dir__() -> list[str]:
    return __all__
