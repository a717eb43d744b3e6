"""Counterfactual learning: what was not chosen is taken to have brought the opposite."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, Ints, Numbers, PerAgent, default, held
from rpe.agents.outcome_learner import UNIT, Outcome, OutcomeLearner, OutcomeMemory


@dataclass(frozen=True, eq=False, kw_only=True)
class CounterfactualLearner(OutcomeLearner):
    """Counterfactual (fictive) learning, Q_c ← Q_c + α(u − Q_c) and Q_u ← Q_u + α′(−u − Q_u) for what was not chosen.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1].
    counterfactual_rate : float or array (n_agents,)
        α′ in [0, 1]. By default it is α, as in the fictive model of reversal learning; choices hardly
        tell one from the other.
    indifference_point : float or array (n_agents,)
        a, what is taken from the value of action 0: P(0) = σ(β(Q₀ − Q₁ − a)) with two actions.
    **shared
        As `OutcomeLearner`.

    References
    ----------
    Gläscher, J., Hampton, A. N. & O'Doherty, J. P. (2009). Determining a role for ventromedial
    prefrontal cortex in encoding action-based value signals during reward-related decision making.
    Cerebral Cortex 19(2), 483-495. doi:10.1093/cercor/bhn098

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[0, 0, 0, 1, 1]], [[1.0, 1.0, -1.0, 1.0, -1.0]])
    >>> learner = CounterfactualLearner(learning_rate=0.4, indifference_point=0.1, inverse_temperature=2.0)
    >>> rpe.fit.log_likelihood(learner, rpe.tasks.bandit([0.5, 0.5]), data).round(6)
    array([-1.826234])
    """

    learning_rate: PerAgent = default(0.3)
    counterfactual_rate: Numbers | None = None
    indifference_point: PerAgent = default(0.0)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        own = {} if self.counterfactual_rate is None else {"counterfactual_rate": UNIT}
        return {"learning_rate": UNIT, "indifference_point": (-np.inf, np.inf)} | own

    def logits(self, memory: OutcomeMemory, state: Ints) -> Floats:
        """Return β (Q − a for action 0), (n_actions, n)."""
        logits = super().logits(memory, state)
        logits[0] -= held(self.inverse_temperature) * self.indifference_point
        return logits

    def learn(self, memory: OutcomeMemory, outcome: Outcome) -> None:
        """Move the values of all stimuli shown."""
        who = np.arange(memory.n_agents)
        rate: Floats = self.learning_rate
        other = rate if self.counterfactual_rate is None else held(self.counterfactual_rate)
        for stimulus in outcome.shown:
            taken = stimulus == outcome.chosen
            missed = (-outcome.utility - memory.q[stimulus, who]) * outcome.learns
            change = np.where(taken, rate * outcome.delta, other * missed)
            memory.q[stimulus, who] += change
