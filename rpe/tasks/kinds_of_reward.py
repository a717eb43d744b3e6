"""Kinds of reward: food, company or completion, which differ in size, delay and chance."""

import numpy as np
import numpy.typing as npt

from rpe._checks import between, count, indices
from rpe.tasks.table_task import TableTask
from rpe.tasks.tables import Tables

_LONGEST = 1000


def reward_kinds(
    amounts: npt.ArrayLike,
    delays: npt.ArrayLike | None = None,
    probabilities: npt.ArrayLike | None = None,
    *,
    offered: npt.ArrayLike | None = None,
    n_steps: int = 1,
) -> TableTask:
    """Return a choice among kinds of reward: action k brings kind k after its delay, and then all are offered again.

    While a reward is on its way there is nothing else to do: a choice of a delay d takes 1 + d steps.

    Parameters
    ----------
    amounts : float array (n_kinds,)
        What each kind brings, reward units.
    delays : int array (n_kinds,), optional
        Steps of waiting before it comes, from 0 to 1000; none by default.
    probabilities : float array (n_kinds,), optional
        How likely it comes; sure by default.
    offered : bool array (n_kinds,), optional
        Which kinds there are; all by default. With one of them alone, that kind is fed.
    n_steps : int
        Steps per trial, at least 1.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range, arrays of different lengths, or no kind that is offered.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.reward_kinds([3.0, 1.0], delays=[2, 0])
    >>> task.n_states, task.tables.next_state[0, :, 0].tolist()      # two steps of waiting
    (3, [1, 2, 0])
    >>> task.tables.available.tolist()
    [[True, True], [True, False], [True, False]]
    """
    sizes = between("amounts", amounts)
    if sizes.ndim != 1:
        raise ValueError(f"amounts must have shape (n_kinds,); got {sizes.shape}")
    n = len(sizes)
    waits = np.zeros(n, dtype=np.int64) if delays is None else indices("delays", delays, _LONGEST + 1, (n,))
    chance = np.ones(n) if probabilities is None else between("probabilities", probabilities, 0, 1)
    there = np.ones(n, dtype=np.bool_) if offered is None else np.asarray(offered)
    for name, array in (("probabilities", chance), ("offered", there)):
        if array.shape != (n,):
            raise ValueError(f"{name} must have shape ({n},), one entry a kind; got {array.shape}")
    if there.dtype != np.bool_ or not there.any():
        raise ValueError(f"offered must be true or false, and true of one kind at least; got {there.tolist()}")
    # State 0 is the choice; those of waiting follow, kind by kind, the first step of each first.
    kind, left = np.repeat(np.arange(n), waits), np.concatenate([np.arange(w, 0, -1) for w in waits])
    state = np.arange(1, 1 + len(kind))
    following, pays = np.zeros((1 + len(kind), n), dtype=np.int64), np.zeros((1 + len(kind), n))
    first = 1 + np.cumsum(waits) - waits
    following[0], pays[0] = np.where(waits > 0, first, 0), np.where(waits > 0, 0.0, sizes)
    following[state, kind], pays[state, kind] = np.where(left > 1, state + 1, 0), np.where(left > 1, 0.0, sizes[kind])
    available = np.zeros(pays.shape, dtype=np.bool_)
    available[0], available[state, kind] = there, True
    tables = Tables(
        next_state=np.stack([following, following]),
        outcome_probability=np.broadcast_to(np.stack([chance, 1 - chance])[:, None, :], (2, *pays.shape)).copy(),
        reward=np.stack([pays, np.zeros(pays.shape)]),
        effort=np.zeros((1, 1, 1)),
        terminated=np.zeros((1, 1, 1), dtype=np.bool_),
        available=available,
    )
    return TableTask(tables, count("n_steps", n_steps))
