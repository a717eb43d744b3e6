"""Kinds of reward: each with a scale and a satiation of its own, or all in one store as a common currency has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, Kept, PerAgent, between, default, flag, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task

PerKind = Kept[npt.ArrayLike, tuple[float, ...]]


@dataclass(frozen=True, eq=False)
class RewardKinds(Mechanism):
    """Kinds of reward: action k brings kind k, with a scale s_k and a satiation κ_k of its own.

        r′ = r (s_k exp(−κ_k c_k))^w,   c_k ← ρ_k c_k + max(r, 0) of kind k   (specific satiation)

    With `pooled=True` every reward fills every store, so that who has had enough of one kind has had enough of all:
    satiation in a common currency. Without satiation a kind is its scale, which is a common currency in full.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        w ≥ 0; 0 (the default) is reward as it comes.
    scale : float array (n_kinds,)
        s_k > 0; at least as many as the task has actions.
    satiation : float array (n_kinds,)
        κ_k ≥ 0, per reward unit.
    retention : float array (n_kinds,)
        ρ_k in [0, 1], the share of what was had that still counts a step later.
    pooled : bool
        Whether all kinds satiate together.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths; at `init`, for a task with more actions than kinds.

    Notes
    -----
    Satiety that is specific to what was eaten is from memory, the form is the library's own, and the values are
    provisional. That one scale serves all kinds is the hypothesis of a common currency.

    References
    ----------
    Rolls, B. J., Rolls, E. T., Rowe, E. A. & Sweeney, K. (1981). Sensory specific satiety in man. Physiology &
    Behavior 27(1), 137-142. doi:10.1016/0031-9384(81)90310-3
    Levy, D. J. & Glimcher, P. W. (2012). The root of all value: a neural common currency for choice. Current
    Opinion in Neurobiology 22(6), 1027-1038. doi:10.1016/j.conb.2012.06.001

    Examples
    --------
    Four meals, of which the first satiates and the others come a step apart:

    >>> import rpe
    >>> learner = rpe.agents.QLearner(learning_rate=1.0, discount=0.0)
    >>> agent = rpe.mechanisms.RewardKinds(learner, weight=1.0, satiation=[0.5], scale=[1.0], retention=[1.0])
    >>> task = rpe.tasks.reward_kinds([1.0], n_steps=4)
    >>> memory = rpe.simulate.run(agent, task, n_agents=1, keep_memory=True).memory
    >>> memory.own.ravel(), memory.q.ravel().round(4)       # e to the power of −1.5
    (array([4.]), array([0.2231]))
    """

    weight: PerAgent = default(0.0)
    scale: PerKind = default((1.0, 1.0, 1.0))
    satiation: PerKind = default((0.0, 0.0, 0.0))
    retention: PerKind = default((0.95, 0.95, 0.95))
    pooled: bool = False

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        kinds = {
            "scale": between("scale", self.scale, 0, open_low=True),
            "satiation": between("satiation", self.satiation, 0),
            "retention": between("retention", self.retention, 0, 1),
        }
        for name, array in kinds.items():
            if array.shape != kinds["scale"].shape or array.ndim != 1:
                raise ValueError(f"{name} must have one entry a kind, as scale; got shape {array.shape}")
        found: dict[str, Any] = {name: tuple(array.tolist()) for name, array in kinds.items()}
        return {"weight": parameter("weight", self.weight, 0), **found, "pooled": flag("pooled", self.pooled)}

    @property
    def idle(self) -> bool:
        """Whether reward is taken as it comes."""
        return not self.weight.any()

    def create_memory(self, task: Task, n_agents: int) -> Floats:
        """Return c (n_kinds, n), what was had of late, in reward units."""
        if task.n_actions > len(self.scale):
            raise ValueError(f"scale must have an entry for each of {task.n_actions} actions; got {len(self.scale)}")
        return np.zeros((len(self.scale), n_agents))

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its reward as it is experienced."""
        own: Floats = memory.own
        scale, satiation = np.array(self.scale)[action], np.array(self.satiation)[action]
        worth = scale * np.exp(-satiation * own[action, np.arange(len(action))])
        return step._replace(reward=step.reward * worth**self.weight)

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Fill the store of the kind, or all, and empty them by what is used up."""
        own: Floats = memory.own
        fills = np.ones(own.shape) if self.pooled else np.arange(len(own))[:, None] == action
        moved = np.array(self.retention)[:, None] * own + fills * np.maximum(step.reward, 0.0)
        own[...] = moved if active is None else np.where(active, moved, own)
