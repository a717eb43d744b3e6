"""Theories of dopamine, scored against published findings by fixed rules.

=============================================  =========================================
What you want                                  What to call
=============================================  =========================================
score theories, your own among them            `run`
one finding, by id or by name                  `load`
all ids, all theories                          `finding_ids`, `theories`, `roster`
a finding of your own                          `Finding`, `Reading`
what is expected of a theory                   `expected`
files and figures                              `write`, `figure`, `draw`, `write_drawings`
=============================================  =========================================
"""

from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.registry import expected, finding_ids, load, roster, theories
from rpe.scorecard.report import draw, figure, write, write_drawings
from rpe.scorecard.run import run
from rpe.scorecard.scores import Score, Scorecard

__all__ = [
    "Finding",
    "Reading",
    "Score",
    "Scorecard",
    "draw",
    "expected",
    "figure",
    "finding_ids",
    "load",
    "roster",
    "run",
    "theories",
    "write",
    "write_drawings",
]


def __dir__() -> list[str]:
    return __all__
