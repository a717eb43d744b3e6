"""A task given directly by its tables."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, between, count, instance, sequence, text
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask


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
    action_names : sequence of str, optional
        What each action is called; by default they have no names.
    work_actions : sequence of int
        Which actions are work; by default none.

    Raises
    ------
    TypeError, ValueError
        If the tables contradict each other, or an action that is named or called work does not exist.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> tables = rpe.tasks.Tables(
    ...     next_state=np.array([[[1, 0], [1, 1]]]), outcome_probability=np.ones((1, 1, 1)),
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
        initial_probability: npt.ArrayLike | None = None,
        layer_size: int | None = None,
        *,
        action_names: Sequence[str] = (),
        work_actions: Sequence[int] = (),
    ) -> None:
        self._n_steps, self._given = count("n_steps", n_steps), instance("tables", tables, Tables)
        self._layer_size = None if layer_size is None else count("layer_size", layer_size)
        self._action_names: tuple[str, ...] = ()
        last = self.n_actions - 1
        self._action_names = tuple(text("action_names", name) for name in sequence("action_names", action_names))
        if self._action_names and len(self._action_names) != last + 1:
            raise ValueError(f"action_names must have one name per action, {last + 1}; got {len(self._action_names)}")
        self._work_actions = tuple(
            count("work_actions", action, 0, last) for action in sequence("work_actions", work_actions)
        )
        if initial_probability is None:
            initial_probability = np.eye(1, self.n_states)[0]
        self._initial = between("initial_probability", initial_probability, 0, 1)
        if self._initial.shape != (self.n_states,) or abs(self._initial.sum() - 1) > 1e-9:
            raise ValueError(
                f"initial_probability must have shape ({self.n_states},) and sum to 1; "
                f"got shape {self._initial.shape}, sum {self._initial.sum():g}"
            )
        # `Generator.choice` draws the same states, but sums and checks the probabilities each time.
        self._below = self._initial.cumsum()
        self._below /= self._below[-1]

    @property
    def n_steps(self) -> int:
        """Steps of a trial, at most."""
        return self._n_steps

    @property
    def layer_size(self) -> int | None:
        """Number of states per layer, or None if the states are not layered."""
        return self._layer_size

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called; empty if they have no names."""
        return self._action_names

    @property
    def work_actions(self) -> tuple[int, ...]:
        """Which actions are work."""
        return self._work_actions

    def tabulate(self) -> Tables:
        """Return the tables that were given."""
        return self._given

    @property
    def initial_probability(self) -> Floats:
        """The probability (n_states,) of starting in each state."""
        return self._initial

    def initial(self, n: int, rng: np.random.Generator) -> Ints:
        """Return the states (n,) in which n trials start."""
        uniform = instance("rng", rng, np.random.Generator).random(count("n", n))
        return self._below.searchsorted(uniform, side="right")
