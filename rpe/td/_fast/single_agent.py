"""All trials of one agent: without a floor under its values, every trial is a linear map of its weights."""

import numpy as np

from rpe._checks import Floats, Ints
from rpe.td._fast.trial_matrices import TrialMatrices, matrices_of
from rpe.td._inputs import Trials
from rpe.td.step_by_step import Rule

# Up to so many features and steps, and from so many trials alike, the maps are worth their making.
_SIZE = 256
_ALIKE = 32


def saves_time(trials: Trials, rule: Rule, n_agents: int) -> bool:
    """Return whether `learn_single_agent` can take these trials, and saves time."""
    linear = n_agents == 1 and rule.reset and not rule.floored
    return linear and max(trials.kinds.shape[1:]) <= _SIZE and _ALIKE * len(_groups(trials)) <= len(trials.kind)


def learn_single_agent(trials: Trials, rule: Rule, w: Floats) -> tuple[Floats, Floats]:
    """Return errors and values, both (n_trials, n_steps), of one agent; its weights `w` (n_features, 1) change.

    With the letters of `TrialMatrices`, δ = L (r + Z w) and L = (1 − αM)⁻¹, so that a trial maps

        w  →  (1 + αEᵀLZ) w + αEᵀL r.

    Both matrices are the same for trials alike. So only one product per trial has to wait for the
    trial before; errors and values of all trials alike then come as one product.
    """
    groups = _groups(trials)
    matrices = [_matrices(trials, places[0], rule) for places in groups]
    weights = np.empty((len(trials.kind) + 1, len(w)))
    weights[0] = w[:, 0]
    _follow(weights, *_maps(trials, groups, matrices, rule))
    delta, value = np.empty((2, *trials.learns.shape))
    for places, chunk in zip(groups, matrices, strict=True):
        start = weights[places]
        # Trials are rows here, so each product stands transposed: δᵀ = (r + Z w)ᵀ Lᵀ, Vᵀ = (X w + N u)ᵀ.
        delta[places] = (_income(trials, places) + start @ chunk.delta[:, : len(w)].T) @ chunk.solved.T
        scaled = rule.learning_rate * delta[places]
        value[places] = start @ chunk.value[:, : len(w)].T + scaled @ chunk.value[:, len(w) :].T
    w[:, 0] = weights[-1]
    return delta, value


def _follow(weights: Floats, factors: list[Floats], offsets: Floats) -> None:
    """Fill in the weights (n_trials + 1, n_features) trial after trial, w ← factor w + offset."""
    for factor, offset, now, after in zip(factors, offsets, weights[:-1], weights[1:], strict=True):
        np.dot(factor, now, out=after)
        after += offset


def _maps(trials: Trials, groups: list[Ints], matrices: list[TrialMatrices], rule: Rule) -> tuple[list[Floats], Floats]:
    """Of every trial, by what it multiplies the weights and what it adds (n_trials, n_features)."""
    n_features = trials.kinds.shape[2]
    factors, which = [], np.empty(len(trials.kind), dtype=np.int64)
    offsets = np.empty((len(trials.kind), n_features))
    for number, (places, chunk) in enumerate(zip(groups, matrices, strict=True)):
        weights_per_error = rule.learning_rate * (chunk.weights @ chunk.solved)  # αEᵀL
        factors.append(np.eye(n_features) + weights_per_error @ chunk.delta[:, :n_features])
        offsets[places] = _income(trials, places) @ weights_per_error.T
        which[places] = number
    return [factors[number] for number in which.tolist()], offsets


def _matrices(trials: Trials, place: int, rule: Rule) -> TrialMatrices:
    """The matrices of a whole trial, as one chunk."""
    x, learns = trials.kinds[trials.kind[place]], trials.learns[place]
    return matrices_of(x, slice(None), np.zeros(x.shape[1]), learns, rule)[0]


def _groups(trials: Trials) -> list[Ints]:
    """The places of the trials that have features and learning in common."""
    groups: dict[tuple[int, bytes], list[int]] = {}
    for place, (kind, learns) in enumerate(zip(trials.kind.tolist(), trials.learns, strict=True)):
        groups.setdefault((kind, learns.tobytes()), []).append(place)
    return [np.array(places) for places in groups.values()]


def _income(trials: Trials, places: Ints) -> Floats:
    """Reward and pulse of some trials."""
    shape = trials.learns.shape
    return trials.reward.reshape(shape)[places] + trials.pulse.reshape(shape)[places]
