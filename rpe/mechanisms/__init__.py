"""Mechanisms: agents around agents, each of which changes one thing, and nothing with its weight at zero.

=====================================================  ======================================================
you want                                               call, with an agent first
=====================================================  ======================================================
effort that costs out of proportion                    `EffortCost(agent, shape="parabolic", steepness=0.5)`
effort that costs less once it was paid                `Industriousness(agent, weight=1)`
effort that costs more the more was done               `Fatigue(agent, recoverable_gain=0.3, recovery=0.1)`
rewards worth more, or less after recent ones          `RewardSensitivity(agent, ...)`; `Satiation(agent, ...)`
what was often done here, or lately, done again        `Habit(agent, weight=1)`; `ChoiceKernel(agent, weight=1)`
a habit of a place, an hour or what came before        `CuedHabit(agent, weight=1, cues=("time",))`
nights that fix what a day changed, or lose it         `Consolidation(agent, labile_loss=0.5, capture=0.2)`
work that attracts more near a goal                    `GoalGradient(agent, weight=1)`
work that withstands disruption by past rewards        `ResistanceToChange(agent, disruption=0.2)`;
                                                       `extinction(sessions, rewards_per_hour)`
haste that costs effort, lost time that costs reward   `Vigour(agent, weight=1)`; `optimal_latency(cost, rate)`
kinds of reward that satiate each for itself           `RewardKinds(agent, weight=1, satiation=(0.3, 0.1, 0))`
wanting apart from liking                              `Wanting(agent, kappa=3)`; `Liking(agent, opioid=0.3)`
D1 and D2 receptors that weigh benefits and costs      `Opponency(agent, dopamine=0.5, d2_density=1.2)`
progress, or interest in the work, as reward           `Progress(agent, weight=0.5)`; `Interest(agent, interest=1)`
a reward that one gives oneself after a step           `Celebration(agent, size=2, habituation=0.1)`
rewards that are worth more in a good mood             `Mood(agent, weight=1, learning_rate=0.1)`
distractions that capture as far as they are attended  `Attention(agent, weight=1, follows="surprise")`
self-control that runs out, or is worth its cost       `Willpower(agent, weight=2)`;
                                                       `ControlInvestment(learner, maximum=4)`
a belief about one's own chance of success             `Efficacy(planner, weight=1, prior=(1, 3))`
accounts of addiction                                  `Surge(agent, size=1)`; `BasalShift(agent, size=1)`;
                                                       `Homeostasis(agent, weight=1)`
a mechanism of your own                                subclass `Mechanism`, which says how
=====================================================  ======================================================

A mechanism is an agent itself, so that they go around one another in any order that you name:
`Habit(Fatigue(agent, recoverable_gain=0.3), weight=1)`.
"""

from rpe.mechanisms.attention import Attention
from rpe.mechanisms.basal_shift import BasalShift
from rpe.mechanisms.celebration import Celebration
from rpe.mechanisms.choice_kernel import ChoiceKernel
from rpe.mechanisms.consolidation import Consolidation
from rpe.mechanisms.control_investment import ControlInvestment
from rpe.mechanisms.cued_habit import CuedHabit
from rpe.mechanisms.efficacy import Efficacy
from rpe.mechanisms.effort_cost import EffortCost
from rpe.mechanisms.fatigue import Fatigue
from rpe.mechanisms.goal_gradient import GoalGradient
from rpe.mechanisms.habit import Habit
from rpe.mechanisms.homeostasis import Homeostasis
from rpe.mechanisms.industriousness import Industriousness
from rpe.mechanisms.interest import Interest
from rpe.mechanisms.liking import Liking
from rpe.mechanisms.mechanism import Mechanism, biased_policy
from rpe.mechanisms.memory import MechanismMemory
from rpe.mechanisms.mood import Mood
from rpe.mechanisms.progress import Progress
from rpe.mechanisms.receptors import Opponency
from rpe.mechanisms.resistance_to_change import ResistanceToChange, extinction
from rpe.mechanisms.reward_kinds import RewardKinds
from rpe.mechanisms.reward_sensitivity import RewardSensitivity
from rpe.mechanisms.satiation import Satiation
from rpe.mechanisms.surge import Surge
from rpe.mechanisms.vigour import Vigour, optimal_latency
from rpe.mechanisms.wanting import Wanting
from rpe.mechanisms.willpower import Willpower

__all__ = [
    "Attention",
    "BasalShift",
    "Celebration",
    "ChoiceKernel",
    "Consolidation",
    "ControlInvestment",
    "CuedHabit",
    "Efficacy",
    "EffortCost",
    "Fatigue",
    "GoalGradient",
    "Habit",
    "Homeostasis",
    "Industriousness",
    "Interest",
    "Liking",
    "Mechanism",
    "MechanismMemory",
    "Mood",
    "Opponency",
    "Progress",
    "ResistanceToChange",
    "RewardKinds",
    "RewardSensitivity",
    "Satiation",
    "Surge",
    "Vigour",
    "Wanting",
    "Willpower",
    "biased_policy",
    "extinction",
    "optimal_latency",
]


def __dir__() -> list[str]:
    return list(__all__)
