"""Hyperbolic TD (HDTD): values fall hyperbolically with delay."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from rpe._checks import KnowsItsKeywords, PerAgent, Seed, agent_count, default, instance, parameter
from rpe.schedules import Schedule
from rpe.td.errors import hyperbolic_td_error
from rpe.theories._manipulated import Manipulated
from rpe.theories._stability import bounded, rate_times_features
from rpe.theories._trial_level import shown, td_features, td_kinds
from rpe.theories.protocol import Learned, Stability, Variants


@dataclass(frozen=True)
class HyperbolicTD(KnowsItsKeywords):
    """Hyperbolic TD(0): value itself sets the discount, so that one delayed reward is worth R/(1 + κτ).

        δ_t = r_t + V_t/(1 + κ V_t/R) − V_{t−1},   w ← w + α δ_t x_{t−1}

    For a sequence of rewards this is not a sum of hyperbolas: a large value is discounted more.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1], per step of the schedule.
    rate : float or array (n_agents,)
        κ ≥ 0, per `step`.
    reward_size : float or array (n_agents,)
        R > 0, the reward whose delay is discounted, reward units (its role is provisional: from
        memory).
    step : float or None
        Step of κ, s; None for the step of the schedule.

    Notes
    -----
    Features are a serial compound; value and error start anew in each trial. A value below 0 is not
    discounted. `learn` returns in `more` the `weights` at the end, (n_agents, n_features).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Alexander, W. H. & Brown, J. W. (2010). Hyperbolically discounted temporal difference learning.
    Neural Computation 22(6), 1511-1527. doi:10.1162/neco.2010.08-09-1080

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=1000, cue_time=0.0, reward_time=3.0, duration=3.1)
    >>> value = rpe.theories.HyperbolicTD().learn(s).value[0, -1, [0, 15, 29]]
    >>> value.round(2), (1 / (1 + 0.15 * np.array([29, 14, 0]))).round(2)
    (array([0.19, 0.32, 1.  ]), array([0.19, 0.32, 1.  ]))
    """

    learning_rate: PerAgent = default(0.1)
    rate: PerAgent = default(0.15)
    reward_size: PerAgent = default(1.0)
    step: float | None = None

    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "rate")

    def __post_init__(self) -> None:
        object.__setattr__(self, "learning_rate", parameter("learning_rate", self.learning_rate, 0, 1))
        object.__setattr__(self, "rate", parameter("rate", self.rate, 0))
        object.__setattr__(self, "reward_size", parameter("reward_size", self.reward_size, 0, open_low=True))
        if self.step is not None:
            parameter("step", self.step, 0, open_low=True)
        self._n_agents()

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return f"HDTD, κ = {shown(self.rate)}"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return α |x|²."""
        instance("schedule", schedule, Schedule)
        return rate_times_features(self.learning_rate, td_features(schedule, "serial_compound"))

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        n, x = self._n_agents(), td_kinds(schedule, "serial_compound")
        w = np.zeros((x.shape[2], n))
        kappa = self.rate if self.step is None else self.rate * (schedule.dt / self.step)
        delta, value = np.empty((2, *schedule.reward.shape, n))
        income, before = schedule.reward + schedule.pulse, np.zeros(delta.shape[1:])
        change = Manipulated(schedule)
        for trial in range(schedule.n_trials):
            features = x[trial]
            v = features @ w
            before[1:] = v[:-1]
            # A value below 0 is not discounted: its κ is 0.
            error = hyperbolic_td_error(income[trial][:, None], before, v, kappa * (v > 0), self.reward_size)
            error = change(error, trial, axis=0)
            delta[trial], value[trial] = error, v
            learns = schedule.learning[trial][1:, None]
            w += features[:-1].T @ (self.learning_rate * error[1:] * learns)
        return Learned(delta.transpose(2, 0, 1), value.transpose(2, 0, 1), {"weights": w.T})

    def _n_agents(self) -> int:
        names = ("learning_rate", "rate", "reward_size")
        return agent_count(**{name: getattr(self, name) for name in names})


# Its value is not a sum of hyperbolas over several rewards, which findings with more than one ask for.
SCORECARD: Variants = {}
