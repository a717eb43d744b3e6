"""Learners that people are fitted with: golden numbers, closed forms, scalar loops, known effects, recovery."""

import math

import numpy as np
import pytest
from scipy.stats import spearmanr

import rpe
from rpe import fit
from rpe.agents import (
    BiasedGuesser,
    BinaryFilter,
    CounterfactualLearner,
    ForgettingLearner,
    KalmanBandit,
    PavlovianLearner,
    PearceHallLearner,
    TwoRateLearner,
    TwoStepLearner,
    WinStayLoseShift,
)
from rpe.records import Choices

ARMS = rpe.tasks.bandit([0.5, 0.5])
FIVE = Choices.of([[0, 0, 1, 1, 0]], [[1.0, 0.0, 1.0, 1.0, 1.0]])


def replayed(agent, task, data):
    """Log likelihood, and the memory after the record."""
    memories = []
    fit.replay(_Keeps(agent, memories), task, data, lambda *_: None)
    return float(fit.log_likelihood(agent, task, data)[0]), memories[-1]


class _Keeps:
    def __init__(self, agent, kept):
        self.agent, self.kept = agent, kept

    def init(self, task, n_agents):
        self.kept.append(self.agent.init(task, n_agents))
        return self.kept[-1]

    def policy(self, *args):
        return self.agent.policy(*args)

    def update(self, *args):
        return self.agent.update(*args)


def test_two_rates():
    agent = TwoRateLearner(positive_rate=0.4, negative_rate=0.2, inverse_temperature=3.0)
    total, memory = replayed(agent, ARMS, FIVE)
    assert total == pytest.approx(-4.105115, abs=1e-6)
    np.testing.assert_allclose(memory.q[:, 0], [0.592, 0.64], atol=1e-12)


def test_two_rates_by_the_sign_of_the_outcome():
    """They differ where an outcome is positive and yet a disappointment."""
    data = Choices.of([[0, 0]], [[2.0, 0.5]])
    rates = {"positive_rate": 0.5, "negative_rate": 0.1}
    by_error = replayed(TwoRateLearner(**rates), ARMS, data)[1].q[0, 0]
    by_outcome = replayed(TwoRateLearner(**rates, by="outcome"), ARMS, data)[1].q[0, 0]
    assert by_error == pytest.approx(1 - 0.1 * 0.5)
    assert by_outcome == pytest.approx(1 - 0.5 * 0.5)


@pytest.mark.parametrize("p", [0.3, 0.7])
def test_two_rates_settle_where_the_closed_form_says(p):
    agent = TwoRateLearner(positive_rate=0.04, negative_rate=0.02, inverse_temperature=0.0)
    task = rpe.tasks.bandit([p, p])
    history = rpe.simulate.run(agent, task, n_agents=2000, n_trials=500, rng=0, record="summary", keep_memory=True)
    expected = 0.04 * p / (0.04 * p + 0.02 * (1 - p))
    assert history.memory.q.mean() == pytest.approx(expected, abs=0.01)


def test_pearce_hall():
    agent = PearceHallLearner(learning_rate=0.6, associability_rate=0.3, inverse_temperature=3.0)
    total, memory = replayed(agent, ARMS, FIVE)
    assert total == pytest.approx(-4.208064, abs=1e-6)
    np.testing.assert_allclose(memory.q[:, 0], [0.64128, 0.84], atol=1e-12)
    np.testing.assert_allclose(memory.own["associability"][:, 0], [0.844, 0.82], atol=1e-12)


def random_record(n=5, n_trials=30, seed=0):
    rng = np.random.default_rng(seed)
    action = rng.integers(-1, 2, (n, n_trials))
    action[:, 0] = 1
    return Choices.of(action, rng.normal(0.2, 1.0, (n, n_trials)))


@pytest.mark.parametrize(
    "agent",
    [
        TwoRateLearner(positive_rate=0.3, negative_rate=0.3, inverse_temperature=2.0),
        PearceHallLearner(
            learning_rate=0.6, associability_rate=0.0, initial_associability=0.5, inverse_temperature=2.0
        ),
        ForgettingLearner(learning_rate=0.3, decay_rate=0.0, inverse_temperature=2.0),
        CounterfactualLearner(learning_rate=0.3, counterfactual_rate=0.0, inverse_temperature=2.0),
        PavlovianLearner(
            learning_rate=0.3, reward_sensitivity=1.0, punishment_sensitivity=1.0, inverse_temperature=2.0
        ),
    ],
    ids=lambda agent: type(agent).__name__,
)
def test_without_what_is_special_each_is_q_learning(agent):
    plain = rpe.agents.QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=2.0)
    data = random_record()
    found, expected = (fit.log_likelihood(each, ARMS, data) for each in (agent, plain))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_counterfactual():
    data = Choices.of([[0, 0, 0, 1, 1]], [[1.0, 1.0, -1.0, 1.0, -1.0]])
    agent = CounterfactualLearner(learning_rate=0.4, indifference_point=0.1, inverse_temperature=2.0)
    total, memory = replayed(agent, ARMS, data)
    assert total == pytest.approx(-1.826234, abs=1e-6)
    np.testing.assert_allclose(memory.q[:, 0], [0.15424, -0.15424], atol=1e-9)


def test_counterfactual_values_are_those_of_a_loop():
    data = random_record(seed=3)
    expected = []
    for actions, rewards in zip(data.action[..., 0], data.reward[..., 0], strict=True):
        q, total = [0.0, 0.0], 0.0
        for a, r in zip(actions, rewards, strict=True):
            if a >= 0:
                total -= math.log(1 + math.exp(-3.0 * (q[a] - q[1 - a])))
                q[a], q[1 - a] = q[a] + 0.2 * (r - q[a]), q[1 - a] + 0.6 * (-r - q[1 - a])
        expected.append(total)
    agent = CounterfactualLearner(learning_rate=0.2, counterfactual_rate=0.6, inverse_temperature=3.0)
    np.testing.assert_allclose(fit.log_likelihood(agent, ARMS, data), expected, rtol=1e-12)


def test_what_is_not_chosen_is_forgotten():
    data = Choices.of([[0, 1, 1, 1]], [[1.0, 0.0, 0.0, 0.0]])
    _, memory = replayed(ForgettingLearner(learning_rate=0.8, decay_rate=0.1), ARMS, data)
    assert memory.q[0, 0] == pytest.approx(0.8 * 0.9**3)


TWO_STEP = rpe.tasks.TwoStep()
FOUR_TRIALS = Choices.of(
    [[[0, 0], [0, 0], [1, 1], [0, 1]]],
    [[[0.0, 1.0], [0.0, 0.0], [0.0, 1.0], [0.0, 1.0]]],
    state=[[[0, 1, 3], [0, 2, 3], [0, 2, 3], [0, 1, 3]]],
)


@pytest.mark.parametrize(("which", "expected"), [("after", -6.343784), ("before", -6.404840)])
def test_two_step(which, expected):
    agent = TwoStepLearner(
        first_rate=0.5,
        second_rate=0.4,
        first_temperature=3.0,
        second_temperature=2.0,
        stickiness=0.3,
        model_weight=0.6,
        trace_decay=0.7,
        outcome_error=which,
    )
    assert fit.log_likelihood(agent, TWO_STEP, FOUR_TRIALS)[0] == pytest.approx(expected, abs=1e-6)


def stays(weight, trace_decay):
    """P(stay) after common and rare transitions, rewarded and not."""
    agent = TwoStepLearner(model_weight=weight, trace_decay=trace_decay, first_temperature=5.0)
    data = fit.choices_of(rpe.simulate.run(agent, TWO_STEP, n_agents=400, n_trials=100, rng=0, record="all"))
    first, rewarded = data.action[..., 0], data.reward[:, :-1, 1] > 0
    stay = first[:, 1:] == first[:, :-1]
    common = (data.state[:, :-1, 1] - 1) == first[:, :-1]
    return {(c, r): stay[(common == c) & (rewarded == r)].mean() for c in (True, False) for r in (True, False)}


def test_two_step_learners_stay_by_model_or_by_reward():
    model = stays(1.0, 0.6)
    assert model[True, True] - model[True, False] > 0.05
    assert model[False, True] - model[False, False] < -0.05
    free = stays(0.0, 1.0)
    assert min(free[True, True] - free[True, False], free[False, True] - free[False, False]) > 0.1


def test_a_two_step_learner_with_a_missed_stage():
    """A missed second choice leaves the first as it was; a missed first one does not stop the second from learning."""
    agent = TwoStepLearner(first_rate=1.0, second_rate=0.5, trace_decay=1.0, stickiness=0.0)
    state = [[[0, 1, 3], [0, 1, 3]]]
    lost = Choices.of(
        [[[0, -1], [0, 0]]], np.ones((1, 2, 2)), state=state, missed=np.array([[[False, True], [False, False]]])
    )
    _, memory = replayed(agent, TWO_STEP, lost)
    assert memory.value[2, 0] == pytest.approx(0.5)
    late = Choices.of(
        [[[-1, 0], [-1, 0]]], np.ones((1, 2, 2)), state=state, missed=np.array([[[True, False], [True, False]]])
    )
    _, memory = replayed(agent, TWO_STEP, late)
    assert memory.value[:3, 0].tolist() == [0.0, 0.0, 0.75]


def test_go_and_no_go():
    agent = PavlovianLearner(
        lapse=0.1,
        learning_rate=0.3,
        go_bias=0.2,
        pavlovian_bias=0.5,
        reward_sensitivity=2.0,
        punishment_sensitivity=1.5,
    )
    cue = [0, 0, 0, 1, 1, 1]
    data = Choices.of([[1, 1, 0, 1, 0, 1]], [[1.0, 0.0, 1.0, -1.0, 0.0, -1.0]], state=[[[c, 4] for c in cue]])
    assert fit.log_likelihood(agent, rpe.tasks.go_no_go(), data)[0] == pytest.approx(-4.060329, abs=1e-6)


def right(pavlovian_bias):
    """Share of right choices for each cue: go to win, go to avoid, no-go to win, no-go to avoid."""
    agent = PavlovianLearner(
        pavlovian_bias=pavlovian_bias, reward_sensitivity=4.0, punishment_sensitivity=4.0, learning_rate=0.2
    )
    task = rpe.tasks.go_no_go()
    data = fit.choices_of(rpe.simulate.run(agent, task, n_agents=500, n_trials=160, rng=0, record="all"))
    cue, action = data.state[:, :, 0], data.action[..., 0]
    return np.array([(action[cue == i] == (i < 2)).mean() for i in range(4)])


def test_a_pavlovian_bias_helps_going_to_win_and_hinders_going_to_avoid():
    with_bias, without = right(0.6), right(0.0)
    assert with_bias[0] - with_bias[2] > 0.1
    assert with_bias[3] - with_bias[1] > 0.1
    interaction = without[0] - without[2] - without[1] + without[3]
    assert abs(interaction) < 0.02


def test_the_belief_of_the_filter():
    outcomes = np.array([1, 1, 0, 1, 1])
    agent = BinaryFilter(volatility=-2.0, inverse_noise=2.0)
    data = Choices.of([[1, 0, 0, 1, 1]], [(np.array([1, 0, 0, 1, 1]) == outcomes).astype(float)])
    memory, seen = agent.init(ARMS, 1), []
    for action, reward in zip(data.action[0, :, 0], data.reward[0, :, 0], strict=True):
        seen.append(float(agent.prediction(memory)[0]))
        nothing = np.zeros(1)
        step = rpe.tasks.Step(np.zeros(1, int), np.array([reward]), 0.0, 0.0, 0.0, nothing > 0, nothing > 0)
        agent.update(memory, np.zeros(1, int), np.array([action]), step, None)
    np.testing.assert_allclose(seen, [0.5, 0.608775, 0.682034, 0.555567, 0.636093], atol=1e-6)
    total = sum(
        math.log(1 / (1 + ((1 - m) / m) ** (2 * (1 if y else -1)))) for m, y in zip(seen, [1, 0, 0, 1, 1], strict=True)
    )
    assert fit.log_likelihood(agent, ARMS, data)[0] == pytest.approx(total, abs=1e-5)


def test_the_kalman_learner_of_two_arms():
    data = Choices.of([[0, 1, 0]], [[5.0, -2.0, 3.0]])
    agent = KalmanBandit(thompson_weight=1.0)
    _, memory = replayed(agent, ARMS, data)
    np.testing.assert_allclose(memory.q[:, 0], [3.809524, -1.818182], atol=1e-6)
    np.testing.assert_allclose(memory.own["variance"][:, 0], [4.761905, 9.090909], atol=1e-6)
    here = np.zeros(1, int)
    assert agent.policy(memory, here)[0, 0] == pytest.approx(0.934738, abs=1e-6)
    hybrid = KalmanBandit(thompson_weight=1.0, uncertainty_weight=0.5)
    assert hybrid.policy(memory, here)[0, 0] == pytest.approx(0.863366, abs=1e-6)


def test_a_restless_kalman_learner_moves_all_arms():
    agent = KalmanBandit(thompson_weight=1.0, persistence=0.9, long_run_mean=2.0, drift_variance=3.0)
    _, memory = replayed(agent, ARMS, Choices.of([[0, -1]], [[5.0, 0.0]]))
    gain = 100 / 110
    np.testing.assert_allclose(memory.q[:, 0], [0.9 * gain * 5 + 0.2, 0.2], rtol=1e-12)
    np.testing.assert_allclose(memory.own["variance"][:, 0], [0.81 * 100 * (1 - gain) + 3, 84.0], rtol=1e-12)


def test_simple_strategies():
    data = Choices.of([[0, 0, 1, 2, -1, 2]], [[1.0, 0.0, 1.0, 0.0, 0.0, 0.0]])
    three = rpe.tasks.bandit([0.2, 0.5, 0.7])
    guesses = 2 * math.log(0.6) + 3 * math.log(0.2)
    assert fit.log_likelihood(BiasedGuesser(bias=0.6), three, data)[0] == pytest.approx(guesses)
    # Even; stay after a win; leave after a loss to one of two; leave after a win; stay after a loss.
    shifts = math.log(1 / 3) + math.log(0.9) + math.log(0.9 / 2) + math.log(0.1 / 2) + math.log(0.1)
    assert fit.log_likelihood(WinStayLoseShift(lapse=0.2), three, data)[0] == pytest.approx(shifts)


def test_states_that_show_the_same_stimulus_share_its_value():
    task = rpe.tasks.ShownStimuli([0.2, 0.4, 0.6, 0.8])

    def better(agent):
        data = fit.choices_of(rpe.simulate.run(agent, task, n_agents=4000, n_trials=60, rng=0, record="all"))
        hit = data.action[..., 0] == 1
        return [hit[:, first:last].mean() for first, last in ((0, 12), (12, 24), (48, 60))]

    shared = TwoRateLearner(positive_rate=0.3, negative_rate=0.3, inverse_temperature=5.0)
    np.testing.assert_allclose(better(shared), [0.60, 0.71, 0.78], atol=0.01)
    apart = rpe.agents.QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=5.0)
    np.testing.assert_allclose(better(apart), [0.54, 0.62, 0.73], atol=0.01)


def test_a_reversal_changes_what_learners_choose():
    agent = TwoRateLearner(positive_rate=0.3, negative_rate=0.3, inverse_temperature=5.0)
    task = rpe.tasks.reversal(n_choices=80, every=40)
    action = rpe.simulate.run(agent, task, n_agents=500, rng=0, record="all").full.action[:, 0]
    assert (action[:, 30:40] == 0).mean() > 0.8
    assert (action[:, 70:] == 1).mean() > 0.8


RATE, BETA = fit.Parameter(0, 1, start=(0.1, 0.8)), fit.Parameter(0, 20, start=(2.0, 8.0))
DRIFT = rpe.tasks.drifting(500, deviation=0.05, low=0.1, high=0.9, rng=4)
FOUR = rpe.tasks.drifting(500, 4, deviation=0.05, low=0.1, high=0.9, rng=5)
LOSSES = rpe.tasks.ChangingBandit(DRIFT.probabilities, otherwise=-1.0)
SIGNED = rpe.tasks.reversal(n_choices=300, every=30, otherwise=-1.0)
WALKS = rpe.tasks.TwoStep.drifting(300, deviation=0.05, rng=1)
RECOVERED = {
    "two rates": (
        TwoRateLearner(),
        DRIFT,
        {"positive_rate": RATE, "negative_rate": RATE, "inverse_temperature": BETA},
    ),
    "forgetting": (
        ForgettingLearner(),
        FOUR,
        {"learning_rate": RATE, "decay_rate": fit.Parameter(0, 1, (0.01, 0.2)), "inverse_temperature": BETA},
    ),
    "counterfactual": (
        CounterfactualLearner(),
        LOSSES,
        {"learning_rate": RATE, "inverse_temperature": fit.Parameter(0, 20, (1.0, 3.0))},
    ),
    "Pearce-Hall": (
        PearceHallLearner(inverse_temperature=5.0),
        SIGNED,
        {"learning_rate": RATE, "associability_rate": RATE},
    ),
    "two steps": (
        TwoStepLearner(second_temperature=4.0, first_temperature=5.0),
        WALKS,
        {"model_weight": fit.Parameter(0, 1, start=(0.0, 1.0)), "second_rate": RATE, "stickiness": fit.Parameter()},
    ),
    "Kalman": (
        KalmanBandit(observation_variance=0.2, prior_variance=0.3, drift_variance=0.01, initial_value=0.5),
        DRIFT,
        {
            "value_weight": fit.Parameter(start=(1.0, 6.0)),
            "uncertainty_weight": fit.Parameter(start=(-4.0, 4.0)),
        },
    ),
    "win-stay": (WinStayLoseShift(), rpe.tasks.reversal(n_choices=200), {"lapse": RATE}),
    "guesser": (BiasedGuesser(), rpe.tasks.reversal(n_choices=200), {"bias": RATE}),
    "filter": (BinaryFilter(inverse_noise=2.0), SIGNED, {"inverse_noise": fit.Parameter(0, start=(0.5, 4.0))}),
}


@pytest.mark.parametrize("name", RECOVERED)
def test_parameters_are_recovered(name):
    agent, task, free = RECOVERED[name]
    found = fit.parameter_recovery(fit.Model(agent, task, free, name), n_subjects=40, n_trials=1, n_starts=2, rng=1)
    ranks = [spearmanr(*pair)[0] for pair in zip(found.true.T, found.fit.estimates.T, strict=True)]
    assert min(ranks) > 0.7, dict(zip(free, ranks, strict=True))


def test_go_and_no_go_is_recovered():
    free = {"learning_rate": RATE, "pavlovian_bias": fit.Parameter(0, start=(0.0, 1.0)), "go_bias": fit.Parameter()}
    agent = PavlovianLearner(reward_sensitivity=4.0, punishment_sensitivity=4.0)
    model = fit.Model(agent, rpe.tasks.go_no_go(), free)
    found = fit.parameter_recovery(model, n_subjects=40, n_trials=240, n_starts=3, rng=1)
    assert (found.correlation > 0.7).all(), found.correlation


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: TwoRateLearner(positive_rate=1.5), "positive_rate must lie in"),
        (lambda: TwoRateLearner(by="size"), "by must be one of"),
        (lambda: ForgettingLearner(decay_rate=-0.1), "decay_rate must lie in"),
        (lambda: WinStayLoseShift(lapse=2.0), "lapse must lie in"),
        (lambda: BiasedGuesser(bias=-1.0), "bias must lie in"),
        (lambda: KalmanBandit(observation_variance=0.0), "observation_variance must lie in"),
        (lambda: KalmanBandit().init(rpe.tasks.bandit([0.1] * 3), 1), "must have two arms; got 3"),
        (lambda: TwoStepLearner().init(ARMS, 1), "6 stimuli of two steps; got 2"),
        (lambda: TwoStepLearner(outcome_error="now"), "outcome_error must be one of"),
        (lambda: BinaryFilter(initial_variance=0.0), "initial_variance must lie in"),
        (lambda: BinaryFilter().init(rpe.tasks.bandit([0.1] * 3), 1), "must have two actions; got 3"),
        (lambda: TwoRateLearner(positive_rate=[0.1, 0.2]).init(ARMS, 3), "n_agents must be 2"),
        (lambda: rpe.tasks.ChangingBandit([0.1, 0.2]), "probabilities must have shape"),
        (lambda: rpe.tasks.TwoStep([0.1, 0.2]), "probabilities must have shape"),
        (lambda: rpe.tasks.ShownStimuli([0.1, 0.2], [[0, 2]]), "sets of stimuli 0 to 1"),
        (lambda: rpe.tasks.ShownStimuli([0.1, 0.2]).state_of([[1, 0]]), r"in their order; got \[1, 0\]"),
        (lambda: rpe.tasks.reversal(every=0), "every must be at least 1"),
        (lambda: rpe.tasks.go_no_go(1.2), "valid must lie in"),
    ],
)
def test_bad_parameters(call, message):
    with pytest.raises(ValueError, match=message):
        call()
