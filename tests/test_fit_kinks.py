"""Searches that leave kinks, and fits that learn from each other's optima."""

from types import SimpleNamespace

import numpy as np

from rpe.fit.estimation import _exchange, _starts
from rpe.fit.model import Parameter
from rpe.fit.objective import Search, Slope
from rpe.fit.scoring import optimise, unstuck


class Ridge(Search):
    """A sharp ridge along x = y, on which (2, 2) is the highest point."""

    groups = (np.array([0]),)

    def slope(self, u, group):
        across, x, y = u[:, 0] - u[:, 1], u[:, 0] - 2, u[:, 1] - 2
        value = -3 * np.abs(across) - 0.2 * (x**2 + y**2)
        score = np.stack([-3 * np.sign(across) - 0.4 * x, 3 * np.sign(across) - 0.4 * y], axis=1)
        return Slope(value, score, np.tile(0.4 * np.eye(2), (len(u), 1, 1)))


class Hills(Search):
    """A low hill at −2, a high one at 2."""

    groups = (np.array([0]), np.array([1]))

    model = SimpleNamespace(parameters={"x": Parameter(-4, 4)})

    def _each(self, x):
        return np.exp(-((x + 2) ** 2)) + 3 * np.exp(-((x - 2) ** 2))

    def slope(self, u, group):
        x = u[:, 0]
        score = -2 * (x + 2) * np.exp(-((x + 2) ** 2)) - 6 * (x - 2) * np.exp(-((x - 2) ** 2))
        return Slope(self._each(x), score[:, None], np.full((len(u), 1, 1), 6.0))

    def screen(self, u):
        return np.tile(self._each(u[:, 0]), (2, 1))


def test_a_fit_leaves_a_kink():
    start, who = np.array([[-1.0, 0.5]]), np.array([0])
    u, value, rested = optimise(Ridge(), start, who)
    assert rested[0]
    assert value[0] < -1.0
    u, better = unstuck(Ridge(), u, value, who, 50, np.random.default_rng(0))
    assert better[0] > -0.3
    np.testing.assert_allclose(u[0], [2.0, 2.0], atol=0.8)


def test_a_smooth_optimum_is_left_alone():
    top, value, _ = optimise(Hills(), np.array([[1.5]]), np.array([0]))
    u, same = unstuck(Hills(), top, value, np.array([0]), 50, np.random.default_rng(0))
    assert u.tolist() == top.tolist()
    assert same.tolist() == value.tolist()


def test_a_group_starts_from_the_optimum_of_another():
    ends, value, rested = optimise(Hills(), np.array([[-2.2], [-1.8], [2.2], [-2.1]]), np.array([0, 0, 1, 1]))
    u, value, rested = ends.reshape(2, 2, 1), value.reshape(2, 2), rested.reshape(2, 2)
    assert value.max(axis=1)[0] < 1.1
    _exchange(Hills(), u, value, rested, 10, 50)
    np.testing.assert_allclose(value.max(axis=1), 3.0, atol=1e-4)
    assert value[1].max() == value[1, 0]


def test_starts_come_from_different_shares_of_the_points():
    starts = _starts(Hills(), 3, 30, np.random.default_rng(0)).reshape(2, 3)
    points = Parameter(-4, 4).draw_start(30, np.random.default_rng(0)).reshape(3, 10)
    best = [share[np.argmax(Hills()._each(share))] for share in points]
    np.testing.assert_array_equal(starts, [best, best])
