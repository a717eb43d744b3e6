"""What an environment says is checked: its tables, what it returns, what success is; and observations of any kind."""

from typing import ClassVar

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import SyncVectorEnv
from toy_text import TAXI, TAXI_OPTIONS, newest

import rpe
from rpe.envs import GoalVectorEnv, SubGoals, discretize, encode, tabulate


class Two(gym.Env):
    """Two states, one step; what it returns is given."""

    observation_space, action_space = spaces.Discrete(2), spaces.Discrete(1)

    def __init__(self, step, reset=(0, {})):
        self.to_step, self.to_reset = step, reset

    def reset(self, *, seed=None, options=None):
        return self.to_reset

    def step(self, action):
        return self.to_step


NONSENSE = pytest.mark.parametrize(
    ("step", "reset", "error", "match"),
    [
        ((1, np.nan, True, False, {}), (0, {}), ValueError, "reward must be finite; got nan"),
        ((1, np.inf, True, False, {}), (0, {}), ValueError, "reward must be finite; got inf"),
        ((1, "1", True, False, {}), (0, {}), TypeError, "reward must be a number.*'1'"),
        ((1, [1.0], True, False, {}), (0, {}), TypeError, "reward must be a number"),
        ((1, 1.0, 1, False, {}), (0, {}), TypeError, "terminated must be True or False"),
        ((1, 1.0, True, None, {}), (0, {}), TypeError, "truncated must be True or False"),
        ((1, 1.0, True, False, None), (0, {}), TypeError, "info must be a dict"),
        ((1, 1.0, True, {}), (0, {}), TypeError, "4 values.*older interface"),
        ((2, 1.0, True, False, {}), (0, {}), ValueError, r"observation must lie in Discrete\(2\).*2"),
        ((-1, 1.0, True, False, {}), (0, {}), ValueError, r"observation must lie in Discrete\(2\).*-1"),
        ((0.5, 1.0, True, False, {}), (0, {}), ValueError, r"observation must lie in Discrete\(2\).*0.5"),
        ((1, 1.0, True, False, {}), (7, {}), ValueError, r"observation must lie in Discrete\(2\).*7"),
        ((1, 1.0, True, False, {}), 0, TypeError, r"reset must return \(observation, info\).*older interface"),
        ((1, 1.0, True, False, {}), (0, 0), TypeError, "reset must return"),
        ((1, 1.0, False, False, {"action_mask": [0]}), (0, {}), ValueError, "action_mask must offer an action"),
        ((1, 1.0, False, False, {"action_mask": [1, 1]}), (0, {}), ValueError, "action_mask.* for each of 1 actions"),
        ((1, 1.0, False, False, {"action_mask": [-1]}), (0, {}), ValueError, "action_mask.* must hold 0 or 1"),
        ((1, 1.0, False, False, {"action_mask": np.array(["1"])}), (0, {}), ValueError, "action_mask.* must hold"),
        ((1, 1.0, True, False, {}), (0, {"action_mask": [np.nan]}), ValueError, "action_mask.* must hold 0 or 1"),
        ((1, 10**400, True, False, {}), (0, {}), ValueError, "reward must be finite"),
        ((np.array([1]), 1.0, True, False, {}), (0, {}), ValueError, r"observation must lie in Discrete\(2\)"),
    ],
)


@NONSENSE
def test_nonsense_is_named(step, reset, error, match):
    with pytest.raises(error, match=match):
        rpe.simulate.run(rpe.agents.QLearner(), Two(step, reset), n_trials=2, n_steps=1, rng=0)


@NONSENSE
def test_nonsense_in_a_vector_is_named(step, reset, error, match):
    """Before Gymnasium has cast it."""
    envs = SyncVectorEnv([lambda: Two((1, 1.0, True, False, {})), lambda: Two(step, reset)])
    with pytest.raises(error, match=match):
        rpe.simulate.run(rpe.agents.QLearner(), envs, n_agents=2, n_trials=2, n_steps=1, rng=0)
    assert type(envs.envs[1]) is Two


class Later(gym.Env):
    """Well-behaved in the first trial, and not in the second."""

    observation_space, action_space, trial = spaces.Discrete(2), spaces.Discrete(1), 0

    def __init__(self, step):
        self.to_step = step

    def reset(self, *, seed=None, options=None):
        self.trial += 1
        return 0, {}

    def step(self, action):
        return self.to_step if self.trial == 2 else (1, 1.0, True, False, {})


@pytest.mark.parametrize(
    ("step", "match"),
    [((1, np.nan, True, False, {}), "reward must be finite"), ((2, 1.0, True, False, {}), "observation must lie in")],
)
def test_nonsense_that_comes_late_is_named(step, match):
    for env in (Later(step), SyncVectorEnv([lambda: Later(step)])):
        with pytest.raises(ValueError, match=match):
            rpe.simulate.run(rpe.agents.QLearner(), env, n_trials=2, n_steps=1, rng=0)


def test_whole_numbers_and_numpy_numbers_are_rewards():
    for reward in (1, np.float32(1), np.int64(1), np.array(1.0)):
        env = Two((np.int64(1), reward, np.bool_(True), False, {"action_mask": None}))
        assert rpe.simulate.run(rpe.agents.QLearner(), env, n_steps=1).trials.reward.tolist() == [[1.0]]


class Own:
    """An agent with a policy of any kind."""

    def __init__(self, policy, error=0.0):
        self.given, self.error = policy, error

    def init(self, task, n_agents):
        return None

    def policy(self, memory, state):
        return self.given

    def update(self, memory, state, action, step, active):
        return np.full(len(state), self.error) if np.ndim(self.error) == 0 else self.error


@pytest.mark.parametrize(
    ("policy", "error", "match"),
    [
        (np.full((2, 3), 0.5).T, ValueError, r"must have shape \(n_actions, n_agents\) = \(2, 3\).*got \(3, 2\)"),
        (np.full((2, 3), 0.4), ValueError, "sum to 1"),
        (np.full((2, 3), np.nan), ValueError, "sum to 1"),
        (np.array([[1.5] * 3, [-0.5] * 3]), ValueError, "sum to 1"),
        (None, TypeError, "policy of Own must be an array of numbers"),
    ],
)
def test_policies_of_ones_own_are_checked(policy, error, match):
    for task in (rpe.tasks.bandit([0.2, 0.8]), SyncVectorEnv([lambda: gym.make("rpe/Bandit-v0")] * 3)):
        with pytest.raises(error, match=match):
            rpe.simulate.run(Own(policy), task, n_agents=3, rng=0)


def test_a_square_policy_the_wrong_way_round():
    policy = np.array([[0.9, 0.1], [0.8, 0.2]])
    with pytest.raises(ValueError, match="sum to 1 over the first axis"):
        rpe.simulate.run(Own(policy), rpe.tasks.bandit([0.2, 0.8]), n_agents=2, rng=0)
    rpe.simulate.run(Own(policy.T), rpe.tasks.bandit([0.2, 0.8]), n_agents=2, rng=0)
    with pytest.raises(ValueError, match=r"must have shape \(n_agents,\) = \(2,\)"):
        rpe.simulate.run(Own(policy.T, np.zeros((2, 2))), rpe.tasks.bandit([0.2, 0.8]), n_agents=2, rng=0)


# Tables are not taken on trust.


class Lake(type(gym.make("FrozenLake-v1").unwrapped)):
    """The frozen lake with a step of its own."""

    def step(self, action):
        return self.changed(*super().step(action))


class Paying(Lake):
    def changed(self, state, reward, *rest):
        return (state, reward - 0.01, *rest)


class Endless(Lake):
    def changed(self, state, reward, terminated, truncated, info):
        return state, reward, False, truncated, info


class Drifting(Lake):
    def changed(self, state, *rest):
        if state == 4:
            self.s = state = 0
        return (state, *rest)


class Slipperier(Lake):
    """Where it does not slip, it slips in a third of the steps."""

    def step(self, action):
        return super(Lake, self).step(action if self.np_random.random() < 0.9 else (action + 2) % 4)


class Coin(gym.Env):
    """A coin that is said to be fair."""

    observation_space, action_space, start_state_index = spaces.Discrete(3), spaces.Discrete(1), 0
    P: ClassVar = {
        0: {0: [(0.5, 1, 1.0, True), (0.5, 2, 0.0, True)]},
        1: {0: [(1.0, 1, 0.0, True)]},
        2: {0: [(1.0, 2, 0.0, True)]},
    }

    def __init__(self, chance):
        self.chance = chance

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        won = self.np_random.random() < self.chance
        return (1, 1.0, True, False, {}) if won else (2, 0.0, True, False, {})


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Paying(), r"action \d in state \d+ pays -0.01"),
        (lambda: Endless(), r"action \d in state \d+ ends the trial: False"),
        (lambda: Drifting(is_slippery=False), r"action 1 in state 0 leads to state 0, where P allows 4"),
        (lambda: Slipperier(is_slippery=False), r"leads to state"),
        (lambda: Slipperier(), r"leads to state"),
        (lambda: Coin(0.8), r"action 0 in state 0 leads to state \d in \d+ of 400 steps, where P has probability 0.5"),
    ]
    + [
        (lambda: gym.make(TAXI, fickle_passenger=True), r"action \d in state \d+ leads to state"),
    ]
    * ("fickle_passenger" in TAXI_OPTIONS),
)
def test_environments_that_do_not_play_by_their_tables(make, match):
    with pytest.raises(ValueError, match=match):
        tabulate(make(), n_steps=50)
    assert tabulate(make(), n_steps=50, check=False).n_steps == 50


def test_honest_environments_are_left_as_they_are():
    assert tabulate(Coin(0.5), 1).n_states == 3
    env = gym.wrappers.RecordEpisodeStatistics(gym.make("FrozenLake-v1"))
    first = env.reset(seed=3), [env.step(1)[0] for _ in range(3)]
    env.reset(seed=3)
    assert tabulate(env).n_steps == 100
    assert [env.step(1)[0] for _ in range(3)] == first[1]
    for options in [{}] + [{"is_rainy": True}] * ("is_rainy" in TAXI_OPTIONS):
        task = tabulate(gym.make(TAXI, **options))
        core = gym.make(TAXI).unwrapped
        np.testing.assert_array_equal(task.tables.available[123], core.action_mask(123).astype(bool))


@pytest.mark.parametrize(
    ("row", "error", "match"),
    [
        ([(0.9, 1, 1.0, True)], ValueError, "action 0 in state 0 sum to 0.9"),
        ([], ValueError, "action 0 in state 0 sum to 0"),
        ([(1.5, 1, 1.0, True), (-0.5, 2, 1.0, True)], ValueError, r"action 0 in state 0 has \(-0.5"),
        ([(1.0, 1, np.nan, True)], ValueError, "action 0 in state 0 has .*nan"),
        ([(1.0, 3, 1.0, True)], ValueError, "states from 0 to 2 .* action 0 in state 0"),
        ([(1.0, 1, 1.0)], TypeError, r"\(probability, next state, reward, terminated\).* action 0 in state 0"),
        ([("1", 1, 1.0, True)], TypeError, "action 0 in state 0"),
        ([(1.0, 1.5, 1.0, True)], TypeError, "action 0 in state 0"),
    ],
)
def test_tables_that_are_none(row, error, match):
    env = Coin(0.5)
    env.P = env.P | {0: {0: row}}
    with pytest.raises(error, match=match):
        tabulate(env, 1)


# Success is said.


class Grid(gym.Env):
    """Five by five, −1 a step and something at the far corner."""

    action_space, observation_space, start_state_index = spaces.Discrete(4), spaces.Discrete(25), 0

    def __init__(self, at_goal=0.0, pit=None):
        self.at_goal, self.pit = at_goal, pit
        self.P = {s: {a: [(1.0, *self.outcome(s, a))] for a in range(4)} for s in range(25)}

    def outcome(self, state, action):
        row, column = divmod(state, 5)
        row, column = np.clip([row + (action == 1) - (action == 3), column + (action == 0) - (action == 2)], 0, 4)
        to = int(5 * row + column)
        return to, self.at_goal if to == 24 else -1.0, to in (24, self.pit)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.s = 0
        return 0, {}

    def step(self, action):
        self.s, reward, over = self.outcome(self.s, int(action))
        return self.s, reward, over, False, {}


@pytest.mark.parametrize("at_goal", [0.0, 1.0, -1.0])
@pytest.mark.parametrize("reward", [10.0, -7.0])
def test_pay_leaves_a_successful_trial_as_it_was(at_goal, reward):
    way = [0, 0, 0, 0, 1, 1, 1, 1]
    for marks in ([2, 4], [4, 2, 14, 19]):
        env = SubGoals(Grid(at_goal), marks, reward=reward)
        env.reset(seed=0)
        assert sum(env.step(a)[1] for a in way) == pytest.approx(-7 + at_goal)
        task = tabulate(SubGoals(gym.wrappers.TimeLimit(Grid(at_goal), 40), marks, reward=reward))
        best = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=np.inf)
        found = float(rpe.measures.exact(best, task).reward[0])
        assert found >= -7 + at_goal - 1e-9
        if reward > 0:
            assert found == pytest.approx(-7 + at_goal)


def test_the_cliff():
    env = SubGoals(gym.make(newest("CliffWalking")), [24, 30, 35], matching="pay", reward=10.0)
    env.reset(seed=0)
    assert sum(env.step(a)[1] for a in [0] + [1] * 11 + [2]) == pytest.approx(-13)


def test_what_marks_a_goal():
    # A pit that costs as much as the goal is no better marked; one that costs more is.
    with pytest.raises(ValueError, match="success must say"):
        SubGoals(Grid(-1.0, pit=12), [4])
    assert SubGoals(Grid(0.0, pit=12), [4]).success.states == {24}
    assert SubGoals(gym.make("FrozenLake-v1"), [4]).success.states == {15}
    said = SubGoals(Grid(-1.0, pit=12), [4], success=lambda state: state == 24)
    assert SubGoals(Grid(-1.0, pit=12), [4], success=[24]).success(24)
    np.testing.assert_array_equal(
        tabulate(said, 9).tables.reward, tabulate(SubGoals(Grid(-1.0, pit=12), [4], success=24), 9).tables.reward
    )
    with pytest.raises(ValueError, match="success must say"):
        SubGoals(Two((1, 1.0, True, False, {})), [1])
    SubGoals(Two((1, 1.0, True, False, {})), [1], matching="feedback")
    with pytest.raises(ValueError, match="success must hold at least one state"):
        SubGoals(gym.make("FrozenLake-v1"), [4], success=[])


@pytest.mark.parametrize(
    ("goals", "error", "match"),
    [
        ([16], ValueError, "sub_goals must lie in the observation space, from 0 to 15; got 16"),
        ([-1], ValueError, "sub_goals must lie in the observation space"),
        ([4, 8, 4], ValueError, "sub_goals must be different states"),
    ],
)
def test_sub_goals_are_states(goals, error, match):
    with pytest.raises(error, match=match):
        SubGoals(gym.make("FrozenLake-v1"), goals)


@pytest.mark.filterwarnings("ignore:.*is different from the unwrapped version")
def test_a_wrapped_environment_can_be_made_again():
    env = SubGoals(gym.make("FrozenLake-v1"), [4, 8], share=0.5)
    again = gym.make(env.spec)
    assert (again.observation_space, again.share) == (env.observation_space, 0.5)
    assert gym.make_vec(env.spec, num_envs=2).single_observation_space == env.observation_space
    check_env(env, skip_render_check=True)  # which needs pygame


# More spaces.


class Says(gym.Env):
    """Two observations of a space, one after the other."""

    action_space = spaces.Discrete(2)

    def __init__(self, space):
        self.observation_space = space

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.observation_space.seed(0)
        return self.observation_space.sample(), {}

    def step(self, action):
        return self.observation_space.sample(), 1.0, False, False, {}


NESTED = spaces.Dict(
    {
        "a": spaces.Tuple((spaces.Discrete(3, start=-1), spaces.MultiBinary((2, 2)))),
        "b": spaces.MultiDiscrete([[2, 3], [4, 2]], start=[[1, 0], [0, -1]]),
    }
)


@pytest.mark.parametrize("space", [NESTED, NESTED["a"], NESTED["b"], spaces.MultiBinary(3), spaces.MultiBinary((2, 2))])
def test_discrete_spaces_of_any_shape(space):
    task = rpe.envs.as_task(Says(space))
    size = {spaces.Dict: 3 * 16 * 48, spaces.Tuple: 48, spaces.MultiDiscrete: 48}
    assert task.n_states == size.get(type(space), 2 ** int(np.prod(space.shape or 0)))
    space.seed(1)
    seen = {}
    for _ in range(300):
        observation = space.sample()
        number = task._numbering.one(observation)
        assert 0 <= number < task.n_states
        assert seen.setdefault(number, repr(observation)) == repr(observation)
    assert len(set(seen.values())) == len(seen)
    one, many = task.start(0), rpe.envs.as_task(SyncVectorEnv([lambda: Says(space)] * 3)).start(0)
    assert many.tolist() == one.tolist() * 3


@pytest.mark.filterwarnings("ignore:.*is different from the unwrapped version")
def test_bins():
    env = discretize(Says(spaces.Box(-1, 1, (2,))), [4, 2])
    cells = [env.observation(np.array(x)) for x in ([-1, -1], [-0.5, 0], [0.99, 0.99], [1, 1], [-5, 5])]
    assert cells == [0, 3, 7, 7, 1]
    check_env(discretize(gym.make("MountainCar-v0"), 8), skip_render_check=True)
    for bad in ([np.nan, 0.0], [0.0], 0.0):
        with pytest.raises(ValueError, match=r"observation must have shape \(2,\) and no NaN"):
            env.observation(np.array(bad))
    with pytest.raises(ValueError, match="low must be given"):
        discretize(gym.make("CartPole-v1"), 8)
    history = rpe.simulate.run(
        rpe.agents.QLearner(), discretize(gym.make("MountainCar-v0"), 8), n_trials=1, n_steps=20, rng=0
    )
    assert history.task.n_states == 64


def test_any_observation_is_numbered_as_it_is_met():
    seen = encode(Says(spaces.Dict({"image": spaces.Box(0, 1, (2, 2), np.uint8), "text": spaces.Text(2)})), n_states=9)
    a, b = ({"image": np.eye(2, dtype=np.uint8) * k, "text": "x"} for k in (0, 1))
    assert [seen.observation(x) for x in (a, b, a, {**a, "text": "y"})] == [0, 1, 0, 2]
    same = encode(Says(spaces.Box(-1, 1, (2,))))
    for equal in ([0.0, 1.0], [-0.0, 1.0]):
        assert same.observation(np.array(equal)) == 0
    assert same.observation(np.array(["a", None], dtype=object)) == same.observation(
        np.array(["a", None], dtype=object)
    )
    for bad in (np.nan, np.array([np.nan]), {"a": (1, float("nan"))}):
        with pytest.raises(ValueError, match="observation must not hold NaN"):
            same.observation(bad)
    few = encode(gym.make("Blackjack-v1"), n_states=2)
    with pytest.raises(ValueError, match="n_states must be at least the number of different observations"):
        rpe.simulate.run(rpe.agents.QLearner(), few, n_trials=50, n_steps=20, rng=0)
    high = encode(gym.make("Blackjack-v1"), lambda hand: hand[0] > 16)
    assert len(rpe.simulate.run(rpe.agents.QLearner(), high, n_trials=50, n_steps=20, rng=0).task.env.numbers) == 2


def test_native_vectors_are_cut_short():
    for mode in ("NextStep", "SameStep"):
        envs = GoalVectorEnv(2, n_goals=2, n_units=4, deadline=9, max_episode_steps=3, autoreset_mode=mode)
        envs.reset(seed=0)
        found = [envs.step(np.ones(2, dtype=int)) for _ in range(3)]
        assert [step[3].all() for step in found] == [False, False, True]
        assert not any(step[2].any() for step in found)
        assert rpe.envs.as_task(envs).n_steps == 3
    made = gym.make_vec("rpe/MicroWins-v0", num_envs=2, n_goals=2, n_units=4, deadline=9, max_episode_steps=3)
    one = gym.make("rpe/MicroWins-v0", n_goals=2, n_units=4, deadline=9, max_episode_steps=3)
    runs = [rpe.simulate.run(rpe.agents.QLearner(), env, n_trials=2, rng=0) for env in (made, one)]
    assert [run.n_steps for run in runs] == [3, 3]
