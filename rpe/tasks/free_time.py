"""Volatile free time: steps in which no work is possible, that come and go in spells."""

from __future__ import annotations

from typing import Any

import numpy as np

from rpe._checks import scalar
from rpe.tasks.goal_task import WORK, GoalTask
from rpe.tasks.tables import Tables
from rpe.tasks.variant import Variant, checked_base, full_tables


def volatile_free_time(task: GoalTask | Variant, share: float, persistence: float = 0.0) -> Variant:
    """Return the task with volatile free time: a step is free or busy, and work is offered in free ones only.

    Whether a step is free is a Markov chain that the agent sees,

        P(free | free before) = p + ρ(1 − p),   P(free | busy before) = p(1 − ρ),

    so that a share p of the steps is free in the long run, and the autocorrelation of free time over
    a lag of n steps is ρⁿ. The first step is free. A busy step passes as one of distraction does.

    Parameters
    ----------
    task : GoalTask or Variant
        Without commitments.
    share : float
        p in (0, 1].
    persistence : float
        ρ in [0, 1): 0 where every step is free or not by itself, near 1 where busy spells are long.

    Returns
    -------
    Variant
        Its states hold whether the step is `busy`, 0 or 1.

    Raises
    ------
    TypeError, ValueError
        For another task, one with commitments, or numbers out of range.

    References
    ----------
    Burger, N., Charness, G. & Lynham, J. (2011). Field and online experiments on self-control.
    Journal of Economic Behavior & Organization 77(3), 393-404. doi:10.1016/j.jebo.2010.11.010

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.volatile_free_time(rpe.tasks.monolithic(), share=0.5, persistence=0.8)
    >>> task.tables.outcome_probability[:, 0, 1]
    array([0.9, 0.1])
    >>> task.tables.available[:2].tolist()
    [[True, True], [True, False]]
    """
    base = checked_base(task)
    if isinstance(base, Variant) and base.layer_size != base.root.layer_size:
        raise ValueError("task must have no commitments or other free time")
    p = scalar("share", share, 0, 1, open_low=True)
    rho = scalar("persistence", persistence, 0, 1, open_high=True)
    tables = full_tables(base)
    free_after = np.array([p + rho * (1 - p), p * (1 - rho)])
    arrays: dict[str, Any] = {name: np.repeat(array, 2, axis=-2) for name, array in tables._asdict().items()}
    busy = np.tile([0, 1], base.n_states)
    arrays["available"][busy == 1, WORK] = False
    twice = {name: array if name == "available" else np.concatenate([array, array]) for name, array in arrays.items()}
    n = len(tables.next_state)
    twice["next_state"] = twice["next_state"] * 2
    twice["next_state"][n:] += 1
    chance = free_after[busy][:, None]
    twice["outcome_probability"][:n] *= chance
    twice["outcome_probability"][n:] *= 1 - chance
    return Variant(base, Tables(**twice), change="volatile_free_time", copies=2, copy_name="busy")
