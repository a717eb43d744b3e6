"""Forgetting: the values of what is not chosen decay."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import PerAgent, default
from rpe.agents.outcome_learner import UNIT, Outcome, OutcomeLearner, OutcomeMemory


@dataclass(frozen=True, eq=False, kw_only=True)
class ForgettingLearner(OutcomeLearner):
    """Forgetting, Q_c ← Q_c + α(u − Q_c), and Q ← (1 − d) Q for all that was not chosen.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1].
    decay_rate : float or array (n_agents,)
        d in [0, 1]: after n choices of something else a value is Q(1 − d)ⁿ. With d = α values are those
        of Ito and Doya.
    **shared
        As `OutcomeLearner`.

    References
    ----------
    Ito, M. & Doya, K. (2009). Validation of decision-making models and analysis of decision variables
    in the rat basal ganglia. Journal of Neuroscience 29(31), 9861-9874.
    doi:10.1523/JNEUROSCI.6157-08.2009

    Examples
    --------
    >>> ForgettingLearner(learning_rate=0.5, decay_rate=0.1).n_agents
    1
    """

    learning_rate: PerAgent = default(0.3)
    decay_rate: PerAgent = default(0.1)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return {"learning_rate": UNIT, "decay_rate": UNIT}

    def learn(self, memory: OutcomeMemory, outcome: Outcome) -> None:
        """Move the value of the stimulus chosen, and let the others decay."""
        who = np.arange(memory.n_agents)
        moved = memory.q[outcome.chosen, who] + self.learning_rate * outcome.delta
        memory.q *= 1 - self.decay_rate * outcome.learns
        memory.q[outcome.chosen, who] = moved
