"""Learning that grows without end is an error that names theory, cause and limit; limits against known cases."""

import string
import warnings

import numpy as np
import pytest

import rpe
from rpe.schedules import Trial, design, sequence
from rpe.theories import (
    TD,
    Divergence,
    KalmanTD,
    MultiTimescaleTD,
    PayoffCost,
    PearceHall,
    Redish,
    RescorlaWagner,
    Salience,
    ValueDecayTD,
)
from rpe.theories.protocol import Stable, name_of

ROSTER = {name: make() for name, make in rpe.scorecard.roster().items()}
# What has no learning rule of its own: rivals and responses around TD(0), and models of release.
AROUND = {"TD(0), rectified", "TD(0), saturating", "salience", "value code"}
SILENT = {"release kinetics", "linear release"}
# Chances between 0 and 1.
CHANCES = {"policy learning", "action prediction error", "OpAL*"}


def cues(n):
    return string.ascii_uppercase[:n]


def compound(n, n_trials=200):
    return design(f"{cues(n)}+ x{n_trials}", dt=0.25)


def serial(n, n_trials=200):
    kinds = {"all": Trial({cue: (2.5 * i / n, 3.0) for i, cue in enumerate(cues(n))}, {2.75: 1.0})}
    return sequence(kinds, ["all"] * n_trials, dt=0.25, duration=3.5)


@pytest.mark.parametrize("make", [compound, serial])
@pytest.mark.parametrize("n", [2, 5, 8, 21])
@pytest.mark.parametrize("name", ROSTER)
def test_errors_stay_bounded_or_say_so(name, n, make):
    """Below its limit no theory diverges; above it errors may stay bounded, but never pass it in silence."""
    theory, schedule = ROSTER[name], make(n)
    learned, error = tried(theory, schedule)
    if learned is None:
        assert name_of(theory) in error
        assert "without end" in error
        assert name in AROUND or theory.stability(schedule).value > theory.stability(schedule).safe
    elif name not in SILENT:
        assert np.isfinite(learned.value).all()
        assert np.nanmax(np.abs(learned.delta)) <= 1e6


def tried(theory, schedule):
    """What was learned, or the message; no warning in either case."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return theory.learn(schedule, rng=0), ""
        except Divergence as error:
            return None, str(error)


def test_every_theory_that_learns_knows_its_limit():
    assert {name for name, theory in ROSTER.items() if not isinstance(theory, Stable)} == AROUND | SILENT | CHANCES


@pytest.mark.parametrize(
    ("theory", "stands", "explodes", "dt"),
    [
        (TD(trace_decay=0.0, learning_rate=0.1), 19, 21, 0.5),
        (RescorlaWagner(learning_rate=0.1), 19, 21, 0.5),
        (ValueDecayTD(), 4, 5, 0.1),
        (PayoffCost(), 8, 9, 0.5),
        (TD("presence"), 5, 6, 0.1),
        (MultiTimescaleTD(), 19, 21, 0.5),
    ],
    ids=lambda each: getattr(each, "name", None),
)
def test_known_limits(theory, stands, explodes, dt):
    last = theory.learn(design(f"{cues(stands)}+ x600", dt=dt)).delta[0, -1]
    assert np.nanmax(np.abs(last)) < 2
    with pytest.raises(Divergence, match="without end"):
        theory.learn(design(f"{cues(explodes)}+ x600", dt=dt))


@pytest.mark.parametrize("n", [1, 5, 19, 20, 21])
def test_an_update_leaves_one_minus_kappa_of_its_error(n):
    """κ of the serial compound is α n: the error of the same transition after the update is (1 − κ) δ."""
    schedule = design(f"{cues(n)}+ x2", dt=0.5, reward_time=1.0, duration=1.5)
    theory = TD(trace_decay=0.0, learning_rate=0.1, discount=1.0)
    delta = theory.learn(schedule).delta[0, :, 2]
    kappa = theory.stability(schedule)
    assert kappa.value == pytest.approx(0.1 * n)
    assert kappa.holds == (0.1 * n < 2)
    assert delta[1] == pytest.approx((1 - kappa.value) * delta[0])


def test_the_trace_counts_in_kappa():
    """Presence, with γ λ = .5: two steps on before the reward make the trace 1.5, read where all goes off."""
    schedule = sequence({"A+": Trial({"A": (0.0, 1.0)}, {1.0: 1.0})}, ["A+"], dt=0.5, duration=1.5)
    theory = TD("presence", learning_rate=0.2, discount=1.0, trace_decay=0.5, step=None)
    assert theory.stability(schedule).value == pytest.approx(0.2 * 1.5)


def test_the_message_names_theory_trial_agent_cause_and_limit():
    with pytest.raises(Divergence) as error:
        RescorlaWagner(learning_rate=[0.1, 0.9]).learn(compound(5))
    for part in ("Rescorla-Wagner", "trial", "agent 1", "α Σ s β x² = 4.5", "from 2 on"):
        assert part in str(error.value)
    with pytest.raises(Divergence, match=r"^salience: TD\(0\), serial compound, diverges"):
        Salience().learn(compound(21))


def test_pearce_hall_runs_away_without_a_ceiling_only():
    """Rewards of 10 raise the associability to 10 without a ceiling, and κ a = 3 is too much for one cue."""
    schedule = design("A+(10) x60", dt=0.5)
    assert np.nanmax(np.abs(PearceHall().learn(schedule).delta)) == 10
    fast = PearceHall(ceiling=np.inf, associability_rate=1.0)
    with pytest.raises(Divergence):
        fast.learn(schedule)
    assert not PearceHall(first_associability=10.0).stability(schedule).holds


def test_growth_that_is_the_theory_is_no_divergence():
    assert Redish(surge=1.0).learn(compound(1, 2000)).value.max() > 50


def test_kalman_stands_what_explodes_elsewhere():
    assert np.abs(KalmanTD().learn(compound(21)).delta).max() < 5


def test_divergence_is_an_error_on_the_scorecard():
    finding = rpe.scorecard.Finding(
        id="Z01",
        title="Many cues",
        schedules=lambda rng: {"main": compound(21)},
        read=lambda readings: {"x": 1.0},
        holds=lambda x: True,
        effect="x",
    )
    card = rpe.scorecard.run({"TD": TD(), "Kalman": KalmanTD()}, [finding], n_seeds=1)
    assert card.scores["TD", "Z01"].verdict == "ERROR"
    assert card.scores["TD", "Z01"].error.startswith("Divergence: TD(0), serial compound, diverges")
    assert card.scores["Kalman", "Z01"].verdict == "PASS"
