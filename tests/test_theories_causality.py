"""What a theory says of a trial depends on nothing that comes later; estimators on the way against closed forms."""

from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_allclose

import rpe
from rpe.schedules import Trial, concatenate, design, exponential, sequence
from rpe.theories import ANCCR, BeliefTD, FeedbackUncertaintyTD, OpALStar, SemiMarkovTD
from rpe.theories._dwell_times import counted, course
from rpe.theories._reward_contexts import beliefs, contexts_in, learned_beliefs
from rpe.theories.anccr import RewardInterval
from rpe.theories.protocol import published_sets

ROSTER = {name: make() for name, make in rpe.scorecard.roster().items()}
VARIANTS = {
    f"{name}, {label}": other for name, theory in ROSTER.items() for label, other in published_sets(theory).items()
}
# Who is given the task knows what is to come: see below.
ROSTER = {name: theory for name, theory in ROSTER.items() if getattr(theory, "knowledge", "learned") != "given"}
THEORIES = {**ROSTER, **VARIANTS, "OpAL* by trials": OpALStar(slows_by="trials")}

EARLY = design("A+ x60, AB- x30, +50% x10", rng=1, gap=exponential(5.0, high=20.0), dt=0.25)
TAILS = {
    "extinction": design("A- x60", rng=2, dt=0.25, gap=60.0),
    "larger rewards": design("A+(3) x20, B+(2) x20", rng=3, dt=0.25),
    "losses and a new cue": design("A+~ x20, AC+* x20, C- x9", rng=3, dt=0.25),
    "later rewards": design("A+(2) x40", rng=4, dt=0.25, reward_time=2.5),
    "runs of sizes": design("A+(2) x5 | A+(4) x5 | A+(2) x5 | A+(4) x5 | A+(2) x5 | A+(4) x5", dt=0.25),
    "two rewards": sequence(
        {"AA": Trial({"A": (0.5, 1.5, 0.5)}, {1.5: 1.0, 2.0: 1.0})}, ["AA"] * 30, dt=0.25, duration=3.0
    ),
    "steps of progress": sequence(
        {"AA": Trial({"A": [(0.5, 1.0, 0.5), (1.0, 1.5, 1.0)]}, {1.5: 1.0})}, ["AA"] * 5, dt=0.25, duration=3.0
    ),
}


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("name", THEORIES)
def test_nothing_depends_on_what_comes_later(name, tail):
    theory, n = THEORIES[name], EARLY.n_trials
    whole = concatenate([EARLY, TAILS[tail]])
    later, alone = theory.learn(whole, rng=0), theory.learn(whole.take(range(n)), rng=0)
    assert_allclose(later.delta[:, :n], alone.delta, rtol=0, atol=1e-9)
    assert_allclose(later.value[:, :n], alone.value, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("theory", "tail"),
    [
        (BeliefTD(knowledge="given"), "extinction"),
        (SemiMarkovTD(knowledge="given"), "later rewards"),
        (FeedbackUncertaintyTD(knowledge="given"), "later rewards"),
        (ANCCR(knowledge="given"), "extinction"),
        (OpALStar(knowledge="given"), "larger rewards"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_who_knows_the_task_knows_what_comes_later(theory, tail):
    """The test above would notice: these use the whole schedule, and say so."""
    whole, n = concatenate([EARLY, TAILS[tail]]), EARLY.n_trials
    later, alone = theory.learn(whole, rng=0), theory.learn(EARLY, rng=0)
    assert np.nanmax(np.abs(later.value[:, :n] - alone.value)) > 1e-4
    assert "given" in theory.name


# Waits


def test_lengths_by_hand():
    """One wait of 2 steps, one of 4, one that nothing ended, with a prior of weight 1 and mean 5 s."""
    known = counted(np.array([2, 4, 5]), np.array([True, True, False]), 6, 0.5)
    survival, p, ended = (each[-1] for each in known)
    assert_allclose(survival, (0.9 ** np.arange(7) + np.array([2, 2, 1, 1, 0, 0, 0])) / 3)
    assert p == (0.5 + 1) / (1 + 3)
    assert ended


@pytest.mark.parametrize("seed", range(3))
def test_waits_are_the_naive_count_of_all_that_are_over(seed):
    rng = np.random.default_rng(seed)
    kinds = {
        "1": Trial({"A": (0.0, 0.5)}, {1.0: 1.0}),
        "2": Trial({"A": (0.0, 0.5)}, {2.0: 1.0}),
        "0": Trial({"A": (0.0, 0.5)}, due=1.0),
        "?": Trial({"A": (0.0, 0.5)}, {1.5: 1.0}, learning=False),
    }
    order = rng.choice(list(kinds), 40).tolist()
    found = course(sequence(kinds, order, dt=0.5, duration=3.0))
    past: Counter[int] = Counter()
    for trial, kind in enumerate(order):
        ended = [k for k, n in past.items() if k for _ in range(n)]
        p = (0.5 + past[0]) / (1 + past[0] + len(ended))
        if ended:
            expected = [(0.9**k + sum(each > k for each in ended)) / (1 + len(ended)) for k in range(2)]
            assert_allclose(found.survival[trial, :2, 0], expected)
            assert_allclose(found.omission_probability[trial, :2, 0], p)
        else:
            # A stimulus that nothing has followed is what is seen, for half a second; then the prior holds.
            assert_allclose(found.survival[trial, :2, 0], [1, 0.9])
            assert_allclose(found.omission_probability[trial, :2, 0], [0, p])
        past[{"1": 2, "2": 4, "0": 0}.get(kind, 0)] += kind != "?"


def test_beliefs_sum_to_one():
    x = BeliefTD().features(concatenate([EARLY, TAILS["two rewards"]]))
    single = ~(EARLY.onset.any(axis=1).sum(axis=1) > 1)
    assert_allclose(x[: EARLY.n_trials][single].sum(axis=2), 1, atol=1e-12)
    assert_allclose(x[EARLY.n_trials :].sum(axis=2), 1, atol=1e-12)


def test_learned_beliefs_approach_those_of_who_knows_the_task():
    """Over many trials the prior counts for little."""
    kinds = {"1": Trial({"A": (0.0, 0.5)}, {1.0: 1.0}), "0": Trial({"A": (0.0, 0.5)}, due=1.0)}
    order = np.random.default_rng(0).choice(["1", "0"], 4000, p=[0.7, 0.3]).tolist()
    schedule = sequence(kinds, order, dt=0.25, duration=3.0)
    learned, given = (course(schedule, knowledge) for knowledge in ("learned", "given"))
    assert_allclose(learned.survival[-1, :4], given.survival[-1, :4], atol=1e-3)
    assert_allclose(learned.omission_probability[-1, :4], given.omission_probability[-1, :4], atol=0.01)


def test_contexts_are_found_on_the_way():
    kinds = {str(size): Trial({"A": (0.0, 0.5)}, {1.0: float(size)}) for size in (1, 10)}
    blocks = ["1", "10"] * 20
    schedule = sequence(kinds, np.repeat(blocks, 5).tolist(), dt=0.5, duration=2.0)
    found = learned_beliefs(schedule, 0.2)
    assert_allclose(found.sum(axis=1), 1)
    # Three runs of each size are needed: the sixth block begins with trial 25.
    assert (found[:26, 0] == 1).all()
    assert (found[26:, 0] == 0).all()
    given = beliefs(schedule, contexts_in(schedule), 0.2)
    assert_allclose(found[-10:, 1:], given[-10:], atol=0.02)


# The time between rewards


@pytest.mark.parametrize(("memory", "just_before", "just_after"), [(600.0, 29.75, 28.37)])
def test_reward_interval_of_a_fixed_rate(memory, just_before, just_after):
    times = 30.0 * np.arange(1, 401)
    interval = RewardInterval(1.0, 10.0, memory)
    rewarded = np.ones(400, dtype=bool)
    assert interval.course(times, rewarded)[-1] == pytest.approx(just_before, abs=0.005)
    # An event a moment after a reward reads what is known just after it.
    after = interval.course(np.append(times, times[-1]), np.append(rewarded, False))
    assert after[-1] == pytest.approx(just_after, abs=0.005)


def test_reward_interval_without_fading_is_the_mean_with_a_prior():
    times = np.cumsum(np.random.default_rng(0).exponential(20.0, 50))
    found = RewardInterval(1.0, 60.0, np.inf).course(times, np.ones(50, dtype=bool))
    assert_allclose(found, (60.0 + times) / (1.0 + np.arange(50)))


def test_time_constant_follows_the_time_between_rewards():
    """A schedule of constant T is the run with that T; the learned one differs and comes near 1.2 × 30 s."""
    s = sequence({"A+": Trial({"A": (0.5, 1.0)}, {1.5: 1.0})}, ["A+"] * 400, dt=0.5, duration=2.0, gap=28.0)
    learned, given = ANCCR(jitter=0.0), ANCCR(jitter=0.0, knowledge="given")
    fixed = ANCCR(jitter=0.0, time_constant=1.2 * 30.0)
    assert_allclose(given.learn(s, rng=0).delta, fixed.learn(s, rng=0).delta, atol=1e-12)
    assert np.abs(learned.learn(s, rng=0).delta - fixed.learn(s, rng=0).delta).max() > 0.01


# The range of rewards


def test_a_new_extreme_keeps_the_mean_reward_and_the_number_of_trials():
    s = design("A+ x3 | A+(4) x2", random=False)
    learned = OpALStar().learn(s)
    value = learned.value[0].max(axis=1)
    # Beta(1, 1) over [0, 1]: 1/2, 2/3, 3/4, 4/5. Then 4 is met: the mean .8 of 5 trials is a = 1 of 5 over [0, 4],
    # the reward counts as 1, and the next prediction is 4 × 2/6.
    assert_allclose(value, [1 / 2, 2 / 3, 3 / 4, 4 / 5, 4 * 2 / 6])
