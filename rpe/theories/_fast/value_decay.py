"""Value decay for one agent whose values all decay alike, compiled or on plain numbers.

The rule is `rpe.theories.ValueDecayTD`.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from typing import Any

import numpy as np

from rpe._checks import Floats
from rpe.schedules import Schedule
from rpe.td._inputs import Kinds
from rpe.theories._continuous_time import states_of_kinds
from rpe.theories._fast.compiling import compiled, held, zeros
from rpe.theories._trial_level import once

# Weights are rescaled before the common factor leaves the range of floating-point numbers.
_SMALLEST = 1e-100


def alone(
    x: Kinds, schedule: Schedule, rate: float, discount: float, keep: float
) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Return errors and values, (1, n_trials, n_steps), and the weights.

    As all values decay by the same factor in a step, weights are kept undecayed beside one common
    factor, and a step costs as much as there are features on, not as there are features.
    """
    w: Any = zeros(x.shape[2])
    delta, value = np.empty((2, *x.shape[:2]))
    place, level, _, background = once(schedule, "states", "serial_compound", lambda: states_of_kinds(x))
    # Between stimuli nothing is on here.
    places = np.where(place < background - 1, place, -1)
    told = tuple(held(each) for each in (places, level, schedule.reward + schedule.pulse, schedule.learning))
    scale = _run(told, (rate, discount, keep), w, delta, value)
    return delta[None], value[None], {"weights": scale * np.asarray(w)[None]}


@compiled
def _run(told, rule, w, delta, value):
    """Run through all trials; weights without their factor, which is returned, errors and values are filled in."""
    places, levels, income, learning = told
    rate, discount, keep = rule
    scale = 1.0
    n_on = len(places[0][0])
    for trial in range(len(income)):
        for step in range(len(income[trial])):
            v, old = 0.0, 0.0
            for i in range(n_on):
                if places[trial][step][i] >= 0:
                    v += levels[trial][step][i] * w[places[trial][step][i]]
            if step > 0:
                for i in range(n_on):
                    if places[trial][step - 1][i] >= 0:
                        old += levels[trial][step - 1][i] * w[places[trial][step - 1][i]]
            error = income[trial][step] + (discount * v - old) * scale
            delta[trial, step], value[trial, step] = error, v * scale
            if learning[trial][step]:
                if step > 0:
                    for i in range(n_on):
                        place = places[trial][step - 1][i]
                        if place >= 0:
                            w[place] += levels[trial][step - 1][i] * rate * error / scale
                scale *= keep
        if scale < _SMALLEST:
            for i in range(len(w)):
                w[i] *= scale
            scale = 1.0
    return scale
