"""Belief states of an explicit hidden task."""

from itertools import product

import numpy as np
import pytest

import rpe
from rpe.features import HiddenTask, belief_states
from rpe.schedules import Trial, sequence

KINDS = {
    "A+": Trial({"A": (0.2, 1.0)}, {2.2: 1.0}),
    "A late": Trial({"A": (0.2, 1.0)}, {2.8: 1.0}),
    "A-": Trial({"A": (0.2, 1.0)}),
}


def random_task(rng, n=3):
    transition = rng.dirichlet(np.ones(n), n)
    return HiddenTask(transition, rng.dirichlet(np.ones(3), (n, n)), dt=0.2, start=1)


def by_all_paths(task, seen):
    """Belief after the last observation: the chance of every path of hidden states, summed up."""
    n, weights = task.n_states, np.zeros(task.n_states)
    for path in product(range(n), repeat=len(seen)):
        chance, here = 1.0, task.start
        for there, what in zip(path, seen, strict=True):
            chance *= task.transition[here, there] * task.observation[here, there, what]
            here = there
        weights[here] += chance
    return weights / weights.sum()


@pytest.mark.parametrize("seed", range(3))
def test_same_as_the_sum_over_all_paths(seed):
    rng = np.random.default_rng(seed)
    task = random_task(rng)
    trial = Trial({"A": (0.2, 0.4), "B": (0.8, 1.0)}, {0.6: 1.0, 0.8: 2.0})
    s = sequence({"t": trial}, ["t", "t"], dt=0.2, duration=1.2, gap=[0.4, 0.0])
    b = belief_states(s, task)
    seen = [0, 1, 0, 2, 2, 0]
    for step in range(6):
        np.testing.assert_allclose(b[0, step], by_all_paths(task, seen[: step + 1]), atol=1e-12)
    np.testing.assert_allclose(b[1, 0], by_all_paths(task, [*seen, 0, 0, 0]), atol=1e-12)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("p", [0.0, 0.1, 0.4])
def test_wait_by_survival(p, exact):
    h = 1 / 65
    task = HiddenTask.variable_delay(omission_probability=p, onset_hazard=h, exact=exact)
    s = sequence({"A-": Trial({"A": (0.2, 1.0)})}, ["A-"], dt=0.2, duration=3.0)
    b = belief_states(s, task)[0]
    waits = np.arange(6, 15)
    density = np.exp(-((waits * 0.2 - 2.0) ** 2) / (2 * 0.5**2))
    survival = np.array([1 - (density / density.sum())[waits <= k].sum() for k in range(14)])
    stays = p * h / (1 - (1 - p) * h) if exact else p * h
    # In vain: no wait, and no new odour since.
    alone = (1 - (1 - p) * h) * stays * ((1 - (1 - p) * h) * (1 - stays)) ** np.arange(14)
    going_on = (1 - p) * h * survival
    np.testing.assert_allclose(b[1:15, :-1].sum(axis=1), going_on / (going_on + alone), atol=1e-12)
    np.testing.assert_allclose(b.sum(axis=1), 1.0)


def test_published_quirk_makes_omissions_rarer():
    s = sequence({"A-": Trial({"A": (0.2, 1.0)})}, ["A-"], dt=0.2, duration=3.0)
    exact, script = (belief_states(s, HiddenTask.variable_delay(exact=flag))[0, 1, -1] for flag in (True, False))
    assert exact == pytest.approx(0.1)
    assert script < exact


def test_gaps_are_steps_without_observation():
    task = HiddenTask.variable_delay()
    short = sequence(KINDS, ["A+", "A-", "A late"], dt=0.2, duration=3.2, gap=6.8)
    long = sequence(KINDS, ["A+", "A-", "A late"], dt=0.2, duration=10.0)
    np.testing.assert_allclose(belief_states(short, task), belief_states(long, task)[:, :16], atol=1e-12)


def test_a_day_of_waiting_does_not_underflow():
    task = HiddenTask.variable_delay()
    s = sequence(KINDS, ["A+", "A+"], dt=0.2, duration=4.0, gap=86400.0)
    assert belief_states(s, task)[1, 0, -1] == pytest.approx(1.0)


def test_td_on_beliefs_finds_the_fixed_point():
    rng = np.random.default_rng(0)
    task = HiddenTask.variable_delay(omission_probability=0.1, onset_hazard=0.1)
    waits = np.arange(6, 15)
    density = np.exp(-((waits * 0.2 - 2.0) ** 2) / 0.5)
    n = 4000
    wait = rng.choice(waits, n, p=density / density.sum())
    paid = rng.random(n) < 0.9
    kinds = {f"{k}+": Trial({"A": (0.2, 0.4)}, {0.2 + 0.2 * k: 1.0}) for k in waits.tolist()}
    kinds["-"] = Trial({"A": (0.2, 0.4)})
    order = [f"{k}+" if yes else "-" for k, yes in zip(wait.tolist(), paid.tolist(), strict=True)]
    s = sequence(kinds, order, dt=0.2, duration=3.4)
    b = belief_states(s, task)
    discount = 0.9
    rows = b.reshape(-1, task.n_states)
    reward = s.reward.reshape(-1)
    w = np.linalg.lstsq(rows[:-1].T @ (rows[:-1] - discount * rows[1:]), rows[:-1].T @ reward[1:], rcond=None)[0]
    theory = rpe.theories.BeliefTD(learning_rate=0.02, discount=discount, model=lambda each: belief_states(each, task))
    value = theory.learn(s).value[0]
    # Value at the onset, and late in the wait, where hope fades.
    expected = (b @ w).mean(axis=0)
    np.testing.assert_allclose(value[-500:].mean(axis=0)[1:6], expected[1:6], atol=0.03)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: HiddenTask(np.ones((2, 2)), np.ones((2, 2, 3)) / 3, 0.2), "sum to 1"),
        (lambda: HiddenTask(np.eye(2), np.ones((2, 2, 3)), 0.2), "observation must be chances"),
        (lambda: HiddenTask(np.eye(2), np.ones((2, 3)), 0.2), "observation must have shape"),
        (lambda: HiddenTask(np.ones(3), np.ones((2, 2, 3)), 0.2), "transition must have shape"),
        (lambda: HiddenTask(np.eye(2), np.ones((2, 2, 3)) / 3, 0.2, start=2), "start must lie"),
        (lambda: HiddenTask.variable_delay(omission_probability=1.0), "omission_probability"),
        (lambda: HiddenTask.variable_delay(shortest=3.0), "shortest and longest"),
        (
            lambda: belief_states(sequence(KINDS, ["A+"], dt=0.1, duration=4.0), HiddenTask.variable_delay()),
            "step of the schedule must be that of the task, 0.2 s; got 0.1",
        ),
        (
            lambda: belief_states(
                sequence({"+": Trial({}, {1.0: 1.0})}, ["+"], dt=0.2, duration=2.0), HiddenTask.variable_delay()
            ),
            "got 'reward' in step 5 of trial 0",
        ),
    ],
)
def test_bad_input(make, match):
    with pytest.raises(ValueError, match=match):
        make()
