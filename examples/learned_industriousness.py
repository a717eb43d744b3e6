"""Learned industriousness
========================

What an effort of 2 is worth while it is paid, and once it is paid no more; and how often those who were paid for it
choose work at something new that pays rarely, beside those who worked for nothing.
"""

import matplotlib.pyplot as plt
import numpy as np

import rpe

N_AGENTS = 300
learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.0, inverse_temperature=2.0)
agent = rpe.mechanisms.Industriousness(learner, weight=1.0, learning_rate=0.05)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
for name, pay in (("paid", 2.0), ("unpaid", 0.0)):
    memory, worth = None, []
    for reward in [pay] * 60 + [0.0] * 60:
        step = rpe.tasks.paid_effort(2.0, reward=2 * reward, probability=0.5)
        history = rpe.simulate.run(agent, step, n_agents=N_AGENTS, rng=len(worth), memory=memory, keep_memory=True)
        memory = history.memory
        worth.append(agent.worth(memory, 2.0).mean())
        if len(worth) == 60:
            new = rpe.tasks.paid_effort(2.0, reward=15.0, probability=0.2, rest=0.5, n_steps=100)
            carried = agent.transfer(memory, new)
            later = rpe.simulate.run(agent, new, n_agents=N_AGENTS, memory=carried, rng=0, record="all").full
    left.plot(worth, label=name)
    work = later.action[:, 0].mean(axis=0).reshape(-1, 5).mean(axis=1)
    right.plot(np.arange(0, 100, 5), work, label=f"after {name} effort")
    print(f"{name}: an effort of 2 is worth {worth[59]:.2f} after training, {worth[-1]:.2f} after extinction")
left.set(xlabel="step of training", ylabel="worth of an effort of 2")
right.set(xlabel="choice at something new", ylabel="share of work", ylim=(0, 1))
for ax in (left, right):
    ax.legend()
plt.show()
