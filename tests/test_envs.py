"""Gymnasium environments and the adapter: Gymnasium's own checks, and agreement with the tables and with each other."""

import warnings

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from numpy.testing import assert_array_equal
from toy_text import newest

import rpe
from rpe.envs import GoalEnv, GoalVectorEnv, as_task, tabulate

IDS = ("rpe/MicroWins-v0", "rpe/MonolithicGoal-v0")
SMALL = {"n_units": 4, "deadline": 9}
NOISY = SMALL | {"success_probability": 0.6, "disengagement": 0.4, "overhead": 1.0}
RICH = NOISY | {"fatigue_cost": 0.2, "max_fatigue": 4, "due": [4, 9], "forfeit": "all", "pay": "deadline"}


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("observation", ["state", "blind", "features"])
def test_gymnasiums_own_check(name, observation):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gym.make(name, observation=observation, n_units=5, deadline=9).unwrapped)
        check_env(gym.make(IDS[0], observation=observation, n_goals=2, **RICH).unwrapped)


@pytest.mark.parametrize("mode", ["ansi", "rgb_array"])
def test_gymnasiums_own_check_of_rendering(mode):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gym.make(IDS[0], render_mode=mode, n_goals=2, **SMALL).unwrapped)


@pytest.mark.parametrize("values", [SMALL, NOISY, RICH])
def test_scalar_env_follows_the_tables(values):
    """Every step against the tables, with the luck read off the same generator."""
    env = GoalEnv(n_goals=2, **values)
    task, tables = env.task, env.task.tables
    rng, luck = np.random.default_rng(0), gym.utils.seeding.np_random(7)[0]
    limits = np.cumsum(tables.outcome_probability.ravel())[:-1]
    shape = tables.next_state.shape
    env.reset(seed=7)
    state, over = 0, False
    while not over:
        action = int(rng.integers(task.n_actions))
        observation, utility, over, truncated, info = env.step(action)
        drawn = int((luck.random() >= limits).sum()) if limits.size else 0
        reward, effort = (np.broadcast_to(t, shape)[drawn, state, action] for t in (tables.reward, tables.effort))
        state = tables.next_state[drawn, state, action]
        assert observation == state
        assert (info["reward"], info["effort"]) == (reward, effort)
        assert utility == pytest.approx(reward - effort)
        assert not truncated
        assert_array_equal(info["action_mask"], tables.available[state])
    assert info["time"] == task.deadline


def rollout(env, actions, seed):
    """What a scalar environment does under given actions, beginning anew when over."""
    env.reset(seed=seed)
    seen = []
    for action in actions:
        observation, reward, over, _, info = env.step(int(action))
        seen.append((observation, reward, over, info["units"], info["effort"]))
        if over:
            env.reset()
    return seen


@pytest.mark.parametrize("values", [SMALL, NOISY, RICH])
def test_a_vector_of_one_is_the_scalar_env(values):
    """The same seed gives the same trajectory, noise included, over several trials."""
    actions = np.random.default_rng(1).integers(2, size=60)
    scalar = rollout(GoalEnv(n_goals=2, **values), actions, seed=3)
    envs = GoalVectorEnv(1, n_goals=2, autoreset_mode="SameStep", **values)
    envs.reset(seed=3)
    for action, (observation, reward, over, units, effort) in zip(actions, scalar, strict=True):
        seen, utility, terminated, truncated, infos = envs.step(np.array([action]))
        assert (utility[0], terminated[0], truncated[0]) == (reward, over, False)
        if over:
            assert infos["final_obs"][0] == observation
            assert infos["final_info"]["units"][0] == units
        else:
            assert (seen[0], infos["units"][0], infos["effort"][0]) == (observation, units, effort)


def assert_same(ours, theirs):
    """Two results of Gymnasium, infos included."""
    if isinstance(theirs, dict):
        assert set(ours) == set(theirs)
        for name in theirs:
            assert_same(ours[name], theirs[name])
    elif isinstance(theirs, np.ndarray) and theirs.dtype == object:
        for a, b in zip(ours, theirs, strict=True):
            assert (a is None) == (b is None)
            if b is not None:
                assert_array_equal(a, b)
    else:
        assert_array_equal(ours, theirs)


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
@pytest.mark.parametrize("observation", ["state", "features"])
def test_a_native_vector_equals_copies_of_the_scalar_env(mode, observation):
    """Without luck, in every observation, reward, flag and info, over several trials."""
    options = {"observation": observation, "n_goals": 2} | SMALL
    native = GoalVectorEnv(5, autoreset_mode=mode, **options)
    copies = SyncVectorEnv([lambda: GoalEnv(**options)] * 5, autoreset_mode=mode)
    for ours, theirs in zip(native.reset(seed=0), copies.reset(seed=0), strict=True):
        assert_same(ours, theirs)
    for actions in np.random.default_rng(2).integers(2, size=(35, 5)):
        for ours, theirs in zip(native.step(actions), copies.step(actions), strict=True):
            assert_same(ours, theirs)


def test_disabled_autoreset_waits_to_be_asked():
    native = GoalVectorEnv(3, autoreset_mode=AutoresetMode.DISABLED, n_goals=2, **SMALL)
    copies = SyncVectorEnv([lambda: GoalEnv(n_goals=2, **SMALL)] * 3, autoreset_mode=AutoresetMode.DISABLED)
    native.reset(seed=0)
    copies.reset(seed=0)
    for actions in np.random.default_rng(2).integers(2, size=(9, 3)):
        for ours, theirs in zip(native.step(actions), copies.step(actions), strict=True):
            assert_same(ours, theirs)
    with pytest.raises(ValueError, match=r"must be reset first; got \[0, 1, 2\]"):
        native.step(np.zeros(3, dtype=int))
    mask = np.array([True, False, True])
    for ours, theirs in zip(
        native.reset(options={"reset_mask": mask.copy()}),
        copies.reset(options={"reset_mask": mask.copy()}),
        strict=True,
    ):
        assert_same(ours, theirs)
    with pytest.raises(ValueError, match=r"got \[1\]"):
        native.step(np.zeros(3, dtype=int))
    native.reset(options={"reset_mask": ~mask})
    native.step(np.zeros(3, dtype=int))


def test_make_vec_is_native_and_reproducible():
    envs = gym.make_vec(IDS[0], num_envs=256, n_goals=5, n_units=12, deadline=40, success_probability=0.5)
    assert isinstance(envs, GoalVectorEnv)
    runs = []
    for _ in range(2):
        envs.reset(seed=11)
        runs.append([envs.step(np.ones(256, dtype=int))[0] for _ in range(50)])
    assert_array_equal(*runs)
    assert len(set(runs[0][30].tolist())) > 1


def test_observations_are_never_shared():
    envs = GoalVectorEnv(2, observation="features", n_goals=2, **SMALL)
    first, _ = envs.reset(seed=0)
    kept = first.copy()
    second = envs.step(np.ones(2, dtype=int))[0]
    second[:] = -1
    assert_array_equal(first, kept)
    assert (envs.step(np.ones(2, dtype=int))[0] >= 0).all()


def test_features_say_what_they_are():
    env = GoalEnv(observation="features", n_goals=2, **(RICH | {"success_probability": 1.0, "disengagement": 0.0}))
    observation, _ = env.reset(seed=0)
    assert dict(zip(rpe.envs.FEATURE_NAMES, observation.tolist(), strict=True)) == {
        "time left": 1.0,
        "share done": 0.0,
        "engaged": 0.0,
        "to next goal": 0.5,
        "fatigue": 0.0,
        "missed sub-deadlines": 0.0,
    }
    observation = env.step(1)[0]
    assert observation == pytest.approx([8 / 9, 0.25, 1.0, 0.25, 0.25, 0.0])
    for _ in range(3):
        observation = env.step(0)[0]
    assert observation == pytest.approx([5 / 9, 0.25, 0.0, 0.25, 0.0, 1.0])


def test_a_ruled_out_action_is_an_idle_step():
    env = GoalEnv(split=False, n_units=1, deadline=5)
    env.reset(seed=0)
    info = env.step(1)[4]
    assert info["action_mask"].tolist() == [1, 0]
    _, reward, _, _, info = env.step(1)
    assert (reward, info["units"], info["time"]) == (0.0, 1, 2)


def test_pictures():
    env = gym.make(IDS[0], render_mode="rgb_array", n_goals=2, **SMALL)
    env.reset(seed=0)
    before = env.render()
    env.step(1)
    after = env.render()
    assert before.shape == after.shape == (160, 480, 3)
    assert before.dtype == np.uint8
    assert (before != after).any()
    text = GoalEnv(render_mode="ansi", n_goals=2, **SMALL)
    text.reset(seed=0)
    text.step(1)
    assert text.render() == "[█·|··|] 1/4 units, 8 of 9 steps left  work"
    vector = GoalVectorEnv(2, render_mode="ansi", n_goals=2, **SMALL)
    vector.reset(seed=0)
    assert vector.render() == ("[··|··|] 0/4 units, 9 of 9 steps left",) * 2


# --- the adapter --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("FrozenLake-v1", (16, 4, 100)),
        (newest("CliffWalking"), (48, 4, None)),
        (newest("Taxi"), (500, 6, 200)),
        ("Blackjack-v1", (704, 2, None)),
    ],
)
def test_adapter_sees_the_sizes(name, sizes):
    for env in (gym.make(name), gym.make_vec(name, num_envs=3)):
        task = as_task(env)
        assert (task.n_states, task.n_actions, task.n_steps) == sizes


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_adapter_gives_true_transitions(mode):
    """Each copy of FrozenLake against one stepped by hand, up to and including the end of its trial."""
    make = lambda: gym.make("FrozenLake-v1", is_slippery=True, max_episode_steps=12)  # noqa: E731
    task = as_task(SyncVectorEnv([make] * 4, autoreset_mode=mode))
    for trial in range(3):
        state = task.start(seed=trial)
        singles = [make() for _ in range(4)]
        expected = [env.reset(seed=trial + i)[0] for i, env in enumerate(singles)]
        assert_array_equal(state, expected)
        active, rng = np.ones(4, dtype=bool), np.random.default_rng(trial)
        while active.any():
            action = rng.integers(4, size=4)
            step = task.step(action, active)
            for i in np.flatnonzero(active):
                observation, reward, terminated, truncated, _ = singles[i].step(int(action[i]))
                found = (step.state[i], step.reward[i], step.terminated[i], step.truncated[i])
                assert found == (observation, reward, terminated, truncated)
            active &= ~(step.terminated | step.truncated)


def test_adapter_numbers_tuples_through():
    env = gym.make("Blackjack-v1")
    task = as_task(env)
    state = task.start(seed=0)
    observation = env.unwrapped._get_obs()
    assert np.unravel_index(state[0], (32, 11, 2)) == observation


class Offset(gym.Env):
    """Spaces that do not start at 0."""

    observation_space = gym.spaces.Discrete(3, start=5)
    action_space = gym.spaces.Discrete(2, start=-1)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 5, {}

    def step(self, action):
        assert action in (-1, 0)
        return 6 + (action + 1), float(action), True, False, {}


def test_adapter_respects_where_spaces_start():
    task = as_task(Offset())
    assert task.start(seed=0).tolist() == [0]
    step = task.step(np.array([1]))
    assert (step.state[0], step.reward[0], bool(step.terminated[0])) == (2, 0.0, True)


@pytest.mark.parametrize("name", ["FrozenLake-v1", newest("CliffWalking"), newest("Taxi")])
def test_published_dynamics_are_what_happens(name):
    env = gym.make(name)
    task = tabulate(env, n_steps=50)
    tables, rng = task.tables, np.random.default_rng(0)
    state, _ = env.reset(seed=0)
    assert task.initial_probability[state] > 0
    for _ in range(300):
        action = int(rng.integers(task.n_actions))
        after, reward, terminated, truncated, _ = env.step(action)
        possible = tables.outcome_probability[:, state, action] > 0
        match = possible & (tables.next_state[:, state, action] == after) & (tables.reward[:, state, action] == reward)
        assert (match & (tables.terminated[:, state, action] == terminated)).any()
        state = env.reset()[0] if terminated or truncated else after


def test_exact_solution_of_frozen_lake():
    """Value iteration on the published dynamics: the best chance of the goal within 100 slippery steps."""
    env = gym.make("FrozenLake-v1")
    value = np.zeros(16)
    for _ in range(100):
        value = np.array(
            [
                max(
                    sum(p * (r + (0 if over else value[s])) for p, s, r, over in row)
                    for row in env.unwrapped.P[state].values()
                )
                for state in range(16)
            ]
        )
    wise = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=float("inf"))
    found = wise.init(tabulate(env), 1).value[0]
    np.testing.assert_allclose(found, value, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: gym.make(IDS[0], n_goal=5), TypeError, "n_goal"),
        (lambda: gym.make(IDS[1], n_goals=5), TypeError, "n_goals"),
        (lambda: GoalEnv(observation="pixels"), ValueError, "observation must be one of 'state', 'blind', 'features'"),
        (lambda: GoalEnv(render_mode="human"), ValueError, "render_mode must be one of"),
        (lambda: GoalEnv(n_goals=30), ValueError, "n_goals must be at most n_units = 20; got 30"),
        (lambda: GoalEnv(deadline=0), ValueError, "deadline must be at least 1; got 0"),
        (lambda: GoalEnv(reward=float("nan")), ValueError, "reward must be finite"),
        (lambda: GoalEnv(task=rpe.tasks.SemesterTask()), TypeError, "task must be a GoalTask"),
        (lambda: GoalEnv(task=rpe.tasks.monolithic(), n_units=3), TypeError, "n_units"),
        (lambda: GoalVectorEnv(0), ValueError, "num_envs must be at least 1; got 0"),
        (lambda: GoalVectorEnv(2, autoreset_mode="sometimes"), ValueError, "sometimes"),
        (lambda: as_task("FrozenLake-v1"), TypeError, "Gymnasium environment, such as"),
        (lambda: as_task(gym.make("CartPole-v1")), TypeError, "observation_space must be discrete, .* got Box"),
        (lambda: as_task(gym.make("Pendulum-v1")), TypeError, "action_space must be Discrete; got Box"),
        (lambda: tabulate(gym.make("Blackjack-v1")), TypeError, "must publish its dynamics"),
        (lambda: tabulate(gym.make(newest("CliffWalking"))), ValueError, "n_steps must be given"),
        (
            lambda: tabulate(gym.wrappers.TransformReward(gym.make("FrozenLake-v1"), lambda r: 2 * r)),
            TypeError,
            "got TransformReward",
        ),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_bad_steps():
    env = GoalEnv(n_goals=2, **SMALL)
    with pytest.raises(ValueError, match="reset must be called"):
        env.step(0)
    env.reset(seed=0)
    for action in (2, -1, 0.5, None):
        with pytest.raises(ValueError, match="action must lie in"):
            env.step(action)
    envs = GoalVectorEnv(2, n_goals=2, **SMALL)
    with pytest.raises(ValueError, match="reset must be called"):
        envs.step([0, 0])
    with pytest.raises(TypeError, match="seed"):
        envs.reset(seed=[1, 2])
    envs.reset(seed=0)
    for actions in ([0], [0, 2], [0.0, 1.0], [-1, 0]):
        with pytest.raises(ValueError, match="actions must"):
            envs.step(actions)
    with pytest.raises(TypeError, match="reset_mask must be a bool array"):
        envs.reset(options={"reset_mask": [True, False]})
    with pytest.raises(ValueError, match="and a True"):
        envs.reset(options={"reset_mask": np.zeros(2, dtype=bool)})


class Corridor(gym.Env):
    """Three cells that nobody registered."""

    observation_space, action_space = gym.spaces.Discrete(3), gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.cell = 0
        return 0, {}

    def step(self, action):
        self.cell = min(2, self.cell + int(action))
        return self.cell, 0.0, False, False, {}


def test_a_time_limit_is_seen_without_a_registration():
    history = rpe.simulate.run(rpe.agents.QLearner(), gym.wrappers.TimeLimit(Corridor(), 7), n_trials=2, rng=0)
    assert history.n_steps == 7
    assert history.trials.length.tolist() == [[7, 7]]
