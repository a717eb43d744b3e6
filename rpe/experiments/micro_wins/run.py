"""Runs the main experiment: exact parts at once, learned parts and random tasks over processes."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rpe._parallel import Cell, Progress, evaluate
from rpe.experiments.micro_wins import learned, parts
from rpe.experiments.micro_wins.parts import Row
from rpe.experiments.micro_wins.settings import Settings

_COLUMNS = (
    "part",
    "arm",
    "condition",
    "discounting",
    "agent",
    "task",
    "parameter",
    "value",
    "cost_ratio",
    "trace_decay",
    "procrastination_index",
    "low",
    "high",
    "effect",
    "completion_probability",
    "completion_gain",
    "welfare",
    "start_latency",
    "gap",
    "shuffled_gap",
    "error",
)
_TEXT = ("part", "arm", "condition", "discounting", "agent", "parameter")
_TASKS_PER_CELL = 10


@dataclass(frozen=True)
class Result:
    """Everything the main experiment found.

    Attributes
    ----------
    settings : Settings
    rows : list of dict
        The lines of the table.
    core : parts.Core
        Exact results of arms × discounting × self-knowledge.
    learned : dict
        `learned.Learning` by (arm, discounting).
    momentum : dict
        `learned.Momentum` by (arm, start cost).
    errors : dict
        `learned.Errors` by success probability.
    students : parts.Class
        A simulated class for comparison with a real one.
    """

    settings: Settings
    rows: list[Row]
    core: parts.Core
    students: parts.Class
    learned: dict[Any, Any] = field(default_factory=dict)
    momentum: dict[Any, Any] = field(default_factory=dict)
    errors: dict[Any, Any] = field(default_factory=dict)

    def select(self, part: str, **conditions: Any) -> list[Row]:
        """The lines of one part that meet the conditions."""
        return [
            line
            for line in self.rows
            if line["part"] == part and all(line.get(name) == value for name, value in conditions.items())
        ]

    def column(self, name: str, part: str, **conditions: Any) -> Any:
        """One column of the chosen lines, as an array."""
        return np.array([line[name] for line in self.select(part, **conditions)])


def run(settings: Settings, rng: Any = None, *, progress: bool = False, n_jobs: int = 1) -> Result:
    """Run the experiment.

    Parameters
    ----------
    settings : Settings
        What to run.
    rng : int, numpy.random.Generator or None
        Seed; the result does not depend on `n_jobs`.
    progress : bool
        Whether to show a progress bar.
    n_jobs : int
        Processes to use, at least 1.

    Returns
    -------
    Result
    """
    generator = np.random.default_rng(rng)
    work = _cells(settings, generator)
    n_exact = 3 + settings.n_ratios + 6
    with Progress(n_exact + len(work), show=progress, label="micro_wins") as bar:
        finished = evaluate(work, n_jobs=n_jobs, done=bar.update)
        core = parts.core(settings, bar.update)
        rows = list(core.rows)
        for part in (parts.goal_sweep, parts.share_sweep, parts.tilt_sweep, parts.rate_sweep, parts.deadlines):
            rows += part(settings)
            bar.update()
        rows += parts.ratio_map(settings, bar.update)
        students = parts.students(settings, generator.spawn(1)[0])
        bar.update()
    groups: dict[str, dict[Any, Any]] = {"learned": {}, "momentum": {}, "errors": {}}
    for (group, key), result in finished.items():
        rows += result if isinstance(result, list) else result.rows
        if group in groups:
            groups[group][key if len(key) > 1 else key[0]] = result
    return Result(settings, _with_effects(rows), core, students, **groups)


def table(result: Result) -> dict[str, list[Any]]:
    """Return the tidy table: one line per condition, NaN or an empty text where something does not apply."""
    missing: dict[str, Any] = {name: "" if name in _TEXT else float("nan") for name in _COLUMNS}
    return {name: [line.get(name, missing[name]) for line in result.rows] for name in _COLUMNS}


def _cells(settings: Settings, generator: np.random.Generator) -> list[Cell]:
    """Learned conditions first, as they take longest, then batches of random tasks; each with its own stream."""
    listed = learned.cells(settings)
    batches = [
        range(first, min(first + _TASKS_PER_CELL, settings.n_tasks))
        for first in range(0, settings.n_tasks, _TASKS_PER_CELL)
    ]
    streams = generator.spawn(len(listed) + settings.n_tasks)
    work = [
        Cell((group, key), function, (*arguments, stream))
        for (group, key, function, arguments), stream in zip(listed, streams[: len(listed)], strict=True)
    ]
    own = streams[len(listed) :]
    work += [Cell(("tasks", (batch.start,)), judge, (settings, batch, [own[i] for i in batch])) for batch in batches]
    return work


def judge(settings: Settings, batch: range, streams: list[np.random.Generator]) -> list[Row]:
    """Judge a batch of random tasks."""
    return [line for i, rng in zip(batch, streams, strict=True) for line in parts.judge_task(settings, i, rng)]


def _with_effects(rows: list[Row]) -> list[Row]:
    """Give learned arms their effect against the learned single goal, and put the parts in order."""
    base = {
        line["discounting"]: line["procrastination_index"]
        for line in rows
        if line["part"] == "core" and line["agent"] == "learned" and line["arm"] == "one goal"
    }
    for line in rows:
        if line["part"] == "core" and line["agent"] == "learned":
            line["effect"] = base[line["discounting"]] - line["procrastination_index"]
    order = {part: i for i, part in enumerate(dict.fromkeys(line["part"] for line in rows))}
    return sorted(rows, key=lambda line: order[line["part"]])
