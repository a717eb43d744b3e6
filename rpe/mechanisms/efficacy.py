"""Self-efficacy: a belief about one's own chance of success, updated when there is feedback."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, count, default, parameter, scalar, sequence
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import GoalTask, Step, Task


class Belief:
    """What an agent believes of its own chance of success.

    Attributes
    ----------
    counts : float array (2, n)
        a and b of the Beta belief.
    pending : float array (2, n)
        Successes and failures since the last feedback.
    plans : list of memory
        Of the planner inside, one for each chance of the grid.
    true : float
        The chance that the task has.
    is_work : bool array (n_actions,)
        Which actions are work.
    units : int array (n_states,)
        Units done in each state.
    is_goal : bool array (n_units + 1,)
        Where feedback is given.
    """

    def __init__(self, counts: Floats, plans: list[Any], task: GoalTask) -> None:
        self.counts, self.pending, self.plans = counts, np.zeros_like(counts), plans
        self.true = task.success_probability
        self.units = task.decode(np.arange(task.n_states))["units"]
        self.is_work = task.is_work
        self.is_goal = np.isin(np.arange(task.n_units + 1), task.goals)

    @property
    def mean(self) -> Floats:
        """The chance believed in, a/(a + b), (n,)."""
        return np.asarray(self.counts[0] / self.counts.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Efficacy(Mechanism):
    """Self-efficacy: a planner that does not know its chance of success plans with what it believes.

        p̂ = a/(a + b);   at feedback  a ← a + successes,  b ← b + failures  since the last feedback
        plans with (1 − w) p + w p̂

    Feedback comes at sub-goals, as the task has them, whatever they pay: a goal far off tells
    nothing until it is reached. The planner is solved once for each chance of a grid, and policies
    between two of them are mixed in proportion.

    Parameters
    ----------
    agent : Planner
        What plans; its task must be a `GoalTask`.
    weight : float or array (n_agents,)
        w in [0, 1]; 0 (the default) is an agent that knows its chance.
    prior : tuple of float
        a and b > 0 of the belief at the start: (1, 3) a pessimist, (2, 2), (9, 1) an optimist.
    n_grid : int
        Chances for which plans are made, from 0.02 to 1, at least 2.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; at `init`, for a task that is no GoalTask.

    References
    ----------
    Bandura, A. & Schunk, D. H. (1981). Cultivating competence, self-efficacy, and intrinsic
    interest through proximal self-motivation. Journal of Personality and Social Psychology 41(3),
    586-598. doi:10.1037/0022-3514.41.3.586 (the finding; the model is an assumption)

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Exponential(0.98))
    >>> doubter = rpe.mechanisms.Efficacy(planner, weight=1.0, prior=(1, 3))
    >>> doubter.init(rpe.tasks.monolithic(n_units=5, deadline=10), n_agents=2).own.mean
    array([0.25, 0.25])
    """

    weight: PerAgent = default(0.0)
    prior: tuple[float, float] = (1.0, 3.0)
    n_grid: int = 13

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        prior = tuple(scalar("prior", each, 0, open_low=True) for each in sequence("prior", self.prior))
        if len(prior) != 2:
            raise ValueError(f"prior must be two numbers, a and b; got {self.prior!r}")
        return {
            "weight": parameter("weight", self.weight, 0, 1),
            "prior": prior,
            "n_grid": count("n_grid", self.n_grid, 2),
        }

    @property
    def idle(self) -> bool:
        """Whether the agent knows its chance."""
        return not self.weight.any()

    @property
    def grid(self) -> Floats:
        """The chances for which plans are made, (n_grid,)."""
        return np.linspace(0.02, 1.0, self.n_grid)

    def create_memory(self, task: Task, n_agents: int) -> Belief:
        """Return the belief, with a plan for each chance of the grid."""
        if not isinstance(task, GoalTask):
            raise TypeError(
                f"task must be a GoalTask, whose chance of success can be doubted; got {type(task).__name__}"
            )
        plans = [self.agent.init(replace(task, success_probability=float(p)), n_agents) for p in self.grid]
        return Belief(np.repeat(np.array(self.prior)[:, None], n_agents, axis=1), plans, task)

    def base_policy(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n), as planned with the chance believed in."""
        own: Belief = memory.own
        planned_with = (1 - self.weight) * own.true + self.weight * own.mean
        place = np.clip(np.interp(planned_with, self.grid, np.arange(self.n_grid)), 0, self.n_grid - 1)
        low = np.minimum(place.astype(int), self.n_grid - 2)
        above = place - low
        policies = np.zeros((2, *self.agent.policy(own.plans[0], state).shape))
        for cell in np.unique(low):
            at = low == cell
            for side in (0, 1):
                policies[side][:, at] = self.agent.policy(own.plans[cell + side], state)[:, at]
        return np.asarray((1 - above) * policies[0] + above * policies[1])

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Count successes and failures, and believe them at feedback."""
        own: Belief = memory.own
        before, after = own.units[state], own.units[step.state]
        tried = own.is_work[action] & (before < len(own.is_goal) - 1)
        tried = tried if active is None else tried & active
        done = tried & (after > before)
        own.pending += np.stack([done, tried & ~done])
        told = done & own.is_goal[after]
        own.counts += np.where(told, own.pending, 0.0)
        own.pending[:, told] = 0.0
