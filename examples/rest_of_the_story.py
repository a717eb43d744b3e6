"""The rest of the popular story
=============================

What popular texts say besides micro wins: adapting, to-do lists, celebrating, tasks that overwhelm, lasting joy,
rituals, and practice that rewires. Each sentence has an experiment over a family of settings with controls,
which can come out either way. Here they are run small; `rpe run NAME` runs them at their usual size.
"""

from dataclasses import replace

import matplotlib.pyplot as plt

import rpe

finer = {"spacing": {"days": (1, 4, 20), "breaks": (0, 7, 30, 60)}}
reports = {}
for name in ("adaptation", "to_do_list", "celebrating", "planning_depth", "happiness", "rituals", "spacing"):
    quick = replace(rpe.experiments.load(name).Settings.quick(), **finer.get(name, {}))
    reports[name] = rpe.experiments.run(name, quick, rng=0)
    print(f"{rpe.experiments.describe(name)}\n  {reports[name].sentences[0]}\n")

# %%
# Rituals: a habit that is bound to all its cues together does not move house; one whose cues add up keeps the share
# of those that stay. Spacing: as many trials, within one day or over several; what was learned in one day fades most.
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
rituals, spacing = reports["rituals"], reports["spacing"]
for style, binding in zip(("o", "s"), ("elements", "configuration"), strict=True):
    changes = ("new place", "new hours", "both")
    lost = [rituals.values("share lost", change=change, binding=binding).mean() for change in changes]
    left.plot(changes, lost, style, markersize=8, label=f"cues bound as {binding}")
left.axhline(0.5, color="0.5", linestyle=":")
left.set(
    ylabel="share of what pay left that is lost", title="A habit and its cues", xlim=(-0.5, 2.5), ylim=(None, 1.45)
)
left.legend(fontsize=8, loc="upper left")
settings = reports["spacing"].settings
for style, days in zip(("o-", "s--", "^:"), settings["days"], strict=True):
    gained = [
        spacing.values("gained", part="family", pathway="both", days=float(days), nights=float(nights)).mean()
        for nights in settings["breaks"]
    ]
    right.plot(settings["breaks"], gained, style, label="massed" if days == 1 else f"{days} days")
right.set(
    xlabel="nights without practice", ylabel="share of the optimum gained", title="As many trials", ylim=(0, None)
)
right.legend(fontsize=8)
