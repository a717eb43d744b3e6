"""Hierarchical reinforcement learning: a sub-goal has values and errors of its own, apart from those of the goal."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, KnowsItsKeywords, PerAgent, Seed, agent_count, between, default, instance, parameter
from rpe.schedules import Schedule
from rpe.td.errors import td_error
from rpe.theories._stability import bounded
from rpe.theories._trial_level import td_kinds
from rpe.theories.protocol import Learned, Stability, Variants
from rpe.theories.td import TD


@dataclass(frozen=True)
class Hierarchical(KnowsItsKeywords):
    """Hierarchical TD(0): options with a pseudo-reward at their sub-goal, beside TD(0) at the root.

        δ_option = r + ρ 1[sub-goal] + γ V_o(s′) − V_o(s),   δ_root = r + γ V(s′) − V(s)

    Both learn over the same serial compound. An option ends when its sub-goal is reached, with V_o(s′) = 0 there, and
    the next one begins. With one step per unit of distance d the values are V_o = ρ γ^d to the sub-goal and
    V = R γ^d to the goal. Without sub-goals in the schedule (`schedules.Trial.subgoals`) the theory is TD(0).

    Notes
    -----
    `delta` is the error of the root, and `learn` returns that of the options in `more`, as `subgoal`, shape of delta.

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
        instance("schedule", schedule, Schedule)
        return self._root.stability(schedule)

    @bounded
    def learn(self, schedule: Schedule, rng: Seed = None) -> Learned:
        """Run through a schedule; nothing is random."""
        root = self._root.learn(schedule, rng)
        if not schedule.does.subgoal.any():
            return root
        return root._replace(more={**root.more, "subgoal": self._options(schedule)})

    def _options(self, schedule: Schedule) -> Floats:
        """The errors of the options, (n_agents, n_trials, n_steps): TD(0), towards the pseudo-reward."""
        x, n = td_kinds(schedule, "serial_compound"), int(np.size(self.discount + self.pseudo_reward))
        w = np.zeros((x.shape[2], max(n, np.size(self.learning_rate))))
        subgoal, delta = schedule.does.subgoal, np.empty((*schedule.reward.shape, w.shape[1]))
        for trial, learns in enumerate(schedule.learning):
            before = np.zeros(len(w))
            for step, now in enumerate(x[trial]):
                ends = subgoal[trial, step] > 0
                ahead = np.zeros(w.shape[1]) if ends else now @ w
                error = td_error(self.pseudo_reward * subgoal[trial, step], before @ w, ahead, self.discount)
                delta[trial, step] = error
                if learns[step]:
                    w += self.learning_rate * before[:, None] * error
                # The value of where an option ended is not its own.
                before = np.zeros(len(w)) if ends else now
        return delta.transpose(2, 0, 1)

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
