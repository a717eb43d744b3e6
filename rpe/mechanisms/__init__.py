"""Mechanisms: agents around agents, each of which changes one thing, and nothing with its weight at zero."""

from rpe.mechanisms.choices import ChoiceKernel, GoalGradient, Habit
from rpe.mechanisms.dopamine import Opponency, Wanting
from rpe.mechanisms.drugs import BasalShift, Homeostasis, Surge
from rpe.mechanisms.efficacy import Efficacy
from rpe.mechanisms.feelings import EffortCost, Fatigue, RewardSensitivity, Satiation
from rpe.mechanisms.intrinsic import Interest, Progress
from rpe.mechanisms.vigour import Vigour, optimal_latency
from rpe.mechanisms.wrapping import Mechanism, Wrapped, tilted

__all__ = [
    "BasalShift",
    "ChoiceKernel",
    "Efficacy",
    "EffortCost",
    "Fatigue",
    "GoalGradient",
    "Habit",
    "Homeostasis",
    "Interest",
    "Mechanism",
    "Opponency",
    "Progress",
    "RewardSensitivity",
    "Satiation",
    "Surge",
    "Vigour",
    "Wanting",
    "Wrapped",
    "optimal_latency",
    "tilted",
]
