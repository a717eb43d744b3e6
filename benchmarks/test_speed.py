"""What is tracked over time by pytest-benchmark: the hot paths of the other scripts, a second or less each.

`pytest benchmarks/test_speed.py --benchmark-autosave` keeps the times, and `--benchmark-compare` compares them with the
last ones that were kept. Times are of one machine; ratios against C are in the scripts.
"""

from functools import partial

import numpy as np
import pytest
from agent_loop import corridor, gridworld
from mechanisms import AROUND, PLAIN, TASK, wrapped
from pavlovian import compound, microstimuli, ours, rates_of, rewards

import rpe

TRACED = rpe.agents.QLearner(learning_rate=0.1, discount=0.95, inverse_temperature=1.0, trace_decay=0.9)


@pytest.mark.parametrize(
    ("agent", "task"),
    [(PLAIN, gridworld()), (PLAIN, corridor()), (PLAIN, TASK), (TRACED, TASK), (wrapped(AROUND), TASK)],
    ids=["gridworld", "corridor", "micro_wins", "micro_wins_traces", "idle_mechanisms"],
)
def test_run(benchmark, agent, task):
    history = benchmark(rpe.simulate.run, agent, task, n_agents=1_000, n_trials=10, rng=0, record="summary")
    assert np.isfinite(history.curves.delta_mean[:, 1:]).any()


@pytest.mark.parametrize("x", [compound(), microstimuli(20)], ids=["serial_compound", "microstimuli"])
def test_learn(benchmark, x):
    learned = benchmark(ours, x, rewards(100), rates_of(1_000))
    assert np.isfinite(learned.weights).all()


def test_exact(benchmark):
    planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=np.geomspace(0.01, 0.5, 20)))
    exact = benchmark(rpe.measures.exact, planner, TASK)
    assert (np.diff(exact.procrastination_index) > -0.1).all()


def test_fit(benchmark):
    free = {"learning_rate": rpe.fit.Parameter(0, 1), "inverse_temperature": rpe.fit.Parameter(0, 20)}
    model = rpe.fit.Model(rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.3, 0.7]), free)
    data = rpe.fit.simulated(model, np.tile([[0.2, 3.0]], (20, 1)), n_trials=200, rng=0)
    found = benchmark.pedantic(partial(rpe.fit.fit, model, data, n_starts=5, rng=0), rounds=3)
    assert np.isfinite(found.bic).all()


@pytest.mark.parametrize(
    ("make", "name", "values"),
    [(rpe.demos.CueShift, "learning_rate", (0.1, 0.2)), (rpe.demos.MicroWins, "k", (0.05, 0.09))],
    ids=["cue_shift", "micro_wins"],
)
def test_slider(benchmark, make, name, values):
    view, turn = make(), iter(range(10**9))
    picture = benchmark(lambda: view.show(**{name: values[next(turn) % 2]}))
    assert picture.png
