"""Fits of learners: two-parameter Q-learning against plain C and against SciPy on Numba, and Q(λ) in a task of states.

An evaluation is the likelihood of every fit, its gradient and expected information; both sides must
agree first. For whole fits both sides fit the same simulated subjects
from as many starts, on one thread: first the optimum of every subject must be no worse than SciPy's
by more than 1e-3 log units, then the CPU times are compared. Numba compiles before the clock starts.
In the two-step task, fits by compiled sensitivities are compared with those by differences of replays;
the former must end no lower.
Needs the extra "bench".
"""

import argparse
import math
import time
from typing import Any
from unittest import mock

import numpy as np
from _fit import Likelihood
from numba import njit
from scipy.optimize import minimize

import rpe
from rpe.fit import bandit, table_slopes

BANDIT = rpe.tasks.bandit([0.3, 0.7])
MODEL = rpe.fit.Model(
    rpe.agents.QLearner(discount=0.0),
    BANDIT,
    {"learning_rate": rpe.fit.Parameter(0, 1), "inverse_temperature": rpe.fit.Parameter(0, 20)},
)

# What a fit may take over SciPy on Numba, by the number of subjects.
GOALS = {1: 3.0, 20: 0.8, 200: 0.25}


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


def one_by_one(data: rpe.records.Choices, starts: Any) -> Any:
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


def evaluation(data: rpe.records.Choices, starts: Any, n_rounds: int) -> None:
    """Print the time of one evaluation of all subjects from all starts, over that of plain C."""
    in_c = Likelihood()
    x = np.tile(starts, (data.n_subjects, 1))
    subject = np.repeat(np.arange(data.n_subjects), len(starts))
    value, score, information = bandit.slopes(MODEL, data, x, subject)
    expected = in_c(data, x, subject)
    np.testing.assert_allclose(value, expected[:, 0], rtol=1e-9)
    np.testing.assert_allclose(score, expected[:, 1:3], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(information[:, [0, 0, 1], [0, 1, 1]], expected[:, 3:], rtol=1e-6, atol=1e-6)
    ratios = []
    for _ in range(5 * n_rounds):
        began = time.process_time()
        bandit.slopes(MODEL, data, x, subject)
        middle = time.process_time()
        in_c(data, x, subject)
        ratios.append((middle - began) / (time.process_time() - middle))
    # The goal is for many fits; few cannot hide the fixed cost of NumPy's calls.
    limit = " (must 1.4)" if len(x) >= 2000 else ""
    print(f"evaluation, {len(x)} fits x {data.action.shape[1]} trials / C: {np.median(ratios):.2f}{limit}", end=" ")
    print("[" + " ".join(f"{ratio:.2f}" for ratio in ratios) + "]")


def main() -> None:
    """Print the ratios of times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, help="by default 1, 20 and 200")
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for n_subjects, must in GOALS.items() if options.subjects is None else {options.subjects: None}.items():
        compare(n_subjects, options.trials, options.starts, options.rounds, must)
    of_states(options.starts)


def of_states(n_starts: int) -> None:
    """Print the time of fits of Q(λ) by compiled sensitivities, over that by differences of replays."""
    unit, beta = rpe.fit.Parameter(0, 1), rpe.fit.Parameter(0, 20)
    free = {"learning_rate": unit, "inverse_temperature": beta, "trace_decay": unit}
    # Traces that are cut make the likelihood jump, and either side may end before a jump.
    model = rpe.fit.Model(rpe.agents.QLearner(discount=1.0, cut_trace=False), rpe.tasks.TwoStep(), free)
    for n_subjects in (1, 20):
        true = model.from_free(np.random.default_rng(0).normal(size=(n_subjects, 3)) / 2)
        data = rpe.fit.simulated(model, true, n_trials=200, rng=1)
        spent, found = [], []
        # Once more than is timed, so that the kernels are loaded.
        for saves_time in (True, True, False):
            with mock.patch.object(table_slopes, "saves_time", lambda *_, saves_time=saves_time: saves_time):
                began = time.process_time()
                found.append(rpe.fit.fit(model, data, n_starts=n_starts, rng=0))
                spent.append(time.process_time() - began)
        worse = float((found[-1].log_likelihood - found[1].log_likelihood).max())
        if worse > 1e-6:
            raise AssertionError(f"a subject's optimum is worse than by differences by {worse:g}")
        print(f"Q(lambda), two-step task, {n_subjects} subjects: kernels {spent[1]:.3f} s, replays {spent[2]:.2f} s, "
              f"ratio {spent[1] / spent[2]:.3f} (must 0.2); worst {worse:.1e}")  # fmt: skip


def compare(n_subjects: int, n_trials: int, n_starts: int, n_rounds: int, must: float | None) -> None:
    """Print the ratios of times for so many subjects."""
    rng = np.random.default_rng(0)
    true = np.stack([rng.uniform(0.05, 0.8, n_subjects), rng.uniform(1, 8, n_subjects)], axis=1)
    data = rpe.fit.simulated(MODEL, true, n_trials=n_trials, rng=1)
    starts = np.stack([rng.uniform(0.05, 0.95, n_starts), rng.uniform(1, 19, n_starts)], axis=1)
    negative_log_likelihood(starts[0], data.action[0, :, 0].copy(), data.reward[0, :, 0].copy())
    evaluation(data, starts, n_rounds)
    ratios = []
    for _ in range(n_rounds):
        began = time.process_time()
        batch = rpe.fit.fit(MODEL, data, n_starts=n_starts, rng=0)
        middle = time.process_time()
        best = one_by_one(data, starts)
        ended = time.process_time()
        worse = float((best - batch.log_likelihood).max())
        if worse > 1e-3:
            raise AssertionError(f"a subject's optimum is worse than SciPy's by {worse:g}")
        ratios.append((middle - began) / (ended - middle))
        print(f"batch {middle - began:.3f} s, SciPy {ended - middle:.3f} s, ratio {ratios[-1]:.2f}; worst {worse:.1e}")
    limit = "" if must is None else f" (must {must})"
    print(f"fit, {n_subjects} subjects x {n_starts} starts / SciPy: {np.median(ratios):.2f}{limit}")


if __name__ == "__main__":
    main()
