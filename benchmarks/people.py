"""Fits of people: a class of 160 students under four models of a semester, and how often intervals hold the truth.

The class is simulated at the size of the published one (160 students, 16 weeks), each from one of the
four models. A fit is good if its log likelihood is within .1 of the best that 20 starts find. The
time of the four fits together is CPU time of this process. Coverage is that of 95 % intervals by
profile likelihood, for Q-learning with a choice kernel and for a planner on a semester. Measured with
60 simulated subjects of 200 trials for Q-learning with a choice kernel: learning rate .950, inverse
temperature .867, weight .900 (standard error .03 to .04), so the last two may lie below 95 %.
"""

import argparse
import time

import numpy as np

import rpe
from rpe.fit import Model, Parameter

N_WEEKS = 16
NAMES = ("basic", "efficacy gap", "convex", "immediate")


def class_of(n_students: int, rng: np.random.Generator) -> rpe.records.WorkLog:
    """Work of simulated students, a quarter of them from each model."""
    models, units = rpe.fit.semester_models(), []
    for name in NAMES:
        model, n = models[name], n_students // len(NAMES)
        true = model.from_free(np.stack([p.draw_start(n, rng) for p in model.parameters.values()], axis=1))
        # Where pay comes a week after the last, the simulation has that week too.
        units.append(rpe.fit.simulated(model, true, data="work", rng=rng).units[:, : N_WEEKS + 1])
    whole = np.concatenate(units)
    return rpe.records.WorkLog(tuple(map(str, range(len(whole)))), whole)


def time_of_a_class(n_students: int, n_starts: int) -> None:
    """Print CPU time of four fits, and how far they are from the best of many starts."""
    data = class_of(n_students, np.random.default_rng(0))
    models = [rpe.fit.semester_models()[name] for name in NAMES]
    began = time.process_time()
    found = rpe.fit.fit_all(models, data, n_starts=n_starts, n_screen=10 * n_starts, rng=1)
    spent = time.process_time() - began
    print(f"{n_students} students, {len(models)} models, {n_starts} starts: {spent:.0f} s CPU")
    best = rpe.fit.fit_all(models, data, n_starts=4 * n_starts, n_screen=40 * n_starts, rng=2)
    for one, other in zip(found, best, strict=True):
        short = np.maximum(other.log_likelihood - one.log_likelihood, 0.0)
        print(f"{one.model.name}: {(short < 0.1).mean():.1%} within .1 of the best; sum short by {short.sum():.2f}")


def coverage(n_subjects: int) -> None:
    """Print how often 95 % profile intervals hold the truth."""
    rng = np.random.default_rng(3)
    learner = Model(
        rpe.mechanisms.ChoiceKernel(rpe.agents.QLearner(discount=0.0), weight=1.0),
        rpe.tasks.bandit([0.3, 0.7]),
        {
            "agent.learning_rate": Parameter(0, 1, start=(0.2, 0.6)),
            "agent.inverse_temperature": Parameter(0, 20, start=(2.0, 5.0)),
            "weight": Parameter(-5, 5, start=(0.5, 1.5)),
        },
        name="Q and choice kernel",
    )
    planner = rpe.fit.semester_models()["basic"]
    for model, data in ((learner, "choices"), (planner, "work")):
        true = model.from_free(np.stack([p.draw_start(n_subjects, rng) for p in model.parameters.values()], axis=1))
        if model.in_task:
            true[:, 1], true[:, 2] = np.tile([0.4, 0.8], n_subjects)[:n_subjects], 0.5
        kind = "work" if data == "work" else "choices"
        seen = rpe.fit.simulated(model, true, n_trials=200, data=kind, rng=rng)
        if isinstance(seen, rpe.records.WorkLog):
            seen = rpe.records.WorkLog(seen.subjects, seen.units[:, : N_WEEKS + 1])
        table = rpe.fit.fit(model, seen, n_starts=5, rng=0).intervals(n_points=8)
        low, high = (table[side].reshape(n_subjects, -1) for side in ("low", "high"))
        held = (low <= true) & (true <= high)
        shown = ", ".join(f"{name} {share:.3f}" for name, share in zip(model.names, held.mean(axis=0), strict=True))
        print(f"{model.name}: coverage {shown}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=160)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--subjects", type=int, default=200)
    given = parser.parse_args()
    coverage(given.subjects)
    time_of_a_class(given.students, given.starts)
