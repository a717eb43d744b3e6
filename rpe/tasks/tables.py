"""The tabulated form that every task shares: its rules as arrays, and the step that reads them."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, between, count


class Tables(NamedTuple):
    """The rules of a task, one entry for every luck, state and action.

    Any array may have length 1 on an axis along which it does not vary, except `next_state`,
    which always has the full shape (n_luck, n_states, n_actions), and `available`.

    Attributes
    ----------
    next_state : int array (n_luck, n_states, n_actions)
        The state that follows.
    luck_probability : float array (n_luck, n_states, n_actions)
        How likely each luck is; sums to 1 over the first axis.
    reward : float array (n_luck, n_states, n_actions)
        What is really received on arrival, in reward units.
    effort : float array (n_luck, n_states, n_actions)
        What the step costs, in reward units; utility is reward + points − effort.
    terminated : bool array (n_luck, n_states, n_actions)
        Whether the world ends on arrival.
    available : bool array (n_states, n_actions)
        Which actions a state offers; at least one in every state.
    points : float array (n_luck, n_states, n_actions)
        What is felt but not received: points that a shaping scheme hands out and takes back.
    pseudo_reward : float array (n_luck, n_states, n_actions)
        What reaching a sub-goal is worth within the sub-task alone; ignored by an agent unless
        it says that it feels sub-goals as rewards.
    """

    next_state: Ints
    luck_probability: Floats
    reward: Floats
    effort: Floats
    terminated: Bools
    available: Bools
    points: Floats = np.zeros((1, 1, 1))
    pseudo_reward: Floats = np.zeros((1, 1, 1))


class Step(NamedTuple):
    """What one step brought, for a batch of n agents.

    Attributes
    ----------
    state : int array (n,)
        The state that was reached.
    reward, effort, points, pseudo_reward : float array (n,), or the number 0.0
        As in `Tables`; 0.0 stands for a quantity that the task does not have.
    terminated : bool array (n,)
        Whether the world ended (a deadline does end it).
    truncated : bool array (n,)
        Whether an artificial cap cut the trial short; a learner then bootstraps.
    """

    state: Ints
    reward: Any
    effort: Any
    points: Any
    pseudo_reward: Any
    terminated: Bools
    truncated: Bools


class TabulatedTask(ABC):
    """A task whose rules are `tables`; states, steps and exact solutions all read them.

    A subclass gives `tables` and `n_steps`. States are *layered* when `layer_size` is not None:
    layer t holds the states `t * layer_size` to `(t + 1) * layer_size - 1`, and every step leads
    from layer t to layer t + 1. A layered task carries the time in its state.
    """

    @property
    @abstractmethod
    def n_steps(self) -> int:
        """Steps of a trial, at most."""

    @property
    def layer_size(self) -> int | None:
        """Number of states per layer, or None if the states are not layered."""
        return None

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called; empty if they have no names."""
        return ()

    @cached_property
    def tables(self) -> Tables:
        """The rules of the task as arrays, tabulated once and checked."""
        return checked(self._tabulate(), self.layer_size)

    @abstractmethod
    def _tabulate(self) -> Tables:
        """State the rules over arrays of all lucks, states and actions."""

    @property
    def n_states(self) -> int:
        """The number of states."""
        return self.tables.next_state.shape[1]

    @property
    def n_actions(self) -> int:
        """The number of actions."""
        return self.tables.next_state.shape[2]

    @property
    def is_work(self) -> Bools:
        """Which actions (n_actions,) are work: those whose name begins so."""
        return np.array([name.startswith("work") for name in self.action_names], dtype=np.bool_)

    def initial(self, n: int, rng: np.random.Generator) -> Ints:
        """Return the states (n,) in which n trials start."""
        return np.zeros(n, dtype=np.int64)

    @property
    def initial_probability(self) -> Floats:
        """The probability (n_states,) of starting in each state."""
        return np.eye(1, self.n_states)[0]

    def step(self, state: Ints, action: Ints, rng: np.random.Generator) -> Step:
        """Take one step from each of n states.

        Parameters
        ----------
        state, action : int array (n,)
            Where each agent is, and what it does.
        rng : numpy.random.Generator
            Draws one uniform number per agent if the task has luck.

        Returns
        -------
        Step

        Raises
        ------
        ValueError
            If an action lies outside the space or is not available in its state.
        """
        state, action = np.asarray(state), np.asarray(action)
        if ((action < 0) | (action >= self.n_actions)).any():
            raise ValueError(f"action must lie in [0, {self.n_actions - 1}]; got {action}")
        if ((state < 0) | (state >= self.n_states)).any():
            raise ValueError(f"state must lie in [0, {self.n_states - 1}]; got {state}")
        if not self.tables.available[state, action].all():
            place = int(np.argmin(self.tables.available[state, action]))
            raise ValueError(f"action must be available; {action[place]} is not in state {state[place]}")
        step = self.look_up(state, action, rng.random(state.size) if self.lookup.n_luck > 1 else None)
        return Step._make(np.full(state.size, part) if isinstance(part, float) else part for part in step)

    @cached_property
    def lookup(self) -> "Lookup":
        """The tables flattened for speed."""
        return Lookup.of(self.tables)

    def look_up(self, state: Ints, action: Ints, luck: Floats | None) -> Step:
        """Take one step from each of n states with given uniform numbers, without checks.

        Parameters
        ----------
        state, action : int array (n,)
            Where each agent is, and what it does.
        luck : float array (n,) or None
            Uniform numbers in [0, 1) that decide the luck; None if the task has only one.
        """
        return self.lookup.step(state, action, luck)

    def decode(self, state: Any) -> dict[str, Any]:
        """Return what a state means, as arrays of the shape of `state`."""
        return {"state": np.asarray(state)}


class Lookup(NamedTuple):
    """Flat copies of `Tables`, indexed by (luck · n_states + state) · n_actions + action."""

    n_luck: int
    n_actions: int
    plane: int
    next_state: Ints
    luck_cumulative: Floats
    luck_varies: bool
    rewards: tuple[Floats | float, ...]
    terminated: Bools

    @classmethod
    def of(cls, tables: Tables) -> "Lookup":
        """Flatten `tables`; quantities that are zero everywhere become the number 0.0."""
        shape = n_luck, n_states, n_actions = tables.next_state.shape
        varies = tables.luck_probability.shape[1:] != (1, 1)
        probability = np.broadcast_to(tables.luck_probability, shape if varies else (n_luck, 1, 1))
        probability = probability.reshape(n_luck, -1)
        cumulative = np.cumsum(probability, axis=0)[:-1]
        # Where only impossible lucks remain, rounding must not leave them a sliver.
        cumulative[np.cumsum(probability[:0:-1], axis=0)[::-1] == 0] = 1.0
        quantities = (tables.reward, tables.effort, tables.points, tables.pseudo_reward)
        return cls(
            n_luck,
            n_actions,
            n_states * n_actions,
            tables.next_state.ravel(),
            cumulative if varies else cumulative.ravel(),
            varies,
            tuple(np.broadcast_to(q, shape).ravel() if q.any() else 0.0 for q in quantities),
            np.broadcast_to(tables.terminated, shape).ravel(),
        )

    def step(self, state: Ints, action: Ints, luck: Floats | None, nobody: Bools | None = None) -> Step:
        """Look the step up for a batch of agents; `nobody` (n,), all False, says that no trial can end here."""
        place = state * self.n_actions
        place += action
        if luck is not None:
            outcome = np.zeros(place.size, dtype=np.int64)
            for row in self.luck_cumulative:
                outcome += luck >= (row.take(place) if self.luck_varies else row)
            outcome *= self.plane
            place += outcome
        reward, effort, points, pseudo = [0.0 if isinstance(a, float) else a.take(place) for a in self.rewards]
        terminated = self.terminated.take(place) if nobody is None else nobody
        truncated = np.zeros(place.size, dtype=np.bool_) if nobody is None else nobody
        return Step(self.next_state.take(place), reward, effort, points, pseudo, terminated, truncated)


class TableTask(TabulatedTask):
    """A task given directly by its tables.

    Parameters
    ----------
    tables : Tables
        The rules.
    n_steps : int
        Steps after which a trial is cut short, at least 1.
    initial_probability : float array (n_states,), optional
        How likely each state is at the start; by default the trial starts in state 0.
    layer_size : int, optional
        Number of states per layer if the states are layered in time (see `TabulatedTask`).

    Raises
    ------
    ValueError
        If the tables contradict each other.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> tables = rpe.tasks.Tables(
    ...     next_state=np.array([[[1, 0], [1, 1]]]), luck_probability=np.ones((1, 1, 1)),
    ...     reward=np.array([[[5.0, 1.0], [0.0, 0.0]]]), effort=np.zeros((1, 1, 1)),
    ...     terminated=np.array([[[True, False], [True, True]]]), available=np.ones((2, 2), dtype=bool))
    >>> task = rpe.tasks.TableTask(tables, n_steps=10)
    >>> task.step(np.array([0, 0]), np.array([0, 1]), np.random.default_rng(0)).reward
    array([5., 1.])
    """

    def __init__(
        self,
        tables: Tables,
        n_steps: int,
        initial_probability: Any = None,
        layer_size: int | None = None,
    ) -> None:
        self._n_steps, self._layer_size, self._given = count("n_steps", n_steps), layer_size, tables
        _ = self.tables
        if initial_probability is None:
            initial_probability = np.eye(1, self.n_states)[0]
        self._initial = between("initial_probability", initial_probability, 0, 1)
        if self._initial.shape != (self.n_states,) or abs(self._initial.sum() - 1) > 1e-9:
            raise ValueError(
                f"initial_probability must have shape ({self.n_states},) and sum to 1; "
                f"got shape {self._initial.shape}, sum {self._initial.sum():g}"
            )

    @property
    def n_steps(self) -> int:
        """Steps of a trial, at most."""
        return self._n_steps

    @property
    def layer_size(self) -> int | None:
        """Number of states per layer, or None if the states are not layered."""
        return self._layer_size

    def _tabulate(self) -> Tables:
        return self._given

    @property
    def initial_probability(self) -> Floats:
        """The probability (n_states,) of starting in each state."""
        return self._initial

    def initial(self, n: int, rng: np.random.Generator) -> Ints:
        """Return the states (n,) in which n trials start."""
        return rng.choice(self.n_states, size=n, p=self._initial)


def digits(number: Any, sizes: tuple[int, ...]) -> tuple[Ints, ...]:
    """Return the parts of numbers in a mixed radix, the last part the fastest, each of the shape of `number`.

    Not `numpy.unravel_index`, which (in NumPy 2.4) gives wrong parts for columns of over 8,192 numbers.

    Examples
    --------
    >>> [int(part) for part in digits(23, (3, 2, 4))]
    [2, 1, 3]
    """
    rest: Any = np.asarray(number)
    parts = []
    for size in sizes[:0:-1]:
        rest, part = np.divmod(rest, size)
        parts.append(part)
    return (rest, *reversed(parts))


def checked(tables: Tables, layer_size: int | None) -> Tables:
    """Return `tables` with read-only arrays, or say what is wrong with them.

    Raises
    ------
    ValueError
        If shapes do not fit, states do not exist, probabilities do not sum to 1, a number is not
        finite, a state offers no action, or a step does not lead to the next layer.
    """
    shape = tables.next_state.shape
    if len(shape) != 3 or 0 in shape:
        raise ValueError(f"next_state must have shape (n_luck, n_states, n_actions); got {shape}")
    for name, array in tables._asdict().items():
        expected = shape[1:] if name == "available" else shape
        if array.ndim != len(expected) or any(a not in (1, b) for a, b in zip(array.shape, expected, strict=True)):
            raise ValueError(f"{name} must fit the shape {expected}; got {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite")
    if tables.next_state.min() < 0 or tables.next_state.max() >= shape[1]:
        raise ValueError(f"next_state must lie in [0, {shape[1] - 1}]; got {tables.next_state.max()}")
    total = np.broadcast_to(tables.luck_probability, (shape[0], *tables.luck_probability.shape[1:])).sum(axis=0)
    if tables.luck_probability.min() < 0 or np.abs(total - 1).max() > 1e-9:
        raise ValueError(f"luck_probability must be at least 0 and sum to 1; got a sum of {total.flat[0]:g}")
    if not np.broadcast_to(tables.available, shape[1:]).any(axis=1).all():
        raise ValueError("available must offer at least one action in every state")
    if layer_size is not None:
        layer = np.arange(shape[1]) // layer_size
        on = tables.next_state // layer_size == layer[:, None] + 1
        if not (on | tables.terminated | (layer[:, None] == layer[-1])).all():
            raise ValueError("next_state must lie in the next layer of a layered task")
    for array in tables:
        array.setflags(write=False)
    return tables
