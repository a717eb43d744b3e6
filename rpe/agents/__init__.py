"""Agents that choose: planners that know the task, and learners that do not.

==================================================  ======================================
what you want                                       what to call
==================================================  ======================================
plan exactly under any discounting                  `Planner`
learn off-policy: Q(λ)                              `QLearner`
learn on-policy: expected SARSA(λ)                  `ExpectedSarsa`
learn with hyperbolic discounting                   `MicroAgents`
learn with a present bias                           `PresentBiasedLearner`
learn a policy and its values apart                 `ActorCritic`
learn with options that lead to sub-goals           `OptionsLearner`
double Q-learning                                   `DoubleQLearner`
SARSA(λ) and n-step SARSA                           `Sarsa`, `NStepSarsa`
learn a model and replay it                         `DynaQ`, `PrioritisedSweeping`
explore by counts, bounds or schedules              `CountBonus`, `UpperConfidence`, `Scheduled`
the optimum of a task or environment                `optimal`
pursue one goal among rivals                        `GoalPursuit`; committed to it, `GoalCommitment`
learn with two rates; counterfactually              `TwoRateLearner`, `CounterfactualLearner`
forget; learn by surprise (Pearce-Hall)             `ForgettingLearner`, `PearceHallLearner`
two steps, model-based and model-free               `TwoStepLearner`
go and no-go with a Pavlovian bias                  `PavlovianLearner`
explore by uncertainty (UCB, Thompson)              `KalmanBandit`
predict binary outcomes (HGF)                       `BinaryFilter`
guess; win-stay, lose-shift                         `BiasedGuesser`, `WinStayLoseShift`
write a learner of outcomes of your own             subclass `OutcomeLearner`
write a tabular learner of your own                 subclass `TabularLearner`
write any agent of your own                         three methods, see `Agent`, `AgentHooks`
==================================================  ======================================

An agent is anything with three methods. `init(task, n_agents)` returns a memory that the caller
owns; `policy(memory, state)` returns choice probabilities (n_actions, n), never a sampled action;
`update(memory, state, action, step, active)` changes the memory in place and returns the signed
error (n,) from before the update.
"""

from rpe.agents._tables import Ahead, TableMemory
from rpe.agents.actor_critic import ActorCritic, ActorCriticMemory
from rpe.agents.agent import Agent, AgentHooks
from rpe.agents.associability import PearceHallLearner
from rpe.agents.belief_filter import BinaryFilter, FilterMemory
from rpe.agents.corticostriatal_actor import CorticostriatalActor, CorticostriatalMemory
from rpe.agents.counterfactual import CounterfactualLearner
from rpe.agents.double_q import DoubleMemory, DoubleQLearner
from rpe.agents.dyna import DynaMemory, DynaQ, PrioritisedSweeping
from rpe.agents.expected_sarsa import ExpectedSarsa
from rpe.agents.exploring import CountBonus, CountMemory, Scheduled, ScheduledMemory, UpperConfidence
from rpe.agents.forgetting import ForgettingLearner
from rpe.agents.goal_commitment import GoalCommitment
from rpe.agents.goal_pursuit import GoalPursuit, PursuitMemory
from rpe.agents.heuristics import BiasedGuesser, WinStayLoseShift
from rpe.agents.kalman_bandit import KalmanBandit
from rpe.agents.micro_agents import MicroAgents
from rpe.agents.n_step import NStepMemory, NStepSarsa
from rpe.agents.optimum import Optimum, optimal
from rpe.agents.options import OptionsLearner, OptionsMemory
from rpe.agents.outcome_learner import Outcome, OutcomeLearner, OutcomeMemory
from rpe.agents.pavlovian import PavlovianLearner
from rpe.agents.planner import Planner, PlannerMemory
from rpe.agents.present_biased import PresentBiasedLearner
from rpe.agents.q_learning import QLearner
from rpe.agents.sarsa import Sarsa, SarsaMemory
from rpe.agents.tabular import TabularLearner
from rpe.agents.two_rates import TwoRateLearner
from rpe.agents.two_step import TwoStepLearner, TwoStepMemory

__all__ = [
    "ActorCritic",
    "ActorCriticMemory",
    "Agent",
    "AgentHooks",
    "Ahead",
    "BiasedGuesser",
    "BinaryFilter",
    "CorticostriatalActor",
    "CorticostriatalMemory",
    "CountBonus",
    "CountMemory",
    "CounterfactualLearner",
    "DoubleMemory",
    "DoubleQLearner",
    "DynaMemory",
    "DynaQ",
    "ExpectedSarsa",
    "FilterMemory",
    "ForgettingLearner",
    "GoalCommitment",
    "GoalPursuit",
    "KalmanBandit",
    "MicroAgents",
    "NStepMemory",
    "NStepSarsa",
    "Optimum",
    "OptionsLearner",
    "OptionsMemory",
    "Outcome",
    "OutcomeLearner",
    "OutcomeMemory",
    "PavlovianLearner",
    "PearceHallLearner",
    "Planner",
    "PlannerMemory",
    "PresentBiasedLearner",
    "PrioritisedSweeping",
    "PursuitMemory",
    "QLearner",
    "Sarsa",
    "SarsaMemory",
    "Scheduled",
    "ScheduledMemory",
    "TableMemory",
    "TabularLearner",
    "TwoRateLearner",
    "TwoStepLearner",
    "TwoStepMemory",
    "UpperConfidence",
    "WinStayLoseShift",
    "optimal",
]


def __dir__() -> list[str]:
    return __all__
