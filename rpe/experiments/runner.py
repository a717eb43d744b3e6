"""Evaluates independent cells of work, in this process or in several, with the same result."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any, NamedTuple, Self

from rpe._checks import count


class Cell(NamedTuple):
    """A piece of work: its key, and the call that does it. The call must be picklable."""

    key: Any
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


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

    def update(self) -> None:
        """Move on by one."""
        self._bar.update()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def evaluate(cells: Iterable[Cell], *, n_jobs: int = 1, done: Callable[[], None] | None = None) -> dict[Any, Any]:
    """Return the result of every cell by its key, in the order given.

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

    Examples
    --------
    >>> evaluate([Cell("a", pow, (2, 3)), Cell("b", abs, (-1,))])
    {'a': 8, 'b': 1}
    """
    cells = list(cells)
    n_jobs = count("n_jobs", n_jobs)
    if n_jobs == 1:
        results = {}
        for cell in cells:
            results[cell.key] = cell.function(*cell.arguments)
            if done is not None:
                done()
        return results
    # Fresh interpreters: a forked copy of a process with threads may hang.
    with ProcessPoolExecutor(max_workers=n_jobs, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(cell.function, *cell.arguments): cell.key for cell in cells}
        try:
            for future in as_completed(futures):
                future.result()
                if done is not None:
                    done()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {key: future.result() for future, key in futures.items()}
