"""Control as an investment: self-control that is chosen anew in each state for what it is worth, less its cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, PerAgent, count, default, numbers, parameter
from rpe.mechanisms._work import work_mask
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


class ControlMemory(NamedTuple):
    """What was invested.

    Attributes
    ----------
    intensity, spent : float array (n,)
        The latest u, in logits, and the cost of control so far, reward units.
    is_work : bool array (n_actions,)
    """

    intensity: Floats
    spent: Floats
    is_work: Bools


@dataclass(frozen=True, eq=False)
class ControlInvestment(Mechanism):
    """Expected value of control: the intensity u that is worth most, u* = argmax_u D σ(l + u) − c u² / 2.

        l = log-odds of work by the agent inside,   D = Q(work) − Q(all else),   work is favoured by u* logits

    u runs over a grid from 0 to its maximum. Nothing runs out: control falls where it is no longer worth its cost.

    Parameters
    ----------
    agent : Agent
        What is inside; it must have the method `action_values`, as learners have.
    maximum : float or array (n_agents,)
        The largest u ≥ 0, logits; 0 (the default) is no self-control.
    cost : float or array (n_agents,)
        c > 0, reward units per squared logit.
    n_levels : int
        Points of the grid, at least 2.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range, or an agent without action values; at `init`, for a task without work.

    References
    ----------
    Shenhav, A., Botvinick, M. M. & Cohen, J. D. (2013). The expected value of control. Neuron 79(2), 217-240.
    doi:10.1016/j.neuron.2013.07.007 (idea; the form is the library's own, and provisional)
    Kool, W. & Botvinick, M. (2014). A labor/leisure tradeoff in cognitive control. Journal of Experimental
    Psychology: General 143(1), 131-141. doi:10.1037/a0031048

    Examples
    --------
    >>> import rpe
    >>> agent = rpe.mechanisms.ControlInvestment(rpe.agents.QLearner(), maximum=4.0, cost=0.5)
    >>> agent.best([0.0, 0.0], [0.0, 3.0])              # nothing is at stake, or much
    array([0.   , 1.125])
    """

    maximum: PerAgent = default(0.0)
    cost: PerAgent = default(0.5)
    n_levels: int = 33

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        inside: Any = self.agent
        while isinstance(inside, Mechanism):
            inside = inside.agent
        if not callable(getattr(inside, "action_values", None)):
            raise TypeError(f"agent must have the method 'action_values'; {type(inside).__name__} has not")
        return {
            "maximum": parameter("maximum", self.maximum, 0),
            "cost": parameter("cost", self.cost, 0, open_low=True),
            "n_levels": count("n_levels", self.n_levels, 2),
        }

    @property
    def idle(self) -> bool:
        """Whether there is no self-control."""
        return not self.maximum.any()

    def best(self, log_odds: npt.ArrayLike, gain: npt.ArrayLike) -> Floats:
        """Return u* (n,), in logits, for log-odds l and gains D (n,) in reward units; the least of several."""
        odds, gains = numbers("log_odds", log_odds), numbers("gain", gain)
        if odds.ndim != 1 or odds.shape != gains.shape:
            raise ValueError(f"log_odds and gain must both have shape (n,); got {odds.shape} and {gains.shape}")
        return self._best(odds, gains)

    def _best(self, log_odds: Floats, gain: Floats) -> Floats:
        u = np.linspace(0.0, 1.0, self.n_levels)[:, None] * self.maximum
        # The logistic function as a tanh, which does not overflow.
        worth = gain * 0.5 * (1 + np.tanh(0.5 * (log_odds + u))) - 0.5 * self.cost * u**2
        pick = worth.argmax(axis=0)
        return np.asarray(np.broadcast_to(u, worth.shape)[pick, np.arange(len(pick))])

    def create_memory(self, task: Task, n_agents: int) -> ControlMemory:
        """Return that nothing was invested yet."""
        return ControlMemory(np.zeros(n_agents), np.zeros(n_agents), work_mask(task))

    def intensity(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return u* (n,) of n agents in their states, in logits."""
        own: ControlMemory = memory.own
        policy, values = self.agent.policy(memory.inner, state), self.action_values(memory, state)
        work, other = _part(policy, values, own.is_work), _part(policy, values, ~own.is_work)
        sure = (work[0] <= 0) | (other[0] <= 0)
        odds = np.log(np.where(sure, 1.0, work[0]) / np.where(sure, 1.0, other[0]))
        # Where there is nothing to choose, control would change nothing.
        return np.where(sure, 0.0, self._best(odds, np.where(sure, 0.0, work[1] - other[1])))

    def log_bias(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return u* for work, (n_actions, n)."""
        own: ControlMemory = memory.own
        return np.where(own.is_work[:, None], self.intensity(memory, state), 0.0)

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step as it is, and keep what was invested before anything is learned from it."""
        own: ControlMemory = memory.own
        own.intensity[...] = self.intensity(memory, state)
        return step

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Count what control cost."""
        own: ControlMemory = memory.own
        own.spent[...] += 0.5 * self.cost * own.intensity**2 * (1.0 if active is None else active)


def _part(policy: Floats, values: Floats, some: Bools) -> tuple[Floats, Floats]:
    """The chance of some actions, and what they are worth by the odds among them; each (n,)."""
    chance = policy[some].sum(axis=0)
    total = (policy[some] * np.where(policy[some] > 0, values[some], 0.0)).sum(axis=0)
    return chance, total / np.where(chance > 0, chance, 1.0)
