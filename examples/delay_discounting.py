"""Delay discounting
=================

Read choices between sooner and later amounts, fit two models of discounting, and see who is certain of what.
"""

import tempfile
from pathlib import Path

import numpy as np

import rpe

# What people are offered: 60 pairs of an amount now and a larger one later.
rng = np.random.default_rng(0)
later, days = rng.integers(40, 100, 60), rng.choice([3, 7, 14, 30, 60, 120, 240], 60)
now = np.round(later * rng.uniform(0.15, 0.95, 60))
asked = rpe.records.Offers.of(
    [[0] * 60], amount=np.stack([now, later], axis=-1), delay=np.stack([np.zeros(60), days], axis=-1)
)

beta = rpe.fit.Parameter(0, start=(0.05, 0.5))
hyperbolic = rpe.fit.Model(
    rpe.fit.HyperbolicDelay(),
    None,
    {"k": rpe.fit.Parameter(0, start=(0.003, 0.1)), "inverse_temperature": beta},
    name="hyperbolic",
)
exponential = rpe.fit.Model(
    rpe.fit.ExponentialDelay(),
    None,
    {"rate": rpe.fit.Parameter(0, start=(0.001, 0.05)), "inverse_temperature": beta},
    name="exponential",
)

# A file as a laboratory has it: other names, tabs, and choices counted from 1.
truth = np.array([[0.005, 0.15], [0.02, 0.15], [0.08, 0.15]])
answers = rpe.fit.simulated(hyperbolic, truth, data=asked, rng=1)
lines = ["subjID\tamount_sooner\tamount_later\tdelay_later\tchoice"]
for name, chosen in zip(("anna", "bert", "cleo"), answers.action, strict=True):
    lines += [f"{name}\t{a:g}\t{b}\t{d}\t{c + 1}" for a, b, d, c in zip(now, later, days, chosen, strict=True)]
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "delay.tsv"
    path.write_text("\n".join(lines), encoding="utf-8")
    data = rpe.records.read_offers(
        path, {"amount": ["amount_sooner", "amount_later"], "delay": [0, "delay_later"]}, first_action=1
    )

fits = rpe.fit.fit_all([hyperbolic, exponential], data, n_starts=4, rng=2)
print(rpe.fit.compare(fits))
print(fits[0].intervals())
print(fits[0].report() or "No fit warns.")

recovered = rpe.fit.parameter_recovery(hyperbolic, n_subjects=50, data=asked, n_starts=3, rng=3)
rpe.plots.recovery(np.log(recovered.true[:, 0]), np.log(recovered.fit.estimates[:, 0]), parameter="ln k")
