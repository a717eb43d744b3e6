"""Sweeps: a function over a design of parameters, on any executor, with a file that keeps what is done.

=======================================  ==================================================
What you want                            What to call
=======================================  ==================================================
all combinations of some values          `grid(k=[0.01, 0.1], n_goals=[1, 2, 5])`
points spread over ranges                `latin_hypercube(n, k=(0.01, 0.5))`, `sobol(...)`
every combination several times          `design.repeated(n_replicates)`
a function at every combination          `run(function, design, rng=0)`, a `rpe.table.Table`
on several processes                     `run(..., n_jobs=4)`, or any `executor=`
that can be interrupted and go on        `run(..., file="sweep.db")`
=======================================  ==================================================
"""

from rpe.sweep.design import Design, grid, latin_hypercube, sobol
from rpe.sweep.run import SweepError, run

__all__ = ["Design", "SweepError", "grid", "latin_hypercube", "run", "sobol"]


def __dir__() -> list[str]:
    return __all__
