"""Intrinsic interest in the work: undermined by expected pay, fed by news of competence."""

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
class Interest(Mechanism):
    """Intrinsic interest in the work: undermined by expected pay, fed by what tells of competence.

        reward of a step of work as experienced: r + I
        I ← I − κ I where pay was expected for this step,   I ← I + ι (I₀ − I)₊ + ι I₀ at good news

    `paid` says for what pay is expected: nothing, engaging (any step of work), completing (a unit
    that got done) or performing (a unit done at least as fast as `norm`, in share of steps that
    succeed). Performing well is good news too, as is feedback. What was not expected undermines
    nothing, whatever it is.

    Parameters
    ----------
    agent : Agent
        What is inside.
    interest : float or array (n_agents,)
        I₀ ≥ 0 at the start, reward units per step of work; 0 (the default) is none.
    undermining : float or array (n_agents,)
        κ in [0, 1] per step for which pay is expected.
    information : float or array (n_agents,)
        ι ≥ 0 per piece of good news, as a share of I₀.
    paid : {"nothing", "engagement", "completion", "performance"}
        For what pay is expected.
    feedback : bool
        Whether a unit that got done is told as good news.
    norm : float or array (n_agents,)
        Share of steps that must succeed, in [0, 1], for a performance to be good.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range; at `init`, for a task without units of work.

    References
    ----------
    Deci, E. L., Koestner, R. & Ryan, R. M. (1999). A meta-analytic review of experiments examining
    the effects of extrinsic rewards on intrinsic motivation. Psychological Bulletin 125(6),
    627-668. doi:10.1037/0033-2909.125.6.627 (the findings; the model is an assumption)

    Examples
    --------
    >>> import rpe
    >>> rpe.mechanisms.Interest(rpe.agents.QLearner()).idle
    True
    """

    interest: PerAgent = default(0.0)
    undermining: PerAgent = default(0.02)
    information: PerAgent = default(0.02)
    paid: str = "nothing"
    feedback: bool = False
    norm: PerAgent = default(0.5)

    def check_parameters(self) -> dict[str, Any]:
        """Return the parameters by name, checked."""
        kinds = ("nothing", "engagement", "completion", "performance")
        if not isinstance(self.feedback, bool):
            raise TypeError(f"feedback must be True or False; got {self.feedback!r}")
        return {
            "interest": parameter("interest", self.interest, 0),
            "undermining": parameter("undermining", self.undermining, 0, 1),
            "information": parameter("information", self.information, 0),
            "paid": choice("paid", self.paid, kinds),
            "norm": parameter("norm", self.norm, 0, 1),
        }

    @property
    def idle(self) -> bool:
        """Whether the work is of no interest."""
        return not self.interest.any()

    def create_memory(self, task: Task, n_agents: int) -> WorkInterest:
        """Return I and the record of successes."""
        return WorkInterest(*work_and_units(task), np.broadcast_to(self.interest, (n_agents,)).copy())

    def transform_step(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with interest in the work as reward."""
        own: WorkInterest = memory.own
        return step._replace(reward=step.reward + np.where(own.is_work[action], own.interest, 0.0))

    def observe(self, memory: MechanismMemory, state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Let expected pay undermine, and good news feed, the interest."""
        own: WorkInterest = memory.own
        worked = own.is_work[action] if active is None else own.is_work[action] & active
        done = worked & (own.units[step.state] > own.units[state])
        own.tries += worked
        own.successes += done
        well = done & (own.successes >= self.norm * own.tries)
        expected = {"nothing": np.zeros_like(done), "engagement": worked, "completion": done, "performance": well}
        news = well if self.paid == "performance" else np.zeros_like(done)
        news = news | done if self.feedback else news
        own.interest -= self.undermining * own.interest * expected[self.paid]
        own.interest += self.information * self.interest * news


class WorkInterest:
    """Interest in the work (n,), and tries and successes so far."""

    def __init__(self, is_work: Bools, units: Ints, interest: Floats) -> None:
        self.is_work, self.units, self.interest = is_work, units, interest
        self.tries, self.successes = np.zeros((2, len(interest)))
