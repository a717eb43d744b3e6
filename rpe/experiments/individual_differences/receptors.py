"""Learners that differ in the density of receptors at choice."""

import numpy as np

from rpe import mechanisms, simulate, tasks
from rpe.agents import QLearner
from rpe.experiments import titles
from rpe.experiments.individual_differences.settings import Settings
from rpe.experiments.study import Labels, Study


def choose_by_receptors(study: Study[Settings], settings: Settings, rng: np.random.Generator) -> None:
    """What learners choose by density of D1 and D2 receptors: an effortful large reward against a small free one."""
    task = _barrier()
    densities = np.array([0.7, 0.85, 1.0, 1.15, 1.3])
    curves = {}
    bands: dict[str, list[float]] = {}
    for kind in ("d1", "d2"):
        for density in densities:
            agent = mechanisms.Opponency(
                QLearner(learning_rate=0.2, discount=0.0, inverse_temperature=1.0), **{f"{kind}_density": density}
            )
            history = simulate.run(
                agent, task, n_agents=settings.n_learners, n_trials=settings.n_trials, rng=rng.integers(2**63)
            )
            assert history.trials is not None
            # The large reward is 4, the small one 2.
            each = history.trials.reward[:, -settings.n_trials // 4 :].mean(axis=1)
            late = each.mean()
            bands.setdefault(f"{kind.upper()} receptors", []).append(each.std() / 2 / np.sqrt(each.size))
            chosen = {"share effortful": (late - 2) / 2}
            study.add(chosen, part="receptors", receptor=kind.upper(), density=float(density))
        curves[f"{kind.upper()} receptors"] = study.values("share effortful", receptor=kind.upper())
    labels: Labels = {"xlabel": "density relative to normal", "ylabel": "share of effortful choices (± SE)"}
    spread = {name: np.array([curves[name] - error, curves[name] + error]) for name, error in bands.items()}
    title = titles.trend("effortful choice", "the density of D1 receptors", name="D1 receptors")
    labels["band"] = spread
    study.draw(title, densities, curves, **labels)


def _barrier() -> tasks.TableTask:
    """A choice between four pellets behind a barrier (effort 2) and two that are free."""
    tables = tasks.Tables(
        next_state=np.zeros((1, 1, 2), dtype=np.int64),
        outcome_probability=np.ones((1, 1, 1)),
        reward=np.array([[[4.0, 2.0]]]),
        effort=np.array([[[2.0, 0.0]]]),
        terminated=np.ones((1, 1, 1), dtype=bool),
        available=np.ones((1, 2), dtype=bool),
    )
    return tasks.TableTask(tables, n_steps=1)
