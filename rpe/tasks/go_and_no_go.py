"""Go and no-go to win and to avoid punishment: four cues, and two things to do."""

import numpy as np

from rpe._checks import scalar
from rpe.tasks.table_task import TableTask
from rpe.tasks.tables import Tables


def go_no_go(valid: float = 0.8) -> TableTask:
    """Return the orthogonalised go/no-go task: go to win, go to avoid, no-go to win, no-go to avoid.

    States 0 to 3 are the four cues in that order, each as likely in a trial; action 1 is go. The right
    action brings the better outcome (1 of 1 and 0, or 0 of 0 and −1) with probability `valid`, the
    wrong one with 1 − `valid`.

    Parameters
    ----------
    valid : float
        In [0, 1].

    Raises
    ------
    TypeError, ValueError
        For a number outside [0, 1].

    References
    ----------
    Guitart-Masip, M. et al. (2012). Go and no-go learning in reward and punishment: interactions between
    affect and effect. NeuroImage 62(1), 154-166. doi:10.1016/j.neuroimage.2012.04.024

    Examples
    --------
    >>> task = go_no_go()
    >>> task.tables.outcome_probability[0, :4, 1].round(1)      # the better outcome, having gone
    array([0.8, 0.8, 0.2, 0.2])
    """
    valid = scalar("valid", valid, 0, 1)
    right = np.array([1, 1, 0, 0, 0])[:, None] == np.arange(2)
    better = np.where(right, valid, 1 - valid)
    win = np.array([1.0, 0.0, 1.0, 0.0, 0.0])[:, None] * np.ones(2)
    worse = np.array([0.0, -1.0, 0.0, -1.0, 0.0])[:, None] * np.ones(2)
    tables = Tables(
        next_state=np.full((2, 5, 2), 4),
        outcome_probability=np.stack([better, 1 - better]),
        reward=np.stack([win, worse]),
        effort=np.zeros((1, 1, 1)),
        terminated=np.ones((1, 1, 1), dtype=np.bool_),
        available=np.ones((5, 2), dtype=np.bool_),
    )
    return TableTask(tables, 1, [0.25, 0.25, 0.25, 0.25, 0.0], action_names=("no-go", "go"))
