"""Rivals of the prediction error with updates of their own: identities, closed forms, and what stimulation does."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import rpe
from rpe.schedules import Trial, design, sequence
from rpe.theories import TD, ActionPredictionError, FeatureErrors, PolicyLearning, Salience, ValueCode

MIXED = design("A+ x30, AB- x20, +50% x6", rng=0, dt=0.25)


@pytest.mark.parametrize("features", ["serial_compound", "presence", "microstimuli"])
def test_errors_of_features_add_up_to_that_of_td_and_learn_the_same(features):
    theory = FeatureErrors(features, learning_rate=0.05, cells=True)
    td = TD(features, learning_rate=0.05, trace_decay=0.0, value_floor=None)
    found, plain = theory.learn(MIXED), td.learn(MIXED)
    assert_allclose(found.more["cells"].sum(axis=0), plain.delta[0], atol=1e-12)
    assert_allclose(found.more["weights"], plain.more["weights"], atol=1e-12)


def test_cells_differ_at_cues_and_agree_at_reward():
    cells = FeatureErrors("presence", cells=True).learn(design("A+ x60, B+ x60", rng=0)).more["cells"]
    a, b = cells[:, -10:, 5]
    assert_allclose(np.minimum(a, b), 0, atol=1e-12)
    assert np.maximum(a, b).min() > 0.5
    assert_allclose(cells[0, 0, 15], cells[1, 0, 15])


def test_reward_may_be_shared_by_what_was_on():
    cells = FeatureErrors("presence", share="on", cells=True).learn(design("A+ x1 | B+ x1")).more["cells"]
    assert_array_equal(cells[:, :, 14:16].sum(axis=2), np.eye(2))


def test_repetition_uses_up_the_action_prediction_error():
    """The n-th repetition in one state has the error (1 − η)^(n−1); habits lie in [0, 1] and sum to 1 at most."""
    theory = ActionPredictionError(learning_rate=0.2)
    error, habit = theory.taught(np.zeros(10), np.ones(10), n_states=1, n_actions=3)
    assert_allclose(error[:, 0], 0.8 ** np.arange(10))
    assert_allclose(habit[0, 1, 0], 1 - 0.8**10)
    rng = np.random.default_rng(0)
    _, habit = theory.taught(rng.integers(4, size=500), rng.integers(3, size=500), n_states=4, n_actions=3)
    assert (habit >= 0).all()
    assert (habit.sum(axis=1) <= 1 + 1e-12).all()


def test_habits_of_other_actions_fall_unless_rectified():
    forgets, keeps = (
        ActionPredictionError(0.5, forgets=forgets).taught([0, 0], [0, 1], n_states=1, n_actions=2).habit[0, :, 0]
        for forgets in (True, False)
    )
    assert_allclose(forgets, [0.25, 0.5])
    assert_allclose(keeps, [0.5, 0.5])


def test_actions_count_and_rewards_do_not():
    paid, unpaid = (ActionPredictionError().learn(design(text)) for text in ("A+ x20", "A- x20"))
    assert_array_equal(paid.delta, unpaid.delta)
    assert_allclose(paid.delta[0, :, 5], 0.9 ** np.arange(20))


def test_policy_learning_without_gain_is_the_policy_gradient():
    """θ moves by α π (1 − π)(R of one prepared − R of one who is not), by hand for two trials."""
    theory = PolicyLearning(learning_rate=2.0, gain=0.0, rest=-1.0, late=0.25, cost=0.1)
    learned = theory.learn(design("A+ x2"))
    theta, values = 0.0, []
    for _ in range(2):
        p = 1 / (1 + np.exp(1.0 - theta))
        values.append(p)
        theta += 2.0 * p * (1 - p) * ((1.0 - 0.1) - 0.25)
    assert_allclose(learned.value[0, :, 8], values)
    assert_array_equal(learned.more["rates"], 1.0)


def test_dopamine_hastens_policy_learning_and_has_no_sign():
    plain, stimulated = (PolicyLearning().learn(design(text)) for text in ("A+ x10", "A+* x10"))
    assert (stimulated.value[0, 1:, 10] > plain.value[0, 1:, 10]).all()
    for text in ("A-* x100", "A-~ x100", "A- x100"):
        assert PolicyLearning().learn(design(text)).value.max() < 0.05
    # An omission is no dip.
    assert PolicyLearning().learn(design("A+ x100 | A-? x1")).delta[0, -1, 15] == 0.0


@pytest.mark.parametrize("theory", [ValueCode(), ValueCode(signal="change"), Salience()], ids=lambda each: each.name)
def test_what_reports_does_not_teach(theory):
    s = sequence({"A": Trial({"A": (0.5, 1.5)}, due=1.5)}, ["A"] * 50, dt=0.25, duration=2.5)
    stimulated = s.manipulate("add", 1.0, event="omission")
    learned = theory.learn(stimulated)
    assert learned.value.max() == 0.0
    assert (learned.delta[0, :, 6] >= 1.0).all()
    assert TD(trace_decay=0.0).learn(stimulated).value.max() > 0.5
    lesion = s.manipulate("clamp", 0.0, event="trial")
    assert_array_equal(theory.learn(lesion).delta, 0.0)


def test_stimulation_rows_tell_the_rivals_apart():
    """Conditioning by stimulation alone, and unblocking by it: errors teach; values, salience and habits do not."""
    theories = {
        "error": TD(trace_decay=0.0),
        "features": FeatureErrors(cells=True),
        "value": ValueCode(),
        "salience": Salience(),
        "policy": PolicyLearning(),
        "habit": ActionPredictionError(),
    }
    card = rpe.scorecard.run(theories, ["optogenetic_conditioning"], n_seeds=1, rng=0)
    verdicts = dict(zip(card.theories, card.matrix[:, 0].tolist(), strict=True))
    assert verdicts["error"] == verdicts["features"] == "PASS"
    assert {verdicts[name] for name in ("value", "salience", "policy", "habit")} == {"FAIL"}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: FeatureErrors(share="half"), ValueError, "share must be"),
        (lambda: FeatureErrors(discount=1.5), ValueError, "discount must lie in"),
        (lambda: ActionPredictionError(learning_rate=2.0), ValueError, "learning_rate must lie in"),
        (
            lambda: ActionPredictionError().taught([0.5], [0], n_states=2, n_actions=1),
            ValueError,
            "state must be whole numbers",
        ),
        (lambda: ActionPredictionError().taught([0], [0, 0], n_states=1, n_actions=1), ValueError, "shape of state"),
        (lambda: ActionPredictionError().taught([3], [0], n_states=2, n_actions=1), ValueError, "state must lie in"),
        (lambda: PolicyLearning(late=1.5), ValueError, "late must lie in"),
        (lambda: PolicyLearning(gain=-1.0), ValueError, "gain must lie in"),
    ],
)
def test_bad_input_says_what_is_wrong(call, error, message):
    with pytest.raises(error, match=message):
        call()
