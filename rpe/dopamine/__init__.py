"""Dopamine: from prediction errors to firing, release, receptors and sensors; time is the last axis.

====================================================  =============================================================
what you want                                         what to call
====================================================  =============================================================
the dopamine of a run on a task, event by event       `from_history(history, seconds_per_step=...)`
the errors of a run, those of planners included       `prediction_errors(history)`
what a run amounts to in the terms of popular texts   `summary(signal)`
firing of an error trace, its spikes, pauses, bursts  `firing_rate`, `spikes`, `pause_length`, `bursts`
responses that saturate; autoreceptors                `hill`, `autoreceptor_rate`
concentration of a firing rate, nM                    `release`, `steady_concentration`
ng/mL                                                 `to_ng_per_ml`, `from_ng_per_ml`
share of D1 and D2 receptors occupied                 `occupancy`
density of receptors, and what a tracer finds of it   `receptor_density`, `binding_potential`
growth of a synapse                                   `eligibility`, `plasticity`
what a photometer or an electrode reports             `measured`, `SENSORS`
other constants of release and uptake                 `Kinetics`, `REGIONS`
what a record must hold to be read                    `RecordedHistory`, `RecordedSteps`, `CountsProgress`, `Plans`
====================================================  =============================================================
"""

from rpe.dopamine.behaviour import from_history, prediction_errors
from rpe.dopamine.concentration import REGIONS, Kinetics, from_ng_per_ml, release, steady_concentration, to_ng_per_ml
from rpe.dopamine.firing import autoreceptor_rate, bursts, firing_rate, hill, pause_length, spikes
from rpe.dopamine.history import CountsProgress, Plans, RecordedHistory, RecordedSteps
from rpe.dopamine.metric_table import Summary, summary
from rpe.dopamine.receptors import (
    binding_potential,
    eligibility,
    occupancy,
    plasticity,
    receptor_density,
)
from rpe.dopamine.sensors import SENSORS, measured
from rpe.dopamine.signal import Signal, Traces

__all__ = [
    "REGIONS",
    "SENSORS",
    "CountsProgress",
    "Kinetics",
    "Plans",
    "RecordedHistory",
    "RecordedSteps",
    "Signal",
    "Summary",
    "Traces",
    "autoreceptor_rate",
    "binding_potential",
    "bursts",
    "eligibility",
    "firing_rate",
    "from_history",
    "from_ng_per_ml",
    "hill",
    "measured",
    "occupancy",
    "pause_length",
    "plasticity",
    "prediction_errors",
    "receptor_density",
    "release",
    "spikes",
    "steady_concentration",
    "summary",
    "to_ng_per_ml",
]


def __dir__() -> list[str]:
    return __all__
