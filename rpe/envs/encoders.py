"""Encoders: observations of any kind as whole numbers, which learners with tables can take."""

from collections.abc import Callable, Hashable
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium.utils import RecordConstructorArgs

from rpe._checks import between, count

_MOST_BINS = 1 << 31


class _Numbered(gym.ObservationWrapper[Any, Any, Any], RecordConstructorArgs):
    """An environment whose observations are numbers from 0 on."""

    def __init__(self, env: gym.Env[Any, Any], size: int, **arguments: Any) -> None:
        if not isinstance(env, gym.Env):
            raise TypeError(f"env must be a Gymnasium environment; got {type(env).__name__}")
        RecordConstructorArgs.__init__(self, **arguments)
        super().__init__(env)
        self.observation_space = gym.spaces.Discrete(size)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin a trial; return the number of the first observation and what is known of it."""
        return super().reset(seed=None if seed is None else count("seed", seed, 0), options=options)


class Discretized(_Numbered):
    """An environment whose `Box` observations are cut into bins of equal width, numbered through.

    As `discretize` returns it.

    Examples
    --------
    >>> import gymnasium as gym
    >>> import rpe
    >>> cart = rpe.envs.Discretized(gym.make("MountainCar-v0"), 8)
    >>> int(cart.observation_space.n)  # 8 bins of place by 8 of speed
    64
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        bins: npt.ArrayLike,
        *,
        low: npt.ArrayLike | None = None,
        high: npt.ArrayLike | None = None,
    ) -> None:
        space = getattr(env, "observation_space", None)
        if isinstance(env, gym.Env) and not isinstance(space, gym.spaces.Box):
            raise TypeError(f"env must have observations in a Box to be cut into bins; got {space}")
        shape = () if space is None else space.shape
        number = np.asarray(bins)
        if number.dtype.kind not in "iu" or (number < 1).any() or number.shape not in ((), shape):
            raise ValueError(f"bins must be whole numbers of at least 1, one or of shape {shape}; got {bins!r}")
        self._bins = np.broadcast_to(number, shape or ()).astype(np.int64)
        n_states = float(np.prod(self._bins.astype(np.float64)))
        if n_states > _MOST_BINS:
            raise ValueError(f"bins must make at most {_MOST_BINS} states; got {n_states:g}")
        super().__init__(env, int(n_states), bins=bins, low=low, high=high)
        self._low, self._high = (
            _bound(name, given, getattr(space, name), shape) for name, given in (("low", low), ("high", high))
        )
        if not (self._low < self._high).all():
            raise ValueError(f"low must lie below high; got {self._low} and {self._high}")

    def observation(self, observation: Any) -> int:
        """Return the number of the bin.

        Raises
        ------
        ValueError
            If the observation has another shape than the space, or NaN in it.
        """
        seen = np.asarray(observation, dtype=np.float64)
        if seen.shape != self._bins.shape or np.isnan(seen).any():
            raise ValueError(
                f"observation must have shape {self._bins.shape} and no NaN; the environment returned {observation!r}"
            )
        share = (seen - self._low) / (self._high - self._low)
        place = np.clip(np.floor(share * self._bins), 0, self._bins - 1).astype(np.int64)
        return (
            int(np.ravel_multi_index(tuple(np.ravel(place)), tuple(np.ravel(self._bins)))) if place.ndim else int(place)
        )


class Encoded(_Numbered):
    """An environment whose observations are numbered in the order in which they are first met.

    As `encode` returns it.

    Attributes
    ----------
    numbers : dict
        The number of each observation that was met.

    Examples
    --------
    >>> import gymnasium as gym
    >>> import rpe
    >>> env = rpe.envs.Encoded(gym.make("Blackjack-v1"), n_states=1000)
    >>> env.reset(seed=0)[0]  # the first observation is number 0
    0
    """

    def __init__(
        self, env: gym.Env[Any, Any], function: Callable[[Any], Any] | None = None, *, n_states: int = 1 << 16
    ) -> None:
        if function is not None and not callable(function):
            raise TypeError(f"function must be a function of the observation; got {function!r}")
        super().__init__(env, count("n_states", n_states), function=function, n_states=n_states)
        self._function = function
        self.numbers: dict[Hashable, int] = {}

    def observation(self, observation: Any) -> int:
        """Return the number of what counts of the observation, a new one if it was not met before.

        Raises
        ------
        ValueError
            If there is no number left.
        """
        key = _key(observation if self._function is None else self._function(observation))
        number = self.numbers.setdefault(key, len(self.numbers))
        if number >= self.observation_space.n:  # type: ignore[attr-defined]
            del self.numbers[key]
            raise ValueError(
                f"n_states must be at least the number of different observations; there are more than {number} "
                "(let function leave out what does not matter)"
            )
        return number


def discretize(
    env: gym.Env[Any, Any],
    bins: npt.ArrayLike,
    *,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
) -> Discretized:
    """Return the environment with its `Box` observations cut into bins of equal width, numbered through.

    Parameters
    ----------
    env : gymnasium.Env
        Observations are a `Box` of any shape.
    bins : int or int array of the shape of an observation
        Bins of each component, at least 1.
    low, high : float or array of the shape of an observation, optional
        Where the first bin begins and the last ends; observations beyond fall into these. By default
        the bounds of the space, which must then be finite.

    Returns
    -------
    gymnasium.Env
        With `Discrete` observations.

    Raises
    ------
    TypeError
        If observations are not a `Box`.
    ValueError
        If bounds are infinite or out of order, or there are too many bins.

    Examples
    --------
    >>> import gymnasium as gym, rpe
    >>> pole = rpe.envs.discretize(gym.make("CartPole-v1"), 6, low=[-2.4, -2, -0.21, -3], high=[2.4, 2, 0.21, 3])
    >>> pole.observation_space.n, int(pole.reset(seed=0)[0])
    (np.int64(1296), 734)
    """
    return Discretized(env, bins, low=low, high=high)


def encode(env: gym.Env[Any, Any], function: Callable[[Any], Any] | None = None, *, n_states: int = 1 << 16) -> Encoded:
    """Return the environment with its observations numbered in the order in which they are first met.

    Anything can be observed: images, dicts, tuples, texts. Learners' tables have room for `n_states`
    observations from the start, and memory is taken up as they are met: 8 bytes for each action and
    copy. Beyond `n_states` a simulation stops with an error, and does not mix states up.

    Parameters
    ----------
    env : gymnasium.Env
    function : callable, optional
        From an observation to what counts of it: a number, a text, an array, or a tuple or dict of
        these; by default all of it.
    n_states : int
        How many different observations there can be, at most.

    Returns
    -------
    gymnasium.Env
        With `Discrete` observations.

    Raises
    ------
    TypeError
        If `function` is not callable.
    ValueError
        If `n_states` is below 1; in a simulation, if there are more observations.

    Examples
    --------
    >>> import gymnasium as gym, rpe
    >>> cards = rpe.envs.encode(gym.make("Blackjack-v1"), lambda seen: (seen[0] > 16, seen[2]))
    >>> cards.reset(seed=0)[0], cards.observation_space.n
    (0, np.int64(65536))
    """
    return Encoded(env, function, n_states=n_states)


def _key(value: Any) -> Hashable:
    """What is the same for equal observations: arrays by shape and content."""
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return (value.shape, _key(value.ravel().tolist()))
        if value.dtype.kind in "fc":
            # NaN is not equal to itself, and −0 has other bytes than 0.
            _no_nan(value, bool(np.isnan(value).any()))
            value = value + 0.0
        return (value.shape, value.dtype.str, value.tobytes())
    if isinstance(value, dict):
        return tuple((name, _key(value[name])) for name in sorted(value))
    if isinstance(value, tuple | list):
        return tuple(_key(part) for part in value)
    if not isinstance(value, Hashable):
        raise TypeError(f"function must return numbers, texts, arrays, or tuples or dicts of these; got {value!r}")
    _no_nan(value, value != value)
    return value


def _no_nan(value: Any, found: bool) -> None:
    if found:
        raise ValueError(f"observation must not hold NaN to be numbered; got {value!r}")


def _bound(name: str, given: Any, of_space: Any, shape: tuple[int, ...]) -> Any:
    """Where bins begin or end, of the shape of an observation."""
    bound = np.asarray(of_space, dtype=np.float64) if given is None else between(name, given)
    # The largest float32 stands for no bound at all in some environments.
    if not (np.abs(bound) < 1e30).all():
        raise ValueError(f"{name} must be given, as the space has no finite bounds; got {bound}")
    if bound.shape not in ((), shape):
        raise ValueError(f"{name} must be one number, or have shape {shape}; got shape {bound.shape}")
    return np.broadcast_to(bound, shape)
