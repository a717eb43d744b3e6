"""Movies of the cue shift and of a task
=====================================

Two GIFs, each from one call: the error moves to the cue, and a task is put off or done.
"""

from pathlib import Path
from tempfile import mkdtemp

import rpe

folder = Path(mkdtemp())
s = rpe.schedules.delay_conditioning(n_trials=200, cue_time=0.5, reward_time=1.5, duration=2.5, dt=0.1)
learned = rpe.td.learn(
    rpe.features.complete_serial_compound(s), s.reward, learning_rate=0.1, discount=0.98, trace_decay=0
)
shift = rpe.movies.cue_shift(
    learned.delta, s.dt, cue=0.5, events={"reward": 1.5}, trials=range(0, 120, 6), file=folder / "cue_shift.gif"
)

planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
history = rpe.simulate.run(
    planner, rpe.tasks.monolithic(n_units=10, deadline=30, reward=50.0), n_agents=1, n_trials=1, rng=0
)
task = rpe.movies.work(history, file=folder / "work.gif")
print(*sorted(path.name for path in folder.iterdir()), "are in", folder)
print(task.alt)
