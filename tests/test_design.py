"""Design of splits: the gradient against differences, the search against every split on a grid, and plain answers."""

from itertools import combinations
from math import inf

import numpy as np
import pytest

from rpe import measures, tasks
from rpe.agents import Planner, QLearner
from rpe.design import Response, split
from rpe.design._search import PRICE
from rpe.discounting import Exponential, Hyperbolic, QuasiHyperbolic

GOALS, PAYS = (2, 3, 5), np.array([7.3, 5.1, 17.6])
TASKS = {
    "plain": {},
    "by chance, paid late": {"success_probability": 0.7, "pay": "deadline", "penalty": 3.0},
    "with slips and fatigue": {"overhead": 1.0, "disengagement": 0.3, "fatigue_cost": 0.2, "max_fatigue": 3},
}
PLANNERS = {
    "two hyperbolic": Planner(Hyperbolic([0.02, 0.3]), inverse_temperature=[1.0, 0.5]),
    "effort apart": Planner(Exponential(0.9), effort_discounting=Hyperbolic(1.0)),
    "present-biased": Planner(QuasiHyperbolic(0.5, 0.95)),
}


def task_of(**rules):
    return tasks.monolithic(n_units=5, deadline=12, reward=30, **rules)


@pytest.mark.parametrize("objective", ["completion", "welfare", "delay"])
@pytest.mark.parametrize("rules", TASKS.values(), ids=TASKS)
@pytest.mark.parametrize("planner", PLANNERS.values(), ids=PLANNERS)
def test_slope_is_that_of_differences(planner, rules, objective):
    response = Response(task_of(**rules), planner, GOALS, objective)
    value, slope = response.slope(PAYS)
    np.testing.assert_allclose(value, response(PAYS), atol=1e-13)
    h = 1e-5
    differences = [(response(PAYS + h * e) - response(PAYS - h * e)) / (2 * h) for e in np.eye(3)]
    assert slope.shape == (3, planner.n_agents)
    assert np.abs(slope).max() > 1e-6
    np.testing.assert_allclose(slope, differences, atol=1e-9)


def test_slope_of_those_who_doubt_their_chance():
    task, planner = task_of(success_probability=0.9), PLANNERS["two hyperbolic"]
    doubt = Response(task, planner, GOALS, "delay", efficacy=0.5)
    h = 1e-5
    differences = [(doubt(PAYS + h * e) - doubt(PAYS - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(doubt.slope(PAYS)[1], differences, atol=1e-9)
    sure = Response(task, planner, GOALS, "delay", efficacy=0.9)
    np.testing.assert_array_equal(sure(PAYS), Response(task, planner, GOALS, "delay")(PAYS))
    assert (doubt(PAYS) < sure(PAYS)).all()


def test_objectives_are_those_of_measures():
    planner, task = PLANNERS["two hyperbolic"], task_of()
    found = measures.exact(planner, task)
    for objective, expected in (
        ("completion", found.completion_probability),
        ("delay", -found.procrastination_index),
        ("welfare", found.welfare / 30),
    ):
        np.testing.assert_allclose(Response(task, planner, (5,), objective)([30]), expected, atol=1e-14)


def test_in_welfare_pay_on_the_way_is_a_transfer():
    """What brings no more work brings no welfare: here all is paid for the first unit, and nobody goes on."""
    task = tasks.GoalTask(n_units=3, deadline=6, payout=[0, 30, 0, 0])
    planner = Planner(Exponential(1.0), inverse_temperature=inf)
    given = Response(task, planner, (1, 3), "welfare")([30, 0])
    # One unit for an effort of 1 and a start-up cost of 2, then five distractions of 2.
    np.testing.assert_allclose(30 * given, [5 * 2 - 1 - 2])
    earned = Response(task, planner, (3,), "welfare")([30])
    np.testing.assert_allclose(30 * earned, [3 * 2 - 3 - 2 + 30])


def every_split(n_units, budget, grain):
    """All places and all pays on a grid."""
    for n in range(n_units):
        for places in combinations(range(1, n_units), n):
            for cuts in combinations(range(1, grain), n):
                ends = np.array([0, *cuts, grain])
                yield (*places, n_units), np.diff(ends) * budget / grain


SMALL = tasks.monolithic(n_units=3, deadline=7, reward=14.0)
PEOPLE = {
    "noisy": Planner(Hyperbolic(0.8)),
    "greedy": Planner(Hyperbolic(0.8), inverse_temperature=inf),
    "sophisticated": Planner(Hyperbolic(0.8), sophisticated=True),
    "two": Planner(Hyperbolic([0.1, 1.5]), inverse_temperature=[0.5, 2.0]),
}


@pytest.mark.parametrize("objective", ["completion", "welfare", "delay"])
@pytest.mark.parametrize("planner", PEOPLE.values(), ids=PEOPLE)
def test_no_split_on_a_grid_is_better(planner, objective):
    def worth(goals, pays):
        return Response(SMALL, planner, goals, objective)(pays).mean() - PRICE * len(goals)

    best = max(worth(*each) for each in every_split(3, 14.0, 8))
    found = split(SMALL, planner, objective=objective)
    pays = found.task.payout[list(found.task.goals)]
    # An answer of one goal may leave what counts as no gain.
    least = 0.0 if found.useful else 0.02
    assert worth(found.task.goals, pays) >= best - 1e-3 - least
    scale = 14.0 if objective == "welfare" else 1.0
    np.testing.assert_allclose(
        found.gain / scale,
        worth(found.task.goals, pays) + PRICE * len(pays) - (worth((3,), [14.0]) + PRICE),
        atol=1e-12,
    )


def test_budget_and_number_of_goals_are_kept():
    person = Planner(Hyperbolic(0.5))
    task = tasks.monolithic(n_units=6, deadline=18, reward=10)
    found = split(task, person, budget=30, n_goals=2)
    assert found.task.budget == pytest.approx(30)
    assert len(found.task.goals) == 2
    assert found.one_goal.payout.tolist() == [0] * 6 + [30]
    assert found.gain > 0.5
    assert "Split the 6 units into 2 wins: pay " in found.text
    assert "helps" in found.text
    before, after = (measures.exact(person, each).completion_probability[0] for each in (found.one_goal, found.task))
    assert found.gain == pytest.approx(after - before)


def test_those_who_do_not_discount_are_left_alone():
    """The null control: without discounting or noise there is nothing to mend."""
    found = split(SMALL, Planner(Exponential(1.0), inverse_temperature=inf))
    assert not found.useful
    assert (found.gain, found.task) == (0.0, found.one_goal)
    assert found.text.startswith("Leave it as one goal")


def test_a_task_that_is_not_worth_it_is_left_alone():
    hard = tasks.monolithic(n_units=3, deadline=8, reward=14.0, effort=40.0)
    found = split(hard, PEOPLE["noisy"])
    assert not found.useful
    assert "probability 0.00" in found.text


def test_what_a_goal_costs_thins_goals_out():
    person = Planner(Hyperbolic(0.6))
    task, costly = (tasks.monolithic(n_units=4, deadline=10, overhead=x, disengagement=x / 2) for x in (0.0, 2.0))
    many, few = (split(each, person, budget=20, objective="delay") for each in (task, costly))
    assert len(few.task.goals) < len(many.task.goals)


def test_a_population_is_served_as_a_whole():
    people = Planner(Hyperbolic([0.001, 0.5, 0.6]), inverse_temperature=2.0)
    task = tasks.monolithic(n_units=4, deadline=10, reward=24)
    found = split(task, people, n_goals=2)
    assert found.classes.tolist()[1:] == ["helps", "helps"]
    assert found.text.count("Of 3 people") == 1
    assert found.after.completion_probability.min() > 0.9


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: split(tasks.ToDoList(), PEOPLE["noisy"]), TypeError, "task must be a GoalTask; got ToDoList"),
        (lambda: split(SMALL, QLearner()), TypeError, "agent must be a Planner; got QLearner"),
        (lambda: split(tasks.sub_deadlines(2), PEOPLE["noisy"]), ValueError, "no sub-deadlines"),
        (lambda: split(SMALL, PEOPLE["noisy"], budget=0), ValueError, "budget must lie in"),
        (lambda: split(SMALL, PEOPLE["noisy"], n_goals=4), ValueError, "n_goals must be at most 3; got 4"),
        (lambda: split(SMALL, PEOPLE["noisy"], objective="joy"), ValueError, "objective must be one of"),
        (lambda: split(SMALL, PEOPLE["noisy"], efficacy=0), ValueError, "efficacy must lie in"),
        (lambda: split(SMALL, Planner(Hyperbolic(1), pseudo_reward_weight=1)), ValueError, "pseudo_reward_weight"),
        (lambda: Response(SMALL, PEOPLE["noisy"], (2,)), ValueError, "goals must increase and end at n_units = 3"),
        (lambda: Response(SMALL, PEOPLE["noisy"], (1, 3))([1]), ValueError, "pays must have one entry for each of 2"),
        (lambda: Response(SMALL, PEOPLE["greedy"], (3,)).slope([1]), ValueError, "must be naive"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
