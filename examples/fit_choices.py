"""Fit choices from a file
=======================

Fit a learner to choices read from a file, compare it with a rival, and see whether the fit can be trusted.
"""

import tempfile
from pathlib import Path

import numpy as np

import rpe

task = rpe.tasks.bandit([0.3, 0.7])
free = {
    "learning_rate": rpe.fit.Parameter(0, 1, start=(0.1, 0.9), prior=(0.0, 1.5)),
    "inverse_temperature": rpe.fit.Parameter(0, 30, start=(1.0, 6.0), prior=(-2.0, 1.0)),
}
learns = rpe.fit.Model(rpe.agents.QLearner(discount=0.0), task, free, name="learns")
sticks = rpe.fit.Model(
    rpe.agents.QLearner(discount=0.0, learning_rate=0.0), task, {"exploration": rpe.fit.Parameter(0, 1)}, name="guesses"
)

# A file as it comes from a laboratory: one row per choice.
made_up = rpe.fit.simulated(learns, [[0.2, 3.0], [0.5, 2.0], [0.3, 5.0]], n_trials=150, rng=0)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "choices.csv"
    lines = ["subject,trial,action,reward"]
    for name, actions, rewards in zip(("anna", "bert", "cleo"), made_up.action, made_up.reward, strict=True):
        lines += [f"{name},{t + 1},{a},{r}" for t, (a, r) in enumerate(zip(actions[:, 0], rewards[:, 0], strict=True))]
    path.write_text("\n".join(lines), encoding="utf-8")
    data = rpe.records.read_choices(path)

fits = [rpe.fit.fit(model, data, rng=0) for model in (learns, sticks)]
for subject, estimate, error in zip(data.subjects, fits[0].estimates, fits[0].standard_errors, strict=True):
    rate, beta = (f"{x:.2f} ± {e:.2f}" for x, e in zip(estimate, error, strict=True))
    print(f"{subject}: learning rate {rate}, inverse temperature {beta}")
print(fits[0].report() or "All fits came to rest, away from their bounds.")

table = rpe.fit.compare(fits)
for name, bic in zip(table["model"], table["bic"], strict=True):
    print(f"{name}: BIC {bic:.1f}")

recovered = rpe.fit.parameter_recovery(learns, n_subjects=40, n_trials=150, method="map", n_starts=3, rng=1)
print("With 150 trials, truth and estimate correlate by", np.round(recovered.correlation, 2))

rpe.plots.recovery(recovered.true[:, 0], recovered.fit.estimates[:, 0], parameter="learning rate")
