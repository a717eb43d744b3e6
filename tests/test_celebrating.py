"""Celebrating: the mechanism by hand and by a scalar loop, welfare less its cost, and null controls."""

from math import exp

import numpy as np
import pytest
from figure_rules import printable, says_the_finding

from rpe import mechanisms, simulate, tasks
from rpe.agents import QLearner
from rpe.experiments import celebrating

QUICK = celebrating.Settings.quick()
TASK = tasks.monolithic(n_units=3, deadline=6, reward=10.0)


@pytest.mark.parametrize("after", ["unit", "attempt"])
def test_celebrations_by_a_scalar_loop(after):
    task = tasks.monolithic(n_units=3, deadline=6, reward=10.0, success_probability=0.5)
    learner = QLearner(learning_rate=0.3, discount=0.9, inverse_temperature=0.5)
    agent = mechanisms.Celebration(learner, size=4.0, habituation=0.5, retention=0.8, cost=1.5, after=after)
    full = simulate.run(agent, task, n_agents=1, n_trials=8, rng=2, record="all").full
    q, recent, seen = np.zeros((task.n_states, 2)), 0.0, 0
    units = task.decode(np.arange(task.n_states))["units"]
    offered = np.broadcast_to(task.tables.available, (task.n_states, 2))
    for trial in range(8):
        for t in range(6):
            s, a, to = full.state[0, trial, t], full.action[0, trial, t], full.state[0, trial, t + 1]
            joy = a == 1 and (after == "attempt" or units[to] > units[s])
            seen += joy
            gain = full.reward[0, trial, t] - full.effort[0, trial, t]
            gain += joy * (4.0 * exp(-0.5 * recent) - 1.5)
            ahead = 0.0 if t == 5 else 0.9 * max(q[to, b] for b in range(2) if offered[to, b])
            delta = gain + ahead - q[s, a]
            assert full.delta[0, trial, t + 1] == pytest.approx(delta, abs=1e-12)
            q[s, a] += 0.3 * delta
            recent = 0.8 * recent + joy
    assert seen > 3


def test_who_has_no_size_never_pays():
    learner = QLearner(learning_rate=0.3, discount=0.9)
    pair = mechanisms.Celebration(learner, size=[0.0, 3.0], cost=2.0)
    plain = simulate.run(learner, TASK, n_agents=2, n_trials=10, rng=1, record="all").full
    mixed = simulate.run(pair, TASK, n_trials=10, rng=1, record="all").full
    np.testing.assert_array_equal(mixed.delta[0], plain.delta[0])
    assert not np.array_equal(mixed.delta[1], plain.delta[1])


@pytest.fixture(scope="module")
def study(quick):
    return quick("celebrating")


def test_the_figure_can_be_printed_and_says_what_was_found(study):
    figures = celebrating.figures(study)
    printable(figures)
    for panel in study.panels:
        says_the_finding(panel)


def test_the_referee_says_what_is_worth_doing(study):
    assert study.value("gain of doing it", task="worth doing") > 1
    assert study.value("gain of doing it", task="not worth doing") == 0


def test_who_never_tires_of_it_works_sooner_whatever_it_is_worth(study):
    for kind in ("worth doing", "not worth doing"):
        where = {"part": "family", "task": kind, "after": "unit", "when": "late", "cost": 0.0, "trace": 0.9}
        plain = study.values("index", size=0.0, **where).mean()
        assert study.value("index", size=9.0, habituation=0.0, **where) < plain - 0.1
    lost = (
        study.values("welfare", size=9.0, habituation=0.0, **where) - study.values("welfare", size=0.0, **where).mean()
    )
    assert lost.max() < -2


def test_what_wears_off_at_once_does_nothing():
    """The null control: a celebration that is gone after its first time."""
    learner = QLearner(learning_rate=0.3, discount=0.9, inverse_temperature=1.0)
    task = tasks.monolithic(n_units=3, deadline=6, reward=20.0)
    gone = mechanisms.Celebration(learner, size=5.0, habituation=50.0, retention=1.0)
    one, other = (
        simulate.run(each, task, n_agents=400, n_trials=60, rng=seed).trials.units[:, -20:].mean()
        for each, seed in ((learner, 0), (gone, 1))
    )
    assert one == pytest.approx(other, abs=0.2)


def test_shares_are_those_of_the_table(study):
    place = {"task": "worth doing", "after": "unit", "when": "late"}
    rows = [row for row in study.rows if row["quantity"] == "index" and all(row.get(k) == x for k, x in place.items())]
    plain = {
        trace: np.mean([row["value"] for row in rows if row["size"] == 0 and row["trace"] == trace])
        for trace in QUICK.traces
    }
    lower = np.array([plain[row["trace"]] - row["value"] for row in rows if row["size"] > 0])
    found = {name: study.value(name, finding="celebrating lowers the index", **place) for name in ("share", "reversed")}
    assert found == pytest.approx({"share": np.mean(lower > 0.02), "reversed": np.mean(lower < -0.02)})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mechanisms.Celebration(QLearner(), size=-1), "size must lie in"),
        (lambda: mechanisms.Celebration(QLearner(), after="lunch"), "after must be one of"),
        (lambda: mechanisms.Celebration(QLearner(), size=1).init(tasks.bandit([0.5, 0.5]), 1), "units of work"),
        (lambda: celebrating.Settings(sizes=(1.0, 2.0)), "sizes must begin with 0"),
        (lambda: celebrating.Settings(traces=(2.0,)), "traces must lie in"),
        (lambda: celebrating.Settings(costs=()), "costs must have at least one level"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
