"""Environments under stable-baselines3 and sb3-contrib; deselected unless asked for (`pytest -m sb3`)."""

import gymnasium as gym
import numpy as np
import pytest

import rpe

pytestmark = [pytest.mark.sb3, pytest.mark.filterwarnings("default")]
IDS = sorted(name for name in gym.registry if name.startswith("rpe/") and name != "rpe/Task-v0")
TODO = {"minutes": [30, 60, 20], "pay": [-1.0, -2.0, -0.5], "reward": 10.0, "time_value": 2.0}


@pytest.mark.parametrize("name", IDS)
def test_check_env_of_every_task(name):
    from stable_baselines3.common.env_checker import check_env

    check_env(gym.make(name).unwrapped, warn=True, skip_render_check=True)


def test_check_env_within_sub_goals():
    from stable_baselines3.common.env_checker import check_env

    check_env(rpe.envs.SubGoals(gym.make("FrozenLake-v1"), [4, 8]), skip_render_check=True)


def test_maskable_ppo_learns_the_to_do_list():
    from sb3_contrib import MaskablePPO

    env = gym.make("rpe/ToDoList-v0", **TODO)
    best = rpe.agents.optimal(env, discount=1.0).start
    model = MaskablePPO(
        "MlpPolicy", env, n_steps=256, batch_size=64, gamma=1.0, learning_rate=3e-3, seed=0, device="cpu"
    )
    model.learn(8_000)
    earned = []
    for seed in range(20):
        (state, _), over, total = env.reset(seed=seed), False, 0.0
        while not over:
            mask = env.unwrapped.action_masks()
            action, _ = model.predict(state, action_masks=mask, deterministic=True)
            assert mask[int(action)]
            state, reward, terminated, truncated, _ = env.step(int(action))
            total, over = total + reward, terminated or truncated
        earned.append(total)
    assert np.mean(earned) == pytest.approx(best)


def test_ppo_learns_micro_wins_nearly_to_the_exact_value():
    from stable_baselines3 import PPO

    task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0)
    best = rpe.agents.optimal(task, discount=1.0).start
    env = gym.make("rpe/MicroWins-v0", task=task, observation="features")
    model = PPO("MlpPolicy", env, n_steps=256, batch_size=64, gamma=1.0, learning_rate=3e-3, seed=0, device="cpu")
    model.learn(10_000)
    (seen, _), over, total = env.reset(seed=0), False, 0.0
    while not over:
        action, _ = model.predict(seen, deterministic=True)
        seen, reward, over, _, _ = env.step(int(action))
        total += reward
    assert 0.9 * best <= total <= best + 1e-9
