"""Tracks, choices and sub-goals of schedules, and what theories make of them."""

from math import erf

import numpy as np
import pytest

from rpe import features, schedules, theories
from rpe.schedules import Trial, travelled
from rpe.theories import _dwell_times
from rpe.theories._trial_level import SharedSchedule

LENGTH, GAMMA = 30, 0.95


def track(learning=True, **how):
    places = travelled(LENGTH, 1.0, **how)
    return Trial(places={"track": places}, rewards={max(places): 1.0}, learning=learning)


@pytest.fixture(scope="module")
def runs():
    kinds = {
        "run": track(),
        "fast": track(False, speed=2),
        "jump": track(False, jumps={10: 20}),
        "still": track(False, pauses={5: 1}),
    }
    return schedules.sequence(kinds, ["run"] * 300 + ["fast", "jump", "still"], dt=1.0, duration=LENGTH + 3.0)


def test_errors_on_a_track_are_those_of_places(runs):
    """By hand: flat at the usual speed; (1/γ − 1) V at double speed; γ V − V at a jump; −(1 − γ) V standing still."""
    theory = theories.TD(trace_decay=0.0, learning_rate=0.9, discount=GAMMA, step=None)
    delta = theory.learn(runs).delta[0]
    value = GAMMA ** (LENGTH - 1 - np.arange(LENGTH))
    np.testing.assert_allclose(delta[299, 1:], 0, atol=1e-12)
    np.testing.assert_allclose(delta[300, [6, 11, 15]], (1 / GAMMA - 1) * value[[10, 20, 28]])
    np.testing.assert_allclose(GAMMA * delta[300, [6, 11, 15]], [0.018868, 0.031512, 0.0475], atol=1e-6)
    np.testing.assert_allclose(GAMMA * delta[301, 11], 0.210314, atol=1e-6)
    np.testing.assert_allclose(delta[302, 6], -(1 - GAMMA) * value[5])


def test_places_are_features_also_where_they_outnumber_the_steps():
    trial = Trial(places={"maze": {0.0: 7, 1.0: 2, 2.0: -1}})
    x = features.complete_serial_compound(schedules.sequence({"t": trial}, ["t"], dt=1.0, duration=3.0))
    assert x[0].tolist() == [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]


def test_width_of_each_state_bends_the_ramp(runs):
    """β of a state is that of its own widths: where feedback is as good as the guess there is no pull and no error."""
    even = theories.FeedbackUncertaintyTD(width_before=2.0, width_after=2.0)
    varied = theories.FeedbackUncertaintyTD(width_before=2.0, width_after=np.repeat([2.0, 0.1], [15, 15]))
    pull = varied._pull(LENGTH)[:, 0]
    assert pull[:15].tolist() == [0.0] * 15
    np.testing.assert_allclose(pull[15:], 0.1 * (np.exp(np.log(0.8) ** 2 * (4 - 0.01) / 2) - 1))
    flat, bent = even.learn(runs).delta[0, 299, 1:LENGTH], varied.learn(runs).delta[0, 299, 1:LENGTH]
    assert abs(flat).max() < 0.03
    np.testing.assert_allclose(
        bent[20:28], (varied._pull(LENGTH)[20:28, 0] / 0.1) * 0.8 ** (LENGTH - 1 - np.arange(20, 28)), rtol=0.6
    )


def test_behaviour_survives_take_concatenate_join_and_split():
    one = schedules.sequence({"t": track()}, ["t"] * 2, dt=1.0, duration=LENGTH + 3.0)
    choice = Trial({"A": (0, 1), "B": (0, 1)}, choice=(0.0, "B", "AB"), subgoals={1.0: 0.5})
    two = schedules.sequence({"c": choice}, ["c"], dt=1.0, duration=2.0)
    both = schedules.concatenate([two, one])
    does = both.does
    assert both.stimuli[does.chosen[0, 0]] == "B"
    assert does.offered[0, 0].tolist() == [True, True, False]
    assert does.place[1, :3].tolist() == [[-1, -1, 0], [-1, -1, 1], [-1, -1, 2]]
    assert does.subgoal[0, 1] == 0.5
    assert both.take([1]).does.place[0, 4, 2] == 4
    long = schedules.joined(both)
    np.testing.assert_array_equal(schedules.split(both, long.does.chosen), does.chosen)
    assert long.does.place.max() == LENGTH - 1


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: travelled(5, 1.0, jumps={3: 2}), "jumps"),
        (lambda: travelled(5, 0.0), "step must"),
        (lambda: schedules.sequence({"t": Trial(choice=(0.0, "C", "AB"))}, ["t"], duration=1.0), "choice of t"),
        (lambda: schedules.sequence({"t": Trial(places={"m": {0.0: -2}})}, ["t"], duration=1.0), "place of t"),
    ],
)
def test_what_cannot_be_done_is_refused(make, error):
    with pytest.raises(ValueError, match=error):
        make()


def errand(jumps):
    to_parcel = [6, *(max((3 if jumps else 6) - step, 0) for step in range(1, 12))]
    places = {float(i): here * 13 + 12 - i for i, here in enumerate(to_parcel)} | {12.0: -1}
    found = float(to_parcel.index(0))
    return Trial(places={"errand": places}, rewards={12.0: 1.0}, subgoals={found: 1.0}, learning=not jumps)


def test_a_learned_subgoal_has_the_errors_of_its_distances():
    """Options learn V = ρ γ^(d − 1) one step before the sub-goal; a jump that was never met is worth the difference."""
    kinds = {"stay": errand(False), "jump": errand(True)}
    s = schedules.sequence(kinds, ["stay"] * 200 + ["jump"], dt=1.0, duration=13.0)
    learned = theories.Hierarchical(discount=0.9, pseudo_reward=2.0, learning_rate=0.9).learn(s)
    option = learned.more["subgoal"][0]
    np.testing.assert_allclose(option[199, 1:], 0, atol=1e-9)
    np.testing.assert_allclose(option[199, 0], 2 * 0.9**6)
    # The place after the jump was never seen, so that its value is 0.
    np.testing.assert_allclose(option[200, 1], -2 * 0.9**5)


def test_choices_are_read_by_the_rule():
    """Two cues with sure rewards of 1 and 0, alone; then both, of which the worse is taken: γ^n q by hand."""
    cues = dict.fromkeys("AB", (0.0, 2.0))
    kinds = {
        "A": Trial({"A": (0.0, 2.0)}, {2.0: 1.0}),
        "B": Trial({"B": (0.0, 2.0)}, due=2.0),
        "both": Trial(cues, due=2.0, choice=(0.0, "B", "AB"), learning=False),
    }
    s = schedules.sequence(kinds, ["A", "B"] * 200 + ["both"], dt=1.0, duration=4.0)
    rules = ("sarsa", "q_learning", "value")
    by_rule = {rule: theories.ChoiceErrors(rule, 0.5, 0.9).learn(s).delta[0, -1] for rule in rules}
    best = 0.9
    odds = np.exp(3.0 * best)
    onset = {"sarsa": 0.0, "q_learning": 0.9 * best, "value": 0.9 * best * odds / (1 + odds)}
    for rule, delta in by_rule.items():
        np.testing.assert_allclose(delta, [onset[rule], 0, 0, 0], atol=1e-9)


def test_a_choice_teaches_what_came_before_it():
    """A light before the choice learns the value that stands for the options: δ = r + γ V′ − V, by hand."""
    kinds = {"light": Trial({"L": (0.0, 1.0), "A": (1.0, 2.0), "B": (1.0, 2.0)}, {2.0: 1.0}, choice=(1.0, "A", "AB"))}
    s = schedules.sequence(kinds, ["light"] * 2, dt=1.0, duration=3.0)
    delta = theories.ChoiceErrors("sarsa", 0.5, 0.9).learn(s).delta[0]
    # Beside the value of the choice, the chain of the light goes on, and learns its share.
    np.testing.assert_allclose(delta, [[0, 0, 1.0], [0, 0.9 * 1.0, 0.0]], atol=1e-12)


def test_percepts_fit_the_choice_that_was_made():
    dots = {
        side: Trial(
            {"left": (0.0, 2.0, 0.2), "right": (0.0, 2.0, 0.0)},
            {2.0: 1.0} if side == "<" else {},
            choice=(1.0, side, "<>"),
        )
        for side in "<>"
    }
    s = schedules.sequence(dots, ["<", ">"] * 1500, dt=1.0, duration=3.0)
    belief = theories.ConfidenceErrors(noise=0.5).learn(s, rng=0).more["confidence"]
    assert belief.min() >= 0.5
    # Mean confidence of a normal percept of .2 with SD .5, cut at 0: by simulation, not by the formula of the theory.
    m = 0.2 + 0.5 * np.random.default_rng(1).standard_normal(200_000)
    phi = np.array([0.5 * (1 + erf(abs(each) / 0.5 / 2**0.5)) for each in m[:20_000]])
    for side, chosen in (("<", m[:20_000] > 0), (">", m[:20_000] < 0)):
        assert belief[s.of_kind(side)].mean() == pytest.approx(phi[chosen].mean(), abs=0.01)


@pytest.fixture(scope="module")
def mixed():
    return schedules.design("A+ / AX- x20, AB+ x10, B- x10", gap=schedules.exponential(3.0), dt=0.25, rng=0)


def test_what_several_theories_share_is_made_once_and_changes_nothing(mixed, monkeypatch):
    shared, calls = SharedSchedule.of(mixed), []
    course = _dwell_times.course
    for module in (theories.belief, theories.semi_markov):
        monkeypatch.setattr(module, "course", lambda *what: (calls.append(1), course(*what))[1])
    for theory in (theories.BeliefTD(), theories.SemiMarkovTD(), theories.TD(), theories.Salience(), theories.TD()):
        np.testing.assert_array_equal(theory.learn(shared).delta, theory.learn(mixed).delta)
    # One for both on the shared schedule, and one each on the other.
    assert len(calls) == 3
    slower = theories.TD(learning_rate=0.1 + 1e-12).learn(shared)
    assert not np.array_equal(slower.delta, theories.TD().learn(shared).delta)


@pytest.mark.parametrize("make", [features.complete_serial_compound, features.microstimuli])
def test_features_of_many_trials_are_those_of_each(mixed, make):
    x = make(mixed)
    for trial in (0, 7, 39):
        own = make(mixed.take([trial]))
        used = x[trial].any(axis=0)
        np.testing.assert_array_equal(x[trial][:, used], own[0][:, own[0].any(axis=0)])
