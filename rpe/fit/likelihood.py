"""Likelihoods: agents replay recorded choices through the same `policy` and `update` that simulate."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.fit.data import Choices

Visitor = Callable[[int, Floats, Ints, Bools], None]


def log_likelihood(agent: Any, task: Any, data: Choices, trials: Any = None) -> Floats:
    """Return the log likelihood of each subject's choices, Σ ln π(a_t | s_t, what was learned before).

    Parameters
    ----------
    agent : Agent
        With one set of parameters, or one per subject.
    task : task
        That was played: `n_states`, `n_actions` and, for a planner, its tables.
    data : Choices
        Of n subjects.
    trials : bool array (n_trials,), optional
        Which trials are scored; all are replayed.

    Returns
    -------
    float array (n_subjects,)
        −∞ where a subject did what the agent never does.

    Raises
    ------
    ValueError
        If the number of agents does not fit, or a recorded state or action is not in the task.

    Examples
    --------
    >>> import rpe
    >>> data = rpe.fit.Choices.of([[0, 1, 1]], [[1.0, 0.0, 1.0]])
    >>> learner = rpe.agents.QLearner(learning_rate=0.5, discount=0.0, inverse_temperature=0.0)
    >>> rpe.fit.log_likelihood(learner, rpe.tasks.bandit([0.5, 0.5]), data).round(4)
    array([-2.0794])
    """
    scored = np.ones(data.action.shape[1]) if trials is None else np.asarray(trials, dtype=np.float64)
    if scored.shape != data.action.shape[1:2]:
        raise ValueError(f"trials must have shape ({data.action.shape[1]},); got {scored.shape}")
    total = np.zeros(data.n_subjects)

    def add(trial: int, probabilities: Floats, action: Ints, chose: Bools) -> None:
        if scored[trial]:
            total[chose] += _logarithm(probabilities[action[chose], np.flatnonzero(chose)])

    replay(agent, task, data, add)
    return total


def replay(agent: Any, task: Any, data: Choices, visit: Visitor, subject: Ints | None = None) -> None:
    """Let agents go through what subjects met and did, and look at every choice before it is learned from.

    Parameters
    ----------
    agent, task, data
        As in `log_likelihood`.
    visit : callable
        Called as `visit(trial, probabilities, action, chose)` for every step: choice probabilities
        (n_actions, n), the recorded actions (n,) (0 where there is none), and where there is one.
    subject : int array (n,), optional
        Whose record each of n agents goes through; by default agent i that of subject i.
    """
    check_fits(task, data)
    rows = data.rows(subject)
    memory = agent.init(task, rows.n)
    start = getattr(agent, "start", None)
    for trial in range(rows.n_trials):
        state = rows.state(trial)
        if start is not None:
            start(memory, state)
        for now in range(rows.n_steps):
            recorded = rows.action(trial, now)
            chose = recorded >= 0
            if not chose.any():
                continue
            everyone = bool(chose.all())
            action = recorded if everyone else np.maximum(recorded, 0)
            visit(trial, agent.policy(memory, state), action, chose)
            step = rows.step(trial, now)
            agent.update(memory, state, action, step, None if everyone else chose)
            state = step.state


def _logarithm(probability: Floats) -> Floats:
    """The logarithm of a probability, −∞ for 0."""
    result = np.full(probability.shape, -np.inf)
    np.log(probability, out=result, where=probability > 0)
    return result


def check_fits(task: Any, data: Choices) -> None:
    """Raise ValueError if a recorded state or action is not in the task."""
    for name, found, size in (
        ("state", data.state, task.n_states),
        ("action", data.action, task.n_actions),
    ):
        if found.max() >= size or (name == "state" and found.min() < 0):
            raise ValueError(f"{name} must lie in [0, {size - 1}], as the task has it; got {found.max()}")
