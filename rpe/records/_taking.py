"""Which subjects of a record are taken."""

from collections.abc import Sequence

import numpy as np

from rpe._checks import Bools, Ints, shown, unmasked


def places(subjects: Sequence[int] | Ints | Bools | slice, n: int) -> Ints:
    """Return the places of some of n subjects, from their places (below 0 from the end), a mask or a slice.

    Raises
    ------
    TypeError
        If `subjects` is none of them.
    ValueError
        If there is no such subject, or the mask is of others.
    """
    if isinstance(subjects, slice):
        return np.arange(n)[subjects]
    array = unmasked("subjects", subjects)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iub"):
        raise TypeError(f"subjects must be a list of integers, a mask or a slice; got {shown(subjects)}")
    if array.dtype.kind == "b":
        if array.shape != (n,):
            raise ValueError(f"subjects must be a mask of {n}; got {array.shape[0]}")
        return np.flatnonzero(array)
    chosen = array.astype(np.int64)
    if ((chosen < -n) | (chosen >= n)).any():
        raise ValueError(f"subjects must lie in [{-n}, {n - 1}]; got {shown(subjects)}")
    return np.arange(n)[chosen]
