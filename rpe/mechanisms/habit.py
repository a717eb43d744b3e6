"""Habit: what was often done in a state is done again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, Kept, PerAgent, default, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class Habit(Mechanism):
    """Habit: what was often done in a state is done again, whatever its outcome.

        H(s, a) ← H(s, a) + α_H (1 − H(s, a)) for what was done, H ← H − α_miss H for the rest of s,
        logits: Q part + θ_H H(s, a)

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        θ_H ≥ 0, in logits; 0 (the default) is no habit.
    learning_rate : float or array (n_agents,)
        α_H in [0, 1] per repetition; the median of 66 days to 95 % is .0444.
    miss_rate : float or array (n_agents,), optional
        α_miss in [0, 1] for what was not done; α_H if not given. One miss set people back little,
        which asks for a rate well below α_H.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Miller, K. J., Shenhav, A. & Ludvig, E. A. (2019). Habits without values. Psychological Review
    126(2), 292-311. doi:10.1037/rev0000120
    Lally, P., van Jaarsveld, C. H. M., Potts, H. W. W. & Wardle, J. (2010). How are habits formed.
    European Journal of Social Psychology 40, 998-1009. doi:10.1002/ejsp.674

    Examples
    --------
    >>> import rpe
    >>> habit = rpe.mechanisms.Habit(rpe.agents.QLearner(), weight=1.0, learning_rate=0.0444)
    >>> memory = habit.init(rpe.tasks.monolithic(), n_agents=2)
    >>> memory.own.shape        # actions, states, agents
    (2, 2562, 2)
    """

    weight: PerAgent = default(0.0)
    learning_rate: PerAgent = default(0.0444)
    miss_rate: Kept[npt.ArrayLike | None, Floats] = default(None)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        rate = parameter("learning_rate", self.learning_rate, 0, 1)
        miss = rate if self.miss_rate is None else parameter("miss_rate", self.miss_rate, 0, 1)
        return {"weight": parameter("weight", self.weight, 0), "learning_rate": rate, "miss_rate": miss}

    @property
    def idle(self) -> bool:
        """Whether habit strength does not count."""
        return not self.weight.any()

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return H (n_actions, n_states, n)."""
        return np.zeros((task.n_actions, task.n_states, n_agents))

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return θ_H H(s, ·), (n_actions, n)."""
        own: Floats = memory.own
        return self.weight * own[:, state, np.arange(len(state))]

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Strengthen what was done."""
        own: Floats = memory.own
        every = np.arange(len(state))
        here = own[:, state, every]
        moved = strengthened(here, action, self.learning_rate, self.miss_rate)
        own[:, state, every] = moved if active is None else np.where(active, moved, here)


def strengthened(strength: Floats, action: Ints, learning_rate: Floats, miss_rate: Floats) -> Floats:
    """Return habit strengths (n_actions, n) after the actions (n,): done again, or missed once more."""
    done = np.arange(len(strength))[:, None] == action
    return np.asarray(strength + np.where(done, learning_rate * (1 - strength), -miss_rate * strength))
