"""Willpower as a resource: self-control that resisting temptation uses up, and rest restores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default, instance, parameter
from rpe.mechanisms._work import work_mask
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


class WillpowerMemory(NamedTuple):
    """How much willpower is left.

    Attributes
    ----------
    left : float array (n,)
        C, in [0, 1].
    temptation : float array (n,)
        τ of the latest step.
    is_work : bool array (n_actions,)
    """

    left: Floats
    temptation: Floats
    is_work: Bools


@dataclass(frozen=True, eq=False)
class Willpower(Mechanism):
    """Ego depletion: work is favoured by θ C, and C, willpower, is used up by the temptation that is resisted.

        work:  C ← max(0, C − κ τ),   τ = chance that the agent inside would not have worked;   else  C ← C + ρ (1 − C)

    C starts at 1. It is the rival of `ControlInvestment`, and stands here to be tested against it: in 23
    laboratories (n = 2,141) the effect was d = 0.04 (95 % interval −0.07 to 0.15), from a secondary source.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        θ ≥ 0, logits; 0 (the default) is no self-control.
    use : float or array (n_agents,)
        κ in [0, 1].
    recovery : float or array (n_agents,)
        ρ in [0, 1], per step without work.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; at `init`, for a task without work.

    References
    ----------
    Baumeister, R. F., Bratslavsky, E., Muraven, M. & Tice, D. M. (1998). Ego depletion. Journal of Personality and
    Social Psychology 74(5), 1252-1265. doi:10.1037/0022-3514.74.5.1252 (idea; the equations are the library's own)
    Hagger, M. S. et al. (2016). A multilab preregistered replication of the ego-depletion effect. Perspectives on
    Psychological Science 11(4), 546-573. doi:10.1177/1745691616652873

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Willpower(rpe.agents.QLearner()).idle
    True
    """

    weight: PerAgent = default(0.0)
    use: PerAgent = default(0.1)
    recovery: PerAgent = default(0.1)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        shares = {name: parameter(name, getattr(self, name), 0, 1) for name in ("use", "recovery")}
        return {"weight": parameter("weight", self.weight, 0), **shares}

    @property
    def idle(self) -> bool:
        """Whether there is no self-control."""
        return not self.weight.any()

    def create_memory(self, task: Task, n_agents: int) -> WillpowerMemory:
        """Return that all willpower is left."""
        return WillpowerMemory(np.ones(n_agents), np.zeros(n_agents), work_mask(task))

    def transfer(self, memory: MechanismMemory, task: Task) -> MechanismMemory:
        """Return a memory for another task: the willpower that is left goes along, all else is new.

        Raises
        ------
        TypeError
            If `memory` is not that of a mechanism.
        """
        left: Floats = instance("memory", memory, MechanismMemory).own.left
        fresh = self.init(task, len(left))
        fresh.own.left[...] = left
        return fresh

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return θ C for work, (n_actions, n)."""
        own: WillpowerMemory = memory.own
        return np.where(own.is_work[:, None], self.weight * own.left, 0.0)

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step as it is, and keep how tempting it was before anything is learned from it."""
        own: WillpowerMemory = memory.own
        own.temptation[...] = self.agent.policy(memory.inner, state)[~own.is_work].sum(axis=0)
        return step

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Use willpower up, or restore it."""
        own: WillpowerMemory = memory.own
        used = np.maximum(0.0, own.left - self.use * own.temptation)
        moved = np.where(own.is_work[action], used, own.left + self.recovery * (1 - own.left))
        own.left[...] = moved if active is None else np.where(active, moved, own.left)
