"""A to-do list against the clock: things that take several steps each, and too little time for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Kept, between, count, default, scalar, sequence
from rpe.tasks._state_numbers import digits
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask

_MOST = 1 << 18


@dataclass(frozen=True, eq=False, repr=False)
class TimedList(TabulatedTask):
    """To-do list against the clock: which things to finish, and in which order, before the time is up.

    Each step goes to one thing that is not finished, or to rest. Thing i takes `steps[i]` of them and
    then pays `pay[i]`; what is not finished pays nothing. Ticking a thing off is worth a pseudo-reward
    of 1 besides, which counts for agents with a `pseudo_reward_weight`: a preference for completion.

    Parameters
    ----------
    pay : array (n_things,)
        What each pays once it is finished, reward units.
    steps : sequence of int (n_things,)
        How many steps each takes, at least 1.
    deadline : int
        Steps T, at least 1.
    effort : float
        Cost ≥ 0 of a step of work.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range, lengths that do not match, or more than 262,144 states.

    References
    ----------
    Zhu, M., Yang, Y. & Hsee, C. K. (2018). The mere urgency effect. Journal of Consumer Research 45(3),
    673-690. doi:10.1093/jcr/ucy008 (that people finish small things first; provisional: from memory)

    Examples
    --------
    >>> import numpy as np, rpe
    >>> task = rpe.tasks.TimedList(pay=[1.0, 1.0, 5.0], steps=[1, 1, 3], deadline=3, effort=0.0)
    >>> best = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=np.inf)
    >>> rpe.measures.exact(best, task).reward
    array([5.])
    """

    pay: Kept[npt.ArrayLike, Floats] = default((2.0, 3.0, 6.0, 10.0))
    steps: Kept[Sequence[int], tuple[int, ...]] = default((1, 2, 3, 4))
    deadline: int = 5
    effort: float = 0.2

    def __post_init__(self) -> None:
        pay = between("pay", self.pay)
        steps = tuple(count("steps", each) for each in sequence("steps", self.steps))
        if pay.ndim != 1 or pay.size != len(steps) or not steps:
            raise ValueError(f"pay and steps must have one length of at least 1; got {pay.shape} and {len(steps)}")
        pay.setflags(write=False)
        object.__setattr__(self, "pay", pay)
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "deadline", count("deadline", self.deadline))
        object.__setattr__(self, "effort", scalar("effort", self.effort, 0))
        if (size := int(np.prod(self._shape, dtype=np.float64))) > _MOST:
            raise ValueError(f"steps and deadline must make at most {_MOST} states; got {size}")

    @property
    def _shape(self) -> tuple[int, ...]:
        return (self.deadline + 1, *(each + 1 for each in sequence("steps", self.steps)))

    @property
    def n_steps(self) -> int:
        """Steps of a trial: the deadline."""
        return self.deadline

    @property
    def n_units(self) -> int:
        """Things to be done."""
        return len(self.steps)

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return (*(f"work on thing {i + 1}" for i in range(self.n_units)), "rest")

    @property
    def work_actions(self) -> tuple[int, ...]:
        """Which actions are work: all but rest."""
        return tuple(range(self.n_units))

    @property
    def layer_size(self) -> int:
        """Number of states that share a time."""
        return int(np.prod(self._shape[1:]))

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean: `time`, `progress` (steps given to each thing, last axis), `units` (ticked off)."""
        time, *given = digits(state, self._shape)
        progress = np.stack(given, axis=-1)
        return {"time": time, "progress": progress, "units": (progress == np.array(self.steps)).sum(axis=-1)}

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        n = self.n_units
        states = np.arange(int(np.prod(self._shape)))
        now = self.decode(states)
        open_things = now["progress"] < np.array(self.steps)
        last = now["progress"] == np.array(self.steps) - 1
        # One step on thing i moves its digit by one; time is the first digit.
        weight = np.cumprod([1, *(each + 1 for each in self.steps[::-1])])[::-1]
        later = np.where(now["time"] < self.deadline, weight[0], 0)[:, None]
        moved = np.hstack([np.where(open_things, weight[1:], 0), np.zeros((len(states), 1), dtype=np.int64)])
        ticks = np.hstack([last, np.zeros((len(states), 1), dtype=np.bool_)])
        over = now["time"][:, None] + 1 >= self.deadline
        return Tables(
            next_state=(states[:, None] + later + moved)[None],
            outcome_probability=np.ones((1, 1, 1)),
            reward=(ticks * np.append(self.pay, 0.0))[None],
            effort=np.hstack([open_things * self.effort, np.zeros((len(states), 1))])[None],
            terminated=np.broadcast_to(over, (1, len(states), n + 1)).copy(),
            available=np.hstack([open_things, np.ones((len(states), 1), dtype=np.bool_)]),
            pseudo_reward=ticks[None] * 1.0,
        )
