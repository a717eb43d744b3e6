"""Homeostatic reward: what an outcome is worth depends on the state of the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, PerAgent, default, numbers, parameter
from rpe.mechanisms._drug_actions import Actions, drug_actions
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class Homeostasis(Mechanism):
    """Homeostatic reward: an outcome is worth the drive that it reduces.

        r = D(H) − D(H + K),   D(H) = |h* − H|^(n/m),   H ← (1 − leak) (H + K),
        h* ← h* + shift·1[drug] − recovery (h* − h₀)

    K is the reward of the task, read as the amount taken in. A drug moves the set point, so that
    ever more is needed.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        Of this reward in place of the task's own, in [0, 1]; 0 (the default) leaves it as it is.
    set_point : float or array (n_agents,)
        h₀ ≥ 0, in units of intake.
    m, n : float
        The exponents of the drive, > 0 (provisional: from memory); n > m > 1 in the source.
    leak : float or array (n_agents,)
        Share of H lost per step, in [0, 1].
    shift : float or array (n_agents,)
        By which a dose moves h*, ≥ 0, in units of intake.
    recovery : float or array (n_agents,)
        Share of the way back per step, in [0, 1].
    actions : int or tuple of int
        The actions that take the drug.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Keramati, M. & Gutkin, B. (2014). Homeostatic reinforcement learning for integrating reward
    collection and physiological stability. eLife 3, e04811. doi:10.7554/eLife.04811

    Examples
    --------
    >>> import rpe
    >>> body = rpe.mechanisms.Homeostasis(rpe.agents.QLearner(), weight=1.0, set_point=10.0)
    >>> body.drive(8.0, 10.0) > body.drive(9.0, 10.0)
    np.True_
    """

    weight: PerAgent = default(0.0)
    set_point: PerAgent = default(10.0)
    m: float = 3.0
    n: float = 4.0
    leak: PerAgent = default(0.05)
    shift: PerAgent = default(0.0)
    recovery: PerAgent = default(0.0)
    actions: Actions = default(1)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        shares = {name: parameter(name, getattr(self, name), 0, 1) for name in ("weight", "leak", "recovery")}
        amounts = {name: parameter(name, getattr(self, name), 0) for name in ("set_point", "shift")}
        exponents = {
            name: float(parameter(name, getattr(self, name), 0, open_low=True).reshape(-1)[0]) for name in ("m", "n")
        }
        return {**shares, **amounts, **exponents, "actions": drug_actions(self.actions)}

    @property
    def idle(self) -> bool:
        """Whether reward is worth the same in any state of the body."""
        return not self.weight.any()

    def drive(self, level: npt.ArrayLike, set_point: npt.ArrayLike) -> Floats:
        """Return D(H), in reward units."""
        return self._drive(numbers("level", level), numbers("set_point", set_point))

    def _drive(self, level: Floats, set_point: Floats) -> Floats:
        return np.asarray(np.abs(set_point - level) ** (self.n / self.m))

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return H and h*, (2, n); the body starts in balance."""
        return np.repeat(np.broadcast_to(self.set_point, (1, n_agents)), 2, axis=0).copy()

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with what its intake does for the body."""
        own: Floats = memory.own
        relief = self._drive(own[0], own[1]) - self._drive(own[0] + step.reward, own[1])
        return step._replace(reward=(1 - self.weight) * step.reward + self.weight * relief)

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Take in, use up, and move the set point."""
        own: Floats = memory.own
        level = (1 - self.leak) * (own[0] + step.reward)
        point = own[1] + self.shift * np.isin(action, self.actions) - self.recovery * (own[1] - self.set_point)
        moved = np.stack([level, point])
        own[...] = moved if active is None else np.where(active, moved, own)
