"""Discount functions D(τ): how much a reward τ steps away is worth today.

=====================================  =====================
what you want                          what to call
=====================================  =====================
exponential, γ^τ                       `Exponential`
hyperbolic, 1 / (1 + kτ)               `Hyperbolic`
hyperboloid, 1 / (1 + kτ)^s            `Hyperboloid`
present-biased, β δ^τ                  `QuasiHyperbolic`
a bank of exponentials                 `SumOfExponentials`
any other: a callable with `n_agents`  see `Discounting`
=====================================  =====================
"""

from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Numbers, agent_count, count, function, held, numbers, parameter

__all__ = [
    "Discounting",
    "Exponential",
    "Hyperbolic",
    "Hyperboloid",
    "QuasiHyperbolic",
    "SumOfExponentials",
    "hyperbolic_rates",
]


@runtime_checkable
class Discounting(Protocol):
    """Discount function: anything that maps delays to weights, for one or for many agents.

    Examples
    --------
    >>> import rpe
    >>> isinstance(rpe.discounting.Hyperbolic(k=0.1), rpe.discounting.Discounting)
    True
    """

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""

    def __call__(self, delay: npt.ArrayLike) -> Floats:
        """Return D(τ): shape of `delay`, preceded by an agent axis if a parameter has one."""


@dataclass(frozen=True)
class Exponential:
    """Exponential discounting, D(τ) = γ^τ.

    The only time-consistent form: preferences never reverse as time passes.

    Parameters
    ----------
    gamma : float or array (n_agents,)
        Discount factor γ per step, in [0, 1].

    References
    ----------
    Samuelson, P. A. (1937). A note on measurement of utility. Review of Economic Studies
    4(2), 155-161. doi:10.2307/2967612

    Examples
    --------
    >>> Exponential(0.5)([0, 1, 2])
    array([1.  , 0.5 , 0.25])
    >>> Exponential([0.5, 0.9])(2)
    array([0.25, 0.81])
    """

    gamma: Numbers = 0.98

    def __post_init__(self) -> None:
        object.__setattr__(self, "gamma", parameter("gamma", self.gamma, 0, 1))

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe."""
        return agent_count(gamma=held(self.gamma))

    def __call__(self, delay: npt.ArrayLike) -> Floats:
        """Return γ^τ for delays τ ≥ 0 in steps."""
        delays = _delay(delay)
        return np.power(_column(held(self.gamma), delays), delays)

    @classmethod
    def matched(cls, discounting: Discounting, delay: int) -> Self:
        """Return the exponential with the same D at one delay: γ = D(delay)^(1/delay).

        Parameters
        ----------
        discounting : Discounting
            The discount function to match.
        delay : int
            The horizon in steps, at least 1.

        Examples
        --------
        >>> round(float(Exponential.matched(Hyperbolic(0.08), delay=20).gamma), 4)
        0.9533
        """
        return cls(_at(discounting, delay) ** (1.0 / delay))


@dataclass(frozen=True)
class Hyperbolic:
    """Hyperbolic discounting, D(τ) = 1 / (1 + kτ).

    Parameters
    ----------
    k : float or array (n_agents,)
        Discount rate per step, ≥ 0. What matters is k times the horizon: in Zhang & Ma (2024)
        the median student had k = 0.0095 per day over 110 days, so kT ≈ 1.

    References
    ----------
    Mazur, J. E. (1987). An adjusting procedure for studying delayed reinforcement. In
    Quantitative Analyses of Behavior, vol. 5, 55-73 (Eq. 1 of the hyperbolic family).
    Zhang, P. & Ma, W. J. (2024). Scientific Reports 14. doi:10.1038/s41598-024-65110-4

    Examples
    --------
    >>> Hyperbolic(1.0)([0, 1, 4])
    array([1. , 0.5, 0.2])
    """

    k: Numbers = 0.08

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", parameter("k", self.k, 0))

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe."""
        return agent_count(k=held(self.k))

    def __call__(self, delay: npt.ArrayLike) -> Floats:
        """Return 1 / (1 + kτ) for delays τ ≥ 0 in steps."""
        delays = _delay(delay)
        return 1.0 / (1.0 + _column(held(self.k), delays) * delays)

    @classmethod
    def matched(cls, discounting: Discounting, delay: int) -> Self:
        """Return the hyperbola with the same D at one delay: k = (1/D − 1) / delay.

        Examples
        --------
        >>> round(float(Hyperbolic.matched(Exponential(0.9533), delay=20).k), 3)
        0.08
        """
        return cls((1.0 / _at(discounting, delay) - 1.0) / delay)


@dataclass(frozen=True)
class Hyperboloid:
    """Hyperboloid of Green & Myerson, D(τ) = 1 / (1 + kτ)^s.

    Parameters
    ----------
    k : float or array (n_agents,)
        Discount rate per step, ≥ 0.
    s : float or array (n_agents,)
        Sensitivity, > 0; typically below 1 in people (provisional: from memory). s = 1 is the
        hyperbola.

    References
    ----------
    Green, L. & Myerson, J. (2004). A discounting framework for choice with delayed and
    probabilistic rewards. Psychological Bulletin 130(5), 769-792, Eq. 3.
    doi:10.1037/0033-2909.130.5.769

    Examples
    --------
    >>> Hyperboloid(k=3.0, s=0.5)([0, 1])
    array([1. , 0.5])
    """

    k: Numbers = 0.08
    s: Numbers = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "k", parameter("k", self.k, 0))
        object.__setattr__(self, "s", parameter("s", self.s, 0, open_low=True))
        agent_count(k=held(self.k), s=held(self.s))

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe."""
        return agent_count(k=held(self.k), s=held(self.s))

    def __call__(self, delay: npt.ArrayLike) -> Floats:
        """Return (1 + kτ)^−s for delays τ ≥ 0 in steps."""
        delays = _delay(delay)
        return np.power(1.0 + _column(held(self.k), delays) * delays, -_column(held(self.s), delays))


@dataclass(frozen=True)
class QuasiHyperbolic:
    """Quasi-hyperbolic (present-biased) discounting, D(0) = 1 and D(τ) = β δ^τ for τ > 0.

    Parameters
    ----------
    beta : float or array (n_agents,)
        Present bias β in [0, 1]; 1 is exponential (default 0.7, provisional: from memory).
    delta : float or array (n_agents,)
        Long-run discount factor δ per step, in [0, 1].

    References
    ----------
    Laibson, D. (1997). Golden eggs and hyperbolic discounting. Quarterly Journal of Economics
    112(2), 443-478, Eq. 1. doi:10.1162/003355397555253
    O'Donoghue, T. & Rabin, M. (1999). Doing it now or later. American Economic Review 89(1),
    103-124. doi:10.1257/aer.89.1.103

    Examples
    --------
    >>> QuasiHyperbolic(beta=0.5, delta=1.0)([0, 1, 9])
    array([1. , 0.5, 0.5])
    """

    beta: Numbers = 0.7
    delta: Numbers = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta", parameter("beta", self.beta, 0, 1))
        object.__setattr__(self, "delta", parameter("delta", self.delta, 0, 1))
        agent_count(beta=held(self.beta), delta=held(self.delta))

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe."""
        return agent_count(beta=held(self.beta), delta=held(self.delta))

    def __call__(self, delay: npt.ArrayLike) -> Floats:
        """Return 1 at τ = 0 and β δ^τ for delays τ > 0 in steps."""
        delays = _delay(delay)
        long_run = np.power(_column(held(self.delta), delays), delays)
        return long_run * np.where(delays > 0, _column(held(self.beta), delays), 1.0)


@dataclass(frozen=True)
class SumOfExponentials:
    """A weighted bank of exponentials, D(τ) = Σᵢ wᵢ γᵢ^τ, as μAgents discount.

    Parameters
    ----------
    gammas : array (n_exponentials,)
        Discount factors per step, each in [0, 1].
    weights : array (n_exponentials,), optional
        Weights ≥ 0 that sum to 1; equal if not given.

    References
    ----------
    Kurth-Nelson, Z. & Redish, A. D. (2009). Temporal-difference reinforcement learning with
    distributed representations. PLoS ONE 4(10), e7362. doi:10.1371/journal.pone.0007362

    Examples
    --------
    >>> SumOfExponentials([0.0, 1.0])([0, 5])
    array([1. , 0.5])
    """

    gammas: npt.ArrayLike
    weights: npt.ArrayLike | None = None

    def __post_init__(self) -> None:
        gammas = parameter("gammas", self.gammas, 0, 1).reshape(-1)
        object.__setattr__(self, "gammas", gammas)
        weights = np.full(gammas.size, 1.0 / gammas.size) if self.weights is None else numbers("weights", self.weights)
        if weights.shape != gammas.shape:
            raise ValueError(f"weights must have one entry per gamma {gammas.shape}; got shape {weights.shape}")
        if (weights < 0).any() or abs(weights.sum() - 1.0) > 1e-9:
            raise ValueError(f"weights must be at least 0 and sum to 1; got a sum of {weights.sum():g}")
        object.__setattr__(self, "weights", weights)

    @property
    def n_agents(self) -> int:
        """One bank describes one agent."""
        return 1

    def __call__(self, delay: npt.ArrayLike) -> Floats:
        """Return Σᵢ wᵢ γᵢ^τ for delays τ ≥ 0 in steps."""
        delays = _delay(delay)
        return np.tensordot(held(self.weights), np.power(_column(held(self.gammas), delays), delays), axes=1)

    @classmethod
    def hyperbolic(cls, k: float, n_exponentials: int = 20) -> Self:
        """Return a bank that discounts like 1 / (1 + kτ).

        E[e^(−λτ)] = 1 / (1 + kτ) when the rates λ are exponentially distributed with mean k;
        the bank takes the mid-quantiles λᵢ = −k ln(1 − (i − ½)/M) with equal weights.

        Parameters
        ----------
        k : float
            Discount rate per step, ≥ 0.
        n_exponentials : int
            M, at least 1. With M = 20 and k ≤ 0.2 the error over 60 steps is below 0.002.

        Examples
        --------
        >>> bank = SumOfExponentials.hyperbolic(k=0.05)
        >>> bool(abs(bank(60) - 1 / (1 + 0.05 * 60)) < 0.002)
        True
        """
        return cls(hyperbolic_rates(k, n_exponentials))


def hyperbolic_rates(k: Numbers, n_exponentials: int = 20) -> Floats:
    """Discount factors of a hyperbolic bank, γᵢ = e^(−λᵢ), λᵢ = −k ln(1 − (i − ½)/M).

    Parameters
    ----------
    k : float or array (n_agents,)
        Discount rate per step, ≥ 0.
    n_exponentials : int
        M, at least 1.

    Returns
    -------
    array (n_exponentials,) or (n_exponentials, n_agents)

    Examples
    --------
    >>> hyperbolic_rates(0.1, 2).round(4)
    array([0.9716, 0.8706])
    """
    n_exponentials = count("n_exponentials", n_exponentials)
    rate = parameter("k", k, 0)
    quantiles = (np.arange(n_exponentials) + 0.5) / n_exponentials
    return np.power.outer(1.0 - quantiles, rate)


def _at(discounting: Discounting, delay: int) -> Floats:
    """D at one delay of at least 1, above 0, as what matches it must be."""
    value = function("discounting", discounting)(float(count("delay", delay)))
    return parameter("discounting at delay", value, 0, 1, open_low=True)


def _delay(delay: npt.ArrayLike) -> Floats:
    delays = numbers("delay", delay)
    if (delays < 0).any():
        raise ValueError(f"delay must be at least 0; got {delays.min():g}")
    return delays


def _column(value: Floats, delay: Floats) -> Floats:
    """Put the agent axis of a parameter before the axes of the delays."""
    return value.reshape(value.shape + (1,) * delay.ndim) if value.ndim else value


def __dir__() -> list[str]:
    return __all__
