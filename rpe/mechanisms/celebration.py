"""Celebration: a reward that one gives oneself after a step, which wears off as it is repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, choice, default, parameter
from rpe.mechanisms._work import work_and_units
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


class CelebrationMemory(NamedTuple):
    """What is celebrated, and how much of that there was.

    Attributes
    ----------
    recent : float array (n,)
        c, celebrations of late.
    is_work : bool array (n_actions,)
    units : int array (n_states,)
    """

    recent: Floats
    is_work: Bools
    units: Ints


@dataclass(frozen=True, eq=False)
class Celebration(Mechanism):
    """Celebration: a chosen self-reward after a unit of work, or after any attempt at one.

        r ← r + b exp(−κ c),   e ← e + cost,   c ← ρ c + 1   at each celebration, else c ← ρ c

    It is a pseudo-reward: the world pays nothing for it, and may take time and effort for it.

    Parameters
    ----------
    agent : Agent
        What is inside.
    size : float or array (n_agents,)
        b ≥ 0, reward units; 0 (the default) is nobody who celebrates.
    habituation : float or array (n_agents,)
        κ ≥ 0; 0 for a celebration that never wears off.
    retention : float or array (n_agents,)
        ρ in [0, 1], by which earlier celebrations count in the next step.
    cost : float or array (n_agents,)
        ≥ 0, of each celebration, reward units.
    after : {"unit", "attempt"}
        What is celebrated: a unit that is done, or any step of work, done or not.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; at `init`, for a task without units of work.

    Notes
    -----
    The model is an assumption; that praise of oneself acts as a reward is the claim to be tested with it.

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Celebration(rpe.agents.QLearner()).idle
    True
    """

    size: PerAgent = default(0.0)
    habituation: PerAgent = default(0.0)
    retention: PerAgent = default(0.95)
    cost: PerAgent = default(0.0)
    after: str = "unit"

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        return {
            "size": parameter("size", self.size, 0),
            "habituation": parameter("habituation", self.habituation, 0),
            "retention": parameter("retention", self.retention, 0, 1),
            "cost": parameter("cost", self.cost, 0),
            "after": choice("after", self.after, ("unit", "attempt")),
        }

    @property
    def idle(self) -> bool:
        """Whether nobody celebrates."""
        return not self.size.any()

    def create_memory(self, task: Task, n_agents: int) -> CelebrationMemory:
        """Return what there is to celebrate, and that nothing was celebrated yet."""
        return CelebrationMemory(np.zeros(n_agents), *work_and_units(task))

    def celebrated(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Bools:
        """Return whether each agent (n,) celebrates this step; who has a `size` of 0 never does."""
        own: CelebrationMemory = memory.own
        worked = own.is_work[action] & (self.size > 0)
        return worked if self.after == "attempt" else worked & (own.units[step.state] > own.units[state])

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with the celebration and what it costs."""
        own: CelebrationMemory = memory.own
        now = self.celebrated(memory, state, action, step)
        joy = self.size * np.exp(-self.habituation * own.recent)
        return step._replace(
            reward=step.reward + np.where(now, joy, 0.0), effort=step.effort + np.where(now, self.cost, 0.0)
        )

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Count the celebration."""
        own: CelebrationMemory = memory.own
        moved = self.retention * own.recent + self.celebrated(memory, state, action, step)
        own.recent[...] = moved if active is None else np.where(active, moved, own.recent)
