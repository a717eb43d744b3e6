"""Hierarchical Gaussian filter of binary outcomes: how fast a probability is thought to move sets the learning rate."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, KnowsItsKeywords, PerAgent, agent_count, default, parameter
from rpe.agents._steps import check_n_agents, experienced_utility
from rpe.tasks import Step


@dataclass
class FilterMemory:
    """Mean μ and variance s of the belief about the log odds of outcome 1, (n,) each.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.BinaryFilter().init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> memory.mean.tolist()  # log odds: both outcomes are as likely
    [0.0, 0.0]
    """

    mean: Floats
    variance: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class BinaryFilter(KnowsItsKeywords):
    """Hierarchical Gaussian filter of two levels for binary outcomes, as people who predict them.

    With the prediction m̂ = σ(μ) and ŝ = s + e^ω,

        s ← 1/(1/ŝ + m̂(1 − m̂)),   μ ← μ + s(u − m̂),   P(1) = σ(ζ μ) before u is seen.

    An action is a prediction, and pays above 0 if it is right: u is the action where it paid, and
    the other where it did not.

    Parameters
    ----------
    volatility : float or array (n_agents,)
        ω, the logarithm of the variance by which the log odds are thought to move in a trial.
    inverse_noise : float or array (n_agents,)
        ζ ≥ 0.
    initial_mean : float or array (n_agents,)
        μ(0), in log odds.
    initial_variance : float or array (n_agents,)
        s(0) > 0.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths.

    References
    ----------
    Mathys, C., Daunizeau, J., Friston, K. J. & Stephan, K. E. (2011). A Bayesian foundation for individual
    learning under uncertainty. Frontiers in Human Neuroscience 5, 39. doi:10.3389/fnhum.2011.00039
    (with the third level held still)

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[1, 1, 1]], [[1.0, 1.0, 0.0]])     # outcomes 1, 1, 0
    >>> rpe.fit.log_likelihood(BinaryFilter(volatility=-2.0), rpe.tasks.bandit([0.5, 0.5]), data).round(4)
    array([-1.5721])
    """

    volatility: PerAgent = default(-4.0)
    inverse_noise: PerAgent = default(1.0)
    initial_mean: PerAgent = default(0.0)
    initial_variance: PerAgent = default(1.0)

    def __post_init__(self) -> None:
        real = (-np.inf, np.inf)
        ranges = {"volatility": (-np.inf, 700.0), "inverse_noise": (0.0, np.inf), "initial_mean": real}
        for name, (low, high) in (ranges | {"initial_variance": (1e-12, np.inf)}).items():
            object.__setattr__(self, name, parameter(name, getattr(self, name), low, high))
        _ = self.n_agents

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        return agent_count(
            volatility=self.volatility,
            inverse_noise=self.inverse_noise,
            initial_mean=self.initial_mean,
            initial_variance=self.initial_variance,
        )

    def init(self, task: Any, n_agents: int) -> FilterMemory:
        """Return the belief of n agents before the first outcome.

        Raises
        ------
        ValueError
            If there are not two actions, or another number of agents.
        """
        check_n_agents(self.n_agents, n_agents, task)
        if task.n_actions != 2:
            raise ValueError(f"task must have two actions; got {task.n_actions}")
        nothing = np.zeros(n_agents)
        return FilterMemory(nothing + self.initial_mean, nothing + self.initial_variance)

    def log_policy(self, memory: FilterMemory, state: Ints) -> Floats:
        """Return ln P of predicting 0 and 1, (2, n)."""
        logit = self.inverse_noise * memory.mean
        return -np.logaddexp(0.0, np.stack([logit, -logit]))

    def policy(self, memory: FilterMemory, state: Ints) -> Floats:
        """Return the probabilities (2, n) of predicting 0 and 1."""
        return np.exp(self.log_policy(memory, state))

    def prediction(self, memory: FilterMemory) -> Floats:
        """Return m̂, the probability (n,) that outcome 1 is believed to have."""
        return np.asarray(1.0 / (1.0 + np.exp(-memory.mean)))

    def update(self, memory: FilterMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Filter the outcome in place; return the signed error u − m̂ (n,) from before the update."""
        right = np.asarray(experienced_utility(step)) > 0
        outcome = np.where(right, action, 1 - action)
        predicted = self.prediction(memory)
        prior = memory.variance + np.exp(self.volatility)
        variance = 1.0 / (1.0 / prior + predicted * (1 - predicted))
        delta = outcome - predicted
        learns = np.ones(len(state), dtype=np.bool_) if active is None else active
        memory.mean[...] = np.where(learns, memory.mean + variance * delta, memory.mean)
        memory.variance[...] = np.where(learns, variance, memory.variance)
        return np.where(learns, delta, 0.0)
