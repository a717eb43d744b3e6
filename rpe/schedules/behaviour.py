"""What the animal does in a schedule: where it is on a track, what it chooses, and which sub-goals it reaches."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np

from rpe._checks import Bools, Floats, Ints, count, scalar
from rpe._shown import brief


class Behaviour(NamedTuple):
    """Actions, places and sub-goals of a schedule.

    Attributes
    ----------
    place : int array (n_trials, n_steps, n_stimuli)
        Where the animal is on a stimulus that is a track; −1 off it, and for stimuli that are none.
    offered : bool array (n_trials, n_steps, n_stimuli)
        Stimuli that are options of a choice, in the step of the choice.
    chosen : int array (n_trials, n_steps)
        The stimulus that is chosen, in the step of the choice; −1 elsewhere.
    subgoal : float array (n_trials, n_steps)
        Weight of a sub-goal in the step in which it is reached, 1 for most; 0 elsewhere.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=2)
    >>> s.behaviour is None  # nothing was chosen in it
    True
    """

    place: Ints
    offered: Bools
    chosen: Ints
    subgoal: Floats

    def __repr__(self) -> str:
        return brief(self)

    @classmethod
    def nothing(cls, n_trials: int, n_steps: int, n_stimuli: int) -> Self:
        """Return the behaviour of who passes no place, is offered no choice and has no sub-goal."""
        shape = (n_trials, n_steps)
        return cls(
            np.full((*shape, n_stimuli), -1),
            np.zeros((*shape, n_stimuli), dtype=bool),
            np.full(shape, -1),
            np.zeros(shape),
        )

    def take(self, trials: Any) -> Self:
        """Return the behaviour of some trials."""
        return type(self)(*(array[trials] for array in self))

    def widened(self, n_stimuli: int) -> Self:
        """Return the behaviour with so many stimuli in all; those that are new are no tracks and no options."""
        place, offered = (np.full((*self.chosen.shape, n_stimuli), none) for none in (-1, False))
        n = self.place.shape[2]
        place[:, :, :n], offered[:, :, :n] = self.place, self.offered
        return self._replace(place=place, offered=offered)

    def check(self, shape: tuple[int, ...], n_stimuli: int) -> None:
        """Raise ValueError for arrays of other shapes."""
        wanted = ((*shape, n_stimuli), (*shape, n_stimuli), shape, shape)
        for name, array, expected in zip(self._fields, self, wanted, strict=True):
            if array.shape != expected:
                raise ValueError(f"behaviour.{name} must have shape {expected}; got {array.shape}")


def travelled(
    n_places: int,
    step: float,
    *,
    start: float = 0.0,
    speed: int = 1,
    jumps: Mapping[int, int] | None = None,
    pauses: Mapping[int, int] | None = None,
) -> dict[float, int]:
    """Travel along a track: at what time which place is reached, for `Trial.places`; −1 at the end.

    Parameters
    ----------
    n_places : int
        Places 0 … n_places − 1.
    step : float
        Time at a place at the usual speed, s.
    start : float
        When place 0 is reached, s from the start of the trial.
    speed : int
        Places per `step`; the places between are passed unseen.
    jumps : mapping of int to int, optional
        Teleports: from which place one goes on at which, in place of the next one.
    pauses : mapping of int to int, optional
        For how many further steps one stands still at a place.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range, or a jump back, which would not end.

    Examples
    --------
    >>> travelled(4, 0.5), travelled(4, 0.5, speed=2), travelled(4, 0.5, jumps={0: 3})
    ({0.0: 0, 0.5: 1, 1.0: 2, 1.5: 3, 2.0: -1}, {0.0: 0, 0.5: 2, 1.0: -1}, {0.0: 0, 0.5: 3, 1.0: -1})
    """
    count("n_places", n_places), count("speed", speed)
    scalar("step", step, 0, open_low=True)
    for there, target in (jumps or {}).items():
        count(f"jumps[{there}]", target, there + 1, n_places - 1)
    found: list[int] = []
    place = 0
    while place < n_places:
        found += [place] * (1 + count(f"pauses[{place}]", (pauses or {}).get(place, 0), 0))
        place = (jumps or {}).get(place, place + speed)
    return {round(start + i * step, 9): place for i, place in enumerate([*found, -1])}
