"""Associative theories against the same equations for one agent and one number at a time, and what each must show."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rpe.features import configural_cues, with_configural_cues, with_occasion_setters
from rpe.schedules import Trial, design, sequence
from rpe.theories import ConfiguralCues, Mackintosh, PearceConfigural, PearceKayeHall, RescorlaWagner

MIXED = design("A+50% x8, AB- x6, BC+(2) x5, +, - | ABC+ x6, C- x4, A-? x2 | B+* x3, C-~ x3", rng=4)


def trials(schedule):
    """What each trial shows and pays, as sets and floats; a pulse of 1 is part of what is learned of."""
    for trial in range(schedule.n_trials):
        on = {cue for i, cue in enumerate(schedule.stimuli) if schedule.level[trial, :, i].any()}
        yield on, float(schedule.reward[trial].sum() + schedule.pulse[trial].sum()), bool(schedule.probe[trial])


def naive_mackintosh(schedule, beta=0.4, theta=0.2, first=0.4, lowest=0.1):
    v, alpha = dict.fromkeys(schedule.stimuli, 0.0), dict.fromkeys(schedule.stimuli, first)
    for on, paid, probe in trials(schedule):
        yield dict(v), dict(alpha), sum(v[cue] for cue in on)
        if not probe:
            old = dict(v)
            for cue in on:
                others = sum(old[other] for other in on if other != cue)
                v[cue] = old[cue] + beta * alpha[cue] * (paid - old[cue])
                alpha[cue] = min(1.0, max(lowest, alpha[cue] + theta * (abs(paid - others) - abs(paid - old[cue]))))


def naive_pearce_kaye_hall(schedule, beta=0.3, inhibitory=0.2, theta=0.4, first=0.9):
    v, inhibition = dict.fromkeys(schedule.stimuli, 0.0), dict.fromkeys(schedule.stimuli, 0.0)
    alpha = dict.fromkeys(schedule.stimuli, first)
    for on, paid, probe in trials(schedule):
        expected = sum(v[cue] - inhibition[cue] for cue in on)
        yield {cue: v[cue] - inhibition[cue] for cue in v}, dict(alpha), expected
        if not probe:
            for cue in on:
                if expected < paid:
                    v[cue] += beta * alpha[cue] * max(paid, 0.0)
                if expected > paid:
                    inhibition[cue] += inhibitory * alpha[cue] * abs(paid - expected)
                alpha[cue] = min(1.0, (1 - theta) * alpha[cue] + theta * abs(paid - expected))


@pytest.mark.parametrize(
    ("theory", "naive", "attention"),
    [
        (Mackintosh(), naive_mackintosh, "attention"),
        (PearceKayeHall(0.3, 0.2, 0.4, 0.9), naive_pearce_kaye_hall, "associability"),
    ],
    ids=["Mackintosh", "Pearce-Kaye-Hall"],
)
def test_attention_theories_are_their_equations(theory, naive, attention):
    learned = theory.learn(MIXED)
    for trial, (v, alpha, expected) in enumerate(naive(MIXED)):
        assert_allclose(learned.more["strength"][0, trial], list(v.values()), atol=1e-12)
        assert_allclose(learned.more[attention][0, trial], list(alpha.values()), atol=1e-12)
        assert_allclose(learned.value[0, trial, 8], expected, atol=1e-12)
    assert np.ptp(learned.more[attention]) > 0.5


def test_pearce_configural_is_its_equations():
    learned, strength = PearceConfigural(0.3).learn(MIXED), {}
    for trial, (on, paid, probe) in enumerate(trials(MIXED)):
        similar = {p: len(on & p) ** 2 / (len(on) * len(p)) for p in strength} if on else {}
        expected = sum(s * strength[p] for p, s in similar.items())
        assert_allclose(learned.value[0, trial, 8], expected, atol=1e-12)
        if on and not probe:
            strength[frozenset(on)] = strength.get(frozenset(on), 0.0) + 0.3 * (paid - expected)
    assert len(strength) > 4


def test_several_agents_are_each_of_them():
    for kind in (Mackintosh, PearceKayeHall, PearceConfigural):
        both = kind(learning_rate=[0.2, 0.4]).learn(MIXED)
        for agent, rate in enumerate((0.2, 0.4)):
            alone = kind(learning_rate=rate).learn(MIXED)
            assert_allclose(both.value[agent], alone.value[0], atol=1e-12)
            assert_allclose(both.delta[agent], alone.delta[0], atol=1e-12)


def last(theory, text, n=1):
    return theory.learn(design(text, rng=0)).value[0, -n:].max(axis=1)


def test_the_sum_of_two_cues_is_what_configural_theory_halves():
    a, b = 1.0, 1.0
    found = last(PearceConfigural(), "A+ x100 | B+ x100 | AB-?")[0]
    assert found == pytest.approx((a + b) / 2, abs=1e-6)
    assert last(RescorlaWagner(), "A+ x100 | B+ x100 | AB-?")[0] == pytest.approx(2, abs=1e-3)


@pytest.mark.parametrize("theory", [PearceConfigural(), ConfiguralCues()], ids=lambda each: each.name)
def test_configural_theories_solve_what_has_no_linear_solution(theory):
    text = "(AC+ AD- BC- BD+) x400 | (AC-? AD-? BC-? BD-?)"
    right, linear = (
        each.learn(design(text, rng=0)).value[0, -4:, 8] for each in (theory, RescorlaWagner(learning_rate=0.1))
    )
    assert min(right[[0, 3]]) - max(right[[1, 2]]) > 0.9
    assert abs(linear[[0, 3]].mean() - linear[[1, 2]].mean()) < 0.2


def test_attention_goes_to_the_better_predictor():
    learned = Mackintosh().learn(design("(AX+ BX-) x60"))
    a, x, _ = learned.more["attention"][0, -1]
    assert a > 0.9
    assert x < 0.3


def test_inhibition_grows_only_by_overexpectation():
    s = design("(A+ AX-) x100 | A+ x5 | X-?")
    assert PearceKayeHall().learn(s).value[0, -1].min() < -0.3
    assert last(PearceKayeHall(), "X- x50 | X-?")[0] == 0


def test_a_compound_has_a_unique_cue_and_a_sequence_a_setter():
    s = design("AB+, ABC-, A-, B>A+", random=False)
    assert with_configural_cues(s, size=3, level=0.5).stimuli == ("A", "B", "C", "A·B", "A·C", "B·C", "A·B·C")
    assert_allclose(configural_cues(s, level=0.5).max(axis=1)[:, 3], [0.5, 0.5, 0, 0])
    setters = with_occasion_setters(s)
    assert setters.stimuli == ("A", "B", "C", "B→A")
    assert_allclose(setters.level[:, :, 3], np.where(np.arange(4)[:, None] == 3, s.level[:, :, 0], 0))


def test_occasion_setting_lets_a_serial_feature_turn_a_target_on():
    """The feature alone predicts nothing more: in the end it is the sequence that has the strength."""
    text = "(B>A+ A- B-) x300 | (B>A-? A-? B-?)"
    sequence, target, feature = ConfiguralCues(level=1.0).learn(design(text)).value[0, -3:].max(axis=1)
    assert sequence > 0.9
    assert max(target, feature) < 0.1
    with pytest.raises(TypeError, match="theory must have the method 'learn'"):
        ConfiguralCues(theory=3)


@pytest.mark.parametrize("setters", [False, True])
def test_configural_cues_are_no_options_of_a_choice(setters):
    windows = {"A": (0.5, 1.5), "B": (0.5, 1.5)}
    kinds = {"A": Trial(windows, {1.5: 1.0}, choice=(0.5, "A", "AB"))}
    s = sequence(kinds, ["A"] * 30, dt=0.25, duration=2.0)
    theory = ConfiguralCues(occasion_setters=setters)
    seen = theory.represented(s)
    assert len(seen.stimuli) > 2
    assert seen.does.offered[:, :, :2].any()
    assert not seen.does.offered[:, :, 2:].any()
    assert (seen.does.place == -1).all()
    assert theory.learn(s).value[0, -1].max() > 0.9
