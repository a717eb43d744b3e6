"""Choices between offers: targets in closed form, maximum likelihood by SciPy, recovery, cross-validation."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

import rpe
from rpe import fit
from rpe.fit.offer_models import weighted_probability
from rpe.records import Offers

NOW = np.array([80, 34, 25, 11, 49, 41, 34, 31, 19, 22])
LATER = np.array([85, 50, 60, 30, 60, 75, 35, 85, 25, 25])
DAYS = np.array([157, 30, 14, 7, 89, 20, 186, 7, 53, 136])
CHOSE = np.array([0, 1, 1, 1, 0, 1, 0, 1, 1, 0])
DATA = Offers.of([CHOSE], amount=np.stack([NOW, LATER], -1), delay=np.stack([0 * DAYS, DAYS], -1))
FREE = {"k": fit.Parameter(0, start=(0.002, 0.05)), "inverse_temperature": fit.Parameter(0, start=(0.05, 1.0))}

CHOOSER = fit.Model(fit.HyperbolicDelay(), None, FREE)


def by_hand(k, beta):
    later = expit(beta * (LATER / (1 + k * DAYS) - NOW))
    return np.log(np.where(CHOSE, later, 1 - later)).sum()


def test_a_made_up_questionnaire():
    found = fit.offer_log_likelihood(fit.HyperbolicDelay(k=0.015, inverse_temperature=0.5), DATA)[0]
    assert found == pytest.approx(-3.1937, abs=5e-5)
    assert found == pytest.approx(by_hand(0.015, 0.5), rel=1e-12)


def test_its_maximum_is_that_of_scipy():
    model = fit.Model(fit.HyperbolicDelay(), None, FREE, name="hyperbolic")
    found = fit.fit(model, DATA, n_starts=4, rng=0)
    best = minimize(lambda u: -by_hand(*np.exp(u)), [-4.0, -1.0], method="Nelder-Mead", options={"xatol": 1e-8})
    assert found.log_likelihood[0] == pytest.approx(-best.fun, abs=1e-5)
    assert found.n_choices.tolist() == [10]


def one(**attributes):
    return {name: np.array(values, dtype=float).reshape(1, 1, -1) for name, values in attributes.items()}


def test_odds_and_delays_multiply():
    offer = one(amount=[100], probability=[0.5], delay=[30])
    assert fit.OddsDiscounting(k=0.02, h=1.0).values(offer)[0, 0, 0] == pytest.approx(31.25)
    sixty = one(amount=[100], probability=[0.6], delay=[30])
    assert fit.OddsDiscounting(k=0.02, h=1.0).values(sixty)[0, 0, 0] == pytest.approx(37.5)


def test_the_sigmoid_of_effort():
    worth = fit.EffortDiscounting(k=10.0, turning_point=0.5, form="sigmoid").values(
        one(amount=[1, 1, 1], effort=[0, 0.5, 1])
    )
    np.testing.assert_allclose(worth[0, 0], [1.0, 0.503369, 0.006738], atol=1e-6)


@pytest.mark.parametrize(("refusal", "expected"), [(0.0, 0.858149), (1.0, 0.689974)])
def test_accepting_effort(refusal, expected):
    chooser = fit.EffortDiscounting(k=0.3, reward_weight=1.0, acceptance_bias=0.5, form="parabolic")
    chance = np.exp(chooser.log_policy(one(amount=[refusal, 4], effort=[0, 3])))
    assert chance[1, 0, 0] == pytest.approx(expected, abs=1e-6)


def test_a_gamble_and_bent_probabilities():
    chooser = fit.ProspectTheory(risk_sensitivity=0.9, loss_aversion=1.5, inverse_temperature=2.0)
    chance = np.exp(chooser.log_policy(one(gain=[0, 9], loss=[0, -6.75], probability=[1, 0.5])))
    assert chance[1, 0, 0] == pytest.approx(0.242265, abs=1e-6)
    np.testing.assert_allclose(weighted_probability([0.1, 0.9], 0.61), [0.186303, 0.711716], atol=1e-6)


@pytest.mark.parametrize(
    ("chooser", "weight"),
    [
        (fit.ExponentialDelay(rate=0.03), np.exp(-0.03 * DAYS)),
        (fit.ConstantSensitivityDelay(rate=0.03, sensitivity=0.5), np.exp(-np.sqrt(0.03 * DAYS))),
        (fit.HyperbolicDelay(k=0.03), 1 / (1 + 0.03 * DAYS)),
        (fit.HyperboloidDelay(k=0.03, s=0.7), (1 + 0.03 * DAYS) ** -0.7),
        (fit.QuasiHyperbolicDelay(present_bias=0.8, discount=0.99), 0.8 * 0.99**DAYS),
    ],
    ids=lambda x: type(x).__name__,
)
def test_delays_weigh_what_the_equation_says(chooser, weight):
    worth = chooser.values(DATA.attributes)[0]
    np.testing.assert_allclose(worth[:, 0], NOW, rtol=1e-12)
    np.testing.assert_allclose(worth[:, 1], LATER * weight, rtol=1e-12)


def test_a_batch_of_choosers_is_one_after_the_other():
    k = np.array([0.001, 0.01, 0.1])
    three = DATA.take([0, 0, 0])
    batch = fit.offer_log_likelihood(fit.HyperbolicDelay(k=k, inverse_temperature=0.3), three)
    np.testing.assert_allclose(batch, [by_hand(each, 0.3) for each in k], rtol=1e-12)


# fmt: off
KIRBY = np.array(
    [
        [54, 55, 117], [55, 75, 61], [19, 25, 53], [31, 85, 7], [14, 25, 19], [47, 50, 160],
        [15, 35, 13], [25, 60, 14], [78, 80, 162], [40, 55, 62], [11, 30, 7], [67, 75, 119],
        [34, 35, 186], [27, 50, 21], [69, 85, 91], [49, 60, 89], [80, 85, 157], [24, 35, 29],
        [33, 80, 14], [28, 30, 179], [34, 50, 30], [25, 30, 80], [41, 75, 20], [54, 60, 111],
        [54, 80, 30], [22, 25, 136], [20, 55, 7],
    ],
    dtype=float,
)
# fmt: on
MCQ = Offers.of([[0] * 27], amount=KIRBY[:, :2], delay=np.stack([np.zeros(27), KIRBY[:, 2]], -1))


def test_discounting_is_recovered_from_27_questions():
    free = {"k": fit.Parameter(0, start=(0.001, 0.1)), "inverse_temperature": fit.Parameter(0, start=(0.3, 1.0))}
    model = fit.Model(fit.HyperbolicDelay(), None, free, name="hyperbolic")
    rng = np.random.default_rng(0)
    true = np.stack([np.exp(rng.uniform(np.log(0.002), np.log(0.1), 60)), rng.uniform(0.3, 1.0, 60)], axis=1)
    found = fit.parameter_recovery(model, true=true, data=MCQ, n_starts=3, rng=1)
    assert np.corrcoef(np.log(true[:, 0]), np.log(found.fit.estimates[:, 0]))[0, 1] > 0.8


def test_effort_is_recovered_from_64_trials():
    points, effort = (part.ravel() for part in np.meshgrid([2, 3, 4, 5], [1, 2, 3, 4]))
    amount = np.stack([np.zeros(64), np.tile(points, 4)], -1)
    offers = Offers.of([[0] * 64], amount=amount, effort=np.stack([np.zeros(64), np.tile(effort, 4)], -1))
    free = {
        "k": fit.Parameter(0, start=(0.05, 0.6)),
        "reward_weight": fit.Parameter(0, start=(0.2, 2.0)),
        "acceptance_bias": fit.Parameter(start=(-2, 2)),
    }
    found = fit.parameter_recovery(
        fit.Model(fit.EffortDiscounting(), None, free), n_subjects=60, data=offers, n_starts=3, rng=2
    )
    from scipy.stats import spearmanr

    ranks = [spearmanr(*pair)[0] for pair in zip(found.true.T, found.fit.estimates.T, strict=True)]
    assert min(ranks) > 0.7, ranks


def test_models_of_offers_are_told_apart_and_cross_validated():
    order = np.random.default_rng(0).permutation(120)
    days = np.tile([1, 7, 30, 90, 180, 365], 20)[order]
    now = np.repeat(np.linspace(5, 95, 20), 6)[order]
    offers = Offers.of(
        [[0] * 120],
        amount=np.stack([now, np.full(120, 100.0)], -1),
        delay=np.stack([np.zeros(120), days], -1),
    )
    beta = fit.Parameter(0, start=(0.15, 0.4))
    hyperbolic = fit.Model(
        fit.HyperbolicDelay(), None, {"k": fit.Parameter(0, start=(0.01, 0.05)), "inverse_temperature": beta}, name="h"
    )
    exponential = fit.Model(
        fit.ExponentialDelay(),
        None,
        {"rate": fit.Parameter(0, start=(0.003, 0.02)), "inverse_temperature": beta},
        name="e",
    )
    found = fit.model_recovery([hyperbolic, exponential], n_subjects=30, data=offers, n_starts=2, rng=0)
    assert np.diag(found.confusion).min() > 0.8
    data = fit.simulated(hyperbolic, [[0.03, 0.08]] * 40, data=offers, rng=1)
    right, wrong = (fit.cross_validate(m, data, n_folds=4, n_starts=2, rng=0) for m in (hyperbolic, exponential))
    assert right.sum() > wrong.sum() + 10


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: fit.Model(fit.HyperbolicDelay(), rpe.tasks.bandit([0.1, 0.2]), FREE), TypeError, "task must be None"),
        (lambda: fit.Model(rpe.agents.QLearner(), None, {"learning_rate": FREE["k"]}), TypeError, "task must be None"),
        (lambda: fit.HyperbolicDelay(k=-1.0), ValueError, "k must lie in"),
        (lambda: fit.EffortDiscounting(form="cubic"), ValueError, "form must be one of"),
        (
            lambda: fit.offer_log_likelihood(fit.EffortDiscounting(), DATA),
            ValueError,
            "offer must have amount, effort",
        ),
        (lambda: fit.offer_log_likelihood(fit.HyperbolicDelay(k=[0.1, 0.2]), DATA), ValueError, "1 or 1 agents; got 2"),
        (lambda: fit.offer_log_likelihood(fit.HyperbolicDelay(), DATA, [True]), ValueError, "trials must have shape"),
        (
            lambda: fit.fit(CHOOSER, rpe.records.Choices.of([[0]], [[1.0]])),
            TypeError,
            "data must fit a model of offers; got Choices",
        ),
        (
            lambda: fit.simulated(fit.Model(fit.HyperbolicDelay(), None, FREE), [[0.1, 1.0]]),
            TypeError,
            "must be the Offers",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
