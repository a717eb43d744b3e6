"""Planning depth: look-ahead against a search of every plan, points that change nothing to the end, shares."""

from functools import cache

import numpy as np
import pytest
from figure_rules import printable, says_the_finding

from rpe import tasks
from rpe.agents import Planner
from rpe.experiments import planning_depth
from rpe.experiments.planning_depth import LimitedDepth


def best_by_search(task, state, depth, gamma):
    """The value of each action by trying every plan of `depth` steps, in plain Python."""
    tables = task.tables
    shape = tables.next_state.shape
    full = {
        name: np.broadcast_to(getattr(tables, name), shape) for name in ("reward", "effort", "points", "terminated")
    }
    chance = np.broadcast_to(tables.outcome_probability, shape)

    @cache
    def value(s, a, left):
        total = 0.0
        for o in range(shape[0]):
            gain = full["reward"][o, s, a] + full["points"][o, s, a] - full["effort"][o, s, a]
            if left > 1 and not full["terminated"][o, s, a]:
                to = int(tables.next_state[o, s, a])
                gain += gamma * max(value(to, b, left - 1) for b in range(shape[2]) if tables.available[to, b])
            total += chance[o, s, a] * gain
        return total

    return [value(state, a, depth) for a in range(shape[2])]


@pytest.mark.parametrize("depth", [1, 2, 3, 6])
def test_look_ahead_is_a_search_of_so_many_steps(depth):
    task = tasks.micro_wins(2, n_units=3, deadline=6, reward=14.0, success_probability=0.8, matching="potential")
    beta = 0.3
    planner = Planner(LimitedDepth(depth, 0.9), inverse_temperature=beta)
    policy = planner.init(task, 1).policy[:, 0]
    for state in (0, *np.flatnonzero(task.decode(np.arange(task.n_states))["time"] == 2)[:4]):
        if not task.tables.available[state].all():
            continue
        q = np.array(best_by_search(task, int(state), depth, 0.9))
        expected = np.exp(beta * q) / np.exp(beta * q).sum()
        np.testing.assert_allclose(policy[:, state], expected, atol=1e-12)


def test_a_sure_goal_is_begun_once_it_lies_within_the_depth():
    """Closed form: N sure units are begun at once by a greedy agent if and only if h ≥ N."""
    task = tasks.monolithic(n_units=5, deadline=15, reward=60.0)
    planner = Planner(LimitedDepth([4, 5, 6]), inverse_temperature=np.inf)
    assert planner.init(task, 3).policy[1, :, 0].tolist() == [0.0, 1.0, 1.0]


@pytest.fixture(scope="module")
def study(quick):
    return quick("planning_depth")


def test_the_figure_can_be_printed_and_says_what_was_found(study):
    figures = planning_depth.figures(study)
    printable(figures)
    for panel in study.panels:
        says_the_finding(panel)


def test_nothing_becomes_thinkable_to_those_who_look_to_the_end(study):
    """The null control: by the theorem on potential-based points."""
    for belief in (0.5, 1.0):
        where = {"depth": 36.0, "belief": belief, "part": "family"}
        one = study.values("procrastination index", arm="one goal", **where)
        for n in (2.0, 4.0):
            found = study.values("procrastination index", arm="thinkable", n_goals=n, **where)
            np.testing.assert_allclose(found, one, atol=1e-9)
    assert study.value("mean fall", arm="thinkable", horizon="to the end") == pytest.approx(0.0, abs=1e-9)
    assert study.value("mean fall", arm="thinkable", horizon="limited") > 0.02


def test_ticks_alone_change_nothing(study):
    for horizon in ("limited", "to the end"):
        assert study.value("mean fall", arm="ticks only", horizon=horizon) == 0.0


def test_shares_are_those_of_the_table(study):
    rows = {
        (r["arm"], r["n_goals"], r["depth"], r["inverse_temperature"], r["belief"]): r["value"]
        for r in study.rows
        if r["quantity"] == "procrastination index"
    }
    falls = [rows["one goal", 1.0, *key[2:]] - x for key, x in rows.items() if key[0] == "paid" and key[2] < 36]
    found = {name: study.value(name, arm="paid", horizon="limited") for name in ("share", "reversed", "settings")}
    wanted = {"share": np.mean(np.array(falls) > 0.02), "reversed": np.mean(np.array(falls) < -0.02)}
    assert found == pytest.approx({**wanted, "settings": len(falls)})


def test_depth_that_costs_more_is_not_chosen_more(study):
    for arm in ("one goal", "thinkable"):
        depth = [study.value("depth chosen", arm=arm, cost=cost) for cost in study.settings.costs]
        assert depth == sorted(depth, reverse=True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LimitedDepth(0.5), "depth must lie in"),
        (lambda: planning_depth.Settings(depths=(2, 4)), "depths must rise and end with the deadline, 36"),
        (lambda: planning_depth.Settings(goal_numbers=(1,)), "goal_numbers must be at least 2"),
        (lambda: planning_depth.Settings(beliefs=(2.0,)), "beliefs must lie in"),
        (lambda: planning_depth.Settings(costs=()), "costs must have at least one level"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
