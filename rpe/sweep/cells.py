"""What one call of a sweep evaluates, and what became of it; runs in the workers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import choice
from rpe._kept import not_kept
from rpe.sweep.design import Design


class Block(NamedTuple):
    """Rows of the design that one call of the function evaluates."""

    number: int
    rows: list[int]
    parameters: dict[str, Any]


class Outcome(NamedTuple):
    """What became of a block: columns of results, one entry per row, or what went wrong."""

    number: int
    columns: dict[str, list[Any]]
    error: str


def blocks(design: Design, batch: tuple[str, ...], batch_size: int) -> Iterator[Block]:
    """Yield rows with the same values of all parameters that are not batched, cut at fixed places."""
    for name in batch:
        choice("batch", name, design)
    fixed = [name for name in design if name not in batch]
    groups: dict[tuple[Any, ...], list[int]] = {}
    values = [design[name].tolist() for name in fixed]
    for row in range(design.n_cells):
        key = tuple(column[row] for column in values) if batch else (row,)
        groups.setdefault(key, []).append(row)
    number = 0
    for rows in groups.values():
        for first in range(0, len(rows), batch_size):
            chosen = rows[first : first + batch_size]
            parameters = {name: design[name][chosen[0]].item() for name in fixed if name != "replicate"}
            parameters |= {name: design[name][chosen] for name in batch}
            yield Block(number, chosen, parameters)
            number += 1


def evaluate(function: Callable[..., Any], chunk: list[Block], seed: int) -> list[Outcome]:
    """Evaluate some blocks, each with its own stream; an exception becomes an outcome."""
    outcomes = []
    for block in chunk:
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block.number,)))
        try:
            with not_kept():
                result = function(rng=rng, **block.parameters)
            columns = _columns(result, len(block.rows), {*block.parameters, "replicate"})
        except Exception as error:
            outcomes.append(Outcome(block.number, {}, message(error)))
        else:
            outcomes.append(Outcome(block.number, columns, ""))
    return outcomes


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
        columns[str(name)] = np.broadcast_to(array, (n,)).tolist()
    return columns


def fitting(outcome: Outcome, all_blocks: Sequence[Block], file: object) -> None:
    """Raise ValueError unless a cell that was kept fits the design."""
    number, columns, _ = outcome
    n = len(all_blocks[number].rows) if 0 <= number < len(all_blocks) else -1
    entries = [entry for column in columns.values() for entry in column]
    if any(len(column) != n for column in columns.values()) or not all(
        entry is None or isinstance(entry, str | int | float) for entry in entries
    ):
        raise ValueError(f"file must be whole; cell {number} of {str(file)!r} does not fit the design")


def message(error: Exception) -> str:
    """Return an exception in one line."""
    return f"{type(error).__name__}: {error}"
