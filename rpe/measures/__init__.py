"""Measures of behaviour: procrastination, momentum, welfare, and errors at events; exact or from samples."""

from rpe.measures.bands import Band, bootstrap
from rpe.measures.behaviour import (
    completion_probability,
    completion_time,
    event_errors,
    last_third_share,
    procrastination_index,
    rush,
    start_latency,
    welfare,
)
from rpe.measures.exact import Exact, exact, follow, plan_gap, planned
from rpe.measures.momentum import (
    Gap,
    Rates,
    momentum,
    momentum_gap,
    work_by_streak,
    work_by_unit,
    work_since_sub_goal,
)

__all__ = [
    "Band",
    "Exact",
    "Gap",
    "Rates",
    "bootstrap",
    "completion_probability",
    "completion_time",
    "event_errors",
    "exact",
    "follow",
    "last_third_share",
    "momentum",
    "momentum_gap",
    "plan_gap",
    "planned",
    "procrastination_index",
    "rush",
    "start_latency",
    "welfare",
    "work_by_streak",
    "work_by_unit",
    "work_since_sub_goal",
]
