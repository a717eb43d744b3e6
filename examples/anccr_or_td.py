"""ANCCR or TD?
============

Does dopamine tell that reward is better than expected, or that an event deserves to have its causes learned? The two
accounts are run on the findings that are said to decide between them. Everything here is computed when the page is
built; no verdict is written by hand.
"""

import matplotlib.pyplot as plt
import numpy as np

import rpe

# %%
# Rewards without a cue
# ---------------------
# TD has nothing to predict them by, so that its error stays the same or falls; ANCCR learns that rewards are frequent,
# and that they are worth learning about.

random_rewards = rpe.scorecard.load("random_rewards")
s = random_rewards.schedules(np.random.default_rng(0))["main"]
theories = {
    "TD(0)": rpe.theories.TD(trace_decay=0.0),
    "average reward": rpe.theories.AverageRewardTD(),
    "ANCCR": rpe.theories.ANCCR(),
}
responses = {name: theory.learn(s).delta[0, :, 0] for name, theory in theories.items()}

with rpe.plots.style(width=5.0, height=2.8):
    ax = plt.subplots()[1]
    for name, response in responses.items():
        ax.plot(np.arange(1, len(response) + 1), response, label=name)
    ax.set(xlabel="reward number", ylabel="response to reward\n(reward units)", title="Rewards at random times")
    ax.legend()

# %%
# The findings that decide
# ------------------------
# Blocking and the graded omission dip are the home of TD, responses to random rewards are that of ANCCR. The rest is
# claimed by both.

rows = ("A02", "A05", "B01", "B03", "B05", "B11", "C01", "C08", "G01", "H07")
both = {name: theories[name] for name in ("TD(0)", "ANCCR")} | {
    "TD, microstimuli": rpe.theories.TD("microstimuli"),
    "successor": rpe.theories.SuccessorTD(),
}
card = rpe.scorecard.run(both, rows, n_seeds=1, rng=0)
figure = plt.figure(figsize=(6.4, 3.0), layout="constrained")
rpe.plots.scorecard_matrix(card.letters, rows=card.theories, columns=card.findings, ax=figure.subplots())
print(f"TD(0) and ANCCR differ on {card.distance('TD(0)', 'ANCCR'):.0%} of the findings that apply to both:")
for row in rows:
    verdicts = {name: card.scores[name, row].verdict for name in ("TD(0)", "ANCCR")}
    print(f"{row}  {card.titles[row]}: " + ", ".join(f"{name} {verdict}" for name, verdict in verdicts.items()))

# %%
# What the numbers of the criteria say where they differ
for row in rows:
    one, other = (card.scores[name, row] for name in ("TD(0)", "ANCCR"))
    if one.verdict != other.verdict:
        print(f"\n{row}  passes if {card.facts[row]['criterion']}")
        for name, score in (("TD(0)", one), ("ANCCR", other)):
            print(f"  {name}: " + ", ".join(f"{key} {value:.2f}" for key, value in score.numbers.items()))
