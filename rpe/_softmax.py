"""Choice rules as they run once per step, without a check; `rpe.choice` is their front door."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints

# A β of 0 is taken for this, so that an action worth −∞ has weight 0 and no other action notices.
LEAST = 1e-140
# Up to here β times the value of what is not offered, −1e300, is a number.
_STEEP = 1e8


def softmax(values: Floats, inverse_temperature: npt.ArrayLike, available: Bools | None = None) -> Floats:
    """Return π(a) ∝ exp(β q(a)), actions first; see `rpe.choice.softmax`."""
    if available is not None:
        values = np.where(available, values, -np.inf)
    # Row by row: a reduction over a short first axis costs NumPy several times as much.
    best = values[0]
    for row in values[1:]:
        best = np.maximum(best, row)
    weights: Floats = values - best
    beta = np.asarray(inverse_temperature)
    if beta.ndim == 0 and beta < _STEEP:
        weights *= max(float(beta), LEAST)
    elif beta.max() < _STEEP:
        weights *= np.maximum(beta, LEAST)
    else:
        # ∞ · 0 is NaN, so greedy agents are handled by the sign of q − max q alone.
        greedy = np.isposinf(beta)
        steepness = np.where(greedy, 1.0, np.maximum(beta, LEAST))
        with np.errstate(over="ignore"):
            weights = np.where(greedy & (weights < 0), -np.inf, weights) * steepness
    np.exp(weights, out=weights)
    total = weights[0].copy()
    for row in weights[1:]:
        total += row
    weights /= total
    return weights


def log_softmax(values: Floats, inverse_temperature: npt.ArrayLike, available: Bools | None = None) -> Floats:
    """Return log π(a), actions first; see `rpe.choice.log_softmax`."""
    if available is not None:
        values = np.where(available, values, -np.inf)
    beta = np.asarray(inverse_temperature)
    greedy = np.isposinf(beta)
    behind = values - values.max(axis=0)
    with np.errstate(over="ignore"):
        logits = behind * np.where(greedy, 1.0, np.maximum(beta, LEAST))
    if greedy.any():
        logits = np.where(greedy & (behind < 0), -np.inf, logits)
    result: Floats = logits - np.log(np.exp(logits).sum(axis=0))
    return result


def sample(probabilities: Floats, uniform: Floats) -> Ints:
    """Return the action (n,) that each uniform number stands for; see `rpe.choice.sample`."""
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
