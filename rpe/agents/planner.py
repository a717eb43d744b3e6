"""Planners: agents that know the task and solve it exactly, naive or sophisticated about themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, KnowsItsKeywords, PerAgent, count, default, flag, parameter, scalar
from rpe.agents import _induction
from rpe.agents._induction import Problem, Recursion, Solution, Weights
from rpe.choice import inverse_temperature
from rpe.discounting import Discounting, Exponential, QuasiHyperbolic
from rpe.tasks import Step, TabulatedTask

_SECONDS = 3e-9  # for each step ahead, state, action and agent
_MOST = 1 << 28  # numbers in a policy by steps left, 2 GiB
_MOST_WORK = 1 << 35  # values of actions under other discounting, some minutes
_BLOCK = 1 << 18  # values of one action, so that what a sweep touches fits the cache


class PlannerMemory(NamedTuple):
    """The solution of a planner.

    Attributes
    ----------
    policy : float array (n_actions, n_solutions, n_states)
        Probability of each action; `n_solutions` is 1 if all agents share their parameters.
    value : float array (n_solutions, n_states)
        What the state is worth to the self that is in it.
    plan : float array (n_actions, n_solutions, n_states)
        For a layered task, what the self at the start expects of itself in every later state, with
        the noise of a choice: softmax over its own plan's values as of that time if naive, `policy`
        if sophisticated, and what its later selves are believed to do if partially naive. It is
        `policy` for every time-consistent agent.
    offset : int array (n_agents,)
        Where each agent's solution starts in a flattened row of `policy`.
    policy_by_left : float array (K, n_actions, n_solutions, n_states) or None
        Where states do not hold the time: the policy with 1, 2, …, K steps left. `policy` and `value`
        are then those at the start of a trial.
    value_by_left : float array (K, n_solutions, n_states) or None
        What a state is worth with so many steps left.
    clock : int array (2,)
        Steps taken in this trial, and steps of a trial; changed in place as the trial goes on.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=2, deadline=4, reward=10)
    >>> memory = rpe.agents.Planner(rpe.discounting.Exponential(0.95)).init(task, n_agents=1)
    >>> memory.policy.shape == (task.n_actions, 1, task.n_states)
    True
    """

    policy: Floats
    value: Floats
    plan: Floats
    offset: Ints
    policy_by_left: Floats | None
    value_by_left: Floats | None
    clock: Ints

    def left(self) -> int:
        """Steps of the trial that are left."""
        return int(self.clock[1] - self.clock[0])


@dataclass(frozen=True, eq=False)
class Planner(KnowsItsKeywords):
    """An agent that plans by backward induction under any discount function.

    A naive planner with D evaluates, in state s,

        Q(s, a) = E[D_R(0) r − D_E(0) e + W₁(s′)],
        W_τ(s) = max_a E[D_R(τ) r − D_E(τ) e + W_τ₊₁(s′)],

    as if its later selves would carry out today's plan, takes one action by softmax over Q, and
    plans anew. A sophisticated planner anticipates the softmax π of its later selves:

        U_τ(s) = Σ_a π(a|s) E[D_R(τ) r − D_E(τ) e + U_τ₊₁(s′)],   π = softmax(β Q with U for W).

    Under exponential discounting and a greedy choice the two are one. A partially naive planner
    anticipates the π̂ of selves that discount by D̂ (`believed_discounting`) instead, and acts by its
    own D: with quasi-hyperbolic D̂ = β̂δ^τ, β ≤ β̂ ≤ 1, these are the partially naive people of
    O'Donoghue & Rabin (2001), sophisticated at β̂ = β and (greedy) naive at β̂ = 1.

    Exponential and quasi-hyperbolic discounting are solved in one sweep over time, others in one
    sweep for every delay. Where states do not hold the time, there is a policy for every number of
    steps left: memory is steps × states × actions for each agent (of different parameters), 8 bytes
    each and 2 GiB at most (beside it, steps × states under other discounting), and more is refused.
    Time is steps × states × actions as well. Under other discounting no recursion links the plan of L
    steps left to that of L − 1: D(τ + 1)/D(τ) is another at every delay. Time is then steps × reach ×
    states × actions, where the reach is how many steps before its end a trial notices that it could
    be a step longer: about the steps to the goal where trials end there, so that time is linear in the
    steps; all steps where they are paid to the end or the goal is never certain, when time is ½ steps² ×
    states × actions for a naive and a sophisticated planner alike. More than 2³⁵ values of actions,
    which take minutes, are refused with the number.

    Parameters
    ----------
    discounting : Discounting
        D_R, how delayed reward is discounted.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per reward unit; infinity for a greedy choice.
    sophisticated : bool
        Whether the agent anticipates what its later selves will do.
    effort_discounting : Discounting, optional
        D_E, how delayed effort is discounted; as reward if not given.
    pseudo_reward_weight : float or array (n_agents,)
        How much of a sub-goal's pseudo-reward is valued as reward: 0 (the default) is hierarchical
        reinforcement learning, in which a sub-goal moves no choice beyond the sub-task.
    horizon : int, optional
        How far a planner looks ahead, at most, in a task whose states do not hold the time; by default
        to the end of the trial. It never plans beyond that: value and policy depend on the steps left.
    believed_discounting : Discounting, optional
        D̂, how a sophisticated planner believes that its later selves discount reward and effort
        (partial naivete); by default as they do.
    max_minutes : float
        How long a solution may take; where discounting is not exponential, time grows with steps² × states.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, arrays of different lengths, or a belief about later selves
        whom a naive planner does not anticipate.

    References
    ----------
    O'Donoghue, T. & Rabin, M. (1999). Doing it now or later. American Economic Review 89(1),
    103-124. doi:10.1257/aer.89.1.103 (naifs and sophisticates).
    O'Donoghue, T. & Rabin, M. (2001). Choice and procrastination. Quarterly Journal of Economics
    116(1), 121-160. doi:10.1162/003355301556365 (partial naivete).
    Le Bouc, R. & Pessiglione, M. (2022). A neuro-computational account of procrastination
    behavior. Nature Communications 13. doi:10.1038/s41467-022-33119-w (effort discounted apart).

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> memory = planner.init(rpe.tasks.monolithic(), n_agents=1)
    >>> bool(memory.policy[1, 0, 0] < 0.1)      # it does not start at once
    True
    """

    discounting: Discounting
    inverse_temperature: PerAgent = default(1.0)
    sophisticated: bool = False
    effort_discounting: Discounting | None = None
    pseudo_reward_weight: PerAgent = default(0.0)
    horizon: int | None = None
    believed_discounting: Discounting | None = None
    max_minutes: float = 2.0

    def __post_init__(self) -> None:
        for name in ("discounting", "effort_discounting", "believed_discounting"):
            value = getattr(self, name)
            if (isinstance(value, type) or not isinstance(value, Discounting)) and (
                name == "discounting" or value is not None
            ):
                raise TypeError(
                    f"{name} must be a discount function, such as rpe.discounting.Hyperbolic(k=0.08); got {value!r}"
                )
        object.__setattr__(self, "inverse_temperature", inverse_temperature(self.inverse_temperature))
        object.__setattr__(self, "pseudo_reward_weight", parameter("pseudo_reward_weight", self.pseudo_reward_weight))
        if not flag("sophisticated", self.sophisticated) and self.believed_discounting is not None:
            raise ValueError("sophisticated must be True if believed_discounting is given; got False")
        if self.horizon is not None:
            count("horizon", self.horizon)
        scalar("max_minutes", self.max_minutes, 0, open_low=True)
        _ = self.n_agents

    @property
    def heeds_masks(self) -> bool:
        """Whether no action that a state does not offer is ever chosen."""
        return True

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        sizes = {
            "discounting": self.discounting.n_agents,
            "effort_discounting": 1 if self.effort_discounting is None else self.effort_discounting.n_agents,
            "inverse_temperature": np.size(self.inverse_temperature),
            "pseudo_reward_weight": np.size(self.pseudo_reward_weight),
            "believed_discounting": 1 if self.believed_discounting is None else self.believed_discounting.n_agents,
        }
        lengths = {name: size for name, size in sizes.items() if size != 1}
        if len(set(lengths.values())) > 1:
            found = ", ".join(f"{name} has {size}" for name, size in lengths.items())
            raise ValueError(f"parameters must have one entry per agent, all of the same number; {found}")
        return next(iter(lengths.values()), 1)

    def init(self, task: TabulatedTask, n_agents: int) -> PlannerMemory:
        """Solve the task, as it is believed to be, for every agent.

        Parameters
        ----------
        task : TabulatedTask
            A task with tables.
        n_agents : int
            How many agents will act; 1 or the number that the parameters describe, or any number
            if the parameters are shared.

        Returns
        -------
        PlannerMemory

        Raises
        ------
        TypeError
            If the task has no tables.
        ValueError
            If the number of agents does not fit, or the solution takes too much memory or time.
        """
        count("n_agents", n_agents)
        if self.n_agents not in (1, n_agents):
            raise ValueError(f"n_agents must be {self.n_agents}, as the parameters have it; got {n_agents}")
        n_states, n_actions = _tabulated(task).n_states, task.n_actions
        policy, plan = np.empty((2, n_actions, self.n_agents, n_states))
        value = np.empty((self.n_agents, n_states))
        policies: list[Floats] = []
        values: list[Floats] = []
        for agents, solution in self.solutions(task):
            policy[:, agents] = np.moveaxis(solution.policy, -1, 1)
            plan[:, agents] = np.moveaxis(solution.plan, -1, 1)
            value[agents] = solution.value.T
            if solution.by_left is not None:
                policies.append(np.moveaxis(solution.by_left.policy, -1, 2))
                values.append(np.moveaxis(solution.by_left.value, -1, 1))
        offset = np.arange(n_agents) * (n_states if self.n_agents > 1 else 0)
        policy_by_left = np.concatenate(policies, axis=2) if policies else None
        value_by_left = np.concatenate(values, axis=1) if values else None
        clock = np.array([0, task.n_steps])
        return PlannerMemory(policy, value, plan, offset, policy_by_left, value_by_left, clock)

    def solutions(self, task: TabulatedTask | Sequence[TabulatedTask]) -> Iterator[tuple[slice, Solution]]:
        """Solve the task for one block of agents after the other, so that many agents need little memory.

        Parameters
        ----------
        task : TabulatedTask or sequence of TabulatedTask
            A task with tables; or one for each agent, which differ in rewards, efforts and points alone.

        Yields
        ------
        slice, Solution
            Which agents (of those that the parameters describe), and `policy` and `plan`
            (n_actions, n_states, n) and `value` (n_states, n), agents last.

        Raises
        ------
        TypeError
            If the task has no tables.
        ValueError
            If tasks do not match each other, or the number of agents.
        """
        each = [_tabulated(one) for one in (task if isinstance(task, Sequence) else (task,))]
        n_agents = self.n_agents if len(each) == 1 else len(each)
        if self.n_agents not in (1, n_agents):
            raise ValueError(f"task must be one, or one for each of {self.n_agents} agents; got {n_agents}")
        horizon = None if self.horizon is None else min(self.horizon, each[0].n_steps)
        problem = Problem.of_each([one.believed for one in each], horizon)
        _check_size(problem, n_agents)
        self._check_time(problem, n_agents)
        size = max(16, _BLOCK // (each[0].n_states * each[0].n_actions))
        for first in range(0, n_agents, size):
            agents = slice(first, min(first + size, n_agents))
            yield agents, self._solve(problem.take(agents), agents)

    def start(self, memory: PlannerMemory, state: Ints) -> Floats:
        """Begin a trial; return NaN (n,), as a planner has no error at the cue."""
        memory.clock[0] = 0
        return np.full(len(state), np.nan)

    def policy(self, memory: PlannerMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        policy = memory.policy
        if memory.policy_by_left is not None:
            policy = memory.policy_by_left[min(max(memory.left(), 1), len(memory.policy_by_left)) - 1]
        place = memory.offset + state
        return np.stack([np.ascontiguousarray(row).ravel().take(place) for row in policy])

    def value(self, memory: PlannerMemory, state: Ints) -> Floats:
        """Return what its state (n,) is worth to each of n agents, in reward units; 0 once no step is left."""
        value = memory.value
        if memory.value_by_left is not None:
            if memory.left() <= 0:
                return np.zeros(len(state))
            value = memory.value_by_left[min(memory.left(), len(memory.value_by_left)) - 1]
        return np.ascontiguousarray(value).ravel().take(memory.offset + state)

    def update(self, memory: PlannerMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Return zeros (n,): a planner knows the task and learns nothing; time passes."""
        memory.clock[0] += 1
        return np.zeros(len(state))

    def _solve(self, problem: Problem, agents: slice) -> Solution:
        """Solve for a block of agents."""
        weight, beta = (_block(p, agents) for p in (self.pseudo_reward_weight, self.inverse_temperature))
        gain = problem.reward + weight * problem.pseudo_reward if weight.any() else problem.reward
        n = agents.stop - agents.start
        believed, own = self._believed, _recursion(self.discounting, agents)
        if own is not None and self.effort_discounting is None:
            if believed is None:
                return _induction.one_plan(problem, gain, own, beta, n)
            others = own if believed is self.discounting else _recursion(believed, agents)
            if others is not None and np.array_equal(others.factor, own.factor):
                return _induction.anticipating(problem, gain, own, others, beta, n)
        delays = np.arange(problem.horizon)
        worth, most = _weights(self.discounting, self.effort_discounting, delays, agents), _MOST_WORK / self.n_agents
        if believed is None:
            return _induction.naive(problem, gain, worth, beta, n, most)
        anticipated = worth if believed is self.discounting else _weights(believed, None, delays, agents)
        return _induction.sophisticated(problem, gain, worth, anticipated, beta, n, most)

    def _check_time(self, problem: Problem, n_agents: int) -> None:
        """Refuse a solution that would take longer than `max_minutes` by a rough estimate."""
        if _recursion(self.discounting, slice(0, 1)) is not None and self.effort_discounting is None:
            return
        n_actions, n_states = problem.reward.shape[:2]
        minutes = _SECONDS * problem.horizon * n_states * n_actions * n_agents / 60
        if minutes > self.max_minutes:
            raise ValueError(
                f"task must take at most {self.max_minutes:g} minutes to solve; {problem.horizon} steps × {n_states} "
                f"states × {n_actions} actions × {n_agents} agents would take about {minutes:.2g} "
                "(max_minutes lifts the limit; an exponential discounter needs none)"
            )

    @property
    def _believed(self) -> Discounting | None:
        """How later selves are believed to discount; None for a naive planner, who expects its own plan."""
        if not self.sophisticated:
            return None
        return self.discounting if self.believed_discounting is None else self.believed_discounting


def _check_size(problem: Problem, n_agents: int) -> None:
    """Refuse a solution by steps left that no memory holds."""
    if problem.layer_size is not None:
        return
    n_actions, n_states = problem.reward.shape[:2]
    size = problem.horizon * n_states * n_actions * n_agents
    if size > _MOST:
        raise ValueError(
            f"task must need at most {_MOST} numbers for a policy by steps left; {problem.horizon} steps × {n_states} "
            f"states × {n_actions} actions × {n_agents} agents are {size} (a shorter horizon needs fewer)"
        )


def _tabulated(task: TabulatedTask) -> TabulatedTask:
    # An environment that is made of a task is solved by it.
    task = getattr(task, "inside", None) or task
    if not isinstance(task, TabulatedTask):
        raise TypeError(f"task must be a task with tables (see rpe.envs.tabulate); got {type(task).__name__}")
    return task


def _recursion(discounting: Discounting, agents: slice) -> Recursion | None:
    """The β and δ of weights 1, βδ, βδ², …, or None if the weights have another form."""
    if isinstance(discounting, Exponential):
        return Recursion(np.ones(1), _block(discounting.gamma, agents))
    if isinstance(discounting, QuasiHyperbolic):
        return Recursion(_block(discounting.beta, agents), _block(discounting.delta, agents))
    return None


def _weights(reward: Discounting, effort: Discounting | None, delays: Ints, agents: slice) -> Weights:
    worth = _by_delay(reward, delays, agents)
    return Weights(worth, worth if effort is None else _by_delay(effort, delays, agents))


def _by_delay(discounting: Discounting, delays: Ints, agents: slice) -> Floats:
    """D at every delay, (n_delays, n) or (n_delays, 1)."""
    weights = discounting(delays)
    return weights[:, None] if weights.ndim == 1 else np.ascontiguousarray(weights[agents].T)


def _block(value: Any, agents: slice) -> Floats:
    array: Floats = np.asarray(value)
    return array[agents] if array.ndim and array.size > 1 else array.reshape(1)
