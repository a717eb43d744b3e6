"""What the calls of a sweep evaluate, made as they are needed, and what became of each; runs in the workers."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import choice
from rpe._kept import not_kept
from rpe.sweep.design import Design

Ints = npt.NDArray[np.int64]

# Seconds that a chunk should take, and after which it comes back with what is done: enough to outweigh the
# sending, little enough to lose or to wait for.
_SECONDS, _LIMIT = 0.2, 0.5
# Calls that are sent together, and that are on their way or back, at most: more than what a second takes to write down.
_LARGEST, _OUT = 2048, 65_536


class Block(NamedTuple):
    """One call of the function: its number, how many rows of the design it evaluates, and with what."""

    number: int
    n_rows: int
    parameters: dict[str, Any]


class Outcome(NamedTuple):
    """What became of a block: columns of results, one entry per row, or what went wrong."""

    number: int
    columns: dict[str, list[Any]]
    error: str


class Chunk(NamedTuple):
    """Blocks that are sent together, as columns: a million of them need no million objects."""

    numbers: Ints
    sizes: Ints
    columns: dict[str, npt.NDArray[Any]]
    batch: tuple[str, ...]

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks one by one."""
        fixed = {name: column for name, column in self.columns.items() if name not in self.batch}
        first = 0
        for number, size in zip(self.numbers.tolist(), self.sizes.tolist(), strict=True):
            parameters = {name: column[first].item() for name, column in fixed.items() if name != "replicate"}
            parameters |= {name: self.columns[name][first : first + size] for name in self.batch}
            yield Block(number, size, parameters)
            first += size


class Plan:
    """The blocks of a design: rows with equal values of all parameters that are not batched, cut at fixed places."""

    def __init__(self, design: Design, batch: tuple[str, ...], batch_size: int) -> None:
        for name in batch:
            choice("batch", name, design)
        self._design, self._batch = design, batch
        if not batch:
            self._order = np.arange(design.n_cells)
            self._starts = np.arange(design.n_cells + 1)
            return
        group = _groups([design[name] for name in design if name not in batch], design.n_cells)
        self._order = np.argsort(group, kind="stable")
        ends = np.cumsum(np.bincount(group)).tolist()
        cuts = [np.arange(first, end, batch_size) for first, end in zip([0, *ends[:-1]], ends, strict=True)]
        self._starts = np.append(np.concatenate(cuts), design.n_cells)

    @property
    def n_blocks(self) -> int:
        """Number of calls."""
        return len(self._starts) - 1

    def sizes(self, numbers: Ints) -> Ints:
        """Return how many rows blocks have."""
        return self._starts[numbers + 1] - self._starts[numbers]

    def rows(self, numbers: Ints) -> Ints:
        """Return the rows of the design that blocks evaluate, one block after the other."""
        sizes = self.sizes(numbers)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return self._order[np.repeat(self._starts[numbers], sizes) + within]

    def chunk(self, numbers: Ints) -> Chunk:
        """Return some blocks, to be sent."""
        rows = self.rows(numbers)
        return Chunk(
            numbers, self.sizes(numbers), {name: self._design[name][rows] for name in self._design}, self._batch
        )


class Chunks:
    """Blocks that are left, cut so that each chunk takes about 0.2 s, by what the latest one took.

    As an iterator it ends while enough is on its way, and goes on after `back`.

    Parameters
    ----------
    plan : Plan
        All blocks.
    todo : int array
        Numbers of those that are left.
    size : int, optional
        Blocks in a chunk, if they are not to be cut by time.
    """

    def __init__(self, plan: Plan, todo: Ints, size: int | None = None) -> None:
        self._plan, self._todo, self._fixed = plan, todo, size
        self._size = size or 1
        self._first = self._n_out = 0
        self._again: list[Ints] = []
        self.limit = np.inf if size else _LIMIT

    def __iter__(self) -> Iterator[Chunk]:
        return self

    def __next__(self) -> Chunk:
        if self._n_out >= _OUT:
            raise StopIteration
        if self._again:
            numbers = self._again.pop()
        else:
            numbers = self._todo[self._first : self._first + self._size]
            self._first += len(numbers)
        if not len(numbers):
            raise StopIteration
        self._n_out += len(numbers)
        return self._plan.chunk(numbers)

    def back(self, chunk: Chunk, n_done: int, seconds: float) -> None:
        """Take note of a chunk that is back; what is not done of it is sent again."""
        self._n_out -= len(chunk.numbers)
        if n_done < len(chunk.numbers):
            self._again.append(chunk.numbers[n_done:])
        if not self._fixed and n_done:
            self._size = int(np.clip(_SECONDS * n_done / max(seconds, 1e-9), 1, _LARGEST))

    def singly(self, chunk: Chunk) -> None:
        """Send the blocks of a chunk again, each for itself."""
        self._n_out -= len(chunk.numbers)
        self._again += np.split(chunk.numbers[::-1], len(chunk.numbers))


def evaluate(function: Callable[..., Any], chunk: Chunk, seed: int, limit: float) -> tuple[list[Outcome], float]:
    """Return what `evaluate_into` found, and the seconds that it took."""
    outcomes: list[Outcome] = []
    seconds = evaluate_into(outcomes, function, chunk, seed, limit)
    return outcomes, seconds


def evaluate_into(
    outcomes: list[Outcome], function: Callable[..., Any], chunk: Chunk, seed: int, limit: float
) -> float:
    """Evaluate blocks of a chunk until so many seconds are over, at least one; return how many it took.

    Each has its own stream, and an exception becomes an outcome.
    """
    began = time.perf_counter()
    for block in chunk.blocks():
        outcomes.append(_evaluated(function, block, seed))
        if time.perf_counter() - began > limit:
            break
    return time.perf_counter() - began


def _evaluated(function: Callable[..., Any], block: Block, seed: int) -> Outcome:
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block.number,)))
    try:
        with not_kept():
            result = function(rng=rng, **block.parameters)
        return Outcome(block.number, _columns(result, block.n_rows, {*block.parameters, "replicate"}), "")
    except Exception as error:
        return Outcome(block.number, {}, message(error))


def _columns(result: Any, n: int, taken: set[str]) -> dict[str, list[Any]]:
    """What the function returned, as plain lists of one entry per row."""
    if not isinstance(result, Mapping):
        result = {"result": result}
    columns = {}
    for name, value in result.items():
        if str(name) in taken:
            raise ValueError(f"result {str(name)!r} must have another name than the columns of the design")
        array = np.asarray(value)
        if array.dtype.kind not in "biufU":
            raise TypeError(f"result {name!r} must be numbers, booleans or text; got {value!r}")
        if array.shape not in ((), (1,), (n,)):
            raise ValueError(f"result {name!r} must be a number or have shape ({n},); got {array.shape}")
        if (array.dtype.kind == "f" and array.dtype.itemsize > 8) or (array.dtype.kind == "u" and array.max() >= 2**63):
            raise ValueError(f"result {name!r} must fit int64 or float64; got {value!r}")
        columns[str(name)] = array.tolist() if array.shape == (n,) else [array.item()] * n
    return columns


def _groups(columns: Sequence[npt.NDArray[Any]], n: int) -> Ints:
    """A number for every row, the same where all columns are equal, in the order in which they first appear."""
    group = np.zeros(n, dtype=np.int64)
    for column in columns:
        values, inverse = np.unique(column, return_inverse=True)
        group = np.unique(group * len(values) + inverse, return_inverse=True)[1]
    _, first = np.unique(group, return_index=True)
    return np.argsort(np.argsort(first))[group]


def message(error: Exception) -> str:
    """Return an exception in one line."""
    return f"{type(error).__name__}: {error}"
