"""Learners against the optimum
============================

Gymnasium's toy texts: learning curves and the exact optimum in one figure. Blackjack is left out, as it does not
publish its dynamics.
"""

import gymnasium as gym
import matplotlib.pyplot as plt
import numpy as np

import rpe

rates = {"learning_rate": 0.5, "discount": 0.99, "inverse_temperature": float("inf"), "exploration": 0.05}
learners = {
    "Q-learning": rpe.agents.QLearner(**rates),
    "double Q": rpe.agents.DoubleQLearner(**rates),
    "SARSA(0.8)": rpe.agents.Sarsa(trace_decay=0.8, **rates),
    "4-step SARSA": rpe.agents.NStepSarsa(n_steps=4, **rates),
    "Dyna-Q": rpe.agents.DynaQ(n_planning=5, **rates),
}


def newest(family):
    """The newest version of an environment that this Gymnasium has."""
    return max((name for name in gym.registry if name.startswith(f"{family}-v")), key=lambda name: int(name[-1]))


tasks = {
    "FrozenLake": rpe.envs.tabulate(gym.make("FrozenLake-v1", is_slippery=False)),
    "CliffWalking": rpe.envs.tabulate(gym.make(newest("CliffWalking")), n_steps=200),
    "Taxi": rpe.envs.tabulate(gym.make(newest("Taxi"))),
}
lowest = {"FrozenLake": 0, "CliffWalking": -210, "Taxi": -210}
figure, axes = plt.subplots(1, len(tasks), figsize=(11, 3.5), layout="constrained")
best = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=float("inf"))
for ax, (name, task) in zip(axes, tasks.items(), strict=True):
    for label, learner in learners.items():
        history = rpe.simulate.run(learner, task, n_agents=20, n_trials=60, rng=0)
        earned = history.trials.reward.mean(axis=0)
        ax.plot(np.convolve(earned, np.ones(10) / 10, mode="valid"), label=label)
        print(f"{name}, {label}: regret {rpe.measures.regret(history)[:, -20:].mean():.2f} at the end")
    ax.axhline(rpe.measures.exact(best, task).reward[0], color="0.3", linestyle="--", label="optimum")
    ax.set(title=name, xlabel="trial", ylabel="reward")
    ax.set_ylim(bottom=lowest[name])
axes[0].legend(fontsize=7)
