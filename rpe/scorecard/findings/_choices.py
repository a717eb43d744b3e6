"""What drives choices between stimuli, at the dopamine of the moment."""

import numpy as np

from rpe._checks import Floats
from rpe.scorecard.finding import Reading
from rpe.theories.protocol import DopamineAtChoice

# Of values, per reward unit (M15 of most reviews: 3; assumption).
_INVERSE_TEMPERATURE = 3.0


def log_odds(reading: Reading, time: float, kinds: dict[str, str], dopamine: float) -> dict[str, Floats]:
    """Return what drives the choice of each stimulus as a log odds, (n_agents,).

    Dopamine weighs it in a theory that says how; in others values stand for it, whatever the dopamine.

    Parameters
    ----------
    reading : Reading
    time : float
        When values are read, s.
    kinds : dict of str to str
        By the name of each stimulus, the type of trial in which its value is read.
    dopamine : float
        ρ, against the normal level of 0.
    """
    theory: object = reading.theory
    if isinstance(theory, DopamineAtChoice):
        driven = theory.drive(reading.learned, dopamine)
        return {name: driven[:, reading.schedule.stimuli.index(name)] for name in kinds}
    step = reading.schedule.step_of(time)
    values = {name: reading.learned.value[:, reading.trials(kind), step].mean(axis=1) for name, kind in kinds.items()}
    return {name: _INVERSE_TEMPERATURE * value for name, value in values.items()}


def preferred(one: Floats, other: Floats) -> float:
    """Return the chance of choosing one over another, mean over agents."""
    return float((1 / (1 + np.exp(np.clip(other - one, -700, 700)))).mean())
