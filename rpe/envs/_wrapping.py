"""What stands around an environment: the wrappers, the time limit, and what counts its units."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium.vector import AsyncVectorEnv, SyncVectorEnv, VectorEnv, VectorWrapper

from rpe._checks import Bools

# Wrappers that change nothing of what an agent sees, does or receives.
HARMLESS = tuple(
    getattr(gym.wrappers, name)
    for name in (
        "HumanRendering",
        "OrderEnforcing",
        "PassiveEnvChecker",
        "RecordEpisodeStatistics",
        "RecordVideo",
        "RenderCollection",
        "TimeLimit",
    )
)

HARMLESS_TO_VECTORS = tuple(
    getattr(gym.wrappers.vector, name)
    for name in ("HumanRendering", "RecordEpisodeStatistics", "RecordVideo")
    if hasattr(gym.wrappers.vector, name)  # older versions lack some
)


class Counted(NamedTuple):
    """How an environment counts progress in its infos.

    Attributes
    ----------
    name : str
        Under which name.
    n_units : int
        Units that make a trial complete.
    is_goal : bool array (n_units + 1,)
        Whether a sub-goal stands at that number of units.
    is_work : bool array (n_actions,)
        Which actions are work; none if work is what brings a unit.
    """

    name: str
    n_units: int
    is_goal: Bools
    is_work: Bools


def layers_of(env: Any) -> Iterator[Any]:
    """The environment and what is inside its wrappers, from the outermost on."""
    while isinstance(env, gym.Wrapper):
        yield env
        env = env.env
    yield env


def bare(env: Any) -> Any:
    """A vector environment without the wrappers around it; an environment itself as it is."""
    while isinstance(env, VectorWrapper):
        env = env.env
    return env


def changes_copies(env: Any) -> bool:
    """Whether wrappers around a vector change what its copies show, do or receive."""
    while isinstance(env, VectorWrapper):
        if type(env) not in HARMLESS_TO_VECTORS:
            return True
        env = env.env
    return False


def first_copy(env: Any) -> Any:
    """One environment of a vector, an environment itself as it is, or a vector of another kind.

    The copies of an `AsyncVectorEnv` live in other processes: one more is made, which tells what they are.
    """
    env = bare(env)
    if isinstance(env, SyncVectorEnv):
        return env.envs[0]
    return env.env_fns[0]() if isinstance(env, AsyncVectorEnv) else env


def copies_of(env: Any, first: Any) -> list[Any]:
    """The environments without their wrappers, or one like them if they are in other processes; empty if unknown."""
    env = bare(env)
    if isinstance(env, SyncVectorEnv):
        return [one.unwrapped for one in env.envs]
    return [] if first is env and isinstance(env, VectorEnv) else [first.unwrapped]


def time_limit(env: Any, first: Any = None) -> int | None:
    """Steps after which a trial is cut short: by the registration, a wrapper, the environment, or its task.

    `first` is its first copy, if that was made before.
    """
    inner = first_copy(env) if first is None else first
    core = getattr(inner, "unwrapped", inner)
    around = [getattr(getattr(env, "spec", None), "max_episode_steps", None)]
    wrappers = (layer for layer in layers_of(inner) if isinstance(layer, gym.wrappers.TimeLimit))
    around += [getattr(wrapper, "_max_episode_steps", None) for wrapper in wrappers]
    around.append(getattr(core, "max_episode_steps", None))
    around.append(getattr(getattr(core, "task", None), "n_steps", None))
    # What MiniGrid calls its limit; a registration or wrapper says more.
    for limits in (around, [getattr(core, "max_steps", None)]):
        known = [int(limit) for limit in limits if isinstance(limit, int | np.integer) and limit > 0]
        if known:
            return min(known)
    return None
