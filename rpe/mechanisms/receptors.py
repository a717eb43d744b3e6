"""Receptor opponency: D1 receptors weigh benefits, D2 receptors costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default, parameter
from rpe.mechanisms._action_outcomes import ActionOutcomes
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class Opponency(Mechanism):
    """Opponency of D1 and D2 receptors: dopamine at choice weighs the benefits of an action against its costs.

        logits: Q part + β [(d₁ max(0, 1 + ρ) − 1) G(s, a) − (d₂ max(0, 1 − ρ) − 1) N(s, a)]

    G and N are the immediate reward and effort of an action, learned by a delta rule. With ρ = 0 and both
    densities at 1 nothing changes. Receptor density multiplies the weights at choice, never an
    error.

    Parameters
    ----------
    agent : Agent
        What is inside.
    dopamine : float or array (n_agents,)
        ρ, dopamine at choice against its normal level.
    d1_density, d2_density : float or array (n_agents,)
        Receptor densities relative to normal, ≥ 0.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0, per reward unit.
    learning_rate : float or array (n_agents,)
        α in [0, 1] per choice.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Collins, A. G. E. & Frank, M. J. (2014). Opponent actor learning (OpAL). Psychological Review
    121(3), 337-366. doi:10.1037/a0037015 (the weights)
    Möller, M. & Bogacz, R. (2019). Learning the payoffs and costs of actions. PLoS Computational
    Biology 15(2), e1006285. doi:10.1371/journal.pcbi.1006285 (payoffs and costs learned apart)

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Opponency(rpe.agents.QLearner(), dopamine=0.5).weights
    (array(0.5), array(-0.5))
    """

    dopamine: PerAgent = default(0.0)
    d1_density: PerAgent = default(1.0)
    d2_density: PerAgent = default(1.0)
    inverse_temperature: PerAgent = default(1.0)
    learning_rate: PerAgent = default(0.1)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        low = ("d1_density", "d2_density", "inverse_temperature")
        checked = {name: parameter(name, getattr(self, name), 0) for name in low}
        checked["dopamine"] = parameter("dopamine", self.dopamine)
        return {**checked, "learning_rate": parameter("learning_rate", self.learning_rate, 0, 1)}

    @property
    def weights(self) -> tuple[Floats, Floats]:
        """What is added to the weights of benefits and of costs, () or (n_agents,) each."""
        benefit = self.d1_density * np.maximum(0.0, 1 + self.dopamine) - 1
        return np.asarray(benefit), np.asarray(self.d2_density * np.maximum(0.0, 1 - self.dopamine) - 1)

    @property
    def idle(self) -> bool:
        """Whether benefits and costs weigh what they are."""
        return not any(weight.any() for weight in self.weights)

    def create_memory(self, task: Task, n_agents: int) -> ActionOutcomes:
        """Return G and N."""
        return ActionOutcomes(task.n_actions, task.n_states, n_agents)

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return what dopamine adds to the logits, (n_actions, n)."""
        own: ActionOutcomes = memory.own
        place = (slice(None), state, np.arange(len(state)))
        benefit, cost = self.weights
        return self.inverse_temperature * (benefit * own.reward[place] - cost * own.effort[place])

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Learn the reward and the effort of the action."""
        own: ActionOutcomes = memory.own
        own.learn((action, state, np.arange(len(state))), self.learning_rate, step, active)
