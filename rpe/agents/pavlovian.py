"""Go and no-go with a Pavlovian bias: the value of a cue itself drives action."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default
from rpe.agents._steps import experienced_utility
from rpe.agents.outcome_learner import UNIT, Outcome, OutcomeLearner, OutcomeMemory
from rpe.tasks import Step


@dataclass(frozen=True, eq=False, kw_only=True)
class PavlovianLearner(OutcomeLearner):
    """Go/no-go learner with a Pavlovian bias: W(go) = Q(go) + b + πV(s), W(no-go) = Q(no-go).

    Action 1 is go. P(go) = (1 − ξ) σ(W(go) − W(no-go)) + ξ/2, and Q and V move by ε(ρu − ·), with
    the sensitivity ρ to rewards where u ≥ 0, and to punishments where u < 0; V whatever was done.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        ε in [0, 1].
    lapse : float or array (n_agents,)
        ξ in [0, 1].
    go_bias : float or array (n_agents,)
        b, in logits.
    pavlovian_bias : float or array (n_agents,)
        π, logits per unit of value.
    reward_sensitivity, punishment_sensitivity : float or array (n_agents,)
        ρ ≥ 0, in the place of an inverse temperature (which stays 1).
    **shared
        As `OutcomeLearner`.

    References
    ----------
    Guitart-Masip, M., Huys, Q. J. M., Fuentemilla, L., Dayan, P., Duzel, E. & Dolan, R. J. (2012). Go and
    no-go learning in reward and punishment: interactions between affect and effect. NeuroImage
    62(1), 154-166. doi:10.1016/j.neuroimage.2012.04.024

    Examples
    --------
    >>> import rpe
    >>> learner = PavlovianLearner(pavlovian_bias=0.5, reward_sensitivity=3.0, punishment_sensitivity=3.0)
    >>> history = rpe.simulate.run(learner, rpe.tasks.go_no_go(), n_agents=100, n_trials=100, rng=0)
    >>> history.n_trials
    100
    """

    learning_rate: PerAgent = default(0.2)
    lapse: PerAgent = default(0.0)
    go_bias: PerAgent = default(0.0)
    pavlovian_bias: PerAgent = default(0.0)
    reward_sensitivity: PerAgent = default(1.0)
    punishment_sensitivity: PerAgent = default(1.0)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter."""
        real, positive = (-np.inf, np.inf), (0.0, np.inf)
        return {
            "learning_rate": UNIT,
            "lapse": UNIT,
            "go_bias": real,
            "pavlovian_bias": real,
            "reward_sensitivity": positive,
            "punishment_sensitivity": positive,
        }

    def create_own(self, n_stimuli: int, n_agents: int) -> dict[str, Floats]:
        """Return the value V (n_cues, n) of each cue."""
        return {"cue_value": np.zeros((n_stimuli, n_agents))}

    def logits(self, memory: OutcomeMemory, state: Ints) -> Floats:
        """Return W (n_actions, n)."""
        weight = super().logits(memory, state)
        cue = memory.own["cue_value"][memory.stimuli[0, state], np.arange(len(state))]
        weight[1] += self.go_bias + self.pavlovian_bias * cue
        return weight

    def log_policy(self, memory: OutcomeMemory, state: Ints) -> Floats:
        """Return the log choice probabilities (n_actions, n), lapses included."""
        logs = super().log_policy(memory, state)
        if not self.lapse.any():
            return logs
        with np.errstate(divide="ignore"):
            return np.asarray(np.logaddexp(np.log1p(-self.lapse) + logs, np.log(self.lapse / len(logs))))

    def update(self, memory: OutcomeMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn from one step, in place; return the signed error ρu − Q (n,) from before the update."""
        utility = np.asarray(experienced_utility(step), dtype=np.float64)
        sensitivity = np.where(utility >= 0, self.reward_sensitivity, self.punishment_sensitivity)
        none = np.zeros(len(state))
        scaled = step._replace(reward=np.broadcast_to(sensitivity * utility, state.shape), effort=none, points=none)
        return super().update(memory, state, action, scaled, active)

    def learn(self, memory: OutcomeMemory, outcome: Outcome) -> None:
        """Move the value of what was done, and that of the cue."""
        who = np.arange(memory.n_agents)
        memory.q[outcome.chosen, who] += self.learning_rate * outcome.delta
        cue = memory.own["cue_value"]
        at = outcome.shown[0], who
        cue[at] += self.learning_rate * (outcome.utility - cue[at]) * outcome.learns
