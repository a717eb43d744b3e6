"""Theories of dopamine, scored against published findings by fixed rules."""

from rpe.scorecard.phenomena import load, phenomena
from rpe.scorecard.phenomenon import Phenomenon, Reading
from rpe.scorecard.report import draw, figure, write, write_drawings
from rpe.scorecard.roster import expected, roster, theories
from rpe.scorecard.run import Score, Scorecard, run

__all__ = [
    "Phenomenon",
    "Reading",
    "Score",
    "Scorecard",
    "draw",
    "expected",
    "figure",
    "load",
    "phenomena",
    "roster",
    "run",
    "theories",
    "write",
    "write_drawings",
]
