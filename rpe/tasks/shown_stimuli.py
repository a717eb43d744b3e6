"""Choice between some of many stimuli, of which every trial shows others."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from rpe._checks import LARGEST, Ints, between, count, indices
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask


class ShownStimuli(TabulatedTask):
    """Probabilistic selection: each trial shows some of the stimuli, and the one chosen is rewarded by chance.

    A state is a set of stimuli, all as likely; action i chooses the i-th that it shows. Learners of
    outcomes (`rpe.agents.OutcomeLearner`) have one value for each stimulus, whatever it is shown with.

    Parameters
    ----------
    probabilities : float array (n_stimuli,)
        Probability of a reward of 1 of each stimulus.
    shown : sequence of sequences of int, optional
        The stimuli of each state; by default all pairs.
    n_shown : int
        How many are shown if `shown` is not given.

    Raises
    ------
    TypeError, ValueError
        For probabilities outside [0, 1], or stimuli that do not exist.

    References
    ----------
    Frank, M. J., Seeberger, L. C. & O'Reilly, R. C. (2004). By carrot or by stick: cognitive reinforcement
    learning in parkinsonism. Science 306(5703), 1940-1943. doi:10.1126/science.1102941

    Examples
    --------
    >>> task = ShownStimuli([0.2, 0.4, 0.6, 0.8])
    >>> task.stimuli[:3].tolist(), task.state_of([[2, 3]])
    ([[0, 1], [0, 2], [0, 3]], array([5]))
    """

    def __init__(
        self, probabilities: npt.ArrayLike, shown: Sequence[Sequence[int]] | None = None, *, n_shown: int = 2
    ) -> None:
        chance = between("probabilities", probabilities, 0, 1)
        if chance.ndim != 1 or chance.size < 2:
            raise ValueError(f"probabilities must have shape (n_stimuli,), at least two; got {chance.shape}")
        size = count("n_shown", n_shown, 2, chance.size)
        sets = list(combinations(range(chance.size), size)) if shown is None else shown
        given = np.asarray(sets)
        if given.ndim != 2 or given.dtype.kind not in "iu" or given.min() < 0 or given.max() >= chance.size:
            raise ValueError(f"shown must hold sets of stimuli 0 to {chance.size - 1}, of one size; got {sets!r}")
        self.probabilities = chance
        self._stimuli = given.astype(np.int64)

    @property
    def n_steps(self) -> int:
        """One choice."""
        return 1

    @property
    def stimuli(self) -> Ints:
        """Which stimulus each action chooses in each state, (n_states, n_actions)."""
        return self._stimuli

    def state_of(self, shown: npt.ArrayLike) -> Ints:
        """Return the state of each set of stimuli, (...,) for (..., n_shown).

        Raises
        ------
        ValueError
            For a set that is no state, or in another order.
        """
        asked = indices("shown", shown, LARGEST)
        if not asked.ndim or asked.shape[-1] != self._stimuli.shape[-1]:
            raise ValueError(f"shown must have shape (..., {self._stimuli.shape[-1]}); got {asked.shape}")
        fits = (asked[..., None, :] == self._stimuli).all(axis=-1)
        if not fits.any(axis=-1).all():
            row = asked.reshape(-1, asked.shape[-1])[int(np.argmin(fits.any(axis=-1).ravel()))]
            raise ValueError(f"shown must be one of the states' sets, in their order; got {row.tolist()}")
        return np.asarray(fits.argmax(axis=-1))

    def initial(self, n: int, rng: np.random.Generator) -> Ints:
        """Return the states (n,) in which n trials start: any."""
        return rng.integers(0, len(self._stimuli), n)

    @property
    def initial_probability(self) -> npt.NDArray[np.float64]:
        """The probability (n_states,) of starting in each state."""
        return np.full(len(self._stimuli), 1.0 / len(self._stimuli))

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        chance = self.probabilities[self._stimuli]
        own = np.arange(len(chance))[None, :, None]
        return Tables(
            next_state=np.broadcast_to(own, (2, *chance.shape)).copy(),
            outcome_probability=np.stack([chance, 1 - chance]),
            reward=np.array([1.0, 0.0])[:, None, None],
            effort=np.zeros((1, 1, 1)),
            terminated=np.ones((1, 1, 1), dtype=np.bool_),
            available=np.ones(chance.shape, dtype=np.bool_),
        )
