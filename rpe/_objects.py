"""Validators of what is no number: names, text, flags, collections and objects, and how messages show a value."""

from collections.abc import Callable, Iterable, Mapping, Set
from functools import wraps
from inspect import signature
from os import PathLike
from pathlib import Path
from types import UnionType
from typing import Any, ParamSpec, Self, TypeVar, cast

import numpy as np

_SHOWN = 200

_Kind = TypeVar("_Kind")
_P = ParamSpec("_P")
_R = TypeVar("_R")


def choice(name: str, value: Any, options: Iterable[str]) -> str:
    """Return `value` if it is one of the named `options`.

    Raises
    ------
    ValueError
        If it is not; the message lists the options, and says which of them looks like it.
    """
    options = tuple(options)
    if not isinstance(value, str) or value not in options:
        listed = ", ".join(map(repr, options))
        raise ValueError(f"{name} must be one of {listed}; got {shown(value)}{did_you_mean(value, options)}")
    return value


def did_you_mean(value: object, options: Iterable[str]) -> str:
    """Return what to add to a message where `value` looks like one of the `options`; else nothing.

    Examples
    --------
    >>> did_you_mean("alpah", ["alpha", "beta"]), did_you_mean("zzz", ["alpha"])
    ("; did you mean 'alpha'?", '')
    """
    if not isinstance(value, str):
        return ""
    from difflib import get_close_matches

    names = {option.lower(): option for option in options}
    near = get_close_matches(value[:200].lower(), names, 1)
    return f"; did you mean {names[near[0]]!r}?" if near else ""


# What the same thing is called elsewhere.
_ELSEWHERE = {
    "alpha": "learning_rate", "beta": "inverse_temperature", "gamma": "discount", "lam": "trace_decay",
    "lambda_": "trace_decay", "epsilon": "exploration", "lr": "learning_rate", "temperature": "inverse_temperature",
    "discount_factor": "discount", "seed": "rng", "random_state": "rng", "n_episodes": "n_trials",
    "episodes": "n_trials", "n": "n_agents", "label": "names", "labels": "names", "workers": "n_jobs",
    "sep": "delimiter", "separator": "delimiter", "n_bootstrap": "n_resamples", "sampling_rate": "dt",
}  # fmt: skip


def known_keywords(of: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise TypeError for a keyword that is not known, as Python does, and say what it may have meant.

    Raises
    ------
    TypeError
        If one of those given is not known.
    """
    known = tuple(known)
    for name in given:
        if name not in known:
            meant = _ELSEWHERE.get(name)
            hint = f"; did you mean {meant!r}?" if meant in known else did_you_mean(name, known)
            raise TypeError(f"{of} got an unexpected keyword argument {name!r}{hint}")


class KnowsItsKeywords:
    """A base of dataclasses that say which parameter a misspelt one may have meant."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Look at the names only; values are checked in `__post_init__`."""
        if kwargs:
            known = signature(cls.__init__).parameters.values()
            if all(each.kind is not each.VAR_KEYWORD for each in known):
                known_keywords(cls.__name__, kwargs, [each.name for each in known])
        return super().__new__(cls)


def hinting(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return a function that says which keyword a misspelt one may have meant."""
    known = tuple(signature(function).parameters)

    @wraps(function)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        known_keywords(f"{function.__name__}()", kwargs, known)
        return function(*args, **kwargs)

    return called


def instance(name: str, value: Any, kind: type[_Kind] | UnionType) -> _Kind:
    """Return `value` if it is an object of the class, protocol or union of classes `kind`.

    Raises
    ------
    TypeError
        If it is another object, or the class itself.
    """
    known = " or ".join(each.__name__ for each in (kind.__args__ if isinstance(kind, UnionType) else (kind,)))
    if isinstance(value, type):
        raise TypeError(f"{name} must be a {known}, not a class; got {value.__name__}")
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be a {known}; got {shown(value)}")
    return value


def text(name: str, value: Any) -> str:
    """Return `value` if it is text.

    Raises
    ------
    TypeError
        If it is not.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text; got {shown(value)}")
    return value


def sequence(name: str, value: Any) -> tuple[Any, ...]:
    """Return what a list, tuple, array or other ordered collection holds.

    Raises
    ------
    TypeError
        If it is one thing only, text, or a mapping or set, which have no order to rely on.
    """
    if isinstance(value, str | bytes | Mapping | Set | np.ma.MaskedArray) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a list or tuple; got {shown(value)}")
    if isinstance(value, np.ndarray) and value.ndim == 0:
        raise TypeError(f"{name} must be a list or tuple; got {shown(value)}")
    return tuple(value)


def mapping(name: str, value: Any) -> Mapping[str, Any]:
    """Return `value` if it is a mapping whose keys are text.

    Raises
    ------
    TypeError
        If it is not.
    """
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise TypeError(f"{name} must be a mapping with text as keys; got {shown(value)}")
    return value


def path(name: str, value: Any) -> Path:
    """Return a path from text or a path.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If it is empty, or holds the character NUL, which no file system takes.
    """
    if not isinstance(value, str | PathLike):
        raise TypeError(f"{name} must be a path; got {shown(value)}")
    written = str(value)
    if not written or chr(0) in written:
        raise ValueError(f"{name} must be a path, not empty and without NUL; got {shown(value)}")
    return Path(written)


def function(name: str, value: Any) -> Callable[..., Any]:
    """Return `value` if it can be called.

    Raises
    ------
    TypeError
        If it cannot.
    """
    if not callable(value) or isinstance(value, type):
        raise TypeError(f"{name} must be a function; got {shown(value)}")
    return cast(Callable[..., Any], value)


def flag(name: str, value: Any) -> bool:
    """Return `value` if it is True or False.

    Raises
    ------
    TypeError
        If it is anything else.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {shown(value)}")
    return bool(value)


def shown(value: object) -> str:
    """Return a value as a message can show it: on one line, and cut where it is long."""
    try:
        found = repr(value)
    except Exception as error:
        # The message is about the value, whatever its own way to show itself makes of it.
        return f"a {type(value).__name__} that cannot be shown ({type(error).__name__})"
    return found if len(found) <= _SHOWN else f"{found[:_SHOWN]}… ({type(value).__name__}, cut)"
