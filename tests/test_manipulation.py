"""Manipulations of dopamine: windows by hand, and what they do and do not do in every theory."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import rpe
from rpe.schedules import Trial, applied, concatenate, design, joined, sequence
from rpe.theories import ANCCR, TD, RescorlaWagner, SuccessorTD
from rpe.theories._manipulated import Manipulated

ROSTER = {name: make() for name, make in rpe.scorecard.roster().items()}
SILENT = {"release kinetics", "linear release"}
# Error-driven: what is learned comes from errors alone. OpAL* has a critic that counts, ANCCR counts contingencies
# before dopamine comes in, what a feature of the successor representation is worth is learned beside its errors, and
# the rivals learn otherwise.
RIVALS = {"salience", "value code", "policy learning", "action prediction error"}
ERROR_DRIVEN = set(ROSTER) - SILENT - RIVALS - {"OpAL*", "ANCCR"} - {name for name in ROSTER if "successor" in name}
BASE = design("A+ x30, AB- x10, +50% x5", rng=0, dt=0.25)
PARTS = {"A": Trial({"A": (0.5, 1.5)}, {1.5: 1.0}), "O": Trial({"A": (0.5, 1.5)}, due=1.5), "+": Trial({}, {1.0: 1.0})}


def small(order=("A", "O", "+")):
    return sequence(PARTS, list(order), dt=0.5, duration=2.5)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"event": "reward"}, [[3], [], [2]]),
        ({"event": "reward", "window": (-0.5, 1.0)}, [[2, 3, 4], [], [1, 2, 3]]),
        ({"event": "cue on", "window": (0.0, 1.0)}, [[1, 2], [1, 2], []]),
        ({"event": "cue off", "cue": "A"}, [[3], [3], []]),
        ({"event": "omission"}, [[], [3], []]),
        ({"event": "trial", "kinds": ["O"]}, [[], [0, 1, 2, 3, 4], []]),
        ({"event": "between"}, [[0, 4], [0, 3, 4], [0, 1, 3, 4]]),
        ({"event": "trial", "chance": 0.0}, [[], [], []]),
    ],
)
def test_windows_by_hand(options, expected):
    amount = small().manipulate("scale", -1.0, **options).changes[0].amount
    assert [np.flatnonzero(row == -1.0).tolist() for row in amount] == expected
    assert np.isnan(amount[amount != -1.0]).all()


def test_what_is_added_to_errors_is_a_pulse():
    s = small().manipulate("add", 0.5, event="cue on", window=(0.0, 1.0))
    assert_array_equal(s.pulse[0], [0, 0.5, 0.5, 0, 0])
    dose = small().manipulate("add", 3.0, event="cue on", window=(0.0, 1.0), total=True)
    assert_array_equal(dose.pulse[0], [0, 1.5, 1.5, 0, 0])
    fine = sequence(PARTS, ["A"], dt=0.1, duration=2.5).manipulate(
        "add", 3.0, event="cue on", window=(0.0, 1.0), total=True
    )
    assert fine.pulse.sum() == pytest.approx(dose.pulse[0].sum())


def test_a_linear_course():
    amount = small(["A"]).manipulate("clamp", (0.0, -1.0), event="cue on", window=(0.0, 1.5)).changes[0].amount
    assert_array_equal(amount[0], [np.nan, 0.0, -0.5, -1.0, np.nan])


def test_chance_is_a_share_of_trials_and_phases_are_chosen():
    s = design("A+ x400 | B+ x10")
    amount = s.manipulate("scale", -1.0, chance=0.5, phases=["A+ x400"], rng=1).changes[0].amount
    touched = ~np.isnan(amount).all(axis=1)
    assert 160 < touched.sum() < 240
    assert not touched[400:].any()


def test_manipulations_stay_with_their_trials():
    s = small().manipulate("clamp", 2.0, event="reward")
    taken = s.take([2, 0])
    assert_array_equal(taken.changes[0].amount, s.changes[0].amount[[2, 0]])
    both = concatenate([small(), s])
    assert_array_equal(both.changes[0].amount[3:], s.changes[0].amount)
    assert np.isnan(both.changes[0].amount[:3]).all()
    assert_array_equal(joined(s).changes[0].amount[0], s.changes[0].amount.ravel())


def test_order_is_scale_add_clamp_whichever_came_first():
    s = small(["A"]).manipulate("add", 0.25, event="reward").manipulate("scale", 1.0, event="reward")
    assert Manipulated(s)(0.5 + 0.25, 0, 3) == pytest.approx(2 * 0.5 + 0.25)
    clamped = s.manipulate("clamp", -0.3, event="reward").manipulate("scale", 5.0, event="reward")
    assert Manipulated(clamped)(0.75, 0, 3) == -0.3
    assert Manipulated(clamped)(0.75, 0, 2) == 0.75


def test_silenced_neurons_are_an_error_of_minus_one():
    """ν = 5 + 25 δ above rest and 5 + 5 δ below: silence is δ = −1, and half the rate of δ = .6, 20 Hz, is 5 Hz."""
    silent = small(["A"]).manipulate("clamp", 0.0, target="firing")
    assert Manipulated(silent)(0.4, 0, 3) == pytest.approx(-1.0)
    halved = small(["A"]).manipulate("scale", -0.5, target="firing")
    assert Manipulated(halved)(0.6, 0, 3) == pytest.approx(0.2)
    driven = small(["A"]).manipulate("add", 10.0, target="firing")
    assert Manipulated(driven)(-0.5, 0, 3) == pytest.approx(0.3)


@pytest.mark.parametrize("name", ROSTER)
def test_nothing_done_changes_nothing(name):
    theory = ROSTER[name]
    plain = theory.learn(BASE, rng=0)
    for s in (
        BASE.manipulate("add", 0.0, event="trial"),
        BASE.manipulate("scale", 0.0, event="trial"),
        BASE.manipulate("scale", 0.0, event="trial", target="firing"),
        BASE.manipulate("clamp", 5.0, event="trial", target="release"),
        BASE.manipulate("clamp", 1.0, event="trial", chance=0.0),
    ):
        found = theory.learn(s, rng=0)
        assert_allclose(found.delta, plain.delta, atol=1e-10)
        assert_allclose(found.value, plain.value, atol=1e-10)


@pytest.mark.parametrize("name", sorted(ERROR_DRIVEN))
def test_without_errors_nothing_is_learned(name):
    """Scaled by −1 everywhere, weights stay at their start: no value in any trial."""
    s = BASE.manipulate("scale", -1.0, event="trial")
    assert np.abs(ROSTER[name].learn(s, rng=0).value).max() == 0.0
    assert np.abs(ROSTER[name].learn(BASE, rng=0).value).max() > 0.1


@pytest.mark.parametrize(("variant", "start"), [("events", np.eye(2)), ("published", np.zeros((3, 3)))])
def test_without_errors_no_feature_predicts_another(variant, start):
    s = BASE.manipulate("scale", -1.0, event="trial")
    assert_array_equal(SuccessorTD(variant=variant).learn(s).more["successor"][0], start)


# Theories whose signal is the error; of those of whole trials in the step of the outcome.
@pytest.mark.parametrize(
    "name",
    sorted(ERROR_DRIVEN - {"TD(0), rectified", "TD(0), saturating"}),
)
def test_a_clamp_at_the_reward_is_the_error_there(name):
    s = design("A+ x20", dt=0.25).manipulate("clamp", 0.4, event="reward")
    delta = ROSTER[name].learn(s, rng=0).delta
    assert_allclose(delta[:, :, s.step_of(1.5)], 0.4, atol=1e-9)


def test_a_clamp_to_ones_own_errors_changes_nothing():
    plain = TD().learn(BASE)
    clamped = rpe.schedules.Change("error", "clamp", plain.delta[0])
    found = TD().learn(replace(BASE, changes=(clamped,)))
    assert_allclose(found.value, plain.value, atol=1e-12)


def test_a_clamped_error_teaches_like_a_reward():
    """Each error at the reward is c, so that the value just before it is α c n."""
    s = design("A+ x10", dt=0.5).manipulate("clamp", 0.25)
    assert TD(trace_decay=0.0).learn(s).more["weights"][0, 1] == pytest.approx(10 * 0.1 * 0.25)
    assert RescorlaWagner().learn(s).value[0, -1].max() == pytest.approx(9 * 0.1 * 0.25)


def test_tonic_change_multiplies_the_errors_about_features():
    s = sequence({"A": Trial({"A": (0.5, 1.5)})}, ["A"], dt=0.5, duration=2.5)
    plain, tonic, fixed = (
        SuccessorTD(variant="published").learn(each).more["successor"][0, 0, 0]
        for each in (
            s,
            s.manipulate("scale", 1.5, event="trial"),
            s.manipulate("clamp", 0.5, event="trial"),
        )
    )
    assert_allclose([plain, tonic, fixed], [0.06, 0.06 * 2.5, 0.06 * 0.5])


def test_anccr_replaces_the_dopamine_of_events_and_keeps_their_contingencies():
    s = design("A+ x60", dt=0.25, gap=20.0)
    clamped = s.manipulate("clamp", -0.6, event="cue on")
    plain, found = (ANCCR().learn(each, rng=0) for each in (s, clamped))
    assert_allclose(found.delta[0, :, s.step_of(0.5)], -0.6)
    assert_allclose(found.more["net_contingency"][0, 0, 1], plain.more["net_contingency"][0, 0, 1], atol=1e-12)


def test_release_is_changed_where_it_is_measured():
    s = small(["A"]).manipulate("scale", -0.5, event="reward", target="release")
    assert_array_equal(applied(s, "release", np.full((2, 1, 5), 40.0))[1, 0], [40, 40, 40, 20, 40])
    with pytest.raises(ValueError, match="signal must have shape"):
        applied(s, "release", np.zeros(5))


def test_windows_run_on_into_the_next_trial():
    """Trials of 2.5 s with gaps of 1 s: 2 s from the reward at 1.5 s on are over at 3.5 s, 3 s at 4.5 s."""
    s = sequence(PARTS, ["A", "O"], dt=0.5, duration=2.5, gap=1.0)
    steps = {
        end: [np.flatnonzero(~np.isnan(row)).tolist() for row in change.amount]
        for end in (2.0, 3.0)
        for change in s.manipulate("scale", -1.0, window=(0.5, end)).changes
    }
    assert steps == {2.0: [[4], []], 3.0: [[4], [0, 1]]}
    back = s.manipulate("scale", -1.0, event="omission", window=(-4.0, -1.0)).changes[0].amount
    assert [np.flatnonzero(~np.isnan(row)).tolist() for row in back] == [[2, 3, 4], [0]]
    # A dose is shared among the steps that there are.
    dose = s.manipulate("add", 1.0, window=(0.5, 3.0), total=True).pulse
    assert_allclose(dose[[0, 1, 1], [4, 0, 1]], 1 / 3)
    assert_allclose(dose.sum(), 1.0)


def test_cells_are_manipulated_by_their_numbers():
    """A clamp of the optimistic cells at the reward leaves the others as they are, who learn the reward."""
    s = design("A+ x200", dt=0.5)
    theory = rpe.theories.DistributionalTD(tau=[0.2, 0.5, 0.7, 0.9], cells=True)
    plain, found = theory.learn(s), theory.learn(s.manipulate("clamp", 0.0, cells=(0.6, 1.0)))
    at = s.step_of(1.5)
    assert_array_equal(found.more["cells"][:2], plain.more["cells"][:2])
    assert_array_equal(found.more["cells"][2:, :, at], 0.0)
    assert np.abs(found.more["weights"][2:]).max() == 0.0
    assert found.more["weights"][:2].max() > 0.5
    slow = rpe.theories.MultiTimescaleTD(n_cells=4, cells=True)
    longest = slow.time_constants[-1]
    added = slow.learn(s.manipulate("add", 0.5, cells=(longest, longest))).more["cells"][:, 0, at]
    assert_allclose(added, slow.learn(s).more["cells"][:, 0, at] + [0, 0, 0, 0.5])
    silent = theory.learn(s.manipulate("clamp", 0.0, target="firing", cells=(0.9, 0.9))).more["cells"][:, 0, at]
    assert_allclose(silent, [1, 1, 1, -1])


@pytest.mark.parametrize("name", ["TD(0)", "Rescorla-Wagner", "ANCCR", "successor", "salience"])
def test_theories_without_cells_refuse_manipulations_of_some(name):
    with pytest.raises(ValueError, match="no single cells"):
        ROSTER[name].learn(BASE.manipulate("scale", -1.0, cells=(0.5, 1.0)), rng=0)


def test_a_surge_is_never_predicted_away_and_does_not_block():
    """Redish: δ ← max(δ + D, D). A cue learns beside a trained one under the drug, and does not without."""
    s = design("A+ x200 | AX+ x50", dt=0.5)
    drug = s.manipulate("surge", 0.5)
    td, at = TD(trace_decay=0.9), s.step_of(1.5)
    plain, found = (td.learn(each) for each in (s, drug))
    assert found.delta[0, :, at].min() == pytest.approx(0.5)
    assert abs(plain.delta[0, 199, at]) < 0.01
    x = [learned.more["weights"][0, 4:].max() for learned in (plain, found)]
    assert x[0] < 0.05
    assert x[1] > 0.5
    redish = rpe.theories.Redish(surge=0.5, discounts_reward=False)
    assert_allclose(replace(redish, surge=0.0).learn(drug).delta, redish.learn(s).delta, atol=1e-12)
    with pytest.raises(ValueError, match="where errors are about features"):
        SuccessorTD(variant="published").learn(drug)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda s: s.manipulate("surge", -0.5), ValueError, "amount must lie in"),
        (lambda s: s.manipulate("surge", 0.5, target="firing"), ValueError, "target must be 'error'"),
        (lambda s: s.manipulate("scale", -1.0, cells=(0.5, 0.1)), ValueError, "cells.1. must lie in"),
        (lambda s: s.manipulate("scale", -1.0, cells=(0.5,)), ValueError, "cells must be .lowest"),
        (lambda s: s.manipulate("scale", -1.0, cells=(0.5, 1), target="release"), ValueError, "which all cells share"),
        (lambda s: s.manipulate("remove", 1.0), ValueError, "operation must be"),
        (lambda s: s.manipulate("scale", -1.5), ValueError, "amount must lie in"),
        (lambda s: s.manipulate("add", [1.0, 2.0, 3.0]), ValueError, "amount must be a number or two"),
        (lambda s: s.manipulate("add", 1.0, event="lunch"), ValueError, "event must be"),
        (lambda s: s.manipulate("add", 1.0, event="trial", window=(0.0, 1.0)), ValueError, "must be left out"),
        (lambda s: s.manipulate("add", 1.0, cue="A"), ValueError, "cue must be left out"),
        (lambda s: s.manipulate("add", 1.0, event="cue on", cue="Z"), ValueError, "cue must be"),
        (lambda s: s.manipulate("clamp", 1.0, total=True), ValueError, "total must be False"),
        (lambda s: s.manipulate("clamp", 1.0, target="mood"), ValueError, "target must be"),
        (lambda s: s.manipulate("clamp", 1.0, kinds=["Q"]), ValueError, "kind must be"),
        (lambda s: s.manipulate("clamp", 1.0, chance=2.0), ValueError, "chance must lie in"),
    ],
)
def test_bad_input_says_what_is_wrong(call, error, message):
    with pytest.raises(error, match=message):
        call(small())
