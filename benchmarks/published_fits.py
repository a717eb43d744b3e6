"""Published fits of a class of 160 students: their 48 likelihoods, and refits of the same clusters.

The data are public (Zhang & Ma 2024, clustered by Chebolu & Dayan): `data/data_clustered.csv` of
https://github.com/SahitiC/procrastination_taxonomy, which is not shipped here. Each row is a student, with
hours of research participation per week as a list in one cell, half hours being units, and the
cluster (k-means on daily curves). First every model is evaluated at the published parameters of
each cluster; a likelihood holds if it is within .01. Then four models are fitted again, with one set
of parameters per cluster as published; a fit is good if its negative log likelihood is at most .1
above the published one.

    python benchmarks/published_fits.py data_clustered.csv
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

import rpe

REFITTED = ("basic", "efficacy gap", "convex", "immediate")

# Negative log likelihood, then parameters in the order of the model, of clusters 0 to 7 of the file:
# data/fit_params.npy of the repository named above, rounded; preprint psyarxiv jd4ar.
PUBLISHED = {
    "basic": (
        (619.054, 0.98496, 0.72837, 0.84809),
        (264.389, 0.99504, 0.69464, 1.12995),
        (369.215, 0.97533, 0.48322, 0.6842),
        (60.942, 0.95288, 0.71518, 1.9886),
        (496.573, 0.98694, 0.54219, 0.74003),
        (281.920, 0.0, 1.0, 0.14064),
        (425.278, 0.0, 1.0, 0.12311),
        (665.502, 0.0, 1.0, 0.11887),
    ),
    "efficacy gap": (
        (613.996, 0.97038, 0.46194, 0.81223, 0.58172),
        (263.020, 0.99333, 0.39272, 0.49918, 0.7987),
        (363.196, 0.94844, 0.272, 0.42212, 0.44607),
        (59.718, 0.95799, 0.80831, 0.79626, 2.33275),
        (490.675, 0.97689, 0.30019, 0.53216, 0.52171),
        (275.249, 0.35923, 0.24679, 0.44971, 0.09881),
        (423.427, 0.99161, 1.0, 1.0, 1.14996),
        (623.979, 0.99443, 1.0, 1.0, 1.20196),
    ),
    "convex": (
        (616.834, 0.98379, 0.46323, 0.56753, 0.96912),
        (264.054, 0.99503, 0.41931, 0.79008, 0.98853),
        (361.562, 0.97389, 0.2911, 0.5191, 0.88343),
        (61.432, 0.95344, 0.58745, 1.5355, 0.97551),
        (533.247, 0.0, 1.0, 0.15935, 0.88742),
        (274.560, 0.0, 1.0, 0.24308, 0.65529),
        (425.093, 0.0, 1.0, 0.11079, 1.06759),
        (619.278, 1.0, 0.9673, 1.1489, 1.03613),
    ),
    "immediate": (
        (655.634, 1.0, 0.99945, 1.08719, 1.05427),
        (267.689, 0.99853, 0.45565, 0.83171, 1.03517),
        (442.084, 0.28206, 0.13419, 0.72572, 1.8e-9),
        (99.135, 0.1352, 0.33196, 3.11122, 7.7e-9),
        (512.477, 0.99629, 0.29886, 0.39642, 1.13291),
        (296.819, 0.0, 0.15196, 0.61808, 8.7e-10),
        (421.967, 1.0, 0.91061, 1.00535, 1.05669),
        (619.278, 1.0, 0.96733, 1.14893, 1.03613),
    ),
    "discounting apart": (
        (607.811, 0.99993, 0.97421, 0.86048, 0.28461),
        (261.704, 0.99766, 0.99003, 0.46555, 0.31379),
        (365.947, 0.9976, 0.96219, 0.60829, 0.26775),
        (56.753, 0.96966, 0.93975, 0.88563, 0.86262),
        (493.336, 0.99865, 0.97797, 0.3831, 0.18745),
        (291.350, 0.96595, 0.2961, 0.35343, 0.08704),
        (421.640, 1.0, 0.98494, 1.0, 0.34209),
        (644.334, 0.99611, 0.98315, 0.28307, 0.12334),
    ),
    "waiting for interest": (
        (614.963, 0.99979, 0.57441, 0.76453, 0.64316),
        (260.306, 0.9985, 0.4758, 0.91789, 0.35322),
        (367.932, 0.99691, 0.38545, 0.88507, 2.01921),
        (65.010, 0.97873, 0.73504, 2.63175, 2.62206),
        (484.156, 0.99868, 0.55391, 0.87776, 0.56479),
        (301.828, 0.0, 0.16378, 0.05518, 29.38374),
        (429.042, 1.0, 0.61749, 0.8161, 0.41647),
        (642.270, 0.99588, 0.27068, 0.40852, 1.07832),
    ),
}


def class_and_clusters(path: str | Path) -> tuple[rpe.records.WorkLog, np.ndarray]:
    """Read the weeks' work of the class in units of half an hour, and the cluster (n_subjects,) of each student."""
    columns = {"subject": "SUB_INDEX_194", "done": "delta progress weeks"}
    log = rpe.records.read_work(path, columns=columns, unit=0.5)
    return log, np.asarray(log.extra["labels"]).astype(int)


def evaluated(log: rpe.records.WorkLog, cluster: np.ndarray) -> rpe.table.Table:
    """Negative log likelihood of each cluster at the published parameters of each model."""
    models = rpe.fit.semester_models()
    names, clusters, ours = [], [], []
    for name, rows in PUBLISHED.items():
        for k in np.unique(cluster):
            agent, task = models[name].at(np.array([rows[k][1:]]))
            names.append(name)
            clusters.append(int(k))
            ours.append(-float(rpe.fit.work_log_likelihood(agent, task, log.take(cluster == k)).sum()))
    published = [PUBLISHED[name][k][0] for name, k in zip(names, clusters, strict=True)]
    off = np.subtract(ours, published)
    return rpe.table.Table(
        {"model": names, "cluster": clusters, "published": published, "ours": ours, "difference": off}
    )


def to_refit() -> list[rpe.fit.Model]:
    """The four models, with starts over the whole range: some published estimates lie at γ = 0, η = 1 or c = 0."""
    wide = {"discounting.gamma": (0.0, 0.9999), "task.effort_exponent": (0.0, 2.0)}
    models = [rpe.fit.semester_models()[name] for name in REFITTED]
    return [
        replace(model, parameters={k: replace(p, start=wide.get(k, p.start)) for k, p in model.parameters.items()})
        for model in models
    ]


def refitted(log: rpe.records.WorkLog, cluster: np.ndarray, n_starts: int, rng: int = 0) -> rpe.table.Table:
    """Negative log likelihood of each cluster when four models are fitted again, one set of parameters per cluster."""
    groups = [str(k) for k in cluster]
    rows: list[tuple[str, int, float, float, float]] = []
    inside: list[rpe.fit.Fit] = []
    for model in to_refit():
        found = rpe.fit.fit(
            model,
            log,
            groups=groups,
            n_starts=n_starts,
            n_screen=60 * n_starts,
            max_iterations=30,
            rng=rng,
            # Pay when earned does not contain pay at the end.
            start_from=inside if model.name != "immediate" else (),
        )
        inside = inside or [found]
        for k, value in zip(found.subjects, found.log_likelihood, strict=True):
            published = PUBLISHED[model.name][int(k)][0]
            rows.append((model.name, int(k), published, -float(value), -float(value) - published))
    names = ("model", "cluster", "published", "ours", "difference")
    return rpe.table.Table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def shown(table: rpe.table.Table) -> None:
    """Print all rows of a table."""
    for row in zip(*(table[name] for name in table), strict=True):
        print(f"{row[0]:>20} {row[1]:>2} {row[2]:9.3f} {row[3]:9.3f} {row[4]:+9.4f}")


def main() -> None:
    """Print published likelihoods against ours, and refits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="data_clustered.csv, downloaded from the repository of the authors")
    parser.add_argument("--starts", type=int, default=12, help="of the refits; 0 leaves them out")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    log, cluster = class_and_clusters(given.data)
    print(f"{log.n_subjects} students in clusters of {np.bincount(cluster).tolist()}; model, cluster, published, ours")
    table = evaluated(log, cluster)
    shown(table)
    off = np.abs(np.asarray(table["difference"]))
    print(f"{(off <= 0.01).sum()} of {len(off)} within .01; largest difference {off.max():.4f}")
    if not given.starts:
        return
    began = time.process_time()
    table = refitted(log, cluster, given.starts, given.seed)
    spent = time.process_time() - began
    shown(table)
    off = np.asarray(table["difference"])
    print(
        f"{len(REFITTED)} models refitted to {log.n_subjects} students in {spent:.0f} s CPU (must 60): "
        f"{(off <= 0.1).sum()} of {len(off)} within .1 of the published fit, {(off < -0.1).sum()} better by more; "
        f"worst {off.max():+.3f}, best {off.min():+.3f}"
    )


if __name__ == "__main__":
    main()
