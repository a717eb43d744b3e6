"""One mechanism at a time
=======================

The same learner with nothing, and with one mechanism around it. The procrastination index is the sum of two parts, how
late the work is done and how much of it never is; which of them a mechanism moves is the reason why the index differs.
"""

import rpe

learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.97, trace_decay=0.9, inverse_temperature=1.0)
task = rpe.tasks.micro_wins(n_goals=3, n_units=9, deadline=27, reward=60.0)
around = {
    "goal gradient": rpe.mechanisms.GoalGradient(learner, weight=3.0),
    "effort × 4": rpe.mechanisms.EffortCost(learner, shape="parabolic", steepness=4.0),
    "habit": rpe.mechanisms.Habit(learner, weight=8.0, learning_rate=0.2),
    "fatigue": rpe.mechanisms.Fatigue(learner, recoverable_gain=0.3, recovery=0.1),
    "choice kernel": rpe.mechanisms.ChoiceKernel(learner, weight=3.0, learning_rate=0.3),
    "satiation": rpe.mechanisms.Satiation(learner, strength=0.05),
}
# Smaller differences are within the noise of so few learners.
LEAST = 0.005


def parts(agent):
    """How late the work is done, and how much is never done, in the last twenty trials."""
    history = rpe.simulate.run(agent, task, n_agents=200, n_trials=120, rng=0)
    return [part(history)[:, -20:].mean() for part in (rpe.measures.delay, rpe.measures.undone)]


def reason(later, more_undone):
    """Which part moved, in words."""
    if max(abs(later), abs(more_undone)) < LEAST:
        return "moves neither part"
    if abs(more_undone) > abs(later):
        return f"{abs(more_undone):.0%} {'more' if more_undone > 0 else 'less'} of the work is never done"
    return f"what is done is done {abs(later):.0%} of the time {'later' if later > 0 else 'earlier'}"


late, undone = parts(learner)
index = {"nothing": late + undone}
print(f"{'nothing':14} index {index['nothing']:.3f}")
for name, agent in around.items():
    own_late, own_undone = parts(agent)
    index[name] = own_late + own_undone
    print(f"{name:14} index {index[name]:.3f}: {reason(own_late - late, own_undone - undone)}")

most = max(index, key=index.get)
figure, (ax,) = rpe.plots.page(1)
rpe.plots.bars(list(index), list(index.values()), ylabel="procrastination index (0–1)", colors="#6E6E6E", ax=ax)
rpe.plots.heading(ax, f"Of the mechanisms {most} delays most: {index[most]:.2f} against {index['nothing']:.2f} without")
