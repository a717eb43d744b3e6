"""Two projects side by side, and a lever whose outcome loses its value."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import count, scalar
from rpe.tasks.tables import Tables, TableTask, TabulatedTask, digits


@dataclass(frozen=True, eq=False)
class TwoProjects(TabulatedTask):
    """Two tasks that share one deadline: each step goes to one of them, or to distraction.

    Turning from one project to the other, or from distraction to a project, costs `start_cost`.

    Parameters
    ----------
    payouts : pair of arrays (n_units + 1,)
        What each project pays on reaching n units; the lengths may differ. By default two of 8
        units that pay 50 at their ends.
    deadline : int
        Steps T, at least 1.
    effort : float
        Cost ≥ 0 of a step of work.
    distraction : float
        Reward of a step of distraction.
    start_cost : float
        ≥ 0.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of the wrong shape.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.TwoProjects()
    >>> task.action_names, task.n_units
    (('distract', 'work on first', 'work on second'), 16)
    """

    payouts: Any = ((0,) * 8 + (50,), (0,) * 8 + (50,))
    deadline: int = 40
    effort: float = 1.0
    distraction: float = 2.0
    start_cost: float = 2.0

    def __post_init__(self) -> None:
        if len(self.payouts) != 2:
            raise ValueError(f"payouts must be two arrays, one per project; got {len(self.payouts)}")
        checked = []
        for each in self.payouts:
            array = np.array(each, dtype=np.float64)
            if array.ndim != 1 or array.size < 2 or array[0] != 0 or not np.isfinite(array).all():
                raise ValueError(f"each of payouts must have shape (n_units + 1,) and begin with 0; got {each!r}")
            array.setflags(write=False)
            checked.append(array)
        object.__setattr__(self, "payouts", tuple(checked))
        object.__setattr__(self, "deadline", count("deadline", self.deadline))
        for name in ("effort", "start_cost"):
            object.__setattr__(self, name, scalar(name, getattr(self, name), 0))
        object.__setattr__(self, "distraction", scalar("distraction", self.distraction))

    @property
    def n_steps(self) -> int:
        """Steps of a trial: the deadline."""
        return self.deadline

    @property
    def n_units(self) -> int:
        """Units of work in both projects."""
        return sum(array.size - 1 for array in self.payouts)

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return ("distract", "work on first", "work on second")

    @property
    def _shape(self) -> tuple[int, int, int, int]:
        return (self.deadline + 1, self.payouts[0].size, self.payouts[1].size, 3)

    @property
    def layer_size(self) -> int:
        """Number of states that share a time."""
        return int(np.prod(self._shape[1:]))

    def decode(self, state: Any) -> dict[str, Any]:
        """Return what states mean: `time`, `first` and `second` (units done), their sum `units`, and `last` action."""
        time, first, second, last = digits(state, self._shape)
        return {"time": time, "first": first, "second": second, "units": first + second, "last": last}

    def _tabulate(self) -> Tables:
        now = self.decode(np.arange(np.prod(self._shape))[:, None])
        action = np.arange(3)
        ends = np.array([array.size - 1 for array in self.payouts])
        done = [np.minimum(now[name] + (action == i + 1), ends[i]) for i, name in enumerate(("first", "second"))]
        moved = [after > now[name] for after, name in zip(done, ("first", "second"), strict=True)]
        paid = sum(np.where(m, pays[d], 0.0) for m, pays, d in zip(moved, self.payouts, done, strict=True))
        works = moved[0] | moved[1]
        time = np.minimum(now["time"] + 1, self.deadline)
        last = np.where(works, action, 0)
        to = ((time * self._shape[1] + done[0]) * self._shape[2] + done[1]) * 3 + last
        over = now["time"] + 1 >= self.deadline
        cost = works * (self.effort + self.start_cost * (now["last"] != action))
        open_first, open_second = now["first"] < ends[0], now["second"] < ends[1]
        shape = (1, *works.shape)
        return Tables(
            next_state=to[None],
            luck_probability=np.ones((1, 1, 1)),
            reward=(paid + np.where(action == 0, self.distraction, 0.0))[None],
            effort=cost[None].astype(np.float64),
            terminated=np.broadcast_to(over, shape).copy(),
            available=np.where(action == 1, open_first, np.where(action == 2, open_second, True)),
        )


def lever(outcome: float = 1.0, other: float = 0.25, n_steps: int = 1) -> TableTask:
    """Return a lever that brings an outcome, beside something else to do: a task for devaluation tests.

    Train on `lever(outcome=1)`, then let the same memory choose on `lever(outcome=0)` without learning,
    or with it: what is pressed for its consequences stops, what is pressed out of habit goes on.

    Parameters
    ----------
    outcome : float
        What pressing brings, reward units.
    other : float
        What doing something else brings.
    n_steps : int
        Choices per trial, at least 1.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range.

    References
    ----------
    Adams, C. D. (1982). Variations in the sensitivity of instrumental responding to reinforcer
    devaluation. Quarterly Journal of Experimental Psychology B 34, 77-98.
    doi:10.1080/14640748208400878

    Examples
    --------
    >>> import rpe
    >>> rpe.tasks.lever().tables.reward
    array([[[1.  , 0.25]]])
    """
    pays = np.array([scalar("outcome", outcome), scalar("other", other)]).reshape(1, 1, 2)
    tables = Tables(
        next_state=np.zeros((1, 1, 2), dtype=np.int64),
        luck_probability=np.ones((1, 1, 1)),
        reward=pays,
        effort=np.zeros((1, 1, 1)),
        terminated=np.zeros((1, 1, 1), dtype=bool),
        available=np.ones((1, 2), dtype=bool),
    )
    return TableTask(tables, count("n_steps", n_steps))
