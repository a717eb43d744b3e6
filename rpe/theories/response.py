"""Response functions: what a recorded signal shows of a prediction error, around any theory."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, PerAgent, Seed, default, numbers, parameter, scalar
from rpe.schedules import Schedule
from rpe.theories._stability import around
from rpe.theories._trial_level import outcome_steps, presence_by_trial
from rpe.theories.protocol import Learned, Theory, Variants, checked, name_of
from rpe.theories.td import TD


@dataclass(frozen=True)
class Response:
    """Response function of dopamine neurons around a theory: D = g(δ / σ), learned from f(r).

    Only the signal changes, but for `saturation`, by which the theory learns from the utility
    f(r) = (1 + s^m) |r|^m / (|r|^m + s^m), signed, with f(1) = 1.

    Parameters
    ----------
    theory : theory
        What has a `learn`.
    positive_gain, negative_gain : float or array (n_agents,)
        By which errors above and below 0 are multiplied, ≥ 0; 1 and 1/6 after Niv and others
        (the sizes of responses behind it are provisional: from memory). 1/4 is Gardner's.
    saturation : float, optional
        s > 0, reward of half the response, in reward units; without it rewards count as they are.
    exponent : float
        m > 0 of the saturation (0.5, provisional: from memory).
    spread_rate : float, optional
        In [0, 1]. If given, errors from the outcome on are divided by σ, the running root mean
        square of the error at the outcome, σ² ← σ² + rate (δ² − σ²), kept apart for each set of
        stimuli, from σ = 1 on; probe trials do not change it.
    spread_floor : float
        σ is not taken as less than this, in reward units, > 0 (assumption).

    Notes
    -----
    `learn` returns what the theory has, with the signal replaced, and in `more` also the theory's
    own signal as `error`.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or something that has no `learn`.

    References
    ----------
    Niv, Y., Duff, M. O. & Dayan, P. (2005). Dopamine, uncertainty and TD learning. Behavioral and
    Brain Functions 1, 6. doi:10.1186/1744-9081-1-6
    Eshel, N., Tian, J., Bukwich, M. & Uchida, N. (2016). Dopamine neurons share common response
    function for reward prediction error. Nature Neuroscience 19, 479-486. doi:10.1038/nn.4239
    Tobler, P. N., Fiorillo, C. D. & Schultz, W. (2005). Adaptive coding of reward value by dopamine
    neurons. Science 307, 1642-1645. doi:10.1126/science.1105370

    Examples
    --------
    >>> import rpe
    >>> kinds = {name: rpe.schedules.Trial({"A": (0.0, 1.0)}, rewards, due=1.0)
    ...          for name, rewards in {"A+": {1.0: 1.0}, "A-": {}}.items()}
    >>> schedule = rpe.schedules.sequence(kinds, ["A+", "A-"], dt=0.5, duration=2.0)
    >>> theory = rpe.theories.RescorlaWagner(learning_rate=0.6)
    >>> rpe.theories.Response(theory).learn(schedule).delta[0, :, 2].round(2).tolist()
    [1.0, -0.1]
    """

    theory: Theory
    positive_gain: PerAgent = default(1.0)
    negative_gain: PerAgent = default(1 / 6)
    saturation: float | None = None
    exponent: float = 0.5
    spread_rate: float | None = None
    spread_floor: float = 0.1

    free_parameters: ClassVar[tuple[str, ...]] = ("negative_gain",)

    def __post_init__(self) -> None:
        checked(self.theory)
        for name in ("positive_gain", "negative_gain"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0))
        for name in ("exponent", "spread_floor", *(["saturation"] if self.saturation is not None else [])):
            scalar(name, getattr(self, name), 0, open_low=True)
        if self.spread_rate is not None:
            scalar("spread_rate", self.spread_rate, 0, 1)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        gains = self.negative_gain.mean() / max(self.positive_gain.mean(), 1e-12)
        parts = [name_of(self.theory)]
        parts += [f"negative errors × {gains:.2g}"] if gains != 1 else []
        parts += [f"rewards saturate at {self.saturation:g}"] if self.saturation is not None else []
        parts += ["scaled by spread"] if self.spread_rate is not None else []
        return ", ".join(parts)

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none, as they depend on the theory."""
        return {}

    @around
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run the theory through a schedule, and its errors through the response."""
        if self.saturation is not None:
            schedule = replace(schedule, reward=self.utility(schedule.reward))
        learned = self.theory.learn(schedule, rng)
        error = learned.delta
        scaled = error if self.spread_rate is None else error / self._spread(schedule, error)
        signal = np.where(scaled > 0, _column(self.positive_gain), _column(self.negative_gain)) * scaled
        return Learned(signal, learned.value, {**learned.more, "error": error})

    def utility(self, reward: npt.ArrayLike) -> Floats:
        """Return f(r), of any shape; r itself without saturation."""
        r = numbers("reward", reward)
        if self.saturation is None:
            return r
        size, half = np.abs(r) ** self.exponent, self.saturation**self.exponent
        return np.asarray(np.sign(r) * (1 + half) * size / (size + half))

    def _spread(self, schedule: Schedule, error: Floats) -> Floats:
        """By what to divide, (n_agents, n_trials, n_steps): σ before the trial from the outcome on, 1 before."""
        assert self.spread_rate is not None
        known, at, probe = np.ones((*error.shape[:2], 1)), outcome_steps(schedule), schedule.probe.tolist()
        _, kinds = np.unique(presence_by_trial(schedule), axis=0, return_inverse=True)
        square: dict[int, Floats] = {}
        for trial, kind in enumerate(kinds.reshape(-1).tolist()):
            now = square.get(kind, np.ones(len(error)))
            known[:, trial, 0] = np.sqrt(now)
            if not probe[trial]:
                square[kind] = now + self.spread_rate * (error[:, trial, at[trial]] ** 2 - now)
        after = np.arange(error.shape[2]) >= at[:, None]
        return np.where(after, np.maximum(known, self.spread_floor), 1.0)


def _column(gain: Floats) -> Floats:
    """A gain per agent, before trials and steps."""
    return gain.reshape(-1, 1, 1)


SCORECARD: Variants = {
    "TD(0), rectified": lambda: Response(TD(trace_decay=0.0), negative_gain=1 / 6),
    "TD(0), saturating": lambda: Response(TD(trace_decay=0.0), saturation=1.0),
}
