"""Planners know the clock: on tables without the time, against the same tables unrolled over time by hand."""

from functools import cache

import gymnasium as gym
import numpy as np
import pytest

import rpe
from rpe.agents import Planner
from rpe.agents import planner as planner_module
from rpe.discounting import Exponential, Hyperbolic, QuasiHyperbolic
from rpe.tasks import Tables, TableTask

DISCOUNTS = [Exponential(1.0), Exponential(0.8), QuasiHyperbolic(0.6, 0.9), Hyperbolic(0.4)]


def unrolled(task):
    """The task with the time in its states: layer t holds the states after t steps."""
    tables, n, steps = task.tables, task.n_states, task.n_steps
    shape = tables.next_state.shape

    def repeat(part):
        return np.tile(np.broadcast_to(part, shape), (1, steps + 1, 1))

    layer = np.minimum(np.arange(steps + 1) + 1, steps).repeat(n)[None, :, None]
    available = np.tile(np.broadcast_to(tables.available, shape[1:]), (steps + 1, 1))
    made = Tables(
        repeat(tables.next_state) + layer * n,
        *(repeat(part) for part in (tables.outcome_probability, tables.reward, tables.effort, tables.terminated)),
        available,
        repeat(tables.points),
        repeat(tables.pseudo_reward),
    )
    first = np.append(task.initial_probability, np.zeros(n * steps))
    return TableTask(made, steps, first, n)


def random_task(seed, n_steps):
    rng = np.random.default_rng(seed)
    shape = (2, 4, 3)
    available = rng.random((4, 3)) < 0.8
    available[:, 0] = True
    return TableTask(
        Tables(
            rng.integers(0, 4, shape),
            rng.dirichlet(np.ones(2), (4, 3)).transpose(2, 0, 1),
            rng.normal(size=shape),
            rng.random(shape),
            rng.random(shape) < 0.15,
            available,
        ),
        n_steps,
        rng.dirichlet(np.ones(4)),
    )


def lake(n_steps):
    return rpe.envs.tabulate(gym.make("FrozenLake-v1", is_slippery=bool(n_steps % 2)), n_steps=n_steps)


@pytest.mark.parametrize("discounting", DISCOUNTS)
@pytest.mark.parametrize("sophisticated", [False, True])
@pytest.mark.parametrize("beta", [np.inf, 2.0])
@pytest.mark.parametrize("task", [random_task(0, 7), random_task(1, 1), lake(8), lake(9)])
def test_value_and_policy_of_every_time(task, discounting, sophisticated, beta):
    planner = Planner(discounting, inverse_temperature=beta, sophisticated=sophisticated)
    memory, by_time = planner.init(task, 1), planner.init(unrolled(task), 1)
    n = task.n_states
    for now in range(task.n_steps):
        memory.clock[0] = now
        for state in range(n):
            here, there = np.array([state]), np.array([now * n + state])
            np.testing.assert_allclose(planner.value(memory, here), planner.value(by_time, there), atol=1e-12)
            if beta < np.inf:
                np.testing.assert_allclose(planner.policy(memory, here), planner.policy(by_time, there), atol=1e-12)
    exact = [float(rpe.measures.exact(planner, t).reward[0]) for t in (task, unrolled(task))]
    assert exact[0] == pytest.approx(exact[1], abs=1e-12)
    runs = [rpe.simulate.run(planner, t, n_agents=40, n_trials=2, rng=0).full for t in (task, unrolled(task))]
    np.testing.assert_array_equal(runs[0].action, runs[1].action)


def corridor(n_steps, length=4):
    """Cells in a row, left, right or stay; the far end pays 1."""
    cell = np.clip(np.arange(length)[:, None] + [-1, 1, 0], 0, length - 1)
    reached = (cell == length - 1)[None]
    nothing = np.zeros((1, 1, 1))
    return TableTask(
        Tables(cell[None], nothing + 1, reached * 1.0, nothing, reached, np.ones((length, 3), dtype=bool)), n_steps
    )


def test_a_patient_planner_arrives_whatever_time_is_left():
    for discounting in (Exponential(1.0), QuasiHyperbolic(0.5, 1.0)):
        planner = Planner(discounting, inverse_temperature=np.inf)
        for steps in (3, 4, 9):
            history = rpe.simulate.run(planner, corridor(30), n_agents=100, n_steps=steps, rng=0)
            assert (history.trials.reward == 1).all()
            assert rpe.measures.exact(planner, corridor(30), n_steps=steps).reward == pytest.approx(1.0)
        assert rpe.measures.exact(planner, corridor(30), n_steps=2).reward == 0.0


def test_mechanisms_keep_the_clock():
    planner = rpe.mechanisms.ChoiceKernel(Planner(Exponential(1.0), inverse_temperature=np.inf))
    history = rpe.simulate.run(planner, corridor(9), n_agents=100, n_trials=3, rng=0)
    assert (history.trials.reward == 1).all()


def by_definition(task, planner):
    """Value and policy of every state and number of steps left, one number at a time."""
    tables, shape = task.tables, task.tables.next_state.shape
    chance, reward, effort, over = (
        np.broadcast_to(part, shape)
        for part in (tables.outcome_probability, tables.reward + tables.points, tables.effort, tables.terminated)
    )
    beta, d_reward = float(planner.inverse_temperature), planner.discounting
    d_effort = planner.effort_discounting or d_reward
    believes = planner.believed_discounting

    def value(state, action, left, delay, after, own=True):
        """What an action brings to a self `delay` steps earlier."""
        weights = (d_reward, d_effort) if own else (believes, believes)
        pay, cost = (float(weight(delay)) for weight in weights)
        total = 0.0
        for outcome in range(shape[0]):
            place = outcome, state, action
            onward = 0.0 if over[place] or left == 1 else after(int(tables.next_state[place]), left - 1, delay + 1)
            total += chance[place] * (pay * reward[place] - cost * effort[place] + onward)
        return total

    def softmax(q):
        q = np.array(q)
        weight = (q == q.max()) * 1.0 if np.isinf(beta) else np.exp(beta * (q - q.max()))
        return weight / weight.sum()

    def offers(state):
        return np.flatnonzero(tables.available[state]).tolist()

    @cache
    def naive(state, left, delay):
        return max(value(state, a, left, delay, naive) for a in offers(state))

    @cache
    def expected(state, left):
        """What later selves are believed to do."""
        if believes is None:
            return chosen(state, left)
        return softmax([value(state, a, left, 0, imagined, own=False) for a in offers(state)])

    @cache
    def imagined(state, left, delay):
        each = [value(state, a, left, delay, imagined, own=False) for a in offers(state)]
        return float(expected(state, left) @ each)

    @cache
    def anticipated(state, left, delay):
        return float(expected(state, left) @ [value(state, a, left, delay, anticipated) for a in offers(state)])

    after = anticipated if planner.sophisticated else naive

    @cache
    def chosen(state, left):
        return softmax([value(state, a, left, 0, after) for a in offers(state)])

    policy, worth = np.zeros((task.n_steps, task.n_actions, task.n_states)), np.zeros((task.n_steps, task.n_states))
    for left in range(1, task.n_steps + 1):
        for state in range(task.n_states):
            q = np.array([value(state, a, left, 0, after) for a in offers(state)])
            policy[left - 1, offers(state), state] = chosen(state, left)
            worth[left - 1, state] = chosen(state, left) @ q if planner.sophisticated else q.max()
    return policy, worth


@pytest.mark.parametrize(
    "planner",
    [
        Planner(Hyperbolic(0.4), 2.0),
        Planner(Hyperbolic(0.4), np.inf),
        Planner(Hyperbolic(0.4), 2.0, sophisticated=True),
        Planner(Hyperbolic(0.4), 1.0, sophisticated=True, believed_discounting=Hyperbolic(0.1)),
        Planner(Exponential(0.9), 2.0, effort_discounting=Exponential(0.5)),
        Planner(QuasiHyperbolic(0.6, 0.9), 2.0, sophisticated=True, effort_discounting=Hyperbolic(1.0)),
        Planner(Exponential(0.9), 2.0),
        Planner(QuasiHyperbolic(0.6, 0.9), 2.0, sophisticated=True),
    ],
)
@pytest.mark.parametrize("task", [random_task(2, 6), random_task(3, 9), lake(7), lake(4), corridor(12)])
def test_against_the_definition(task, planner):
    memory = planner.init(task, 1)
    policy, value = by_definition(task, planner)
    np.testing.assert_allclose(memory.value_by_left[:, 0], value, rtol=0, atol=1e-12)
    if np.isfinite(planner.inverse_temperature):
        np.testing.assert_allclose(memory.policy_by_left[:, :, 0], policy, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(memory.policy[:, 0], memory.policy_by_left[-1, :, 0])
    np.testing.assert_array_equal(memory.value[0], memory.value_by_left[-1, 0])


def endless(n_steps):
    """The corridor, whose end can be reached and paid again and again."""
    task = corridor(n_steps)
    return TableTask(task.tables._replace(terminated=np.zeros((1, 1, 1), dtype=bool)), n_steps)


@pytest.mark.parametrize("sophisticated", [False, True])
def test_time_is_linear_where_trials_end_at_a_goal(sophisticated, monkeypatch):
    """With the goal three steps away five delays for each step left do; ½ steps² are refused with the number."""
    steps = 200
    monkeypatch.setattr(planner_module, "_MOST_WORK", 5 * steps * 4 * 3)
    planner = Planner(Hyperbolic(0.1), np.inf, sophisticated)
    memory = planner.init(corridor(steps), 1)
    np.testing.assert_allclose(memory.value_by_left[2:, 0, 0], 1 / 1.2, atol=1e-12)
    said = r"6 of 200 steps left took 1.422e\+04" if sophisticated else r"45 of 200 steps left took 1.201e\+04"
    with pytest.raises(ValueError, match=rf"at most 1.2e\+04 values of actions .*{said}"):
        planner.init(endless(steps), 1)
    assert Planner(Exponential(0.9), np.inf, sophisticated).init(endless(steps), 1).value.shape == (1, 4)
    assert Planner(Hyperbolic(0.1), np.inf, sophisticated, horizon=40).init(endless(steps), 1).value.shape == (1, 4)


def test_sizes_are_said():
    with pytest.raises(ValueError, match=r"100000000 steps × 4 states × 3 actions × 1 agents are 1200000000"):
        Planner(Exponential(0.9)).init(corridor(10**8), 1)
    memory = Planner(Exponential(0.9), horizon=5).init(corridor(10**8), 1)
    assert memory.policy_by_left.shape == (5, 3, 1, 4)
