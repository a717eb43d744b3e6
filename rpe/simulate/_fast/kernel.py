"""The compiled simulation of tabular learners: pages of trials, 64 agents abreast.

It states what `rpe.simulate.run` does with `rpe.agents.TabularLearner` and `rpe.agents.ActorCritic`, in the
same order of operations, so that results are the same to the bit. Each stage of a step is a function over a
block of agents; the compiler turns its short inner loops into vector instructions.

Needs Numba, the extra `fast`. Nothing here may be compiled with `fastmath`, which changes results.
"""

import numba
import numpy as np

from rpe.simulate._fast.arrays import (
    LANES,
    NO_TRACE,
    SWEEP,
    Lanes,
    LearnerArrays,
    NoiseArrays,
    PageArrays,
    TaskArrays,
)

_stage = numba.njit(error_model="numpy")

# Below this an exponential is taken for 0: it is less than 1e-307.
_LOWEST = -708.0
# Adding it leaves a number rounded to a whole number in the last bits of the sum.
_ROUNDING = 6755399441055744.0
_LOG2_E = 1.4426950408889634
# ln 2 in two parts, the first of which has few digits, so that a multiple of it is exact.
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10


@numba.njit(cache=True, error_model="numpy")
def simulate_page(task: TaskArrays, learner: LearnerArrays, noise: NoiseArrays, page: PageArrays, lanes: Lanes) -> None:
    """Simulate a page of trials of all agents, block after block."""
    n_trials, n = noise.start.shape
    for first in range(0, n, LANES):
        m = min(LANES, n - first)
        for trial in range(n_trials):
            _trial(task, learner, noise, page, lanes, trial, first, m)


@_stage
def _trial(task, learner, noise, page, lanes, trial, first, m):
    """One trial of the agents `first` to `first` + m − 1."""
    n_steps = noise.choice.shape[1]
    for j in range(m):
        lanes.to[j] = noise.start[trial, first + j]
        lanes.active[j] = True
        lanes.n_visited[j] = 0
    # The cue is an arrival too, from a value of 0.
    known = _arrive(task, learner, lanes, first, m)
    _note_cue(task, learner, page, lanes, trial, first, m)
    going = m
    for now in range(n_steps):
        for j in range(m):
            lanes.state[j] = lanes.to[j]
        for i in range(len(lanes.here)):
            for a in range(lanes.here.shape[1]):
                for j in range(m):
                    lanes.here[i, a, j] = lanes.after[i, a, j]
        if not known:
            _choose(task, learner, lanes, lanes.state, lanes.here, first, m)
        _draw(lanes, noise.choice[trial, now, first : first + m], m)
        _move(task, noise, lanes, trial, now, first, m)
        known = _arrive(task, learner, lanes, first, m)
        _err(task, learner, lanes, now, first, m)
        if learner.traces == NO_TRACE:
            stayed = _learn(task, learner, lanes, first, m)
            known = known and not stayed
        elif learner.traces == SWEEP:
            _remember(task, lanes, now, m)
        else:
            _spread(task, learner, lanes, first, m)
            _read(learner, lanes.to, lanes.after, first, m)
            known = False
        _note(task, learner, page, lanes, trial, now, first, m)
        if task.may_end[now]:
            for j in range(m):
                if lanes.active[j] and task.terminated[lanes.cell[j]]:
                    lanes.active[j] = False
                    going -= 1
            if going == 0:
                _note_rest(page, lanes, trial, now + 1, first, m)
                break
    if learner.traces == SWEEP:
        _sweep(task, learner, page, lanes, trial, first, m)


@_stage
def _arrive(task, learner, lanes, first, m):
    """Read the values of the states that were reached, and what they are worth; whether the policy there is known."""
    _read(learner, lanes.to, lanes.after, first, m)
    after, worth = lanes.after, lanes.worth
    if learner.on_policy:
        # Σ_a π(a) Qᵢ(s′, a)
        _choose(task, learner, lanes, lanes.to, after, first, m)
        for i in range(len(after)):
            for j in range(m):
                worth[i, j] = lanes.policy[0, j] * after[i, 0, j]
            for a in range(1, after.shape[1]):
                for j in range(m):
                    worth[i, j] += lanes.policy[a, j] * after[i, a, j]
        return True
    # max_a Qᵢ(s′, a); an actor-critic has one column, V(s′).
    for i in range(len(after)):
        for j in range(m):
            worth[i, j] = after[i, 0, j]
        for a in range(1, after.shape[1]):
            for j in range(m):
                worth[i, j] = max(worth[i, j], after[i, a, j])
    return False


@_stage
def _read(learner, state, values, first, m):
    """Read the values (n_tables, A, m) of states (m,)."""
    table = learner.table
    for i in range(len(values)):
        for j in range(m):
            for a in range(values.shape[1]):
                values[i, a, j] = table[i, state[j], first + j, a]


@_stage
def _choose(task, learner, lanes, state, values, first, m):
    """The choice probabilities in states (m,) with the values (n_tables, A, m)."""
    q = lanes.q
    if len(learner.actor):
        for j in range(m):
            for a in range(len(q)):
                offered = len(task.available) == 0 or task.available[state[j], a]
                q[a, j] = learner.actor[state[j], first + j, a] if offered else -np.inf
    elif len(values) == 1:
        for a in range(len(q)):
            for j in range(m):
                q[a, j] = values[0, a, j]
    else:
        # Q = Σᵢ wᵢ Qᵢ
        for a in range(len(q)):
            for j in range(m):
                q[a, j] = learner.weights[0, first + j] * values[0, a, j]
            for i in range(1, len(values)):
                for j in range(m):
                    q[a, j] += learner.weights[i, first + j] * values[i, a, j]
    _softmax(q, learner.beta[first : first + m], lanes, m)
    if len(learner.exploration):
        _explore(task, learner.exploration[first : first + m], lanes.policy, state, m)


@_stage
def _softmax(q, beta, lanes, m):
    """π(a) ∝ exp(β (q(a) − max q))."""
    policy, total = lanes.policy, lanes.total
    for j in range(m):
        total[j] = q[0, j]
    for a in range(1, len(q)):
        for j in range(m):
            total[j] = max(total[j], q[a, j])
    for a in range(len(q)):
        for j in range(m):
            gap = q[a, j] - total[j]
            # Not ∞ · 0 for the best action of a greedy agent.
            policy[a, j] = gap * beta[j] if gap < 0.0 else 0.0
        _exponential(policy[a], lanes.exponent, m)
    for j in range(m):
        total[j] = policy[0, j]
    for a in range(1, len(q)):
        for j in range(m):
            total[j] += policy[a, j]
    for a in range(len(q)):
        for j in range(m):
            policy[a, j] /= total[j]


@_stage
def _exponential(x, exponent, m):
    """Replace x ≤ 0 by exp(x), to the last bit or so: exp(x) = 2^k exp(r), with x = k ln 2 + r and |r| ≤ ln 2 / 2.

    The library's exponential is a call for each number; this one runs in vector registers.
    """
    shifted = exponent.view(np.float64)
    for j in range(m):
        y = max(x[j], _LOWEST)
        k = y * _LOG2_E + _ROUNDING
        shifted[j] = k
        k -= _ROUNDING
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
        x[j] = p if x[j] > _LOWEST else 0.0
    for j in range(m):
        # 2^k, by its bits: the exponent of a number starts at bit 52, and is stored plus 1023.
        exponent[j] = (exponent[j] + 1023) << 52
    for j in range(m):
        x[j] *= shifted[j]


@_stage
def _explore(task, epsilon, policy, state, m):
    """With probability ε choose evenly among what is offered."""
    for j in range(m):
        offered = len(policy)
        if len(task.available):
            offered = 0
            for a in range(len(policy)):
                offered += task.available[state[j], a]
        for a in range(len(policy)):
            even = 1.0 / offered
            if len(task.available) and not task.available[state[j], a]:
                even = 0.0
            policy[a, j] = (1 - epsilon[j]) * policy[a, j] + epsilon[j] * even


@_stage
def _draw(lanes, uniform, m):
    """Draw actions by inverting the cumulative distribution, as `rpe.choice.sample`."""
    policy, action, total = lanes.policy, lanes.action, lanes.total
    for j in range(m):
        action[j] = 0
        total[j] = policy[0, j]
    for a in range(1, len(policy)):
        for j in range(m):
            action[j] += uniform[j] >= total[j]
            total[j] += policy[a, j]
    last = len(policy) - 1
    for j in range(m):
        # Rounding can leave the last action a sliver of probability that it does not have.
        while action[j] == last and policy[last, j] == 0.0:
            a = last
            while policy[a, j] == 0.0:
                a -= 1
            action[j] = a


@_stage
def _move(task, noise, lanes, trial, now, first, m):
    """Look up where the actions lead; agents whose trial is over stay."""
    for j in range(m):
        lanes.cell[j] = lanes.state[j] * task.n_actions + lanes.action[j]
    if len(task.cumulative):
        same = task.cumulative.shape[1] == 1
        for j in range(m):
            place, level = lanes.cell[j], noise.outcome[trial, now, first + j]
            for k in range(len(task.cumulative)):
                if level >= task.cumulative[k, 0 if same else place]:
                    lanes.cell[j] += task.plane
    for j in range(m):
        lanes.to[j] = task.next_state[lanes.cell[j]] if lanes.active[j] else lanes.state[j]
        lanes.utility[j] = task.utility[lanes.cell[j]]


@_stage
def _err(task, learner, lanes, now, first, m):
    """The errors δᵢ = u + γᵢ worth − Qᵢ(s, a), and what the trace is carried by."""
    utility, carry, old, delta = lanes.utility, lanes.carry, lanes.old, lanes.delta
    if len(task.pseudo_reward):
        for j in range(m):
            utility[j] += learner.pseudo_weight[first + j] * task.pseudo_reward[lanes.cell[j]]
    critic = lanes.here.shape[1] == 1
    for i in range(len(delta)):
        for j in range(m):
            old[i, j] = lanes.here[i, 0 if critic else lanes.action[j], j]
        if learner.traces == SWEEP:
            # c_t = λ γ_{t−1} keep_t; `carry` is still that of the step before.
            for j in range(m):
                kept = _kept(learner, lanes, i, j)
                lanes.trace[i, now, j] = learner.trace_decay[first + j] * carry[i, j] * kept
        for j in range(m):
            carry[i, j] = learner.discounts[i, first + j]
        if task.may_end[now]:
            for j in range(m):
                if task.terminated[lanes.cell[j]]:
                    carry[i, j] = 0.0
        for j in range(m):
            delta[i, j] = utility[j] + carry[i, j] * lanes.worth[i, j] - old[i, j]


@_stage
def _kept(learner, lanes, i, j):
    """What earlier traces are multiplied by: 0 where Watkins's Q(λ) cuts them, as the action was not the best."""
    if learner.cuts:
        for a in range(lanes.here.shape[1]):
            if lanes.here[i, a, j] > lanes.old[i, j]:
                return 0.0
    return 1.0


@_stage
def _learn(task, learner, lanes, first, m):
    """Without traces: move what was just left. Returns whether an agent stayed, so that it has read an old value."""
    stayed = False
    for j in range(m):
        if lanes.active[j]:
            s, a = lanes.state[j], lanes.action[j]
            column = 0 if len(learner.actor) else a
            for i in range(len(lanes.delta)):
                value = lanes.old[i, j] + learner.learning_rate[first + j] * lanes.delta[i, j]
                learner.table[i, s, first + j, column] = value
                if lanes.to[j] == s:
                    lanes.after[i, column, j] = value
                    stayed = True
            if len(learner.actor):
                learner.actor[s, first + j, a] += learner.actor_rate[first + j] * lanes.delta[0, j]
    return stayed


@_stage
def _remember(task, lanes, now, m):
    """Keep the step for the sweep at the end of the trial."""
    for j in range(m):
        lanes.visited[now, j] = lanes.state[j] * task.n_actions + lanes.action[j]
    for i in range(len(lanes.delta)):
        for j in range(m):
            lanes.errors[i, now, j] = lanes.delta[i, j]


@_stage
def _sweep(task, learner, page, lanes, trial, first, m):
    """Move all that a trial visited by the λ-errors G_t = δ_t + c_{t+1} G_{t+1}; nothing was visited twice."""
    for i in range(len(lanes.delta)):
        for j in range(m):
            error = 0.0
            length = page.length[trial, first + j]
            for t in range(length - 1, -1, -1):
                error = lanes.errors[i, t, j] + (lanes.trace[i, t + 1, j] * error if t < length - 1 else 0.0)
                s, a = divmod(lanes.visited[t, j], task.n_actions)
                column = 0 if len(learner.actor) else a
                learner.table[i, s, first + j, column] += learner.learning_rate[first + j] * error
                if len(learner.actor):
                    learner.actor[s, first + j, a] += learner.actor_rate[first + j] * error


@_stage
def _spread(task, learner, lanes, first, m):
    """With traces of what may be visited again: e ← keep e, then + 1 (or = 1) here, Q ← Q + α δ e, e ← γλ e."""
    for j in range(m):
        if not lanes.active[j]:
            continue
        here = lanes.state[j] * task.n_actions + lanes.action[j]
        place = lanes.n_visited[j]
        for k in range(lanes.n_visited[j]):
            if lanes.visited[k, j] == here:
                place = k
        if place == lanes.n_visited[j]:
            lanes.visited[place, j] = here
            lanes.n_visited[j] += 1
            for i in range(len(lanes.delta)):
                lanes.trace[i, place, j] = 0.0
        for i in range(len(lanes.delta)):
            _spread_one(task, learner, lanes, i, j, place, first)


@_stage
def _spread_one(task, learner, lanes, i, j, place, first):
    """The same, for one agent and one table."""
    kept = _kept(learner, lanes, i, j)
    scaled = learner.learning_rate[first + j] * lanes.delta[i, j]
    decay = learner.trace_decay[first + j] * lanes.carry[i, j]
    for k in range(lanes.n_visited[j]):
        e = lanes.trace[i, k, j] * kept
        if k == place:
            e = 1.0 if learner.replacing else e + 1.0
        lanes.trace[i, k, j] = e * decay
        s, a = divmod(lanes.visited[k, j], task.n_actions)
        learner.table[i, s, first + j, a] += scaled * e


@_stage
def _note_cue(task, learner, page, lanes, trial, first, m):
    """Write down the error of the cue, Σᵢ wᵢ γᵢ worthᵢ, and where trials start."""
    for i in range(len(lanes.delta)):
        for j in range(m):
            lanes.delta[i, j] = learner.discounts[i, first + j] * lanes.worth[i, j]
    _note_delta(learner, page.delta[0, trial], lanes, first, m)
    _note_place(task, page, lanes, trial, 0, first, m)
    for j in range(m):
        page.length[trial, first + j] = 0


@_stage
def _note(task, learner, page, lanes, trial, now, first, m):
    """Write down a step."""
    _note_delta(learner, page.delta[now + 1, trial], lanes, first, m)
    _note_place(task, page, lanes, trial, now + 1, first, m)
    for j in range(m):
        page.length[trial, first + j] += lanes.active[j]
    if len(page.action):
        for j in range(m):
            page.action[now, trial, first + j] = lanes.action[j] if lanes.active[j] else -1
    if len(page.cell):
        for j in range(m):
            page.cell[now, trial, first + j] = lanes.cell[j] if lanes.active[j] else -1
    if len(page.reward):
        for j in range(m):
            if lanes.active[j]:
                page.reward[trial, first + j] += task.reward[lanes.cell[j]]
                page.effort[trial, first + j] += task.effort[lanes.cell[j]]


@_stage
def _note_delta(learner, row, lanes, first, m):
    """Write down Σᵢ wᵢ δᵢ; 0 for agents whose trial is over."""
    for j in range(m):
        delta = lanes.delta[0, j]
        if len(lanes.delta) > 1:
            delta *= learner.weights[0, first + j]
            for i in range(1, len(lanes.delta)):
                delta += learner.weights[i, first + j] * lanes.delta[i, j]
        row[first + j] = delta if lanes.active[j] else 0.0


@_stage
def _note_place(task, page, lanes, trial, moment, first, m):
    """Write down where agents are."""
    if len(page.done):
        for j in range(m):
            page.done[moment, trial, first + j] = task.done[lanes.to[j]]
            page.offers[moment, trial, first + j] = task.offers[lanes.to[j]]
    if len(page.state):
        for j in range(m):
            page.state[moment, trial, first + j] = lanes.to[j]


@_stage
def _note_rest(page, lanes, trial, now, first, m):
    """Fill in the steps from `now` on that nobody lived."""
    lanes_of_page = slice(first, first + m)
    page.delta[now + 1 :, trial, lanes_of_page] = 0.0
    if len(page.action):
        page.action[now:, trial, lanes_of_page] = -1
    if len(page.cell):
        page.cell[now:, trial, lanes_of_page] = -1
    for moment in range(now + 1, len(page.delta)):
        for j in range(first, first + m):
            if len(page.done):
                page.done[moment, trial, j] = page.done[now, trial, j]
                page.offers[moment, trial, j] = page.offers[now, trial, j]
            if len(page.state):
                page.state[moment, trial, j] = page.state[now, trial, j]
