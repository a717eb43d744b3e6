"""Learning progress and competence progress: getting better as a reward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, PerAgent, choice, default, parameter
from rpe.mechanisms._work import work_and_units
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class Progress(Mechanism):
    """Learning progress as a reward: the gap between a fast and a slow average, for each action.

        learning: e = (r − R(a))²,   bonus = η (slow mean of e − fast mean of e)
        competence: e = 1 where a unit of work got done,   bonus = η (fast mean of e − slow mean of e)

    Both vanish when nothing is left to learn. The averages are those of what the agent does, action
    by action.

    Parameters
    ----------
    agent : Agent
        What is inside.
    weight : float or array (n_agents,)
        η ≥ 0, in reward units per unit of progress; 0 (the default) is none.
    of : {"learning", "competence"}
        What progresses: how well reward is predicted, or how often work succeeds.
    fast, slow : float or array (n_agents,)
        Rates of the averages per choice, in [0, 1], fast > slow (assumption).

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; at `init`, for competence in a task without units of work.

    References
    ----------
    Oudeyer, P.-Y., Kaplan, F. & Hafner, V. V. (2007). Intrinsic motivation systems for autonomous
    mental development. IEEE Transactions on Evolutionary Computation 11(2), 265-286.
    doi:10.1109/TEVC.2006.890271 (learning progress; the form here is provisional: from memory)

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Progress(rpe.agents.QLearner(), weight=0.5, of="competence").idle
    False
    """

    weight: PerAgent = default(0.0)
    of: str = "learning"
    fast: PerAgent = default(0.2)
    slow: PerAgent = default(0.05)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        checked = {name: parameter(name, getattr(self, name), 0, 1) for name in ("fast", "slow")}
        if not np.all(checked["fast"] > checked["slow"]):
            raise ValueError(f"fast must be larger than slow = {self.slow}; got {self.fast}")
        return {
            **checked,
            "weight": parameter("weight", self.weight, 0),
            "of": choice("of", self.of, ("learning", "competence")),
        }

    @property
    def idle(self) -> bool:
        """Whether progress is worth nothing."""
        return not self.weight.any()

    def create_memory(self, task: Task, n_agents: int) -> ProgressAverages:
        """Return the averages, and how many units of work each state has behind it."""
        units = work_and_units(task)[1] if self.of == "competence" else None
        return ProgressAverages(task.n_actions, n_agents, units)

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with the bonus for progress."""
        own: ProgressAverages = memory.own
        every = np.arange(len(state))
        fast, slow = own.moved((action, every), self._size(own, state, action, step), self.fast, self.slow)
        gap = slow - fast if self.of == "learning" else fast - slow
        return step._replace(reward=step.reward + self.weight * gap)

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Move the averages by how well it went."""
        own: ProgressAverages = memory.own
        place = (action, np.arange(len(state)))
        size = self._size(own, state, action, step)
        for table, moved in zip((own.fast, own.slow), own.moved(place, size, self.fast, self.slow), strict=True):
            table[place] = moved if active is None else np.where(active, moved, table[place])
        expected = own.expected[place] + self.fast * (step.reward - own.expected[place])
        own.expected[place] = expected if active is None else np.where(active, expected, own.expected[place])

    def _size(self, own: ProgressAverages, state: Ints, action: Ints, step: Step) -> Floats:
        """The squared error of the prediction, or whether work succeeded, (n,)."""
        if own.units is None:
            return np.square(step.reward - own.expected[action, np.arange(len(state))])
        return np.asarray(own.units[step.state] > own.units[state], dtype=np.float64)


class ProgressAverages:
    """Fast and slow averages of each action, (n_actions, n) each; and what reward it is expected to bring."""

    def __init__(self, n_actions: int, n: int, units: Ints | None) -> None:
        self.fast, self.slow, self.expected = np.zeros((3, n_actions, n))
        self.units = units

    def moved(self, place: tuple[Any, ...], size: Floats, fast: Any, slow: Any) -> tuple[Floats, Floats]:
        """Return both averages of these actions after another observation."""
        quick, lazy = self.fast[place], self.slow[place]
        return quick + fast * (size - quick), lazy + slow * (size - lazy)
