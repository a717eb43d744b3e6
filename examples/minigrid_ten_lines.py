"""MiniGrid in ten lines
=====================

Q-learning on what a MiniGrid agent sees, numbered as it is met (needs `pip install minigrid`).
"""

import warnings

import gymnasium as gym

import rpe

# pygame's font module warns of its own age when it is imported; nothing here draws.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import minigrid  # noqa: F401

env = rpe.envs.encode(gym.make("MiniGrid-Empty-5x5-v0"))
learner = rpe.agents.QLearner(learning_rate=0.5, discount=0.95, inverse_temperature=float("inf"), exploration=0.1)
length = rpe.simulate.run(learner, env, n_trials=60, rng=0).trials.length[0]
print(
    f"{len(env.numbers)} observations met; {length[:10].mean():.0f} steps at first, {length[-10:].mean():.0f} at last"
)
