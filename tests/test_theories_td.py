"""Theories of time within a trial against naive loops, closed forms, fixed points and hand-computed steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rpe import features, td
from rpe.mechanisms import optimal_latency
from rpe.schedules import Trial, design, joined, sequence
from rpe.theories import (
    TD,
    AverageRewardTD,
    BeliefTD,
    FeedbackUncertaintyTD,
    KalmanTD,
    SemiMarkovTD,
    ValueDecayTD,
)
from rpe.theories._dwell_times import course, waits
from rpe.theories._reward_contexts import Contexts, beliefs, contexts_in

CUE = (0.5, 1.0)
KINDS = {
    "A+": Trial({"A": CUE}, {1.5: 1.0}),
    "A-": Trial({"A": CUE}, due=1.5),
    "AX-": Trial({"A": CUE, "X": (0.75, 1.25)}, due=1.5, pulses={(1.5, 2.0): 0.2}),
    "": Trial(),
    "omitted?": Trial({"A": CUE}, due=1.5, learning=False),
    "early?": Trial({"A": CUE}, {1.0: 1.0}, due=1.5, learning=False),
    "late?": Trial({"A": CUE}, {2.0: 1.0}, due=1.5, learning=False),
    "uncued?": Trial({}, {1.5: 1.0}, learning=False),
}


def schedule_of(order, kinds=KINDS, dt=0.25, duration=3.0, **options):
    return sequence(kinds, order, dt=dt, duration=duration, **options)


def chain(schedule):
    """A naive serial compound: one state per stimulus and step since its onset."""
    x = np.zeros((*schedule.reward.shape, len(schedule.stimuli) * schedule.n_steps))
    for trial, step, stimulus in np.argwhere(schedule.onset):
        for later in range(step, schedule.n_steps):
            x[trial, later, stimulus * schedule.n_steps + later - step] = 1.0
    return x


def presence(schedule):
    return schedule.level


def naive_continuous(x, schedule, alpha, gamma, lam=0.0, eta=0.0, stale=False, background=True):
    """TD(λ) of one agent, step by step through windows and gaps, perhaps with a background state and ρ."""
    n_features = x.shape[2]
    w, e, old, rho = np.zeros(n_features + 1), np.zeros(n_features + 1), 0.0, 0.0
    if background:
        e[-1] = 1.0
    deltas, values, rhos = [], [], []
    for trial in range(schedule.n_trials):
        gap = round(schedule.gap[trial] / schedule.dt)
        for step in range(schedule.n_steps + gap):
            window = step < schedule.n_steps
            now = np.append(x[trial, step] if window else np.zeros(n_features), 0.0)
            now[-1] = float(background and not now.any())
            v = now @ w
            income = schedule.reward[trial, step] + schedule.pulse[trial, step] if window else 0.0
            delta = income - rho * schedule.dt + gamma * v - old
            if window:
                deltas.append(delta)
                values.append(v)
                rhos.append(rho)
            if schedule.learning[trial].all():
                w = w + alpha * delta * e
                rho += eta * delta
            e = gamma * lam * e + now
            old = v if stale else now @ w
    shape = schedule.reward.shape
    return (np.reshape(part, shape) for part in (deltas, values, rhos))


# TD


def test_the_cue_burst_is_a_power_of_the_discount_and_errors_elsewhere_vanish():
    schedule = schedule_of(["A+"] * 300)
    delta = TD(chain, 0.3, discount=0.9, step=0.25).learn(schedule).delta[0, -1]
    expected = np.zeros(schedule.n_steps)
    expected[2] = 0.9**4
    assert_allclose(delta, expected, atol=1e-6)


@pytest.mark.parametrize("bootstrap", ["updated", "stale"])
def test_three_steps_by_hand(bootstrap):
    # One feature, on in all steps, α = .5, γ = .5, reward 1 in the second and third: λ = 1.
    schedule = schedule_of(["r"], {"r": Trial({"A": (0.0, 3.0)}, {1.0: 1.0, 2.0: 1.0})}, dt=1.0)
    theory = TD(presence, 0.5, discount=0.5, trace_decay=1.0, bootstrap=bootstrap, step=1.0)
    learned = theory.learn(schedule)
    # δ₁ = 1, w = .5; V_old is .5 updated, 0 stale. e = 1.5. δ₂ = 1 + .25 - V_old.
    old = 0.5 if bootstrap == "updated" else 0.0
    assert_allclose(learned.delta[0, 0], [0, 1, 1.25 - old])
    assert_allclose(learned.value[0, 0], [0, 0, 0.5])
    assert_allclose(learned.more["weights"], [[0.5 + 0.5 * (1.25 - old) * 1.5]])


def test_parameters_are_per_step_of_the_theory():
    fine = TD(chain, discount=0.9, trace_decay=0.8, step=0.5).learn(schedule_of(["A+"] * 20))
    own = TD(chain, discount=0.9**0.5, trace_decay=0.8**0.5, step=None).learn(schedule_of(["A+"] * 20))
    assert_allclose(fine.delta, own.delta, atol=1e-12)


def test_td_finds_the_fixed_point_of_a_markov_chain():
    # A reward half of the time: V solves V = r̄ + γ P V of the chain of states.
    rng = np.random.default_rng(0)
    order = rng.choice(["A+", "A-"], 4000)
    theory = TD(chain, 0.01, discount=0.9, step=0.25)
    schedule = schedule_of(order.tolist())
    value = theory.learn(schedule).value[0, -2000:].mean(axis=0)
    p = (order == "A+").mean()
    states = 4
    system = np.eye(states) - 0.9 * np.eye(states, k=1)
    assert_allclose(value[2:6], np.linalg.solve(system, [0, 0, 0, p]), atol=0.02)


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=10)
def test_continuous_time_is_the_naive_loop(seed):
    rng = np.random.default_rng(seed)
    order = rng.choice(["A+", "A-", "AX-", "", "omitted?"], 8).tolist()
    schedule = schedule_of(order, gap=rng.choice([0.0, 0.25, 1.0, 5.0], 8))
    stale = bool(rng.integers(2))
    theory = TD(
        chain, 0.3, discount=0.9, trace_decay=0.7, reset=False, step=None, bootstrap="stale" if stale else "updated"
    )
    learned = theory.learn(schedule)
    delta, value, _ = naive_continuous(chain(schedule), schedule, 0.3, 0.9, 0.7, stale=stale, background=False)
    assert_allclose(learned.delta[0], delta, atol=1e-12)
    assert_allclose(learned.value[0], value, atol=1e-12)


# Average reward, and the state between trials


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=10)
def test_average_reward_is_the_naive_loop_gaps_included(seed):
    rng = np.random.default_rng(seed)
    order = rng.choice(["A+", "A-", "AX-", ""], 8).tolist()
    stale = bool(rng.integers(2))
    schedule = schedule_of(order, gap=rng.choice([0.0, 0.25, 0.5, 20.0], 8))
    learned = AverageRewardTD(chain, 0.2, 0.05, bootstrap="stale" if stale else "updated").learn(schedule)
    delta, value, rho = naive_continuous(chain(schedule), schedule, 0.2, 1.0, eta=0.05, stale=stale)
    assert_allclose(learned.delta[0], delta, atol=1e-11)
    assert_allclose(learned.value[0], value, atol=1e-11)
    assert_allclose(learned.more["rho"][0], rho, atol=1e-11)


def test_average_reward_converges_to_the_rate_and_its_errors_sum_to_nothing():
    schedule = schedule_of(["A+"] * 1500)
    learned = AverageRewardTD(chain).learn(schedule)
    assert_allclose(learned.more["rho"][0, -500:].mean(), 1 / 3, rtol=0.02)
    assert_allclose(learned.delta[0, -500:].mean(), 0, atol=1e-3)
    spread = AverageRewardTD(chain).learn(schedule_of(["A+"] * 1500, gap=3.0))
    assert_allclose(spread.more["rho"][0, -500:].mean(), 1 / 6, rtol=0.1)
    twice = schedule_of(["A+"] * 1500, {"A+": Trial({"A": CUE}, {1.5: 2.0})})
    assert_allclose(AverageRewardTD(chain).learn(twice).more["rho"], 2 * learned.more["rho"], rtol=1e-9)


def test_a_rest_of_a_day_is_quick_and_finite():
    schedule = schedule_of(["A+"] * 20, gap=24 * 3600.0)
    for theory in (
        AverageRewardTD(chain),
        BeliefTD(),
        SemiMarkovTD(reset=False),
        KalmanTD(chain),
        TD(chain, reset=False),
    ):
        learned = theory.learn(schedule)
        assert np.isfinite(learned.delta).all()
        assert np.abs(learned.delta).max() < 1.5


def test_vigour_goes_with_the_root_of_the_rate():
    rates = np.array([0.1, 1.0, 10.0])
    slope = np.polyfit(np.log(rates), np.log(optimal_latency(2.0, rates)), 1)[0]
    assert_allclose(slope, -0.5)
    best = optimal_latency(2.0, 0.5)
    near = best * np.array([0.99, 1.0, 1.01])
    assert (2.0 / near + 0.5 * near).argmin() == 1


# Belief states


def starkweather(p_omission, n_trials, rng):
    times = np.round(np.arange(1.2, 2.81, 0.2), 1)
    p = np.exp(-0.5 * ((times - 2.0) / 0.5) ** 2)
    kinds = {f"{t}": Trial({"A": (0.2, 1.0)}, {t + 0.2: 1.0}) for t in times}
    kinds["none"] = Trial({"A": (0.2, 1.0)}, due=2.2)
    rewarded = rng.random(n_trials) >= p_omission
    order = np.where(rewarded, rng.choice([f"{t}" for t in times], n_trials, p=p / p.sum()), "none").tolist()
    gap = 0.2 * rng.geometric(1 / 65, n_trials)
    return times, sequence(kinds, order, dt=0.2, duration=3.2, gap=gap)


def rewards_by_time(times, schedule, learned):
    last = np.arange(schedule.n_trials) >= 0.4 * schedule.n_trials
    return np.array(
        [learned.delta[0, schedule.of_kind(f"{t}") & last, schedule.step_of(t + 0.2)].mean() for t in times]
    )


def test_hidden_state_inference_turns_the_trend_around():
    rng = np.random.default_rng(1)
    times, certain = starkweather(0.0, 5000, rng)
    falling = rewards_by_time(times, certain, BeliefTD().learn(certain))
    assert (np.diff(falling) < 0.01).all()
    assert falling[-1] < 0.5 * falling[0]
    times, uncertain = starkweather(0.1, 5000, rng)
    rising = rewards_by_time(times, uncertain, BeliefTD().learn(uncertain))
    assert rising[-1] > 1.5 * rising[0]
    assert np.polyfit(times, rising, 1)[0] > 0


def test_belief_in_the_wait_is_bayes_rule():
    # Three quarters rewarded, at 1 s or (half as often) 1.5 s after onset: 4 or 6 steps.
    kinds = {
        "1": Trial({"A": CUE}, {1.5: 1.0}),
        "2": Trial({"A": CUE}, {2.0: 1.0}),
        "0": Trial({"A": CUE}, due=1.5),
        "uncued": Trial({}, {1.5: 1.0}),
    }
    schedule = schedule_of(["1", "1", "2", "0", "uncued"], kinds)
    x = BeliefTD(knowledge="given").features(schedule)
    p = 0.25
    still = (1 - p) / 3 / ((1 - p) / 3 + p)
    assert x.shape == (5, 12, 7)
    assert_allclose(x[3, 2:8].sum(axis=0)[:6], [1 - p] * 4 + [still] * 2)
    assert_allclose(x[3, :, -1], [1, 1] + [p] * 4 + [1 - still] * 2 + [1] * 4)
    assert_allclose(x.sum(axis=2), 1)
    assert_array_equal(x[0, 6:, -1], 1)
    assert_array_equal(x[4, :, -1], 1)


def test_what_ends_a_wait():
    kinds = {
        "S": Trial({"S": CUE, "A": (1.0, 1.5)}, {2.0: 1.0}),
        "B": Trial({"B": CUE}),
        "probe": Trial({"S": CUE}, learning=False),
    }
    schedule = schedule_of(["S", "S", "B", "probe"], kinds)
    found = {schedule.stimuli[i]: wait for (i, since), wait in waits(schedule).items() if not since}
    assert_allclose(found["S"].survival, [1, 1] + [0] * 11)
    assert_allclose(found["A"].survival, [1, 1, 1, 1] + [0] * 9)
    assert found["S"].omission_probability == found["A"].omission_probability == 0
    assert found["B"].omission_probability == 1
    # Of a stimulus the first wait begins at its onset, the second at a reward after it.
    b = 2 * schedule.stimuli.index("B")
    assert_array_equal(course(schedule, "given").survival[2, :, b], schedule.level[2, :, b // 2])


def test_belief_weights_solve_the_fixed_point():
    kinds = {
        "1": Trial({"A": CUE}, {1.5: 1.0}),
        "2": Trial({"A": CUE}, {2.0: 1.0}),
        "0": Trial({"A": CUE}, due=1.5),
    }
    order = np.random.default_rng(2).choice(["1", "2", "0"], 5000, p=[0.3, 0.4, 0.3]).tolist()
    schedule = schedule_of(order, kinds, gap=1.0)
    theory = BeliefTD(0.01, discount=0.9, step=0.25, knowledge="given")
    learned = theory.learn(schedule)
    gap = np.zeros((len(order), 4, 7))
    gap[:, :, -1] = 1.0
    every = np.concatenate([theory.features(schedule), gap], axis=1).reshape(-1, 7)
    reward = np.hstack([schedule.reward, np.zeros((len(order), 4))]).reshape(-1)
    b, ahead = every[:-1], every[1:]
    w = np.linalg.solve(b.T @ (b - 0.9 * ahead), b.T @ reward[1:])
    assert_allclose(learned.more["weights"][0], w, atol=0.05)
    assert w[5] > 0.9
    assert w[5] > w[0] + 0.1


@pytest.mark.parametrize("bootstrap", ["updated", "stale"])
def test_belief_is_the_naive_loop_over_its_features(bootstrap):
    rng = np.random.default_rng(3)
    order = rng.choice(["A+", "A-", "AX-", ""], 30).tolist()
    schedule = schedule_of(order, gap=rng.choice([0.0, 0.25, 7.0], 30))
    theory = BeliefTD(0.2, discount=0.9, step=None, bootstrap=bootstrap)
    x = theory.features(schedule)
    with_state = schedule_of(order, gap=0.0)
    assert_array_equal(x, theory.features(with_state))
    learned = theory.learn(schedule)
    delta, value = naive_with_last_state(x, schedule, 0.2, 0.9, bootstrap == "stale")
    assert_allclose(learned.delta[0], delta, atol=1e-12)
    assert_allclose(learned.value[0], value, atol=1e-12)


def naive_with_last_state(x, schedule, alpha, gamma, stale):
    """TD(0) of one agent whose last state is always read, and is on alone in gaps."""
    w, before, old = np.zeros(x.shape[2]), np.eye(x.shape[2])[-1], 0.0
    delta, value = np.zeros((2, *x.shape[:2]))
    for trial in range(len(x)):
        gap = round(schedule.gap[trial] / schedule.dt)
        for step in range(schedule.n_steps + gap):
            window = step < schedule.n_steps
            now = x[trial, step] if window else np.eye(x.shape[2])[-1]
            read = np.append(now[:-1], 1.0)
            v = read @ w
            income = schedule.reward[trial, step] + schedule.pulse[trial, step] if window else 0.0
            error = income + gamma * v - old
            w = w + alpha * error * before
            if window:
                delta[trial, step], value[trial, step] = error, v
            old, before = (v if stale else read @ w), now
    return delta, value


def test_belief_takes_a_given_model():
    schedule = schedule_of(["A+", "A-", "AX-"] * 5, gap=3.0)
    learned = BeliefTD(0.2, discount=0.9, step=None, model=chain).learn(schedule)
    delta, value, _ = naive_continuous(chain(schedule), schedule, 0.2, 0.9)
    assert_allclose(learned.delta[0], delta, atol=1e-12)
    assert_allclose(learned.value[0], value, atol=1e-12)


TIMING = ["omitted?", "early?", "late?", "uncued?"]


@pytest.mark.parametrize(
    "theory",
    [BeliefTD(), BeliefTD(knowledge="given"), SemiMarkovTD(knowledge="given")],
    ids=lambda theory: theory.name,
)
def test_a_reward_ends_the_wait(theory):
    learned = theory.learn(schedule_of(["A+"] * 400 + TIMING, gap=10.0))
    omitted, early, late, uncued = learned.delta[0, -4:]
    assert omitted[6] < -0.8
    assert early[4] > 0
    assert abs(early[6]) < 0.02
    assert late[6] < -0.8
    assert late[8] > 0.9
    assert uncued[6] > 0.95


def test_belief_blocks_and_adds_up():
    kinds = KINDS | {"AX+": Trial({"A": CUE, "X": CUE}, {1.5: 1.0}), "X?": Trial({"X": CUE}, learning=False)}
    learned = BeliefTD().learn(schedule_of(["A+"] * 200 + ["AX+"] * 100 + ["X?"], kinds, gap=10.0))
    assert learned.delta[0, 200, 2] > 0.5
    assert abs(learned.delta[0, -1, 2]) < 0.1 * learned.delta[0, 200, 2]


def test_contexts_are_found_in_runs_only():
    kinds = {str(size): Trial({"A": CUE}, {1.5: float(size)}) for size in (1, 2, 4, 10)}
    rng = np.random.default_rng(4)
    blocks = rng.permutation(["1"] * 20 + ["10"] * 20 + ["2", "4"] * 2)
    schedule = schedule_of(np.repeat(blocks, 5).tolist(), kinds)
    found = contexts_in(schedule)
    assert_array_equal(found.sizes, [1, 10])
    assert 0.05 < found.switching < 0.15
    assert contexts_in(schedule_of(rng.permutation(np.repeat(["1", "10"], 100)).tolist(), kinds)) is None
    assert contexts_in(schedule_of(["1"] * 50 + ["10"] * 50, kinds)) is None
    assert contexts_in(schedule_of(["1"] * 50, kinds)) is None


def test_belief_in_contexts_is_bayes_rule():
    kinds = {str(size): Trial({"A": CUE}, {1.5: float(size)}) for size in (1, 4, 10)}
    kinds["4?"] = Trial({"A": CUE}, {1.5: 4.0}, learning=False)
    schedule = schedule_of(["1", "4?", "10", "1"], kinds)
    found = beliefs(schedule, Contexts(np.array([1.0, 10.0]), 0.25), 0.5)
    odds = np.exp(-0.5 * (9 / 4.5) ** 2)
    after = odds / (1 + odds)
    second = 0.75 * after + 0.25 * (1 - after)
    third = 0.75 * second + 0.25 * (1 - second)
    fourth = third / (third + (1 - third) * odds)
    fourth = 0.75 * fourth + 0.25 * (1 - fourth)
    assert_allclose(found[:, 1], [0.5, second, third, fourth])
    three = beliefs(schedule, Contexts(np.array([1.0, 4.0, 10.0]), 0.25), 0.5)
    assert_allclose(three.sum(axis=1), 1)


def test_blocks_make_the_second_reward_non_monotone():
    sizes = [1, 2, 4, 6, 8, 10]
    kinds = {str(size): Trial({"A": CUE}, {1.5: size / 10}) for size in sizes}
    rng = np.random.default_rng(5)
    rare = [f"{before} {size}" for before in (1, 10) for size in (2, 4, 6, 8)] * 10
    blocks = np.array(" ".join(rng.permutation(rare + ["1 10", "10 1"] * 60)).split())
    schedule = schedule_of(np.repeat(blocks, 5).tolist(), kinds, gap=8.0)
    late = np.arange(len(blocks)) >= 100

    def second(theory):
        delta = theory.learn(schedule).delta[0, :, 6].reshape(-1, 5)
        return np.array([[delta[(blocks == str(size)) & late, trial].mean() for size in sizes] for trial in (0, 1)])

    first, then = second(BeliefTD())
    assert (np.diff(first) > 0).all()
    assert then[2] > then[3] + 0.05
    first, then = second(BeliefTD(contexts=None))
    assert (np.diff(then) > 0).all()


# Semi-Markov states


def test_semi_markov_by_hand():
    kinds = {"A+": Trial({"A": (1.0, 2.0)}, {3.0: 1.0})}
    schedule = schedule_of(["A+", "A+"], kinds, dt=1.0, duration=5.0, gap=3.0)
    learned = SemiMarkovTD(0.5, discount=0.5, reset=False, knowledge="given").learn(schedule)
    # Reward after 2 s of A: δ = .25, V(A) = .125. The next A comes 2 + 3 + 1 s later: δ = .125 / 64 - 0.
    idle = 0.5 * 0.125 / 64
    assert_allclose(learned.delta[0, 0], [0, 0, 0, 0.25, 0])
    assert_allclose(learned.delta[0, 1], [0, 0.125 / 64, 0, 0.25 * (1 + idle) - (idle + 0.125), 0])
    assert_allclose(learned.value[0, 1], [0, 0.125, idle + 0.125, idle, idle])
    average = SemiMarkovTD(0.5, form="average", rate_learning_rate=0.1, reset=False, knowledge="given").learn(schedule)
    # δ = 1, V(A) = .5, ρ = .1; at A: -.1 x 6 + .5 - 0 = -.1, idle -.05, ρ .09; then 1 - .18 - .05 - (.5 - .05).
    assert_allclose(average.delta[0], [[0, 0, 0, 1, 0], [0, -0.1, 0, 0.32, 0]], atol=1e-12)


def test_semi_markov_values_are_those_of_the_states():
    kinds = {
        "1": Trial({"A": CUE}, {1.5: 1.0}),
        "2": Trial({"A": CUE}, {2.0: 1.0}),
        "0": Trial({"A": CUE}, due=1.5),
    }
    rng = np.random.default_rng(6)
    order = rng.choice(["1", "2", "0"], 6000, p=[0.3, 0.3, 0.4]).tolist()
    learned = SemiMarkovTD(0.005, discount=0.8).learn(schedule_of(order, kinds))
    # After 1 s the belief in the wait falls, wrongly in trials "2"; their reward puts that right.
    lost = 1 - 0.5 / (0.5 + 0.4 * 0.5)
    value = (0.3 * 0.8 + 0.3 * 0.8**1.5) / (1 + 0.3 * lost)
    assert_allclose(learned.more["weights"][0, 0], value, atol=0.02)
    omitted = learned.delta[0, [i for i, kind in enumerate(order) if kind == "0"]][-500:].mean(axis=0)
    assert_allclose(omitted[[6, 8]], [-value * lost, -value * (1 - lost)], atol=0.02)


def test_what_ends_the_time_between_trials_is_expected_on_average():
    rng = np.random.default_rng(7)
    schedule = schedule_of(["A+"] * 4000, gap=rng.exponential(10.0, 4000))
    cue = SemiMarkovTD(0.02, reset=False).learn(schedule).delta[0, 2000:, 2]
    assert abs(cue.mean()) < 0.03
    assert np.corrcoef(cue, schedule.gap[1999:-1])[0, 1] < -0.9


# Values that decay


def morita_kato(kappa1, kappa2, alpha=0.5, gamma=0.8 ** (1 / 6), n_steps=7, n_trials=100):
    """The published simulation: seven states, reward in the last."""
    v = [0.0] * n_steps
    errors = []
    for _ in range(n_trials):
        row = []
        for t in range(n_steps):
            delta = (1.0 if t == n_steps - 1 else 0.0) + gamma * v[t] - (v[t - 1] if t else 0.0)
            if t:
                v[t - 1] += alpha * delta
            v = [x * (1 - (1 - kappa1) * np.exp(-x / kappa2)) ** (1 / n_steps) for x in v]
            row.append(delta)
        errors.append(row)
    return np.array(errors)


MAZE = {"go": Trial({"A": (0.0, 7.0)}, {6.0: 1.0})}


@pytest.mark.parametrize("scale", [np.inf, 1.5, 0.9, 0.6])
def test_value_decay_is_the_published_simulation(scale):
    schedule = schedule_of(["go"] * 100, MAZE, dt=1.0, duration=7.0)
    learned = ValueDecayTD(kept_scale=scale).learn(schedule)
    assert_allclose(learned.delta[0], morita_kato(0.6, scale), atol=1e-12)
    assert (np.diff(learned.delta[0, -1, 1:]) > 0).all() == (scale > 0.6)


def test_without_decay_errors_are_flat():
    schedule = schedule_of(["go"] * 300, MAZE, dt=1.0, duration=7.0)
    delta = ValueDecayTD(kept=1.0).learn(schedule).delta[0, -1]
    assert_allclose(delta, [0.8, 0, 0, 0, 0, 0, 0], atol=1e-9)


# Feedback on progress

TRACK = {
    "go": Trial({"A": (0.0, 4.0)}, {4.0: 1.0}),
    "track": Trial({"A": tuple((float(t), t + 1.0, 1.0 + t) for t in range(4))}, {4.0: 1.0}),
}


def test_ramp_is_a_copy_of_the_value():
    schedule = schedule_of(["go"] * 400, TRACK, dt=0.1, duration=5.0)
    learned = FeedbackUncertaintyTD(feedback=True).learn(schedule)
    ratio = np.exp(np.log(0.8) ** 2 * (3.0**2 - 0.1**2) / 2) - 1
    assert_allclose(learned.delta[0, -1, 1:40], ratio * learned.value[0, -1, :39], atol=1e-6)
    # Away from both ends the value is γ to the steps that are left, and so is the ramp.
    inner = learned.value[0, -1, 12:28]
    assert_allclose(inner[1:] / inner[:-1], 1 / 0.8, rtol=0.01)


def test_ramp_weights_solve_their_fixed_point():
    schedule = schedule_of(["go"] * 800, TRACK, dt=0.1, duration=5.0)
    weights = FeedbackUncertaintyTD(feedback=True).learn(schedule).more["weights"][0]
    ratio = np.exp(np.log(0.8) ** 2 * (3.0**2 - 0.1**2) / 2) - 1
    places = np.arange(40)
    system = np.eye(40) * (1 + ratio)
    for state in range(39):
        kernel = np.exp(-0.5 * ((np.arange(100) - state - 1) / 3.0) ** 2)
        kernel[39] = kernel[39:].sum()
        system[state] -= 0.8 * kernel[:40] / kernel[:40].sum()
    assert_allclose(weights[places], np.linalg.solve(system, np.eye(40)[-1]), atol=1e-6)


def test_without_feedback_nothing_ramps():
    schedule = schedule_of(["go"] * 2000, TRACK, dt=0.1, duration=5.0)
    theory = FeedbackUncertaintyTD(discount=0.9)
    delta = theory.learn(schedule).delta[0, -1]
    assert np.abs(delta[1:40]).max() < 0.01
    ramp = theory.learn(schedule_of(["track"] * 400, TRACK, dt=0.1, duration=5.0)).delta[0, -1]
    assert ramp[35] > ramp[20] > ramp[5] > 0


# Kalman


def naive_kalman(x, schedule, gamma, tau2, noise, prior, onset_teaches=True, drift_in_gap=True):
    n = x.shape[2]
    w, s = np.zeros(n), prior * np.eye(n)
    delta, value = np.zeros((2, *x.shape[:2]))
    for trial in range(len(x)):
        before, learns = np.zeros(n), schedule.learning[trial].any()
        for step, now in enumerate(x[trial]):
            h = before - gamma * now
            error = schedule.reward[trial, step] + schedule.pulse[trial, step] - h @ w
            delta[trial, step], value[trial, step] = error, now @ w
            if learns:
                s = s + tau2 * np.eye(n)
                if schedule.learning[trial, step] and (onset_teaches or before.any()):
                    gain = s @ h / (h @ s @ h + noise)
                    w, s = w + gain * error, s - np.outer(gain, h @ s)
            before = now
        if learns and drift_in_gap:
            s = s + tau2 * round(schedule.gap[trial] / schedule.dt) * np.eye(n)
    return delta, value, w, np.diag(s)


@pytest.mark.parametrize("options", [{}, {"onset_teaches": False}, {"drift_in_gap": False}])
@pytest.mark.parametrize("represent", [chain, presence])
def test_kalman_is_the_textbook_recursion(represent, options):
    rng = np.random.default_rng(8)
    order = rng.choice(["A+", "A-", "AX-", "", "omitted?"], 25).tolist()
    schedule = schedule_of(order, gap=rng.exponential(3.0, 25))
    learned = KalmanTD(represent, **options).learn(schedule)
    delta, value, w, variance = naive_kalman(represent(schedule), schedule, 0.98, 0.01, 1.0, 1.0, **options)
    assert_allclose(learned.delta[0], delta, atol=1e-9)
    assert_allclose(learned.value[0], value, atol=1e-9)
    assert_allclose(learned.more["weights"][0], w, atol=1e-9)
    assert_allclose(learned.more["variance"][0], variance, atol=1e-9)


def test_kalman_filters_long_trials_in_pieces():
    kinds = {"A+": Trial({"A": (10.0, 20.0)}, {18.0: 1.0, 30.0: 0.5})}
    schedule = schedule_of(["A+"] * 4, kinds, duration=40.0, gap=1.0)
    learned = KalmanTD(chain).learn(schedule)
    delta, *_ = naive_kalman(chain(schedule), schedule, 0.98, 0.01, 1.0, 1.0)
    assert_allclose(learned.delta[0], delta, atol=1e-9)


def test_kalman_with_one_weight_is_the_running_mean():
    schedule = schedule_of(["r"] * 9, {"r": Trial({"A": (0.0, 1.0)}, {1.0: 1.0})}, dt=1.0, duration=2.0)
    theory = KalmanTD(presence, diffusion=0.0, noise=2.0, prior=3.0, onset_teaches=False)
    n = np.arange(9)
    assert_allclose(theory.learn(schedule).value[0, :, 0], n / (n + 2.0 / 3.0))


def test_kalman_blocks_and_learns_a_known_stimulus_late():
    kinds = KINDS | {"AX+": Trial({"A": CUE, "X": CUE}, {1.5: 1.0}), "X?": Trial({"X": CUE}, learning=False)}
    theory = KalmanTD(chain, diffusion=0.001, onset_teaches=False, drift_in_gap=False)
    learned = theory.learn(schedule_of(["A+"] * 100 + ["AX+"] * 30 + ["X?"], kinds))
    assert learned.value[0, -1, 5] < 0.1
    fresh = theory.learn(schedule_of(["A+"] * 5)).value[0, 4, 5]
    known = theory.learn(schedule_of(["A-"] * 40 + ["A+"] * 5)).value[0, 44, 5]
    assert known < 0.7 * fresh


# What all have in common

MAKE = {
    "TD": lambda v: TD(chain, v, discount=1 - v, trace_decay=v),
    "TD, continuous": lambda v: TD(chain, v, discount=1 - v, trace_decay=v, reset=False),
    "belief": lambda v: BeliefTD(v, discount=1 - v),
    "semi-Markov": lambda v: SemiMarkovTD(v, discount=1 - v),
    "semi-Markov, continuous": lambda v: SemiMarkovTD(v, discount=1 - v, reset=False),
    "semi-Markov, average": lambda v: SemiMarkovTD(v, form="average", rate_learning_rate=v / 10, reset=False),
    "average reward": lambda v: AverageRewardTD(chain, v, v / 10),
    "decay": lambda v: ValueDecayTD(v, discount=1 - v, kept=1 - v / 2, kept_scale=1 + v),
    "feedback": lambda v: FeedbackUncertaintyTD(v, discount=1 - v),
    "Kalman": lambda v: KalmanTD(chain, discount=1 - v, diffusion=v / 10, noise=v, prior=v),
}
ORDER = ["A+", "A-", "AX-", "", "omitted?"] * 4


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
def test_a_row_of_a_batch_is_a_run_alone(make):
    schedule = schedule_of(ORDER, gap=5.0)
    values = np.array([0.1, 0.3, 0.6])
    batch = make(values).learn(schedule)
    assert batch.delta.shape == batch.value.shape == (3, *schedule.reward.shape)
    for i, value in enumerate(values):
        alone = make(value).learn(schedule)
        assert_allclose(batch.delta[i], alone.delta[0], atol=1e-9)
        assert_allclose(batch.value[i], alone.value[0], atol=1e-9)
        for name, more in alone.more.items():
            assert_allclose(batch.more[name][i], more[0], atol=1e-9)


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
def test_probe_trials_change_nothing(make):
    order = ["A+", "A-", "AX-", "A+"] * 4
    probed = [name for kind in order for name in (kind, "omitted?", "early?")]
    plain = make(0.2).learn(schedule_of(order, gap=5.0))
    learned = make(0.2).learn(schedule_of(probed, gap=5.0))
    assert_allclose(learned.delta[:, ::3], plain.delta, atol=1e-6)
    assert_allclose(learned.value[:, ::3], plain.value, atol=1e-6)


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
def test_errors_are_finite_and_repeat(make):
    schedule = schedule_of(ORDER, gap=5.0)
    first, again = make(0.3).learn(schedule, rng=0), make(0.3).learn(schedule, rng=1)
    assert np.isfinite(first.delta).all()
    assert_array_equal(first.delta, again.delta)


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
def test_a_pulse_at_the_reward_teaches_like_reward(make):
    kinds = {
        "r": Trial({"A": CUE}, {1.5: 1.0}),
        "p": Trial({"A": CUE}, {1.5: 0.5}, {(1.5, 1.75): 0.5}),
    }
    one, two = (make(0.2).learn(schedule_of([kind] * 30, kinds, gap=2.0)) for kind in "rp")
    if "Semi-Markov" not in make(0.2).name:
        assert_allclose(two.delta, one.delta, atol=1e-9)
    assert two.value[0, -1, 5] > 0.6 * one.value[0, -1, 5]


@pytest.mark.parametrize(
    "theory",
    [BeliefTD(), SemiMarkovTD(), TD(lambda s: np.zeros((*s.reward.shape, 1))), FeedbackUncertaintyTD()],
    ids=lambda theory: theory.name,
)
def test_rewards_without_any_stimulus(theory):
    schedule = schedule_of(["r", "r"], {"r": Trial({}, {1.0: 1.0})})
    assert theory.learn(schedule).delta[0, 0, 4] > 0.9


PUBLISHED = {
    f"{kind.__name__}, {name}": theory
    for kind in (TD, BeliefTD, SemiMarkovTD, AverageRewardTD, ValueDecayTD, FeedbackUncertaintyTD, KalmanTD)
    for name, theory in {"default": kind(), **kind.published()}.items()
}


@pytest.mark.parametrize("theory", PUBLISHED.values(), ids=PUBLISHED)
def test_published_parameters_learn_what_follows_a_cue(theory):
    schedule = schedule_of(["A+"] * 60 + ["uncued?"], gap=5.0)
    learned = theory.learn(schedule)
    assert learned.delta.shape == learned.value.shape == (1, 61, 12)
    assert learned.value[0, 59].max() > 0.01
    assert learned.delta[0, 59, 2] > -1e-9
    assert isinstance(theory.name, str)
    for name in theory.free_parameters:
        assert hasattr(theory, name)


def test_defaults_are_those_published_with_the_representation():
    schedule = schedule_of(["A+"] * 10)
    options = {"learning_rate": 0.01, "discount": 0.98**5, "trace_decay": 0.95**5, "value_floor": 0.0}
    plain = td.learn(features.microstimuli(schedule), schedule.reward, **options)
    assert_allclose(TD("microstimuli").learn(schedule).delta, plain.delta)
    options = {"learning_rate": 0.1, "discount": 0.98**5, "trace_decay": 0.0}
    x = features.complete_serial_compound(schedule, ends_at_reward=True)
    plain = td.learn(x, schedule.reward, **options)
    assert_allclose(TD(ends_at_reward=True).learn(schedule).delta, plain.delta)
    plain = td.learn(features.presence(schedule), schedule.reward, **options | {"trace_decay": 0.95**5})
    assert_allclose(TD("presence").learn(schedule).delta, plain.delta)


@pytest.mark.parametrize("name", ["serial_compound", "presence", "microstimuli"])
def test_without_stimuli_every_reward_is_a_surprise(name):
    schedule = schedule_of(["r"], {"r": Trial({}, {1.0: 1.0})})
    for theory in (TD(name), AverageRewardTD(name), KalmanTD(name), ValueDecayTD()):
        assert_allclose(theory.learn(schedule).delta[0, 0, 4], 1.0)


def test_names_say_what_changes_results():
    assert TD("microstimuli").name == "TD(0.95), microstimuli"
    assert TD(trace_decay=[0.1, 0.2]).name == "TD(2 values), serial compound"
    assert TD("presence", value_floor=0.0, reset=False).name == "TD(0.95), presence, floor 0, continuous time"
    assert BeliefTD(contexts=None).name == "Belief-state TD, one context"
    assert KalmanTD("presence", drift_in_gap=False).name == "Kalman TD, presence, no drift in gaps"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: TD("csc"), ValueError, "features must be one of 'serial_compound', 'presence', 'microstimuli'"),
        (lambda: TD(learning_rate=-0.1), ValueError, r"learning_rate must lie in \[0, inf\); got -0.1"),
        (lambda: TD(trace_decay=1.5), ValueError, r"trace_decay must lie in \[0, 1\]"),
        (lambda: TD(value_floor="none"), ValueError, "value_floor must be one of 'published'"),
        (lambda: TD(value_floor=0.5), ValueError, r"value_floor must lie in \(-inf, 0\]"),
        (lambda: TD(bootstrap="new"), ValueError, "bootstrap must be one of"),
        (lambda: TD(reset=1), TypeError, "reset must be True or False"),
        (lambda: TD(step=0.0), ValueError, r"step must lie in \(0, inf\)"),
        (lambda: TD(discount=[0.9, 0.8], learning_rate=[0.1] * 3), ValueError, "one entry per agent"),
        (lambda: BeliefTD(discount=np.nan), ValueError, "discount must be finite"),
        (lambda: BeliefTD(contexts="all"), ValueError, "contexts must be one of 'inferred'"),
        (lambda: BeliefTD(contexts=[1.0, 1.0]), ValueError, "contexts must be two or more different sizes"),
        (lambda: BeliefTD(size_noise=0.0), ValueError, "size_noise must lie in"),
        (lambda: SemiMarkovTD(form="rate"), ValueError, "form must be one of 'discounted', 'average'"),
        (lambda: AverageRewardTD(rate_learning_rate=2.0), ValueError, "rate_learning_rate must lie in"),
        (lambda: optimal_latency(1.0, 0.0), ValueError, r"rate must lie in \(0, inf\)"),
        (lambda: ValueDecayTD(kept_scale=0.0), ValueError, "kept_scale must be above 0"),
        (lambda: ValueDecayTD(kept_scale=np.nan), ValueError, "kept_scale must be finite"),
        (lambda: FeedbackUncertaintyTD(discount=0.0), ValueError, r"discount must lie in \(0, 1\]"),
        (lambda: FeedbackUncertaintyTD(feedback="yes"), TypeError, "feedback must be True or False"),
        (lambda: KalmanTD(noise=0.0), ValueError, r"noise must lie in \(0, inf\)"),
        (lambda: KalmanTD(onset_teaches=0), TypeError, "onset_teaches must be True or False"),
    ],
)
def test_bad_input_says_what_is_wrong(make, error, message):
    with pytest.raises(error, match=message):
        make()


def naive_jeong(kinds, n_events, n_micro, alpha, gamma, lam, sigma, decay, reward):
    """The authors' script, in its own order: values of the step before are kept, weights, then the trace."""
    w, e, x = (np.zeros((n_micro, n_events)) for _ in range(3))
    last, value, errors = [None] * n_events, 0.0, []
    for step, happens in enumerate(kinds):
        for event in happens:
            last[event] = step
        for event, began in enumerate(last):
            if began is not None:
                y = decay ** (step - began)
                x[:, event] = y * np.exp(-((y - np.arange(1, n_micro + 1) / n_micro) ** 2) / (2 * sigma**2))
                x[:, event] /= np.sqrt(2 * np.pi)
        now = (w * x).sum()
        errors.append(reward * ((n_events - 1) in happens) + gamma * now - value)
        w = w + alpha * errors[-1] * e
        e = gamma * lam * e + x
        value = now
    return np.array(errors)


def test_microstimuli_as_in_the_script_of_jeong_and_others():
    kinds = {"A+": Trial({"A": (0.4, 1.4)}, {2.4: 1.0})}
    schedule = joined(sequence(kinds, ["A+"] * 40, dt=0.2, duration=4.0, gap=6.0))
    events = [[0] * bool(a) + [1] * bool(r) for a, r in zip(schedule.onset[0, :, 0], schedule.reward[0], strict=True)]
    theory = TD.published()["Jeong 2022, microstimuli"]
    naive = naive_jeong(events, 2, 20, 0.02, 0.98, 0.95, 0.08, 0.99, 1.0)
    assert_allclose(theory.learn(schedule).delta[0, 0], naive, atol=1e-10)


def test_blocking_on_a_short_design_needs_a_trace_or_microstimuli():
    """With λ = 0 the value has not come back to the cue in 40 trials: X gains two thirds of what a control gives it."""

    def gained(theory):
        texts = ("A+ x40 | AX+ x40 | X-? x10", "B+ x40 | AX+ x40 | X-? x10")
        designs = [design(text, dt=0.1, rng=0) for text in texts]
        x, control = (theory.learn(s).value[0, s.of_kind("X-?")].max() for s in designs)
        return x / control

    assert gained(TD("microstimuli")) < 0.2
    assert gained(TD(trace_decay=0.9)) < 0.2
    assert 0.6 < gained(TD()) < 0.75
