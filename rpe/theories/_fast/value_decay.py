"""Value decay for one agent whose values all decay alike; the rule is `rpe.theories.ValueDecayTD`."""

import numpy as np

from rpe._checks import Floats
from rpe.schedules import Schedule

# Weights are rescaled before the common factor leaves the range of floating-point numbers.
_SMALLEST = 1e-100


def alone(
    x: Floats, schedule: Schedule, rate: float, discount: float, keep: float
) -> tuple[Floats, Floats, dict[str, Floats]]:
    """Return errors and values, (1, n_trials, n_steps), and the weights.

    As all values decay by the same factor in a step, weights are kept undecayed beside one common
    factor, and a step costs as much as there are features on, not as there are features.
    """
    w, scale = [0.0] * x.shape[2], 1.0
    delta, value = np.empty((2, 1, *x.shape[:2]))
    for trial, income in enumerate((schedule.reward + schedule.pulse).tolist()):
        on = _on(x[trial])
        before: list[tuple[int, float]] = []
        errors, values = [], []
        for reward, learns, now in zip(income, schedule.learning[trial].tolist(), on, strict=True):
            v = old = 0.0
            for place, level in now:
                v += level * w[place]
            for place, level in before:
                old += level * w[place]
            error = reward + (discount * v - old) * scale
            errors.append(error)
            values.append(v * scale)
            if learns:
                for place, level in before:
                    w[place] += level * rate * error / scale
                scale *= keep
            before = now
        if scale < _SMALLEST:
            w, scale = [weight * scale for weight in w], 1.0
        delta[0, trial], value[0, trial] = errors, values
    return delta, value, {"weights": scale * np.array(w)[None]}


def _on(x: Floats) -> list[list[tuple[int, float]]]:
    """The features that are on in each step, with their levels."""
    on: list[list[tuple[int, float]]] = [[] for _ in x]
    steps, places = np.nonzero(x)
    for step, place, level in zip(steps.tolist(), places.tolist(), x[steps, places].tolist(), strict=True):
        on[step].append((place, level))
    return on
