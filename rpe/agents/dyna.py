"""Dyna: Q-learning that replays a learned model of the world between steps, at random or by priority."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, Seed, count, generator
from rpe.agents._tables import NOT_OFFERED, TableMemory
from rpe.agents.double_q import _no_trace
from rpe.agents.q_learning import QLearner
from rpe.agents.tabular import Checks
from rpe.td.errors import td_error

_MOST = 1_000_000  # steps of planning after each step


def _seed(name: str, value: Seed) -> Seed:
    """A seed that is one, kept as it is: each memory begins with it."""
    generator(value)
    return value


@dataclass
class DynaMemory(TableMemory):
    """Memory of Dyna: action values and a model, what each entry brought last time.

    Attributes
    ----------
    known : bool array (n_entries,)
        Whether an entry (state, agent, action; flattened) was tried.
    utility, carry : float array (n_entries,)
        What it brought, and γ, or 0 where the world ended.
    to : int array (n_entries,)
        Where the state that followed lies in flattened (n_states, n_agents).
    rng : numpy.random.Generator
        Draws what is replayed.

    Examples
    --------
    >>> import rpe
    >>> memory = rpe.agents.DynaQ().init(rpe.tasks.bandit([0.3, 0.7]), n_agents=2)
    >>> bool(memory.known.any())  # the model is empty
    False
    """

    known: Any = None
    utility: Any = None
    carry: Any = None
    to: Any = None
    rng: Any = None


@dataclass(frozen=True, eq=False, kw_only=True)
class DynaQ(QLearner):
    """Dyna-Q: after every step, `n_planning` steps that were made before are learned from once more.

    The model is what each action brought last time, as for a world without chance.

    Parameters
    ----------
    n_planning : int
        Steps to replay after each real one, at least 0 (which is Q-learning).
    rng : int, numpy.random.Generator, numpy.random.SeedSequence or None
        Seed of what is replayed.
    **shared
        As `QLearner`; `trace_decay` must be 0.

    References
    ----------
    Sutton, R. S. & Barto, A. G. (2018). Reinforcement Learning, 2nd ed., section 8.2.

    Examples
    --------
    >>> import rpe
    >>> maze = rpe.tasks.FourRooms(None)
    >>> runs = [rpe.simulate.run(rpe.agents.DynaQ(n_planning=n, learning_rate=0.5, inverse_temperature=float("inf")),
    ...         maze, n_trials=8, rng=0).trials.length.sum() for n in (0, 10)]
    >>> bool(runs[1] < runs[0])
    True
    """

    n_planning: int = 10
    rng: Seed = 0

    def checks(self) -> Checks:
        """Return how each field is checked."""
        return super().checks() | {
            "rng": _seed,
            "n_planning": lambda name, value: count(name, value, 0, _MOST),
            "trace_decay": _no_trace,
        }

    def init(self, task: Any, n_agents: int) -> DynaMemory:
        """Return a fresh memory for n agents."""
        memory = DynaMemory(**vars(super().init(task, n_agents)))
        size = memory.table.size
        memory.known, memory.to = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.int64)
        memory.utility, memory.carry = np.zeros((2, size))
        memory.rng = generator(self.rng)
        return memory

    def update(self, memory: TableMemory, state: Ints, action: Ints, step: Any, active: Bools | None) -> Floats:
        """Learn from one step, in place, and from others again; return the signed error (n,) of this one."""
        known: DynaMemory = memory  # type: ignore[assignment]
        place = self._entries(memory, self._look(memory, state), action)[0]
        delta = super().update(memory, state, action, step, active)
        live = np.ones(len(state), dtype=np.bool_) if active is None else active
        at = place[live]
        known.known[at] = True
        known.utility[at] = np.broadcast_to(self.utility(step), live.shape)[live]
        known.carry[at] = np.broadcast_to(self.discount * (1.0 - step.terminated), live.shape)[live]
        known.to[at] = memory.place(step.state)[live]
        for _ in range(self.n_planning):
            replayed = self._replayed(known)[live]
            error = self._model_error(known, replayed)
            known.table.reshape(-1)[replayed] += np.broadcast_to(self.learning_rate, live.shape)[live] * error
        memory.ahead = None
        return delta

    def _replayed(self, memory: DynaMemory) -> Ints:
        """One entry (n,) of each agent that was tried, evenly at random."""
        weight = self._by_agent(memory, memory.known * memory.rng.random(memory.known.size))
        return self._entry(memory, weight.argmax(axis=1))

    def _model_error(self, memory: DynaMemory, entry: Ints) -> Any:
        """The error of entries by the model."""
        table = memory.table.reshape(-1, memory.table.shape[-1])
        ahead = table[memory.to[entry]].max(axis=-1)
        ahead = np.where(ahead > NOT_OFFERED / 2, ahead, 0.0)
        return td_error(memory.utility[entry], memory.table.reshape(-1)[entry], ahead, memory.carry[entry])

    def _by_agent(self, memory: DynaMemory, values: Any) -> Any:
        """Values of entries as (n_agents, n_states · n_actions)."""
        shape = memory.table.shape[1:]
        return np.moveaxis(values.reshape(shape), 1, 0).reshape(shape[1], -1)

    def _entry(self, memory: DynaMemory, place: Ints) -> Ints:
        """The entry of each agent at a place (n,) among its states and actions."""
        n_actions = memory.table.shape[-1]
        state, action = np.divmod(place, n_actions)
        return np.asarray(memory.place(state) * n_actions + action)


@dataclass(frozen=True, eq=False, kw_only=True)
class PrioritisedSweeping(DynaQ):
    """Prioritised sweeping: Dyna that replays the steps whose model error is largest, |δ| first.

    Parameters
    ----------
    **shared
        As `DynaQ`.

    References
    ----------
    Moore, A. W. & Atkeson, C. G. (1993). Prioritized sweeping: reinforcement learning with less data
    and less time. Machine Learning 13, 103-130. doi:10.1007/BF00993104

    Examples
    --------
    >>> import rpe
    >>> rpe.agents.PrioritisedSweeping(n_planning=5).n_planning
    5
    """

    def _replayed(self, memory: DynaMemory) -> Ints:
        """The entry (n,) of each agent with the largest error by its model."""
        every = np.arange(memory.known.size)
        error = np.abs(self._model_error(memory, every))
        return self._entry(memory, self._by_agent(memory, np.where(memory.known, error, -1.0)).argmax(axis=1))
