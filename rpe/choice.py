"""Choice rules: from values to probabilities, and from probabilities to actions."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, parameter

__all__ = ["inverse_temperature", "log_softmax", "sample", "softmax"]

# A β of 0 is taken for this, so that an action worth −∞ has weight 0 and no other action notices.
LEAST = 1e-140


def inverse_temperature(value: npt.ArrayLike) -> Floats:
    """Inverse temperature β, checked: ≥ 0, a number or one per agent; infinity is greedy.

    Raises
    ------
    TypeError, ValueError
        If it is negative, NaN, or has more than one dimension.

    Examples
    --------
    >>> inverse_temperature(float("inf"))
    array(inf)
    """
    array = np.asarray(value)
    if array.dtype.kind in "iuf" and np.isposinf(array).any():
        parameter("inverse_temperature", np.where(np.isposinf(array), 0.0, array), 0)
        return array.astype(np.float64)
    return parameter("inverse_temperature", value, 0)


def softmax(values: Floats, inverse_temperature: npt.ArrayLike, available: Bools | None = None) -> Floats:
    """Softmax choice probabilities, π(a) ∝ exp(β q(a)) over the available actions.

    β = ∞ is the greedy choice; equal best actions share the probability.

    Parameters
    ----------
    values : float array (n_actions, ...)
        Action values q, in reward units; actions first.
    inverse_temperature : float or array that broadcasts against the other axes
        β ≥ 0, per reward unit. Not checked here, as this runs once per step.
    available : bool array (n_actions, ...), optional
        Which actions can be chosen; all by default.

    Returns
    -------
    float array (n_actions, ...)

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
    if available is not None:
        values = np.where(available, values, -np.inf)
    # Row by row: a reduction over a short first axis costs NumPy several times as much.
    best = values[0]
    for row in values[1:]:
        best = np.maximum(best, row)
    weights: Floats = values - best
    beta = np.asarray(inverse_temperature)
    if beta.ndim == 0 and beta < np.inf:
        weights *= max(float(beta), LEAST)
    elif beta.max() < np.inf:
        weights *= np.maximum(beta, LEAST)
    else:
        # ∞ · 0 is NaN, so greedy agents are handled by the sign of q − max q alone.
        greedy = np.isposinf(beta)
        steepness = np.where(greedy, 1.0, np.maximum(beta, LEAST))
        weights = np.where(greedy & (weights < 0), -np.inf, weights) * steepness
    np.exp(weights, out=weights)
    total = weights[0].copy()
    for row in weights[1:]:
        total += row
    weights /= total
    return weights


def log_softmax(values: Floats, inverse_temperature: npt.ArrayLike, available: Bools | None = None) -> Floats:
    """Logarithms of softmax choice probabilities by log-sum-exp, finite where the probabilities underflow.

    Parameters
    ----------
    values, inverse_temperature, available
        As in `softmax`.

    Returns
    -------
    float array (n_actions, ...)
        −∞ for actions that are not available, or not the best for β = ∞.

    Examples
    --------
    >>> import numpy as np
    >>> log_softmax(np.array([0.0, 1.0]), 1000.0)
    array([-1000.,     0.])
    """
    if available is not None:
        values = np.where(available, values, -np.inf)
    beta = np.asarray(inverse_temperature)
    greedy = np.isposinf(beta)
    behind = values - values.max(axis=0)
    logits = behind * np.where(greedy, 1.0, np.maximum(beta, LEAST))
    if greedy.any():
        logits = np.where(greedy & (behind < 0), -np.inf, logits)
    result: Floats = logits - np.log(np.exp(logits).sum(axis=0))
    return result


def sample(probabilities: Floats, uniform: Floats) -> Ints:
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

    Examples
    --------
    >>> import numpy as np
    >>> sample(np.array([[0.2, 0.2], [0.8, 0.8]]), np.array([0.1, 0.5]))
    array([0, 1])
    """
    if len(probabilities) == 1:
        return np.zeros(len(uniform), dtype=np.int64)
    # The action is the number of cumulative probabilities that the uniform number has passed, counted in bytes.
    cumulative = probabilities[0]
    beyond = uniform >= cumulative
    passed = beyond.view(np.int8) if len(probabilities) < 128 else beyond.astype(np.int64)
    for row in probabilities[1:-1]:
        cumulative = cumulative + row
        beyond = uniform >= cumulative
        passed = passed + beyond.view(np.int8)
    action: Ints = passed.astype(np.int64)
    # Rounding can leave the last action a sliver of probability that it does not have.
    if not probabilities[-1].all() and (stray := beyond & (probabilities[-1] == 0.0)).any():
        action[stray] = len(probabilities) - 1 - np.argmax(probabilities[::-1, stray] > 0, axis=0)
    return action


def __dir__() -> list[str]:
    return __all__
