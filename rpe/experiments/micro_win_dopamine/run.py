"""Runs the experiment: one cell a stream, then drugs and learners; and its table."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe import dopamine
from rpe._checks import Floats, Seed, generator
from rpe._parallel import Cell, Progress, evaluate
from rpe.experiments.micro_win_dopamine import drugs, family, learners
from rpe.experiments.micro_win_dopamine.family import Row
from rpe.experiments.micro_win_dopamine.settings import Settings
from rpe.experiments.micro_win_dopamine.streams import designs
from rpe.experiments.tidy import tidy
from rpe.table import Table

# What tells the settings of the family apart; ANCCR, which does not discount, has no such level.
FACTORS = ("theory", "learning_rate", "discount", "region", "synchrony", "scale")


@dataclass(frozen=True)
class Result:
    """What was found.

    Attributes
    ----------
    settings : Settings
    family : Table
        One row a stream, setting of the family, event and stage of practice.
    rows : list of dict
        Rows on κ, drugs and receptors, and on learners.
    metrics : rpe.dopamine.Summary
        The quantities of popular articles, for learners of several wins.
    signal : rpe.dopamine.Signal
        What these learners' dopamine does.
    """

    settings: Settings
    family: Table
    rows: list[Row]
    metrics: dopamine.Summary
    signal: dopamine.Signal

    def select(self, **where: Any) -> Table:
        """Return the rows of the family that have these factors; several of them in a tuple."""
        chosen = np.ones(self.family.n_rows, dtype=np.bool_)
        for name, level in where.items():
            chosen &= np.isin(self.family[name], level)
        return self.family.where(chosen)

    def values(self, quantity: str, **where: Any) -> Floats:
        """Return a quantity of the family, in the order of its settings."""
        return np.asarray(self.select(**where)[quantity], dtype=np.float64)

    def number(self, quantity: str, part: str, **where: Any) -> float:
        """Return a quantity of the only other row of a part that has these factors."""
        wanted = {"part": part, **where}
        (found,) = [row for row in self.rows if all(row.get(name) == level for name, level in wanted.items())]
        return float(found[quantity])


def run(settings: Settings, rng: Seed = None, *, progress: bool = False, n_jobs: int = 1) -> Result:
    """Tell all streams to all theories, and let learners work; the result does not depend on `n_jobs`."""
    for_drugs, for_learners, *own = generator(rng).spawn(2 + len(designs(settings)))
    cells = [Cell(i, family.solve, (settings, each, i)) for i, each in enumerate(own)]
    with Progress(len(cells) + 1, show=progress, label="micro_win_dopamine") as bar:
        found = evaluate(cells, n_jobs=n_jobs, done=bar.update)
        learned = learners.solve(settings, for_learners)
        bar.update()
    whole = tidy(line for i in range(len(cells)) for line in found[i])
    rows = [*drugs.solve(settings, for_drugs), *learned.rows]
    return Result(settings, whole, rows, learned.metrics, learned.signal)


def table(result: Result) -> Table:
    """Return the tidy table: first the metrics of the article, then the family, drugs and learners."""
    metrics = [
        {"part": "metrics", **{name: result.metrics[name][i].item() for name in result.metrics}}
        for i in range(result.metrics.n_rows)
    ]
    whole = result.family
    columns = {name: whole[name].tolist() for name in whole}
    lines = [
        {name: entry for name, entry in zip(columns, row, strict=True) if entry == entry and entry != ""}
        for row in zip(*columns.values(), strict=True)
    ]
    return tidy([*metrics, *lines, *result.rows])


def preview(result: Result) -> str:
    """Return what `rpe run` shows of the table: the quantities of popular articles, for these learners."""
    return (
        f"Learners of {result.settings.n_wins} micro wins (λ = {result.settings.trace_decay:g}), all "
        f"{result.settings.n_task_trials} trials:\n{result.metrics}"
    )
