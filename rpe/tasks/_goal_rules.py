"""The rules of the goal task, stated once over arrays of outcome × state × action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe.tasks.tables import Tables

if TYPE_CHECKING:
    from rpe.tasks.goal_task import GoalTask

DISTRACT, WORK, REST = 0, 1, 2


class Moment(NamedTuple):
    """The state variables, each an array (n_states, 1)."""

    time: Ints
    units: Ints
    engaged: Ints
    fatigue: Ints
    missed: Ints


class Outcomes(NamedTuple):
    """What chance decides in a step, each an array (n_outcomes, 1, 1)."""

    success: Bools
    slip: Bools
    probability: Floats

    @classmethod
    def of(cls, task: GoalTask) -> Outcomes:
        """Return the outcomes that are possible: work succeeds or not, a sub-goal ends the engagement or not."""
        possible = [
            (success, slip, p * q)
            for success, p in ((True, task.success_probability), (False, 1 - task.success_probability))
            for slip, q in ((False, 1 - task.disengagement), (True, task.disengagement))
            if p * q > 0
        ]
        columns: list[Any] = [np.array(column)[:, None, None] for column in zip(*possible, strict=True)]
        return cls(*columns)


def goal_tables(task: GoalTask, now: Moment, action: Ints, outcomes: Outcomes) -> Tables:
    """Return the rules of the task over arrays of outcome × state × action, (n_outcomes, n_states, n_actions)."""
    success, slip, probability = outcomes
    work = (action == WORK) & (now.units < task.n_units)
    done = work & success
    time = np.minimum(now.time + 1, task.deadline)
    units = now.units + done
    sub_goal = done & np.isin(units, task.goals[:-1])
    engaged = work & ~(sub_goal & slip)
    rested = np.where(action == REST, task.rest_recovery, 1)
    tired = now.fatigue + np.where(work, 1, -rested)
    fatigue = np.clip(tired, 0, task.state_shape[3] - 1)
    missed = _missed(task, time, units, now.missed)
    over = now.time + 1 >= task.deadline
    earned = np.where(done, _due_payout(task, time, units, missed), 0.0)
    if task.pay == "deadline":
        earned = np.where(over, _total(task, units, missed), 0.0)
    if task.pay == "goal at deadline":
        whole = units == task.n_units
        earned = np.where(whole, 0.0, earned) + np.where(over & whole, task.payout[-1], 0.0)
    reward = earned + np.where(action == DISTRACT, task.distraction, 0.0)
    reward = reward - np.where(over & (units < task.n_units), task.penalty, 0.0)
    effort = work * (task.effort * (1 + task.fatigue_cost * now.fatigue) + task.start_cost * (now.engaged == 0))
    effort = effort + task.overhead * sub_goal
    shape = (success.shape[0], now.time.shape[0], action.shape[0])
    return Tables(
        next_state=np.broadcast_to(task.encode(time, units, engaged, fatigue, missed), shape).copy(),
        outcome_probability=probability.astype(np.float64),
        reward=np.broadcast_to(reward, shape).copy(),
        effort=np.broadcast_to(effort, shape).astype(np.float64),
        terminated=np.broadcast_to(over, (1, *shape[1:])).copy(),
        available=np.broadcast_to((action != WORK) | (now.units < task.n_units), shape[1:]).copy(),
        points=_points(task, now.units, units, over),
        pseudo_reward=np.zeros((1, 1, 1)) if task.pseudo_reward is None else done * task.pseudo_reward[units],
    )


def _points(task: GoalTask, units: Ints, next_units: Ints, over: Bools) -> Floats:
    if task.potential is None:
        return np.zeros((1, 1, 1))
    ahead = np.where(over, 0.0, task.potential[next_units])
    return np.asarray(task.potential_discount * ahead - task.potential[units])


def _missed(task: GoalTask, time: Ints, units: Ints, missed: Ints) -> Ints:
    """Which sub-deadlines can no longer be met on arriving at `time` with `units` done."""
    if task.due is None or task.state_shape[4] == 1:
        return missed
    for bit, (goal, due) in enumerate(zip(task.goals, task.due, strict=True)):
        late = (time >= due) & (units < goal)
        missed = missed | np.where(late, 1 if task.forfeit == "all" else 1 << bit, 0)
    return missed


def _due_payout(task: GoalTask, time: Ints, units: Ints, missed: Ints) -> Floats:
    """What reaching `units` at `time` earns, given what was missed."""
    pays = np.asarray(task.payout[units])
    if task.due is None:
        return pays
    if task.forfeit == "all":
        return np.where(missed == 0, pays, 0.0)
    latest = np.full(task.n_units + 1, task.deadline)
    latest[list(task.goals)] = task.due
    return np.where(time <= latest[units], pays, 0.0)


def _total(task: GoalTask, units: Ints, missed: Ints) -> Floats:
    """What is paid at the deadline for all that was reached in time."""
    total = np.cumsum(task.payout)[units]
    if task.due is None:
        return np.asarray(total)
    if task.forfeit == "all":
        return _total_before_first_miss(task, units, missed)
    for bit, goal in enumerate(task.goals):
        total = total - np.where((missed >> bit) & 1 & (units >= goal), task.payout[goal], 0.0)
    return total


def _total_before_first_miss(task: GoalTask, units: Ints, missed: Ints) -> Floats:
    return np.where(missed == 0, np.cumsum(task.payout)[units], 0.0)
