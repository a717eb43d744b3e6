"""TD over a session without trials: against a naive loop over dense features, closed forms, and memory."""

import tracemalloc

import numpy as np
import pytest

import rpe
from rpe import schedules
from rpe.schedules import Trial
from rpe.theories import ANCCR, SessionTD
from rpe.theories.anccr import RewardInterval

KINDS = {
    "A+": Trial({"A": (0.5, 1.0)}, {1.5: 1.0}),
    "AB": Trial({"A": (0.5, 1.0), "B": (0.5, 1.5)}, {1.0: 0.5, 2.0: 0.5}, pulses={(1.5, 1.75): 0.2}),
    "B-": Trial({"B": (0.5, 1.0)}),
    "probe": Trial({"A": (0.5, 1.0)}, learning=False),
}
GAPS = 0.25 * np.random.default_rng(0).integers(2, 36, 80)


@pytest.fixture(scope="module")
def mixed():
    order = ["A+", "AB", "B-"] * 8 + ["probe", "A+"]
    return schedules.sequence(KINDS, order, dt=0.25, duration=2.5, gap=GAPS[: len(order)])


def naive(theory, s, contexts=1):
    """Go through dense one-hot features of the joined session; a state is left when another begins, or on a reward."""
    long, phase = schedules.joined(s), np.repeat(s.phase, s.n_steps + np.round(s.gap / s.dt).astype(int))
    n_kinds, n = len(s.stimuli) + 1, long.n_steps
    events = np.hstack([long.onset[0], (long.reward[0] != 0)[:, None]])
    width = round(theory.state_duration / s.dt)
    chain = round(theory.length / s.dt) if theory.between != "chains" else n + 1
    edges = [theory.state_duration * ((1 + theory.widening) ** j - 1) / theory.widening for j in range(1, 200)]
    x, fixed = np.zeros((n, n_kinds * n + 202 + contexts)), np.zeros(n, dtype=bool)
    last, on = None, None
    for t in range(n):
        if events[t].any():
            last, on = t, np.flatnonzero(events[t])
        if last is None:
            x[t, -contexts - 1] = 1
        elif t - last < chain:
            x[t, on * n + (t - last) // width] = fixed[t] = 1
        elif theory.between == "background":
            x[t, n_kinds * n] = 1
        else:
            after = min((t - last) * s.dt, theory.longest) - theory.length
            x[t, n_kinds * n + np.searchsorted(edges, after + 1e-9, side="right")] = fixed[t] = 1
        if theory.context:
            x[t, -contexts + phase[t]] = 1
    gamma = float(theory.discount) ** (s.dt / theory.step)
    interval = RewardInterval()
    times = np.arange(1, n + 1) * s.dt
    iri = interval.course(times, (long.reward[0] != 0) & long.learning[0])
    # Gaps after probes teach as little as those.
    parts = zip(s.learning, np.round(s.gap / s.dt).astype(int), strict=True)
    learns = np.concatenate([np.append(own, np.full(gap, own[-1])) for own, gap in parts])
    w, delta, value = np.zeros(x.shape[1]), np.zeros(n), np.zeros(n)
    before, left = np.zeros(x.shape[1]), 0
    for t in range(n):
        income = long.reward[0, t] + long.pulse[0, t]
        same = t and fixed[t] and (x[t] == x[t - 1]).all() and not events[t].any() and income == 0
        value[t] = x[t] @ w
        if same:
            continue
        delta[t] = rpe.td.td_error(income, before @ w, value[t], gamma ** (t - left if t else 1))
        alpha = theory.learning_rate if theory.interval_memory is None else 1 - np.exp(-iri[t] / theory.interval_memory)
        if learns[t]:
            w += alpha * delta[t] * before
        before, left = x[t], t
    return schedules.split(s, delta[None]), schedules.split(s, value[None])


@pytest.mark.parametrize(
    "theory",
    [
        SessionTD(state_duration=0.25, length=1.0, longest=6.0),
        SessionTD(state_duration=0.5, length=1.5, widening=0.5),
        SessionTD(between="chains", state_duration=0.5),
        SessionTD(between="background", state_duration=0.25, length=1.5),
        SessionTD(between="background", state_duration=0.25, length=0.0, context=True, learning_rate=0.1),
        SessionTD(state_duration=0.25, length=1.0, interval_memory=50.0),
    ],
)
def test_sparse_states_are_dense_features(mixed, theory):
    delta, value = naive(theory, mixed)
    found = theory.learn(mixed)
    assert abs(value).max() > 0.2
    np.testing.assert_allclose(found.delta[0], delta, rtol=0, atol=1e-12)
    # A state whose own update changed it keeps its new value; the naive one reads it anew, too.
    np.testing.assert_allclose(found.value[0], value, rtol=0, atol=1e-12)


def test_contexts_are_phases():
    s = schedules.design("A+ x20 | A- x20", dt=0.25, gap=3.0)
    theory = SessionTD(between="background", length=2.0, state_duration=0.25, context=True)
    delta, _ = naive(theory, s, contexts=2)
    np.testing.assert_allclose(theory.learn(s).delta[0], delta, rtol=0, atol=1e-12)
    assert theory.learn(s).more["weights"][0, -2:].min() > 0


def test_agents_and_trials_do_not_matter(mixed):
    """A session in one trial, and each agent alone, give the same."""
    rates = np.array([0.05, 0.2])
    both = SessionTD(rates).learn(mixed)
    for agent, rate in enumerate(rates):
        np.testing.assert_array_equal(SessionTD(rate).learn(mixed).delta[0], both.delta[agent])
    training = mixed.take(~mixed.probe)
    whole = SessionTD().learn(schedules.joined(training)).delta
    np.testing.assert_allclose(schedules.split(training, whole), SessionTD().learn(training).delta, atol=1e-12)


def test_anccr_needs_no_trials_either():
    s = schedules.sequence(KINDS, ["A+", "B-"] * 40, dt=0.25, duration=2.5, gap=GAPS)
    theory = ANCCR(jitter=0.0, omissions=False)
    whole = schedules.split(s, theory.learn(schedules.joined(s), rng=0).delta)
    alone = theory.learn(s, rng=0).delta
    assert alone.max() > 0.05
    np.testing.assert_allclose(whole, alone, rtol=0, atol=1e-9)


def test_a_gap_may_be_split():
    kinds = {"A+": KINDS["A+"], "empty": Trial({})}
    one, two = (
        schedules.sequence(kinds, order, dt=0.25, duration=2.5, gap=gap)
        for order, gap in ((["A+"] * 10, 12.5), (["A+", "empty"] * 10, 5.0))
    )
    for between in ("clock", "chains", "background"):
        found = [SessionTD(between=between).learn(s).delta[0] for s in (one, two)]
        np.testing.assert_allclose(found[0], found[1][::2], rtol=0, atol=1e-12)


def test_one_background_state_by_its_closed_form():
    """Reward 1 with chance p in each step: V = p/(1 − γ), δ = 1 − p at a reward and −p otherwise."""
    rng, p = np.random.default_rng(0), 0.3
    steps = {f"{i}": Trial({}, dict.fromkeys(np.flatnonzero(rng.random(100) < p).tolist(), 1.0)) for i in range(200)}
    s = schedules.sequence(steps, list(steps), dt=1.0, duration=100.0, gap=0.0)
    theory = SessionTD(0.01, 0.9, step=None, between="background", length=0.0)
    learned = theory.learn(s)
    late = slice(60, None)
    paid, p = s.reward[late] != 0, s.reward[late].mean()
    assert learned.value[0, late].mean() == pytest.approx(p / 0.1, rel=0.02)
    assert learned.delta[0, late][paid].mean() == pytest.approx(1 - p, abs=0.03)
    assert learned.delta[0, late][~paid].mean() == pytest.approx(-p, abs=0.03)


def test_a_clock_tells_regular_rewards_and_a_background_does_not():
    s = schedules.sequence({"+": Trial({}, {0.0: 1.0})}, ["+"] * 600, dt=0.5, duration=1.0, gap=19.0)
    clock, background = (
        SessionTD(0.1, between=between, length=1.0, state_duration=0.5).learn(s).delta[0, -1, 0]
        for between in ("clock", "background")
    )
    assert abs(clock) < 0.01
    assert background > 0.5


def test_learning_follows_the_time_between_rewards():
    """Ten rewards ten times as far apart teach about as much as a hundred."""
    values = {}
    for gap, n in ((17.5, 100), (197.5, 10), (17.5001, 10)):
        s = schedules.sequence({"A+": KINDS["A+"]}, ["A+"] * n, dt=0.25, duration=2.5, gap=gap)
        learned = SessionTD(between="chains", state_duration=None, interval_memory=2000.0).learn(s)
        values[gap] = learned.more["rate"][0, -1, 6] * n
    assert values[197.5] == pytest.approx(values[17.5], rel=0.25)
    assert values[17.5001] < 0.3 * values[17.5]


def test_memory_grows_with_time_and_not_with_its_square():
    """An hour at .1 s is 36,000 steps; here the peaks of 2,000 and of 8,000."""
    peaks = {}
    for theory in (SessionTD(between="chains"), ANCCR()):
        theory.learn(schedules.joined(schedules.delay_conditioning(4, dt=0.1, gap=20.0)))
        for n in (2000, 8000):
            s = schedules.joined(schedules.delay_conditioning(n // 250, dt=0.1, duration=5.0, gap=20.0))
            tracemalloc.start()
            theory.learn(s)
            peaks[n] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peaks[8000] < 4.5 * peaks[2000]
        assert peaks[8000] / 8000 * 36_000 < 2**30 / 10


def test_manipulated_errors_teach(mixed):
    clamped = SessionTD().learn(mixed.manipulate("clamp", 0.0, event="reward"))
    plain = SessionTD().learn(mixed)
    assert clamped.value.max() < 0.5 * plain.value.max()
    assert (clamped.delta[0][mixed.reward != 0] == 0).all()
    same = SessionTD().learn(mixed.manipulate("scale", 0.0, event="trial"))
    np.testing.assert_allclose(same.delta, plain.delta, rtol=0, atol=1e-12)
