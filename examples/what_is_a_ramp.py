"""What is a ramp?
===============

Dopamine rises on the way to a goal. That may be an error (values are forgotten, or feedback sharpens them), or it may
be the value itself. A track with a jump and a run at double speed tells them apart, as both change the error and the
value in different ways. Everything here is computed when the page is built.
"""

import matplotlib.pyplot as plt
import numpy as np

import rpe
from rpe.schedules import Trial, sequence, travelled

N, STEP = 20, 0.2
theories = {
    "TD(0)": rpe.theories.TD(trace_decay=0.0),
    "value decay": rpe.theories.ValueDecayTD(),
    "feedback uncertainty": rpe.theories.FeedbackUncertaintyTD(),
    "value code": rpe.theories.ValueCode(),
}


def run(learning=True, **how):
    places = travelled(N, STEP, **how)
    return Trial(places={"track": places}, rewards={max(places): 1.0}, learning=learning)


# %%
# A run at the usual speed, one with a jump from place 7 to 13, and one at double speed, after a thousand runs
kinds = {"usual": run(), "jump": run(False, jumps={7: 13}), "fast": run(False, speed=2)}
s = sequence(kinds, ["usual"] * 1000 + ["jump", "fast"], dt=STEP, duration=(N + 2) * STEP, gap=15.0)

with rpe.plots.style(width=7.2, height=4.6):
    axes = plt.subplots(2, 2, sharex=True)[1].ravel()
    for ax, (name, theory) in zip(axes, theories.items(), strict=True):
        signal = theory.learn(s).delta[0, [999, 1000, 1001]]
        rpe.plots.peri_event(signal[:, 1:], STEP, labels=list(kinds), ax=ax)
        ax.set_title(name, pad=16)

# %%
# A fully learned code of places is flat at its usual speed, and a jump gives it one burst. Value decay and feedback
# keep an error at every step. A value code steps and stays.

card = rpe.scorecard.run(theories, ["D01", "D02", "D04", "A06"], n_seeds=2, rng=0)
figure = plt.figure(figsize=(4.6, 3.0), layout="constrained")
rpe.plots.scorecard_matrix(card.letters, rows=card.theories, columns=card.findings, ax=figure.subplots())
for row in card.findings:
    print(f"{row}  {card.titles[row]}")
    for name in card.theories:
        score = card.scores[name, row]
        print(f"  {name}: {score.verdict}; " + ", ".join(f"{key} {x:.2f}" for key, x in score.numbers.items()))

# %%
# How steep, how curved
# ---------------------
# The slope is that of the last half of the usual run, per s; the curvature is the second difference of thirds of it.
for name, theory in theories.items():
    ramp = theory.learn(s).delta[0, 999, 2:N]
    first, middle, last = (part.mean() for part in (ramp[:6], ramp[6:12], ramp[12:]))
    slope = np.polyfit(np.arange(9) * STEP, ramp[-9:], 1)[0]
    shown = "the value" if name == "value code" else "the error"
    print(f"{name} ({shown}): slope {slope:.3f} per s, curvature {first - 2 * middle + last:.3f}")
