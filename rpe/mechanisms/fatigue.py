"""Fatigue: effort that weighs more the more was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, PerAgent, default, numbers, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class Fatigue(Mechanism):
    """Fatigue: effort weighs more the more was done, with a recoverable and an unrecoverable part.

        effort′ = (RF + UF) effort,   RF ← max(floor, RF + β_f E − α_f rest),   UF ← UF + θ_f E

    RF and UF start at 0.5, so that effort costs a fresh agent what it is. `rest` is 1 in a step
    without effort, and `work_rest` in one with.

    Parameters
    ----------
    agent : Agent
        What is inside.
    recoverable_gain : float or array (n_agents,)
        β_f ≥ 0, per unit of effort.
    recovery : float or array (n_agents,)
        α_f ≥ 0, per step of rest.
    unrecoverable_gain : float or array (n_agents,)
        θ_f ≥ 0, per unit of effort.
    floor : float or array (n_agents,)
        The least RF, ≥ 0.
    work_rest : float or array (n_agents,)
        Rest within a step of work, in [0, 1]; .57 in the source.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Müller, T., Klein-Flügge, M. C., Manohar, S. G., Husain, M. & Apps, M. A. J. (2021). Neural and
    computational mechanisms of momentary fatigue and persistence in effort-based choice. Nature
    Communications 12, 4593. doi:10.1038/s41467-021-24927-7

    Examples
    --------
    >>> import rpe
    >>> rates = {"recoverable_gain": 0.2, "recovery": 0.1, "unrecoverable_gain": 0.05}
    >>> tired = rpe.mechanisms.Fatigue(rpe.agents.QLearner(), **rates)
    >>> tired.after([[0.5], [0.5]], [1.0]).round(3).tolist()      # a step of work
    [[0.643], [0.55]]
    """

    recoverable_gain: PerAgent = default(0.0)
    recovery: PerAgent = default(0.0)
    unrecoverable_gain: PerAgent = default(0.0)
    floor: PerAgent = default(0.0)
    work_rest: PerAgent = default(0.57)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        names = ("recoverable_gain", "recovery", "unrecoverable_gain", "floor")
        checked = {name: parameter(name, getattr(self, name), 0) for name in names}
        return {**checked, "work_rest": parameter("work_rest", self.work_rest, 0, 1)}

    @property
    def idle(self) -> bool:
        """Whether nothing tires."""
        return not (self.recoverable_gain.any() or self.unrecoverable_gain.any() or self.recovery.any())

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return RF and UF, (2, n)."""
        return np.full((2, n_agents), 0.5)

    def after(self, fatigue: npt.ArrayLike, effort: npt.ArrayLike) -> Floats:
        """Return RF and UF (2, n) after a step with these efforts (n,)."""
        tiredness = numbers("fatigue", fatigue)
        if tiredness.ndim != 2 or len(tiredness) != 2:
            raise ValueError(f"fatigue must have shape (2, n); got {tiredness.shape}")
        recoverable, unrecoverable = tiredness
        effort = numbers("effort", effort)
        if effort.shape != recoverable.shape:
            raise ValueError(f"effort must have shape {recoverable.shape}, as fatigue; got {effort.shape}")
        rest = np.where(effort > 0, self.work_rest, 1.0)
        tired = recoverable + self.recoverable_gain * effort - self.recovery * rest
        return np.stack([np.maximum(self.floor, tired), unrecoverable + self.unrecoverable_gain * effort])

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its effort times fatigue."""
        own: Floats = memory.own
        return step if isinstance(step.effort, float) else step._replace(effort=step.effort * own.sum(axis=0))

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Tire, or rest."""
        own: Floats = memory.own
        moved = self.after(own, np.broadcast_to(step.effort, own.shape[1:]))
        own[...] = moved if active is None else np.where(active, moved, own)
