"""One goal against micro wins
===========================

The main comparison in five lines: one goal against five micro wins, for a steep discounter.
"""

import rpe

planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
one_goal = rpe.measures.exact(planner, rpe.tasks.monolithic())
micro_wins = rpe.measures.exact(planner, rpe.tasks.micro_wins(n_goals=5))
print(f"one goal   PI = {one_goal.procrastination_index[0]:.3f}, welfare = {one_goal.welfare[0]:.1f}")
print(f"micro wins PI = {micro_wins.procrastination_index[0]:.3f}, welfare = {micro_wins.welfare[0]:.1f}")

curves = [one_goal.share_done[0], micro_wins.share_done[0]]
ax = rpe.plots.procrastination_curve(curves, labels=["one goal", "micro wins"], goals=[0.2, 0.4, 0.6, 0.8])
print(rpe.plots.describe(ax))
