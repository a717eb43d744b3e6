"""Measures of simulated behaviour: when the work is done, how much of it, and what it brings."""

from typing import Any

import numpy as np

from rpe._checks import Floats
from rpe.simulate import History, Trials


def procrastination_index(history: History) -> Floats:
    """Return the mean time at which a unit is done, as a share of the time; undone counts as 1.

    PI = 1 − (1/NT) Σ_t n_t, with n_t the units done before step t: the area above the curve of
    progress. Working without a stop gives (N + 1) / 2T; doing nothing gives 1.

    Parameters
    ----------
    history : History
        Of a task with units of work.

    Returns
    -------
    float array (n_agents, n_trials)

    Raises
    ------
    ValueError
        If the task has no units, or no trials were recorded.

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Exponential(0.95), inverse_temperature=float("inf"))
    >>> history = rpe.simulate.run(planner, rpe.tasks.monolithic(distraction=0.0), n_trials=2, rng=0)
    >>> procrastination_index(history)
    array([[0.175, 0.175]])
    """
    trials = _progress(history)
    return 1.0 - trials.unit_steps / (history.task.n_units * history.n_steps)


def completion_probability(history: History) -> Floats:
    """Return 1 where every unit was done in time, else 0, (n_agents, n_trials): a mean is a probability."""
    return (_progress(history).completion_time >= 0).astype(np.float64)


def completion_time(history: History) -> Floats:
    """Return the step by which the last unit was done, (n_agents, n_trials); NaN if it never was."""
    time = _progress(history).completion_time
    return np.where(time >= 0, time, np.nan)


def start_latency(history: History) -> Floats:
    """Return the share of the time that passed before the first work, (n_agents, n_trials); never is 1."""
    return np.asarray(_progress(history).start_time / history.n_steps)


def rush(history: History) -> Floats:
    """Return the share of the work done in the last 20 % of the time, (n_agents, n_trials); NaN if none was."""
    trials = _progress(history)
    return _share(trials.units_late, trials.units)


def last_third_share(history: History) -> Floats:
    """Return the share of the work done in the last third of the time, (n_agents, n_trials); NaN if none was."""
    trials = _progress(history)
    return _share(trials.units_last_third, trials.units)


def welfare(history: History) -> Floats:
    """Return what was received minus what was spent, undiscounted, (n_agents, n_trials), in reward units."""
    trials = _trials(history)
    return trials.reward - trials.effort


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
    """
    curves = history.curves
    if curves.sub_goal_error is None or curves.goal_error is None:
        raise ValueError("history must be of a task with units of work; this one is not")
    return {"cue": curves.delta_mean[:, 0], "sub-goal": curves.sub_goal_error, "goal": curves.goal_error}


def _trials(history: History) -> Trials:
    if not isinstance(history, History):
        raise TypeError(f"history must be a History of rpe.simulate.run; got {type(history).__name__}")
    if history.trials is None:
        raise ValueError("history must hold its trials; it was recorded with record='summary'")
    return history.trials


def _progress(history: History) -> Any:
    trials = _trials(history)
    if trials.units is None:
        raise ValueError("history must be of a task with units of work; this one is not")
    return trials


def _share(part: Any, whole: Any) -> Floats:
    return np.asarray(part / np.where(whole > 0, whole, np.nan))
