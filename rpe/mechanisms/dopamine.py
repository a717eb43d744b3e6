"""Mechanisms of dopamine at choice: wanting apart from liking, and receptors that weigh benefits against costs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, parameter
from rpe.mechanisms.wrapping import Mechanism
from rpe.tasks import Step


class Brought:
    """What actions brought at once, learned by a delta rule: reward and effort, (n_actions, n_states, n) each.

    Attributes
    ----------
    reward, effort : float array (n_actions, n_states, n)
        Running means, in reward units.
    liked : float array (n,)
        Pleasure in all, Σ g r over what was received.
    """

    def __init__(self, n_actions: int, n_states: int, n: int) -> None:
        self.reward, self.effort = np.zeros((2, n_actions, n_states, n))
        self.liked = np.zeros(n)

    def learn(self, place: tuple[Any, ...], rate: Any, step: Step, active: Bools | None) -> None:
        """Move the means of what was done towards what it brought."""
        for table, came in ((self.reward, step.reward), (self.effort, step.effort)):
            moved = table[place] + rate * (came - table[place])
            table[place] = moved if active is None else np.where(active, moved, table[place])


@dataclass(frozen=True, eq=False)
class Wanting(Mechanism):
    """Incentive salience at choice: what an action brings at once draws κ times; liking does not follow κ.

        logits: Q part + β (κ − 1) R(s, a),   R(s, a) ← R(s, a) + α (r − R(s, a)),   liking = g r

    κ acts on what is already known, with no new learning. The pleasure of what is received goes to
    `memory.own.liked`, and no choice reads it.

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

    kappa: Any = 1.0
    inverse_temperature: Any = 1.0
    learning_rate: Any = 0.1
    liking_gain: Any = 1.0

    def _checked(self) -> dict[str, Any]:
        low = ("kappa", "inverse_temperature", "liking_gain")
        checked = {name: parameter(name, getattr(self, name), 0) for name in low}
        return {**checked, "learning_rate": parameter("learning_rate", self.learning_rate, 0, 1)}

    @property
    def idle(self) -> bool:
        """Whether nothing is wanted more or less than it is worth."""
        return bool((self.kappa == 1).all())

    def remember(self, task: Any, n_agents: int) -> Brought:
        """Return R, and what was liked."""
        return Brought(task.n_actions, task.n_states, n_agents)

    def bias(self, own: Brought, state: Ints) -> Floats:
        """Return β (κ − 1) R(s, ·), (n_actions, n)."""
        return self.inverse_temperature * (self.kappa - 1) * own.reward[:, state, np.arange(len(state))]

    def notice(self, own: Brought, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Learn what the action brought, and like it."""
        own.learn((action, state, np.arange(len(state))), self.learning_rate, step, active)
        own.liked += self.liking_gain * step.reward * (1.0 if active is None else active)


@dataclass(frozen=True, eq=False)
class Opponency(Mechanism):
    """Benefits drawn on by D1 receptors, costs by D2 receptors, weighed by dopamine at choice.

        logits: Q part + β [(d₁ max(0, 1 + ρ) − 1) G(s, a) − (d₂ max(0, 1 − ρ) − 1) N(s, a)]

    G and N are what an action brought and cost at once, learned by a delta rule. With ρ = 0 and both
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

    dopamine: Any = 0.0
    d1_density: Any = 1.0
    d2_density: Any = 1.0
    inverse_temperature: Any = 1.0
    learning_rate: Any = 0.1

    def _checked(self) -> dict[str, Any]:
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

    def remember(self, task: Any, n_agents: int) -> Brought:
        """Return G and N."""
        return Brought(task.n_actions, task.n_states, n_agents)

    def bias(self, own: Brought, state: Ints) -> Floats:
        """Return what dopamine adds to the logits, (n_actions, n)."""
        place = (slice(None), state, np.arange(len(state)))
        benefit, cost = self.weights
        return self.inverse_temperature * (benefit * own.reward[place] - cost * own.effort[place])

    def notice(self, own: Brought, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Learn what the action brought and cost."""
        own.learn((action, state, np.arange(len(state))), self.learning_rate, step, active)
