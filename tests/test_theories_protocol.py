"""What a theory is and may have, the features that theories share, and the fast copies held against their rules."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

import rpe
from rpe.schedules import Trial, sequence
from rpe.theories import Learned, protocol
from rpe.theories._continuous_time import Rates, background_step, states_of, step_by_step
from rpe.theories._fast import continuous_time, value_decay
from rpe.theories._trial_level import SharedSchedule, td_features

ROSTER = {name: make() for name, make in rpe.scorecard.roster().items()}


def mixed(seed=0, n=60):
    """Cues with and without reward, pulses, probes, and gaps of zero to many steps."""
    rng = np.random.default_rng(seed)
    kinds = {
        "A+": Trial({"A": (0.2, 0.8)}, {1.0: 1.0}),
        "AB-": Trial({"A": (0.2, 0.8), "B": (0.4, 0.8)}, pulses={(0.8, 1.0): -0.5}),
        "A?": Trial({"A": (0.2, 0.8)}, {0.6: 2.0}, learning=False),
    }
    gap = rng.choice([0.0, 0.2, 0.4, 7.0], n)
    return sequence(kinds, rng.choice(list(kinds), n).tolist(), dt=0.2, duration=1.4, gap=gap)


@pytest.mark.parametrize("bootstrap", ["updated", "stale"])
@pytest.mark.parametrize("eta", [0.0, 0.05])
@pytest.mark.parametrize("features", ["serial_compound", "presence"])
def test_fast_continuous_time_is_the_rule(bootstrap, eta, features):
    """A serial compound is on when a gap begins; with presence the background is."""
    schedule = mixed()
    states = states_of(td_features(schedule, features))
    rates = Rates(np.asarray(0.3), np.asarray(0.9), bootstrap, np.asarray(eta))
    fast = continuous_time.learn_on(states, schedule, rates, 1)
    rule = step_by_step(states, schedule, rates, 1)
    assert np.abs(rule.delta).max() > 0.5
    for name in ("delta", "value", "weights", "rate"):
        np.testing.assert_allclose(getattr(fast, name), getattr(rule, name), rtol=0, atol=1e-12)


def test_a_gap_in_closed_form_is_its_steps():
    """A gap of 35 steps, and the same time as 35 empty steps of a trial."""
    rates = Rates(np.asarray(0.3), np.asarray(0.9), "updated", np.asarray(0.02))
    kinds = {"A+": Trial({"A": (0.2, 0.8)}, {1.0: 1.0})}
    short = sequence(kinds, ["A+"] * 5, dt=0.2, duration=1.4, gap=7.0)
    long = sequence(kinds, ["A+"] * 5, dt=0.2, duration=8.4, gap=0.0)
    runs = [step_by_step(states_of(td_features(s, "presence")), s, rates, 1) for s in (short, long)]
    np.testing.assert_allclose(runs[0].delta[..., 0], runs[1].delta[:, :7, 0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(runs[0].weights, runs[1].weights, rtol=0, atol=1e-12)


def test_the_map_of_a_background_step_is_the_error_of_the_rule():
    rates = Rates(np.asarray(0.3), np.asarray(0.9), "updated", np.asarray(0.02))
    w, old, rho = 0.7, 0.4, 0.2
    error = rpe.td.average_reward_error(0.0, old, 0.9 * w, rho, 0.5)
    found = background_step(rates, 0.5, 1)[0] @ np.array([w, old, rho])
    np.testing.assert_allclose(found, [w + 0.3 * error, w + 0.3 * error, rho + 0.02 * error], rtol=1e-12)


@pytest.mark.parametrize("kept", [0.6, 1e-3])
def test_fast_value_decay_is_the_rule(kept):
    """With little kept per trial, the common factor of the fast copy passes its smallest size several times."""
    schedule, theory = mixed(1, n=150), rpe.theories.ValueDecayTD(kept=kept)
    x = td_features(schedule, "serial_compound")
    rule = theory._step_by_step(x, schedule, theory.discount, 1)
    fast = theory.learn(schedule)
    assert np.abs(rule.delta).max() > 0.5
    np.testing.assert_allclose(fast.delta, rule.delta, rtol=0, atol=1e-12)
    np.testing.assert_allclose(fast.value, rule.value, rtol=0, atol=1e-12)
    np.testing.assert_allclose(fast.more["weights"], rule.more["weights"], rtol=0, atol=1e-12)
    assert kept ** (150 * 0.6) < value_decay._SMALLEST or kept == 0.6


PARTS = {
    "StateDependent": {"incentive salience", "incentive salience, additive"},
    "Drugged": {"Redish"},
    "DopamineAtChoice": {"OpAL", "OpAL*", "payoff-cost"},
    "WithPhenotypes": {"factored values"},
    "Releasing": {"release kinetics", "linear release"},
    "Around": {"Rescorla-Wagner, configural cues", "TD(0), rectified", "TD(0), saturating", "salience", "value code"},
}


@pytest.mark.parametrize("part", PARTS)
def test_which_theories_have_which_part(part):
    assert {name for name, theory in ROSTER.items() if isinstance(theory, getattr(protocol, part))} == PARTS[part]


@pytest.mark.parametrize("name", ROSTER)
def test_every_theory_of_the_roster_says_its_name_parameters_and_sets(name):
    theory = ROSTER[name]
    assert isinstance(theory, rpe.theories.Theory)
    assert protocol.name_of(theory) != type(theory).__name__ or name in ("ANCCR", "OpAL")
    assert set(protocol.free_parameters_of(theory)) <= {*dir(theory), *dir(getattr(theory, "theory", None))}
    assert isinstance(theory, protocol.Published)
    assert all(isinstance(other, type(theory)) for other in protocol.published_sets(theory).values())


@dataclass(frozen=True)
class Minimal:
    """A theory with a discount, of which nothing else is known."""

    discount: float = 0.5

    def learn(self, schedule, rng=None):
        return Learned(schedule.reward[None], schedule.reward[None])


@pytest.mark.parametrize(
    ("theory", "left"),
    [
        (Minimal(), 0.25),
        (rpe.theories.Response(Minimal()), 0.25),
        (rpe.theories.Salience(rpe.theories.Response(Minimal())), 0.25),
        (rpe.theories.SemiMarkovTD(discount=0.5), 0.5**0.2),
        (rpe.theories.TD(discount=0.5, step=0.2), 0.5),
        (rpe.theories.TD(discount=[0.25, 0.75], step=0.2), 0.5),
        (rpe.theories.RescorlaWagner(), None),
        (rpe.theories.Response(rpe.theories.RescorlaWagner()), None),
    ],
)
def test_discount_over_a_time(theory, left):
    assert protocol.discount_over(theory, 0.2, dt=0.1) == (None if left is None else pytest.approx(left))


def test_a_theory_without_more_has_a_name_and_no_sets():
    theory = Minimal()
    assert protocol.name_of(theory) == "Minimal"
    assert protocol.free_parameters_of(theory) is None
    assert protocol.published_sets(theory) == {}


def test_published_sets_are_of_the_same_family():
    assert list(protocol.published_sets(rpe.theories.TD(features="microstimuli"))) == [
        "Ludvig 2008, microstimuli",
        "Ludvig 2012, microstimuli",
        "Jeong 2022, microstimuli",
    ]
    assert protocol.published_sets(rpe.theories.TD(trace_decay=0.5)) == {}
    decay = rpe.theories.ValueDecayTD()
    assert list(protocol.published_sets(decay)) == list(decay.published()) != []


def test_states_and_surges_are_told_to_a_copy():
    theory = rpe.theories.IncentiveSalience()
    assert (theory.in_states({"test": 8.0}).states, dict(theory.states)) == ({"test": 8.0}, {})
    drug = rpe.theories.Redish()
    assert (drug.with_surge(1.0).surge, drug.surge) == (1.0, 0.025)
    with pytest.raises(ValueError, match="surge must lie in"):
        drug.with_surge(-1.0)


def test_shared_features_are_made_once_and_are_those_of_the_schedule():
    schedule = mixed()
    shared = SharedSchedule.of(schedule)
    assert td_features(shared, "presence") is td_features(shared, "presence")
    assert td_features(schedule, "presence") is not td_features(schedule, "presence")
    np.testing.assert_array_equal(td_features(shared, "presence"), td_features(schedule, "presence"))
    ended = {"ends_at_reward": True}
    assert td_features(shared, "serial_compound", **ended) is not td_features(shared, "serial_compound")
    # A changed schedule has features of its own: here a reward that ends the states comes earlier.
    moved = replace(shared, reward=np.roll(shared.reward, -2, axis=1))
    assert (td_features(moved, "serial_compound", **ended) != td_features(shared, "serial_compound", **ended)).any()


@pytest.mark.parametrize("theory", [3, rpe.theories.TD, None])
@pytest.mark.parametrize("outer", [rpe.theories.Response, rpe.theories.Salience, rpe.theories.ValueCode])
def test_what_is_no_theory_is_refused(outer, theory):
    with pytest.raises(TypeError, match="theory must have the method 'learn'"):
        outer(theory)
