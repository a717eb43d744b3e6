"""The TD core against scalar loops, closed forms and identities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from rpe import td
from rpe.td import step_by_step
from rpe.td._fast import dispatch, serial_compound, single_agent, trial_matrices


def scalar_learn(x, r, alpha, gamma, lam, *, bootstrap, trace, floor, reset, pulse, w0, learning):
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
                w[i] += alpha * d * e[i] if learning[trial][t] else 0.0
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


def trial_of(kind, rng, n_steps):
    """Features of one trial, of one kind."""
    if kind == "chain":
        x = np.eye(n_steps + 2)[rng.permutation(n_steps + 2)[:n_steps]]
        x[0] = 0.0
    elif kind == "compound":  # Two chains, the second with levels and a gap, that end within the trial or with it.
        x = np.zeros((n_steps, 2 * n_steps))
        first, second = np.eye(n_steps, k=-1), np.eye(n_steps, k=-int(rng.integers(n_steps)))
        x[:, :n_steps], x[:, n_steps:] = first, second * rng.uniform(0.2, 1.5, (n_steps, 1))
        x[n_steps // 2, n_steps:] = 0.0
    elif kind == "presence":
        x = np.zeros((n_steps, 2))
        x[1:-1, 0], x[n_steps // 2 :, 1] = 0.2, 1.0
    elif kind == "twice":
        x = np.eye(n_steps)
        x[-1] = x[0]
    elif kind == "revisits":
        x = np.eye(3)[rng.integers(3, size=n_steps)]
    else:
        x = rng.normal(size=(n_steps, 4)) * (rng.random((n_steps, 4)) < 0.7)
    return x


def problem(kind, rng, n_trials=6, n_steps=7):
    """Features of one kind, and rewards; no two trials need be alike."""
    return np.stack([trial_of(kind, rng, n_steps) for _ in range(n_trials)]), rng.normal(size=(n_trials, n_steps))


DEFAULTS = {
    "learning_rate": 0.1,
    "discount": 0.98,
    "trace_decay": 0.0,
    "initial_weights": 0.0,
    "bootstrap": "updated",
    "trace": "accumulating",
    "value_floor": None,
    "reset": True,
    "pulse": 0.0,
    "learning": True,
}


def assert_agrees(x, r, n_agents, **options):
    """Whether every agent's errors, values and weights, and the mean and variance, are those of plain loops."""
    learned = td.learn(x, r, record="all", **options)
    o = DEFAULTS | options
    shape = r.shape[-2:]
    x = np.broadcast_to(x, (*shape, x.shape[-1]))
    each = {name: np.broadcast_to(o[name], n_agents) for name in ("learning_rate", "discount", "trace_decay")}
    r = np.broadcast_to(r, (n_agents, *shape))
    pulse = np.broadcast_to(o["pulse"], r.shape)
    learning = np.asarray(o["learning"])
    learning = np.broadcast_to(learning[:, None] if learning.ndim == 1 else learning, shape)
    start = np.broadcast_to(o["initial_weights"], (n_agents, x.shape[-1]))
    deltas = []
    for i in range(n_agents):
        rates = [float(each[name][i]) for name in ("learning_rate", "discount", "trace_decay")]
        settings = {name: o[name] for name in ("bootstrap", "trace", "reset")}
        expected = scalar_learn(
            x.tolist(),
            r[i].tolist(),
            *rates,
            **settings,
            floor=o["value_floor"],
            pulse=pulse[i].tolist(),
            w0=start[i],
            learning=learning,
        )
        for found, wanted in zip((learned.delta[i], learned.value[i], learned.weights[i]), expected, strict=True):
            assert_allclose(found, wanted, rtol=0, atol=1e-12 * max(1.0, np.abs(wanted).max()))
        deltas.append(expected[0])
    scale = max(1.0, np.abs(deltas).max())
    assert_allclose(learned.delta_mean, np.mean(deltas, axis=0), rtol=0, atol=1e-12 * scale)
    assert_allclose(learned.delta_variance, np.var(deltas, axis=0), rtol=0, atol=1e-11 * scale**2)


KINDS = ["chain", "compound", "presence", "twice", "revisits", "dense"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trace", ["accumulating", "replacing", "dutch"])
@pytest.mark.parametrize("bootstrap", ["updated", "stale"])
@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("floor", [None, 0.0])
@pytest.mark.parametrize("shared", [True, False])
def test_learn_equals_a_scalar_loop(kind, trace, bootstrap, reset, floor, shared):
    rng = np.random.default_rng(5)
    x, r = problem(kind, rng)
    assert_agrees(
        x,
        r,
        3,
        learning_rate=np.array([0.1, 0.3, 0.0]),
        discount=0.9 if shared else np.array([0.9, 1.0, 0.5]),
        trace_decay=0.8 if shared else np.array([0.8, 0.0, 1.0]),
        bootstrap=bootstrap,
        trace=trace,
        value_floor=floor,
        reset=reset,
        pulse=rng.normal(size=r.shape) * 0.1,
        initial_weights=rng.normal(size=x.shape[2]),
        learning=rng.random(r.shape) < 0.6,
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trace", ["accumulating", "replacing", "dutch"])
@pytest.mark.parametrize("agents", ["one", "shared trace", "own traces"])
def test_every_path_is_the_rule_step_by_step(kind, trace, agents):
    rng = np.random.default_rng(8)
    x, reward = trial_of(kind, rng, 7) * 0.6, rng.normal(size=(40, 7))
    n = 1 if agents == "one" else 3
    rates = {
        "learning_rate": np.array([0.1, 0.3, 0.2])[:n],
        "discount": np.array([0.9, 1.0, 0.7]) if agents == "own traces" else np.array(0.9),
        "trace_decay": np.array(0.8),
    }
    learned = td.learn(x, reward, trace=trace, record="all", **rates)
    rule = step_by_step.Rule(**rates, bootstrap="updated", trace=trace, value_floor=-np.inf, reset=True)
    w = np.zeros((x.shape[1], n))
    for trial, paid in enumerate(reward):
        state = step_by_step.State.before_trial(w)
        for step, now in enumerate(x):
            delta, value = step_by_step.arrive(state, now, paid[step : step + 1], True, rule)
            assert_allclose(learned.delta[:, trial, step], delta, atol=1e-11)
            assert_allclose(learned.value[:, trial, step], value, atol=1e-11)
    assert_allclose(learned.weights, w.T, atol=1e-11)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_learn_equals_a_scalar_loop_whatever_the_options(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))

    def pick(*options):
        return data.draw(st.sampled_from(options))

    n_agents, n_steps, n_trials = pick(1, 2, 9), pick(2, 5, 19), pick(1, 4)
    kinds = [
        trial_of(kind, rng, n_steps) for kind in data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=2))
    ]
    width = max(x.shape[1] for x in kinds)
    kinds = [np.pad(x, ((0, 0), (0, width - x.shape[1]))) for x in kinds]
    x = np.stack([kinds[i] for i in rng.integers(len(kinds), size=n_trials)])
    shape = x.shape[:2]
    every = {name: pick(float(rng.random()), rng.random(n_agents)) for name in ("discount", "trace_decay")}
    options = every | {
        "learning_rate": pick(0.1, rng.random(n_agents) * 0.2),
        "bootstrap": pick("updated", "stale"),
        "trace": pick("accumulating", "replacing", "dutch"),
        "value_floor": pick(None, 0.0, -0.5, 0.3),
        "reset": pick(True, False),
        "pulse": pick(0.0, rng.normal(size=shape), rng.normal(size=(n_agents, 1, 1)), rng.normal(size=shape[1])),
        "learning": pick(True, False, rng.random(n_trials) < 0.5, rng.random(shape) < 0.5),
        "initial_weights": pick(0.0, rng.normal(size=width), rng.normal(size=(n_agents, width))),
    }
    reward = rng.normal(size=pick(shape, (n_agents, *shape)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatch, "_BLOCK", pick(1, 1 << 16))
        patch.setattr(serial_compound, "_FEW_AGENTS", pick(0, 1024))
        patch.setattr(single_agent, "_ALIKE", pick(0, 32))
        patch.setattr(trial_matrices, "_CHUNK", pick(4, 64))
        patch.setattr(trial_matrices, "_KEPT", pick(1, 64))
        several = [*map(np.size, (options["learning_rate"], every["discount"], every["trace_decay"]))]
        several += [len(array) for array in (reward, options["pulse"]) if np.ndim(array) == 3]
        count = max(several)
        if np.ndim(options["initial_weights"]) == 2:
            options["initial_weights"] = options["initial_weights"][:count]
        assert_agrees(x, reward, count, **options)


@pytest.mark.parametrize("floor", [None, 0.0])
@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("kind", ["chain", "presence", "dense"])
def test_long_trials(kind, floor, reset):
    x, r = problem(kind, np.random.default_rng(3), n_trials=2, n_steps=150)
    assert_agrees(x * 0.3, r, 1, value_floor=floor, reset=reset, trace_decay=0.9)


@pytest.mark.parametrize("trace", ["accumulating", "replacing", "dutch"])
@pytest.mark.parametrize("bootstrap", ["updated", "stale"])
def test_one_agent_on_many_trials_alike(trace, bootstrap):
    rng = np.random.default_rng(2)
    types = [trial_of("dense", rng, 6) * 0.5 for _ in range(3)]
    which = rng.integers(3, size=300)
    learning = np.array([[True] * 6, [False] * 6])[(rng.random(300) < 0.2).astype(int)]
    options = {"trace": trace, "bootstrap": bootstrap, "trace_decay": 0.9, "learning": learning}
    assert_agrees(np.stack(types)[which], rng.normal(size=(300, 6)), 1, **options)


def test_a_floor_that_binds_for_some_agents_only():
    rng = np.random.default_rng(0)
    x = np.abs(trial_of("dense", rng, 12))
    reward = np.abs(rng.normal(size=(5, 4, 12))) * np.array([1.0, -1.0, 1.0, 0.0, -1.0])[:, None, None]
    options = {"trace_decay": 0.5, "discount": 1.0, "learning_rate": 0.02}
    assert_agrees(x, reward, 5, value_floor=0.0, **options)
    free, floored = (td.learn(x, reward, value_floor=low, **options) for low in (None, 0.0))
    bound = [not np.allclose(free.delta[i], floored.delta[i]) for i in range(5)]
    assert bound == [False, True, False, False, True]


def test_trials_alike_are_analysed_once(monkeypatch):
    made = []
    original = trial_matrices.matrices_of
    monkeypatch.setattr(trial_matrices, "matrices_of", lambda *a: made.append(1) or original(*a))
    rng = np.random.default_rng(0)
    types = np.stack([trial_of("dense", rng, 5) * 0.1 for _ in range(3)])
    td.learn(types[rng.integers(3, size=50)], np.zeros((50, 5)), learning_rate=np.full(40, 0.1))
    assert len(made) == 3


def test_probe_trials_leave_the_weights():
    rng = np.random.default_rng(0)
    x, r = problem("dense", rng, n_trials=9)
    learning = np.arange(9) < 5
    learned = td.learn(x * 0.3, r, learning=learning, trace_decay=0.5)
    before = td.learn(x[:5] * 0.3, r[:5], trace_decay=0.5)
    assert_allclose(learned.weights, before.weights, atol=1e-14)
    assert_allclose(learned.value[0, 5:], x[5:] * 0.3 @ before.weights[0], atol=1e-13)
    assert np.abs(learned.delta[0, 5:]).min() > 0


@pytest.mark.parametrize(("n", "kept"), [(1, 1), (64, 64), (65, 64), (200, 64)])
@pytest.mark.parametrize("kind", ["chain", "dense"])
def test_what_is_recorded(n, kept, kind):
    x, r = problem(kind, np.random.default_rng(0))
    rates = np.linspace(0.01, 0.2, n)
    usual = td.learn(x, r, learning_rate=rates)
    everyone = td.learn(x, r, learning_rate=rates, record="all")
    nothing = td.learn(x, r, learning_rate=rates, record="none")
    assert usual.delta.shape == usual.value.shape == (kept, *r.shape)
    assert everyone.delta.shape == everyone.value.shape == (n, *r.shape)
    assert nothing.delta.shape == nothing.value.shape == (0, *r.shape)
    assert nothing.delta_mean.shape == nothing.delta_variance.shape == (0, r.shape[1])
    for found in (usual, everyone):
        assert_allclose(found.weights, nothing.weights, atol=1e-14)
        assert_allclose(found.delta[:kept], everyone.delta[:kept], atol=1e-14)
        assert_allclose(found.value[:kept], everyone.value[:kept], atol=1e-14)
        assert_allclose(found.delta_mean, everyone.delta.mean(axis=0), atol=1e-13)
        assert_allclose(found.delta_variance, everyone.delta.var(axis=0), atol=1e-13)


def test_the_buffer_of_numpy_is_as_before():
    with np.errstate():
        np.setbufsize(4096)
        td.learn(np.eye(5), np.zeros((2, 5)), learning_rate=[0.1, 0.2])
        assert np.getbufsize() == 4096


def test_a_floor_under_the_value_that_is_read_after_the_update():
    """All V are positive, but the pulse in step 1 pulls w₀ below 0, where V_old is read."""
    x, pulse = np.eye(2)[[0, 0, 1]], np.array([0.0, -2.0, 0.0])
    options = {"learning_rate": 0.1, "discount": 1.0, "initial_weights": 0.05, "pulse": pulse}
    learned = td.learn(x, np.zeros((1, 3)), value_floor=0.0, **options)
    assert_allclose(learned.delta[0, 0], [0.05, -2.0, 0.05])
    assert_allclose(td.learn(x, np.zeros((1, 3)), **options).delta[0, 0], [0.05, -2.0, 0.05 - (0.05 - 0.2)])


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


@given(st.integers(0, 2**32 - 1), st.sampled_from(KINDS), st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_row_of_a_batch_is_a_run_alone(seed, kind, shared):
    rng = np.random.default_rng(seed)
    x, _ = problem(kind, rng)
    r, alpha, lam = rng.normal(size=(5, *x.shape[:2])), rng.random(5) * 0.3, rng.random(5)
    together = td.learn(x, r, learning_rate=alpha, trace_decay=0.7 if shared else lam)
    for i in range(5):
        one = td.learn(x, r[i], learning_rate=alpha[i], trace_decay=0.7 if shared else lam[i])
        assert_allclose(together.delta[i], one.delta[0], atol=1e-12)
        assert_allclose(together.weights[i], one.weights[0], atol=1e-12)


@pytest.mark.parametrize("kind", ["chain", "dense"])
def test_blocks_change_nothing(kind, monkeypatch):
    rng = np.random.default_rng(1)
    x, _ = problem(kind, rng)
    r = rng.normal(size=(70, *x.shape[:2]))
    whole = td.learn(x, r, trace_decay=0.5, record="summary")
    monkeypatch.setattr(dispatch, "_BLOCK", 9 * 16)
    parts = td.learn(x, r, trace_decay=0.5, record="summary")
    assert whole.delta.shape == (64, *x.shape[:2])
    for a, b in zip(whole, parts, strict=True):
        assert_allclose(a, b, atol=1e-12)
    everyone = td.learn(x, r, trace_decay=0.5, record="all").delta
    assert_allclose(whole.delta_mean, everyone.mean(axis=0), atol=1e-12)
    assert_allclose(whole.delta_variance, everyone.var(axis=0), atol=1e-12)


def test_elementary_errors_against_loops():
    rng = np.random.default_rng(0)
    r, q = rng.normal(size=(2, 8))
    g = rng.random(8)
    ahead, p = rng.normal(size=(4, 8)), rng.dirichlet(np.ones(4), 8).T
    for i in range(8):
        best = max(ahead[a][i] for a in range(4))
        mean = sum(p[a][i] * ahead[a][i] for a in range(4))
        assert td.q_learning_error(r, q, ahead, g)[i] == pytest.approx(r[i] + g[i] * best - q[i])
        assert td.expected_sarsa_error(r, q, ahead, p, g)[i] == pytest.approx(r[i] + g[i] * mean - q[i])
        assert td.average_reward_error(r, q, ahead[0], 0.3, 2.0)[i] == pytest.approx(r[i] - 0.6 + ahead[0][i] - q[i])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"reward": np.nan}, ValueError, "reward must be finite; got nan"),
        ({"discount": 5.0}, ValueError, r"discount must lie in \[0, 1\]; got 5"),
        ({"value": "0.5"}, TypeError, "value must hold real numbers"),
        ({"value": 1j}, TypeError, "value must hold real numbers"),
        ({"value": np.ma.array([1.0, 2.0], mask=[True, False])}, TypeError, "value must not be a masked array"),
        (
            {"value": np.zeros(3)},
            ValueError,
            "next_probabilities, discount must have shapes that",
        ),
        ({"next_values": 1.0}, ValueError, r"next_values must have shape \(n_actions, ...\)"),
        ({"next_values": [1.0]}, ValueError, "next_probabilities must have the shape of next_values"),
        ({"next_probabilities": [0.7, 0.7]}, ValueError, "next_probabilities must sum to 1"),
    ],
)
def test_equations_say_what_is_wrong(change, error, message):
    good = {"reward": np.ones(2), "value": 0.5, "next_values": [3.0, 1.0], "next_probabilities": [0.5, 0.5]}
    assert td.expected_sarsa_error(**good, discount=1.0).tolist() == [2.5, 2.5]
    with pytest.raises(error, match=message):
        td.expected_sarsa_error(**(good | {"discount": 1.0} | change))


def lambda_return(reward, value, discount, trace_decay):
    """The value before each step and the λ-error of it; the value after the trial is 0."""
    ahead = np.concatenate([value[1:], np.zeros_like(value[:1])])
    return value + td.lambda_errors(td.td_error(reward, value, ahead, discount), discount * trace_decay)


def test_lambda_errors_make_lambda_returns():
    """λ = 1 is the Monte-Carlo return, λ = 0 the one-step target; between, the recursive definition."""
    rng = np.random.default_rng(0)
    r, v, gamma = rng.normal(size=(9, 3)), rng.normal(size=(9, 3)), 0.9
    powers = gamma ** np.arange(9)
    monte_carlo = np.array([(powers[: 9 - t, None] * r[t:]).sum(axis=0) for t in range(9)])
    assert_allclose(lambda_return(r, v, gamma, 1.0), monte_carlo)
    ahead = np.vstack([v[1:], np.zeros((1, 3))])
    assert_allclose(lambda_return(r, v, gamma, 0.0), r + gamma * ahead)
    lam, g = np.array([0.2, 0.5, 0.9]), np.zeros(3)
    for t in range(8, -1, -1):
        g = r[t] + gamma * ((1 - lam) * ahead[t] + lam * g)
        assert_allclose(lambda_return(r, v, gamma, lam)[t], g)


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
        (
            {"features": np.stack([np.ones((5, 3)), np.full((5, 3), np.nan)])},
            ValueError,
            r"got nan at index \(1, 0, 0\)",
        ),
        ({"features": np.ones((2, 5, 3), dtype=bool)}, TypeError, "features must hold real numbers"),
        ({"reward": np.ones(5)}, ValueError, "reward must have shape"),
        ({"reward": np.ones((0, 5))}, ValueError, "reward must have shape"),
        ({"pulse": np.ones(3)}, ValueError, "pulse must broadcast"),
        ({"pulse": np.ones((1, 1, 2, 5))}, ValueError, "pulse must broadcast"),
        ({"learning": 1}, TypeError, "learning must be True or False"),
        ({"learning": np.ones(5, dtype=bool)}, ValueError, "learning must be a bool or have shape"),
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
    with pytest.raises(ValueError, match=r"at most 2 GiB; record='all' would need 14.9 GiB for 100000 agents"):
        td.learn(np.eye(5), np.zeros((2000, 5)), learning_rate=np.full(100_000, 0.1), record="all")
