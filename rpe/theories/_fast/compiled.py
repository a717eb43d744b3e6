"""TD(0) in continuous time for one agent, compiled; it does what `continuous_time.alone` does, to the bit.

Needs Numba, the extra `fast`. Nothing here may be compiled with `fastmath`, which changes results.
"""

# mypy: disable-error-code="no-untyped-def, untyped-decorator, no-untyped-call, import-untyped, import-not-found"

import numba


@numba.njit(cache=True, error_model="numpy")
def run_trial(places, levels, credits, income, learning, rule, w, before, signals):
    """Run through the steps of a trial; `w`, `before` and `signals` (3, n_steps) change in place.

    `rule` is (α, γ, η, dt, whether the old value is read stale) and `before` the places, credits, number of those, and
    V_old and ρ; returns these last two.
    """
    alpha, gamma, eta, dt, stale = rule
    before_place, before_credit, carried = before
    n_steps, n_on = places.shape
    old, rho = carried[0], carried[1]
    n_before = int(carried[2])
    for step in range(n_steps):
        v = 0.0
        for i in range(n_on):
            v += levels[step, i] * w[places[step, i]]
        error = income[step] - rho * dt + gamma * v - old
        signals[0, step], signals[1, step], signals[2, step] = error, v, rho
        old = v
        if learning[step]:
            change = alpha * error
            for i in range(n_before):
                w[before_place[i]] += before_credit[i] * change
            rho += eta * error
            if not stale:
                old = 0.0
                for i in range(n_on):
                    old += levels[step, i] * w[places[step, i]]
        for i in range(n_on):
            before_place[i], before_credit[i] = places[step, i], credits[step, i]
        n_before = n_on
    carried[0], carried[1], carried[2] = old, rho, n_before
