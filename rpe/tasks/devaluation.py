"""Outcome devaluation: a lever whose outcome loses its value."""

import numpy as np

from rpe._checks import count, scalar
from rpe.tasks.table_task import TableTask
from rpe.tasks.tables import Tables


def lever(outcome: float = 1.0, other: float = 0.25, n_steps: int = 1) -> TableTask:
    """Return a devaluation task: a lever that brings an outcome, beside something else to do.

    Train on `lever(outcome=1)`, then let the same memory choose on `lever(outcome=0)` without learning,
    or with it: what is pressed for its consequences stops, what is pressed out of habit goes on.

    Parameters
    ----------
    outcome : float
        What pressing brings, reward units.
    other : float
        What doing something else brings.
    n_steps : int
        Choices per trial, at least 1.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range.

    References
    ----------
    Adams, C. D. (1982). Variations in the sensitivity of instrumental responding to reinforcer
    devaluation. Quarterly Journal of Experimental Psychology B 34, 77-98.
    doi:10.1080/14640748208400878

    Examples
    --------
    >>> import rpe
    >>> rpe.tasks.lever().tables.reward
    array([[[1.  , 0.25]]])
    """
    pays = np.array([scalar("outcome", outcome), scalar("other", other)]).reshape(1, 1, 2)
    tables = Tables(
        next_state=np.zeros((1, 1, 2), dtype=np.int64),
        outcome_probability=np.ones((1, 1, 1)),
        reward=pays,
        effort=np.zeros((1, 1, 1)),
        terminated=np.zeros((1, 1, 1), dtype=bool),
        available=np.ones((1, 2), dtype=bool),
    )
    return TableTask(tables, count("n_steps", n_steps))
