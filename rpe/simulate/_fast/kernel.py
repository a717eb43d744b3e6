"""The compiled simulation of tabular learners: pages of trials, block of agents after block of agents.

It states what `rpe.simulate.run` does with `rpe.agents.TabularLearner` and `rpe.agents.ActorCritic`, in the
same order of operations, so that results are the same to the bit. Each stage of a step is a function over a
block of agents; the compiler turns its short inner loops into vector instructions. Stages take arrays one by
one: every array of a tuple that a loop or a call names costs as much as the arithmetic of several agents.

Needs Numba, the extra `fast`. Nothing here may be compiled with `fastmath`, which changes results.
"""

# mypy: disable-error-code="no-untyped-def, untyped-decorator, no-untyped-call, import-untyped, import-not-found"
# mypy: disable-error-code="call-arg, var-annotated, unreachable"
# Stages are typed by the compiler, from the arrays of `simulate_page`.

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from rpe.simulate._fast.arrays import (
    NO_TRACE,
    SWEEP,
    Lanes,
    LearnerArrays,
    NoiseArrays,
    PageArrays,
    TaskArrays,
)

_stage = numba.njit(error_model="numpy")
# Of every computed index that is signed, NumPy's rule asks whether it counts from the end.
_at = np.uint64

# Below this an exponential is taken for 0: it is less than 1e-307.
_LOWEST = -708.0
# Adding it leaves a number rounded to a whole number in the last bits of the sum.
_ROUNDING = 6755399441055744.0
_LOG2_E = 1.4426950408889634
# ln 2 in two parts, the first of which has few digits, so that a multiple of it is exact.
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10


def _reinterpreted(context, builder, signature, values):
    """The same 64 bits, as the type that is returned."""
    return builder.bitcast(values[0], context.get_value_type(signature.return_type))


@intrinsic
def _bits_of_number(_, number):
    """The 64 bits of a floating-point number as an integer."""
    return types.int64(number), _reinterpreted


@intrinsic
def _number_of_bits(_, bits):
    """The floating-point number that 64 bits stand for."""
    return types.float64(bits), _reinterpreted


@numba.njit(cache=True, error_model="numpy")
def simulate_page(task: TaskArrays, learner: LearnerArrays, noise: NoiseArrays, page: PageArrays, lanes: Lanes) -> None:
    """Simulate a page of trials of all agents, block after block."""
    n_trials, n = noise.start.shape
    width = len(lanes.total)
    for first in range(0, n, width):
        m = min(width, n - first)
        for trial in range(n_trials):
            _trial(task, learner, noise, page, lanes, trial, first, m)


@_stage
def _trial(task, learner, noise, page, lanes, trial, first, m):
    """One trial of the agents `first` to `first` + m − 1."""
    here, after, q, policy, delta, carry, old, worth, kept, total, level, cumulative, utility = lanes[:13]
    state, action, cell, to, row, row_after, active, visited, n_visited, place, trace, errors = lanes[13:]
    table, actor, rate, actor_rate, trace_decay, beta, epsilon, pseudo_weight, discounts, weights = learner[:10]
    on_policy, replacing, cuts, traces = learner[10:]
    next_state, terminated, may_end, available = task.next_state, task.terminated, task.may_end, task.available
    n_actions, has_actor, whole = task.n_actions, len(actor) > 0, on_policy or len(epsilon) > 0
    n = noise.start.shape[1]
    for j in range(m):
        to[j], active[j], n_visited[j] = noise.start[trial, _at(first + j)], True, 0
    # The cue is an arrival too, from a value of 0.
    _find_rows(to, n, first, row_after, m)
    _read(table, row_after, after, m)
    if on_policy:
        _choose(actor, available, weights, beta, epsilon, whole, to, row_after, after, q, policy, total, first, m)
    _appraise(on_policy, policy, after, worth, m)
    _note_cue(page, discounts, weights, worth, carry, delta, trial, first, m)
    _note_place(page.done, page.offers, page.state, task.done, task.offers, to, trial, 0, first, m)
    known, going = on_policy, m
    for now in range(len(may_end)):
        here, after, row, row_after = after, here, row_after, row
        state[:m] = to[:m]
        if not known:
            _choose(actor, available, weights, beta, epsilon, whole, state, row, here, q, policy, total, first, m)
        _draw(policy, total, noise.choice, trial, now, first, action, level, cumulative, m)
        _find_cells(state, action, n_actions, task.cumulative, noise.outcome, task.plane, trial, now, first, cell, m)
        _move(next_state, task.utility, cell, state, active, going == m, to, utility, m)
        _add_pseudo_reward(task.pseudo_reward, pseudo_weight, cell, first, utility, m)
        _find_rows(to, n, first, row_after, m)
        _read(table, row_after, after, m)
        if on_policy:
            _choose(actor, available, weights, beta, epsilon, whole, to, row_after, after, q, policy, total, first, m)
        _appraise(on_policy, policy, after, worth, m)
        _recall(here, action, old, m)
        if traces != NO_TRACE:
            _keep(here, old, cuts, kept, m)
        if traces == SWEEP:
            _carry_errors(carry, trace_decay, kept, now, trace, first, m)
        if may_end[now]:
            _discount(discounts, terminated, cell, carry, first, m)
        _err(utility, carry, worth, old, delta, m)
        if going < m:
            _leave_out(active, delta, m)
        known = on_policy
        if traces == NO_TRACE:
            known &= not _learn(table, rate, old, delta, row, state, action, to, active, after, first, m)
            if has_actor:
                _act_better(actor, actor_rate, delta, row, action, n_actions, first, m)
        elif traces == SWEEP:
            _remember(delta, row, action, n_actions, now, visited, errors, m)
        else:
            _visit(row, action, n_actions, active, visited, n_visited, trace, place, m)
            _spread(table, rate, trace_decay, delta, carry, kept, replacing, active, visited, n_visited, place, trace,
                    first, m)  # fmt: skip
            # Any value may have moved.
            _read(table, row_after, after, m)
            known = False
        _note_delta(page.delta, weights, delta, trial, now + 1, first, m)
        _note_step(page.action, page.cell, action, cell, active, trial, now, first, m)
        _note_gain(page.reward, page.effort, task.reward, task.effort, cell, active, trial, first, m)
        _note_place(page.done, page.offers, page.state, task.done, task.offers, to, trial, now + 1, first, m)
        if may_end[now]:
            going -= _end(terminated, cell, active, page.length, trial, now, first, m)
            if going == 0:
                _note_rest(page, trial, now + 1, first, m)
                break
    if traces == SWEEP:
        _sweep(
            table,
            actor,
            rate,
            actor_rate,
            n_actions,
            page.length,
            visited,
            trace,
            errors,
            level,
            trial,
            now + 1,
            first,
            m,
        )


# Reading and choosing.


@_stage
def _find_rows(state, n, first, row, m):
    """Which rows of a table (n_states · n, ...) are those of the agents in the states (m,)."""
    for j in range(m):
        row[j] = state[j] * n + first + j


@_stage
def _read(table, row, values, m):
    """Read the values (n_tables, n_columns, m) of rows (m,); of an actor-critic V, as one column."""
    n_columns = values.shape[1]
    for i in range(values.shape[0]):
        for j in range(m):
            for a in range(n_columns):
                values[i, a, j] = table[i, _at(row[j] * n_columns + a)]


@_stage
def _choose(actor, available, weights, beta, epsilon, whole, state, row, values, q, policy, total, first, m):
    """Weights of the actions in states (m,) with the values (n_tables, A, m); if `whole`, probabilities."""
    if len(actor):
        n_actions = q.shape[0]
        for j in range(m):
            for a in range(n_actions):
                offered = len(available) == 0 or available[state[j], a]
                q[a, j] = actor[_at(row[j] * n_actions + a)] if offered else -np.inf
        _weigh(q, beta, policy, total, first, m)
    elif values.shape[0] == 1:
        _weigh(values[0], beta, policy, total, first, m)
    else:
        _mix(weights, values, q, first, m)
        _weigh(q, beta, policy, total, first, m)
    if whole:
        _normalise(policy, total, m)
    if len(epsilon):
        _explore(available, epsilon, state, policy, first, m)


@_stage
def _mix(weights, values, q, first, m):
    """Q = Σᵢ wᵢ Qᵢ."""
    for a in range(q.shape[0]):
        for j in range(m):
            q[a, j] = weights[0, _at(first + j)] * values[0, a, j]
        for i in range(1, values.shape[0]):
            for j in range(m):
                q[a, j] += weights[i, _at(first + j)] * values[i, a, j]


@_stage
def _weigh(q, beta, policy, total, first, m):
    """Weights exp(β (q(a) − max q)) of the actions, and their sum."""
    if q.shape[0] == 2:
        _weigh_two(q, beta, policy, total, first, m)
        return
    for j in range(m):
        total[j] = q[0, j]
    for a in range(1, q.shape[0]):
        for j in range(m):
            best, value = total[j], q[a, j]
            total[j] = value if value > best else best
    for a in range(q.shape[0]):
        for j in range(m):
            policy[a, j] = _exponential(q[a, j] - total[j], beta[_at(first + j)])
    for j in range(m):
        total[j] = policy[0, j]
    for a in range(1, q.shape[0]):
        for j in range(m):
            total[j] += policy[a, j]


@_stage
def _weigh_two(q, beta, policy, total, first, m):
    """The same for two actions: the better one has weight 1, which leaves one exponential."""
    for j in range(m):
        one, other = q[0, j], q[1, j]
        weight = _exponential(min(one, other) - max(one, other), beta[_at(first + j)])
        policy[0, j] = 1.0 if one >= other else weight
        policy[1, j] = weight if one >= other else 1.0
        total[j] = 1.0 + weight


@_stage
def _normalise(policy, total, m):
    """Turn weights into probabilities."""
    for a in range(policy.shape[0]):
        for j in range(m):
            policy[a, j] /= total[j]
    for j in range(m):
        total[j] = 1.0


@_stage
def _exponential(gap, beta):
    """Return exp(x) of x = gap · β ≤ 0, to the last bit or so: 2^k exp(r), with x = k ln 2 + r and |r| ≤ ln 2 / 2.

    The library's exponential is a call for each number; this one runs in vector registers.
    """
    # Not ∞ · 0 for the best action of a greedy agent.
    x = gap * beta if gap < 0.0 else 0.0
    y = x if x > _LOWEST else _LOWEST
    shifted = y * _LOG2_E + _ROUNDING
    k = shifted - _ROUNDING
    r = (y - k * _LN2_HIGH) - k * _LN2_LOW
    # Taylor's series as far as it changes the last bit.
    p = 1.0 / 479001600
    p = p * r + 1.0 / 39916800
    p = p * r + 1.0 / 3628800
    p = p * r + 1.0 / 362880
    p = p * r + 1.0 / 40320
    p = p * r + 1.0 / 5040
    p = p * r + 1.0 / 720
    p = p * r + 1.0 / 120
    p = p * r + 1.0 / 24
    p = p * r + 1.0 / 6
    p = p * r + 0.5
    p = p * r * r + r + 1.0
    # 2^k, by its bits: the exponent of a number starts at bit 52, and is stored plus 1023.
    power = _number_of_bits((_bits_of_number(shifted) + 1023) << 52)
    return p * power if x > _LOWEST else 0.0


@_stage
def _explore(available, epsilon, state, policy, first, m):
    """With probability ε choose evenly among what is offered."""
    n_actions = policy.shape[0]
    for j in range(m):
        offered = n_actions
        if len(available):
            offered = 0
            for a in range(n_actions):
                offered += available[state[j], a]
        for a in range(n_actions):
            even = 1.0 / offered if len(available) == 0 or available[state[j], a] else 0.0
            policy[a, j] = (1 - epsilon[_at(first + j)]) * policy[a, j] + epsilon[_at(first + j)] * even


@_stage
def _draw(policy, total, uniform, trial, now, first, action, level, cumulative, m):
    """Draw actions by inverting the cumulative distribution, as `rpe.choice.sample`."""
    last = policy.shape[0] - 1
    for j in range(m):
        level[j] = uniform[trial, now, _at(first + j)] * total[j]
        cumulative[j] = policy[0, j]
        action[j] = 0
    for a in range(1, last + 1):
        for j in range(m):
            action[j] += level[j] >= cumulative[j]
            cumulative[j] += policy[a, j]
    strays = 0
    for j in range(m):
        strays += (action[j] == last) & (policy[last, j] == 0.0)
    if strays:
        # Rounding can leave the last action a sliver of probability that it does not have.
        for j in range(m):
            while policy[action[j], j] == 0.0:
                action[j] -= 1


# Moving.


@_stage
def _find_cells(state, action, n_actions, cumulative, uniform, plane, trial, now, first, cell, m):
    """Where the step stands in the tables: by state, action and, if there are several, outcome."""
    for j in range(m):
        cell[j] = state[j] * n_actions + action[j]
    if len(cumulative):
        same = cumulative.shape[1] == 1
        for j in range(m):
            place = 0 if same else cell[j]
            for k in range(cumulative.shape[0]):
                if uniform[trial, now, _at(first + j)] >= cumulative[k, place]:
                    cell[j] += plane


@_stage
def _move(next_state, gain, cell, state, active, all_active, to, utility, m):
    """Look up where steps lead and what they bring; agents whose trial is over stay."""
    for j in range(m):
        to[j], utility[j] = next_state[_at(cell[j])], gain[_at(cell[j])]
    if not all_active:
        for j in range(m):
            there, here = to[j], state[j]
            to[j] = there if active[j] else here


@_stage
def _add_pseudo_reward(pseudo_reward, weight, cell, first, utility, m):
    """Add the pseudo-reward of sub-goals, if the task has any."""
    if len(pseudo_reward):
        for j in range(m):
            utility[j] += weight[_at(first + j)] * pseudo_reward[_at(cell[j])]


@_stage
def _end(terminated, cell, active, length, trial, now, first, m):
    """Whose trial is over is active no more; returns how many these are."""
    ended = 0
    for j in range(m):
        if active[j] and terminated[_at(cell[j])]:
            active[j], length[trial, _at(first + j)] = False, now + 1
            ended += 1
    return ended


# Errors.


@_stage
def _appraise(on_policy, policy, values, worth, m):
    """What the state that was reached is worth: Σ_a π(a) Qᵢ(s′, a) on-policy, else max_a Qᵢ(s′, a)."""
    for i in range(values.shape[0]):
        for j in range(m):
            worth[i, j] = policy[0, j] * values[i, 0, j] if on_policy else values[i, 0, j]
        for a in range(1, values.shape[1]):
            if on_policy:
                for j in range(m):
                    worth[i, j] += policy[a, j] * values[i, a, j]
            else:
                for j in range(m):
                    best, value = worth[i, j], values[i, a, j]
                    worth[i, j] = value if value > best else best


@_stage
def _recall(here, action, old, m):
    """The values that are learned: Qᵢ(s, a), or V(s)."""
    for i in range(here.shape[0]):
        for j in range(m):
            old[i, j] = here[i, _at(action[j] if here.shape[1] > 1 else 0), j]


@_stage
def _discount(discounts, terminated, cell, carry, first, m):
    """γᵢ, and 0 where the world ended."""
    for i in range(carry.shape[0]):
        for j in range(m):
            discount = discounts[i, _at(first + j)]
            carry[i, j] = 0.0 if terminated[_at(cell[j])] else discount


@_stage
def _err(utility, carry, worth, old, delta, m):
    """δᵢ = u + γᵢ worth − Qᵢ(s, a)."""
    for i in range(delta.shape[0]):
        for j in range(m):
            delta[i, j] = utility[j] + carry[i, j] * worth[i, j] - old[i, j]


@_stage
def _leave_out(active, delta, m):
    """No error for agents whose trial is over."""
    for i in range(delta.shape[0]):
        for j in range(m):
            error = delta[i, j]
            delta[i, j] = error if active[j] else 0.0


# Learning.


@_stage
def _learn(table, rate, old, delta, row, state, action, to, active, after, first, m):
    """Without traces: move what was just left. Returns whether an agent stayed, so that it has read an old value."""
    n_columns, stayed = after.shape[1], 0
    for i in range(delta.shape[0]):
        for j in range(m):
            old[i, j] += rate[_at(first + j)] * delta[i, j]
        for j in range(m):
            table[i, _at(row[j] * n_columns + (action[j] if n_columns > 1 else 0))] = old[i, j]
    for j in range(m):
        stayed += active[j] & (to[j] == state[j])
    if stayed == 0:
        return False
    for i in range(delta.shape[0]):
        for a in range(n_columns):
            for j in range(m):
                new, read = old[i, j], after[i, a, j]
                moved = (to[j] == state[j]) & ((action[j] == a) | (n_columns == 1))
                after[i, a, j] = new if moved else read
    return True


@_stage
def _act_better(actor, rate, delta, row, action, n_actions, first, m):
    """Without traces: move the preference of what was done."""
    for j in range(m):
        actor[_at(row[j] * n_actions + action[j])] += rate[_at(first + j)] * delta[0, j]


@_stage
def _keep(here, old, cuts, kept, m):
    """What earlier traces are multiplied by: 0 where Watkins's Q(λ) cuts them, as the action was not the best."""
    for i in range(kept.shape[0]):
        for j in range(m):
            kept[i, j] = 1.0
        if cuts:
            for a in range(here.shape[1]):
                for j in range(m):
                    so_far = kept[i, j]
                    kept[i, j] = 0.0 if here[i, a, j] > old[i, j] else so_far


@_stage
def _carry_errors(carry, trace_decay, kept, now, trace, first, m):
    """By how much later errors count for the step before: c_t = λ γ_{t−1} keep_t; `carry` is still of that step."""
    for i in range(kept.shape[0]):
        for j in range(m):
            trace[i, now, j] = trace_decay[_at(first + j)] * carry[i, j] * kept[i, j]


@_stage
def _remember(delta, row, action, n_actions, now, visited, errors, m):
    """Keep the step for the sweep at the end of the trial."""
    for j in range(m):
        visited[now, j] = row[j] * n_actions + action[j]
    for i in range(delta.shape[0]):
        for j in range(m):
            errors[i, now, j] = delta[i, j]


@_stage
def _sweep(table, actor, rate, actor_rate, n_actions, length, visited, trace, errors, error, trial, lived, first, m):
    """Move all that a trial visited by the λ-errors G_t = δ_t + c_{t+1} G_{t+1}; nothing was visited twice."""
    for i in range(errors.shape[0]):
        for j in range(m):
            error[j] = 0.0
        for t in range(lived - 1, -1, -1):
            for j in range(m):
                # Later errors carried here, with nothing after the end.
                moved = errors[i, t, j] + error[j]
                error[j] = moved if t < length[trial, _at(first + j)] else 0.0
            for j in range(m):
                entry = visited[t, j]
                if len(actor):
                    actor[_at(entry)] += actor_rate[_at(first + j)] * error[j]
                    entry //= n_actions
                table[i, _at(entry)] += rate[_at(first + j)] * error[j]
            for j in range(m):
                error[j] *= trace[i, t, j]


@_stage
def _visit(row, action, n_actions, active, visited, n_visited, trace, place, m):
    """Find the entry that is visited among those of the trial, or add it with an empty trace."""
    for j in range(m):
        if active[j]:
            entry = row[j] * n_actions + action[j]
            place[j] = n_visited[j]
            for k in range(n_visited[j]):
                if visited[k, j] == entry:
                    place[j] = k
            if place[j] == n_visited[j]:
                visited[place[j], j] = entry
                n_visited[j] += 1
                for i in range(trace.shape[0]):
                    trace[i, place[j], j] = 0.0


@_stage
def _spread(
    table, rate, trace_decay, delta, carry, kept, replacing, active, visited, n_visited, place, trace, first, m
):
    """E ← keep e, then + 1 (or = 1) at what was visited; Q ← Q + α δ e; e ← γλ e."""
    for i in range(delta.shape[0]):
        for j in range(m):
            if not active[j]:
                continue
            scaled, decay = rate[_at(first + j)] * delta[i, j], trace_decay[_at(first + j)] * carry[i, j]
            for k in range(n_visited[j]):
                e = trace[i, k, j] * kept[i, j]
                if k == place[j]:
                    e = 1.0 if replacing else e + 1.0
                trace[i, k, j] = e * decay
                table[i, _at(visited[k, j])] += scaled * e


# Writing down.


@_stage
def _note_cue(page, discounts, weights, worth, carry, delta, trial, first, m):
    """The error of the cue, Σᵢ wᵢ γᵢ worthᵢ."""
    for i in range(delta.shape[0]):
        for j in range(m):
            carry[i, j] = discounts[i, _at(first + j)]
            delta[i, j] = carry[i, j] * worth[i, j]
    _note_delta(page.delta, weights, delta, trial, 0, first, m)
    page.length[trial, first : first + m] = len(page.delta) - 1


@_stage
def _note_delta(noted, weights, delta, trial, moment, first, m):
    """Σᵢ wᵢ δᵢ."""
    if delta.shape[0] == 1:
        for j in range(m):
            noted[moment, trial, _at(first + j)] = delta[0, j]
        return
    for j in range(m):
        mean = weights[0, _at(first + j)] * delta[0, j]
        for i in range(1, delta.shape[0]):
            mean += weights[i, _at(first + j)] * delta[i, j]
        noted[moment, trial, _at(first + j)] = mean


@_stage
def _note_step(actions, cells, action, cell, active, trial, now, first, m):
    """What was done, and with which outcome."""
    if len(actions):
        for j in range(m):
            done = action[j]
            actions[now, trial, _at(first + j)] = done if active[j] else -1
    if len(cells):
        for j in range(m):
            there = cell[j]
            cells[now, trial, _at(first + j)] = there if active[j] else -1


@_stage
def _note_gain(rewards, efforts, reward, effort, cell, active, trial, first, m):
    """What it brought, summed over the trial."""
    if len(rewards):
        for j in range(m):
            gain, loss = reward[_at(cell[j])], effort[_at(cell[j])]
            rewards[trial, _at(first + j)] += gain if active[j] else 0.0
            efforts[trial, _at(first + j)] += loss if active[j] else 0.0


@_stage
def _note_place(done, offers, states, units_done, units_offered, state, trial, moment, first, m):
    """Where agents are."""
    if len(done):
        for j in range(m):
            done[moment, trial, _at(first + j)] = units_done[_at(state[j])]
            offers[moment, trial, _at(first + j)] = units_offered[_at(state[j])]
    if len(states):
        for j in range(m):
            states[moment, trial, _at(first + j)] = state[j]


@_stage
def _note_rest(page, trial, now, first, m):
    """Fill in the steps from `now` on that nobody lived."""
    lanes = slice(first, first + m)
    page.delta[now + 1 :, trial, lanes] = 0.0
    if len(page.action):
        page.action[now:, trial, lanes] = -1
    if len(page.cell):
        page.cell[now:, trial, lanes] = -1
    for moment in range(now + 1, len(page.delta)):
        for j in range(first, first + m):
            if len(page.done):
                page.done[moment, trial, j] = page.done[now, trial, j]
                page.offers[moment, trial, j] = page.offers[now, trial, j]
            if len(page.state):
                page.state[moment, trial, j] = page.state[now, trial, j]
