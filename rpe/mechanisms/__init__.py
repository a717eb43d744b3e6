"""Mechanisms: agents around agents, each of which changes one thing, and nothing with its weight at zero."""

from rpe.mechanisms.choices import ChoiceKernel, GoalGradient, Habit
from rpe.mechanisms.feelings import EffortCost, Fatigue, RewardSensitivity, Satiation
from rpe.mechanisms.wrapping import Mechanism, Wrapped, tilted

__all__ = [
    "ChoiceKernel",
    "EffortCost",
    "Fatigue",
    "GoalGradient",
    "Habit",
    "Mechanism",
    "RewardSensitivity",
    "Satiation",
    "Wrapped",
    "tilted",
]
