"""The dopamine of micro wins in nanomolar: where the popular picture of a win holds, and where it fails.

Streams of wins (certain or not, equal, growing or shrinking, one or several on the same budget) are
told to four theories of dopamine, and what they say is read as firing, release and occupied receptors
over a family of settings: at the cue, at each sub-goal, at the goal and at an omitted win, from the
first encounter to the practised one. Learners on the behavioural task, κ, a drug that blocks uptake
and receptor densities stand beside it.
"""

from rpe.experiments.micro_win_dopamine._figures import figures
from rpe.experiments.micro_win_dopamine._sentences import sentences
from rpe.experiments.micro_win_dopamine.run import Result, preview, run, table
from rpe.experiments.micro_win_dopamine.settings import Settings

__all__ = ["Result", "Settings", "figures", "preview", "run", "sentences", "table"]


def __dir__() -> list[str]:
    return list(__all__)
