"""Several rewards in a trial: what is predicted is no surprise; closed forms for values, sums and omissions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rpe.schedules import Trial, sequence
from rpe.theories import (
    TD,
    AverageRewardTD,
    BeliefTD,
    DistributionalTD,
    FeedbackUncertaintyTD,
    HyperbolicTD,
    KalmanTD,
    MultiTimescaleTD,
    Redish,
    RescorlaWagner,
    SemiMarkovTD,
    ValueDecayTD,
)
from rpe.theories._rewards_expected import last_rewards

OWN_CUES = Trial({"A": (0.5, 1.0), "B": (2.0, 2.5)}, {1.5: 1.0, 3.0: 1.0})
ONE_CUE = Trial({"A": (0.5, 1.0)}, {1.5: 1.0, 3.0: 1.0})
CHAIN = TD(trace_decay=0.0)
# Without reset the background has a value, and what is left is the error against it, everywhere the same.
THEORIES = {
    "TD(0)": CHAIN,
    "ends at reward": TD(trace_decay=0.0, ends_at_reward=True),
    "ends before reward": TD(trace_decay=0.0, ends_at_reward=True, at_the_reward=False),
    "belief": BeliefTD(),
    "belief, given": BeliefTD(knowledge="given"),
    "semi-Markov": SemiMarkovTD(),
    "semi-Markov, given": SemiMarkovTD(knowledge="given"),
    "feedback": FeedbackUncertaintyTD(),
    "average": AverageRewardTD(rate_learning_rate=0.001),
    "Kalman": KalmanTD(onset_teaches=False),
    "no decay": ValueDecayTD(kept=1.0),
    "hyperbolic": HyperbolicTD(),
    "many": MultiTimescaleTD(),
    "no drug": Redish(drug=False),
    "cells": DistributionalTD(),
}


@pytest.mark.parametrize("trial", [OWN_CUES, ONE_CUE], ids=["own cues", "one cue"])
@pytest.mark.parametrize("name", THEORIES)
def test_two_sure_rewards_leave_an_error_at_the_first_cue_only(name, trial):
    # Errors against a rate of reward that is learned slowly take longer to vanish.
    n_trials = 4000 if name == "average" else 1500
    schedule = sequence({"two": trial}, ["two"] * n_trials, dt=0.1, duration=4.0, gap=20.0)
    delta = THEORIES[name].learn(schedule, rng=0).delta[0]
    unit = np.abs(delta[0]).max()
    assert delta[-1, 5] > 0.05 * unit
    delta[-1, 5] = 0.0
    assert np.abs(delta[-1]).max() < 0.01 * unit


@pytest.mark.parametrize("discount", [1.0, 0.98])
def test_errors_sum_to_the_rewards_less_the_first_value(discount):
    """Σ γ^(t−1) δ_t = Σ γ^(t−1) r_t − V(s₀), whatever the weights, as nothing is learned."""
    kinds = {"A": ONE_CUE, "test": Trial(OWN_CUES.cues, {1.2: 0.3, 1.5: -1.0, 2.8: 2.0}, learning=False)}
    schedule = sequence(kinds, ["A"] * 30 + ["test"], dt=0.1, duration=4.0)
    learned = TD(trace_decay=0.0, discount=discount, step=None, bootstrap="stale").learn(schedule)
    delta, value = learned.delta[0, -1], learned.value[0, -1]
    # The value at the end of the window is discounted beside what comes.
    carried = discount ** np.arange(34)
    ahead = (carried * delta[6:]).sum()
    assert ahead == pytest.approx((carried * schedule.reward[-1, 6:]).sum() - value[5] + discount**34 * value[-1])


def test_value_of_two_rewards_is_their_discounted_sum():
    kinds = {"two": Trial({"A": (0.0, 0.1)}, {1.0: 1.0, 2.5: 0.5})}
    schedule = sequence(kinds, ["two"] * 3000, dt=0.1, duration=3.0)
    value = TD(trace_decay=0.0, discount=0.98, step=None, ends_at_reward=True).learn(schedule).value[0, -1]
    assert value[0] == pytest.approx(1.14164, abs=5e-6)


@pytest.mark.parametrize("knowledge", ["learned", "given"])
def test_semi_markov_values_of_the_wins(knowledge):
    """V_k = γ^d (r + V_{k+1}) with waits of 2, 3 and 4 s and wins of .2, .3 and .5."""
    kinds = {"three": Trial({"A": (0.0, 0.5)}, {2.0: 0.2, 5.0: 0.3, 9.0: 0.5})}
    schedule = sequence(kinds, ["three"] * 1000, dt=0.5, duration=10.0)
    learned = SemiMarkovTD(discount=0.95, knowledge=knowledge).learn(schedule)
    assert_allclose(learned.value[0, -1, [0, 4, 10]], [0.7278, 0.6064, 0.4073], atol=5e-5)
    assert_allclose(learned.delta[0, -1, 1:], 0, atol=1e-6)


@pytest.mark.parametrize("missed", [1.0, 2.0, 3.0])
def test_leaving_out_a_win_is_a_dip_at_its_time_only(missed):
    wins = {1.0: 1.0, 2.0: 1.0, 3.0: 1.0}
    less = {time: size for time, size in wins.items() if time != missed}
    kinds = {"all": Trial({"A": (0.0, 0.5)}, wins), "less": Trial({"A": (0.0, 0.5)}, less, learning=False)}
    schedule = sequence(kinds, ["all"] * 1500 + ["less"], dt=0.25, duration=4.0)
    delta = CHAIN.learn(schedule).delta[0, -1, 1:]
    expected = np.zeros(15)
    expected[round(missed / 0.25) - 1] = -1.0
    assert_allclose(delta, expected, atol=0.01)


def test_independent_wins_have_the_spread_of_their_chance():
    """Mean error 0 and SD r √(p (1 − p)) at each of two wins that come with p = .5."""
    kinds = {
        f"{a}{b}": Trial({"A": (0.0, 0.5)}, {t: 1.0 for t, won in ((1.0, a), (2.0, b)) if won}, due=1.0)
        for a in (0, 1)
        for b in (0, 1)
    }
    order = np.random.default_rng(0).choice(list(kinds), 4000).tolist()
    schedule = sequence(kinds, order, dt=0.5, duration=3.0)
    delta = TD(trace_decay=0.0, learning_rate=0.01).learn(schedule).delta[0, 2000:]
    assert_allclose(delta[:, [2, 4]].mean(axis=0), 0, atol=0.04)
    assert_allclose(delta[:, [2, 4]].std(axis=0), 0.5, atol=0.02)


@pytest.mark.parametrize("parts", [2, 5])
def test_parts_of_a_reward_are_worth_the_whole_without_discount(parts):
    times = 1.0 + np.arange(parts) * 0.25
    kinds = {"parts": Trial({"A": (0.0, 0.5)}, dict.fromkeys(times.tolist(), 1 / parts))}
    schedule = sequence(kinds, ["parts"] * 1000, dt=0.25, duration=4.0)
    assert TD(trace_decay=0.0, discount=1.0).learn(schedule).value[0, -1, 0] == pytest.approx(1.0, abs=1e-6)


def test_one_prediction_a_trial_is_of_the_sum():
    schedule = sequence({"two": ONE_CUE}, ["two"] * 200, dt=0.1, duration=4.0)
    assert RescorlaWagner().learn(schedule).value[0, -1, 6] == pytest.approx(2.0, abs=1e-6)


def test_chains_end_at_their_own_last_reward():
    kinds = {"one": Trial({"A": (0.0, 0.5)}, {1.0: 1.0}), "two": Trial({"A": (0.0, 0.5)}, {1.0: 1.0, 2.0: 1.0})}
    schedule = sequence(kinds, ["one", "two", "two", "one", "two"], dt=1.0, duration=3.0)
    # A second reward is expected from the second trial with two on, and from then on one is not the last.
    assert_allclose(last_rewards(schedule)[:, 1], [1, 1, 0, 0, 0])
    assert_allclose(last_rewards(schedule)[:, 2], [0, 1, 1, 0, 1])


def test_a_state_of_the_rewards_own_step_decides_where_the_rest_is_lost():
    """A reward that comes early: δ = r − V + γ V′ with V′ lost one step later, or δ = r − V at once."""
    cue = {"A": (0.5, 1.0)}
    kinds = {"A+": Trial(cue, {1.5: 1.0}), "early": Trial(cue, {1.0: 1.0}, due=1.5, learning=False)}
    schedule = sequence(kinds, ["A+"] * 1000 + ["early"], dt=0.1, duration=2.5)
    late = TD(trace_decay=0.0, ends_at_reward=True).learn(schedule).delta[0, -1]
    at_once = TD(trace_decay=0.0, ends_at_reward=True, at_the_reward=False).learn(schedule).delta[0, -1]
    gamma = 0.98**2
    assert_allclose([late[10], late[11]], [1.0, -(gamma**4)], atol=1e-4)
    assert_allclose([at_once[10], at_once[11]], [1 - gamma**5, 0.0], atol=1e-4)
    for delta in (late, at_once):
        assert_allclose(delta[12:], 0, atol=1e-6)
