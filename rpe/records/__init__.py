"""Records of behaviour: what people (or simulated agents) did, in arrays, and readers of their files.

=============================================  ======================================================
What you want                                  What to call
=============================================  ======================================================
choices from a CSV file, one row a choice      `read_choices("choices.csv")`
choices from arrays                            `Choices.of(action, reward)`
units of work per day from a CSV file          `read_work("work.csv")`
units of work per day from arrays              `WorkLog.of(done)`
the record of a simulation                     `rpe.fit.choices_of(history)`, `rpe.fit.work_of(history)`
some subjects only                             `record.take([0, 3])`
a tidy table of it, or a file                  `record.table`, `record.table.to_csv("choices.csv")`
=============================================  ======================================================
"""

from rpe.records.choices import Choices
from rpe.records.reading import read_choices, read_work
from rpe.records.work_log import WorkLog

__all__ = ["Choices", "WorkLog", "read_choices", "read_work"]


def __dir__() -> list[str]:
    return __all__
