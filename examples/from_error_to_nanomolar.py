"""From an error to nanomolar
==========================

From a cue to prediction errors, firing, release, receptors and what a sensor would show, in one figure.
"""

from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt

import rpe

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
d2 = rpe.dopamine.occupancy(concentration, schedule.dt, receptor="D2")

figure, axes = plt.subplots(4, 1, sharex=True, figsize=(6, 8), layout="constrained")
panels = {
    "Prediction error\n(reward units)": errors,
    "Firing rate (Hz)": rate,
    "Dopamine (nM)": concentration,
    "D2 occupancy": d2,
}
for ax, (label, signal) in zip(axes, panels.items(), strict=True):
    ax.plot(schedule.times, signal[0], "--", label="first trial")
    ax.plot(schedule.times, signal[1], label="last trial")
    ax.set_ylabel(label)
    for time, name in ((1.0, "cue"), (2.0, "reward")):
        ax.axvline(time, color="0.7", linewidth=0.8)
        if ax is axes[0]:
            ax.annotate(name, (time, 1.0), (2, 2), xycoords=("data", "axes fraction"), textcoords="offset points")
axes[0].legend(loc="center right")
axes[-1].set_xlabel("Time (s)")
path = Path(mkdtemp()) / "from_error_to_nanomolar.png"
figure.savefig(path)

for name, trial in (("first", 0), ("last", 1)):
    peak = concentration[trial].max()
    when = schedule.times[concentration[trial].argmax()]
    print(
        f"In the {name} trial dopamine peaks at {peak:.0f} nM ({rpe.dopamine.to_ng_per_ml(peak):.1f} ng/mL), "
        f"{when:.2f} s after the start; D2 occupancy stays between {d2[trial].min():.2f} and {d2[trial].max():.2f}."
    )
print(f"The figure is in {path}")
