"""Delay discounting: what an amount is worth after a delay, in six forms."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, PerAgent, default
from rpe.fit.offer_models.chooser import OfferChooser, column

_POSITIVE = (0.0, np.inf)


class _Delayed(OfferChooser):
    """A chooser that reads amounts and delays."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The attributes that it reads."""
        return ("amount", "delay")


@dataclass(frozen=True, eq=False, kw_only=True)
class ExponentialDelay(_Delayed):
    """Exponential discounting of an amount, V = A e^(−rD).

    Parameters
    ----------
    rate : float or array (n_agents,)
        r ≥ 0, per unit of time.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per unit of amount.

    References
    ----------
    Samuelson, P. A. (1937). Review of Economic Studies 4(2), 155-161. doi:10.2307/2967612

    Examples
    --------
    >>> offer = {"amount": np.array([[[10.0, 20.0]]]), "delay": np.array([[[0.0, 10.0]]])}
    >>> ExponentialDelay(rate=np.log(2) / 10).values(offer)
    array([[[10., 10.]]])
    """

    rate: PerAgent = default(0.01)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return {"rate": _POSITIVE}

    def values(self, offer: Mapping[str, Floats]) -> Floats:
        """Return A e^(−rD)."""
        self.check_offer(offer)
        return offer["amount"] * np.exp(-column(self.rate) * offer["delay"])


@dataclass(frozen=True, eq=False, kw_only=True)
class ConstantSensitivityDelay(_Delayed):
    """Constant sensitivity to delay, V = A exp(−(rD)^s).

    Parameters
    ----------
    rate : float or array (n_agents,)
        r ≥ 0, per unit of time.
    sensitivity : float or array (n_agents,)
        s ≥ 0; 1 is exponential, and below 1 delays are told apart by whether there is one.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per unit of amount.

    References
    ----------
    Ebert, J. E. J. & Prelec, D. (2007). The fragility of time: time-insensitivity and valuation of the near
    and far future. Management Science 53(9), 1423-1438. doi:10.1287/mnsc.1060.0671

    Examples
    --------
    >>> offer = {"amount": np.array([[[10.0, 20.0]]]), "delay": np.array([[[0.0, 10.0]]])}
    >>> ConstantSensitivityDelay(rate=0.05, sensitivity=1.0).values(offer).round(3)
    array([[[10.   , 12.131]]])
    """

    rate: PerAgent = default(0.01)
    sensitivity: PerAgent = default(1.0)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return {"rate": _POSITIVE, "sensitivity": _POSITIVE}

    def values(self, offer: Mapping[str, Floats]) -> Floats:
        """Return A exp(−(rD)^s)."""
        self.check_offer(offer)
        return offer["amount"] * np.exp(-((column(self.rate) * offer["delay"]) ** column(self.sensitivity)))


@dataclass(frozen=True, eq=False, kw_only=True)
class HyperbolicDelay(_Delayed):
    """Hyperbolic discounting of an amount, V = A/(1 + kD).

    Parameters
    ----------
    k : float or array (n_agents,)
        k ≥ 0, per unit of time.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per unit of amount.

    References
    ----------
    Mazur, J. E. (1987). An adjusting procedure for studying delayed reinforcement. In Quantitative Analyses of
    Behavior 5, 55-73. Erlbaum.

    Examples
    --------
    >>> offer = {"amount": np.array([[[10.0, 20.0]]]), "delay": np.array([[[0.0, 10.0]]])}
    >>> HyperbolicDelay(k=0.1).values(offer)
    array([[[10., 10.]]])
    """

    k: PerAgent = default(0.01)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return {"k": _POSITIVE}

    def values(self, offer: Mapping[str, Floats]) -> Floats:
        """Return A/(1 + kD)."""
        self.check_offer(offer)
        return offer["amount"] / (1 + column(self.k) * offer["delay"])


@dataclass(frozen=True, eq=False, kw_only=True)
class HyperboloidDelay(_Delayed):
    """Hyperboloid discounting of an amount, V = A/(1 + kD)^s.

    Parameters
    ----------
    k, s : float or array (n_agents,)
        k ≥ 0, per unit of time; s ≥ 0, 1 for a hyperbola.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per unit of amount.

    References
    ----------
    Green, L. & Myerson, J. (2004). A discounting framework for choice with delayed and probabilistic rewards.
    Psychological Bulletin 130(5), 769-792. doi:10.1037/0033-2909.130.5.769

    Examples
    --------
    >>> offer = {"amount": np.array([[[10.0, 20.0]]]), "delay": np.array([[[0.0, 30.0]]])}
    >>> HyperboloidDelay(k=0.1, s=0.5).values(offer)
    array([[[10., 10.]]])
    """

    k: PerAgent = default(0.01)
    s: PerAgent = default(1.0)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return {"k": _POSITIVE, "s": _POSITIVE}

    def values(self, offer: Mapping[str, Floats]) -> Floats:
        """Return A/(1 + kD)^s."""
        self.check_offer(offer)
        return offer["amount"] / (1 + column(self.k) * offer["delay"]) ** column(self.s)


@dataclass(frozen=True, eq=False, kw_only=True)
class QuasiHyperbolicDelay(_Delayed):
    """Quasi-hyperbolic discounting of an amount, V = A now, and βδ^D A later.

    Parameters
    ----------
    present_bias : float or array (n_agents,)
        β in [0, 1]; 1 is exponential.
    discount : float or array (n_agents,)
        δ in [0, 1], per unit of time.
    inverse_temperature : float or array (n_agents,)
        Of the choice, per unit of amount.

    References
    ----------
    Laibson, D. (1997). Golden eggs and hyperbolic discounting. Quarterly Journal of Economics 112(2), 443-478.
    doi:10.1162/003355397555253

    Examples
    --------
    >>> offer = {"amount": np.array([[[10.0, 20.0]]]), "delay": np.array([[[0.0, 1.0]]])}
    >>> QuasiHyperbolicDelay(present_bias=0.5, discount=0.9).values(offer)
    array([[[10.,  9.]]])
    """

    present_bias: PerAgent = default(0.7)
    discount: PerAgent = default(0.99)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return {"present_bias": (0.0, 1.0), "discount": (0.0, 1.0)}

    def values(self, offer: Mapping[str, Floats]) -> Floats:
        """Return βδ^D A, and A without a delay."""
        self.check_offer(offer)
        later = column(self.present_bias) * column(self.discount) ** offer["delay"]
        return offer["amount"] * np.where(offer["delay"] > 0, later, 1.0)


@dataclass(frozen=True, eq=False, kw_only=True)
class AdditiveUtilityDelay(_Delayed):
    """Additive utility: utilities of amount and delay, not values, are added, V = (A^a − λD^b)^(1/a).

    Where the delay outweighs the amount, V is −(λD^b − A^a)^(1/a).

    Parameters
    ----------
    amount_exponent, delay_exponent : float or array (n_agents,)
        a > 0 and b > 0.
    delay_weight : float or array (n_agents,)
        λ ≥ 0.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per unit of amount.

    References
    ----------
    Killeen, P. R. (2009). An additive-utility model of delay discounting. Psychological Review 116(3), 602-619.
    doi:10.1037/a0016414 (the idea; the equation here is a usual form of it)

    Examples
    --------
    >>> offer = {"amount": np.array([[[10.0, 16.0]]]), "delay": np.array([[[0.0, 4.0]]])}
    >>> AdditiveUtilityDelay(amount_exponent=0.5, delay_exponent=0.5, delay_weight=1.0).values(offer).round(9)
    array([[[10.,  4.]]])
    """

    amount_exponent: PerAgent = default(0.5)
    delay_exponent: PerAgent = default(0.5)
    delay_weight: PerAgent = default(0.1)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return {"amount_exponent": (1e-6, np.inf), "delay_exponent": (1e-6, np.inf), "delay_weight": _POSITIVE}

    def values(self, offer: Mapping[str, Floats]) -> Floats:
        """Return (A^a − λD^b)^(1/a), with its sign."""
        self.check_offer(offer)
        power = column(self.amount_exponent)
        cost = column(self.delay_weight) * offer["delay"] ** column(self.delay_exponent)
        utility = offer["amount"] ** power - cost
        return np.asarray(np.sign(utility) * np.abs(utility) ** (1 / power))
