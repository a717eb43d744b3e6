"""Momentum, as separate curves: at the same time and progress, by progress, by streak, and the raw difference."""

from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, count, flag, generator, scalar
from rpe.measures._records import Record, Steps, steps, trials_of
from rpe.measures.intervals import Band
from rpe.measures.solutions import Exact
from rpe.simulate import History
from rpe.tasks import TabulatedTask


class Rates(NamedTuple):
    """How often work was chosen where it was offered, by some condition.

    Attributes
    ----------
    condition : int array (n_conditions,)
        Units done, length of the streak, or steps since a sub-goal.
    worked, offered : int array (n_agents, n_conditions)
        How often work was chosen, and how often it was offered, in that condition.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> rates = rpe.measures.Rates(np.array([0, 1]), np.array([[3, 8]]), np.array([[10, 10]]))
    >>> rates.probability.tolist()
    [0.3, 0.8]
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
    """P(work | worked just before) − P(work | did not), (n_agents,), observed and under a shuffle.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0, record="all")
    >>> gap = rpe.measures.momentum_with_trend(history)
    >>> gap.observed.shape, gap.beyond_shuffle.shape
    ((200,), (200,))
    """

    observed: Floats
    shuffled: Floats

    @property
    def beyond_shuffle(self) -> Floats:
        """The observed difference less that of a shuffle; it still contains trends within a trial."""
        return self.observed - self.shuffled


def momentum(
    record: Record | Exact,
    *,
    task: TabulatedTask | None = None,
    n_units: int | None = None,
    last: int | None = None,
    by_agent: bool = False,
) -> Floats:
    """Return momentum: how much likelier work is right after work, at the same time and units done.

    Within each stratum of time t and units n, with a choices right after work and b right after
    something else, the difference of the two rates of work counts by its overlap ab/(a + b),

        m = Σ_tn w_tn [P(work | worked, t, n) − P(work | did not, t, n)] / Σ_tn w_tn.

    So a trend over time or towards a goal is not taken for momentum: a planner whom a start costs
    nothing has exactly 0.

    Parameters
    ----------
    record : History, Exact, choices or work over time
        A history must hold agents in full.
    task, n_units
        As in `procrastination_index`.
    last : int, optional
        Count the last trials only; by default all.
    by_agent : bool
        Whether each agent's trials are strata of their own. By default agents are pooled, which
        presumes that they are alike: agents who differ in how much they work show momentum
        together that none of them has.

    Returns
    -------
    float array
        (n_agents,) of an exact solution or by agent, else a number; NaN if no stratum holds both.

    Raises
    ------
    TypeError, ValueError
        As `procrastination_index`, and if no agent was recorded in full.

    References
    ----------
    Li, F., Morgan, K. L. & Zaslavsky, A. M. (2018). Balancing covariates via propensity score
    weighting. Journal of the American Statistical Association 113(521), 390-400 (overlap weights).
    doi:10.1080/01621459.2016.1260466

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> momentum(rpe.measures.exact(planner, rpe.tasks.monolithic())).round(3)
    array([0.304])
    """
    if isinstance(record, Exact):
        return record.momentum
    counts = _strata(steps(record, task, n_units, last))
    if not flag("by_agent", by_agent):
        counts = counts.sum(axis=1, keepdims=True)
    found = _within(counts)
    return found if by_agent else found[0]


def momentum_band(
    record: Record,
    *,
    task: TabulatedTask | None = None,
    n_units: int | None = None,
    last: int | None = None,
    confidence: float = 0.95,
    n_resamples: int = 400,
    rng: Any = None,
) -> Band:
    """Return momentum of pooled agents with a percentile interval from a bootstrap over agents.

    Parameters
    ----------
    record, task, n_units, last
        As in `momentum`, but an exact solution has no sampling error.
    confidence : float
        Level in (0, 1).
    n_resamples : int
        Bootstrap samples, at least 1.
    rng : int, numpy.random.Generator or None
        Seed.

    Returns
    -------
    Band
        Numbers.

    Raises
    ------
    TypeError, ValueError
        As `momentum`, and for numbers out of range.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0, record="all")
    >>> band = rpe.measures.momentum_band(history, n_resamples=100, rng=0)
    >>> bool(band.low <= band.mean <= band.high)
    True
    """
    confidence = scalar("confidence", confidence, 0, 1, open_low=True, open_high=True)
    counts = _strata(steps(record, task, n_units, last))
    n_agents = counts.shape[1]
    drawn = generator(rng).multinomial(n_agents, np.full(n_agents, 1 / n_agents), count("n_resamples", n_resamples))
    resampled = _within(np.stack([drawn @ each for each in counts.astype(np.float64)]))
    low, high = np.nanquantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Band(_within(counts.sum(axis=1, keepdims=True))[0], np.asarray(low), np.asarray(high))


def _strata(view: Steps) -> Ints:
    """Counts (4, n_agents, n_strata): choices right after work and after something else, and work among them."""
    pair = view.offered[..., 1:] & view.offered[..., :-1]
    n_agents, _, n_steps = view.works.shape
    n_strata = n_steps * (view.n_units + 1)
    place = (
        np.arange(1, n_steps) * (view.n_units + 1) + view.done[..., 1:] + n_strata * np.arange(n_agents)[:, None, None]
    )
    now, before = view.works[..., 1:], view.works[..., :-1]
    kinds = (pair & before, pair & ~before, pair & before & now, pair & ~before & now)
    counts = np.stack([np.bincount(place[kind], minlength=n_agents * n_strata) for kind in kinds])
    counts = counts.reshape(4, n_agents, n_strata)
    # Strata that nobody meets both ways have no weight.
    return counts[..., counts[:2].any(axis=1).all(axis=0)]


def _within(counts: Any) -> Floats:
    """Momentum (n,) from counts (4, n, n_strata)."""
    after_work, after_rest, work, started = counts
    total = np.where(after_work + after_rest > 0, after_work + after_rest, 1)
    overlap = (after_work * after_rest / total).sum(axis=-1)
    # (v/a − w/b)·ab/(a + b) = (v·b − w·a)/(a + b), which never divides by an empty stratum.
    difference = ((work * after_rest - started * after_work) / total).sum(axis=-1)
    return np.asarray(difference / np.where(overlap > 0, overlap, np.nan))


def momentum_with_trend(history: History, last: int | None = None) -> Gap:
    """Return the raw difference P(work | worked just before) − P(work | did not), trend included.

    Whoever works more as the deadline nears, or with every unit done, works more often after work
    than after something else, with no momentum at all: see `momentum` for what is left at the same
    time and progress. The order of an agent's own steps within a trial is also shuffled. With L
    steps that offer work and m that are work, a random order has on average m(m − 1)/L pairs
    work–work and m(L − m)/L pairs idle–work among its L − 1 pairs, so the expectation over all
    orders is exact and needs no random numbers. It holds what comes from how much an agent works,
    and nothing of its order; the shuffle takes away no trend.

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
    TypeError, ValueError
        If the task has no units, or no trials were recorded.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0, record="all")
    >>> bool(np.nanmean(rpe.measures.momentum_with_trend(history).observed) > 0)  # every start costs something
    True
    """
    if not isinstance(history, History):
        raise TypeError(f"history must be a History of rpe.simulate.run; got {type(history).__name__}")
    trials: Any = trials_of(history)
    if trials.units is None:
        raise ValueError("history must be of a task with units of work; this one is not")
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


def work_by_unit(record: Record, last: int | None = None, *, task: TabulatedTask | None = None) -> Rates:
    """Return how often work is chosen by units done: the goal gradient.

    Parameters
    ----------
    record : History or choices
        Of a task with units of work; a history must hold agents in full.
    last : int, optional
        Count the last trials only; by default all.
    task : TabulatedTask, optional
        What choices are about; needed for them.

    Returns
    -------
    Rates
        Conditions 0 to n_units − 1.

    Raises
    ------
    ValueError
        If the task has no units, or no agent was recorded in full.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0, record="all")
    >>> rates = rpe.measures.work_by_unit(history)
    >>> some = rates.worked.sum(axis=0)[:3] / rates.offered.sum(axis=0)[:3]
    >>> some.round(2)  # with 0, 1 and 2 units done
    array([0.58, 0.95, 0.67])
    """
    view = steps(record, task, None, last)
    return _rates(view, view.done, view.n_units)


def work_by_streak(record: Record, last: int | None = None, *, task: TabulatedTask | None = None) -> Rates:
    """Return how often work is chosen by the number of steps worked in a row just before.

    Parameters and errors as `work_by_unit`; conditions 0 to n_steps − 1.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0, record="all")
    >>> rates = rpe.measures.work_by_streak(history)
    >>> some = rates.worked.sum(axis=0)[:3] / rates.offered.sum(axis=0)[:3]
    >>> some.round(2)  # after 0, 1 and 2 steps of work in a row
    array([0.59, 0.94, 0.74])
    """
    view = steps(record, task, None, last)
    return _rates(view, _run_length(view.works), view.works.shape[-1])


def work_since_sub_goal(record: Record, last: int | None = None, *, task: TabulatedTask | None = None) -> Rates:
    """Return how often work is chosen by the number of steps since the last sub-goal: the slump.

    Parameters and errors as `work_by_unit`; conditions 0 to n_steps − 1. Steps before the first
    sub-goal do not count.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=4, deadline=12, reward=20, start_cost=1.0)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> history = rpe.simulate.run(planner, task, n_agents=200, n_trials=2, rng=0, record="all")
    >>> rates = rpe.measures.work_since_sub_goal(history)
    >>> some = rates.worked.sum(axis=0)[:3] / rates.offered.sum(axis=0)[:3]
    >>> some.round(2)  # 0, 1 and 2 steps after a sub-goal
    array([0.73, 0.79, 0.78])
    """
    view = steps(record, task, None, last)
    reached = np.zeros(view.works.shape, dtype=np.bool_)
    reached[..., 1:] = (view.done[..., 1:] > view.done[..., :-1]) & view.is_goal[view.done[..., 1:]]
    since: Any = np.full(view.works.shape, -1)
    for step in range(1, since.shape[-1]):
        before = since[..., step - 1]
        since[..., step] = np.where(reached[..., step], 0, np.where(before >= 0, before + 1, -1))
    return _rates(view, since, view.works.shape[-1])


def _rates(view: Steps, condition: Any, n_conditions: int) -> Rates:
    """Count by condition; negative conditions do not count."""
    n_agents = len(view.done)
    place = condition + np.arange(n_agents)[:, None, None] * n_conditions
    offered = view.offered & (condition >= 0) & (condition < n_conditions)
    counts = (
        np.bincount(place[chosen].ravel(), minlength=n_agents * n_conditions).reshape(n_agents, n_conditions)
        for chosen in (offered & view.works, offered)
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
