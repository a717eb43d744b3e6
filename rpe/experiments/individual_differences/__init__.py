"""Individual differences: discounting, effort, efficacy, BAS and receptor density over a population.

A population varies in all traits at once, each drawn apart. Correlations with the procrastination index, and
with what micro wins gain, show what the model says each trait does; meta-analytic signs stand beside. They
are found at several levels of noise and for two shapes of discounting. Then students who differ in more and
more respects spend a semester: how well does ln k tell when they work? Reward sensitivity from a BAS score is
an assumption, with no settled estimate behind it; efficacy is the true chance of success, known to the agent.
"""

from rpe.experiments.individual_differences.run import run
from rpe.experiments.individual_differences.settings import Settings
from rpe.experiments.study import figures, sentences, table

__all__ = ["Settings", "figures", "run", "sentences", "table"]


def __dir__() -> list[str]:
    return list(__all__)
