"""Tables of environments: those that publish their dynamics, and those that are made of tasks."""

import copy
from typing import Any

import gymnasium as gym
from gymnasium.vector import SyncVectorEnv

from rpe._checks import count, flag
from rpe.envs._dynamics import check_by_playing, published, published_available, start_distribution
from rpe.envs._wrapping import HARMLESS, layers_of, time_limit
from rpe.envs.goal import GoalEnv, GoalVectorEnv
from rpe.envs.subgoal_task import SubGoalTask
from rpe.envs.subgoals import SubGoals
from rpe.envs.tabulated import TaskEnv
from rpe.tasks import TableTask, TabulatedTask


def tabulate(env: Any, n_steps: int | None = None, *, check: bool = True) -> TabulatedTask:
    """Return an environment that publishes its dynamics as a task with tables, which can be solved exactly.

    The tables are not taken on trust: some hundred sampled steps, always the same, are played on a copy
    of the environment, and what it does must be what the tables allow.

    Parameters
    ----------
    env : gymnasium.Env, gymnasium.vector.SyncVectorEnv or TabulatedTask
        With `unwrapped.P[state][action] = [(probability, next state, reward, terminated), ...]`, as
        FrozenLake, CliffWalking and Taxi have it, and `unwrapped.action_mask(state)` if it has masks;
        or an environment of this library, which gives the tables of its task; either also within
        `SubGoals`. A task is returned as it is.
    n_steps : int, optional
        Steps of a trial; by default the time limit of the environment.
    check : bool
        Whether to play the sampled steps.

    Returns
    -------
    TabulatedTask

    Raises
    ------
    TypeError
        If the environment does not publish its dynamics, or wrappers change it.
    ValueError
        If no number of steps is known, or the environment does something that its tables do not allow,
        with the state and action.

    Examples
    --------
    >>> import gymnasium as gym, rpe
    >>> lake = rpe.envs.tabulate(gym.make("FrozenLake-v1", is_slippery=False))
    >>> planner = rpe.agents.Planner(rpe.discounting.Exponential(0.95), inverse_temperature=float("inf"))
    >>> round(float(rpe.measures.exact(planner, lake).reward[0]), 6)
    1.0
    """
    flag("check", check)
    if isinstance(env, TabulatedTask):
        return _cut(env, n_steps)
    if isinstance(env, SyncVectorEnv):
        env = env.envs[0]
    own = task_inside(env, n_steps)
    if own is not None:
        return own
    if not isinstance(env, gym.Env):
        raise TypeError(f"env must publish its dynamics as unwrapped.P; {type(env).__name__} does not")
    if n_steps is None:
        n_steps = time_limit(env)
    for layer in layers_of(env):
        if isinstance(layer, SubGoals):
            return SubGoalTask(layer, tabulate(layer.env, n_steps, check=check))
        if isinstance(layer, gym.Wrapper) and type(layer) not in HARMLESS:
            raise TypeError(f"env must not be changed by wrappers to be tabulated; got {type(layer).__name__}")
    return _published_task(env, n_steps, check)


def task_inside(env: Any, n_steps: int | None = None) -> TabulatedTask | None:
    """Return the task of an environment of this library whose observations are the states of a task, or None."""
    if isinstance(env, GoalVectorEnv):
        return _cut(env.task, n_steps) if env.observation == "state" else None
    wrappers = [layer for layer in layers_of(env) if isinstance(layer, SubGoals)]
    core = env.unwrapped
    found: TabulatedTask | None
    if isinstance(core, GoalEnv):
        found = core.task if core.observation == "state" else None
    else:
        found = core.task if isinstance(core, TaskEnv) else None
    changed = any(isinstance(x, gym.Wrapper) and type(x) not in (*HARMLESS, SubGoals) for x in layers_of(env))
    if found is None or changed:
        return None
    task: TabulatedTask = _cut(found, n_steps)
    for wrapper in reversed(wrappers):
        if not wrapper.observe or wrapper.potential is not None or any(callable(goal) for goal in wrapper.sub_goals):
            return None
        task = SubGoalTask(wrapper, task)
    return task


def _published_task(env: Any, n_steps: int | None, check: bool) -> TableTask:
    """The task of an environment that publishes `P`."""
    tables = published(env)
    if tables is None:
        raise TypeError(f"env must publish its dynamics as unwrapped.P; {type(env.unwrapped).__name__} does not")
    if n_steps is None:
        raise ValueError(
            "n_steps must be given for an environment without a time limit (gymnasium.wrappers.TimeLimit); got None"
        )
    tables = tables._replace(available=published_available(env, tables))
    first = start_distribution(env, tables.next_state.shape[1])
    task = TableTask(tables, count("n_steps", n_steps), initial_probability=first)
    if check:
        check_by_playing(_copied(env), tables, first)
    return task


def _copied(env: Any) -> Any:
    """A copy to play on, so that the environment stays as it is; the environment itself if it cannot be copied."""
    try:
        return copy.deepcopy(env)
    except (TypeError, NotImplementedError, copy.Error):
        return env


def _cut(task: TabulatedTask, n_steps: int | None) -> TabulatedTask:
    """The task, with trials of another length if one is given."""
    if n_steps is None or count("n_steps", n_steps) == task.n_steps:
        return task
    if task.layer_size is not None and n_steps > task.n_steps:
        raise ValueError(f"n_steps must be at most {task.n_steps}, as the states hold the time; got {n_steps}")
    return TableTask(
        task.tables,
        n_steps,
        task.initial_probability,
        task.layer_size,
        action_names=task.action_names,
        work_actions=task.work_actions,
    )
