"""One mechanism at a time
=======================

The same learner with nothing, and with one mechanism around it: what does each do to delay?
"""

import matplotlib.pyplot as plt

import rpe

learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.97, trace_decay=0.9, inverse_temperature=1.0)
task = rpe.tasks.micro_wins(n_goals=3, n_units=9, deadline=27, reward=60.0)
alone = {
    "nothing": learner,
    "effort (parabolic)": rpe.mechanisms.EffortCost(learner, shape="parabolic", steepness=1.0),
    "fatigue": rpe.mechanisms.Fatigue(learner, recoverable_gain=0.3, recovery=0.1),
    "vigour": rpe.mechanisms.Vigour(learner, weight=0.5, cost=0.1, rest=(rpe.tasks.DISTRACT, rpe.tasks.REST)),
    "habit": rpe.mechanisms.Habit(learner, weight=2.0, learning_rate=0.05),
    "satiation": rpe.mechanisms.Satiation(learner, strength=0.05),
    "D2 density 1.5": rpe.mechanisms.Opponency(learner, d2_density=1.5, inverse_temperature=1.0),
    "wanting, κ = 3": rpe.mechanisms.Wanting(learner, kappa=3.0, inverse_temperature=1.0),
}
index = {}
for name, agent in alone.items():
    history = rpe.simulate.run(agent, task, n_agents=300, n_trials=120, rng=0)
    index[name] = rpe.measures.procrastination_index(history)[:, -20:].mean()
    print(f"{name:20} index {index[name]:.3f}")

with rpe.plots.style(width=6.0, height=2.8):
    figure, ax = plt.subplots()
    rpe.plots.bars(list(index), list(index.values()), ylabel="procrastination index (0–1)", ax=ax)
