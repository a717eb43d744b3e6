"""Learning rates that follow the time between rewards."""

import numpy as np
import pytest

from rpe import schedules, theories
from rpe.theories import anccr


def test_rate_does_not_depend_on_the_sampling():
    """By hand: another sampling needs α₀′ = 1 − (1 − α₀)^(dt′/dt), and gives the same rate of an interval."""
    other = 1 - (1 - 4e-5) ** (0.5 / 0.2)
    for interval in (60.0, 600.0):
        np.testing.assert_allclose(
            anccr.rate_by_interval(other, interval / 0.5), anccr.rate_by_interval(4e-5, interval / 0.2), rtol=1e-9
        )
    rates = anccr.rate_by_interval(4e-5, np.geomspace(1, 1e9, 20))
    assert (np.diff(rates) >= 0).all()
    assert rates[0] > 0
    assert rates[-1] == 1.0


def test_rare_rewards_teach_more_each():
    """Ten rewards at ten times the interval teach about as much as a hundred; ten at the short one do not."""
    rates = {}
    for gap, n in ((20.0, 100), (220.0, 10)):
        theory = theories.ANCCR(rate_per_sample=4e-4, omissions=False)
        s = schedules.delay_conditioning(n, gap=gap)
        log = anccr.event_log(s, 0.0, np.random.default_rng(0))
        rates[gap] = theory._rates(s, log)
    assert rates[220.0][-1] > 5 * rates[20.0][-1]
    # The first reward uses the prior, one in 60 s.
    assert rates[20.0][0] == pytest.approx(rates[220.0][0])
    np.testing.assert_allclose(rates[20.0][0], 1 - (1 - 4e-4) ** 300, rtol=0.02)


def test_learning_uses_the_rate():
    slow, fast = (theories.ANCCR(rate_per_sample=rate, omissions=False, jitter=0.0) for rate in (1e-5, 1e-3))
    s = schedules.delay_conditioning(30, gap=30.0)
    before = [abs(theory.learn(s, 0).more["net_contingency"][0, 0, 1]) for theory in (slow, fast)]
    assert before[1] > 3 * before[0] > 0


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1])
def test_a_rate_lies_between_0_and_1(rate):
    with pytest.raises(ValueError, match="rate_per_sample must"):
        theories.ANCCR(rate_per_sample=rate)
