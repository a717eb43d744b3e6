"""Micro wins on MiniGrid
======================

Micro wins on a MiniGrid task: fetch the key, open the door, reach the goal (needs `pip install minigrid`).
"""

import warnings

import gymnasium as gym
import numpy as np

import rpe

# pygame's font module warns of its own age when it is imported; nothing here draws.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import minigrid  # noqa: F401
    from minigrid.core.world_object import Door, Key


class Discrete(gym.Wrapper):
    """The 5 × 5 room as whole numbers: place, direction, whether the key is held and whether the door is open."""

    def __init__(self, env):
        super().__init__(env)
        self.size = env.unwrapped.width
        self.observation_space = gym.spaces.Discrete(self.size**2 * 16)
        self.action_space = gym.spaces.Discrete(6)

    def number(self):
        world = self.env.unwrapped
        column, row = world.agent_pos
        has_key = isinstance(world.carrying, Key)
        is_open = any(isinstance(thing, Door) and thing.is_open for thing in world.grid.grid)
        return int((row * self.size + column) * 16 + int(world.agent_dir) * 4 + 2 * has_key + is_open)

    def reset(self, *, seed=None, options=None):
        # One and the same room in every trial.
        _, info = self.env.reset(seed=3)
        return self.number(), info

    def step(self, action):
        _, reward, terminated, truncated, info = self.env.step(action)
        # MiniGrid takes off a little for every step; here success pays 1.
        return self.number(), float(reward > 0), terminated, truncated, info


def has_key(state):
    return state % 4 >= 2


def door_is_open(state):
    return state % 2 == 1


def at_goal(state):
    return state // 16 == 3 * 5 + 3  # the goal stands in the last row and column within the walls


learner = rpe.agents.QLearner(learning_rate=0.3, discount=0.97, inverse_temperature=20.0, exploration=0.1)
found = {}
for arm in ("one goal", "pay", "potential", "feedback"):

    def make(arm=arm):
        env = Discrete(gym.make("MiniGrid-DoorKey-5x5-v0", max_steps=120))
        if arm == "one goal":
            return env
        return rpe.envs.SubGoals(env, [has_key, door_is_open], matching=arm, potential_discount=0.97, success=at_goal)

    lengths = []
    for seed in range(2):
        history = rpe.simulate.run(learner, make(), n_trials=40, n_steps=120, rng=seed)
        lengths.append(history.trials.length[0])
    found[arm] = np.mean(lengths, axis=0)
    print(f"{arm:14} {found[arm].sum():6.0f} steps in 40 trials; {found[arm][-10:].mean():4.0f} per trial at the end")

fewest = min(found, key=lambda arm: found[arm].sum())
print(f"Fewest steps: {fewest}. Feedback adds no reward, only something to see.")
