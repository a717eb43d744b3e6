"""The end of a run: Ctrl-C, SIGTERM or the death of the driver stop the work and all its processes soon."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Seconds that an interrupted run may take to put things in order before it is ended.
GRACE = 1.5
_SIGNALS = ("SIGINT", "SIGTERM")


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Let Ctrl-C and SIGTERM raise KeyboardInterrupt, and end the process if that is not enough.

    Libraries that call back into Python may swallow the exception, and so may a piece of work that
    catches too much: the process then ends by itself after `GRACE` seconds, or at a second signal.
    In another thread than the main one, which gets no signals, this does nothing.

    Yields
    ------
    list of int
        The signal that came, if one did.
    """
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    over = threading.Event()

    def stop(number: int, frame: Any) -> None:
        if asked:
            _end(number)
        asked.append(number)
        threading.Thread(target=_end_unless, args=(over, number), daemon=True).start()
        raise KeyboardInterrupt

    before = {name: signal.signal(getattr(signal, name), stop) for name in _SIGNALS}
    try:
        yield asked
    finally:
        over.set()
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def end_children(others: set[Any]) -> None:
    """End the processes that this one has started, but for `others`."""
    from multiprocessing import active_children

    for child in set(active_children()) - others:
        child.kill()


def follow_parent() -> None:
    """Let this process end with the one that started it, and leave Ctrl-C to that one."""
    from multiprocessing import parent_process

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: Any) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


def _end_unless(over: threading.Event, number: int) -> None:
    if not over.wait(GRACE):
        _end(number)


def _end(number: int) -> None:
    """End this process and its children at once, whatever they are doing."""
    end_children(set())
    print("rpe: interrupted", file=sys.stderr, flush=True)
    os._exit(128 + number)
