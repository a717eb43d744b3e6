"""Bandits whose chances change while they are played: reversals, and probabilities that drift."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Ints, Seed, between, count, generator, scalar
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask


class ChangingBandit(TabulatedTask):
    """Bandit whose reward probabilities differ from choice to choice; a trial is a whole session of choices.

    Its states count the choices made. Learners of outcomes (`rpe.agents.OutcomeLearner`) have one value for
    each arm all the same, as all states show the same `stimuli`.

    Parameters
    ----------
    probabilities : float array (n_choices, n_arms)
        Probability of reward of each arm at each choice.
    reward, otherwise : float
        What is won, and what comes instead, in reward units.

    Raises
    ------
    TypeError, ValueError
        For probabilities outside [0, 1], or another shape.

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.ChangingBandit([[0.8, 0.2]] * 10 + [[0.2, 0.8]] * 10)
    >>> task.n_steps, task.n_actions
    (20, 2)
    """

    def __init__(self, probabilities: npt.ArrayLike, reward: float = 1.0, otherwise: float = 0.0) -> None:
        chance = between("probabilities", probabilities, 0, 1)
        if chance.ndim != 2 or 0 in chance.shape:
            raise ValueError(f"probabilities must have shape (n_choices, n_arms); got {chance.shape}")
        self.probabilities = chance
        self._pays = scalar("reward", reward), scalar("otherwise", otherwise)

    @property
    def n_steps(self) -> int:
        """Choices of a session."""
        return len(self.probabilities)

    @property
    def layer_size(self) -> int:
        """One state for each choice."""
        return 1

    @property
    def stimuli(self) -> Ints:
        """Which arm each action is in each state, (n_states, n_actions)."""
        return np.tile(np.arange(self.probabilities.shape[1]), (self.n_steps + 1, 1))

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        n, n_arms = self.probabilities.shape
        chance = np.concatenate([self.probabilities, self.probabilities[-1:]])
        following = np.minimum(np.arange(n + 1) + 1, n)
        return Tables(
            next_state=np.broadcast_to(following[None, :, None], (2, n + 1, n_arms)).copy(),
            outcome_probability=np.stack([chance, 1 - chance]),
            reward=np.array(self._pays)[:, None, None],
            effort=np.zeros((1, 1, 1)),
            terminated=np.broadcast_to((following == n)[None, :, None], (1, n + 1, 1)).copy(),
            available=np.ones((n + 1, n_arms), dtype=np.bool_),
        )


def reversal(
    probabilities: npt.ArrayLike = (0.8, 0.2), n_choices: int = 100, every: int = 25, *, otherwise: float = 0.0
) -> ChangingBandit:
    """Return a probabilistic reversal: the arms change places at regular times.

    Parameters
    ----------
    probabilities : float array (n_arms,)
        Probability of reward of each arm at first.
    n_choices, every : int
        Choices in all, and from one reversal to the next.
    otherwise : float
        What comes instead of a reward of 1, such as −1.

    Raises
    ------
    TypeError, ValueError
        As `ChangingBandit`, and for numbers below 1.

    Examples
    --------
    >>> reversal(n_choices=4, every=2).probabilities[:, 0].tolist()
    [0.8, 0.8, 0.2, 0.2]
    """
    arms = between("probabilities", probabilities, 0, 1)
    if arms.ndim != 1 or arms.size < 2:
        raise ValueError(f"probabilities must have shape (n_arms,), at least two; got {arms.shape}")
    block = np.arange(count("n_choices", n_choices)) // count("every", every)
    return ChangingBandit(np.stack([np.roll(arms, b) for b in block]), otherwise=otherwise)


def random_walks(
    n_choices: int, n_arms: int, deviation: float, low: float, high: float, rng: Seed
) -> npt.NDArray[np.float64]:
    """Return probabilities (n_choices, n_arms) that walk at random between reflecting bounds."""
    if not low <= high:
        raise ValueError(f"low must not be above high, {high!r}; got {low!r}")
    steps = generator(rng).normal(0.0, scalar("deviation", deviation, 0), (count("n_choices", n_choices), n_arms))
    start = generator(rng).uniform(low, high, n_arms)
    walk = start + np.cumsum(steps, axis=0) - steps[0]
    width = high - low
    folded = np.abs((walk - low) % (2 * width) - width)
    return high - folded if width else np.full_like(walk, low)


def drifting(
    n_choices: int = 200,
    n_arms: int = 2,
    *,
    deviation: float = 0.025,
    low: float = 0.25,
    high: float = 0.75,
    rng: Seed = None,
) -> ChangingBandit:
    """Return a restless bandit: reward probabilities follow Gaussian random walks between reflecting bounds.

    Parameters
    ----------
    n_choices, n_arms : int
        Of a session.
    deviation : float
        Standard deviation of a step.
    low, high : float
        Bounds.
    rng : int, numpy.random.Generator or None
        Seed of the walks.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range.

    References
    ----------
    Daw, N. D., Gershman, S. J., Seymour, B., Dayan, P. & Dolan, R. J. (2011). Neuron 69(6), 1204-1215.
    doi:10.1016/j.neuron.2011.02.027 (the walks of the two-step task)

    Examples
    --------
    >>> walk = drifting(500, rng=0).probabilities
    >>> bool(walk.min() >= 0.25), bool(walk.max() <= 0.75)
    (True, True)
    """
    between("low, high", [low, high], 0, 1)
    return ChangingBandit(random_walks(n_choices, count("n_arms", n_arms), deviation, low, high, rng))
