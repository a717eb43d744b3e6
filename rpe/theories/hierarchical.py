"""Hierarchical reinforcement learning: a sub-goal has values and errors of its own, apart from those of the goal."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, PerAgent, Seed, agent_count, between, default, parameter
from rpe.schedules import Schedule
from rpe.td.errors import td_error
from rpe.theories._stability import bounded
from rpe.theories.protocol import Learned, Stability, Variants
from rpe.theories.td import TD


@dataclass(frozen=True)
class Hierarchical:
    """Hierarchical TD(0): options with a pseudo-reward at their sub-goal, beside TD(0) at the root.

        δ_option = r + ρ 1[sub-goal] + γ V_o(s′) − V_o(s),   δ_root = r + γ V(s′) − V(s)

    With one step per unit of distance d the values are V_o = ρ γ^d to the sub-goal and V = R γ^d to the
    goal. In a schedule, which has no sub-goals, the theory is TD(0).

    Parameters
    ----------
    discount : float or array (n_agents,)
        γ in [0, 1], per step.
    pseudo_reward : float or array (n_agents,)
        ρ ≥ 0, in units of the reward at the goal.
    learning_rate : float or array (n_agents,)
        α ≥ 0 of TD(0), per step.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Ribas-Fernandes, J. J. F. et al. (2011). A neural signature of hierarchical reinforcement
    learning. Neuron 71(2), 370-379. doi:10.1016/j.neuron.2011.05.042
    Botvinick, M. M., Niv, Y. & Barto, A. G. (2009). Hierarchically organized behavior and its neural
    foundations. Cognition 113(3), 262-280. doi:10.1016/j.cognition.2008.08.011

    Examples
    --------
    >>> import rpe
    >>> subgoal, goal = rpe.theories.Hierarchical(discount=0.9).jump_errors(6, 2, 12, 12)
    >>> round(float(subgoal), 3), float(goal)
    (0.279, 0.0)
    """

    discount: PerAgent = default(0.9)
    pseudo_reward: PerAgent = default(1.0)
    learning_rate: PerAgent = default(0.1)

    free_parameters: ClassVar[tuple[str, ...]] = ("discount", "pseudo_reward", "learning_rate")

    def __post_init__(self) -> None:
        for name, high in (("discount", 1.0), ("pseudo_reward", np.inf), ("learning_rate", np.inf)):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, high))
        agent_count(**{name: getattr(self, name) for name in self.free_parameters})

    @property
    def name(self) -> str:
        """Name of the theory in tables and figures."""
        return "Hierarchical TD(0)"

    @classmethod
    def published(cls) -> dict[str, Self]:
        """Return other published parameters: none."""
        return {}

    def stability(self, schedule: Schedule) -> Stability:
        """Return the stability of TD(0) at the root."""
        return self._root.stability(schedule)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule at the root: TD(0) over a serial compound."""
        return self._root.learn(schedule, rng)

    @property
    def _root(self) -> TD:
        return TD(trace_decay=0.0, learning_rate=self.learning_rate, discount=self.discount, step=None)

    def jump_errors(
        self, before: npt.ArrayLike, after: npt.ArrayLike, total_before: npt.ArrayLike, total_after: npt.ArrayLike
    ) -> tuple[Floats, Floats]:
        """Return the errors of the option and of the root when the sub-goal jumps.

        Parameters
        ----------
        before, after : float array (...)
            Steps to the sub-goal before the jump and after it.
        total_before, total_after : float array (...)
            Steps to the goal, by way of the sub-goal.

        Returns
        -------
        subgoal, goal : float array (...)
            ρ (γ^after − γ^before), and γ^total_after − γ^total_before, in units of the reward.

        Raises
        ------
        TypeError, ValueError
            For negative distances.
        """
        steps = {"before": before, "after": after, "total_before": total_before, "total_after": total_after}
        d = {name: between(name, value, 0) for name, value in steps.items()}
        gamma = self.discount
        # A jump takes no time, so that nothing is discounted over it.
        subgoal = td_error(0.0, gamma ** d["before"], gamma ** d["after"], 1.0)
        goal = td_error(0.0, gamma ** d["total_before"], gamma ** d["total_after"], 1.0)
        return np.asarray(self.pseudo_reward * subgoal), np.asarray(goal)


SCORECARD: Variants = {"hierarchical": Hierarchical}
