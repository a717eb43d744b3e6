"""Schedules: designs in words, events in the right step, continuous time and back, and what bad input says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rpe
from rpe import schedules
from rpe.schedules import Trial


def test_the_design_of_a_methods_section():
    s = schedules.design("A+ x40 | AX+ x40 | X- x10", dt=0.1)
    assert (s.n_trials, s.stimuli, s.kinds) == (90, ("A", "X"), ("A+", "AX+", "X-"))
    assert [int(s.in_phase(name).sum()) for name in s.phases] == [40, 40, 10]
    assert s.reward.sum() == 80
    np.testing.assert_array_equal(s.level[s.of_kind("AX+")][0, :, 0], s.level[s.of_kind("AX+")][0, :, 1])
    np.testing.assert_array_equal(np.flatnonzero(s.level[0, :, 0]), np.arange(5, 15))
    np.testing.assert_array_equal(np.flatnonzero(s.reward[0]), [15])
    assert np.isclose(s.due, 1.5).all()


def test_all_the_words_of_a_design():
    s = schedules.design("A+(2.5) x3, B+50% x200 | rest 2 h | +~ / A-* x4 | A-? x2", rng=0, pulse=0.5)
    assert set(s.reward[s.of_kind("A+(2.5)")].sum(axis=1)) == {2.5}
    assert 70 < s.reward[s.of_kind("B+50%")].sum() < 130
    assert s.gap[202] == 7200
    assert s.gap.sum() == 7200
    assert (s.of_kind("+~").sum(), s.of_kind("A-*").sum()) == (4, 4)
    np.testing.assert_array_equal(s.pulse[s.of_kind("+~")].sum(axis=1), -0.5)
    np.testing.assert_array_equal(s.pulse[s.of_kind("A-*")][:, 15], 0.5)
    assert not s.level[s.of_kind("+~")].any()
    assert s.probe.sum() == 2


def test_orders_are_random_within_phases_and_reproducible():
    one, two, other = (schedules.design("A+ / B- x20 | A- x5", rng=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.kind, two.kind)
    assert not np.array_equal(one.kind, other.kind)
    fixed = schedules.design("A+ / B- x20", random=False)
    np.testing.assert_array_equal(fixed.kind, [0] * 20 + [1] * 20)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A+ x40 | Q", "got 'Q' in phase 'Q'"),
        ("A+ x0", "at least once; got x0"),
        ("A-50%", "must follow a [+]; got 'A-50%'"),
        ("A+150%", "at most 100 %"),
        ("AA+", "once in a compound; got 'AA'"),
        ("rest 3 h | A+", "a rest must follow a phase"),
        ("A+ x3, , B-", "got ''"),
    ],
)
def test_designs_with_faults_name_the_place(text, message):
    with pytest.raises(ValueError, match=message):
        schedules.design(text)


@given(dt=st.sampled_from([0.05, 0.1, 0.2, 0.25, 0.5]), cue=st.integers(0, 4), wait=st.integers(1, 6))
@settings(deadline=None, max_examples=60)
def test_events_fall_into_their_step(dt, cue, wait):
    cue_time, reward_time = cue * 0.5, cue * 0.5 + wait * 0.5
    s = schedules.delay_conditioning(3, cue_time=cue_time, reward_time=reward_time, duration=6.0, dt=dt)
    assert np.flatnonzero(s.reward[0]).tolist() == [int(reward_time / dt + 1e-6)]
    assert np.flatnonzero(s.onset[0, :, 0]).tolist() == [int(cue_time / dt + 1e-6)]
    assert s.step_of(reward_time) == int(reward_time / dt + 1e-6)


@given(gaps=st.lists(st.integers(0, 20), min_size=4, max_size=4))
@settings(deadline=None, max_examples=30)
def test_continuous_time_and_back(gaps):
    s = schedules.delay_conditioning(4, gap=np.array(gaps) / 10, probability=0.5, rng=0)
    long = schedules.joined(s)
    assert long.n_steps == 4 * 25 + sum(gaps)
    np.testing.assert_array_equal(schedules.split(s, long.reward), s.reward)
    np.testing.assert_allclose(
        np.flatnonzero(long.reward) * 0.1, schedules.events(s).time[schedules.events(s).name == 1]
    )


def test_learning_in_continuous_time_is_learning_on_the_joined_schedule():
    s = schedules.delay_conditioning(20, probability=0.8, rng=1)
    x = rpe.features.presence(s)
    options = {"learning_rate": 0.1, "discount": 0.95, "trace_decay": 0.8}
    apart = rpe.td.learn(x, s.reward, reset=False, **options)
    long = schedules.joined(s)
    together = rpe.td.learn(rpe.features.presence(long), long.reward, reset=False, **options)
    np.testing.assert_allclose(schedules.split(s, together.delta), apart.delta, atol=1e-12)


def test_delays_and_gaps_are_drawn():
    s = schedules.delay_conditioning(
        400, delay=schedules.normal(2.0, 0.5, 1.2, 2.8), duration=4.0, gap=schedules.exponential(8.0), rng=0
    )
    delays = s.times[s.reward.argmax(axis=1)] - 0.5
    assert 1.9 < delays.mean() < 2.1
    assert delays.min() > 1.1
    assert delays.max() < 2.9
    assert 7 < s.gap.mean() < 9
    assert s.kinds == ("A+",)
    assert (s.due >= delays + 0.5 - 1e-9).all()
    assert (s.due < delays + 0.6 + 1e-9).all()
    np.testing.assert_array_equal(s.level[..., 0].sum(axis=1), (delays / 0.1).round())


def test_trace_conditioning_leaves_a_gap_before_the_reward():
    s = schedules.trace_conditioning(2, cue_duration=0.3)
    np.testing.assert_array_equal(np.flatnonzero(s.level[0, :, 0]), [5, 6, 7])


def test_schedules_are_put_together():
    one = schedules.delay_conditioning(2, gap=5.0)
    two = schedules.delay_conditioning(3, cue="B", reward_time=3.0, duration=4.0)
    s = schedules.concatenate([one, two])
    assert s.stimuli == ("A", "B")
    assert s.n_steps == 40
    np.testing.assert_allclose(s.gap, [3.5, 3.5, 0, 0, 0])
    np.testing.assert_array_equal(s.of_kind("B+"), [False, False, True, True, True])
    assert s.take([0, 4]).n_trials == 2
    np.testing.assert_array_equal(s.take(s.of_kind("B+")).reward.sum(axis=1), 1)


def test_compounds_and_pulses_of_a_sequence():
    trial = Trial({"A": ((0.0, 0.2), (0.4, 0.5)), "X": (0.1, 0.3, 0.5)}, {0.3: 2.0}, {(0.1, 0.3): -1.0})
    s = schedules.sequence({"T": trial}, ["T"], duration=0.6)
    np.testing.assert_array_equal(s.level[0, :, 0], [1, 1, 0, 0, 1, 0])
    np.testing.assert_array_equal(s.level[0, :, 1], [0, 0.5, 0.5, 0, 0, 0])
    np.testing.assert_array_equal(s.pulse[0], [0, -1, -1, 0, 0, 0])
    np.testing.assert_array_equal(s.onset[0, :, 0], [True, False, False, False, True, False])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: schedules.delay_conditioning(reward_time=3.0), ValueError, "window of 2.5 s; got 3"),
        (lambda: schedules.delay_conditioning(probability=1.5), ValueError, "probability must lie in"),
        (lambda: schedules.delay_conditioning(2, delay=[1.0]), ValueError, "delay must be a number, an array"),
        (lambda: schedules.delay_conditioning(2, magnitude=[1.0]), ValueError, "magnitude must be"),
        (lambda: schedules.trace_conditioning(cue_duration=2.0), ValueError, "must end before the reward"),
        (lambda: schedules.sequence({"A": Trial()}, ["B"], duration=1.0), ValueError, r"got \['B'\]"),
        (lambda: schedules.sequence({"A": Trial()}, ["A"], duration=1.0, gap=-1.0), ValueError, "gap must lie in"),
        (lambda: schedules.sequence({"A": Trial()}, ["A"], duration=1.0, phases=[]), ValueError, "one phase for each"),
        (lambda: schedules.design(3), TypeError, "text must be a design"),
        (lambda: schedules.exponential(-1.0), ValueError, "mean must lie in"),
        (lambda: schedules.normal(1.0, 1.0, 3.0, 2.0), ValueError, "high must lie above low"),
        (lambda: schedules.delay_conditioning(2).of_kind("Z"), ValueError, "kind must be one of 'A"),
        (lambda: schedules.delay_conditioning(2).in_phase("Z"), ValueError, "phase must be one of"),
        (lambda: schedules.delay_conditioning(2).step_of(9.0), ValueError, "time must lie in the window"),
        (lambda: schedules.concatenate([]), ValueError, "one dt"),
        (lambda: schedules.split(schedules.delay_conditioning(2), np.zeros((1, 3))), ValueError, "joined schedule"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Features


def test_serial_compounds_count_from_the_onset():
    s = schedules.design("AB+ x1 | A- x1", random=False, dt=0.5, duration=2.0)
    x = rpe.features.complete_serial_compound(s)
    np.testing.assert_array_equal(x[0].sum(axis=1), [0, 2, 2, 2])
    np.testing.assert_array_equal(x[1].sum(axis=1), [0, 1, 1, 1])
    np.testing.assert_array_equal(x.argmax(axis=2)[1], [0, 0, 1, 2])


def test_options_of_the_serial_compound():
    s = schedules.delay_conditioning(1, dt=0.1, duration=2.5)
    ends = rpe.features.complete_serial_compound(s, ends_at_reward=True)
    np.testing.assert_array_equal(ends[0].any(axis=1), (np.arange(25) >= 5) & (np.arange(25) <= 15))
    coarse = rpe.features.complete_serial_compound(s, state_duration=0.5)
    np.testing.assert_array_equal(coarse[0].sum(axis=0), [5, 5, 5, 5])
    short = rpe.features.complete_serial_compound(s, length=0.3)
    np.testing.assert_array_equal(short[0].any(axis=1), (np.arange(25) >= 5) & (np.arange(25) < 8))
    between = rpe.features.complete_serial_compound(s, ends_at_reward=True, intertrial_states=True)
    assert between[0].any(axis=1).all()
    np.testing.assert_array_equal(between[0].sum(axis=1), 1)
    shared = rpe.features.complete_serial_compound(schedules.design("AB+ x1"), chains="shared")
    np.testing.assert_array_equal(shared[0].sum(axis=1)[5:], 1)


def test_microstimuli_are_the_published_functions():
    s = schedules.delay_conditioning(1, dt=0.05, duration=2.0)
    x = rpe.features.microstimuli(s, n=5, sigma=0.1, decay=0.9)
    assert x.shape == (1, 40, 10)
    for step in range(40):
        for onset, first in ((10, 0), (30, 5)):
            for i in range(5):
                y = 0.9 ** (step - onset)
                expected = y * np.exp(-((y - (i + 1) / 5) ** 2) / 0.02) / np.sqrt(2 * np.pi) if step >= onset else 0.0
                assert x[0, step, first + i] == pytest.approx(expected, abs=1e-12)
    named = rpe.features.microstimuli(s, parameters="2012")
    np.testing.assert_array_equal(named, rpe.features.microstimuli(s, n=6))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: rpe.features.complete_serial_compound(s, chains="none"), "chains must be one of"),
        (lambda s: rpe.features.complete_serial_compound(s, state_duration=0.13), "multiple of dt"),
        (lambda s: rpe.features.complete_serial_compound(s, chains="shared", scale_by_level=True), "scale_by_level"),
        (lambda s: rpe.features.microstimuli(s, decay=1.0), "decay must lie in"),
        (lambda s: rpe.features.microstimuli(s, parameters="1999"), "parameters must be one of"),
        (lambda s: rpe.features.complete_serial_compound(schedules.design("+ x2")), "stimulus that comes on"),
    ],
)
def test_bad_options(call, message):
    with pytest.raises(ValueError, match=message):
        call(schedules.delay_conditioning(2))


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        (((0.5, 1.5, 1.0), (1.0, 2.0, 0.5)), [0, 1, 1.5, 0.5, 0]),
        (((1.0, 2.0, 0.5), (0.5, 1.5, 1.0)), [0, 1, 1.5, 0.5, 0]),  # the order in which they are written is no matter
        (((0.5, 1.5, 0.5), (0.5, 1.5, 1.0)), [0, 1.5, 1.5, 0, 0]),
        (((0.5, 1.5), (0.5, 1.5)), [0, 2, 2, 0, 0]),
        (((0.5, 1.0), (1.0, 1.5)), [0, 1, 1, 0, 0]),  # they meet, and never overlap
        (((0.5, 1.0), (1.5, 2.0, 0.25)), [0, 1, 0, 0.25, 0]),
        ((0.5, 1.5, 0.3), [0, 0.3, 0.3, 0, 0]),
        ([[0.5, 1.5], [1.0, 1.5]], [0, 1, 2, 0, 0]),
        (np.array([0.5, 1.5]), [0, 1, 1, 0, 0]),
    ],
)
def test_intensities_of_a_stimulus_that_is_on_twice_at_once_add_up(windows, expected):
    trial = rpe.schedules.Trial({"A": windows, "B": (0.0, 0.5)}, {2.0: 1.0})
    s = rpe.schedules.sequence({"t": trial}, ["t"], dt=0.5, duration=2.5)
    assert s.level[0, :, 0].tolist() == expected
    assert s.level[0, :, 1].tolist() == [1, 0, 0, 0, 0]
    assert rpe.features.presence(s)[0, :, 0].tolist() == expected


@pytest.mark.parametrize("windows", [(0.5,), 0.5, (), "ab", ((0.5, 1.0), 1.0), (0.5, 1.0, 1.0, 2.0)])
def test_windows_of_a_stimulus_that_are_no_windows(windows):
    trial = rpe.schedules.Trial({"A": windows})
    with pytest.raises(TypeError, match=r"cue 'A' of t must be \(on, off\)|time in t must hold real numbers"):
        rpe.schedules.sequence({"t": trial}, ["t"], dt=0.5, duration=2.5)
