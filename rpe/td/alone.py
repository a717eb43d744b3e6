"""All trials of one agent: without a floor under its values, every trial is a linear map of its weights."""

import numpy as np

from rpe._checks import Floats, Ints
from rpe.td.inputs import Trials
from rpe.td.plan import Plan, plan_of
from rpe.td.rule import Rule

# Up to so many features and steps, and from so many trials alike, the maps are worth their making.
_SIZE = 256
_ALIKE = 32


def is_worth_it(trials: Trials, rule: Rule, n_agents: int) -> bool:
    """Return whether `learn_alone` can take these trials, and saves time."""
    linear = n_agents == 1 and rule.reset and not rule.floored
    return linear and max(trials.kinds.shape[1:]) <= _SIZE and _ALIKE * len(_groups(trials)) <= len(trials.kind)


def learn_alone(trials: Trials, rule: Rule, w: Floats) -> tuple[Floats, Floats]:
    """Return errors and values, both (n_trials, n_steps), of one agent; its weights `w` (n_features, 1) change.

    With the letters of `Plan`, and L = (1 − αM)⁻¹, a trial maps w to (1 + αEᵀLZ) w + αEᵀL r. So only
    one product per trial has to wait for the trial before.
    """
    groups = _groups(trials)
    plans = [_plan(trials, places[0], rule) for places in groups]
    weights = np.empty((len(trials.kind) + 1, len(w)))
    weights[0] = w[:, 0]
    _follow(weights, *_maps(trials, groups, plans, rule))
    delta, value = np.empty((2, *trials.learns.shape))
    for places, plan in zip(groups, plans, strict=True):
        start = weights[places]
        delta[places] = (_income(trials, places) + start @ plan.delta[:, : len(w)].T) @ plan.solved.T
        scaled = rule.learning_rate * delta[places]
        value[places] = start @ plan.value[:, : len(w)].T + scaled @ plan.value[:, len(w) :].T
    w[:, 0] = weights[-1]
    return delta, value


def _follow(weights: Floats, maps: list[Floats], moves: Floats) -> None:
    """Fill in the weights (n_trials + 1, n_features), trial after trial."""
    for change, move, now, after in zip(maps, moves, weights[:-1], weights[1:], strict=True):
        np.dot(change, now, out=after)
        after += move


def _maps(trials: Trials, groups: list[Ints], plans: list[Plan], rule: Rule) -> tuple[list[Floats], Floats]:
    """Of every trial, by what it multiplies the weights and what it adds (n_trials, n_features)."""
    n_features = trials.kinds.shape[2]
    changes, which = [], np.empty(len(trials.kind), dtype=np.int64)
    moves = np.empty((len(trials.kind), n_features))
    for number, (places, plan) in enumerate(zip(groups, plans, strict=True)):
        push = rule.learning_rate * (plan.weights @ plan.solved)
        changes.append(np.eye(n_features) + push @ plan.delta[:, :n_features])
        moves[places] = _income(trials, places) @ push.T
        which[places] = number
    return [changes[number] for number in which.tolist()], moves


def _plan(trials: Trials, place: int, rule: Rule) -> Plan:
    x, learns = trials.kinds[trials.kind[place]], trials.learns[place]
    return plan_of(x, slice(None), np.zeros(x.shape[1]), learns, rule)[0]


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
