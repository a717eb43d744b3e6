"""Where something happens in a schedule, for theories whose time goes from event to event."""

import numpy as np

from rpe._checks import Bools
from rpe.schedules import Schedule


def event_steps(schedule: Schedule) -> Bools:
    """Return the steps in which a stimulus or a pulse comes on or goes off, or a reward comes, (n_trials, n_steps).

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=1, cue_time=0.5, reward_time=1.5, duration=2.5)
    >>> event_steps(s)[0].nonzero()[0]
    array([ 5, 15])
    """
    happens = np.asarray(schedule.reward != 0)
    for signal in (schedule.level, schedule.pulse[:, :, None]):
        before = np.zeros_like(signal)
        before[:, 1:] = signal[:, :-1]
        happens |= (signal != before).any(axis=2)
    return happens
