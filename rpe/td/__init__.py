"""Temporal-difference learning: prediction errors, and linear TD(λ) for many agents at once.

=======================================  =========================
what you want                            what to call
=======================================  =========================
learn values along a schedule, TD(λ)     `learn`
what it returns                          `Learned`
δ of TD and SARSA                        `td_error`
δ of Q-learning, off-policy              `q_learning_error`
δ of expected SARSA, on-policy           `expected_sarsa_error`
δ under average reward                   `average_reward_error`
δ with hyperbolic discounting            `hyperbolic_td_error`
δ of semi-Markov TD                      `semi_markov_error`
δ of the delta rule (Rescorla–Wagner)    `delta_rule_error`
λ-errors of a whole trial                `lambda_errors`
=======================================  =========================

The modules: `errors` has each equation once, unchecked for loops, and `entry` its front door; `linear`
the call, `step_by_step` the rule of TD(λ) as it is written, which every faster path is tested against.
"""

from rpe.td.entry import (
    average_reward_error,
    delta_rule_error,
    expected_sarsa_error,
    hyperbolic_td_error,
    lambda_errors,
    q_learning_error,
    semi_markov_error,
    td_error,
)
from rpe.td.learned import Learned
from rpe.td.linear import learn

__all__ = [
    "Learned",
    "average_reward_error",
    "delta_rule_error",
    "expected_sarsa_error",
    "hyperbolic_td_error",
    "lambda_errors",
    "learn",
    "q_learning_error",
    "semi_markov_error",
    "td_error",
]


def __dir__() -> list[str]:
    return __all__
