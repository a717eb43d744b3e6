"""Expected SARSA, the on-policy learner: each error takes the mean over the agent's own policy."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, PerAgent, default
from rpe.agents.tabular import Checks, TabularLearner, unit


@dataclass(frozen=True, eq=False, kw_only=True)
class ExpectedSarsa(TabularLearner):
    """Expected SARSA with traces, δ = r + γ Σ_a π(a|s′) Q(s′, a) − Q(s, a).

    Parameters
    ----------
    discount : float or array (n_agents,)
        γ in [0, 1] per step.
    **shared
        As `TabularLearner`.

    References
    ----------
    van Seijen, H., van Hasselt, H., Whiteson, S. & Wiering, M. (2009). A theoretical and empirical
    analysis of expected Sarsa. IEEE ADPRL, 177-184. doi:10.1109/ADPRL.2009.4927542

    Examples
    --------
    >>> import rpe
    >>> rpe.agents.ExpectedSarsa(discount=[0.9, 0.99]).n_agents
    2
    """

    discount: PerAgent = default(0.95)

    def checks(self) -> Checks:
        """Return how each field is checked."""
        return super().checks() | {"discount": unit}

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the one discount factor, with weight 1."""
        return [self.discount], [np.ones(())]

    @property
    def on_policy(self) -> bool:
        """True: the next state is worth what the agent's own policy makes of it."""
        return True
