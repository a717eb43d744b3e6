"""How planners respond to the payout of a goal task, with the exact gradient where they are naive."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe import measures
from rpe._checks import Floats, choice, count, numbers, scalar, sequence
from rpe.agents import Planner
from rpe.choice import softmax
from rpe.tasks import GoalTask

OBJECTIVES = ("completion", "welfare", "delay")


class _World(NamedTuple):
    """Expected quantities of a task, flat over (action, state), with pay apart.

    Attributes
    ----------
    ahead : sparse array (n_actions · n_states, n_states)
        Probability of each next state, where the world goes on.
    back : sparse array
        Its transpose.
    reward, points, effort : float array (n_actions · n_states, 1)
        What a step brings without any pay, what it seems to bring besides, and what it costs.
    pays : float array (n_goals, n_actions · n_states)
        What a step brings for one reward unit of pay at each goal.
    """

    ahead: Any
    back: Any
    reward: Floats
    points: Floats
    effort: Floats
    pays: Floats

    @classmethod
    def of(cls, task: GoalTask, goals: tuple[int, ...]) -> "_World":
        """Read the tables of a task with sub-goals in these places."""
        from scipy.sparse import csr_array

        def paid(payout: Floats) -> GoalTask:
            return replace(task, payout=payout, goals=goals)

        bare = paid(np.zeros(task.n_units + 1))
        tables = bare.tables
        shape = tables.next_state.shape
        chance = np.broadcast_to(tables.outcome_probability, shape)
        size = shape[1] * shape[2]
        # One row for each action in each state, actions first.
        rows = np.broadcast_to(np.arange(size).reshape(shape[2], shape[1]).T, shape)
        weight = np.where(np.broadcast_to(tables.terminated, shape), 0.0, chance)
        on = weight > 0
        ahead = csr_array((weight[on], (rows[on], tables.next_state[on])), shape=(size, shape[1]))
        reward = _expected(chance, tables.reward)
        pays = [_expected(chance, paid(np.eye(task.n_units + 1)[goal]).tables.reward) - reward for goal in goals]
        points, effort = (_expected(chance, each)[:, None] for each in (tables.points, tables.effort))
        return cls(ahead, ahead.T.tocsr(), reward[:, None], points, effort, np.stack(pays))


def _expected(chance: Floats, quantity: Floats) -> Floats:
    """The mean over outcomes, flat over (action, state)."""
    return np.asarray((chance * quantity).sum(axis=0).T.ravel())


class Response:
    """What planners do with a payout, by one objective.

    A naive planner weighs r and e at delay τ by D_R(τ) and D_E(τ), expects max_a W_τ(s, a) of later
    selves, and acts by π = softmax(β W_0). With M_0(s, a) = ∂J/∂W_0 (the policy gradient times the
    slope of the softmax), what a reward moves is

        ∂J/∂r(s, a) = Σ_τ D_R(τ) M_τ(s, a),   M_τ₊₁(s′, a*) = Σ_{s, a} M_τ(s, a) P(s′|s, a)

    where a* is the action planned in s′ at delay τ + 1: one sweep back and one forth. Any other
    planner has no gradient here, and SciPy's optimisers take differences.

    Parameters
    ----------
    task : GoalTask
        The task; its payout does not matter.
    agent : Planner
        One person, or many.
    goals : sequence of int
        Where something is paid, increasing, the last one `task.n_units`.
    objective : {"completion", "welfare", "delay"}
        P(all units are done); undiscounted welfare, in budgets; or minus the procrastination index. More
        is better. In welfare all is worth the budget once it is done, and pay on the way is a transfer:
        what distraction brings + budget × P(all is done) − effort. (Else the best split would be to hand
        over all of it at once.)
    budget : float, optional
        What it is worth that all is done, reward units, > 0; by default what the task pays now.
    efficacy : float, optional
        Chance of success that the planner believes in, in (0, 1]; by default that of the task.

    Raises
    ------
    TypeError, ValueError
        For another kind of task or agent, or parameters out of range.

    References
    ----------
    Sutton, R. S. & Barto, A. G. (2018). Reinforcement Learning, 2nd ed., Eq. 13.5 (the policy gradient).

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=10, reward=20)
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.3))
    >>> Response(task, planner, (2, 4))([10, 10]).round(3)
    array([0.99])
    """

    def __init__(
        self,
        task: GoalTask,
        agent: Planner,
        goals: tuple[int, ...],
        objective: str = "completion",
        *,
        budget: float | None = None,
        efficacy: float | None = None,
    ) -> None:
        self.task, self.agent = _goal_task(task), _planner(agent)
        self.budget = scalar("budget", task.budget if budget is None else budget, 0, open_low=True)
        self.goals = tuple(count("goals", goal, 1, task.n_units) for goal in sequence("goals", goals))
        if list(self.goals) != sorted(set(self.goals)) or not goals or self.goals[-1] != task.n_units:
            raise ValueError(f"goals must increase and end at n_units = {task.n_units}; got {goals}")
        self.objective = choice("objective", objective, OBJECTIVES)
        if efficacy is not None:
            scalar("efficacy", efficacy, 0, 1, open_low=True)
        self.believed = task if efficacy is None else replace(task, success_probability=efficacy)
        self._worlds: tuple[_World, _World] | None = None

    @property
    def has_gradient(self) -> bool:
        """Whether the exact gradient is known: of naive planners whose choice has noise."""
        return not self.agent.sophisticated and bool(np.isfinite(self.agent.inverse_temperature).all())

    def paid(self, pays: npt.ArrayLike) -> GoalTask:
        """Return the task with these pays (n_goals,) at the goals."""
        amounts = numbers("pays", pays)
        if amounts.shape != (len(self.goals),):
            raise ValueError(f"pays must have one entry for each of {len(self.goals)} goals; got {amounts.shape}")
        payout = np.zeros(self.task.n_units + 1)
        payout[list(self.goals)] = amounts
        return replace(self.task, payout=payout, goals=self.goals)

    def __call__(self, pays: npt.ArrayLike) -> Floats:
        """Return the objective for pays (n_goals,), (n_agents,)."""
        return objective_of(self.solved(pays), self.objective)

    def solved(self, pays: npt.ArrayLike) -> measures.Exact:
        """Return what people do for pays (n_goals,); reward counts the budget when all is done, and no other pay."""
        task = self.paid(pays)
        taken = replace(task, success_probability=self.believed.success_probability)
        policy = self.agent.init(taken, self.agent.n_agents).policy
        return measures.follow(policy, replace(task, payout=_at_the_end(task, self.budget)))

    def slope(self, pays: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return the objective (n_agents,), and its gradient (n_goals, n_agents) by the pays.

        Raises
        ------
        ValueError
            If the planner has no gradient.
        """
        if not self.has_gradient:
            raise ValueError("agent must be naive and its choice have noise for a gradient; it has none")
        task, amounts = self.paid(pays), np.asarray(pays, dtype=np.float64)
        if self._worlds is None:
            world = _World.of(self.task, self.goals)
            self._worlds = world, world if self.believed is self.task else _World.of(self.believed, self.goals)
        world, believed = self._worlds
        policy, weights, planned = self._plan(believed, amounts)
        target = self._target(task, world)
        visits, action_value = _follow(world, policy, target, task.n_steps)
        mean = (policy * action_value).sum(axis=0)
        beta = self.agent.inverse_temperature
        moved = (beta * visits * policy * (action_value - mean)).reshape(len(believed.reward), -1)
        worth = self._worth(believed, moved, weights, planned)
        return np.asarray(mean[0] - (self.objective == "delay")), believed.pays @ worth

    def _weights(self) -> tuple[Floats, Floats]:
        """D_R and D_E at every delay, (n_steps, 1 or n_agents)."""
        delays = np.arange(self.task.n_steps)
        own = self.agent.discounting(delays)
        other = self.agent.effort_discounting
        reward = own[:, None] if own.ndim == 1 else own.T
        effort = reward if other is None else np.atleast_2d(other(delays)).T
        return reward, effort

    def _plan(self, world: _World, amounts: Floats) -> tuple[Floats, Floats, list[Any]]:
        """The policy (n_actions, n_states, n), D_R, and what is planned at each delay, the first one first."""
        reward, effort = self._weights()
        gain = world.reward + world.points + (amounts @ world.pays)[:, None]
        available = np.broadcast_to(self.task.tables.available, self.task.tables.next_state.shape[1:]).T[..., None]
        shape = available.shape[:2]
        n = max(reward.shape[1], effort.shape[1], np.size(self.agent.inverse_temperature))
        later, planned = np.zeros((shape[1], n)), []
        for delay in range(self.task.n_steps - 1, -1, -1):
            q = world.ahead @ later + (reward[delay] * gain - effort[delay] * world.effort)
            q = np.where(available, q.reshape(*shape, n), -np.inf)
            planned.append(q.argmax(axis=0))
            later = q.max(axis=0)
        return softmax(q, self.agent.inverse_temperature, available), reward, planned[::-1]

    def _worth(self, world: _World, moved: Floats, weights: Floats, planned: list[Any]) -> Floats:
        """∂J/∂r (n_actions · n_states, n), from ∂J/∂W_0."""
        total, n_actions = weights[0] * moved, self.task.n_actions
        for delay in range(1, self.task.n_steps):
            reached = world.back @ moved
            chosen = np.arange(n_actions)[:, None, None] == planned[delay]
            moved = (chosen * reached).reshape(moved.shape)
            total = total + weights[delay] * moved
        return np.asarray(total)

    def _target(self, task: GoalTask, world: _World) -> Floats:
        """What each action in each state adds to the objective, (n_actions · n_states, 1)."""
        tables = task.tables
        now = task.decode(np.arange(task.n_states))
        units = task.decode(tables.next_state)["units"]
        done = units - now["units"][:, None]
        if self.objective == "delay":
            left = np.maximum(task.deadline - now["time"] - 1, 0)[:, None]
            added = done * left / (task.deadline * task.n_units)
        else:
            added = ((done > 0) & (units == task.n_units)) * 1.0
        chance = np.broadcast_to(tables.outcome_probability, tables.next_state.shape)
        found = _expected(chance, np.asarray(added, dtype=np.float64))[:, None]
        return found + (world.reward - world.effort) / self.budget if self.objective == "welfare" else found


def _follow(world: _World, policy: Floats, target: Floats, n_steps: int) -> tuple[Floats, Floats]:
    """How often each state is visited (n_states, n), and what each action brings from there on, under a policy."""
    n_actions, n_states, n = policy.shape
    # Every trial of a goal task starts in the first state.
    now = np.zeros((n_states, n))
    now[0] = 1.0
    visits, value = now.copy(), np.zeros((n_states, n))
    for _ in range(n_steps):
        now = world.back @ (policy * now).reshape(-1, n)
        visits += now
        action_value = (world.ahead @ value + target).reshape(n_actions, n_states, n)
        value = (policy * action_value).sum(axis=0)
    return visits, action_value


def _at_the_end(task: GoalTask, budget: float) -> Floats:
    return np.asarray(np.eye(1, task.n_units + 1, task.n_units)[0] * budget)


def objective_of(found: measures.Exact, objective: str) -> Floats:
    """Return the objective (n_agents,) of an exact solution: more is better."""
    if objective == "completion":
        return found.completion_probability
    if objective == "delay":
        return -found.procrastination_index
    assert isinstance(found.task, GoalTask)
    return np.asarray(found.welfare / found.task.budget)


def _goal_task(task: object) -> GoalTask:
    if not isinstance(task, GoalTask):
        raise TypeError(f"task must be a GoalTask; got {type(task).__name__}")
    if task.due is not None:
        raise ValueError(f"task must have no sub-deadlines, which stand at its own goals; got due = {task.due}")
    return task


def _planner(agent: object) -> Planner:
    if not isinstance(agent, Planner):
        raise TypeError(f"agent must be a Planner; got {type(agent).__name__}")
    if np.any(agent.pseudo_reward_weight):
        raise ValueError(f"agent must have a pseudo_reward_weight of 0; got {agent.pseudo_reward_weight}")
    return agent
