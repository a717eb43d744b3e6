"""Two-step task
=============

Simulate people in the two-step task, see how they stay, and tell planning from habit by a fit.
"""

import numpy as np

import rpe

task = rpe.tasks.TwoStep.drifting(200, deviation=0.05, rng=0)
unit = rpe.fit.Parameter(0, 1, start=(0.1, 0.9))
model = rpe.fit.Model(
    rpe.agents.TwoStepLearner(first_temperature=5.0, second_temperature=4.0),
    task,
    {"model_weight": unit, "second_rate": unit, "stickiness": rpe.fit.Parameter(start=(0.0, 1.0))},
    name="hybrid",
)

# Half of twenty people plan, half do not.
truth = np.array([[0.9, 0.5, 0.2]] * 10 + [[0.1, 0.5, 0.2]] * 10)
data = rpe.fit.simulated(model, truth, rng=1)

found = rpe.fit.fit(model, data, n_starts=3, rng=2)
weight = found.estimates[:, 0]
print(f"weight of the model: planners {weight[:10].mean():.2f}, others {weight[10:].mean():.2f} (true .9 and .1)")
print(found.report() or "No fit warns.")

# Prediction errors of every choice, as regressors.
trials = found.trials()
print(trials.where(trials["subject"] == "0"))

rpe.plots.recovery(truth[:, 0], weight, parameter="weight of the model")
