"""Satiation: rewards that bring less after recent rewards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class Satiation(Mechanism):
    """Satiation: rewards are worth less after recent rewards, r′ = r exp(−κ c), c ← ρ c + r.

    Parameters
    ----------
    agent : Agent
        What is inside.
    strength : float or array (n_agents,)
        κ ≥ 0, per reward unit; 0 (the default) is no satiation. Provisional: from memory.
    retention : float or array (n_agents,)
        ρ in [0, 1], the share of what was consumed that still counts a step later.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Satiation(rpe.agents.QLearner(), strength=0.0).idle
    True
    """

    strength: PerAgent = default(0.0)
    retention: PerAgent = default(0.9)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        return {
            "strength": parameter("strength", self.strength, 0),
            "retention": parameter("retention", self.retention, 0, 1),
        }

    @property
    def idle(self) -> bool:
        """Whether nothing satiates."""
        return not self.strength.any()

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return c (n,), what was consumed recently, in reward units."""
        return np.zeros(n_agents)

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its reward after satiation."""
        own: Floats = memory.own
        return step._replace(reward=step.reward * np.exp(-self.strength * own))

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Add what was consumed; a punishment does not make hungry."""
        own: Floats = memory.own
        moved = self.retention * own + np.maximum(step.reward, 0.0)
        own[...] = moved if active is None else np.where(active, moved, own)
