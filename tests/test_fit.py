"""Fitting: likelihoods against naive loops, scores against differences, estimates against SciPy and the truth."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize

import rpe
from rpe import fit, records
from rpe.fit.likelihood import Rows
from rpe.fit.objective import Objective

BANDIT = rpe.tasks.bandit([0.3, 0.7])
RATE, BETA = fit.Parameter(0, 1), fit.Parameter(0, 20, start=(0.5, 8.0))
Q = fit.Model(rpe.agents.QLearner(discount=0.0), BANDIT, {"learning_rate": RATE, "inverse_temperature": BETA}, name="Q")


def naive_q(actions, rewards, rate, beta):
    """Log likelihood of a two-armed Q-learner, one choice after another."""
    values, total = [0.0, 0.0], 0.0
    for action, reward in zip(actions, rewards, strict=True):
        if action < 0:
            continue
        best = max(beta * v for v in values)
        weights = [math.exp(beta * v - best) for v in values]
        total += math.log(weights[action] / sum(weights))
        values[action] += rate * (reward - values[action])
    return total


def made_up(n, n_trials, seed, missing=0.1):
    rng = np.random.default_rng(seed)
    action = rng.integers(0, 2, (n, n_trials))
    action[rng.random((n, n_trials)) < missing] = -1
    action[:, 0] = 0
    return action, rng.integers(0, 2, (n, n_trials)).astype(float)


@pytest.fixture(scope="module")
def study():
    """Twelve simulated subjects with known parameters."""
    rng = np.random.default_rng(1)
    true = np.stack([rng.uniform(0.1, 0.7, 12), rng.uniform(1.5, 6, 12)], axis=1)
    return true, fit.simulated(Q, true, n_trials=300, rng=2)


@given(seed=st.integers(0, 999), rate=st.floats(0, 1), beta=st.floats(0, 15))
@settings(deadline=None, max_examples=25)
def test_the_likelihood_is_that_of_a_naive_loop(seed, rate, beta):
    action, reward = made_up(3, 25, seed)
    agent = rpe.agents.QLearner(learning_rate=rate, inverse_temperature=beta, discount=0.0)
    found = fit.log_likelihood(agent, BANDIT, records.Choices.of(action, reward))
    expected = [naive_q(a, r, rate, beta) for a, r in zip(action, reward, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_subjects_with_their_own_parameters_and_unequal_lengths():
    action, reward = made_up(4, 30, 0)
    action[1, 20:], action[3, 5:] = -1, -1
    rates, betas = np.array([0.1, 0.4, 0.9, 0.5]), np.array([1.0, 3.0, 5.0, 2.0])
    agent = rpe.agents.QLearner(learning_rate=rates, inverse_temperature=betas, discount=0.0)
    data = records.Choices.of(action, reward)
    found = fit.log_likelihood(agent, BANDIT, data)
    np.testing.assert_allclose(found, [naive_q(*row) for row in zip(action, reward, rates, betas, strict=True)])
    assert data.n_choices[3] <= 5


def test_only_the_chosen_trials_are_scored():
    action, reward = made_up(2, 20, 3, missing=0)
    data = records.Choices.of(action, reward)
    agent = rpe.agents.QLearner(learning_rate=0.3, inverse_temperature=2.0, discount=0.0)
    half = np.arange(20) < 10
    parts = [fit.log_likelihood(agent, BANDIT, data, which) for which in (half, ~half)]
    np.testing.assert_allclose(sum(parts), fit.log_likelihood(agent, BANDIT, data))
    np.testing.assert_allclose(
        parts[0], [naive_q(a[:10], r[:10], 0.3, 2.0) for a, r in zip(action, reward, strict=True)]
    )


@pytest.mark.parametrize(
    "agent",
    [
        rpe.agents.QLearner(learning_rate=0.2, discount=0.9, trace_decay=0.8, inverse_temperature=0.5),
        rpe.agents.ExpectedSarsa(learning_rate=0.2, discount=0.9, trace_decay=0.5, inverse_temperature=0.5),
        rpe.agents.MicroAgents(learning_rate=0.2, k=0.1, inverse_temperature=0.5),
        rpe.agents.ActorCritic(discount=0.9, trace_decay=0.5),
        rpe.agents.Planner(rpe.discounting.Hyperbolic(0.1), inverse_temperature=0.3),
    ],
    ids=lambda agent: type(agent).__name__,
)
@pytest.mark.parametrize(
    "task",
    [
        rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0, success_probability=0.7),
        rpe.tasks.micro_wins(
            n_goals=2,
            n_units=4,
            deadline=8,
            reward=20.0,
            matching="potential",
            discounting=rpe.discounting.Exponential(0.9),
        ),
    ],
    ids=["paid", "points"],
)
def test_replay_goes_through_what_the_simulation_went_through(agent, task):
    """The policies met in a replay are those of the simulation: its choices have the probabilities it drew from."""
    history = rpe.simulate.run(agent, task, n_agents=20, n_trials=6, rng=4, record="all", keep_memory=True)
    data = fit.choices_of(history)
    memory = agent.init(task, 20)
    full = history.full
    total = np.zeros(20)
    for trial in range(6):
        state = full.state[:, trial, 0]
        errors = [agent.start(memory, state) if hasattr(agent, "start") else None]
        for now in range(8):
            action = full.action[:, trial, now]
            chose = action >= 0
            total[chose] += np.log(agent.policy(memory, state)[action[chose], np.flatnonzero(chose)])
            errors.append(agent.update(memory, state, np.maximum(action, 0), Rows(data).step(trial, now), chose))
            state = full.state[:, trial, now + 1].copy()
        found = np.stack(errors[1:], axis=1)
        np.testing.assert_allclose(found, full.delta[:, trial, 1:], atol=1e-9)
    np.testing.assert_allclose(fit.log_likelihood(agent, task, data), total, rtol=1e-10)


def test_scores_are_the_derivatives_of_the_likelihood(study):
    _, data = study
    objective = Objective(Q, data, None, (np.array([0.0, 1.0]), np.diag([2.0, 0.5])))
    u = np.array([[-0.5, 0.3], [0.7, -1.0]])
    slope = objective.slope(u, np.array([3, 7]))
    for i, subject in enumerate((3, 7)):

        def value(at, subject=subject):
            return objective.screen(at[None])[subject, 0]

        np.testing.assert_allclose(slope.value[i], value(u[i]), rtol=1e-12)
        np.testing.assert_allclose(slope.score[i], approx_fprime(u[i], value, 1e-6), rtol=1e-4, atol=1e-3)


def test_the_information_is_that_of_a_bernoulli_choice():
    """A fixed preference with β free: the expected information is Σ p(1 − p) (q₁ − q₀)²."""
    known = rpe.agents.Planner(rpe.discounting.Exponential(0.9))
    model = fit.Model(known, BANDIT, {"inverse_temperature": fit.Parameter(0)})
    data = records.Choices.of([[0, 1, 1, 0, 1]], [[0.0, 1.0, 1.0, 0.0, 1.0]])
    beta = 2.0
    p = 1 / (1 + np.exp(-beta * 0.4))
    slope = Objective(model, data).slope(model.to_free([[beta]]), np.array([0]))
    np.testing.assert_allclose(slope.information, 5 * p * (1 - p) * 0.4**2 * beta**2, rtol=1e-5)
    np.testing.assert_allclose(slope.score, [[(3 * (1 - p) - 2 * p) * 0.4 * beta]], rtol=1e-5)


def test_estimates_are_those_of_scipy_subject_by_subject(study):
    _, data = study
    found = fit.fit(Q, data, n_starts=4, rng=0)
    for i in range(data.n_subjects):
        actions, rewards = data.action[i, :, 0], data.reward[i, :, 0]

        def down(x, actions=actions, rewards=rewards):
            return -naive_q(actions, rewards, *x)

        best = min(
            (minimize(down, x0, bounds=[(0, 1), (0, 20)], method="L-BFGS-B") for x0 in ([0.2, 2.0], [0.6, 5.0])),
            key=lambda result: result.fun,
        )
        assert found.log_likelihood[i] >= -best.fun - 1e-3
        np.testing.assert_allclose(found.estimates[i], best.x, rtol=0.02)
    assert found.converged.all()
    assert (found.n_agreeing >= 3).all()
    # Nothing is wrong with these fits; the likelihood of one learning rate is lopsided by the loop as well.
    assert found.report() == "subject 9: standard errors of learning_rate mislead; use intervals()"
    ridge = 1.96 * found.covariance[9, :, 0] / np.sqrt(found.covariance[9, 0, 0])
    ends = Q.from_free(np.stack([found.free[9] - ridge, found.free[9] + ridge]))
    falls = [found.log_likelihood[9] - naive_q(data.action[9, :, 0], data.reward[9, :, 0], *end) for end in ends]
    assert min(falls) < 1.92 / 3 or max(falls) > 3 * 1.92


def test_standard_errors_are_those_of_the_observed_information(study):
    _, data = study
    found = fit.fit(Q, data.take([0]), n_starts=2, rng=0)
    actions, rewards = data.action[0, :, 0], data.reward[0, :, 0]
    x, h = found.estimates[0], np.array([1e-4, 1e-3])

    def value(*at):
        return naive_q(actions, rewards, *at)

    hessian = np.empty((2, 2))
    for i in range(2):
        for j in range(2):
            ei, ej = np.eye(2)[i] * h, np.eye(2)[j] * h
            hessian[i, j] = (value(*x + ei + ej) - value(*x + ei - ej) - value(*x - ei + ej) + value(*x - ei - ej)) / (
                4 * h[i] * h[j]
            )
    np.testing.assert_allclose(found.standard_errors[0], np.sqrt(np.diag(np.linalg.inv(-hessian))), rtol=0.01)


def test_the_result_does_not_depend_on_who_else_is_fitted(study):
    _, data = study
    together = fit.fit(Q, data, n_starts=3, rng=5)
    alone = fit.fit(Q, data.take([6]), n_starts=3, rng=5)
    np.testing.assert_allclose(alone.estimates[0], together.estimates[6], rtol=1e-6)


def test_map_of_a_single_parameter_is_the_mode_of_a_grid():
    action, reward = made_up(3, 40, 8, missing=0)
    model = fit.Model(
        rpe.agents.QLearner(discount=0.0, learning_rate=0.3),
        BANDIT,
        {"inverse_temperature": fit.Parameter(0, 20, prior=(-2.0, 0.7))},
    )
    data = records.Choices.of(action, reward)
    found = fit.fit(model, data, method="map", n_starts=3, rng=0)
    u = np.linspace(-6, 4, 20001)
    for i in range(3):
        posterior = np.array([naive_q(action[i], reward[i], 0.3, 20 / (1 + np.exp(-at))) for at in u[::40]])
        log_prior = -0.5 * ((u[::40] + 2.0) / 0.7) ** 2 - np.log(0.7 * np.sqrt(2 * np.pi))
        top = u[::40][np.argmax(posterior + log_prior)]
        assert found.free[i, 0] == pytest.approx(top, abs=0.03)
        evidence = np.log(np.trapezoid(np.exp(posterior + log_prior), u[::40]))
        assert found.log_evidence[i] == pytest.approx(evidence, abs=0.05)


def test_known_parameters_are_recovered():
    model = fit.Model(
        Q.agent,
        BANDIT,
        {"learning_rate": RATE, "inverse_temperature": fit.Parameter(0, 20, start=(1.0, 5.0), prior=(-1.5, 0.8))},
    )
    rates = fit.Parameter(0, 1, prior=(0.0, 1.5))
    model = fit.Model(Q.agent, BANDIT, {**model.parameters, "learning_rate": rates})
    found = fit.parameter_recovery(model, n_subjects=60, n_trials=400, n_starts=4, rng=3, method="map")
    assert (found.correlation > 0.85).all()
    assert np.abs(found.bias[0]) < 0.03
    assert (found.coverage > 0.85).all()
    assert (found.rmse < [0.2, 1.5]).all()
    assert found.table.n_rows == 120


def test_a_group_is_found_and_shrinks_its_members():
    rng = np.random.default_rng(0)
    u = np.stack([rng.normal(-1.0, 0.5, 40), rng.normal(-1.2, 0.4, 40)], axis=1)
    data = fit.simulated(Q, Q.from_free(u), n_trials=80, rng=1)
    group = fit.hierarchical(Q, data, rng=0)
    alone = fit.fit(Q, data, n_starts=4, rng=0)
    assert group.converged
    np.testing.assert_allclose(group.mean, [-1.0, -1.2], atol=0.3)
    np.testing.assert_allclose(group.deviation, [0.5, 0.4], atol=0.25)
    away = np.sqrt(((group.fit.free - u) ** 2).mean(axis=0)) / np.sqrt(((alone.free - u) ** 2).mean(axis=0))
    assert (away < 0.8).all()
    assert np.isfinite(group.bic)
    assert group.table["parameter"].tolist() == ["learning_rate", "inverse_temperature"]
    np.testing.assert_allclose(group.median, Q.from_free(group.mean))


def test_models_are_told_apart():
    beta = {"inverse_temperature": fit.Parameter(0, 20, start=(2, 6))}
    learns = fit.Model(rpe.agents.QLearner(learning_rate=0.2, discount=0.0), BANDIT, beta, name="learns")
    knows = fit.Model(rpe.agents.Planner(rpe.discounting.Exponential(0.9)), BANDIT, beta, name="knows")
    found = fit.model_recovery([learns, knows], n_subjects=25, n_trials=200, n_starts=2, rng=0)
    assert (np.diag(found.confusion) > 0.9).all()
    np.testing.assert_allclose(found.confusion.sum(axis=1), 1)
    np.testing.assert_allclose(found.inversion.sum(axis=0), 1)


def test_criteria_and_cross_validation_prefer_the_simpler_truth(study):
    _, data = study
    no_choice = fit.Model(
        rpe.agents.QLearner(discount=0.0, learning_rate=0.0), BANDIT, {"inverse_temperature": BETA}, name="chance"
    )
    fits = [fit.fit(model, data, n_starts=2, rng=0) for model in (Q, no_choice)]
    table = fit.compare(fits)
    assert table["model"].tolist() == ["Q", "chance"]
    assert table["n_best_bic"].tolist() == [12, 0]
    np.testing.assert_allclose(fits[1].log_likelihood, 300 * np.log(0.5))
    np.testing.assert_allclose(fits[0].aic, -2 * fits[0].log_likelihood + 4)
    np.testing.assert_allclose(fits[0].bic, -2 * fits[0].log_likelihood + 2 * np.log(300))
    held_out = fit.cross_validate(Q, data, n_folds=3, n_starts=2, rng=0)
    assert (held_out < fits[0].log_likelihood + 1e-6).all()
    assert (held_out > 300 * np.log(0.5)).sum() >= 11
    with pytest.raises(ValueError, match="needs a prior"):
        _ = fits[0].log_evidence
    assert "chance" in no_choice.name
    assert "do not determine" in fits[1].report()


def test_random_effects_on_even_evidence_is_even():
    found = fit.random_effects(np.zeros((20, 3)), rng=0)
    np.testing.assert_allclose(found.frequency, 1 / 3)
    np.testing.assert_allclose(found.protected, 1 / 3, atol=0.01)
    assert found.omnibus_risk > 0.9


@pytest.mark.parametrize(("scale", "tolerance"), [(1.0, 0.05), (20.0, 0.005)])
def test_random_effects_against_a_direct_integral(scale, tolerance):
    """Two models: the posterior of the frequency r on a grid, P(r > 1/2) and the evidence of r = 1/2."""
    evidence = scale * np.random.default_rng(0).normal([1.5, 0.0], 2.0, (15, 2))
    r = (np.arange(200_000) + 0.5) / 200_000
    likelihood = np.zeros_like(r)
    for one, two in evidence:
        likelihood += np.logaddexp(np.log(r) + one, np.log1p(-r) + two)
    posterior = np.exp(likelihood - likelihood.max())
    expected = (posterior * r).sum() / posterior.sum()
    exceedance = posterior[r > 0.5].sum() / posterior.sum()
    found = fit.random_effects(evidence, rng=0)
    assert found.frequency[0] == pytest.approx(expected, abs=tolerance)
    assert found.exceedance[0] == pytest.approx(exceedance, abs=tolerance)
    free = likelihood.max() + np.log(posterior.mean())
    even = np.logaddexp(*(evidence - np.log(2)).T).sum()
    # The variational bound lies below the evidence, so that the risk is never understated.
    assert 0 <= found.omnibus_risk - 1 / (1 + np.exp(free - even)) < 3 * tolerance


@pytest.mark.parametrize("n_arms", [2, 4])
@pytest.mark.parametrize("names", [("learning_rate",), ("inverse_temperature", "learning_rate")])
@pytest.mark.parametrize("gaps", [False, True])
def test_the_recursion_of_scores_is_what_a_replay_differentiates(n_arms, names, gaps, monkeypatch):
    rng = np.random.default_rng(n_arms)
    task = rpe.tasks.bandit(np.linspace(0.2, 0.8, n_arms))
    action, reward = rng.integers(0, n_arms, (5, 70)), rng.normal(size=(5, 70))
    if gaps:
        action[:, 5:9], action[2, 40:] = -1, -1
    free = {"learning_rate": fit.Parameter(0, 1), "inverse_temperature": fit.Parameter(0)}
    agent = rpe.agents.QLearner(discount=0.5, learning_rate=0.3, inverse_temperature=1.7, initial_value=0.4)
    model = fit.Model(agent, task, {name: free[name] for name in names})
    data = records.Choices.of(action, reward, effort=0.1 * np.ones_like(reward))
    trials = rng.random(70) < 0.7 if gaps else None
    u, subject = rng.normal(size=(8, len(names))), rng.integers(0, 5, 8)
    exact = Objective(model, data, trials).slope(u, subject)
    # Trial by trial, in chunks of prefix sums, and all trials at once.
    for numbers in (0, 700, 1 << 20):
        monkeypatch.setattr("rpe.fit.bandit._NUMBERS", numbers)
        for part, same in zip(exact, Objective(model, data, trials).slope(u, subject), strict=True):
            np.testing.assert_allclose(part, same, rtol=1e-11, atol=1e-11)
    monkeypatch.setattr("rpe.fit.bandit.applies", lambda *_: False)
    by_differences = Objective(model, data, trials).slope(u, subject)
    np.testing.assert_allclose(exact.value, by_differences.value, rtol=1e-12)
    np.testing.assert_allclose(exact.score, by_differences.score, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(exact.information, by_differences.information, rtol=1e-5, atol=1e-5)


def test_a_hopeless_choice_does_not_break_the_recursion():
    data = records.Choices.of([[1] * 40], [[-1000.0] * 40])
    model = fit.Model(rpe.agents.QLearner(discount=0.0), BANDIT, {"inverse_temperature": fit.Parameter(0)})
    slope = Objective(model, data).slope(np.array([[5.0]]), np.array([0]))
    assert np.isfinite(slope.value).all()
    assert np.isfinite(slope.score).all()


# Work over time


def naive_work(agent, task, log):
    """Log likelihood by listing every path of hidden states and choices."""
    memory = agent.init(task, 1)
    tables = task.tables
    shape = tables.next_state.shape
    chance = np.broadcast_to(tables.outcome_probability, shape)
    units = task.decode(np.arange(task.n_states))["units"]

    def ahead(state, day):
        if day == len(log) - 1:
            return 1.0
        total = 0.0
        for action in range(shape[2]):
            for luck in range(shape[0]):
                after = tables.next_state[luck, state, action]
                if log[day + 1] in (-1, units[after]):
                    total += memory.policy[action, 0, state] * chance[luck, state, action] * ahead(after, day + 1)
        return total

    return math.log(ahead(0, 0))


@pytest.mark.parametrize(
    ("task", "units"),
    [
        (rpe.tasks.SemesterTask(n_units=3, n_weeks=3, threshold=2), [0, 1, 1, 3]),
        (rpe.tasks.SemesterTask(n_units=3, n_weeks=3, threshold=2), [0, -1, 2, -1]),
        (rpe.tasks.SemesterTask(n_units=2, n_weeks=3, threshold=2, interest_probability=0.4), [0, 0, 1, 2]),
        (
            rpe.tasks.micro_wins(n_goals=2, n_units=3, deadline=5, reward=12.0, success_probability=0.6),
            [0, 0, 1, 1, 2, 2],
        ),
        (rpe.tasks.micro_wins(n_goals=2, n_units=3, deadline=5, reward=12.0, disengagement=0.5), [0, 1, -1, 2, 2, 3]),
    ],
)
def test_work_over_time_sums_over_all_hidden_paths(task, units):
    agent = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.2), inverse_temperature=0.7)
    log = records.WorkLog(("a",), np.array([units]))
    found = fit.work_log_likelihood(agent, task, log)
    np.testing.assert_allclose(found, [naive_work(agent, task, units)], rtol=1e-10)


def test_all_work_logs_together_have_probability_one():
    task = rpe.tasks.SemesterTask(n_units=3, n_weeks=2, threshold=2)
    agent = rpe.agents.Planner(rpe.discounting.Exponential(0.8), inverse_temperature=1.5)
    logs = [[0, a, b] for a in range(4) for b in range(a, 4)]
    log = records.WorkLog(tuple(map(str, range(len(logs)))), np.array(logs))
    assert np.exp(fit.work_log_likelihood(agent, task, log)).sum() == pytest.approx(1.0, abs=1e-12)


def test_the_scores_of_work_over_time_are_derivatives_also_in_the_task():
    task = rpe.tasks.SemesterTask(n_units=6, n_weeks=5, threshold=4)
    model = fit.Model(
        rpe.agents.Planner(rpe.discounting.Exponential(0.9), inverse_temperature=2.0),
        task,
        {"discounting.gamma": fit.Parameter(0, 1), "task.efficacy": fit.Parameter(0, 1)},
    )
    log = records.WorkLog.of([[0, 1, 1, 2, 0], [2, 2, 1, 0, 0]])
    objective = Objective(model, log)
    u = model.to_free([[0.8, 0.7], [0.95, 0.6]])
    slope = objective.slope(u, np.array([0, 1]))
    for i in range(2):
        derivative = approx_fprime(u[i], lambda at, i=i: objective.screen(at[None])[i, 0], 1e-6)
        np.testing.assert_allclose(slope.score[i], derivative, rtol=1e-3, atol=1e-4)


def test_the_semester_is_recovered_from_a_class():
    """Efficacy, discount and effort of a class that shares them, from the units done per week alone."""
    truth = {"efficacy": 0.7, "gamma": 0.85, "effort": 0.4}
    model = fit.Model(
        rpe.agents.Planner(rpe.discounting.Exponential(0.9), inverse_temperature=7.0),
        rpe.tasks.SemesterTask(),
        {
            "task.efficacy": fit.Parameter(0, 1, start=(0.3, 0.9)),
            "discounting.gamma": fit.Parameter(0, 1, start=(0.6, 0.99)),
            "task.effort": fit.Parameter(0, start=(0.1, 0.6)),
        },
    )
    log = fit.simulated(model, np.tile(list(truth.values()), (60, 1)), data="work", rng=0)
    found = fit.fit(model, log, groups=["class"] * 60, n_starts=2, n_screen=20, rng=0)
    assert found.converged.all()
    assert found.n_choices.tolist() == [60 * 16]
    np.testing.assert_array_less(np.abs(found.estimates[0] - list(truth.values())), [0.05, 0.05, 0.15])
    assert (np.abs(found.estimates[0] - list(truth.values())) < 3 * found.standard_errors[0]).all()


def test_a_group_of_one_is_a_subject_and_two_twins_count_double(study):
    _, data = study
    alone = fit.fit(Q, data.take([2]), n_starts=2, rng=0)
    twins = fit.fit(Q, data.take([2, 2, 5]), groups=["a", "a", "b"], n_starts=2, rng=0)
    assert twins.subjects == ("a", "b")
    np.testing.assert_allclose(twins.estimates[0], alone.estimates[0], rtol=1e-4)
    np.testing.assert_allclose(twins.log_likelihood[0], 2 * alone.log_likelihood[0], rtol=1e-6)
    np.testing.assert_allclose(twins.standard_errors[0] * np.sqrt(2), alone.standard_errors[0], rtol=1e-2)


def test_free_parameters_of_the_task_with_choices_seen():
    """A planner whose task has the subject's own efficacy: choices alone tell it, up to the planner's noise."""
    model = fit.Model(
        rpe.agents.Planner(rpe.discounting.Exponential(0.95), inverse_temperature=1.0),
        rpe.tasks.monolithic(n_units=3, deadline=6, reward=15.0),
        {"task.success_probability": fit.Parameter(0, 1, start=(0.3, 0.9))},
    )
    # Below some .5 it does not pay to begin, so that choices say little of how much below.
    true = np.repeat([[0.6], [0.9]], 20, axis=0)
    data = fit.simulated(model, true, n_trials=3, rng=1)
    found = fit.fit(model, data, groups=["low"] * 20 + ["high"] * 20, n_starts=2, rng=0)
    np.testing.assert_allclose(found.estimates[:, 0], [0.6, 0.9], atol=0.1)


# Input


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: records.Choices.of([[0.5]], [[1.0]]), TypeError, "whole numbers"),
        (lambda: records.Choices.of([[0, -2]], [[1.0, 0.0]]), ValueError, "at least 0, or −1"),
        (lambda: records.Choices.of([[0, 1]], [[1.0, np.nan]]), ValueError, "reward must be finite"),
        (lambda: records.Choices.of([[0, 1]], [[1.0, 0.0]], colour=3), TypeError, "no colour"),
        (lambda: records.Choices.of([[0, 1], [-1, -1]], np.zeros((2, 2))), ValueError, "'1' has none"),
        (lambda: records.Choices.of([[0, 1]], [[1.0, 0.0]], subjects=["a", "b"]), ValueError, "for 2 subjects"),
        (lambda: fit.Parameter(1, 0), ValueError, "low must lie below high"),
        (lambda: fit.Parameter(high=3.0), ValueError, "low must be finite"),
        (lambda: fit.Parameter(0, 1, start=(0.5, 2.0)), ValueError, "start must lie in"),
        (lambda: fit.Parameter(0, 1, start=(0.8, 0.2)), ValueError, "increasing"),
        (lambda: fit.Parameter(prior=(0.0, 0.0)), ValueError, "standard deviation of prior"),
        (lambda: fit.Model(Q.agent, BANDIT, {}), ValueError, "at least one free parameter"),
        (lambda: fit.Model(Q.agent, BANDIT, {"alpha": RATE}), ValueError, "alpha must be a field of QLearner"),
        (lambda: fit.Model(Q.agent, BANDIT, {"learning_rate": (0, 1)}), TypeError, "must be a Parameter"),
        (lambda: fit.Model(Q.agent, BANDIT, {"task.efficacy": RATE}), ValueError, "must be a field of TableTask"),
        (lambda: fit.fit(Q, SMALL, method="mcmc"), ValueError, "method must be one of"),
        (lambda: fit.fit(Q, SMALL, method="map"), ValueError, "must have a prior"),
        (lambda: fit.fit(Q, SMALL, n_starts=0), ValueError, "n_starts must be at least 1"),
        (lambda: fit.fit(Q, records.Choices.of([[2, 1]], [[1.0, 0.0]])), ValueError, r"action must lie in \[0, 1\]"),
        (lambda: fit.fit(Q, SMALL, groups=["a", "b"]), ValueError, "each of the 1 subjects; got 2"),
        (lambda: fit.log_likelihood(Q.agent, BANDIT, SMALL, [True]), ValueError, "trials must have shape"),
        (lambda: fit.hierarchical(Q, SMALL), ValueError, "at least two subjects"),
        (lambda: fit.cross_validate(Q, SMALL, n_folds=9), ValueError, "n_folds must be at most 2"),
        (lambda: fit.cross_validate(Q, records.WorkLog.of([[1]])), TypeError, "must be Choices"),
        (lambda: fit.random_effects([[1.0]]), ValueError, "n_models of at least 2"),
        (lambda: fit.compare([]), ValueError, "at least two models"),
        (lambda: fit.compare([None]), TypeError, "fits must be a Fit; got None"),
        (lambda: fit.model_recovery([Q]), ValueError, "at least two"),
        (lambda: fit.simulated(Q, [[0.1]]), ValueError, r"shape \(n_subjects, 2\)"),
        (lambda: records.WorkLog.of([[1, -2]]), ValueError, "−1 for unknown"),
        (lambda: records.WorkLog.of([[1.5]]), TypeError, "whole numbers"),
        (lambda: records.WorkLog(("a",), np.array([[0, 2, 1]])), ValueError, "must not fall; those of subject 'a'"),
        (lambda: fit.work_log_likelihood(Q.agent, SEMESTER, WORK), TypeError, "must be a Planner"),
        (lambda: fit.work_log_likelihood(PLANNER, BANDIT, WORK), TypeError, "layered in time"),
        (lambda: fit.work_log_likelihood(PLANNER, SEMESTER, records.WorkLog.of([[1]])), ValueError, "16 days.*got 1"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


SMALL = records.Choices.of([[0, 1]], [[1.0, 0.0]])
SEMESTER, WORK = rpe.tasks.SemesterTask(), records.WorkLog.of([[1] * 16])
PLANNER = rpe.agents.Planner(rpe.discounting.Exponential(0.9))


def test_a_choice_that_the_agent_never_makes_has_no_likelihood():
    greedy = rpe.agents.Planner(rpe.discounting.Exponential(0.9), inverse_temperature=np.inf)
    assert fit.log_likelihood(greedy, BANDIT, SMALL)[0] == -np.inf


@given(x=st.floats(0.01, 0.99), low=st.floats(-5, 5), width=st.floats(0.1, 10))
@settings(deadline=None, max_examples=50)
def test_scales_go_there_and_back(x, low, width):
    for parameter in (fit.Parameter(low, low + width), fit.Parameter(low), fit.Parameter()):
        value = low + x * width
        u = parameter.to_free(value)
        np.testing.assert_allclose(parameter.from_free(u), value, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(
            parameter.slope(u),
            (parameter.from_free(u + 1e-6) - parameter.from_free(u - 1e-6)) / 2e-6,
            rtol=1e-4,
            atol=1e-9,
        )


# Readers

CHOICES = "subject,trial,action,reward\nanna,1,0,1\nanna,2,1,0\nbert,1,1,1\nbert,2,,0\n"


def test_choices_are_read(tmp_path):
    (tmp_path / "c.csv").write_text(CHOICES, encoding="utf-8")
    data = records.read_choices(tmp_path / "c.csv")
    assert data.subjects == ("anna", "bert")
    assert data.action[:, :, 0].tolist() == [[0, 1], [1, -1]]
    assert data.reward[:, :, 0].tolist() == [[1, 0], [1, 0]]
    assert data.terminated[:, :, 0].tolist() == [[True, True], [True, True]]
    turned = records.read_choices(tmp_path / "c.csv", subjects=["bert", "anna"])
    assert turned.action[1, :, 0].tolist() == [0, 1]


def test_choices_of_several_steps_are_read(tmp_path):
    text = "subject,trial,step,state,action,next_state,reward,effort,terminated\nx,0,0,0,1,2,0,1,0\nx,0,1,2,0,3,5,0,1\n"
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    data = records.read_choices(tmp_path / "c.csv")
    assert data.state.tolist() == [[[0, 2, 3]]]
    assert data.effort.tolist() == [[[1, 0]]]
    assert data.terminated.tolist() == [[[False, True]]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CHOICES + "anna,2,0,0\n", r"line 6: every choice must come once; trial 2 of subject 'anna' stands in line 3"),
        (CHOICES + "anna,5,0,0\n", r"after line 3: trial 3 of subject 'anna' is left out"),
        (CHOICES + "anna,-1,0,0\n", r"line 6: trial must be at least 0; got -1"),
        (CHOICES + "anna,x,0,0\n", r"line 6: trial must be a whole number; got 'x'"),
        (CHOICES + "anna,3,0,nan\n", r"line 6: reward must be given .*; got 'nan' in column 'reward'"),
        (CHOICES + "anna,3,0,inf\n", r"line 6: reward must be finite; got 'inf' in column 'reward'"),
        (CHOICES + "anna,3,0\n", r"line 6: must have 4 cells; got 3"),
        (CHOICES + "carl,1,0,0\n", r"line 6: subject must be one of 'anna', 'bert'; got 'carl'"),
        ("subject,trial,action,reward\nanna,1,0,1\n", r"'bert' has none"),
        ("subject,trial,chioce,reward\n", r"columns must be subject, action, reward"),
        ("subject,trial,action,reward\n", r"at least one row"),
        ("", r"got none"),
        (CHOICES.replace(",1,0,1", ",5,0,1").replace(",2,", ",6,").replace(",1,1,1", ",5,1,1"), "must begin at 0 or 1"),
    ],
)
def test_choices_with_faults_name_the_line(tmp_path, text, message):
    (tmp_path / "c.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        records.read_choices(tmp_path / "c.csv", subjects=["anna", "bert"])


def test_trials_left_out_can_be_skipped(tmp_path):
    (tmp_path / "c.csv").write_text(CHOICES + "anna,4,0,0\n", encoding="utf-8")
    data = records.read_choices(tmp_path / "c.csv", missing="skip")
    assert data.action[0, :, 0].tolist() == [0, 1, -1, 0]


def test_work_is_read(tmp_path):
    (tmp_path / "w.csv").write_text("subject,day,done\nanna,0,1\nanna,2,3\nbert,1,2\n", encoding="utf-8")
    assert records.read_work(tmp_path / "w.csv", missing="zero", n_days=4).units.tolist() == [
        [0, 1, 1, 4, 4],
        [0, 0, 2, 2, 2],
    ]
    assert records.read_work(tmp_path / "w.csv", missing="unknown").units.tolist() == [[0, 1, -1, -1], [0, -1, -1, -1]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("subject,day,done\nanna,0,1\nanna,2,3\n", r"after line 2: day 1 of subject 'anna' is left out"),
        ("subject,day,done\nanna,0,1\nanna,0,3\n", r"line 3: every day must come once; day 0 .* stands in line 2"),
        ("subject,day,done\nanna,0,-1\n", r"line 2: done must be at least 0; got -1"),
        ("subject,day,done\nanna,-3,1\n", r"line 2: day must be at least 0; got -3"),
        ("subject,day,done\nanna,0,1\nanna,9,1\n", r"line 3: day must be below n_days = 5; got 9"),
    ],
)
def test_work_with_faults_names_the_line(tmp_path, text, message):
    (tmp_path / "w.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        records.read_work(tmp_path / "w.csv", n_days=5 if "9" in text else None)
