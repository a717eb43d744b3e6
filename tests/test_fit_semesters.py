"""Semester models as published: golden likelihoods of five made-up semesters, and how the models nest."""

import numpy as np
import pytest

import rpe
from rpe import fit
from rpe.records import WorkLog

SEMESTERS = WorkLog.of(
    [
        [1] * 14 + [0, 0],
        [0] * 13 + [5, 5, 4],
        [7, 7] + [0] * 14,
        [3, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0],
        [2, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1],
    ]
)
GOLDEN = {
    "basic": ([0.95, 0.7, 0.8], [25.572776, 13.806275, 34.943768, 36.300166, 39.335693]),
    "efficacy gap": ([0.95, 0.45, 0.7, 0.6], [22.159866, 29.444408, 26.648989, 42.470394, 33.900101]),
    "convex": ([0.95, 0.7, 0.6, 1.2], [16.475246, 23.235134, 43.164068, 36.332665, 28.432251]),
    "immediate": ([0.95, 0.7, 0.6, 1.2], [76.773376, 109.05744, 16.57917, 117.22332, 54.610248]),
    "discounting apart": ([0.99, 0.95, 0.7, 0.3], [25.375715, 16.55845, 17.883367, 40.441685, 35.108759]),
    "waiting for interest": ([0.98, 0.6, 0.8, 0.6], [50.210955, 50.189832, 9.178505, 73.164841, 47.216]),
}


def likelihoods(name, values):
    return fit.work_log_likelihood(*fit.semester_models()[name].at(values), SEMESTERS)


@pytest.mark.parametrize("name", GOLDEN)
def test_thirty_golden_values(name):
    values, expected = GOLDEN[name]
    np.testing.assert_allclose(-likelihoods(name, values), expected, atol=2e-6)


def test_the_models_nest():
    gamma, efficacy, effort = 0.95, 0.7, 0.8
    basic = likelihoods("basic", [gamma, efficacy, effort])
    np.testing.assert_allclose(likelihoods("efficacy gap", [gamma, efficacy, efficacy, effort]), basic, atol=1e-9)
    np.testing.assert_allclose(likelihoods("convex", [gamma, efficacy, effort, 1.0]), basic, atol=1e-9)
    at_once = likelihoods("immediate", [gamma, efficacy, effort, 1.0])
    np.testing.assert_allclose(likelihoods("waiting for interest", [gamma, efficacy, effort, 0.0]), at_once, atol=1e-9)


def test_pay_one_week_late_is_pay_discounted_once_more():
    planner = rpe.agents.Planner(rpe.discounting.Exponential(0.9), inverse_temperature=5.0)
    late = rpe.tasks.SemesterTask(pay_delay=1)
    less = rpe.tasks.SemesterTask(unit_reward=4.0 * 0.9, extra_reward=0.9)
    np.testing.assert_allclose(
        fit.work_log_likelihood(planner, late, SEMESTERS), fit.work_log_likelihood(planner, less, SEMESTERS), rtol=1e-10
    )


def test_a_semester_is_waited_out_in_simulations_too():
    planner = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=5.0)
    task = rpe.tasks.SemesterTask(pay_delay=2)
    full = rpe.simulate.run(planner, task, n_agents=20, rng=0, record="all").full
    assert full.action.shape[-1] == 18
    assert (full.action[:, 0, 16:] == 0).all()
    units = task.decode(full.state[:, 0, -1])["units"]
    np.testing.assert_allclose(full.reward[:, 0, 17], np.where(units >= 14, 56 + units - 14, 0))
    assert (full.reward[:, 0, 16] == 0).all()


def test_a_planner_acts_on_the_efficacy_that_it_believes_in():
    planner = rpe.agents.Planner(rpe.discounting.Exponential(0.95), inverse_temperature=5.0)
    believed = rpe.tasks.SemesterTask(efficacy=0.9, believed_efficacy=0.4)
    plan = planner.init(believed, 1).policy
    np.testing.assert_array_equal(plan, planner.init(rpe.tasks.SemesterTask(efficacy=0.4), 1).policy)
    assert believed.tables.outcome_probability.max() == 1.0
    np.testing.assert_array_equal(believed.tables[1], rpe.tasks.SemesterTask(efficacy=0.9).tables[1])


def test_the_efficacy_gap_is_never_worse_than_no_gap():
    models = fit.semester_models()
    pair = [models["basic"], models["efficacy gap"]]
    small, large = fit.fit_all(pair, SEMESTERS.take([0, 3]), n_starts=1, n_screen=4, rng=0, max_iterations=30)
    assert (large.log_likelihood >= small.log_likelihood - 1e-9).all()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"pay_delay": -1}, "pay_delay must be at least 0"),
        ({"pay": "threshold", "pay_delay": 1}, "pay_delay must be at most 0"),
        ({"believed_efficacy": 1.5}, "believed_efficacy must lie in"),
        ({"interest_for": "trying"}, "interest_for must be one of"),
    ],
)
def test_bad_semesters(more, message):
    with pytest.raises(ValueError, match=message):
        rpe.tasks.SemesterTask(**more)


RATE = fit.Parameter(0, 1)
MORE = {
    "leisure, pay at once after the last week": (
        {"shirk_reward": 0.3},
        {},
        {"discounting.gamma": RATE, "task.shirk_reward": fit.Parameter(0)},
        [0.9, 0.2],
    ),
    "effort apart, paid two weeks late": (
        {"pay_delay": 2, "effort": 0.7},
        {"effort_discounting": rpe.discounting.Exponential(0.9)},
        {"effort_discounting.gamma": RATE, "inverse_temperature": fit.Parameter(0)},
        [0.6, 2.0],
    ),
    "interest in attempts, with a gap": (
        {"interest_probability": 0.2, "boredom_probability": 0.4, "believed_efficacy": 0.3},
        {},
        {
            "task.interest_reward": fit.Parameter(0),
            "task.interest_probability": RATE,
            "task.unit_reward": fit.Parameter(),
        },
        [0.4, 0.3, 1.5],
    ),
}


@pytest.mark.parametrize("name", [*GOLDEN, *MORE])
def test_semesters_of_many_parameters_at_once_are_those_of_one_by_one(name):
    from rpe.fit import semester_recursion, work_likelihood

    if name in GOLDEN:
        model, values = fit.semester_models()[name], GOLDEN[name][0]
    else:
        task, agent, free, values = MORE[name]
        planner = rpe.agents.Planner(rpe.discounting.Exponential(0.95), inverse_temperature=1.5, **agent)
        model = fit.Model(planner, rpe.tasks.SemesterTask(**task), free)
    assert semester_recursion.applies(model, SEMESTERS)
    rows, subject = np.stack([values, 0.9 * np.array(values)])[[0, 1, 1, 0, 0]], np.array([4, 0, 3, 3, 1])
    logs, done = semester_recursion.log_probabilities(model, SEMESTERS, rows, subject)
    for i, (row, who) in enumerate(zip(rows, subject, strict=True)):
        alone = work_likelihood.predictive(*model.at(row), SEMESTERS.take([who]))[:, :, 0]
        for week, before in enumerate(SEMESTERS.units[who, :-1]):
            np.testing.assert_allclose(np.exp(logs[week, : 23 - before, i]), alone[week, before:], atol=1e-12)
            assert np.isneginf(logs[week, 23 - before :, i]).all()
        assert (done[:, i] == np.diff(SEMESTERS.units[who])).all()


def test_only_naive_exponential_planners_of_weeks_that_were_seen_are_solved_together():
    from rpe.fit.semester_recursion import applies

    model = fit.semester_models()["basic"]
    assert not applies(model, WorkLog.of([[1, -1, *[0] * 14]]))
    assert not applies(model, WorkLog.of([[1] * 15]))
    sophisticated = rpe.agents.Planner(rpe.discounting.Exponential(0.9), sophisticated=True)
    assert not applies(fit.Model(sophisticated, model.task, model.parameters), SEMESTERS)
    hyperbolic = fit.Model(
        rpe.agents.Planner(rpe.discounting.Hyperbolic()), model.task, {"discounting.k": fit.Parameter(0)}
    )
    assert not applies(hyperbolic, SEMESTERS)


def test_a_week_next_to_impossible_leaves_the_weeks_after_it_as_they_are():
    """Its probability, some 1e-309, is no number to divide by unless the belief is normalised first."""
    model = fit.semester_models()["convex"]
    values = [0.97428138, 0.90541733, 1.90340421, 1.92569554]
    log = WorkLog.of([[10, 4, 8, *[0] * 13]])
    plan = model.at(values)[0].init(model.at(values)[1], 1).policy[:, 0]
    chance = rpe.tasks.SemesterTask(efficacy=values[1]).tables.outcome_probability[:, 0]
    second = np.log((plan[: 23 - 10, 23 + 10] * chance[4, : 23 - 10]).sum())
    shorter = fit.work_log_likelihood(*model.at(values), log)[0]
    first, third = (
        np.log((plan[: 23 - n, week * 23 + n] * chance[done, : 23 - n]).sum())
        for week, n, done in ((0, 0, 10), (2, 14, 8))
    )
    assert shorter == pytest.approx(first + second + third, rel=1e-9)


def test_simulated_semesters_stay_with_the_subjects_whose_they_are():
    """Subjects with equal parameters are simulated together; who works at no cost is told from who never works."""
    model = fit.semester_models()["basic"]
    eager, idle = [0.99, 1.0, 0.01], [0.1, 0.5, 20.0]
    made = fit.simulated(model, [eager, idle, eager, idle, idle], data="work", rng=0)
    assert made.subjects == ("0", "1", "2", "3", "4")
    assert made.units.shape == (5, 17)
    assert (made.units[[0, 2], -1] >= 14).all()
    assert (made.units[[1, 3, 4], -1] == 0).all()
    assert (made.units[0] != made.units[2]).any()
    chosen = fit.simulated(model, [idle, eager, idle], rng=0)
    assert (chosen.action[[0, 2], 0, :16] == 0).all()
    assert chosen.action[1].max() > 0
