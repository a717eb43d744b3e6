"""A theory of your own
====================

A theory of your own: risk-sensitive TD(0), which learns faster from positive errors than from negative ones.

A theory needs the method ``learn``. What else it may have, and what for, is in ``rpe.theories.Theory``: here a
``name`` for tables and figures, the ``free_parameters`` that the scorecard counts, a ``discount`` by which findings
judge how large a cue response should be, and further published parameters.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

import rpe


@dataclass(frozen=True)
class RiskSensitiveTD:
    """Risk-sensitive TD(0): w ← w + α (1 ± κ) δ_t x_{t−1}, + for positive errors (Mihatsch & Neuneier 2002)."""

    learning_rate: float = 0.1
    kappa: float = 0.5
    discount: float = 0.999

    name: ClassVar[str] = "risk-sensitive TD(0)"
    free_parameters: ClassVar[tuple[str, ...]] = ("learning_rate", "kappa", "discount")

    def learn(self, schedule, rng=None):
        x = rpe.features.complete_serial_compound(schedule)
        weights, income = np.zeros(x.shape[2]), schedule.reward + schedule.pulse
        delta, value = np.zeros((2, 1, schedule.n_trials, schedule.n_steps))
        for trial, features in enumerate(x):
            now = features @ weights
            before = np.append(0.0, now[:-1])
            error = rpe.td.td_error(income[trial], before, now, self.discount)
            delta[0, trial], value[0, trial] = error, now
            rate = self.learning_rate * np.where(error > 0, 1 + self.kappa, 1 - self.kappa) * schedule.learning[trial]
            weights += features[:-1].T @ (rate * error)[1:]
        return rpe.theories.Learned(delta, value, {"weights": weights[None]})

    @classmethod
    def published(cls):
        return {"neutral": cls(kappa=0.0)}


theory = RiskSensitiveTD()
card = rpe.scorecard.run(
    [theory, rpe.theories.TD(trace_decay=0.0)],
    ["cue_shift", "omission_dip", "blocking", "overexpectation", "reward_history_regression"],
    n_seeds=2,
    rng=0,
    published=True,
)
print(card)

# Errors balance where p (1 + κ)(1 − V) = (1 − p)(1 − κ) V: a cue that is paid half of the time is worth 0.75.
schedule = rpe.schedules.delay_conditioning(n_trials=2000, probability=0.5, rng=1)
value = theory.learn(schedule).value[0, -1000:, schedule.step_of(1.5) - 1].mean()
print(f"value of a cue with reward probability 0.5: {value:.2f}")
rpe.scorecard.draw("omission_dip", theory)
