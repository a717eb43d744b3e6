"""Corrupted arguments, and what became of a call with one: for the tests of the front door and for its figures."""

import inspect
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from typing import Any

import numpy as np

import rpe

ROOT = rpe.__path__[0]


class Stranger:
    """An object that nothing here can use."""

    def __repr__(self) -> str:
        return "<a stranger>"


_STRANGERS: dict[str, Callable[[], Any]] = {
    "object": Stranger,
    "function": lambda: lambda: None,
    "complex": lambda: 1j,
    "date": lambda: np.datetime64("2020-01-01"),
    "bytes": lambda: b"1",
}
_NO_NUMBER: dict[str, Callable[[], Any]] = {
    **_STRANGERS,
    "text": lambda: "abc",
    "mapping": lambda: {"a": 1.0},
    "set": lambda: {1.0},
    "NaN": lambda: float("nan"),
    "masked": lambda: np.ma.masked,
    "ragged": lambda: [[1.0], [1.0, 2.0]],
    "nothing": lambda: [],
    "NaN within": lambda: [1.0, float("nan")],
    "None within": lambda: [1.0, None],
    "flag within": lambda: [1.0, True],
    "infinite": lambda: float("-inf"),
    "too large": lambda: 10**400,
}
_NO_TEXT = {k: _STRANGERS[k] for k in ("object", "function", "complex", "bytes")} | {
    "number": lambda: 3,
    "NaN": lambda: float("nan"),
    "flag": lambda: True,
}
_NO_FLAG = {k: _STRANGERS[k] for k in ("object", "complex", "bytes")} | {
    "number": lambda: 2,
    "text": lambda: "yes",
    "NaN": lambda: float("nan"),
    "flags": lambda: [True, False],
}
_NO_OBJECT = {k: _STRANGERS[k] for k in ("object", "complex", "bytes")} | {
    "text": lambda: "abc",
    "number": lambda: 3,
    "NaN": lambda: float("nan"),
}
# What no argument takes, whatever its kind.
NEITHER = {k: _STRANGERS[k] for k in ("object", "complex", "bytes")}
# What is no generator and no seed.
_NO_SEED = {**_STRANGERS, "text": lambda: "seed", "flag": lambda: True, "fraction": lambda: 0.5, "negative": lambda: -1}


def corruptions(name: str, value: Any, about: str = "") -> dict[str, Callable[[], Any]]:
    """Return values of which none may stand in the place of a valid one, by kind.

    What the documentation of the parameter (`about`) calls legal is left out, as are infinite numbers
    where it names them.
    """
    found = {} if "anything" in about else _by_type(name, value)
    if not isinstance(value, int | float | np.number) and re.search(r"\b(int|float)\b(?! array)", about):
        found = {kind: make for kind, make in found.items() if kind != "number"}
    if name in ("rng", "seed"):
        return found
    if "any shape" in about or "(...)" in about:
        found = {kind: make for kind, make in found.items() if kind not in ("nothing", "one more axis", "number")}
    if "..." in about or "broadcast" in about:
        found = {kind: make for kind, make in found.items() if kind not in ("one more axis", "number")}
    if isinstance(value, list | tuple) and "array" in about:
        found = {kind: make for kind, make in found.items() if kind != "number"}
    if "callable" in about:
        found = {kind: make for kind, make in found.items() if kind != "function"}
    if value is not None and not re.search(r"\bNone\b|optional|no limit|by default|By default|matplotlib Axes", about):
        found = {**found, "None": lambda: None}
    words = {"NaN": r"\bNaN\b|missing", "infinite": r"\binf|∞|never|greedy"}
    legal = [kind for kind, word in words.items() if re.search(word, about)]
    return {
        kind: make for kind, make in found.items() if kind not in legal and kind.removesuffix(" within") not in legal
    }


def _by_type(name: str, value: Any) -> dict[str, Callable[[], Any]]:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        # Parameters are kept as arrays; one for all agents is a number.
        value = value[()]
    if name in ("rng", "seed"):
        return dict(_NO_SEED)
    if isinstance(value, bool | np.bool_):
        return dict(_NO_FLAG)
    if isinstance(value, int | float | np.number):
        return dict(_NO_NUMBER)
    if isinstance(value, str):
        return dict(_NO_TEXT)
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf" and value.ndim:
        return {**_NO_NUMBER, **_of_array(value)}
    if isinstance(value, Mapping):
        return _NO_OBJECT | {"list": lambda: list(value)}
    if isinstance(value, list | tuple):
        made = type(value) if type(value) in (list, tuple) else list
        return {k: _NO_OBJECT[k] for k in ("object", "complex", "NaN", "number")} | {
            "stranger within": lambda: made([*value[:-1], Stranger()])
        }
    if is_dataclass(value) or type(value).__module__.startswith("rpe"):
        return {**_NO_OBJECT, "class": lambda: type(value), "list": lambda: [], "mapping": dict}
    return {}


def _of_array(value: np.ndarray) -> dict[str, Callable[[], Any]]:
    def with_nan() -> np.ndarray:
        changed = value.astype(np.float64)
        changed.flat[-1] = np.nan
        return changed

    mask = np.zeros(value.shape, dtype=bool)
    mask.flat[:1] = True
    return {
        "NaN within": with_nan,
        "masked": lambda: np.ma.array(value, mask=mask),
        "text": lambda: value.astype(str),
        "complex": lambda: value + 1j,
        "None within": lambda: np.where(mask, None, value),
        "nothing": lambda: value[:0],
        "one more axis": lambda: value[None, None, None, None],
    }


def documented(function: Any) -> dict[str, str]:
    """Return what the docstring says of each parameter."""
    found: dict[str, str] = {}
    now: list[str] = []
    for line in (inspect.getdoc(function) or "").splitlines():
        if match := re.match(r"^([\w*][\w*, ]*) :(.*)$", line):
            now = [name.strip().lstrip("*") for name in match[1].split(",")]
            found |= dict.fromkeys(now, match[2])
        elif line.startswith(" "):
            found |= {name: f"{found[name]} {line.strip()}" for name in now}
        elif line:
            now = []
    return found


def verdict(call: Callable[[], Any], name: str) -> tuple[str, str]:
    """Make a call with a corrupted argument: "clear", "unnamed", "inner", "memory" or "silent", and what was said.

    Clear is a built-in exception that the package raises itself and that names the parameter.
    """
    try:
        call()
    except MemoryError as error:
        return "memory", str(error)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        if isinstance(error, FileNotFoundError):
            return "clear", said
        if not isinstance(error, TypeError | ValueError | OSError | ImportError):
            return "inner", said
        if not _raised_here(sys.exc_info()[2]):
            return "inner", said
        words = {name, name.rstrip("s"), *(word for word in name.split("_") if len(word) > 3)}
        return ("clear" if any(word in str(error) for word in words) else "unnamed"), said
    return "silent", ""


def _raised_here(trace: Any) -> bool:
    """Whether the last frame is one of the package, and stands on a `raise`."""
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    if not code.co_filename.startswith(ROOT):
        return False
    lines, first = inspect.getsourcelines(code)
    statement = lines[trace.tb_lineno - first if code.co_name != "<module>" else trace.tb_lineno - 1]
    return statement.lstrip().startswith("raise")
