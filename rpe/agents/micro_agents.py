"""μAgents: exponential learners side by side that discount hyperbolically together."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, PerAgent, count, default, flag, parameter
from rpe.agents.tabular import Checks, TabularLearner
from rpe.discounting import hyperbolic_rates


@dataclass(frozen=True, eq=False, kw_only=True)
class MicroAgents(TabularLearner):
    """μAgents: a bank of exponentials that together discount hyperbolically, 1 / (1 + kτ).

    Parameters
    ----------
    k : float or array (n_agents,)
        Discount rate per step, ≥ 0.
    n_exponentials : int
        Members M of the bank, at least 1, at the mid-quantiles of exponentially distributed rates.
    sophisticated : bool
        Whether the members learn the value of the policy that all of them follow (on-policy, the
        default), or each that of its own best choices (naive).
    **shared
        As `TabularLearner`.

    References
    ----------
    Kurth-Nelson, Z. & Redish, A. D. (2009). Temporal-difference reinforcement learning with
    distributed representations. PLoS ONE 4(10), e7362. doi:10.1371/journal.pone.0007362

    Examples
    --------
    >>> import rpe
    >>> rpe.agents.MicroAgents(k=0.08).n_tables
    20
    """

    k: PerAgent = default(0.08)
    n_exponentials: int = 20
    sophisticated: bool = True

    def checks(self) -> Checks:
        """Return how each field is checked."""
        own: Checks = {"k": lambda n, v: parameter(n, v, 0), "n_exponentials": count, "sophisticated": flag}
        return super().checks() | own

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the discount factors e^(−λᵢ) and equal weights."""
        rates = hyperbolic_rates(self.k, self.n_exponentials)
        return list(rates), [np.full((), 1.0 / self.n_exponentials)] * self.n_exponentials

    @property
    def on_policy(self) -> bool:
        """Whether the members value the policy that is really followed."""
        return self.sophisticated
