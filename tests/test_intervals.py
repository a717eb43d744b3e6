"""Intervals in closed form, against simulation and against SciPy."""

import numpy as np
import pytest
from scipy import stats

from rpe.experiments import intervals


def covered(interval, truth):
    low, high = np.array(interval)
    return np.mean((low <= truth) & (truth <= high))


def test_standard_errors_are_those_of_scipy_and_leave_out_what_is_unknown():
    values = np.random.default_rng(0).normal(size=(12, 3))
    low, high = intervals.standard_errors(values)
    np.testing.assert_allclose((high - low) / 2, stats.sem(values), rtol=1e-12)
    np.testing.assert_allclose((high + low) / 2, values.mean(axis=0), rtol=1e-12)
    gaps = np.vstack([values, np.full((1, 3), np.nan)])
    np.testing.assert_allclose(intervals.standard_errors(gaps), [low, high], rtol=1e-12)
    assert np.isnan(intervals.standard_errors([np.nan, np.nan])).all()
    np.testing.assert_array_equal(intervals.standard_errors([3.0]), [3.0, 3.0])


def test_rates_and_spreads_are_covered_as_often_as_they_say():
    rng = np.random.default_rng(1)
    rates, spreads = [], []
    for _ in range(400):
        offered = rng.integers(1, 20, 60)
        # Agents differ, so that an interval over steps would be too narrow.
        rates.append(intervals.rate_interval(rng.binomial(offered, rng.beta(2, 2, 60)), offered))
        values = rng.normal(size=(60, 8)) * rng.choice([1.0, 2.0], 60)[:, None]
        spreads.append(intervals.spread_interval(values, np.ones(values.shape, dtype=bool)))
    assert 0.91 < covered(np.transpose(rates), 0.5) < 0.98
    assert 0.91 < covered(np.transpose(spreads), np.sqrt(2.5)) < 0.98


def test_rates_know_their_ends():
    np.testing.assert_array_equal(intervals.rate_interval([[0], [0]], [[0], [0]]), [[np.nan], [np.nan]])
    np.testing.assert_array_equal(intervals.rate_interval([[1], [0]], [[2], [0]]), [[0.5], [0.5]])


def test_two_conditions_within_tasks_are_as_sure_as_their_difference():
    rng = np.random.default_rng(2)
    values = rng.normal(size=(30, 1)) * 10 + rng.normal(size=(30, 2))
    low, high = intervals.within_errors(values)
    half = (high - low) / 2
    # For two conditions each error, times the square root of two, is that of the difference.
    assert half[0] * np.sqrt(2) == pytest.approx(stats.sem(values[:, 0] - values[:, 1]), rel=1e-12)
    np.testing.assert_allclose((low + high) / 2, values.mean(axis=0), rtol=1e-9)
