"""Effort discounting: what an amount is worth less the effort that it takes, and a bias to accept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rpe._checks import Floats, PerAgent, choice, default
from rpe.fit.offer_models.chooser import OfferChooser, column

_POSITIVE, _REAL = (0.0, np.inf), (-np.inf, np.inf)
_FORMS = ("linear", "parabolic", "hyperbolic", "sigmoid")


@dataclass(frozen=True, eq=False, kw_only=True)
class EffortDiscounting(OfferChooser):
    """Effort discounting: linear V = k_R R − kE, parabolic k_R R − kE², hyperbolic k_R R/(1 + kE), or sigmoid.

    The sigmoid is V = k_R R {1 − [σ(κ(E − p)) − σ(−κp)] (1 + e^(−κp))}, with κ the steepness k and p
    the `turning_point`: 1 without effort, and concave at first. A bias a adds to the logit of accepting,
    which is the last option. With β free, only β·k and β·k_R are determined: fix one of them.

    Parameters
    ----------
    k : float or array (n_agents,)
        k ≥ 0.
    reward_weight : float or array (n_agents,)
        k_R ≥ 0.
    acceptance_bias : float or array (n_agents,)
        a, in logits, for the last option.
    turning_point : float or array (n_agents,)
        p ≥ 0, of the sigmoid only, in units of effort.
    form : {"linear", "parabolic", "hyperbolic", "sigmoid"}
        Which.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0.

    References
    ----------
    Klein-Flügge, M. C., Kennerley, S. W., Saraiva, A. C., Penny, W. D. & Bestmann, S. (2015). Behavioral modeling
    of human choices reveals dissociable effects of physical effort and temporal delay on reward devaluation.
    PLoS Computational Biology 11(3), e1004116. doi:10.1371/journal.pcbi.1004116
    Mehrhof, S. Z. & Nord, C. L. (2025). A common alteration in effort-based decision-making in apathy, anhedonia,
    and late circadian rhythm. eLife 13, RP96803. doi:10.7554/eLife.96803 (parabolic, with a bias)

    Examples
    --------
    >>> offer = {"amount": np.array([[[0.0, 4.0]]]), "effort": np.array([[[0.0, 3.0]]])}
    >>> chooser = EffortDiscounting(k=0.3, acceptance_bias=0.5, form="parabolic")
    >>> np.exp(chooser.log_policy(offer))[1].round(6)
    array([[0.858149]])
    """

    k: PerAgent = default(0.1)
    reward_weight: PerAgent = default(1.0)
    acceptance_bias: PerAgent = default(0.0)
    turning_point: PerAgent = default(0.5)
    form: Literal["linear", "parabolic", "hyperbolic", "sigmoid"] = "parabolic"

    def __post_init__(self) -> None:
        choice("form", self.form, _FORMS)
        super().__post_init__()

    @property
    def needs(self) -> tuple[str, ...]:
        """The attributes that it reads."""
        return ("amount", "effort")

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return dict.fromkeys(("k", "reward_weight", "turning_point"), _POSITIVE) | {"acceptance_bias": _REAL}

    def values(self, offer: Mapping[str, Floats]) -> Floats:
        """Return what every option is worth, without the bias."""
        self.check_offer(offer)
        k, effort = column(self.k), offer["effort"]
        reward = column(self.reward_weight) * offer["amount"]
        if self.form == "linear":
            return reward - k * effort
        if self.form == "parabolic":
            return reward - k * effort**2
        if self.form == "hyperbolic":
            return reward / (1 + k * effort)
        middle = column(self.turning_point)
        drop = _sigmoid(k * (effort - middle)) - _sigmoid(-k * middle)
        return np.asarray(reward * (1 - drop * (1 + np.exp(-k * middle))))

    def log_policy(self, offer: Mapping[str, Floats]) -> Floats:
        """Return the log choice probabilities (n_options, n_trials, n), with the bias to accept."""
        logs = super().log_policy(offer)
        bias: Floats = self.acceptance_bias
        logs[-1] += bias
        top = logs.max(axis=0)
        return np.asarray(logs - top - np.log(np.exp(logs - top).sum(axis=0)))


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))
