"""Choice kernel: what was done lately is done again, in whatever state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class ChoiceKernel(Mechanism):
    """Choice kernel: what was done lately is done again, or avoided, in any state, K(a) ← K(a) + α (1[a] − K(a)).

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        θ, in logits; 0 (the default) is no kernel, below 0 is alternation.
    learning_rate : float or array (n_agents,)
        α in [0, 1] per choice.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Wilson, R. C. & Collins, A. G. E. (2019). Ten simple rules for the computational modeling of
    behavioral data. eLife 8, e49547. doi:10.7554/eLife.49547 (model 4, choice kernel)

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.ChoiceKernel(rpe.agents.QLearner(), weight=0.5).idle
    False
    """

    weight: PerAgent = default(0.0)
    learning_rate: PerAgent = default(0.1)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        rate = parameter("learning_rate", self.learning_rate, 0, 1)
        return {"weight": parameter("weight", self.weight), "learning_rate": rate}

    @property
    def idle(self) -> bool:
        """Whether the kernel does not count."""
        return not self.weight.any()

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return K (n_actions, n)."""
        return np.zeros((task.n_actions, n_agents))

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return θ K, (n_actions, n)."""
        own: Floats = memory.own
        return self.weight * own

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Move the kernel towards what was done."""
        self._move(memory, action, active)

    def observe_choice(self, memory: MechanismMemory, state: Ints, action: Ints, active: Bools) -> None:
        """Move the kernel also towards choices without feedback."""
        super().observe_choice(memory, state, action, active)
        if not self.idle:
            self._move(memory, action, active)

    def _move(self, memory: MechanismMemory, action: Ints, active: Bools | None) -> None:
        own: Floats = memory.own
        moved = own + self.learning_rate * ((np.arange(len(own))[:, None] == action) - own)
        own[...] = moved if active is None else np.where(active, moved, own)
