"""Q-learning, the off-policy learner: each error takes the best next action for granted."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, PerAgent, default, flag
from rpe.agents.tabular import Checks, TabularLearner, unit


@dataclass(frozen=True, eq=False, kw_only=True)
class QLearner(TabularLearner):
    """Q-learning with traces, δ = r + γ max_a Q(s′, a) − Q(s, a).

    Parameters
    ----------
    discount : float or array (n_agents,)
        γ in [0, 1] per step.
    cut_trace : bool
        Whether a choice that is not the best cuts the traces (Watkins's Q(λ)) or not (naive Q(λ)).
    **shared
        As `TabularLearner`.

    References
    ----------
    Watkins, C. J. C. H. & Dayan, P. (1992). Q-learning. Machine Learning 8, 279-292, Eq. 1.
    doi:10.1007/BF00992698

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner(learning_rate=0.1, discount=0.95, trace_decay=0.9)
    >>> learner.init(rpe.tasks.monolithic(), n_agents=3).q.shape
    (1, 2, 3, 2562)
    """

    discount: PerAgent = default(0.95)
    cut_trace: bool = True

    def checks(self) -> Checks:
        """Return how each field is checked."""
        return super().checks() | {"discount": unit, "cut_trace": flag}

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the one discount factor, with weight 1."""
        return [self.discount], [np.ones(())]

    @property
    def on_policy(self) -> bool:
        """False: the next state is worth its best action."""
        return False

    @property
    def cuts_traces(self) -> bool:
        """Whether traces are cut by exploration."""
        return self.cut_trace
