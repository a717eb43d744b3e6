"""Movies of the cue shift, and of a task that is put off
======================================================

Three GIFs, each from one call: the error moves to the cue; one steep discounter puts a task off, and does the same task
soon when its pay is split into micro wins.
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
half = {}
for name, n_goals in (("one goal", 1), ("micro wins", 5)):
    task = rpe.tasks.micro_wins(n_goals)
    history = rpe.simulate.run(planner, task, n_agents=1, n_trials=1, rng=0, record="all")
    movie = rpe.movies.work(history, file=folder / f"{name.replace(' ', '_')}.gif")
    done = task.decode(history.full.state[0, 0])["units"]
    half[name] = int((done < task.n_units / 2).sum())
    print(f"{name}: half of the work is done after {half[name]} of {task.deadline} steps. {movie.alt}")
later = half["one goal"] > half["micro wins"]
print(f"With one goal the work is {'put off' if later else 'not put off'}. The movies are in {folder}")
