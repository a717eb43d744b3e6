"""What an intervention does to somebody, in five classes, with all thresholds in one place."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import instance, scalar
from rpe.discounting import Discounting
from rpe.measures.solutions import Exact
from rpe.measures.yardsticks import Worth, welfare, worth_doing

CLASSES = ("helps", "works at a loss", "no effect", "hurts", "rightly left alone")


@dataclass(frozen=True)
class Thresholds:
    """Changes up to these sizes count as none.

    Parameters
    ----------
    index : float
        Of the procrastination index, which is a share of the time, ≥ 0.
    completion : float
        Of the probability that the task is completed, and of the share of units done, ≥ 0.
    welfare : float
        Of welfare, as a share of the budget (all that the task can pay), ≥ 0.

    Examples
    --------
    >>> import rpe
    >>> rpe.measures.Thresholds(index=0.05)
    Thresholds(index=0.05, completion=0.02, welfare=0.01)
    """

    index: float = 0.02
    completion: float = 0.02
    welfare: float = 0.01

    def __post_init__(self) -> None:
        for name in ("index", "completion", "welfare"):
            object.__setattr__(self, name, scalar(name, getattr(self, name), 0))


def classify(
    before: Exact,
    after: Exact,
    *,
    by: str = "undiscounted",
    discounting: Discounting | None = None,
    thresholds: Thresholds = Thresholds(),
    worth: Worth | None = None,
) -> npt.NDArray[np.str_]:
    """Return what a change of the task does to each agent: one of five classes.

    - "helps": work is done sooner or more often, and the agent is no worse off.
    - "works at a loss": sooner or more often, but the agent is worse off.
    - "rightly left alone": not sooner or more often, the task is not worth doing by the yardstick
      (the best policy beats never working by no more than the threshold), and hardly any of it is
      done after the change.
    - "hurts": none of these, and work is done later or less often, or the agent is worse off.
    - "no effect": nothing of all this beyond the thresholds.

    *Sooner* means a lower procrastination index, *more often* a higher probability of completion;
    *worse off* is welfare by the yardstick. The task is judged as it is before the change.

    Parameters
    ----------
    before, after : Exact
        What the same agents do on two tasks with units and the same number of steps.
    by, discounting
        The yardstick, as in `welfare`.
    thresholds : Thresholds
        What counts as a change.
    worth : Worth, optional
        What `worth_doing` said of the task before the change, where it is known already.

    Returns
    -------
    str array (n_agents,)

    Raises
    ------
    ValueError
        If the agents differ in number, or were on tasks of their own before, or as in `welfare`.

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=[0.001, 0.08]))
    >>> one, five = (rpe.measures.exact(planner, rpe.tasks.micro_wins(n)) for n in (1, 5))
    >>> classify(one, five)
    array(['no effect', 'helps'], dtype='<U18')
    """
    instance("before", before, Exact), instance("after", after, Exact)
    instance("thresholds", thresholds, Thresholds)
    if before.reward.shape != after.reward.shape:
        raise ValueError(
            f"before and after must be of the same agents; got {before.reward.size} and {after.reward.size}"
        )
    task = before.shared_task
    budget = float(getattr(task, "budget", 0.0))
    sooner = before.procrastination_index - after.procrastination_index
    oftener = after.completion_probability - before.completion_probability
    better = welfare(after, by=by, discounting=discounting) - welfare(before, by=by, discounting=discounting)
    tolerance = thresholds.welfare * budget
    gain = (worth_doing(task, by=by, discounting=discounting) if worth is None else worth).gain
    return _classes(
        forward=(sooner > thresholds.index) | (oftener > thresholds.completion),
        back=(sooner < -thresholds.index) | (oftener < -thresholds.completion),
        worse=better < -tolerance,
        left=(gain <= tolerance) & (1 - after.undone <= thresholds.completion),
    )


def _classes(*, forward: Any, back: Any, worse: Any, left: Any) -> npt.NDArray[np.str_]:
    """The class of each agent, the first that fits."""
    conditions = [forward & ~worse, forward & worse, left, back | worse]
    names = [CLASSES[0], CLASSES[1], CLASSES[4], CLASSES[3]]
    return np.select(np.broadcast_arrays(*conditions), names, default=CLASSES[2])
