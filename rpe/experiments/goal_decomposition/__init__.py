"""Sub-goals: how many, where and how even, on one budget; and sub-goals for learning a maze.

In the long task the same budget is paid in K parts, with and without a cost of each switch; early, late,
evenly or unevenly; or partly kept for the end. All of it over a family of discounters and levels of noise. What
is done differs between these arms, so that each is judged by delay, completion and welfare together.
"""

from rpe.experiments.goal_decomposition.family import layouts
from rpe.experiments.goal_decomposition.run import run
from rpe.experiments.goal_decomposition.settings import Settings
from rpe.experiments.study import figures, sentences, table

__all__ = ["Settings", "figures", "layouts", "run", "sentences", "table"]


def __dir__() -> list[str]:
    return list(__all__)
