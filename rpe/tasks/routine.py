"""A routine: a day of choices in a place, with an old ritual, a new one, and everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, between, choice, count, indices, scalar
from rpe.tasks._state_numbers import digits
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask

OTHER, OLD, NEW = 0, 1, 2
PLANS = ("any", "time", "after old")
_LATEST = 6


@dataclass(frozen=True, eq=False, repr=False)
class Routine(TabulatedTask):
    """Routine: a day of choices between an old ritual, a new one and something else, in a place, from some hour on.

    A trial is a day of `n_slots` choices. Each ritual can be done once a day; something else brings
    nothing. A *plan* says when the new ritual is meant to be done: there it brings `incentive` besides.
    Routines that differ in place, hours or pay alone have the same states, so that a memory can move
    from one to another.

    Parameters
    ----------
    n_slots : int
        Choices in a day, at least 1.
    place : int
        0 or 1: where one lives.
    first_hour : int
        When the earliest day begins, from 0 to 6.
    irregularity : int
        Days begin evenly within so many hours after the first; with `first_hour` at most 6.
    utilities : tuple of float
        What the old and the new ritual are worth in themselves, against something else, reward units;
        below 0 they cost effort.
    incentive : float
        ≥ 0, what the new ritual brings besides where it is planned, reward units.
    plan : {"any", "time", "after old"}
        Whether the new ritual is planned for any time, for `planned_hour`, or right after the old one.
    planned_hour : int
        From 0 to n_slots + 5.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> task = rpe.tasks.Routine(plan="after old", incentive=5.0)
    >>> step = task.step([0], [1], rng=np.random.default_rng(0))
    >>> {name: int(part[0]) for name, part in task.decode(step.state).items()}
    {'slot': 1, 'time': 1, 'place': 0, 'before': 1, 'old_done': 1, 'units': 0}
    >>> task.step(step.state, [2], rng=np.random.default_rng(0)).reward
    array([5.])
    """

    n_slots: int = 6
    place: int = 0
    first_hour: int = 0
    irregularity: int = 0
    utilities: tuple[float, float] = (0.0, 0.0)
    incentive: float = 0.0
    plan: str = "any"
    planned_hour: int = 0

    def __post_init__(self) -> None:
        count("n_slots", self.n_slots)
        count("place", self.place, 0, 1)
        count("first_hour", self.first_hour, 0, _LATEST)
        count("irregularity", self.irregularity, 0, _LATEST - self.first_hour)
        worth = between("utilities", self.utilities)
        if worth.shape != (2,):
            raise ValueError(f"utilities must have two entries, of the old and the new ritual; got {worth.shape}")
        object.__setattr__(self, "utilities", tuple(worth.tolist()))
        object.__setattr__(self, "incentive", scalar("incentive", self.incentive, 0))
        choice("plan", self.plan, PLANS)
        count("planned_hour", self.planned_hour, 0, self.n_slots + _LATEST - 1)

    @property
    def _shape(self) -> tuple[int, ...]:
        # Slot, hour of the first slot, place, what came before, and whether each ritual was done.
        return (self.n_slots + 1, _LATEST + 1, 2, 3, 2, 2)

    @property
    def n_steps(self) -> int:
        """Choices in a day."""
        return self.n_slots

    @property
    def n_units(self) -> int:
        """The new ritual, to be done once."""
        return 1

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return ("something else", "old ritual", "new ritual")

    @property
    def work_actions(self) -> tuple[int, ...]:
        """Which action counts as work: the new ritual."""
        return (NEW,)

    @property
    def layer_size(self) -> int:
        """Number of states that share a slot."""
        return int(np.prod(self._shape[1:]))

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean.

        Parameters
        ----------
        state : int array (...)
            Of any shape.

        Returns
        -------
        dict
            Arrays `slot`, `time` (hours since 0), `place`, `before` (the action before), `old_done` and
            `units` (1 once the new ritual is done).
        """
        slot, begun, place, before, old, new = digits(indices("state", state, int(np.prod(self._shape))), self._shape)
        return {"slot": slot, "time": slot + begun, "place": place, "before": before, "old_done": old, "units": new}

    def _mornings(self) -> Ints:
        """The states in which days begin."""
        hours = self.first_hour + np.arange(self.irregularity + 1)
        return np.asarray(np.ravel_multi_index((0, hours, self.place, 0, 0, 0), self._shape))

    @property
    def initial_probability(self) -> Floats:
        """The probability (n_states,) that a day begins in each state."""
        chance = np.zeros(int(np.prod(self._shape)))
        chance[self._mornings()] = 1 / (self.irregularity + 1)
        return chance

    def initial(self, n: int, rng: np.random.Generator) -> Ints:
        """Return the states (n,) in which n days begin."""
        mornings = self._mornings()
        return mornings[rng.integers(len(mornings), size=count("n", n))]

    def _planned(self, now: dict[str, Any]) -> npt.NDArray[np.bool_]:
        """Whether the new ritual is planned for each state."""
        if self.plan == "any":
            return np.ones(now["slot"].shape, dtype=np.bool_)
        return np.asarray(now["time"] == self.planned_hour if self.plan == "time" else now["before"] == OLD)

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        states = np.arange(int(np.prod(self._shape)))
        slot, begun, place, _, old, new = digits(states[:, None], self._shape)
        action = np.arange(3)
        after = (np.minimum(slot + 1, self.n_slots), begun, place, action, old | (action == OLD), new | (action == NEW))
        worth = np.broadcast_to(np.array([0.0, *self.utilities]), (len(states), 3)).copy()
        worth[:, NEW] += self.incentive * self._planned(self.decode(states))
        open_actions = np.hstack([np.ones_like(old), 1 - old, 1 - new]).astype(np.bool_)
        over = np.broadcast_to(slot + 1 >= self.n_slots, worth.shape).copy()
        return Tables(
            next_state=np.asarray(np.ravel_multi_index(np.broadcast_arrays(*after), self._shape))[None],
            outcome_probability=np.ones((1, 1, 1)),
            reward=np.maximum(worth, 0.0)[None],
            effort=np.maximum(-worth, 0.0)[None],
            terminated=over[None],
            available=open_actions,
        )
