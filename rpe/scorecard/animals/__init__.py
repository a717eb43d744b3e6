"""Animal data: thirty published conditioning experiments, and how close theories come to their curves.

=============================================  =========================================
What you want                                  What to call
=============================================  =========================================
the published values as a table                `published`
one experiment: groups, schedules, values      `load`; all their ids, `experiment_ids`
theories beside the animals                    `compare`, which returns a `Comparison`
files, the figure, sentences                   `write`, `figure`, `sentences`
=============================================  =========================================

The values are those of CCNLab (MIT licence, see `published().about`), which its authors read off figures: two or
three digits, no spread, no number of animals. References marked as unverified are from memory.
"""

from rpe.scorecard.animals.comparing import ASSOCIATIVE, Comparison, compare
from rpe.scorecard.animals.data import Contrast, Experiment, Group, Point, experiment_ids, load, published
from rpe.scorecard.animals.drawing import figure, sentences, write

__all__ = [
    "ASSOCIATIVE",
    "Comparison",
    "Contrast",
    "Experiment",
    "Group",
    "Point",
    "compare",
    "experiment_ids",
    "figure",
    "load",
    "published",
    "sentences",
    "write",
]


def __dir__() -> list[str]:
    return __all__
