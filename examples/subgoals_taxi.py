"""Taxi with a sub-goal
====================

The passenger on board as a sub-goal, in Gymnasium's taxi, whose masks are obeyed.
"""

import gymnasium as gym

import rpe

newest = max((name for name in gym.registry if name.startswith("Taxi-v")), key=lambda name: int(name[6:]))


def on_board(state):
    """Whether the taxi carries the passenger, whose place is the second last part of the state."""
    return state // 4 % 5 == 4


learner = rpe.agents.QLearner(
    learning_rate=0.5, discount=0.95, inverse_temperature=float("inf"), exploration=0.05, pseudo_reward_weight=1.0
)
for arm in ("feedback", "pay", "pseudo_reward"):
    env = rpe.envs.SubGoals(gym.make(newest), [on_board], matching=arm, reward=20.0)
    history = rpe.simulate.run(learner, env, n_trials=300, rng=0)
    length, units = history.trials.length[0], history.trials.units[0]
    first, last = length[:100].mean(), length[-100:].mean()
    print(f"{arm:14} {first:4.0f} steps a trial at first, {last:3.0f} at last; on board {units.mean():.0%}")
