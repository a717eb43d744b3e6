"""Distributional and multi-timescale TD, payoffs and costs, and Redish: closed forms and published numbers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import rpe
from rpe import theories
from rpe.theories import DistributionalTD
from rpe.theories.distributional import decode, expectiles, imputed
from rpe.theories.multi_timescale import population_value
from rpe.theories.payoff_cost import thalamic_activity

SHORT = rpe.schedules.design("A+")
SIZES = [0.1, 0.3, 1.2, 2.5, 5.0, 10.0, 20.0]
CHANCES = np.array([0.066, 0.091, 0.148, 0.155, 0.312, 0.151, 0.077])


def test_expectiles_of_the_recorded_rewards():
    tau = np.linspace(0.05, 0.95, 19)
    found = expectiles(SIZES, CHANCES, tau)
    p = CHANCES
    for e, t in zip(found, tau, strict=True):
        above = (np.maximum(np.array(SIZES) - e, 0) * p).sum()
        below = (np.maximum(e - np.array(SIZES), 0) * p).sum()
        assert t * above == pytest.approx((1 - t) * below, abs=1e-9)
    assert found[9] == pytest.approx(5.21, abs=0.01)


def test_cells_learn_their_expectiles():
    s = rpe.schedules.delay_conditioning(8000, probability=0.5, rng=0, reward_time=0.6, duration=1.0)
    theory = theories.DistributionalTD(n_cells=9, rate_sum=0.02)
    learned = theory.learn(s)
    np.testing.assert_allclose(learned.more["weights"][:, 0], theory.asymmetries, atol=0.08)
    middle = theories.TD(trace_decay=0.0, learning_rate=0.01).learn(s)
    single = theories.DistributionalTD(n_cells=9, rate_sum=0.02).learn(s).more["weights"][4, 0]
    assert single == pytest.approx(middle.more["weights"][0, 0], abs=1e-9)


def test_quantiles_are_not_expectiles():
    sizes = np.random.default_rng(0).choice([0.0, 0.1, 1.0], 6000)
    s = rpe.schedules.delay_conditioning(6000, magnitude=sizes, reward_time=0.6, duration=1.0)
    learned = theories.DistributionalTD(n_cells=3, code="quantile", rate_sum=0.01).learn(s)
    assert learned.more["weights"][1, 0] == pytest.approx(0.1, abs=0.05)


def test_decoding_finds_the_distribution():
    tau = np.linspace(0.02, 0.98, 49)
    samples = decode(expectiles([0.2, 0.8], [0.5, 0.5], tau), tau, n_samples=20)
    assert np.abs(samples[:8] - 0.2).max() < 0.1
    assert np.abs(samples[-8:] - 0.8).max() < 0.1


def test_each_cell_discounts_by_its_own_time_constant():
    s = rpe.schedules.delay_conditioning(400)
    theory = theories.MultiTimescaleTD(trace_decay=0.9, n_cells=6)
    learned = theory.learn(s)
    np.testing.assert_allclose(learned.more["weights"][:, 0], np.exp(-0.9 / theory.time_constants), rtol=1e-3)
    assert learned.delta[0, -1, 5] == pytest.approx(np.exp(-1.0 / theory.time_constants).mean(), rel=1e-3)


def test_the_population_is_hyperbolic():
    k = np.random.default_rng(0).exponential(0.3, 200_000)
    delays = np.array([0.0, 1.0, 5.0, 20.0])
    np.testing.assert_allclose(np.exp(-k[:, None] * delays).mean(axis=0), population_value(delays, 0.3), atol=0.005)


def test_payoffs_and_costs_are_learned_apart():
    """Alternating payoffs and costs: the fixed point of the two-trial cycle, by an independent loop."""
    outcomes = [1.0, -0.5] * 1500
    s = rpe.schedules.delay_conditioning(3000, magnitude=np.array(outcomes))
    theory = theories.PayoffCost()
    learned = theory.learn(s)
    go = no_go = 0.0
    for r in outcomes:
        delta = r - (go - no_go) / 2
        rise = delta if delta > 0 else 0.538 * delta
        fall = -delta if -delta > 0 else 0.538 * -delta
        go, no_go = max(go + 0.3 * rise - 0.099 * go, 0), max(no_go + 0.3 * fall - 0.099 * no_go, 0)
    np.testing.assert_allclose([learned.more["go"][0, 0], learned.more["no_go"][0, 0]], [go, no_go], rtol=1e-9)
    assert go > no_go > 0.2
    np.testing.assert_allclose(thalamic_activity(go, no_go, [0.0, 1.0]), [-no_go, go])


def test_redish_grows_by_eta_d_gamma_k_per_trial():
    s = rpe.schedules.delay_conditioning(6000, reward_time=0.8, duration=1.2)
    learned = theories.Redish().learn(s)
    slope = np.diff(learned.value[0, -2000:, 5]).mean()
    assert slope == pytest.approx(0.1 * 0.025 * 0.95**2, rel=0.01)


def test_redish_without_a_drug_is_td():
    s = rpe.schedules.delay_conditioning(50, probability=0.7, rng=1)
    plain = theories.TD(trace_decay=0.0, discount=0.95, step=None).learn(s)
    np.testing.assert_allclose(theories.Redish(drug=False).learn(s).delta, plain.delta, atol=1e-12)


@pytest.mark.parametrize(
    "theory",
    [theories.DistributionalTD(n_cells=5), theories.MultiTimescaleTD(), theories.PayoffCost(), theories.Redish()],
)
def test_probes_change_nothing(theory):
    s = rpe.schedules.design("A+ x20 | A-? x5 | A+ x20", random=False)
    without = s.take(~s.probe)
    np.testing.assert_allclose(theory.learn(s).delta[:, ~s.probe], theory.learn(without).delta, atol=1e-12)
    assert theory.name
    assert isinstance(theory.published(), dict)


def test_rival_codes():
    s = rpe.schedules.design("A+ x300 | A-?", random=False)
    salience, worth = theories.Salience(novelty=0.0).learn(s), theories.ValueCode(signal="change").learn(s)
    np.testing.assert_allclose(salience.delta, np.abs(salience.more["error"]))
    np.testing.assert_allclose(worth.delta.sum(axis=-1), worth.value[..., -1] + s.reward[:, -1], atol=1e-12)
    fresh = theories.Salience(novelty=0.4).learn(s).delta - salience.delta
    np.testing.assert_allclose(fresh[0, :4, 5], 0.4 / np.sqrt(np.arange(1, 5)))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: theories.DistributionalTD(n_cells=1), ValueError, "n_cells must be at least 2"),
        (lambda: theories.DistributionalTD(code="mode"), ValueError, "code must be one of"),
        (
            lambda: theories.DistributionalTD(features="presence").learn(rpe.schedules.design("A+")),
            ValueError,
            "once in a trial",
        ),
        (lambda: theories.MultiTimescaleTD(longest=0.1), ValueError, "longest must lie in"),
        (lambda: theories.PayoffCost(slope=2.0), ValueError, "slope must lie in"),
        (lambda: theories.Redish(surge=-1.0), ValueError, "surge must lie in"),
        (lambda: theories.Salience(theory=3), TypeError, "method 'learn'"),
        (lambda: theories.ValueCode(signal="worth"), ValueError, "signal must be one of"),
        (lambda: expectiles([0.0, 1.0], [0.5, 0.2], [0.5]), ValueError, "sum to 1"),
        (lambda: decode([0.1], [0.5, 0.6]), ValueError, "shape of reversal"),
        (lambda: population_value(-1.0, 0.1), ValueError, "delay must lie in"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


# A cue is followed by one of two states, each with two outcomes: the exact expectiles of the mixture, and those of
# cells that learn from their own next value.
TAU = [0.1, 0.25, 0.5, 0.75, 0.9]
EXACT = [0.2500, 0.6250, 1.2500, 2.1667, 3.0833]
OWN = [0.1300, 0.4375, 1.2500, 2.4375, 3.3300]


def branching(n, seed=0):
    cue, first, second = (0.0, 0.5), {"a": (0.5, 1.0)}, {"b": (0.5, 1.0)}
    kinds = {
        f"{name} {size}": rpe.schedules.Trial({"cue": cue} | state, {1.0: size} if size else {}, due=1.0)
        for name, state, sizes in (("a", first, (0.0, 1.0)), ("b", second, (0.0, 4.0)))
        for size in sizes
    }
    order = np.random.default_rng(seed).choice(list(kinds), n).tolist()
    return rpe.schedules.sequence(kinds, order, dt=0.5, duration=1.5)


@pytest.mark.parametrize(("bootstrap", "expected"), [("imputed", EXACT), ("own", OWN)])
def test_expectiles_after_a_branch(bootstrap, expected):
    s = branching(12000)
    weights = []
    theory = DistributionalTD(tau=TAU, rate_sum=0.01, discount=1.0, features="presence", bootstrap=bootstrap)
    for seed in range(4):
        weights.append(theory.learn(branching(12000, seed)).more["weights"])
    cue = np.mean(weights, axis=0)[:, s.stimuli.index("cue")]
    assert_allclose(cue, expected, atol=0.05)


def test_exact_expectiles_are_those_of_the_mixture():
    assert_allclose(expectiles([0.0, 1.0, 4.0], [0.5, 0.25, 0.25], TAU), EXACT, atol=5e-5)


@pytest.mark.parametrize("seed", range(5))
def test_an_imputed_distribution_has_the_given_expectiles(seed):
    rng = np.random.default_rng(seed)
    sizes, chances, tau = rng.normal(size=7), rng.dirichlet(np.ones(7)), (np.arange(31) + 0.5) / 31
    points = expectiles(sizes, chances, tau)
    samples, found = imputed(points, tau)
    assert_allclose(found.sum(), 1)
    assert (found >= 0).all()
    assert_allclose(samples @ found, sizes @ chances, atol=1e-9)
    assert_allclose(expectiles(samples, found, tau), points, atol=1e-6)


def test_imputing_from_what_has_no_distribution_stays_finite():
    tau = (np.arange(9) + 0.5) / 9
    for points in (np.zeros(9), -tau, np.where(tau > 0.5, 5.0, 0.0), np.random.default_rng(0).normal(size=9)):
        samples, chances = imputed(points, tau)
        assert np.isfinite(samples).all()
        assert (chances >= 0).all()


def test_cells_may_have_asymmetries_of_their_own():
    theory = DistributionalTD(tau=[0.2, 0.5, 0.6])
    assert theory.n_cells == 3
    learned = theory.learn(rpe.schedules.delay_conditioning(n_trials=3000, probability=0.5, rng=0))
    assert_allclose(learned.more["weights"][:, 9], [0.2, 0.5, 0.6], atol=0.12)
    with pytest.raises(ValueError, match="tau must lie in"):
        DistributionalTD(tau=[0.0, 0.5])
    with pytest.raises(ValueError, match="tau must have shape"):
        DistributionalTD(tau=[0.5])


def test_redish_as_published_discounts_the_reward_too():
    """Without a drug the value one step before a reward of 1 is γ instead of 1."""
    s = rpe.schedules.delay_conditioning(n_trials=400)
    value = {
        discounts: theories.Redish(drug=False, discounts_reward=discounts).learn(s).value[0, -1, 14]
        for discounts in (False, True)
    }
    assert_allclose([value[False], value[True]], [1.0, 0.95], atol=1e-6)


def test_release_of_kinetics_of_ones_own():
    own = rpe.dopamine.REGIONS["accumbens"]._replace(uptake=2 * rpe.dopamine.REGIONS["accumbens"].uptake)
    rate = np.full((1, 20), 5.0)
    plain, faster = (theories.ReleaseKinetics(region).release(rate, 0.1) for region in ("accumbens", own))
    assert faster.mean() < 0.7 * plain.mean()
    assert theories.ReleaseKinetics(own).name == "Release kinetics, own"


def test_slopes_show_the_asymmetry_that_cells_learn_with():
    """Cells whose errors are weighed by τ above and 1 − τ below give τ back, whatever their gain and reversal point."""
    tau, sizes = np.array([0.1, 0.5, 0.8]), np.array([0.0, 1.0, 2.0, 3.0, 5.0])
    points = np.array([1.0, 2.0, 3.0])
    away = sizes - points[:, None]
    errors = np.array([[2.0], [1.0], [0.5]]) * np.where(away > 0, tau[:, None], 1 - tau[:, None]) * away
    assert_allclose(rpe.measures.reversal_points(errors, sizes), points)
    assert_allclose(rpe.measures.slope_asymmetries(errors, sizes), tau)
    assert np.isnan(rpe.measures.slope_asymmetries([[1.0, 2.0]], [1.0, 2.0])).all()
    with pytest.raises(ValueError, match="sizes must be two or more that rise"):
        rpe.measures.reversal_points([[1.0, 2.0]], [2.0, 1.0])
    with pytest.raises(ValueError, match="errors must have shape"):
        rpe.measures.reversal_points([1.0, 2.0], [1.0, 2.0])
