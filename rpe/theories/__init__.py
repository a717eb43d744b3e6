"""Theories of dopamine, all with one face: `learn(schedule, rng)` returns what a theory learned."""

from importlib import import_module
from typing import Any

from rpe.theories.learned import Learned, Theory

_WHERE = {
    "RescorlaWagner": "rescorla_wagner",
    "TD": "td",
    "BeliefTD": "belief",
    "SemiMarkovTD": "semi_markov",
    "ValueDecayTD": "value_decay",
    "FeedbackUncertaintyTD": "feedback_uncertainty",
    "PearceHall": "pearce_hall",
    "KalmanTD": "kalman",
    "AverageRewardTD": "average_reward",
    "Response": "response",
    "DistributionalTD": "distributional",
    "MultiTimescaleTD": "multi_timescale",
    "PayoffCost": "payoff_cost",
    "Redish": "redish",
    "Salience": "salience",
    "ValueCode": "value_code",
    "SuccessorTD": "successor",
    "OpAL": "opal",
    "OpALStar": "opal",
    "IncentiveSalience": "incentive_salience",
    "ANCCR": "anccr",
    "HyperbolicTD": "hyperbolic",
    "Hierarchical": "hierarchical",
    "ReleaseKinetics": "release_models",
    "LinearRelease": "release_models",
}

__all__ = ["Learned", "Theory", *_WHERE]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"rpe.theories.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'rpe.theories' has no attribute {name!r}")
