"""Fitting: likelihoods of recorded choices and of work over time, estimates, recovery, and comparison of models."""

from rpe.fit.compare import Selection, compare, cross_validate, random_effects
from rpe.fit.data import Choices
from rpe.fit.estimate import Fit, fit, joined
from rpe.fit.hierarchical import GroupFit, hierarchical
from rpe.fit.likelihood import log_likelihood, replay
from rpe.fit.model import Model, Parameter
from rpe.fit.read import read_choices, read_work
from rpe.fit.recover import ModelRecovery, Recovery, model_recovery, parameter_recovery, simulated
from rpe.fit.work import WorkLog, work_log_likelihood

__all__ = [
    "Choices",
    "Fit",
    "GroupFit",
    "Model",
    "ModelRecovery",
    "Parameter",
    "Recovery",
    "Selection",
    "WorkLog",
    "compare",
    "cross_validate",
    "fit",
    "hierarchical",
    "joined",
    "log_likelihood",
    "model_recovery",
    "parameter_recovery",
    "random_effects",
    "read_choices",
    "read_work",
    "replay",
    "simulated",
    "work_log_likelihood",
]
