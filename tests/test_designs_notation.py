"""Designs as methods sections write them: contexts, cycles, serial and trace cues, sessions, and where faults stand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rpe.schedules import design

SHORT = {"dt": 0.5, "duration": 4.0}


def kinds(s):
    return [s.kinds[kind] for kind in s.kind]


def on(s, trial, cue):
    """The steps in which a cue is on."""
    return np.flatnonzero(s.level[trial, :, s.stimuli.index(cue)]).tolist()


@given(
    st.lists(st.sampled_from(["A+", "B-", "AB-", "+", "-", "B>A+", "A#"]), min_size=1, max_size=4), st.integers(1, 5)
)
@settings(deadline=None, max_examples=25)
def test_a_cycle_keeps_its_order_whatever_the_seed(types, n):
    s = design(f"({' '.join(types)}) x{n}", rng=n, **SHORT)
    assert kinds(s) == types * n


def test_cycles_stay_whole_among_other_types():
    found = " ".join(kinds(design("(A+ B- C-) x20, D+ x30", rng=1)))
    assert found.count("A+ B- C-") == 20
    assert found.count("D+") == 30
    assert "A+ B- C- D+" in found
    assert "D+ D+" in found


def test_a_cycle_draws_each_reward_on_its_own():
    s = design("(A+50% B+) x200", rng=0)
    assert_array_equal(s.reward.sum(axis=1)[1::2], 1)
    assert 70 < s.reward.sum(axis=1)[::2].sum() < 130


def test_serial_cues_follow_one_another_and_the_reward_comes_at_the_end_of_the_last():
    s = design("B>A+ | B→A- | B..A+ | B-gap-A# | A..+ | A+", **SHORT)
    assert [on(s, trial, "B") for trial in range(6)] == [[1, 2]] * 4 + [[]] * 2
    assert [on(s, trial, "A") for trial in range(6)] == [[3, 4], [3, 4], [5, 6], [5, 6], [1, 2], [1, 2]]
    assert_array_equal(s.due, [2.5, 2.5, 3.5, 3.5, 2.5, 1.5])
    assert_array_equal(s.reward.sum(axis=1), [1, 0, 1, 2, 1, 1])
    assert_array_equal(s.reward.argmax(axis=1), [5, 0, 7, 7, 5, 3])


def test_a_context_is_on_in_the_whole_window_of_its_phase():
    s = design("[K1] A+ x2 | [K2] -, A- | A+", context_level=0.5, random=False, **SHORT)
    assert s.stimuli == ("K1", "A", "K2")
    assert_array_equal(s.level[:, :, 0], np.repeat([0.5, 0.5, 0, 0, 0], 8).reshape(5, 8))
    assert_array_equal(s.level[:, :, 2], np.repeat([0, 0, 0.5, 0.5, 0], 8).reshape(5, 8))
    assert kinds(s) == ["A+", "A+", "-", "A-", "A+"]


def test_sessions_repeat_a_phase_with_time_between():
    s = design("A+ x3, B- in 2 sessions 24 h apart | A- in 2 sessions", rng=0)
    first = "A+ x3, B- in 2 sessions 24 h apart"
    assert s.phases == (
        f"{first}, session 1",
        f"{first}, session 2",
        "A- in 2 sessions, session 1",
        "A- in 2 sessions, session 2",
    )
    assert_array_equal(s.phase, [0] * 4 + [1] * 4 + [2, 3])
    assert_array_equal(np.flatnonzero(s.gap), [3])
    assert s.gap[3] == 86_400
    assert sorted(kinds(s)[:4]) == sorted(kinds(s)[4:8]) == ["A+", "A+", "A+", "B-"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A+ x40 | B+ y3", r"got 'y3' in phase 'B\+ y3', character 13"),
        ("A+ | (A+ B- x3", r"got 'x3' .* character 13"),
        ("A+ | (A+ B-", r"cycle must end with '\)'.* character 12"),
        ("A+, ()", r"at least one type.* character 6"),
        ("A+ | [A] B-", r"another name than the cues; got 'A'"),
        ("A+ x3 B-", r"got 'B-' .* character 7"),
        ("A+ | A-#", r"got '#' .* character 8"),
        ("A+ | B>B+", r"once in a compound; got 'B>B' .* character 6"),
        ("A+ in 0 sessions", "at least one session"),
    ],
)
def test_faults_name_their_place(text, words):
    with pytest.raises(ValueError, match=words):
        design(text)


def test_serial_cues_must_fit_the_window():
    with pytest.raises(ValueError, match="must lie in its window of 3 s"):
        design("C>B>A+")
