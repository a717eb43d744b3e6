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
pursue one goal among rivals                        `GoalPursuit`; committed to it, `GoalCommitment`
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
from rpe.agents.expected_sarsa import ExpectedSarsa
from rpe.agents.goal_commitment import GoalCommitment
from rpe.agents.goal_pursuit import GoalPursuit, PursuitMemory
from rpe.agents.micro_agents import MicroAgents
from rpe.agents.options import OptionsLearner, OptionsMemory
from rpe.agents.planner import Planner, PlannerMemory
from rpe.agents.present_biased import PresentBiasedLearner
from rpe.agents.q_learning import QLearner
from rpe.agents.tabular import TabularLearner

__all__ = [
    "ActorCritic",
    "ActorCriticMemory",
    "Agent",
    "AgentHooks",
    "Ahead",
    "CorticostriatalActor",
    "CorticostriatalMemory",
    "ExpectedSarsa",
    "GoalCommitment",
    "GoalPursuit",
    "MicroAgents",
    "OptionsLearner",
    "OptionsMemory",
    "Planner",
    "PlannerMemory",
    "PresentBiasedLearner",
    "PursuitMemory",
    "QLearner",
    "TableMemory",
    "TabularLearner",
]


def __dir__() -> list[str]:
    return __all__
