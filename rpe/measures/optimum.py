"""Regret: how much less was earned than could be."""

from typing import Any

import numpy as np

from rpe._checks import Floats
from rpe.agents import Planner
from rpe.discounting import Exponential
from rpe.measures._records import trials_of
from rpe.measures.solutions import exact
from rpe.simulate import History


def regret(history: History, env: Any = None) -> Floats:
    """Return the regret of each trial, what the best policy earns in expectation less what was earned.

    Earned is reward − effort, undiscounted; the best policy knows the tables and the steps of a trial.

    Parameters
    ----------
    history : History
        With its trials.
    env : TabulatedTask or gymnasium.Env, optional
        What to read the tables from; by default what was played.

    Returns
    -------
    float array (n_agents, n_trials)
        In reward units; its mean is never below 0 but for chance.

    Raises
    ------
    TypeError, ValueError
        If there are no tables, or trials were not recorded.

    Examples
    --------
    >>> import rpe
    >>> history = rpe.simulate.run(rpe.agents.QLearner(), rpe.tasks.bandit([0.0, 1.0]), n_trials=4, rng=0)
    >>> bool((regret(history) == 1 - history.trials.reward).all())
    True
    """
    from rpe import envs

    trials = trials_of(history)
    played = getattr(history.task, "env", history.task) if env is None else env
    longest = envs.as_task(played).n_steps if not hasattr(played, "tables") else None
    task = envs.tabulate(played, None if longest else history.n_steps)
    best = Planner(Exponential(1.0), inverse_temperature=np.inf)
    found = exact(best, task, n_steps=min(history.n_steps, task.n_steps))
    return np.asarray(found.reward[0] - found.effort[0] - (trials.reward - trials.effort))
