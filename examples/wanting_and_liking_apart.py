"""Wanting and liking, apart
=========================

How often work is chosen for a reward (wanting), and how much of it is liked (by opioids and endocannabinoids), in who
learns from the reward and in who learns from what is liked of it.
"""

import matplotlib.pyplot as plt

import rpe

learner = rpe.agents.QLearner(learning_rate=0.1, discount=0.0, inverse_temperature=2.0)
task = rpe.tasks.paid_effort(0.4, reward=1.0, rest=0.0, n_steps=200)
states = {
    "normal": (1.0, 1.0, 1.0),
    "wanting\nwithout liking": (3.0, 0.3, 1.0),
    "liking\nwithout wanting": (0.2, 1.0, 1.5),
}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), sharey=True, layout="constrained")
for ax, weight, learns in zip(axes, (0.0, 1.0), ("the reward", "what is liked"), strict=True):
    wanting, liking = [], []
    for kappa, opioid, endocannabinoid in states.values():
        wants = rpe.mechanisms.Wanting(learner, kappa=kappa, inverse_temperature=2.0)
        agent = rpe.mechanisms.Liking(wants, weight=weight, opioid=opioid, endocannabinoid=endocannabinoid)
        history = rpe.simulate.run(agent, task, n_agents=200, rng=0, record="all", keep_memory=True)
        wanting.append((history.full.action[:, 0, -100:] == 1).mean())
        liking.append((history.memory.own.liked / history.memory.own.received).mean())
    rpe.plots.bars(list(states), [wanting, liking], labels=["wanting", "liking"], ax=ax)
    ax.set_title(f"learned from {learns}")
    print(f"learned from {learns}: wanting {[round(float(x), 2) for x in wanting]}")
axes[0].set_ylabel("share of work; liking of a reward")
plt.show()
