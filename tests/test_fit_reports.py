"""What a fit tells beside its estimates: trial-wise regressors, warnings, intervals, nested models."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import binom, chi2

import rpe
from rpe import fit
from rpe.records import Choices, Offers, WorkLog

ARMS = rpe.tasks.bandit([0.2, 0.8])
RATE, BETA = fit.Parameter(0, 1, start=(0.1, 0.8)), fit.Parameter(0, 20, start=(1.0, 6.0))
Q = fit.Model(rpe.agents.QLearner(discount=0.0), ARMS, {"learning_rate": RATE, "inverse_temperature": BETA}, name="Q")


@pytest.fixture(scope="module")
def data():
    made = fit.simulated(Q, [[0.3, 3.0], [0.6, 2.0], [0.2, 4.0]], n_trials=60, rng=0)
    action, missed = made.action.copy(), np.zeros(made.action.shape, dtype=bool)
    action[1, 5], missed[1, 5] = -1, True
    feedback = np.ones(made.action.shape, dtype=bool)
    feedback[2, 50:] = False
    return Choices.of(action, made.reward, missed=missed, feedback=feedback)


@pytest.fixture(scope="module")
def found(data):
    return fit.fit(Q, data, n_starts=3, rng=0)


def test_regressors_are_those_of_a_loop(data, found):
    table = found.trials()
    assert table.n_rows == 180
    assert table["log_likelihood"][~np.isnan(table["log_likelihood"])].sum() == pytest.approx(
        found.log_likelihood.sum(), rel=1e-9
    )
    for i, (rate, beta) in enumerate(found.estimates):
        own, q = table.where(table["subject"] == str(i)), np.zeros(2)
        for t in range(60):
            a, r = data.action[i, t, 0], data.reward[i, t, 0]
            if a < 0:
                assert own["action"][t] == -1
                assert all(
                    np.isnan(own[name][t]) for name in ("prediction_error", "value_chosen", "choice_probability")
                )
                continue
            assert own["value_chosen"][t] == pytest.approx(q[a], abs=1e-12)
            assert own["value_others"][t] == pytest.approx(q[1 - a], abs=1e-12)
            chance = 1 / (1 + np.exp(-beta * (q[a] - q[1 - a])))
            assert own["choice_probability"][t] == pytest.approx(chance, rel=1e-9)
            if data.feedback[i, t, 0]:
                assert own["prediction_error"][t] == pytest.approx(r - q[a], abs=1e-12)
                q[a] += rate * (r - q[a])
            else:
                assert np.isnan(own["prediction_error"][t])


def test_regressors_of_groups_and_hierarchies_and_mechanisms(data):
    shared = fit.fit(Q, data, n_starts=2, rng=0, groups=["a", "b", "a"])
    assert shared.trials().n_rows == 180
    group = fit.hierarchical(Q, data, n_starts=2, rng=0)
    np.testing.assert_allclose(
        group.fit.trials()["log_likelihood"], fit.trials_at(Q, data, group.fit.estimates)["log_likelihood"]
    )
    kernel = fit.Model(
        rpe.mechanisms.ChoiceKernel(rpe.agents.QLearner(discount=0.0, learning_rate=0.3), weight=1.0),
        ARMS,
        {"weight": fit.Parameter()},
    )
    table = fit.trials_at(kernel, data, [[0.5]] * 3)
    assert np.isfinite(table["value_chosen"]).sum() == 179


def test_regressors_leave_out_what_a_state_does_not_offer():
    task = rpe.tasks.SemesterTask(n_units=2, n_weeks=2, threshold=1)
    agent = rpe.agents.QLearner(discount=0.0, learning_rate=0.5)
    done = fit.choices_of(rpe.simulate.run(agent, task, n_agents=3, n_trials=4, rng=0, record="all"))
    model = fit.Model(agent, task, {"inverse_temperature": BETA})
    table = fit.trials_at(model, done, [[1.0]] * 3)
    assert np.nanmax(np.abs(table["value_others"])) < 100


def test_regressors_of_offers():
    offers = Offers.of([[1, 0]], amount=[[10, 20], [10, 30]], delay=[[0, 10], [0, 10]])
    model = fit.Model(fit.HyperbolicDelay(inverse_temperature=0.1), None, {"k": fit.Parameter(0)})
    table = fit.trials_at(model, offers, [[0.1]])
    assert table["value_chosen"].tolist() == [10.0, 10.0]
    assert table["value_others"].tolist() == [10.0, 15.0]
    np.testing.assert_allclose(table["choice_probability"], [0.5, 1 / (1 + np.exp(0.5))])


def test_a_regressor_for_imaging_is_a_sum_of_responses():
    time = np.arange(0.0, 40.0, 0.01)
    response = fit.haemodynamic_response(time)
    assert np.trapezoid(response, time) == pytest.approx(5 / 6, abs=1e-3)
    frames = np.arange(0.0, 60.0, 2.0)
    heights = np.array([1.0, np.nan, -2.0])
    made = fit.convolved([3.0, 10.0, 20.0], heights, frames)
    expected = 1.5 * fit.haemodynamic_response(frames - 3.0) - 1.5 * fit.haemodynamic_response(frames - 20.0)
    np.testing.assert_allclose(made, expected, atol=1e-12)


def guesses(n, k):
    action = np.zeros((1, n), dtype=int)
    action[0, k:] = 1
    model = fit.Model(rpe.agents.BiasedGuesser(), rpe.tasks.bandit([0.5, 0.5]), {"bias": fit.Parameter(0, 1)})
    return fit.fit(model, Choices.of(action, np.zeros((1, n))), n_starts=1, rng=0)


def test_profiles_of_a_binomial_are_where_its_deviance_says():
    def fall(p):
        return 12 * np.log(0.3 / p) + 28 * np.log(0.7 / (1 - p)) - chi2.ppf(0.9, 1) / 2

    table = guesses(40, 12).intervals(level=0.9, n_simulated=0)
    assert table["low"][0] == pytest.approx(brentq(fall, 0.01, 0.3), abs=1e-4)
    assert table["high"][0] == pytest.approx(brentq(fall, 0.3, 0.99), abs=1e-4)


def test_a_profile_ends_at_a_bound_that_is_not_excluded():
    table = guesses(20, 0).intervals(n_simulated=0)
    assert table["low"][0] == 0.0
    assert table["high"][0] == pytest.approx(1 - np.exp(-chi2.ppf(0.95, 1) / 40), abs=1e-4)


def test_intervals_of_two_parameters_contain_their_optimum(found):
    table = found.intervals(n_simulated=0)
    assert (table["low"] <= table["estimate"]).all()
    assert (table["estimate"] <= table["high"]).all()
    boot = fit.bootstrap_intervals(found, n_samples=60, rng=0)
    both = (np.minimum(table["high"], boot["high"]) - np.maximum(table["low"], boot["low"])) > 0
    assert both.all()


def test_profile_intervals_cover():
    true = np.tile([[0.3, 3.0]], (60, 1))
    made = fit.fit(Q, fit.simulated(Q, true, n_trials=150, rng=3), n_starts=2, rng=0)
    table = made.intervals(n_simulated=0)
    within = (table["low"] <= true.ravel()) & (true.ravel() <= table["high"])
    assert within.mean() > 0.9


def test_the_correction_is_the_mean_likelihood_ratio_of_simulated_records():
    """Of a guesser that ratio is a sum over binomial outcomes."""
    found, n, p = guesses(20, 6), 20, 0.3
    k = np.arange(n + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        top = np.where(k > 0, k * np.log(k / n), 0.0) + np.where(k < n, (n - k) * np.log(1 - k / n), 0.0)
    ratio = 2 * (top - k * np.log(p) - (n - k) * np.log(1 - p))
    table = found.intervals(n_simulated=4000)
    assert table["correction"][0] == pytest.approx((binom.pmf(k, n, p) * ratio).sum(), abs=0.06)
    plain = found.intervals(n_simulated=0)
    assert table["low"][0] < plain["low"][0]
    assert table["high"][0] > plain["high"][0]

    def fall(at):
        return 6 * np.log(0.3 / at) + 14 * np.log(0.7 / (1 - at)) - table["correction"][0] * chi2.ppf(0.95, 1) / 2

    assert table["high"][0] == pytest.approx(brentq(fall, 0.3, 0.99), abs=1e-4)
    with pytest.raises(ValueError, match="n_simulated must be 0 for signals and with a prior; got 5"):
        fit.profile_intervals(replace(found, method="map"), n_simulated=5)


def test_groups_that_share_parameters_are_simulated_as_groups(data):
    from rpe.fit.intervals import simulated_again

    shared = fit.fit(Q, data, n_starts=1, rng=0, groups=["a", "b", "a"])
    made, members = simulated_again(shared, 2, 0)
    assert made.n_subjects == 6
    assert [group.tolist() for group in members] == [[0, 1], [2, 3], [4], [5]]
    table = shared.intervals(n_simulated=4)
    assert (table["low"] < table["high"]).all()


def test_a_larger_model_is_never_worse(data):
    """Even with one start, and one that lies far off."""
    poor = fit.Parameter(0, 1, start=(0.97, 0.99))
    small = fit.Model(rpe.agents.QLearner(discount=0.0, learning_rate=0.1), ARMS, {"inverse_temperature": BETA})
    large = fit.Model(small.agent, ARMS, {"inverse_temperature": BETA, "learning_rate": poor}, name="large")
    two, one = fit.fit_all([large, small], data, n_starts=1, rng=0)
    assert (two.log_likelihood >= one.log_likelihood - 1e-9).all()
    assert two.model is large
    assert two.n_starts == 2


def test_fits_warn_of_what_data_do_not_determine():
    # One choice says next to nothing of two parameters.
    few = fit.fit(Q, Choices.of([[0, 1]], [[0.0, 0.0]]), n_starts=3, rng=0)
    assert "the data do not determine" in few.report() or "lies at a bound" in few.report()
    assert "! subject 0" in repr(few)
    always = guesses(30, 0)
    assert "bias lies at a bound" in always.report()
    assert always.at_bound.all()


def test_what_lies_at_a_bound_leaves_the_errors_of_the_others():
    """Someone who follows the last outcome learns at rate 1; how steadily is well determined."""
    made = fit.simulated(Q, [[1.0, 3.0]] * 6, n_trials=300, rng=5)
    found = fit.fit(Q, made, n_starts=3, rng=0)
    bound = found.at_bound[:, 0]
    assert bound.any()
    assert np.isfinite(found.standard_errors[bound, 1]).all()
    fixed = fit.Model(rpe.agents.QLearner(discount=0.0, learning_rate=1.0), ARMS, {"inverse_temperature": BETA})
    alone = fit.fit(fixed, made, n_starts=1, rng=0)
    np.testing.assert_allclose(found.standard_errors[bound, 1], alone.standard_errors[bound, 0], rtol=1e-3)
    assert "the data do not determine" not in found.report()


def test_good_fits_do_not_warn(found):
    many = fit.fit(Q, fit.simulated(Q, [[0.3, 3.0]] * 4, n_trials=400, rng=1), n_starts=4, rng=0)
    assert many.report() == ""
    assert "!" not in repr(many)


def test_a_fit_says_when_only_one_start_found_the_best(found):
    lonely = replace(found, n_agreeing=np.array([1, 3, 3]))
    assert "only 1 of 3 starts reached the best value" in lonely.report().splitlines()[0]


def test_a_fit_says_when_data_never_vary():
    """Nothing done in 16 weeks is certain once effort costs enough, so that the log likelihood is 0."""
    log = WorkLog.of([[0] * 16, [1, 0, 2, 0] * 4])
    idle = fit.fit(fit.semester_models()["basic"], log, n_starts=2, rng=0)
    assert idle.log_likelihood[0] == pytest.approx(0, abs=1e-4)
    first, *second = idle.report().splitlines()
    assert "the model is certain of these data (log likelihood 0)" in first
    assert "certain" not in "".join(second)


def test_fits_warn_of_parameters_that_trade_off():
    """Who learns slowly and chooses by small differences looks like who learns faster and cares less."""
    free = {"learning_rate": fit.Parameter(0, 1), "inverse_temperature": fit.Parameter(0, 50)}
    model = fit.Model(Q.agent, ARMS, free)
    found = fit.fit(model, fit.simulated(model, [[0.01, 8.0]] * 3, n_trials=60, rng=2), n_starts=3, rng=0)
    r = found.covariance[1, 0, 1] / np.sqrt(found.covariance[1, 0, 0] * found.covariance[1, 1, 1])
    assert found.correlation[1, 0, 1] == pytest.approx(r)
    assert r < -0.99
    assert "learning_rate and inverse_temperature trade off (r = -1.00)" in found.report().splitlines()[1]
    assert found.correlation[0, 0, 1] > -0.9
    assert "trade off" not in found.report().splitlines()[0]


def test_likelihoods_that_are_not_normal_are_told_from_those_that_are():
    """1.96 standard errors away, along the ridge, that of a normal estimate has fallen by 1.96² / 2."""
    free = {"learning_rate": fit.Parameter(0, 1), "inverse_temperature": fit.Parameter(0, 50)}
    model = fit.Model(Q.agent, ARMS, free)
    slow = fit.simulated(model, [[0.01, 8.0]] * 3, n_trials=60, rng=2).take([0])
    data = Choices.stacked([slow, fit.simulated(model, [[0.3, 3.0]], n_trials=60, rng=0)])
    found = fit.fit(model, data, n_starts=3, rng=0)
    for i in range(2):
        for name in range(2):
            ridge = 1.96 * found.covariance[i, :, name] / np.sqrt(found.covariance[i, name, name])
            ends = model.from_free(np.stack([found.free[i] + ridge, found.free[i] - ridge]))
            there = fit.log_likelihood(*model.at(ends), Choices.stacked([data.take([i])] * 2))
            fall = (found.log_likelihood[i] - there) / (1.96**2 / 2)
            assert found.lopsided[i, name] == bool((fall < 1 / 3).any() or (fall > 3).any())
    assert found.lopsided.tolist() == [[False, True], [False, False]]
    assert found.report() == "subject 0: standard errors of inverse_temperature mislead; use intervals()"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: fit.trials_at(Q, WorkLog.of([[1]]), [[0.1, 1.0]]), TypeError, "must be Choices or Offers"),
        (lambda: fit.trials_at(Q, SMALL, [[0.1]]), ValueError, r"values must have shape \(1, 2\)"),
        (lambda: fit.joined([JOINED]).trials(), ValueError, "fit must hold its data"),
        (lambda: fit.joined([JOINED]).intervals(), ValueError, "found must hold its data"),
        (lambda: fit.convolved([1.0], [1.0, 2.0], [0.0]), ValueError, "onsets and heights must have one shape"),
        (lambda: fit.fit_all([], SMALL), ValueError, "models must be at least one"),
        (lambda: fit.fit(Q, SMALL, start_from=[OTHERS]), ValueError, "must be fits of the same subjects"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


SMALL = Choices.of([[0, 1, 0, 1]], [[0.0, 1.0, 1.0, 1.0]])
JOINED = fit.fit(Q, SMALL, n_starts=1, rng=0)
OTHERS = fit.fit(Q, Choices.of([[0, 1]] * 2, [[0.0, 1.0]] * 2), n_starts=1, rng=0)
