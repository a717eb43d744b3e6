"""Attention beside a feed
=========================

How often a distraction is looked at, while work pays more than any of it: feeds that are steady, that vary, and that
show again what was looked at; for attention that follows what surprises, and what rewarded.
"""

import matplotlib.pyplot as plt
import numpy as np

import rpe

learner = rpe.agents.QLearner(learning_rate=0.1, discount=0.0, inverse_temperature=1.0)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), sharey=True, layout="constrained")
for ax, follows in zip(axes, ("surprise", "reward"), strict=True):
    agent = rpe.mechanisms.Attention(learner, weight=1.0, learning_rate=0.1, follows=follows)
    for shows in ("same", "random", "liked"):
        task = rpe.tasks.feed([0.0, 0.5, 1.0, 1.5], shows=shows, work=2.0, n_steps=300)
        full = rpe.simulate.run(agent, task, n_agents=300, rng=0, record="all").full
        looked = (full.action[:, 0] == 0).mean(axis=0).reshape(-1, 10).mean(axis=1)
        ax.plot(np.arange(0, 300, 10), looked, label=shows)
        print(f"{follows}, {shows}: {looked[0]:.0%} of choices at first, {looked[-10:].mean():.0%} in the end")
    ax.set(title=f"attention follows {follows}", xlabel="choice", ylim=(0, 1))
axes[0].set_ylabel("share of looks")
axes[0].legend(title="the feed shows")
plt.show()
