"""Draw the figure of the README: one task in two forms, when the work is done, and dopamine at each win."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

import rpe

BLUE, VERMILLION = rpe.plots.PALETTE[:2]
N_UNITS, N_GOALS, BUDGET = 20, 5, 100

planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
solved = [rpe.measures.exact(planner, rpe.tasks.micro_wins(n_goals)) for n_goals in (1, N_GOALS)]

learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.98, trace_decay=0.9, inverse_temperature=1.0)
history = rpe.simulate.run(learner, rpe.tasks.micro_wins(N_GOALS), n_agents=64, n_trials=300, rng=0, record="all")
signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)
shown = [signal.events.index(name) for name in ("cue", *(f"sub-goal {i}" for i in range(1, N_GOALS)), "goal")]
peaks = signal.mean("peak_nM")[shown][:, [0, -1]].T


def sketch(ax, height, n_goals, color, name):
    """Draw the units of the task, and what is paid where."""
    for unit in range(N_UNITS):
        ax.add_patch(Rectangle((unit, height), 0.86, 0.5, facecolor="white", edgecolor=color, linewidth=1))
    for goal in np.arange(1, n_goals + 1) * N_UNITS // n_goals:
        ax.add_patch(Rectangle((goal - 1, height), 0.86, 0.5, facecolor=color, edgecolor=color))
        ax.annotate(f"{BUDGET // n_goals}", (goal - 0.57, height + 0.55), ha="center", va="bottom", color=color)
    ax.text(0, height + 0.62, name, va="bottom", color=color, weight="bold")


with rpe.plots.style(width=7.1, height=2.5):
    figure = plt.figure(layout="constrained")
    parts = figure.subfigures(1, 3, width_ratios=[1.15, 1.2, 1.1])
    left, middle, right = (part.subplots() for part in parts)
    sketch(left, 1.75, 1, BLUE, "one goal")
    sketch(left, 0.35, N_GOALS, VERMILLION, "")
    left.text(0, 1.0 + 0.17, "micro wins, the same pay in parts", va="bottom", color=VERMILLION, weight="bold")
    left.text(
        0, 0.1, "20 units of work, 60 steps of time.\nA step of work costs 1, any other brings 2.", va="top", fontsize=7
    )
    left.set(xlim=(-0.3, 20.3), ylim=(-0.9, 2.9))
    left.axis("off")
    rpe.plots.heading(left, "The same pay, in one or in parts", letter="a")
    rpe.plots.procrastination_curve(
        solved, labels=["one goal", "micro wins"], colors=[BLUE, VERMILLION], reference=None, ax=middle
    )
    late, soon = (each.procrastination_index[0] for each in solved)
    word = "sooner" if soon < late else "later" if soon > late else "as late"
    rpe.plots.heading(middle, f"A steep discounter works {word} with micro wins", letter="b")
    rpe.plots.bars(
        ["cue", *map(str, range(1, N_GOALS)), "goal"],
        peaks,
        labels=["first time", "300th time"],
        colors=["#8C8C8C", VERMILLION],
        ylabel="peak dopamine (nM)",
        ax=right,
    )
    right.set_xlabel("event (wins by number)")
    first, last = np.nanmean(peaks[:, 1:], axis=1)
    base = np.nanmin(peaks)
    word = "no more" if last - base < 0.05 * (first - base) else "less" if last < first else "as before"
    rpe.plots.heading(right, f"Practised wins raise dopamine {word}", letter="c")
figure.savefig(Path(__file__).with_name("front.png"), dpi=250)
