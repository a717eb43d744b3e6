"""The compiled replay of tabular learners with forward sensitivities: one fit after another, choice after choice.

It states the rule of `rpe.agents.TabularLearner`, and beside each number x of a learner its derivatives ∂x with
respect to the free parameters, by the product rule on the same line of the algorithm.

Needs Numba, the extra `fast`.
"""

# mypy: disable-error-code="no-untyped-def, untyped-decorator, no-untyped-call, import-untyped, import-not-found"
# Functions are typed by the compiler, from the arrays of `replay_slopes`.

from typing import NamedTuple

import numba
import numpy as np

from rpe._checks import Bools, Floats, Ints

_stage = numba.njit(error_model="numpy")

# Places in a learner's numbers; after them γᵢ of every table, and wᵢ.
RATE, DECAY, BETA, EPSILON, PSEUDO, TABLES = range(6)
_LOG_LEAST = np.log(1e-300)


class Record(NamedTuple):
    """Choices as plain arrays.

    Attributes
    ----------
    action, state : int array (n_subjects, n_trials, n_steps) and (..., n_steps + 1)
        −1 where there is no choice.
    utility, pseudo : float array (n_subjects, n_trials, n_steps)
        reward + points − effort, and the pseudo-reward.
    terminated, learned, scored : bool array (n_subjects, n_trials, n_steps)
    """

    action: Ints
    state: Ints
    utility: Floats
    pseudo: Floats
    terminated: Bools
    learned: Bools
    scored: Bools


class Rule(NamedTuple):
    """What a learner's update is, and the task's size.

    Attributes
    ----------
    n_tables : int
    on_policy, traced, replacing, cuts, explores : bool
    initial_value : float
    available : bool array (n_states, n_actions)
    """

    n_tables: int
    on_policy: bool
    traced: bool
    replacing: bool
    cuts: bool
    explores: bool
    initial_value: float
    available: Bools


@numba.njit(cache=True, error_model="numpy")
def replay_slopes(record, rule, theta, turn, subject):
    """Return log likelihood (n,), score (n, p) and expected information (n, p, p) of n fits.

    `theta` (n, m) are the learners' numbers, `turn` (n, m, p) their derivatives with respect to p parameters,
    and `subject` (n,) is whose choices each is scored on.
    """
    n, p = len(theta), turn.shape[2]
    n_trials, n_steps = record.action.shape[1:]
    n_states, n_actions = rule.available.shape
    value, score, information = np.zeros(n), np.zeros((n, p)), np.zeros((n, p, p))
    q, dq = np.empty((rule.n_tables, n_states, n_actions)), np.empty((rule.n_tables, n_states, n_actions, p))
    log, dlog, policy = np.empty(n_actions), np.empty((n_actions, p)), np.empty(n_actions)
    visited = np.empty((n_steps, 2), dtype=np.int64)
    trace, dtrace = np.empty((rule.n_tables, n_steps)), np.empty((rule.n_tables, n_steps, p))
    for f in range(n):
        who, numbers, dnumbers = subject[f], theta[f], turn[f]
        q[:], dq[:] = rule.initial_value, 0.0
        for trial in range(n_trials):
            n_visited = 0
            for now in range(n_steps):
                action, state = record.action[who, trial, now], record.state[who, trial, now]
                if action < 0:
                    continue
                if record.scored[who, trial, now]:
                    _choose(rule, numbers, dnumbers, q, dq, state, log, dlog, policy)
                    value[f] += log[action]
                    _count(policy, dlog, action, score[f], information[f])
                if not record.learned[who, trial, now]:
                    continue
                after = record.state[who, trial, now + 1]
                if rule.on_policy:
                    _choose(rule, numbers, dnumbers, q, dq, after, log, dlog, policy)
                if rule.traced:
                    n_visited = _visit(rule, q, state, action, visited, n_visited, trace, dtrace)
                _learn(rule, numbers, dnumbers, q, dq, state, action, after, record.utility[who, trial, now],
                       record.pseudo[who, trial, now], record.terminated[who, trial, now], dlog, policy,
                       visited, n_visited, trace, dtrace)  # fmt: skip
    return value, score, information


@_stage
def _choose(rule, numbers, dnumbers, q, dq, state, log, dlog, policy):
    """Write ln π(a), its derivatives, and π(a) = (1 − ε) softmax(β Σ wᵢ Qᵢ) + ε / n."""
    n_actions, p = dlog.shape
    beta, epsilon, n_offered = numbers[BETA], numbers[EPSILON], 0
    best, total = -np.inf, 0.0
    for a in range(n_actions):
        log[a], dlog[a] = 0.0, 0.0
        n_offered += rule.available[state, a]
        for i in range(rule.n_tables):
            weight = TABLES + rule.n_tables + i
            log[a] += numbers[weight] * q[i, state, a]
            for k in range(p):
                dlog[a, k] += dnumbers[weight, k] * q[i, state, a] + numbers[weight] * dq[i, state, a, k]
        for k in range(p):
            dlog[a, k] = beta * dlog[a, k] + dnumbers[BETA, k] * log[a]
        if rule.available[state, a]:
            best = max(best, log[a])
    for a in range(n_actions):
        log[a] = beta * (log[a] - best) if rule.available[state, a] else -np.inf
        policy[a] = np.exp(log[a])
        total += policy[a]
    for a in range(n_actions):
        log[a] -= np.log(total)
        policy[a] /= total
    for k in range(p):
        mean = 0.0
        for a in range(n_actions):
            mean += policy[a] * dlog[a, k]
        for a in range(n_actions):
            dlog[a, k] = dlog[a, k] - mean if rule.available[state, a] else 0.0
    if rule.explores:
        for a in range(n_actions):
            even = 1.0 / n_offered if rule.available[state, a] else 0.0
            mixed = (1 - epsilon) * policy[a] + epsilon * even
            for k in range(p):
                change = (1 - epsilon) * policy[a] * dlog[a, k] + dnumbers[EPSILON, k] * (even - policy[a])
                dlog[a, k] = change / mixed if mixed > 0 else 0.0
            log[a], policy[a] = np.log(mixed), mixed
    for a in range(n_actions):
        # What is impossible counts as just possible, so that a fit can find its way out.
        if log[a] == -np.inf:
            log[a] = _LOG_LEAST


@_stage
def _count(policy, dlog, action, score, information):
    """Add a choice to the score (p,), and what is expected of it to the information (p, p)."""
    n_actions, p = dlog.shape
    for k in range(p):
        score[k] += dlog[action, k]
        for other in range(p):
            for a in range(n_actions):
                information[k, other] += policy[a] * dlog[a, k] * dlog[a, other]


@_stage
def _best(rule, q, i, state):
    """The best action that a state offers, −1 if there is none."""
    best = -1
    for a in range(q.shape[2]):
        if rule.available[state, a] and (best < 0 or q[i, state, a] > q[i, state, best]):
            best = a
    return best


@_stage
def _visit(rule, q, state, action, visited, n_visited, trace, dtrace):
    """Add a visit to the traces e (n_tables, n_steps) of a trial's entries; return how many entries there are."""
    place = 0
    while place < n_visited and (visited[place, 0] != state or visited[place, 1] != action):
        place += 1
    if place == n_visited:
        visited[place, 0], visited[place, 1] = state, action
        trace[:, place], dtrace[:, place] = 0.0, 0.0
        n_visited += 1
    for i in range(rule.n_tables):
        if rule.cuts and q[i, state, action] < q[i, state, _best(rule, q, i, state)]:
            trace[i, :n_visited], dtrace[i, :n_visited] = 0.0, 0.0
        if rule.replacing:
            trace[i, place], dtrace[i, place] = 1.0, 0.0
        else:
            trace[i, place] += 1.0
    return n_visited


@_stage
def _learn(rule, numbers, dnumbers, q, dq, state, action, after, utility, pseudo, terminated, dlog, policy,
           visited, n_visited, trace, dtrace):  # fmt: skip
    """Move values by δᵢ = u + γᵢ B(Qᵢ(s′, ·)) − Qᵢ(s, a), in place; `policy` and `dlog` are those of s′."""
    n_actions, p = dlog.shape
    rate, decay = numbers[RATE], numbers[DECAY]
    ddelta = np.empty(p)
    for i in range(rule.n_tables):
        discount = 0.0 if terminated else numbers[TABLES + i]
        worth, best = 0.0, 0
        if rule.on_policy:
            for a in range(n_actions):
                worth += policy[a] * q[i, after, a]
        else:
            best = _best(rule, q, i, after)
            worth = q[i, after, best] if best >= 0 else 0.0
        delta = utility + numbers[PSEUDO] * pseudo + discount * worth - q[i, state, action]
        for k in range(p):
            dworth = 0.0
            if rule.on_policy:
                for a in range(n_actions):
                    dworth += policy[a] * (dq[i, after, a, k] + dlog[a, k] * q[i, after, a])
            elif best >= 0:
                dworth = dq[i, after, best, k]
            ddiscount = 0.0 if terminated else dnumbers[TABLES + i, k]
            ddelta[k] = dnumbers[PSEUDO, k] * pseudo + ddiscount * worth + discount * dworth - dq[i, state, action, k]
        if not rule.traced:
            for k in range(p):
                dq[i, state, action, k] += dnumbers[RATE, k] * delta + rate * ddelta[k]
            q[i, state, action] += rate * delta
            continue
        for place in range(n_visited):
            s, a, e = visited[place, 0], visited[place, 1], trace[i, place]
            q[i, s, a] += rate * delta * e
            for k in range(p):
                de = dtrace[i, place, k]
                dq[i, s, a, k] += dnumbers[RATE, k] * delta * e + rate * (ddelta[k] * e + delta * de)
                ddiscount = 0.0 if terminated else dnumbers[TABLES + i, k]
                carried = dnumbers[DECAY, k] * discount + decay * ddiscount
                dtrace[i, place, k] = carried * e + decay * discount * de
            trace[i, place] = decay * discount * e
