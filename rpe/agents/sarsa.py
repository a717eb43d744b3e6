"""SARSA(λ): each error takes the next action that was in fact chosen."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, default, held
from rpe.agents._steps import all_over
from rpe.agents._tables import TableMemory
from rpe.agents.tabular import Checks, TabularLearner, unit
from rpe.td.errors import on_policy_value, td_error


class Pending(NamedTuple):
    """A step whose next action is still to come: its utility, γ (0 at the end), entry, and what follows it.

    `expected` (n,) is the mean value of the next state, and counts where no action follows.
    """

    utility: Any
    carry: Floats
    place: Ints
    next_state: Ints
    expected: Floats
    ended: Bools
    active: Bools | None


@dataclass
class SarsaMemory(TableMemory):
    """Memory of SARSA: action values, and the step that waits for its next action.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.Sarsa().init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> memory.pending is None  # no step waits for its next action yet
    True
    """

    pending: Pending | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Sarsa(TabularLearner):
    """SARSA(λ), δ = r + γ Q(s′, a′) − Q(s, a) with the action a′ that was chosen.

    The table learns from a step once the next action is known. The error that `update` returns is
    stamped on arrival, as everywhere, and a′ is not chosen yet then: it is the mean of δ over a′, that
    of `ExpectedSarsa`.

    Parameters
    ----------
    discount : float or array (n_agents,)
        γ in [0, 1] per step.
    **shared
        As `TabularLearner`.

    References
    ----------
    Sutton, R. S. & Barto, A. G. (2018). Reinforcement Learning, 2nd ed., Eq. 6.7 and section 12.7.

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.Sarsa(discount=0.9, trace_decay=0.8)
    >>> rpe.simulate.run(learner, rpe.tasks.lever(n_steps=5), n_trials=3, rng=0).trials.length
    array([[5, 5, 5]], dtype=int32)
    """

    discount: PerAgent = default(0.95)

    def checks(self) -> Checks:
        """Return how each field is checked."""
        return super().checks() | {"discount": unit}

    def bank(self) -> tuple[list[Floats], list[Floats]]:
        """Return the one discount factor, with weight 1."""
        return [self.discount], [np.ones(())]

    @property
    def on_policy(self) -> bool:
        """True: the next state is worth what the agent does there."""
        return True

    def init(self, task: Any, n_agents: int) -> SarsaMemory:
        """Return a fresh memory for n agents."""
        return SarsaMemory(**vars(super().init(task, n_agents)))

    def start(self, memory: TableMemory, state: Ints) -> Floats:
        """Begin a trial: clear the traces and return the error (n,) of the cue."""
        memory.pending = None  # type: ignore[attr-defined]
        return super().start(memory, state)

    def update(self, memory: TableMemory, state: Ints, action: Ints, step: Any, active: Bools | None) -> Floats:
        """Let the step before learn from this action; return the mean error (n,) of this step."""
        self._complete(memory, action)
        memory.ahead = None
        here, ahead = self._look(memory, state), self._look(memory, step.state)
        place = self._entries(memory, here, action)[0]
        carry = self.discount * (1.0 - step.terminated)
        expected = np.asarray(on_policy_value(ahead.values[0], ahead.policy))  # type: ignore[arg-type]
        delta = td_error(self.utility(step), memory.table.reshape(-1).take(place), expected, carry)
        ended = step.terminated | step.truncated
        memory.pending = Pending(self.utility(step), carry, place, step.state, expected, ended, active)  # type: ignore[attr-defined]
        if all_over(step, active):
            self._complete(memory, action)
        memory.ahead = None
        return np.asarray(delta if active is None else delta * active)

    def _complete(self, memory: TableMemory, action: Ints) -> None:
        """Learn from the step that waits, now that its next action is known."""
        waits: Pending | None = memory.pending  # type: ignore[attr-defined]
        if waits is None:
            return
        memory.pending = None  # type: ignore[attr-defined]
        flat = memory.table.reshape(-1)
        after = flat.take(memory.place(waits.next_state) * memory.table.shape[-1] + action)
        value = flat.take(waits.place)
        delta = td_error(waits.utility, value, np.where(waits.ended, waits.expected, after), waits.carry)
        if waits.active is not None:
            delta = delta * waits.active
        tables, places, values = [memory.table], [waits.place[None]], [value[None]]
        rates = [held(self.learning_rate)]
        carry = np.broadcast_to(waits.carry, delta.shape)[None]
        memory.credit.assign(delta[None], carry, 1.0, tables, places, values, rates, waits.active, waits.ended)
