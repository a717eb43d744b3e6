"""Simple strategies that people are compared with: a biased guesser, and win-stay-lose-shift."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, KnowsItsKeywords, PerAgent, default, parameter, scalar
from rpe.agents._steps import check_n_agents, experienced_utility
from rpe.tasks import Step


@dataclass(frozen=True, eq=False, kw_only=True)
class BiasedGuesser(KnowsItsKeywords):
    """Biased random choice: action 0 with probability b in every trial, the others evenly.

    Parameters
    ----------
    bias : float or array (n_agents,)
        b in [0, 1].

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Wilson, R. C. & Collins, A. G. E. (2019). Ten simple rules for the computational modeling of
    behavioral data. eLife 8, e49547. doi:10.7554/eLife.49547 (model 1)

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[0, 0, 1]], [[1.0, 0.0, 1.0]])
    >>> rpe.fit.log_likelihood(BiasedGuesser(bias=0.8), rpe.tasks.bandit([0.5, 0.5]), data).round(4)  # ln .8·.8·.2
    array([-2.0557])
    """

    bias: PerAgent = default(0.5)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bias", parameter("bias", self.bias, 0, 1))

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if they are numbers)."""
        return self.bias.size

    def init(self, task: Any, n_agents: int) -> int:
        """Return what is remembered: the number of actions."""
        check_n_agents(self.n_agents, n_agents, task)
        return int(task.n_actions)

    def policy(self, memory: int, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n)."""
        first = np.broadcast_to(self.bias, state.shape)
        return np.stack([first, *[(1 - first) / (memory - 1)] * (memory - 1)])

    def update(self, memory: int, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Return zeros (n,): a guesser learns nothing."""
        return np.zeros(len(state))


@dataclass(frozen=True, eq=False, kw_only=True)
class WinStayLoseShift(KnowsItsKeywords):
    """Win-stay, lose-shift with lapses: repeat after a win with 1 − ε/2, and change after a loss with 1 − ε/2.

    With more than two actions, a change goes to the others evenly. The first choice is even.

    Parameters
    ----------
    lapse : float or array (n_agents,)
        ε in [0, 1]; at 1 choice between two actions is random.
    win_above : float
        Outcomes above this are wins, in reward units.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Wilson, R. C. & Collins, A. G. E. (2019). Ten simple rules for the computational modeling of
    behavioral data. eLife 8, e49547. doi:10.7554/eLife.49547 (model 2)

    Examples
    --------
    >>> import rpe
    >>> data = rpe.records.Choices.of([[0, 0, 1]], [[1.0, 0.0, 1.0]])
    >>> found = rpe.fit.log_likelihood(WinStayLoseShift(lapse=0.2), rpe.tasks.bandit([0.5, 0.5]), data)
    >>> found.round(4)  # ln .5·.9·.9
    array([-0.9039])
    """

    lapse: PerAgent = default(0.1)
    win_above: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "win_above", scalar("win_above", self.win_above))
        object.__setattr__(self, "lapse", parameter("lapse", self.lapse, 0, 1))

    @property
    def n_agents(self) -> int:
        """How many agents the parameters describe (1 if they are numbers)."""
        return self.lapse.size

    def init(self, task: Any, n_agents: int) -> Floats:
        """Return the choice probabilities (n_actions, n) of the next choice."""
        check_n_agents(self.n_agents, n_agents, task)
        return np.full((task.n_actions, n_agents), 1.0 / task.n_actions)

    def policy(self, memory: Floats, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n)."""
        return memory.copy()

    def update(self, memory: Floats, state: Ints, action: Ints, step: Step, active: Bools | None) -> Floats:
        """Remember what was done and whether it won, in place; return zeros (n,)."""
        won = np.broadcast_to(np.asarray(experienced_utility(step)) > self.win_above, state.shape)
        stay = np.where(won, 1 - self.lapse / 2, self.lapse / 2)
        same = np.arange(len(memory))[:, None] == action
        following = np.where(same, stay, (1 - stay) / (len(memory) - 1))
        memory[...] = following if active is None else np.where(active, following, memory)
        return np.zeros(len(state))
