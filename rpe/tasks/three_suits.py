"""Three suits: rival goals, each of which needs several tokens that come by chance."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, between, count, numbers, scalar
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import TabulatedTask

# Experiment 1: which suit is dominant in each of nine blocks, and how strongly; then once more.
_DOMINANT = (0, 1, 2, 0, 1, 2, 0, 2, 1)
_STRENGTH = (0, 1, 2, 1, 0, 2, 1, 0, 2)
_STRENGTH_AGAIN = (0, 2, 1, 2, 0, 1, 2, 0, 1)


@dataclass(frozen=True, eq=False)
class ThreeSuits(TabulatedTask):
    """Rival goals: each suit pays once it has enough tokens, and each choice may bring its suit one token.

    A step is the choice of a suit, which brings one of its tokens with the probability that it has in
    this block. The last token that a suit needs is paid for, and its tokens go back to 0; the others keep
    theirs, also from block to block. States carry the time.

    Parameters
    ----------
    probability : float array (n_blocks, n_suits)
        Chance of a token, in [0, 1].
    block_length : int
        Steps of a block.
    target : int
        Tokens N that a suit needs.
    reward : float
        Pay of a goal, reward units.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Aenugu, S. & O'Doherty, J. P. (2025). Building momentum: a computational account of persistence
    toward long-term goals. PLoS Computational Biology. doi:10.1371/journal.pcbi.1013054

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.ThreeSuits([[0.8, 0.2, 0.2]], block_length=10)
    >>> task.n_steps, task.n_states         # 11 moments by 7³ numbers of tokens
    (10, 3773)
    """

    probability: npt.ArrayLike
    block_length: int = 30
    target: int = 7
    reward: float = 10.0

    def __post_init__(self) -> None:
        chance = between("probability", self.probability, 0, 1)
        if chance.ndim != 2 or 0 in chance.shape:
            raise ValueError(f"probability must have shape (n_blocks, n_suits); got {chance.shape}")
        object.__setattr__(self, "probability", chance)
        for name in ("block_length", "target"):
            object.__setattr__(self, name, count(name, getattr(self, name)))
        object.__setattr__(self, "reward", scalar("reward", self.reward))

    @classmethod
    def published(cls, strengths: tuple[float, ...] = (0.8, 0.7, 0.6), *, rounds: int = 2) -> Self:
        """Return experiment 1: nine blocks a round, with the dominant suit's chance of a token at three strengths.

        The other suits have one minus that chance. Every second round has the strengths in the other order.

        Examples
        --------
        >>> import rpe
        >>> rpe.tasks.ThreeSuits.published().chance[:3]
        array([[0.8, 0.2, 0.2],
               [0.3, 0.7, 0.3],
               [0.4, 0.4, 0.6]])
        """
        chances = between("strengths", strengths, 0, 1)
        if chances.shape != (3,):
            raise ValueError(f"strengths must be three; got shape {chances.shape}")
        order = [_STRENGTH, _STRENGTH_AGAIN] * count("rounds", rounds, 1, 10_000)
        strong = chances[np.ravel(order[:rounds])][:, None]
        dominant = np.tile(_DOMINANT, rounds)[:, None]
        return cls(np.where(np.arange(3) == dominant, strong, 1 - strong))

    @property
    def chance(self) -> Floats:
        """Chance of a token, (n_blocks, n_suits)."""
        return numbers("probability", self.probability)

    @property
    def n_suits(self) -> int:
        """Number of suits, each of which is an action."""
        return int(self.chance.shape[1])

    @property
    def n_steps(self) -> int:
        """Steps of all blocks."""
        return len(self.chance) * self.block_length

    @property
    def layer_size(self) -> int:
        """Numbers of tokens that all suits can have together."""
        return int(self.target**self.n_suits)

    def tabulate(self) -> Tables:
        """Return the rules: a token or none."""
        code = np.arange(self.layer_size)
        worth = self.target ** np.arange(self.n_suits)
        full = code[:, None] // worth % self.target == self.target - 1
        after = code[:, None] + np.where(full, -(self.target - 1) * worth, worth)
        moves = np.stack([after, np.broadcast_to(code[:, None], after.shape)])
        start = np.arange(self.n_steps) * self.layer_size
        ahead = moves[:, None] + (start + self.layer_size)[:, None, None]
        last = np.broadcast_to((start[-1] + self.layer_size + code)[:, None], after.shape)
        shape = (2, (self.n_steps + 1) * self.layer_size, self.n_suits)
        next_state = np.empty(shape, dtype=np.int64)
        next_state[:, : -self.layer_size] = ahead.reshape(2, -1, self.n_suits)
        next_state[:, -self.layer_size :] = last
        token = np.repeat(np.append(np.repeat(np.arange(len(self.chance)), self.block_length), -1), self.layer_size)
        paid = np.tile(np.where(full, self.reward, 0.0), (self.n_steps + 1, 1))
        paid[-self.layer_size :] = 0.0
        terminated = np.zeros((1, shape[1], 1), dtype=np.bool_)
        terminated[:, -2 * self.layer_size :] = True
        return Tables(
            next_state=next_state,
            outcome_probability=np.stack([self.chance[token], 1 - self.chance[token]]),
            reward=np.stack([paid, np.zeros_like(paid)]),
            effort=np.zeros((1, 1, 1)),
            terminated=terminated,
            available=np.ones((1, self.n_suits), dtype=np.bool_),
        )

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return `time`, `block` and `dominant` of the shape of `state`, and `tokens` with one more axis of suits.

        The moment after the last step counts to the last block.
        """
        place = np.asarray(state)
        time, code = np.divmod(place, self.layer_size)
        block = np.minimum(time // self.block_length, len(self.chance) - 1)
        tokens = code[..., None] // self.target ** np.arange(self.n_suits) % self.target
        return {"time": time, "block": block, "dominant": self.chance.argmax(axis=1)[block], "tokens": tokens}
