"""One sweep on any executor
=========================

One sweep, the same five lines on a laptop, on a Dask cluster or under MPI; it can be interrupted.
"""

import tempfile
from pathlib import Path

import numpy as np

import rpe


def procrastination(k, n_goals, rng):
    """Procrastination of an exact planner; k comes as an array, the agent axis."""
    task = rpe.tasks.micro_wins(n_goals=n_goals, n_units=10, deadline=30, reward=50.0)
    exact = rpe.measures.exact(rpe.agents.Planner(rpe.discounting.Hyperbolic(k=k)), task)
    return {"index": exact.procrastination_index, "welfare": exact.welfare}


if __name__ == "__main__":
    design = rpe.sweep.grid(k=np.geomspace(0.01, 0.5, 12), n_goals=[1, 2, 5, 10])
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "sweep.db"
        # executor=Client(...).get_executor(pure=False) on Dask, executor=MPIPoolExecutor() under MPI.
        table = rpe.sweep.run(procrastination, design, batch=["k"], rng=0, n_jobs=2, file=kept)
        again = rpe.sweep.run(procrastination, design, batch=["k"], file=kept)  # nothing is left to do
        print(table)
        print("read back equal:", rpe.table.read(table.to_csv(Path(folder) / "sweep.csv")) == table)
    for n_goals in (1, 2, 5, 10):
        chosen = table.where(table["n_goals"] == n_goals)
        print(f"{n_goals:>2} goals: index {chosen['index'].min():.2f} to {chosen['index'].max():.2f}")
    print("resumed equals fresh:", again == table)
