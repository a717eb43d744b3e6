"""A to-do list, and points that make a short-sighted worker do what a far-sighted one would."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Floats, between, scalar
from rpe.tasks.tables import Tables, TableTask, TabulatedTask


@dataclass(frozen=True, eq=False)
class ToDoList(TabulatedTask):
    """Things to be done in any order, each with a time and a price, and a reward when all are done.

    In each step the agent does one thing that is not done yet, or stops for good. Doing thing i
    pays `pay[i]` (mostly less than nothing) and takes `minutes[i]` of its time.

    Parameters
    ----------
    minutes : array (n_things,)
        How long each takes, min > 0; by default the five essays of the source.
    pay : array (n_things,)
        What each pays, $; by default that of the source.
    reward : float
        For all, $ (assumption: more than all of it costs).
    time_value : float
        What an hour is worth otherwise, $ per h ≥ 0.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range, lengths that do not match, or more than twelve things.

    References
    ----------
    Lieder, F., Chen, O. X., Krueger, P. M. & Griffiths, T. L. (2019). Cognitive prostheses for goal
    achievement. Nature Human Behaviour 3, 1096-1106. doi:10.1038/s41562-019-0672-9

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.ToDoList()
    >>> task.n_states, task.action_names[0], float(task.tables.reward[0, 0, 0])
    (33, 'work on thing 1', -3.0)
    """

    minutes: Any = (5.0, 10.0, 15.0, 20.0, 25.0)
    pay: Any = (-3.0, -3.25, -2.25, -3.0, -1.0)
    reward: float = 40.0
    time_value: float = 8.0

    def __post_init__(self) -> None:
        minutes, pay = between("minutes", self.minutes, 0, open_low=True), between("pay", self.pay)
        if minutes.ndim != 1 or minutes.shape != pay.shape or not 1 <= minutes.size <= 12:
            raise ValueError(f"minutes and pay must have one length from 1 to 12; got {minutes.shape} and {pay.shape}")
        for name, array in (("minutes", minutes), ("pay", pay)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        object.__setattr__(self, "reward", scalar("reward", self.reward))
        object.__setattr__(self, "time_value", scalar("time_value", self.time_value, 0))

    @property
    def n_units(self) -> int:
        """Things to be done."""
        return int(self.minutes.size)

    @property
    def n_steps(self) -> int:
        """Steps of a trial, at most."""
        return self.n_units + 1

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return (*(f"work on thing {i + 1}" for i in range(self.n_units)), "stop")

    def decode(self, state: Any) -> dict[str, Any]:
        """Return what states mean: `done`, bits of the things that are done, and `units`, how many."""
        done = np.minimum(np.asarray(state), 2**self.n_units - 1)
        units = sum((done >> i) & 1 for i in range(self.n_units))
        return {"done": done, "units": units}

    def _tabulate(self) -> Tables:
        n = self.n_units
        full = 2**n - 1
        states = np.arange(full + 2)[:, None]
        bits = 1 << np.arange(n)
        gone = states > full
        is_done = ((states & bits) > 0) | gone
        to = np.where(is_done, states, states | bits)
        finishes = ~is_done & (to == full)
        stop = np.full_like(states, full + 1)
        pays = np.where(is_done, 0.0, self.pay) + finishes * self.reward
        cost = np.where(is_done, 0.0, self.time_value * self.minutes / 60)
        nothing = np.zeros_like(states, dtype=float)
        over = np.hstack([finishes | (states >= full), np.ones_like(gone)])
        return Tables(
            next_state=np.hstack([to, stop])[None],
            luck_probability=np.ones((1, 1, 1)),
            reward=np.hstack([pays, nothing])[None],
            effort=np.hstack([cost, nothing])[None],
            terminated=over[None],
            available=np.hstack([~is_done, np.ones_like(gone)]),
        )


def optimal_value(task: TabulatedTask, discount: float) -> Floats:
    """Return what each state is worth to a far-sighted worker, V* = max E[u + γ V*(s′)], by value iteration.

    Parameters
    ----------
    task : TabulatedTask
    discount : float
        γ in [0, 1); or 1 for a task whose trials end whatever is done.

    Returns
    -------
    float array (n_states,)
        In reward units, with u = reward + points − effort.

    Raises
    ------
    TypeError, ValueError
        For a task without tables, γ out of range, or values that never settle.

    Examples
    --------
    >>> import rpe
    >>> float(rpe.tasks.optimal_value(rpe.tasks.ToDoList(), discount=1.0)[0].round(2))
    17.5
    """
    if not isinstance(task, TabulatedTask):
        raise TypeError(f"task must be a task with tables; got {type(task).__name__}")
    gamma = scalar("discount", discount, 0, 1)
    tables = task.tables
    shape = tables.next_state.shape
    chance = np.broadcast_to(tables.luck_probability, shape)
    utility = np.broadcast_to(tables.reward + tables.points - tables.effort, shape)
    income = (chance * utility).sum(axis=0)
    on = gamma * chance * ~np.broadcast_to(tables.terminated, shape)
    value = np.zeros(task.n_states)
    for _ in range(100_000):
        q = income + (on * value[tables.next_state]).sum(axis=0)
        found = np.where(tables.available, q, -np.inf).max(axis=1)
        if np.abs(found - value).max() <= 1e-13 * max(1.0, np.abs(found).max()):
            return found
        value = found
    raise ValueError(f"discount must be below 1 for a task whose trials need not end; got {discount!r}")


def with_optimal_points(task: TabulatedTask, discount: float) -> TableTask:
    """Return the task with points that tell at once what an action does to the future.

        f(s, a) = u + γ V*(s′) − V*(s)

    The points γ V*(s′) − V*(s) come on top of utility; they are potential-based, so that nothing is
    changed for whoever looks ahead with the same γ, and the best action is now best at once: it
    brings 0, every other one less.

    Parameters
    ----------
    task : TabulatedTask
    discount : float
        As in `optimal_value`.

    Raises
    ------
    TypeError, ValueError
        As `optimal_value`.

    References
    ----------
    Lieder, F., Chen, O. X., Krueger, P. M. & Griffiths, T. L. (2019). Cognitive prostheses for goal
    achievement. Nature Human Behaviour 3, 1096-1106. doi:10.1038/s41562-019-0672-9
    Ng, A. Y., Harada, D. & Russell, S. (1999). Policy invariance under reward transformations.
    ICML 16, 278-287, Theorem 1.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.with_optimal_points(rpe.tasks.ToDoList(), discount=1.0)
    >>> felt = (task.tables.reward + task.tables.points - task.tables.effort)[0, 0]
    >>> float(abs(felt.max()).round(9)), int(felt.argmin())      # stopping is worst
    (0.0, 5)
    """
    value = optimal_value(task, discount)
    tables = task.tables
    shape = tables.next_state.shape
    ahead = np.where(np.broadcast_to(tables.terminated, shape), 0.0, value[tables.next_state])
    points = np.broadcast_to(tables.points, shape) + discount * ahead - value[:, None]
    return TableTask(tables._replace(points=points), task.n_steps, task.initial_probability, task.layer_size)
