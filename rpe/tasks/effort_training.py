"""Effort training: effort that is followed by reward, or not, with or without something else to do."""

import numpy as np

from rpe._checks import count, scalar
from rpe.tasks.table_task import TableTask
from rpe.tasks.tables import Tables


def paid_effort(
    effort: float, reward: float, probability: float = 1.0, *, rest: float | None = None, n_steps: int = 1
) -> TableTask:
    """Return effort training: work that costs an effort and is rewarded by chance, beside rest, or alone.

    With work alone all agents get the same training, whatever they prefer; without effort it is reward for nothing,
    without reward unpaid effort: the controls. With rest it is a choice by demand, as after training.

    Parameters
    ----------
    effort : float
        Of a step of work, ≥ 0, reward units.
    reward : float
        What work brings, reward units.
    probability : float
        How likely, in [0, 1].
    rest : float, optional
        What a step of rest brings, action 0 beside work; by default there is no rest.
    n_steps : int
        Steps per trial, at least 1.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range.

    References
    ----------
    Eisenberger, R. (1992). Learned industriousness. Psychological Review 99(2), 248-267.
    doi:10.1037/0033-295X.99.2.248 (from memory)
    Clay, G., Mlynski, C., Korb, F. M., Goschke, T. & Job, V. (2022). Rewarding cognitive effort increases the
    intrinsic value of mental labor. PNAS 119(5), e2111785119. doi:10.1073/pnas.2111785119 (abstract)

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.paid_effort(3.0, reward=2.0, probability=0.5)
    >>> task.tables.effort.item(), task.tables.reward.ravel()
    (3.0, array([2., 0.]))
    >>> rpe.tasks.paid_effort(3.0, reward=2.0, rest=0.5).action_names
    ('rest', 'work')
    """
    p, effort = scalar("probability", probability, 0, 1), scalar("effort", effort, 0)
    pays = [scalar("reward", reward)] if rest is None else [scalar("rest", rest), scalar("reward", reward)]
    n = len(pays)
    second = np.array(pays)
    second[-1] = 0.0
    tables = Tables(
        next_state=np.zeros((2, 1, n), dtype=np.int64),
        outcome_probability=np.array([p, 1 - p])[:, None, None],
        reward=np.stack([pays, second])[:, None, :],
        effort=np.array([0.0, effort][-n:]).reshape(1, 1, n),
        terminated=np.zeros((1, 1, 1), dtype=np.bool_),
        available=np.ones((1, n), dtype=np.bool_),
    )
    return TableTask(tables, count("n_steps", n_steps), action_names=("rest", "work")[-n:], work_actions=(n - 1,))
