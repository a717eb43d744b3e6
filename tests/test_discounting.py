"""Discount functions: closed forms, conversions, and bad input."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rpe.discounting import (
    Discounting,
    Exponential,
    Hyperbolic,
    Hyperboloid,
    QuasiHyperbolic,
    SumOfExponentials,
    hyperbolic_rates,
)

DELAYS = np.arange(61)


def test_closed_forms():
    assert_allclose(Exponential(0.9)(DELAYS), [0.9**t for t in DELAYS])
    assert_allclose(Hyperbolic(0.2)(DELAYS), [1 / (1 + 0.2 * t) for t in DELAYS])
    assert_allclose(Hyperboloid(0.2, 0.7)(DELAYS), [(1 + 0.2 * t) ** -0.7 for t in DELAYS])
    assert_allclose(QuasiHyperbolic(0.6, 0.98)(DELAYS), [1.0] + [0.6 * 0.98**t for t in DELAYS[1:]])
    bank = SumOfExponentials([0.5, 0.9], [0.25, 0.75])
    assert_allclose(bank(DELAYS), [0.25 * 0.5**t + 0.75 * 0.9**t for t in DELAYS])


@pytest.mark.parametrize("k", [0.05, 0.2])
def test_a_bank_of_twenty_is_hyperbolic(k):
    """Published: the average of exponentials is 1/(1 + kτ); 20 mid-quantiles, τ ≤ 60, within 0.002."""
    bank = SumOfExponentials.hyperbolic(k, 20)
    assert np.abs(bank(DELAYS) - 1 / (1 + k * DELAYS)).max() <= 0.002
    rates = -np.log(hyperbolic_rates(k, 20))
    assert_allclose(rates, [-k * np.log(1 - (i - 0.5) / 20) for i in range(1, 21)])


@pytest.mark.parametrize("k", [0.001, 0.08, 0.5])
@pytest.mark.parametrize("horizon", [1, 20, 60])
def test_matched_at_the_horizon(k, horizon):
    hyperbolic = Hyperbolic(k)
    matched = Exponential.matched(hyperbolic, delay=horizon)
    assert matched(horizon) == pytest.approx(float(hyperbolic(horizon)))
    back = Hyperbolic.matched(matched, delay=horizon)
    assert float(back.k) == pytest.approx(k)


def test_default_match():
    """k = 0.08 and 20 units: γ = 0.9533."""
    assert float(Exponential.matched(Hyperbolic(0.08), delay=20).gamma) == pytest.approx(0.9533, abs=5e-5)


@pytest.mark.parametrize(
    "make",
    [
        lambda v: Exponential(v),
        lambda v: Hyperbolic(v),
        lambda v: Hyperboloid(v, 0.5),
        lambda v: Hyperboloid(0.5, v),
        lambda v: QuasiHyperbolic(v, 0.9),
        lambda v: QuasiHyperbolic(0.9, v),
    ],
)
def test_agents_come_first(make):
    values = np.array([0.1, 0.5, 0.9])
    many = make(values)
    assert isinstance(many, Discounting)
    assert many.n_agents == 3
    assert many(DELAYS).shape == (3, 61)
    assert many(4).shape == (3,)
    for i, value in enumerate(values):
        assert_allclose(many(DELAYS)[i], make(value)(DELAYS))
    assert make(0.5).n_agents == 1
    assert make(0.5)(DELAYS).shape == (61,)


def test_discount_functions_never_rise_and_start_at_one():
    for function in (Exponential(0.9), Hyperbolic(0.2), Hyperboloid(0.2, 1.2), QuasiHyperbolic(0.6, 0.98)):
        assert function(0) == 1.0
        assert (np.diff(function(DELAYS)) <= 0).all()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Exponential(1.2), ValueError, r"gamma must lie in \[0, 1\]; got 1.2"),
        (lambda: Exponential(np.nan), ValueError, "gamma must be finite; got nan"),
        (lambda: Exponential("0.9"), TypeError, "gamma must hold real numbers"),
        (lambda: Exponential([[0.9]]), ValueError, "gamma must be a number or an array"),
        (lambda: Exponential([]), ValueError, "gamma must be a number or an array"),
        (lambda: Hyperbolic([0.1, -0.2]), ValueError, "k must lie in .* got -0.2 at index 1"),
        (lambda: Hyperboloid(0.1, 0.0), ValueError, r"s must lie in \(0"),
        (lambda: Hyperboloid([0.1, 0.2], [1, 1, 1]), ValueError, "k has 2, s has 3"),
        (lambda: QuasiHyperbolic(beta=1.1), ValueError, "beta"),
        (lambda: QuasiHyperbolic(delta=-0.1), ValueError, "delta"),
        (lambda: SumOfExponentials([0.5, 0.9], [0.5, 0.6]), ValueError, "weights must be at least 0 and sum to 1"),
        (lambda: SumOfExponentials([0.5, 0.9], [1.0]), ValueError, "weights must have one entry per gamma"),
        (lambda: SumOfExponentials([1.5]), ValueError, "gammas"),
        (lambda: SumOfExponentials.hyperbolic(0.1, 0), ValueError, "n_exponentials must be at least 1"),
        (lambda: Exponential.matched(Hyperbolic(), delay=0), ValueError, "delay must be at least 1; got 0"),
        (lambda: Exponential.matched(Hyperbolic(), delay=1.5), TypeError, "delay must be an integer"),
        (lambda: Hyperbolic()(-1), ValueError, "delay must be at least 0; got -1"),
        (lambda: Hyperbolic()([np.inf]), ValueError, "delay must be finite"),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make()
