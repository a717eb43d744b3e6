"""Measures and figures of people's records."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import rpe
from rpe.measures import completion_deciles, learning_curves, mean_completion_day, stay_probabilities
from rpe.records import WorkLog, read_work

LOG = WorkLog.of([[0, 1, 0, 3, 0, 0, 0, 0, 0, 4], [0] * 10, [1, -1, 0, 0, 0, 0, 0, 0, 0, 1]])


def test_mean_completion_day_and_deciles_are_sums_over_days():
    np.testing.assert_allclose(mean_completion_day(LOG), [(1 * 1 + 3 * 3 + 9 * 4) / 8, np.nan, np.nan])
    np.testing.assert_allclose(completion_deciles(LOG)[0], np.array([0, 1, 1, 4, 4, 4, 4, 4, 4, 8]) / 8)
    # With nothing undone, the procrastination index is (MUCD + 1) / T.
    one = LOG.take([0])
    index = rpe.measures.procrastination_index(one, n_units=8)
    assert (mean_completion_day(one) + 1) / 10 == pytest.approx(index)
    assert rpe.measures.rush(one, n_units=8) == pytest.approx([0.5])


def test_wide_data_are_measured_as_they_are_read():
    wide = {"subject": ["a"], "day_0": [0.5], "day_1": [0.0], "day_2": [1.5]}
    log = read_work(wide, days="day_", unit=0.5)
    assert mean_completion_day(log) == pytest.approx([1.5])


def test_staying_shows_planning_where_there_is_planning():
    task = rpe.tasks.TwoStep.drifting(200, deviation=0.05, rng=0)
    shares = {}
    for weight in (0.0, 1.0):
        learner = rpe.agents.TwoStepLearner(model_weight=weight, first_temperature=5.0, second_temperature=4.0)
        history = rpe.simulate.run(learner, task, n_agents=20, n_trials=1, rng=0, record="all")
        data = rpe.fit.choices_of(history)
        first, second = data.action[:, 0, ::2], data.action[:, 0, 1::2]
        assert second.shape == (20, 200)
        common = (data.state[:, 0, 1:-1:2] % 3 - 1) == first
        shares[weight] = stay_probabilities(first, data.reward[:, 0, 1::2], common).mean(axis=0)
    crossing = {weight: share[1, 1] - share[1, 0] - share[0, 1] + share[0, 0] for weight, share in shares.items()}
    assert crossing[1.0] > 0.2
    assert abs(crossing[0.0]) < 0.1


def test_learning_curves_are_means_by_condition_and_block():
    correct = [[0, 1, 0, 1, 1, 1], [0, 0, np.nan, 1, 1, 1]]
    found = learning_curves(correct, ["easy", "hard"] * 3, block=2)
    assert found.conditions == ("easy", "hard")
    np.testing.assert_allclose(found.share, [[[0.0, 1.0], [0.0, 1.0]], [[1.0, 1.0], [0.5, 1.0]]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stay_probabilities([[0, 1]], [[0.0]]), r"must have shape \(n_subjects, n_trials\)"),
        (lambda: learning_curves([[0, 2]]), r"correct must lie in \[0, 1\]; got 2"),
        (lambda: learning_curves([[0, 1]], ["easy"]), r"condition must have shape \(1, 2\) or \(2,\); got \(1,\)"),
    ],
)
def test_measures_refuse_what_does_not_match(call, message):
    with pytest.raises(ValueError, match=message):
        call()
    with pytest.raises(TypeError, match="record must be work over time"):
        mean_completion_day([1, 2])


def test_the_check_draws_data_over_what_the_model_makes():
    observed = np.array([[0.0, 1.0], [1.0, 1.0]])
    simulated = np.random.default_rng(0).random((50, 2, 2))
    ax = rpe.plots.predictive_check(observed, simulated, ax=Figure().subplots())
    model, data = ax.lines
    np.testing.assert_allclose(data.get_ydata(), [0.5, 1.0])
    np.testing.assert_allclose(model.get_ydata(), simulated.mean(axis=(0, 1)))
    with pytest.raises(ValueError, match="simulated must have shape"):
        rpe.plots.predictive_check(observed, simulated[:, :1])


def test_figures_of_people_draw_what_they_are_given():
    stay = np.array([[[0.6, 0.5], [0.4, 0.9]]])
    ax = rpe.plots.stay_probabilities(stay, ax=Figure().subplots())
    drawn = [container.lines[0].get_ydata().tolist() for container in ax.containers]
    assert drawn == [[0.9, 0.4], [0.5, 0.6]]
    curves = rpe.plots.learning_curves(np.full((2, 3, 4), 0.7), labels=["easy", "hard"], ax=Figure().subplots())
    assert {text.get_text() for text in curves.texts} == {"easy", "hard"}
    page = rpe.plots.reviewer_page(
        np.ones((3, 2)),
        np.ones((3, 2)),
        parameters=["rate", "β"],
        matrix=np.eye(2),
        models=["A", "B"],
        observed=np.eye(3),
        simulated=np.zeros((4, 3, 3)),
    )
    assert [ax.get_xlabel() for ax in page] == ["true rate", "true β", "model that fits best", "trial"]
