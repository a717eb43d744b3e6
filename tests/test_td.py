"""The TD core against scalar loops, closed forms and identities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from rpe import td


def scalar_learn(x, r, alpha, gamma, lam, *, bootstrap, trace, floor, reset, pulse, w0):
    """TD(λ) for one agent in plain loops over plain numbers."""
    n_features = len(x[0][0])
    w = [float(v) for v in w0]
    low = -float("inf") if floor is None else floor
    deltas, values = [], []
    e, old = [0.0] * n_features, 0.0
    for trial, _ in enumerate(r):
        if reset:
            e, old = [0.0] * n_features, 0.0
        row_d, row_v = [], []
        for t, reward in enumerate(r[trial]):
            now = x[trial][t]
            v = max(sum(a * b for a, b in zip(w, now, strict=True)), low)
            d = reward + gamma * v - old + pulse[trial][t]
            for i in range(n_features):
                w[i] += alpha * d * e[i]
            e = [gamma * lam * a for a in e]
            if trace == "accumulating":
                e = [a + b for a, b in zip(e, now, strict=True)]
            elif trace == "replacing":
                e = [b if b != 0 else a for a, b in zip(e, now, strict=True)]
            else:
                overlap = sum(a * b for a, b in zip(e, now, strict=True))
                e = [a + (1 - alpha * overlap) * b for a, b in zip(e, now, strict=True)]
            new = max(sum(a * b for a, b in zip(w, now, strict=True)), low)
            old = new if bootstrap == "updated" else v
            row_d.append(d)
            row_v.append(v)
        deltas.append(row_d)
        values.append(row_v)
    return np.array(deltas), np.array(values), np.array(w)


def problem(kind, rng, n_trials=6, n_steps=7):
    """Features of one kind, and rewards."""
    if kind == "chain":
        x = np.stack([np.eye(n_steps + 2)[rng.permutation(n_steps + 2)[:n_steps]] for _ in range(n_trials)])
        x[:, 0] = 0.0
    elif kind == "revisits":
        x = np.eye(3)[rng.integers(3, size=(n_trials, n_steps))]
    else:
        x = rng.normal(size=(n_trials, n_steps, 4)) * (rng.random((n_trials, n_steps, 4)) < 0.7)
    return x, rng.normal(size=(n_trials, n_steps))


@pytest.mark.parametrize("kind", ["chain", "revisits", "dense"])
@pytest.mark.parametrize("trace", ["accumulating", "replacing", "dutch"])
@pytest.mark.parametrize("bootstrap", ["updated", "stale"])
@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("floor", [None, 0.0])
def test_learn_equals_a_scalar_loop(kind, trace, bootstrap, reset, floor):
    rng = np.random.default_rng(5)
    x, r = problem(kind, rng)
    alpha, gamma, lam = np.array([0.1, 0.3, 0.0]), np.array([0.9, 1.0, 0.5]), np.array([0.8, 0.0, 1.0])
    pulse, w0 = rng.normal(size=r.shape) * 0.1, rng.normal(size=x.shape[2])
    learned = td.learn(
        x,
        r,
        learning_rate=alpha,
        discount=gamma,
        trace_decay=lam,
        bootstrap=bootstrap,
        trace=trace,
        value_floor=floor,
        reset=reset,
        pulse=pulse,
        initial_weights=w0,
    )
    for i in range(3):
        delta, value, w = scalar_learn(
            x,
            r,
            alpha[i],
            gamma[i],
            lam[i],
            bootstrap=bootstrap,
            trace=trace,
            floor=floor,
            reset=reset,
            pulse=pulse,
            w0=w0,
        )
        assert_allclose(learned.delta[i], delta, atol=1e-12)
        assert_allclose(learned.value[i], value, atol=1e-12)
        assert_allclose(learned.weights[i], w, atol=1e-12)


def test_three_steps_by_hand():
    """x₁, x₂, then a reward of 1; α = ½, γ = 1, λ = ½: worked out on paper for two trials."""
    learned = td.learn(np.eye(2, 3).T, [[0.0, 0.0, 1.0]] * 2, learning_rate=0.5, discount=1.0, trace_decay=0.5)
    # Trial 1: δ = 0, 0, 1; w₂ += ½, w₁ += ½·½. Trial 2: V = ¼, ½, 0; δ = ¼, ½ − ¼, 1 − (½ + 0).
    # At step 1 w₁ moves by ½·¼; at step 2 e = (½, 1), so w₁ += ½·½·½ and w₂ += ½·½.
    assert_allclose(learned.delta[0], [[0, 0, 1], [0.25, 0.25, 0.5]])
    assert_allclose(learned.weights[0], [0.25 + 0.125 + 0.125, 0.5 + 0.25])


def test_single_step_is_rescorla_wagner():
    """V_n = 1 − (1 − α)ⁿ."""
    alpha, n = 0.2, 30
    x = np.array([[1.0], [0.0]])
    learned = td.learn(x, np.tile([0.0, 1.0], (n, 1)), learning_rate=alpha, discount=1.0)
    assert_allclose(learned.value[0, :, 0], 1 - (1 - alpha) ** np.arange(n), atol=1e-12)
    assert_allclose(learned.weights[0, 0], 1 - (1 - alpha) ** n)


def test_trained_cue_burst_is_discounted_reward():
    """After training δ at the cue is γᵏ⁺¹ for a reward k steps later (its own step discounts too), and 0 elsewhere."""
    gamma, steps = 0.9, 6
    x = np.eye(steps)
    x[-1] = 0.0
    learned = td.learn(x, np.tile([0.0] * (steps - 1) + [1.0], (800, 1)), learning_rate=0.5, discount=gamma)
    expected = np.zeros(steps)
    expected[0] = gamma ** (steps - 1)
    assert_allclose(learned.delta[0, -1], expected, atol=1e-9)


def test_omission_dips_where_the_reward_was_due():
    reward = np.zeros((400, 5))
    reward[:-1, 3] = 1.0
    learned = td.learn(np.eye(5), reward, learning_rate=0.3, discount=1.0)
    assert learned.delta[0, -1].argmin() == 3
    assert_allclose(learned.delta[0, -1, 3], -1.0, atol=1e-6)


def test_fixed_point_of_a_markov_chain():
    """With a small rate the weights approach (I − γP)⁻¹ P r, here for a chain that runs on."""
    rng = np.random.default_rng(0)
    p = np.array([[0.1, 0.9, 0.0], [0.5, 0.0, 0.5], [0.3, 0.3, 0.4]])
    pay, gamma = np.array([0.0, 1.0, -0.5]), 0.8
    state = [0]
    for u in rng.random(60_000):
        state.append(int(np.searchsorted(p[state[-1]].cumsum(), u)))
    x, r = np.eye(3)[state][None], pay[state][None]
    learned = td.learn(x, r, learning_rate=0.002, discount=gamma, reset=False, record="summary")
    assert_allclose(learned.weights[0], np.linalg.solve(np.eye(3) - gamma * p, p @ pay), atol=0.05)


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0))
@settings(max_examples=40, deadline=None)
def test_errors_sum_to_the_return_minus_the_value_at_the_start(seed, gamma):
    """Σ γᵗ δ_t = Σ γᵗ r_t + γᵀ⁺¹… V at the end, for any fixed table: with α = 0 and the last feature off."""
    rng = np.random.default_rng(seed)
    x, r = problem("dense", rng, n_trials=1)
    x[:, -1] = 0.0
    w = rng.normal(size=x.shape[2])
    delta = td.learn(x, r, learning_rate=0.0, discount=gamma, initial_weights=w).delta[0, 0]
    powers = gamma ** np.arange(r.shape[1])
    # The first error contains γ V₀, from the value 0 before the trial.
    assert_allclose(powers @ delta, powers @ r[0], atol=1e-9)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_a_row_of_a_batch_is_a_run_alone(seed):
    rng = np.random.default_rng(seed)
    x, _ = problem("dense", rng)
    r, alpha = rng.normal(size=(5, *x.shape[:2])), rng.random(5) * 0.3
    together = td.learn(x, r, learning_rate=alpha, trace_decay=0.7)
    for i in range(5):
        alone = td.learn(x, r[i], learning_rate=alpha[i], trace_decay=0.7)
        assert_allclose(together.delta[i], alone.delta[0], atol=1e-12)


@pytest.mark.parametrize("kind", ["chain", "dense"])
def test_blocks_change_nothing(kind, monkeypatch):
    rng = np.random.default_rng(1)
    x, _ = problem(kind, rng)
    r = rng.normal(size=(70, *x.shape[:2]))
    whole = td.learn(x, r, trace_decay=0.5, record="summary")
    monkeypatch.setattr(td, "_BLOCK", 9 * 16)
    parts = td.learn(x, r, trace_decay=0.5, record="summary")
    assert whole.delta.shape == (64, *x.shape[:2])
    for a, b in zip(whole, parts, strict=True):
        assert_allclose(a, b, atol=1e-12)
    everyone = td.learn(x, r, trace_decay=0.5).delta
    assert_allclose(whole.delta_mean, everyone.mean(axis=0), atol=1e-12)
    assert_allclose(whole.delta_variance, everyone.var(axis=0), atol=1e-12)


def test_elementary_errors_against_loops():
    rng = np.random.default_rng(0)
    r, q, g = rng.normal(size=(3, 8))
    ahead, p = rng.normal(size=(4, 8)), rng.dirichlet(np.ones(4), 8).T
    for i in range(8):
        best = max(ahead[a][i] for a in range(4))
        mean = sum(p[a][i] * ahead[a][i] for a in range(4))
        assert td.q_learning_error(r, q, ahead, g)[i] == pytest.approx(r[i] + g[i] * best - q[i])
        assert td.expected_sarsa_error(r, q, ahead, p, g)[i] == pytest.approx(r[i] + g[i] * mean - q[i])
        assert td.average_reward_error(r, q, ahead[0], 0.3, 2.0)[i] == pytest.approx(r[i] - 0.6 + ahead[0][i] - q[i])


def test_lambda_returns():
    """λ = 1 is the Monte-Carlo return, λ = 0 the one-step target; between, the recursive definition."""
    rng = np.random.default_rng(0)
    r, v, gamma = rng.normal(size=(9, 3)), rng.normal(size=(9, 3)), 0.9
    powers = gamma ** np.arange(9)
    monte_carlo = np.array([(powers[: 9 - t, None] * r[t:]).sum(axis=0) for t in range(9)])
    assert_allclose(td.lambda_return(r, v, gamma, 1.0), monte_carlo)
    ahead = np.vstack([v[1:], np.zeros((1, 3))])
    assert_allclose(td.lambda_return(r, v, gamma, 0.0), r + gamma * ahead)
    lam, g = np.array([0.2, 0.5, 0.9]), np.zeros(3)
    for t in range(8, -1, -1):
        g = r[t] + gamma * ((1 - lam) * ahead[t] + lam * g)
        assert_allclose(td.lambda_return(r, v, gamma, lam)[t], g)


def test_lambda_errors_in_place_with_a_decay_for_each_step():
    delta, decay = np.array([1.0, 2.0, 4.0]), np.array([9.0, 0.5, 0.25])
    expected = [1 + 0.5 * (2 + 0.25 * 4), 2 + 0.25 * 4, 4]
    assert_allclose(td.lambda_errors(delta, decay), expected)
    assert td.lambda_errors(delta, decay, out=delta) is delta
    assert_allclose(delta, expected)


def test_hyperbolic_td_learns_the_hyperbola():
    """κ = 0.15 and a reward at t = 30: after 1000 trials V = R/(1 + κτ) within 0.02 R."""
    kappa, size, v = 0.15, 2.0, np.zeros(31)
    for _ in range(1000):
        for t in range(30):
            reward = size if t == 29 else 0.0
            v[t] += 0.3 * td.hyperbolic_td_error(reward, v[t], v[t + 1], kappa, size)
    # The reward comes on arriving at step 30, so the state before it stands at a delay of 0.
    delay = np.arange(29, -1, -1)
    assert np.abs(v[:30] - size / (1 + kappa * delay)).max() <= 0.02 * size


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"learning_rate": -0.1}, ValueError, "learning_rate"),
        ({"learning_rate": np.nan}, ValueError, "learning_rate must be finite"),
        ({"discount": 1.2}, ValueError, r"discount must lie in \[0, 1\]; got 1.2"),
        ({"trace_decay": [0.5, 1.5]}, ValueError, "trace_decay"),
        ({"learning_rate": [0.1, 0.2], "discount": [0.9] * 3}, ValueError, "same number"),
        ({"trace": "dutsch"}, ValueError, "trace must be one of"),
        ({"bootstrap": "new"}, ValueError, "bootstrap must be one of"),
        ({"reset": 1}, TypeError, "reset"),
        ({"features": np.ones((2, 4, 3))}, ValueError, "features must have shape"),
        ({"features": np.full((5, 3), np.inf)}, ValueError, "features must be finite"),
        ({"reward": np.ones(5)}, ValueError, "reward must have shape"),
        ({"reward": np.ones((0, 5))}, ValueError, "reward must have shape"),
        ({"pulse": np.ones(3)}, ValueError, "pulse must broadcast"),
        ({"initial_weights": np.ones(7)}, ValueError, "initial_weights"),
        ({"record": "everything"}, ValueError, "record must be one of"),
        ({"value_floor": "low"}, TypeError, "value_floor"),
    ],
)
def test_bad_input(change, error, message):
    good = {"features": np.eye(5, 3), "reward": np.zeros((2, 5))}
    with pytest.raises(error, match=message):
        td.learn(**(good | change))


def test_a_record_too_large_is_refused():
    with pytest.raises(ValueError, match=r"record must need at most 2 GiB; .* 'summary'|record='summary'"):
        td.learn(np.eye(5), np.zeros((2000, 5)), learning_rate=np.full(100_000, 0.1))


def test_bad_input_of_lambda_return():
    with pytest.raises(ValueError, match="same shape"):
        td.lambda_return([1.0, 2.0], [1.0], 0.9, 0.5)
    with pytest.raises(ValueError, match="trace_decay"):
        td.lambda_return([1.0], [1.0], 0.9, 2.0)
