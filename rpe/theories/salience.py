"""Salience: dopamine as the size of a surprise whatever its sign, with a bonus for novelty."""

from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np

from rpe._checks import Floats, KnowsItsKeywords, Seed, scalar
from rpe.schedules import Schedule
from rpe.theories._manipulated import reported, unstimulated
from rpe.theories._stability import around
from rpe.theories.protocol import Learned, Theory, Variants, checked
from rpe.theories.td import TD


@dataclass(frozen=True)
class Salience(KnowsItsKeywords):
    """Salience: the unsigned error of another theory, and novelty: |δ| + b/√n at the n-th onset of each stimulus.

    A signal without sign cannot teach values; those are learned from errors that are no dopamine, so that
    stimulation adds to the signal, and neither it nor a lesion changes what is learned.

    Parameters
    ----------
    theory : Theory
        What learns; TD(0) over a serial compound by default.
    novelty : float
        b ≥ 0, in reward units (provisional: from memory).

    Notes
    -----
    `learn` returns in `more` the signed error, as `error`.

    Raises
    ------
    TypeError, ValueError
        For a theory without `learn`, or a negative bonus.

    References
    ----------
    Kakade, S. & Dayan, P. (2002). Dopamine: generalization and bonuses. Neural Networks 15,
    549-559. doi:10.1016/S0893-6080(02)00048-5 (the bonus)

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.design("A+ x200 | A-? x1")
    >>> bool(rpe.theories.Salience().learn(s).delta[0, -1, 15] > 0.9)      # a burst at an omission
    True
    """

    theory: Theory = field(default_factory=lambda: TD(trace_decay=0.0))
    novelty: float = 0.2

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount", "trace_decay", "novelty")

    def __post_init__(self) -> None:
        checked(self.theory)
        scalar("novelty", self.novelty, 0)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "salience"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    @around
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule."""
        inner = self.theory.learn(unstimulated(schedule), rng)
        signal = reported(schedule, np.abs(inner.delta) + self.novelty * _newness(schedule) + schedule.pulse)
        return Learned(signal, inner.value, {**inner.more, "error": inner.delta})


def _newness(schedule: Schedule) -> Floats:
    """Σ 1/√n over the stimuli that come on in a step, the n-th time each, (n_trials, n_steps)."""
    onset = schedule.onset
    n_trials, n_steps, n_stimuli = onset.shape
    seen = np.cumsum(onset.reshape(n_trials * n_steps, n_stimuli), axis=0).reshape(onset.shape)
    return np.asarray((onset / np.sqrt(np.maximum(seen, 1))).sum(axis=2))


SCORECARD: Variants = {"salience": Salience}
