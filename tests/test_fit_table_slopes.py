"""Forward sensitivities of tabular learners: against differences of replays, and against the recursion of arms."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

import rpe
from rpe import agents, fit
from rpe.fit import bandit, table_slopes
from rpe.fit.objective import Objective

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="Numba, the extra `fast`, is not installed")

UNIT, BETA = fit.Parameter(0, 1), fit.Parameter(0, 20)
ALL = {"learning_rate": UNIT, "inverse_temperature": BETA, "discount": UNIT, "trace_decay": UNIT, "exploration": UNIT}
PLAIN = {"learning_rate": UNIT, "inverse_temperature": BETA}
BANK = PLAIN | {"k": fit.Parameter(0)}
# Two steps, in which all actions are offered; and five layers, in which a goal that is reached leaves nothing to do.
TWO_STEP = rpe.tasks.TwoStep()
GOAL = rpe.tasks.micro_wins(n_goals=1, n_units=2, deadline=5, reward=5.0, success_probability=0.9)


def simulated(agent, task, parameters, n_trials=12, seed=0):
    """A model, choices of four subjects under it, with pseudo-rewards and much effort, and six points to look at."""
    model = fit.Model(agent, task, parameters)
    rng = np.random.default_rng(seed)
    u = rng.normal(size=(6, model.n_parameters))
    data = fit.simulated(model, model.from_free(u[:4] / 2), n_trials=n_trials, rng=1)
    data = replace(data, pseudo_reward=rng.normal(size=data.action.shape), effort=3 * rng.random(data.action.shape))
    return model, data, u, np.array([0, 1, 2, 3, 3, 0])


def slopes(monkeypatch, model, data, u, subject, *, compiled, trials=None):
    """The slopes of fits by kernels, or by differences of replays."""
    monkeypatch.setattr(table_slopes, "saves_time", lambda *_: compiled)
    assert table_slopes.applies(model, data) == compiled
    return Objective(model, data, trials).slope(u, subject)


def compare(exact, by_differences):
    np.testing.assert_allclose(exact.value, by_differences.value, rtol=1e-12)
    for part, other in ((exact.score, by_differences.score), (exact.information, by_differences.information)):
        # The error of differences, of third derivatives.
        np.testing.assert_allclose(part, other, atol=1e-6 * np.abs(other).max())


@needs_numba
@pytest.mark.parametrize("task", [TWO_STEP, GOAL], ids=["dense", "masked"])
@pytest.mark.parametrize(
    ("agent", "parameters"),
    [
        (agents.QLearner(), ALL),
        (agents.QLearner(cut_trace=False, trace="replacing", trace_decay=0.7, initial_value=0.3), PLAIN),
        (agents.ExpectedSarsa(), ALL | {"pseudo_reward_weight": fit.Parameter()}),
        (agents.MicroAgents(n_exponentials=3, exploration=0.1), BANK),
        (agents.MicroAgents(n_exponentials=3, trace_decay=0.5, sophisticated=False), BANK),
        (agents.PresentBiasedLearner(sophisticated=True), PLAIN | {"present_bias": UNIT}),
    ],
    ids=["Q", "replacing", "SARSA", "bank", "naive bank", "present-biased"],
)
def test_sensitivities_are_what_a_replay_differentiates(agent, parameters, task, monkeypatch):
    model, data, u, subject = simulated(agent, task, parameters)
    exact, by_differences = (
        slopes(monkeypatch, model, data, u, subject, compiled=compiled) for compiled in (True, False)
    )
    compare(exact, by_differences)


@needs_numba
def test_choices_missed_unscored_and_without_feedback_count_as_in_a_replay(monkeypatch):
    model, data, u, subject = simulated(agents.QLearner(discount=0.8), TWO_STEP, PLAIN)
    rng = np.random.default_rng(3)
    action = np.where(rng.random(data.action.shape) < 0.2, -1, data.action)
    missed, feedback = (rng.random(action.shape) < 0.5) & (action < 0), rng.random(action.shape) < 0.7
    data = replace(data, action=action, scored=(action >= 0) & (rng.random(action.shape) < 0.8), feedback=feedback)
    data = replace(data, missed=missed)
    trials = np.arange(12) % 3 > 0
    exact, by_differences = (
        slopes(monkeypatch, model, data, u, subject, compiled=compiled, trials=trials) for compiled in (True, False)
    )
    compare(exact, by_differences)


@needs_numba
def test_in_a_bandit_sensitivities_are_those_of_its_own_recursion():
    data = fit.simulated(
        fit.Model(agents.QLearner(), rpe.tasks.bandit([0.2, 0.8]), PLAIN), [[0.3, 4.0], [0.6, 2.0]], n_trials=60, rng=0
    )
    model = fit.Model(agents.QLearner(), rpe.tasks.bandit([0.2, 0.8]), PLAIN)
    u, subject = np.random.default_rng(1).normal(size=(6, 2)), np.arange(6) % 2
    found = table_slopes.TableSlopes(model, data, None)(u, subject)
    value, score, information = bandit.slopes(model, data, model.from_free(u), subject)
    turn = np.stack([parameter.slope(u[:, i]) for i, parameter in enumerate(PLAIN.values())], axis=1)
    np.testing.assert_allclose(found[0], value, rtol=1e-12)
    np.testing.assert_allclose(found[1], score * turn, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(found[2], information * turn[:, :, None] * turn[:, None], rtol=1e-10, atol=1e-10)


@needs_numba
def test_fits_end_no_lower_with_exact_scores(monkeypatch):
    model, data, *_ = simulated(agents.QLearner(discount=1.0), TWO_STEP, PLAIN, n_trials=30)
    data, found = replace(data, effort=np.zeros(data.action.shape)), []
    for compiled in (True, False):
        monkeypatch.setattr(table_slopes, "saves_time", lambda *_, compiled=compiled: compiled)
        found.append(fit.fit(model, data, n_starts=1, rng=0))
    exact, by_differences = found
    assert np.isfinite(exact.standard_errors).sum() > 4
    assert (exact.log_likelihood >= by_differences.log_likelihood - 1e-6).all()
    np.testing.assert_allclose(exact.standard_errors, by_differences.standard_errors, rtol=1e-4)


@pytest.mark.parametrize(
    "agent",
    [agents.DynaQ(), agents.Sarsa(), agents.NStepSarsa(), agents.QLearner(inverse_temperature=np.inf)],
    ids=["Dyna-Q", "SARSA", "n-step", "greedy"],
)
def test_learners_of_another_rule_are_left_to_replays(agent, monkeypatch):
    _, data, *_ = simulated(agents.QLearner(), TWO_STEP, PLAIN)
    monkeypatch.setattr(table_slopes, "saves_time", lambda *_: True)
    rate = {"learning_rate": UNIT}
    assert not table_slopes.applies(fit.Model(agent, TWO_STEP, rate), data)
    assert table_slopes.applies(fit.Model(agents.QLearner(), TWO_STEP, rate), data)


def test_traces_need_the_feedback_of_every_choice(monkeypatch):
    model, data, *_ = simulated(agents.QLearner(trace_decay=0.5), TWO_STEP, PLAIN)
    monkeypatch.setattr(table_slopes, "saves_time", lambda *_: True)
    unseen = np.ones(data.action.shape, dtype=bool)
    unseen[0, 3] = False
    assert table_slopes.applies(model, data)
    assert not table_slopes.applies(model, replace(data, feedback=unseen))
