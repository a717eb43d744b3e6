"""Runs a function over a design on any executor, with one result whatever the executor or the order."""

import hashlib
import inspect
import json
import os
import pickle
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, closing
from functools import partial
from typing import Any

import numpy as np

from rpe import __version__
from rpe._checks import Seed, choice, count, flag, generator, hinting, path, seed_of, sequence, shown
from rpe._kept import series
from rpe._parallel import Cell, Executor, Progress, as_finished, workers
from rpe._store import Store, digest
from rpe.sweep.cells import Chunk, Chunks, Outcome, Plan, evaluate, evaluate_into, message
from rpe.sweep.design import Design
from rpe.sweep.results import Results
from rpe.table import Table


class SweepError(RuntimeError):
    """Some cells of a sweep failed, or the executor broke; the others are in `table`.

    Attributes
    ----------
    table : Table
        All cells with a column `error`: what went wrong, or empty text; NaN where a failed cell
        has no result.

    Examples
    --------
    >>> import rpe
    >>> def inverse(x, rng):
    ...     return {"y": 1 / x}
    >>> try:
    ...     rpe.sweep.run(inverse, rpe.sweep.grid(x=[0, 2]))
    ... except rpe.sweep.SweepError as error:
    ...     print(error.table["y"].tolist())
    [nan, 0.5]
    """

    def __init__(self, message: str, table: Table) -> None:
        super().__init__(message)
        self.table = table


@hinting
def run(
    function: Callable[..., Any],
    design: Design,
    *,
    rng: Seed = None,
    batch: Sequence[str] = (),
    batch_size: int = 256,
    executor: Executor | None = None,
    n_jobs: int = 1,
    chunk_size: int | None = None,
    file: str | os.PathLike[str] | None = None,
    errors: str = "raise",
    force: bool = False,
    progress: bool = False,
) -> Table:
    """Evaluate a function at every combination of a design.

    The table is the same, bit for bit, whatever the executor, the number of workers, the chunk size
    or the order in which the cells were done, and whether or not the sweep was interrupted.

    A million cells are no objects: design and results are columns, of 8 and 9 bytes a number, and
    cells are sent as columns, too. What fits as a design therefore fits as a table, and with `file`
    every result is on disk as soon as it is there; `run(...).to_parquet("cells.parquet")` writes
    them for others. Some thousand calls are under way at once, enough for a thousand workers.

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
    chunk_size : int, optional
        Calls that are sent to a worker together. Without it as many as take about 0.2 s, by what the
        latest took; a worker sends back what it has after 0.5 s.
    file : path, optional
        Where to keep cells as soon as they are sent back (SQLite). If it exists, the sweep goes on
        from there. One run at a time can use it.
    errors : {"raise", "keep"}
        Whether to raise at the end if cells failed, or to return the table with a column `error`.
    force : bool
        Whether to go on with a file that another version of the library, or another text of the
        function, has begun.
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
        another sweep, another function or version, that is damaged, or that another run uses.

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
    flag("force", force)
    batch = sequence("batch", batch)
    file = None if file is None else path("file", file)
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise TypeError(f"executor must have the method 'submit'; got {shown(executor)}")
    n_jobs, size = count("n_jobs", n_jobs), None if chunk_size is None else count("chunk_size", chunk_size)
    plan = Plan(design, tuple(batch), count("batch_size", batch_size))
    seed, results = _entropy(rng), Results(design, plan)
    with ExitStack() as stack:
        store = None
        if file is not None:
            identity = _identity(function, design, batch, batch_size)
            store = stack.enter_context(closing(Store(file, identity, seed, chosen=rng is not None, force=force)))
            seed = store.seed
        # Within a run that keeps its cells, so does a sweep without a file of its own.
        cells = None if store else series()
        for known in store.done() if store else [cells.done(plan.n_blocks)] if cells else []:
            results.take(known, file)
        about = {"function": _name(function), "seed": str(seed), "batch": list(batch), "batch_size": batch_size}
        todo = np.flatnonzero(~results.done)
        bar = stack.enter_context(Progress(design.n_cells, show=flag("progress", progress), label="cells"))
        bar.update(results.n_done)
        if executor is None:
            executor = stack.enter_context(workers(n_jobs))
        chunks = Chunks(plan, todo, size)
        here = executor is None
        found = _outcomes_here(function, chunks, seed) if here else _outcomes(function, chunks, seed, executor)
        try:
            for done in stack.enter_context(closing(found)):
                results.take(done)
                if (file_or_run := store or cells) is not None:
                    file_or_run.keep(done)
                bar.update(int(plan.sizes(np.array([outcome.number for outcome in done])).sum()))
        except BrokenExecutor as error:
            resume = f"; run it again with the same file ({file}) to go on" if file is not None else ""
            said = f"the executor broke ({error}) after {results.n_done} of {design.n_cells} cells{resume}"
            raise SweepError(said, results.table(about, with_errors=True)) from error
    if results.errors and not keep:
        raise SweepError(results.failures(), results.table(about, with_errors=True))
    return results.table(about, with_errors=keep)


def _outcomes(
    function: Callable[..., Any], chunks: Chunks, seed: int, executor: Executor | None
) -> Generator[list[Outcome], None, None]:
    """Yield outcomes as they come, those of a chunk together."""

    def sent(chunk: Chunk) -> Cell:
        return Cell(chunk, evaluate, (function, chunk, seed, chunks.limit))

    # Not a generator, which would be over once `chunks` has nothing for the moment.
    with closing(as_finished(map(sent, chunks), executor)) as finished:
        for cell, result in finished:
            try:
                done, seconds = result()
            except BrokenExecutor:
                raise
            except Exception as error:  # the work could not be sent or fetched
                if len(cell.key.numbers) > 1:
                    chunks.singly(cell.key)
                    continue
                done, seconds = [Outcome(int(cell.key.numbers[0]), {}, message(error))], np.inf
            chunks.back(cell.key, len(done), seconds)
            yield done


def _outcomes_here(function: Callable[..., Any], chunks: Chunks, seed: int) -> Generator[list[Outcome], None, None]:
    """Yield outcomes of what is worked on in this process, also those before an interruption."""
    for chunk in chunks:
        done: list[Outcome] = []
        try:
            seconds = evaluate_into(done, function, chunk, seed, chunks.limit)
        except BaseException:
            if done:
                yield done
            raise
        chunks.back(chunk, len(done), seconds)
        yield done


def _entropy(rng: Seed) -> int:
    """The number from which the streams of all blocks are made."""
    number = seed_of(rng)
    return int(generator(rng).integers(2**63)) if number is None else number


def _identity(function: Callable[..., Any], design: Design, batch: Sequence[str], batch_size: int) -> dict[str, Any]:
    bound = pickle.dumps((function.args, function.keywords) if isinstance(function, partial) else ((), {}))
    return {
        "function": f"{_name(function)}, arguments {hashlib.sha256(bound).hexdigest()[:16]}",
        "design": digest(_written(design)),
        "batch": list(batch),
        "batch_size": batch_size,
        "version": __version__,
        "text of the function": _text(function),
    }


def _written(design: Design) -> Iterator[str]:
    """Parts of the design as JSON, a column at a time."""
    for number, name in enumerate(design):
        yield f"{', ' if number else '{'}{json.dumps(name)}: {json.dumps(design[name].tolist())}"
    yield "}"


def _text(function: Callable[..., Any]) -> str:
    """A digest of what the function was written as, or compiled to where its text is not to be had."""
    inner: Any = function.func if isinstance(function, partial) else function
    inner = inner if isinstance(inner, type) or hasattr(inner, "__qualname__") else type(inner)
    try:
        text = inspect.getsource(inner).encode()
    except (OSError, TypeError):
        text = getattr(getattr(inner, "__code__", None), "co_code", b"")
    return hashlib.sha256(text).hexdigest()[:16]


def _name(function: Callable[..., Any]) -> str:
    inner = function.func if isinstance(function, partial) else function
    # An object with __call__ goes by its class.
    named = inner if isinstance(inner, type) or hasattr(inner, "__qualname__") else type(inner)
    return f"{named.__module__}.{named.__qualname__}"
