"""Tabular value learners: what Q-learning, expected SARSA and banks of discount factors share."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Literal

import numpy as np

from rpe._checks import (
    Bools,
    Floats,
    Ints,
    KnowsItsKeywords,
    Numbers,
    PerAgent,
    agent_count,
    choice,
    default,
    parameter,
    scalar,
)
from rpe._softmax import log_softmax, softmax
from rpe.agents._steps import asked, check_n_agents, experienced_utility, offered_actions, offered_in
from rpe.agents._tables import NOT_OFFERED, Ahead, TableMemory, stacked, weighted
from rpe.agents.credit import Credit
from rpe.choice import inverse_temperature
from rpe.tasks import Step, TabulatedTask
from rpe.td.errors import expected_sarsa_error, greedy_value, on_policy_value, q_learning_error

_LARGEST = 1e200  # far below what an action that is not offered is worth
Checks = dict[str, Callable[[str, Any], Any]]


def unit(name: str, value: Numbers) -> Floats:
    """Return a checked parameter in [0, 1], a number or one per agent."""
    return parameter(name, value, 0, 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class TabularLearner(KnowsItsKeywords, ABC):
    """Tabular value learner: a bank of discount factors γᵢ with weights wᵢ.

    The agent acts on Q = Σᵢ wᵢ Qᵢ, and each table learns by

        δᵢ = u + γᵢ B(Qᵢ(s′, ·)) − Qᵢ(s, a),   Qᵢ ← Qᵢ + α δᵢ e,   δ = Σᵢ wᵢ δᵢ,

    with the experienced utility u = reward + points − effort. B is the maximum off-policy (Q-learning;
    in a bank, an agent that is naive about its later selves), and the mean under its own policy
    on-policy (expected SARSA; sophisticated). A learner with one discount factor is a bank of one.

    A learner of your own is a frozen dataclass that states `bank` and `on_policy`, and overrides
    `utility`, `error` or `cuts_traces` where it differs.

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
        How much of a sub-goal's pseudo-reward counts as reward; 0 by default.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of different lengths.

    Examples
    --------
    >>> import rpe
    >>> issubclass(rpe.agents.QLearner, rpe.agents.TabularLearner)
    True
    """

    learning_rate: PerAgent = default(0.1)
    trace_decay: PerAgent = default(0.0)
    inverse_temperature: PerAgent = default(1.0)
    exploration: PerAgent = default(0.0)
    trace: Literal["accumulating", "replacing"] = "accumulating"
    initial_value: float = 0.0
    pseudo_reward_weight: PerAgent = default(0.0)

    def __post_init__(self) -> None:
        for name, check in self.checks().items():
            object.__setattr__(self, name, check(name, getattr(self, name)))
        _ = self.n_agents

    def checks(self) -> Checks:
        """Return how each field is checked, by name: a function of name and value that returns the value to hold.

        A learner with fields of its own adds them: `return super().checks() | {"decay": unit}`.
        """
        return {
            "learning_rate": unit,
            "trace_decay": unit,
            "inverse_temperature": lambda _, value: inverse_temperature(value),
            "exploration": unit,
            "trace": lambda name, value: choice(name, value, ("accumulating", "replacing")),
            "initial_value": lambda name, value: scalar(name, value, -_LARGEST, _LARGEST),
            "pseudo_reward_weight": parameter,
        }

    @property
    def heeds_masks(self) -> bool:
        """Whether no action that a state does not offer is ever chosen."""
        return True

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if all are numbers)."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        return agent_count(**{name: value for name, value in arrays.items() if isinstance(value, np.ndarray)})

    @abstractmethod
    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the discount factors γᵢ and the weights wᵢ, one entry (number or per agent) a table."""

    @property
    @abstractmethod
    def on_policy(self) -> bool:
        """Whether the next state is worth the mean under the policy (expected SARSA), not the maximum (Q-learning)."""

    @property
    def cuts_traces(self) -> bool:
        """Whether a choice that is not the best of a table cuts its traces, as in Watkins's Q(λ)."""
        return False

    def utility(self, step: Step) -> Floats | float:
        """Return the experienced utility u of a step (n,), reward + points − effort (+ weight · pseudo-reward)."""
        return experienced_utility(step, self.pseudo_reward_weight)

    def error(self, utility: Floats | float, value: Floats, ahead: Ahead, discount: Floats) -> Floats:
        """Return the prediction error δᵢ of each table.

        Parameters
        ----------
        utility : float array (n,) or float
            u of the step.
        value : float array (n_tables, n)
            Qᵢ(s, a), from before the update.
        ahead : Ahead
            Action values of the states that were reached and, if on-policy, the choice probabilities there.
        discount : float array (n_tables, n) or (n_tables, 1)
            γᵢ, 0 where the world ended.

        Returns
        -------
        float array (n_tables, n)
        """
        next_values = ahead.values.swapaxes(0, 1)
        delta: Floats
        if ahead.policy is None:
            delta = q_learning_error(utility, value, next_values, discount)
        else:
            delta = expected_sarsa_error(utility, value, next_values, ahead.policy, discount)
        return delta

    @property
    def n_tables(self) -> int:
        """How many tables of action values each agent keeps."""
        return len(self.bank()[0])

    def init(self, task: TabulatedTask, n_agents: int) -> TableMemory:
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
        check_n_agents(self.n_agents, n_agents, task)
        available = offered_actions(task)
        # Zeros that nobody visits take up no memory.
        table = np.zeros((self.n_tables, task.n_states, n_agents, task.n_actions))
        if self.initial_value:
            table += self.initial_value
        if isinstance(available, np.ndarray):
            for action, offered in enumerate(available):
                table[:, ~offered, :, action] = NOT_OFFERED
        layered = getattr(task, "layer_size", None) is not None
        replacing = self.trace == "replacing"
        credit = Credit(self.trace_decay, layered, replacing)
        discounts, weights = map(stacked, self.bank())
        return TableMemory(table, np.arange(n_agents), available, discounts, weights, credit)

    def start(self, memory: TableMemory, state: Ints) -> Floats:
        """Begin a trial: clear the traces and return the error (n,) of the cue, Σᵢ wᵢ γᵢ Vᵢ(s₀)."""
        memory.credit.clear()
        memory.ahead = None
        ahead = self._look(memory, state)
        return weighted(memory.weights, memory.discounts * self._worth(ahead))

    def policy(self, memory: TableMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) of n agents in their states (n,)."""
        here = self._look(memory, state)
        return self._choose(memory, here.values, state) if here.policy is None else here.policy

    def log_policy(self, memory: TableMemory, state: Ints) -> Floats:
        """Return the log choice probabilities (n_actions, n), also where the probabilities underflow."""
        state = asked(memory, TableMemory, state)
        if self._explores:
            with np.errstate(divide="ignore"):
                return np.log(self.policy(memory, state))
        values = self.action_values(memory, state)
        logs = log_softmax(values, self.inverse_temperature)
        return logs if memory.available is None else np.where(values > NOT_OFFERED / 2, logs, -np.inf)

    def action_values(self, memory: TableMemory, state: Ints) -> Floats:
        """Return Q(s, ·) = Σᵢ wᵢ Qᵢ(s, ·) of each agent's state, (n_actions, n), in reward units."""
        here = self._look(memory, asked(memory, TableMemory, state))
        return weighted(memory.weights, here.values)

    def value(self, memory: TableMemory, state: Ints) -> Floats:
        """Return V(s) = Σᵢ wᵢ B(Qᵢ(s, ·)) of each agent's state (n,), in reward units."""
        return weighted(memory.weights, self._worth(self._look(memory, state)))

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
        place = self._entries(memory, here, action)
        value = memory.table.reshape(-1).take(place)
        carry = memory.discounts * (1.0 - step.terminated) if step.terminated.any() else memory.discounts
        delta = self.error(self.utility(step), value, ahead, carry)
        if active is not None:
            delta = delta * active
        credit, keep = memory.credit, self._trace_kept(memory, here, value)
        ended = step.terminated | step.truncated if credit.mode == "sweep" else None
        credit.assign(delta, carry, keep, [memory.table], [place], [value], [self.learning_rate], active, ended)
        memory.ahead = self._still_valid(memory, ahead, state, action, place)
        return weighted(memory.weights, delta)

    def _entries(self, memory: TableMemory, here: Ahead, action: Ints) -> Ints:
        """Where the values of what was done lie in all tables, flattened, (n_tables, n)."""
        entry = here.place * memory.table.shape[-1]
        entry += action
        return entry[None] if len(memory.table) == 1 else memory.first_entry + entry

    def _trace_kept(self, memory: TableMemory, here: Ahead, value: Floats) -> Floats | float:
        """What earlier traces are multiplied by: 0 where they are cut, 1 elsewhere."""
        if memory.credit.mode == "none" or not self.cuts_traces:
            return 1.0
        return (value >= greedy_value(here.values.swapaxes(0, 1))).astype(np.float64)

    @cached_property
    def _explores(self) -> bool:
        return bool(self.exploration.any())

    def _look(self, memory: TableMemory, state: Ints) -> Ahead:
        """Read the values of states (n,), unless they have just been read."""
        known = memory.ahead
        if known is not None and known.state is state:
            if self.on_policy and known.policy is None:
                known = memory.ahead = known._replace(policy=self._choose(memory, known.values, state))
            return known
        place = memory.place(state)
        values = memory.values(place)
        if memory.masks_appear and (offered := offered_in(memory.available, state)) is not None:
            values[:, ~offered] = NOT_OFFERED
        return Ahead(state, place, values, self._choose(memory, values, state) if self.on_policy else None)

    def _still_valid(self, memory: TableMemory, ahead: Ahead, state: Ints, action: Ints, place: Ints) -> Ahead | None:
        """What was read of the next states, as it is after the update; None if too much may have changed."""
        if memory.credit.layered:
            # The next state lies in another layer than the one that has just been learned.
            return ahead
        if memory.credit.mode == "dense":
            return None
        # Only an agent that stayed where it was has read the value that has just moved.
        stayed = np.flatnonzero(ahead.state == state)
        if not stayed.size:
            return ahead
        ahead.values[:, action[stayed], stayed] = memory.table.reshape(-1).take(place[:, stayed])
        return ahead._replace(policy=None)

    def _worth(self, ahead: Ahead) -> Floats:
        """B (n_tables, n) of action values (n_tables, n_actions, n)."""
        values = ahead.values.swapaxes(0, 1)
        worth: Floats = greedy_value(values) if ahead.policy is None else on_policy_value(values, ahead.policy)
        return worth

    def _choose(self, memory: TableMemory, values: Floats, state: Ints) -> Floats:
        """Choice probabilities (n_actions, n) from the action values of all tables."""
        chosen = softmax(weighted(memory.weights, values), self.inverse_temperature)
        if self._explores:
            epsilon = self.exploration
            offered = offered_in(memory.available, state)
            even = 1.0 / len(chosen) if offered is None else offered / offered.sum(axis=0)
            chosen = (1 - epsilon) * chosen + epsilon * even
        return chosen
