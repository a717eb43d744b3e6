"""Surge: a drug adds an error that no prediction takes away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np

from rpe._checks import Floats, Ints, PerAgent, default, parameter
from rpe.mechanisms._drug_actions import Actions, drug_actions
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task
from rpe.td.errors import td_error


class ActionValues(Protocol):
    """Memory of a learner with one table of action values.

    Attributes
    ----------
    q : float array (1, n_actions, n_agents, n_states)
        Action values, in reward units.
    discounts : float array (1, n_agents) or (1, 1)
        γ per step.
    """

    @property
    def q(self) -> Floats:
        """Action values."""

    @property
    def discounts(self) -> Floats:
        """Discount factors."""


class ValuingAgent(Protocol):
    """Agent that says what a state is worth to it."""

    def value(self, memory: Any, state: Ints) -> Floats:
        """Return V(s) of each agent's state (n,), in reward units."""


@dataclass(frozen=True, eq=False)
class Surge(Mechanism):
    """Non-compensable drug surge: D is added to the error, which never falls below D.

        δ = max(u + γ V(s′) − Q(s, a) + D, D) for the drug's actions

    The value of the drug then never settles. The agent inside learns from the reward that gives this
    error, so it must keep one table of action values.

    Parameters
    ----------
    agent : Agent
        A tabular learner with one table, or a mechanism around one.
    size : float or array (n_agents,)
        D ≥ 0, in reward units; 0 (the default) is no drug.
    actions : int or tuple of int
        The actions that take the drug.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or an agent without a single table of action values.

    References
    ----------
    Redish, A. D. (2004). Addiction as a computational process gone awry. Science 306, 1944-1947.
    doi:10.1126/science.1102384

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Surge(rpe.agents.QLearner(), size=0.025, actions=1).idle
    False
    """

    size: PerAgent = default(0.0)
    actions: Actions = default(1)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        if self.n_tables != 1:
            raise ValueError(f"agent must keep one table of action values; got {self.n_tables}")
        return {"size": parameter("size", self.size, 0), "actions": drug_actions(self.actions)}

    @property
    def idle(self) -> bool:
        """Whether there is no drug."""
        return not self.size.any()

    def init(self, task: Task, n_agents: int) -> MechanismMemory:
        """Return a fresh memory for n agents.

        Raises
        ------
        TypeError
            If the agent inside keeps no action values.
        """
        memory = super().init(task, n_agents)
        if not self.idle and not (hasattr(memory, "q") and hasattr(memory, "discounts")):
            raise TypeError(f"agent must keep action values; {type(self.agent).__name__} does not")
        return memory

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with the reward that lifts the error of the drug to δ ≥ D."""
        agent: ValuingAgent = cast(ValuingAgent, self.agent)
        inner: ActionValues = memory.inner
        ahead = np.where(step.terminated, 0.0, agent.value(memory.inner, step.state))
        value = inner.q[0][action, np.arange(len(state)), state]
        error = td_error(step.reward + step.points - step.effort, value, ahead, inner.discounts[0])
        lifted = np.maximum(error + self.size, self.size) - error
        return step._replace(reward=step.reward + np.where(np.isin(action, self.actions), lifted, 0.0))
