"""What an environment returned, checked and taken apart: reward, effort, points, pseudo-reward, units and masks."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium.vector import SyncVectorEnv

from rpe._checks import Bools, Floats

# Rewards may have gone through float32 on their way through a wrapper.
_CLOSE = 1e-6


class Parts(NamedTuple):
    """What a step brought: `reward`, `effort`, `points` and `pseudo_reward`, each a number or an array (n,)."""

    reward: Any
    effort: Any
    points: Any
    pseudo_reward: Any


def parts_of_one(reward: float, info: dict[str, Any]) -> Parts:
    """Take the reward of one environment apart, as its `info` has it.

    `info["reward"]`, `info["effort"]` and `info["points"]` count if reward + points − effort is the
    reward that was returned; otherwise (a wrapper changed it, or they mean something else) that reward
    counts as a whole.
    """
    pseudo = info.get("pseudo_reward", 0.0)
    pseudo = _finite("info['pseudo_reward']", pseudo) if _is_number(pseudo) else 0.0
    if "reward" in info:
        values = [info.get(name, 0.0) for name in ("reward", "effort", "points")]
        if all(_is_number(value) for value in values):
            pay, effort, points = map(_as_float, values)
            if math.isclose(pay + points - effort, reward, rel_tol=_CLOSE, abs_tol=_CLOSE):
                return Parts(pay, effort, points, pseudo)
    return Parts(reward, 0.0, 0.0, pseudo)


def parts_of_many(reward: Floats, infos: dict[str, Any]) -> Parts:
    """Take the rewards (n,) of a vector environment apart, as `parts_of_one`."""
    n = len(reward)
    pseudo, _ = batch(infos, "pseudo_reward", n)
    if not np.isfinite(pseudo).all():
        raise ValueError(f"info['pseudo_reward'] must be finite; got {pseudo}")
    pay, told = batch(infos, "reward", n)
    if not told.any():
        return Parts(reward, 0.0, 0.0, pseudo)
    effort, points = (batch(infos, name, n)[0] for name in ("effort", "points"))
    apart = told & np.isclose(pay + points - effort, reward, rtol=_CLOSE, atol=_CLOSE)
    return Parts(np.where(apart, pay, reward), np.where(apart, effort, 0.0), np.where(apart, points, 0.0), pseudo)


def batch(infos: dict[str, Any], name: str, n: int, width: int = 0) -> tuple[Any, Bools]:
    """Return what the infos of n copies say under a name, and which copies say anything.

    Where a copy has begun anew in the same step, what it said at the end counts; None says nothing.

    Returns
    -------
    float array (n,) or (n, width), bool array (n,)
        `found` and `told`; where nobody said a number of the right shape, `told` is False throughout.
    """
    shape = (n, width) if width else (n,)
    found, told = np.zeros(shape), np.zeros(n, dtype=np.bool_)
    for part in (infos, infos.get("final_info")):
        if isinstance(part, dict) and name in part:
            here, values = np.asarray(part.get(f"_{name}", np.ones(n, dtype=np.bool_))), np.asarray(part[name])
            if values.dtype == object and values.shape == (n,):
                here = here & np.array([value is not None for value in values])
                values = _stacked(values, shape, here)
            if values.shape == shape and values.dtype.kind in "iufb":
                found[here] = values[here]
                told |= here
    return found, told


def masks(infos: dict[str, Any], n: int, n_actions: int) -> tuple[Bools, bool]:
    """Return which actions (n, n_actions) the infos of n copies offer, all where nothing is said, and if any is.

    Raises
    ------
    ValueError
        If something is called a mask that is none.
    """
    found, told = batch(infos, "action_mask", n, n_actions)
    offered, anything = found == 1.0, bool(told.any())
    bad = not (offered == found).all()
    if not anything:
        said = infos.get("action_mask")
        bad = said is not None and not (np.ndim(said) > 0 and all(value is None for value in said))
    if bad:
        raise ValueError(
            f"info['action_mask'] must hold 0 or 1 for each of {n_actions} actions; "
            f"the environment returned {infos['action_mask']!r}"
        )
    if anything and n > 1:
        offered[~told] = True
    return offered, anything


def _stacked(values: Any, shape: tuple[int, ...], here: Bools) -> Any:
    """Numbers of a shape from what Gymnasium keeps as objects: lists, tuples, NumPy bools, nothing where not `here`."""
    try:
        rows = [np.asarray(value) if told else np.zeros(shape[1:]) for value, told in zip(values, here, strict=True)]
    except ValueError:
        return values
    fits = all(row.shape == shape[1:] and row.dtype.kind in "iufb" for row in rows)
    return np.stack([row.astype(np.float64) for row in rows]) if fits else values


def checked_reset(result: Any) -> tuple[Any, dict[str, Any]]:
    """Return what `reset` returned, or say what is wrong with it.

    Raises
    ------
    TypeError
        Unless it is an observation and a dict.
    """
    if not (isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], dict)):
        raise TypeError(
            f"reset must return (observation, info), as Gymnasium asks; the environment returned {result!r} "
            "(an observation alone is the older interface of Gym)"
        )
    return result


def checked_step(result: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
    """Return what `step` returned, or say what is wrong with it.

    Raises
    ------
    TypeError
        Unless it is an observation, a number, two bools and a dict.
    ValueError
        If the reward is NaN or infinite.
    """
    if not isinstance(result, tuple) or len(result) != 5:
        size = f"{len(result)} values" if isinstance(result, tuple) else repr(result)
        raise TypeError(
            "step must return (observation, reward, terminated, truncated, info), as Gymnasium asks; "
            f"the environment returned {size} (four values are the older interface of Gym)"
        )
    observation, reward, terminated, truncated, info = result
    if type(reward) is not float:
        if not _is_number(reward):
            raise TypeError(f"reward must be a number, as Gymnasium asks; the environment returned {reward!r}")
        reward = _as_float(reward)
    if not math.isfinite(reward):
        raise ValueError(f"reward must be finite; got {reward}")
    for name, value in (("terminated", terminated), ("truncated", truncated)):
        if not isinstance(value, bool | np.bool_):
            raise TypeError(f"{name} must be True or False, as Gymnasium asks; the environment returned {value!r}")
    if not isinstance(info, dict):
        raise TypeError(f"info must be a dict, as Gymnasium asks; the environment returned {info!r}")
    return observation, reward, bool(terminated), bool(truncated), info


def checked_steps(result: Any, n: int) -> tuple[Any, Floats, Bools, Bools, dict[str, Any]]:
    """Return what `step` of a vector of n environments returned, or say what is wrong with it.

    Raises
    ------
    TypeError
        Unless it is observations, numbers (n,), two bool arrays (n,) and a dict.
    ValueError
        If a reward is NaN or infinite.
    """
    if not isinstance(result, tuple) or len(result) != 5 or not isinstance(result[4], dict):
        raise TypeError(
            "step must return (observations, rewards, terminated, truncated, infos), as Gymnasium asks; "
            f"the environment returned {result!r}"
        )
    observations, rewards, terminated, truncated, infos = result
    for name, value, kinds in (
        ("reward", rewards, "iuf"),
        ("terminated", terminated, "b"),
        ("truncated", truncated, "b"),
    ):
        if np.shape(value) != (n,) or np.asarray(value).dtype.kind not in kinds:
            raise TypeError(
                f"{name} must be {'numbers' if kinds == 'iuf' else 'bools'} of shape ({n},), as Gymnasium asks; "
                f"the environment returned {value!r}"
            )
    reward = np.array(rewards, dtype=np.float64)
    if not np.isfinite(reward).all():
        raise ValueError(f"reward must be finite; got {reward}")
    return observations, reward, np.array(terminated), np.array(truncated), infos


class _Checked(gym.Wrapper[Any, Any, Any, Any]):
    """A copy in a vector, whose answers are checked before Gymnasium casts them."""

    def __init__(self, env: Any, check: Callable[[Any], Any]) -> None:
        super().__init__(env)
        self._check = check

    def reset(self, **options: Any) -> tuple[Any, dict[str, Any]]:
        observation, info = checked_reset(self.env.reset(**options))
        self._check(observation)
        return observation, info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        observation, *others = checked_step(self.env.step(action))
        self._check(observation)
        return observation, *others


@contextmanager
def copies_checked(vector: Any, check: Callable[[Any], Any]) -> Iterator[None]:
    """Check what each copy of a `SyncVectorEnv` returns, and its observation by `check`, as long as this lasts.

    Gymnasium stacks what copies return, and makes "1" a number and .5 a state while doing so.
    """
    if not isinstance(vector, SyncVectorEnv):
        yield
        return
    copies = vector.envs
    vector.envs = [_Checked(copy, check) for copy in copies]
    try:
        yield
    finally:
        vector.envs = copies


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number | np.bool_) or (
        isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "iuf"
    )


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _finite(name: str, value: Any) -> float:
    number = _as_float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite; got {number}")
    return number
