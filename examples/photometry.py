"""Photometry
==========

Read recorded dopamine, fit four theories to every animal, and ask which theories the protocol can tell apart.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import rpe

# What the animals went through: a cue that is rewarded, probes without reward, and rewards without a cue.
kinds = {
    "cue, reward": rpe.schedules.Trial({"tone": (0.5, 1.5)}, {1.5: 1.0}, due=1.5),
    "cue alone": rpe.schedules.Trial({"tone": (0.5, 1.5)}, {}, due=1.5),
    "reward alone": rpe.schedules.Trial({}, {1.5: 1.0}, due=1.5),
}
order = (["cue, reward"] * 8 + ["cue alone"] * 2 + ["reward alone"] * 2) * 4 + ["cue alone"] * 12
schedule = rpe.schedules.sequence(kinds, order, dt=0.25, duration=2.5)

# Six theories, each with a learning rate of every animal's own; times of the record count from the tone.
rate = rpe.fit.Parameter(0, 1, start=(0.1, 0.5))
sensor = rpe.fit.Sensor(gain=2.0, offset=0.3, noise=0.8)
td = rpe.theories.TD(trace_decay=0.0, learning_rate=0.1)
candidates = {
    "Rescorla-Wagner": (rpe.theories.RescorlaWagner(), "learning_rate"),
    "Pearce-Hall": (rpe.theories.PearceHall(), "learning_rate"),
    "TD(0)": (td, "learning_rate"),
    "hyperbolic TD": (rpe.theories.HyperbolicTD(), "learning_rate"),
    "value code": (rpe.theories.ValueCode(td), "theory.learning_rate"),
    "salience": (rpe.theories.Salience(td), "theory.learning_rate"),
}
models = {
    name: rpe.fit.SignalModel(theory, schedule, {free: rate}, name=name, event=0.5, sensor=sensor)
    for name, (theory, free) in candidates.items()
}

# A file as a photometry rig writes it, here of three simulated mice; then from the file to a comparison.
truth = np.array([[0.15], [0.3], [0.45]])
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "photometry.csv"
    rpe.fit.simulated(models["TD(0)"], truth, data="signals", rng=1).table.to_csv(path)
    recorded = rpe.records.read_signals(path)
print(recorded)

fits = rpe.fit.fit_all(list(models.values()), recorded, n_starts=4, rng=0)
best = fits[2]
print(best)
print(rpe.fit.compare(fits))
for name in ("TD(0)", "Rescorla-Wagner"):
    held_out = rpe.fit.cross_validate(models[name], recorded, n_folds=4, n_starts=3, rng=0)
    print(f"log likelihood of trials left out, {name}: {held_out.round(1)}")

# Which theories could this protocol tell apart at this noise? TD and hyperbolic TD differ least.
recovery = rpe.fit.model_recovery(list(models.values()), n_subjects=10, data="signals", n_starts=2, rng=0)
print(recovery.report() or "this protocol tells all pairs apart")

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
expected, rewarded = rpe.fit.predicted_signals(best), schedule.of_kind("cue, reward")
for signal, style in ((recorded, "o"), (expected, "-")):
    left.plot(signal.times, signal.response[1, rewarded].mean(axis=0), style, label="data" if style == "o" else "TD(0)")
left.set(xlabel="time from the tone (s)", ylabel="dF/F, one mouse")
left.legend(frameon=False)
rpe.plots.confusion(recovery.confusion, labels=recovery.names, ax=right)
plt.show()
