"""Schedules of Pavlovian experiments: what is shown, paid and done, as arrays.

==============================================  ========================================
what you want                                   what to call
==============================================  ========================================
a design as in a methods section                `design("A+ x40 | AX+ x40 | X-? x10")`
one cue that stays on until the reward          `delay_conditioning`
one cue that ends before the reward             `trace_conditioning`
types of trial of your own, in your order       `sequence` with `Trial`
delays and gaps drawn at random                 `exponential`, `uniform`, `normal`
several schedules one after another             `concatenate`
one long trial in continuous time, and back     `joined`, `split`
times of cues and rewards                       `events`
tracks, choices and sub-goals                   `Trial(places=, choice=, subgoals=)`; `travelled`, `Behaviour`
dopamine stimulated, inhibited or lesioned      `Schedule.manipulate`, `manipulate`; `applied` to a signal
the arrays themselves                           `Schedule`
==============================================  ========================================
"""

from rpe.schedules.behaviour import Behaviour, travelled
from rpe.schedules.conditioning import delay_conditioning, exponential, normal, trace_conditioning, uniform
from rpe.schedules.designs import design
from rpe.schedules.joining import Events, concatenate, events, joined, split
from rpe.schedules.manipulation import applied, manipulate
from rpe.schedules.schedule import Change, Schedule
from rpe.schedules.trials import Trial, sequence

__all__ = [
    "Behaviour",
    "Change",
    "Events",
    "Schedule",
    "Trial",
    "applied",
    "concatenate",
    "delay_conditioning",
    "design",
    "events",
    "exponential",
    "joined",
    "manipulate",
    "normal",
    "sequence",
    "split",
    "trace_conditioning",
    "travelled",
    "uniform",
]


def __dir__() -> list[str]:
    return __all__
