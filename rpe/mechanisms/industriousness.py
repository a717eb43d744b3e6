"""Learned industriousness: effort that was followed by reward costs less, or is even sought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, Kept, PerAgent, between, default, instance, numbers, parameter, scalar
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task
from rpe.td.errors import delta_rule_error


@dataclass(frozen=True, eq=False)
class Industriousness(Mechanism):
    """Learned industriousness: the sensation of effort is a cue, which gains secondary value by pairing with reward.

        x_j(E) ∝ exp(−(E − L_j)² / 2σ²), Σ_j x_j = 1,   u(E) = Σ_j v_j x_j(E),
        v_j ← v_j + α x_j(E) (r − u(E))   at each step of effort E > 0,   e is experienced as e − w u(E)

    Sensations of similar efforts share their value. It belongs to the person, not to the task, and goes along to
    another one by `transfer`. Unpaid effort extinguishes it.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        w ≥ 0; 0 (the default) is effort that only costs.
    learning_rate : float or array (n_agents,)
        α in [0, 1].
    levels : sequence of float
        L > 0, efforts to which sensations are tuned, rising, in reward units.
    width : float
        σ > 0 of the tuning, in reward units.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or levels that do not rise.

    Notes
    -----
    The idea is Eisenberger's, from memory; the equations are the library's own, and provisional. That effort which
    was paid by itself is sought in a new task without pay was found in people by Clay et al. (abstract).

    References
    ----------
    Eisenberger, R. (1992). Learned industriousness. Psychological Review 99(2), 248-267.
    doi:10.1037/0033-295X.99.2.248
    Clay, G., Mlynski, C., Korb, F. M., Goschke, T. & Job, V. (2022). Rewarding cognitive effort increases the
    intrinsic value of mental labor. PNAS 119(5), e2111785119. doi:10.1073/pnas.2111785119

    Examples
    --------
    Ten steps of effort 2, each paid with 1, at a rate of one fifth: 1 − 0.8¹⁰.

    >>> import rpe
    >>> agent = rpe.mechanisms.Industriousness(rpe.agents.QLearner(), weight=1.0, learning_rate=0.2, levels=[2.0])
    >>> task = rpe.tasks.paid_effort(2.0, reward=1.0, n_steps=10)
    >>> memory = rpe.simulate.run(agent, task, n_agents=1, keep_memory=True).memory
    >>> agent.worth(memory, 2.0).round(4)
    array([0.8926])
    """

    weight: PerAgent = default(0.0)
    learning_rate: PerAgent = default(0.1)
    levels: Kept[npt.ArrayLike, tuple[float, ...]] = default((0.5, 1.0, 2.0, 4.0, 8.0))
    width: float = 0.5

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        levels = between("levels", self.levels, 0, open_low=True)
        if levels.ndim != 1 or (np.diff(levels) <= 0).any():
            raise ValueError(f"levels must rise, in one dimension; got {levels.tolist()}")
        return {
            "weight": parameter("weight", self.weight, 0),
            "learning_rate": parameter("learning_rate", self.learning_rate, 0, 1),
            "levels": tuple(levels.tolist()),
            "width": scalar("width", self.width, 0, open_low=True),
        }

    @property
    def idle(self) -> bool:
        """Whether effort only costs."""
        return not self.weight.any()

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return v (n_levels, n), in reward units."""
        return np.zeros((len(self.levels), n_agents))

    def sensations(self, effort: npt.ArrayLike) -> Floats:
        """Return x (n_levels, n), how strongly each level is felt at efforts (n,); nothing without effort."""
        felt = np.atleast_1d(numbers("effort", effort))
        away = -0.5 * np.square((felt - np.array(self.levels)[:, None]) / self.width)
        # Less the largest, so that efforts far from all levels do not underflow.
        tuned = np.exp(away - away.max(axis=0))
        return np.asarray(np.where(felt > 0, tuned / tuned.sum(axis=0), 0.0))

    def worth(self, memory: MechanismMemory, effort: npt.ArrayLike) -> Floats:
        """Return u(E) (n,), the secondary value of an effort to each agent, in reward units."""
        own: Floats = memory.own
        return np.asarray((own * self.sensations(effort)).sum(axis=0))

    def transfer(self, memory: MechanismMemory, task: Task) -> MechanismMemory:
        """Return a memory for another task: what effort is worth goes along, all else is new.

        Raises
        ------
        TypeError
            If `memory` is not that of a mechanism.
        """
        own: Floats = instance("memory", memory, MechanismMemory).own
        fresh = self.init(task, own.shape[1])
        fresh.own[...] = own
        return fresh

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its effort less what that is worth by now."""
        own: Floats = memory.own
        effort = np.broadcast_to(step.effort, own.shape[1:])
        return step._replace(effort=effort - self.weight * self.worth(memory, effort))

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Pair the sensation of effort with what was received."""
        own: Floats = memory.own
        felt = self.sensations(np.broadcast_to(step.effort, own.shape[1:]))
        error = delta_rule_error(step.reward, (own * felt).sum(axis=0))
        moved = own + self.learning_rate * felt * error
        own[...] = moved if active is None else np.where(active, moved, own)
