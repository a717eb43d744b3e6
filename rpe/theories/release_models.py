"""Dopamine release without learning: the kinetics of uptake, and a linear filter as their rival."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe import dopamine
from rpe._checks import Floats, KnowsItsKeywords, Seed, between, choice, generator, instance, over_time, scalar
from rpe.dopamine import Kinetics
from rpe.schedules import Schedule
from rpe.theories.protocol import Learned, Variants


def _silent(schedule: Schedule) -> Learned:
    nothing = np.full((1, *schedule.reward.shape), np.nan)
    return Learned(nothing, nothing.copy())


@dataclass(frozen=True)
class ReleaseKinetics(KnowsItsKeywords):
    """Release with Michaelis-Menten uptake and autoreceptors, as in `rpe.dopamine.release`.

    It has the method `release`; of a schedule it says nothing (NaN).

    Parameters
    ----------
    region : {"accumbens", "dorsal striatum"} or rpe.dopamine.Kinetics
        Whose kinetics, or one's own.
    synchrony : float
        Share of terminals that follow the rate, in [0, 1].

    Raises
    ------
    ValueError
        For an unknown region, or a share out of range.

    References
    ----------
    Dreyer, J. K. et al. (2010). Influence of phasic and tonic dopamine release on receptor
    activation. Journal of Neuroscience 30(42), 14273-14283. doi:10.1523/JNEUROSCI.1894-10.2010

    Examples
    --------
    >>> import numpy as np, rpe
    >>> rpe.theories.ReleaseKinetics().release(np.full(10, 5.0), 0.1).shape
    (10,)
    """

    region: str | Kinetics = "accumbens"
    synchrony: float = 0.3

    free_parameters: ClassVar[tuple[str, ...]] = ("synchrony",)

    def __post_init__(self) -> None:
        if not isinstance(self.region, Kinetics):
            choice("region", self.region, ("accumbens", "dorsal striatum"))
        scalar("synchrony", self.synchrony, 0, 1)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return f"Release kinetics, {self.region if isinstance(self.region, str) else 'own'}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: the other region."""
        return {"Dreyer 2010, dorsal striatum": cls("dorsal striatum")}

    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Say nothing of a schedule."""
        instance("schedule", schedule, Schedule)
        generator(rng)
        return _silent(schedule)

    def release(self, rate: npt.ArrayLike, dt: float, *, uptake_block: float = 1.0) -> Floats:
        """Return the concentration, nM, of rates (..., n_steps), Hz.

        The mean rate of a row is its tonic rate: what terminals outside the synchronous share fire
        at, and what the start is in balance with.

        Parameters
        ----------
        rate : float array (..., n_steps)
            Hz.
        dt : float
            Length of a step, s.
        uptake_block : float
            As in `rpe.dopamine.release`.
        """
        hz = over_time("rate", rate, 0)
        return dopamine.release(
            hz,
            dt,
            region=self.region,
            synchrony=self.synchrony,
            uptake_block=uptake_block,
            baseline=hz.mean(axis=-1),
        )


@dataclass(frozen=True)
class LinearRelease(KnowsItsKeywords):
    """A rival: concentration as a linear filter of the rate, τ dC/dt = g ν − C.

    Parameters
    ----------
    gain : float
        g ≥ 0, nM per Hz (assumption: 90 nM at 5 Hz).
    decay : float
        τ > 0, s (assumption). Blocking uptake multiplies gain and τ, as a filter of a slower rate
        of clearance would.

    Raises
    ------
    ValueError
        For numbers out of range.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> rpe.theories.LinearRelease().release(np.full(3, 5.0), 0.1).round(1)
    array([90., 90., 90.])
    """

    gain: float = 18.0
    decay: float = 0.2

    free_parameters: ClassVar[tuple[str, ...]] = ("gain", "decay")

    def __post_init__(self) -> None:
        scalar("gain", self.gain, 0)
        scalar("decay", self.decay, 0, open_low=True)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Linear release"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Say nothing of a schedule."""
        instance("schedule", schedule, Schedule)
        generator(rng)
        return _silent(schedule)

    def release(self, rate: npt.ArrayLike, dt: float, *, uptake_block: float = 1.0) -> Floats:
        """Return the concentration, nM, of rates (..., n_steps), Hz, exactly for rates constant in each step.

        Parameters
        ----------
        rate : float array (..., n_steps)
            Hz.
        dt : float
            Length of a step, s.
        uptake_block : float
            Factor ≥ 1.
        """
        hz = between("rate", rate, 0)
        block = scalar("uptake_block", uptake_block, 1)
        keep = float(np.exp(-scalar("dt", dt, 0, open_low=True) / (self.decay * block)))
        level = self.gain * block * hz[..., 0]
        trace = np.empty_like(hz)
        for step in range(hz.shape[-1]):
            level = keep * level + (1 - keep) * self.gain * block * hz[..., step]
            trace[..., step] = level
        return trace


SCORECARD: Variants = {"release kinetics": ReleaseKinetics, "linear release": LinearRelease}
