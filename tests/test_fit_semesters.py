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
