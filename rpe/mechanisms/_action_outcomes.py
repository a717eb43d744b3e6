"""Immediate reward and effort of each action, learned by a delta rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from rpe._checks import Bools, Floats
from rpe.tasks import Step


class ActionOutcomes:
    """Immediate reward and effort of each action, learned by a delta rule.

    Attributes
    ----------
    reward, effort : float array (n_actions, n_states, n)
        Running means, in reward units.
    liked : float array (n,)
        Liking in all, Σ g r over what was received.
    """

    def __init__(self, n_actions: int, n_states: int, n: int) -> None:
        self.reward, self.effort = np.zeros((2, n_actions, n_states, n))
        self.liked = np.zeros(n)

    def learn(self, place: tuple[Any, ...], rate: Floats, step: Step, active: Bools | None) -> None:
        """Move the means of what was done towards its reward and effort."""
        for table, came in ((self.reward, step.reward), (self.effort, step.effort)):
            moved = table[place] + rate * (came - table[place])
            table[place] = moved if active is None else np.where(active, moved, table[place])
