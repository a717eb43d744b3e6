"""Loops over steps for one agent, compiled: each does what a rule does that is written readably elsewhere.

`run_trial` does what `continuous_time.alone` does, to the bit; the others sum in another order than BLAS.

Needs Numba, the extra `fast`. Nothing here may be compiled with `fastmath`, which changes results.
"""

# mypy: disable-error-code="no-untyped-def, untyped-decorator, no-untyped-call, import-untyped, import-not-found"

import numba
import numpy as np

# Numbers that a vector instruction takes.
_VECTOR = 8


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


@numba.njit(cache=True, error_model="numpy")
def blurred_trial(ahead, left, income, learning, pull, alpha, gamma, w, delta, value):
    """Run through a trial of `rpe.theories.FeedbackUncertaintyTD`; `w` (n_states,), errors and values are filled in."""
    n_steps, n_states = left.shape
    for step in range(n_steps):
        expected, was, worth = 0.0, 0.0, 0.0
        for i in range(n_states):
            expected += ahead[step, i] * w[i]
            worth += left[step, i] * w[i]
            if step:
                was += left[step - 1, i] * w[i]
        error = income[step] + gamma * expected - was
        delta[step], value[step] = error, worth
        if learning[step] and step:
            for i in range(n_states):
                w[i] += left[step - 1, i] * (alpha * error - pull[i] * w[i])


@numba.njit(cache=True, error_model="numpy")
def filter_trial(x, discount, income, teaches, rule, w, s, delta, value):
    """Run the filter of `rpe.theories.KalmanTD` through a trial, reading by reading; all but x to rule is filled in.

    `x` is (n_steps, n_features), `rule` the diffusion per step, the noise of a reading and that of one that does not
    teach, `w` (n_features,) and `s` (n_features, n_features) the weights and their covariance.
    """
    diffusion, noise, no_teaching = rule
    n_steps, n_features = x.shape
    h, seen, known = np.empty(n_features), np.empty(n_features), np.empty(n_features, dtype=np.int64)
    for step in range(n_steps):
        predicted, worth, n_on = 0.0, 0.0, 0
        for i in range(n_features):
            h[i] = -discount * x[step, i] + (x[step - 1, i] if step else 0.0)
            predicted += h[i] * w[i]
            worth += x[step, i] * w[i]
            s[i, i] += diffusion
            if h[i] != 0.0:
                known[n_on] = i
                n_on += 1
        delta[step], value[step] = income[step] - predicted, worth
        if n_on == 0:
            continue
        seen[:] = 0.0
        for j in range(n_on):
            for i in range(n_features):
                seen[i] += h[known[j]] * s[known[j], i]
        total = noise if teaches[step] else no_teaching
        for j in range(n_on):
            total += h[known[j]] * seen[known[j]]
        n_known = 0
        for i in range(n_features):
            if seen[i] != 0.0:
                known[n_known] = i
                n_known += 1
        for j in range(n_known):
            gain, row = seen[known[j]] / total, s[known[j]]
            w[known[j]] += gain * delta[step]
            if n_known * _VECTOR > n_features:
                # What is not known takes nothing off: a whole row, with vector instructions, takes less time.
                for i in range(n_features):
                    row[i] -= gain * seen[i]
            else:
                for i in range(n_known):
                    row[known[i]] -= gain * seen[known[i]]


@numba.njit(cache=True, error_model="numpy")
def cell_trials(told, learning, rule, tau, w, delta, value):
    """Run the cells of `rpe.theories.DistributionalTD` through all trials; `w`, mean errors and values are filled in.

    `told` is the places and levels of what is on in the steps of each kind of trial, −1 for nothing, the kind of each
    trial and the income; `rule` γ, the sum of both rates, and whether cells learn from the sign of errors alone; `tau`
    the asymmetries (n_cells,), `w` (n_features, n_cells).
    """
    places, levels, kind, income = told
    gamma, rate, by_sign = rule
    n_trials, n_steps = income.shape
    n_on, n_cells = places.shape[2], len(tau)
    v, error = np.zeros((n_steps, n_cells)), np.zeros((n_steps, n_cells))
    nothing = np.zeros(n_cells)
    for trial in range(n_trials):
        place, level = places[kind[trial]], levels[kind[trial]]
        for step in range(n_steps):
            worth = v[step]
            worth[:] = 0.0
            for i in range(n_on):
                if place[step, i] >= 0:
                    row, height = w[place[step, i]], level[step, i]
                    for cell in range(n_cells):
                        worth[cell] += height * row[cell]
            before, wrong, paid = v[step - 1] if step else nothing, error[step], income[trial, step]
            total, all_worth = 0.0, 0.0
            for cell in range(n_cells):
                wrong[cell] = paid + gamma * worth[cell] - before[cell]
                total += wrong[cell]
                all_worth += worth[cell]
            delta[trial, step], value[trial, step] = total / n_cells, all_worth / n_cells
        # With features that are on once in a trial, its errors depend on the values at its start.
        for step in range(1, n_steps):
            if not learning[trial, step]:
                continue
            wrong = error[step]
            for i in range(n_on):
                if place[step - 1, i] >= 0:
                    row, height = w[place[step - 1, i]], level[step - 1, i]
                    for cell in range(n_cells):
                        move = np.sign(wrong[cell]) if by_sign else wrong[cell]
                        share = tau[cell] if wrong[cell] > 0 else 1 - tau[cell]
                        row[cell] += rate * (share * move) * height
