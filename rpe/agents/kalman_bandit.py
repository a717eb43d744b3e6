"""Kalman learner of two arms, and choice by value, by uncertainty and by random exploration."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, Ints, PerAgent, default
from rpe.agents.outcome_learner import UNIT, Outcome, OutcomeLearner, OutcomeMemory


@dataclass(frozen=True, eq=False, kw_only=True)
class KalmanBandit(OutcomeLearner):
    """Kalman filter of the arms' means, k = s/(s + q), m ← m + k(u − m), s ← s − ks, with a probit choice.

    With ΔV = m₀ − m₁, the relative uncertainty RU = √s₀ − √s₁ and the total one TU = √(s₀ + s₁),

        P(0) = Φ(w_V ΔV + w_R RU + w_T ΔV/TU):

    UCB is w_V = 1/λ, w_R = b/λ; Thompson sampling is w_T = 1 alone. There are two actions.

    Parameters
    ----------
    value_weight, uncertainty_weight, thompson_weight : float or array (n_agents,)
        w_V, w_R, w_T.
    observation_variance : float or array (n_agents,)
        q > 0, variance of outcomes around an arm's mean.
    prior_variance : float or array (n_agents,)
        s(0) ≥ 0; the mean before is `initial_value`.
    persistence : float or array (n_agents,)
        λ in [0, 1]: in each trial m ← λm + (1 − λ)θ for all arms, and s ← λ²s + σ²; 1 for arms that
        do not change.
    long_run_mean : float or array (n_agents,)
        θ, where restless arms return to.
    drift_variance : float or array (n_agents,)
        σ² ≥ 0 of each trial.
    **shared
        As `OutcomeLearner`; the inverse temperature is not used.

    References
    ----------
    Gershman, S. J. (2018). Deconstructing the human algorithms for exploration. Cognition 173, 34-42.
    doi:10.1016/j.cognition.2017.12.014

    Examples
    --------
    >>> import numpy as np, rpe
    >>> learner = KalmanBandit(thompson_weight=1.0, observation_variance=10.0, prior_variance=100.0)
    >>> memory = learner.init(rpe.tasks.bandit([0.5, 0.5]), 1)
    >>> learner.policy(memory, np.zeros(1, dtype=int)).ravel()
    array([0.5, 0.5])
    """

    value_weight: PerAgent = default(0.0)
    uncertainty_weight: PerAgent = default(0.0)
    thompson_weight: PerAgent = default(0.0)
    observation_variance: PerAgent = default(10.0)
    prior_variance: PerAgent = default(100.0)
    persistence: PerAgent = default(1.0)
    long_run_mean: PerAgent = default(0.0)
    drift_variance: PerAgent = default(0.0)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        real, positive = (-np.inf, np.inf), (0.0, np.inf)
        weights = dict.fromkeys(("value_weight", "uncertainty_weight", "thompson_weight", "long_run_mean"), real)
        variances = dict.fromkeys(("prior_variance", "drift_variance"), positive)
        return weights | variances | {"observation_variance": (1e-300, np.inf), "persistence": UNIT}

    def create_own(self, n_stimuli: int, n_agents: int) -> dict[str, Floats]:
        """Return the variances s (n_arms, n).

        Raises
        ------
        ValueError
            If there are not two arms.
        """
        if n_stimuli != 2:
            raise ValueError(f"task must have two arms; got {n_stimuli}")
        return {"variance": np.zeros((2, n_agents)) + self.prior_variance}

    def log_policy(self, memory: OutcomeMemory, state: Ints) -> Floats:
        """Return ln Φ of the weighted sum for both actions, (2, n)."""
        from scipy.special import log_ndtr

        mean = self.action_values(memory, state)
        variance = memory.own["variance"][memory.stimuli[:, state], np.arange(len(state))]
        ahead, total = mean[0] - mean[1], np.sqrt(variance.sum(axis=0))
        relative = np.sqrt(variance[0]) - np.sqrt(variance[1])
        thompson = ahead / np.maximum(total, 1e-150)
        z = self.value_weight * ahead + self.uncertainty_weight * relative + self.thompson_weight * thompson
        return np.stack([log_ndtr(z), log_ndtr(-z)])

    def learn(self, memory: OutcomeMemory, outcome: Outcome) -> None:
        """Filter the arm chosen, and let all arms drift."""
        at = outcome.chosen, np.arange(memory.n_agents)
        variance = memory.own["variance"]
        gain = variance[at] / (variance[at] + self.observation_variance)
        memory.q[at] += gain * outcome.delta
        variance[at] -= gain * variance[at] * outcome.learns
        keep = self.persistence
        moved = keep * memory.q + (1 - keep) * self.long_run_mean
        memory.q[...] = np.where(outcome.learns > 0, moved, memory.q)
        spread = keep**2 * variance + self.drift_variance
        variance[...] = np.where(outcome.learns > 0, spread, variance)
