"""Runs a function over a design on any executor, with one result whatever the executor or the order."""

import hashlib
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import ExitStack, closing
from itertools import islice
from multiprocessing import get_context
from queue import SimpleQueue
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import choice, count, flag
from rpe.sweep.design import Design
from rpe.sweep.store import Store
from rpe.table import Table


class SweepError(RuntimeError):
    """Some cells of a sweep failed, or the executor broke; the others are in `table`.

    Attributes
    ----------
    table : Table
        All cells with a column `error`: what went wrong, or empty text; NaN where a failed cell
        has no result.
    """

    def __init__(self, message: str, table: Table) -> None:
        super().__init__(message)
        self.table = table


class _Block(NamedTuple):
    """Rows of the design that one call of the function evaluates."""

    number: int
    rows: list[int]
    parameters: dict[str, Any]


class _Outcome(NamedTuple):
    """What became of a block: columns of results, one entry per row, or what went wrong."""

    number: int
    columns: dict[str, list[Any]]
    error: str


def run(
    function: Callable[..., Any],
    design: Design,
    *,
    rng: Any = None,
    batch: Sequence[str] = (),
    batch_size: int = 256,
    executor: Any = None,
    n_jobs: int = 1,
    chunk_size: int = 1,
    file: Any = None,
    errors: str = "raise",
    progress: bool = False,
) -> Table:
    """Evaluate a function at every combination of a design.

    The table is the same, bit for bit, whatever the executor, the number of workers, the chunk size
    or the order in which the cells were done, and whether or not the sweep was interrupted.

    Parameters
    ----------
    function : callable
        Called as `function(rng=generator, **parameters)`; returns a number, or a mapping of names to
        numbers, booleans or text. For several processes it must be defined in a module or script,
        not in a notebook cell or a lambda.
    design : Design
        From `grid`, `latin_hypercube`, `sobol`, or `Design` itself; a column "replicate" is not
        passed to the function.
    rng : int, numpy.random.Generator or None
        Seed. Every call gets its own stream, which depends on its place in the design alone. With
        `file` and no seed, a resumed sweep takes the seed in the file.
    batch : sequence of str
        Parameters that the function takes as an array (n,), and returns arrays (n,) for: those that
        the agent axis can carry. The other parameters are numbers.
    batch_size : int
        Largest n in a call. Part of the definition of the sweep, as the calls share their streams.
    executor : concurrent.futures.Executor, optional
        Whatever has `submit`: processes, `dask.distributed.Client.get_executor(pure=False)`,
        `mpi4py.futures.MPIPoolExecutor`, loky. It is not shut down. Without it the work is done
        here, or in `n_jobs` fresh processes.
    n_jobs : int
        Processes to start if there is no executor, at least 1.
    chunk_size : int
        Calls that are sent to a worker together; more for calls far below 50 ms.
    file : path, optional
        Where to keep each cell as soon as it is done (SQLite). If it exists, the sweep goes on from
        there.
    errors : {"raise", "keep"}
        Whether to raise at the end if cells failed, or to return the table with a column `error`.
    progress : bool
        Whether to show a progress bar on standard error.

    Returns
    -------
    Table
        The columns of the design, then those of the results, in the order of the design.

    Raises
    ------
    SweepError
        If a cell failed (after all others are done), with its parameters in the message; or if the
        executor broke, such as by the death of a worker of a process pool (at once). Its `table`
        holds the cells that are done.
    TypeError, ValueError
        For options out of range, a batched parameter that the design does not have, or a file of
        another sweep.

    Examples
    --------
    >>> import rpe
    >>> def area(width, height, rng):
    ...     return {"area": width * height}
    >>> table = rpe.sweep.run(area, rpe.sweep.grid(width=[1.0, 2.0], height=[3.0, 4.0]), rng=0)
    >>> table["area"]
    array([3., 4., 6., 8.])
    """
    if not isinstance(design, Design):
        raise TypeError(f"design must be a Design, such as from grid(...); got {type(design).__name__}")
    if not callable(function):
        raise TypeError(f"function must be callable; got {function!r}")
    keep = choice("errors", errors, ("raise", "keep")) == "keep"
    n_jobs, chunk_size = count("n_jobs", n_jobs), count("chunk_size", chunk_size)
    blocks = list(_blocks(design, tuple(batch), count("batch_size", batch_size)))
    seed = _entropy(rng)
    with ExitStack() as stack:
        store = None
        if file is not None:
            identity = _identity(function, design, batch, batch_size)
            store = stack.enter_context(closing(Store(file, identity, seed, chosen=rng is not None)))
            seed = store.seed
        outcomes = {number: _Outcome(number, *kept) for number, kept in (store.done() if store else {}).items()}
        about = {"function": _name(function), "seed": str(seed), "batch": list(batch), "batch_size": batch_size}
        todo = [block for block in blocks if block.number not in outcomes or outcomes[block.number].error]
        bar = stack.enter_context(_bar(design.n_cells, progress))
        bar.update(design.n_cells - sum(len(block.rows) for block in todo))
        if executor is None and n_jobs > 1:
            # Fresh interpreters: a forked copy of a process with threads may hang.
            executor = stack.enter_context(ProcessPoolExecutor(n_jobs, mp_context=get_context("spawn")))
        chunks = [todo[first : first + chunk_size] for first in range(0, len(todo), chunk_size)]
        try:
            for done in _evaluate(function, chunks, seed, executor):
                outcomes.update((outcome.number, outcome) for outcome in done)
                if store is not None:
                    store.keep(done)
                bar.update(sum(len(blocks[outcome.number].rows) for outcome in done))
        except BrokenExecutor as error:
            table = _table(design, blocks, outcomes, about, with_errors=True)
            resume = f"; run it again with the same file ({file}) to go on" if file is not None else ""
            raise SweepError(
                f"the executor broke ({error}) after {_done(blocks, outcomes)} of {design.n_cells} cells{resume}", table
            ) from error
    failed = [outcome for outcome in outcomes.values() if outcome.error]
    if failed and not keep:
        raise SweepError(_failures(blocks, failed, design), _table(design, blocks, outcomes, about, with_errors=True))
    return _table(design, blocks, outcomes, about, with_errors=keep)


def _blocks(design: Design, batch: tuple[str, ...], batch_size: int) -> Iterator[_Block]:
    """Rows with the same values of all parameters that are not batched, cut at fixed places."""
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
            yield _Block(number, chosen, parameters)
            number += 1


def _evaluate(
    function: Callable[..., Any], chunks: list[list[_Block]], seed: int, executor: Any
) -> Iterator[list[_Outcome]]:
    """Yield the outcomes of each chunk as they come."""
    if executor is None:
        for chunk in chunks:
            yield _work(function, chunk, seed)
        return
    arrived: SimpleQueue[Future[list[_Outcome]]] = SimpleQueue()
    waiting = iter(chunks)
    pending: dict[Any, list[_Block]] = {}

    def submit(chunk: list[_Block]) -> None:
        future = executor.submit(_work, function, chunk, seed)
        pending[future] = chunk
        future.add_done_callback(arrived.put)

    try:
        # So many at a time: enough to keep workers busy, few enough to hold.
        for chunk in islice(waiting, 64):
            submit(chunk)
        while pending:
            future = arrived.get()
            chunk = pending.pop(future)
            try:
                done = future.result()
            except BrokenExecutor:
                raise
            except Exception as error:  # the work could not be sent or fetched
                done = [_Outcome(block.number, {}, _shown(error)) for block in chunk]
            yield done
            for following in islice(waiting, 1):
                submit(following)
    finally:
        for future in pending:
            future.cancel()


def _work(function: Callable[..., Any], chunk: list[_Block], seed: int) -> list[_Outcome]:
    """Evaluate some blocks; runs in the worker."""
    outcomes = []
    for block in chunk:
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block.number,)))
        try:
            columns = _columns(function(rng=rng, **block.parameters), len(block.rows))
        except Exception as error:
            outcomes.append(_Outcome(block.number, {}, _shown(error)))
        else:
            outcomes.append(_Outcome(block.number, columns, ""))
    return outcomes


def _columns(result: Any, n: int) -> dict[str, list[Any]]:
    """What the function returned, as plain lists of one entry per row."""
    if not isinstance(result, Mapping):
        result = {"result": result}
    columns = {}
    for name, value in result.items():
        array = np.asarray(value)
        if array.dtype.kind not in "biufU":
            raise TypeError(f"result {name!r} must be numbers, booleans or text; got {value!r}")
        if array.shape not in ((), (1,), (n,)):
            raise ValueError(f"result {name!r} must be a number or have shape ({n},); got {array.shape}")
        columns[str(name)] = np.broadcast_to(array, (n,)).tolist()
    return columns


def _table(
    design: Design, blocks: list[_Block], outcomes: Mapping[int, _Outcome], about: dict[str, Any], *, with_errors: bool
) -> Table:
    """The columns of the design and of all results, in the order of the design."""
    missing = _Outcome(-1, {}, "not done")
    found = [outcomes.get(block.number, missing) for block in blocks]
    names = dict.fromkeys(name for outcome in found for name in outcome.columns)
    columns: dict[str, list[Any]] = {name: [None] * design.n_cells for name in names}
    errors = [""] * design.n_cells
    for block, outcome in zip(blocks, found, strict=True):
        for place, row in enumerate(block.rows):
            errors[row] = outcome.error
            for name, values in outcome.columns.items():
                columns[name][row] = values[place]
    results = {name: _filled(values) for name, values in columns.items()}
    return Table({**design, **results, **({"error": errors} if with_errors else {})}, about)


def _filled(values: list[Any]) -> list[Any]:
    """Missing results as NaN, or as empty text in a column of text."""
    empty: Any = "" if any(isinstance(value, str) for value in values) else np.nan
    return [empty if value is None else value for value in values]


def _entropy(rng: Any) -> int:
    """The number from which the streams of all blocks are made."""
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    entropy = np.random.SeedSequence(rng).entropy
    return int(entropy) if isinstance(entropy, int) else int(np.random.default_rng(rng).integers(2**63))


def _identity(function: Callable[..., Any], design: Design, batch: Sequence[str], batch_size: int) -> dict[str, Any]:
    columns = {name: design[name].tolist() for name in design}
    bound = pickle.dumps((getattr(function, "args", ()), getattr(function, "keywords", {})))
    return {
        "function": f"{_name(function)}, arguments {hashlib.sha256(bound).hexdigest()[:16]}",
        "design": columns,
        "batch": list(batch),
        "batch_size": batch_size,
    }


def _name(function: Any) -> str:
    inner = getattr(function, "func", function)
    return f"{getattr(inner, '__module__', '')}.{getattr(inner, '__qualname__', type(inner).__qualname__)}"


def _bar(total: int, progress: bool) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, disable=not flag("progress", progress), desc="cells", leave=False)


def _done(blocks: list[_Block], outcomes: Mapping[int, _Outcome]) -> int:
    return sum(len(blocks[number].rows) for number, outcome in outcomes.items() if not outcome.error)


def _failures(blocks: list[_Block], failed: list[_Outcome], design: Design) -> str:
    """The message about cells that failed: how many, and the parameters of the first ten."""
    n = sum(len(blocks[outcome.number].rows) for outcome in failed)
    lines = [f"{n} of {design.n_cells} cells failed; the others are in the error's table:"]
    for outcome in sorted(failed)[:10]:
        parameters = ", ".join(f"{name}={value}" for name, value in blocks[outcome.number].parameters.items())
        lines.append(f"  {parameters}: {outcome.error}")
    return "\n".join([*lines, *(["  ..."] if len(failed) > 10 else [])])


def _shown(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
