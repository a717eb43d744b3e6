"""Changes to the long task, two projects, a lever, and any of them as an environment."""

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import rpe
from rpe import tasks

BASE = tasks.micro_wins(n_goals=2, n_units=4, deadline=9, reward=40.0)
PLANNER = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.1))
BROKEN = tasks.interruptions(tasks.variable_distraction(BASE, 0.5), 0.1)
VARIANTS = {
    "variable distraction": lambda: tasks.variable_distraction(BASE, 0.25),
    "off-path wins": lambda: tasks.off_path_wins(BASE, 3.0),
    "five minutes": lambda: tasks.five_minutes(BASE, 3, waived=0.5),
    "interruptions": lambda: tasks.interruptions(BASE, 0.3),
    "ritual": lambda: tasks.ritual(BASE, [0, 4]),
    "all": lambda: tasks.five_minutes(
        tasks.off_path_wins(tasks.ritual(tasks.interruptions(tasks.variable_distraction(BASE, 0.5), 0.1), [0, 4]), 3.0),
        2,
    ),
    "badge": lambda: tasks.badge(2, 10.0, n_units=4, deadline=8),
    "sub-deadlines": lambda: tasks.sub_deadlines(2, n_units=4, deadline=9),
    "two projects": lambda: tasks.TwoProjects(deadline=12),
    "lever": lambda: tasks.lever(n_steps=3),
}


def walk(task, actions, seed=0):
    """Reward and effort of each step of a path, and what its last state means."""
    rng = np.random.default_rng(seed)
    state, rewards, efforts = task.initial(1, rng), [], []
    for action in actions:
        step = task.step(state, np.array([action]), rng)
        state = step.state
        rewards.append(step.reward[0])
        efforts.append(step.effort[0])
    return rewards, efforts, {name: int(value[0]) for name, value in task.decode(state).items()}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_task_is_an_environment(name):
    task = VARIANTS[name]()
    env = rpe.envs.TaskEnv(task)
    everything_goes = np.broadcast_to(task.tables.available, (task.n_states, task.n_actions)).all()
    if everything_goes:
        check_env(env, skip_render_check=True)
    total, rng = 0.0, np.random.default_rng(1)
    state, info = env.reset(seed=3)
    for _ in range(task.n_steps):
        action = rng.choice(np.flatnonzero(info["action_mask"]))
        state, utility, over, cut, info = env.step(action)
        total += utility - info["reward"] - info["points"] + info["effort"]
        assert env.observation_space.contains(state)
        if over or cut:
            break
    assert over or cut
    assert total == pytest.approx(0.0)
    with pytest.raises(ValueError, match="reset must be called"):
        env.step(0)


@pytest.mark.parametrize("name", VARIANTS)
def test_agents_run_on_it_and_agree_with_the_exact_solution(name):
    task = VARIANTS[name]()
    planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.1), inverse_temperature=0.5)
    history = rpe.simulate.run(planner, task, n_agents=4000, n_trials=1, rng=0)
    exact = rpe.measures.exact(planner, task)
    assert history.trials.reward.mean() == pytest.approx(exact.reward[0], rel=0.05)


class TestVariableDistraction:
    def test_risk_neutral_planners_do_not_mind(self):
        steady, chancy = (rpe.measures.exact(PLANNER, t) for t in (BASE, tasks.variable_distraction(BASE, 0.1)))
        np.testing.assert_allclose(chancy.share_done, steady.share_done, atol=1e-12)
        assert chancy.reward[0] == pytest.approx(steady.reward[0])

    def test_certain_is_the_base(self):
        same = tasks.variable_distraction(BASE, 1.0)
        np.testing.assert_array_equal(same.tables.reward[0], np.broadcast_to(BASE.tables.reward[0], (BASE.n_states, 2)))


def test_ticking_pays_and_leads_nowhere():
    task = tasks.off_path_wins(BASE, 3.0)
    rewards, efforts, last = walk(task, [1, 2, 2, 1])
    assert rewards == [0.0, 3.0, 3.0, 20.0]
    assert efforts == [3.0, 0.0, 0.0, 3.0]
    assert last["units"] == 2
    worthless = rpe.measures.exact(
        rpe.agents.Planner(rpe.discounting.Hyperbolic(0.1), np.inf), tasks.off_path_wins(BASE, -5)
    )
    plain = rpe.measures.exact(rpe.agents.Planner(rpe.discounting.Hyperbolic(0.1), np.inf), BASE)
    np.testing.assert_allclose(worthless.share_done, plain.share_done)


class TestFiveMinutes:
    def test_a_promise_is_kept(self):
        task = tasks.five_minutes(BASE, 3, waived=1.0)
        _, efforts, last = walk(task, [2, 1, 1])
        assert efforts == [1.0, 1.0, 1.0]
        assert (last["units"], last["committed"]) == (3, 0)
        with pytest.raises(ValueError, match="action must be available; 0"):
            walk(task, [2, 0])

    def test_option_is_worth_what_its_equation_says(self):
        gamma = 0.9
        task = tasks.five_minutes(BASE, 3)
        planner = rpe.agents.Planner(rpe.discounting.Exponential(gamma), inverse_temperature=np.inf)
        value = planner.init(task, 1).value[0]
        plain = planner.init(BASE, 1).value[0]
        # A promise binds and offers nothing new, so that a consistent planner's values stay.
        np.testing.assert_allclose(value.reshape(-1, 3)[:, 0], plain, atol=1e-9)
        # At the start: Q = −start − e Σ γ^i + Σ pay + γ³ V(3 units, engaged), with pay 20 on the second unit.
        there = int(BASE.encode(3, 3, 1))
        expected = -2 - 1 - gamma + gamma * 20 - gamma**2 + gamma**3 * plain[there]
        committed = task.tables.next_state[0, 0, 2]
        assert -3 + gamma * value[committed] == pytest.approx(expected)

    def test_one_step_is_work(self):
        task = tasks.five_minutes(BASE, 1)
        np.testing.assert_array_equal(task.tables.next_state[..., 2], task.tables.next_state[..., 1])


def test_interruptions_bring_the_start_up_cost_back():
    always = tasks.interruptions(BASE, 1.0)
    assert walk(always, [1, 1, 1])[1] == [3.0, 3.0, 3.0]
    assert walk(tasks.interruptions(BASE, 0.0), [1, 1, 1])[1] == [3.0, 1.0, 1.0]
    with pytest.raises(ValueError, match="task must have no commitments"):
        tasks.interruptions(tasks.five_minutes(BASE), 0.5)


def test_a_ritual_waives_the_start_at_its_times():
    task = tasks.ritual(BASE, [0, 2], relief=0.5)
    assert walk(task, [1, 0, 1, 0, 1])[1] == [2.0, 0.0, 2.0, 0.0, 3.0]
    assert walk(task, [0, 0, 1, 1])[1] == [0.0, 0.0, 2.0, 1.0]


def test_sub_deadlines_forfeit():
    task = tasks.sub_deadlines(2, n_units=4, deadline=8, free_time=1.0, reward=40.0)
    assert task.due == (4, 8)
    assert walk(task, [0, 0, 0, 1, 1])[0][-1] == 0.0
    assert walk(task, [1, 1])[0] == [0.0, 20.0]


class TestTwoProjects:
    TASK = tasks.TwoProjects(payouts=([0, 0, 6], [0, 5]), deadline=6)

    def test_paths_by_hand(self):
        rewards, efforts, last = walk(self.TASK, [1, 2, 1, 0])
        assert rewards == [0.0, 5.0, 6.0, 2.0]
        assert efforts == [3.0, 3.0, 3.0, 0.0]
        assert (last["first"], last["second"], last["units"]) == (2, 1, 3)
        assert walk(self.TASK, [1, 1, 2])[1] == [3.0, 1.0, 3.0]

    def test_a_finished_project_is_closed(self):
        with pytest.raises(ValueError, match="action must be available; 2"):
            walk(self.TASK, [2, 2])

    def test_steep_discounters_take_the_nearer_pay_first(self):
        task = tasks.TwoProjects(payouts=([0] * 8 + [60], [0] * 2 + [12]), deadline=30)
        planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(1.0), inverse_temperature=np.inf)
        policy = planner.init(task, 1).policy[:, 0, 0]
        assert policy[1] == 0.0


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: tasks.variable_distraction(tasks.lever(), 0.5), TypeError, "task must be a GoalTask"),
        (lambda: tasks.variable_distraction(BASE, 0.0), ValueError, "probability must"),
        (lambda: tasks.off_path_wins(BASE, "a"), TypeError, "size must"),
        (lambda: tasks.five_minutes(BASE, 0), ValueError, "n_steps must"),
        (lambda: tasks.five_minutes(BASE, waived=2), ValueError, "waived must"),
        (lambda: tasks.interruptions(BASE, 1.5), ValueError, "probability must"),
        (lambda: tasks.ritual(BASE, [99]), ValueError, "times must"),
        (lambda: tasks.badge(50, 1.0), ValueError, "at must"),
        (lambda: tasks.sub_deadlines(3, free_time=0.0), ValueError, "free_time must"),
        (lambda: tasks.TwoProjects(payouts=([0, 1],)), ValueError, "payouts must be two"),
        (lambda: tasks.TwoProjects(payouts=([1, 1], [0, 1])), ValueError, "begin with 0"),
        (lambda: tasks.TwoProjects(effort=-1), ValueError, "effort must"),
        (lambda: tasks.lever(outcome=np.nan), ValueError, "outcome must"),
        (lambda: rpe.envs.TaskEnv("task"), ValueError, "task must be a task, or one of"),
    ],
)
def test_bad_input(make, error, match):
    with pytest.raises(error, match=match):
        make()
