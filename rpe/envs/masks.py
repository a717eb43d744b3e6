"""Action masks that an environment publishes as it goes: which actions each copy offers in each state."""

from typing import Any

import numpy as np

from rpe._checks import Bools, Ints, count, indices


class SeenMasks:
    """The action masks seen so far, one for every state and copy; all actions until a mask was seen.

    Learners that were given it by their task look up here what a state offers.

    Attributes
    ----------
    known : bool
        Whether any mask was seen.

    Examples
    --------
    >>> import numpy as np
    >>> import rpe
    >>> seen = rpe.envs.SeenMasks(n_actions=2, n_states=3, n_envs=1)
    >>> seen.take(np.array([1]))[:, 0].tolist()  # all actions until a mask was seen
    [True, True]
    """

    def __init__(self, n_actions: int, n_states: int, n_envs: int) -> None:
        for name, value in (("n_actions", n_actions), ("n_states", n_states), ("n_envs", n_envs)):
            count(name, value)
        self._shape = (n_actions, n_states, n_envs)
        self._offered: Any = None
        self._copies = np.arange(n_envs)

    @property
    def known(self) -> bool:
        """Whether any mask was seen."""
        return self._offered is not None

    def take(self, state: Ints, axis: int = 1) -> Bools:
        """Return which actions (n_actions, n_envs) the copies offer in the states (n_envs,)."""
        if type(axis) is not int or axis != 1:
            raise ValueError(f"axis must be 1, that of the states; got {axis!r}")
        if type(state) is not np.ndarray or state.dtype.kind != "i" or state.shape != self._copies.shape:
            state = indices("state", state, self._shape[1], self._copies.shape)
        if self._offered is None:
            return np.ones((self._shape[0], len(state)), dtype=np.bool_)
        return np.asarray(self._offered[:, state, self._copies])

    def see(self, state: Ints, offered: Bools) -> None:
        """Take down which actions (n_actions, n_envs) the copies offer in the states (n_envs,) where they are."""
        if self._offered is None:
            self._offered = np.ones(self._shape, dtype=np.bool_)
        self._offered[:, state, self._copies] = offered
