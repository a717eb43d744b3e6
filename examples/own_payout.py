"""A payout of your own
====================

A payout vector of your own: uneven goals cost nothing, only the numbers change.
"""

import rpe

planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
plans = {
    "all at the end": [0] * 20 + [100],
    "halfway and end": [0] * 10 + [50] + [0] * 9 + [50],
    "a little at once": [0, 10] + [0] * 18 + [90],
    "front-loaded": [0] + [0] * 4 + [40] + [0] * 4 + [30] + [0] * 4 + [20] + [0] * 4 + [10],
}
for name, payout in plans.items():
    exact = rpe.measures.exact(planner, rpe.tasks.GoalTask(n_units=20, deadline=60, payout=payout))
    print(f"{name:16} PI = {exact.procrastination_index[0]:.3f}, completed {exact.completion_probability[0]:.2f}")
