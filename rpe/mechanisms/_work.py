"""What a task says of work: which actions it is, and how much of it each state has behind it."""

from typing import Any

import numpy as np

from rpe._checks import Bools, Ints


def work_mask(task: Any) -> Bools:
    """Return which actions are work, (n_actions,).

    Raises
    ------
    ValueError
        For a task that declares no work, or nothing else.
    """
    mask: Bools = np.asarray(task.is_work) if getattr(task, "work_actions", ()) else np.zeros(1, dtype=np.bool_)
    if not mask.any() or mask.all():
        raise ValueError(f"task must have actions that are work, and others; got {type(task).__name__}")
    return mask


def work_and_units(task: Any) -> tuple[Bools, Ints]:
    """Return which actions are work, (n_actions,), and the units done in each state, (n_states,).

    Raises
    ------
    ValueError
        For a task that declares no work actions, or whose states have no units.
    """
    parts = task.decode(np.arange(task.n_states)) if getattr(task, "work_actions", ()) else {}
    if "units" not in parts:
        raise ValueError(f"task must have units of work; got {type(task).__name__}")
    return task.is_work, np.asarray(parts["units"])
