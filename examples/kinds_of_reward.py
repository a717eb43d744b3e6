"""Kinds of reward
===============

What hungry agents choose of food, company and completion, and what they choose after a meal, where every reward
satiates for all kinds, and where each does for itself.
"""

from copy import deepcopy

import matplotlib.pyplot as plt
import numpy as np

import rpe

KINDS = ["food", "company", "completion"]
learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.6, inverse_temperature=1.5)
amounts, delays = [3.0, 2.0, 1.0], [1, 1, 0]
practice = rpe.tasks.reward_kinds(amounts, delays, n_steps=300)
test = rpe.tasks.reward_kinds(amounts, delays, n_steps=20)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), sharey=True, layout="constrained")
for ax, pooled in zip(axes, (True, False), strict=True):
    agent = rpe.mechanisms.RewardKinds(
        learner, weight=1.0, satiation=[0.1, 0.05, 0.0], pooled=pooled, inverse_temperature=1.5, discount=0.6
    )
    memory = rpe.simulate.run(agent, practice, n_agents=300, rng=0, keep_memory=True).memory
    shares = []
    for meal in (0.0, 30.0):
        mine = deepcopy(memory)
        mine.own.stores[...] = 0.0  # a fast
        mine.own.stores[slice(None) if pooled else 1] += meal
        full = rpe.simulate.run(agent, test, n_agents=300, rng=1, memory=mine, record="all").full
        chosen = full.action[:, 0][full.state[:, 0, :-1] == 0]
        shares.append(np.bincount(chosen, minlength=3) / chosen.size)
    rpe.plots.bars(KINDS, np.array(shares), labels=["hungry", "after a meal of company"], ax=ax)
    ax.set_title("one pool" if pooled else "own stores")
    print("one pool" if pooled else "own stores", np.round(shares, 2).tolist())
axes[0].set_ylabel("share of choices")
plt.show()
