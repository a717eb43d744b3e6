"""Goal commitment: who pursues a goal sees less of its rivals, and holds on the more the further on it is."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Floats, Ints, PerAgent, default, held
from rpe.agents.goal_pursuit import GoalPursuit, PursuitMemory, Rule, best_rival


@dataclass(frozen=True, eq=False, kw_only=True)
class GoalCommitment(GoalPursuit):
    """Goal commitment: P(stay) = σ(b₀ + b₁(V_goal − ω V_rival) + b₂ x), with ω < 1 for who is committed.

    ω is the sensitivity to the best rival while a goal is pursued, x the share of the goal that is done,
    b₁ = β, and b₀ = −β₀ + C as in `GoalPursuit`. With ω = 1 and b₂ = 0 it is that agent. The form is an
    assumption: published models had goal values with and without progress as one more regressor.

    Parameters
    ----------
    rival_weight : float or array (n_agents,)
        ω in [0, 1].
    progress_weight : float or array (n_agents,)
        b₂, in logits.
    **shared
        As `GoalPursuit`; the rule is "prospective" by default.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths.

    References
    ----------
    Holton, E., Grohn, J., Ward, H., Manohar, S. G., O'Reilly, J. X. & Kolling, N. (2024). Goal commitment
    is supported by vmPFC through selective attention. Nature Human Behaviour 8, 1351-1365.
    doi:10.1038/s41562-024-01844-5

    Examples
    --------
    >>> import numpy as np, rpe
    >>> task = rpe.tasks.ThreeSuits.published()
    >>> state, values = np.zeros(1, dtype=int), np.array([[2.0], [3.0], [1.0]])
    >>> for weight in (1.0, 0.5):
    ...     agent = rpe.agents.GoalCommitment(rival_weight=weight)
    ...     memory = agent.init(task, 1)
    ...     print((agent.stay_logit(memory, state, values, np.ones(1)) - memory.kernel).ravel())
    [-1.  1. -2.]
    [ 0.5  2.  -0.5]
    """

    rule: Rule = "prospective"
    rival_weight: PerAgent = default(1.0)
    progress_weight: PerAgent = default(0.0)

    def bounds(self) -> dict[str, tuple[float, float]]:
        """Return the range of each parameter by name."""
        return super().bounds() | {"rival_weight": (0.0, 1.0), "progress_weight": (-np.inf, np.inf)}

    def stay_logit(self, memory: PursuitMemory, state: Ints, values: Floats, beta: Floats) -> Floats:
        """Return the logit of staying with each goal, (n_suits, n)."""
        done = memory.tokens[:, state] / memory.tokens[0, -1]
        apart = values - self.rival_weight * best_rival(values)
        return memory.kernel - held(self.leaving) + beta * apart + self.progress_weight * done
