"""Wanting: incentive salience at choice, apart from liking."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default, parameter
from rpe.mechanisms._action_outcomes import ActionOutcomes
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class Wanting(Mechanism):
    """Incentive salience at choice: the immediate reward of an action counts κ times; liking does not follow κ.

        logits: Q part + β (κ − 1) R(s, a),   R(s, a) ← R(s, a) + α (r − R(s, a)),   liking = g r

    κ acts on what is already known, with no new learning. Liking, Σ g r over what is received, goes to
    `memory.own.liked`, also at κ = 1, and no choice reads it. R is not learned at κ = 1, where nothing
    reads it.

    Parameters
    ----------
    agent : Agent
        What is inside.
    kappa : float or array (n_agents,)
        κ ≥ 0; 1 (the default) changes nothing. .2 with a dopamine blocker, 2 to 8 with appetite or
        after sensitisation.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per reward unit: that of the agent inside, for W in place of its value.
    learning_rate : float or array (n_agents,)
        α in [0, 1] per choice.
    liking_gain : float or array (n_agents,)
        g ≥ 0, of opioids on pleasure.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Zhang, J., Berridge, K. C., Tindell, A. J., Smith, K. S. & Aldridge, J. W. (2009). A neural
    computational model of incentive salience. PLoS Computational Biology 5(7), e1000437, Eq. 3a
    (from memory). doi:10.1371/journal.pcbi.1000437

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Wanting(rpe.agents.QLearner(), kappa=1.0).idle
    True
    """

    observes_when_idle: ClassVar[bool] = True

    kappa: PerAgent = default(1.0)
    inverse_temperature: PerAgent = default(1.0)
    learning_rate: PerAgent = default(0.1)
    liking_gain: PerAgent = default(1.0)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        low = ("kappa", "inverse_temperature", "liking_gain")
        checked = {name: parameter(name, getattr(self, name), 0) for name in low}
        return {**checked, "learning_rate": parameter("learning_rate", self.learning_rate, 0, 1)}

    @property
    def idle(self) -> bool:
        """Whether nothing is wanted more or less than it is worth."""
        return bool((self.kappa == 1).all())

    def create_memory(self, task: Task, n_agents: int) -> ActionOutcomes:
        """Return R, and what was liked so far."""
        return ActionOutcomes(task.n_actions, task.n_states, n_agents)

    @cached_property
    def _learns(self) -> bool:
        return not self.idle

    @cached_property
    def _plain_liking(self) -> bool:
        return bool((self.liking_gain == 1).all())

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return β (κ − 1) R(s, ·), (n_actions, n)."""
        own: ActionOutcomes = memory.own
        return self.inverse_temperature * (self.kappa - 1) * own.reward[:, state, np.arange(len(state))]

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Learn the reward of the action, and like it."""
        own: ActionOutcomes = memory.own
        if self._learns:
            own.learn((action, state, np.arange(len(state))), self.learning_rate, step, active)
        liking = step.reward if self._plain_liking else self.liking_gain * step.reward
        own.liked += liking if active is None else liking * active
