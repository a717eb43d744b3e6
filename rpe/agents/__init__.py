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
from rpe.agents.corticostriatal_actor import CorticostriatalActor, CorticostriatalMemory
from rpe.agents.double_q import DoubleMemory, DoubleQLearner
from rpe.agents.dyna import DynaMemory, DynaQ, PrioritisedSweeping
from rpe.agents.expected_sarsa import ExpectedSarsa
from rpe.agents.exploring import CountBonus, CountMemory, Scheduled, ScheduledMemory, UpperConfidence
from rpe.agents.micro_agents import MicroAgents
from rpe.agents.n_step import NStepMemory, NStepSarsa
from rpe.agents.optimum import Optimum, optimal
from rpe.agents.options import OptionsLearner, OptionsMemory
from rpe.agents.planner import Planner, PlannerMemory
from rpe.agents.present_biased import PresentBiasedLearner
from rpe.agents.q_learning import QLearner
from rpe.agents.sarsa import Sarsa, SarsaMemory
from rpe.agents.tabular import TabularLearner

__all__ = [
    "ActorCritic",
    "ActorCriticMemory",
    "Agent",
    "AgentHooks",
    "Ahead",
    "CorticostriatalActor",
    "CorticostriatalMemory",
    "CountBonus",
    "CountMemory",
    "DoubleMemory",
    "DoubleQLearner",
    "DynaMemory",
    "DynaQ",
    "ExpectedSarsa",
    "MicroAgents",
    "NStepMemory",
    "NStepSarsa",
    "Optimum",
    "OptionsLearner",
    "OptionsMemory",
    "Planner",
    "PlannerMemory",
    "PresentBiasedLearner",
    "PrioritisedSweeping",
    "QLearner",
    "Sarsa",
    "SarsaMemory",
    "Scheduled",
    "ScheduledMemory",
    "TableMemory",
    "TabularLearner",
    "UpperConfidence",
    "optimal",
]


def __dir__() -> list[str]:
    return __all__
