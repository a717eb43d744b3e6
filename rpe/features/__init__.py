"""Representations: what a linear learner sees of a schedule, in every step of every trial.

==============================================  ==============================
what you want                                   what to call
==============================================  ==============================
a feature for every moment since a cue          `complete_serial_compound`
broad responses that follow a cue               `microstimuli`
the cue while it is on                          `presence`
belief in hidden states                         `belief_states`, `HiddenTask`
a unique cue for every compound                 `configural_cues`; as stimuli, `with_configural_cues`
a cue that sets the occasion for another        `with_occasion_setters`
==============================================  ==============================
"""

from rpe.features.belief import HiddenTask, belief_states
from rpe.features.configural import configural_cues, with_configural_cues, with_occasion_setters
from rpe.features.stimuli import MICROSTIMULI, complete_serial_compound, microstimuli, presence, steps_since

__all__ = [
    "MICROSTIMULI",
    "HiddenTask",
    "belief_states",
    "complete_serial_compound",
    "configural_cues",
    "microstimuli",
    "presence",
    "steps_since",
    "with_configural_cues",
    "with_occasion_setters",
]


def __dir__() -> list[str]:
    return __all__
