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


learner = rpe.agents.QLearner(
    learning_rate=0.3, discount=0.97, trace_decay=0.9, inverse_temperature=20.0, exploration=0.2
)
N_TRIALS, N_STEPS, LAST = 60, 120, 20
solved = {}
for arm in ("one goal", "pay", "potential", "feedback"):

    def make(arm=arm):
        env = Discrete(gym.make("MiniGrid-DoorKey-5x5-v0", max_steps=N_STEPS))
        if arm == "one goal":
            return env
        return rpe.envs.SubGoals(env, [has_key, door_is_open], matching=arm, potential_discount=0.97, success=at_goal)

    lengths = [
        rpe.simulate.run(learner, make(), n_trials=N_TRIALS, n_steps=N_STEPS, rng=seed).trials.length[0]
        for seed in range(2)
    ]
    late = np.concatenate([length[-LAST:] for length in lengths])
    # A trial that ends before its last step ended at the goal.
    solved[arm] = np.mean(late < N_STEPS)
    print(f"{arm:10} reaches the goal in {solved[arm]:4.0%} of the last {LAST} trials, in {np.median(late):3.0f} steps")

can = [arm for arm, share in solved.items() if share > 0.5]
cannot = [arm for arm in solved if arm not in can]
print(f"Within {N_TRIALS} trials of {N_STEPS} steps the room is solved by: {', '.join(can) or 'none'}.")
if cannot:
    unpaid = set(cannot) <= {"one goal", "feedback"}
    why = "; they pay nothing before the goal, which chance alone does not find often enough" if unpaid else ""
    print(f"Not by: {', '.join(cannot)}{why}.")
