"""Our agent on FrozenLake
=======================

Our agent on somebody else's environment: Q-learning on FrozenLake, 64 copies at once.
"""

import gymnasium as gym
import numpy as np

import rpe

learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.95, trace_decay=0.5, inverse_temperature=20.0)
envs = gym.make_vec("FrozenLake-v1", num_envs=64, is_slippery=False)
history = rpe.simulate.run(learner, envs, n_trials=400, rng=0)
success = history.trials.reward.mean(axis=0)
print(f"reached the goal: {success[:20].mean():.0%} of the first 20 trials, {success[-20:].mean():.0%} of the last 20")

smooth = np.convolve(success, np.ones(20) / 20, mode="valid")
ax = rpe.plots.errors_by_trial({"64 agents": smooth})
ax.set_ylabel("share that reach the goal")
