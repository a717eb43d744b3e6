"""Prediction errors of temporal-difference learning, each equation once.

Nothing is checked here, as these run once per step: numbers are plain floats or float arrays that
broadcast against each other, and results are floats or arrays accordingly. What `rpe.td` exports is
the same with its arguments checked (`rpe.td.entry`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats

Quantity = float | Floats
"""A number, or an array of them."""
PerAction = Floats | Sequence[float]
"""One number, or array of numbers, for each action; actions first."""


def td_error(reward: Quantity, value: Quantity, next_value: Quantity, discount: Quantity) -> Any:
    """TD error, δ = r + γ v′ − v.

    With v and v′ the values of the actions taken, this is the error of SARSA.

    Parameters
    ----------
    reward, value, next_value, discount : float or arrays that broadcast
        r and the values before and after, in reward units; γ, multiplied by 0 where the world
        ended.

    Returns
    -------
    float or array
        δ, signed, in reward units.

    References
    ----------
    Sutton, R. S. & Barto, A. G. (2018). Reinforcement Learning, 2nd ed., Eq. 6.5.

    Examples
    --------
    >>> import rpe
    >>> rpe.td.td_error(reward=1.0, value=0.5, next_value=2.0, discount=0.5)
    1.5
    """
    return reward + discount * next_value - value


def q_learning_error(reward: Quantity, value: Quantity, next_values: PerAction, discount: Quantity) -> Any:
    """Q-learning error, δ = r + γ max_a q′(a) − q.

    Parameters
    ----------
    reward, value, discount : float or array (...)
        As in `td_error`; `value` is that of the action taken.
    next_values : float array (n_actions, ...)
        q′ of every action in the next state; actions first.

    References
    ----------
    Sutton & Barto (2018), Eq. 6.8.

    Examples
    --------
    >>> import rpe
    >>> float(rpe.td.q_learning_error(0.0, 1.0, [3.0, 2.0], 1.0))
    2.0
    """
    return td_error(reward, value, greedy_value(next_values), discount)


def expected_sarsa_error(
    reward: Quantity, value: Quantity, next_values: PerAction, next_probabilities: PerAction, discount: Quantity
) -> Any:
    """Expected-SARSA error, δ = r + γ Σ_a π′(a) q′(a) − q.

    Parameters
    ----------
    reward, value, discount : float or array (...)
        As in `td_error`; `value` is that of the action taken.
    next_values, next_probabilities : float array (n_actions, ...)
        q′ and π′ of every action in the next state; actions first.

    References
    ----------
    Sutton & Barto (2018), Eq. 6.9.

    Examples
    --------
    >>> import rpe
    >>> float(rpe.td.expected_sarsa_error(0.0, 1.0, [3.0, 1.0], [0.5, 0.5], 1.0))
    1.0
    """
    return td_error(reward, value, on_policy_value(next_values, next_probabilities), discount)


def greedy_value(values: PerAction) -> Any:
    """Value of the best action, max_a q(a), where `q_learning_error` arrives.

    Parameters
    ----------
    values : float array (n_actions, ...)
        q of every action; actions first.

    Examples
    --------
    >>> import numpy as np
    >>> greedy_value(np.array([[3.0, 1.0], [2.0, 5.0]]))
    array([3., 5.])
    """
    # Row by row: a reduction over a short first axis costs NumPy several times as much.
    best: Any = values[0]
    for row in values[1:]:
        best = np.maximum(best, row)
    return best


def on_policy_value(values: PerAction, probabilities: PerAction) -> Any:
    """Value under a policy, Σ_a π(a) q(a), where `expected_sarsa_error` arrives.

    Parameters
    ----------
    values, probabilities : float array (n_actions, ...)
        q and π of every action; actions first.

    Examples
    --------
    >>> import numpy as np
    >>> on_policy_value(np.array([[3.0], [1.0]]), np.array([[0.25], [0.75]]))
    array([1.5])
    """
    # An array of its own, so that adding in place leaves the arguments alone.
    mean: Any = probabilities[0] * values[0]
    for probability, value in zip(probabilities[1:], values[1:], strict=True):
        mean += probability * value
    return mean


def average_reward_error(
    reward: Quantity, value: Quantity, next_value: Quantity, average_reward: Quantity, dwell: Quantity = 1.0
) -> Any:
    """Average-reward TD error, δ = r − ρ τ + v′ − v.

    Parameters
    ----------
    reward, value, next_value : float or array
        As in `td_error`.
    average_reward : float or array
        ρ, reward units per unit of time.
    dwell : float or array
        τ, the time that the step took.

    References
    ----------
    Sutton & Barto (2018), Eq. 10.10, with the dwell time of Daw, N. D. & Touretzky, D. S. (2002).
    Long-term reward prediction in TD models of the dopamine system. Neural Computation 14(11),
    2567-2583. doi:10.1162/089976602760407973

    Examples
    --------
    >>> import rpe
    >>> rpe.td.average_reward_error(1.0, 0.0, 0.0, average_reward=0.25, dwell=2.0)
    0.5
    """
    return reward - average_reward * dwell + next_value - value


def hyperbolic_td_error(
    reward: Quantity, value: Quantity, next_value: Quantity, k: Quantity, magnitude: Quantity = 1.0
) -> Any:
    """Hyperbolically discounted TD error (HDTD), δ = r + v′ / (1 + k v′/R) − v, whose fixed point is R / (1 + kτ).

    It discounts a single reward hyperbolically. A sequence of rewards is *not* discounted as the
    sum of hyperbolas, so this is not for comparing micro wins with one goal.

    Parameters
    ----------
    reward, value, next_value : float or array
        As in `td_error`.
    k : float or array
        Discount rate per step.
    magnitude : float or array
        R, the size of the reward; the scaling by it is provisional (from memory).

    References
    ----------
    Alexander, W. H. & Brown, J. W. (2010). Hyperbolically discounted temporal difference learning.
    Neural Computation 22(6), 1511-1527. doi:10.1162/neco.2010.08-09-1080

    Examples
    --------
    >>> import rpe
    >>> float(rpe.td.hyperbolic_td_error(0.0, 0.5, 1.0, k=1.0))
    0.0
    """
    return reward + next_value / (1.0 + k * next_value / magnitude) - value


def lambda_errors(delta: npt.ArrayLike, decay: npt.ArrayLike, out: Floats | None = None) -> Floats:
    """λ-errors by one backward sweep, G_t = δ_t + c_{t+1} G_{t+1}.

    Adding G to the value before each step gives the λ-return.

    Parameters
    ----------
    delta : float array (n_steps, ...)
        Errors; time first.
    decay : float, or array that broadcasts with `delta`
        c = γλ, by which the trace is carried into each step; entry 0 of a time axis is not used.
    out : float array, optional
        Where to write; may be `delta` itself.

    Returns
    -------
    float array of the shape of `delta`

    References
    ----------
    Sutton & Barto (2018), Eq. 12.2 and exercise 12.1.

    Examples
    --------
    >>> import rpe
    >>> import numpy as np
    >>> rpe.td.lambda_errors(np.array([0.0, 0.0, 1.0]), 0.5)
    array([0.25, 0.5 , 1.  ])
    """
    delta, decay = np.asarray(delta, dtype=np.float64), np.asarray(decay)
    out = np.empty_like(delta) if out is None else out
    # A view costs as much as the arithmetic of some hundred numbers: all are made here, as lists.
    into = [out[step, ...] for step in range(len(out))]
    errors = into if out is delta else [delta[step, ...] for step in range(len(delta))]
    out[-1:] = delta[-1:]
    # One number for each step only if the first axis of `decay` is the time axis of `delta`.
    per_step = decay.ndim == delta.ndim and len(decay) == len(delta)
    carried, later = np.empty(delta.shape[1:]), into[-1] if into else out
    decays = list(decay) if per_step else [decay] * len(delta)
    for step in range(len(delta) - 2, -1, -1):
        np.multiply(decays[step + 1], later, carried)
        later = np.add(errors[step], carried, into[step])
    return out


def delta_rule_error(outcome: Quantity, prediction: Quantity) -> Any:
    """Error of the delta rule, δ = λ − Σ V, with one outcome and no time within a trial.

    It is the error of Rescorla and Wagner, and the innovation of a Kalman filter.

    Parameters
    ----------
    outcome, prediction : float or arrays that broadcast
        λ, and what all cues together predict, in reward units.

    Returns
    -------
    float or array
        δ, signed, in reward units.

    References
    ----------
    Rescorla, R. A. & Wagner, A. R. (1972). A theory of Pavlovian conditioning. In Classical
    Conditioning II: Current Research and Theory, 64-99.

    Examples
    --------
    >>> import rpe
    >>> rpe.td.delta_rule_error(1.0, 0.75)
    0.25
    """
    return outcome - prediction


def semi_markov_error(
    reward: Quantity, value: Quantity, next_value: Quantity, discount: Quantity, dwell: Quantity
) -> Any:
    """Discounted error of semi-Markov TD, δ = γ^d (r + v′) − v, at the end of a state that lasted d.

    Parameters
    ----------
    reward, value, next_value : float or arrays that broadcast
        r at the end of the state, v of the state, and v′ of the next one, in reward units.
    discount : float or array
        γ per unit of time.
    dwell : float or array
        d, the time that the state lasted.

    References
    ----------
    Daw, N. D., Courville, A. C. & Touretzky, D. S. (2006). Representation and timing in theories of
    the dopamine system. Neural Computation 18(7), 1637-1677. doi:10.1162/neco.2006.18.7.1637

    Examples
    --------
    >>> import rpe
    >>> rpe.td.semi_markov_error(1.0, 0.0, 1.0, discount=0.5, dwell=2.0)
    0.5
    """
    return discount**dwell * (reward + next_value) - value
