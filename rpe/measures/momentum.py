"""Momentum, as three separate curves: by progress, by what was done just before, and by streak."""

from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, count
from rpe.measures.behaviour import _progress
from rpe.simulate import History
from rpe.simulate.recorder import units_of


class Rates(NamedTuple):
    """How often work was chosen where it was offered, by some condition.

    Attributes
    ----------
    condition : int array (n_conditions,)
        Units done, length of the streak, or steps since a sub-goal.
    worked, offered : int array (n_agents, n_conditions)
        How often work was chosen, and how often it was offered, in that condition.
    """

    condition: Ints
    worked: Ints
    offered: Ints

    @property
    def probability(self) -> Floats:
        """P(work | condition) over all agents, (n_conditions,); NaN where it never arose."""
        offered = self.offered.sum(axis=0)
        return np.asarray(self.worked.sum(axis=0) / np.where(offered > 0, offered, np.nan))


class Gap(NamedTuple):
    """P(work | worked just before) − P(work | did not), (n_agents,), observed and under a shuffle."""

    observed: Floats
    shuffled: Floats


def momentum(history: History, last: int | None = None) -> Gap:
    """Return how much more likely work is right after work than after something else.

    The order of an agent's own steps within a trial is then shuffled. With L steps that offer work
    and m that are work, a random order has on average m(m − 1)/L pairs work–work and m(L − m)/L
    pairs idle–work among its L − 1 pairs, so the expectation over all orders is exact and needs no
    random numbers. It holds what comes from how much an agent works, and nothing of its order.

    Parameters
    ----------
    history : History
        Of a task with units of work.
    last : int, optional
        Count the last trials only; by default all.

    Returns
    -------
    Gap
        NaN for agents that always, or never, work.

    Raises
    ------
    ValueError
        If the task has no units, or no trials were recorded.
    """
    trials = _progress(history)
    part = slice(None) if last is None else slice(-count("last", last, 1, history.n_trials), None)
    steps, worked, pairs, first, both = (
        array[:, part].astype(np.float64)
        for array in (trials.choices, trials.worked, trials.pairs, trials.pairs_worked, trials.pairs_both)
    )
    # Steps that offer work are contiguous from the start, so every one but the first ends a pair.
    second = worked - (trials.start_time[:, part] == 0)
    observed = _gap(both, first, second - both, pairs - first)
    some = np.where(steps > 0, steps, 1.0)
    shuffled = _gap(
        worked * (worked - 1) / some,
        (steps - 1) * worked / some,
        worked * (steps - worked) / some,
        (steps - 1) * (steps - worked) / some,
    )
    return Gap(observed, shuffled)


def momentum_gap(history: History, last: int | None = None) -> Floats:
    """Return P(work | worked just before) − P(work | did not), minus the same after a shuffle, (n_agents,).

    See `momentum` for the two parts and for the parameters.
    """
    gap = momentum(history, last)
    return gap.observed - gap.shuffled


def work_by_unit(history: History, last: int | None = None) -> Rates:
    """Return how often work is chosen by units done: the goal gradient.

    Parameters
    ----------
    history : History
        Of a task with units of work, with agents recorded in full.
    last : int, optional
        Count the last trials only; by default all.

    Returns
    -------
    Rates
        Conditions 0 to n_units − 1.

    Raises
    ------
    ValueError
        If the task has no units, or no agent was recorded in full.
    """
    view = _View.of(history, last)
    return view.rates(view.done, history.task.n_units)


def work_by_streak(history: History, last: int | None = None) -> Rates:
    """Return how often work is chosen by the number of steps worked in a row just before.

    Parameters and errors as `work_by_unit`; conditions 0 to n_steps − 1.
    """
    view = _View.of(history, last)
    return view.rates(_run_length(view.works), history.n_steps)


def work_since_sub_goal(history: History, last: int | None = None) -> Rates:
    """Return how often work is chosen by the number of steps since the last sub-goal: the slump.

    Parameters and errors as `work_by_unit`; conditions 0 to n_steps − 1. Steps before the first
    sub-goal do not count.
    """
    view = _View.of(history, last)
    reached = np.zeros(view.works.shape, dtype=np.bool_)
    reached[..., 1:] = (view.done[..., 1:] > view.done[..., :-1]) & view.is_goal[view.done[..., 1:]]
    since: Any = np.full(view.works.shape, -1)
    for step in range(1, since.shape[-1]):
        before = since[..., step - 1]
        since[..., step] = np.where(reached[..., step], 0, np.where(before >= 0, before + 1, -1))
    return view.rates(since, history.n_steps)


class _View(NamedTuple):
    """Recorded agents: units done, whether work was offered and chosen, each (n_agents, n_trials, n_steps).

    `is_goal` (n_units + 1,) says where sub-goals stand.
    """

    done: Ints
    offered: Bools
    works: Bools
    is_goal: Bools

    @classmethod
    def of(cls, history: History, last: int | None) -> "_View":
        _progress(history)
        units = units_of(history.task)
        if history.full is None or units is None:
            raise ValueError("history must hold agents in full; it was recorded with none")
        part = slice(None) if last is None else slice(-count("last", last, 1, history.n_trials), None)
        state, action = history.full.state[:, part, :-1], history.full.action[:, part]
        offered = units.offers_work[state] & (action >= 0)
        return cls(units.done[state], offered, units.is_work[action] & (action >= 0), units.is_goal)

    def rates(self, condition: Any, n_conditions: int) -> Rates:
        """Count by condition; negative conditions do not count."""
        n_agents = len(self.done)
        place = condition + np.arange(n_agents)[:, None, None] * n_conditions
        offered = self.offered & (condition >= 0)
        counts = (
            np.bincount(place[chosen].ravel(), minlength=n_agents * n_conditions).reshape(n_agents, n_conditions)
            for chosen in (offered & self.works, offered)
        )
        return Rates(np.arange(n_conditions), *counts)


def _run_length(works: Bools) -> Ints:
    """How many steps in a row, just before each step, were work."""
    length: Any = np.zeros(works.shape, dtype=np.int64)
    for step in range(1, works.shape[-1]):
        length[..., step] = np.where(works[..., step - 1], length[..., step - 1] + 1, 0)
    return length


def _gap(both: Floats, after_work: Floats, started: Floats, after_idle: Floats) -> Floats:
    """Difference of two pooled rates, summed over trials."""
    work, idle = after_work.sum(axis=1), after_idle.sum(axis=1)
    hit = both.sum(axis=1) / np.where(work > 0, work, np.nan)
    return np.asarray(hit - started.sum(axis=1) / np.where(idle > 0, idle, np.nan))
