"""The best split of a budget over sub-goals, for a person or for many, and the plain answer where it is no use."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rpe import measures
from rpe._checks import choice, count, scalar
from rpe.agents import Planner
from rpe.design._search import best_split
from rpe.design.response import OBJECTIVES, Response, objective_of
from rpe.tasks import GoalTask

_WHAT = {"completion": "the chance that all is done", "welfare": "welfare", "delay": "the procrastination index"}

_DUST = 1e-4


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """Split: where sub-goals stand, what they pay, and what that does to the people it was made for.

    Attributes
    ----------
    task : GoalTask
        The task as it should be: split, or with one goal if splitting is no use.
    one_goal : GoalTask
        The same budget on the last unit.
    objective : str
        What was sought: "completion", "welfare" or "delay".
    before, after : rpe.measures.Exact
        What people do with the one goal, and with `task`. Its reward is what distraction brings, and the
        budget once all is done: pay on the way is a transfer.
    classes : str array (n_agents,)
        What the change does to each, as `rpe.measures.classify` has it, undiscounted.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20)
    >>> steep = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.4))
    >>> split = rpe.design.split(task, steep, n_goals=2)
    >>> split.objective, split.classes.tolist()
    ('completion', ['helps'])
    """

    task: GoalTask
    one_goal: GoalTask
    objective: str
    before: measures.Exact
    after: measures.Exact
    classes: npt.NDArray[np.str_]

    @property
    def useful(self) -> bool:
        """Whether the task should be split at all."""
        return len(self.task.goals) > 1

    @property
    def gain(self) -> float:
        """Mean over people of what is gained over the one goal; 0 where splitting is no use.

        In probability of completion, in reward units of welfare, or by how much the index falls.
        """
        scale = self.one_goal.budget if self.objective == "welfare" else 1.0
        gained = objective_of(self.after, self.objective) - objective_of(self.before, self.objective)
        return scale * float(gained.mean())

    @property
    def text(self) -> str:
        """What to do and what it does, in plain words."""
        known = self.before
        if not self.useful:
            return (
                f"Leave it as one goal: no split of {self.one_goal.budget:g} was found that changes "
                f"{_WHAT[self.objective]} by more than {_least(self.objective, self.one_goal.budget):g}. "
                f"{_state(known)[0].upper()}{_state(known)[1:]}."
            )
        places = ", ".join(f"{self.task.payout[goal]:.3g} at unit {goal}" for goal in self.task.goals)
        lines = [
            f"Split the {self.task.n_units} units into {len(self.task.goals)} wins: pay {places} "
            f"({self.task.budget:.4g} in all).",
            f"With one goal {_state(known)}; with these wins {_state(self.after)}.",
        ]
        if self.task.payout[-1] == 0:
            lines.append("The last units are not paid for.")
        n = len(self.classes)
        counts = {name: int((self.classes == name).sum()) for name in measures.CLASSES}
        if n == 1:
            lines.append(f"For this person it {_VERDICTS[str(self.classes[0])]}.")
        else:
            named = "; ".join(f"it {_VERDICTS[name]}: {many}" for name, many in counts.items() if many)
            lines.append(f"Of {n} people, {named}.")
        return " ".join(lines)

    def __repr__(self) -> str:
        return f"Split({len(self.task.goals)} goals for {self.objective}, gain {self.gain:.3g})"


_VERDICTS = {
    "helps": "helps, at no loss of welfare",
    "works at a loss": "brings more or earlier work at a loss of welfare",
    "no effect": "changes little",
    "hurts": "hurts",
    "rightly left alone": "changes nothing, as the task is not worth doing",
}


def _state(found: measures.Exact) -> str:
    completion, index, welfare = (
        float(x.mean()) for x in (found.completion_probability, found.procrastination_index, found.welfare)
    )
    return (
        f"all is done with probability {completion:.2f} (procrastination index {index:.2f}, welfare {welfare:.1f} "
        "reward units)"
    )


def _least(objective: str, budget: float) -> float:
    """The smallest change that counts."""
    known = measures.Thresholds()
    return {"completion": known.completion, "delay": known.index, "welfare": known.welfare * budget}[objective]


def split(
    task: GoalTask,
    agent: Planner,
    *,
    budget: float | None = None,
    n_goals: int | None = None,
    objective: str = "completion",
    efficacy: float | None = None,
) -> Split:
    """Return where to put sub-goals and how to pay them, on a given budget, for people who plan so.

    Places start from even layouts and move one goal at a time. Pays follow the exact gradient of the
    objective (naive planners with noise in their choice) or SciPy's differences; for a greedy choice, which
    has no slope, grains of the budget move. A goal that is not worth .002 of the objective (a probability, a
    share of the time or of the budget) is left out. A gain below `rpe.measures.Thresholds` counts as none:
    the answer is then the one goal. The search is local, and so finds a good split rather than a certified
    best one; on small tasks it is tested against all splits on a grid.

    Parameters
    ----------
    task : GoalTask
        Effort, distraction, chance of success and deadline; how it pays now does not matter.
    agent : Planner
        The person (discounting k, inverse temperature β), or many people with one entry each: the
        objective is then its mean over them.
    budget : float, optional
        What can be paid in all, reward units, > 0; by default what the task pays now.
    n_goals : int, optional
        Goals at most, the last unit among them; by default any number.
    objective : {"completion", "welfare", "delay"}
        Raise the probability that all is done, or undiscounted welfare (what distraction brings + budget
        × P(all is done) − effort), or lower the procrastination index.
    efficacy : float, optional
        Chance of success that people believe in, in (0, 1]; by default that of the task.

    Returns
    -------
    Split
        With `.task`, `.gain` and `.text`.

    Raises
    ------
    TypeError, ValueError
        For another kind of task or agent, sub-deadlines, or numbers out of range.

    Notes
    -----
    The budget, the costs and the person are taken as known. Where a split only brings work that the
    person is worse off for, `classes` and `text` say so.

    References
    ----------
    Lieder, F., Chen, O. X., Krueger, P. M. & Griffiths, T. L. (2019). Cognitive prostheses for goal
    achievement. Nature Human Behaviour 3, 1096-1106. doi:10.1038/s41562-019-0672-9 (incentives as an
    optimal design; theirs are points, these are pays on a budget)

    Examples
    --------
    >>> import rpe
    >>> person = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.5))
    >>> task = rpe.tasks.monolithic(n_units=6, deadline=18, reward=30)
    >>> found = split(task, person, n_goals=2)
    >>> len(found.task.goals), round(found.gain, 2) > 0.2, found.task.budget
    (2, True, 30.0)
    >>> patient = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.001), inverse_temperature=3)
    >>> split(task, patient).text[:21]
    'Leave it as one goal:'
    """
    choice("objective", objective, OBJECTIVES)
    if efficacy is not None:
        scalar("efficacy", efficacy, 0, 1, open_low=True)

    def response(goals: tuple[int, ...]) -> Response:
        return Response(task, agent, goals, objective, budget=budget, efficacy=efficacy)

    last = response((getattr(task, "n_units", 1),))
    total, before = last.budget, last.solved([last.budget])
    most = task.n_units if n_goals is None else count("n_goals", n_goals, 1, task.n_units)
    one = last.paid([total])

    goals, pays = best_split(response, total, task.n_units, most)
    # What a solver leaves of a pay that it takes away.
    pays = np.where(pays < _DUST * total, 0.0, pays)
    pays *= total / pays.sum()
    chosen, after = response(goals).paid(pays), response(goals).solved(pays)
    gained = float((objective_of(after, objective) - objective_of(before, objective)).mean())
    if gained * (total if objective == "welfare" else 1.0) <= _least(objective, total):
        chosen, after = one, before
    return Split(chosen, one, objective, before, after, measures.classify(before, after))
