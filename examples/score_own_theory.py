"""Score your own theory
=====================

A theory of one's own on the scorecard: a class with one method.
"""

import matplotlib.pyplot as plt
import numpy as np

import rpe


class Surprise:
    """Dopamine as the size of the surprise, whatever its sign (it should fail wherever a dip is asked for)."""

    name = "surprise"

    def learn(self, schedule, rng=None):
        learned = rpe.theories.TD(trace_decay=0.0).learn(schedule, rng)
        return rpe.theories.Learned(np.abs(learned.delta), learned.value)


card = rpe.scorecard.run(
    theories=[rpe.theories.TD(trace_decay=0.0), rpe.theories.RescorlaWagner(), Surprise()],
    findings=["A01", "A02", "B01", "C05"],
    n_seeds=3,
    rng=0,
)
print(card)
for row in card.findings:
    print(f"{row}  {card.titles[row]}")

figure = plt.figure(figsize=(5, 3.5), layout="constrained")
rpe.plots.scorecard_matrix(card.letters, rows=card.theories, columns=card.findings, ax=figure.subplots())
