"""Happiness and mood: sums by a loop, days by hand, a learner by a scalar loop, and null controls."""

from dataclasses import replace
from math import exp, tanh

import numpy as np
import pytest
from figure_rules import printable, says_the_finding

from rpe import measures, mechanisms, simulate
from rpe.agents import QLearner
from rpe.experiments import happiness

QUICK = happiness.Settings.quick()


def test_happiness_is_the_sum_over_what_was():
    rng = np.random.default_rng(0)
    expected, error, certain = rng.normal(size=(3, 2, 6))
    found = measures.happiness(expected, error, certain, weights=(0.2, 0.3, 0.7), forgetting=0.8, baseline=1.5)
    for i in range(2):
        for t in range(6):
            total = sum(
                0.8 ** (t - j) * (0.2 * certain[i, j] + 0.3 * expected[i, j] + 0.7 * error[i, j]) for j in range(t + 1)
            )
            assert found[i, t] == pytest.approx(1.5 + total)


def test_a_day_by_chance_is_the_mean_over_days():
    """The mean over chance, against days drawn at random with the delta rule run on each."""
    settings = replace(QUICK, n_days=4, n_moments=20)
    exact = happiness.course(settings, 2, 0.5, 0.5, 0.6)
    rng, n = np.random.default_rng(1), 20_000
    at, utility, value = happiness.places(20, 2), (10 / (2 * 0.5)) ** 0.5, np.zeros((n, 2))
    for day in range(4):
        came = (rng.random((n, 2)) < 0.5) * utility
        expected, error = np.zeros((2, n, 20))
        expected[:, at], error[:, at] = value, came - value
        drawn = measures.happiness(expected, error, forgetting=0.6)
        np.testing.assert_allclose(drawn.mean(axis=0), exact[day], atol=5 * drawn.std(axis=0).max() / n**0.5)
        value += settings.learning_rate * (came - value)


def test_mood_is_the_scalar_rule():
    pays = np.array([0.0, 2.0, 0.0, 1.0])
    agent = mechanisms.Mood(
        QLearner(learning_rate=0.3, discount=0.9), weight=0.8, learning_rate=0.25, scale=1.5, discount=0.9
    )
    history = simulate.run(agent, happiness._day(4, pays), n_agents=1, n_trials=5, rng=0, record="all")
    value, mood, expected = [0.0] * 5, 0.0, []
    for _ in range(5):
        for t in range(4):
            true = pays[t] + 0.9 * value[t + 1] - value[t]
            delta = pays[t] * exp(0.8 * tanh(mood / 1.5)) + 0.9 * value[t + 1] - value[t]
            value[t] += 0.3 * delta
            mood += 0.25 * (true - mood)
            expected.append(delta)
    np.testing.assert_allclose(history.full.delta[0, :, 1:].ravel(), expected, atol=1e-12)


@pytest.fixture(scope="module")
def study(quick):
    return quick("happiness")


def test_the_figure_can_be_printed_and_says_what_was_found(study):
    figures = happiness.figures(study)
    printable(figures)
    for panel in study.panels:
        says_the_finding(panel)


def test_without_mood_a_day_is_worth_what_it_pays(study):
    """The null control, and the closed form of the delta rule."""
    learned = 1 - (1 - QUICK.learning_rate) ** (QUICK.n_days - 1)
    for n in (1.0, 5.0):
        assert study.value("worth on the last day", n_goals=n, mood_weight=0.0) == pytest.approx(learned, abs=1e-9)
        assert study.value("inflated at most", n_goals=n, mood_weight=0.0) == 0.0
    # Wins that follow on one another meet the mood that earlier ones made.
    one, many = (study.value("inflated at most", n_goals=n, mood_weight=1.0) for n in (1.0, 5.0))
    assert many > one + 0.02


def test_with_linear_utility_parts_leave_the_mean_as_it_is(study):
    """The other null control: over all time the sums are the same."""
    for chance in (0.5, 1.0):
        where = {"when": "last day", "probability": chance, "exponent": 1.0, "forgetting": 0.4}
        one, many = (study.value("mean", n_goals=n, **where) for n in (1.0, 5.0))
        assert many == pytest.approx(one, rel=0.01)


def test_shares_are_those_of_the_table(study):
    def mean(n, row):
        where = {name: row[name] for name in ("probability", "exponent", "forgetting", "when")}
        return study.value("mean", n_goals=n, **where)

    last = [r for r in study.rows if r["quantity"] == "mean" and r.get("when") == "last day" and r["n_goals"] == 5]
    more = [mean(5.0, row) / mean(1.0, row) - 1 > 0.02 for row in last]
    assert study.value("share", finding="wins make the day happier", when="last day") == pytest.approx(np.mean(more))
    assert 0 < np.mean(more) < 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: measures.happiness([1.0], [1.0, 2.0, 3.0], [0.0, 0.0]), ValueError, "must fit one shape"),
        (lambda: measures.happiness([1.0], [1.0], forgetting=2), ValueError, "forgetting must lie in"),
        (lambda: measures.happiness([1.0], [1.0], weights=(1, 2)), ValueError, "weights must be three numbers"),
        (lambda: mechanisms.Mood(QLearner(), scale=0), ValueError, "scale must lie in"),
        (lambda: mechanisms.Mood(QLearner(), learning_rate=2), ValueError, "learning_rate must lie in"),
        (lambda: happiness.Settings(goal_numbers=(2, 5)), ValueError, "goal_numbers must begin with 1"),
        (lambda: happiness.Settings(exponents=(0.0,)), ValueError, "exponents must lie in"),
        (lambda: happiness.Settings(probabilities=()), ValueError, "probabilities must have at least one level"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
