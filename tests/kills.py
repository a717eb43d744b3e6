"""Runs that are killed at random moments and begun again: for the tests and for the figures of the page."""

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter

# What `tempfile` adds to the name of a file that is being written.
SCRAP = re.compile(r"\..+\.\w{8}")

# What is killed, and how: the driver by Ctrl-C, by a service that ends, without a warning; a worker.
WAYS = ("SIGINT", "SIGTERM", "SIGKILL", "worker")

# A sweep of cells that take a while each, over two processes, whose table is written at the end.
SWEEP = """
import sys, time
from pathlib import Path

def cell(a, rng):
    time.sleep(0.05)
    return {"square": a * a, "noise": rng.normal()}

if __name__ == "__main__":
    from rpe import sweep
    from rpe._ending import interruptible

    folder = Path(sys.argv[1])
    with interruptible():
        table = sweep.run(cell, sweep.grid(a=list(range(40))), rng=7, file=folder / "cells.db", n_jobs=2)
        table.to_csv(folder / "sweep.csv")
    (folder / "cells.db").unlink()
"""
RPE = [sys.executable, "-m", "rpe"]
SMALL = ["--set", "n_subjects=2", "--set", "n_lengths=4", "--set", "longest=40", "--set", "n_starts=1"]
TWO = ["--theory", "Rescorla-Wagner", "--theory", "Pearce-Hall"]


def commands(scripts, jobs=2, n_seeds=6):
    """What is run, by name, each but for the folder that it writes to, which comes last."""
    out = ["--seed", "3", "--jobs", str(jobs), "--out"]
    script = scripts / "a_sweep.py"
    card = [*TWO, "--finding", "B01", "--finding", "E08", "--seeds", str(n_seeds)]
    script.write_text(SWEEP, encoding="utf-8")
    return {
        "sweep": [sys.executable, str(script)],
        "rpe run": [*RPE, "run", "recovery", *SMALL, *out],
        "rpe scorecard": [*RPE, "scorecard", *card, *out],
        "rpe claims": [*RPE, "claims", "--quick", "--claim", "B2", "--claim", "D17", *out],
    }


def children(pid):
    """The processes that a process has started and that do its work."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "spawn_main" in line]


def running(pid):
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state) and not state.startswith("Z")


def contents(folder):
    """What is in a folder, by name, but for what a kill leaves of a file that is being written."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if not SCRAP.fullmatch(path.name)}


def started(command, folder):
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [*command, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder.parent
    )


def whole(command, folder):
    """Run to the end, and return what is in the folder, and how many seconds it took."""
    began = time.monotonic()
    process = started(command, folder)
    _, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return contents(folder), time.monotonic() - began


def killed(command, folder, way, seconds):
    """Run, and kill after so many seconds; return "finished" where it was faster, else how it was ended."""
    process = started(command, folder)
    until = time.monotonic() + seconds
    workers = []
    # A worker is there a while after its driver.
    while process.poll() is None and (time.monotonic() < until or (way == "worker" and not workers)):
        workers = children(process.pid) if way == "worker" or time.monotonic() > until - 0.3 else []
        time.sleep(0.01)
    if process.poll() is not None:
        _, said = process.communicate()
        assert process.returncode == 0, said
        return "finished"
    workers = workers or children(process.pid)
    if way == "worker":
        with contextlib.suppress(ProcessLookupError):
            os.kill(workers[0], signal.SIGKILL)
    else:
        process.send_signal(getattr(signal, way))
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said or command[1] != "-m", said
    deadline = time.monotonic() + 2
    while any(map(running, workers)):
        assert time.monotonic() < deadline, f"{way}: workers live on"
        time.sleep(0.02)
    return "finished" if process.returncode == 0 else way


def killed_once(command, folder, made):
    """Run, and kill a moment after a file of that pattern is there."""
    process = started(command, folder)
    while process.poll() is None and not list(folder.glob(made)):
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.2))
    process.kill()
    process.communicate()


def survived(command, scratch, n, seed, ways=WAYS):
    """Kill a run so many times in each way, then let it end; return how it was ended, how often.

    Raises
    ------
    AssertionError
        If what it left is not, to the byte, what a run leaves that is let alone.
    """
    rng = random.Random(seed)
    expected, seconds = whole(command, scratch / "whole")
    found = Counter()
    for way in ways:
        latest = 0.9
        for _ in range(8 * n):
            if found[way] < n:
                ended = killed(command, scratch / "killed", way, rng.uniform(0.1, latest) * seconds)
                found[ended] += 1
                if ended == "finished":
                    _same(contents(scratch / "killed"), expected)
                    shutil.rmtree(scratch / "killed")
                    latest = max(0.2, 0.7 * latest)
    _same(whole(command, scratch / "killed")[0], expected)
    return found


def _same(left, expected):
    assert left == expected, sorted(name for name in {*left, *expected} if left.get(name) != expected.get(name))
