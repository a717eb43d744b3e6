"""TD(0) over a session, state by state, compiled or on plain numbers; the equations stand in `rpe.theories.SessionTD`.

States are worked out on the way from what happened last and how long ago, so that nothing is as long as the session
but its signals.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import math

from rpe.theories._fast.compiling import compiled


@compiled
def run(told, states, parameters, work, w, signals, change):
    """Run through all trials and gaps of one agent; weights and signals (3, n_trials, n_steps) are filled in.

    `told` are the set of events of every step (−1 for none), income, which steps are paid and learn, context and gaps
    in steps; `states` the kinds of every set (−1 for none), the bin of every number of steps since, whether a bin is
    left but once, how many bins are of chains, and the first rows of clock, background and contexts.
    """
    sets, income, paid, learning, context, gaps = told
    kinds, bins, lasting, n_chain, clock, background, contexts = states
    rate, discount, dt, interval_memory, prior_rewards, prior_time, fading = parameters
    rows, before = work
    delta, value, rates = signals
    n_steps, last = len(income[0]), len(bins) - 1
    here, since, stays, n_before = -1, 0, 0, 0
    rewards, seconds, unnoted = prior_rewards, prior_time, 0.0
    where, worth = -1, 0.0
    for trial in range(len(income)):
        for step in range(n_steps + gaps[trial]):
            inside = step < n_steps
            event = sets[trial][step] if inside else -1
            since += 1
            if event >= 0:
                here, since = event, 0
            now = bins[min(since, last)] if here >= 0 else -1
            pay = income[trial][step] if inside else 0.0
            once = here >= 0 and lasting[now]
            stays += 1
            unnoted += dt
            if event < 0 and now == where and once and pay == 0.0 and n_before > 0:
                if inside:
                    value[trial][step] = worth
                    rates[trial][step] = rates[trial][step - 1] if step else rate
                continue
            n_now = _rows(kinds, here, now, n_chain, clock, background, contexts, context[trial], rows)
            worth, old = _sum(w, rows, n_now), _sum(w, before, n_before)
            error = pay + discount**stays * worth - old
            learns = learning[trial][step] if inside else learning[trial][n_steps - 1]
            if interval_memory > 0.0:
                left = math.exp(-unnoted / fading)
                rewards = prior_rewards + (rewards - prior_rewards) * left
                seconds = prior_time + (seconds - prior_time) * left + fading * (1 - left)
                unnoted = 0.0
                rate = 1 - math.exp(-seconds / rewards / interval_memory)
                if inside and paid[trial][step] and learns:
                    rewards += 1.0
            if inside:
                if change is not None:
                    error = change(error, trial, step)
                delta[trial][step] = error
                value[trial][step] = worth
                rates[trial][step] = rate
            if learns:
                for i in range(n_before):
                    w[before[i]] += rate * error
            for i in range(n_now):
                before[i] = rows[i]
            # A state that is left for itself has changed its value.
            worth = _sum(w, rows, n_now)
            n_before, where, stays = n_now, now, 0


@compiled
def _rows(kinds, here, now, n_chain, clock, background, contexts, context, rows):
    """Fill in the rows of the weights that are on; returns how many."""
    n = 0
    if now < 0:
        rows[n] = background
        n += 1
    elif now >= n_chain:
        rows[n] = clock + now - n_chain
        n += 1
    else:
        for kind in kinds[here]:
            if kind >= 0:
                rows[n] = kind * n_chain + now
                n += 1
    if contexts >= 0:
        rows[n] = contexts + context
        n += 1
    return n


@compiled
def _sum(w, rows, n):
    total = 0.0
    for i in range(n):
        total += w[rows[i]]
    return total
