"""Basal shift: every dose raises the level against which rewards are measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default, parameter
from rpe.mechanisms._drug_actions import Actions, drug_actions
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class BasalShift(Mechanism):
    """Basal shift: every dose raises the level against which all rewards are measured.

        u′ = u + D·1[drug] − ρ,   ρ ← ρ + κ·1[drug] − decay·ρ

    Errors stay bounded, and natural rewards lose value.

    Parameters
    ----------
    agent : Agent
        What is inside.
    size : float or array (n_agents,)
        D ≥ 0, what the drug adds, reward units; 0 (the default) is no drug.
    rise : float or array (n_agents,)
        κ ≥ 0, by which a dose raises ρ, reward units (provisional: from memory).
    decay : float or array (n_agents,)
        Share of ρ lost per step, in [0, 1] (assumption).
    actions : int or tuple of int
        The actions that take the drug.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Dezfouli, A., Piray, P., Keramati, M. M., Ekhtiari, H., Lucas, C. & Mokri, A. (2009). A
    neurocomputational model for cocaine addiction. Neural Computation 21(10), 2869-2893.
    doi:10.1162/neco.2009.10-08-882

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.BasalShift(rpe.agents.QLearner(), size=1.0).idle
    False
    """

    size: PerAgent = default(0.0)
    rise: PerAgent = default(0.005)
    decay: PerAgent = default(0.0)
    actions: Actions = default(1)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        return {
            "size": parameter("size", self.size, 0),
            "rise": parameter("rise", self.rise, 0),
            "decay": parameter("decay", self.decay, 0, 1),
            "actions": drug_actions(self.actions),
        }

    @property
    def idle(self) -> bool:
        """Whether there is no drug."""
        return not self.size.any()

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return ρ (n,)."""
        return np.zeros(n_agents)

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step against the level that doses have raised."""
        own: Floats = memory.own
        return step._replace(reward=step.reward + self.size * np.isin(action, self.actions) - own)

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Raise the level by a dose."""
        own: Floats = memory.own
        moved = own + self.rise * np.isin(action, self.actions) - self.decay * own
        own[...] = moved if active is None else np.where(active, moved, own)
