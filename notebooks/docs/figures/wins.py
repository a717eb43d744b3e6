"""Draw the second figure of the README: what a micro win does to dopamine at first, and once it is practised."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import rpe

learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.98, trace_decay=0.9, inverse_temperature=1.0)
task = rpe.tasks.micro_wins(n_goals=5)
history = rpe.simulate.run(learner, task, n_agents=64, n_trials=300, rng=0, record="all")
signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)

experiment = rpe.experiments.load("micro_win_dopamine")
table = experiment.table(experiment.run(experiment.Settings.quick(), rng=0))
theories = ("TD(0)", "TD(λ)", "value decay", "ANCCR")
certain = {"event": "win", "sizes": "equal", "probability": 1.0, "control": "none", "n_wins": 5}
rise = [
    [
        np.median(rpe.experiments.tidy.values(table, "rise_nM", **certain, theory=theory, practice=practice))
        for theory in theories
    ]
    for practice in ("first", "practised")
]

peak = signal.mean("peak_nM")
cue, goal = (signal.events.index(name) for name in ("cue", "goal"))
keep = [name for name, first, last in zip(theories, *rise, strict=True) if last > 0.5 * first]
words = {
    "chain": "A win raises dopamine while it is new"
    if peak[goal, -1] < peak[goal, 0]
    else "A win goes on raising dopamine",
    "repetitions": f"Practice {'moves' if peak[cue, -1] > peak[goal, -1] else 'does not move'} it to the cue",
    "theories": f"A practised win keeps its rise under {', '.join(keep) or 'no theory'}",
}
with rpe.plots.style(width=7.1, height=4.6):
    figure = plt.figure(layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=[1.35, 1])
    top = rpe.plots.signal_chain(signal, trials=[0, 9, 299], ax=left.subplots())
    rpe.plots.heading(top, words["chain"], letter="a")
    upper, lower = right.subplots(2, 1)
    rpe.plots.win_by_win(signal, ax=upper)
    rpe.plots.heading(upper, words["repetitions"], letter="b")
    labels = ["first", "practised"]
    fills = rpe.plots.colours_of(labels)
    rpe.plots.bars(theories, rise, labels=labels, ylabel="rise at a certain\nwin (nM)", colors=fills, ax=lower)
    rpe.plots.heading(lower, words["theories"], letter="c")
figure.savefig(Path(__file__).with_name("wins.png"), dpi=220)
