"""Draw the first figure of the README: the cue shift, one task in two forms, and for whom it matters."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import rpe

schedule = rpe.schedules.delay_conditioning(n_trials=200, cue_time=0.5, reward_time=1.5, duration=2.5, dt=0.1)
seen = rpe.features.complete_serial_compound(schedule)
delta = rpe.td.learn(seen, schedule.reward, learning_rate=0.1, discount=0.98, trace_decay=0.0).delta

planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
one_goal = rpe.measures.exact(planner, rpe.tasks.monolithic())
micro_wins = rpe.measures.exact(planner, rpe.tasks.micro_wins(n_goals=5))

k = np.geomspace(0.005, 0.5, 60)
people = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=k))
arms = {
    "one goal": rpe.tasks.monolithic(),
    "5 micro wins": rpe.tasks.micro_wins(n_goals=5),
    "20, each a\nfresh start": rpe.tasks.micro_wins(n_goals=20, overhead=2.0, disengagement=1.0),
}
index = [rpe.measures.exact(people, task).procrastination_index for task in arms.values()]

with rpe.plots.style(width=10.0, height=2.9):
    figure, (left, middle, right) = plt.subplots(1, 3, width_ratios=[1.05, 1, 1])
    rpe.plots.prediction_errors(delta, schedule.dt, cue=0.5, events={"reward": 1.5}, ax=left)
    left.set_title("The error moves to the cue", pad=16)
    curves = [one_goal.share_done[0], micro_wins.share_done[0]]
    rpe.plots.procrastination_curve(
        curves, labels=["one goal", "5 micro wins"], goals=[0.2, 0.4, 0.6, 0.8], reference=None, ax=middle
    )
    middle.set_title("Micro wins can beat delay", pad=16)
    rpe.plots.parameter_sweep(k, index, parameter="discount rate k (per step)", labels=list(arms), log=True, ax=right)
    right.set_title("For whom, and when they hurt", pad=16)
figure.savefig(Path(__file__).with_name("front.png"), dpi=160)
