"""Validators of parameters and shapes: one clear built-in exception, before any work is done."""

import operator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np
import numpy.typing as npt

from rpe._objects import KnowsItsKeywords as KnowsItsKeywords
from rpe._objects import choice as choice
from rpe._objects import did_you_mean as did_you_mean
from rpe._objects import flag as flag
from rpe._objects import function as function
from rpe._objects import hinting as hinting
from rpe._objects import instance as instance
from rpe._objects import known_keywords as known_keywords
from rpe._objects import mapping as mapping
from rpe._objects import path as path
from rpe._objects import sequence as sequence
from rpe._objects import shown as shown
from rpe._objects import text as text

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
ArrayLike = npt.ArrayLike
Numbers = float | npt.ArrayLike
Seed = int | np.integer[Any] | np.random.Generator | np.random.BitGenerator | np.random.SeedSequence | None

LARGEST = 2**53
"""The most of anything that can be counted: beyond it a float does not tell a number from the next."""

_Given = TypeVar("_Given", contravariant=True)
_As = TypeVar("_As", covariant=True)


class Kept(Generic[_Given, _As]):
    """A field of a frozen dataclass that takes one type, and is another once `__post_init__` has checked it.

    Only type checkers read it, as a descriptor: `weight: Kept[npt.ArrayLike, Floats] = default(0.0)`
    may be given as a list, and is an array ever after.
    """

    if TYPE_CHECKING:

        def __get__(self, instance: object, owner: type | None = None) -> _As: ...

        def __set__(self, instance: object, value: _Given) -> None: ...


PerAgent = Kept[npt.ArrayLike, Floats]


def default(value: object) -> Any:
    """Return the default of a `Kept` field, as it is."""
    return value


def numbers(name: str, value: Any, *, empty: bool = False, missing: bool = False) -> Floats:
    """Return `value` as a finite float array of any shape, which has entries unless it may be `empty`.

    Where numbers may be `missing`, NaN stands for them.

    Raises
    ------
    TypeError
        If `value` does not hold real numbers, or is masked.
    ValueError
        If a number is NaN or infinite, or there is none.
    """
    array = unmasked(name, value)
    if array.dtype.kind not in "iuf" or (isinstance(value, list | tuple) and mixes_flags(value)):
        raise TypeError(f"{name} must hold real numbers; got {shown(value)}")
    if not array.size and not empty:
        raise ValueError(f"{name} must hold at least one number; got shape {array.shape}")
    array = array.astype(np.float64)
    bad = np.isinf(array) if missing else ~np.isfinite(array)
    if bad.any():
        raise ValueError(f"{name} must be finite; got {_first(array, bad)}")
    return array


def unmasked(name: str, value: Any) -> npt.NDArray[Any]:
    """Return `value` as a regular array of any type.

    Raises
    ------
    TypeError
        If it is masked, or holds something that is.
    ValueError
        If its rows differ in length.
    """
    inside = value if isinstance(value, list | tuple) else ()
    if isinstance(value, np.ma.MaskedArray) or any(isinstance(part, np.ma.MaskedArray) for part in inside):
        raise TypeError(f"{name} must not be a masked array, whose mask would be lost; got {shown(value)}")
    try:
        return np.asarray(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"{name} must be a regular array of numbers; got {shown(value)}") from error


def between(
    name: str,
    value: Any,
    low: float = -np.inf,
    high: float = np.inf,
    *,
    open_low: bool = False,
    open_high: bool = False,
    empty: bool = False,
) -> Floats:
    """Return `value` as a finite float array whose numbers all lie between `low` and `high`.

    Raises
    ------
    TypeError, ValueError
        As `numbers`; ValueError also if a number lies outside the interval.
    """
    array = numbers(name, value, empty=empty)
    below = array <= low if open_low else array < low
    above = array >= high if open_high else array > high
    outside = below | above
    if outside.any():
        left = "(" if open_low or low == -np.inf else "["
        right = ")" if open_high or high == np.inf else "]"
        interval = f"{left}{low:g}, {high:g}{right}"
        raise ValueError(f"{name} must lie in {interval}; got {_first(array, outside)}")
    return array


def over_time(name: str, value: Any, low: float = -np.inf, high: float = np.inf, *, steps: str = "n_steps") -> Floats:
    """Return `value` as a finite float array between `low` and `high` that has time on its last axis.

    Raises
    ------
    TypeError, ValueError
        As `between`; ValueError also for a single number.
    """
    array = between(name, value, low, high)
    if array.ndim == 0:
        raise ValueError(f"{name} must have time on its last axis, shape (..., {steps}); got a number")
    return array


def parameter(name: str, value: Any, low: float = -np.inf, high: float = np.inf, **ends: bool) -> Floats:
    """Return a model parameter: a number, or one number per agent (one-dimensional, not empty).

    Raises
    ------
    TypeError, ValueError
        As `between`; ValueError also for more than one dimension or no entry.
    """
    array = between(name, value, low, high, empty=True, **ends)
    if array.ndim > 1 or array.size == 0:
        raise ValueError(f"{name} must be a number or an array (n_agents,); got shape {array.shape}")
    return array


def held(value: Numbers | None) -> Floats:
    """Return the checked array that a parameter field holds: a cast, which costs nothing.

    Parameter fields take numbers or array-likes and hold float arrays once `__post_init__` has
    checked them; a dataclass can state only the first of the two types.
    """
    return cast(Floats, value)


def scalar(name: str, value: Any, low: float = -np.inf, high: float = np.inf, **ends: bool) -> float:
    """Return a single finite number between `low` and `high`.

    Raises
    ------
    TypeError, ValueError
        As `between`; ValueError also if `value` is not a single number.
    """
    array = between(name, value, low, high, **ends)
    if array.ndim != 0:
        raise ValueError(f"{name} must be a single number; got shape {array.shape}")
    return float(array)


def count(name: str, value: Any, minimum: int = 1, maximum: int | None = None) -> int:
    """Return `value` as an int that is at least `minimum` (and at most `maximum`).

    Raises
    ------
    TypeError
        If `value` is not an integer.
    ValueError
        If it is too small or too large; more than `LARGEST` of anything is too many.
    """
    if isinstance(value, bool | np.bool_ | np.ma.MaskedArray):
        raise TypeError(f"{name} must be an integer; got {shown(value)}")
    try:
        number = operator.index(value)
    except TypeError as error:
        raise TypeError(f"{name} must be an integer; got {shown(value)}") from error
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}; got {shown(number)}")
    most = LARGEST if maximum is None else maximum
    if number > most:
        raise ValueError(f"{name} must be at most {most}; got {shown(number)}")
    return number


def indices(name: str, value: Any, size: int, shape: tuple[int, ...] | None = None) -> Ints:
    """Return `value` as integers from 0 to `size` − 1, of a given shape if there is one.

    Raises
    ------
    TypeError
        If it does not hold integers.
    ValueError
        If the shape is another, or a number out of range.
    """
    array = unmasked(name, value)
    # An empty list is one of anything.
    if array.dtype.kind not in "iu" and not (isinstance(value, list | tuple) and not array.size):
        raise TypeError(f"{name} must hold integers; got {shown(value)}")
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}; got {array.shape}")
    array = array.astype(np.int64, copy=False)
    outside = (array < 0) | (array >= size)
    if outside.any():
        raise ValueError(f"{name} must lie in [0, {size - 1}]; got {_first(array, outside)}")
    return array


def fits(name: str, value: object, n_bytes: float, limit: float = 4 * 2**30, hint: str = "") -> None:
    """Raise ValueError where what `value` asks for would need more memory than `limit` bytes.

    Raises
    ------
    ValueError
        If it would; the message says how much, and the `hint` how to have it all the same.
    """
    if n_bytes > limit:
        more = f" ({hint})" if hint else ""
        most, found = (f"{size / 2**30:.3g} GiB" for size in (limit, n_bytes))
        raise ValueError(f"{name} must need at most {most}; got {shown(value)}, which would need {found}{more}")


def generator(rng: Seed, name: str = "rng") -> np.random.Generator:
    """Return the random generator of a seed; a generator as it is.

    Raises
    ------
    TypeError
        If `rng` is no seed: text, a boolean, a real number.
    ValueError
        If it is a negative number.

    Examples
    --------
    >>> generator(3).integers(10) == generator(np.int64(3)).integers(10)
    np.True_
    """
    if seed_of(rng, name) is None and not isinstance(
        rng, np.random.Generator | np.random.BitGenerator | np.random.SeedSequence | None
    ):
        raise TypeError(f"{name} must be an integer of at least 0, a numpy Generator or None; got {shown(rng)}")
    return np.random.default_rng(rng)


def seed_of(rng: Seed, name: str = "rng") -> int | None:
    """Return the number to record as seed; None for whatever is no number.

    Raises
    ------
    TypeError
        If `rng` is a boolean.
    ValueError
        If it is a negative number.
    """
    if isinstance(rng, bool | np.bool_):
        raise TypeError(f"{name} must be an integer of at least 0, a numpy Generator or None; got {shown(rng)}")
    if not isinstance(rng, int | np.integer):
        return None
    if rng < 0:
        raise ValueError(f"{name} must be an integer of at least 0, a numpy Generator or None; got {shown(rng)}")
    return int(rng)


def agent_count(**parameters: Floats) -> int:
    """Return how many agents a set of parameters describes: 1 if all are numbers.

    Raises
    ------
    ValueError
        If two of them have different lengths.
    """
    lengths = {name: array.size for name, array in parameters.items() if array.ndim and array.size != 1}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} has {size}" for name, size in lengths.items())
        raise ValueError(f"parameters must have one entry per agent, all of the same number; {found}")
    return next(iter(lengths.values()), 1)


def mixes_flags(value: list[Any] | tuple[Any, ...]) -> bool:
    """Whether True or False stands among numbers, where NumPy would take it for 1 or 0."""
    return any(
        isinstance(part, bool | np.bool_) or (isinstance(part, list | tuple) and mixes_flags(part)) for part in value
    )


def _first(array: npt.NDArray[Any], bad: Bools) -> str:
    """Show the first bad number, with its place if there are several."""
    if array.ndim == 0:
        return f"{float(array):g}"
    place = tuple(int(i) for i in np.argwhere(bad)[0])
    return f"{array[place]:g} at index {place[0] if len(place) == 1 else place}"
