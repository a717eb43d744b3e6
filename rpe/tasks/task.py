"""The protocol of a task: what agents, simulations and exact solutions ask of one."""

from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints
from rpe.tasks.tables import Step, Tables


@runtime_checkable
class Task(Protocol):
    """A task with tables, as `rpe.simulate`, `rpe.measures` and `rpe.agents` read it.

    To write one, subclass `TabulatedTask`: it gives everything below but `n_steps` and the rules.

    Attributes
    ----------
    n_states, n_actions : int
        Numbers of states and of actions.
    n_steps : int
        Steps of a trial, at most.
    layer_size : int or None
        Number of states per layer if states are layered in time: layer t holds the states
        `t * layer_size` to `(t + 1) * layer_size - 1`, and every step leads to the next layer.
    action_names : tuple of str
        What each action is called, for figures only; empty if they have no names.
    work_actions : tuple of int
        Which actions are work. Measures of procrastination, recorders and mechanisms ask this and
        never read names.
    is_work : bool array (n_actions,)
        The same as a mask.
    tables : Tables
        The rules, (n_outcomes, n_states, n_actions).
    initial_probability : float array (n_states,)
        Probability of starting in each state.

    Examples
    --------
    >>> import rpe
    >>> isinstance(rpe.tasks.bandit([0.3, 0.7]), rpe.tasks.Task)
    True
    """

    @property
    def n_states(self) -> int:
        """The number of states."""

    @property
    def n_actions(self) -> int:
        """The number of actions."""

    @property
    def n_steps(self) -> int:
        """Steps of a trial, at most."""

    @property
    def layer_size(self) -> int | None:
        """Number of states per layer, or None."""

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""

    @property
    def work_actions(self) -> tuple[int, ...]:
        """Which actions are work."""

    @property
    def is_work(self) -> Bools:
        """Whether each action is work, (n_actions,)."""

    @property
    def tables(self) -> Tables:
        """The rules as arrays."""

    @property
    def initial_probability(self) -> Floats:
        """The probability (n_states,) of starting in each state."""

    def initial(self, n: int, rng: np.random.Generator) -> Ints:
        """Return the states (n,) in which n trials start."""

    def step(self, state: Ints, action: Ints, rng: np.random.Generator) -> Step:
        """Take one step from each of n states (n,), with the actions (n,)."""

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean, as named arrays of the shape of `state`, such as `time` and `units`."""
