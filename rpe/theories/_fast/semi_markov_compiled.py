"""Semi-Markov TD for one agent, compiled; the rule is `rpe.theories.SemiMarkovTD`. Needs Numba, the extra `fast`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, import-untyped, import-not-found"

import numba
import numpy as np

from rpe._checks import Floats
from rpe.schedules import Schedule
from rpe.theories._fast.semi_markov import Beliefs, Parameters


def compiled(beliefs: Beliefs, schedule: Schedule, p: Parameters) -> tuple[Floats, Floats, Floats, float]:
    """Do what `semi_markov.alone` does."""
    states = np.ascontiguousarray(beliefs.states)
    told = (schedule.reward, schedule.pulse, np.ascontiguousarray(schedule.learning), schedule.gap)
    delta, value = np.zeros((2, *schedule.reward.shape))
    w, carried = np.zeros(states.shape[2]), np.zeros(2)
    seen, waited = np.ascontiguousarray(beliefs.seen), np.ascontiguousarray(beliefs.waited)
    _run(states, waited, seen, told, schedule.dt, tuple(p), w, carried, delta, value)
    return delta, value, w, float(carried[0])


@numba.njit(cache=True, error_model="numpy")
def _run(states, waited, seen, told, dt, p, w, carried, delta, value):
    """Run through all trials; W, ρ and the time between trials so far (`carried`), and the signals are filled in."""
    reward, pulse, learning, gap = told
    n_trials, n_steps, n_states = states.shape
    nothing, before, left = np.zeros(n_states), np.zeros(n_states), np.zeros(n_states)
    nothing[n_states - 1] = 1.0
    for trial in range(n_trials):
        idle, first, any_learned = carried[1], 0, False
        for step in range(n_steps):
            now = states[trial, step]
            before[:] = states[trial, step - 1] if step else nothing
            any_learned = any_learned or learning[trial, step]
            happens = seen[trial, step] or pulse[trial, step] != 0
            for i in range(n_states):
                happens = happens or before[i] != now[i]
            value[trial, step] = _value(now, w)
            if happens:
                carried[1] += (step - first) * dt
                lasted = (waited[trial, step - 1] + 1) * dt if step else 0.0
                happened = (reward[trial, step], pulse[trial, step], seen[trial, step], learning[trial, step])
                delta[trial, step] = _leave(before, now, left, lasted, happened, p, w, carried)
                first = step
        carried[1] += (n_steps - first) * dt
        before[:] = states[trial, n_steps - 1]
        ended = (0.0, 0.0, False, learning[trial, n_steps - 1])
        _leave(before, nothing, left, (waited[trial, n_steps - 1] + 1) * dt, ended, p, w, carried)
        carried[1] += gap[trial]
        if not any_learned:
            carried[1] = idle


@numba.njit(cache=True, error_model="numpy")
def _value(state, w):
    last = len(w) - 1
    total = 0.0
    for i in range(last):
        total += state[i] * w[i]
    return total + w[last]


@numba.njit(cache=True, error_model="numpy")
def _error(mass, lasted, reward, ahead, value, rho, discount, average):
    if average:
        return mass * reward - rho * mass * lasted + mass * ahead - value
    return discount**lasted * (mass * reward + mass * ahead) - value


@numba.njit(cache=True, error_model="numpy")
def _leave(before, after, left, lasted, happened, p, w, carried):
    """Pass from one belief to the next; returns the error, and learns from it; `before` and `left` are overwritten."""
    reward, pulse, seen, learns = happened
    rate, discount, rate_of_rate, average, reset = p
    last = len(w) - 1
    between, idle_after, waits = before[last], after[last], False
    for i in range(last):
        waits = waits or before[i] != 0
    told = between
    if reward != 0 and waits:
        for i in range(last):
            before[i] = 1.0 if before[i] > 0 else 0.0
        told = 0.0
    for i in range(last):
        left[i] = before[i] if seen else max(before[i] - after[i], 0.0)
    mass = 1.0 - told if seen else idle_after - told
    stays = told if seen else 0.0
    following = _value(after, w) if seen else w[last]
    paid = reward if seen else 0.0
    worth = mass * w[last]
    gone = 0.0
    for i in range(last):
        gone += left[i] * w[i]
    error = _error(mass, lasted, paid, following, worth + gone, carried[0], discount, average)
    idle = 0.0 if reset else carried[1]
    idle_error = _error(stays, idle, paid, following, stays * w[last], carried[0], discount, average)
    natural = error + idle_error
    if learns:
        for i in range(last):
            w[i] += rate * ((error if left[i] > 0 else 0.0) + before[i] * pulse)
        if not reset:
            w[last] += rate * (idle_error + told * pulse)
        if average:
            carried[0] += rate_of_rate * (natural + pulse)
    if seen or idle_after == 0:
        carried[1] = 0.0
    elif idle_after > told:
        carried[1] *= told / idle_after
    return natural + pulse
