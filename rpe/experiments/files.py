"""Files of an experiment: its table with settings and sentences beside it, and its figures."""

import json
import os
import tempfile
from pathlib import Path

from rpe._checks import instance, path
from rpe._files import complete, figure_writer, write_together
from rpe._objects import flag
from rpe.experiments.run import Report
from rpe.experiments.slides import slide_writers

__all__ = ["prepare", "write"]

_FIGURE_FORMATS = ("png", "svg")


def write(report: Report, directory: str | os.PathLike[str], *, slides: bool = False) -> list[Path]:
    """Write a report's table, settings and figures into a directory, all of them or none.

    Parameters
    ----------
    report : Report
        What `run` returned.
    directory : path
        Made if it does not exist.
    slides : bool
        Whether to write the panels of the figures one by one too, for slides of 13.3 by 7.5 inches
        with text of 14 points or more. Figures that are not made of such panels have none.

    Returns
    -------
    list of Path
        `NAME.csv` with `NAME.json` beside it, which `rpe.table.read` reads, and for each figure
        `NAME.png` and `.svg`, with `_suffix` before the dot for all but the main one; slides are
        `NAME_slide1.png` and so on.

    Raises
    ------
    OSError
        If the directory cannot be made or written to.

    Examples
    --------
    >>> import tempfile
    >>> import rpe
    >>> report = rpe.experiments.run("cue_shift", rpe.experiments.load("cue_shift").Settings.quick(), rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:  # without its figures, which take a few seconds
    ...     sorted(path.name for path in rpe.experiments.write(report._replace(figures={}), folder))
    ['cue_shift.csv', 'cue_shift.json']
    """
    instance("report", report, Report)
    flag("slides", slides)
    folder = prepare(directory)
    csv = folder / f"{report.name}.csv"
    writers = report.table._writers(csv)
    for suffix, figure in report.figures.items():
        stem = f"{report.name}_{suffix}" if suffix else report.name
        writers |= {folder / f"{stem}.{kind}": figure_writer(figure, kind) for kind in _FIGURE_FORMATS}
        if slides:
            writers |= {
                folder / f"{stem}_slide{i}.png": writer for i, writer in enumerate(slide_writers(figure), start=1)
            }
    write_together(writers)
    return [csv, *(path for path in writers if path != csv)]


def prepare(directory: str | os.PathLike[str], name: str = "") -> Path:
    """Make a directory and see that it can be written to, before any work is done.

    Parameters
    ----------
    directory : path
        Made if it does not exist.
    name : str, optional
        Of the table that will be written there, without its ending.

    Raises
    ------
    OSError
        If it cannot, or if `name.json` is there and does not belong to a table.
    """
    folder = path("directory", directory)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass
    complete(folder)
    beside = folder / f"{name}.json"
    if name and beside.exists() and not _of_a_table(beside):
        raise FileExistsError(f"{beside} exists and does not belong to a table; move it, or choose another directory")
    return folder


def _of_a_table(beside: Path) -> bool:
    try:
        known = json.loads(beside.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(known, dict) and {"kinds", "about"} <= set(known)


def __dir__() -> list[str]:
    return __all__
