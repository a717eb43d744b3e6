"""A parameter sweep without a loop
================================

A parameter sweep without a loop: fifty discount rates on the agent axis, drawn as one figure.
"""

import tempfile
from pathlib import Path

import numpy as np

import rpe

rates = np.geomspace(0.005, 0.5, 50)
planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=rates))
index = [
    rpe.measures.exact(planner, task).procrastination_index
    for task in (rpe.tasks.monolithic(), rpe.tasks.micro_wins(n_goals=5))
]
with rpe.plots.style():
    ax = rpe.plots.parameter_sweep(
        rates, np.array(index), labels=["one goal", "micro wins"], parameter="discount rate k (per step)", log=True
    )
    path = Path(tempfile.mkdtemp()) / "sweep.png"
    ax.figure.savefig(path)
print(f"largest gain at k = {rates[np.argmax(index[0] - index[1])]:.3f}; figure in {path}")
