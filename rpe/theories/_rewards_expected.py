"""How many rewards a stimulus leads to: the largest number that followed it in earlier trials."""

import numpy as np

from rpe._checks import Bools, Ints
from rpe.schedules import Schedule


def steps_since(schedule: Schedule, stimulus: int) -> Ints:
    """Return the steps since the last onset of a stimulus, (n_trials, n_steps); −1 before it."""
    steps = np.arange(schedule.n_steps)
    began = np.maximum.accumulate(np.where(schedule.onset[:, :, stimulus], steps, -1), axis=1)
    return np.where(began >= 0, steps - began, -1)


def rewards_since(schedule: Schedule, stimulus: int) -> Ints:
    """Return how many rewards have followed the last onset of a stimulus, with that of the step, (n_trials, n_steps).

    A reward in the step of the onset does not follow it.
    """
    paid = np.cumsum(schedule.reward != 0, axis=1)
    since = steps_since(schedule, stimulus)
    at_onset = np.take_along_axis(paid, np.arange(schedule.n_steps) - np.maximum(since, 0), axis=1)
    return np.where(since >= 0, paid - at_onset, 0)


def most_so_far(seen: Ints, given: bool = False) -> Ints:
    """Return the largest number of the trials before each, or, if the task is given, of all, (n_trials,)."""
    return np.full_like(seen, seen.max()) if given else np.maximum.accumulate(np.append(0, seen[:-1]))


def taught(schedule: Schedule, numbers: Ints) -> Ints:
    """Return the largest of some numbers at the rewards of each trial; 0 for a probe trial, (n_trials,)."""
    return np.asarray(np.where((schedule.reward != 0) & ~schedule.probe[:, None], numbers, 0).max(axis=1))


def last_rewards(schedule: Schedule) -> Bools:
    """Return the rewards after which no further one is expected, (n_trials, n_steps).

    That is so when after every stimulus that came on as many have come as ever followed it, and at least one. Who
    meets a trial with two rewards for the first time takes the first one for the last.

    Examples
    --------
    >>> import rpe
    >>> kinds = {"A++": rpe.schedules.Trial({"A": (0.0, 2.0)}, {1.0: 1.0, 2.0: 1.0})}
    >>> last_rewards(rpe.schedules.sequence(kinds, ["A++"] * 2, dt=1.0, duration=3.0)).tolist()
    [[False, True, True], [False, False, True]]
    """
    last = np.asarray(schedule.reward != 0)
    for stimulus in range(len(schedule.stimuli)):
        since = rewards_since(schedule, stimulus)
        expected = np.maximum(most_so_far(taught(schedule, since)), 1)
        last &= (since >= expected[:, None]) | (steps_since(schedule, stimulus) < 0)
    return last
