"""Starting and staying engaged: a five-minute commitment, interruptions, and a ritual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rpe._checks import Ints, count, scalar, sequence
from rpe.tasks.goal_task import WORK, GoalTask
from rpe.tasks.tables import Tables
from rpe.tasks.variant import Variant, checked_base, full_tables, root_of, with_event


def five_minutes(task: GoalTask | Variant, n_steps: int = 5, *, waived: float = 0.0) -> Variant:
    """Return the task with a commitment, "work a little": to work for a few steps, with no way out.

    Q = −start cost + Σ γⁱ rᵢ + γᵏ max(V of going on, V of stopping): after k steps one is engaged
    and free again.

    Parameters
    ----------
    task : GoalTask or Variant
    n_steps : int
        k, steps that are committed to, at least 1.
    waived : float
        Share of the start-up cost that the commitment takes away, in [0, 1].

    Raises
    ------
    TypeError, ValueError
        For another task, or numbers out of range.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.five_minutes(rpe.tasks.monolithic(), n_steps=3)
    >>> task.action_names, task.decode(task.tables.next_state[0, 0, 2])["committed"]
    (('distract', 'work', 'work a little'), np.int64(2))
    """
    base = checked_base(task)
    k, waived = count("n_steps", n_steps), scalar("waived", waived, 0, 1)
    root = root_of(base)
    tables = full_tables(base)
    known = base.decode(np.arange(base.n_states))
    relief = waived * root.start_cost * (known["engaged"] == 0)
    arrays: dict[str, Any] = {}
    for name, array in tables._asdict().items():
        wide = np.concatenate([array, array[..., WORK : WORK + 1]], axis=-1)
        if name == "effort":
            wide[..., -1] -= relief
        arrays[name] = np.repeat(wide, k, axis=-2)
    left = np.tile(np.arange(k), base.n_states)
    free = left == 0
    after = np.where(free[:, None], 0, np.maximum(left - 1, 0)[:, None]) * np.ones(wide.shape[-1], dtype=int)
    after[free, -1] = k - 1
    arrays["next_state"] = arrays["next_state"] * k + after
    can_work = np.repeat(tables.available[:, WORK], k)
    only_work = np.zeros(wide.shape[-1], dtype=bool)
    only_work[WORK] = True
    kept = ~free & can_work
    arrays["available"] = np.where(kept[:, None], only_work, arrays["available"])
    return Variant(base, Tables(**arrays), new_action="work a little", is_work=True, copies=k, change="five_minutes")


def interruptions(task: GoalTask | Variant, probability: float) -> Variant:
    """Return the task with interruptions: each step of work ends the engagement with some probability.

    The start-up cost then falls due again. Work itself is not lost.

    Parameters
    ----------
    task : GoalTask or Variant
    probability : float
        Per step of work, in [0, 1].

    Raises
    ------
    TypeError, ValueError
        For another task or one with commitments, or a probability out of range.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.interruptions(rpe.tasks.monolithic(), probability=0.2)
    >>> task.decode(task.tables.next_state[:, 0, 1])["engaged"]
    array([0, 1])
    """
    base = checked_base(task)
    q = scalar("probability", probability, 0, 1)
    if isinstance(base, Variant) and base.layer_size != base.root.layer_size:
        raise ValueError("task must have no commitments; add five_minutes after interruptions")
    root = root_of(base)
    tables = full_tables(base)
    n = len(tables.next_state)
    broken = with_event(tables, q)
    there = root.decode(broken.next_state[:n])
    broken.next_state[:n] = root.encode(**{**there, "engaged": np.zeros_like(there["engaged"])})
    return Variant(base, broken, change="interruptions")


def ritual(task: GoalTask | Variant, times: Sequence[int], *, relief: float = 1.0) -> Variant:
    """Return the task with fixed times at which starting is easy: part of the start-up cost falls away.

    Parameters
    ----------
    task : GoalTask or Variant
    times : sequence of int
        Steps at which it holds, from 0 to n_steps − 1.
    relief : float
        Share of the start-up cost that falls away then, in [0, 1].

    Raises
    ------
    TypeError, ValueError
        For another task, or numbers out of range.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.ritual(rpe.tasks.monolithic(), times=[0, 10, 20])
    >>> float(task.tables.effort[0, 0, 1]), float(rpe.tasks.monolithic().tables.effort[0, 0, 1])
    (1.0, 3.0)
    """
    base = checked_base(task)
    steps: Ints = np.array(
        [count("times", each, 0, base.n_steps - 1) for each in sequence("times", times)], dtype=np.int64
    )
    relief = scalar("relief", relief, 0, 1)
    root = root_of(base)
    tables = full_tables(base)
    known = base.decode(np.arange(base.n_states))
    eased = np.isin(known["time"], steps) & (known["engaged"] == 0) & (known["units"] < base.n_units)
    for action in base.work_actions:
        cheaper = tables.effort[..., action] - relief * root.start_cost * eased
        tables.effort[..., action] = np.maximum(cheaper, 0.0)
    return Variant(base, tables, change="ritual")
