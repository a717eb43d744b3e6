"""The likelihood of work over time, with the choices that nobody saw summed out."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, instance
from rpe.agents import Planner
from rpe.records import WorkLog
from rpe.tasks import TabulatedTask


def work_log_likelihood(agent: Planner, task: TabulatedTask, log: WorkLog) -> Floats:
    """Return the log likelihood of each subject's work over time, with the hidden choices summed out.

    With b_t the belief about the state after the work of t days,

        P(n_t+1 | n_1..t) = Σ_s b_t(s) Σ_a π(a|s) Σ_s′ T(s′|s, a) 1[units(s′) = n_t+1],

    and what is left of the belief, normalised, is b_t+1: the forward algorithm.

    Parameters
    ----------
    agent : Planner
        Whose policy does not change with what it does, with one set of parameters or one per
        subject.
    task : TabulatedTask
        Layered, with units, of as many steps as the log has days.
    log : WorkLog
        Of n subjects.

    Returns
    -------
    float array (n_subjects,)
        −∞ where the work cannot be the agent's.

    Raises
    ------
    TypeError
        If the agent learns, as then the hidden choices would matter for ever.
    ValueError
        If task and log do not fit.

    References
    ----------
    Rabiner, L. R. (1989). A tutorial on hidden Markov models. Proceedings of the IEEE 77(2),
    257-286, Eq. 19-21. doi:10.1109/5.18626

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.SemesterTask(n_units=2, n_weeks=2, threshold=1, efficacy=0.5)
    >>> indifferent = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=0.0)
    >>> log = rpe.records.WorkLog.of([[0, 2]])
    >>> float(rpe.fit.work_log_likelihood(indifferent, task, log)[0].round(4))    # 7/12 · 1/12
    -3.0239
    """
    seen, known = outcomes(log)
    predicted = predictive(agent, task, log)
    each = np.take_along_axis(predicted, seen[:, None], axis=1)[:, 0]
    with np.errstate(divide="ignore"):
        return np.where(known, np.log(each), 0.0).sum(axis=0)


def outcomes(log: WorkLog) -> tuple[Ints, Bools]:
    """Return the units done by the end of each day, (n_days, n_subjects), 0 where unknown, and where they are known."""
    instance("log", log, WorkLog)
    after = np.ascontiguousarray(log.units[:, 1:].T)
    return np.maximum(after, 0), after >= 0


def predictive(
    agent: Planner, task: TabulatedTask, log: WorkLog, subject: Ints | None = None, solution: Ints | None = None
) -> Floats:
    """Return the probability of every number of units by the end of each day, given the days before.

    Parameters
    ----------
    agent, task, log
        As in `work_log_likelihood`.
    subject : int array (n,), optional
        Whose log each of n agents has; by default agent i that of subject i.
    solution : int array (n,), optional
        Which of the agent's sets of parameters each has; by default agent i the i-th, or all the
        only one.

    Returns
    -------
    float array (n_days, n_units + 1, n)
        Once the log cannot be the agent's, 0 throughout.
    """
    units = _checked(agent, task, log)
    who = np.arange(log.n_subjects) if subject is None else subject
    memory = agent.init(task, len(who) if solution is None else agent.n_agents)
    size, rules = int(task.layer_size or 0), _Rules.of(task)
    counts = np.arange(max(units.max(), log.units.max()) + 1)
    belief = np.zeros((size, len(who)))
    belief[:] = task.initial_probability[:size, None]
    found = np.empty((log.units.shape[1] - 1, len(counts), len(who)))
    policy = np.moveaxis(memory.policy, 1, -1)
    for day in range(len(found)):
        chosen = policy[:, day * size : (day + 1) * size]
        if solution is not None and chosen.shape[-1] > 1:
            chosen = chosen[..., solution]
        belief = _forward(belief, chosen, rules, day)
        done = units[(day + 1) * size : (day + 2) * size]
        found[day] = (counts[:, None] == done).astype(np.float64) @ belief
        seen = log.units[who, day + 1]
        belief = belief * ((done[:, None] == seen) | (seen < 0))
        total = belief.sum(axis=0)
        belief /= np.where(total > 0, total, 1.0)
    return found


class _Rules(NamedTuple):
    """The rules of a layered task: the chance (n_states, layer_size, n_actions) of each place in the next layer."""

    kernel: Floats
    size: int

    @classmethod
    def of(cls, task: TabulatedTask) -> "_Rules":
        next_state = task.tables.next_state
        size, (_, n_states, n_actions) = int(task.layer_size or 0), next_state.shape
        place = (np.arange(n_states)[:, None] * size + next_state % size) * n_actions + np.arange(n_actions)
        chance = np.broadcast_to(task.tables.outcome_probability, next_state.shape)
        kernel = np.bincount(place.ravel(), chance.ravel(), n_states * size * n_actions)
        return cls(np.asarray(kernel, dtype=np.float64).reshape(n_states, size, n_actions), size)


def _forward(belief: Floats, policy: Floats, rules: _Rules, day: int) -> Floats:
    """The belief (layer_size, n) after one more day, before anything is seen of it."""
    after = np.zeros_like(belief)
    # From each state that somebody may be in: few, as the units are seen.
    for state in np.flatnonzero(belief.any(axis=1)):
        after += rules.kernel[day * rules.size + state] @ (policy[:, state] * belief[state])
    return after


def _checked(agent: object, task: object, log: WorkLog) -> Ints:
    """The units done in each state (n_states,), after checking that everything fits."""
    if not isinstance(agent, Planner):
        raise TypeError(
            f"agent must be a Planner, whose policy does not depend on hidden choices; got {type(agent).__name__}"
        )
    if not isinstance(task, TabulatedTask) or task.layer_size is None:
        raise TypeError(f"task must be layered in time, such as GoalTask or SemesterTask; got {type(task).__name__}")
    parts = task.decode(np.arange(task.n_states))
    if "units" not in parts:
        raise TypeError(f"task must have units of work; the states of {type(task).__name__} have {', '.join(parts)}")
    if log.units.shape[1] - 1 != task.n_work_steps:
        raise ValueError(f"log must have {task.n_work_steps} days, as the task has; got {log.units.shape[1] - 1}")
    return np.asarray(parts["units"])
