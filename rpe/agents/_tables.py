"""What tabular learners remember: tables of action values, laid out so that many agents learn fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from rpe._checks import Floats, Ints, between, indices
from rpe.agents._steps import Offered
from rpe.agents.credit import Credit

# Value of an action that a state does not offer: never the best, and still 0 when weighted by a probability of 0,
# which −∞ would not be.
NOT_OFFERED = -1e300


@dataclass
class TableMemory:
    """Memory of a tabular learner.

    Attributes
    ----------
    table : float array (n_tables, n_states, n_agents, n_actions)
        Action values, in reward units; −1e300 where a state does not offer the action. What one
        step of many agents reads and writes lies close together.
    agent : int array (n_agents,)
        The number of each agent.
    available : bool array (n_actions, n_states), Masks or None
        Which actions each state offers; None if all do; masks where only playing shows it.
    discounts, weights : float array (n_tables, n_agents) or (n_tables, 1)
        γᵢ and wᵢ of each table.
    credit : Credit
        The traces.
    ahead : Ahead or None
        Values of the states that were just reached, so that the next step need not read them again;
        None where the update may have changed them. Set it to None after changing `table` yourself.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.QLearner(initial_value=0.5).init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> memory.q.shape, float(memory.q.min())
    ((1, 2, 2, 1), 0.5)
    """

    table: Floats
    agent: Ints
    available: Offered
    discounts: Floats
    weights: Floats
    credit: Credit
    ahead: "Ahead | None" = None

    def __post_init__(self) -> None:
        if np.ndim(self.table) != 4 or 0 in self.table.shape:
            raise ValueError(
                f"table must have shape (n_tables, n_states, n_agents, n_actions); got {np.shape(self.table)}"
            )
        n_tables, _, n, _ = self.table.shape
        indices("agent", self.agent, n, (n,))
        for name in ("discounts", "weights"):
            if between(name, getattr(self, name), 0, 1).shape not in ((n_tables, n), (n_tables, 1)):
                raise ValueError(
                    f"{name} must have shape ({n_tables}, {n}) or ({n_tables}, 1); got {getattr(self, name).shape}"
                )

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

    @property
    def masks_appear(self) -> bool:
        """Whether only playing shows which actions are offered, so that the table does not hold it."""
        return self.available is not None and not isinstance(self.available, np.ndarray)

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


class Ahead(NamedTuple):
    """Action values of the states where agents are.

    Attributes
    ----------
    state : int array (n,)
    place : int array (n,)
        Where the values lie in flattened (n_states, n_agents).
    values : float array (n_tables, n_actions, n)
    policy : float array (n_actions, n) or None
        Choice probabilities there, if the learner is on-policy.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> learner, at = rpe.agents.ExpectedSarsa(discount=0.9), np.zeros(3, dtype=np.int64)
    >>> task = rpe.tasks.bandit([0.3, 0.7])
    >>> memory = learner.init(task, n_agents=3)
    >>> step = task.step(at, np.ones(3, dtype=np.int64), np.random.default_rng(0))
    >>> _ = learner.update(memory, at, np.ones(3, dtype=np.int64), step, None)
    >>> memory.ahead.values.shape  # tables, actions, agents
    (1, 2, 3)
    """

    state: Ints
    place: Ints
    values: Floats
    policy: Floats | None


def weighted(weights: Floats, values: Floats) -> Floats:
    """Σᵢ wᵢ xᵢ over the first axis of (n_tables, ..., n); the weight of a bank of one is 1."""
    if len(values) == 1:
        only: Floats = values[0]
        return only
    terms = weights.reshape(len(weights), *[1] * (values.ndim - 2), -1) * values
    # One after another, also where NumPy would add up the terms of a single agent in pairs.
    return np.asarray(terms.sum(axis=0) if terms[0].size > 1 else np.cumsum(terms, axis=0)[-1])


def stacked(members: Sequence[Floats]) -> Floats:
    """Parameters of the members of a bank as (n_tables, n_agents), or (n_tables, 1) if agents share them."""
    stacked = np.stack(np.broadcast_arrays(*members))
    return stacked[:, None] if stacked.ndim == 1 else stacked
