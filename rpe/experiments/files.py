"""Files of an experiment: its table with settings and sentences beside it, and its figures."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpe._files import write_atomically
from rpe.experiments.run import Report

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["figure_writer", "prepare", "write"]

_FIGURE_FORMATS = ("png", "svg")


def write(report: Report, directory: str | os.PathLike[str]) -> list[Path]:
    """Write a report's table, settings and figures into a directory, each file at once or not at all.

    Parameters
    ----------
    report : Report
        What `run` returned.
    directory : path
        Made if it does not exist.

    Returns
    -------
    list of Path
        `NAME.csv` with `NAME.json` beside it, which `rpe.table.read` reads, and for each figure
        `NAME.png` and `.svg`, with `_suffix` before the dot for all but the main one.

    Raises
    ------
    OSError
        If the directory cannot be made or written to.
    """
    folder = prepare(directory)
    table = report.table.to_csv(folder / f"{report.name}.csv")
    written = [table, table.with_suffix(".json")]
    for suffix, figure in report.figures.items():
        stem = f"{report.name}_{suffix}" if suffix else report.name
        written += [
            write_atomically(folder / f"{stem}.{kind}", figure_writer(figure, kind)) for kind in _FIGURE_FORMATS
        ]
    return written


def prepare(directory: str | os.PathLike[str]) -> Path:
    """Make a directory and see that it can be written to, before any work is done.

    Raises
    ------
    OSError
        If it cannot.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass
    return folder


def figure_writer(figure: "Figure", kind: str) -> Callable[[Path], None]:
    """Return what writes a figure to a path as "png" or "svg": the same figure is the same file."""

    def save(path: Path) -> None:
        import matplotlib as mpl

        # A fixed salt and no date, so that the same figure is the same file.
        with mpl.rc_context({"svg.hashsalt": "rpe"}):
            metadata: Any = {"Date": None} if kind == "svg" else None
            figure.savefig(path, format=kind, dpi=200, bbox_inches="tight", metadata=metadata)

    return save
