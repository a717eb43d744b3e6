"""The rules of a task as arrays, and the transition that they give."""

from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Bools, Floats, Ints, shown


class Tables(NamedTuple):
    """The rules of a task: what follows each outcome of each action in each state.

    An *outcome* is one of the things that may happen by chance when an action is taken in a state, such as
    success and failure; a task without chance has one. Any array may have length 1 on an axis along which
    it does not vary, except `next_state`, which always has the full shape (n_outcomes, n_states, n_actions).

    Attributes
    ----------
    next_state : int array (n_outcomes, n_states, n_actions)
        The state that follows.
    outcome_probability : float array (n_outcomes, n_states, n_actions)
        Probability of each outcome; sums to 1 over the first axis.
    reward : float array (n_outcomes, n_states, n_actions)
        What is received on arrival, in reward units.
    effort : float array (n_outcomes, n_states, n_actions)
        What the step costs, in reward units; utility is reward + points − effort.
    terminated : bool array (n_outcomes, n_states, n_actions)
        Whether the world ends on arrival.
    available : bool array (n_states, n_actions)
        Which actions a state offers; at least one in every state.
    points : float array (n_outcomes, n_states, n_actions)
        Shaping rewards: they count in utility, but are not received (potential-based points cancel over
        a trial).
    pseudo_reward : float array (n_outcomes, n_states, n_actions)
        What reaching a sub-goal is worth within the sub-task alone; ignored by an agent whose
        `pseudo_reward_weight` is 0.

    Examples
    --------
    >>> import rpe
    >>> tables = rpe.tasks.bandit([0.3, 0.7]).tables
    >>> tables.n_outcomes, tables.outcome_probability.sum(axis=0).tolist()
    (2, [[1.0, 1.0]])
    """

    next_state: Ints
    outcome_probability: Floats
    reward: Floats
    effort: Floats
    terminated: Bools
    available: Bools
    points: Floats = np.zeros((1, 1, 1))
    pseudo_reward: Floats = np.zeros((1, 1, 1))

    @property
    def n_outcomes(self) -> int:
        """Number of outcomes that a step can have."""
        return int(self.next_state.shape[0])

    def __repr__(self) -> str:
        return f"Tables(n_outcomes={self.n_outcomes}, n_states={self[0].shape[1]}, n_actions={self[0].shape[2]})"


class Step(NamedTuple):
    """One transition of each of n agents.

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

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> task = rpe.tasks.bandit([1.0, 0.0])
    >>> step = task.step(np.array([0, 0]), np.array([0, 1]), np.random.default_rng(0))
    >>> step.reward.tolist(), step.terminated.tolist()
    ([1.0, 0.0], [True, True])
    """

    state: Ints
    reward: Any
    effort: Any
    points: Any
    pseudo_reward: Any
    terminated: Bools
    truncated: Bools


# What each of the tables holds that are no real numbers.
_KINDS = {"next_state": ("iu", "integers"), "terminated": ("b", "booleans"), "available": ("b", "booleans")}


def checked_tables(tables: Tables, layer_size: int | None) -> Tables:
    """Return `tables` with read-only arrays, or say what is wrong with them.

    Raises
    ------
    TypeError
        If one is no array of its kind.
    ValueError
        If shapes do not fit, states do not exist, probabilities do not sum to 1, a number is not
        finite, a state offers no action, or a step does not lead to the next layer.
    """
    for name, array in tables._asdict().items():
        kinds, rule = _KINDS.get(name, ("iuf", "numbers"))
        if not isinstance(array, np.ndarray) or isinstance(array, np.ma.MaskedArray) or array.dtype.kind not in kinds:
            raise TypeError(f"{name} must be an array of {rule}; got {shown(array)}")
    shape = tables.next_state.shape
    if len(shape) != 3 or 0 in shape:
        raise ValueError(f"next_state must have shape (n_outcomes, n_states, n_actions); got {shape}")
    for name, array in tables._asdict().items():
        expected = shape[1:] if name == "available" else shape
        if array.ndim != len(expected) or any(a not in (1, b) for a, b in zip(array.shape, expected, strict=True)):
            raise ValueError(f"{name} must fit the shape {expected}; got {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite; got {array[~np.isfinite(array)][0]} among its numbers")
    if tables.next_state.min() < 0 or tables.next_state.max() >= shape[1]:
        raise ValueError(f"next_state must lie in [0, {shape[1] - 1}]; got {tables.next_state.max()}")
    total = np.broadcast_to(tables.outcome_probability, (shape[0], *tables.outcome_probability.shape[1:])).sum(axis=0)
    if tables.outcome_probability.min() < 0 or np.abs(total - 1).max() > 1e-9:
        raise ValueError(f"outcome_probability must be at least 0 and sum to 1; got a sum of {total.flat[0]:g}")
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
