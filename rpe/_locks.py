"""Locks between processes that end with the process that holds them, on every system that Python has."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Seconds between two looks at a lock that is held.
_PAUSE = 0.02


class NoLocks(OSError):
    """A file system does not lock files."""


class Lock:
    """A file that is locked until it is closed or the process ends.

    Parameters
    ----------
    path : path
        Made, and taken away again by `close`; its folder must exist.

    Raises
    ------
    BlockingIOError
        If it is held, by this process or another one.
    NoLocks
        If the file system does not lock files.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()
        opened = _number(path)
        self._link = sqlite3.connect(path, timeout=0.0, isolation_level=None)
        try:
            self._link.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._link.close()
            if "locked" in str(error):
                raise BlockingIOError(f"{path} is held") from error
            raise NoLocks(f"{path} cannot be locked ({error})") from error
        # Who held it may have taken the file away since it was opened here, and others may hold a new one.
        if _number(path) != opened:
            self._link.close()
            raise BlockingIOError(f"{path} was held")

    def close(self) -> None:
        """Give it back."""
        # Taken away while it is still locked, so that no third one can lock what a second one has opened.
        if os.name == "posix":
            self._path.unlink(missing_ok=True)
        self._link.close()


@contextmanager
def waiting(path: Path, seconds: float) -> Iterator[None]:
    """Hold a lock, for which others may be waited so long; where a file system has none, nobody is kept apart.

    Raises
    ------
    TimeoutError
        If it is still held.
    """
    until = time.monotonic() + seconds
    lock = None
    while lock is None:
        try:
            lock = Lock(path)
        except NoLocks:
            break
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise TimeoutError(f"another run has been writing there for {seconds:g} s ({path})") from error
            time.sleep(_PAUSE)
    try:
        yield
    finally:
        if lock is not None:
            lock.close()


def _number(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return -1
