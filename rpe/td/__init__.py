"""Temporal-difference learning: the prediction errors, each equation once, and linear TD(λ)."""

from rpe.td.errors import (
    average_reward_error,
    delta_rule_error,
    expected_sarsa_error,
    hyperbolic_td_error,
    lambda_errors,
    lambda_return,
    q_learning_error,
    semi_markov_error,
    td_error,
)
from rpe.td.linear import learn
from rpe.td.record import Learned

__all__ = [
    "Learned",
    "average_reward_error",
    "delta_rule_error",
    "expected_sarsa_error",
    "hyperbolic_td_error",
    "lambda_errors",
    "lambda_return",
    "learn",
    "q_learning_error",
    "semi_markov_error",
    "td_error",
]
