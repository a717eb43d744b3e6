"""Runs an experiment, and reports its table, sentences and figures."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rpe._checks import Seed, count, flag, generator, hinting, seed_of
from rpe.experiments import tidy
from rpe.experiments.experiment import Experiment, R, S, load
from rpe.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Report", "run", "settings_of"]


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
    table : rpe.table.Table
        Tidy columns; `table.about` has the experiment, its settings, seed, sentences and versions.
    sentences : list of str
        The findings, computed from the results.
    figures : dict
        Figures by the suffix of their file's name; "" is the main one.
    preview : str
        What the command shows above the sentences, if the experiment has a `preview`; empty for the
        first part of the table.
    """

    name: str
    settings: dict[str, Any]
    seed: int | None
    table: Table
    sentences: list[str]
    figures: dict[str, "Figure"]
    preview: str = ""

    def __repr__(self) -> str:
        return "\n".join([f"Report of {self.name}:", *(f"• {sentence}" for sentence in self.sentences)])

    def value(self, quantity: str, /, **where: object) -> float:
        """Return a quantity in the only row that has these factors.

        Raises
        ------
        KeyError
            If there is no such row, or more than one.

        Examples
        --------
        >>> import rpe
        >>> quick = rpe.experiments.load("future_self").Settings.quick()
        >>> report = rpe.experiments.run("future_self", quick)
        >>> round(report.value("procrastination index", discounting="none", arm="one goal"), 3)
        0.229
        """
        return tidy.value(self.table, quantity, **where)

    def values(self, quantity: str, /, **where: object) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return a quantity in all rows that have these factors, (n_found,)."""
        return tidy.values(self.table, quantity, **where)


@hinting
def run(
    experiment: str | Experiment[S, R],
    settings: S | None = None,
    rng: Seed = None,
    *,
    progress: bool = False,
    n_jobs: int = 1,
) -> Report:
    """Run an experiment.

    Parameters
    ----------
    experiment : str or Experiment
        One of `names()`, or a module or object of your own that has `Settings`, `run`, `table`,
        `sentences` and `figures`.
    settings : Settings, optional
        Of the experiment; its defaults if not given.
    rng : int, numpy.random.Generator or another seed of NumPy, optional
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
        If the settings are of another experiment, or an object of your own lacks a part.
    ValueError
        If there is no such experiment, or `n_jobs` is out of range.

    Examples
    --------
    >>> import rpe
    >>> report = rpe.experiments.run("cue_shift", rpe.experiments.load("cue_shift").Settings.quick(), rng=0)
    >>> report.name, report.table.n_rows > 10, "" in report.figures
    ('cue_shift', True, True)
    """
    known: Experiment[Any, Any] = load(experiment) if isinstance(experiment, str) else _complete(experiment)
    name = str(getattr(known, "__name__", type(known).__name__)).rpartition(".")[-1]
    chosen = known.Settings() if settings is None else settings
    if not isinstance(chosen, known.Settings):
        raise TypeError(f"settings must be {name}.Settings; got {type(chosen).__name__}")
    seed = seed_of(rng)
    # Not every experiment draws anything.
    generator(rng)
    result = known.run(chosen, rng, progress=flag("progress", progress), n_jobs=count("n_jobs", n_jobs))
    sentences = list(known.sentences(result))
    about = {"experiment": name, "settings": plain(asdict(chosen)), "seed": seed, "sentences": sentences}
    table = Table(known.table(result), about)
    preview: Any = getattr(known, "preview", None)
    shown = "" if preview is None else str(preview(result))
    return Report(name, asdict(chosen), seed, table, sentences, dict(known.figures(result)), shown)


def _complete(experiment: Experiment[S, R]) -> Experiment[S, R]:
    lacking = [part for part in ("Settings", "run", "table", "sentences", "figures") if not hasattr(experiment, part)]
    if lacking:
        raise TypeError(f"experiment must be a name, or have all of its parts; it lacks {', '.join(lacking)}")
    return experiment


def settings_of(experiment: Experiment[S, R], size: str) -> S:
    """Return the settings of a size: "quick", "default" or "full"."""
    kind: Any = experiment.Settings
    settings: S = kind() if size == "default" else getattr(kind, size)()
    return settings


def plain(content: Any) -> Any:
    """Return nested settings as JSON will give them back: lists for tuples, and no types of NumPy."""
    if isinstance(content, dict):
        return {str(name): plain(each) for name, each in content.items()}
    if isinstance(content, list | tuple):
        return [plain(each) for each in content]
    return content.item() if isinstance(content, np.generic) else content
