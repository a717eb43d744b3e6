"""Discrete observation spaces numbered through: every observation is one whole number from 0 on."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from gymnasium import spaces

from rpe._checks import Ints

# More states than any table could hold; beyond it, products would overflow as well.
_MOST = 1 << 40


class Numbering:
    """The numbers of the observations of a space, the last part the fastest.

    Parameters
    ----------
    space : gymnasium.Space
        `Discrete`, `MultiDiscrete` or `MultiBinary` of any shape, or a `Tuple` or `Dict` of these, nested or not.

    Attributes
    ----------
    n_states : int
        How many numbers there are.

    Raises
    ------
    TypeError
        If the space is not discrete.
    ValueError
        If there are too many observations for a table.
    """

    def __init__(self, space: spaces.Space[Any]) -> None:
        self.space = space
        leaves = list(_leaves(space))
        self._shapes = [leaf.shape for leaf, _, _ in leaves]
        self._sizes = [size for _, sizes, _ in leaves for size in sizes]
        self._starts = [start for _, _, starts in leaves for start in starts]
        self.n_states = math.prod(self._sizes)
        self._plain = isinstance(space, spaces.Discrete)
        if self.n_states > _MOST:
            raise ValueError(
                f"observation_space must have at most {_MOST} observations; got {self.n_states} "
                "(rpe.envs.encode numbers just those that are met)"
            )

    def one(self, observation: Any) -> int:
        """Return the number of one observation.

        Raises
        ------
        ValueError
            If the observation lies outside the space.
        """
        if self._plain and isinstance(observation, int | np.integer):
            number = int(observation) - self._starts[0]
            if 0 <= number < self.n_states:
                return number
        number = 0
        try:
            given = list(zip(_parts(self.space, observation), self._shapes, strict=True))
            parts = np.concatenate([np.ravel(part) for part, shape in given if np.shape(part) == shape]).tolist()
        except (TypeError, KeyError, IndexError, ValueError):
            parts = []
        fits = len(parts) == len(self._sizes) and all(isinstance(part, int | bool) for part in parts)
        for part, start, size in zip(parts, self._starts, self._sizes, strict=fits):
            fits = fits and 0 <= part - start < size
            number = number * size + int(part) - start if fits else 0
        if not fits:
            raise ValueError(f"observation must lie in {self.space}; the environment returned {observation!r}")
        return number

    def many(self, observations: Any, n: int) -> Ints:
        """Return the numbers (n,) of a batch of observations, as a vector environment returns them.

        Raises
        ------
        ValueError
            If an observation lies outside the space.
        """
        rows = [np.asarray(part).reshape(n, -1) for part in _parts(self.space, observations)]
        columns = np.concatenate(rows, axis=1) if rows else np.zeros((n, 0), dtype=np.int64)
        if columns.dtype.kind not in "iub" or columns.shape[1] != len(self._sizes):
            raise ValueError(f"observation must lie in {self.space}; the environment returned {observations!r}")
        number = np.zeros(n, dtype=np.int64)
        for part, start, size in zip(columns.T.astype(np.int64), self._starts, self._sizes, strict=True):
            if ((part < start) | (part >= start + size)).any():
                raise ValueError(f"observation must lie in {self.space}; the environment returned {observations!r}")
            number = number * size + part - start
        return number


def _leaves(space: Any) -> Iterator[tuple[Any, list[int], list[int]]]:
    """The parts of a space that hold numbers: each with its sizes and its smallest values."""
    if isinstance(space, spaces.Discrete):
        yield space, [int(space.n)], [int(space.start)]
    elif isinstance(space, spaces.MultiDiscrete):
        yield space, np.ravel(space.nvec).tolist(), np.ravel(space.start).tolist()
    elif isinstance(space, spaces.MultiBinary):
        n = int(np.prod(space.shape))
        yield space, [2] * n, [0] * n
    elif isinstance(space, spaces.Tuple):
        for part in space.spaces:
            yield from _leaves(part)
    elif isinstance(space, spaces.Dict):
        for part in space.spaces.values():
            yield from _leaves(part)
    else:
        raise TypeError(
            f"observation_space must be discrete, as the learners keep tables; got {space} "
            "(rpe.envs.discretize and rpe.envs.encode make it so)"
        )


def _parts(space: Any, observation: Any) -> Iterator[Any]:
    """The parts of an observation, or of a batch of them, in the order of `_leaves`."""
    if isinstance(space, spaces.Tuple):
        for part, value in zip(space.spaces, observation, strict=True):
            yield from _parts(part, value)
    elif isinstance(space, spaces.Dict):
        for name, part in space.spaces.items():
            yield from _parts(part, observation[name])
    else:
        yield observation
