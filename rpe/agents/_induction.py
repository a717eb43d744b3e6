"""Backward induction over a task's tables, for a block of agents at once: the solutions behind `Planner`."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints
from rpe._softmax import softmax
from rpe.tasks import TabulatedTask

_BROUGHT = ("reward", "effort", "pseudo_reward")


class Solution(NamedTuple):
    """What a block of n agents does, agents last.

    Attributes
    ----------
    policy, plan : float array (n_actions, n_states, n)
        What each self does, and what the self at the start expects of the later ones.
    value : float array (n_states, n)
        What a state is worth to the self that is in it.
    by_left : ByLeft or None
        The same for every number of steps left, if states do not hold the time; `policy` and `value`
        are then those at the start of a trial.
    """

    policy: Floats
    value: Floats
    plan: Floats
    by_left: "ByLeft | None" = None


class ByLeft(NamedTuple):
    """What selves do and expect with 1, 2, …, K steps left.

    Attributes
    ----------
    policy : float array (K, n_actions, n_states, n)
    value : float array (K, n_states, n)
    """

    policy: Floats
    value: Floats

    @classmethod
    def empty(cls, problem: "Problem", n: int) -> "ByLeft | None":
        """Room for a problem whose states do not hold the time; None for another."""
        if problem.layer_size is not None:
            return None
        shape = problem.reward.shape[:2]
        return cls(np.empty((problem.horizon, *shape, n)), np.empty((problem.horizon, shape[1], n)))


class Weights(NamedTuple):
    """How a self weighs what lies τ steps ahead: `reward` and `effort`, each (n_delays, n) or (n_delays, 1)."""

    reward: Floats
    effort: Floats


class Recursion(NamedTuple):
    """Weights of the form 1, βδ, βδ², …, each part (n,) or (1,): `present` β and `factor` δ."""

    present: Floats
    factor: Floats


class Problem(NamedTuple):
    """Expected quantities of a task, actions first and a last axis for agents.

    Attributes
    ----------
    reward, effort, pseudo_reward : float array (n_actions, n_states, 1)
        (n_actions, n_states, n) if each agent has a task of its own.
    next_state : int array (n_outcomes, n_actions, n_states)
    go_on : tuple of (float array (n_actions, n_states, 1) or None)
        For each outcome its probability where the world goes on; None if that is 1 wherever it matters.
    available : bool array (n_actions, n_states, 1)
    forbidden : tuple of int array
        For each action the states, in order, that do not offer it.
    layer_size : int or None
    horizon : int
    """

    reward: Floats
    effort: Floats
    pseudo_reward: Floats
    next_state: Ints
    go_on: tuple[Floats | None, ...]
    available: Bools
    forbidden: tuple[Ints, ...]
    layer_size: int | None
    horizon: int

    @classmethod
    def of(cls, task: TabulatedTask, horizon: int | None) -> "Problem":
        """Read a task's tables; `horizon` counts only where states do not hold the time."""
        tables = task.tables
        shape = tables.next_state.shape
        chance = tables.outcome_probability

        def expected(*quantities: Floats) -> Floats:
            mean = sum((chance * q).sum(axis=0) if shape[0] > 1 else q[0] for q in quantities)
            return np.ascontiguousarray(np.broadcast_to(np.asarray(mean), shape[1:]).T)[..., None]

        next_state = np.ascontiguousarray(tables.next_state.transpose(0, 2, 1))
        go_on = np.ascontiguousarray(np.broadcast_to(chance * ~tables.terminated, shape).transpose(0, 2, 1))
        # Values after the last layer stay 0, so that the end of time needs no factor.
        last = np.inf if task.layer_size is None else task.n_steps * task.layer_size
        steps = task.n_steps if task.layer_size is not None or horizon is None else horizon
        available = np.ascontiguousarray(np.broadcast_to(tables.available, shape[1:]).T)
        return cls(
            expected(tables.reward, tables.points),
            expected(tables.effort),
            expected(tables.pseudo_reward),
            next_state,
            tuple(
                None if ((p == 1.0) | (to >= last)).all() else p[..., None]
                for p, to in zip(go_on, next_state, strict=True)
            ),
            available[..., None],
            tuple(np.flatnonzero(~row) for row in available),
            task.layer_size,
            steps,
        )

    @classmethod
    def of_each(cls, tasks: Sequence[TabulatedTask], horizon: int | None) -> "Problem":
        """Read the tables of one task for each agent; the tasks differ in nothing but what they bring."""
        distinct = {id(task): task for task in tasks}
        place = {key: i for i, key in enumerate(distinct)}
        parts = [cls.of(task, horizon) for task in distinct.values()]
        if not all(parts[0].leads_as(other) for other in parts[1:]):
            raise ValueError("tasks must differ in rewards, efforts and points alone; some lead elsewhere")
        if len(parts) == 1:
            return parts[0]
        each = [place[id(task)] for task in tasks]
        # Few tables for many agents are read once each, then spread.
        reward, effort, pseudo_reward = (
            np.concatenate([getattr(part, name) for part in parts], axis=-1).take(each, axis=-1) for name in _BROUGHT
        )
        return parts[0]._replace(reward=reward, effort=effort, pseudo_reward=pseudo_reward)

    def leads_as(self, other: "Problem") -> bool:
        """Whether the same choices are offered everywhere, and lead to the same states as likely."""
        tables = zip(
            (self.next_state, self.available, *self.go_on),
            (other.next_state, other.available, *other.go_on),
            strict=False,  # the number of outcomes is the first axis of `next_state`
        )
        return (self.layer_size, self.horizon) == (other.layer_size, other.horizon) and all(
            mine is theirs or np.array_equal(mine, theirs)  # type: ignore[arg-type]
            for mine, theirs in tables
        )

    def take(self, agents: slice) -> "Problem":
        """The problem of a block of agents."""
        if self.reward.shape[-1] == 1:
            return self
        return self._replace(**{name: getattr(self, name)[..., agents] for name in _BROUGHT})

    def rows(self, first: int, last: int) -> slice:
        """The states of layers `first` to `last`, or all states if the task is not layered."""
        return slice(None) if self.layer_size is None else slice(first * self.layer_size, (last + 1) * self.layer_size)

    def ahead(self, rows: slice, value: Floats) -> Floats:
        """E[V(s′)] over outcomes, (n_actions, n_rows, n); nothing follows a terminal arrival."""
        total = self._after(0, rows, value)
        for outcome in range(1, len(self.next_state)):
            total += self._after(outcome, rows, value)
        return total

    def _after(self, outcome: int, rows: slice, value: Floats) -> Floats:
        found = value.take(self.next_state[outcome][:, rows], axis=0)
        go_on = self.go_on[outcome]
        if go_on is not None:
            found *= go_on[:, rows]
        return found

    def best(self, q: Floats, rows: slice, out: Floats) -> None:
        """Write the largest value over the actions that a state offers, (n_rows, n)."""
        first, last, _ = rows.indices(self.available.shape[1])
        for values, states in zip(q, self.forbidden, strict=True):
            # Few states lack an action: to name them is faster than to mask all.
            if states.size:
                start, stop = states.searchsorted((first, last))
                values[states[start:stop] - first] = -np.inf
        q.max(axis=0, out=out)

    def softmax(self, q: Floats, beta: Floats, rows: slice = slice(None)) -> Floats:
        """Choice probabilities over the actions that states offer, from values (..., n) or (..., 1)."""
        n = max(q.shape[-1], beta.size)
        return softmax(np.broadcast_to(q, (*q.shape[:-1], n)), beta, self.available[:, rows])

    def idle(self, n: int) -> Floats:
        """An even policy, which stands in states after the end."""
        return np.repeat(self.available / self.available.sum(axis=0), n, axis=-1)


def one_plan(problem: Problem, gain: Floats, worth: Recursion, beta: Floats, n: int) -> Solution:
    """Solve for a naive agent with weights 1, βδ, βδ², … in one sweep over time.

    What it expects of the future, V(s) = max_a E[r − e + δV(s′)], is the same plan at every delay;
    only the self that acts weighs it by β.
    """
    later, value = np.zeros((gain.shape[1], n)), np.zeros((gain.shape[1], n))
    utility = gain - problem.effort
    q, planned = np.zeros((2, *gain.shape[:2], n))
    by_left, horizon = ByLeft.empty(problem, n), problem.horizon
    for time in range(horizon - 1, -1, -1):
        rows = problem.rows(time, time)
        ahead = problem.ahead(rows, later) * worth.factor
        np.add(utility[:, rows], ahead, out=planned[:, rows])
        np.add(utility[:, rows], worth.present * ahead, out=q[:, rows])
        problem.best(planned[:, rows], rows, later[rows])
        if by_left is not None:
            by_left.policy[horizon - time - 1] = problem.softmax(q, beta)
            problem.best(q, rows, by_left.value[horizon - time - 1])
    policy = problem.softmax(q, beta)
    problem.best(q, slice(None), value)
    if (worth.present == 1).all():
        return Solution(policy, value, policy, by_left)
    planned[:, rows] = q[:, rows]
    return Solution(policy, value, problem.softmax(planned, beta), by_left)


def anticipating(
    problem: Problem, gain: Floats, worth: Recursion, believed: Recursion, beta: Floats, n: int
) -> Solution:
    """Solve for a sophisticated agent with weights 1, βδ, βδ², … in one sweep over time.

    V(s) = Σ_a π̂(a|s) E[r − e + δV(s′)] under the softmax policy π̂ of selves with the weights
    `believed`, of the same δ.
    """
    policy, plan = problem.idle(n), problem.idle(n)
    later, value = np.zeros((gain.shape[1], n)), np.zeros((gain.shape[1], n))
    utility = gain - problem.effort
    by_left, horizon = ByLeft.empty(problem, n), problem.horizon
    for time in range(horizon - 1, -1, -1):
        rows = problem.rows(time, time)
        ahead = problem.ahead(rows, later) * worth.factor
        q = utility[:, rows] + worth.present * ahead
        chosen = expected = problem.softmax(q, beta, rows)
        if believed is not worth:
            expected = problem.softmax(utility[:, rows] + believed.present * ahead, beta, rows)
        policy[:, rows], plan[:, rows] = chosen, expected if time else chosen
        later[rows] = (expected * (utility[:, rows] + ahead)).sum(axis=0)
        value[rows] = (chosen * q).sum(axis=0)
        if by_left is not None:
            by_left.policy[horizon - time - 1], by_left.value[horizon - time - 1] = chosen, value
    return Solution(policy, value, plan, by_left)


def naive(problem: Problem, gain: Floats, worth: Weights, beta: Floats, n: int, most: float = np.inf) -> Solution:
    """Solve for a naive agent under any discounting.

    Where states do not hold the time, its plan ends with the trial, so that each number of steps left
    is a sweep of its own. It stops where it meets the sweep before (see `_naive_by_left`).

    Raises
    ------
    ValueError
        If more than `most` values of an action would be computed for each agent.
    """
    by_left = ByLeft.empty(problem, n)
    if by_left is None:
        return _naive_once(problem, gain, worth, beta, n)
    policy = _naive_by_left(problem, gain, worth, beta, by_left, most)
    # A plan has the noise of a choice at its first step, and states that do not hold the time are all at that step.
    return Solution(policy, by_left.value[-1].copy(), policy, by_left)


def _naive_by_left(
    problem: Problem, gain: Floats, worth: Weights, beta: Floats, by_left: ByLeft, most: float
) -> Floats:
    """Fill in `by_left` and return the policy with all steps left.

    W_τ of L steps left follows from W_τ₊₁ alone. Once it equals W_τ of L − 1 steps left in every state,
    all earlier delays do as well: one more step at the end changed nothing. Where trials end at a goal that
    can be reached in d steps, a sweep is d steps long and not L, and time is linear in the steps.
    """
    known = np.zeros((problem.horizon + 1, *by_left.value.shape[1:]))
    everything, utility = slice(None), gain - problem.effort
    policy, work = by_left.policy[0], Work(problem, most)
    for left in range(1, problem.horizon + 1):
        for delay in range(left - 1, -1, -1):
            q = problem.ahead(everything, known[delay + 1])
            if worth.effort is worth.reward:
                q += worth.reward[delay] * utility
            else:
                q += worth.reward[delay] * gain - worth.effort[delay] * problem.effort
            value = np.empty_like(known[delay])
            problem.best(q, everything, value)
            work.add(1, left)
            # At delay 0 the largest values may be the same, and those of other actions not.
            if left > 1 and delay > 0 and np.array_equal(value, known[delay]):
                break
            known[delay] = value
        else:
            policy = problem.softmax(q, beta)
        by_left.policy[left - 1], by_left.value[left - 1] = policy, known[0]
    return policy


class Work:
    """Counts the values of an action that were computed for each agent, and refuses more than `most`.

    Parameters
    ----------
    problem : Problem
    most : float
    """

    def __init__(self, problem: Problem, most: float) -> None:
        self._each, self._most, self._horizon = problem.available.size, most, problem.horizon
        self.done = 0

    def add(self, n_delays: int, left: int) -> None:
        """Count the values of all states and actions at some delays.

        Raises
        ------
        ValueError
            If that is too many, with the number.
        """
        self.done += n_delays * self._each
        if self.done > self._most:
            raise ValueError(
                f"task must need at most {self._most:.4g} values of actions for each agent under this discounting; "
                f"{left} of {self._horizon} steps left took {self.done:.4g}, and each further step takes more "
                "(a shorter horizon needs fewer; exponential and quasi-hyperbolic discounting, of reward and "
                "effort alike, need steps × states × actions)"
            )


def _naive_once(problem: Problem, gain: Floats, worth: Weights, beta: Floats, n: int) -> Solution:
    """Sweep W_τ from the farthest delay to 0, for all states that can lie τ steps ahead.

    The plan is the softmax over W_τ/D(τ): what
    today's self would choose in a later state, with the noise that a later self has. For
    time-consistent agents it is the policy itself.
    """
    ahead, q = np.zeros((gain.shape[1], n)), np.zeros((*gain.shape[:2], n))
    planned = np.zeros_like(q)
    shared = worth.effort is worth.reward
    utility = gain - problem.effort
    for delay in range(problem.horizon - 1, -1, -1):
        rows, now = problem.rows(delay, problem.horizon - 1), problem.rows(delay, delay)
        q = problem.ahead(rows, ahead)
        if shared:
            q += worth.reward[delay] * utility[:, rows]
        else:
            q += worth.reward[delay] * gain[:, rows] - worth.effort[delay] * problem.effort[:, rows]
        planned[:, now] = q[:, : problem.layer_size] / np.where(worth.reward[delay] > 0, worth.reward[delay], 1.0)
        problem.best(q, rows, ahead[rows])
    policy = problem.idle(n)
    policy[:, rows] = problem.softmax(q, beta, rows)
    return Solution(policy, ahead, problem.softmax(planned, beta))


def sophisticated(
    problem: Problem, gain: Floats, worth: Weights, believed: Weights, beta: Floats, n: int, most: float = np.inf
) -> Solution:
    """Carry U_τ(s) of every delay τ from the last layer to the first, under what later selves are believed to do.

    Where states do not hold the time, nothing changes any more once U_τ is in every state what it was with
    a step less: earlier selves see the same ahead of them, and do the same.

    Raises
    ------
    ValueError
        As `naive`.
    """
    policy, plan, value = problem.idle(n), problem.idle(n), np.zeros((gain.shape[1], n))
    size = gain.shape[1] if problem.layer_size is None else problem.layer_size
    ahead = np.zeros((problem.horizon + 1, size, n))
    anticipated = np.zeros_like(ahead) if believed is not worth else ahead
    by_left, horizon, work = ByLeft.empty(problem, n), problem.horizon, Work(problem, most)
    for time in range(horizon - 1, -1, -1):
        rows = problem.rows(time, time)
        q = _by_delay(problem, gain, worth, ahead, time)
        chosen = expected = problem.softmax(q[0], beta, rows)
        as_before = by_left is not None
        if believed is not worth:
            others = _by_delay(problem, gain, believed, anticipated, time)
            expected = problem.softmax(others[0], beta, rows)
            as_before &= _replace(anticipated[: time + 1], (expected * others).sum(axis=1))
        policy[:, rows], plan[:, rows] = chosen, expected if time else chosen
        as_before &= _replace(ahead[: time + 1], (expected * q).sum(axis=1))
        value[rows] = (chosen * q[0]).sum(axis=0)
        if by_left is not None:
            left = horizon - time
            # Where nothing changes any more, all that are left are filled in at once.
            rest = slice(left - 1, horizon if as_before else left)
            by_left.policy[rest], by_left.value[rest] = chosen, value
            work.add(time + 1, left)
            if as_before:
                plan[...] = chosen
                break
    return Solution(policy, value, plan, by_left)


def _replace(old: Floats, new: Floats) -> bool:
    """Write new values over the old; return whether they are the same."""
    same = np.array_equal(old, new)
    old[...] = new
    return same


def _by_delay(problem: Problem, gain: Floats, worth: Weights, ahead: Floats, time: int) -> Floats:
    """The value (time + 1, n_actions, n_rows, n) of each action at `time` to the self τ = 0 … `time` steps earlier."""
    rows = problem.rows(time, time)
    size = ahead.shape[1]
    to = problem.next_state[:, :, rows] - (0 if problem.layer_size is None else (time + 1) * size)
    to = np.clip(to, 0, size - 1)
    delays = slice(0, time + 1)
    q = worth.reward[delays, None, None] * gain[:, rows] - worth.effort[delays, None, None] * problem.effort[:, rows]
    for go_on, next_state in zip(problem.go_on, to, strict=True):
        after = ahead[1 : time + 2].take(next_state, axis=1)
        # The last layer has nothing ahead, so that a factor of 1 there changes nothing.
        q = q + (after if go_on is None else go_on[:, rows] * after)
    return q
