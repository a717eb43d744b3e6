"""Single cells of a theory: their errors on a schedule."""

import numpy as np

from rpe._checks import Floats
from rpe.schedules import Schedule
from rpe.theories import Theory
from rpe.theories.protocol import WithCells


def cells(theory: Theory, schedule: Schedule, rng: np.random.Generator) -> Floats | None:
    """Return the errors of single cells, (n_cells, n_trials, n_steps), in reward units; None for a theory without."""
    if not isinstance(theory, WithCells):
        return None
    return np.asarray(theory.with_cells().learn(schedule, rng).more["cells"])
