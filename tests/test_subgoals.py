"""Sub-goals around other people's environments: budgets, points and tables."""

import gymnasium as gym
import numpy as np
import pytest

import rpe
from rpe.envs import SubGoals
from rpe.tasks import MATCHINGS

# The safe way over the small lake: down, down, right, down, right, right.
WAY, STATES = (1, 1, 2, 1, 2, 2), (4, 8, 9, 13, 14, 15)
WORTH = rpe.discounting.Exponential(0.9)


def lake(**options):
    return gym.make("FrozenLake-v1", is_slippery=False, **options)


def wrapped(matching, goals=(8, 13), **options):
    extra = {"discounting": WORTH, "reference_steps": [2, 4, 6]} if matching == "present_value" else {}
    return SubGoals(lake(), goals, matching=matching, **extra, **options)


def walk(env, actions=WAY, seed=0):
    env.reset(seed=seed)
    found = [env.step(action) for action in actions]
    return [x[0] for x in found], [float(x[1]) for x in found], [x[4] for x in found]


def test_payments_by_hand():
    states, rewards, infos = walk(wrapped("pay"))
    assert states == [12, 25, 28, 41, 44, 47]
    np.testing.assert_allclose(rewards, [0, 1 / 3, 0, 1 / 3, 0, 1 / 3], atol=1e-12)
    assert [info["sub_goals"] for info in infos] == [0, 1, 1, 2, 2, 2]
    assert [info["sub_goal"] for info in infos] == [False, True, False, True, False, False]


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("goals", [(8,), (8, 13), (13, 8), (14, 9, 4)])
@pytest.mark.parametrize("in_order", [True, False])
def test_a_successful_trial_earns_the_same(share, goals, in_order):
    _, rewards, _ = walk(wrapped("pay", goals, share=share, in_order=in_order))
    assert sum(rewards) == pytest.approx(1.0, abs=1e-12)


def test_a_failed_trial_keeps_what_it_won():
    _, rewards, _ = walk(wrapped("pay"), (1, 1, 0, 0, 0, 0))
    assert sum(rewards) == pytest.approx(1 / 3)


def test_present_value_on_the_reference_path():
    _, rewards, _ = walk(wrapped("present_value"))
    assert rewards @ np.asarray(WORTH(np.arange(6.0))) == pytest.approx(float(WORTH(5.0)), abs=1e-12)
    assert sum(rewards) < 1.0


@pytest.mark.parametrize("gamma", [1.0, 0.9])
def test_points_telescope(gamma):
    env = wrapped("potential", potential_discount=gamma)
    _, rewards, infos = walk(env)
    points = [info["points"] for info in infos]
    assert gamma ** np.arange(6) @ points == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(np.array(rewards) - points, [0, 0, 0, 0, 0, 1])
    distance = SubGoals(lake(), potential=lambda state: state / 15, matching="potential", potential_discount=gamma)
    _, rewards, infos = walk(distance, WAY[:4])
    points = [info["points"] for info in infos]
    assert gamma ** np.arange(4) @ points == pytest.approx(gamma**4 * 13 / 15)
    assert distance.observation_space == lake().observation_space


@pytest.mark.parametrize("matching", ["feedback", "pseudo_reward"])
def test_rewards_stay_bit_for_bit(matching):
    rng = np.random.default_rng(0)
    actions = rng.integers(0, 4, 200).tolist()
    plain, other = gym.make("FrozenLake-v1"), SubGoals(gym.make("FrozenLake-v1"), [4, 8], matching=matching)
    for env in (plain, other):
        env.reset(seed=5)
    for action in actions:
        one, two = plain.step(action), other.step(action)
        assert one[1:4] == two[1:4]
        assert two[0] // 3 == one[0]
        if one[2] or one[3]:
            plain.reset()
            other.reset()
    _, _, infos = walk(wrapped(matching))
    total = sum(info["pseudo_reward"] for info in infos)
    assert total == pytest.approx(2 / 3 if matching == "pseudo_reward" else 0.0)


def test_any_order_and_once_per_trial():
    env = wrapped("pay", (4, 0), in_order=False)
    states, rewards, _ = walk(env, (1, 3, 1, 3))
    np.testing.assert_allclose(rewards, [1 / 3, 1 / 3, 0, 0])
    assert [state % 4 for state in states] == [1, 3, 3, 3]
    in_order = wrapped("pay", (0, 4))
    assert walk(in_order, (1, 3, 1))[1] == pytest.approx([0, 1 / 3, 1 / 3])


@pytest.mark.parametrize("matching", MATCHINGS)
def test_it_is_a_good_environment_and_tables_say_the_same(matching):
    env = wrapped(matching)
    assert all(env.observation_space.contains(state) for state in walk(env)[0])
    task = rpe.envs.tabulate(env)
    assert task.n_states == env.observation_space.n
    rng = np.random.default_rng(1)
    for _ in range(30):
        state, _ = env.reset(seed=int(rng.integers(1000)))
        for _ in range(30):
            action = int(rng.integers(4))
            tables = task.step(np.array([state]), np.array([action]), rng)
            state, reward, over, cut, info = env.step(action)
            assert tables.state[0] == state
            assert tables.reward[0] + tables.points[0] == pytest.approx(reward)
            assert tables.pseudo_reward[0] == pytest.approx(info["pseudo_reward"])
            assert tables.terminated[0] == over
            if over or cut:
                break


def test_points_leave_the_best_policy_and_payments_may_not():
    best = rpe.agents.Planner(rpe.discounting.Exponential(0.9), inverse_temperature=np.inf, horizon=60)
    plain = best.init(rpe.envs.tabulate(wrapped("feedback")), 1).value[0]
    pointed = best.init(rpe.envs.tabulate(wrapped("potential", potential_discount=0.9)), 1).value[0]
    won = np.arange(48) % 3
    inside = np.array([s not in (5, 7, 11, 12, 15) for s in range(16)]).repeat(3)
    np.testing.assert_allclose((pointed + won * 0.25)[inside], plain[inside], atol=1e-3)


def test_other_observations_and_agents():
    class Box(gym.ObservationWrapper):
        observation_space = gym.spaces.Box(0, 15, (1,))

        def observation(self, observation):
            return np.array([observation], dtype=np.float32)

    env = SubGoals(Box(lake()), [lambda x: x[0] == 8])
    observation, _ = env.reset(seed=0)
    assert env.observation_space.contains(observation)
    learner = rpe.agents.QLearner(learning_rate=0.5, discount=0.95, inverse_temperature=20.0)
    history = rpe.simulate.run(learner, wrapped("pay"), n_trials=200, rng=0)
    assert history.trials.reward[0, -20:].mean() > 0.5


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: SubGoals("lake", [4]), TypeError, "env must be a Gymnasium"),
        (lambda: SubGoals(lake()), ValueError, "sub_goals must hold at least one"),
        (lambda: SubGoals(lake(), ["4"]), TypeError, "sub_goals must be whole numbers"),
        (lambda: SubGoals(lake(), [4], matching="more"), ValueError, "matching must"),
        (lambda: SubGoals(lake(), [4], share=2), ValueError, "share must"),
        (lambda: SubGoals(lake(), [4], reward=0), ValueError, "reward must"),
        (lambda: SubGoals(lake(), [4], matching="present_value"), ValueError, "discounting must"),
        (
            lambda: SubGoals(lake(), [4], matching="present_value", discounting=WORTH, reference_steps=[3]),
            ValueError,
            "reference_steps must be 2 rising",
        ),
        (
            lambda: SubGoals(lake(), [4], potential=float, matching="potential"),
            ValueError,
            "potential must come without",
        ),
        (lambda: SubGoals(lake(), potential=3, matching="potential"), TypeError, "potential must be a function"),
        (lambda: rpe.envs.tabulate(SubGoals(lake(), [4], observe=False)), ValueError, "sub_goals must be states"),
    ],
)
def test_bad_input(make, error, match):
    with pytest.raises(error, match=match):
        make()
