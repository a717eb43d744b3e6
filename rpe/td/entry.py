"""The front door of the one-line errors: what users call is checked, and what loops call, in `errors`, is not."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec

import numpy as np

from rpe._checks import between
from rpe.td import errors

_P = ParamSpec("_P")

# The range of every quantity that has one; the others are finite numbers.
_RANGES = {"discount": (0.0, 1.0), "next_probabilities": (0.0, 1.0)}
_POSITIVE = ("dwell", "k", "magnitude")


def _checked(equation: Callable[_P, Any]) -> Callable[_P, Any]:
    """Return the equation with its arguments checked, each by its name, and of shapes that broadcast."""
    names = tuple(signature(equation).parameters)

    @wraps(equation)
    def at_the_door(*args: _P.args, **kwargs: _P.kwargs) -> Any:
        if len(args) > len(names) or not set(kwargs) <= set(names[len(args) :]):
            return equation(*args, **kwargs)
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        taken = {name: _quantity(name, value) for name, value in given.items()}
        _match(taken)
        return equation(**taken)  # type: ignore[call-arg]

    return at_the_door


def _quantity(name: str, value: Any) -> Any:
    """A checked quantity: a number as the number that it was, all else as an array."""
    if name == "out":
        if value is not None and not (isinstance(value, np.ndarray) and value.dtype == np.float64):
            raise TypeError(f"out must be a float array or None; got {value!r}")
        return value
    low, high = _RANGES.get(name, (0.0, np.inf) if name in _POSITIVE else (-np.inf, np.inf))
    array = between(name, value, low, high, open_low=name == "magnitude")
    if name.startswith("next_") and name != "next_value" and (not array.ndim or not len(array)):
        raise ValueError(f"{name} must have shape (n_actions, ...), actions first; got {array.shape}")
    if name == "next_probabilities" and not np.allclose(array.sum(axis=0), 1, rtol=0, atol=1e-6):
        raise ValueError(f"next_probabilities must sum to 1 over the first axis, the actions; got {array.sum(axis=0)}")
    return value if array.ndim == 0 else array


def _match(given: dict[str, Any]) -> None:
    """Raise ValueError unless the arrays broadcast, those of actions without their first axis."""
    shapes = {name: np.shape(value) for name, value in given.items() if value is not None}
    per_action = {name: shapes[name] for name in ("next_values", "next_probabilities") if name in shapes}
    if len(set(per_action.values())) > 1:
        raise ValueError(
            f"next_probabilities must have the shape of next_values, {shapes['next_values']}; got {shapes}"
        )
    try:
        np.broadcast_shapes(*(shape[1:] if name in per_action else shape for name, shape in shapes.items()))
    except ValueError as error:
        raise ValueError(f"{', '.join(shapes)} must have shapes that broadcast; got {shapes}") from error


td_error = _checked(errors.td_error)
q_learning_error = _checked(errors.q_learning_error)
expected_sarsa_error = _checked(errors.expected_sarsa_error)
average_reward_error = _checked(errors.average_reward_error)
hyperbolic_td_error = _checked(errors.hyperbolic_td_error)
lambda_errors = _checked(errors.lambda_errors)
delta_rule_error = _checked(errors.delta_rule_error)
semi_markov_error = _checked(errors.semi_markov_error)
