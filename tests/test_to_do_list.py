"""The to-do list against the clock, and its experiment: knapsacks by brute force, orders by hand, null controls."""

from itertools import chain, combinations, product

import numpy as np
import pytest
from figure_rules import printable, says_the_finding

from rpe import measures
from rpe.agents import Planner
from rpe.discounting import Exponential
from rpe.experiments import to_do_list
from rpe.experiments.study import Study
from rpe.tasks import TimedList

BEST = Planner(Exponential(1.0), inverse_temperature=np.inf)


def knapsack(task):
    """The best set of things by trying all of them."""
    every = chain.from_iterable(combinations(range(task.n_units), n) for n in range(task.n_units + 1))
    fits = [each for each in every if sum(task.steps[i] for i in each) <= task.deadline]
    return max(sum(task.pay[i] - task.effort * task.steps[i] for i in each) for each in fits)


@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_is_the_best_knapsack(seed):
    rng = np.random.default_rng(seed)
    task = TimedList(
        pay=rng.uniform(0.1, 5, 3), steps=rng.integers(1, 4, 3).tolist(), deadline=int(rng.integers(2, 7)), effort=0.3
    )
    found = measures.exact(BEST, task)
    assert found.welfare[0] == pytest.approx(knapsack(task))


def test_a_day_by_hand():
    task = TimedList(pay=[1.0, 5.0], steps=[1, 2], deadline=3, effort=0.5)
    state, earned, ticks = task.initial(1, np.random.default_rng(0)), 0.0, []
    for action in (1, 1, 0):
        step = task.step(state, np.array([action]), np.random.default_rng(0))
        state, earned = step.state, earned + (step.reward - step.effort)[0]
        ticks.append(step.pseudo_reward[0])
    assert earned == 6 - 1.5
    assert ticks == [0, 1, 1]
    assert step.terminated.all()
    assert task.decode(state)["progress"].tolist() == [[1, 2]]


def test_orders_by_hand():
    task = TimedList(pay=[1.0, 9.0, 4.0], steps=[1, 3, 2], deadline=3, effort=0.0)
    expected = {"easy first": 5.0, "best paid first": 9.0, "most a step first": 9.0}
    for order in to_do_list.ORDERS:
        assert measures.follow(to_do_list.in_order(task, order), task).reward[0] == expected[order]
    # With two steps the long thing can no longer be finished, and is passed over.
    short = TimedList(pay=[1.0, 9.0, 4.0], steps=[1, 3, 2], deadline=2, effort=0.0)
    assert measures.follow(to_do_list.in_order(short, "best paid first"), short).reward[0] == 4.0


@pytest.fixture(scope="module")
def study(quick):
    return quick("to_do_list")


def test_the_figure_can_be_printed_and_says_what_was_found(study):
    figures = to_do_list.figures(study)
    printable(figures)
    for panel in study.panels:
        says_the_finding(panel)


def test_nobody_beats_the_optimum(study):
    assert study.values("lost", part="family").min() > -1e-12
    assert abs(study.values("lost", way="optimum")).max() == 0
    assert abs(study.values("lost", part="points")).max() < 1e-9


def test_without_a_taste_for_ticks_a_greedy_planner_is_optimal(study):
    """The null control."""
    assert study.values("lost", way="fond of ticks", tick=0.0, inverse_temperature=np.inf) == pytest.approx(0.0)
    assert study.values("lost", way="fond of ticks", tick=2.0, inverse_temperature=np.inf).max() > 0.0


def test_shares_are_those_of_the_table(study):
    lost = study.values("lost", way="easy first")
    assert study.value("share", finding="easy first loses") == pytest.approx(np.mean(lost > 0.02))
    more = [
        study.value("lost", way="fond of ticks", n_list=float(n), tick=tick, inverse_temperature=beta)
        - study.value("lost", way="fond of ticks", n_list=float(n), tick=0.0, inverse_temperature=beta)
        for n, tick, beta in product(range(4), (0.5, 2.0), (3.0, np.inf))
    ]
    found = {name: study.value(name, finding="a taste for ticks loses") for name in ("share", "reversed", "settings")}
    wanted = {"share": np.mean(np.array(more) > 0.02), "reversed": np.mean(np.array(more) < -0.02), "settings": 16}
    assert found == pytest.approx(wanted)


def test_a_new_tick_surprises_and_a_practised_one_does_not(study):
    new, old = (study.value("error at a tick", when=when) for when in ("new", "practised"))
    assert new == pytest.approx(2.0, abs=0.2)
    assert abs(old) < 0.05
    assert study.value("rise, nM", when="new") > 50
    assert abs(study.value("rise, nM", when="practised")) < 5


def test_sentences_follow_the_numbers(study):
    other = Study(study.settings, rows=[dict(row) for row in study.rows])
    for row in other.rows:
        if row["quantity"] == "share" and row["finding"] == "easy first loses":
            row["value"] = 0.123
    to_do_list._say(
        other, other.settings, [{"way": way, "lost": 0.5} for way in (*to_do_list.ORDERS, "one step ahead")]
    )
    assert "12%" in other.sentences[0]
    assert "12%" not in study.sentences[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: TimedList(pay=[1.0], steps=[1, 2]), "pay and steps must have one length"),
        (lambda: TimedList(pay=[1.0], steps=[0]), "steps must be at least 1"),
        (lambda: TimedList(pay=[1.0] * 9, steps=[5] * 9), "must make at most"),
        (lambda: TimedList(deadline=0), "deadline must be at least 1"),
        (lambda: to_do_list.Settings(ticks=(0.5,)), "ticks must begin with 0"),
        (lambda: to_do_list.Settings(times=(1.5,)), "times must lie in"),
        (lambda: to_do_list.Settings(temperatures=()), "temperatures must have at least one level"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
