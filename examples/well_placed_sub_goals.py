"""Well and badly placed sub-goals
================================

Options that are learned on the way, in four rooms, with sub-goals in the doorways, in the corners of all rooms, and
behind the start: learning curves, and steps over those of Q-learning, with 95 % intervals over agents.
"""

import matplotlib.pyplot as plt
import numpy as np

import rpe

N_AGENTS, N_TRIALS = 100, 20
rates = {"learning_rate": 0.25, "discount": 0.95, "inverse_temperature": float("inf"), "exploration": 0.1}
maze = rpe.tasks.FourRooms(None)
cell = {tuple(place): state for state, place in enumerate(maze.cells.tolist())}
places = {
    "none (Q-learning)": [],
    "doorways": rpe.tasks.FourRooms("doorways").sub_goals,
    "corners": rpe.tasks.FourRooms("corners").sub_goals,
    "behind the start": [cell[1, 1], cell[1, 5], cell[5, 1]],
}
rng = np.random.default_rng(0)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
lengths = {}
for row, (name, sub_goals) in enumerate(places.items()):
    learner = rpe.agents.OptionsLearner(sub_goals=sub_goals, given=False, **rates)
    history = rpe.simulate.run(learner, maze, n_agents=N_AGENTS, n_trials=N_TRIALS, rng=row)
    length = lengths[name] = history.trials.length
    mean, error = length.mean(axis=0), 1.96 * length.std(axis=0, ddof=1) / np.sqrt(N_AGENTS)
    left.plot(np.arange(N_TRIALS) + 1, mean, color=f"C{row}", label=name)
    left.fill_between(np.arange(N_TRIALS) + 1, mean - error, mean + error, color=f"C{row}", alpha=0.2, linewidth=0)
    # Bootstrap over agents of the ratio of means, for the first trial and for all.
    for part, marker, shift in ((slice(1), "o", -0.12), (slice(None), "s", 0.12)):
        ours, flat = (lengths[key][:, part].sum(axis=1) for key in (name, "none (Q-learning)"))
        again = [ours[rng.integers(N_AGENTS, size=(2000, N_AGENTS))].mean(axis=1)]
        again.append(flat[rng.integers(N_AGENTS, size=(2000, N_AGENTS))].mean(axis=1))
        ratio, (low, high) = ours.mean() / flat.mean(), np.quantile(again[0] / again[1], [0.025, 0.975])
        said = "first trial" if part == slice(1) else f"{N_TRIALS} trials"
        if row:
            print(
                f"{name:18} {said:12} {ratio:.2f} times the steps of Q-learning, 95 % interval {low:.2f} to {high:.2f}"
            )
            right.errorbar(ratio, row + shift, xerr=[[ratio - low], [high - ratio]], fmt=marker, color=f"C{row}")
left.set(xlabel="trial", ylabel="steps to the goal", ylim=(0, None), title="Four rooms")
left.legend(title="sub-goals", fontsize=8)
right.axvline(1.0, color="0.5", linestyle="--")
right.set(
    xlabel="steps over those of Q-learning", title="○ first trial   □ all trials", ylim=(3.6, 0.4), xlim=(0, None)
)
right.set_yticks([1, 2, 3], list(places)[1:])
