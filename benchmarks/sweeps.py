"""Sweeps: what two processes gain, how fast many workers are fed, and memory and time of a million cells.

python benchmarks/sweeps.py                        # half a minute
python benchmarks/sweeps.py --million              # some minutes more
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import rpe


def busy(seed: int, rng: Any = None) -> dict[str, Any]:
    """Some 0.1 s of plain arithmetic."""
    total = seed
    for i in range(2_000_000):
        total = (total * 31 + i) % 1_000_003
    return {"total": total}


def sleeping(a: float, rng: Any) -> float:
    """A cell of a cluster whose work costs this machine nothing."""
    time.sleep(0.3)
    return a


def trivial(a: float, b: float, rng: Any) -> dict[str, Any]:
    """A cell that takes less than what is done around it."""
    return {"sum": a + b, "noise": rng.random()}


def elapsed(work: Any) -> float:
    """Wall time of a call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def gain(n_cells: int, rounds: int) -> float:
    """Return the speed-up by two processes over what two busy loops gain on this machine at that moment."""
    design, ratios = rpe.sweep.grid(seed=list(range(n_cells))), []
    half = n_cells // 2
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(busy, range(2)))  # the workers have started
        for _ in range(rounds):
            alone = elapsed(lambda: rpe.sweep.run(busy, design, rng=0))
            together = elapsed(lambda: rpe.sweep.run(busy, design, rng=0, executor=pool))
            loop = elapsed(lambda: [busy(i) for i in range(n_cells)])
            halves = elapsed(lambda: [f.result() for f in [pool.submit(_half, half), pool.submit(_half, half)]])
            ratios.append((alone / together) / (loop / halves))
            print(f"speed-up {alone / together:.2f}, of the machine {loop / halves:.2f}")
    return median(ratios)


def feeding(n_workers: int = 300) -> float:
    """Return the seconds that so many workers take for as many cells of 0.3 s."""
    design = rpe.sweep.grid(a=np.arange(float(n_workers)))
    with ThreadPoolExecutor(n_workers) as cluster:
        return elapsed(lambda: rpe.sweep.run(sleeping, design, rng=0, executor=cluster))


def driver(n_cells: int, file: str) -> None:
    """Do or resume a sweep, and print what it took."""
    numbers = np.arange(float(n_cells))
    design = rpe.sweep.Design({"a": numbers, "b": numbers[::-1] / 7})
    began = time.process_time()
    wall = elapsed(lambda: rpe.sweep.run(trivial, design, rng=0, file=file))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": wall, "cpu": time.process_time() - began, "peak": peak}))


def many(n_cells: int) -> list[dict[str, float]]:
    """Return what a sweep with a file takes in a process of its own, and what resuming it then does."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--driver", str(n_cells), str(Path(folder) / "cells.db")]
        return [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(2)]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--million", action="store_true", help="measure a million cells, too")
    parser.add_argument("--driver", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.driver:
        return driver(int(options.driver[0]), options.driver[1])
    print(f"300 workers, 300 cells of 0.3 s: {feeding():.2f} s (must 0.6)")
    small, big = many(10_000), many(1_000_000 if options.million else 100_000)
    n = "1,000,000" if options.million else "100,000"
    print(f"{n} cells: {big[0]['wall']:.0f} s wall, {big[0]['cpu']:.0f} s CPU")
    print(f"memory above that of 10,000: {max(each['peak'] for each in big) - small[0]['peak']:.0f} MB (must 200)")
    print(f"resumed when finished: {big[1]['wall']:.1f} s wall, {big[1]['cpu']:.1f} s CPU (must 5)")
    ratio = gain(options.cells, options.rounds)
    print(f"sweep, 2 processes / the machine's own speed-up: {ratio:.2f} (must 0.9)")
    return None


def _half(n: int) -> None:
    for i in range(n):
        busy(i)


if __name__ == "__main__":
    main()
