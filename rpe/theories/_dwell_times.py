"""Dwell times: how long the wait that a stimulus begins lasts, counted over the training trials of a schedule."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Floats, Ints
from rpe.schedules import Schedule


class Wait(NamedTuple):
    """The wait that a stimulus begins, which ends at the next reward or at the onset of another stimulus.

    Attributes
    ----------
    survival : float array (n_waiting,)
        S(k) = P(T > k): of the waits that end, the share that lasts longer than k steps.
    omission_probability : float
        Share p of the waits that nothing ends within the trial.
    """

    survival: Floats
    omission_probability: float


class Course(NamedTuple):
    """Which waits are going on.

    Attributes
    ----------
    elapsed : int array (n_trials, n_steps, n_stimuli)
        Steps since the last onset of each stimulus; −1 if it has not come on yet in the trial, or if its
        wait has ended.
    survival : float array (n_trials, n_steps, n_stimuli)
        S after so many steps; 1 if nothing ever follows the stimulus and it is still on.
    omission_probability : float array (n_stimuli,)
        p, but 0 for stimuli that nothing ever follows: they are what is seen, as long as they are on.
    """

    elapsed: Ints
    survival: Floats
    omission_probability: Floats


def waits(schedule: Schedule) -> list[Wait]:
    """Return the wait that each stimulus begins, as found in the training trials."""
    n_steps = schedule.n_steps
    onset = schedule.onset
    after = _next_event(schedule) - np.arange(n_steps)
    found = []
    for stimulus in range(len(schedule.stimuli)):
        began = onset[:, :, stimulus] & ~schedule.probe[:, None]
        lengths = after[began]
        ended = lengths[lengths < n_steps]
        counts = np.bincount(ended, minlength=1)
        survival = 1.0 - np.cumsum(counts) / max(len(ended), 1)
        found.append(Wait(survival[:-1].round(12), 1.0 - len(ended) / max(len(lengths), 1)))
    return found


def course(schedule: Schedule) -> Course:
    """Return which waits are going on in every step."""
    onset, found = schedule.onset, waits(schedule)
    steps = np.arange(schedule.n_steps)[:, None]
    began = np.maximum.accumulate(np.where(onset, steps, -1), axis=1)
    event = _events(schedule)[:, :, None]
    last = np.maximum.accumulate(np.where(event, steps, -1), axis=1)
    elapsed = np.where((began >= 0) & (last <= began), steps - began, -1)
    survival = np.zeros(elapsed.shape)
    # A stimulus that nothing ever follows tells of no wait that could be disappointed.
    omitted = np.array([wait.omission_probability if wait.omission_probability < 1 else 0.0 for wait in found])
    for stimulus, wait in enumerate(found):
        since = elapsed[:, :, stimulus]
        if wait.omission_probability < 1:
            known = np.append(wait.survival, 0.0)
            survival[:, :, stimulus] = np.where(since >= 0, known[np.minimum(since, len(known) - 1)], 0.0)
        else:
            survival[:, :, stimulus] = (since >= 0) & (schedule.level[:, :, stimulus] != 0)
    return Course(elapsed, survival, omitted)


def _events(schedule: Schedule) -> np.ndarray:
    """Where a reward comes or a stimulus comes on, (n_trials, n_steps)."""
    return np.asarray((schedule.reward != 0) | schedule.onset.any(axis=2))


def _next_event(schedule: Schedule) -> Ints:
    """The step of the next event after each step, (n_trials, n_steps); at least 2 n_steps if there is none."""
    events = _events(schedule)
    n_steps = schedule.n_steps
    never = 2 * n_steps
    at = np.where(events, np.arange(n_steps), never)
    ahead = np.full(at.shape, never)
    ahead[:, :-1] = np.minimum.accumulate(at[:, ::-1], axis=1)[:, ::-1][:, 1:]
    return ahead
