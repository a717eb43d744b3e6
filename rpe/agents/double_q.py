"""Double Q-learning: one table says which action is best, the other what it is worth."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default
from rpe.agents._tables import TableMemory
from rpe.agents.tabular import Checks, TabularLearner, unit
from rpe.td.errors import td_error


@dataclass
class DoubleMemory(TableMemory):
    """Memory of double Q-learning: two tables, and `visits` (n_states, n_agents, n_actions) to each entry.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.DoubleQLearner().init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> int(memory.visits.sum())  # nothing was visited yet
    0
    """

    visits: Any = None


@dataclass(frozen=True, eq=False, kw_only=True)
class DoubleQLearner(TabularLearner):
    """Double Q-learning, δ_A = r + γ Q_B(s′, argmax_a Q_A(s′, a)) − Q_A(s, a), and A and B exchanged.

    The maximum of one noisy table is too high on average; of two tables that learned from different
    experience, one chooses and the other judges. Each visit to an entry teaches one of them, in turns,
    so that the agent draws no random numbers. It acts on their mean. Without traces.

    Parameters
    ----------
    discount : float or array (n_agents,)
        γ in [0, 1] per step.
    **shared
        As `TabularLearner`; `trace_decay` must be 0.

    References
    ----------
    van Hasselt, H. (2010). Double Q-learning. NeurIPS 23, Algorithm 1.

    Examples
    --------
    >>> import rpe
    >>> rpe.agents.DoubleQLearner(discount=0.9).init(rpe.tasks.bandit([0.2, 0.8]), 3).q.shape
    (2, 2, 3, 1)
    """

    discount: PerAgent = default(0.95)

    def checks(self) -> Checks:
        """Return how each field is checked."""
        return super().checks() | {"discount": unit, "trace_decay": _no_trace}

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the discount factor of both tables, each with weight ½."""
        return [self.discount] * 2, [np.full((), 0.5)] * 2

    @property
    def on_policy(self) -> bool:
        """False: the next state is worth its best action."""
        return False

    def init(self, task: Any, n_agents: int) -> DoubleMemory:
        """Return a fresh memory for n agents."""
        memory = DoubleMemory(**vars(super().init(task, n_agents)))
        memory.visits = np.zeros(memory.table.shape[1:], dtype=np.int64)
        return memory

    def update(self, memory: TableMemory, state: Ints, action: Ints, step: Any, active: Bools | None) -> Floats:
        """Learn from one step, in place; return the signed error (n,) of the table that learned."""
        here, ahead = self._look(memory, state), self._look(memory, step.state)
        place = self._entries(memory, here, action)
        value = memory.table.reshape(-1).take(place)
        best = ahead.values.argmax(axis=1)
        judged = np.take_along_axis(ahead.values[::-1], best[:, None], axis=1)[:, 0]
        carry = memory.discounts * (1.0 - step.terminated)
        live = 1 if active is None else active.astype(np.int64)
        visits = memory.visits.reshape(-1)  # type: ignore[attr-defined]
        learns = (visits[place[0]] % 2 == np.arange(2)[:, None]) * live
        visits[place[0]] += live
        delta = td_error(self.utility(step), value, judged, carry) * learns
        memory.table.reshape(-1)[place] = value + self.learning_rate * delta
        memory.ahead = None
        return np.asarray(delta.sum(axis=0))


def _no_trace(name: str, value: Any) -> Floats:
    checked = unit(name, value)
    if checked.any():
        raise ValueError(f"{name} must be 0 for this learner; got {value}")
    return checked
