"""An environment with masks
=========================

An environment of one's own that says which actions it offers: every agent keeps to them.
"""

import gymnasium as gym
import numpy as np

import rpe


class Vending(gym.Env):
    """Three coins; an item costs one, two or three of them, and brings its price squared."""

    observation_space, action_space = gym.spaces.Discrete(4), gym.spaces.Discrete(3)

    def offered(self):
        return {"action_mask": (np.arange(1, 4) <= self.coins).astype(np.int8)}

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.coins = 3
        return self.coins, self.offered()

    def step(self, action):
        self.coins -= int(action) + 1
        return self.coins, float((action + 1) ** 2), self.coins == 0, False, self.offered()


learner = rpe.agents.QLearner(learning_rate=0.5, discount=1.0, inverse_temperature=0.5)
history = rpe.simulate.run(learner, Vending(), n_trials=200, n_steps=3, rng=0)
full = history.full
chosen = full.action >= 0
print(f"beyond its coins it never went: {bool((full.action[chosen] < full.state[..., :-1][chosen]).all())}")
print(
    f"earned {history.trials.reward[0, :20].mean():.1f} at first, {history.trials.reward[0, -20:].mean():.1f} at last"
)
