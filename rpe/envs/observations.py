"""What an environment shows of the state of a task: the state itself, without the time, or as features."""

from typing import Any

import numpy as np
from gymnasium import spaces

from rpe._checks import Ints, choice
from rpe.tasks import GoalTask

KINDS = ("state", "blind", "features")
FEATURE_NAMES = ("time left", "share done", "engaged", "to next goal", "fatigue", "missed sub-deadlines")


class Observer:
    """Turns states of a task into observations, for one state or many.

    Parameters
    ----------
    task : GoalTask
    kind : {"state", "blind", "features"}
        The discrete state; the discrete state without the time; or the six `FEATURE_NAMES`, each a
        share in [0, 1].

    Raises
    ------
    ValueError
        If there is no such kind of observation.
    """

    def __init__(self, task: GoalTask, kind: str) -> None:
        self.task, self.kind = task, choice("observation", kind, KINDS)
        self.space: spaces.Space[Any]
        if kind == "features":
            self.space = spaces.Box(0.0, 1.0, (len(FEATURE_NAMES),), np.float32)
            self._features = self._tabulate()
        else:
            self.space = spaces.Discrete(task.n_states if kind == "state" else task.layer_size)

    def one(self, state: int) -> Any:
        """Return the observation of one state; a fresh array if it is an array."""
        if self.kind == "features":
            return self._features[state].copy()
        return state if self.kind == "state" else state % self.task.layer_size

    def many(self, states: Ints) -> Any:
        """Return the observations (n, ...) of states (n,), always a fresh array."""
        if self.kind == "features":
            return self._features[states]
        return states.copy() if self.kind == "state" else states % self.task.layer_size

    def _tabulate(self) -> Any:
        """Every state as features, (n_states, n_features)."""
        task = self.task
        now = task.decode(np.arange(task.n_states))
        goals = np.array(task.goals)
        ahead = goals[np.searchsorted(goals, np.minimum(now["units"] + 1, task.n_units))] - now["units"]
        missed = now["missed"]
        n_missed = int(missed.max())
        columns = (
            1 - now["time"] / task.deadline,
            now["units"] / task.n_units,
            now["engaged"],
            ahead / task.n_units,
            now["fatigue"] / max(1, now["fatigue"].max()),
            np.bitwise_count(missed) / max(1, int(n_missed).bit_count()),
        )
        return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=-1)
