"""Exact solutions: what agents do in expectation, from the distribution of states, without sampling."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, count, hinting, instance, numbers, sequence
from rpe._shown import shown
from rpe.agents import Planner
from rpe.measures._layers import Layers, Tally, forward
from rpe.simulate.answers import checked_memory
from rpe.tasks import TabulatedTask


@dataclass(frozen=True, eq=False)
class Exact:
    """What agents do on a task in expectation, computed from the distribution of states.

    The measures of progress exist only for a task with units of work; asking for one on another
    task raises ValueError.

    Attributes
    ----------
    task : TabulatedTask
        The task; the first of them if each agent has its own.
    reward, effort : float array (n_agents,)
        Expected undiscounted sums of what is received and spent, in reward units. Points and
        pseudo-rewards do not count.
    utility : float array (n_agents, n_steps)
        Expected reward minus effort of each step.

    Examples
    --------
    >>> import rpe
    >>> exact = rpe.measures.exact(rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08)), rpe.tasks.monolithic())
    >>> exact.procrastination_index.round(2), exact.completion_probability.round(2), exact.welfare.round(0)
    (array([0.74]), array([0.95]), array([153.]))
    """

    task: TabulatedTask
    reward: Floats
    effort: Floats
    utility: Floats
    _progress: "_Progress | None"
    _tasks: tuple[TabulatedTask, ...] | None = None

    def __post_init__(self) -> None:
        instance("task", self.task, TabulatedTask)
        utility = numbers("utility", self.utility, empty=True)
        if utility.ndim != 2:
            raise ValueError(f"utility must have shape (n_agents, n_steps); got {utility.shape}")
        for name in ("reward", "effort"):
            if (found := numbers(name, getattr(self, name), empty=True).shape) != utility.shape[:1]:
                raise ValueError(f"{name} must have shape {utility.shape[:1]}, one number for each agent; got {found}")

    def __repr__(self) -> str:
        known = ("reward", "effort", "welfare")
        names = known if self._progress is None else (*known, "procrastination_index", "completion_probability")
        return f"Exact({', '.join(f'{name}={shown(getattr(self, name))}' for name in names)})"

    def take(self, agents: npt.ArrayLike) -> "Exact":
        """Return the solution of some agents, in the given order."""
        chosen = np.arange(len(self.reward))[np.asarray(agents)]
        known = self._progress
        part = None if known is None else _Progress(known.n_units, *(array[chosen] for array in known[1:]))
        tasks = None if self._tasks is None else tuple(self._tasks[i] for i in chosen)
        task = tasks[0] if tasks else self.task
        if tasks is not None and all(other is task for other in tasks):
            tasks = None
        return Exact(task, self.reward[chosen], self.effort[chosen], self.utility[chosen], part, tasks)

    @property
    def shared_task(self) -> TabulatedTask:
        """The task of all agents.

        Raises
        ------
        ValueError
            If agents have tasks of their own.
        """
        if self._tasks is not None:
            raise ValueError(f"agents must share one task; each of {len(self._tasks)} has its own (take some of them)")
        return self.task

    @property
    def welfare(self) -> Floats:
        """Reward minus effort, undiscounted, (n_agents,), in reward units."""
        return self.reward - self.effort

    @property
    def share_done(self) -> Floats:
        """Expected share of the units done at each moment, (n_agents, n_steps + 1)."""
        return self._known.share_done

    @property
    def work_probability(self) -> Floats:
        """P(work | n units done) where work is offered, (n_agents, n_units); NaN if never reached."""
        known = self._known
        with np.errstate(invalid="ignore", divide="ignore"):
            return known.worked / np.where(known.offered > 0, known.offered, np.nan)

    @property
    def procrastination_index(self) -> Floats:
        """Mean time at which a unit is done as a share of the time, (n_agents,); undone counts as 1.

        The area above the curve of progress. Working without a stop gives (N + 1) / 2T.
        """
        return 1.0 - self.share_done[:, :-1].mean(axis=1)

    @property
    def undone(self) -> Floats:
        """Expected share of the units that are never done, (n_agents,): a part of the index."""
        return 1.0 - self.share_done[:, -1]

    @property
    def delay(self) -> Floats:
        """The other part, (n_agents,): when units that are done are done, as a share of the time and of all units.

        Procrastination index = delay + undone, exactly. `delay / (1 − undone)` is the mean time of
        the units that are done.
        """
        return self.procrastination_index - self.undone

    @property
    def momentum(self) -> Floats:
        """P(work | worked just before) − P(work | did not) at the same time and units done, (n_agents,).

        The mean over strata, weighted by their overlap; NaN if no stratum holds both.
        """
        known = self._known
        return known.difference / np.where(known.overlap > 0, known.overlap, np.nan)

    @property
    def mean_completion_time(self) -> Floats:
        """Mean step at the end of which a unit was done, over the units that were, (n_agents,)."""
        gain = np.diff(self.share_done, axis=1)
        with np.errstate(invalid="ignore"):
            return (gain * np.arange(1, gain.shape[1] + 1)).sum(axis=1) / gain.sum(axis=1)

    @property
    def mean_units(self) -> Floats:
        """Expected units done at the end, (n_agents,)."""
        return self.share_done[:, -1] * self._known.n_units

    @property
    def units_probability(self) -> Floats:
        """Probability of each number of units at the end, (n_agents, n_units + 1)."""
        return self._known.final_units

    @property
    def completion_probability(self) -> Floats:
        """Probability that every unit is done in time, (n_agents,)."""
        return self._known.complete[:, -1]

    @property
    def completion_time(self) -> Floats:
        """Mean step by which the last unit is done, given that it is, (n_agents,); NaN if never."""
        gain = np.diff(self._known.complete, axis=1)
        total = gain.sum(axis=1)
        weighted = (gain * np.arange(1, gain.shape[1] + 1)).sum(axis=1)
        return weighted / np.where(total > 0, total, np.nan)

    @property
    def start_latency(self) -> Floats:
        """Mean share of the time that passes before the first step of work, (n_agents,); never is 1."""
        return self._known.not_started[:, 1:].mean(axis=1)

    @property
    def rush(self) -> Floats:
        """Share of the work done in the last 20 % of the time, (n_agents,); NaN if none is done."""
        return self._late(0.8)

    @property
    def last_third_share(self) -> Floats:
        """Share of the work done in the last third of the time, (n_agents,); NaN if none is done."""
        return self._late(2 / 3)

    def _late(self, share_of_time: float) -> Floats:
        n_steps = self.share_done.shape[1] - 1
        before = np.array([np.interp(share_of_time * n_steps, np.arange(n_steps + 1), row) for row in self.share_done])
        total = self.share_done[:, -1]
        return 1.0 - before / np.where(total > 0, total, np.nan)

    @property
    def _known(self) -> "_Progress":
        if self._progress is None:
            raise ValueError("task must have units of work for a measure of progress; it has none")
        return self._progress


class _Progress(NamedTuple):
    """Expected progress; agents first.

    Attributes
    ----------
    n_units : int
    share_done, complete, not_started : float array (n_agents, n_steps + 1)
        Expected share done; probability of being complete, and of not having worked yet.
    offered, worked : float array (n_agents, n_units)
        Expected number of steps with n units done that offer work, and that are work.
    final_units : float array (n_agents, n_units + 1)
    difference, overlap : float array (n_agents,)
        Momentum within strata: the sum of differences weighted by their overlap, and of the overlaps.
    """

    n_units: int
    share_done: Floats
    complete: Floats
    not_started: Floats
    offered: Floats
    worked: Floats
    final_units: Floats
    difference: Floats
    overlap: Floats


@hinting
def exact(
    agent: Any, task: Any, *, n_agents: int | None = None, memory: Any = None, n_steps: int | None = None
) -> Exact:
    """Return what an agent does on a task in expectation, without sampling.

    The distribution of states is carried forward under the agent's policy, which stays as it is:
    a planner's solution, or what a learner knows in `memory`.

    Parameters
    ----------
    agent : Agent
        A planner, or any agent with the `memory` that holds its policy.
    task : TabulatedTask or gymnasium.Env
        A task with tables, or an environment that publishes its dynamics (see `rpe.envs.tabulate`).
    n_agents : int, optional
        How many agents; by default as many as the parameters describe.
    memory : optional
        The agent's memory for these `n_agents`, for instance `History.memory`. By default fresh.
    n_steps : int, optional
        Steps of a trial; by default as the task has it.

    Returns
    -------
    Exact

    Raises
    ------
    TypeError
        If the task has no tables.
    ValueError
        If numbers are out of range or do not match.

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> one = rpe.measures.exact(planner, rpe.tasks.monolithic())
    >>> five = rpe.measures.exact(planner, rpe.tasks.micro_wins(n_goals=5))
    >>> one.procrastination_index.round(3), five.procrastination_index.round(3)
    (array([0.738]), array([0.196]))
    """
    task = _tabulated(task)
    _check_agent(agent)
    n_agents = count("n_agents", getattr(agent, "n_agents", 1) if n_agents is None else n_agents)
    if isinstance(agent, Planner) and memory is None and agent.n_agents == n_agents:
        return _solved(agent, task, n_steps, "policy")
    memory = agent.init(task, n_agents) if memory is None else checked_memory(agent, memory)
    if isinstance(agent, Planner) and memory.policy_by_left is not None:
        steps = _n_steps(task, n_steps)
        policy = _by_time(np.moveaxis(memory.policy_by_left, 2, -1), steps)
        return _gathered(task, [forward(Layers.of(task, steps), policy)])
    return follow(_policy(agent, memory, task, n_agents), task, n_steps)


def exact_each(planner: Planner, tasks: Sequence[TabulatedTask]) -> Exact:
    """Return what planners do, each on a task of its own, as `exact` does for a task that all share.

    Tasks that differ only in what they bring lead to the same states, so that one solution serves
    them all: faster than one after the other.

    Parameters
    ----------
    planner : Planner
        One planner, or as many as there are tasks.
    tasks : sequence of TabulatedTask
        One for each agent. They differ in rewards, efforts, points and pseudo-rewards alone.

    Returns
    -------
    Exact

    Raises
    ------
    TypeError, ValueError
        If `planner` is not a planner, or the tasks lead elsewhere, or their number does not match.

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> exact_each(planner, [rpe.tasks.micro_wins(n) for n in (1, 5, 20)]).procrastination_index.round(3)
    array([0.738, 0.196, 0.194])
    """
    if not isinstance(planner, Planner):
        raise TypeError(f"planner must be a Planner; got {type(planner).__name__}")
    each = tuple(instance("tasks", task, TabulatedTask) for task in sequence("tasks", tasks))
    if not each:
        raise ValueError("tasks must hold at least one task; got none")
    steps = _n_steps(each[0], None)
    layers = Layers.of_each(each, steps)
    found = _carried(planner.solutions(each), layers, each[0], steps, "policy")
    return found if all(other is each[0] for other in each) else replace(found, _tasks=each)


def planned(planner: Planner, task: TabulatedTask) -> Exact:
    """Return what a planner expects of itself at the start, before its later selves decide anew.

    Parameters
    ----------
    planner : Planner
        A naive planner expects its later selves to choose by today's plan, with the noise of a
        choice; a sophisticated one expects what it will do; a partially naive one what it believes.
    task : TabulatedTask
        A task whose states hold the time.

    Returns
    -------
    Exact

    Raises
    ------
    TypeError, ValueError
        If `planner` is not a planner, or the states of the task do not hold the time.

    Examples
    --------
    >>> import rpe
    >>> naif = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> rpe.measures.planned(naif, rpe.tasks.monolithic()).start_latency.round(2)
    array([0.13])
    """
    if not isinstance(planner, Planner):
        raise TypeError(f"planner must be a Planner; got {type(planner).__name__}")
    if instance("task", task, TabulatedTask).layer_size is None:
        raise ValueError("task must hold the time in its states for a plan; it does not")
    return _solved(planner, task, None, "plan")


def _solved(planner: Planner, task: TabulatedTask, n_steps: int | None, which: str) -> Exact:
    """Solve and follow one block of agents after the other, so that no memory holds all policies."""
    steps = _n_steps(task, n_steps)
    return _carried(planner.solutions(task), Layers.of(task, steps), task, steps, which)


def _carried(solutions: Any, layers: Layers, task: TabulatedTask, n_steps: int, which: str) -> Exact:
    blocks = []
    for agents, solution in solutions:
        policy = getattr(solution, which)
        if solution.by_left is not None:
            policy = _by_time(solution.by_left.policy, n_steps)
        blocks.append(forward(layers.take(agents), policy))
    return _gathered(task, blocks)


def _by_time(by_left: Floats, n_steps: int) -> Floats:
    """The policy of each step of a trial, from that for each number of steps left, the first axis."""
    left = np.minimum(np.arange(n_steps, 0, -1), len(by_left))
    return by_left[left - 1]


def plan_gap(planner: Planner, task: TabulatedTask) -> Floats:
    """Return the plan gap, how much later a planner starts than planned at the outset, as a share of the time.

    The plan contains the noise that later selves have, so that noise alone makes no gap: it is 0
    for every time-consistent agent, and for those who know themselves. Parameters and errors as
    `planned`.

    Returns
    -------
    float array (n_agents,)

    Examples
    --------
    >>> import rpe
    >>> naif = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> rpe.measures.plan_gap(naif, rpe.tasks.monolithic()).round(2)
    array([0.29])
    """
    ahead = planned(planner, task)
    return exact(planner, task).start_latency - ahead.start_latency


def follow(policy: Floats, task: TabulatedTask, n_steps: int | None = None) -> Exact:
    """Return what following a fixed policy brings in expectation.

    Parameters
    ----------
    policy : float array (n_actions, n_agents, n_states)
        Probability of each action; `n_agents` first dimension may be 1.
    task : TabulatedTask
        A task with tables.
    n_steps : int, optional
        Steps of a trial, at most those of the task; by default as the task has it.

    Returns
    -------
    Exact

    Raises
    ------
    ValueError
        If the policy does not fit the task, or puts probability on actions that are not offered.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.monolithic(n_units=4, deadline=12, reward=20)
    >>> plan = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08)).init(task, n_agents=1)
    >>> rpe.measures.follow(plan.policy, task).completion_probability.round(3)
    array([1.])
    """
    instance("task", task, TabulatedTask)
    layers = Layers.of(task, _n_steps(task, n_steps))
    policy = numbers("policy", policy)
    if policy.ndim != 3 or (policy.shape[0], policy.shape[2]) != (task.n_actions, task.n_states):
        raise ValueError(f"policy must have shape ({task.n_actions}, n_agents, {task.n_states}); got {policy.shape}")
    forbidden = ~np.broadcast_to(task.tables.available, task.tables.next_state.shape[1:]).T
    if np.moveaxis(policy, 1, -1)[forbidden].any() or np.abs(policy.sum(axis=0) - 1).max() > 1e-9:
        raise ValueError("policy must sum to 1 over the actions that a state offers")
    size = _block_size(task)
    blocks = [slice(i, i + size) for i in range(0, policy.shape[1], size)]
    return _gathered(task, [forward(layers, np.moveaxis(policy[:, block], 1, -1)) for block in blocks])


def _n_steps(task: TabulatedTask, n_steps: int | None) -> int:
    return count("n_steps", task.n_steps if n_steps is None else n_steps, 1, task.n_steps)


def _block_size(task: TabulatedTask) -> int:
    """How many agents are carried forward at once, so that a layer of them fits the cache."""
    return max(16, (1 << 16) // (task.layer_size or task.n_states))


def _gathered(task: TabulatedTask, blocks: list[tuple[Floats, Floats, Tally | None]]) -> Exact:
    """The blocks of agents as one solution, agents first."""
    reward, effort = (
        np.ascontiguousarray(np.concatenate(part, axis=1).T) for part in list(zip(*blocks, strict=True))[:2]
    )
    tallies = [tally for _, _, tally in blocks if tally is not None]
    if not tallies:
        return Exact(task, reward.sum(axis=1), effort.sum(axis=1), reward - effort, None)

    def together(name: str) -> Floats:
        return np.ascontiguousarray(np.concatenate([getattr(tally, name) for tally in tallies], axis=-1).T)

    names = ("share_done", "complete", "not_started", "offered", "worked", "final", "difference", "overlap")
    progress = _Progress(tallies[0].units.n_units, *map(together, names))
    return Exact(task, reward.sum(axis=1), effort.sum(axis=1), reward - effort, progress)


def _policy(agent: Any, memory: Any, task: TabulatedTask, n_agents: int) -> Floats:
    """The choice probabilities of every agent in every state, (n_actions, n_agents, n_states)."""
    if isinstance(agent, Planner):
        policy: Floats = memory.policy
        return policy
    everywhere: list[Floats] = [
        agent.policy(memory, np.full(n_agents, state, dtype=np.int64)) for state in range(task.n_states)
    ]
    return np.stack(everywhere, axis=-1)


def _check_agent(agent: object) -> None:
    if isinstance(agent, type) or not all(callable(getattr(agent, name, None)) for name in ("init", "policy")):
        raise TypeError(f"agent must be an agent with the methods 'init' and 'policy'; got {shown(agent)}")


def _tabulated(task: Any) -> TabulatedTask:
    if isinstance(task, TabulatedTask):
        return task
    if isinstance(task, type) or not hasattr(task, "unwrapped"):
        raise TypeError(f"task must be a task of rpe.tasks or an environment; got {shown(task)}")
    from rpe import envs

    return envs.tabulate(task)
