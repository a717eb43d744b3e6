"""Choice rules: from values to probabilities, and from probabilities to actions.

======================================  ==========================================
what you want                           what to call
======================================  ==========================================
probabilities of actions, softmax(β q)  `softmax`; their logarithms, `log_softmax`
an action of each agent                 `sample`
β, checked                              `inverse_temperature`
======================================  ==========================================
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from rpe import _softmax
from rpe._checks import Bools, Floats, Ints, between, mixes_flags, parameter, shown, unmasked

__all__ = ["inverse_temperature", "log_softmax", "sample", "softmax"]

STEEPEST = 1e100  # beyond it β q overflows

_T = TypeVar("_T", bound=np.generic)


def inverse_temperature(value: npt.ArrayLike) -> Floats:
    """Inverse temperature β, checked: from 0 to 1e100, a number or one per agent; infinity is greedy.

    Raises
    ------
    TypeError, ValueError
        If it is negative, beyond 1e100, NaN, or has more than one dimension.

    Examples
    --------
    >>> inverse_temperature(float("inf"))
    array(inf)
    """
    array = unmasked("inverse_temperature", value)
    if array.dtype.kind in "iuf" and np.isposinf(array).any():
        parameter("inverse_temperature", np.where(np.isposinf(array), 0.0, array), 0, STEEPEST)
        return array.astype(np.float64)
    return parameter("inverse_temperature", value, 0, STEEPEST)


def softmax(
    values: npt.ArrayLike, inverse_temperature: npt.ArrayLike, available: npt.ArrayLike | None = None
) -> Floats:
    """Softmax choice probabilities, π(a) ∝ exp(β q(a)) over the available actions.

    β = ∞ is the greedy choice; equal best actions share the probability.

    Parameters
    ----------
    values : float array (n_actions, ...)
        Action values q, in reward units; actions first.
    inverse_temperature : float or array that broadcasts against the other axes
        β ≥ 0, per reward unit.
    available : bool array (n_actions, ...), optional
        Which actions can be chosen; all by default.

    Returns
    -------
    float array (n_actions, ...)

    Raises
    ------
    TypeError, ValueError
        For a negative β, NaN, shapes that do not match, or where nothing that is available has a finite value.

    References
    ----------
    Sutton, R. S. & Barto, A. G. (2018). Reinforcement Learning, 2nd ed., Eq. 2.11.

    Examples
    --------
    >>> import numpy as np
    >>> softmax(np.array([0.0, np.log(3.0)]), 1.0)
    array([0.25, 0.75])
    >>> softmax(np.array([1.0, 1.0, 0.0]), np.inf)
    array([0.5, 0.5, 0. ])
    """
    # Values so far apart that their difference overflows are −∞ from each other, as they should be.
    with np.errstate(over="ignore"):
        return _softmax.softmax(*_checked(values, inverse_temperature, available))


def log_softmax(
    values: npt.ArrayLike, inverse_temperature: npt.ArrayLike, available: npt.ArrayLike | None = None
) -> Floats:
    """Logarithms of softmax choice probabilities by log-sum-exp, finite where the probabilities underflow.

    Parameters
    ----------
    values, inverse_temperature, available : arrays (n_actions, ...)
        As in `softmax`.

    Returns
    -------
    float array (n_actions, ...)
        −∞ for actions that are not available, or not the best for β = ∞.

    Raises
    ------
    TypeError, ValueError
        As `softmax`.

    Examples
    --------
    >>> import numpy as np
    >>> log_softmax(np.array([0.0, 1.0]), 1000.0)
    array([-1000.,     0.])
    """
    with np.errstate(over="ignore"):
        return _softmax.log_softmax(*_checked(values, inverse_temperature, available))


def sample(probabilities: npt.ArrayLike, uniform: npt.ArrayLike) -> Ints:
    """Draw one action per agent by inverting the cumulative distribution.

    Parameters
    ----------
    probabilities : float array (n_actions, n)
        Choice probabilities; actions first.
    uniform : float array (n,)
        Uniform numbers in [0, 1).

    Returns
    -------
    int array (n,)
        An action of positive probability for every agent.

    Raises
    ------
    TypeError, ValueError
        For probabilities that do not sum to 1 over the actions, or numbers outside [0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> sample(np.array([[0.2, 0.2], [0.8, 0.8]]), np.array([0.1, 0.5]))
    array([0, 1])
    """
    chances = between("probabilities", probabilities, 0, 1)
    if chances.ndim != 2 or not chances.size or not np.allclose(chances.sum(axis=0), 1, rtol=0, atol=1e-6):
        raise ValueError(
            "probabilities must have shape (n_actions, n) and sum to 1 over the actions; "
            f"got shape {chances.shape} and sums {shown(chances.sum(axis=0) if chances.ndim else chances)}"
        )
    drawn = between("uniform", uniform, 0, 1, open_high=True)
    if drawn.shape != chances.shape[1:]:
        raise ValueError(f"uniform must have shape {chances.shape[1:]}, one number per agent; got {drawn.shape}")
    return _softmax.sample(chances, drawn)


def _checked(
    values: npt.ArrayLike, beta: npt.ArrayLike, available: npt.ArrayLike | None
) -> tuple[Floats, Floats, Bools | None]:
    """Return action values (n_actions, ...), β and which actions are offered, checked and as arrays."""
    q = unmasked("values", values)
    if q.dtype.kind not in "iuf" or (isinstance(values, list | tuple) and mixes_flags(values)):
        raise TypeError(f"values must hold real numbers; got {shown(values)}")
    if not q.ndim or not q.size:
        raise ValueError(f"values must have shape (n_actions, ...); got {q.shape}")
    q = q.astype(np.float64)
    offered = None if available is None else unmasked("available", available)
    if offered is not None and offered.dtype != np.bool_:
        raise TypeError(f"available must hold True and False; got {shown(available)}")
    # An action may be worth −∞, which is never chosen, where another is worth more.
    taken = q if offered is None else np.where(_broadcast("available", offered, q), q, -np.inf)
    if np.isnan(q).any() or not np.isfinite(taken.max(axis=0)).all():
        raise ValueError(f"values must be no NaN, and the best action that is available finite; got {shown(values)}")
    return q, _steepness(beta, q), offered


def _steepness(beta: npt.ArrayLike, q: Floats) -> Floats:
    """Return β ≥ 0, infinity included, of a shape that broadcasts against the axes after the actions."""
    array = unmasked("inverse_temperature", beta)
    if array.dtype.kind in "iuf" and np.isposinf(array).any():
        between("inverse_temperature", np.where(np.isposinf(array), 0.0, array), 0)
        return _broadcast("inverse_temperature", array.astype(np.float64), q[0])
    return _broadcast("inverse_temperature", between("inverse_temperature", beta, 0), q[0])


def _broadcast(name: str, array: npt.NDArray[_T], to: Floats) -> npt.NDArray[_T]:
    """Return an array that broadcasts to the shape of another, or say that it does not."""
    try:
        np.broadcast_to(array, to.shape)
    except ValueError as error:
        raise ValueError(f"{name} must broadcast to shape {to.shape}; got {array.shape}") from error
    return array


def __dir__() -> list[str]:
    return __all__
