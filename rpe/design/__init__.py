"""Design: where to put sub-goals and how to pay them, for a person and a task.

=================================================  ==================================================
what you want                                      what to call
=================================================  ==================================================
the best split of a budget for somebody            `split(task, planner)`; a `Split`
the task so split, what it gains, and in words     `.task`, `.gain`, `.text`
one that fits many people                          give the planner one entry per person
for somebody who doubts their chance of success    `split(task, planner, efficacy=0.4)`
what a payout does, and the slope of that          `Response(task, planner, goals)`, called with the pays
=================================================  ==================================================
"""

from rpe.design.response import OBJECTIVES, Response
from rpe.design.splitting import Split, split

__all__ = ["OBJECTIVES", "Response", "Split", "split"]


def __dir__() -> list[str]:
    return list(__all__)
