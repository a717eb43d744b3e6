"""What a task says of work: which actions it is, and how much of it each state has behind it."""

from typing import Any

import numpy as np

from rpe._checks import Bools, Ints


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
