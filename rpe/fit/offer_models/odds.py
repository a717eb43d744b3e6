"""Probability discounting, alone and together with delay."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, PerAgent, default
from rpe.fit.offer_models.chooser import OfferChooser, column

_POSITIVE = (0.0, np.inf)


@dataclass(frozen=True, eq=False, kw_only=True)
class OddsDiscounting(OfferChooser):
    """Probability discounting by the odds against, θ = (1 − p)/p, times delay discounting if offers have delays.

        V = A / [(1 + kD)^s_D (1 + hθ)^s_p]

    Parameters
    ----------
    h : float or array (n_agents,)
        h ≥ 0; 1 is expected value.
    k : float or array (n_agents,)
        k ≥ 0, per unit of time; counts only where offers have a "delay".
    odds_exponent, delay_exponent : float or array (n_agents,)
        s_p and s_D ≥ 0.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per unit of amount.

    References
    ----------
    Rachlin, H., Raineri, A. & Cross, D. (1991). Subjective probability and delay. Journal of the Experimental
    Analysis of Behavior 55(2), 233-244. doi:10.1901/jeab.1991.55-233
    Green, L. & Myerson, J. (2004). A discounting framework for choice with delayed and probabilistic rewards.
    Psychological Bulletin 130(5), 769-792. doi:10.1037/0033-2909.130.5.769

    Examples
    --------
    >>> one = np.ones((1, 1, 1))
    >>> OddsDiscounting(k=0.02, h=1.0).values({"amount": 100 * one, "probability": 0.5 * one, "delay": 30 * one})
    array([[[31.25]]])
    """

    h: PerAgent = default(1.0)
    k: PerAgent = default(0.0)
    odds_exponent: PerAgent = default(1.0)
    delay_exponent: PerAgent = default(1.0)

    @property
    def needs(self) -> tuple[str, ...]:
        """The attributes that it reads; "delay" as well, if there is one."""
        return ("amount", "probability")

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return dict.fromkeys(("h", "k", "odds_exponent", "delay_exponent"), _POSITIVE)

    def values(self, offer: Mapping[str, Floats]) -> Floats:
        """Return A / [(1 + kD)^s_D (1 + hθ)^s_p]; 0 without a chance."""
        self.check_offer(offer)
        chance = offer["probability"]
        if (chance < 0).any() or (chance > 1).any():
            raise ValueError(f"probability must lie in [0, 1]; got {chance.min()} to {chance.max()}")
        against = (1 - chance) / np.maximum(chance, 1e-300)
        worth = offer["amount"] / (1 + column(self.h) * against) ** column(self.odds_exponent)
        if "delay" in offer:
            worth = worth / (1 + column(self.k) * offer["delay"]) ** column(self.delay_exponent)
        return worth
