"""Fits of people: a class of 160 students under four models, coverage of intervals, theories told apart by recordings.

The class is simulated at the size of the published one (160 students, 16 weeks), each from one of the
four models and fitted with parameters of his or her own. A fit is good if its log likelihood is within
.1 of the best that many starts find. The time of the four fits together is CPU time of this process.
Coverage is that of 95 % intervals by profile likelihood, with and without Bartlett's correction, for
Q-learning with a choice kernel and for a planner on a semester. Theories of dopamine are recovered from
recordings with as much noise as signal, 20 animals of 200 trials.
"""

import argparse
import time
from dataclasses import replace

import numpy as np

import rpe
from rpe.fit import Model, Parameter

NAMES = ("basic", "efficacy gap", "convex", "immediate")


def class_of(n_students: int, rng: np.random.Generator) -> rpe.records.WorkLog:
    """Work of simulated students, a quarter of them from each model."""
    models, units = rpe.fit.semester_models(), []
    for name in NAMES:
        model, n = models[name], n_students // len(NAMES)
        true = model.from_free(np.stack([p.draw_start(n, rng) for p in model.parameters.values()], axis=1))
        units.append(rpe.fit.simulated(model, true, data="work", rng=rng).units)
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
    basic = rpe.fit.semester_models()["basic"]
    free = {"discounting.gamma": (0.9, 0.99), "task.efficacy": (0.4, 0.8), "task.effort": (0.3, 1.0)}
    planner = replace(basic, parameters={k: replace(basic.parameters[k], start=range_) for k, range_ in free.items()})
    for model, kind in ((learner, "choices"), (planner, "work")):
        true = model.from_free(np.stack([p.draw_start(n_subjects, rng) for p in model.parameters.values()], axis=1))
        seen = rpe.fit.simulated(model, true, n_trials=200, data=kind, rng=rng)
        found = rpe.fit.fit(model, seen, n_starts=3, n_screen=30 if kind == "work" else 0, rng=0)
        for n_simulated in (0, 200):
            began = time.process_time()
            table = found.intervals(n_simulated=n_simulated)
            low, high, factor = (table[name].reshape(n_subjects, -1) for name in ("low", "high", "correction"))
            held = ((low <= true) & (true <= high)).mean(axis=0)
            parts = zip(model.names, held, factor[0], strict=True)
            shown = ", ".join(f"{name} {share:.3f} (c = {c:.2f})" for name, share, c in parts)
            print(f"{model.name}: coverage {shown}; {time.process_time() - began:.0f} s CPU", flush=True)


def theories_told_apart(n_subjects: int) -> None:
    """Print the confusion of six theories at a ratio of signal to noise of 1, and which pairs protocols confuse."""
    kinds = {
        "A+": rpe.schedules.Trial({"A": (0.5, 1.5)}, {1.5: 1.0}, due=1.5),
        "A-": rpe.schedules.Trial({"A": (0.5, 1.5)}, {}, due=1.5),
        "+": rpe.schedules.Trial({}, {1.5: 1.0}, due=1.5),
    }
    orders = {
        "cue and reward": ["A+"] * 200,
        "with omissions": (["A+"] * 8 + ["A-"] * 2) * 20,
        "omissions, uncued rewards, extinction": (["A+"] * 8 + ["A-"] * 2 + ["+"] * 2) * 12 + ["A-"] * 56,
    }
    protocols = {name: rpe.schedules.sequence(kinds, order, dt=0.25, duration=2.5) for name, order in orders.items()}
    rich, rate = protocols["omissions, uncued rewards, extinction"], Parameter(0, 1, start=(0.1, 0.5))
    td = rpe.theories.TD(trace_decay=0.0, learning_rate=0.1)
    plain = (rpe.theories.RescorlaWagner(), rpe.theories.PearceHall(), td, rpe.theories.HyperbolicTD())
    around = (rpe.theories.ValueCode(td), rpe.theories.Salience(td))
    models = [rpe.fit.SignalModel(theory, rich, {"learning_rate": rate}) for theory in plain]
    models += [rpe.fit.SignalModel(theory, rich, {"theory.learning_rate": rate}) for theory in around]
    # As much noise as signal, for each theory.
    levels = [float(model.predicted(rich, np.array([[0.3]])).std()) for model in models]
    models = [replace(m, sensor=rpe.fit.Sensor(noise=level)) for m, level in zip(models, levels, strict=True)]
    found = rpe.fit.protocol_recovery(models, protocols, n_subjects=n_subjects, data="signals", n_starts=1, rng=0)
    print(found)
    for name, one in found.recoveries.items():
        print(name, one.names, one.confusion.round(2).tolist(), sep="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=160)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--subjects", type=int, default=200, help="of the coverage; 0 leaves it out")
    parser.add_argument("--animals", type=int, default=20)
    given = parser.parse_args()
    if given.subjects:
        coverage(given.subjects)
    if given.animals:
        theories_told_apart(given.animals)
    if given.students:
        time_of_a_class(given.students, given.starts)
