"""Persistence: momentum towards one of three goals, looking ahead, commitment, and resistance to change.

Three suits pay once they have seven tokens each, and which of them brings tokens readily changes from block
to block. Who goes on with the suit that is furthest on, although another is dominant, looks back. Models of
momentum, of looking ahead, of plain learning and of both together are put to the published task; so are
agents that are committed to the goal they pursue. Nevin's resistance to change is held against what this
library calls momentum.
"""

from rpe.experiments.persistence.run import run
from rpe.experiments.persistence.settings import PILOT, Settings
from rpe.experiments.persistence.suits import retrospective_share
from rpe.experiments.study import figures, sentences, table

__all__ = ["PILOT", "Settings", "figures", "retrospective_share", "run", "sentences", "table"]


def __dir__() -> list[str]:
    return list(__all__)
