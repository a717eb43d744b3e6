"""Models of choice between offers: delay, odds, effort, and gambles.

==================================================  ==================================================
What you want                                       What to call
==================================================  ==================================================
exponential, hyperbolic, hyperboloid delay          `ExponentialDelay`, `HyperbolicDelay`, `HyperboloidDelay`
present bias; constant sensitivity                  `QuasiHyperbolicDelay`, `ConstantSensitivityDelay`
utilities that add                                  `AdditiveUtilityDelay`
probabilities, also with delays                     `OddsDiscounting`
effort, with a bias to accept                       `EffortDiscounting(form="parabolic")`
gambles                                             `ProspectTheory`
a model of your own                                 subclass `OfferChooser`
==================================================  ==================================================
"""

from rpe.fit.offer_models.chooser import OfferChooser, log_policies, offer_log_likelihood
from rpe.fit.offer_models.delay import (
    AdditiveUtilityDelay,
    ConstantSensitivityDelay,
    ExponentialDelay,
    HyperbolicDelay,
    HyperboloidDelay,
    QuasiHyperbolicDelay,
)
from rpe.fit.offer_models.effort import EffortDiscounting
from rpe.fit.offer_models.odds import OddsDiscounting
from rpe.fit.offer_models.prospects import ProspectTheory, weighted_probability

__all__ = [
    "AdditiveUtilityDelay",
    "ConstantSensitivityDelay",
    "EffortDiscounting",
    "ExponentialDelay",
    "HyperbolicDelay",
    "HyperboloidDelay",
    "OddsDiscounting",
    "OfferChooser",
    "ProspectTheory",
    "QuasiHyperbolicDelay",
    "log_policies",
    "offer_log_likelihood",
    "weighted_probability",
]


def __dir__() -> list[str]:
    return __all__
