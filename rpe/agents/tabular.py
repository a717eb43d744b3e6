"""Tabular value learners: Q-learning, expected SARSA, and banks of them that discount hyperbolically."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from rpe import td
from rpe._checks import Bools, Floats, Ints, agent_count, choice, count, flag, parameter, scalar
from rpe.agents.credit import Credit
from rpe.choice import inverse_temperature, softmax
from rpe.discounting import hyperbolic_rates
from rpe.tasks import Step

# What an action is worth in a state that does not offer it: never the best, and 0 when weighted by 0.
_NEVER = -1e150


@dataclass
class TableMemory:
    """What tabular learners remember.

    Attributes
    ----------
    table : float array (n_tables, n_states, n_agents, n_actions)
        Action values, in reward units; −1e150 where a state does not offer the action. What one
        step of many agents reads and writes lies close together.
    agent : int array (n_agents,)
        The number of each agent.
    available : bool array (n_actions, n_states) or None
        Which actions each state offers; None if all do.
    discounts, weights : float array (n_tables, n_agents) or (n_tables, 1)
        γᵢ and wᵢ of each table.
    credit : Credit
        The traces.
    ahead : _Ahead or None
        What was read of the states that were just reached, unless traces may change it before
        they are left.
    """

    table: Floats
    agent: Ints
    available: Bools | None
    discounts: Floats
    weights: Floats
    credit: Credit
    ahead: "_Ahead | None" = None

    @property
    def n_agents(self) -> int:
        """How many agents remember."""
        return int(self.table.shape[2])

    @property
    def n_states(self) -> int:
        """How many states they know."""
        return int(self.table.shape[1])

    @property
    def q(self) -> Floats:
        """The action values as (n_tables, n_actions, n_agents, n_states), a view."""
        return self.table.transpose(0, 3, 2, 1)

    @cached_property
    def first_entry(self) -> Ints:
        """Where each table begins when all are flattened, (n_tables, 1)."""
        return (np.arange(len(self.table)) * self.table[0].size)[:, None]

    def place(self, state: Ints) -> Ints:
        """Where the values of the states (n,) lie in flattened (n_states, n_agents)."""
        place = state * len(self.agent)
        place += self.agent
        return place

    def values(self, place: Ints) -> Floats:
        """The action values (n_tables, n_actions, n) at these places."""
        table = self.table.reshape(len(self.table), -1, self.table.shape[-1])
        return np.ascontiguousarray(table.take(place, axis=1).swapaxes(1, 2))


class _Ahead(NamedTuple):
    """Where the values of some states lie, what they are, and, if known, the policy there."""

    state: Ints
    place: Ints
    values: Floats
    policy: Floats | None


@dataclass(frozen=True, eq=False, kw_only=True)
class TabularLearner(ABC):
    """What the tabular value learners share: a bank of discount factors γᵢ with weights wᵢ.

    The agent acts on Q = Σᵢ wᵢ Qᵢ, and each table learns by

        δᵢ = u + γᵢ B(Qᵢ(s′, ·)) − Qᵢ(s, a),   Qᵢ ← Qᵢ + α δᵢ e,   δ = Σᵢ wᵢ δᵢ,

    with the felt utility u = reward + points − effort. B is the maximum if the agent is naive
    about its later selves, and the mean under its own policy if it is sophisticated. A learner
    with one discount factor is its own bank of one.

    Parameters
    ----------
    learning_rate : float or array (n_agents,)
        α in [0, 1] per step.
    trace_decay : float or array (n_agents,)
        λ in [0, 1].
    inverse_temperature : float or array (n_agents,)
        β ≥ 0 of the softmax, per reward unit; infinity for greedy.
    exploration : float or array (n_agents,)
        Probability ε in [0, 1] of choosing evenly among the available actions instead.
    trace : {"accumulating", "replacing"}
        What a second visit does to a trace.
    initial_value : float
        Value of every entry at the start, in reward units.
    pseudo_reward_weight : float or array (n_agents,)
        How much of a sub-goal's pseudo-reward is felt as reward; 0 by default.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths.
    """

    learning_rate: Any = 0.1
    trace_decay: Any = 0.0
    inverse_temperature: Any = 1.0
    exploration: Any = 0.0
    trace: str = "accumulating"
    initial_value: float = 0.0
    pseudo_reward_weight: Any = 0.0

    def __post_init__(self) -> None:
        for name, check in self._checks().items():
            object.__setattr__(self, name, check(name, getattr(self, name)))
        _ = self.n_agents

    def _checks(self) -> dict[str, Any]:
        """How each field is checked."""

        def unit(name: str, value: Any) -> Floats:
            return parameter(name, value, 0, 1)

        return {
            "learning_rate": unit,
            "trace_decay": unit,
            "inverse_temperature": lambda _, value: inverse_temperature(value),
            "exploration": unit,
            "trace": lambda name, value: choice(name, value, ("accumulating", "replacing")),
            "initial_value": scalar,
            "pseudo_reward_weight": parameter,
        }

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        return agent_count(**{name: value for name, value in arrays.items() if isinstance(value, np.ndarray)})

    @cached_property
    def _explores(self) -> bool:
        return bool(self.exploration.any())

    @abstractmethod
    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the discount factors and the weights, one entry (number or per agent) a table."""

    @property
    @abstractmethod
    def foresees(self) -> bool:
        """Whether the next state is worth the mean under the policy, not the maximum."""

    @property
    def cuts(self) -> bool:
        """Whether a choice that is not the best of a table cuts its traces."""
        return False

    @property
    def n_tables(self) -> int:
        """How many tables of action values each agent keeps."""
        return len(self.bank()[0])

    def init(self, task: Any, n_agents: int) -> TableMemory:
        """Return a fresh memory for n agents.

        Parameters
        ----------
        task : TabulatedTask or EnvTask
            What will be learned: `n_states`, `n_actions`, and, if known, `tables` and `layer_size`.
        n_agents : int
            How many agents learn, side by side.

        Raises
        ------
        ValueError
            If the parameters describe another number of agents.
        """
        if self.n_agents not in (1, n_agents):
            raise ValueError(f"n_agents must be {self.n_agents}, as the parameters have it; got {n_agents}")
        available = offered_actions(task)
        # Zeros that nobody visits take up no memory.
        table = np.zeros((self.n_tables, task.n_states, n_agents, task.n_actions))
        if self.initial_value:
            table += self.initial_value
        if available is not None:
            for action, offered in enumerate(available):
                table[:, ~offered, :, action] = _NEVER
        layered = getattr(task, "layer_size", None) is not None
        replacing = self.trace == "replacing"
        credit = Credit(self.trace_decay, layered, replacing)
        discounts, weights = map(_stacked, self.bank())
        return TableMemory(table, np.arange(n_agents), available, discounts, weights, credit)

    def start(self, memory: TableMemory, state: Ints) -> Floats:
        """Begin a trial: clear the traces and return the error (n,) of the cue, Σᵢ wᵢ γᵢ Vᵢ(s₀)."""
        memory.credit.clear()
        memory.ahead = None
        ahead = self._look(memory, state)
        return _weighted(memory.weights, memory.discounts * self._worth(ahead))

    def policy(self, memory: TableMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        here = self._look(memory, state)
        return self._choose(memory, here.values, state) if here.policy is None else here.policy

    def value(self, memory: TableMemory, state: Ints) -> Floats:
        """Return V(s) = Σᵢ wᵢ B(Qᵢ(s, ·)) of each agent's state (n,), in reward units."""
        return _weighted(memory.weights, self._worth(self._look(memory, state)))

    def update(self, memory: TableMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Learn from one step, in place.

        Parameters
        ----------
        memory : TableMemory
            Changed in place.
        state, action : int array (n,)
            Where each agent was and what it did.
        step : Step
            What that brought.
        active : bool array (n,) or None
            Agents whose trial goes on; None for all.

        Returns
        -------
        float array (n,)
            The signed error δ, from before the update; 0 for agents that are not active.
        """
        here, ahead = self._look(memory, state), self._look(memory, step.state)
        entry = here.place * memory.table.shape[-1]
        entry += action
        place = entry[None] if len(memory.table) == 1 else memory.first_entry + entry
        value = memory.table.reshape(-1).take(place)
        utility = felt(step, self.pseudo_reward_weight)
        carry = memory.discounts * (1.0 - step.terminated) if step.terminated.any() else memory.discounts
        delta = td.td_error(utility, value, self._worth(ahead), carry)
        if active is not None:
            delta = delta * active
        credit = memory.credit
        keep: Any = 1.0
        if self.cuts and credit.mode != "none":
            keep = (value >= _best(here.values)).astype(np.float64)
        over = credit.mode == "sweep" and all_over(step, active)
        credit.assign(delta, carry, keep, [memory.table], [place], [value], [self.learning_rate], active, over)
        memory.ahead = self._kept(memory, ahead, state, action, place)
        return _weighted(memory.weights, delta)

    def _look(self, memory: TableMemory, state: Ints) -> _Ahead:
        """Read the values of states (n,), unless they have just been read."""
        if memory.ahead is not None and memory.ahead.state is state:
            return memory.ahead
        place = memory.place(state)
        values = memory.values(place)
        return _Ahead(state, place, values, self._choose(memory, values, state) if self.foresees else None)

    def _kept(self, memory: TableMemory, ahead: _Ahead, state: Ints, action: Ints, place: Ints) -> _Ahead | None:
        """What was read of the next states, as it is after the update; None if too much may have changed."""
        if memory.credit.layered:
            return ahead
        if memory.credit.mode == "dense":
            return None
        stayed = np.flatnonzero(ahead.state == state)
        ahead.values[:, action[stayed], stayed] = memory.table.reshape(-1).take(place[:, stayed])
        return ahead._replace(policy=None)

    def _worth(self, ahead: _Ahead) -> Floats:
        """B (n_tables, n) of action values (n_tables, n_actions, n)."""
        return _best(ahead.values) if ahead.policy is None else _mean(ahead.policy, ahead.values)

    def _choose(self, memory: TableMemory, values: Floats, state: Ints) -> Floats:
        """Choice probabilities (n_actions, n) from the action values of all tables."""
        chosen = softmax(_weighted(memory.weights, values), self.inverse_temperature)
        if self._explores:
            offered = None if memory.available is None else memory.available.take(state, axis=1)
            even = 1.0 / len(chosen) if offered is None else offered / offered.sum(axis=0)
            chosen = (1 - self.exploration) * chosen + self.exploration * even
        return chosen


@dataclass(frozen=True, eq=False, kw_only=True)
class QLearner(TabularLearner):
    """Q-learning with traces, δ = r + γ max_a Q(s′, a) − Q(s, a).

    Parameters
    ----------
    discount : float or array (n_agents,)
        γ in [0, 1] per step.
    cut_trace : bool
        Whether a choice that is not the best cuts the traces (Watkins's Q(λ)) or not (naive Q(λ)).
    **shared
        As `TabularLearner`.

    References
    ----------
    Watkins, C. J. C. H. & Dayan, P. (1992). Q-learning. Machine Learning 8, 279-292, Eq. 1.
    doi:10.1007/BF00992698

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner(learning_rate=0.1, discount=0.95, trace_decay=0.9)
    >>> learner.init(rpe.tasks.monolithic(), n_agents=3).q.shape
    (1, 2, 3, 2562)
    """

    discount: Any = 0.95
    cut_trace: bool = True

    def _checks(self) -> dict[str, Any]:
        return super()._checks() | {"discount": lambda n, v: parameter(n, v, 0, 1), "cut_trace": flag}

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the one discount factor, with weight 1."""
        return [self.discount], [np.ones(())]

    @property
    def foresees(self) -> bool:
        """Q-learning takes the best action for granted."""
        return False

    @property
    def cuts(self) -> bool:
        """Whether traces are cut by exploration."""
        return self.cut_trace


@dataclass(frozen=True, eq=False, kw_only=True)
class ExpectedSarsa(TabularLearner):
    """Expected SARSA with traces, δ = r + γ Σ_a π(a|s′) Q(s′, a) − Q(s, a).

    Parameters
    ----------
    discount : float or array (n_agents,)
        γ in [0, 1] per step.
    **shared
        As `TabularLearner`.

    References
    ----------
    van Seijen, H., van Hasselt, H., Whiteson, S. & Wiering, M. (2009). A theoretical and empirical
    analysis of expected Sarsa. IEEE ADPRL, 177-184. doi:10.1109/ADPRL.2009.4927542

    Examples
    --------
    >>> import rpe
    >>> rpe.agents.ExpectedSarsa(discount=[0.9, 0.99]).n_agents
    2
    """

    discount: Any = 0.95

    def _checks(self) -> dict[str, Any]:
        return super()._checks() | {"discount": lambda n, v: parameter(n, v, 0, 1)}

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the one discount factor, with weight 1."""
        return [self.discount], [np.ones(())]

    @property
    def foresees(self) -> bool:
        """The value of the next state is what the agent's own policy makes of it."""
        return True


@dataclass(frozen=True, eq=False, kw_only=True)
class MicroAgents(TabularLearner):
    """μAgents: a bank of exponentials that together discount hyperbolically, 1 / (1 + kτ).

    Parameters
    ----------
    k : float or array (n_agents,)
        Discount rate per step, ≥ 0.
    n_exponentials : int
        Members M of the bank, at least 1, at the mid-quantiles of exponentially distributed rates.
    sophisticated : bool
        Whether the members learn the value of the policy that all of them follow (on-policy, the
        default), or each that of its own best choices (naive).
    **shared
        As `TabularLearner`.

    References
    ----------
    Kurth-Nelson, Z. & Redish, A. D. (2009). Temporal-difference reinforcement learning with
    distributed representations. PLoS ONE 4(10), e7362. doi:10.1371/journal.pone.0007362

    Examples
    --------
    >>> import rpe
    >>> rpe.agents.MicroAgents(k=0.08).n_tables
    20
    """

    k: Any = 0.08
    n_exponentials: int = 20
    sophisticated: bool = True

    def _checks(self) -> dict[str, Any]:
        own = {"k": lambda n, v: parameter(n, v, 0), "n_exponentials": count, "sophisticated": flag}
        return super()._checks() | own

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the discount factors e^(−λᵢ) and equal weights."""
        rates = hyperbolic_rates(self.k, self.n_exponentials)
        return list(rates), [np.full((), 1.0 / self.n_exponentials)] * self.n_exponentials

    @property
    def foresees(self) -> bool:
        """Whether the members value the policy that is really followed."""
        return self.sophisticated


@dataclass(frozen=True, eq=False, kw_only=True)
class PresentBiasedLearner(TabularLearner):
    """A learner with quasi-hyperbolic discounting, D(0) = 1 and D(τ) = β δ^τ.

    As D(τ) = (1 − β) 0^τ + β δ^τ, it is a bank of two: one table holds the immediate reward, the
    other the long run, and the agent acts on (1 − β) Q₀ + β Q_δ.

    Parameters
    ----------
    present_bias : float or array (n_agents,)
        β in [0, 1]; 1 is no bias.
    discount : float or array (n_agents,)
        The long-run δ in [0, 1] per step.
    sophisticated : bool
        Whether the long run is learned for the policy followed (SARSA), or for the best one, as
        if later selves were not biased (Q-learning).
    **shared
        As `TabularLearner`.

    References
    ----------
    O'Donoghue, T. & Rabin, M. (1999). Doing it now or later. American Economic Review 89(1),
    103-124. doi:10.1257/aer.89.1.103

    Examples
    --------
    >>> import rpe
    >>> rpe.agents.PresentBiasedLearner(present_bias=0.7, discount=1.0).n_tables
    2
    """

    present_bias: Any = 0.7
    discount: Any = 1.0
    sophisticated: bool = False

    def _checks(self) -> dict[str, Any]:
        def unit(name: str, value: Any) -> Floats:
            return parameter(name, value, 0, 1)

        return super()._checks() | {"present_bias": unit, "discount": unit, "sophisticated": flag}

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the discount factors 0 and δ with the weights 1 − β and β."""
        return [np.zeros(()), self.discount], [1.0 - self.present_bias, self.present_bias]

    @property
    def foresees(self) -> bool:
        """Whether the long run is that of the policy really followed."""
        return self.sophisticated


def felt(step: Step, pseudo_reward_weight: Floats) -> Any:
    """Return the utility of a step, reward + points − effort (+ weight · pseudo-reward).

    A quantity that the task does not have is the number 0.0, and costs nothing here.
    """
    utility = step.reward
    if not isinstance(step.points, float):
        utility = utility + step.points
    if not isinstance(step.effort, float):
        utility = utility - step.effort
    if not isinstance(step.pseudo_reward, float) and pseudo_reward_weight.any():
        utility = utility + pseudo_reward_weight * step.pseudo_reward
    return utility


def offered_actions(task: Any) -> Bools | None:
    """Return which actions each state offers, (n_actions, n_states), or None if all do."""
    tables = getattr(task, "tables", None)
    if tables is None or tables.available.all():
        return None
    return np.ascontiguousarray(np.broadcast_to(tables.available, tables.next_state.shape[1:]).T)


def all_over(step: Step, active: Bools | None) -> bool:
    """Return whether no agent goes on after this step."""
    ended = step.terminated | step.truncated
    if active is not None:
        ended |= ~active
    return bool(ended[0]) and bool(ended.all())


def _best(values: Floats) -> Floats:
    """The value (n_tables, n) of the best action, from (n_tables, n_actions, n)."""
    best: Floats = values[:, 0]
    for action in range(1, values.shape[1]):
        best = np.maximum(best, values[:, action])
    return best


def _mean(probabilities: Floats, values: Floats) -> Floats:
    """Σ_a π(a) qᵢ(a), (n_tables, n), over a short axis."""
    total: Floats = probabilities[0] * values[:, 0]
    for action in range(1, len(probabilities)):
        total += probabilities[action] * values[:, action]
    return total


def _weighted(weights: Floats, values: Floats) -> Floats:
    """Σᵢ wᵢ xᵢ over the first axis of (n_tables, ..., n); the weight of a bank of one is 1."""
    if len(values) == 1:
        only: Floats = values[0]
        return only
    return np.asarray((weights.reshape(len(weights), *[1] * (values.ndim - 2), -1) * values).sum(axis=0))


def _stacked(members: Sequence[Floats]) -> Floats:
    """Parameters of the members of a bank as (n_tables, n_agents), or (n_tables, 1) if agents share them."""
    stacked = np.stack(np.broadcast_arrays(*members))
    return stacked[:, None] if stacked.ndim == 1 else stacked
