"""Hierarchical learning, the maze, and the to-do list with optimal points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rpe
from rpe import tasks
from rpe.agents import OptionsLearner, QLearner
from rpe.tasks import Tables, TableTask


def corridor(length=6, pseudo_at=()):
    """Cells in a row; moves left and right; the far end pays 1 and ends the trial."""
    cell = np.clip(np.arange(length)[:, None] + [-1, 1], 0, length - 1)
    reached = (cell == length - 1)[None]
    tables = Tables(
        next_state=cell[None],
        outcome_probability=np.ones((1, 1, 1)),
        reward=reached.astype(float),
        effort=np.zeros((1, 1, 1)),
        terminated=reached,
        available=np.ones((length, 2), dtype=bool),
    )
    task = TableTask(tables, 200)
    task.sub_goals = np.array(pseudo_at, dtype=np.int64)
    return task


class TestOptions:
    def test_without_options_it_is_q_learning(self):
        rates = {"learning_rate": 0.3, "discount": 0.9, "inverse_temperature": 2.0}
        plain, options = QLearner(**rates), OptionsLearner(exploration=0.0, **rates)
        task = corridor()
        one, two = (
            rpe.simulate.run(a, task, n_agents=20, n_trials=20, rng=1, record="all").full for a in (plain, options)
        )
        np.testing.assert_array_equal(one.action, two.action)
        np.testing.assert_allclose(one.delta[..., 1:], two.delta[..., 1:], atol=1e-12)

    def test_values_are_those_of_dynamic_programming(self):
        task, gamma = corridor(6, [3]), 0.9
        learner = OptionsLearner(learning_rate=0.5, discount=gamma, exploration=1.0)
        memory = rpe.simulate.run(learner, task, n_agents=3, n_trials=60, rng=0, keep_memory=True).memory
        exact = gamma ** (4 - np.arange(5.0))
        np.testing.assert_allclose(memory.q[1, :5].T, np.broadcast_to(exact, (3, 5)), atol=1e-6)
        # An option on the way is worth what it leads through; one that goes back costs the way there and back.
        np.testing.assert_allclose(memory.q[2, :3].T, np.broadcast_to(exact[:3], (3, 3)), atol=1e-6)
        np.testing.assert_allclose(memory.q[2, 4], gamma * exact[3], atol=1e-6)

    @pytest.mark.parametrize("given_skills", [True, False])
    def test_inside_an_option_values_count_steps_to_the_sub_goal(self, given_skills):
        task, gamma = corridor(6, [3]), 0.9
        learner = OptionsLearner(learning_rate=0.5, discount=gamma, exploration=1.0, given=given_skills)
        memory = rpe.simulate.run(learner, task, n_agents=2, n_trials=80, rng=0, keep_memory=True).memory
        expected = gamma ** np.array([2, 1, 0])
        np.testing.assert_allclose(memory.inside[0, 1, :3, 0], expected, atol=1e-6)
        assert memory.inside[0, 0, 4, 0] == pytest.approx(1.0, abs=1e-6)

    def test_root_never_feels_the_pseudo_reward(self):
        task = corridor(6, [3])
        runs = [
            rpe.simulate.run(
                OptionsLearner(pseudo_reward=rho), task, n_agents=10, n_trials=10, rng=2, record="all"
            ).full
            for rho in (1.0, 50.0)
        ]
        np.testing.assert_array_equal(runs[0].delta, runs[1].delta)

    def test_sub_goal_error_by_hand(self):
        task = corridor(6, [3])
        learner = OptionsLearner(learning_rate=0.5, discount=0.9, given=False)
        memory = learner.init(task, 1)
        memory.inside[0, :, 2, 0] = [0.0, 0.4]
        step = task.step(np.array([2]), np.array([1]), np.random.default_rng(0))
        root = learner.update(memory, np.array([2]), np.array([1]), step, None)
        assert root[0] == 0.0
        assert memory.sub_goal_error[0, 0] == pytest.approx(1.0 - 0.4)

    def test_rows_of_a_batch_are_the_runs_alone(self):
        task, rates = corridor(6, [3]), np.where(np.arange(300) % 2, 0.5, 0.1)
        many = OptionsLearner(learning_rate=rates)
        full = rpe.simulate.run(many, task, n_agents=300, n_trials=5, rng=0, record=[0, 1, 299]).full
        again = rpe.simulate.run(many, task, n_agents=300, n_trials=5, rng=0, record=[0, 1, 299], chunk_size=256).full
        np.testing.assert_array_equal(full.delta, again.delta)
        half = OptionsLearner(learning_rate=0.5)
        alone = rpe.simulate.run(half, task, n_agents=300, n_trials=5, rng=0, record=[1]).full
        np.testing.assert_array_equal(full.delta[1], alone.delta[0])

    @pytest.mark.parametrize(
        ("make", "error", "match"),
        [
            (lambda: OptionsLearner(pseudo_reward=0.0), ValueError, "pseudo_reward must"),
            (lambda: OptionsLearner(given=1), TypeError, "given must"),
            (lambda: OptionsLearner(discount=1.5), ValueError, "discount must"),
            (lambda: OptionsLearner(sub_goals=[99]).init(corridor(), 1), ValueError, "sub_goals must be states"),
            (lambda: OptionsLearner(learning_rate=[0.1, 0.2]).init(corridor(), 3), ValueError, "n_agents must be 2"),
        ],
    )
    def test_bad_input(self, make, error, match):
        with pytest.raises(error, match=match):
            make()


def with_actions(task, order):
    """The task with its actions in another order."""
    tables = task.tables
    columns = {
        name: part[..., order] for name, part in tables._asdict().items() if np.ndim(part) and part.shape[-1] > 1
    }
    return TableTask(tables._replace(**columns), task.n_steps, task.initial_probability)


def random_maze(seed):
    """Six states, three actions that lead anywhere, few rewards, and masks."""
    rng = np.random.default_rng(seed)
    shape, available = (1, 6, 3), rng.random((6, 3)) < 0.8
    available[np.arange(6), rng.integers(3, size=6)] = True
    reward, ends = (rng.random(shape) < 0.2).astype(float), rng.random(shape) < 0.1
    one = np.ones((1, 1, 1))
    return TableTask(Tables(rng.integers(0, 6, shape), one, reward, 0 * one, ends, available), 30)


def ratio_interval(a, b):
    """The 99.9 % interval of the ratio of two means, by the delta method."""
    ratio = a.mean() / b.mean()
    error = ratio * np.hypot(*(x.std(ddof=1) / x.mean() / np.sqrt(len(x)) for x in (a, b)))
    return ratio - 3.3 * error, ratio + 3.3 * error


RATES = {"learning_rate": 0.25, "discount": 0.95, "inverse_temperature": np.inf, "exploration": 0.1}
PLACES = {
    "doorways": tasks.FourRooms("doorways").sub_goals,
    "corners": tasks.FourRooms("corners").sub_goals,
    # Three cells of the room in which every trial starts.
    "behind": np.array([0, 4, 41]),
}


class TestOptionsLearnedOnTheWay:
    @pytest.mark.parametrize("beta", [np.inf, 3.0])
    @pytest.mark.parametrize("given_skills", [False, True])
    @pytest.mark.parametrize(
        ("task", "goals", "order"),
        [
            (corridor(10), [3, 6], [1, 0]),
            (tasks.FourRooms(), PLACES["doorways"], [2, 0, 3, 1]),
            (random_maze(0), [2, 4], [1, 2, 0]),
            (random_maze(1), [0, 5], [2, 1, 0]),
        ],
    )
    def test_the_order_of_actions_changes_nothing(self, task, goals, order, given_skills, beta):
        """The same moves under other numbers: the same policies and values, step by step."""
        n, inverse = 10, np.argsort(order)
        learner = OptionsLearner(sub_goals=goals, given=given_skills, **(RATES | {"inverse_temperature": beta}))
        both = task, with_actions(task, order)
        ours, theirs = (learner.init(each, n) for each in both)
        rng, state, passed = np.random.default_rng(0), task.initial(n, np.random.default_rng(1)), 0
        for _ in range(400):
            policy = learner.policy(ours, state)
            np.testing.assert_allclose(learner.policy(theirs, state), policy[order], atol=1e-12)
            action = rpe.choice.sample(policy, rng.random(n))
            one, two = task.step(state, action, rng), both[1].step(state, inverse[action], rng)
            deltas = (
                learner.update(memory, state, taken, step, None)
                for memory, taken, step in ((ours, action, one), (theirs, inverse[action], two))
            )
            np.testing.assert_allclose(*deltas, atol=1e-12)
            over, passed = one.terminated, passed + int(one.terminated.sum())
            state = np.where(over, task.initial(n, rng), one.state)
            ours.over[:, over] = theirs.over[:, over] = False
        np.testing.assert_allclose(theirs.within, ours.within[:, order], atol=1e-12)
        assert passed > 0
        assert ours.within.any()

    def test_ties_are_shared(self):
        """Before anything is known all actions that a state offers are equally likely; of two ways, each half."""
        for task in (tasks.FourRooms(), random_maze(0), tasks.DoOnceTask([1.0, 2.0])):
            learner, states = OptionsLearner(sub_goals=[2, 3], given=False, **RATES), np.arange(task.n_states)
            available = np.broadcast_to(task.tables.available, (task.n_states, task.n_actions)).T
            policy = learner.policy(learner.init(task, len(states)), states)
            np.testing.assert_allclose(policy, available / available.sum(axis=0), atol=1e-12)
        learner = OptionsLearner(sub_goals=[3], given=False, **(RATES | {"exploration": 0.0}))
        memory = learner.init(corridor(), 1)
        memory.inside[0, :, 2, 0] = 0.7
        memory.within[0, :, 2, 0] = memory.q[2, 2, 0] = 1.0
        np.testing.assert_allclose(learner.policy(memory, np.array([2]))[:, 0], [0.5, 0.5])

    @pytest.mark.parametrize("where", PLACES)
    @pytest.mark.parametrize("slip", [0.0, 0.3])
    def test_first_trial_is_that_of_q_learning(self, where, slip):
        """With the same random numbers, and no cap that would hide a long search: the same steps, wherever they lie."""
        maze = tasks.FourRooms(None, slip=slip, n_steps=1500)
        flat, options = (
            rpe.simulate.run(agent, maze, n_agents=20, n_trials=1, rng=0).trials.length
            for agent in (QLearner(**RATES), OptionsLearner(sub_goals=PLACES[where], given=False, **RATES))
        )
        np.testing.assert_array_equal(options, flat)

    def test_first_trial_is_not_half_as_long_again(self):
        """With other random numbers 1.5 lies above the 99.9 % interval of the ratio, and 1 within it."""
        n, maze = 150, tasks.FourRooms("corners", n_steps=2000)
        flat, options = (
            rpe.simulate.run(agent, maze, n_agents=n, rng=seed).trials.length[:, 0]
            for seed, agent in enumerate((QLearner(**RATES), OptionsLearner(given=False, **RATES)))
        )
        low, high = ratio_interval(options, flat)
        assert low < 1 < high < 1.5

    def test_well_placed_sub_goals_help_and_badly_placed_do_little(self):
        """Steps of the first ten trials over those of Q-learning, 99.9 % intervals over agents."""
        maze, steps = tasks.FourRooms(None, n_steps=400), {}
        for where, agent in {
            "none": QLearner(**RATES),
            "doorways": OptionsLearner(sub_goals=PLACES["doorways"], given=False, **RATES),
            "behind": OptionsLearner(sub_goals=PLACES["behind"], given=False, **RATES),
        }.items():
            steps[where] = rpe.simulate.run(agent, maze, n_agents=40, n_trials=10, rng=0).trials.length.sum(axis=1)
        assert ratio_interval(steps["doorways"], steps["none"])[1] < 0.95
        low, high = ratio_interval(steps["behind"], steps["none"])
        assert low < 1.05 < high < 1.2

    def test_an_option_leads_once_per_trial(self):
        task = corridor(6)
        learner = OptionsLearner(sub_goals=[3], given=False, **(RATES | {"exploration": 0.0}))
        memory = learner.init(task, 2)
        memory.inside[0, 1, :3] = 0.5
        at = np.array([2, 2])
        drawn = learner.policy(memory, at)
        np.testing.assert_allclose(drawn, [[1 / 3] * 2, [2 / 3] * 2])
        step = task.step(at, np.array([1, 0]), np.random.default_rng(0))
        learner.update(memory, at, np.array([1, 0]), step, np.array([True, True]))
        np.testing.assert_allclose(learner.policy(memory, at)[:, 0], [0.5, 0.5])
        np.testing.assert_allclose(learner.policy(memory, at)[:, 1], drawn[:, 1])
        assert np.isnan(learner.start(memory, at)).all()
        np.testing.assert_allclose(learner.policy(memory, at), drawn)


class TestFourRooms:
    def test_shortest_way_by_hand(self):
        """From (1, 1) to (9, 9): both ways round go through two doorways."""
        maze = tasks.FourRooms()
        value = tasks.optimal_value(maze, 0.9)
        # By (3, 6) and (7, 9): 2 down, 5 right to (3, 6), then to (7, 9): 4 down, 3 right, then 2 down: 16 steps.
        assert value[maze.start] == pytest.approx(0.9**15)

    def test_walls_hold_and_doorways_lead(self):
        maze = tasks.FourRooms()
        place = {tuple(cell): i for i, cell in enumerate(maze.cells.tolist())}
        to = maze.tables.next_state[0]
        assert to[place[1, 1]].tolist() == [place[1, 1], place[1, 2], place[2, 1], place[1, 1]]
        assert to[place[3, 5], 1] == place[3, 6]
        assert to[place[2, 5], 1] == place[2, 5]
        # Whatever leads somewhere leads back.
        back = [2, 3, 0, 1]
        for state, action in np.ndindex(*to.shape):
            if to[state, action] != state:
                assert to[to[state, action], back[action]] == state

    def test_slips(self):
        maze = tasks.FourRooms("corners", slip=0.3)
        assert maze.tables.outcome_probability.ravel().tolist() == pytest.approx([0.7, 0.1, 0.1, 0.1])
        assert set(maze.tables.next_state[:, 50, 0]) == set(maze.tables.next_state[0, 50])
        felt = maze.tables.pseudo_reward
        assert felt.max() == 1.0
        assert maze.tables.reward.sum() == (maze.tables.next_state == maze.goal).sum()

    def test_bad_input(self):
        with pytest.raises(ValueError, match="goal must be a cell"):
            tasks.FourRooms(goal=(0, 0))
        with pytest.raises(ValueError, match="sub_goals must be"):
            tasks.FourRooms("walls")
        with pytest.raises(ValueError, match="slip must"):
            tasks.FourRooms(slip=2.0)


def myopic(task):
    """What a worker does who sees the next step alone."""
    t = task.tables
    felt = np.broadcast_to(t.outcome_probability * (t.reward + t.points - t.effort), t.next_state.shape).sum(axis=0)
    return np.where(t.available, felt, -np.inf)


def far_sighted(task, discount):
    """Values of actions to one who sees everything."""
    t, value = task.tables, tasks.optimal_value(task, discount)
    ahead = np.where(np.broadcast_to(t.terminated, t.next_state.shape), 0.0, value[t.next_state])
    q = (t.outcome_probability * (t.reward + t.points - t.effort + discount * ahead)).sum(axis=0)
    return np.where(t.available, q, -np.inf)


class TestOptimalPoints:
    def test_to_do_list(self):
        task = tasks.ToDoList()
        pointed = tasks.with_optimal_points(task, 1.0)
        best = far_sighted(task, 1.0)
        chosen = myopic(pointed).argmax(axis=1)
        assert (best[np.arange(len(best)), chosen] >= best.max(axis=1) - 1e-9).all()
        # Without points a short-sighted worker stops at once.
        assert myopic(task)[0].argmax() == 5
        assert tasks.optimal_value(task, 1.0)[0] == pytest.approx(40 - 12.5 - 8 * 75 / 60)

    def test_path_by_hand(self):
        task, rng = tasks.ToDoList(minutes=[30, 60], pay=[-1, -2], reward=20, time_value=2), np.random.default_rng(0)
        first = task.step(task.initial(1, rng), np.array([1]), rng)
        assert (first.reward[0], first.effort[0], first.terminated[0]) == (-2.0, 2.0, False)
        last = task.step(first.state, np.array([0]), rng)
        assert (last.reward[0], last.effort[0], last.terminated[0]) == (19.0, 1.0, True)
        with pytest.raises(ValueError, match="action must be available; 1"):
            task.step(first.state, np.array([1]), rng)
        assert (
            rpe.measures.exact(rpe.agents.Planner(rpe.discounting.Exponential(1.0), np.inf, horizon=5), task).reward
            == 17.0
        )

    @given(seed=st.integers(0, 10_000), discount=st.floats(0.1, 0.95))
    @settings(deadline=None, max_examples=40)
    def test_any_task(self, seed, discount):
        rng = np.random.default_rng(seed)
        n, m, lucks = 6, 3, 2
        chance = rng.dirichlet(np.ones(lucks), (n, m)).transpose(2, 0, 1)
        tables = Tables(
            next_state=rng.integers(0, n, (lucks, n, m)),
            outcome_probability=chance,
            reward=rng.normal(size=(lucks, n, m)),
            effort=rng.random((1, n, m)),
            terminated=rng.random((lucks, n, m)) < 0.1,
            available=np.ones((n, m), dtype=bool),
        )
        task = TableTask(tables, 100)
        pointed = tasks.with_optimal_points(task, discount)
        felt, best = myopic(pointed), far_sighted(task, discount)
        chosen = felt.argmax(axis=1)
        assert (best[np.arange(n), chosen] >= best.max(axis=1) - 1e-9).all()
        np.testing.assert_allclose(felt.max(axis=1), 0.0, atol=1e-9)
        # The points are potential-based: whoever looks ahead prefers what it preferred.
        with_points = far_sighted(pointed, discount)
        np.testing.assert_allclose(np.ptp(with_points - best, axis=1), 0.0, atol=1e-8)

    @pytest.mark.parametrize(
        ("make", "error", "match"),
        [
            (lambda: tasks.ToDoList(minutes=[1, 2], pay=[1]), ValueError, "one length"),
            (lambda: tasks.ToDoList(minutes=[0.0], pay=[1.0]), ValueError, "minutes must"),
            (lambda: tasks.ToDoList(time_value=-1), ValueError, "time_value must"),
            (lambda: tasks.optimal_value("task", 0.9), TypeError, "task must be a task"),
            (lambda: tasks.optimal_value(tasks.ToDoList(), 1.5), ValueError, "discount must"),
            (lambda: tasks.optimal_value(tasks.lever(), 1.0), ValueError, "discount must be below 1"),
        ],
    )
    def test_bad_input(self, make, error, match):
        with pytest.raises(error, match=match):
            make()
