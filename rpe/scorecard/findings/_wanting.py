"""A cue that is trained in one state of the body and shown in another, and what is wanted and liked then."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rpe import schedules
from rpe.schedules import Schedule, Trial
from rpe.theories import Learned, Theory
from rpe.theories.protocol import StateDependent


@dataclass(frozen=True)
class Shown:
    """What a theory says of the test, after training in its normal state.

    Attributes
    ----------
    schedule : Schedule
    learned : Learned
    """

    schedule: Schedule
    learned: Learned

    def wanting(self, time: float) -> float:
        """Return the wanting of what is on at a time, s, in the test; its value for a theory without wanting."""
        signal = self.learned.more.get("wanting", self.learned.value)
        return float(np.mean(signal[:, -1, self.schedule.step_of(time)]))

    def value(self, time: float) -> float:
        """Return the stored value of what is on at a time, s, in the test."""
        return float(np.mean(self.learned.value[:, -1, self.schedule.step_of(time)]))

    @property
    def liking(self) -> float:
        """Mean pleasure of a reward in the state of the test; NaN for a theory without liking."""
        if "liking" not in self.learned.more:
            return float("nan")
        return float(self.learned.more["liking"][:, -2].sum(axis=1).mean())


def trained(
    theory: Theory,
    cues: Mapping[str, tuple[float, float]],
    reward: Mapping[float, float],
    kappa: float,
    rng: np.random.Generator,
) -> Shown:
    """Train 200 times in the normal state, then pay once and show the cues once in another state, without learning.

    A `StateDependent` theory is told the state of the test, κ; another one knows of none.
    """
    kinds = {
        "train": Trial(cues, reward),
        "paid": Trial(cues, reward, learning=False),
        "shown": Trial(cues, learning=False),
    }
    order = ["train"] * 200 + ["paid", "shown"]
    phases = ["training"] * 200 + ["test"] * 2
    schedule = schedules.sequence(kinds, order, dt=0.5, duration=4.0, gap=20.0, phases=phases)
    told = theory.in_states({"test": kappa}) if isinstance(theory, StateDependent) else theory
    return Shown(schedule, told.learn(schedule, rng))
