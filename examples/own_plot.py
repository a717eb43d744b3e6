"""A plot of your own
==================

A figure of your own in the style of the house: arrays in, Axes out, and words for those who cannot see it.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

import rpe


def effort_over_time(effort: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Draw the mean effort per step, of shape (n_agents, n_trials, n_steps), with its range over agents."""
    per_agent = np.asarray(effort).mean(axis=1)
    if ax is None:
        ax = plt.figure().subplots()
    steps = np.arange(per_agent.shape[1])
    ax.fill_between(steps, per_agent.min(axis=0), per_agent.max(axis=0), color=rpe.plots.PALETTE[5], alpha=0.3)
    ax.plot(steps, per_agent.mean(axis=0), color=rpe.plots.PALETTE[0], label="mean effort")
    ax.set(xlabel="time (steps)", ylabel="effort (reward units)")
    return ax


planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=[0.02, 0.08, 0.2]))
history = rpe.simulate.run(planner, rpe.tasks.micro_wins(n_goals=5), n_trials=20, rng=0, record="all")
with rpe.plots.style(width=4.0, height=2.6):
    ax = effort_over_time(history.full.effort)
print(rpe.plots.describe(ax))
