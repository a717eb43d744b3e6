"""Linear TD(λ) of theories, step by step: in continuous time, and where dopamine is manipulated."""

import numpy as np

from rpe._checks import Floats, agent_count
from rpe.schedules import Schedule
from rpe.td._inputs import Kinds
from rpe.td.errors import td_error
from rpe.td.step_by_step import Rule, next_trace
from rpe.theories._manipulated import Manipulated
from rpe.theories.protocol import Learned


def run_on(x: Kinds, schedule: Schedule, rule: Rule, cells: Floats | None = None) -> Learned:
    """Learn step by step; in continuous time gaps, in which no feature is on, are passed in closed form.

    `cells` are the numbers by which manipulations choose agents, where those are cells.
    """
    n = agent_count(learning_rate=rule.learning_rate, discount=rule.discount, trace_decay=rule.trace_decay)
    w, e, old = np.zeros((x.shape[2], n)), np.zeros((x.shape[2], n)), np.zeros(n)
    change = Manipulated(schedule, cells)
    income, gaps = (schedule.reward + schedule.pulse).tolist(), np.round(schedule.gap / schedule.dt)
    delta, value = np.empty((2, *x.shape[:2], n))
    for trial, learns in enumerate(schedule.learning.tolist()):
        if rule.reset:
            e, old = np.zeros_like(e), np.zeros(n)
        for step, now in enumerate(x[trial]):
            v = np.maximum(now @ w, rule.value_floor)
            error = change(td_error(income[trial][step], old, v, rule.discount), trial, step)
            delta[trial, step], value[trial, step] = error, v
            if learns[step]:
                w += (rule.learning_rate * error) * e
            e = next_trace(e, now[:, None], rule)
            old = np.maximum(now @ w, rule.value_floor) if rule.bootstrap == "updated" else v
        if gaps[trial] and not rule.reset:
            if learns[-1]:
                # Nothing is on in a gap, so its value is 0; the error falls into its first step.
                w += (rule.learning_rate * td_error(0.0, old, 0.0, rule.discount)) * e
            e, old = e * rule.decay ** gaps[trial], np.zeros(n)
    return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), {"weights": w.T})
