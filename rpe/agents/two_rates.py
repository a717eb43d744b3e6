"""Two learning rates: good news and bad news move values by different shares of the error."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rpe._checks import PerAgent, choice, default
from rpe.agents.outcome_learner import UNIT, Outcome, OutcomeLearner, OutcomeMemory


@dataclass(frozen=True, eq=False, kw_only=True)
class TwoRateLearner(OutcomeLearner):
    """Two learning rates, Q ← Q + α⁺δ after good outcomes and Q ← Q + α⁻δ after bad ones.

    With rewards of 0 and 1 and P(1) = p, the mean value settles near α⁺p / (α⁺p + α⁻(1 − p)).

    Parameters
    ----------
    positive_rate, negative_rate : float or array (n_agents,)
        α⁺ and α⁻ in [0, 1].
    by : {"error", "outcome"}
        Whether good is a positive prediction error or a positive outcome; they differ where rewards
        are graded.
    **shared
        As `OutcomeLearner`.

    References
    ----------
    Frank, M. J., Moustafa, A. A., Haughey, H. M., Curran, T. & Hutchison, K. E. (2007). Genetic
    triple dissociation reveals multiple roles for dopamine in reinforcement learning. PNAS 104(41),
    16311-16316. doi:10.1073/pnas.0706111104

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[0, 0, 1, 1, 0]], [[1.0, 0.0, 1.0, 1.0, 1.0]])
    >>> learner = TwoRateLearner(positive_rate=0.4, negative_rate=0.2, inverse_temperature=3.0)
    >>> rpe.fit.log_likelihood(learner, rpe.tasks.bandit([0.5, 0.5]), data).round(6)
    array([-4.105115])
    """

    positive_rate: PerAgent = default(0.3)
    negative_rate: PerAgent = default(0.1)
    by: Literal["error", "outcome"] = "error"

    def __post_init__(self) -> None:
        choice("by", self.by, ("error", "outcome"))
        super().__post_init__()

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return {"positive_rate": UNIT, "negative_rate": UNIT}

    def learn(self, memory: OutcomeMemory, outcome: Outcome) -> None:
        """Move the value of the stimulus chosen."""
        good = outcome.delta > 0 if self.by == "error" else outcome.utility > 0
        rate = np.where(good, self.positive_rate, self.negative_rate)
        memory.q[outcome.chosen, np.arange(memory.n_agents)] += rate * outcome.delta
