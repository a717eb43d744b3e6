"""Mood: a running sum of recent errors that colours how rewards are experienced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class Mood(Mechanism):
    """Mood: the momentum of recent prediction errors, in which rewards are worth more, or less.

        h ← h + η (δ − h),   m = tanh(h / s),   r is experienced as r exp(w m)

    with δ = r − e + γ V(s′) − V(s) from before the update, by the values of the agent inside. In its
    source the factor is f^m, so that w = ln f.

    Parameters
    ----------
    agent : Agent
        What is inside; it must have the method `value`.
    weight : float or array (n_agents,)
        w = ln f; above 0 good mood makes rewards better, below 0 worse; 0 (the default) is no effect.
    learning_rate : float or array (n_agents,)
        η in [0, 1].
    scale : float or array (n_agents,)
        s > 0, reward units.
    discount : float or array (n_agents,)
        γ in [0, 1] of δ.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or an agent without values.

    References
    ----------
    Eldar, E. & Niv, Y. (2015). Interaction between emotional state and learning underlies mood
    instability. Nature Communications 6, 6149. doi:10.1038/ncomms7149 (equations provisional: from memory)

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Mood(rpe.agents.QLearner()).idle
    True
    """

    weight: PerAgent = default(0.0)
    learning_rate: PerAgent = default(0.1)
    scale: PerAgent = default(1.0)
    discount: PerAgent = default(1.0)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        if not callable(getattr(self.agent, "value", None)):
            raise TypeError(f"agent must have the method 'value'; {type(self.agent).__name__} has not")
        return {
            "weight": parameter("weight", self.weight),
            "learning_rate": parameter("learning_rate", self.learning_rate, 0, 1),
            "scale": parameter("scale", self.scale, 0, open_low=True),
            "discount": parameter("discount", self.discount, 0, 1),
        }

    @property
    def idle(self) -> bool:
        """Whether mood colours nothing."""
        return not self.weight.any()

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return h and the latest δ, (2, n)."""
        return np.zeros((2, n_agents))

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its reward as it is experienced, and keep δ."""
        own: Floats = memory.own
        inside: Any = self.agent
        ahead = np.where(step.terminated, 0.0, inside.value(memory.inner, step.state))
        own[1] = step.reward - step.effort + self.discount * ahead - inside.value(memory.inner, state)
        return step._replace(reward=step.reward * np.exp(self.weight * np.tanh(own[0] / self.scale)))

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Let mood follow the error."""
        own: Floats = memory.own
        moved = own[0] + self.learning_rate * (own[1] - own[0])
        own[0] = moved if active is None else np.where(active, moved, own[0])
