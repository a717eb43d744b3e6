"""Quasi-hyperbolic learning: immediate reward in one table, the long run in another."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, PerAgent, default, flag
from rpe.agents.tabular import Checks, TabularLearner, unit


@dataclass(frozen=True, eq=False, kw_only=True)
class PresentBiasedLearner(TabularLearner):
    """A learner with quasi-hyperbolic discounting, D(0) = 1 and D(τ) = β δ^τ.

    As D(τ) = (1 − β) 0^τ + β δ^τ, it is a bank of two: one table holds the immediate reward, the
    other the long run, and the agent acts on (1 − β) Q₀ + β Q_δ.

    Parameters
    ----------
    present_bias : float or array (n_agents,)
        β in [0, 1]; 1 is no bias.
    discount : float or array (n_agents,)
        The long-run δ in [0, 1] per step.
    sophisticated : bool
        Whether the long run is learned for the policy followed (SARSA), or for the best one, as
        if later selves were not biased (Q-learning).
    **shared
        As `TabularLearner`.

    References
    ----------
    O'Donoghue, T. & Rabin, M. (1999). Doing it now or later. American Economic Review 89(1),
    103-124. doi:10.1257/aer.89.1.103

    Examples
    --------
    >>> import rpe
    >>> rpe.agents.PresentBiasedLearner(present_bias=0.7, discount=1.0).n_tables
    2
    """

    present_bias: PerAgent = default(0.7)
    discount: PerAgent = default(1.0)
    sophisticated: bool = False

    def checks(self) -> Checks:
        """Return how each field is checked."""
        return super().checks() | {"present_bias": unit, "discount": unit, "sophisticated": flag}

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the discount factors 0 and δ with the weights 1 − β and β."""
        bias = self.present_bias
        return [np.zeros(()), self.discount], [1.0 - bias, bias]

    @property
    def on_policy(self) -> bool:
        """Whether the long run is that of the policy really followed."""
        return self.sophisticated
