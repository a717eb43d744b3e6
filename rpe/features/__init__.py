"""Representations: what a linear learner sees of a schedule, in every step of every trial."""

from rpe.features.belief import HiddenTask, belief_states
from rpe.features.stimuli import MICROSTIMULI, complete_serial_compound, microstimuli, presence, steps_since

__all__ = [
    "MICROSTIMULI",
    "HiddenTask",
    "belief_states",
    "complete_serial_compound",
    "microstimuli",
    "presence",
    "steps_since",
]
