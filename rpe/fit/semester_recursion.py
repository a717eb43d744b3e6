"""Work over a semester under many parameters at once: the recursions of `SemesterTask`, without its tables."""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import numpy as np

from rpe._checks import Floats, Ints
from rpe._softmax import softmax
from rpe.agents import Planner
from rpe.discounting import Exponential
from rpe.fit.model import Model
from rpe.records import Choices, Offers, WorkLog
from rpe.tasks import SemesterTask

_OF_TASK = (
    "unit_reward",
    "extra_reward",
    "shirk_reward",
    "effort",
    "effort_exponent",
    "efficacy",
    "believed_efficacy",
    "interest_probability",
    "boredom_probability",
    "interest_reward",
)
_OF_AGENT = ("discounting.gamma", "effort_discounting.gamma", "inverse_temperature")
# Sets of parameters that are solved together, so that their values of actions fit the cache.
_TOGETHER = 512


def applies(model: Model, data: Choices | WorkLog | Offers) -> bool:
    """Return whether `log_probabilities` knows this model: naive exponential planners, with all weeks seen."""
    agent, task = model.agent, model.task
    return (
        isinstance(data, WorkLog)
        and type(agent) is Planner
        and type(task) is SemesterTask
        and not agent.sophisticated
        and agent.horizon is None
        and type(agent.discounting) is Exponential
        and (agent.effort_discounting is None or type(agent.effort_discounting) is Exponential)
        and set(model.names) <= {*_OF_AGENT, *(f"task.{name}" for name in _OF_TASK)}
        and data.units.shape[1] == task.n_weeks + 1
        and bool((data.units >= 0).all())
        and int(data.units.max()) <= task.n_units
    )


def log_probabilities(model: Model, log: WorkLog, values: Floats, subject: Ints) -> tuple[Floats, Ints]:
    """Return the log probability of every number of units done in each week, and the numbers that were done.

    With n units done, attempts a are chosen by softmax over Q(n, a), for which

        E_a(n) = (1 − η) E_a−1(n) + η E_a−1(n + 1),   E_0 = pay + γ V,

    is the mean over Binomial(a, η) units; and Σ_a π(a) (1 − η + ηz)^a, worked out from the largest a on,
    is the generating function of the units done.

    Parameters
    ----------
    model, log
        For which `applies`.
    values : float array (n, n_parameters)
        Free parameters, natural scale.
    subject : int array (n,)
        Whose semester each of n fits is scored on.

    Returns
    -------
    float array (n_weeks, n_units + 1, n), int array (n_weeks, n)

    References
    ----------
    Chebolu, S. & Dayan, P. (2024), see `rpe.tasks.SemesterTask`.
    """
    different, solution = np.unique(values, axis=0, return_inverse=True)
    order = np.argsort(solution.ravel(), kind="stable")
    place = solution.ravel()[order]
    units = log.units.T
    done = np.diff(units, axis=0)[:, subject]
    found = np.empty((len(done), cast(SemesterTask, model.task).n_units + 1, len(values)))
    for first in range(0, len(different), _TOGETHER):
        semester = _Semester.of(model, different[first : first + _TOGETHER])
        low, high = np.searchsorted(place, (first, first + _TOGETHER))
        who = order[low:high]
        found[:, :, who] = _week_by_week(semester, units[:-1, subject[who]], done[:, who], place[low:high] - first)
    with np.errstate(divide="ignore"):
        return np.log(found, out=found), done


class _Semester(NamedTuple):
    """Parameters of m semesters, each (m,), and what the task holds fixed."""

    task: SemesterTask
    gamma: Floats
    effort_gamma: Floats
    beta: Floats
    efficacy: Floats
    believed: Floats
    flip: Floats  # (2, m): of a dull week and of an interesting one; (1, m) of zeros where weeks do not differ
    worth: Floats  # (n_units + 1, m)
    cost: Floats  # (n_units + 1, m), of attempting so many
    leisure: Floats
    interest: Floats  # of a unit attempted

    @classmethod
    def of(cls, model: Model, values: Floats) -> "_Semester":
        task, agent = cast(SemesterTask, model.task), cast(Planner, model.agent)

        def get(name: str, default: Any) -> Floats:
            column = values[:, model.names.index(name)] if name in model.names else default
            return np.broadcast_to(np.asarray(column, dtype=np.float64), len(values))

        def of_task(name: str) -> Floats:
            return get(f"task.{name}", getattr(task, name))

        gamma = get("discounting.gamma", cast(Exponential, agent.discounting).gamma)
        apart = agent.effort_discounting
        effort_gamma = gamma if apart is None else get("effort_discounting.gamma", cast(Exponential, apart).gamma)
        efficacy = of_task("efficacy")
        gap = task.believed_efficacy is not None or "task.believed_efficacy" in model.names
        believed = of_task("believed_efficacy") if gap else efficacy
        units = np.arange(task.n_units + 1.0)[:, None]
        paid = of_task("unit_reward") * np.minimum(units, task.threshold)
        paid = paid + of_task("extra_reward") * np.maximum(units - task.threshold, 0)
        flip, interest = np.zeros((1, len(values))), np.zeros(len(values))
        if task.interest_probability is not None or "task.interest_probability" in model.names:
            flip = np.stack([of_task("interest_probability"), of_task("boredom_probability")])
            interest = of_task("interest_reward") * (1.0 if task.interest_for == "attempted" else believed)
        return cls(
            task,
            gamma,
            effort_gamma,
            get("inverse_temperature", agent.inverse_temperature),
            efficacy,
            believed,
            flip,
            np.where(units >= task.threshold, paid, 0.0),
            of_task("effort") * _power(units, of_task("effort_exponent")),
            of_task("shirk_reward"),
            interest,
        )


def _week_by_week(semester: _Semester, before: Ints, done: Ints, solution: Ints) -> Floats:
    """Probability of every number of units done in each week, (n_weeks, n_units + 1, n), given the weeks before."""
    n_kinds, m = semester.flip.shape
    each = np.empty((len(done), n_kinds, semester.task.n_units + 1, done.shape[1]))
    for week, q in _values_by_week(semester):
        # Those with the same parameters and as many units done have the same week before them.
        different, of_each = np.unique(before[week] * m + solution, return_inverse=True)
        units, whose = np.divmod(different, m)
        for kind, values in enumerate(q):
            policy = softmax(values[:, units, whose], semester.beta[whose])
            each[week, kind] = _done(policy, semester.efficacy[whose])[:, of_each]
    if n_kinds == 1:
        return each[:, 0]
    flip = semester.flip[:, solution]
    belief = np.zeros((len(flip), done.shape[1]))
    belief[0] = 1.0
    found = np.empty((len(done), *each.shape[2:]))
    for week, seen in enumerate(done):
        found[week] = (each[week] * belief[:, None]).sum(axis=0)
        belief = belief * np.take_along_axis(each[week], seen[None, None], axis=1)[:, 0]
        total = belief.sum(axis=0)
        belief /= np.where(total > 0, total, 1.0)
        belief = belief * (1 - flip) + (belief * flip)[::-1]
    return found


def _done(policy: Floats, efficacy: Floats) -> Floats:
    """Distribution of units done (n_units + 1, n) where attempts have the probabilities `policy`, the same shape."""
    chance = np.zeros_like(policy)
    for attempts in range(len(policy) - 1, -1, -1):
        # One more attempt for all that were made so far, by Horner's rule in 1 − η + ηz.
        some = len(policy) - 1 - attempts
        moved = chance[:some] * efficacy
        chance[:some] -= moved
        chance[1 : some + 1] += moved
        chance[0] += policy[attempts]
    return chance


def _values_by_week(semester: _Semester) -> Iterator[tuple[int, Floats]]:
    """Each week, and the value of every number of attempts (1 or 2, attempts, units, m), overwritten by the next."""
    weeks, size, n = semester.task.n_weeks, *semester.worth.shape
    q = np.full((len(semester.flip), size, size, n), -np.inf)
    if semester.effort_gamma is semester.gamma:
        after = _at_the_end(semester, 0)
        for week in range(weeks - 1, -1, -1):
            _values(semester, after, 1.0, 1.0, q)
            yield week, q
            after = semester.gamma * q.max(axis=1)
        return
    # Where effort is discounted apart, every week has a plan of its own: W_τ from the last week back.
    for week in range(weeks):
        after = _at_the_end(semester, weeks - 1 - week)
        for delay in range(weeks - 1 - week, -1, -1):
            _values(semester, after, semester.gamma**delay, semester.effort_gamma**delay, q)
            after = q.max(axis=1)
        yield week, q


def _at_the_end(semester: _Semester, delay: int) -> Floats:
    """What the units done by the last week bring at the deadline, `delay` weeks from now, (1 or 2, n_units + 1, m)."""
    task, n_kinds = semester.task, len(semester.flip)
    if task.pay != "deadline":
        return np.zeros((n_kinds, *semester.worth.shape))
    return np.repeat((semester.gamma ** (delay + task.pay_delay) * semester.worth)[None], n_kinds, axis=0)


def _values(semester: _Semester, after: Floats, reward_weight: Any, effort_weight: Any, q: Floats) -> None:
    """Write the value of every number of attempts to q (1 or 2, attempts, units, m), −∞ beyond the units that are left.

    `after` (1 or 2, units, m) is what follows the week.
    """
    size, at_once = len(semester.worth), semester.task.pay == "threshold"
    ahead, worth = after, reward_weight * semester.worth
    if at_once:
        ahead = ahead + worth
    if len(after) == 2:
        flip = semester.flip[:, None]
        ahead = (1 - flip) * ahead + flip * ahead[::-1]
    interest = np.stack([0.0 * semester.interest, semester.interest])[: len(after), None]
    attempts = np.arange(size)[:, None]
    now = reward_weight * (semester.leisure * (size - 1 - attempts)) - effort_weight * semester.cost
    now = now + reward_weight * interest * attempts
    for a in range(size):
        if a:
            change = ahead[:, 1:] - ahead[:, :-1]
            change *= semester.believed
            change += ahead[:, :-1]
            ahead = change
        np.add(ahead, now[:, a, None], out=q[:, a, : size - a])
        if at_once:
            q[:, a, : size - a] -= worth[: size - a]


def _power(units: Floats, exponent: Floats) -> Floats:
    """Units to exponents, without a word where a search tries what is too large for numbers."""
    with np.errstate(over="ignore"):
        return np.asarray(units**exponent)
