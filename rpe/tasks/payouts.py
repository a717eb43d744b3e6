"""Payouts of the goal task: one goal, micro wins on the same budget, a badge, and sub-deadlines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypedDict, Unpack

import numpy as np

from rpe._checks import Floats, choice, count, scalar
from rpe.tasks.goal_task import GoalTask, goal_room
from rpe.tasks.tabulated import MAX_GIB

Discount = Callable[[Any], Floats]
MATCHINGS = ("pay", "present_value", "potential", "feedback", "pseudo_reward")


class GoalCosts(TypedDict, total=False):
    """Parameters of `GoalTask` that every way to pay for it passes on."""

    effort: float
    distraction: float
    start_cost: float
    overhead: float
    disengagement: float
    pay: str
    penalty: float
    fatigue_cost: float
    max_fatigue: int
    rest_recovery: int


class GoalRules(GoalCosts, total=False):
    """Parameters of `GoalTask` that `monolithic`, `micro_wins` and `badge` pass on.

    Examples
    --------
    >>> import rpe
    >>> rules: rpe.tasks.GoalRules = {"n_units": 4, "deadline": 12, "start_cost": 1.0}
    >>> rpe.tasks.micro_wins(2, **rules).deadline
    12
    """

    success_probability: float
    due: Sequence[int] | None
    forfeit: str
    max_gib: float


class SubDeadlineRules(GoalCosts, total=False):
    """Parameters of `micro_wins` that `sub_deadlines` passes on."""

    n_units: int
    deadline: int
    reward: float
    share: float
    matching: str
    discounting: Discount | None


def monolithic(*, n_units: int = 20, deadline: int = 60, reward: float = 100.0, **rules: Unpack[GoalRules]) -> GoalTask:
    """Return the goal task as a single goal: the whole reward on the last unit.

    Parameters
    ----------
    n_units : int
        Units of work N, at least 1.
    deadline : int
        Steps T, at least 1.
    reward : float
        The budget R ≥ 0, in reward units.
    **rules
        Other parameters of `GoalTask`.

    Returns
    -------
    GoalTask

    Raises
    ------
    TypeError, ValueError
        As `GoalTask`.

    Examples
    --------
    >>> import rpe
    >>> float(rpe.tasks.monolithic().payout[-1])
    100.0
    """
    return micro_wins(n_goals=1, n_units=n_units, deadline=deadline, reward=reward, **rules)


def micro_wins(
    n_goals: int = 5,
    *,
    n_units: int = 20,
    deadline: int = 60,
    reward: float = 100.0,
    share: float = 1.0,
    matching: str = "pay",
    discounting: Discount | None = None,
    **rules: Unpack[GoalRules],
) -> GoalTask:
    """Return the goal task with micro wins: split into sub-goals at ⌈jN/K⌉ units, on the same budget as `monolithic`.

    Parameters
    ----------
    n_goals : int
        Number of sub-goals K, from 1 to `n_units`; the last is the end of the task.
    n_units : int
        Units of work N, at least 1.
    deadline : int
        Steps T, at least 1.
    reward : float
        The budget R ≥ 0, in reward units.
    share : float
        Share φ in [0, 1] of the budget that moves to sub-goals: each pays φR/K, and (1 − φ)R
        comes on top at the last.
    matching : {"pay", "present_value", "potential", "feedback", "pseudo_reward"}
        What a sub-goal brings.

        - "pay": its share of the budget; the sum is that of the single goal.
        - "present_value": the same payments times one factor, so that working without a stop is
          worth, before the first step, what it is worth with the single goal. The unit finished
          in step n is paid after n − 1 steps, so the factor is R·D(N − 1) / Σₙ payout[n]·D(n − 1)
          (and 1 if all is paid at the deadline).
        - "potential": points only. Φ = φ½R · (sub-goals reached)/K before the end and 0 after
          it; the points γΦ′ − Φ sum to nothing and leave an exponential agent with the same γ
          unmoved. The pay is the single goal's.
        - "feedback": a mark without any reward. The pay is the single goal's.
        - "pseudo_reward": φR/K at each sub-goal but the last, as a reward within the sub-task
          only. The pay is the single goal's.
    discounting : callable, optional
        D(τ), for instance one of `rpe.discounting`: required for "present_value"; for "potential"
        it gives γ, that of an exponential or the one with the same D(N), and 1 if not given.
    **rules
        Other parameters of `GoalTask`.

    Returns
    -------
    GoalTask

    Raises
    ------
    TypeError, ValueError
        As `GoalTask`; ValueError also if `n_goals` exceeds `n_units`, or if a discount function
        is missing or describes more than one agent.

    References
    ----------
    Ng, Harada & Russell (1999), Theorem 1, for "potential"; Ribas-Fernandes et al. (2011),
    doi:10.1016/j.neuron.2011.05.042, for "pseudo_reward".

    Examples
    --------
    >>> import rpe
    >>> rpe.tasks.micro_wins(n_goals=3, n_units=7, reward=30).payout
    array([ 0.,  0.,  0., 10.,  0., 10.,  0., 10.])
    """
    n_units, n_goals = count("n_units", n_units), count("n_goals", n_goals)
    if n_goals > n_units:
        raise ValueError(f"n_goals must be at most n_units = {n_units}; got {n_goals}")
    goal_room(n_units, count("deadline", deadline), rules.get("max_gib", MAX_GIB))
    reward, share = scalar("reward", reward, 0), scalar("share", share, 0, 1)
    matching = choice("matching", matching, MATCHINGS)
    goals = tuple(-(-j * n_units // n_goals) for j in range(1, n_goals + 1))
    single = np.eye(1, n_units + 1, n_units)[0] * reward
    spread = np.bincount(goals, minlength=n_units + 1) * share * reward / n_goals + (1 - share) * single
    task = GoalTask(n_units=n_units, deadline=deadline, payout=single, goals=goals, **rules)
    if matching == "pay":
        return replace(task, payout=spread)
    if matching == "present_value":
        paid = np.maximum(np.arange(n_units + 1.0) - 1, 0)
        paid[-1] = deadline - 1 if task.pay == "goal at deadline" else paid[-1]
        weight = _one_agent("present_value", discounting)(paid)
        factor = 1.0 if task.pay == "deadline" or reward == 0 else single @ weight / (spread @ weight)
        return replace(task, payout=spread * factor)
    if matching == "potential":
        reached = np.searchsorted(goals, np.arange(n_units + 1), side="right") / n_goals
        reached[-1] = 0.0
        gamma = 1.0 if discounting is None else _gamma(discounting, n_units)
        return replace(task, potential=0.5 * share * reward * reached, potential_discount=gamma)
    if matching == "pseudo_reward":
        ticks = np.bincount(goals[:-1], minlength=n_units + 1) * share * reward / n_goals
        return replace(task, pseudo_reward=ticks)
    return task


def _gamma(discounting: Discount, n_units: int) -> float:
    """The γ of an exponential, or the γ that gives the same D(N)."""
    return float(_one_agent("potential", discounting)(n_units)) ** (1.0 / n_units)


def _one_agent(matching: str, discounting: Discount | None) -> Discount:
    if not callable(discounting) or isinstance(discounting, type):
        raise ValueError(f"discounting must be a discount function when matching is {matching!r}; got {discounting!r}")
    if np.ndim(discounting(1.0)) != 0:
        raise ValueError(f"discounting must describe one agent when matching is {matching!r}; got {discounting!r}")
    return discounting


def badge(
    at: int, size: float, *, unit: float = 1.0, n_units: int = 40, deadline: int = 60, **rules: Unpack[GoalRules]
) -> GoalTask:
    """Return the goal task with a badge: every unit pays a little, and one of them the badge as well.

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
    goal_room(n_units, count("deadline", deadline), rules.get("max_gib", MAX_GIB))
    payout = np.full(n_units + 1, scalar("unit", unit))
    payout[0] = 0.0
    payout[count("at", at, 1, n_units)] += scalar("size", size, 0)
    return GoalTask(n_units=n_units, deadline=deadline, payout=payout, **rules)


def sub_deadlines(
    n_goals: int = 4, *, free_time: float = 0.8, forfeit: str = "payment", **rules: Unpack[SubDeadlineRules]
) -> GoalTask:
    """Return the goal task with rigid sub-deadlines, evenly spaced, when free time comes and goes.

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
    deadline = count("deadline", rules.get("deadline", 60))
    k = count("n_goals", n_goals, 1, count("n_units", rules.get("n_units", 20)))
    due = [-(-j * deadline // k) for j in range(1, k + 1)]
    chance = scalar("free_time", free_time, 0, 1, open_low=True)
    return micro_wins(k, due=due, forfeit=forfeit, success_probability=chance, **rules)
