"""Sweeps: a function over a design of parameters, on any executor, with a file that keeps what is done."""

from rpe.sweep.design import Design, grid, latin_hypercube, sobol
from rpe.sweep.run import SweepError, run

__all__ = ["Design", "SweepError", "grid", "latin_hypercube", "run", "sobol"]
