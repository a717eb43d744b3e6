"""Runs the main experiment: the family, random tasks and learners over a sweep, the worked example at once."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rpe._checks import generator
from rpe._parallel import workers
from rpe.experiments.micro_wins import example, family, learned, random_tasks
from rpe.experiments.micro_wins.arms import Row
from rpe.experiments.micro_wins.settings import Settings
from rpe.table import Table

_TEXT = ("part", "arm", "shape", "matching", "self_knowledge", "pay", "class", "factor", "sub_deadlines")


@dataclass(frozen=True)
class Result:
    """Everything the main experiment found.

    Attributes
    ----------
    settings : Settings
    family : Table
        One row a specification and arm, as `family.solve` returns it.
    tasks : Table
        One row a random task, discount rate, shape and arm.
    sensitivity : dict
        Total-order Sobol indices of the effect on the index, by arm, in the order of `family.FACTORS`.
    example : example.Example
        The worked example.
    rows : list of dict
        The example's, the learners' and the indices' lines of the table.
    """

    settings: Settings
    family: Table
    tasks: Table
    sensitivity: dict[str, Any]
    example: example.Example
    rows: list[Row]

    def select(self, part: str, **conditions: Any) -> list[Row]:
        """The lines of one part that meet the conditions."""
        return [
            line
            for line in self.rows
            if line["part"] == part and all(line.get(name) == value for name, value in conditions.items())
        ]

    def column(self, name: str, part: str, **conditions: Any) -> Any:
        """One column of the chosen lines, as an array."""
        return np.array([line.get(name, np.nan) for line in self.select(part, **conditions)])


def run(
    settings: Settings,
    rng: Any = None,
    *,
    progress: bool = False,
    n_jobs: int = 1,
    executor: Any = None,
    folder: Any = None,
) -> Result:
    """Run the experiment.

    Parameters
    ----------
    settings : Settings
        What to run.
    rng : int, numpy.random.Generator or None
        Seed; the result does not depend on where the work is done.
    progress : bool
        Whether to show progress bars.
    n_jobs : int
        Processes to use if there is no executor, at least 1.
    executor : concurrent.futures.Executor, optional
        As in `rpe.sweep.run`.
    folder : path, optional
        An existing folder in which the three sweeps keep what is done, and go on from there.

    Returns
    -------
    Result
    """
    streams = generator(rng).spawn(5)
    with ExitStack() as stack:
        if executor is None:
            # The same processes for all three sweeps.
            executor = stack.enter_context(workers(n_jobs))
        options = {"executor": executor, "progress": progress}

        def kept(name: str) -> Any:
            return None if folder is None else Path(folder) / f"micro_wins_{name}.sqlite"

        lines = learned.solve(settings, rng=streams[0], file=kept("learned"), **options)
        tasks = random_tasks.solve(settings, rng=streams[1], file=kept("tasks"), **options)
        whole = family.solve(settings, rng=streams[2], file=kept("family"), **options)
    shown = example.solve(settings, streams[3])
    indices = {
        arm: family.total_order(family.grid(settings, whole, arm), rng=streams[4].spawn(1)[0]) for arm in family.SPLIT
    }
    told = [
        {"part": "sensitivity", "arm": arm, "factor": name, "total_order": float(value)}
        for arm, values in indices.items()
        for name, value in zip(family.FACTORS, values, strict=True)
    ]
    return Result(settings, whole, tasks, indices, shown, [*shown.rows, *lines, *told])


def table(result: Result) -> Table:
    """Return the tidy table: one row a condition, NaN or an empty text where something does not apply."""
    parts = [_of_rows(result.rows), _labelled("family", result.family), _labelled("random task", result.tasks)]
    names = list(dict.fromkeys(name for part in parts for name in part))
    columns = {}
    for name in names:
        empty: Any = "" if name in _TEXT else np.nan
        columns[name] = np.concatenate(
            [np.asarray(part[name]) if name in part else np.full(_length(part), empty) for part in parts]
        )
    return Table(columns)


def _of_rows(rows: list[Row]) -> dict[str, Any]:
    names = dict.fromkeys(name for line in rows for name in line)
    return {
        name: [line.get(name, "") if name in _TEXT else float(line.get(name, np.nan)) for line in rows]
        for name in names
    }


def _labelled(part: str, found: Table) -> dict[str, Any]:
    return {"part": [part] * found.n_rows, **found}


def _length(part: dict[str, Any]) -> int:
    return len(part["part"])
