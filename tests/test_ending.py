"""Interruptions: a run and its processes end soon, whoever asks, and whatever the work does with the exception."""

import os
import signal
import subprocess
import sys
import time

import pytest

from rpe._ending import GRACE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals to other processes are those of POSIX")

# A driver with two workers that sleep for a minute, after each has said which process it is.
NAPS = """
import os, sys, time
from pathlib import Path

def nap(folder, i):
    Path(folder, str(os.getpid())).touch()
    time.sleep(60)

if __name__ == "__main__":
    from rpe._ending import interruptible
    from rpe._parallel import Cell, evaluate

    with interruptible():
        evaluate([Cell(i, nap, (sys.argv[1], i)) for i in range(4)], n_jobs=2)
"""

# Work that swallows every exception, as a callback from compiled code may.
DEAF = """
import time
from pathlib import Path
from rpe._ending import interruptible

with interruptible():
    Path("begun").touch()
    while True:
        try:
            time.sleep(60)
        except BaseException:
            Path("swallowed").touch()
"""


def started(code, folder):
    """A process that runs the code in a folder."""
    script = folder / "driver.py"
    script.write_text(code, encoding="utf-8")
    command = [sys.executable, str(script), str(folder)]
    return subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)


def until(condition, seconds=20):
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)


def is_running(pid):
    """Whether a process lives; one that has ended and was not yet asked for counts as ended."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state) and not state.startswith("Z")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_driver(number, tmp_path):
    driver = started(NAPS, tmp_path)
    until(lambda: sum(path.name.isdigit() for path in tmp_path.iterdir()) == 2)
    workers = [int(path.name) for path in tmp_path.iterdir() if path.name.isdigit()]
    assert all(map(is_running, workers))
    driver.send_signal(number)
    driver.communicate(timeout=30)
    until(lambda: not any(map(is_running, workers)), seconds=2)
    assert driver.returncode != 0


def test_what_swallows_an_interruption_is_ended_all_the_same(tmp_path):
    driver = started(DEAF, tmp_path)
    until(lambda: (tmp_path / "begun").exists())
    began = time.monotonic()
    driver.send_signal(signal.SIGINT)
    _, said = driver.communicate(timeout=30)
    assert time.monotonic() - began > GRACE / 2
    assert (tmp_path / "swallowed").exists()
    assert driver.returncode == 130
    assert said.endswith("rpe: interrupted\n")


def test_a_second_interruption_ends_at_once(tmp_path):
    driver = started(
        DEAF.replace(
            "from rpe._ending import interruptible",
            "import rpe._ending as ending; ending.GRACE = 60; interruptible = ending.interruptible",
        ),
        tmp_path,
    )
    until(lambda: (tmp_path / "begun").exists())
    driver.send_signal(signal.SIGTERM)
    until(lambda: (tmp_path / "swallowed").exists())
    driver.send_signal(signal.SIGTERM)
    driver.communicate(timeout=10)
    assert driver.returncode == 143


def test_in_another_thread_nothing_is_changed():
    import threading

    from rpe._ending import interruptible

    before, inside = signal.getsignal(signal.SIGINT), []

    def work():
        with interruptible():
            inside.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert inside == [before]


def test_handlers_are_put_back():
    from rpe._ending import interruptible

    before = signal.getsignal(signal.SIGTERM)
    with interruptible():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
