"""From a raw file to a comparison
===============================

Read a file as it comes from a laboratory, with a test without feedback, compare learners, and get regressors.

Public data of this shape, which are not shipped here: the examples of hBayesDM (choices counted from 1, names such as
``subjID`` and ``outcome``, tabs: ``first_action=1``), of cpm (``columns={"subject": "ppt", "action": "response",
"reward": "feedback"}``), and of Gershman 2018 (``github.com/sjgershm/exploration``, reaction times in a column of
their own, which is kept in ``extra``). Logs of daily work, such as those of Zhang & Ma 2024, are read by
``rpe.records.read_work(..., unit=0.5)``, also where a cell holds the list of a person's days.
"""

import tempfile
from pathlib import Path

import numpy as np

import rpe

task = rpe.tasks.bandit([0.3, 0.7])
rate = rpe.fit.Parameter(0, 1, start=(0.1, 0.9))
beta = rpe.fit.Parameter(0, 30, start=(1.0, 6.0))
one = rpe.fit.Model(
    rpe.agents.QLearner(discount=0.0), task, {"learning_rate": rate, "inverse_temperature": beta}, name="one rate"
)
two = rpe.fit.Model(
    rpe.agents.TwoRateLearner(),
    task,
    {"positive_rate": rate, "negative_rate": rate, "inverse_temperature": beta},
    name="two rates",
)
shifts = rpe.fit.Model(rpe.agents.WinStayLoseShift(), task, {"lapse": rate}, name="win-stay, lose-shift")

# The last twenty of 200 choices bring no feedback, and some answers came too late.
made_up = rpe.fit.simulated(two, np.tile([[0.6, 0.2, 4.0]], (8, 1)), n_trials=200, rng=0)
rng = np.random.default_rng(1)
lines = ["subjID\tchoice\toutcome\tRT"]
for who in range(8):
    for trial in range(200):
        late = rng.random() < 0.02
        choice = "NA" if late else str(made_up.action[who, trial, 0] + 1)
        outcome = "NA" if late or trial >= 180 else f"{made_up.reward[who, trial, 0]:g}"
        lines.append(f"s{who}\t{choice}\t{outcome}\t{rng.gamma(4, 0.15):.3f}")
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "bandit.tsv"
    path.write_text("\n".join(lines), encoding="utf-8")
    data = rpe.records.read_choices(path, first_action=1, missing_reward="no feedback")
print(f"{data.n_choices.sum()} choices of {data.n_subjects} people, {data.missed.sum()} missed")

fits = rpe.fit.fit_all([one, two, shifts], data, n_starts=4, rng=2)
print(rpe.fit.compare(fits))
print(fits[1].report() or "No fit warns.")

# Prediction errors at the estimates, and a regressor for images taken every two seconds.
trials = fits[1].trials()
errors = trials.where(trials["subject"] == "s0")["prediction_error"]
regressor = rpe.fit.convolved(6.0 * np.arange(200), errors, frames=np.arange(0.0, 1200.0, 2.0))
print(f"a regressor of {len(regressor)} images, between {regressor.min():.2f} and {regressor.max():.2f}")

rpe.plots.bars([fit.model.name for fit in fits], [fit.bic.sum() for fit in fits], ylabel="BIC")
