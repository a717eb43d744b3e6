"""Functions that sweeps evaluate; in a module, so that other processes find them."""

import os
import signal
import time
from pathlib import Path

import numpy as np


def noisy_sum(a, b, rng):
    return {"sum": a + b, "noise": rng.normal(), "label": f"{a:g}"}


def batched(k, effort, rng):
    assert k.ndim == 1
    return {"product": k * effort, "noise": rng.normal(size=len(k)), "n": len(k)}


def fails_at_three(a, rng):
    if a == 3:
        raise ArithmeticError("three is not allowed")
    return {"square": a * a}


def dies_once(a, marker, rng):
    """Kill the worker the first time that a is 2."""
    if a == 2 and not Path(marker).exists():
        Path(marker).write_text("died", encoding="utf-8")
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGKILL)
    return {"square": a * a, "noise": rng.normal()}


def interrupted(a, marker, rng):
    """Interrupt the sweep the first time that a is 2."""
    if a == 2 and not Path(marker).exists():
        Path(marker).write_text("interrupted", encoding="utf-8")
        raise KeyboardInterrupt
    return {"square": a * a, "noise": rng.normal()}


def values_with_gaps(a, rng):
    return {"gap": np.nan if a == 1 else 1 / 3, "huge": np.inf, "yes": bool(a), "whole": int(a)}
