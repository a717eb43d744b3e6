"""The actor-critic: a critic that learns state values, an actor that the same error teaches."""

from dataclasses import dataclass

import numpy as np

from rpe._checks import Bools, Floats, Ints, KnowsItsKeywords, PerAgent, agent_count, default, parameter
from rpe._softmax import softmax
from rpe.agents._steps import Offered, check_n_agents, experienced_utility, offered_actions, offered_in
from rpe.agents.credit import Credit
from rpe.choice import inverse_temperature
from rpe.tasks import Step, TabulatedTask
from rpe.td.errors import td_error


@dataclass
class ActorCriticMemory:
    """Memory of an actor-critic.

    Attributes
    ----------
    critic : float array (n_states, n_agents, 1)
        State values, in reward units.
    actor : float array (n_states, n_agents, n_actions)
        Action preferences θ, in reward units.
    agent : int array (n_agents,)
        The number of each agent.
    available : bool array (n_actions, n_states) or None
        Which actions each state offers; None if all do.
    credit : Credit
        The traces of both.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.ActorCritic(discount=0.95).init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> memory.n_agents, memory.preference.shape  # actions, agents, states
    (2, (2, 2, 1))
    """

    critic: Floats
    actor: Floats
    agent: Ints
    available: Offered
    credit: Credit

    @property
    def n_agents(self) -> int:
        """How many agents remember."""
        return int(self.critic.shape[1])

    @property
    def n_states(self) -> int:
        """How many states they know."""
        return int(self.critic.shape[0])

    @property
    def v(self) -> Floats:
        """State values V (n_agents, n_states), a view."""
        return self.critic[..., 0].T

    @property
    def preference(self) -> Floats:
        """Action preferences θ (n_actions, n_agents, n_states), a view."""
        return self.actor.T

    def place(self, state: Ints) -> Ints:
        """Where the states (n,) lie in flattened (n_states, n_agents)."""
        return state * len(self.agent) + self.agent


@dataclass(frozen=True, eq=False, kw_only=True)
class ActorCritic(KnowsItsKeywords):
    """Actor-critic: δ = u + γV(s′) − V(s) moves both V(s) and the preference of what was done.

        V(s) ← V(s) + α δ e,   θ(s, a) ← θ(s, a) + α_π δ e,   π = softmax(β θ)

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1] of the critic, per step.
    actor_rate : float or array (n_agents,)
        α_π in [0, 1] of the actor, per step.
    discount : float or array (n_agents,)
        γ in [0, 1] per step.
    trace_decay : float or array (n_agents,)
        λ in [0, 1] of both.
    inverse_temperature : float or array (n_agents,)
        β ≥ 0 of the softmax over preferences, per reward unit.
    pseudo_reward_weight : float or array (n_agents,)
        How much of a sub-goal's pseudo-reward counts as reward; 0 by default.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths.

    References
    ----------
    Barto, A. G., Sutton, R. S. & Anderson, C. W. (1983). Neuronlike adaptive elements that can
    solve difficult learning control problems. IEEE Trans. SMC 13(5), 834-846.
    doi:10.1109/TSMC.1983.6313077

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.ActorCritic(discount=0.95)
    >>> learner.init(rpe.tasks.monolithic(), n_agents=3).v.shape
    (3, 2562)
    """

    learning_rate: PerAgent = default(0.1)
    actor_rate: PerAgent = default(0.1)
    discount: PerAgent = default(0.95)
    trace_decay: PerAgent = default(0.0)
    inverse_temperature: PerAgent = default(1.0)
    pseudo_reward_weight: PerAgent = default(0.0)

    def __post_init__(self) -> None:
        for name in ("learning_rate", "actor_rate", "discount", "trace_decay"):
            object.__setattr__(self, name, parameter(name, getattr(self, name), 0, 1))
        object.__setattr__(self, "inverse_temperature", inverse_temperature(self.inverse_temperature))
        object.__setattr__(self, "pseudo_reward_weight", parameter("pseudo_reward_weight", self.pseudo_reward_weight))
        _ = self.n_agents

    @property
    def heeds_masks(self) -> bool:
        """Whether no action that a state does not offer is ever chosen."""
        return True

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        return agent_count(**vars(self))

    def init(self, task: TabulatedTask, n_agents: int) -> ActorCriticMemory:
        """Return a fresh memory, all zero, for n agents on a task."""
        check_n_agents(self.n_agents, n_agents, task)
        return ActorCriticMemory(
            np.zeros((task.n_states, n_agents, 1)),
            np.zeros((task.n_states, n_agents, task.n_actions)),
            np.arange(n_agents),
            offered_actions(task),
            Credit(self.trace_decay, getattr(task, "layer_size", None) is not None),
        )

    def start(self, memory: ActorCriticMemory, state: Ints) -> Floats:
        """Begin a trial: clear the traces and return the error (n,) of the cue, γV(s₀)."""
        memory.credit.clear()
        return np.asarray(self.discount * self.value(memory, state))

    def value(self, memory: ActorCriticMemory, state: Ints) -> Floats:
        """Return V(s) of each agent's state (n,), in reward units."""
        return memory.critic.reshape(-1).take(memory.place(state))

    def policy(self, memory: ActorCriticMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        rows = memory.actor.reshape(-1, memory.actor.shape[-1]).take(memory.place(state), axis=0)
        offered = offered_in(memory.available, state)
        return softmax(rows.T, self.inverse_temperature, offered)

    def update(self, memory: ActorCriticMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn from one step in place; return the signed error δ (n,) from before the update."""
        here = memory.place(state)
        there = here * memory.actor.shape[-1] + action
        carry = self.discount * (1.0 - step.terminated)
        value, preference = memory.critic.reshape(-1).take(here), memory.actor.reshape(-1).take(there)
        utility = experienced_utility(step, self.pseudo_reward_weight)
        delta = td_error(utility, value, self.value(memory, step.state), carry)
        if active is not None:
            delta = delta * active
        memory.credit.assign(
            delta,
            carry,
            1.0,
            [memory.critic, memory.actor],
            [here, there],
            [value, preference],
            [self.learning_rate, self.actor_rate],
            active,
            step.terminated | step.truncated if memory.credit.mode == "sweep" else None,
        )
        return np.asarray(delta)
