"""TD(0) with options for one agent, compiled or on plain numbers; the rule is `rpe.theories.ChoiceErrors`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import math
from typing import Any

import numpy as np

from rpe._checks import Floats, Ints
from rpe.schedules import Schedule
from rpe.theories._fast.compiling import compiled, held, zeros

RULES = ("sarsa", "q_learning", "value")


def alone(
    schedule: Schedule, states: Ints, rule: str, learning_rate: float, discount: float, inverse_temperature: float
) -> tuple[Floats, Floats, Floats]:
    """Return errors and values, (n_trials, n_steps) each, and weights.

    Parameters
    ----------
    schedule : Schedule
    states : int array (n_trials, n_steps, n_stimuli)
        The state of each stimulus; −1 for none.
    rule : {"sarsa", "q_learning", "value"}
    learning_rate, discount, inverse_temperature : float
    """
    w: Any = zeros(len(schedule.stimuli) * schedule.n_steps)
    delta, value = np.empty((2, *schedule.reward.shape))
    does = schedule.does
    told = tuple(
        held(each) for each in (states, does.chosen, does.offered, schedule.reward + schedule.pulse, schedule.learning)
    )
    _run(told, (RULES.index(rule), learning_rate, discount, inverse_temperature), w, delta, value)
    return delta, value, np.asarray(w)


@compiled
def _run(told, settings, w, delta, value):
    """Run through all steps; weights, errors and values are filled in."""
    states, choices, offered, income, learning = told
    rule, rate, discount, inverse_temperature = settings
    n_steps = len(income[0])
    for trial in range(len(income)):
        for step in range(n_steps):
            worth, before = 0.0, 0.0
            for state in states[trial][step]:
                if state >= 0:
                    worth += w[state]
            chosen = choices[trial][step]
            if chosen >= 0:
                taken = w[chosen * n_steps]
                stands = _worth(rule, taken, offered[trial][step], n_steps, inverse_temperature, w)
                worth = worth - taken + stands
            if step > 0:
                for state in states[trial][step - 1]:
                    if state >= 0:
                        before += w[state]
            error = income[trial][step] + discount * worth - before
            delta[trial][step] = error
            value[trial][step] = worth
            if learning[trial][step] and step > 0:
                for state in states[trial][step - 1]:
                    if state >= 0:
                        w[state] += rate * error


@compiled
def _worth(rule, taken, offered, n_steps, inverse_temperature, w):
    """What stands for options: the value of the one that is taken, the best, or their mean by how often they are."""
    if rule == 0:
        return taken
    best = -math.inf
    for option in range(len(offered)):
        if offered[option]:
            best = max(best, w[option * n_steps])
    if rule == 1:
        return best
    odds, weighed = 0.0, 0.0
    for option in range(len(offered)):
        if offered[option]:
            odd = math.exp(inverse_temperature * (w[option * n_steps] - best))
            odds += odd
            weighed += odd * w[option * n_steps]
    return weighed / odds
