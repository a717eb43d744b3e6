"""Physiology: from prediction errors to firing, release, receptors and sensors; time is the last axis."""

from rpe.dopamine.firing import autoreceptor_rate, bursts, firing_rate, hill, pause_length, spikes
from rpe.dopamine.history import CountsProgress, Plans, RecordedHistory, RecordedSteps
from rpe.dopamine.receptors import (
    binding_potential,
    eligibility,
    occupancy,
    plasticity,
    receptor_density,
)
from rpe.dopamine.release import REGIONS, Kinetics, from_ng_per_ml, release, steady_concentration, to_ng_per_ml
from rpe.dopamine.sensors import SENSORS, measured
from rpe.dopamine.signal import Signal, Traces, from_history
from rpe.dopamine.summary import Summary, summary

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
    "receptor_density",
    "release",
    "spikes",
    "steady_concentration",
    "summary",
    "to_ng_per_ml",
]
