"""Schedules of Pavlovian experiments: what is shown, paid and done, as arrays."""

from rpe.schedules.conditioning import delay_conditioning, exponential, normal, trace_conditioning, uniform
from rpe.schedules.designs import design
from rpe.schedules.joining import Events, concatenate, events, joined, split
from rpe.schedules.schedule import Schedule
from rpe.schedules.trials import Trial, sequence

__all__ = [
    "Events",
    "Schedule",
    "Trial",
    "concatenate",
    "delay_conditioning",
    "design",
    "events",
    "exponential",
    "joined",
    "normal",
    "sequence",
    "split",
    "trace_conditioning",
    "uniform",
]
