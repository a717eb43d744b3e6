"""Dwell times: how long the wait lasts that a stimulus, or a reward after it, begins; counted as an agent goes along.

A wait is named by its stimulus and by the rewards that have come since: a trial with several rewards is a chain
of waits, each with lengths of its own.
"""

from collections.abc import Iterator
from typing import NamedTuple

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
    survival : float array (n_steps,)
        S(k) = P(T > k): of the waits that end, the share that lasts longer than k steps.
    omission_probability : float
        Share p of the waits that nothing ends within the trial.
    ever_ended : bool
        Whether anything has ever followed.
    """

    survival: Floats
    omission_probability: float
    ever_ended: bool


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


class Occurrence(NamedTuple):
    """One wait: its trial, its stimulus and the rewards since, the steps in which it began and in which it was over.

    `ended` is False for a wait that lasts to the end of its trial.
    """

    trial: int
    stimulus: int
    n_rewards: int
    began: int
    end: int
    ended: bool


class Counts:
    """Lengths of one wait, as counted so far; without a prior those of someone who knows the task.

    With n_k waits that ended after k steps and m that did not end,

        P(k) = (c q_k + n_k)/(c + Σ n),   p = (a + m)/(2 a + m + Σ n),   S(k) = Σ_{j>k} P(j),

    the means of a Dirichlet and of a Beta belief.
    """

    def __init__(self, n_steps: int, dt: float, *, prior: bool = True) -> None:
        stays = 1.0 - min(dt / _PRIOR_MEAN, 1.0)
        self._weight, self._chance = (_PRIOR_WEIGHT, _PRIOR_CHANCE) if prior else (0.0, 0.0)
        self._expected = stays ** np.arange(n_steps + 1)
        self._longer, self._ended, self._unended = np.zeros(n_steps + 1), 0, 0

    def take(self, one: Occurrence) -> None:
        """Count one wait, once it is over."""
        if one.ended:
            self._longer[: one.end - one.began] += 1
            self._ended += 1
        else:
            self._unended += 1

    @property
    def known(self) -> Wait:
        """What has been learned."""
        total = max(self._weight + self._ended, 1e-300)
        survival = (self._weight * self._expected + self._longer) / total
        both = max(2 * self._chance + self._unended + self._ended, 1e-300)
        return Wait(survival, (self._chance + self._unended) / both, self._ended > 0)


def occurrences(schedule: Schedule) -> Iterator[Occurrence]:
    """Yield all waits, trial by trial, in the order of their ends."""
    onset, paid = schedule.onset, schedule.reward != 0
    for trial, happens in enumerate(paid | onset.any(axis=2)):
        # The stimuli that are waited on, the rewards since they came on, and when this wait began.
        waiting: list[int] = []
        since, began = 0, 0
        for step in np.flatnonzero(happens).tolist():
            yield from (Occurrence(trial, stimulus, since, began, step, True) for stimulus in waiting)
            shown = np.flatnonzero(onset[trial, step]).tolist()
            waiting, since, began = (shown, 0, step) if shown else (waiting, since + 1, step)
        yield from (Occurrence(trial, stimulus, since, began, schedule.n_steps, False) for stimulus in waiting)


def waits(schedule: Schedule) -> dict[tuple[int, int], Wait]:
    """Return what someone knows of all waits, by stimulus and rewards since, who has seen the training trials."""
    counts: dict[tuple[int, int], Counts] = {}
    probe = schedule.probe
    for one in occurrences(schedule):
        count = counts.setdefault(one[1:3], Counts(schedule.n_steps, schedule.dt, prior=False))
        if not probe[one.trial]:
            count.take(one)
    return {key: count.known for key, count in counts.items()}


def course(schedule: Schedule, knowledge: str = "learned") -> Course:
    """Return which waits are going on in every step, and what is known of them.

    Parameters
    ----------
    schedule : Schedule
    knowledge : {"learned", "given"}
        Whether lengths are counted as the agent goes along, each wait by those that were over when it began; or
        over all training trials beforehand, as by someone who knows the task.
    """
    every = list(occurrences(schedule))
    n_stages = 1 + max((one.n_rewards for one in every), default=0)
    shape = (*schedule.reward.shape, len(schedule.stimuli) * n_stages)
    found = Course(np.full(shape, -1), np.zeros(shape), np.zeros(shape))
    given = waits(schedule) if knowledge == "given" else {}
    counts: dict[tuple[int, int], Counts] = {}
    on, probe = schedule.level != 0, schedule.probe
    for one in every:
        count = counts.setdefault(one[1:3], Counts(schedule.n_steps, schedule.dt))
        # All waits of one name in a trial that came before this one are over: reading now is reading at its start.
        known = given[one[1:3]] if given else count.known
        if one.n_rewards and not known.ever_ended:
            # A reward begins a wait only once something has followed it.
            known = Wait(np.zeros(schedule.n_steps), 0.0, False)
        place = one.trial, slice(one.began, one.end), one.stimulus * n_stages + one.n_rewards
        seen = on[one.trial, one.began : one.end, one.stimulus] & (one.n_rewards == 0)
        _fill(found, place, known, seen)
        if not probe[one.trial]:
            count.take(one)
    return found


def _fill(found: Course, place: tuple[int, slice, int], known: Wait, seen: Bools) -> None:
    """Write one wait; `seen` is where its stimulus is on, (length,)."""
    found.elapsed[place] = np.arange(len(seen))
    # A stimulus that nothing has ever followed is what is seen, as long as it is on, and no wait to be disappointed.
    certain = seen & (not known.ever_ended)
    found.survival[place] = np.where(certain, 1.0, known.survival[: len(seen)])
    found.omission_probability[place] = np.where(certain, 0.0, known.omission_probability)
