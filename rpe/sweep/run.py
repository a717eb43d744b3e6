"""Runs a function over a design on any executor, with one result whatever the executor or the order."""

import hashlib
import inspect
import os
import pickle
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, closing
from functools import partial
from typing import Any

from rpe import __version__
from rpe._checks import Seed, choice, count, flag, generator, seed_of
from rpe._parallel import Cell, Executor, Progress, as_finished, workers
from rpe.sweep.cells import Block, Outcome, blocks, evaluate, message
from rpe.sweep.design import Design
from rpe.sweep.results import failures, n_done, tabulated
from rpe.sweep.store import Store
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


def run(
    function: Callable[..., Any],
    design: Design,
    *,
    rng: Seed = None,
    batch: Sequence[str] = (),
    batch_size: int = 256,
    executor: Executor | None = None,
    n_jobs: int = 1,
    chunk_size: int = 1,
    file: str | os.PathLike[str] | None = None,
    errors: str = "raise",
    force: bool = False,
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
        there. One run at a time can use it.
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
    n_jobs, chunk_size = count("n_jobs", n_jobs), count("chunk_size", chunk_size)
    all_blocks = list(blocks(design, tuple(batch), count("batch_size", batch_size)))
    seed = _entropy(rng)
    with ExitStack() as stack:
        store = None
        if file is not None:
            identity = _identity(function, design, batch, batch_size)
            store = stack.enter_context(
                closing(Store(file, identity, seed, chosen=rng is not None, force=flag("force", force)))
            )
            seed = store.seed
        outcomes = {number: Outcome(number, *kept) for number, kept in (store.done() if store else {}).items()}
        about = {"function": _name(function), "seed": str(seed), "batch": list(batch), "batch_size": batch_size}
        todo = [block for block in all_blocks if block.number not in outcomes or outcomes[block.number].error]
        bar = stack.enter_context(Progress(design.n_cells, show=flag("progress", progress), label="cells"))
        bar.update(design.n_cells - sum(len(block.rows) for block in todo))
        if executor is None:
            executor = stack.enter_context(workers(n_jobs))
        chunks = [todo[first : first + chunk_size] for first in range(0, len(todo), chunk_size)]
        try:
            for done in stack.enter_context(closing(_outcomes(function, chunks, seed, executor))):
                outcomes.update((outcome.number, outcome) for outcome in done)
                if store is not None:
                    store.keep(done)
                bar.update(sum(len(all_blocks[outcome.number].rows) for outcome in done))
        except BrokenExecutor as error:
            raise _broken(error, design, all_blocks, outcomes, about, file) from error
    failed = [outcome for outcome in outcomes.values() if outcome.error]
    if failed and not keep:
        table = tabulated(design, all_blocks, outcomes, about, with_errors=True)
        raise SweepError(failures(all_blocks, failed, design), table)
    return tabulated(design, all_blocks, outcomes, about, with_errors=keep)


def _outcomes(
    function: Callable[..., Any], chunks: list[list[Block]], seed: int, executor: Executor | None
) -> Generator[list[Outcome], None, None]:
    """Yield the outcomes of each chunk as they come."""
    cells = (Cell(chunk, evaluate, (function, chunk, seed)) for chunk in chunks)
    with closing(as_finished(cells, executor)) as finished:
        for cell, result in finished:
            try:
                done = result()
            except BrokenExecutor:
                raise
            except Exception as error:  # the work could not be sent or fetched
                done = [Outcome(block.number, {}, message(error)) for block in cell.key]
            yield done


def _broken(
    error: BrokenExecutor,
    design: Design,
    all_blocks: list[Block],
    outcomes: Mapping[int, Outcome],
    about: dict[str, Any],
    file: str | os.PathLike[str] | None,
) -> SweepError:
    """What to raise when no more work can be done: what is done, and how to go on."""
    resume = f"; run it again with the same file ({file}) to go on" if file is not None else ""
    done = f"{n_done(all_blocks, outcomes)} of {design.n_cells} cells"
    table = tabulated(design, all_blocks, outcomes, about, with_errors=True)
    return SweepError(f"the executor broke ({error}) after {done}{resume}", table)


def _entropy(rng: Seed) -> int:
    """The number from which the streams of all blocks are made."""
    number = seed_of(rng)
    return int(generator(rng).integers(2**63)) if number is None else number


def _identity(function: Callable[..., Any], design: Design, batch: Sequence[str], batch_size: int) -> dict[str, Any]:
    columns = {name: design[name].tolist() for name in design}
    bound = pickle.dumps((function.args, function.keywords) if isinstance(function, partial) else ((), {}))
    return {
        "function": f"{_name(function)}, arguments {hashlib.sha256(bound).hexdigest()[:16]}",
        "design": columns,
        "batch": list(batch),
        "batch_size": batch_size,
        "version": __version__,
        "text of the function": _text(function),
    }


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
