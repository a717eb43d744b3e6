"""Confidence errors: what a decision about an uncertain stimulus promises is the belief that it is right."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Seed, flag, generator, numbers, scalar
from rpe.schedules import Schedule
from rpe.td.errors import delta_rule_error
from rpe.theories._stability import bounded
from rpe.theories.protocol import Learned, Stability, Variants
from rpe.theories.td import TD


@dataclass(frozen=True)
class ConfidenceErrors:
    """Confidence errors, after Lak and others: belief-state errors of decisions about an uncertain stimulus.

        m ~ N(s, σ²),   a = sign m,   Q = r Φ(|m|/σ),   δ_stimulus = Q − mean Q,   δ_outcome = r 1[right] − Q

    With a flat prior over s, Φ(|m|/σ) is the belief that the decision is right. In a schedule, which has no decisions,
    the theory is TD(0) over a serial compound. Without `confidence`, Q is the mean reward of the stimulus shown,
    Φ(|s|/σ), whatever was perceived.

    Parameters
    ----------
    noise : float
        σ > 0, in units of the strength of the stimulus (assumption).
    confidence : bool
        Whether values follow the percept; otherwise the stimulus.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Lak, A., Nomoto, K., Keramati, M., Sakagami, M. & Kepecs, A. (2017). Midbrain dopamine neurons signal belief in
    choice accuracy during a perceptual decision. Current Biology 27, 821-832 (from memory).
    doi:10.1016/j.cub.2017.02.026

    Examples
    --------
    >>> import numpy as np, rpe
    >>> stimulus, outcome, right = rpe.theories.ConfidenceErrors().confidence_errors(np.full(2000, 0.5), rng=0)
    >>> bool(outcome[right].mean() > 0 > outcome[~right].mean())
    True
    """

    noise: float = 0.5
    confidence: bool = True

    free_parameters: ClassVar[tuple[str, ...]] = ("noise",)

    def __post_init__(self) -> None:
        scalar("noise", self.noise, 0, open_low=True)
        flag("confidence", self.confidence)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Confidence errors" if self.confidence else "Errors of the stimulus shown"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return the stability of TD(0)."""
        return TD(trace_decay=0.0).stability(schedule)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule as TD(0)."""
        return TD(trace_decay=0.0).learn(schedule, rng)

    def confidence_errors(self, strength: npt.ArrayLike, rng: Seed = None) -> tuple[Floats, Floats, Bools]:
        """Return errors at the stimulus and at the outcome, in reward units, and whether decisions are right.

        Parameters
        ----------
        strength : float array (n_trials,)
            s, signed.
        rng : int, numpy.random.Generator or None
            Seed of percepts.

        Returns
        -------
        stimulus, outcome : float array (n_trials,)
        right : bool array (n_trials,)
        """
        from scipy.special import ndtr

        s = numbers("strength", strength)
        percept = s + self.noise * generator(rng).standard_normal(s.shape)
        right = (percept > 0) == (s > 0)
        promised = np.asarray(ndtr(np.abs(percept if self.confidence else s) / self.noise))
        stimulus = promised - promised.mean()
        return stimulus, np.asarray(delta_rule_error(right.astype(np.float64), promised)), np.asarray(right)


SCORECARD: Variants = {"confidence": ConfidenceErrors, "stimulus shown": lambda: ConfidenceErrors(confidence=False)}
