"""Planners know the clock: on tables without the time, against the same tables unrolled over time by hand."""

import gymnasium as gym
import numpy as np
import pytest

import rpe
from rpe.agents import Planner
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
@pytest.mark.parametrize("task", [random_task(0, 7), random_task(1, 1), lake(8), lake(11)])
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


def test_sizes_are_said():
    with pytest.raises(ValueError, match=r"100000000 steps × 4 states × 3 actions × 1 agents are 1200000000"):
        Planner(Exponential(0.9)).init(corridor(10**8), 1)
    memory = Planner(Exponential(0.9), horizon=5).init(corridor(10**8), 1)
    assert memory.policy_by_left.shape == (5, 3, 1, 4)
