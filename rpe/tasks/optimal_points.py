"""Optimal points: a short-sighted worker does what a far-sighted one would."""

import numpy as np

from rpe._checks import Floats, scalar
from rpe.tasks.table_task import TableTask
from rpe.tasks.tabulated import TabulatedTask


def optimal_value(task: TabulatedTask, discount: float) -> Floats:
    """Return what each state is worth to a far-sighted worker, V* = max E[u + γ V*(s′)], by value iteration.

    Parameters
    ----------
    task : TabulatedTask
    discount : float
        γ in [0, 1); or 1 for a task whose trials end whatever is done.

    Returns
    -------
    float array (n_states,)
        In reward units, with u = reward + points − effort.

    Raises
    ------
    TypeError, ValueError
        For a task without tables, γ out of range, or values that never settle.

    Examples
    --------
    >>> import rpe
    >>> float(rpe.tasks.optimal_value(rpe.tasks.ToDoList(), discount=1.0)[0].round(2))
    17.5
    """
    if not isinstance(task, TabulatedTask):
        raise TypeError(f"task must be a task with tables; got {type(task).__name__}")
    gamma = scalar("discount", discount, 0, 1)
    tables = task.tables
    shape = tables.next_state.shape
    chance = np.broadcast_to(tables.outcome_probability, shape)
    utility = np.broadcast_to(tables.reward + tables.points - tables.effort, shape)
    income = (chance * utility).sum(axis=0)
    on = gamma * chance * ~np.broadcast_to(tables.terminated, shape)
    value = np.zeros(task.n_states)
    for _ in range(100_000):
        q = income + (on * value[tables.next_state]).sum(axis=0)
        found = np.where(tables.available, q, -np.inf).max(axis=1)
        if np.abs(found - value).max() <= 1e-13 * max(1.0, np.abs(found).max()):
            return found
        value = found
    raise ValueError(f"discount must be below 1 for a task whose trials need not end; got {discount!r}")


def with_optimal_points(task: TabulatedTask, discount: float) -> TableTask:
    """Return the task with optimal points, which tell at once what an action does to the future.

        f(s, a) = u + γ V*(s′) − V*(s)

    The points γ V*(s′) − V*(s) come on top of utility; they are potential-based, so that nothing is
    changed for whoever looks ahead with the same γ, and the best action is now best at once: it
    brings 0, every other one less.

    Parameters
    ----------
    task : TabulatedTask
    discount : float
        As in `optimal_value`.

    Raises
    ------
    TypeError, ValueError
        As `optimal_value`.

    References
    ----------
    Lieder, F., Chen, O. X., Krueger, P. M. & Griffiths, T. L. (2019). Cognitive prostheses for goal
    achievement. Nature Human Behaviour 3, 1096-1106. doi:10.1038/s41562-019-0672-9
    Ng, A. Y., Harada, D. & Russell, S. (1999). Policy invariance under reward transformations.
    ICML 16, 278-287, Theorem 1.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.with_optimal_points(rpe.tasks.ToDoList(), discount=1.0)
    >>> utility = (task.tables.reward + task.tables.points - task.tables.effort)[0, 0]
    >>> float(abs(utility.max()).round(9)), int(utility.argmin())      # stopping is worst
    (0.0, 5)
    """
    value = optimal_value(task, discount)
    tables = task.tables
    shape = tables.next_state.shape
    ahead = np.where(np.broadcast_to(tables.terminated, shape), 0.0, value[tables.next_state])
    points = np.broadcast_to(tables.points, shape) + discount * ahead - value[:, None]
    return TableTask(
        tables._replace(points=points),
        task.n_steps,
        task.initial_probability,
        task.layer_size,
        action_names=task.action_names,
        work_actions=task.work_actions,
    )
