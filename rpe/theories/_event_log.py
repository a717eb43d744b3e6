"""The events of a schedule in order of time, for theories that go from event to event."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Floats, Ints
from rpe.schedules import Schedule


class Log(NamedTuple):
    """Events in order of time: stimulus onsets, then reward, then its omission, as the last two kinds.

    Attributes
    ----------
    kind : int array (n_events,)
        Which stimulus; n_stimuli stands for reward, n_stimuli + 1 for its omission.
    time : float array (n_events,)
        When, s from the start of the experiment.
    size, pulse : float array (n_events,)
        Reward, and the pulse at that moment, reward units.
    trial, step : int array (n_events,)
        Where it belongs in the schedule.
    """

    kind: Ints
    time: Floats
    size: Floats
    pulse: Floats
    trial: Ints
    step: Ints


def event_log(schedule: Schedule, jitter: float, rng: np.random.Generator) -> Log:
    """Return what happens, in order; of several events at one moment all but the first come with a normal delay."""
    n_stimuli = len(schedule.stimuli)
    trial, step, kind = np.nonzero(schedule.onset)
    paid_trial, paid_step = np.nonzero(schedule.reward)
    missed = np.flatnonzero(~np.isnan(schedule.due) & ~(schedule.reward != 0).any(axis=1))
    missed_step = np.floor(schedule.due[missed] / schedule.dt + 1e-6).astype(int)
    missed, missed_step = missed[missed_step < schedule.n_steps], missed_step[missed_step < schedule.n_steps]
    kind = np.concatenate([kind, np.full(len(paid_trial), n_stimuli), np.full(len(missed), n_stimuli + 1)])
    trial, step = np.concatenate([trial, paid_trial, missed]), np.concatenate([step, paid_step, missed_step])
    time = schedule.start[trial] + step * schedule.dt
    order = np.lexsort((kind, time))
    again = np.concatenate([[False], np.diff(time[order]) < 1e-9]) if len(order) else np.zeros(0, dtype=bool)
    time[order[again]] += jitter * rng.standard_normal(int(again.sum()))
    order = np.lexsort((kind, time))
    kind, time, trial, step = kind[order], time[order], trial[order], step[order]
    size = np.where(kind == n_stimuli, schedule.reward[trial, step], 0.0)
    return Log(kind, time, size, schedule.pulse[trial, step], trial, step)
