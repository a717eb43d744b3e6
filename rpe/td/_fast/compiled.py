"""Linear TD(λ) compiled: serial compounds of many agents, and any features of one agent whose values have a floor.

Both do what `rpe.td.step_by_step` says. `serial_compounds` does it in the order of operations of
`rpe.td._fast.serial_compound`, so that errors, values and weights are the same to the bit.

Needs Numba, the extra `fast`. Nothing here may be compiled with `fastmath`, which changes results.
"""

# mypy: disable-error-code="no-untyped-def, untyped-decorator, no-untyped-call, import-untyped, import-not-found"

import numba
import numpy as np

# Agents side by side: a multiple of what a vector instruction takes, and at most so many that their tables stay near.
_VECTOR, _MOST = 8, 64


@numba.njit(cache=True, error_model="numpy")
def serial_compounds(told, kind, income, learns, each, floor, w, tables):
    """Run all agents through trials in which no feature is on twice; `w` and `tables` are filled in.

    Parameters
    ----------
    told : tuple
        runs, int array (n_runs, 4): first step, last step, feature and place in the levels of every run
        (`rpe.td._fast.serial_compound.Run`), −1 in place of a place if all its levels are 1;
        edges, int array (n_kinds + 1,): the runs of kind k are edges[k] to edges[k + 1] − 1;
        levels, float array (n,).
    kind : int array (n_trials,)
    income : float array (n_trials, n_steps)
        Reward and pulse.
    learns : bool array (n_trials, n_steps)
    each : float array (3, n_agents)
        α, γ and γλ of every agent.
    floor : float
    w : float array (n_features, n_agents)
    tables : tuple
        Errors and values of the first agents, (2, n_trials, n_steps, n_kept); sums of errors and of their squares over
        agents, (2, n_trials, n_steps), of no trials if nobody asks.
    """
    runs, edges, levels = told
    kept, sums = tables
    n_features, n_agents = w.shape
    n_trials, n_steps = income.shape
    # Blocks of equal size, so that the last one is not nearly empty.
    n_blocks = (n_agents + _MOST - 1) // _MOST
    width = (n_agents + n_blocks * _VECTOR - 1) // (n_blocks * _VECTOR) * _VECTOR
    block, delta, value = np.empty((n_features, width)), np.zeros((n_steps, width)), np.zeros((n_steps, width))
    rates = np.zeros((3, width))
    traced = each[2].any()
    for lowest in range(0, n_agents, width):
        m = min(width, n_agents - lowest)
        rates[:] = 0.0
        rates[:, :m] = each[:, lowest : lowest + m]
        block[:] = 0.0
        block[:, :m] = w[:, lowest : lowest + m]
        n_kept = min(m, kept.shape[3] - lowest)
        for trial in range(n_trials):
            mine = runs[edges[kind[trial]] : edges[kind[trial] + 1]]
            _read(mine, levels, floor, block, value)
            _errors(income[trial], rates[1], value, delta)
            for step in range(n_steps):
                for j in range(n_kept):
                    kept[0, trial, step, lowest + j] = delta[step, j]
                    kept[1, trial, step, lowest + j] = value[step, j]
            if sums.shape[1]:
                _sum(delta, m, sums[0, trial], sums[1, trial])
            if learns[trial].any():
                _write(mine, levels, learns[trial], rates[0], rates[2], traced, delta, block)
        w[:, lowest : lowest + m] = block[:, :m]


@numba.njit(error_model="numpy")
def _read(runs, levels, floor, w, value):
    """Values, (n_steps, n), of the weights from before the trial."""
    width = value.shape[1]
    done = 0
    if len(runs) == 1 and runs[0, 3] < 0:
        # One chain at level 1: its values are its weights.
        first, done, feature, _ = runs[0]
        value[:first] = 0.0
        value[first:done] = w[feature : feature + done - first]
    value[done:] = 0.0
    for run in range(len(runs) if done == 0 else 0):
        first, last, feature, at = runs[run]
        for step in range(first, last):
            level = levels[at + step - first] if at >= 0 else 1.0
            row, worth = value[step], w[feature + step - first]
            for j in range(width):
                row[j] += level * worth[j]
    if floor > -np.inf:
        for step in range(len(value)):
            for j in range(width):
                value[step, j] = max(value[step, j], floor)


@numba.njit(error_model="numpy")
def _errors(income, gamma, value, delta):
    """δ_t = γV_t − V_{t−1} + r_t."""
    width = value.shape[1]
    for j in range(width):
        delta[0, j] = gamma[j] * value[0, j] + income[0]
    for step in range(1, len(income)):
        error, now, before, paid = delta[step], value[step], value[step - 1], income[step]
        for j in range(width):
            error[j] = gamma[j] * now[j] - before[j] + paid


@numba.njit(error_model="numpy")
def _sum(delta, m, total, square):
    """Add sums over the first m agents, eight side by side, as many as a vector instruction takes."""
    for step in range(len(total)):
        row = delta[step]
        a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = 0.0
        b0 = b1 = b2 = b3 = b4 = b5 = b6 = b7 = 0.0
        for j in range(0, m - m % 8, 8):
            a0 += row[j]
            a1 += row[j + 1]
            a2 += row[j + 2]
            a3 += row[j + 3]
            a4 += row[j + 4]
            a5 += row[j + 5]
            a6 += row[j + 6]
            a7 += row[j + 7]
            b0 += row[j] * row[j]
            b1 += row[j + 1] * row[j + 1]
            b2 += row[j + 2] * row[j + 2]
            b3 += row[j + 3] * row[j + 3]
            b4 += row[j + 4] * row[j + 4]
            b5 += row[j + 5] * row[j + 5]
            b6 += row[j + 6] * row[j + 6]
            b7 += row[j + 7] * row[j + 7]
        for j in range(m - m % 8, m):
            a0 += row[j]
            b0 += row[j] * row[j]
        total[step] += (a0 + a1) + (a2 + a3) + ((a4 + a5) + (a6 + a7))
        square[step] += (b0 + b1) + (b2 + b3) + ((b4 + b5) + (b6 + b7))


@numba.njit(error_model="numpy")
def _write(runs, levels, learns, alpha, decay, traced, delta, w):
    """Move the weights of every run by α x G of the step after its own, G_t = δ_t + γλ G_{t+1}; overwrites errors."""
    width = delta.shape[1]
    n_steps = len(delta)
    for step in range(n_steps):
        if not learns[step]:
            delta[step, :] = 0.0
    if traced:
        for step in range(n_steps - 2, -1, -1):
            row, later = delta[step], delta[step + 1]
            for j in range(width):
                row[j] += decay[j] * later[j]
    for run in range(len(runs)):
        first, last, feature, at = runs[run]
        # A feature of the last step has no later error.
        for step in range(first, min(last, n_steps - 1)):
            level = levels[at + step - first] if at >= 0 else 1.0
            row, moves = w[feature + step - first], delta[step + 1]
            for j in range(width):
                row[j] += level * (alpha[j] * moves[j])


@numba.njit(cache=True, error_model="numpy")
def floored_trials(kinds, kind, income, learning, rule, w, delta, value):
    """Run all trials of one agent with an accumulating trace and a floor, each from an empty trace.

    `rule` is (α, γ, γλ, floor, whether the old value is read stale); `w` (n_features,), errors and values, (n_trials,
    n_steps), are filled in. `kinds` are the features of different trials, of which `kind` says which is which.
    """
    alpha, gamma, decay, floor, stale = rule
    n_trials, n_steps = income.shape
    n_features = len(w)
    trace = np.empty(n_features)
    for trial in range(n_trials):
        trace[:] = 0.0
        old = 0.0
        for step in range(n_steps):
            x = kinds[kind[trial], step]
            worth = 0.0
            for i in range(n_features):
                worth += x[i] * w[i]
            worth = max(worth, floor)
            error = income[trial, step] + gamma * worth - old
            delta[trial, step], value[trial, step] = error, worth
            old = worth
            if learning[trial, step]:
                change = alpha * error
                for i in range(n_features):
                    w[i] += change * trace[i]
                if not stale:
                    old = 0.0
                    for i in range(n_features):
                        old += x[i] * w[i]
                    old = max(old, floor)
            for i in range(n_features):
                trace[i] = decay * trace[i] + x[i]
