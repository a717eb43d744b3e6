"""What the extra `fast` is for: the same history from compiled kernels as from NumPy."""

import numpy as np

import rpe

learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.98, trace_decay=0.9, inverse_temperature=1.0)
task = rpe.tasks.micro_wins(n_goals=5)
numpy, numba = (
    rpe.simulate.run(learner, task, n_agents=64, n_trials=20, rng=0, record="all", engine=engine)
    for engine in ("numpy", "numba")
)
assert np.array_equal(numpy.full.delta, numba.full.delta)
assert np.array_equal(numpy.full.action, numba.full.action)
print("compiled kernels and NumPy agree to the bit")
