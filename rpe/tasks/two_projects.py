"""Two projects side by side that share one deadline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Kept, count, default, numbers, scalar, sequence
from rpe.tasks._state_numbers import digits
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask


@dataclass(frozen=True, eq=False, repr=False)
class TwoProjects(TabulatedTask):
    """Multitasking: two projects share one deadline, and each step goes to one of them, or to distraction.

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

    payouts: Kept[Sequence[npt.ArrayLike], tuple[Floats, Floats]] = default(((0,) * 8 + (50,), (0,) * 8 + (50,)))
    deadline: int = 40
    effort: float = 1.0
    distraction: float = 2.0
    start_cost: float = 2.0

    def __post_init__(self) -> None:
        payouts = sequence("payouts", self.payouts)
        if len(payouts) != 2:
            raise ValueError(f"payouts must be two arrays, one per project; got {len(payouts)}")
        checked = []
        for each in payouts:
            array = numbers("payouts", each)
            if array.ndim != 1 or array.size < 2 or array[0] != 0:
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
    def work_actions(self) -> tuple[int, ...]:
        """Which actions are work: on either project."""
        return (1, 2)

    @property
    def _shape(self) -> tuple[int, int, int, int]:
        return (self.deadline + 1, self.payouts[0].size, self.payouts[1].size, 3)

    @property
    def layer_size(self) -> int:
        """Number of states that share a time."""
        return int(np.prod(self._shape[1:]))

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean: `time`, `first` and `second` (units done), their sum `units`, and `last` action."""
        time, first, second, last = digits(state, self._shape)
        return {"time": time, "first": first, "second": second, "units": first + second, "last": last}

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
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
            outcome_probability=np.ones((1, 1, 1)),
            reward=(paid + np.where(action == 0, self.distraction, 0.0))[None],
            effort=cost[None].astype(np.float64),
            terminated=np.broadcast_to(over, shape).copy(),
            available=np.where(action == 1, open_first, np.where(action == 2, open_second, True)),
        )
