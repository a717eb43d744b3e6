"""The rules restated for one agent in plain Python, as slow as can be; what the tests believe."""

import math
from functools import lru_cache

import numpy as np

import rpe


def softmax(values, beta):
    """Choice probabilities of a dict action → value."""
    best = max(values.values())
    if beta == math.inf:
        weights = {a: float(v == best) for a, v in values.items()}
    else:
        weights = {a: math.exp(beta * (v - best)) for a, v in values.items()}
    total = sum(weights.values())
    return {a: w / total for a, w in weights.items()}


def offers(task, state):
    """The actions that a state offers."""
    return [a for a in range(task.n_actions) if task.tables.available[state, a]]


def pick(table, luck, state, action):
    """One entry of a table whose axes may have length 1."""
    return table[min(luck, table.shape[0] - 1), min(state, table.shape[1] - 1), min(action, table.shape[2] - 1)].item()


def outcomes(task, state, action, pseudo=0.0):
    """(probability, reward, effort, next state, terminated) of every luck."""
    t = task.tables
    for luck in range(t.next_state.shape[0]):
        reward = pick(t.reward, luck, state, action) + pick(t.points, luck, state, action)
        reward += pseudo * pick(t.pseudo_reward, luck, state, action)
        yield (
            pick(t.outcome_probability, luck, state, action),
            reward,
            pick(t.effort, luck, state, action),
            int(t.next_state[luck, state, action]),
            bool(pick(t.terminated, luck, state, action)),
        )


class Learner:
    """A bank of action values with online eligibility traces in a dict."""

    def __init__(
        self,
        task,
        *,
        gammas,
        weights,
        alpha,
        lam,
        beta,
        epsilon=0.0,
        on_policy=False,
        cut=False,
        replacing=False,
        initial=0.0,
    ):
        self.__dict__.update(vars())
        states, actions = range(task.n_states), range(task.n_actions)
        self.q = [{(s, a): initial for s in states for a in actions} for _ in gammas]
        self.trace = [{} for _ in gammas]

    def probabilities(self, state):
        can = offers(self.task, state)
        together = {a: sum(w * q[state, a] for w, q in zip(self.weights, self.q, strict=True)) for a in can}
        chosen = softmax(together, self.beta)
        return {a: (1 - self.epsilon) * p + self.epsilon / len(can) for a, p in chosen.items()}

    def worth(self, state):
        can = offers(self.task, state)
        if self.on_policy:
            chosen = self.probabilities(state)
            return [sum(chosen[a] * q[state, a] for a in can) for q in self.q]
        return [max(q[state, a] for a in can) for q in self.q]

    def start(self, state):
        self.trace = [{} for _ in self.gammas]
        return sum(w * g * v for w, g, v in zip(self.weights, self.gammas, self.worth(state), strict=True))

    def update(self, state, action, utility, next_state, terminated):
        ahead, can, total = self.worth(next_state), offers(self.task, state), 0.0
        for i, (q, gamma) in enumerate(zip(self.q, self.gammas, strict=True)):
            carry = 0.0 if terminated else gamma
            delta = utility + carry * ahead[i] - q[state, action]
            if self.cut and q[state, action] < max(q[state, a] for a in can):
                self.trace[i] = {}
            trace = self.trace[i]
            trace[state, action] = 1.0 if self.replacing else trace.get((state, action), 0.0) + 1.0
            for cell in trace:
                q[cell] += self.alpha * delta * trace[cell]
                trace[cell] *= carry * self.lam
            total += self.weights[i] * delta
        return total


class ActorCritic:
    """State values and preferences, each with online traces in a dict."""

    def __init__(self, task, *, gamma, alpha, actor, lam, beta):
        self.__dict__.update(vars())
        self.v = dict.fromkeys(range(task.n_states), 0.0)
        self.theta = {(s, a): 0.0 for s in range(task.n_states) for a in range(task.n_actions)}
        self.trace = {}

    def probabilities(self, state):
        return softmax({a: self.theta[state, a] for a in offers(self.task, state)}, self.beta)

    def start(self, state):
        self.trace = {}
        return self.gamma * self.v[state]

    def update(self, state, action, utility, next_state, terminated):
        carry = 0.0 if terminated else self.gamma
        delta = utility + carry * self.v[next_state] - self.v[state]
        for key in (state, (state, action)):
            self.trace[key] = self.trace.get(key, 0.0) + 1.0
        for key in self.trace:
            if isinstance(key, tuple):
                self.theta[key] += self.actor * delta * self.trace[key]
            else:
                self.v[key] += self.alpha * delta * self.trace[key]
            self.trace[key] *= carry * self.lam
        return delta


def _ways(task, pseudo):
    """`outcomes` of a task, read once for each state and action."""
    return lru_cache(maxsize=None)(lambda state, action: list(outcomes(task, state, action, pseudo)))


def naive_plan(task, reward_weight, effort_weight, horizon, beta, pseudo=0.0):
    """Policy and value at the start of the horizon: today's plan, as if later selves would carry it out."""
    known, ways = {}, _ways(task, pseudo)

    def q(state, action, delay):
        total = 0.0
        for p, reward, effort, to, over in ways(state, action):
            later = 0.0 if over else best(to, delay + 1)
            total += p * (reward_weight[delay] * reward - effort_weight[delay] * effort + later)
        return total

    def best(state, delay):
        if delay >= horizon(state, delay):
            return 0.0
        if (state, delay) not in known:
            known[state, delay] = max(q(state, a, delay) for a in offers(task, state))
        return known[state, delay]

    def choose(state):
        values = {a: q(state, a, 0) for a in offers(task, state)}
        return softmax(values, beta), max(values.values())

    return choose


def sophisticated_plan(task, reward_weight, effort_weight, n_steps, time_of, beta, pseudo=0.0):
    """Policy and value of a self that anticipates the softmax of its later selves, at a time."""
    known, policies, ways = {}, {}, _ways(task, pseudo)

    def q(state, action, time, delay):
        total = 0.0
        for p, reward, effort, to, over in ways(state, action):
            later = 0.0 if over else worth(to, time + 1, delay + 1)
            total += p * (reward_weight[delay] * reward - effort_weight[delay] * effort + later)
        return total

    def policy(state, time):
        if (state, time) not in policies:
            policies[state, time] = softmax({a: q(state, a, time, 0) for a in offers(task, state)}, beta)
        return policies[state, time]

    def worth(state, time, delay):
        if time >= n_steps:
            return 0.0
        if (state, time, delay) not in known:
            chosen = policy(state, time)
            known[state, time, delay] = sum(p * q(state, a, time, delay) for a, p in chosen.items())
        return known[state, time, delay]

    def choose(state):
        return policy(state, time_of(state)), worth(state, time_of(state), 0)

    return choose


def goal_task(**changes):
    """A small layered task with every mechanism switched on, and four lucks."""
    rules = {
        "n_units": 3,
        "deadline": 6,
        "payout": [0, 2.0, 0, 9.0],
        "start_cost": 0.7,
        "success_probability": 0.8,
        "overhead": 0.4,
        "disengagement": 0.3,
        "fatigue_cost": 0.2,
        "max_fatigue": 2,
        "distraction": 1.1,
        "penalty": 0.5,
        "potential": [0, 1.0, 1.5, 0],
        "potential_discount": 0.9,
        "pseudo_reward": [0, 1.0, 0, 0],
    }
    return rpe.tasks.GoalTask(**(rules | changes))


def maze_task(seed=0, n_states=5, n_actions=3, n_outcomes=2, n_steps=12):
    """A random task in which states are met again, some actions are missing, and worlds can end."""
    rng = np.random.default_rng(seed)
    shape = (n_outcomes, n_states, n_actions)
    available = rng.random((n_states, n_actions)) < 0.7
    available[np.arange(n_states), rng.integers(n_actions, size=n_states)] = True
    p = rng.random(shape) + 0.1
    tables = rpe.tasks.Tables(
        next_state=rng.integers(n_states, size=shape),
        outcome_probability=p / p.sum(axis=0),
        reward=rng.normal(size=shape),
        effort=rng.random((1, n_states, n_actions)),
        terminated=rng.random(shape) < 0.08,
        available=available,
        points=rng.normal(size=(1, 1, n_actions)),
    )
    start = rng.random(n_states)
    return rpe.tasks.TableTask(tables, n_steps, initial_probability=start / start.sum())


def tower_task(seed=0, layer_size=3, n_layers=6, n_actions=3, n_outcomes=2):
    """A random layered task that can end early, anywhere, and then shows a state of the past."""
    rng = np.random.default_rng(seed)
    n_states = layer_size * n_layers
    shape = (n_outcomes, n_states, n_actions)
    layer = np.arange(n_states)[:, None] // layer_size
    over = (rng.random(shape) < 0.15) | (layer == n_layers - 1)
    ahead = np.minimum(layer + 1, n_layers - 1) * layer_size + rng.integers(layer_size, size=shape)
    available = rng.random((n_states, n_actions)) < 0.8
    available[:, 0] = True
    tables = rpe.tasks.Tables(
        next_state=np.where(over, 0, ahead),
        outcome_probability=np.full((n_outcomes, 1, 1), 1.0 / n_outcomes),
        reward=rng.normal(size=shape),
        effort=np.zeros((1, 1, 1)),
        terminated=over,
        available=available,
    )
    return rpe.tasks.TableTask(tables, n_layers, layer_size=layer_size)
