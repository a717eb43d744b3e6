"""The validators: what they let through, and what they say of the rest."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpe import _checks as checks

SETTINGS = settings(deadline=None, max_examples=50)


@pytest.mark.parametrize("value", [3, 3.0, np.float32(3), np.int8(3), np.array(3), np.array(3, dtype=np.uint8)])
def test_a_number_of_any_kind_is_a_float(value):
    array = checks.numbers("x", value)
    assert array.dtype == np.float64
    assert array.shape == ()
    assert array == 3.0


def test_numbers_keep_their_shape_and_leave_the_input_alone():
    original = np.arange(6.0).reshape(2, 3)
    found = checks.numbers("x", original)
    np.testing.assert_array_equal(found, original)
    found[0, 0] = 9.0
    assert original[0, 0] == 0.0


@pytest.mark.parametrize("value", ["3", None, True, [True, False], 1 + 2j, [1.0, None], {}, object()])
def test_what_is_not_a_real_number_is_a_type_error(value):
    with pytest.raises(TypeError, match="x must hold real numbers; got"):
        checks.numbers("x", value)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (np.nan, "got nan"),
        (np.inf, "got inf"),
        (-np.inf, "got -inf"),
        ([0.0, np.nan, np.inf], "got nan at index 1"),
        ([[0.0, 1.0], [2.0, -np.inf]], "got -inf at index (1, 1)"),
    ],
)
def test_what_is_not_finite_is_a_value_error(value, place):
    with pytest.raises(ValueError, match=f"x must be finite; {re.escape(place)}$"):
        checks.numbers("x", value)


def test_a_ragged_array_is_a_value_error():
    with pytest.raises(ValueError, match="x must be a regular array of numbers; got"):
        checks.numbers("x", [[1.0, 2.0], [3.0]])


ENDS = st.tuples(st.booleans(), st.booleans())


@SETTINGS
@given(value=st.integers(-3, 3), low=st.integers(-2, 0), high=st.integers(0, 2), ends=ENDS)
def test_between_is_the_interval(value, low, high, ends):
    open_low, open_high = ends
    inside = (low < value if open_low else low <= value) and (value < high if open_high else value <= high)

    def call():
        return checks.between("x", value, low, high, open_low=open_low, open_high=open_high)

    if inside:
        assert call() == value
    else:
        interval = f"{'(['[not open_low]}{low}, {high}{')]'[not open_high]}"
        with pytest.raises(ValueError, match=f"^{re.escape(f'x must lie in {interval}; got {value}')}$"):
            call()


def test_an_infinite_end_is_shown_open():
    with pytest.raises(ValueError, match=re.escape("x must lie in [0, inf); got -1")):
        checks.between("x", -1, 0)
    with pytest.raises(ValueError, match=re.escape("x must lie in (-inf, 1]; got 2 at index 1")):
        checks.between("x", [0, 2], high=1)


def test_a_parameter_is_a_number_or_one_per_agent():
    assert checks.parameter("x", 0.5, 0, 1).shape == ()
    assert checks.parameter("x", [0.5, 0.25], 0, 1).shape == (2,)
    for value in ([], [[0.5]], np.zeros((2, 2))):
        with pytest.raises(ValueError, match=r"x must be a number or an array \(n_agents,\); got shape"):
            checks.parameter("x", value, 0, 1)
    with pytest.raises(ValueError, match=re.escape("x must lie in (0, 1]; got 0 at index 1")):
        checks.parameter("x", [0.5, 0.0], 0, 1, open_low=True)


def test_a_scalar_is_one_number():
    found = checks.scalar("x", np.float32(0.5))
    assert type(found) is float
    assert found == 0.5
    with pytest.raises(ValueError, match=r"x must be a single number; got shape \(1,\)"):
        checks.scalar("x", [0.5])
    with pytest.raises(ValueError, match=re.escape("x must lie in [0, 1); got 1")):
        checks.scalar("x", 1, 0, 1, open_high=True)


@pytest.mark.parametrize("value", [4, np.int64(4), np.uint8(4), np.array(4)])
def test_a_count_is_an_int(value):
    found = checks.count("n", value)
    assert type(found) is int
    assert found == 4


@pytest.mark.parametrize("value", [4.0, "4", True, np.True_, None, np.nan, [4]])
def test_what_is_not_whole_is_no_count(value):
    with pytest.raises(TypeError, match="n must be an integer; got"):
        checks.count("n", value)


def test_a_count_has_bounds():
    assert [checks.count("n", n, 0, 2) for n in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match=r"^n must be at least 1; got 0$"):
        checks.count("n", 0)
    with pytest.raises(ValueError, match=r"^n must be at most 2; got 3$"):
        checks.count("n", 3, maximum=2)


def test_a_choice_names_the_others():
    assert checks.choice("pay", "deadline", iter(["completion", "deadline"])) == "deadline"
    for value in ("dedline", None, 1, ["deadline"], np.nan):
        with pytest.raises(ValueError, match=r"^pay must be one of 'completion', 'deadline'; got "):
            checks.choice("pay", value, ("completion", "deadline"))


def test_a_flag_is_true_or_false():
    assert checks.flag("x", np.True_) is True
    assert checks.flag("x", False) is False
    for value in (0, 1, "yes", None):
        with pytest.raises(TypeError, match="x must be True or False; got"):
            checks.flag("x", value)


def test_agents_are_counted_once():
    one, single, three, two = np.array(1.0), np.ones(1), np.ones(3), np.ones(2)
    assert checks.agent_count() == 1
    assert checks.agent_count(a=one, b=single) == 1
    assert checks.agent_count(a=one, b=three, c=single, d=three) == 3
    with pytest.raises(ValueError, match=r"all of the same number; b has 3, c has 2$"):
        checks.agent_count(a=one, b=three, c=two)


# --- seeds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rng", [0, 7, np.int64(7), np.uint8(7), 2**100])
def test_a_whole_number_is_a_seed_of_any_kind(rng):
    assert checks.generator(rng).integers(2**60) == np.random.default_rng(int(rng)).integers(2**60)
    assert checks.seed_of(rng) == int(rng)
    assert type(checks.seed_of(rng)) is int


def test_other_sources_of_randomness_have_no_number():
    rng = np.random.default_rng(3)
    assert checks.generator(rng) is rng
    sequence, bits = np.random.SeedSequence(3), np.random.PCG64(3)
    first = np.random.default_rng(3).integers(2**60)
    assert checks.generator(sequence).integers(2**60) == checks.generator(bits).integers(2**60) == first
    assert checks.generator(None).integers(2**60) != checks.generator(None).integers(2**60)
    assert [checks.seed_of(each) for each in (rng, sequence, bits, None)] == [None] * 4


@pytest.mark.parametrize("rng", ["3", True, np.True_, 1.0, [1, 2], object(), np.random])
def test_what_is_no_seed_is_a_type_error(rng):
    with pytest.raises(TypeError, match="rng must be an integer of at least 0, a numpy Generator or None; got"):
        checks.generator(rng)


@pytest.mark.parametrize("rng", [-1, np.int64(-1)])
def test_a_negative_seed_is_a_value_error(rng):
    for function in (checks.generator, checks.seed_of):
        with pytest.raises(ValueError, match=r"rng must be an integer of at least 0.*got .*-1"):
            function(rng)


@pytest.mark.parametrize("mask", [[True, False], False])
def test_a_masked_array_is_a_type_error(mask):
    with pytest.raises(TypeError, match="x must not be a masked array"):
        checks.numbers("x", np.ma.masked_array([1.0, 2.0], mask))
