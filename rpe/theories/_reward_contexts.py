"""Hidden contexts that differ in the size of reward, found in a schedule and inferred from reward to reward."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Floats
from rpe.schedules import Schedule
from rpe.theories._trial_level import outcome

# A size is a context of its own from half its fair share of trials on, and if it came back twice.
_SHARE = 0.5
_RUNS = 3


class Contexts(NamedTuple):
    """Hidden contexts.

    Attributes
    ----------
    sizes : float array (n_contexts,)
        Reward of each, in reward units.
    switching : float
        Probability that the context changes from one trial to the next.
    """

    sizes: Floats
    switching: float


def contexts_in(schedule: Schedule) -> Contexts | None:
    """Return the contexts of a schedule whose rewards come in runs of equal size, or None.

    Counted are the rewarded training trials with a stimulus. Rewards come in runs if a size is
    followed by itself more often than half way between chance and always. The contexts are then
    the sizes that have at least half their fair share of trials, and that came in three runs or
    more; rare sizes are taken for one of them.
    """
    sizes = outcome(schedule)[_counted(schedule)]
    if len(sizes) < 2:
        return None
    distinct, counts = np.unique(sizes, return_counts=True)
    share = counts / len(sizes)
    same = sizes[1:] == sizes[:-1]
    begins = np.append(True, ~same)
    runs = np.array([begins[sizes == size].sum() for size in distinct])
    common = (share >= _SHARE / len(distinct)) & (runs >= _RUNS)
    if common.sum() < 2 or same.mean() < (1 + (share**2).sum()) / 2:
        return None
    return Contexts(distinct[common], switching_of(schedule, distinct[common]))


def switching_of(schedule: Schedule, sizes: Floats) -> float:
    """Return how often the context changed between rewarded training trials, each taken for the nearest size."""
    found = outcome(schedule)[_counted(schedule)]
    nearest = np.abs(found[:, None] - sizes).argmin(axis=1)
    return float((nearest[1:] != nearest[:-1]).mean()) if len(nearest) > 1 else 0.0


def beliefs(schedule: Schedule, contexts: Contexts, noise: float) -> Floats:
    """Return the belief in each context before the reward of every trial, (n_trials, n_contexts).

    From trial to trial b_c ← (1 − s) b_c + s (1 − b_c)/(C − 1); a reward r multiplies it by the
    normal density of r around the size of c, with the SD `noise` times the smallest distance
    between sizes. What a probe trial shows is forgotten.
    """
    sizes, s = contexts.sizes, contexts.switching
    spread = noise * np.diff(np.sort(sizes)).min()
    reward, counted = outcome(schedule), _counted(schedule)
    belief, now = np.empty((len(reward), len(sizes))), np.full(len(sizes), 1 / len(sizes))
    for trial, size in enumerate(reward):
        now = (1 - s) * now + s * (1 - now) / (len(sizes) - 1)
        belief[trial] = now
        if counted[trial]:
            evidence = -0.5 * ((size - sizes) / spread) ** 2
            now = now * np.exp(evidence - evidence.max())
            now /= now.sum()
    return belief


def _counted(schedule: Schedule) -> np.ndarray:
    return np.asarray(schedule.reward.any(axis=1) & schedule.level.any(axis=(1, 2)) & ~schedule.probe)
