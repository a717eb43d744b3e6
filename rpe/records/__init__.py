"""Records of behaviour: what people (or simulated agents) did, in arrays, and readers of their files.

=============================================  ======================================================
What you want                                  What to call
=============================================  ======================================================
choices from a file, one row a choice          `read_choices("choices.tsv", first_action=1)`
choices from arrays                            `Choices.of(action, reward)`
choices between offers from a file             `read_offers("dd.csv", {"amount": ["now", "later"]})`
choices between offers from arrays             `Offers.of(action, amount=..., delay=...)`
units of work per day from a file              `read_work("work.csv", unit=0.5)`
units of work per day from arrays              `WorkLog.of(done)`
recorded dopamine from a file                  `read_signals("dff.csv", dt=0.1)`, `read_nwb("a.nwb", ...)`
recorded dopamine from arrays                  `Signals.of(response, times)`, `Signals.around(trace, ...)`
the record of a simulation                     `rpe.fit.choices_of(history)`, `rpe.fit.work_of(history)`
some subjects only                             `record.take([0, 3])`
a tidy table of it, or a file                  `record.table`, `record.table.to_csv("choices.csv")`
=============================================  ======================================================
"""

from rpe.records.choices import Choices
from rpe.records.offers import Offers
from rpe.records.reading import read_choices
from rpe.records.reading_offers import read_offers
from rpe.records.reading_signals import read_nwb, read_signals
from rpe.records.reading_work import read_work
from rpe.records.signals import Signals
from rpe.records.work_log import WorkLog

__all__ = [
    "Choices",
    "Offers",
    "Signals",
    "WorkLog",
    "read_choices",
    "read_nwb",
    "read_offers",
    "read_signals",
    "read_work",
]


def __dir__() -> list[str]:
    return __all__
