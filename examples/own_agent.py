"""Your agent on our environment
=============================

An agent of your own on our environment: a linear policy, trained by REINFORCE on the features.
"""

import gymnasium as gym
import numpy as np

import rpe  # noqa: F401  (registers the environments)

rng = np.random.default_rng(0)
envs = gym.make_vec("rpe/MicroWins-v0", num_envs=128, n_goals=3, n_units=6, deadline=15, observation="features")
weights = np.zeros((envs.single_observation_space.shape[0], 2))


def one_trial(weights):
    """One trial of every copy: gradients of the log-policy at each step, and the rewards."""
    observation, infos = envs.reset(seed=int(rng.integers(2**31)))
    gradients, rewards = [], []
    for _ in range(15):
        logits = np.where(infos["action_mask"], observation @ weights, -np.inf)
        policy = np.exp(logits - logits.max(axis=1, keepdims=True))
        policy /= policy.sum(axis=1, keepdims=True)
        action = (rng.random(len(policy)) > policy[:, 0]).astype(int)
        gradients.append(observation[:, :, None] * (np.eye(2)[action] - policy)[:, None, :])
        observation, reward, _, _, infos = envs.step(action)
        rewards.append(reward)
    return np.array(gradients), np.array(rewards)


for trial in range(300):
    gradients, rewards = one_trial(weights)
    to_come = rewards[::-1].cumsum(axis=0)[::-1]
    advantage = to_come - to_come.mean(axis=1, keepdims=True)
    weights += 0.01 * (gradients * advantage[:, :, None, None]).sum(axis=0).mean(axis=0)
    if trial in (0, 299):
        print(f"trial {trial + 1}: mean return {rewards.sum(axis=0).mean():.1f}")
