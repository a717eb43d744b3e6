"""Pearce-Hall learning: the learning rate follows how surprising outcomes have been."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, PerAgent, default
from rpe.agents.outcome_learner import UNIT, Outcome, OutcomeLearner, OutcomeMemory


@dataclass(frozen=True, eq=False, kw_only=True)
class PearceHallLearner(OutcomeLearner):
    """Pearce-Hall hybrid, Q ← Q + κAδ with the associability A ← η|δ| + (1 − η)A of the stimulus chosen.

    The associability from before the trial is used. With η = 0 the rate is κA(0) for ever. A rate κA is
    at most 1, which only outcomes larger than 1 can lead to: beyond it values would overshoot.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        κ in [0, 1].
    associability_rate : float or array (n_agents,)
        η in [0, 1].
    initial_associability : float or array (n_agents,)
        A(0) ≥ 0.
    **shared
        As `OutcomeLearner`.

    References
    ----------
    Li, J., Schiller, D., Schoenbaum, G., Phelps, E. A. & Daw, N. D. (2011). Differential roles of human
    striatum and amygdala in associative learning. Nature Neuroscience 14, 1250-1252.
    doi:10.1038/nn.2904

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[0, 0, 1, 1, 0]], [[1.0, 0.0, 1.0, 1.0, 1.0]])
    >>> learner = PearceHallLearner(learning_rate=0.6, associability_rate=0.3, inverse_temperature=3.0)
    >>> rpe.fit.log_likelihood(learner, rpe.tasks.bandit([0.5, 0.5]), data).round(6)
    array([-4.208064])
    """

    learning_rate: PerAgent = default(0.3)
    associability_rate: PerAgent = default(0.3)
    initial_associability: PerAgent = default(1.0)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        return {"learning_rate": UNIT, "associability_rate": UNIT, "initial_associability": (0.0, np.inf)}

    def create_own(self, n_stimuli: int, n_agents: int) -> dict[str, Floats]:
        """Return the associabilities (n_stimuli, n)."""
        return {"associability": np.zeros((n_stimuli, n_agents)) + self.initial_associability}

    def learn(self, memory: OutcomeMemory, outcome: Outcome) -> None:
        """Move the value of the stimulus chosen, and then its associability."""
        at = outcome.chosen, np.arange(memory.n_agents)
        associability = memory.own["associability"]
        memory.q[at] += np.minimum(self.learning_rate * associability[at], 1.0) * outcome.delta
        associability[at] += self.associability_rate * (np.abs(outcome.delta) - associability[at]) * outcome.learns
