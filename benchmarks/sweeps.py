"""What two processes gain on a sweep, over what two busy loops gain on this machine at that moment."""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from typing import Any

import rpe


def busy(seed: int, rng: Any = None) -> dict[str, Any]:
    """Some 0.1 s of plain arithmetic."""
    total = seed
    for i in range(2_000_000):
        total = (total * 31 + i) % 1_000_003
    return {"total": total}


def elapsed(work: Any) -> float:
    """Wall time of a call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Print the ratio of speed-ups."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    design, ratios = rpe.sweep.grid(seed=list(range(options.cells))), []
    half = options.cells // 2
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(busy, range(2)))  # the workers have started
        for _ in range(options.rounds):
            alone = elapsed(lambda: rpe.sweep.run(busy, design, rng=0))
            together = elapsed(lambda: rpe.sweep.run(busy, design, rng=0, executor=pool))
            loop = elapsed(lambda: [busy(i) for i in range(options.cells)])
            halves = elapsed(lambda: [f.result() for f in [pool.submit(_half, half), pool.submit(_half, half)]])
            ratios.append((alone / together) / (loop / halves))
            print(f"speed-up {alone / together:.2f}, of the machine {loop / halves:.2f}")
    print(f"sweep, 2 processes / the machine's own speed-up: {median(ratios):.2f} (must 0.9)")


def _half(n: int) -> None:
    for i in range(n):
        busy(i)


if __name__ == "__main__":
    main()
