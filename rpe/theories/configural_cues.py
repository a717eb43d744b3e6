"""Configural cues around a theory: every compound is also a cue of its own, or a cue sets the occasion for another."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from rpe._checks import Seed, count, flag, scalar
from rpe.features import with_configural_cues, with_occasion_setters
from rpe.schedules import Schedule
from rpe.theories._stability import around
from rpe.theories.protocol import Learned, Stability, Stable, Theory, Variants, checked, free_parameters_of, name_of
from rpe.theories.rescorla_wagner import RescorlaWagner


@dataclass(frozen=True)
class ConfiguralCues:
    """Unique-cue account around a theory, which learns about a·b beside a and b (Rescorla 1973).

    Parameters
    ----------
    theory : Theory
        What learns; Rescorla-Wagner by default.
    size : int
        Up to how many stimuli a unique cue stands for, ≥ 2.
    level : float
        Its level, ≥ 0 (0.5 by default, provisional: less salient than the cues themselves).
    occasion_setters : bool
        Whether a cue that came on before a target is a stimulus together with it.

    Raises
    ------
    TypeError, ValueError
        For a theory without `learn`, or options out of range.

    References
    ----------
    See `rpe.features.with_configural_cues` and `rpe.features.with_occasion_setters`.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x400, B+ x400, AB- x400 | AB-?", rng=0)
    >>> alone, configural = rpe.theories.RescorlaWagner(), rpe.theories.ConfiguralCues()
    >>> [round(abs(float(theory.learn(s).value[0, -1].max())), 1) for theory in (alone, configural)]
    [0.7, 0.0]
    """

    theory: Theory = field(default_factory=RescorlaWagner)
    size: int = 2
    level: float = 0.5
    occasion_setters: bool = True

    def __post_init__(self) -> None:
        checked(self.theory)
        count("size", self.size, 2)
        scalar("level", self.level, 0)
        flag("occasion_setters", self.occasion_setters)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return f"{name_of(self.theory)}, configural cues"

    @property
    def free_parameters(self) -> tuple[str, ...]:
        """Those of the inner theory, and the level."""
        return (*(free_parameters_of(self.theory) or ()), "level")

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def represented(self, schedule: Schedule) -> Schedule:
        """Return the schedule as the inner theory sees it."""
        seen = with_configural_cues(schedule, size=self.size, level=self.level)
        if not self.occasion_setters:
            return seen
        setters = with_occasion_setters(schedule, level=self.level)
        new = [place for place, name in enumerate(setters.stimuli) if name not in seen.stimuli]
        return _joined(seen, setters, new)

    def stability(self, schedule: Schedule) -> Stability:
        """Return that of the inner theory on what it sees.

        Raises
        ------
        TypeError
            If the inner theory has none.
        """
        if not isinstance(self.theory, Stable):
            raise TypeError(f"theory must have the method 'stability'; {name_of(self.theory)} has not")
        return self.theory.stability(self.represented(schedule))

    @around
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule."""
        return self.theory.learn(self.represented(schedule), rng)


def _joined(seen: Schedule, other: Schedule, places: list[int]) -> Schedule:
    """A schedule with some stimuli of another one behind its own."""
    level = np.concatenate([seen.level, other.level[:, :, places]], axis=2)
    return seen.with_stimuli((*seen.stimuli, *(other.stimuli[i] for i in places)), level)


SCORECARD: Variants = {"Rescorla-Wagner, configural cues": ConfiguralCues}
