"""Independent cells of work over processes, or any other executor, and the bar that shows how far they are."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import partial
from itertools import islice
from multiprocessing import active_children, get_context
from queue import SimpleQueue
from typing import Any, NamedTuple, Protocol, Self

from rpe._checks import count
from rpe._ending import end_children, follow_parent
from rpe._kept import series

# So many at a time: enough to keep a thousand workers busy, few enough to hold.
_AHEAD = 4096


class Cell(NamedTuple):
    """A piece of work: its key, and the call that does it, which must be picklable for other processes."""

    key: Any
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class Executor(Protocol):
    """What runs calls elsewhere: processes, threads, Dask, MPI; whatever has the `submit` of `concurrent.futures`."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Return a future with `result`, `cancel` and `add_done_callback`."""


class Progress:
    """A progress bar on standard error that can be switched off.

    Parameters
    ----------
    total : int
        How many updates there will be.
    show : bool
        Whether to draw it.
    label : str
        What stands before it.
    """

    def __init__(self, total: int, *, show: bool, label: str = "") -> None:
        from tqdm import tqdm

        self._bar = tqdm(total=total, disable=not show, desc=label, leave=False)

    def update(self, n: int = 1) -> None:
        """Move on by `n`."""
        self._bar.update(n)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def evaluate(cells: Iterable[Cell], *, n_jobs: int = 1, done: Callable[[], None] | None = None) -> dict[Any, Any]:
    """Return the result of every cell by its key, in the order given; the same for any number of processes.

    Within a run that keeps its cells (`rpe._kept.keeping`), those that are kept are not done again.

    Parameters
    ----------
    cells : iterable of Cell
        Work whose parts do not depend on each other.
    n_jobs : int
        Processes, at least 1; 1 works in this process.
    done : callable, optional
        Called after each cell.

    Returns
    -------
    dict

    Raises
    ------
    TypeError, ValueError
        If `n_jobs` is not a whole number of at least 1.
    Exception
        What a cell raised; cells that have not begun are dropped.

    Examples
    --------
    >>> evaluate([Cell("a", pow, (2, 3)), Cell("b", abs, (-1,))])
    {'a': 8, 'b': 1}
    """
    cells = list(cells)
    kept, numbers = series(), {cell.key: number for number, cell in enumerate(cells)}
    known = {} if kept is None else kept.results(len(cells))
    results = {cells[number].key: result for number, result in known.items()}
    left = [cell for cell in cells if cell.key not in results]
    if done is not None:
        for _ in results:
            done()
    with workers(n_jobs) as executor, closing(as_finished(left, executor)) as finished:
        for cell, result in finished:
            with nullcontext() if kept is None else kept.within(numbers[cell.key]):
                results[cell.key] = result()
            if kept is not None:
                kept.keep_result(numbers[cell.key], results[cell.key])
            if done is not None:
                done()
    return {cell.key: results[cell.key] for cell in cells}


def workers(n_jobs: int) -> AbstractContextManager[ProcessPoolExecutor | None]:
    """Return so many fresh processes, to be entered; None for 1, which stands for this process.

    They end with this process, however it ends. An interruption ends them at once; other errors
    let them finish what they have begun.

    Raises
    ------
    TypeError, ValueError
        If `n_jobs` is not a whole number of at least 1.
    """
    return nullcontext() if count("n_jobs", n_jobs) == 1 else _processes(n_jobs)


class _Processes(ProcessPoolExecutor):
    """Processes that an interruption ends, which then fails whatever waits for them."""


@contextmanager
def _processes(n_jobs: int) -> Iterator[ProcessPoolExecutor]:
    others = set(active_children())
    # Fresh interpreters: a forked copy of a process with threads may hang.
    with _Processes(n_jobs, mp_context=get_context("spawn"), initializer=follow_parent) as executor:
        try:
            yield executor
        except KeyboardInterrupt:
            end_children(others)
            raise


def as_finished(
    cells: Iterable[Cell], executor: Executor | None = None
) -> Generator[tuple[Cell, Callable[[], Any]], None, None]:
    """Yield every cell as soon as it is finished, with a call that returns its result or raises what it raised.

    Close the iterator, such as by `contextlib.closing`, to drop what has not begun.

    Parameters
    ----------
    cells : iterable of Cell
        Taken as they are needed. One that has no more for the moment is asked again after each result.
    executor : Executor, optional
        Where to work; without one here, each cell when its result is asked for.
    """
    if executor is None:
        for cell in cells:
            yield cell, partial(cell.function, *cell.arguments)
        return
    arrived: SimpleQueue[Future[Any]] = SimpleQueue()
    waiting = iter(cells)
    pending: dict[Any, Cell] = {}

    def submit(cell: Cell) -> None:
        future = executor.submit(cell.function, *cell.arguments)
        pending[future] = cell
        future.add_done_callback(arrived.put)

    try:
        while True:
            for cell in islice(waiting, _AHEAD - len(pending)):
                submit(cell)
            if not pending:
                break
            future = arrived.get()
            yield pending.pop(future), future.result
    except KeyboardInterrupt:
        if isinstance(executor, _Processes):
            # The pool would stumble over what is both cancelled and failed.
            pending.clear()
        raise
    finally:
        for future in pending:
            future.cancel()
