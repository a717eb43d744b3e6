"""Exact scores of value learners in a task of one state: the recursion and its derivatives, many fits at once."""

from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Floats, Ints
from rpe.agents import ExpectedSarsa, QLearner
from rpe.fit.data import Choices
from rpe.fit.model import Model

_FREE = ("learning_rate", "inverse_temperature")
# Trials whose choice probabilities are worked out together, and fits that are worked on together.
_CHUNK, _FITS = 16, 1024


def applies(model: Model, data: Any) -> bool:
    """Return whether `slopes` knows this model: Q-learning of arms, with α and β free and no exploration."""
    return (
        isinstance(data, Choices)
        and type(model.agent) in (QLearner, ExpectedSarsa)
        and model.task.n_states == 1
        and data.action.shape[2] == 1
        and bool((data.terminated | (data.action < 0)).all())
        and set(model.names) <= set(_FREE)
        and not model.agent.exploration.any()
        and not (data.pseudo_reward.any() and model.agent.pseudo_reward_weight.any())
        and getattr(model.task, "tables", None) is not None
        and bool(model.task.tables.available.all())
    )


def slopes(model: Model, data: Choices, x: Floats, subject: Ints, trials: Any = None) -> tuple[Floats, Floats, Floats]:
    """Return log likelihood, score and expected information with respect to α and β.

    The values of the arms and their derivatives with respect to the learning rate follow

        q_a ← q_a + α (u − q_a),   ∂q_a ← (1 − α) ∂q_a + u − q_a   for the arm chosen,

    and with π = softmax(β q) a choice of arm c adds ln π_c, with slopes β (∂q_c − E_π ∂q) and
    q_c − E_π q, and the information of these slopes under π.

    Parameters
    ----------
    model, data
        For which `applies`.
    x : float array (n, n_parameters)
        Free parameters, natural scale.
    subject : int array (n,)
        Whose choices each of n fits is scored on.
    trials : bool array (n_trials,), optional
        Which trials are scored.

    Returns
    -------
    float array (n,), (n, n_parameters) and (n, n_parameters, n_parameters)
    """
    both = [np.broadcast_to(getattr(model.agent, name), len(x)) for name in _FREE]
    for i, name in enumerate(model.names):
        both[_FREE.index(name)] = x[:, i]
    utility = np.ascontiguousarray((data.reward + data.points - data.effort)[..., 0].T)
    action = np.ascontiguousarray(data.action[..., 0].T)
    scored = np.ones(len(action)) if trials is None else np.asarray(trials, dtype=np.float64)
    parts = [
        _block(action[:, who], utility[:, who], scored, both[0][i : i + _FITS], both[1][i : i + _FITS], model)
        for i in range(0, len(x), _FITS)
        for who in [subject[i : i + _FITS]]
    ]
    value, score, information = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    free = [_FREE.index(name) for name in model.names]
    return value, score[free].T, information[np.ix_(free, free)].transpose(2, 0, 1)


def _block(
    action: Ints, utility: Floats, scored: Floats, rate: Floats, beta: Floats, model: Model
) -> tuple[Floats, Floats, Floats]:
    """Sums over trials for a block of n fits: value (n,), score (2, n), information (2, 2, n)."""
    n_arms, n = model.task.n_actions, len(rate)
    q = np.full((n_arms, n), float(model.agent.initial_value))
    slope = np.zeros((n_arms, n))
    error, change = np.empty_like(q), np.empty_like(q)
    sums = _Sums(np.zeros(n), np.zeros((2, n)), np.zeros((2, 2, n)))
    qs, slopes_of_q = np.empty((_CHUNK, n_arms, n)), np.empty((_CHUNK, n_arms, n))
    arms = np.arange(n_arms)[:, None]
    add = _add_two if n_arms == 2 else _add_many
    for first in range(0, len(action), _CHUNK):
        chosen = (action[first : first + _CHUNK, None] == arms).astype(np.float64)
        moves = chosen * rate
        size = len(chosen)
        for t in range(size):
            qs[t], slopes_of_q[t] = q, slope
            np.subtract(utility[first + t], q, out=error)
            np.multiply(moves[t], slope, out=change)
            slope -= change
            np.multiply(chosen[t], error, out=change)
            slope += change
            error *= moves[t]
            q += error
        weight = scored[first : first + size]
        if weight.any():
            add(qs[:size], slopes_of_q[:size], chosen * weight[:, None, None], beta, sums)
    return sums


class _Sums(NamedTuple):
    """Value (n,), score (2, n) and information (2, 2, n) so far."""

    value: Floats
    score: Floats
    information: Floats


def _add_two(q: Floats, slope: Floats, chosen: Floats, beta: Floats, sums: _Sums) -> None:
    """Add choices between two arms; q, slope and chosen (n_trials, 2, n)."""
    side = chosen[:, 1] - chosen[:, 0]
    seen = side * side
    apart, turn = q[:, 1] - q[:, 0], slope[:, 1] - slope[:, 0]
    turn *= beta
    policy = side * apart
    policy *= -beta
    with np.errstate(over="ignore"):
        np.exp(policy, out=policy)
    policy += 1.0
    np.divide(1.0, policy, out=policy)
    everyone = bool(seen.all())
    # One logarithm of a product instead of many, where the product cannot vanish.
    if everyone and len(policy) * -np.log10(max(policy.min(), 1e-300)) < 300:
        sums.value[:] += np.log(policy.prod(axis=0))
    else:
        sums.value[:] += (np.log(np.maximum(policy, 1e-300)) * seen).sum(axis=0)
    rest = 1.0 - policy
    policy *= rest
    rest *= side
    if not everyone:
        policy *= seen
    sums.score[0] += np.einsum("tn,tn->n", rest, turn)
    sums.score[1] += np.einsum("tn,tn->n", rest, apart)
    np.multiply(policy, turn, out=rest)
    policy *= apart
    sums.information[0, 0] += np.einsum("tn,tn->n", rest, turn)
    cross = np.einsum("tn,tn->n", rest, apart)
    sums.information[0, 1] += cross
    sums.information[1, 0] += cross
    sums.information[1, 1] += np.einsum("tn,tn->n", policy, apart)


def _add_many(q: Floats, slope: Floats, chosen: Floats, beta: Floats, sums: _Sums) -> None:
    """Add choices among any number of arms; q, slope and chosen (n_trials, n_arms, n)."""
    logits = beta * q
    logits -= logits.max(axis=1, keepdims=True)
    policy = np.exp(logits)
    total = policy.sum(axis=1)
    policy /= total[:, None]
    seen = chosen.sum(axis=1)
    sums.value[:] += (chosen * logits).sum(axis=(0, 1)) - (seen * np.log(total)).sum(axis=0)
    slopes = (beta * slope, q)
    means = [(policy * s).sum(axis=1) for s in slopes]
    for i in range(2):
        sums.score[i] += (chosen * slopes[i]).sum(axis=(0, 1)) - (seen * means[i]).sum(axis=0)
        for j in range(2):
            second = (policy * slopes[i] * slopes[j]).sum(axis=1) - means[i] * means[j]
            sums.information[i, j] += (seen * second).sum(axis=0)
