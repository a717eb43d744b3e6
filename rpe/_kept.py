"""Finished cells of a run, kept until it is complete: the same run goes on from there if it was interrupted."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from rpe import __version__
from rpe._coding import decoded, encoded
from rpe._store import Kept, Store


class Series:
    """Cells of one call that works on several, by their numbers within it.

    Where cells are worked on here, not in another process, what they call in turn keeps its own cells.
    """

    def __init__(self, run: "_Run", place: tuple[int, ...]) -> None:
        self._run, self._place = run, place

    def done(self, n: int) -> list[Kept]:
        """Return what is kept of the first n cells."""
        found = ((number, self._run.cells.get(self._key(number))) for number in range(n))
        return [(number, *kept) for number, kept in found if kept is not None]

    def keep(self, outcomes: Iterable[Kept]) -> None:
        """Keep some cells."""
        rows = [(self._key(number), columns, error) for number, columns, error in outcomes]
        self._run.store.keep(rows)
        self._run.cells |= {key: (columns, error) for key, columns, error in rows}

    def results(self, n: int) -> dict[int, Any]:
        """Return the results that `keep_result` kept of the first n cells, by their numbers."""
        return {number: decoded(columns["result"][0]) for number, columns, _ in self.done(n)}

    def keep_result(self, number: int, result: Any) -> None:
        """Keep a result of any kind."""
        self.keep([(number, {"result": [encoded(result)]}, "")])

    def _key(self, number: int) -> int:
        return _hashed((*self._place, number))

    @contextmanager
    def within(self, number: int) -> Iterator[None]:
        """Let what is called meanwhile keep its cells as parts of this one."""
        before = self._run.place, self._run.n_series
        self._run.place, self._run.n_series = (*self._place, number), 0
        try:
            yield
        finally:
            self._run.place, self._run.n_series = before


class _Run:
    """A run that keeps its cells, and where it is."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.cells = {number: (columns, error) for part in store.done() for number, columns, error in part}
        # Looked at before the work begins, which may take long.
        for columns, _ in self.cells.values():
            decoded(columns.get("result"))
        self.place: tuple[int, ...] = ()
        self.n_series = 0


_NOW: ContextVar[_Run | None] = ContextVar("now", default=None)


def series() -> Series | None:
    """Return where the next call that works on cells keeps them; None outside a run that does."""
    run = _NOW.get()
    if run is None:
        return None
    run.n_series += 1
    return Series(run, (*run.place, run.n_series))


@contextmanager
def not_kept() -> Iterator[None]:
    """Keep nothing of what is called meanwhile, as a part of a cell whose place is not known."""
    token = _NOW.set(None)
    try:
        yield
    finally:
        _NOW.reset(token)


@contextmanager
def keeping(folder: Path, name: str, identity: Mapping[str, Any]) -> Iterator[None]:
    """Keep finished cells in a file of a folder, which goes once all is done.

    The file is that of the name, the identity, the version and the whole text of the library: another
    run has another one. One run at a time can use it.

    Raises
    ------
    ValueError
        If another run works on the same, or the file is damaged.
    OSError
        If the folder cannot be written to.
    KeyboardInterrupt, BrokenExecutor
        As they come from within, with what is kept where.
    """
    whole = {**identity, "version": __version__, "text": _text()}
    path = folder / f"{name}-{_digest(json.dumps(whole, sort_keys=True))}.cells"
    store = Store(path, whole, 0, chosen=True)
    try:
        run = _Run(store)
    except ValueError as error:
        store.close()
        raise ValueError(f"{path} must be whole; {error}; delete it to begin anew") from error
    token, complete = _NOW.set(run), False
    try:
        yield
        complete = True
    except (KeyboardInterrupt, BrokenExecutor) as error:
        if not run.cells:
            raise
        n = f"{len(run.cells)} finished {'part is' if len(run.cells) == 1 else 'parts are'} kept in {path}"
        why = f"{error}; " if str(error) else ""
        raise type(error)(f"{why}{n}; the same command goes on from there") from error
    finally:
        _NOW.reset(token)
        store.close(remove=complete or not run.cells)


@cache
def _text() -> str:
    """A digest of all that the library is written as."""
    root = Path(__file__).parent
    found = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        found.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _hashed(place: tuple[int, ...]) -> int:
    """A number for a place, of the 63 bits that SQLite has."""
    return int.from_bytes(hashlib.sha256(repr(place).encode()).digest()[:8], "big") >> 1
