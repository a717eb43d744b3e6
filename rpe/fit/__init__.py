"""Fitting: likelihoods of recorded choices and of work over time, estimates, recovery, and comparison of models.

==============================================  ==================================================
What you want                                   What to call
==============================================  ==================================================
to say what is fitted                           `Model(agent, task, {"learning_rate": Parameter(0, 1)})`
people's data                                   `rpe.records.read_choices`, `rpe.records.read_work`
recorded dopamine                               `SignalModel(theory, schedule, {"learning_rate": ...})`
what a theory expects of recorded signals       `predicted_signals(found)`; `signal_check(found)`
choices between offers                          `Model(HyperbolicDelay(), None, {"k": Parameter(0)})`
simulated data                                  `simulated(model, true)`, `choices_of(history)`
estimates for every subject                     `fit(model, data)`; `method="map"` with priors
several models, each also from smaller ones     `fit_all(models, data)`
prediction errors and values of every trial     `found.trials()`; `convolved(...)` for imaging
intervals                                       `found.intervals()`, `bootstrap_intervals(found)`
the models of a semester's work, as published   `semester_models()`
estimates of a group and its subjects           `hierarchical(model, data)`
posterior of groups, covariates and subjects    `posterior(model, data, groups=..., covariates=...)`
how likely some data are under an agent         `log_likelihood`, `work_log_likelihood`, `offer_log_likelihood`
which model describes the data best             `compare(fits)`, `cross_validate`, `random_effects`
whether parameters can be recovered             `parameter_recovery(model)`
whether models can be told apart                `model_recovery(models)`; `protocol_recovery(models, protocols)`
comparison, recovery and check in one           `review(models, data)`; `.page()` draws them
a table of any of these, or a file              `found.table`, `found.table.to_csv("fits.csv")`
==============================================  ==================================================
"""

from rpe.fit.comparison import compare, cross_validate
from rpe.fit.estimates import Fit, joined
from rpe.fit.estimation import fit, fit_all
from rpe.fit.groups import GroupFit, hierarchical
from rpe.fit.haemodynamics import convolved, haemodynamic_response
from rpe.fit.intervals import bootstrap_intervals, profile_intervals
from rpe.fit.likelihood import FiniteTask, TrialStarter, log_likelihood, replay
from rpe.fit.model import Model, Parameter
from rpe.fit.offer_models import (
    AdditiveUtilityDelay,
    ConstantSensitivityDelay,
    EffortDiscounting,
    ExponentialDelay,
    HyperbolicDelay,
    HyperboloidDelay,
    OddsDiscounting,
    OfferChooser,
    ProspectTheory,
    QuasiHyperbolicDelay,
    offer_log_likelihood,
)
from rpe.fit.protocols import ProtocolRecovery, protocol_recovery
from rpe.fit.recovery import ModelRecovery, Recovery, model_recovery, parameter_recovery
from rpe.fit.regressors import trials_at
from rpe.fit.reviewing import Review, review
from rpe.fit.sampling import posterior, posterior_summary
from rpe.fit.selection import Selection, random_effects
from rpe.fit.semesters import semester_models
from rpe.fit.signal_checks import replicated_signals, signal_check
from rpe.fit.signal_objective import predicted_signals
from rpe.fit.signals import Sensor, SignalModel
from rpe.fit.synthetic import choices_of, simulated, work_of
from rpe.fit.work_likelihood import work_log_likelihood

__all__ = [
    "AdditiveUtilityDelay",
    "ConstantSensitivityDelay",
    "EffortDiscounting",
    "ExponentialDelay",
    "FiniteTask",
    "Fit",
    "GroupFit",
    "HyperbolicDelay",
    "HyperboloidDelay",
    "Model",
    "ModelRecovery",
    "OddsDiscounting",
    "OfferChooser",
    "Parameter",
    "ProspectTheory",
    "ProtocolRecovery",
    "QuasiHyperbolicDelay",
    "Recovery",
    "Review",
    "Selection",
    "Sensor",
    "SignalModel",
    "TrialStarter",
    "bootstrap_intervals",
    "choices_of",
    "compare",
    "convolved",
    "cross_validate",
    "fit",
    "fit_all",
    "haemodynamic_response",
    "hierarchical",
    "joined",
    "log_likelihood",
    "model_recovery",
    "offer_log_likelihood",
    "parameter_recovery",
    "posterior",
    "posterior_summary",
    "predicted_signals",
    "profile_intervals",
    "protocol_recovery",
    "random_effects",
    "replay",
    "replicated_signals",
    "review",
    "semester_models",
    "signal_check",
    "simulated",
    "trials_at",
    "work_log_likelihood",
    "work_of",
]


def __dir__() -> list[str]:
    return __all__
