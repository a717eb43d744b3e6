"""Where arrays lie in memory, and what touches them no more than it must."""

import math

import numpy as np

from rpe._checks import Floats

_CACHE_LINE = 64
_BYTES = 8


def aligned(*shape: int) -> Floats:
    """Return an array, not yet filled, that starts at a cache line: arithmetic into it is up to twice as fast.

    A vector load that straddles two lines of 64 bytes costs two accesses, and NumPy only promises 16.
    """
    size = math.prod(shape)
    room = np.empty(size + _CACHE_LINE // _BYTES)
    # −address mod 64 is how many bytes lie before the next line.
    start = -room.ctypes.data % _CACHE_LINE // _BYTES
    return room[start : start + size].reshape(shape)


def add_income(delta: Floats, income: Floats) -> None:
    """Add reward and pulse (n_steps, n) or (n_steps, 1) to errors (n_steps, n).

    Income that all agents share is 0 in most steps, and a row that gets nothing is not touched.
    """
    if income.shape[1] < delta.shape[1]:
        for step in np.flatnonzero(income):
            delta[step] += income[step]
    else:
        delta += income
