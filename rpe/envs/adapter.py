"""The adapter: any Gymnasium environment with discrete spaces, as a place for agents of this library."""

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv

from rpe._checks import Bools, Floats, Ints, count
from rpe.envs.subgoals import SubGoals
from rpe.tasks import Step, Tables, TableTask

_HARMLESS = ("OrderEnforcing", "PassiveEnvChecker", "TimeLimit", "HumanRendering", "RecordVideo")


class EnvTask:
    """A Gymnasium environment, or a vector of them, with the face of a task.

    All copies start a trial together. A copy whose trial has ended is stepped on or reset as its
    autoreset mode wants, and what it does then is left out.

    Parameters
    ----------
    env : gymnasium.Env or gymnasium.vector.VectorEnv
        Actions are `Discrete`; observations `Discrete`, `MultiDiscrete`, `MultiBinary`, or a `Tuple`
        of these, numbered through.

    Attributes
    ----------
    n_states, n_actions, n_envs : int
        Sizes.
    n_steps : int or None
        The time limit, if the environment has one.

    Raises
    ------
    TypeError
        If it is not an environment, or a space is not discrete.

    Examples
    --------
    >>> import gymnasium as gym, rpe
    >>> lake = rpe.envs.as_task(gym.make_vec("FrozenLake-v1", num_envs=4, is_slippery=False))
    >>> lake.n_states, lake.n_actions, lake.n_envs, lake.n_steps
    (16, 4, 4, 100)
    """

    def __init__(self, env: Any) -> None:
        if not isinstance(env, gym.Env | VectorEnv):
            raise TypeError(f"task must be a task or a Gymnasium environment, such as gym.make(...); got {env!r}")
        self.env: Any = env
        self.vector = isinstance(self.env, VectorEnv)
        prefix = "single_" if self.vector else ""
        observation, action = (getattr(env, f"{prefix}{space}_space") for space in ("observation", "action"))
        if not isinstance(action, spaces.Discrete):
            raise TypeError(f"action_space must be Discrete; got {action}")
        self._sizes = _sizes(observation)
        self._starts = _starts(observation)
        self.n_states = int(np.prod(self._sizes))
        self.n_actions, self._first_action = int(action.n), int(action.start)
        self.n_envs = int(getattr(env, "num_envs", 1))
        self.n_steps = _time_limit(env)
        self._mode = self.env.metadata.get("autoreset_mode") if self.vector else None

    def start(self, seed: int | None = None) -> Ints:
        """Reset every copy, with a seed if one is given; return the states (n_envs,)."""
        observation, _ = self.env.reset(seed=seed)
        return self._number(observation)

    def step(self, action: Ints, active: Bools | None = None) -> Step:
        """Step every copy; actions of copies that are not active are ignored.

        Parameters
        ----------
        action : int array (n_envs,)
            Counted from 0.
        active : bool array (n_envs,), optional
            Copies whose trial goes on; all by default.

        Returns
        -------
        Step
            The state that was truly reached, also where the environment has begun anew already.
        """
        action = action + self._first_action
        if not self.vector:
            observation, reward, terminated, truncated, _ = self.env.step(int(action[0]))
            ended = (np.array([bool(flag)]) for flag in (terminated, truncated))
            return Step(self._number(observation), np.array([float(reward)]), 0.0, 0.0, 0.0, *ended)
        observation, reward, terminated, truncated, infos = self.env.step(action)
        state, ended_now = self._number(observation), terminated | truncated
        if "final_obs" in infos:
            for i in np.flatnonzero(infos["_final_obs"]):
                state[i] = self._number_one(infos["final_obs"][i])
        step = Step(state, reward.astype(np.float64), 0.0, 0.0, 0.0, terminated.copy(), truncated.copy())
        if self._mode is AutoresetMode.DISABLED and ended_now.any():
            self.env.reset(options={"reset_mask": ended_now.copy()})
        return step

    def _number(self, observation: Any) -> Ints:
        """Observations as states (n_envs,)."""
        if not self.vector:
            return np.array([self._number_one(observation)])
        parts = observation if isinstance(observation, tuple) else np.moveaxis(np.asarray(observation), 0, -1)
        return _ravel([np.asarray(part) for part in np.atleast_2d(parts)], self._starts, self._sizes)

    def _number_one(self, observation: Any) -> int:
        parts = [np.asarray(part) for part in np.ravel(np.asarray(observation))]
        return int(_ravel(parts, self._starts, self._sizes))


def as_task(env: Any) -> EnvTask:
    """Return a Gymnasium environment with the face of a task; see `EnvTask`."""
    return env if isinstance(env, EnvTask) else EnvTask(env)


def tabulate(env: Any, n_steps: int | None = None) -> TableTask:
    """Return an environment that publishes its dynamics as a task with tables, which can be solved exactly.

    Parameters
    ----------
    env : gymnasium.Env or gymnasium.vector.SyncVectorEnv
        With `unwrapped.P[state][action] = [(probability, next state, reward, terminated), ...]`, as
        FrozenLake, CliffWalking and Taxi have it; also within `SubGoals`.
    n_steps : int, optional
        Steps of a trial; by default the time limit of the environment.

    Returns
    -------
    TableTask

    Raises
    ------
    TypeError
        If the environment does not publish its dynamics, or wrappers change it.
    ValueError
        If no number of steps is known.

    Examples
    --------
    >>> import gymnasium as gym, rpe
    >>> lake = rpe.envs.tabulate(gym.make("FrozenLake-v1", is_slippery=False))
    >>> planner = rpe.agents.Planner(rpe.discounting.Exponential(0.95), inverse_temperature=float("inf"))
    >>> round(float(rpe.measures.exact(planner, lake).reward[0]), 6)
    1.0
    """
    if isinstance(env, SyncVectorEnv):
        env = env.envs[0]
    if isinstance(env, SubGoals):
        return env.tabulated(tabulate(env.env, n_steps))
    dynamics = getattr(getattr(env, "unwrapped", None), "P", None)
    if not isinstance(env, gym.Env) or dynamics is None:
        raise TypeError(f"env must publish its dynamics as unwrapped.P; {type(env).__name__} does not")
    for wrapper in _wrappers(env):
        if wrapper not in _HARMLESS:
            raise TypeError(f"env must not be changed by wrappers to be tabulated; got {wrapper}")
    limit = _time_limit(env) if n_steps is None else count("n_steps", n_steps)
    if limit is None:
        raise ValueError(
            "n_steps must be given for an environment without a time limit (gymnasium.wrappers.TimeLimit); got None"
        )
    first = getattr(env.unwrapped, "initial_state_distrib", None)
    return TableTask(_tables(dynamics), limit, initial_probability=_start(env, first, len(dynamics)))


def _tables(dynamics: Any) -> Tables:
    """The published dynamics as arrays, padded with outcomes of probability 0."""
    n_states, n_actions = len(dynamics), len(dynamics[0])
    n_luck = max(len(outcomes) for row in dynamics.values() for outcomes in row.values())
    shape = (n_luck, n_states, n_actions)
    tables = Tables(
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros((1, 1, 1)),
        np.zeros(shape, dtype=np.bool_),
        np.ones((n_states, n_actions), dtype=np.bool_),
    )
    for state, row in dynamics.items():
        for action, outcomes in row.items():
            for luck, (probability, after, reward, terminated) in enumerate(outcomes):
                place = (luck, state, action)
                tables.next_state[place], tables.outcome_probability[place] = after, probability
                tables.reward[place], tables.terminated[place] = reward, terminated
    return tables


def _start(env: Any, distribution: Any, n_states: int) -> Floats:
    """Where trials start: as published, or the one state in which a trial starts."""
    if distribution is not None:
        return np.asarray(distribution, dtype=np.float64)
    fixed = getattr(env.unwrapped, "start_state_index", None)
    if fixed is None:
        raise TypeError("env must publish where its trials start (initial_state_distrib); it does not")
    return np.eye(1, n_states, int(fixed))[0]


def _sizes(space: Any) -> tuple[int, ...]:
    """How many values each part of an observation has."""
    if isinstance(space, spaces.Discrete):
        return (int(space.n),)
    if isinstance(space, spaces.MultiDiscrete):
        return tuple(int(n) for n in space.nvec.ravel())
    if isinstance(space, spaces.MultiBinary):
        return (2,) * int(np.prod(space.shape))
    if isinstance(space, spaces.Tuple) and all(isinstance(part, spaces.Discrete) for part in space.spaces):
        return tuple(int(part.n) for part in space.spaces)  # type: ignore[attr-defined]
    raise TypeError(f"observation_space must be discrete, as the learners keep tables; got {space}")


def _starts(space: Any) -> tuple[int, ...]:
    """The smallest value of each part of an observation."""
    if isinstance(space, spaces.Tuple):
        return tuple(int(part.start) for part in space.spaces)  # type: ignore[attr-defined]
    if isinstance(space, spaces.MultiBinary):
        return (0,) * int(np.prod(space.shape))
    return tuple(int(start) for start in np.ravel(space.start))


def _ravel(parts: list[Any], starts: tuple[int, ...], sizes: tuple[int, ...]) -> Any:
    shifted = [part.astype(np.int64) - start for part, start in zip(parts, starts, strict=True)]
    return np.ravel_multi_index(shifted, sizes)


def _time_limit(env: Any) -> int | None:
    spec = getattr(env, "spec", None)
    limit = getattr(spec, "max_episode_steps", None)
    if limit is None and isinstance(env, SyncVectorEnv):
        return _time_limit(env.envs[0])
    if limit is None and isinstance(env, gym.Wrapper) and env.has_wrapper_attr("_max_episode_steps"):
        # An environment that was never registered has no spec, but may be wrapped in TimeLimit.
        limit = env.get_wrapper_attr("_max_episode_steps")
    if limit is None:
        limit = getattr(getattr(getattr(env, "unwrapped", None), "task", None), "n_steps", None)
    return None if limit is None else int(limit)


def _wrappers(env: Any) -> list[str]:
    found = []
    while isinstance(env, gym.Wrapper):
        found.append(type(env).__name__)
        env = env.env
    return found
