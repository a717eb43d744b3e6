"""Theories of whole trials, and the response around any theory, against closed forms and hand-computed steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from rpe.schedules import Trial, sequence
from rpe.theories import PearceHall, RescorlaWagner, Response
from rpe.theories._trial_level import on_steps, outcome, outcome_steps, presence_by_trial, pulse_size, td_features

CUE = (0.2, 1.0)
KINDS = {
    "A+": Trial({"A": CUE}, {1.0: 1.0}),
    "A-": Trial({"A": CUE}, due=1.0),
    "AX+": Trial({"A": CUE, "X": CUE}, {1.0: 1.0}),
    "AX-": Trial({"A": CUE, "X": CUE}, due=1.0),
    "A?": Trial({"A": CUE}, {1.0: 1.0}, learning=False),
    "X?": Trial({"X": CUE}, learning=False),
    "": Trial(),
    "late": Trial({"A": (0.2, 1.4, 0.5)}, {1.6: 2.0, 1.8: 0.5}, {(1.6, 1.8): -0.3}),
}


def run(order, theory, kinds=KINDS, **options):
    schedule = sequence(kinds, order, dt=0.2, duration=2.0, **options)
    return schedule, theory.learn(schedule)


def outcomes(order, theory):
    """The errors at the outcomes of trials, (n_agents, n_trials)."""
    schedule, learned = run(order, theory)
    return learned.delta[:, np.arange(len(order)), outcome_steps(schedule)]


def test_whole_trials_find_their_steps():
    schedule = sequence(KINDS, list(KINDS), dt=0.2, duration=2.0)
    assert_array_equal(outcome_steps(schedule), [5, 5, 5, 5, 5, 5, 9, 8])
    assert_allclose(outcome(schedule), [1, 0, 1, 0, 1, 0, 0, 2.5])
    assert_allclose(pulse_size(schedule), [0] * 7 + [-0.3])
    assert_allclose(presence_by_trial(schedule), [[1, 0], [1, 0], [1, 1], [1, 1], [1, 0], [0, 1], [0, 0], [0.5, 0]])


def test_a_stimulus_that_stays_on_ends_with_the_window():
    schedule = sequence({"A": Trial({"A": (1.0, 2.0)})}, ["A"], dt=0.2, duration=2.0)
    assert_array_equal(outcome_steps(schedule), [9])


def test_predictions_stand_where_a_stimulus_is_on_and_errors_at_the_outcome():
    schedule = sequence(KINDS, ["A+", ""], dt=0.2, duration=2.0)
    delta, value = on_steps(schedule, np.array([[0.3, 0.4]]), np.array([[0.7, 0.0]]))
    assert_allclose(value[0, 0], [0, 0.7, 0.7, 0.7, 0.7, 0, 0, 0, 0, 0])
    assert_array_equal(np.flatnonzero(~np.isnan(delta[0, 0])), [5])
    assert delta[0, 0, 5] == 0.3
    assert delta[0, 1, 9] == 0.4


def test_features_of_ones_own():
    schedule = sequence(KINDS, ["A+", "A-"], dt=0.2, duration=2.0)
    x = np.arange(20.0).reshape(10, 2)
    assert_array_equal(td_features(schedule, x), np.stack([x, x]))
    assert_array_equal(td_features(schedule, lambda s: np.stack([x, -x])[: s.n_trials]), np.stack([x, -x]))
    with pytest.raises(ValueError, match=r"features must have shape \(2, 10, 'n_features'\)"):
        td_features(schedule, x[:9])
    with pytest.raises(ValueError, match="features must be one of 'serial_compound'"):
        td_features(schedule, "csc")


@given(st.floats(0.01, 1.0), st.integers(1, 60))
@settings(deadline=None, max_examples=20)
def test_rescorla_wagner_follows_its_closed_form(alpha, n):
    _, learned = run(["A+"] * n + ["A?"], RescorlaWagner(alpha))
    strength = 1 - (1 - alpha) ** np.arange(n + 1)
    assert_allclose(learned.more["strength"][0, :, 0], strength, atol=1e-12)
    assert_allclose(learned.delta[0, :, 5], 1 - strength, atol=1e-12)
    assert_allclose(learned.value[0, :, 1], strength, atol=1e-12)


def test_rescorla_wagner_blocks_overexpects_and_inhibits():
    theory = RescorlaWagner(0.3)
    strength = run(["A+"] * 60 + ["AX+"] * 60 + ["X?"], theory)[1].more["strength"][0, -1]
    assert_allclose(strength, [1, 0], atol=1e-6)
    kinds = KINDS | {"X+": Trial({"X": CUE}, {1.0: 1.0})}
    both = run(["A+", "X+"] * 60 + ["AX+"], theory, kinds)[1]
    assert_allclose(both.delta[0, -1, 5], -1, atol=1e-6)
    strength = run(["A+", "AX-"] * 300, RescorlaWagner(0.1))[1].more["strength"][0, -1]
    assert_allclose(strength, [1, -1], atol=0.05)


def test_rescorla_wagner_by_hand():
    theory = RescorlaWagner(0.5, beta_reward=1.0, beta_omission=0.5, salience={"X": 0.5})
    assert_allclose(outcomes(["AX+", "AX-", "A+"], theory)[0], [1.0, -0.75, 1 - 0.3125])
    # AX+: A = .5, X = .25; AX-: rate .25 x -.75: A = .3125, X = .15625.
    strength = run(["AX+", "AX-", "A+"], theory)[1].more["strength"][0]
    assert_allclose(strength, [[0, 0], [0.5, 0.25], [0.3125, 0.15625]])


def test_levels_weigh_stimuli_and_pulses_add_to_errors():
    strength = run(["late", "A+"], RescorlaWagner(0.5))[1].more["strength"][0]
    assert_allclose(strength[1, 0], 0.5 * 0.5 * (2.5 - 0.3))


def test_pearce_hall_by_hand():
    theory = PearceHall(0.5, 0.4, 0.8)
    _, learned = run(["A+", "AX-", "A+"], theory)
    # A+: δ = 1, A = .4, a_A = .4 + .6 x .8 = .88. AX-: δ = -.4, A = .4 - .5 x .88 x .4 = .224, X = -.16.
    assert_allclose(learned.more["strength"][0], [[0, 0], [0.4, 0], [0.224, -0.16]])
    assert_allclose(learned.more["associability"][0], [[0.8, 0.8], [0.88, 0.8], [0.16 + 0.6 * 0.88, 0.16 + 0.48]])
    assert_allclose(learned.delta[0, :, 5], [1, -0.4, 0.776])


def test_pearce_hall_shows_latent_inhibition_and_rescorla_wagner_does_not():
    def trials_to_half(theory, n_before):
        strength = run(["A-"] * n_before + ["A+"] * 400, theory)[1].more["strength"][0, n_before:, 0]
        return int(np.argmax(strength > 0.5))

    assert trials_to_half(RescorlaWagner(), 40) == trials_to_half(RescorlaWagner(), 0)
    assert trials_to_half(PearceHall(), 40) > 1.3 * trials_to_half(PearceHall(), 0)
    associability = run(["A-"] * 41, PearceHall())[1].more["associability"][0, -1, 0]
    assert_allclose(associability, 0.9**40)


THEORIES = [RescorlaWagner(), PearceHall(), Response(RescorlaWagner(), spread_rate=0.1)]


@pytest.mark.parametrize("theory", THEORIES, ids=lambda theory: theory.name)
def test_probe_trials_change_nothing(theory):
    order = ["A+", "AX-", "A+", "AX+"] * 3
    probed = [name for kind in order for name in (kind, "A?", "X?")]
    _, plain = run(order, theory)
    _, learned = run(probed, theory)
    assert_array_equal(learned.delta[:, ::3], plain.delta)
    assert_array_equal(learned.value[:, ::3], plain.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda v: RescorlaWagner(v, beta_omission=v),
        lambda v: PearceHall(v, v, 2 * v),
        lambda v: Response(RescorlaWagner(v), v, 2 * v, saturation=1.0, spread_rate=0.2),
    ],
)
def test_a_row_of_a_batch_is_a_run_alone(make):
    values, order = [0.1, 0.4, 0.9], ["A+", "AX-", "A?", "late", ""] * 4
    _, batch = run(order, make(np.array(values)))
    assert batch.delta.shape == batch.value.shape == (3, 20, 10)
    for i, value in enumerate(values):
        _, alone = run(order, make(value))
        assert_allclose(batch.delta[i], alone.delta[0], atol=1e-14)
        assert_allclose(batch.value[i], alone.value[0], atol=1e-14)
        for name, more in alone.more.items():
            assert_allclose(batch.more[name][i], more[0], atol=1e-14)


def test_gains_are_asymmetric_and_change_nothing_else():
    order = ["A+", "A-"] * 10
    _, plain = run(order, RescorlaWagner())
    _, learned = run(order, Response(RescorlaWagner(), positive_gain=2.0, negative_gain=0.25))
    assert_allclose(learned.delta, np.where(plain.delta > 0, 2.0, 0.25) * plain.delta)
    assert_array_equal(learned.value, plain.value)
    assert_array_equal(learned.more["error"], plain.delta)
    _, same = run(order, Response(RescorlaWagner(), negative_gain=1.0))
    assert_array_equal(same.delta, plain.delta)


def test_rewards_saturate_as_hill():
    response = Response(RescorlaWagner(), negative_gain=1.0, saturation=4.0)
    assert_allclose(response.utility([0.0, 1.0, 4.0, -4.0]), [0, 1, 1.5, -1.5])
    kinds = {str(size): Trial({}, {1.0: size}) for size in (0.1, 1.0, 5.0, 10.0, 20.0)}
    errors = run(list(kinds), response, kinds)[1].delta[0, :, 5]
    assert_allclose(errors, response.utility([0.1, 1.0, 5.0, 10.0, 20.0]))
    assert (errors[4] - errors[3]) / 10 < (errors[3] - errors[2]) / 5


def test_spread_by_hand():
    theory = Response(RescorlaWagner(0.0), negative_gain=1.0, spread_rate=0.5, spread_floor=0.9)
    kinds = {"A": Trial({"A": CUE}, {1.0: 3.0}), "a": Trial({"A": CUE}, {1.0: 0.0}, due=1.0), "": Trial({}, {1.0: 2.0})}
    errors = run(["A", "A", "", "a", "a", "a"], theory, kinds)[1].delta[0, :, 5]
    # Of A, σ² = 1, then .5 + 4.5 = 5, then 2.5 + 4.5 = 7; of nothing, 1.
    assert_allclose(errors, [3, 3 / np.sqrt(5), 2, 0, 0, 0])
    floored = run(["a", "a", "A"], theory, kinds)[1].delta[0, :, 5]
    assert_allclose(floored, [0, 0, 3 / 0.9])


def test_spread_equalises_cues_of_different_spread():
    rng = np.random.default_rng(0)
    kinds = {f"{s}{r}": Trial({s: CUE}, {1.0: r}) for s, r in [("A", 1.0), ("A", 2.0), ("B", 1.0), ("B", 11.0)]}
    order = rng.choice(list(kinds), 2000).tolist()
    schedule, learned = run(order, Response(RescorlaWagner(), negative_gain=1.0, spread_rate=0.05), kinds)
    mean = {kind: learned.delta[0, np.flatnonzero(schedule.of_kind(kind))[-100:], 5].mean() for kind in kinds}
    assert 0.9 < (mean["B11.0"] - mean["B1.0"]) / (mean["A2.0"] - mean["A1.0"]) < 1.1


def test_names_say_what_changes_results():
    assert RescorlaWagner().name == "Rescorla-Wagner"
    assert RescorlaWagner(beta_omission=0.5).name == "Rescorla-Wagner, β 1 and 0.5"
    assert Response(RescorlaWagner()).name == "Rescorla-Wagner, negative errors × 0.17"
    assert Response(RescorlaWagner(), negative_gain=1, saturation=2).name == "Rescorla-Wagner, rewards saturate at 2"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: RescorlaWagner(1.2), ValueError, r"learning_rate must lie in \[0, 1\]; got 1.2"),
        (lambda: RescorlaWagner("0.1"), TypeError, "learning_rate must hold real numbers"),
        (lambda: RescorlaWagner(beta_reward=np.nan), ValueError, "beta_reward must be finite"),
        (lambda: RescorlaWagner([0.1, 0.2], [1.0, 1.0, 1.0]), ValueError, "one entry per agent"),
        (lambda: RescorlaWagner(salience={"A": -1.0}), ValueError, "salience of A must lie in"),
        (lambda: run(["A+"], RescorlaWagner(salience={"B": 1.0})), ValueError, r"salience must name .* got \['B'\]"),
        (lambda: PearceHall(associability_rate=-0.1), ValueError, "associability_rate must lie in"),
        (lambda: Response(3), TypeError, "theory must have the method 'learn'; got 3"),
        (lambda: Response(PearceHall(), negative_gain=-1), ValueError, "negative_gain must lie in"),
        (lambda: Response(PearceHall(), saturation=0), ValueError, r"saturation must lie in \(0, inf\)"),
        (lambda: Response(PearceHall(), spread_rate=2), ValueError, r"spread_rate must lie in \[0, 1\]"),
    ],
)
def test_bad_input_says_what_is_wrong(make, error, message):
    with pytest.raises(error, match=message):
        make()
