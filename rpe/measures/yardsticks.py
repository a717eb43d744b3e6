"""Welfare by three yardsticks, and whether a task is worth doing at all by each of them."""

from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Floats, choice, count, function, instance
from rpe.agents._induction import Problem
from rpe.discounting import Discounting
from rpe.measures._records import ChoiceRecord, trials_of
from rpe.measures.solutions import Exact
from rpe.simulate import History
from rpe.simulate.recorder import units_of
from rpe.tasks import TabulatedTask

YARDSTICKS = ("undiscounted", "long-run self", "today's self")


class Worth(NamedTuple):
    """What a task can bring by one yardstick, in reward units, each (n_agents,).

    Attributes
    ----------
    best, never : float array
        The value of the best policy, and of the best that never works.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> rpe.measures.Worth(best=np.array([160.0]), never=np.array([120.0])).gain.tolist()  # reward units
    [40.0]
    """

    best: Floats
    never: Floats

    @property
    def gain(self) -> Floats:
        """How much better the best policy is than never working; 0 if the task is not worth doing."""
        return self.best - self.never


def yardstick(name: str, discounting: Discounting | None, n_steps: int) -> Floats:
    """Return the weight of reward and effort at each step by a yardstick.

    Parameters
    ----------
    name : {"undiscounted", "long-run self", "today's self"}
        Every step counts the same; it counts D(T + τ)/D(T), to the self who looks from a horizon T
        before the first step and has nothing at stake in the present (for quasi-hyperbolic
        discounting that is δ^τ, the long-run perspective of O'Donoghue & Rabin 1999; for
        exponential discounting today's); or it counts D(τ), to the self of the first step.
    discounting : Discounting or None
        D; not needed for "undiscounted".
    n_steps : int
        T.

    Returns
    -------
    float array (n_steps,) or (n_agents, n_steps)

    Raises
    ------
    ValueError
        For another name, or if the discount function is missing.

    References
    ----------
    O'Donoghue, T. & Rabin, M. (1999). Doing it now or later. American Economic Review 89(1), 103-124,
    section II. doi:10.1257/aer.89.1.103

    Examples
    --------
    >>> import rpe
    >>> biased = rpe.discounting.QuasiHyperbolic(beta=0.5, delta=0.9)
    >>> yardstick("today's self", biased, 3), yardstick("long-run self", biased, 3)
    (array([1.   , 0.45 , 0.405]), array([1.  , 0.9 , 0.81]))
    """
    n_steps = count("n_steps", n_steps, 1, 10**9)
    if choice("name", name, YARDSTICKS) == "undiscounted":
        return np.ones(n_steps)
    if discounting is not None:
        function("discounting", discounting)
    else:
        raise ValueError(f"discounting must be given for the yardstick {name!r}; got None")
    delay = np.arange(n_steps)
    if name == "today's self":
        return discounting(delay)
    far = discounting(n_steps + delay)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = far / far[..., :1]
    # D(T) = 0 leaves no horizon from which to look; such a self sees the first step alone.
    return np.where(np.isfinite(weight), weight, delay == 0)


def welfare(
    record: History | Exact | ChoiceRecord,
    *,
    by: str = "undiscounted",
    discounting: Discounting | None = None,
) -> Floats:
    """Return welfare, the weighted sum of what was received minus what was spent, in reward units.

    Parameters
    ----------
    record : History, Exact or choices
        With reward and effort. Discounted welfare of a history needs agents recorded in full, and
        is theirs.
    by : str
        The yardstick, as in `yardstick`.
    discounting : Discounting, optional
        Needed for all but "undiscounted".

    Returns
    -------
    float array
        (n_agents,) of an exact solution, else (n_agents, n_trials).

    Raises
    ------
    TypeError, ValueError
        If the record does not hold rewards, or the discount function is missing.

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> found = rpe.measures.exact(planner, rpe.tasks.monolithic())
    >>> [float(welfare(found, by=name, discounting=planner.discounting)[0].round(1)) for name in YARDSTICKS]
    [153.2, 103.3, 47.8]
    """
    choice("by", by, YARDSTICKS)
    if discounting is not None:
        function("discounting", discounting)
    if isinstance(record, Exact):
        weight = yardstick(by, discounting, record.utility.shape[1])
        return np.asarray((record.utility * weight).sum(axis=-1))
    if isinstance(record, History) and by == "undiscounted":
        trials = trials_of(record)
        return trials.reward - trials.effort
    full: Any = record.full if isinstance(record, History) else record
    if full is None:
        raise ValueError("history must hold agents in full for discounted welfare; it was recorded with none")
    if not hasattr(full, "reward") or not hasattr(full, "effort"):
        raise TypeError(f"record must hold reward and effort; got {type(record).__name__}")
    if np.shape(full.reward) != np.shape(full.effort):
        raise ValueError(f"reward must have the shape of effort, {np.shape(full.effort)}; got {np.shape(full.reward)}")
    weight = yardstick(by, discounting, full.reward.shape[-1])
    return np.asarray(((full.reward - full.effort) * (weight if weight.ndim == 1 else weight[:, None])).sum(axis=-1))


def worth_doing(task: TabulatedTask, *, by: str = "undiscounted", discounting: Discounting | None = None) -> Worth:
    """Return what the best policy brings by a yardstick, against never working.

    The best policy is one that the self of the yardstick could commit to: V_t(s) = max_a E[w_t(r − e)
    + V_t+1(s′)], with the weights w of the yardstick. Points and pseudo-rewards do not count.

    Parameters
    ----------
    task : TabulatedTask
        Layered in time, with units of work.
    by, discounting
        As in `welfare`.

    Returns
    -------
    Worth
        (n_agents,) as the discount function has them.

    Raises
    ------
    ValueError
        If the states of the task do not hold the time, or it has no work.

    Examples
    --------
    >>> import rpe
    >>> worth_doing(rpe.tasks.monolithic()).gain        # 100 + 40·2 − 20·1 − 2 against 60·2
    array([38.])
    """
    choice("by", by, YARDSTICKS)
    if discounting is not None:
        function("discounting", discounting)
    units = units_of(instance("task", task, TabulatedTask))
    if units is None or task.layer_size is None:
        raise ValueError("task must have units of work and hold the time in its states; it does not")
    problem = Problem.of(task, None)
    weight = np.atleast_2d(yardstick(by, discounting, task.n_steps)).T
    utility = _received(task) - problem.effort
    rest = np.flatnonzero(~units.is_work)
    return Worth(*(_best(task, problem, utility, weight, actions) for actions in (slice(None), rest)))


def _received(task: TabulatedTask) -> Floats:
    """Expected reward alone, (n_actions, n_states, 1): a planner's problem counts points as well."""
    tables = task.tables
    shape = tables.next_state.shape
    mean = np.broadcast_to(tables.outcome_probability * tables.reward, shape).sum(axis=0)
    return np.ascontiguousarray(mean.T)[..., None]


def _best(task: TabulatedTask, problem: Problem, utility: Floats, weight: Floats, actions: Any) -> Floats:
    value = np.zeros((task.n_states, weight.shape[1]))
    for time in range(task.n_steps - 1, -1, -1):
        rows = problem.rows(time, time)
        q = utility[:, rows] * weight[time] + problem.ahead(rows, value)
        value[rows] = np.where(problem.available[:, rows], q, -np.inf)[actions].max(axis=0)
    return np.asarray(task.initial_probability @ value)
