"""What is scored, what teaches, what was missed: against loops; and likelihoods that underflow."""

import math
from dataclasses import replace

import numpy as np
import pytest

import rpe
from rpe import fit
from rpe.fit.objective import Objective
from rpe.records import Choices

BANDIT = rpe.tasks.bandit([0.2, 0.8])
LEARNER = rpe.agents.QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=3.0)
Q = fit.Model(
    LEARNER, BANDIT, {"learning_rate": fit.Parameter(0, 1), "inverse_temperature": fit.Parameter(0, 1e4)}, name="Q"
)


def loop(action, reward, scored, feedback, rate=0.3, beta=3.0):
    values, total = [0.0, 0.0], 0.0
    for a, r, counts, teaches in zip(action, reward, scored, feedback, strict=True):
        if a < 0:
            continue
        if counts:
            top = max(beta * v for v in values)
            total += beta * values[a] - top - math.log(sum(math.exp(beta * v - top) for v in values))
        if teaches:
            values[a] += rate * (r - values[a])
    return total


def masked(n=6, n_trials=40, seed=0):
    rng = np.random.default_rng(seed)
    action = rng.integers(-1, 2, (n, n_trials))
    reward = rng.integers(0, 2, (n, n_trials)).astype(float)
    scored, feedback = rng.random((2, n, n_trials)) < 0.6
    scored[:, 0], action[:, 0] = True, 0
    return action, reward, scored, feedback


def test_a_transfer_test_without_feedback():
    action = [[0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0]]
    reward = [[0, 1, 1, 0, 1, 1] + [0] * 6]
    data = Choices.of(action, reward, feedback=[[True] * 6 + [False] * 6])
    assert fit.log_likelihood(LEARNER, BANDIT, data)[0] == pytest.approx(-8.9238, abs=5e-5)
    learnt = Choices.of(action, reward)
    assert fit.log_likelihood(LEARNER, BANDIT, learnt)[0] == pytest.approx(-7.5060, abs=5e-5)


def test_masks_differ_between_subjects_and_agree_with_a_loop():
    action, reward, scored, feedback = masked()
    data = Choices.of(action, reward, scored=scored, feedback=feedback)
    expected = [loop(*row) for row in zip(action, reward, scored, feedback, strict=True)]
    np.testing.assert_allclose(fit.log_likelihood(LEARNER, BANDIT, data), expected, rtol=1e-12)
    np.testing.assert_array_equal(data.n_choices, (scored & (action >= 0)).sum(axis=1))
    u = np.repeat(Q.to_free([[0.3, 3.0]]), 6, axis=0)
    exact = Objective(Q, data)
    assert exact._exact
    slope = exact.slope(u, np.arange(6))
    np.testing.assert_allclose(slope.value, expected, rtol=1e-9)
    general = Objective(Q, data)
    general._exact = False
    other = general.slope(u, np.arange(6))
    np.testing.assert_allclose(other.value, slope.value, rtol=1e-9)
    np.testing.assert_allclose(other.score, slope.score, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(other.information, slope.information, rtol=1e-4, atol=1e-5)


def test_observed_choices_teach_and_do_not_count():
    shown = Choices.of([[1, 1, 0]], [[1.0, 1.0, 0.0]], scored=[[False, False, True]])
    value = 0.3 + 0.7 * 0.3
    expected = -math.log(1 + math.exp(3 * value))
    assert fit.log_likelihood(LEARNER, BANDIT, shown)[0] == pytest.approx(expected)
    assert shown.n_choices.tolist() == [1]


def test_a_choice_kernel_moves_also_without_feedback():
    kernel = rpe.mechanisms.ChoiceKernel(LEARNER, weight=2.0, learning_rate=0.5)
    data = Choices.of([[0, 0]], [[1.0, 1.0]], feedback=[[False, False]])
    assert fit.log_likelihood(kernel, BANDIT, data)[0] == pytest.approx(math.log(0.5) - math.log(1 + math.exp(-1.0)))


def test_a_missed_second_stage_does_not_end_the_trial():
    """What was reached bootstraps the first choice, whether or not a choice was made there."""
    task = rpe.tasks.TwoStep()
    state = np.array([[[0, 1, 3], [0, 1, 3], [0, 1, 3]]])
    action = [[[0, 1], [0, -1], [0, -1]]]
    reward = [[[0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]]
    agent = rpe.agents.QLearner(learning_rate=0.5, discount=1.0, inverse_temperature=1.0)

    def first(missed):
        data = Choices.of(action, reward, state=state, missed=np.array([[[False] * 2, [False, missed], [False] * 2]]))
        return fit.log_likelihood(agent, task, data)[0]

    # Trial 1: 0 learns 0 of its second stage, which then learns .5. Trial 2: 0 learns .25, if it did not end.
    half = math.log(0.5)
    assert first(True) == pytest.approx(3 * half - math.log(1 + math.exp(-0.25)))
    assert first(False) == pytest.approx(4 * half)


@pytest.mark.parametrize("exact", [True, False])
def test_likelihoods_that_underflow_are_finite_and_have_slopes(exact):
    action, reward, scored, feedback = masked(seed=1)
    data = Choices.of(action, reward, scored=scored, feedback=feedback)
    beta = 6000.0
    expected = [loop(*row, beta=beta) for row in zip(action, reward, scored, feedback, strict=True)]
    assert max(expected) < -750
    agent = rpe.agents.QLearner(learning_rate=0.3, discount=0.0, inverse_temperature=beta)
    np.testing.assert_allclose(fit.log_likelihood(agent, BANDIT, data), expected, rtol=1e-10)
    objective = Objective(Q, data)
    objective._exact = exact
    u = np.repeat(Q.to_free([[0.3, beta]]), 6, axis=0)
    found = objective.slope(u, np.arange(6))
    np.testing.assert_allclose(found.value, expected, rtol=1e-8)
    step = 1e-5 * np.array([0.0, 1.0])
    ahead, behind = (objective.slope(u + sign * step, np.arange(6)).value for sign in (1, -1))
    np.testing.assert_allclose(found.score[:, 1], (ahead - behind) / 2e-5, rtol=1e-3)


def test_a_mechanism_keeps_logarithms_that_underflow():
    inside = rpe.agents.QLearner(learning_rate=1.0, discount=0.0, inverse_temperature=2000.0)
    kernel = rpe.mechanisms.ChoiceKernel(inside, weight=2.0, learning_rate=1.0)
    data = Choices.of([[1, 0]], [[1.0, 0.0]])
    assert fit.log_likelihood(kernel, BANDIT, data)[0] == pytest.approx(math.log(0.5) - 2002.0)


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ({"scored": [[1, 0]]}, TypeError, "scored must be True or False"),
        ({"feedback": [[True]]}, ValueError, "feedback must have shape"),
        ({"missed": [[True, False]]}, ValueError, "missed must be False where there is a choice"),
        ({"scored": [[False, False]]}, ValueError, "at least one choice that is scored"),
    ],
)
def test_bad_masks(more, error, message):
    with pytest.raises(error, match=message):
        Choices.of([[0, 1]], [[0.0, 0.0]], **more)


CARRY_ON = {
    "Q(λ)": rpe.agents.QLearner(trace_decay=0.8),
    "expected SARSA(λ)": rpe.agents.ExpectedSarsa(trace_decay=0.8),
    "SARSA(λ)": rpe.agents.Sarsa(trace_decay=0.8),
    "SARSA": rpe.agents.Sarsa(),
    "n-step SARSA": rpe.agents.NStepSarsa(n_steps=3),
    "actor-critic(λ)": rpe.agents.ActorCritic(trace_decay=0.8),
    "μAgents(λ)": rpe.agents.MicroAgents(trace_decay=0.8),
}


@pytest.mark.parametrize("agent", CARRY_ON.values(), ids=CARRY_ON)
@pytest.mark.parametrize(
    "task", [rpe.tasks.micro_wins(2, n_units=3, deadline=5), rpe.tasks.TwoStep()], ids=["layered", "two steps"]
)
def test_what_others_saw_does_not_matter(agent, task):
    # The first subject misses feedback in the middle and at the end of trials, the others do not.
    history = rpe.simulate.run(
        rpe.agents.QLearner(inverse_temperature=0.2), task, n_agents=3, n_trials=12, rng=0, record="all"
    )
    data = rpe.fit.choices_of(history)
    seen = data.feedback.copy()
    seen[0] &= np.random.default_rng(1).random(seen[0].shape) < 0.6
    data = replace(data, feedback=seen)
    together = rpe.fit.log_likelihood(agent, task, data)
    alone = [rpe.fit.log_likelihood(agent, task, data.take([i]))[0] for i in range(3)]
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-12)


def test_traces_pass_unseen_steps_by():
    # Two moves to the reward; of the second, one of two agents sees nothing: to it, trace and all, it was not.
    chain = rpe.tasks.micro_wins(1, n_units=3, deadline=5)
    one, two = (rpe.agents.QLearner(trace_decay=0.5, learning_rate=0.5, discount=1.0).init(chain, 2) for _ in range(2))
    agent = rpe.agents.QLearner(trace_decay=0.5, learning_rate=0.5, discount=1.0)
    two.credit.mode = "dense"
    rng = np.random.default_rng(0)
    for memory in (one, two):
        agent.start(memory, np.array([0, 0]))
    state = np.array([0, 0])
    for t in range(5):
        action = np.array([0, 0])
        step = chain.step(state, action, rng)
        active = np.array([True, t not in (1, 4)])
        for memory in (one, two):
            agent.update(memory, state, action, step, active)
        state = step.state
    agent.start(one, np.array([0, 0]))
    np.testing.assert_allclose(one.table, two.table, rtol=0, atol=1e-13)
    assert (one.table[:, :, 0] != one.table[:, :, 1]).any()
