"""Measures of behaviour: when the work is done, how much of it, and the errors at events on the way."""

import numpy as np

from rpe._checks import Floats, instance
from rpe.measures._records import Record, summary
from rpe.measures.solutions import Exact
from rpe.simulate import History
from rpe.tasks import TabulatedTask


def procrastination_index(
    record: Record | Exact, *, task: TabulatedTask | None = None, n_units: int | None = None
) -> Floats:
    """Return the procrastination index, the mean time at which a unit is done; undone counts as 1.

    PI = 1 − (1/NT) Σ_t n_t, with n_t the units done before step t: the area above the curve of
    progress. Working without a stop gives (N + 1) / 2T; doing nothing gives 1. It is the sum of
    `delay` and `undone`, which say whether work is late or never done.

    Parameters
    ----------
    record : History, Exact, choices or work over time
        Of a task with units of work: what `rpe.simulate.run` or `exact` returned, a record with
        `state` and `action`, or one with `units`.
    task : TabulatedTask, optional
        What choices are about; needed for them.
    n_units : int, optional
        How many units were to be done; needed for work over time.

    Returns
    -------
    float array
        (n_agents, n_trials) of a history or of choices, (n_agents,) of an exact solution, and
        (n_subjects,) of work over time, NaN if days are missing.

    Raises
    ------
    TypeError, ValueError
        If the record is none of these, the task has no units, or no trials were recorded.

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Exponential(0.95), inverse_temperature=float("inf"))
    >>> history = rpe.simulate.run(planner, rpe.tasks.monolithic(distraction=0.0), n_trials=2, rng=0)
    >>> procrastination_index(history)
    array([[0.175, 0.175]])
    """
    if isinstance(record, Exact):
        return record.procrastination_index
    found = summary(record, task, n_units)
    return 1.0 - found.unit_steps / (found.n_units * found.n_steps)


def delay(record: Record | Exact, *, task: TabulatedTask | None = None, n_units: int | None = None) -> Floats:
    """Return the part of the procrastination index that is delay: when the units that are done are done.

    (1/NT) Σ over units that are done of the step by which they are. Parameters, shape and errors as
    `procrastination_index`, which is `delay` + `undone`, exactly.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0)
    >>> found = rpe.measures.delay(history)
    >>> found.shape, float(np.nanmean(found).round(2))
    ((200, 2), 0.38)
    """
    if isinstance(record, Exact):
        return record.delay
    found = summary(record, task, n_units)
    whole = found.n_units * found.n_steps
    return (found.units * found.n_steps - found.unit_steps) / whole


def undone(record: Record | Exact, *, task: TabulatedTask | None = None, n_units: int | None = None) -> Floats:
    """Return the part of the procrastination index that is left undone: the share of units never done.

    Parameters, shape and errors as `procrastination_index`.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0)
    >>> found = rpe.measures.undone(history)
    >>> found.shape, float(np.nanmean(found).round(2))
    ((200, 2), 0.01)
    """
    if isinstance(record, Exact):
        return record.undone
    found = summary(record, task, n_units)
    return 1.0 - found.units / found.n_units


def completion_probability(
    record: Record | Exact, *, task: TabulatedTask | None = None, n_units: int | None = None
) -> Floats:
    """Return 1 where every unit was done in time, else 0: a mean is a probability.

    Parameters, shape and errors as `procrastination_index`.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0)
    >>> found = rpe.measures.completion_probability(history)
    >>> found.shape, float(np.nanmean(found).round(2))
    ((200, 2), 0.99)
    """
    if isinstance(record, Exact):
        return record.completion_probability
    time = summary(record, task, n_units).completion_time
    return np.where(np.isnan(time), np.nan, time >= 0)


def completion_time(record: Record | Exact, *, task: TabulatedTask | None = None, n_units: int | None = None) -> Floats:
    """Return the step by which the last unit was done; NaN if it never was.

    Parameters, shape and errors as `procrastination_index`.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0)
    >>> found = rpe.measures.completion_time(history)
    >>> found.shape, float(np.nanmean(found).round(2))
    ((200, 2), 6.26)
    """
    if isinstance(record, Exact):
        return record.completion_time
    time = summary(record, task, n_units).completion_time
    return np.where(time >= 0, time, np.nan)


def start_latency(record: Record | Exact, *, task: TabulatedTask | None = None, n_units: int | None = None) -> Floats:
    """Return the share of the time that passed before the first work; never is 1.

    Parameters, shape and errors as `procrastination_index`.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0)
    >>> found = rpe.measures.start_latency(history)
    >>> found.shape, float(np.nanmean(found).round(2))
    ((200, 2), 0.15)
    """
    if isinstance(record, Exact):
        return record.start_latency
    found = summary(record, task, n_units)
    return found.start_time / found.n_steps


def rush(record: Record | Exact, *, task: TabulatedTask | None = None, n_units: int | None = None) -> Floats:
    """Return the share of the work done in the last 20 % of the time; NaN if none was.

    Parameters, shape and errors as `procrastination_index`.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0)
    >>> found = rpe.measures.rush(history)
    >>> found.shape, float(np.nanmean(found).round(2))
    ((200, 2), 0.04)
    """
    if isinstance(record, Exact):
        return record.rush
    found = summary(record, task, n_units)
    return _share(found.units_late, found.units)


def last_third_share(
    record: Record | Exact, *, task: TabulatedTask | None = None, n_units: int | None = None
) -> Floats:
    """Return the share of the work done in the last third of the time; NaN if none was.

    Parameters, shape and errors as `procrastination_index`.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0)
    >>> found = rpe.measures.last_third_share(history)
    >>> found.shape, float(np.nanmean(found).round(2))
    ((200, 2), 0.09)
    """
    if isinstance(record, Exact):
        return record.last_third_share
    found = summary(record, task, n_units)
    return _share(found.units_last_third, found.units)


def event_errors(history: History) -> dict[str, Floats]:
    """Return the mean prediction error of the agents at the events of each trial.

    Parameters
    ----------
    history : History
        Of a task with units of work.

    Returns
    -------
    dict
        "cue" (start of the trial), "sub-goal" (any but the last) and "goal", each (n_trials,), in
        reward units; NaN where the event did not happen.

    Raises
    ------
    ValueError
        If the task has no units.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=4, deadline=12, reward=20)
    >>> history = rpe.simulate.run(rpe.agents.QLearner(), task, n_agents=50, n_trials=20, rng=0, record="all")
    >>> {name: errors.shape for name, errors in rpe.measures.event_errors(history).items()}
    {'cue': (20,), 'sub-goal': (20,), 'goal': (20,)}
    """
    curves = instance("history", history, History).curves
    if curves.sub_goal_error is None or curves.goal_error is None:
        raise ValueError("history must be of a task with units of work; this one is not")
    return {"cue": curves.delta_mean[:, 0], "sub-goal": curves.sub_goal_error, "goal": curves.goal_error}


def _share(part: Floats, whole: Floats) -> Floats:
    return np.asarray(part / np.where(whole > 0, whole, np.nan))
