"""Theories of dopamine, all with one method: `learn(schedule, rng)` returns what a theory learned.

======================================================  ==================================================
What you want                                           What to call
======================================================  ==================================================
one error a trial                                       `RescorlaWagner`, `PearceHall`, `PayoffCost`, `OpAL`, `OpALStar`
attention to cues                                       `Mackintosh`, `PearceKayeHall`
whole compounds                                         `PearceConfigural`, `ConfiguralCues`
TD(λ) over a representation                             `TD`
time and hidden states                                  `BeliefTD`, `SemiMarkovTD`, `FeedbackUncertaintyTD`
states that go on between trials                        `SessionTD`
other discounting, average reward                       `MultiTimescaleTD`, `HyperbolicTD`, `AverageRewardTD`
uncertainty, forgetting, many cells                     `KalmanTD`, `ValueDecayTD`, `DistributionalTD`, `FeatureErrors`
models of the world, sub-goals                          `SuccessorTD`, `Hierarchical`
motivation and drugs                                    `IncentiveSalience`, `Redish`
rivals of the prediction error                          `Salience`, `ValueCode`, `ANCCR`
dopamine and what one does                              `PolicyLearning`, `ActionPredictionError`, `FactoredValues`
decisions                                               `ChoiceErrors`, `ConfidenceErrors`
from an error to what is recorded                       `Response`, `ReleaseKinetics`, `LinearRelease`
a theory of your own                                    any object with `learn`: `Theory`, `Learned`
what grows without end                                  the error `Divergence`; `stability(schedule)`
======================================================  ==================================================
"""

from rpe.theories import protocol as protocol
from rpe.theories._stability import Divergence
from rpe.theories.action_prediction_error import ActionPredictionError
from rpe.theories.anccr import ANCCR
from rpe.theories.average_reward import AverageRewardTD
from rpe.theories.belief import BeliefTD
from rpe.theories.choice_errors import ChoiceErrors
from rpe.theories.confidence import ConfidenceErrors
from rpe.theories.configural_cues import ConfiguralCues
from rpe.theories.distributional import DistributionalTD
from rpe.theories.factored_values import FactoredValues
from rpe.theories.feature_errors import FeatureErrors
from rpe.theories.feedback_uncertainty import FeedbackUncertaintyTD
from rpe.theories.hierarchical import Hierarchical
from rpe.theories.hyperbolic import HyperbolicTD
from rpe.theories.incentive_salience import IncentiveSalience
from rpe.theories.kalman import KalmanTD
from rpe.theories.mackintosh import Mackintosh
from rpe.theories.multi_timescale import MultiTimescaleTD
from rpe.theories.opal import OpAL, OpALStar
from rpe.theories.payoff_cost import PayoffCost
from rpe.theories.pearce_configural import PearceConfigural
from rpe.theories.pearce_hall import PearceHall
from rpe.theories.pearce_kaye_hall import PearceKayeHall
from rpe.theories.policy_learning import PolicyLearning
from rpe.theories.protocol import Learned, Theory
from rpe.theories.redish import Redish
from rpe.theories.release_models import LinearRelease, ReleaseKinetics
from rpe.theories.rescorla_wagner import RescorlaWagner
from rpe.theories.response import Response
from rpe.theories.salience import Salience
from rpe.theories.semi_markov import SemiMarkovTD
from rpe.theories.session import SessionTD
from rpe.theories.successor import SuccessorTD
from rpe.theories.td import TD
from rpe.theories.value_code import ValueCode
from rpe.theories.value_decay import ValueDecayTD

# The order is that of the scorecard.
__all__ = [  # noqa: RUF022
    "Learned",
    "Theory",
    "Divergence",
    "RescorlaWagner",
    "TD",
    "Response",
    "BeliefTD",
    "SemiMarkovTD",
    "SessionTD",
    "AverageRewardTD",
    "ValueDecayTD",
    "FeedbackUncertaintyTD",
    "PearceHall",
    "Mackintosh",
    "PearceKayeHall",
    "PearceConfigural",
    "ConfiguralCues",
    "KalmanTD",
    "DistributionalTD",
    "FeatureErrors",
    "MultiTimescaleTD",
    "HyperbolicTD",
    "PayoffCost",
    "Redish",
    "Salience",
    "ValueCode",
    "PolicyLearning",
    "ActionPredictionError",
    "FactoredValues",
    "SuccessorTD",
    "OpAL",
    "OpALStar",
    "IncentiveSalience",
    "ANCCR",
    "Hierarchical",
    "ChoiceErrors",
    "ConfidenceErrors",
    "ReleaseKinetics",
    "LinearRelease",
]


def __dir__() -> list[str]:
    return __all__
