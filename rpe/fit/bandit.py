"""Exact scores of value learners in a task of one state: the recursion and its derivatives, many fits at once."""

from typing import NamedTuple, cast

import numpy as np

from rpe._checks import ArrayLike, Bools, Floats, Ints
from rpe.agents import ExpectedSarsa, QLearner
from rpe.fit.model import Model
from rpe.records import Choices, Offers, WorkLog
from rpe.tasks import TabulatedTask

_FREE = ("learning_rate", "inverse_temperature")
# Trials whose choice probabilities are worked out together, and fits that are worked on together.
_CHUNK, _FITS = 8, 2048
# Where fits are so few that more trials make up so many values of arms, these trials are worked out together.
_NUMBERS = 1 << 14


def applies(model: Model, data: Choices | WorkLog | Offers) -> bool:
    """Return whether `slopes` knows this model: Q-learning of arms, with α and β free and no exploration."""
    agent = model.agent
    return (
        isinstance(data, Choices)
        and isinstance(agent, QLearner | ExpectedSarsa)
        and type(agent) in (QLearner, ExpectedSarsa)  # a subclass may learn otherwise
        and isinstance(model.task, TabulatedTask)
        and model.task.n_states == 1
        and data.action.shape[2] == 1
        and bool((data.terminated | (data.action < 0)).all())
        and set(model.names) <= set(_FREE)
        and not np.any(agent.exploration)
        and not (data.pseudo_reward.any() and np.any(agent.pseudo_reward_weight))
        and bool(model.task.tables.available.all())
    )


def slopes(
    model: Model, data: Choices, x: Floats, subject: Ints, trials: ArrayLike | None = None
) -> tuple[Floats, Floats, Floats]:
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
    scored, feedback = _weight(data.scored, trials), _weight(data.feedback)
    who, slot = _side_by_side(subject)
    size = max(1, _FITS // len(slot))
    parts = []
    for first in range(0, len(who), size):
        them = who[first : first + size]
        weights = (None if weight is None else weight[:, them] for weight in (scored, feedback))
        seen = _Seen(action[:, them], utility[:, them], *weights)
        rate, beta = (values[slot[:, first : first + size]] for values in both)
        parts.append(_block(seen, rate, beta, model))
    value, score, information = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    free = [_FREE.index(name) for name in model.names]
    # Where a subject has fewer fits than others, one of its fits stands in several slots.
    back = np.empty(len(x), dtype=np.int64)
    back[slot.ravel()] = np.arange(slot.size)
    value, score = value.ravel()[back], score[free].reshape(len(free), -1)[:, back]
    information = information[np.ix_(free, free)].reshape(len(free), len(free), -1)[..., back]
    return value, score.T, information.transpose(2, 0, 1)


def _weight(mask: Bools, trials: ArrayLike | None = None) -> Floats | None:
    """A mask (n_subjects, n_trials, 1), and one over trials, as weights (n_trials, n_subjects); None if all are 1."""
    if trials is None and mask.all():
        return None
    weight = np.ascontiguousarray(mask[..., 0].T.astype(np.float64))
    return weight if trials is None else weight * np.asarray(trials, dtype=np.float64)[:, None]


def _side_by_side(subject: Ints) -> tuple[Ints, Ints]:
    """Subjects (n_subjects,), and the fits of each in slots (n_slots, n_subjects), so that they share their choices."""
    who, inverse, number = np.unique(subject, return_inverse=True, return_counts=True)
    n_slots = int(number.max())
    if n_slots * len(who) > 1.5 * len(subject):
        return subject, np.arange(len(subject))[None]
    order = np.argsort(inverse.ravel(), kind="stable")
    first = np.cumsum(number) - number
    return who, order[first + np.minimum(np.arange(n_slots)[:, None], number - 1)]


class _Seen(NamedTuple):
    """Choices, what they brought, and what is scored and learned from as weights (None: all), each (n_trials, n)."""

    action: Ints
    utility: Floats
    scored: Floats | None
    feedback: Floats | None


def _block(seen: _Seen, rate: Floats, beta: Floats, model: Model) -> tuple[Floats, Floats, Floats]:
    """Sums over trials for a block of subjects with fits side by side: value (n_slots, n) and so on."""
    n_arms, shape = cast(TabulatedTask, model.task).n_actions, rate.shape
    length = max(_CHUNK, _NUMBERS // (n_arms * rate.size))
    learn = _trial_by_trial if length == _CHUNK else _all_at_once
    # Values of the arms and their slopes in α: before each trial of a chunk, and after its last.
    q, slope = (np.zeros((min(length, len(seen.action)) + 1, n_arms, *shape)) for _ in range(2))
    q[0] = float(cast(QLearner, model.agent).initial_value)
    sums = _Sums(np.zeros(shape), np.zeros((2, *shape)), np.zeros((2, 2, *shape)))
    arms = np.arange(n_arms)[:, None]
    add = _add_two if n_arms == 2 else _add_many
    for first in range(0, len(seen.action), length):
        rows = slice(first, first + length)
        chosen = (seen.action[rows, None] == arms).astype(np.float64)[:, :, None]
        taught = chosen if seen.feedback is None else chosen * seen.feedback[rows, None, None]
        size = len(chosen)
        learn(q[: size + 1], slope[: size + 1], taught, taught * seen.utility[rows, None, None], rate)
        weight = None if seen.scored is None else seen.scored[rows]
        if weight is None or weight.any():
            if weight is not None and not weight.all():
                chosen = chosen * weight[:, None, None]
            add(q[:size], slope[:size], chosen, beta, sums)
        q[0], slope[0] = q[size], slope[size]
    return sums


def _trial_by_trial(q: Floats, slope: Floats, taught: Floats, gain: Floats, rate: Floats) -> None:
    """Fill in q and slope (n_trials + 1, n_arms, n_slots, n) from their first rows, one trial after another.

    `taught` (n_trials, n_arms, 1, n) is 1 for the arm learned about and 0 for the others, and `gain`
    the same times the utility.
    """
    error, change = np.empty(q.shape[1:]), np.empty(q.shape[1:])
    for t in range(len(taught)):
        # The error of the arm chosen, 0 for the others.
        np.multiply(taught[t], q[t], out=error)
        np.subtract(gain[t], error, out=error)
        np.multiply(slope[t], rate, out=change)
        change *= taught[t]
        np.subtract(slope[t], change, out=slope[t + 1])
        slope[t + 1] += error
        error *= rate
        np.add(q[t], error, out=q[t + 1])


def _all_at_once(q: Floats, slope: Floats, taught: Floats, gain: Floats, rate: Floats) -> None:
    """Fill in the same by prefix sums: log₂ n_trials passes over all trials, which few fits take less time for.

    x ← k x + g, trial after trial, is composed of pairs (k, g): two in a row are (k₂ k₁, k₂ g₁ + g₂).

    References
    ----------
    Blelloch, G. E. (1990). Prefix sums and their applications. Carnegie Mellon University,
    CMU-CS-90-190, section 1.4.
    """
    keep = 1.0 - taught * rate
    spans, span = [keep], 1
    while 2 * span < len(keep):
        # Of each trial and the 2 · span − 1 before it, as far as there are.
        longer = spans[-1].copy()
        longer[span:] *= spans[-1][:-span]
        spans.append(longer)
        span *= 2
    for x, added in ((q, gain * rate), (slope, None)):
        x[1:] = gain - taught * q[:-1] if added is None else added
        x[1] += keep[0] * x[0]
        for level, kept in enumerate(spans):
            x[1 + (1 << level) :] += kept[1 << level :] * x[1 : -(1 << level)]


class _Sums(NamedTuple):
    """Value (n_slots, n), score (2, n_slots, n) and information (2, 2, n_slots, n) so far."""

    value: Floats
    score: Floats
    information: Floats


def _add_two(q: Floats, slope: Floats, chosen: Floats, beta: Floats, sums: _Sums) -> None:
    """Add choices between two arms; q and slope (n_trials, 2, n_slots, n), chosen (n_trials, 2, 1, n)."""
    side = chosen[:, 1] - chosen[:, 0]
    everyone = bool(side.all())
    # How far the arm chosen is ahead, and how that changes with α.
    ahead, turn = q[:, 1] - q[:, 0], slope[:, 1] - slope[:, 0]
    ahead *= side
    turn *= side
    turn *= beta
    policy = ahead * -beta
    with np.errstate(over="ignore"):
        np.exp(policy, out=policy)
    policy += 1.0
    np.divide(1.0, policy, out=policy)
    # One logarithm of a product instead of many, where the product does not vanish.
    product = policy.prod(axis=0)
    if everyone and product.min() > 1e-300:
        sums.value[:] += np.log(product)
    else:
        # −ln(1 + e^(−βx)), which stays finite where π is 0 as a number.
        sums.value[:] -= (np.logaddexp(0.0, ahead * -beta) * np.abs(side)).sum(axis=0)
    rest = 1.0 - policy
    sums.score[0] += _summed(rest, turn)
    sums.score[1] += _summed(rest, ahead)
    policy *= rest
    np.multiply(policy, turn, out=rest)
    policy *= ahead
    sums.information[0, 0] += _summed(rest, turn)
    cross = _summed(rest, ahead)
    sums.information[0, 1] += cross
    sums.information[1, 0] += cross
    sums.information[1, 1] += _summed(policy, ahead)


def _summed(first: Floats, second: Floats) -> Floats:
    """Sum over trials of a product, (n_slots, n)."""
    return np.asarray(np.einsum("tsn,tsn->sn", first, second))


def _add_many(q: Floats, slope: Floats, chosen: Floats, beta: Floats, sums: _Sums) -> None:
    """Add choices among any number of arms; shapes as in `_add_two`."""
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
