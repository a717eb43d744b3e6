"""Experiments: settings, a run, a tidy table, computed sentences, and figures.

================================  ==================================================================
what you want                     what to call
================================  ==================================================================
which experiments there are       `names()`, `describe(name)`, `catalogue()`
run one                           `run("inertia", rng=0)`, which returns a `Report`
its settings, and what they mean  `settings_table(name)`
a smaller or a finer version      `run(name, load(name).Settings.quick())`, or `.full()`
a number of what was found        `report.value("start latency", arm="one goal", …)`, `report.table`
files                             `write(report, "results")`; `rpe.table.read` reads the table again
an experiment of your own         an object like `Experiment`, passed to `run`; `Study` does its tables
================================  ==================================================================

An experiment is one module of this package, found by being there: a frozen dataclass `Settings`
(with the class methods `quick` and `full`), and the functions `run(settings, rng, *, progress, n_jobs)`,
`table(result)`, `sentences(result)` and `figures(result)`.
"""

from rpe.experiments.described import settings_table
from rpe.experiments.experiment import Experiment, catalogue, describe, load, names, override
from rpe.experiments.files import write
from rpe.experiments.run import Report, run
from rpe.experiments.study import Study

__all__ = [
    "Experiment",
    "Report",
    "Study",
    "catalogue",
    "describe",
    "load",
    "names",
    "override",
    "run",
    "settings_table",
    "write",
]


def __dir__() -> list[str]:
    return __all__
