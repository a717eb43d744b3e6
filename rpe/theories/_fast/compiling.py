"""Loops that are compiled with Numba, the extra `fast`, and run on plain numbers without it.

For one agent of a few states plain numbers in lists take less time than arrays of one, and the same code serves both.
Nothing here may be compiled with `fastmath`, which changes results. Modules that hold such loops are imported where
they are needed, as Numba takes longer to load than a small schedule to learn.
"""

# mypy: disable-error-code="import-untyped, import-not-found, unused-ignore"

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar, cast

import numpy as np

# From so many steps or events on, loading compiled loops takes less time than it saves.
_WORTH_LOADING = 2000

Loop = TypeVar("Loop", bound=Callable[..., Any])

COMPILED = find_spec("numba") is not None


def worth_it(n_events: int) -> bool:
    """Return whether a fast copy takes less time than its rule: always on plain numbers, from some work on compiled."""
    return not COMPILED or n_events >= _WORTH_LOADING


def compiled(loop: Loop) -> Loop:
    """Return a loop as it is, or compiled when it is first called."""
    if not COMPILED:
        return loop
    import numba

    return cast(Loop, numba.njit(cache=True, error_model="numpy")(loop))


def held(array: Any) -> Any:
    """Return an array as the loop takes it: an array to the compiled one, lists to the plain one."""
    return np.ascontiguousarray(array) if COMPILED else np.asarray(array).tolist()


def zeros(*shape: int) -> Any:
    """Return zeros as the loop takes them."""
    return held(np.zeros(shape))
