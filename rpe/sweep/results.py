"""The table of a sweep from what became of its blocks, and the message about those that failed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rpe.sweep.cells import Block, Outcome
from rpe.sweep.design import Design
from rpe.table import Table


def tabulated(
    design: Design, blocks: list[Block], outcomes: Mapping[int, Outcome], about: dict[str, Any], *, with_errors: bool
) -> Table:
    """Return the columns of the design and of all results, in the order of the design."""
    missing = Outcome(-1, {}, "not done")
    found = [outcomes.get(block.number, missing) for block in blocks]
    names = dict.fromkeys(name for outcome in found for name in outcome.columns)
    columns: dict[str, list[Any]] = {name: [None] * design.n_cells for name in names}
    errors = [""] * design.n_cells
    for block, outcome in zip(blocks, found, strict=True):
        for place, row in enumerate(block.rows):
            errors[row] = outcome.error
            for name, values in outcome.columns.items():
                columns[name][row] = values[place]
    results = {name: _filled(values) for name, values in columns.items()}
    return Table({**design, **results, **({"error": errors} if with_errors else {})}, about)


def _filled(values: list[Any]) -> list[Any]:
    """Missing results as NaN, or as empty text in a column of text."""
    empty: Any = "" if any(isinstance(value, str) for value in values) else np.nan
    return [empty if value is None else value for value in values]


def n_done(blocks: list[Block], outcomes: Mapping[int, Outcome]) -> int:
    """Return how many rows of the design are done."""
    return sum(len(blocks[number].rows) for number, outcome in outcomes.items() if not outcome.error)


def failures(blocks: list[Block], failed: list[Outcome], design: Design) -> str:
    """Return the message about cells that failed: how many, and the parameters of the first ten."""
    n = sum(len(blocks[outcome.number].rows) for outcome in failed)
    lines = [f"{n} of {design.n_cells} cells failed; the others are in the error's table:"]
    for outcome in sorted(failed)[:10]:
        parameters = ", ".join(f"{name}={value}" for name, value in blocks[outcome.number].parameters.items())
        lines.append(f"  {parameters}: {outcome.error}")
    return "\n".join([*lines, *(["  ..."] if len(failed) > 10 else [])])
