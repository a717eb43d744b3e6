"""Changes to the long task: distraction that pays by chance, a short commitment, interruptions, a ritual, side wins."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from rpe._checks import Ints, count, scalar
from rpe.tasks.goal import DISTRACT, WORK, GoalTask
from rpe.tasks.tables import Tables, TabulatedTask


class Variant(TabulatedTask):
    """A task made from another by a change of its tables; what states mean is still known.

    Attributes
    ----------
    base : GoalTask or Variant
        The task that was changed.
    n_units : int
        Units of work.
    payout : float array (n_units + 1,)
        What the base pays on reaching n units.
    goals : tuple of int
        Units at which the base has a sub-goal.
    """

    def __init__(self, base: Any, tables: Tables, action_names: Sequence[str], copies: int = 1) -> None:
        self.base, self._given, self._names, self._copies = base, tables, tuple(action_names), copies
        self.n_units, self.payout, self.goals = base.n_units, base.payout, base.goals
        _ = self.tables

    @property
    def n_steps(self) -> int:
        """Steps of a trial."""
        return int(self.base.n_steps)

    @property
    def layer_size(self) -> int:
        """Number of states that share a time."""
        return int(self.base.layer_size * self._copies)

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return self._names

    @cached_property
    def root(self) -> GoalTask:
        """The long task below all changes."""
        return self.base.root if isinstance(self.base, Variant) else self.base

    def decode(self, state: Any) -> dict[str, Any]:
        """Return what states mean, as the base does; with a commitment also the steps `committed` to."""
        state = np.asarray(state)
        known: dict[str, Any] = self.base.decode(state // self._copies)
        return known if self._copies == 1 else {**known, "committed": state % self._copies}

    def _tabulate(self) -> Tables:
        return self._given


def _whole(task: Any) -> Tables:
    """Tables with every array at its full shape, to be changed."""
    tables = task.tables
    shape = tables.next_state.shape
    full = {
        name: np.broadcast_to(array, shape[1:] if name == "available" else shape).copy()
        for name, array in tables._asdict().items()
    }
    return Tables(**full)


def _two_lucks(tables: Tables, probability: float) -> Tables:
    """The tables twice over: everything happens with and without one more event, of this probability."""
    twice = {
        name: array if name == "available" else np.concatenate([array, array])
        for name, array in tables._asdict().items()
    }
    n = len(tables.next_state)
    twice["luck_probability"][:n] *= probability
    twice["luck_probability"][n:] *= 1 - probability
    return Tables(**twice)


def _checked_base(task: Any) -> Any:
    if not isinstance(task, GoalTask | Variant):
        raise TypeError(f"task must be a GoalTask or a change of one; got {type(task).__name__}")
    return task


def variable_distraction(task: Any, probability: float) -> Variant:
    """Return the task with distraction that pays d/p with probability p, and nothing otherwise.

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
    >>> task.tables.reward[:, 0, 0], task.tables.luck_probability[:, 0, 0]
    (array([8., 0.]), array([0.25, 0.75]))
    """
    base = _checked_base(task)
    p = scalar("probability", probability, 0, 1, open_low=True)
    tables = _whole(base)
    d = base.root.distraction if isinstance(base, Variant) else base.distraction
    n = len(tables.next_state)
    lucky = _two_lucks(tables, p)
    lucky.reward[:n, :, DISTRACT] += d * (1 / p - 1)
    lucky.reward[n:, :, DISTRACT] -= d
    return Variant(base, lucky, base.action_names)


def off_path_wins(task: Any, size: float) -> Variant:
    """Return the task with one more action, "tick", that pays a small win and leads nowhere.

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
    base = _checked_base(task)
    size = scalar("size", size)
    d = base.root.distraction if isinstance(base, Variant) else base.distraction
    more = {
        name: np.concatenate([array, array[..., DISTRACT : DISTRACT + 1]], axis=-1)
        for name, array in _whole(base)._asdict().items()
    }
    more["reward"][..., -1] += size - d
    return Variant(base, Tables(**more), (*base.action_names, "tick"))


def five_minutes(task: Any, n_steps: int = 5, *, waived: float = 0.0) -> Variant:
    """Return the task with an option, "work a little": a promise to work for a few steps, with no way out.

    Q = −start cost + Σ γⁱ rᵢ + γᵏ max(V of going on, V of stopping): after k steps one is engaged
    and free again.

    Parameters
    ----------
    task : GoalTask or Variant
    n_steps : int
        k, steps that are promised, at least 1.
    waived : float
        Share of the start-up cost that the promise takes away, in [0, 1].

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
    base = _checked_base(task)
    k, waived = count("n_steps", n_steps), scalar("waived", waived, 0, 1)
    root = base.root if isinstance(base, Variant) else base
    tables = _whole(base)
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
    return Variant(base, Tables(**arrays), (*base.action_names, "work a little"), copies=k)


def interruptions(task: Any, probability: float) -> Variant:
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
    base = _checked_base(task)
    q = scalar("probability", probability, 0, 1)
    if isinstance(base, Variant) and base.layer_size != base.root.layer_size:
        raise ValueError("task must have no commitments; add five_minutes after interruptions")
    root = base.root if isinstance(base, Variant) else base
    tables = _whole(base)
    n = len(tables.next_state)
    broken = _two_lucks(tables, q)
    there = root.decode(broken.next_state[:n])
    broken.next_state[:n] = root.encode(**{**there, "engaged": np.zeros_like(there["engaged"])})
    return Variant(base, broken, base.action_names)


def ritual(task: Any, times: Any, *, relief: float = 1.0) -> Variant:
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
    base = _checked_base(task)
    steps: Ints = np.array([count("times", each, 0, base.n_steps - 1) for each in times])
    relief = scalar("relief", relief, 0, 1)
    root = base.root if isinstance(base, Variant) else base
    tables = _whole(base)
    known = base.decode(np.arange(base.n_states))
    eased = np.isin(known["time"], steps) & (known["engaged"] == 0) & (known["units"] < base.n_units)
    for action, name in enumerate(base.action_names):
        if name.startswith("work"):
            cheaper = tables.effort[..., action] - relief * root.start_cost * eased
            tables.effort[..., action] = np.maximum(cheaper, 0.0)
    return Variant(base, tables, base.action_names)


def badge(at: int, size: float, *, unit: float = 1.0, n_units: int = 40, deadline: int = 60, **rules: Any) -> GoalTask:
    """Return a task in which every unit pays a little, and one of them a badge as well.

    Parameters
    ----------
    at : int
        Unit that brings the badge, from 1 to `n_units`.
    size : float
        What the badge is worth, reward units, ≥ 0.
    unit : float
        What each unit pays, reward units.
    n_units, deadline : int
        As in `GoalTask`.
    **rules
        Other parameters of `GoalTask`.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range.

    References
    ----------
    Anderson, A., Huttenlocher, D., Kleinberg, J. & Leskovec, J. (2013). Steering user behavior with
    badges. WWW 2013, 95-106. doi:10.1145/2488388.2488398

    Examples
    --------
    >>> import rpe
    >>> rpe.tasks.badge(3, 10.0, n_units=4, deadline=8).payout
    array([ 0.,  1.,  1., 11.,  1.])
    """
    n_units = count("n_units", n_units)
    payout = np.full(n_units + 1, scalar("unit", unit))
    payout[0] = 0.0
    payout[count("at", at, 1, n_units)] += scalar("size", size, 0)
    return GoalTask(n_units=n_units, deadline=deadline, payout=payout, **rules)


def sub_deadlines(n_goals: int = 4, *, free_time: float = 0.8, forfeit: str = "payment", **rules: Any) -> GoalTask:
    """Return the split task with rigid sub-deadlines, evenly spaced, when free time comes and goes.

    A step of work finds free time, and gets something done, with probability `free_time`.

    Parameters
    ----------
    n_goals : int
        Sub-goals K; goal j is due by step ⌈jT/K⌉.
    free_time : float
        In (0, 1].
    forfeit : {"payment", "all"}
        Whether a missed sub-deadline costs its payment, or all from then on.
    **rules
        Other parameters of `micro_wins`.

    Raises
    ------
    TypeError, ValueError
        As `micro_wins`.

    References
    ----------
    Burger, N., Charness, G. & Lynham, J. (2011). Field and online experiments on self-control.
    Journal of Economic Behavior & Organization 77(3), 393-404. doi:10.1016/j.jebo.2010.11.010
    Bisin, A. & Hyndman, K. (2020). Present-bias, procrastination and deadlines in a field experiment.
    Games and Economic Behavior 119, 339-357. doi:10.1016/j.geb.2019.11.010

    Examples
    --------
    >>> import rpe
    >>> rpe.tasks.sub_deadlines(4).due
    (15, 30, 45, 60)
    """
    from rpe.tasks.goal import micro_wins

    deadline = count("deadline", rules.get("deadline", 60))
    k = count("n_goals", n_goals)
    due = [-(-j * deadline // k) for j in range(1, k + 1)]
    chance = scalar("free_time", free_time, 0, 1, open_low=True)
    return micro_wins(k, due=due, forfeit=forfeit, success_probability=chance, **rules)
