"""Choice rules against their definition and against frequencies."""

import math

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpe import choice


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_softmax_is_the_definition(n_actions, n, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 5, (n_actions, n)).round(1)
    beta = rng.choice([0.0, 0.3, 2.0, 50.0, np.inf], n)
    available = rng.random((n_actions, n)) < 0.6
    available[rng.integers(n_actions, size=n), np.arange(n)] = True
    got = choice.softmax(values, beta, available)
    for i in range(n):
        offered = {a: values[a, i] for a in range(n_actions) if available[a, i]}
        want = naive.softmax(offered, beta[i])
        np.testing.assert_allclose(got[:, i], [want.get(a, 0.0) for a in range(n_actions)], atol=1e-14)
    np.testing.assert_array_equal(got, choice.softmax(values.copy(), beta, available))


@pytest.mark.parametrize("beta", [0.0, 0.7, 1e6, np.inf, np.array(0.7), np.array(np.inf)])
def test_one_beta_for_all_is_the_same_as_one_each(beta):
    values = np.array([[1.0, 0.0, 3.0], [1.0, 2.0, -1.0], [0.5, 2.0, 0.0]])
    each = np.full(3, float(beta))
    np.testing.assert_allclose(choice.softmax(values, beta), choice.softmax(values, each), rtol=1e-14)


@pytest.mark.parametrize("beta", [0.0, 1.0, np.inf, np.array([0.0]), np.array([np.inf])])
def test_what_is_not_offered_has_no_probability(beta):
    available = np.array([[True], [False], [True]])
    assert choice.softmax(np.array([[1.0], [9.0], [1.0]]), beta, available)[:, 0].tolist() == [0.5, 0.0, 0.5]


def test_softmax_leaves_its_arguments_alone():
    values, beta = np.arange(6.0).reshape(3, 2), np.array([1.0, np.inf])
    choice.softmax(values, beta, np.ones((3, 2), dtype=bool))
    np.testing.assert_array_equal(values, np.arange(6.0).reshape(3, 2))
    np.testing.assert_array_equal(beta, [1.0, np.inf])


def test_softmax_survives_huge_values():
    assert choice.softmax(np.array([[1e6], [-1e6]]), 10.0)[:, 0].tolist() == [1.0, 0.0]


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 200), st.integers(0, 2**32 - 1))
def test_sample_inverts_the_cumulative_distribution(n_actions, seed):
    rng = np.random.default_rng(seed)
    p = rng.random((n_actions, 20)) * (rng.random((n_actions, 20)) < 0.7) + np.eye(n_actions, 20) * 1e-3
    p[0] += 1e-6
    p /= p.sum(axis=0)
    u = rng.random(20)
    want = [next((a for a in range(n_actions) if u[i] < math.fsum(p[: a + 1, i])), n_actions - 1) for i in range(20)]
    np.testing.assert_array_equal(choice.sample(p, u), want)


def test_sample_has_the_right_frequencies():
    p = np.array([0.1, 0.0, 0.6, 0.3])
    n = 200_000
    actions = choice.sample(np.repeat(p[:, None], n, axis=1), np.random.default_rng(1).random(n))
    share = np.bincount(actions, minlength=4) / n
    assert share[1] == 0.0
    assert (np.abs(share - p) < 4 * np.sqrt(p * (1 - p) / n) + 1e-15).all()


@pytest.mark.parametrize("tail", [[0.0], [0.0, 0.0]])
def test_rounding_never_yields_an_impossible_action(tail):
    p = np.array([[1 / 3] * 1, [1 / 3], [1 / 3 - 1e-12], *[[t] for t in tail]])
    assert choice.sample(p, np.array([np.nextafter(1.0, 0.0)])).tolist() == [2]


def test_the_ends_of_the_unit_interval():
    p = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert choice.sample(p, np.array([0.0, 0.0])).tolist() == [1, 0]
    assert choice.sample(p, np.full(2, np.nextafter(1.0, 0.0))).tolist() == [1, 0]


@pytest.mark.parametrize("value", [-1.0, np.nan, -np.inf, [[1.0]], [1.0, np.nan], []])
def test_a_bad_inverse_temperature_is_refused(value):
    with pytest.raises(ValueError, match="inverse_temperature must"):
        choice.inverse_temperature(value)


@pytest.mark.parametrize("value", ["hot", None, [1.0, "a"], 1j, True])
def test_an_inverse_temperature_that_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="inverse_temperature must"):
        choice.inverse_temperature(value)


def test_a_good_inverse_temperature_is_kept():
    np.testing.assert_array_equal(choice.inverse_temperature([0, 2.5, np.inf]), [0.0, 2.5, np.inf])
