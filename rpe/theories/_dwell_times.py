"""Dwell times: how long the wait lasts that a stimulus, or a reward after it, begins; counted as an agent goes along.

A wait is named by its stimulus and by the rewards that have come since: a trial with several rewards is a chain
of waits, each with lengths of its own.
"""

from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.schedules import Schedule

# The prior of the lengths: weight of one wait, spread as a geometric distribution with this mean, s.
_PRIOR_WEIGHT = 1.0
_PRIOR_MEAN = 5.0
# The prior of unrewarded waits and of others: Jeffreys' Beta.
_PRIOR_CHANCE = 0.5

KNOWLEDGE = ("learned", "given")


class Wait(NamedTuple):
    """What is known of a wait, which ends at the next reward or at the onset of another stimulus.

    Attributes
    ----------
    survival : float array (..., n_steps + 1)
        S(k) = P(T > k): of the waits that end, the share that lasts longer than k steps.
    omission_probability : float or array (...)
        Share p of the waits that nothing ends within the trial.
    ever_ended : bool or array (...)
        Whether anything has ever followed.
    """

    survival: Floats
    omission_probability: Any
    ever_ended: Any


class Course(NamedTuple):
    """Which waits are going on; the first of a stimulus begins at its onset, the next ones at rewards after it.

    Attributes
    ----------
    elapsed : int array (n_trials, n_steps, n_waits)
        Steps since the wait began; −1 while it does not go on.
    survival : float array (n_trials, n_steps, n_waits)
        S after so many steps; 1 for a stimulus that nothing has ever followed, while it is on; 0 after a reward that
        nothing has ever followed.
    omission_probability : float array (n_trials, n_steps, n_waits)
        p, but 0 for stimuli that nothing has ever followed: they are what is seen, as long as they are on.
    """

    elapsed: Ints
    survival: Floats
    omission_probability: Floats


class Occurrences(NamedTuple):
    """All waits, trial by trial, in the order of their ends.

    Attributes
    ----------
    trial, stimulus, n_rewards : int array (n,)
        The trial of each, its stimulus, and how many rewards have come since.
    began, end : int array (n,)
        The steps in which it began and in which it was over.
    ended : bool array (n,)
        False for a wait that lasts to the end of its trial.
    """

    trial: Ints
    stimulus: Ints
    n_rewards: Ints
    began: Ints
    end: Ints
    ended: Bools


def counted(length: Ints, ended: Bools, n_steps: int, dt: float, *, prior: bool = True) -> Wait:
    """Return what is known of a wait after 0, 1, … and all of its occurrences, each with the first axis (n + 1,).

    With n_k waits that ended after k steps and m that did not end,

        P(k) = (c q_k + n_k)/(c + Σ n),   p = (a + m)/(2 a + m + Σ n),   S(k) = Σ_{j>k} P(j),

    the means of a Dirichlet and of a Beta belief; without a prior, those of someone who knows the task.
    """
    weight, chance = (_PRIOR_WEIGHT, _PRIOR_CHANCE) if prior else (0.0, 0.0)
    expected = (1.0 - min(dt / _PRIOR_MEAN, 1.0)) ** np.arange(n_steps + 1)
    lasts = (np.arange(n_steps + 1) < length[:, None]) & ended[:, None]
    longer = np.vstack([np.zeros(n_steps + 1), np.cumsum(lasts, axis=0, dtype=np.float64)])
    n_ended = np.append(0, np.cumsum(ended))
    n_unended = np.arange(len(n_ended)) - n_ended
    survival = (weight * expected + longer) / np.maximum(weight + n_ended, 1e-300)[:, None]
    both = np.maximum(2 * chance + n_unended + n_ended, 1e-300)
    return Wait(survival, (chance + n_unended) / both, n_ended > 0)


def occurrences(schedule: Schedule) -> Occurrences:
    """Return all waits of a schedule."""
    # Trials in which the same happens have the same waits.
    known: dict[bytes, Ints] = {}
    each = []
    for onset, paid in zip(schedule.onset, schedule.reward != 0, strict=True):
        what = onset.tobytes() + paid.tobytes()
        if what not in known:
            known[what] = _in_a_trial(onset, paid)
        each.append(known[what])
    trial = np.repeat(np.arange(len(each)), [len(rows) for rows in each])
    stimulus, n_rewards, began, end, ended = np.concatenate(each).T
    return Occurrences(trial, stimulus, n_rewards, began, end, ended.astype(bool))


def _in_a_trial(onset: Bools, paid: Bools) -> Ints:
    """The waits of a trial: stimulus, rewards since, beginning, end, and whether it ended, (n, 5)."""
    found: list[tuple[int, int, int, int, bool]] = []
    # The stimuli that are waited on, the rewards since they came on, and when this wait began.
    waiting: list[int] = []
    since, began = 0, 0
    for step in np.flatnonzero(paid | onset.any(axis=1)).tolist():
        found += [(stimulus, since, began, step, True) for stimulus in waiting]
        shown = np.flatnonzero(onset[step]).tolist()
        waiting, since, began = (shown, 0, step) if shown else (waiting, since + 1, step)
    found += [(stimulus, since, began, len(paid), False) for stimulus in waiting]
    return np.array(found, dtype=np.int64).reshape(-1, 5)


def waits(schedule: Schedule) -> dict[tuple[int, int], Wait]:
    """Return what someone knows of all waits, by stimulus and rewards since, who has seen the training trials."""
    every = occurrences(schedule)
    seen = ~schedule.probe[every.trial]
    return {name: _last(_known(schedule, every, places[seen[places]], False)) for name, places in _named(every)}


def _named(every: Occurrences) -> list[tuple[tuple[int, int], Ints]]:
    """The places of all waits of one name, by stimulus and rewards since."""
    names, which = np.unique(np.stack([every.stimulus, every.n_rewards]), axis=1, return_inverse=True)
    return [((stimulus, since), np.flatnonzero(which == i)) for i, (stimulus, since) in enumerate(names.T.tolist())]


def _known(schedule: Schedule, every: Occurrences, places: Ints, prior: bool) -> Wait:
    """What is known after none and each of some waits of one name."""
    length = every.end[places] - every.began[places]
    return counted(length, every.ended[places], schedule.n_steps, schedule.dt, prior=prior)


def _last(known: Wait) -> Wait:
    return Wait(known.survival[-1], float(known.omission_probability[-1]), bool(known.ever_ended[-1]))


def course(schedule: Schedule, knowledge: str = "learned") -> Course:
    """Return which waits are going on in every step, and what is known of them.

    Parameters
    ----------
    schedule : Schedule
    knowledge : {"learned", "given"}
        Whether lengths are counted as the agent goes along, each wait by those that were over when it began; or
        over all training trials beforehand, as by someone who knows the task.
    """
    every = occurrences(schedule)
    n_stages = 1 + int(every.n_rewards.max(initial=0))
    shape = (*schedule.reward.shape, len(schedule.stimuli) * n_stages)
    found = Course(np.full(shape, -1), np.zeros(shape), np.zeros(shape))
    taught = ~schedule.probe[every.trial]
    for (stimulus, since), places in _named(every):
        known = _known(schedule, every, places[taught[places]], knowledge == "learned")
        # Waits of one name come one after the other: when one begins, all before it are over.
        n_before: Ints = np.cumsum(taught[places]) - taught[places]
        now = n_before if knowledge == "learned" else np.full(len(places), -1)
        at = Wait(known.survival[now], known.omission_probability[now], known.ever_ended[now])
        _fill(found, (every, places), at, stimulus * n_stages + since, schedule.level[:, :, stimulus] != 0)
    return found


def _fill(found: Course, waits: tuple[Occurrences, Ints], known: Wait, column: int, on: Bools) -> None:
    """Write the waits of one name; `on` is where its stimulus is, (n_trials, n_steps)."""
    every, places = waits
    number, elapsed = np.nonzero(np.arange(on.shape[1]) < (every.end - every.began)[places, None])
    trial, step = every.trial[places][number], every.began[places][number] + elapsed
    first = every.n_rewards[places][number] == 0
    ever = known.ever_ended[number]
    # A stimulus that nothing has ever followed is what is seen, as long as it is on, and no wait to be disappointed; a
    # reward begins a wait only once something has followed it.
    survival = np.where(first | ever, known.survival[number, elapsed], 0.0)
    omission = np.where(first | ever, known.omission_probability[number], 0.0)
    certain = on[trial, step] & first & ~ever
    found.elapsed[trial, step, column] = elapsed
    found.survival[trial, step, column] = np.where(certain, 1.0, survival)
    found.omission_probability[trial, step, column] = np.where(certain, 0.0, omission)
