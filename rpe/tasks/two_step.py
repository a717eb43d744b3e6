"""The two-step task: a first choice leads, commonly or rarely, to one of two second choices."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Ints, Seed, between, generator, scalar
from rpe.tasks.changing_bandit import random_walks
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask


class TwoStep(TabulatedTask):
    """Two-step task (Daw et al. 2011): choice 0 leads to state 1 commonly and to state 2 rarely, choice 1 the reverse.

    The second choice is rewarded by chance. With one row of probabilities a trial is two steps, in
    states 0, then 1 or 2, then 3. With a row for each of T trials, a session of them is one
    trial of 2T steps, and the states of its t-th trial are 3t, 3t + 1 and 3t + 2.

    Parameters
    ----------
    probabilities : float array (4,) or (n_trials, 4)
        Probability of reward of the two second choices in state 1, and of those in state 2.
    common_probability : float
        Of the common transition, in [0, 1].

    Raises
    ------
    TypeError, ValueError
        For probabilities outside [0, 1], or another shape.

    References
    ----------
    Daw, N. D., Gershman, S. J., Seymour, B., Dayan, P. & Dolan, R. J. (2011). Model-based influences on
    humans' choices and striatal prediction errors. Neuron 69(6), 1204-1215.
    doi:10.1016/j.neuron.2011.02.027

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.TwoStep([0.7, 0.4, 0.3, 0.6])
    >>> task.n_states, task.stimuli[:3].tolist()
    (4, [[0, 1], [2, 3], [4, 5]])
    """

    def __init__(self, probabilities: npt.ArrayLike = (0.7, 0.4, 0.3, 0.6), common_probability: float = 0.7) -> None:
        chance = between("probabilities", probabilities, 0, 1)
        if chance.ndim not in (1, 2) or chance.shape[-1] != 4 or 0 in chance.shape:
            raise ValueError(f"probabilities must have shape (4,) or (n_trials, 4); got {chance.shape}")
        self.probabilities = np.atleast_2d(chance)
        self._common = scalar("common_probability", common_probability, 0, 1)

    @classmethod
    def drifting(cls, n_trials: int = 200, *, deviation: float = 0.025, rng: Seed = None) -> "TwoStep":
        """Return a session in which the probabilities walk at random between .25 and .75.

        Parameters
        ----------
        n_trials : int
            Of the session.
        deviation : float
            Standard deviation of a step of the walks.
        rng : int, numpy.random.Generator or None
            Seed of the walks.
        """
        return cls(random_walks(n_trials, 4, deviation, 0.25, 0.75, generator(rng)))

    @property
    def n_steps(self) -> int:
        """Choices: two for each trial."""
        return 2 * len(self.probabilities)

    @property
    def stimuli(self) -> Ints:
        """Which of the six stimuli each action chooses in each state, (n_states, n_actions)."""
        each = np.arange(6).reshape(3, 2)
        return np.concatenate([np.tile(each, (len(self.probabilities), 1)), each[:1]])

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean: the trial, and where in it one is (0, 1 or 2)."""
        state = np.asarray(state)
        return {"trial": state // 3, "place": state % 3}

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        n = len(self.probabilities)
        following = np.zeros((2, 3 * n + 1, 2), dtype=np.int64)
        chance = np.full((2, 3 * n + 1, 2), 0.5)
        first = 3 * np.arange(n)
        following[0, first], following[1, first] = first[:, None] + [1, 2], first[:, None] + [2, 1]
        chance[0, first], chance[1, first] = self._common, 1 - self._common
        for place in (1, 2):
            following[:, first + place] = (first + 3)[None, :, None]
            chance[0, first + place] = self.probabilities[:, 2 * place - 2 : 2 * place]
            chance[1, first + place] = 1 - chance[0, first + place]
        following[:, -1] = 3 * n
        reward = np.zeros((2, 3 * n + 1, 2))
        reward[0, :-1] = (np.arange(3 * n) % 3 > 0)[:, None]
        return Tables(
            next_state=following,
            outcome_probability=chance,
            reward=reward,
            effort=np.zeros((1, 1, 1)),
            terminated=following == 3 * n,
            available=np.ones((3 * n + 1, 2), dtype=np.bool_),
        )
