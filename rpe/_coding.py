"""Results of any kind as JSON and back, without running anything that a file says.

What comes back has the same types, bits and order in memory. Objects are those of classes of this package
alone, and are filled as they were, not made by their constructors.
"""

import base64
from importlib import import_module
from typing import Any

import numpy as np

_PLAIN = (str, int, float, bool, type(None))
_PLACES: dict[str, type] = {each.__name__: each for each in (tuple, set, frozenset)}
_PACKAGE = __name__.partition(".")[0]


def encoded(value: Any) -> Any:
    """Return a value as JSON has it.

    Raises
    ------
    TypeError
        For objects of other packages, and functions.

    Examples
    --------
    >>> encoded({"delta": (0.5, None)})
    {'dict': [['delta', {'tuple': [0.5, None]}]]}
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return [encoded(each) for each in value]
    if kind.__name__ in _PLACES and kind is _PLACES[kind.__name__]:
        return {kind.__name__: [encoded(each) for each in value]}
    if kind is dict:
        return {"dict": [[encoded(key), encoded(each)] for key, each in value.items()]}
    if kind is np.ndarray and value.dtype.kind in "biufUcmM":
        return {"array": _of_array(value)}
    if isinstance(value, np.generic) and value.dtype.kind in "biufUcmM":
        return {"scalar": _of_array(np.asarray(value))}
    if isinstance(value, type | np.dtype) or kind.__module__.partition(".")[0] != _PACKAGE:
        raise TypeError(f"a result must hold numbers, text, collections and objects of {_PACKAGE}; got {kind}")
    name = f"{kind.__module__}:{kind.__qualname__}"
    if isinstance(value, tuple):
        return {"named": [name, [encoded(each) for each in value]]}
    if not hasattr(value, "__dict__"):
        raise TypeError(f"a result must hold objects whose parts can be read; got {kind}")
    return {"object": [name, encoded(vars(value))]}


def decoded(value: Any) -> Any:
    """Return the value that was encoded.

    Raises
    ------
    ValueError
        If it is not what `encoded` returns.

    Examples
    --------
    >>> decoded(encoded({"delta": (0.5, None)}))
    {'delta': (0.5, None)}
    """
    try:
        return _decoded(value)
    except (KeyError, TypeError, AttributeError, ImportError, ValueError) as error:
        raise ValueError(f"a kept result must be as it was written; {error}") from error


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(each) for each in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind in _PLACES:
        return _PLACES[kind](_decoded(each) for each in content)
    return _READERS[kind](content)


def _of_array(array: np.ndarray[Any, Any]) -> list[Any]:
    # Sums depend on the order in memory, in their last digits.
    axes = sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))
    content = base64.b64encode(np.ascontiguousarray(array.transpose(axes)).tobytes()).decode("ascii")
    return [array.dtype.str, list(array.shape), axes, content]


def _array(content: Any) -> np.ndarray[Any, Any]:
    dtype, shape, axes, text = content
    flat = np.frombuffer(base64.b64decode(text), dtype=np.dtype(dtype)).copy()
    return flat.reshape([shape[axis] for axis in axes]).transpose(np.argsort(axes).astype(int))


def _class(name: str) -> Any:
    module, _, qualified = name.partition(":")
    if module.partition(".")[0] != _PACKAGE:
        raise ValueError(f"it must hold objects of {_PACKAGE} only; got {name!r}")
    found: Any = import_module(module)
    for part in qualified.split("."):
        found = getattr(found, part)
    if not isinstance(found, type) or found.__module__ != module:
        raise ValueError(f"it must hold objects of {_PACKAGE} only; got {name!r}")
    return found


def _object(content: Any) -> Any:
    name, state = content
    made = object.__new__(_class(name))
    made.__dict__.update(_decoded(state))
    return made


def _named(content: Any) -> Any:
    name, parts = content
    kind = _class(name)
    if not issubclass(kind, tuple):
        raise ValueError(f"it must hold named tuples as such; got {name!r}")
    return tuple.__new__(kind, [_decoded(each) for each in parts])


_READERS: dict[str, Any] = {
    "array": _array,
    "dict": lambda content: {_decoded(key): _decoded(each) for key, each in content},
    "named": _named,
    "object": _object,
    "scalar": lambda content: _array(content)[()],
}
