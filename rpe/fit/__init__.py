"""Fitting: likelihoods of recorded choices and of work over time, estimates, recovery, and comparison of models.

==============================================  ==================================================
What you want                                   What to call
==============================================  ==================================================
to say what is fitted                           `Model(agent, task, {"learning_rate": Parameter(0, 1)})`
people's data                                   `rpe.records.read_choices`, `rpe.records.read_work`
simulated data                                  `simulated(model, true)`, `choices_of(history)`
estimates for every subject                     `fit(model, data)`; `method="map"` with priors
estimates of a group and its subjects           `hierarchical(model, data)`
how likely some data are under an agent         `log_likelihood`, `work_log_likelihood`
which model describes the data best             `compare(fits)`, `cross_validate`, `random_effects`
whether parameters can be recovered             `parameter_recovery(model)`
whether models can be told apart                `model_recovery(models)`
a table of any of these, or a file              `found.table`, `found.table.to_csv("fits.csv")`
==============================================  ==================================================
"""

from rpe.fit.comparison import compare, cross_validate
from rpe.fit.estimates import Fit, joined
from rpe.fit.estimation import fit
from rpe.fit.groups import GroupFit, hierarchical
from rpe.fit.likelihood import FiniteTask, TrialStarter, log_likelihood, replay
from rpe.fit.model import Model, Parameter
from rpe.fit.recovery import ModelRecovery, Recovery, model_recovery, parameter_recovery
from rpe.fit.selection import Selection, random_effects
from rpe.fit.synthetic import choices_of, simulated, work_of
from rpe.fit.work_likelihood import work_log_likelihood

__all__ = [
    "FiniteTask",
    "Fit",
    "GroupFit",
    "Model",
    "ModelRecovery",
    "Parameter",
    "Recovery",
    "Selection",
    "TrialStarter",
    "choices_of",
    "compare",
    "cross_validate",
    "fit",
    "hierarchical",
    "joined",
    "log_likelihood",
    "model_recovery",
    "parameter_recovery",
    "random_effects",
    "replay",
    "simulated",
    "work_log_likelihood",
    "work_of",
]


def __dir__() -> list[str]:
    return __all__
