"""Kinds of reward: each with a scale and a satiation of its own, or all in one store as a common currency has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, Kept, PerAgent, between, default, flag, parameter
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task
from rpe.td.errors import delta_rule_error

PerKind = Kept[npt.ArrayLike, tuple[float, ...]]


class KindsMemory(NamedTuple):
    """What was had, and what each kind is worth when hungry.

    Attributes
    ----------
    stores : float array (n_kinds, n)
        c, what was had of late, in reward units.
    hungry : float array (n_kinds, n_states, n)
        G, the discounted next reward of each kind, in reward units.
    """

    stores: Floats
    hungry: Floats


@dataclass(frozen=True, eq=False)
class RewardKinds(Mechanism):
    """Kinds of reward: action k brings kind k, with a scale s_k, a delay, and a satiation κ_k of its own.

        r is experienced as r s_k^w,   logits: Q part + β (f_k − 1) G(s, k),   f_k = exp(−w κ_k c_k)
        G(s, k) ← G(s, k) + α (r s_k^w − G(s, k)) once it comes, and towards γ G(s′, k) while it is waited for
        c_k ← ρ_k c_k + max(r, 0) of kind k

    Satiation acts at choice and at once, as in tests of devaluation, which teach nothing new. With `pooled=True` every
    reward fills every store, so that who has had enough of one kind has had enough of all: satiation in a common
    currency. Without satiation a kind is its scale and its delay, which is a common currency in full.

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
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per reward unit: that of the agent inside.
    learning_rate, discount : float or array (n_agents,)
        α and γ in [0, 1].

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
    >>> import rpe
    >>> agent = rpe.mechanisms.RewardKinds(rpe.agents.QLearner(), weight=1.0, satiation=[0.3, 0.1, 0.0])
    >>> memory = agent.init(rpe.tasks.reward_kinds([3.0, 2.0, 1.0]), n_agents=1)
    >>> memory.own.stores[0] += 10.0                     # a meal of the first kind
    >>> agent.appetite(memory).round(2).ravel()
    array([0.05, 1.  , 1.  ])
    """

    weight: PerAgent = default(0.0)
    scale: PerKind = default((1.0, 1.0, 1.0))
    satiation: PerKind = default((0.0, 0.0, 0.0))
    retention: PerKind = default((0.95, 0.95, 0.95))
    pooled: bool = False
    inverse_temperature: PerAgent = default(1.0)
    learning_rate: PerAgent = default(0.1)
    discount: PerAgent = default(1.0)

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
        found |= {name: parameter(name, getattr(self, name), 0) for name in ("weight", "inverse_temperature")}
        found |= {name: parameter(name, getattr(self, name), 0, 1) for name in ("learning_rate", "discount")}
        return {**found, "pooled": flag("pooled", self.pooled)}

    @property
    def idle(self) -> bool:
        """Whether reward is taken as it comes."""
        return not self.weight.any()

    def create_memory(self, task: Task, n_agents: int) -> KindsMemory:
        """Return that nothing was had yet."""
        n = len(self.scale)
        if task.n_actions > n:
            raise ValueError(f"scale must have an entry for each of {task.n_actions} actions; got {n}")
        return KindsMemory(np.zeros((n, n_agents)), np.zeros((n, task.n_states, n_agents)))

    def appetite(self, memory: MechanismMemory) -> Floats:
        """Return f (n_kinds, n), what is left of the worth of each kind."""
        own: KindsMemory = memory.own
        return np.asarray(np.exp(-self.weight * np.array(self.satiation)[:, None] * own.stores))

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return β (f − 1) G(s, ·), (n_actions, n)."""
        own: KindsMemory = memory.own
        lost = (self.appetite(memory) - 1) * own.hungry[:, state, np.arange(len(state))]
        n_actions = len(self.agent.policy(memory.inner, state))
        return np.asarray(self.inverse_temperature * lost[:n_actions])

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with its reward on the scale of its kind."""
        return step._replace(reward=self._scaled(step, action))

    def _scaled(self, step: Step, action: Ints) -> Floats:
        return np.asarray(step.reward * np.array(self.scale)[action] ** self.weight)

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Learn what the kind brings and when, fill its store, or all, and empty them by what is used up."""
        own: KindsMemory = memory.own
        agents = np.arange(len(action))
        reward = self._scaled(step, action)
        ahead = np.where(step.terminated, 0.0, self.discount * own.hungry[action, step.state, agents])
        error = delta_rule_error(np.where(reward == 0, ahead, reward), own.hungry[action, state, agents])
        own.hungry[action, state, agents] += self.learning_rate * error * (1.0 if active is None else active)
        fills = np.ones(own.stores.shape) if self.pooled else np.arange(len(own.stores))[:, None] == action
        moved = np.array(self.retention)[:, None] * own.stores + fills * np.maximum(step.reward, 0.0)
        own.stores[...] = moved if active is None else np.where(active, moved, own.stores)
