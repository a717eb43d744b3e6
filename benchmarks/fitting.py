"""Two-parameter Q-learning fits: all subjects and starts in one batch, against SciPy on a Numba likelihood.

Both sides fit the same simulated subjects from the same starts, on one thread. First the optimum of
every subject must be no worse than SciPy's by more than 1e-3 log units; then the CPU times are
compared. Numba compiles before the clock starts. Run with `python benchmarks/fitting.py`; needs the
extra "bench".
"""

import argparse
import math
import time
from typing import Any

import numpy as np
from numba import njit
from scipy.optimize import minimize

import rpe

BANDIT = rpe.tasks.bandit([0.3, 0.7])
MODEL = rpe.fit.Model(
    rpe.agents.QLearner(discount=0.0),
    BANDIT,
    {"learning_rate": rpe.fit.Parameter(0, 1), "inverse_temperature": rpe.fit.Parameter(0, 20)},
)


@njit
def negative_log_likelihood(x: Any, action: Any, reward: Any) -> float:  # pragma: no cover
    """The negative log likelihood of one subject, compiled."""
    values, total = np.zeros(2), 0.0
    for t in range(len(action)):
        best = max(values[0], values[1]) * x[1]
        weights = math.exp(x[1] * values[0] - best) + math.exp(x[1] * values[1] - best)
        total -= x[1] * values[action[t]] - best - math.log(weights)
        values[action[t]] += x[0] * (reward[t] - values[action[t]])
    return total


def one_by_one(data: rpe.fit.Choices, starts: Any) -> Any:
    """The best log likelihood of every subject, by SciPy's L-BFGS-B from every start."""
    best = np.full(data.n_subjects, -np.inf)
    for i in range(data.n_subjects):
        action, reward = data.action[i, :, 0].copy(), data.reward[i, :, 0].copy()
        for start in starts:
            found = minimize(
                negative_log_likelihood, start, (action, reward), method="L-BFGS-B", bounds=[(0, 1), (0, 20)]
            )
            best[i] = max(best[i], -found.fun)
    return best


def main() -> None:
    """Print the ratio of times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=200)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    true = np.stack([rng.uniform(0.05, 0.8, options.subjects), rng.uniform(1, 8, options.subjects)], axis=1)
    data = rpe.fit.simulated(MODEL, true, n_trials=options.trials, rng=1)
    starts = np.stack([rng.uniform(0.05, 0.95, options.starts), rng.uniform(1, 19, options.starts)], axis=1)
    negative_log_likelihood(starts[0], data.action[0, :, 0].copy(), data.reward[0, :, 0].copy())
    ratios = []
    for _ in range(options.rounds):
        began = time.process_time()
        batch = rpe.fit.fit(MODEL, data, n_starts=options.starts, rng=0)
        middle = time.process_time()
        best = one_by_one(data, starts)
        ended = time.process_time()
        worse = float((best - batch.log_likelihood).max())
        if worse > 1e-3:
            raise AssertionError(f"a subject's optimum is worse than SciPy's by {worse:g}")
        ratios.append((middle - began) / (ended - middle))
        print(f"batch {middle - began:.2f} s, SciPy {ended - middle:.2f} s, ratio {ratios[-1]:.2f}; worst {worse:.1e}")
    print(f"fit, {options.subjects} subjects x {options.starts} starts: {np.median(ratios):.2f} (must 0.5)")


if __name__ == "__main__":
    main()
