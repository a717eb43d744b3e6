"""Prospect theory: gains and losses by powers, losses weighted more, and probabilities bent."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rpe._checks import ArrayLike, Floats, PerAgent, default
from rpe.fit.offer_models.chooser import OfferChooser, column


def weighted_probability(probability: ArrayLike, curvature: ArrayLike) -> Floats:
    """Probability weighting, w(p) = p^γ / (p^γ + (1 − p)^γ)^(1/γ).

    References
    ----------
    Tversky, A. & Kahneman, D. (1992). Advances in prospect theory: cumulative representation of uncertainty.
    Journal of Risk and Uncertainty 5, 297-323, Eq. 6. doi:10.1007/BF00122574

    Examples
    --------
    >>> weighted_probability([0.1, 0.9], 0.61).round(6)
    array([0.186303, 0.711716])
    """
    p, gamma = np.asarray(probability, dtype=np.float64), np.asarray(curvature, dtype=np.float64)
    return np.asarray(p**gamma / (p**gamma + (1 - p) ** gamma) ** (1 / gamma))


@dataclass(frozen=True, eq=False, kw_only=True)
class ProspectTheory(OfferChooser):
    """Prospect theory of gambles with a gain and a loss, V = w₊(p) G^ρ − λ w₋(1 − p) |L|^ρ.

    An option has the attributes "gain" (≥ 0), "loss" (its sign does not matter) and "probability",
    that of the gain; what is certain is a gain with probability 1. With both curvatures 1
    and gambles at even odds this is the model of Sokol-Hessner et al.

    Parameters
    ----------
    risk_sensitivity : float or array (n_agents,)
        ρ > 0; below 1 averse to risk.
    loss_aversion : float or array (n_agents,)
        λ ≥ 0.
    gain_curvature, loss_curvature : float or array (n_agents,)
        γ > 0 of w₊ and w₋; 1 does not bend probabilities.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per unit of utility.

    References
    ----------
    Sokol-Hessner, P., Hsu, M., Curley, N. G., Delgado, M. R., Camerer, C. F. & Phelps, E. A. (2009). Thinking like
    a trader selectively reduces individuals' loss aversion. PNAS 106(13), 5035-5040. doi:10.1073/pnas.0806761106
    Tversky, A. & Kahneman, D. (1992). Journal of Risk and Uncertainty 5, 297-323. doi:10.1007/BF00122574

    Examples
    --------
    >>> offer = {"gain": np.array([[[0.0, 9.0]]]), "loss": np.array([[[0.0, -6.75]]]),
    ...          "probability": np.array([[[1.0, 0.5]]])}
    >>> chooser = ProspectTheory(risk_sensitivity=0.9, loss_aversion=1.5, inverse_temperature=2.0)
    >>> np.exp(chooser.log_policy(offer))[1].round(6)
    array([[0.242265]])
    """

    risk_sensitivity: PerAgent = default(0.9)
    loss_aversion: PerAgent = default(1.5)
    gain_curvature: PerAgent = default(1.0)
    loss_curvature: PerAgent = default(1.0)

    @property
    def needs(self) -> tuple[str, ...]:
        """The attributes that it reads."""
        return ("gain", "loss", "probability")

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        least = (1e-6, np.inf)
        return dict.fromkeys(("risk_sensitivity", "gain_curvature", "loss_curvature"), least) | {
            "loss_aversion": (0.0, np.inf)
        }

    def values(self, offer: Mapping[str, Floats]) -> Floats:
        """Return w₊(p) G^ρ − λ w₋(1 − p) |L|^ρ."""
        self.check_offer(offer)
        power, chance = column(self.risk_sensitivity), offer["probability"]
        gain = weighted_probability(chance, column(self.gain_curvature)) * offer["gain"] ** power
        loss = weighted_probability(1 - chance, column(self.loss_curvature)) * np.abs(offer["loss"]) ** power
        return gain - column(self.loss_aversion) * loss
