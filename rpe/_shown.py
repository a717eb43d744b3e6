"""How results show themselves at a prompt: their fields, with arrays by kind and shape."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

_MOST = 6
# Sums of numbers of about 1 are exact to some 1e-13; nothing that is measured here is that small.
_ROUNDING = 1e-9


def brief(result: Any) -> str:
    """Return `Name(field=…)` of a dataclass or named tuple, without the numbers of large arrays.

    Examples
    --------
    >>> from typing import NamedTuple
    >>> class Found(NamedTuple):
    ...     value: object
    ...     delta: object
    ...     __repr__ = brief
    >>> Found(np.array([1.0, 0.25]), np.zeros((2, 100)))
    Found(value=[1.   0.25], delta=<float64 array (2, 100)>)
    """
    names = [field.name for field in fields(result)] if is_dataclass(result) else result._fields
    return f"{type(result).__name__}({', '.join(f'{name}={shown(getattr(result, name))}' for name in names)})"


def shown(value: Any) -> str:
    """Return a value as `brief` shows it."""
    if isinstance(value, np.ndarray):
        if value.size <= _MOST and value.ndim <= 1:
            return np.array2string(value, precision=4)
        return f"<{value.dtype} array {value.shape}>"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, tuple | list) and len(value) > _MOST and not hasattr(value, "_fields"):
        return f"<{type(value).__name__} of {len(value)}>"
    text = repr(value)
    # What shows a page of its own, such as a table, is named by its first line.
    return text if "\n" not in text else f"<{text.splitlines()[0]}>"


def few(number: float) -> str:
    """Return a number to three digits, and 0 for what rounding leaves.

    Examples
    --------
    >>> few(0.12345), few(5.55e-16)
    ('0.123', '0')
    """
    return f"{number:.3g}" if abs(number) > _ROUNDING else "0"
