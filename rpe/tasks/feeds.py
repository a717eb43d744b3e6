"""Distraction by a feed: at each moment it shows something, which is looked at, or work goes on."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, between, choice, count, scalar
from rpe.tasks.table_task import TableTask
from rpe.tasks.tables import Tables

WAYS = ("same", "random", "liked")


def feed(
    likings: npt.ArrayLike,
    shows: str = "random",
    *,
    work: float = 2.0,
    effort: float = 0.0,
    work_probability: float = 1.0,
    look_probability: float = 1.0,
    shares: npt.ArrayLike | None = None,
    n_steps: int = 1,
) -> TableTask:
    """Return a feed beside work: a state is the kind of thing that it shows, of which each brings its own liking.

    A steady feed ("same") shows one kind all through a trial. A variable one ("random") draws the next kind
    whatever was done. One that adapts to the person ("liked") shows the kind again that was looked at, and another
    one after one that was not. As it remembers only what it shows, it is a task like others, with tables.

    Parameters
    ----------
    likings : float array (n_kinds,)
        What a look at each kind brings on average, reward units.
    shows : {"same", "random", "liked"}
        What it shows next.
    work, effort : float
        Mean pay of a step of work, and its effort ≥ 0, reward units.
    work_probability, look_probability : float
        Chances p in (0, 1] with which work and looks pay, by 1/p as much each time.
    shares : float array (n_kinds,), optional
        How often each kind is shown, by "random", and at first by all; all alike by default.
    n_steps : int
        Steps per trial, at least 1.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range, fewer than two kinds that could be shown, or shares that do not sum to 1.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.feed([0.0, 1.0], shows="liked")
    >>> task.action_names, task.n_states
    (('look', 'work'), 2)
    >>> task.tables.next_state[:, 1, 0].tolist()        # what was looked at is shown again
    [1, 1, 1, 1]
    """
    liked = between("likings", likings)
    if liked.ndim != 1:
        raise ValueError(f"likings must have shape (n_kinds,); got {liked.shape}")
    way, n = choice("shows", shows, WAYS), len(liked)
    if way == "liked" and n < 2:
        raise ValueError(f"likings must be of two kinds or more with shows='liked'; got {n}")
    even = np.full(n, 1.0 / n) if shares is None else between("shares", shares, 0, 1)
    if even.shape != (n,) or abs(even.sum() - 1) > 1e-9:
        raise ValueError(f"shares must have shape ({n},) and sum to 1; got {even.tolist()}")
    p_look = scalar("look_probability", look_probability, 0, 1, open_low=True)
    p_work = scalar("work_probability", work_probability, 0, 1, open_low=True)
    following, chance = _shown_next(way, even)
    pays = np.stack([liked / p_look, np.full(n, scalar("work", work) / p_work)], axis=1)
    lucky = np.array([p_look, p_work])
    tables = Tables(
        next_state=np.concatenate([following, following]),
        outcome_probability=np.concatenate([chance * lucky, chance * (1 - lucky)]),
        reward=np.concatenate([np.broadcast_to(pays, following.shape), np.zeros(following.shape)]),
        effort=np.array([0.0, scalar("effort", effort, 0)]).reshape(1, 1, 2),
        terminated=np.zeros((1, 1, 1), dtype=np.bool_),
        available=np.ones((n, 2), dtype=np.bool_),
    )
    return TableTask(tables, count("n_steps", n_steps), even, action_names=("look", "work"), work_actions=(1,))


def _shown_next(way: str, shares: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """The kinds that may come next and how likely, (n_kinds, n_kinds, 2): an outcome each, by state and action."""
    n = len(shares)
    following = np.broadcast_to(np.arange(n)[:, None, None], (n, n, 2)).copy()
    chance = np.broadcast_to(shares[:, None, None], (n, n, 2)).copy()
    if way == "same":
        following[:] = np.arange(n)[None, :, None]
    elif way == "liked":
        following[:, :, 0] = np.arange(n)[None, :]
        # After work, any of the others, as likely as each other.
        chance[:, :, 1] = (1 - np.eye(n)) / (n - 1)
    return following, chance
