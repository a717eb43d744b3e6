"""The successor representation for one agent, compiled or on plain numbers; the rule is `rpe.theories.SuccessorTD`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from typing import Any

import numpy as np

from rpe._checks import Bools, Floats
from rpe.schedules import Schedule
from rpe.theories._fast.compiling import compiled, held, zeros

# α, α_u, γ, the gain of negative errors and λ.
Rates = tuple[float, ...]


def alone(schedule: Schedule, x: Floats, rows: Bools, rates: Rates, published: bool) -> tuple[Floats, ...]:
    """Return change of value, sum of errors and value, (n_trials, n_steps) each, and W and u.

    Parameters
    ----------
    schedule : Schedule
    x : float array (n_trials, n_steps, n_features)
    rows : bool array (n_trials, n_steps)
        The steps in which something happens.
    rates : tuple
    published : bool
        Whether the order of work is that of the published script.
    """
    n_features = x.shape[2]
    u: Any = zeros(n_features)
    if published:
        # What food is worth at the start, in the authors' script.
        w, run = zeros(n_features, n_features), _published
        u[-1] = 0.5
    else:
        w, run = held(np.eye(n_features)), _events
    delta, total, value = np.zeros((3, *schedule.reward.shape))
    trial, step = np.nonzero(rows)
    events = tuple(
        held(each)
        for each in (
            trial,
            step,
            x[trial, step],
            schedule.reward[trial, step],
            schedule.pulse[trial, step],
            schedule.learning[trial, step],
        )
    )
    run(events, rates, w, u, zeros(3, n_features), delta, total, value)
    return delta, total, value, np.asarray(w), np.asarray(u)


@compiled
def _product(x, w, found):
    """Fill in X W; most features are off."""
    for j in range(len(x)):
        found[j] = 0.0
    for i in range(len(x)):
        if x[i] != 0.0:
            for j in range(len(x)):
                found[j] += x[i] * w[i][j]


@compiled
def _worth(products, u):
    total = 0.0
    for i in range(len(u)):
        total += products[i] * u[i]
    return total


@compiled
def _events(events, rates, w, u, work, delta, total, value):
    """Run through all events; W, u and the signals change in place."""
    trials, steps, rows, rewards, pulses, learning = events
    rate, reward_rate, discount, gain, _ = rates
    follows, followed, errors = work
    n, last = len(u), -1
    for event in range(len(trials)):
        trial, step, now, reward, pulse = trials[event], steps[event], rows[event], rewards[event], pulses[event]
        # A trial begins with nothing on.
        begins = trial != last
        last = trial
        old = rows[event - 1] if event > 0 else now
        any_on = False
        for i in range(n):
            any_on = any_on or (not begins and old[i] != 0.0)
        _product(now, w, follows)
        for i in range(n):
            followed[i] = 0.0
        if any_on:
            _product(old, w, followed)
        gained = 0.0
        for i in range(n):
            errors[i] = (old[i] if any_on else 0.0) + discount * follows[i] - followed[i]
            gained += errors[i] if errors[i] > 0 else gain * errors[i]
        v = _worth(follows, u)
        delta[trial][step] = reward + discount * v - _worth(followed, u) + pulse
        total[trial][step] = delta[trial][step] + gained
        value[trial][step:] = v
        if learning[event] and any_on:
            surprise = reward - _worth(old, u)
            for i in range(n):
                if old[i] != 0.0:
                    for j in range(n):
                        w[i][j] += rate * old[i] * (errors[j] + pulse)
                    u[i] += reward_rate * old[i] * surprise


@compiled
def _published(events, rates, w, u, work, delta, total, value):
    """Do the same in the order of the published script: errors are those of the row that is left."""
    trials, steps, rows, rewards, pulses, learning = events
    _, _, discount, gain, decay = rates
    products, errors, reached = work
    n = len(u)
    for event in range(len(trials)):
        trial, step, now = trials[event], steps[event], rows[event]
        begins = event == 0 or trials[event - 1] != trial
        before = 0.0
        if not begins:
            _leave(rows[event - 1], now, False, (rewards, pulses, learning), event - 1, rates, w, u, work)
            before = value[trial][step - 1]
        else:
            # Nothing is left: only what comes has errors.
            _product(now, w, products)
            for i in range(n):
                reached[i] *= decay
                errors[i] = discount * products[i]
                errors[i] = errors[i] if errors[i] > 0 else gain * errors[i]
        summed = 0.0
        for i in range(n):
            summed += errors[i]
        _product(now, w, products)
        worth = _worth(products, u)
        total[trial][step] = summed
        delta[trial][step] = rewards[event] + discount * worth - before
        value[trial][step:] = worth
        if event == len(trials) - 1 or trials[event + 1] != trial:
            _leave(now, now, True, (rewards, pulses, learning), event, rates, w, u, work)


@compiled
def _leave(row, ahead, ends, told, event, rates, w, u, work):
    """Leave a row for the next one, or for nothing; fills in the errors about features, and learns from them."""
    rewards, pulses, learning = told
    rate, reward_rate, discount, gain, decay = rates
    products, errors, reached = work
    n = len(u)
    for i in range(n):
        errors[i] = row[i]
    if not ends:
        _product(ahead, w, products)
        for i in range(n):
            errors[i] += discount * products[i]
    _product(row, w, products)
    for i in range(n):
        reached[i] = decay * reached[i] + row[i]
        errors[i] = errors[i] - products[i] + pulses[event] * reached[i]
        errors[i] = errors[i] if errors[i] > 0 else gain * errors[i]
    if learning[event]:
        surprise = rewards[event] - _worth(row, u)
        surprise = surprise if surprise > 0 else gain * surprise
        for i in range(n):
            if row[i] != 0.0:
                for j in range(n):
                    w[i][j] += rate * row[i] * errors[j]
                u[i] += reward_rate * row[i] * surprise
