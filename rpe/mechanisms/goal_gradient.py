"""Goal gradient: work that attracts more near a goal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from rpe._checks import Floats, Ints, PerAgent, choice, default, instance, parameter
from rpe.mechanisms._work import work_and_units
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Task


@runtime_checkable
class PaidTask(Protocol):
    """Task that pays for units of work, such as `GoalTask`.

    Attributes
    ----------
    n_units : int
        Units of work.
    payout : float array (n_units + 1,)
        What is paid on reaching n units; a goal stands where it is not 0.
    """

    @property
    def n_units(self) -> int:
        """Units of work."""

    @property
    def payout(self) -> Floats:
        """What is paid on reaching each number of units."""


@dataclass(frozen=True, eq=False)
class GoalGradient(Mechanism):
    """Goal gradient: a bias towards work by where one stands between the last goal and the next.

    With n of N units done between the last goal and the next, the bias of work is weight × g:

        proportional: g = n / N;   small area: g = 1 / min(n + 1, N − n);
        two references: g = |2 n / (N − 1) − 1|, high near both ends and least in the middle

    `head_start` adds units to both n and N, as a card with stamps given away does: an agent that
    looks at what is left does not change, one that looks at proportions does.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        In logits; 0 (the default) is none.
    shape : {"proportional", "small area", "two references"}
        How it grows.
    head_start : int
        Units that are given away before the first.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or, at `init`, a task without units of work.

    References
    ----------
    Kivetz, R., Urminsky, O. & Zheng, Y. (2006). The goal-gradient hypothesis resurrected. Journal
    of Marketing Research 43(1), 39-58. doi:10.1509/jmkr.43.1.39
    Koo, M. & Fishbach, A. (2012). The small-area hypothesis. Journal of Consumer Research 39(3),
    493-509. doi:10.1086/663827
    Bonezzi, A., Brendl, C. M. & De Angelis, M. (2011). Stuck in the middle. Psychological Science
    22(5), 607-612. doi:10.1177/0956797611404899
    Nunes, J. C. & Drèze, X. (2006). The endowed progress effect. Journal of Consumer Research
    32(4), 504-512. doi:10.1086/500480

    Examples
    --------
    >>> import rpe
    >>> keen = rpe.mechanisms.GoalGradient(rpe.agents.QLearner(), weight=1.0, shape="two references")
    >>> keen.gradient(rpe.tasks.monolithic(n_units=5, deadline=10)).round(2).tolist()
    [1.0, 0.5, 0.0, 0.5, 1.0, 0.0]
    """

    weight: PerAgent = default(0.0)
    shape: str = "proportional"
    head_start: int = 0

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        shapes = ("proportional", "small area", "two references")
        head_start = int(parameter("head_start", self.head_start, 0))
        return {
            "weight": parameter("weight", self.weight),
            "shape": choice("shape", self.shape, shapes),
            "head_start": head_start,
        }

    @property
    def idle(self) -> bool:
        """Whether the distance of goals does not count."""
        return not self.weight.any()

    def gradient(self, task: PaidTask) -> Floats:
        """Return g at each number of units done, (n_units + 1,); 0 when all are done."""
        instance("task", task, PaidTask)
        goals = np.flatnonzero(np.asarray(task.payout))
        goals = goals[goals > 0] if len(goals) else np.array([task.n_units])
        done = np.arange(task.n_units)
        following = goals[np.minimum(np.searchsorted(goals, done, side="right"), len(goals) - 1)]
        before = np.concatenate([[0], goals])[np.searchsorted(goals, done, side="right")]
        n, size = done - before + self.head_start, np.maximum(following - before, 1) + self.head_start
        if self.shape == "proportional":
            g = n / size
        elif self.shape == "small area":
            g = 1.0 / np.minimum(n + 1, np.maximum(size - n, 1))
        else:
            g = np.abs(2 * n / np.maximum(size - 1, 1) - 1)
        return np.append(g, 0.0)

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return g of every state for every action, (n_actions, n_states)."""
        if not isinstance(task, PaidTask):
            raise ValueError(f"task must have units of work and a payout; got {type(task).__name__}")
        is_work, units = work_and_units(task)
        return is_work[:, None] * self.gradient(task)[units]

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return weight × g for work, (n_actions, n)."""
        own: Floats = memory.own
        return self.weight * own[:, state]
