"""A scorecard as files and figures."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from rpe import plots
from rpe._files import figure_writer, write_atomically
from rpe.scorecard.phenomena import load, phenomena
from rpe.scorecard.phenomenon import Reading
from rpe.scorecard.roster import expected
from rpe.scorecard.run import Scorecard, play, verdict_of
from rpe.table import Table

_GROUPS = {
    "A": "A  timing, probability, delay, hidden state",
    "B": "B  cues in competition, stimulation",
    "C": "C  course of learning, coding",
    "E": "E  choice, effort, vigour",
    "H": "H  motivation, drugs, physiology",
}
_MOST_KINDS = 7


def write(card: Scorecard, directory: str | os.PathLike[str]) -> list[Path]:
    """Write a scorecard into a directory: scorecard.csv, scorecard.json and the figure, each at once or not at all.

    Parameters
    ----------
    card : Scorecard
        What `run` returned.
    directory : path
        Made if it does not exist.

    Returns
    -------
    list of Path

    Raises
    ------
    OSError
        If it cannot be made or written to.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    about = card.table.about | {
        "phenomena": {row: _facts(row) for row in card.phenomena if row in phenomena()},
        "scores": [
            {
                "theory": theory,
                "phenomenon": row,
                "verdict": score.verdict,
                "best_published": score.best_published,
                "best_published_set": score.best_published_set,
                "free_parameters": score.free_parameters,
                "numbers": score.numbers,
                "error": score.error,
            }
            for (theory, row), score in card.scores.items()
        ],
    }
    written = [Table(card.table, about).to_csv(folder / "scorecard.csv"), folder / "scorecard.json"]
    for kind in ("png", "svg"):
        written.append(write_atomically(folder / f"scorecard.{kind}", figure_writer(figure(card), kind)))
    return written


def figure(card: Scorecard) -> Figure:
    """Return the matrix of verdicts as a figure: theories in rows, phenomena in columns, by group.

    Verdicts that are not the expected ones have a dark corner.
    """
    wanted = np.array([[expected(theory, row) for row in card.phenomena] for theory in card.theories])
    with plots.style():
        size = (2.8 + 0.3 * len(card.phenomena), 2.9 + 0.24 * len(card.theories))
        drawn = Figure(figsize=size, layout="constrained")
        plots.scorecard_matrix(
            card.letters,
            rows=list(card.theories),
            columns=[f"{row} {card.titles.get(row, '').split(':')[0]}" for row in card.phenomena],
            groups=[_GROUPS.get(row[0], "other findings") for row in card.phenomena],
            marked=(wanted != "") & (wanted != card.matrix),
            ax=drawn.subplots(),
        )
    return drawn


def draw(row: str, theory: Any, rng: int = 0) -> Figure:
    """Return one phenomenon as a theory plays it: its protocol, its signal in every type of trial, and the criterion.

    Parameters
    ----------
    row : str
        Id of the phenomenon.
    theory : Theory
        What plays it.
    rng : int
        Seed of the protocol.

    Raises
    ------
    ValueError
        If there is no such phenomenon.

    Examples
    --------
    >>> import rpe
    >>> rpe.scorecard.draw("B01", rpe.theories.TD(trace_decay=0.0)).axes[1].get_xlabel()
    'time from trial start (s)'
    """
    phenomenon = load(row)
    readings, numbers = play(theory, phenomenon, rng)
    score = verdict_of(phenomenon, [numbers])
    with plots.style():
        drawn = Figure(figsize=(6.4, 1.2 + 3.8 * len(readings)), layout="constrained")
        grid = drawn.subplots(2 * len(readings), 1, squeeze=False, height_ratios=[1, 2] * len(readings))[:, 0]
        for i, (name, reading) in enumerate(readings.items()):
            _panel(grid[2 * i], grid[2 * i + 1], name, reading)
        told = ", ".join(f"{key} {value:.2f}" for key, value in numbers.items())
        drawn.suptitle(
            f"{row}  {phenomenon.title}: {score.verdict}\n{phenomenon.criterion}\n{told}", fontsize=8, x=0.02, ha="left"
        )
    return drawn


def write_drawings(
    row: str, theories: Mapping[str, Any], directory: str | os.PathLike[str], rng: int = 0
) -> list[Path]:
    """Write the drawing of one phenomenon for each theory, as `A01_td_0.png` for A01 and "TD(0)".

    Parameters
    ----------
    row : str
        Id of the phenomenon.
    theories : mapping of str to theory
        What plays it, by name.
    directory : path
        Must exist.
    rng : int
        Seed of the protocol.

    Raises
    ------
    OSError
        If it cannot be written to.
    """
    written = []
    for name, theory in theories.items():
        path = Path(directory) / f"{row}_{re.sub('[^a-z0-9]+', '_', name.lower()).strip('_')}.png"
        try:
            drawn = draw(row, theory, rng)
        # The matrix already says that a theory breaks, and how.
        except Exception:
            continue
        written.append(write_atomically(path, figure_writer(drawn, "png")))
    return written


def _panel(above: Any, below: Any, name: str, reading: Reading) -> None:
    """The protocol of one schedule over the signals in its types of trial."""
    schedule = reading.schedule
    kinds = [kind for kind in schedule.kinds if schedule.of_kind(kind).any()][-_MOST_KINDS:]
    means = {
        part: np.stack([getattr(schedule, part)[schedule.of_kind(kind)].mean(axis=0) for kind in kinds])
        for part in ("level", "reward", "pulse")
    }
    plots.protocol(
        means["level"],
        means["reward"],
        schedule.dt,
        kinds=kinds,
        stimuli=schedule.stimuli,
        pulse=means["pulse"],
        ax=above,
    )
    above.set_title(f"{name}: types of trial, and the signal in the last of each")
    signals = np.stack([reading.signal(kind, part="last") for kind in kinds])
    if np.isnan(signals).all(axis=1).any() or (np.isnan(signals).mean() > 0.5):
        below.text(0.5, 0.5, "says nothing about time within a trial", ha="center", transform=below.transAxes)
        below.set_xlabel("time from trial start (s)")
        return
    plots.peri_event(signals, schedule.dt, labels=kinds, ax=below)


def _facts(row: str) -> dict[str, str]:
    phenomenon = load(row)
    names = ("title", "paper", "published", "criterion", "passes", "fails", "status")
    return {name: getattr(phenomenon, name) for name in names}
