"""A scorecard as files and figures."""

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from rpe import plots
from rpe._files import write_atomically
from rpe.scorecard.phenomena import load
from rpe.scorecard.run import Scorecard, play, verdict_of

_KINDS = {"U": "text", "f": "float", "i": "int"}


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
    content = {
        "kinds": {name: _KINDS[values.dtype.kind] for name, values in card.table.items()},
        "about": card.table.about,
        "phenomena": {row: _facts(row) for row in card.phenomena},
        "scores": [
            {
                "theory": theory,
                "phenomenon": row,
                "verdict": score.verdict,
                "numbers": score.numbers,
                "error": score.error,
            }
            for (theory, row), score in card.scores.items()
        ],
    }
    text = json.dumps(content, indent=2, ensure_ascii=False)
    # The JSON of the table is replaced by the fuller one of the scorecard.
    written = [card.table.to_csv(folder / "scorecard.csv")]
    written.append(write_atomically(folder / "scorecard.json", lambda path: _write_text(path, text)))
    for kind in ("png", "svg"):
        written.append(write_atomically(folder / f"scorecard.{kind}", partial(_save, figure(card), kind)))
    return written


def figure(card: Scorecard) -> Figure:
    """Return the matrix of verdicts as a figure: theories in rows, phenomena in columns."""
    with plots.style():
        size = (2.6 + 0.42 * len(card.phenomena), 1.6 + 0.26 * len(card.theories))
        drawn = Figure(figsize=size, layout="constrained")
        letters = {"PASS": "P", "FAIL": "F", "MIXED": "M", "N.A.": "–", "ERROR": "E"}
        cells = [[letters[card.scores[theory, row].verdict] for row in card.phenomena] for theory in card.theories]
        plots.scorecard_matrix(cells, rows=list(card.theories), columns=list(card.phenomena), ax=drawn.subplots())
    return drawn


def draw(row: str, theory: Any, rng: int = 0) -> Figure:
    """Return one phenomenon as a theory plays it: its signal in every type of trial, and the criterion.

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
    >>> rpe.scorecard.draw("B01", rpe.theories.TD(trace_decay=0.0)).axes[0].get_xlabel()
    'time from trial start (s)'
    """
    phenomenon = load(row)
    readings, numbers = play(theory, phenomenon, rng)
    score = verdict_of(phenomenon, [numbers])
    with plots.style():
        drawn = Figure(figsize=(6.4, 2.4 + 2.6 * len(readings)), layout="constrained")
        axes = drawn.subplots(len(readings), 1, squeeze=False)[:, 0]
        for ax, (name, reading) in zip(axes, readings.items(), strict=True):
            schedule = reading.schedule
            kinds = [kind for kind in schedule.kinds if schedule.of_kind(kind).any()][-7:]
            signals = np.stack([reading.signal(kind, part="last") for kind in kinds])
            due = float(np.nanmedian(schedule.due)) if np.isfinite(schedule.due).any() else None
            onset = schedule.onset.any(axis=(0, 2))
            cue = float(schedule.times[onset.argmax()]) if onset.any() else None
            if np.isnan(signals).all():
                ax.text(0.5, 0.5, "says nothing about time within a trial", ha="center", transform=ax.transAxes)
                ax.set_xlabel("time from trial start (s)")
            else:
                plots.peri_event(
                    np.where(np.isnan(signals), 0.0, signals), schedule.dt, labels=kinds, cue=cue, reward=due, ax=ax
                )
            ax.set_title(f"{name}: last trials of each type", pad=18)
        told = ", ".join(f"{key} {value:.2f}" for key, value in numbers.items())
        drawn.suptitle(
            f"{row}  {phenomenon.title}: {score.verdict}\n{phenomenon.criterion}\n{told}", fontsize=8, x=0.02, ha="left"
        )
    return drawn


def _facts(row: str) -> dict[str, str]:
    phenomenon = load(row)
    names = ("title", "paper", "published", "criterion", "passes", "fails", "status")
    return {name: getattr(phenomenon, name) for name in names}


def _write_text(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8")


def _save(drawn: Figure, kind: str, path: Path) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"svg.hashsalt": "rpe"}):
        drawn.savefig(path, format=kind, dpi=200, metadata={"Date": None} if kind == "svg" else None)
