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
    runs = _Runs()
    for size in sizes.tolist():
        runs.take(size)
    common = runs.common()
    return None if common is None else Contexts(common, switching_of(schedule, common))


class _Runs:
    """Sizes of reward, how often each came, in how many runs, and how often a size was followed by itself."""

    def __init__(self) -> None:
        self.sizes: list[float] = []
        self._counts: dict[float, int] = {}
        self._runs: dict[float, int] = {}
        self._same = 0

    def take(self, size: float) -> None:
        """Count one reward."""
        same = bool(self.sizes) and self.sizes[-1] == size
        self._same += same
        self._counts[size] = self._counts.get(size, 0) + 1
        self._runs[size] = self._runs.get(size, 0) + (not same)
        self.sizes.append(size)

    def common(self) -> Floats | None:
        """The sizes that are contexts, in order, or None."""
        n = len(self.sizes)
        if len(self._counts) < 2:
            return None
        common = [
            size
            for size, count in sorted(self._counts.items())
            if count / n >= _SHARE / len(self._counts) and self._runs[size] >= _RUNS
        ]
        chance = sum((count / n) ** 2 for count in self._counts.values())
        in_runs = self._same / (n - 1) >= (1 + chance) / 2
        return np.array(common) if len(common) >= 2 and in_runs else None


def switching_of(schedule: Schedule, sizes: Floats) -> float:
    """Return how often the context changed between rewarded training trials, each taken for the nearest size."""
    return _switching(outcome(schedule)[_counted(schedule)].tolist(), sizes)


def beliefs(schedule: Schedule, contexts: Contexts, noise: float) -> Floats:
    """Return the belief in each context before the reward of every trial, (n_trials, n_contexts).

    From trial to trial b_c ← (1 − s) b_c + s (1 − b_c)/(C − 1); a reward r multiplies it by the
    normal density of r around the size of c, with the SD `noise` times the smallest distance
    between sizes. What a probe trial shows is forgotten.
    """
    sizes = contexts.sizes
    reward, counted = outcome(schedule), _counted(schedule)
    belief, now = np.empty((len(reward), len(sizes))), np.full(len(sizes), 1 / len(sizes))
    for trial, size in enumerate(reward):
        now = _next(now, contexts.switching)
        belief[trial] = now
        if counted[trial]:
            now = _after(now, size, sizes, noise)
    return belief


def learned_beliefs(schedule: Schedule, noise: float, sizes: Floats | None = None) -> Floats:
    """Return the belief in each context before every reward, of someone who finds the contexts on the way.

    As `contexts_in` and `beliefs`, each from the trials before. The first column is the belief that there are no
    contexts, which is 1 until some are found; the others are sizes, in order, of which those that are no contexts (yet)
    have the belief 0. Found contexts are equally likely at first.

    Parameters
    ----------
    schedule : Schedule
    noise : float
        As in `beliefs`.
    sizes : float array (n_contexts,), optional
        The contexts, if they are known; then only how often they change is learned.
    """
    reward, counted = outcome(schedule), _counted(schedule)
    names = _frequent(reward[counted]) if sizes is None else sizes
    share, runs, belief = np.zeros((len(reward), 1 + len(names))), _Runs(), np.ones(0)
    found = np.zeros(0)
    for trial, size in enumerate(reward.tolist()):
        known = runs.common() if sizes is None else sizes
        if known is None:
            share[trial, 0], found = 1.0, np.zeros(0)
        else:
            if not np.array_equal(found, known):
                belief, found = np.full(len(known), 1 / len(known)), known
            belief = _next(belief, _switching(runs.sizes, known))
            share[trial, 1 + np.searchsorted(names, known) if sizes is None else slice(1, None)] = belief
        if counted[trial]:
            runs.take(size)
            belief = belief if known is None else _after(belief, size, known, noise)
    return share


def _frequent(sizes: Floats) -> Floats:
    """The sizes that come often enough to be contexts at any time."""
    names, counts = np.unique(sizes, return_counts=True)
    return np.asarray(names[counts >= _RUNS])


def _switching(sizes: list[float], contexts: Floats) -> float:
    """How often the context changed from one reward to the next, each taken for the nearest size."""
    nearest = np.abs(np.array(sizes)[:, None] - contexts).argmin(axis=1)
    return float((nearest[1:] != nearest[:-1]).mean()) if len(nearest) > 1 else 0.0


def _next(belief: Floats, switching: float) -> Floats:
    """The belief from one trial to the next."""
    return np.asarray((1 - switching) * belief + switching * (1 - belief) / (len(belief) - 1))


def _after(belief: Floats, size: float, contexts: Floats, noise: float) -> Floats:
    """The belief after a reward."""
    evidence = -0.5 * ((size - contexts) / (noise * np.diff(np.sort(contexts)).min())) ** 2
    after = belief * np.exp(evidence - evidence.max())
    return np.asarray(after / after.sum())


def _counted(schedule: Schedule) -> np.ndarray:
    return np.asarray(schedule.reward.any(axis=1) & schedule.level.any(axis=(1, 2)) & ~schedule.probe)
