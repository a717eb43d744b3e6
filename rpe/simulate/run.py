"""The simulation: agents act and learn on a task, chunk by chunk and trial by trial."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rpe import _softmax
from rpe._checks import Bools, Floats, Ints, Seed, checked_engine, count, flag, generator, hinting
from rpe.agents import Agent
from rpe.simulate._fast import PageOfTrials, fast_way, saves_time
from rpe.simulate.answers import checked_error, checked_memory, checked_policy, only_offered
from rpe.simulate.history import History
from rpe.simulate.page import Page, trials_of_a_page
from rpe.simulate.recorder import UNIT, Recorder
from rpe.simulate.worlds import EnvWorld, Noise, TabulatedWorld, World
from rpe.tasks import TabulatedTask

if TYPE_CHECKING:
    import gymnasium
    from tqdm import tqdm

Recorded = Literal["summary", "all"] | Sequence[int] | Ints | None
"""What to record in full."""

# At once: enough agents to outweigh the fixed cost of a step, few enough that what a step touches
# (8 MB) stays near the processor and that all they know (128 MB) stays small.
_CHUNK = range(1024, 5121)
_STEP_ENTRIES = 1 << 20
_CHUNK_ENTRIES = 1 << 24


@hinting
def run(
    agent: Agent,
    task: "TabulatedTask | gymnasium.Env[Any, Any] | gymnasium.vector.VectorEnv[Any, Any, Any]",
    *,
    n_agents: int | None = None,
    n_trials: int = 1,
    n_steps: int | None = None,
    rng: Seed = None,
    record: Recorded = None,
    chunk_size: int | None = None,
    memory: object = None,
    keep_memory: bool = False,
    engine: Literal["auto", "numpy", "numba"] = "auto",
    progress: bool = False,
) -> History:
    """Simulation of agents on a task: they act and learn, trial after trial.

    Every agent has its own copy of the task. All start a trial together; an agent whose trial has
    ended waits for the others.

    Parameters
    ----------
    agent : Agent
        Anything with `init`, `policy` and `update` (see `rpe.agents.Agent`); what it offers beside
        these, such as `start`, is used (`rpe.agents.AgentHooks`).
    task : TabulatedTask, gymnasium.Env or gymnasium.vector.VectorEnv
        A task of `rpe.tasks`, or any environment with discrete spaces, which is stepped as it is.
    n_agents : int, optional
        How many agents, at least 1. By default as many as the parameters of the agent describe;
        for an environment, its number of copies.
    n_trials : int
        How many trials, at least 1.
    n_steps : int, optional
        The longest a trial can be. By default what the task or the environment's time limit says;
        a shorter cap truncates trials, and learners bootstrap there.
    rng : int, numpy.random.Generator, numpy.random.SeedSequence or None
        Seed. One seed gives one result, whatever `chunk_size`.
    record : optional
        What to keep beside means over agents. By default one number per agent and trial, and the
        first 64 agents in full (fewer if they took more than 256 MB). "summary" keeps nothing
        more; a sequence of agents keeps those in full; "all" keeps every step of every agent.
    chunk_size : int, optional
        How many agents to simulate at once, at least 1; rounded up to a multiple of 256.
    memory, keep_memory : optional
        `keep_memory=True` leaves what the agents learned in `History.memory`; `memory=` goes on
        from there (it is changed in place). Both simulate all agents in one chunk.
    engine : {"auto", "numpy", "numba"}
        What simulates tabular learners and actor-critics on tasks with tables. "numba" compiles them
        (the extra `fast`), which takes ten to twenty seconds once on a machine and half a second in each process that
        loads the result; "auto" does so for long runs where Numba is installed. Results are
        the same to the bit; those of on-policy learners, whose values hold exponentials, to 1e-12. Other agents and
        environments are simulated by NumPy whatever is asked for.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    History

    Raises
    ------
    TypeError
        If the agent lacks a method, or the task is neither a task nor an environment with
        discrete spaces.
    ValueError
        For numbers out of range, agents that do not match, or a record larger than 4 GiB.
    ModuleNotFoundError
        For `engine="numba"` without Numba.

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner(learning_rate=0.1, discount=0.95, trace_decay=0.9, inverse_temperature=3.0)
    >>> history = rpe.simulate.run(learner, rpe.tasks.micro_wins(n_goals=5), n_agents=100, n_trials=20, rng=0)
    >>> history
    History(QLearner on GoalTask: 100 agents, 20 trials of up to 60 steps, 64 agents in full)
    >>> history.curves.delta_mean.shape
    (20, 61)
    """
    _check_agent(agent)
    world_task = _as_task(task)
    n_agents = _agent_count(agent, world_task, n_agents)
    n_trials = count("n_trials", n_trials)
    n_steps = _step_count(world_task, n_steps)
    chosen = checked_engine(engine)
    compiles = chosen == "numba" or (chosen == "auto" and saves_time(n_agents, n_trials, n_steps))
    whole = memory is not None or flag("keep_memory", keep_memory)
    if compiles and chunk_size is None:
        # Compiled steps have next to no fixed cost: the fewer agents at once, the nearer their values lie.
        chunk_size = UNIT
    chunk = _chunk_size(agent, world_task, n_agents, chunk_size, whole=whole)
    if memory is not None:
        _check_memory(agent, memory, world_task, n_agents)
    recorder = Recorder(world_task, n_agents, n_trials, n_steps, record)
    # Two streams for every fixed group of agents, so that results do not depend on how agents are cut into chunks.
    groups = [group.spawn(2) for group in generator(rng).spawn(-(-n_agents // UNIT))]
    known: Any = None
    with _progress_bar(n_trials * -(-n_agents // chunk), flag("progress", progress)) as bar:
        for first in range(0, n_agents, chunk):
            last = min(first + chunk, n_agents)
            part = _part(agent, slice(first, last), n_agents)
            for_choices, for_outcomes = zip(*groups[first // UNIT : -(-last // UNIT)], strict=True)
            known = part.init(world_task, last - first) if memory is None else _at_home(memory, world_task)
            _wind_clock(known, n_steps)
            world = _world(world_task, for_outcomes, last - first, n_steps)
            noise = Noise(for_choices, last - first)
            at_once = trials_of_a_page(n_trials, last - first, n_steps)
            page = Page(recorder, first, last, at_once)
            fast = fast_way(part, known, world, page, compiles=compiles)
            simulate_page: PageOfTrials = fast or partial(_one_page, part, known, world)
            for trial in range(0, n_trials, at_once):
                page.turn(trial, min(at_once, n_trials - trial))
                simulate_page(noise.draw(n_steps, page.count), page)
                page.summarise()
                bar.update(page.count)
    return History(
        world_task,
        agent,
        n_agents,
        n_trials,
        n_steps,
        recorder.curves(),
        recorder.trials(),
        recorder.full(),
        known if keep_memory else None,
    )


def _world(task: Any, for_outcomes: Sequence[np.random.Generator], n: int, n_steps: int) -> World:
    """The copies of the task in which n agents live."""
    if isinstance(task, TabulatedTask):
        return TabulatedWorld(task, for_outcomes, n, n_steps)
    return EnvWorld(task, for_outcomes, n, n_steps)


def _wind_clock(memory: Any, n_steps: int) -> None:
    """Let a planner know how long a trial is here."""
    clock = getattr(memory, "clock", None)
    if isinstance(clock, np.ndarray) and clock.shape == (2,):
        clock[1] = n_steps


def _at_home(memory: Any, task: Any) -> Any:
    """A memory that goes on, with the masks of the environment in which it goes on."""
    inner = memory
    while inner is not None:
        if type(getattr(inner, "available", None)) is type(getattr(task, "masks", 0)):
            inner.available = task.masks
        inner = getattr(inner, "inner", None)
    return memory


def _one_page(agent: Any, memory: Any, world: World, uniform: Floats, page: Page) -> None:
    """Simulate a page of trials of one chunk of agents, with uniform numbers (n_trials, n_steps, n)."""
    for trial, numbers in enumerate(uniform, page.trials.start):
        _one_trial(agent, memory, world, numbers, page, trial)


def _one_trial(agent: Any, memory: Any, world: World, uniform: Floats, page: Page, trial: int) -> None:
    """Simulate one trial of one chunk of agents."""
    n_steps = len(uniform)
    state = world.start()
    cue = agent.start(memory, state) if hasattr(agent, "start") else np.nan
    page.start(trial, state, cue, world.units)
    active: Bools | None = None
    offered = _mask(agent, world)
    for now in range(n_steps):
        policy = agent.policy(memory, state)
        if trial == 0 and now == 0:
            policy = checked_policy(agent, policy, world.n_actions, len(state))
        if offered is not None:
            policy = only_offered(policy, offered(state))
        action = _softmax.sample(policy, uniform[now])
        step = world.step(now, state, action, active)
        if now == n_steps - 1:
            step = step._replace(truncated=step.truncated | ~step.terminated)
        delta = agent.update(memory, state, action, step, active)
        if trial == 0 and now == 0:
            delta = checked_error(agent, delta, len(state))
        page.step(action, step, delta, active, world.units)
        state = step.state
        if not world.may_end(now):
            continue
        ended = step.terminated | step.truncated
        if ended.any():
            going = ~ended if active is None else active & ~ended
            if not going.any():
                break
            active = going
    page.finish()


def _mask(agent: Any, world: World) -> Any:
    """What tells which actions can be chosen, where an agent might choose others."""
    if isinstance(world, TabulatedWorld) and (world.offers_all or getattr(agent, "heeds_masks", False)):
        return None
    return world.offered


def _check_agent(agent: Any) -> None:
    if isinstance(agent, type):
        raise TypeError(f"agent must be an agent, not a class; got {agent.__name__} (without parentheses)")
    for method in ("init", "policy", "update"):
        if not callable(getattr(agent, method, None)):
            raise TypeError(f"agent must have the method {method!r}; {type(agent).__name__} has not")


def _check_memory(agent: Any, memory: Any, task: Any, n_agents: int) -> None:
    checked_memory(agent, memory)
    for name, size in (("n_agents", n_agents), ("n_states", task.n_states)):
        if (held := getattr(memory, name, size)) != size:
            raise ValueError(f"memory must hold {size} {name[2:]}; got {held}")


def _as_task(task: Any) -> Any:
    """A task of this library as it is; an environment behind its adapter."""
    if isinstance(task, TabulatedTask):
        return task
    from rpe import envs

    return envs.as_task(task)


def _agent_count(agent: Any, task: Any, n_agents: int | None) -> int:
    described = getattr(agent, "n_agents", 1)
    copies = getattr(task, "n_envs", None)
    if n_agents is None:
        n_agents = copies if copies is not None else described
    n_agents = count("n_agents", n_agents)
    if copies is not None and n_agents != copies:
        raise ValueError(
            f"n_agents must be {copies}, the number of copies of the environment; got {n_agents} "
            "(gymnasium.make_vec makes more copies)"
        )
    if described not in (1, n_agents):
        raise ValueError(f"n_agents must be {described}, as the agent's parameters have it; got {n_agents}")
    return n_agents


def _step_count(task: Any, n_steps: int | None) -> int:
    longest = task.n_steps
    if n_steps is None:
        if longest is None:
            raise ValueError(
                "n_steps must be given for an environment without a time limit (gymnasium.wrappers.TimeLimit); got None"
            )
        return int(longest)
    return count("n_steps", n_steps, 1, longest)


def _chunk_size(agent: Any, task: Any, n_agents: int, chunk_size: int | None, *, whole: bool) -> int:
    """How many agents to simulate at once: a multiple of the fixed group, or all of them."""
    if chunk_size is not None:
        chunk_size = -(-count("chunk_size", chunk_size) // UNIT) * UNIT
    if whole or not isinstance(task, TabulatedTask):
        return n_agents
    if chunk_size is None:
        width = task.n_actions * getattr(agent, "n_tables", 1)
        near = _STEP_ENTRIES // (width * (task.layer_size or task.n_states))
        most = min(max(near, _CHUNK[0]), _CHUNK[-1], _CHUNK_ENTRIES // (width * task.n_states))
        most = max(most // UNIT, 1) * UNIT
        even = -(-n_agents // -(-n_agents // most))
        chunk_size = -(-even // UNIT) * UNIT
    return chunk_size


def _part(agent: Any, agents: slice, n_agents: int) -> Any:
    """The agent with the parameters of some of the agents only."""
    if getattr(agent, "n_agents", 1) == 1 or agents == slice(0, n_agents):
        return agent
    if not is_dataclass(agent):
        raise TypeError(
            f"agent must be a dataclass if its parameters differ between agents; got {type(agent).__name__} "
            "(or simulate all agents at once with a larger chunk_size)"
        )
    changes: dict[str, Any] = {}
    for field in fields(agent):
        value = getattr(agent, field.name)
        if isinstance(value, np.ndarray) and value.shape == (n_agents,):
            changes[field.name] = value[agents]
        elif is_dataclass(value) and getattr(value, "n_agents", 1) == n_agents:
            changes[field.name] = _part(value, agents, n_agents)
    return replace(agent, **changes)  # type: ignore[type-var]


def _progress_bar(total: int, show: bool) -> "tqdm[Any]":
    from tqdm import tqdm

    return tqdm(total=total, disable=not show, unit="trial", leave=False)
