"""What plots take: curves, intervals, names, and NaN where a value may be missing."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import is_color_like
from matplotlib.typing import ColorType

from rpe._checks import Bools, Floats, between, numbers
from rpe.plots import house, meanings

ROUNDING = 1e-9

Colors = ColorType | Sequence[ColorType]
LineStyle = str | tuple[float, Sequence[float]]
LineStyles = LineStyle | Sequence[LineStyle]


def values(name: str, value: Any, low: float = -np.inf, high: float = np.inf, *, missing: bool = False) -> Floats:
    """Return numbers in [low, high], up to rounding; NaN may stand for what is missing if `missing`.

    Raises
    ------
    TypeError, ValueError
        For other things than numbers, infinities, numbers outside, NaN unless allowed, or no number at all.
    """
    holes = _holes(value) if missing else np.zeros((), dtype=np.bool_)
    if holes.any() and holes.all():
        raise ValueError(f"{name} must hold at least one number; got only NaN, shape {holes.shape}")
    checked = numbers(name, np.where(holes, np.nanmin(value), value) if holes.any() else value)
    if checked.size == 0:
        raise ValueError(f"{name} must hold at least one number; got shape {checked.shape}")
    near = (checked > low - ROUNDING) & (checked < high + ROUNDING)
    checked = between(name, np.where(near, np.clip(checked, low, high), checked), low, high)
    return np.where(holes, np.nan, checked) if holes.any() else checked


def _holes(value: Any) -> Bools:
    """Return where NaN stands for a missing number; what is no array of numbers has no holes."""
    try:
        array = np.asarray(value)
    except ValueError:
        return np.zeros((), dtype=np.bool_)
    return np.isnan(array) if array.dtype.kind == "f" else np.zeros(array.shape, dtype=np.bool_)


def curves(name: str, value: Any, low: float = -np.inf, high: float = np.inf, *, missing: bool = False) -> Floats:
    """Return one curve (n_points,) or several (n_curves, n_points) as (n_curves, n_points)."""
    array = values(name, value, low, high, missing=missing)
    if array.ndim not in (1, 2):
        raise ValueError(f"{name} must have the shape (n_points,) or (n_curves, n_points); got {array.shape}")
    return np.atleast_2d(array)


def vector(name: str, value: Any, n: int | None = None, *, missing: bool = False) -> Floats:
    """Return a one-dimensional array, of length `n` if that is known."""
    array = values(name, value, missing=missing)
    if array.ndim != 1 or (n is not None and array.size != n):
        raise ValueError(f"{name} must have the shape ({'n' if n is None else n},); got {array.shape}")
    return array


def rising(name: str, value: Any, n: int | None = None, *, positive: bool = False) -> Floats:
    """Return a vector whose numbers rise from each to the next (and are positive, for a log axis)."""
    array = vector(name, value, n)
    if np.any(np.diff(array) <= 0):
        raise ValueError(f"{name} must rise from each entry to the next; got {array.tolist()}")
    return _log_ready(name, array, positive)


def places(name: str, value: Any, n: int | None = None, *, positive: bool = False) -> Floats:
    """Return a vector of any order (of positive numbers, for a log axis)."""
    return _log_ready(name, vector(name, value, n), positive)


def band(name: str, value: Any, shape: tuple[int, ...], *, missing: bool = False) -> Floats | None:
    """Return an interval (low, high) as an array (2, *shape), or None if there is none."""
    if value is None:
        return None
    array = values(name, value, missing=missing)
    if len(shape) == 2 and array.shape == (2, *shape[1:]) and shape[0] == 1:
        array = array[:, None]
    if array.shape != (2, *shape):
        raise ValueError(f"{name} must be (low, high), of shape {(2, *shape)}; got {array.shape}")
    if np.any(array[0] > array[1]):
        raise ValueError(f"{name} must have low <= high; got low above high at {_place(array[0] > array[1])}")
    return array


def names(name: str, value: Any, n: int) -> list[str]:
    """Return `n` strings."""
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray):
        raise TypeError(f"{name} must be a sequence of {n} strings; got {value!r}")
    if not all(isinstance(entry, str) for entry in value):
        raise TypeError(f"{name} must hold strings; got {list(value)!r}")
    if len(value) != n:
        raise ValueError(f"{name} must have one entry per curve or row, {n}; got {len(value)}")
    return [str(entry) for entry in value]


def curve_labels(value: Any, n: int) -> list[str]:
    """Return the labels of `n` curves: as given, none for a single curve, otherwise counted agents."""
    if value is not None:
        return names("labels", value, n)
    return [""] if n == 1 else [f"agent {i}" for i in range(n)]


def text(name: str, value: Any) -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string; got {value!r}")
    return value


def colors(value: Any, n: int, labels: Any = None) -> list[Any]:
    """Return `n` colours: as given, those of the labels' meanings if any has one, or the palette's."""
    if value is None:
        known = labels is not None and any(meanings.meaning(label) for label in labels)
        return meanings.colours_of(labels) if known else house.cycle(house.PALETTE, n)
    given = [value] * n if is_color_like(value) else list(value)
    if len(given) != n:
        raise ValueError(f"colors must have one entry per curve, {n}; got {len(given)}")
    for color in given:
        if not is_color_like(color):
            raise ValueError(f"colors must hold matplotlib colours; got {color!r}")
    return given


def linestyles(value: Any, n: int) -> list[Any]:
    """Return `n` line styles: as given, or the house's."""
    if value is None:
        return house.cycle(house.LINESTYLES, n)
    given = [value] * n if isinstance(value, str) else list(value)
    if len(given) != n:
        raise ValueError(f"linestyles must have one entry per curve, {n}; got {len(given)}")
    return given


def _log_ready(name: str, array: Floats, positive: bool) -> Floats:
    if positive and np.any(array <= 0):
        raise ValueError(f"{name} must be positive on a log axis; got {array.min():g}")
    return array


def _place(bad: Any) -> str:
    return str(tuple(int(i) for i in np.argwhere(bad)[0]))
