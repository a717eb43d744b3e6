"""When micro wins reduce procrastination, when they do nothing, and when they hurt.

One long task with a deadline is left as one goal or split into sub-goals, on the same budget. What
that does is judged over a family of settings (how and how far ahead delays are discounted, noise,
self-knowledge, pay, costs, risk) and over random tasks; a worked example, one cell of the family,
shows how it comes about. Six arms tell apart what splitting may do (money sooner, money worth as
much, points, marks, ticks), and exact planners stand beside learners, so that neither pay, nor
present value, nor credit assignment is mistaken for motivation.
"""

from rpe.experiments.micro_wins._figures import figures
from rpe.experiments.micro_wins._sentences import sentences
from rpe.experiments.micro_wins.run import Result, run, table
from rpe.experiments.micro_wins.settings import Settings

__all__ = ["Result", "Settings", "figures", "run", "sentences", "table"]


def __dir__() -> list[str]:
    return list(__all__)
