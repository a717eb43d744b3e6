"""Other distractions beside the goal task: one that pays by chance, and wins that lead nowhere."""

from __future__ import annotations

import numpy as np

from rpe._checks import scalar
from rpe.tasks.goal_task import DISTRACT, GoalTask
from rpe.tasks.tables import Tables
from rpe.tasks.variant import Variant, checked_base, full_tables, root_of, with_event


def variable_distraction(task: GoalTask | Variant, probability: float) -> Variant:
    """Return the task with variable distraction, which pays d/p with probability p, and nothing otherwise.

    Its mean is that of the steady distraction, so that an exact planner with a risk-neutral utility
    does the same: what changes is the error that each step brings.

    Parameters
    ----------
    task : GoalTask or Variant
    probability : float
        p in (0, 1].

    Raises
    ------
    TypeError, ValueError
        For another task, or a probability out of range.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.variable_distraction(rpe.tasks.monolithic(), probability=0.25)
    >>> task.tables.reward[:, 0, 0], task.tables.outcome_probability[:, 0, 0]
    (array([8., 0.]), array([0.25, 0.75]))
    """
    base = checked_base(task)
    p = scalar("probability", probability, 0, 1, open_low=True)
    tables = full_tables(base)
    d = root_of(base).distraction
    n = len(tables.next_state)
    twice = with_event(tables, p)
    twice.reward[:n, :, DISTRACT] += d * (1 / p - 1)
    twice.reward[n:, :, DISTRACT] -= d
    return Variant(base, twice, change="variable_distraction")


def off_path_wins(task: GoalTask | Variant, size: float) -> Variant:
    """Return the task with off-path wins: one more action, "tick", that pays a small win and leads nowhere.

    A step of ticking passes the time as a step of distraction does, and pays `size` in its place.

    Parameters
    ----------
    task : GoalTask or Variant
    size : float
        Of the win, reward units.

    Raises
    ------
    TypeError, ValueError
        For another task, or a size that is no number.

    References
    ----------
    Andersen, E. et al. (2011). On the harmfulness of secondary game objectives. Foundations of
    Digital Games, 30-37. doi:10.1145/2159365.2159370

    Examples
    --------
    >>> import rpe
    >>> rpe.tasks.off_path_wins(rpe.tasks.monolithic(), size=3.0).action_names
    ('distract', 'work', 'tick')
    """
    base = checked_base(task)
    size = scalar("size", size)
    d = root_of(base).distraction
    more = {
        name: np.concatenate([array, array[..., DISTRACT : DISTRACT + 1]], axis=-1)
        for name, array in full_tables(base)._asdict().items()
    }
    more["reward"][..., -1] += size - d
    return Variant(base, Tables(**more), new_action="tick", change="off_path_wins")
