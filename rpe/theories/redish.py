"""Non-compensable drug error: Redish's account of addiction, in which no prediction cancels a drug's error."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from rpe._checks import KnowsItsKeywords, Seed, flag, instance, scalar
from rpe.schedules import Schedule
from rpe.td.errors import td_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, rate_times_features
from rpe.theories._trial_level import per_step, td_features, td_kinds
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class Redish(KnowsItsKeywords):
    """Non-compensable drug error: TD(0) with a surge at every reward that counts as a drug.

        δ = max(r + γ V_t − V_{t−1} + D, D) where a drug is taken;   δ = r + γ V_t − V_{t−1} elsewhere

    With `discounts_reward`, as in the paper, δ = max(γ (r + V_t) − V_{t−1} + D, D) and γ (r + V_t) − V_{t−1}: the
    reward too comes one step later than the state that predicts it.

    As δ never falls below D there, value grows without limit. Which rewards are drugs is said by
    `drug`; without one the theory is plain TD(0).

    Parameters
    ----------
    learning_rate : float
        η in [0, 1], per step (provisional: from memory).
    discount : float
        γ in [0, 1], per `step` (provisional: from memory).
    surge : float
        D ≥ 0, in reward units (provisional: from memory).
    drug : bool
        Whether rewards are drugs.
    discounts_reward : bool
        Whether γ multiplies the reward as well as the next value.
    step : float or None
        Step of the discount, s; None for the step of the schedule.

    Notes
    -----
    `learn` returns in `more` the `weights` at the end, (1, n_features).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Redish, A. D. (2004). Addiction as a computational process gone awry. Science 306, 1944-1947.
    doi:10.1126/science.1102384

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=2000)
    >>> value = rpe.theories.Redish().learn(s).value[0, :, 14]
    >>> bool(value[-1] > value[1000] + 1.0)      # no end to it
    True
    """

    learning_rate: float = 0.1
    discount: float = 0.95
    surge: float = 0.025
    drug: bool = True
    discounts_reward: bool = False
    step: float | None = None

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "discount", "surge")

    def __post_init__(self) -> None:
        for name in ("learning_rate", "discount"):
            scalar(name, getattr(self, name), 0, 1)
        scalar("surge", self.surge, 0)
        flag("drug", self.drug)
        flag("discounts_reward", self.discounts_reward)
        if self.step is not None:
            scalar("step", self.step, 0, open_low=True)

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        kind = "Redish, drug" if self.drug else "Redish, no drug"
        return f"{kind}{', reward discounted' if self.discounts_reward else ''}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def with_surge(self, surge: float) -> Self:
        """Return the theory with another surge D, in reward units."""
        return replace(self, surge=surge)

    def stability(self, schedule: Schedule) -> Stability:
        """Return η |x|²; that value grows in proportion to time is the theory, and no divergence."""
        instance("schedule", schedule, Schedule)
        return rate_times_features(self.learning_rate, td_features(schedule, "serial_compound"))

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule, a whole trial of a serial compound at once."""
        x = td_kinds(schedule, "serial_compound")
        gamma = float(per_step(np.asarray(self.discount), self.step, schedule.dt))
        income = schedule.reward * (gamma if self.discounts_reward else 1.0)
        taken = (schedule.reward > 0) & self.drug
        w = np.zeros(x.shape[2])
        delta, value = np.empty((2, 1, schedule.n_trials, schedule.n_steps))
        before = np.zeros(schedule.n_steps)
        change = Manipulated(schedule)
        for trial, learns in enumerate(schedule.learning):
            v = x[trial] @ w
            before[1:] = v[:-1]
            error = td_error(income[trial], before, v, gamma)
            error = np.where(taken[trial], np.maximum(error + self.surge, self.surge), error) + schedule.pulse[trial]
            error = change(error, trial)
            delta[0, trial], value[0, trial] = error, v
            w += self.learning_rate * ((error * learns)[1:] @ x[trial][:-1])
        return Learned(delta, value, {"weights": w[None]})


SCORECARD: Variants = {"Redish": Redish}
