"""One learner, one seed, one result: tasks, tables, environments, vectors of them, and sub-goals around them."""

from functools import partial

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AsyncVectorEnv, AutoresetMode, SyncVectorEnv
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from toy_text import TAXI

import rpe
from rpe.envs import GoalEnv, GoalVectorEnv, SubGoals, TaskEnv, tabulate
from rpe.tasks import Tables, TableTask

IDS = sorted(name for name in gym.registry if name.startswith("rpe/") and name != "rpe/Task-v0")
RATES = {"learning_rate": 0.4, "discount": 0.9, "inverse_temperature": 2.0, "pseudo_reward_weight": 0.7}


def random_task(seed):
    """Any task: several outcomes, costs, points, ticks, endings and masks."""
    rng = np.random.default_rng(seed)
    lucks, n, m = (int(rng.integers(low, high)) for low, high in ((1, 4), (2, 6), (1, 4)))
    shape = (lucks, n, m)
    available = rng.random((n, m)) < 0.7
    available[np.arange(n), rng.integers(m, size=n)] = True
    tables = Tables(
        next_state=rng.integers(0, n, shape),
        outcome_probability=rng.dirichlet(np.ones(lucks), (n, m)).transpose(2, 0, 1),
        reward=rng.normal(size=shape),
        effort=rng.random(shape),
        terminated=rng.random(shape) < 0.1,
        available=available,
        points=rng.normal(size=shape),
        pseudo_reward=rng.random(shape),
    )
    return TableTask(tables, 12, rng.dirichlet(np.ones(n)))


def run(task, learner=None, **options):
    learner = rpe.agents.QLearner(**RATES) if learner is None else learner
    return rpe.simulate.run(learner, task, rng=3, keep_memory=True, **({"n_trials": 6} | options))


def assert_same(one, two):
    """Everything that a history holds, to the bit."""
    assert_array_equal(one.memory.q, two.memory.q)
    for name in ("trials", "full", "curves"):
        ours, theirs = getattr(one, name)._asdict(), getattr(two, name)._asdict()
        for field, value in ours.items():
            assert (value is None) == (theirs[field] is None), field
            if value is not None:
                assert_array_equal(value, theirs[field], err_msg=f"{name}.{field}")


@given(seed=st.integers(0, 10_000), trace_decay=st.sampled_from([0.0, 0.8]))
@settings(deadline=None, max_examples=25)
def test_any_task_on_every_path(seed, trace_decay):
    task = random_task(seed)
    learner = rpe.agents.QLearner(trace_decay=trace_decay, **RATES)
    alone, three = run(task, learner), run(task, learner, n_agents=3)
    assert tabulate(task) is task
    made = gym.make("rpe/Task-v0", task=task)
    for env in (TaskEnv(task), made, tabulate(made), gym.wrappers.RecordEpisodeStatistics(made)):
        assert_same(run(env, learner), alone)
    for mode in AutoresetMode:
        copies = SyncVectorEnv([lambda: gym.make("rpe/Task-v0", task=task)] * 3, autoreset_mode=mode)
        assert_same(run(copies, learner), three)


@given(seed=st.integers(0, 10_000), arm=st.sampled_from(rpe.tasks.MATCHINGS), in_order=st.booleans())
@settings(deadline=None, max_examples=25)
def test_sub_goals_around_any_task_on_every_path(seed, arm, in_order):
    task = random_task(seed)
    options = {"matching": arm, "in_order": in_order, "success": 1, "reward": -2.0 if seed % 2 else 3.0}
    if arm == "present_value":
        options |= {"discounting": rpe.discounting.Exponential(0.9), "reference_steps": [1, 3, 4]}
    goals = [0, task.n_states - 1]
    wrap = lambda: SubGoals(TaskEnv(task), goals, **options)  # noqa: E731
    alone = run(tabulate(wrap()))
    assert alone.full.units.max() <= 2
    assert_same(run(wrap()), alone)
    assert_same(run(SyncVectorEnv([wrap] * 2)), run(tabulate(wrap()), n_agents=2))


@pytest.mark.parametrize("values", [{}, {"success_probability": 0.6, "disengagement": 0.4, "fatigue_cost": 0.3}])
@pytest.mark.parametrize("observation", ["state", "blind"])
def test_the_long_task_on_every_path(values, observation):
    task = rpe.tasks.micro_wins(2, n_units=4, deadline=9, matching="pseudo_reward", **values)
    envs = [GoalEnv(task=task, observation=observation), GoalVectorEnv(1, task=task, observation=observation)]
    envs.append(gym.make("rpe/MicroWins-v0", task=task, observation=observation))
    if observation == "state":
        for env in (*envs, TaskEnv(task)):
            assert_same(run(env), run(task))
        for vector in (GoalVectorEnv(3, task=task), SyncVectorEnv([lambda: GoalEnv(task=task)] * 3)):
            for env in (vector, gym.wrappers.vector.RecordEpisodeStatistics(vector)):
                assert_same(run(env), run(task, n_agents=3))
    histories = [run(env, rpe.agents.QLearner(inverse_temperature=0.1)) for env in envs]
    for history in histories[1:]:
        assert_array_equal(history.trials.effort, histories[0].trials.effort)
        assert_array_equal(history.full.units, histories[0].full.units)
    assert histories[0].trials.effort.sum() > 0
    assert histories[0].trials.units.max() > 0


def test_a_vector_that_is_changed_does_not_answer_for_its_task():
    for vector in (GoalVectorEnv(2, n_goals=2), SyncVectorEnv([lambda: gym.make("rpe/Lever-v0")] * 2)):
        assert rpe.envs.as_task(vector).inside is not None
        doubled = gym.wrappers.vector.TransformReward(vector, lambda reward: 2 * reward)
        assert rpe.envs.as_task(doubled).inside is None
        with pytest.raises(TypeError, match="task must be a task with tables"):
            rpe.simulate.run(rpe.agents.Planner(rpe.discounting.Exponential(0.9)), doubled, rng=0)


def test_copies_in_other_processes():
    """An `AsyncVectorEnv` of a noisy task, by itself and with a time limit around each copy, is its task."""
    rules = {"n_goals": 2, "n_units": 4, "deadline": 9, "success_probability": 0.6, "matching": "pseudo_reward"}
    make = partial(gym.wrappers.TimeLimit, GoalEnv(**rules), 9)
    # Spawned, as to fork a process that has threads is not safe.
    copies = AsyncVectorEnv([make] * 2, context="spawn")
    try:
        assert_same(run(copies), run(rpe.tasks.micro_wins(**rules), n_agents=2))
    finally:
        copies.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda: rpe.tasks.DoOnceTask([3, 5, 8, 13], reward=20.0),
        lambda: rpe.tasks.GraphTask.fan(4, 1.5),
        lambda: rpe.tasks.DatedChoice([5, 7], [1, 3]),
        rpe.tasks.ToDoList,
        lambda: rpe.tasks.five_minutes(rpe.tasks.micro_wins(2, n_units=4, deadline=9)),
        rpe.tasks.TwoProjects,
    ],
)
@pytest.mark.parametrize(
    "learner",
    [
        rpe.agents.QLearner(**RATES),
        rpe.agents.ExpectedSarsa(trace_decay=0.5, **RATES),
        rpe.agents.MicroAgents(),
        rpe.agents.ActorCritic(discount=0.9),
        rpe.agents.OptionsLearner(sub_goals=[2], given=False),
    ],
)
def test_tasks_with_masks(make, learner):
    task = make()
    one, two = (rpe.simulate.run(learner, t, n_trials=15, rng=0).full for t in (task, TaskEnv(task)))
    for a, b in zip(one, two, strict=True):
        assert_array_equal(a, b)
    state, action = one.state[..., :-1][one.action >= 0], one.action[one.action >= 0]
    assert np.broadcast_to(task.tables.available, task.tables.next_state.shape[1:])[state, action].all()


class Hidden(gym.Env):
    """Offers one of three actions, which one changes by the step and is not observed."""

    observation_space, action_space = gym.spaces.Discrete(1), gym.spaces.Discrete(3)

    def __init__(self, form=np.asarray):
        self.form = form

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.time = 0
        return 0, self.info()

    def info(self):
        mask = np.zeros(3, dtype=np.int8)
        mask[self.time % 3] = 1
        return {"action_mask": self.form(mask)}

    def step(self, action):
        assert action == self.time % 3, "a masked action was taken"
        self.time += 1
        return 0, float(action), self.time == 7, False, self.info()


class Obstinate:
    """An agent of one's own that knows no masks and always wants the last action."""

    def init(self, task, n_agents):
        return task.n_actions

    def policy(self, memory, state):
        return np.repeat(np.eye(memory)[:, -1:], len(state), axis=1)

    def update(self, memory, state, action, step, active):
        return np.zeros(len(state))


@pytest.mark.parametrize(
    "agent",
    [
        rpe.agents.QLearner(inverse_temperature=np.inf),
        rpe.agents.QLearner(exploration=1.0),
        rpe.agents.ActorCritic(),
        rpe.agents.OptionsLearner(sub_goals=[]),
        rpe.agents.CorticostriatalActor(reward_scale=1.0),
        rpe.mechanisms.ChoiceKernel(rpe.agents.QLearner(), weight=3.0),
        Obstinate(),
    ],
)
def test_masks_of_somebody_else_are_obeyed(agent):
    rpe.simulate.run(agent, Hidden(), n_trials=5, n_steps=7, rng=0)
    rpe.simulate.run(agent, SyncVectorEnv([Hidden] * 3), n_agents=3, n_trials=5, n_steps=7, rng=0)


@pytest.mark.parametrize("form", [list, tuple, np.ndarray.tolist, lambda mask: mask.astype(bool), np.float64])
def test_masks_of_any_form_are_obeyed(form):
    make = partial(Hidden, form)
    rpe.simulate.run(Obstinate(), make(), n_trials=2, n_steps=7, rng=0)
    rpe.simulate.run(Obstinate(), SyncVectorEnv([make] * 2), n_agents=2, n_trials=2, n_steps=7, rng=0)


def test_an_agent_that_knows_no_masks_is_kept_to_what_tasks_offer():
    task = rpe.tasks.ToDoList()
    full = rpe.simulate.run(Obstinate(), rpe.tasks.DoOnceTask([1, 2]), n_trials=2, rng=0).full
    assert full.action[0, 0].tolist() == [1, 0, 0]
    both = [rpe.simulate.run(Obstinate(), t, n_trials=2, rng=0).full.action for t in (task, TaskEnv(task))]
    assert_array_equal(*both)


def test_taxi_is_driven_within_its_mask():
    env = gym.make(TAXI)
    history = rpe.simulate.run(rpe.agents.QLearner(**RATES), env, n_trials=10, rng=0)
    full, core = history.full, env.unwrapped
    for state, action in zip(full.state[..., :-1][full.action >= 0], full.action[full.action >= 0], strict=True):
        assert core.action_mask(int(state))[action]


@pytest.mark.parametrize("name", IDS)
def test_every_id_is_a_good_environment(name):
    for mode in (None, "ansi", "rgb_array"):
        env = gym.make(name, render_mode=mode)
        check_env(env.unwrapped, skip_render_check=mode is None)
    env.reset(seed=0)
    assert env.render().shape == (160, 480, 3)


@pytest.mark.parametrize("name", IDS)
def test_a_masked_action_never_breaks_the_contract(name):
    env = gym.make(name)
    rng, over = np.random.default_rng(0), True
    for _ in range(100):
        if over:
            _, info = env.reset(seed=int(rng.integers(100)))
        assert_array_equal(env.unwrapped.action_masks(), info["action_mask"].astype(bool))
        forbidden = np.flatnonzero(info["action_mask"] == 0)
        action = int(rng.choice(forbidden)) if forbidden.size else int(rng.integers(env.action_space.n))
        observation, reward, terminated, truncated, info = env.step(action)
        assert env.observation_space.contains(observation)
        assert reward == pytest.approx(info["reward"] + info["points"] - info["effort"])
        over = terminated or truncated


def test_a_masked_action_is_an_idle_step():
    env = TaskEnv(rpe.tasks.ToDoList())
    env.reset(seed=0)
    state, *_ = env.step(0)
    after, reward, terminated, truncated, info = env.step(0)
    assert (after, reward, terminated, truncated, info["units"]) == (state, 0.0, False, False, 1)
    graph = TaskEnv(rpe.tasks.GraphTask({(0, 1): 1.0, (0, 2): 2.0, (1, 2): 0.0}))
    graph.reset(seed=0)
    graph.step(0)
    assert graph.step(1)[:4] == (1, 0.0, False, False)


class Ticking(gym.Env):
    """Counts units, ticks and costs of its own, in infos."""

    observation_space, action_space, n_units = gym.spaces.Discrete(2), gym.spaces.Discrete(2), 3

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.units = 0
        return 0, {"units": 0}

    def step(self, action):
        self.units += int(action)
        info = {"units": self.units, "reward": 2.0, "effort": 0.5, "points": 1.0, "pseudo_reward": 4.0}
        return 0, 2.5, self.units == 3, False, info


def test_an_environment_of_ones_own_says_the_parts():
    history = rpe.simulate.run(rpe.agents.QLearner(), Ticking(), n_trials=2, n_steps=9, rng=0)
    length = history.trials.length
    assert_array_equal(history.trials.reward, 2.0 * length)
    assert_array_equal(history.trials.effort, 0.5 * length)
    assert history.trials.units.tolist() == [[3, 3]]
    assert history.full.units[0, 0, -1] == 3
    doubled = gym.wrappers.TransformReward(Ticking(), lambda reward: 2 * reward)
    history = rpe.simulate.run(rpe.agents.QLearner(), doubled, n_trials=1, n_steps=9, rng=0)
    # A wrapper changed the reward, so that the parts no longer say what it is made of.
    assert_array_equal(history.trials.reward, 5.0 * history.trials.length)


def test_measures_and_dopamine_of_a_wrapped_environment():
    def lake(**options):
        return SubGoals(gym.make("FrozenLake-v1", is_slippery=False), [4, 8], **options)

    learner = rpe.agents.QLearner(learning_rate=0.3, discount=0.95, inverse_temperature=5.0)
    histories = [rpe.simulate.run(learner, env, n_trials=60, rng=0) for env in (lake(), tabulate(lake()))]
    for measure in (rpe.measures.procrastination_index, rpe.measures.momentum, rpe.measures.completion_probability):
        assert_array_equal(*(measure(history) for history in histories))
    first, full = histories[0], histories[0].full
    reached = np.stack([(full.state[0] // 3 == goal).any(axis=-1) for goal in (4, 8)])
    assert_array_equal(full.units[0, :, -1], full.state[0, :, -1] % 3)
    assert full.units[0, :, -1].max() == 2
    assert (full.units[0, :, -1] <= reached.sum(axis=0)).all()
    pi = 1 - full.units[0, :, :-1].sum(axis=-1) / (2 * first.n_steps)
    np.testing.assert_allclose(rpe.measures.procrastination_index(first)[0], pi)
    signal = rpe.dopamine.from_history(first, seconds_per_step=60.0)
    assert {"sub-goal 1", "sub-goal 2"} <= set(signal.events)
