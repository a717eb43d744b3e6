"""From an error to nanomolar
==========================

From a cue to prediction errors, firing, release and receptors; then the same chain for people who work
through a task: every step that is ticked off, the first time and the three hundredth.
"""

from pathlib import Path
from tempfile import mkdtemp

import numpy as np

import rpe

folder = Path(mkdtemp())

# A cue predicts a reward, one second later.
schedule = rpe.schedules.delay_conditioning(n_trials=300, cue_time=1.0, reward_time=2.0, duration=4.0, dt=0.05, rng=0)
learned = rpe.td.learn(
    rpe.features.complete_serial_compound(schedule),
    schedule.reward,
    learning_rate=0.1,
    discount=0.98,
    trace_decay=0.9,
)
errors = learned.delta[0, [0, -1]]  # the first and the last trial
rate = rpe.dopamine.firing_rate(errors)
concentration = rpe.dopamine.release(rate, schedule.dt)
bound = {name: rpe.dopamine.occupancy(concentration, schedule.dt, receptor=name) for name in ("D1", "D2")}
ax = rpe.plots.trace_chain(
    errors, rate, concentration, bound, schedule.dt, cue=1.0, reward=2.0, labels=["first trial", "last trial"]
)
ax.figure.savefig(folder / "cue_and_reward.png")
for name, trial in (("first", 0), ("last", 1)):
    peak = concentration[trial].max()
    when = schedule.times[concentration[trial].argmax()]
    print(
        f"In the {name} trial dopamine peaks at {peak:.0f} nM ({rpe.dopamine.to_ng_per_ml(peak):.1f} ng/mL), "
        f"{when:.2f} s after the start."
    )

# Five micro wins on the way to a goal, a minute a step.
learner = rpe.agents.QLearner(learning_rate=0.2, discount=0.98, trace_decay=0.9, inverse_temperature=1.0)
task = rpe.tasks.micro_wins(n_goals=5)
history = rpe.simulate.run(learner, task, n_agents=64, n_trials=300, rng=0, record="all")
signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)
rpe.plots.signal_chain(signal, trials=[0, 20, 299]).figure.savefig(folder / "micro_wins.png")
rpe.plots.win_by_win(signal).figure.savefig(folder / "win_by_win.png")
print(rpe.dopamine.summary(signal))
tonic = signal.tonic[0, 0]
for event, peaks in zip(signal.events, signal.mean("peak_nM"), strict=True):
    if not np.isnan(peaks).any():
        first, last = round(peaks[0] - tonic), round(peaks[-1] - tonic)
        print(f"{event}: {first:+d} nM the first time, {last:+d} nM the 300th")
print(f"The figures are in {folder}")
