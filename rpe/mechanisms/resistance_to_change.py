"""Resistance to change: work withstands a disruption the better, the denser rewards have been."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, PerAgent, between, default, parameter, scalar
from rpe.mechanisms.mechanism import Mechanism
from rpe.mechanisms.memory import MechanismMemory
from rpe.tasks import Step, Task


@dataclass(frozen=True, eq=False)
class ResistanceToChange(Mechanism):
    """Resistance to change, *behavioural momentum* in Nevin's sense: a disruption x lowers log₁₀ P(work) by x/m.

    The mass m = √r grows with the rate of reward r, whatever it was paid for; what is taken from work goes to
    the other actions, in the proportions of the agent inside. It says how strong work is, not that work
    follows on work: see `rpe.measures.momentum`.

    Parameters
    ----------
    agent : Agent
        What is inside.
    disruption : float or array (n_agents,)
        x ≥ 0; 0 (the default) changes nothing.
    reward_rate : float or array (n_agents,)
        r > 0 at the start, reward units per step.
    learning_rate : float or array (n_agents,)
        α in [0, 1] per step, of r ← r + α (reward − r); 0 (the default) leaves the rate as it is.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Nevin, J. A. & Shahan, T. A. (2011). Behavioral momentum theory: equations and applications. Journal of
    Applied Behavior Analysis 44(4), 877-895. doi:10.1901/jaba.2011.44-877
    Nevin, J. A. & Grace, R. C. (2000). Behavioral momentum and the law of effect. Behavioral and Brain
    Sciences 23(1), 73-90. doi:10.1017/S0140525X00002405

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> for rate in (0.5, 2.0):
    ...     resistant = rpe.mechanisms.ResistanceToChange(planner, disruption=0.2, reward_rate=rate)
    ...     found = rpe.measures.exact(resistant, rpe.tasks.micro_wins())
    ...     print(found.procrastination_index.round(2))
    [0.42]
    [0.29]
    """

    disruption: PerAgent = default(0.0)
    reward_rate: PerAgent = default(1.0)
    learning_rate: PerAgent = default(0.0)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        return {
            "disruption": parameter("disruption", self.disruption, 0),
            "reward_rate": parameter("reward_rate", self.reward_rate, 0, open_low=True),
            "learning_rate": parameter("learning_rate", self.learning_rate, 0, 1),
        }

    @property
    def idle(self) -> bool:
        """Whether nothing disrupts."""
        return not self.disruption.any()

    def create_memory(self, task: Task, n_agents: int) -> tuple[Floats, Bools]:
        """Return the rate of reward (n,), and which actions are work."""
        return np.full(n_agents, self.reward_rate), task.is_work

    def base_policy(self, memory: MechanismMemory, state: Ints) -> Floats:
        """Return the choice probabilities (n_actions, n) under the disruption."""
        rate, is_work = memory.own
        policy = self.agent.policy(memory.inner, state)
        with np.errstate(divide="ignore", invalid="ignore"):
            kept = np.where(self.disruption > 0, 10.0 ** -(self.disruption / np.sqrt(rate)), 1.0)
        rest = policy[~is_work]
        free = rest.sum(axis=0)
        # Whoever never does anything else has nothing to turn to.
        kept = np.where(free > 0, kept, 1.0)
        disrupted = policy * kept
        lost = (policy[is_work].sum(axis=0)) * (1 - kept)
        disrupted[~is_work] = rest * (1 + lost / np.where(free > 0, free, 1.0))
        return disrupted

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Move the rate of reward towards what was received."""
        rate, _ = memory.own
        moved = rate + self.learning_rate * (step.reward - rate)
        rate[...] = moved if active is None else np.where(active, moved, rate)


def extinction(
    time: npt.ArrayLike, reward_rate: npt.ArrayLike, *, contingency: float = 1.0, generalisation: float = 0.001
) -> Floats:
    """Return what is left of a baseline rate of responding after a time without reward, 10^(−t(c + dr)/√r).

    Parameters
    ----------
    time : float array
        t ≥ 0, sessions or minutes.
    reward_rate : float array
        r > 0, rewards per hour before.
    contingency, generalisation : float
        c ≥ 0, the disruption by the end of the contingency, and d ≥ 0, that by the missing rewards.

    Raises
    ------
    TypeError, ValueError
        For numbers out of range.

    References
    ----------
    Nevin, J. A. & Grace, R. C. (2000), doi:10.1017/S0140525X00002405; logarithms to base 10, as corrected.

    Examples
    --------
    >>> extinction(5.0, [30.0, 120.0]).round(3)
    array([0.115, 0.308])
    """
    passed, rate = between("time", time, 0), between("reward_rate", reward_rate, 0, open_low=True)
    c, d = scalar("contingency", contingency, 0), scalar("generalisation", generalisation, 0)
    return np.asarray(10.0 ** (-passed * (c + d * rate) / np.sqrt(rate)))


def __dir__() -> list[str]:
    return ["ResistanceToChange", "extinction"]
