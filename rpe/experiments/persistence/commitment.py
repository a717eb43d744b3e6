"""What commitment to a goal costs."""

from itertools import product
from typing import Any

import numpy as np

from rpe import simulate, tasks
from rpe.agents import GoalCommitment
from rpe.experiments.persistence.settings import NULL_GOALS, Settings
from rpe.experiments.specifications import note
from rpe.experiments.study import Study


def vary_commitment(
    study: Study[Settings], settings: Settings, task: tasks.ThreeSuits, rng: np.random.Generator
) -> None:
    """What commitment to a goal costs: the weight of rivals, and of progress, at every β and β₀ of the family."""
    names = ("rival_weight", "progress_weight", "leaving", "inverse_temperature")
    stay = sorted({0.0, *(-abs(level) for level in settings.leaving)}, reverse=True)
    cells = list(product(settings.rival_weights, settings.progress_weights, stay, settings.temperatures))
    columns: Any = {
        name: np.repeat(values, settings.n_agents) for name, values in zip(names, zip(*cells, strict=True), strict=True)
    }
    agent = GoalCommitment(goal_inverse_temperature=columns["inverse_temperature"], discount=0.95, **columns)
    history = simulate.run(agent, task, rng=rng.integers(2**63))
    assert history.trials is not None
    goals = (history.trials.reward[:, 0] / task.reward).reshape(len(cells), -1).mean(axis=1)
    earned = dict(zip(cells, goals.tolist(), strict=True))
    kept, rest = [], []
    for cell, number in earned.items():
        without = earned[(1.0, 0.0, 0.0, cell[-1])]
        found = {"goals earned": number, "lost by commitment": without - number}
        study.add(found, part="commitment", rule="prospective", **dict(zip(names, cell, strict=True)))
        if cell[:3] != (1.0, 0.0, 0.0):
            kept.append(cell)
            rest.append(without - number)
    columns = {name: np.array([cell[i] for cell in kept]) for i, name in enumerate(names)}
    note(study, "commitment costs goals", rest, columns, null=NULL_GOALS)
