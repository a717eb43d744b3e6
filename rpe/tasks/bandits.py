"""Bandits: one choice a trial, and a reward by chance."""

import numpy as np
import numpy.typing as npt

from rpe._checks import between, hinting, scalar
from rpe.tasks.table_task import TableTask
from rpe.tasks.tables import Tables


@hinting
def bandit(probabilities: npt.ArrayLike, reward: float = 1.0) -> TableTask:
    """Return a multi-armed bandit: one state, and a reward by chance; a trial is one choice.

    Parameters
    ----------
    probabilities : float array (n_arms,)
        Probability of reward of each arm.
    reward : float
        Its size, in reward units.

    Raises
    ------
    TypeError, ValueError
        For probabilities outside [0, 1], or no arm.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.bandit([0.2, 0.8])
    >>> task.n_actions, task.n_states
    (2, 1)
    """
    chance = between("probabilities", probabilities, 0, 1)
    if chance.ndim != 1 or chance.size == 0:
        raise ValueError(f"probabilities must have shape (n_arms,); got {chance.shape}")
    pays = np.array([scalar("reward", reward), 0.0])[:, None, None]
    tables = Tables(
        next_state=np.zeros((2, 1, chance.size), dtype=np.int64),
        outcome_probability=np.stack([chance, 1 - chance])[:, None, :],
        reward=pays,
        effort=np.zeros((1, 1, 1)),
        terminated=np.ones((1, 1, 1), dtype=np.bool_),
        available=np.ones((1, chance.size), dtype=np.bool_),
    )
    return TableTask(tables, n_steps=1)
