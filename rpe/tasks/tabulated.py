"""What all tasks of this package share: rules that are tabulated once, and steps that look them up."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, KnowsItsKeywords, between, count, fits, indices, instance, scalar, unmasked
from rpe.tasks._lookup import Lookup
from rpe.tasks.tables import Step, Tables, checked_tables

MAX_GIB = 4.0
# Next state, four quantities and the ends of one state and action, and as much again while they are made.
_BYTES = 64


def room(name: str, value: object, n_entries: float, max_gib: float) -> None:
    """Raise ValueError where tables of so many states and actions would take up more than `max_gib` GiB."""
    most = scalar("max_gib", max_gib, 0, open_low=True)
    fits(name, value, float(_BYTES) * n_entries, most * 2**30, hint="max_gib lifts the limit")


def states_of(state: npt.ArrayLike, n_states: int) -> Ints:
    """Return states of any shape, checked: whole numbers that a task of so many states has."""
    return indices("state", state, n_states)


class TabulatedTask(KnowsItsKeywords, ABC):
    """A task whose rules are `tables`; states, steps and exact solutions all read them.

    A subclass gives `n_steps` and `tabulate`, which states the rules over arrays of all outcomes,
    states and actions. It may declare:

    - `work_actions`, which actions are work (none by default), and `n_units` with `decode(state)["units"]`,
      the units of work that are done in each state: simulations then record procrastination;
    - `goals`, the numbers of units at which a sub-goal stands (`n_units` alone by default), and `payout`,
      what is paid on reaching each number of units, (n_units + 1,), for mechanisms and errors at goals;
    - `layer_size`, if states are *layered*: layer t holds the states `t * layer_size` to
      `(t + 1) * layer_size - 1`, and every step leads from layer t to layer t + 1, so that the state
      carries the time. Planners and traces are faster on layered tasks;
    - `action_names` and `decode`, what actions and states mean, for figures and tables;
    - `initial` and `initial_probability`, where trials start (in state 0 by default).

    In this library a task is one file beside this one, and one line each in the imports, the `__all__`
    and the table of `rpe/tasks/__init__.py`.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> class Coin(rpe.tasks.TabulatedTask):
    ...     n_steps = 1
    ...     def tabulate(self):
    ...         one = np.ones((1, 1, 1))
    ...         return rpe.tasks.Tables(
    ...             next_state=np.zeros((2, 1, 1), dtype=int), outcome_probability=np.array([0.5, 0.5])[:, None, None],
    ...             reward=np.array([1.0, -1.0])[:, None, None], effort=0 * one, terminated=one > 0,
    ...             available=np.ones((1, 1), dtype=bool))
    >>> Coin().tables
    Tables(n_outcomes=2, n_states=1, n_actions=1)
    """

    max_gib: float = MAX_GIB
    """What the tables may take up, GiB; more is refused before it is made."""

    @property
    @abstractmethod
    def n_steps(self) -> int:
        """Steps of a trial, at most."""

    @abstractmethod
    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions; called once, then checked."""

    @property
    def layer_size(self) -> int | None:
        """Number of states per layer, or None if the states are not layered."""
        return None

    @property
    def n_work_steps(self) -> int:
        """Steps in which there is something to do: all, unless the task ends with waiting for its pay."""
        return self.n_steps

    @property
    def believed(self) -> "TabulatedTask":
        """The task as those who do it believe it to be, with the same states and actions; by default as it is."""
        return self

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called; empty if they have no names."""
        return ()

    @property
    def work_actions(self) -> tuple[int, ...]:
        """Which actions are work: none, unless the task says so."""
        return ()

    @property
    def tables(self) -> Tables:
        """The rules of the task as arrays, tabulated once and checked."""
        return self._tables

    @cached_property
    def _tables(self) -> Tables:
        self.check_size()
        return checked_tables(self.tabulate(), self.layer_size)

    def check_size(self) -> None:
        """Raise ValueError if a layered task would need tables of more than `max_gib`.

        Raises
        ------
        ValueError
            If it would; the message says how much.
        """
        if self.layer_size is not None:
            entries = float(self.layer_size) * (self.n_steps + 1) * max(1, len(self.action_names))
            room("tables", f"{self.n_steps} steps of {self.layer_size} states", entries, self.max_gib)

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
        """Whether each action is work, (n_actions,): `work_actions` as a mask.

        Raises
        ------
        ValueError
            If `work_actions` names an action that the task does not have.
        """
        mask = np.zeros(self.n_actions, dtype=np.bool_)
        for action in self.work_actions:
            if not 0 <= action < self.n_actions:
                raise ValueError(f"work_actions must lie in [0, {self.n_actions - 1}]; got {action}")
            mask[action] = True
        return mask

    def initial(self, n: int, rng: np.random.Generator) -> Ints:
        """Return the states (n,) in which n trials start."""
        instance("rng", rng, np.random.Generator)
        return np.zeros(count("n", n), dtype=np.int64)

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
            Gives one uniform number per agent if steps have more than one outcome.

        Returns
        -------
        Step

        Raises
        ------
        ValueError
            If an action lies outside the space or is not available in its state.
        """
        state, action = self._places_of(state, action)
        instance("rng", rng, np.random.Generator)
        offered = np.broadcast_to(self.tables.available, (self.n_states, self.n_actions))[state, action]
        if not offered.all():
            place = int(np.argmin(offered))
            raise ValueError(f"action must be available; {action[place]} is not in state {state[place]}")
        step = self.lookup.step(state, action, rng.random(state.size) if self.lookup.n_outcomes > 1 else None)
        return Step._make(np.full(state.size, part) if isinstance(part, float) else part for part in step)

    @cached_property
    def lookup(self) -> Lookup:
        """The tables flattened for speed."""
        return Lookup.of(self.tables)

    def look_up(self, state: Ints, action: Ints, uniform: Floats | None) -> Step:
        """Take one step from each of n states with given uniform numbers, whether or not its action is offered there.

        Parameters
        ----------
        state, action : int array (n,)
            Where each agent is, and what it does.
        uniform : float array (n,) or None
            Uniform numbers in [0, 1) that decide the outcome; None if there is only one.

        Raises
        ------
        TypeError, ValueError
            For what is no state, no action or no such number; loops call `lookup.step`, which does not check.
        """
        state, action = self._places_of(state, action)
        if uniform is not None:
            uniform = between("uniform", uniform, 0, 1, open_high=True)
            if uniform.shape != state.shape:
                raise ValueError(f"uniform must have the shape of state, {state.shape}; got {uniform.shape}")
        elif self.lookup.n_outcomes > 1:
            raise ValueError(f"uniform must be numbers where a step has {self.lookup.n_outcomes} outcomes; got None")
        return self.lookup.step(state, action, uniform)

    def _places_of(self, state: npt.ArrayLike, action: npt.ArrayLike) -> tuple[Ints, Ints]:
        """States and actions (n,) of the task, as integers."""
        shape = unmasked("state", state).shape
        if len(shape) != 1:
            raise ValueError(f"state must have shape (n,); got {shape}")
        if unmasked("action", action).shape != shape:
            raise ValueError(f"action must have the shape of state, {shape}; got {np.shape(action)}")
        return indices("state", state, self.n_states, shape), indices("action", action, self.n_actions, shape)

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what a state means, as arrays of the shape of `state`."""
        return {"state": states_of(state, self.n_states)}

    def __repr__(self) -> str:
        n_units = getattr(self, "n_units", None)
        units = f"{n_units} unit{'s' if n_units > 1 else ''} of work, " if n_units else ""
        actions = f"; {', '.join(self.action_names)}" if 0 < len(self.action_names) <= 4 else ""
        steps = f"{self.n_steps} step{'s' if self.n_steps > 1 else ''}"
        return f"{type(self).__name__}({units}trials of up to {steps}{actions})"
