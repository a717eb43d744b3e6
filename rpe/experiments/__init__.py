"""Experiments: settings, a run, a tidy table, computed sentences, and figures.

An experiment is a module of this package with a frozen dataclass `Settings` (with the class methods
`quick` and `full`), and the functions `run(settings, rng, *, progress, n_jobs)`, `table(result)`,
`sentences(result)` and `figures(result)`.
"""

import json
import os
import tempfile
from dataclasses import asdict, fields, replace
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from rpe._checks import choice, count, flag
from rpe._files import figure_writer, write_atomically
from rpe.table import versions

__all__ = ["NAMES", "Report", "describe", "load", "override", "run", "write"]

NAMES = (
    "micro_wins",
    "cue_shift",
    "probability_and_risk",
    "representations",
    "ramps",
    "micro_win_errors",
    "recovery",
    "model_comparison",
    "semester",
    "wanting_liking",
    "inertia",
    "five_minutes",
    "distraction",
    "future_self",
    "momentum",
    "habits",
    "intrinsic",
    "burnout",
    "goal_decomposition",
    "deadlines",
    "badges_and_off_path",
    "individual_differences",
    "addiction",
)
_FIGURE_FORMATS = ("png", "svg")


class Report(NamedTuple):
    """What an experiment found, ready to print and to write.

    Attributes
    ----------
    name : str
        Of the experiment.
    settings : dict
        What was run.
    seed : int or None
        The seed, if it was a number.
    table : dict
        Tidy columns, all of the same length.
    sentences : list of str
        The findings, computed from the results.
    figures : dict
        Figures by the suffix of their file's name; "" is the main one.
    """

    name: str
    settings: dict[str, Any]
    seed: int | None
    table: dict[str, list[Any]]
    sentences: list[str]
    figures: dict[str, Any]

    def __repr__(self) -> str:
        return "\n".join([f"Report of {self.name}:", *(f"• {sentence}" for sentence in self.sentences)])


def load(name: str) -> Any:
    """Return the module of an experiment.

    Raises
    ------
    ValueError
        If there is no experiment of that name; the message lists them.
    """
    return import_module(f"rpe.experiments.{choice('experiment', name, NAMES)}")


def describe(name: str) -> str:
    """Return what an experiment asks, in one line."""
    return str(load(name).__doc__).splitlines()[0]


def override(settings: Any, values: dict[str, str]) -> Any:
    """Return settings with some fields replaced by values read from text.

    Raises
    ------
    ValueError
        If a name is not a setting, or a value does not fit it; the message lists the names.

    Examples
    --------
    >>> import rpe
    >>> settings = rpe.experiments.load("micro_wins").Settings()
    >>> override(settings, {"n_goals": "4"}).n_goals
    4
    >>> override(rpe.experiments.load("inertia").Settings(), {"start_costs": "0,2,9"}).start_costs
    (0.0, 2.0, 9.0)
    """
    now = {field.name: getattr(settings, field.name) for field in fields(settings)}
    changes = {name: _read(name, text, now[choice("setting", name, now)]) for name, text in values.items()}
    return replace(settings, **changes)


def _read(name: str, text: str, now: Any) -> Any:
    """Read a value of the kind that is there now: a number, or several with commas between them."""
    if isinstance(now, tuple):
        return tuple(_read(name, part, now[0]) for part in text.split(","))
    try:
        return type(now)(text)
    except ValueError as error:
        rule = "a whole number" if isinstance(now, int) else "a number"
        raise ValueError(f"{name} must be {rule}; got {text!r}") from error


def run(name: str, settings: Any = None, rng: Any = None, *, progress: bool = False, n_jobs: int = 1) -> Report:
    """Run an experiment.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    settings : Settings, optional
        Of the experiment; its defaults if not given.
    rng : int, numpy.random.Generator or None
        Seed. The result does not depend on `n_jobs`.
    progress : bool
        Whether to show a progress bar on standard error.
    n_jobs : int
        Processes to use, at least 1. With more than one, call this from a script that is guarded by
        `if __name__ == "__main__":`.

    Returns
    -------
    Report

    Raises
    ------
    TypeError
        If the settings are of another experiment.
    ValueError
        If there is no such experiment, or `n_jobs` is out of range.
    """
    module = load(name)
    settings = module.Settings() if settings is None else settings
    if not isinstance(settings, module.Settings):
        raise TypeError(f"settings must be rpe.experiments.{name}.Settings; got {type(settings).__name__}")
    result = module.run(settings, rng, progress=flag("progress", progress), n_jobs=count("n_jobs", n_jobs))
    return Report(
        name,
        asdict(settings),
        rng if isinstance(rng, int) else None,
        module.table(result),
        module.sentences(result),
        module.figures(result),
    )


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
        `NAME.csv`, `NAME.json`, and for each figure `NAME.png` and `.svg`, with `_suffix` before
        the dot for all but the main one.

    Raises
    ------
    OSError
        If the directory cannot be made or written to.
    """
    folder = prepare(directory)
    written = [
        write_atomically(folder / f"{report.name}.csv", lambda path: _write_csv(path, report.table)),
        write_atomically(folder / f"{report.name}.json", lambda path: _write_json(path, report)),
    ]
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


def _write_csv(path: Path, table: dict[str, list[Any]]) -> None:
    import csv

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        writer.writerows(
            ["" if isinstance(cell, float) and cell != cell else cell for cell in line]
            for line in zip(*table.values(), strict=True)
        )


def _write_json(path: Path, report: Report) -> None:
    content = {
        "experiment": report.name,
        "settings": report.settings,
        "seed": report.seed,
        "versions": versions(),
        "sentences": report.sentences,
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
