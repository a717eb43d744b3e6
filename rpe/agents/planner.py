"""Planners: agents that know the task and solve it exactly, naive or sophisticated about themselves."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, Numbers, count, flag, held, parameter
from rpe.agents._steps import check_n_agents
from rpe.choice import inverse_temperature, softmax
from rpe.discounting import Discounting
from rpe.tasks import Step, TabulatedTask

_BLOCK = 1 << 18


class PlannerMemory(NamedTuple):
    """The solution of a planner.

    Attributes
    ----------
    policy : float array (n_actions, n_solutions, n_states)
        Probability of each action; `n_solutions` is 1 if all agents share their parameters.
    value : float array (n_solutions, n_states)
        What the state is worth to the self that is in it.
    plan : float array (n_actions, n_solutions, n_states)
        For a layered task, what the self at the start expects to do in every later state: the
        best action of its own plan if naive, `policy` if sophisticated.
    offset : int array (n_agents,)
        Where each agent's solution starts in a flattened row of `policy`.
    """

    policy: Floats
    value: Floats
    plan: Floats
    offset: Ints


@dataclass(frozen=True, eq=False)
class Planner:
    """An agent that plans by backward induction under any discount function.

    A naive planner with D evaluates, in state s,

        Q(s, a) = E[D_R(0) r − D_E(0) e + W₁(s′)],
        W_τ(s) = max_a E[D_R(τ) r − D_E(τ) e + W_τ₊₁(s′)],

    as if its later selves would carry out today's plan, takes one action by softmax over Q, and
    plans anew. A sophisticated planner anticipates the softmax π of its later selves:

        U_τ(s) = Σ_a π(a|s) E[D_R(τ) r − D_E(τ) e + U_τ₊₁(s′)],   π = softmax(β Q with U for W).

    Under exponential discounting and a greedy choice the two are one.

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
        How much of a sub-goal's pseudo-reward counts as reward: 0 (the default) is hierarchical
        reinforcement learning, in which a sub-goal moves no choice beyond the sub-task.
    horizon : int, optional
        How far a planner looks ahead in a task whose states do not hold the time; by default the
        number of steps of a trial.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or arrays of different lengths.

    References
    ----------
    O'Donoghue, T. & Rabin, M. (1999). Doing it now or later. American Economic Review 89(1),
    103-124. doi:10.1257/aer.89.1.103 (naifs and sophisticates).
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
    inverse_temperature: Numbers = 1.0
    sophisticated: bool = False
    effort_discounting: Discounting | None = None
    pseudo_reward_weight: Numbers = 0.0
    horizon: int | None = None

    def __post_init__(self) -> None:
        for name in ("discounting", "effort_discounting"):
            value = getattr(self, name)
            if not isinstance(value, Discounting) and not (name == "effort_discounting" and value is None):
                raise TypeError(
                    f"{name} must be a discount function, such as rpe.discounting.Hyperbolic(k=0.08); got {value!r}"
                )
        object.__setattr__(self, "inverse_temperature", inverse_temperature(self.inverse_temperature))
        object.__setattr__(self, "pseudo_reward_weight", parameter("pseudo_reward_weight", self.pseudo_reward_weight))
        flag("sophisticated", self.sophisticated)
        if self.horizon is not None:
            count("horizon", self.horizon)
        _ = self.n_agents

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        sizes = {
            "discounting": self.discounting.n_agents,
            "effort_discounting": 1 if self.effort_discounting is None else self.effort_discounting.n_agents,
            "inverse_temperature": held(self.inverse_temperature).size,
            "pseudo_reward_weight": held(self.pseudo_reward_weight).size,
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
            If the number of agents does not fit, or no horizon is known.
        """
        if not isinstance(task, TabulatedTask):
            raise TypeError(f"task must be a task with tables (see rpe.envs.tabulate); got {type(task).__name__}")
        check_n_agents(self.n_agents, n_agents)
        problem = _Problem.of(task.believed, self.horizon)
        size = max(1, _BLOCK // (task.n_states * task.n_actions))
        blocks = [self._solve(problem, slice(i, i + size)) for i in range(0, self.n_agents, size)]
        policy, value, plan = (np.concatenate(part, axis=-1) for part in zip(*blocks, strict=True))
        offset = np.arange(n_agents) * (task.n_states if self.n_agents > 1 else 0)
        return PlannerMemory(
            np.ascontiguousarray(np.moveaxis(policy, -1, 1)),
            np.ascontiguousarray(value.T),
            np.ascontiguousarray(np.moveaxis(plan, -1, 1)),
            offset,
        )

    def policy(self, memory: PlannerMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        place = memory.offset + state
        return np.stack([row.ravel().take(place) for row in memory.policy])

    def value(self, memory: PlannerMemory, state: Ints) -> Floats:
        """Return what its state (n,) is worth to each of n agents, in reward units."""
        return memory.value.ravel().take(memory.offset + state)

    def update(self, memory: PlannerMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Return zeros (n,): a planner knows the task and learns nothing."""
        return np.zeros(len(state))

    def _solve(self, problem: "_Problem", agents: slice) -> tuple[Floats, Floats, Floats]:
        """Solve for a block of agents: policy and plan (n_actions, n_states, n), value (n_states, n)."""
        delays = np.arange(problem.horizon)
        worth = _by_delay(self.discounting, delays, agents)
        cost = worth if self.effort_discounting is None else _by_delay(self.effort_discounting, delays, agents)
        weight, beta = _block(held(self.pseudo_reward_weight), agents), _block(held(self.inverse_temperature), agents)
        n = max(a.shape[-1] for a in (worth, cost, weight, beta))
        gain = problem.reward + weight * problem.pseudo_reward if weight.any() else problem.reward
        solve = _sophisticated if self.sophisticated else _naive
        return solve(problem, gain, worth, cost, beta, n)


class _Problem(NamedTuple):
    """Expected quantities of a task, actions first and a last axis for agents.

    Attributes
    ----------
    reward, effort, pseudo_reward : float array (n_actions, n_states, 1)
    next_state : int array (n_luck, n_actions, n_states)
    go_on : float array (n_luck, n_actions, n_states, 1)
        Probability of that luck, and that the world goes on.
    available : bool array (n_actions, n_states, 1)
    layer_size : int or None
    horizon : int
    """

    reward: Floats
    effort: Floats
    pseudo_reward: Floats
    next_state: Ints
    go_on: Floats
    available: Bools
    layer_size: int | None
    horizon: int

    @classmethod
    def of(cls, task: TabulatedTask, horizon: int | None) -> "_Problem":
        tables = task.tables
        shape = tables.next_state.shape

        def expected(*quantities: Floats) -> Floats:
            mean = sum((tables.outcome_probability * q).sum(axis=0) if shape[0] > 1 else q[0] for q in quantities)
            return np.ascontiguousarray(np.broadcast_to(np.asarray(mean), shape[1:]).T)[..., None]

        go_on = np.broadcast_to(tables.outcome_probability * ~tables.terminated, shape)
        steps = task.n_steps if task.layer_size is not None or horizon is None else horizon
        return cls(
            expected(tables.reward, tables.points),
            expected(tables.effort),
            expected(tables.pseudo_reward),
            np.ascontiguousarray(tables.next_state.transpose(0, 2, 1)),
            np.ascontiguousarray(go_on.transpose(0, 2, 1))[..., None],
            np.ascontiguousarray(np.broadcast_to(tables.available, shape[1:]).T)[..., None],
            task.layer_size,
            steps,
        )

    def rows(self, first: int, last: int) -> slice:
        """The states of layers `first` to `last`, or all states if the task is not layered."""
        return slice(None) if self.layer_size is None else slice(first * self.layer_size, (last + 1) * self.layer_size)


def _naive(
    problem: _Problem, gain: Floats, worth: Floats, cost: Floats, beta: Floats, n: int
) -> tuple[Floats, Floats, Floats]:
    """Sweep W_τ from the farthest delay to 0, for all states that can lie τ steps ahead."""
    n_states = gain.shape[1]
    ahead = np.zeros((n_states, n))
    plan = _idle(problem, n)
    for delay in range(problem.horizon - 1, -1, -1):
        rows = problem.rows(delay, problem.horizon - 1)
        q = worth[delay] * gain[:, rows] - cost[delay] * problem.effort[:, rows] + _ahead(problem, rows, ahead)
        now = problem.rows(delay, delay)
        here = slice(0, q.shape[1] if problem.layer_size is None else problem.layer_size)
        plan[:, now] = softmax(q[:, here], np.inf, problem.available[:, now])
        ahead = np.zeros((n_states, n))
        ahead[rows] = np.where(problem.available[:, rows], q, -np.inf).max(axis=0)
    policy = _idle(problem, n)
    policy[:, rows] = softmax(np.broadcast_to(q, (*q.shape[:2], n)), beta, problem.available[:, rows])
    return policy, ahead, plan


def _sophisticated(
    problem: _Problem, gain: Floats, worth: Floats, cost: Floats, beta: Floats, n: int
) -> tuple[Floats, Floats, Floats]:
    """Carry U_τ(s) of every delay τ from the last layer to the first."""
    n_states = gain.shape[1]
    policy, value = _idle(problem, n), np.zeros((n_states, n))
    size = n_states if problem.layer_size is None else problem.layer_size
    ahead = np.zeros((problem.horizon + 1, size, n))
    for time in range(problem.horizon - 1, -1, -1):
        rows = problem.rows(time, time)
        to = problem.next_state[:, :, rows] - (0 if problem.layer_size is None else (time + 1) * size)
        to = np.clip(to, 0, size - 1)
        q = worth[: time + 1, None, None] * gain[:, rows] - cost[: time + 1, None, None] * problem.effort[:, rows]
        q = q + sum(
            c[:, rows] * ahead[1 : time + 2].take(next_state, axis=1)
            for c, next_state in zip(problem.go_on, to, strict=True)
        )
        chosen = softmax(np.broadcast_to(q[0], (*q.shape[1:3], n)), beta, problem.available[:, rows])
        policy[:, rows] = chosen
        ahead = (chosen * q).sum(axis=1)
        value[rows] = ahead[0]
    return policy, value, policy


def _ahead(problem: _Problem, rows: slice, ahead: Floats) -> Floats:
    """E[W(s′)] over luck, (n_actions, n_rows, n_agents); nothing follows a terminal arrival."""
    total = problem.go_on[0][:, rows] * ahead.take(problem.next_state[0][:, rows], axis=0)
    for go_on, to in zip(problem.go_on[1:], problem.next_state[1:], strict=True):
        total += go_on[:, rows] * ahead.take(to[:, rows], axis=0)
    return total


def _idle(problem: _Problem, n: int) -> Floats:
    """An even policy, which stands in states after the end."""
    even = problem.available / problem.available.sum(axis=0)
    return np.repeat(even, n, axis=-1)


def _by_delay(discounting: Discounting, delays: Ints, agents: slice) -> Floats:
    """D at every delay, (n_delays, n) or (n_delays, 1)."""
    weights = discounting(delays)
    return weights[:, None] if weights.ndim == 1 else np.ascontiguousarray(weights[agents].T)


def _block(value: Floats, agents: slice) -> Floats:
    return value[agents] if value.ndim and value.size > 1 else value.reshape(1)
