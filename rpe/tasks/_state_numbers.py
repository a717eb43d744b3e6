"""Numbers of states from their parts, and parts from numbers (a mixed radix)."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Ints


def digits(number: npt.ArrayLike, sizes: tuple[int, ...]) -> tuple[Ints, ...]:
    """Return the parts of numbers in a mixed radix, the last part the fastest, each of the shape of `number`.

    Not `numpy.unravel_index`, which (in NumPy 2.4) gives wrong parts for columns of over 8,192 numbers.

    Examples
    --------
    >>> [int(part) for part in digits(23, (3, 2, 4))]
    [2, 1, 3]
    """
    rest: Ints = np.asarray(number)
    parts = []
    for size in sizes[:0:-1]:
        rest, part = np.divmod(rest, size)
        parts.append(part)
    return (rest, *reversed(parts))
