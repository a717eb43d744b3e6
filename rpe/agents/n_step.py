"""n-step SARSA: an entry learns from the rewards of the next n steps and what the state then is worth."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, count, default
from rpe.agents._tables import TableMemory
from rpe.agents.double_q import _no_trace
from rpe.agents.tabular import Checks, TabularLearner, unit
from rpe.td.errors import on_policy_value, td_error


@dataclass
class Visit:
    """An entry that was left lately: where it is, the return since (n,), γ to the power of the steps since (n,)."""

    place: Ints
    gain: Floats
    carry: Floats
    active: Any


@dataclass
class NStepMemory(TableMemory):
    """Memory of n-step SARSA: action values, and the entries that were left in the last n steps.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.NStepSarsa(n_steps=3).init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> memory.q.shape  # tables, actions, agents, states
    (1, 2, 2, 1)
    """

    visits: list[Visit] = field(default_factory=list)
    ended: Bools | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class NStepSarsa(TabularLearner):
    """n-step expected SARSA, Q(s_t, a_t) ← Q + α [G − Q], G = Σ_{k<n} γᵏ r_{t+k+1} + γⁿ Σ_a π(a|s) Q(s_{t+n}, a).

    With n = 1 it is `ExpectedSarsa`; with n as long as a trial, Monte Carlo learning. The error that
    `update` returns is that of one step, stamped on arrival.

    Parameters
    ----------
    n_steps : int
        n, at least 1.
    discount : float or array (n_agents,)
        γ in [0, 1] per step.
    **shared
        As `TabularLearner`; `trace_decay` must be 0.

    References
    ----------
    Sutton, R. S. & Barto, A. G. (2018). Reinforcement Learning, 2nd ed., Eq. 7.7.

    Examples
    --------
    >>> import rpe
    >>> rpe.agents.NStepSarsa(n_steps=4, discount=0.9).n_agents
    1
    """

    n_steps: int = 4
    discount: PerAgent = default(0.95)

    def checks(self) -> Checks:
        """Return how each field is checked."""
        return super().checks() | {"discount": unit, "n_steps": count, "trace_decay": _no_trace}

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the one discount factor, with weight 1."""
        return [self.discount], [np.ones(())]

    @property
    def on_policy(self) -> bool:
        """True: the next state is worth what the agent's own policy makes of it."""
        return True

    def init(self, task: Any, n_agents: int) -> NStepMemory:
        """Return a fresh memory for n agents."""
        return NStepMemory(**vars(super().init(task, n_agents)))

    def start(self, memory: TableMemory, state: Ints) -> Floats:
        """Begin a trial: forget what was left lately and return the error (n,) of the cue."""
        memory.visits, memory.ended = [], None  # type: ignore[attr-defined]
        return super().start(memory, state)

    def update(self, memory: TableMemory, state: Ints, action: Ints, step: Any, active: Bools | None) -> Floats:
        """Learn from the last n steps, in place; return the signed error (n,) of this one."""
        visits: list[Visit] = memory.visits  # type: ignore[attr-defined]
        here, ahead = self._look(memory, state), self._look(memory, step.state)
        n, live = len(state), 1.0 if active is None else active.astype(np.float64)
        place = self._entries(memory, here, action)[0]
        worth = np.asarray(on_policy_value(ahead.values[0], ahead.policy))  # type: ignore[arg-type]
        utility, carry = self.utility(step), self.discount * (1.0 - step.terminated)
        delta = td_error(utility, memory.table.reshape(-1).take(place), worth, carry) * live
        ended = step.terminated | step.truncated
        memory.ended = ended if memory.ended is None else memory.ended | ended  # type: ignore[attr-defined]
        visits.append(Visit(place, np.zeros(n), np.ones(n), active))
        for visit in visits:
            visit.gain = visit.gain + visit.carry * live * utility
            visit.carry = visit.carry * np.where(live > 0, carry, 1.0)
            # Where a trial is cut short, what is left of it is what the state is worth.
            cut = step.truncated & (live > 0)
            # Of an end that was not seen nothing more is learned.
            visit.carry = np.where(ended & (live == 0), 0.0, visit.carry)
            visit.gain = visit.gain + np.where(cut, visit.carry * worth, 0.0)
            visit.carry = np.where(cut, 0.0, visit.carry)
        over = bool(memory.ended.all())  # type: ignore[attr-defined]
        while visits and (over or len(visits) >= self.n_steps):
            self._learn(memory, visits.pop(0), worth)
        memory.ahead = None
        return np.asarray(delta)

    def _learn(self, memory: TableMemory, visit: Visit, worth: Floats) -> None:
        flat = memory.table.reshape(-1)
        value = flat.take(visit.place)
        error = td_error(visit.gain, value, worth, visit.carry)
        flat[visit.place] = value + self.learning_rate * (error if visit.active is None else error * visit.active)
