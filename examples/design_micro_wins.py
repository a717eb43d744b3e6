"""Micro wins designed for a person
================================

Where to put sub-goals and how to pay them, on a fixed budget, for people who discount more or less steeply:
`rpe.design.split` gives the task, what it gains, and the answer in words, also where splitting is no use.
Beside it stand even wins on the same budget, which popular texts advise.
"""

import matplotlib.pyplot as plt
import numpy as np

import rpe

N_UNITS, BUDGET, N_WINS = 6, 30.0, 3
task = rpe.tasks.monolithic(n_units=N_UNITS, deadline=18, reward=BUDGET)
even = rpe.tasks.micro_wins(N_WINS, n_units=N_UNITS, deadline=18, reward=BUDGET)
rates = [0.02, 0.1, 0.3, 0.6]
chances = {"one goal": [], "even wins": [], "designed": []}
pays = np.zeros((len(rates), N_UNITS))
for row, k in enumerate(rates):
    person = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=k), inverse_temperature=1.0)
    found = rpe.design.split(task, person, n_goals=N_WINS)
    print(f"k = {k}: {found.text}")
    solved = (found.before, rpe.measures.exact(person, even), found.after)
    for name, each in zip(chances, solved, strict=True):
        chances[name].append(each.completion_probability[0])
    pays[row] = found.task.payout[1:]

# %%
# The gain is largest for those who discount steeply; where the answer is to leave it as one goal, the last unit
# has all the pay.
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
for style, (name, chance) in zip(("o-", "s--", "^:"), chances.items(), strict=True):
    left.plot(rates, chance, style, label=name)
left.set(xscale="log", xlabel="discount rate k (per step)", ylabel="probability that all is done", ylim=(-0.02, 1.02))
left.set_xticks(rates, [f"{k:g}" for k in rates])
left.minorticks_off()
left.set_title("Chance to finish")
left.legend(fontsize=8, loc="lower left")
units = np.arange(N_UNITS) + 1
for row, k in enumerate(rates):
    right.bar(units + 0.2 * (row - 1.5), pays[row], width=0.18, label=f"k = {k:g}")
right.set(xlabel="unit of work", ylabel="pay, reward units", title=f"Designed pay, {BUDGET:g} in all")
right.legend(fontsize=8)

# %%
# One design for all of them, as nobody knows a person's k exactly. The mean decides, and the words say who is
# served and who is not.
people = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=rates), inverse_temperature=1.0)
for_all = rpe.design.split(task, people, n_goals=N_WINS)
print(for_all.text)
print(for_all.after.completion_probability.round(2), for_all.classes)
