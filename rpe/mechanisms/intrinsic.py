"""Mechanisms of intrinsic motivation: progress that is its own reward, and pay that takes the pleasure away."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import Bools, Floats, Ints, choice, parameter
from rpe.mechanisms.wrapping import Mechanism
from rpe.tasks import Step


@dataclass(frozen=True, eq=False)
class Progress(Mechanism):
    """Getting better as a reward: the gap between a fast and a slow average, for each action.

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

    weight: Any = 0.0
    of: str = "learning"
    fast: Any = 0.2
    slow: Any = 0.05

    def _checked(self) -> dict[str, Any]:
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

    def remember(self, task: Any, n_agents: int) -> "Averages":
        """Return the averages, and how many units of work each state has behind it."""
        if self.of == "competence" and not task.is_work.any():
            raise ValueError(f"task must have work that can succeed; got {type(task).__name__}")
        units = task.decode(np.arange(task.n_states))["units"] if self.of == "competence" else None
        return Averages(task.n_actions, n_agents, units)

    def feel(self, own: "Averages", state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with the pleasure of progress."""
        every = np.arange(len(state))
        fast, slow = own.moved((action, every), self._size(own, state, action, step), self.fast, self.slow)
        gap = slow - fast if self.of == "learning" else fast - slow
        return step._replace(reward=step.reward + self.weight * gap)

    def notice(self, own: "Averages", state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Take up how well it went."""
        place = (action, np.arange(len(state)))
        size = self._size(own, state, action, step)
        for table, moved in zip((own.fast, own.slow), own.moved(place, size, self.fast, self.slow), strict=True):
            table[place] = moved if active is None else np.where(active, moved, table[place])
        expected = own.expected[place] + self.fast * (step.reward - own.expected[place])
        own.expected[place] = expected if active is None else np.where(active, expected, own.expected[place])

    def _size(self, own: "Averages", state: Ints, action: Ints, step: Step) -> Floats:
        """The squared error of the prediction, or whether work succeeded, (n,)."""
        if own.units is None:
            return np.square(step.reward - own.expected[action, np.arange(len(state))])
        return np.asarray(own.units[step.state] > own.units[state], dtype=np.float64)


class Averages:
    """Fast and slow averages of each action, (n_actions, n) each; and what reward it is expected to bring."""

    def __init__(self, n_actions: int, n: int, units: Ints | None) -> None:
        self.fast, self.slow, self.expected = np.zeros((3, n_actions, n))
        self.units = units

    def moved(self, place: tuple[Any, ...], size: Floats, fast: Any, slow: Any) -> tuple[Floats, Floats]:
        """Return both averages of these actions after another observation."""
        quick, lazy = self.fast[place], self.slow[place]
        return quick + fast * (size - quick), lazy + slow * (size - lazy)


@dataclass(frozen=True, eq=False)
class Interest(Mechanism):
    """Pleasure in the work itself, undermined by expected pay and fed by what tells of competence.

        felt reward of a step of work: r + I
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

    interest: Any = 0.0
    undermining: Any = 0.02
    information: Any = 0.02
    paid: str = "nothing"
    feedback: bool = False
    norm: Any = 0.5

    def _checked(self) -> dict[str, Any]:
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

    def remember(self, task: Any, n_agents: int) -> "Pleasure":
        """Return I and the record of successes."""
        if not task.is_work.any():
            raise ValueError(f"task must have units of work; got {type(task).__name__}")
        return Pleasure(task, np.broadcast_to(self.interest, (n_agents,)).copy())

    def feel(self, own: "Pleasure", state: Ints, action: Ints, step: Step) -> Step:
        """Return the step with the pleasure of the work."""
        return step._replace(reward=step.reward + np.where(own.is_work[action], own.interest, 0.0))

    def notice(self, own: "Pleasure", state: Ints, action: Ints, step: Step, active: Bools | None) -> None:
        """Let expected pay undermine, and good news feed, the interest."""
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


class Pleasure:
    """Interest in the work (n,), and tries and successes so far."""

    def __init__(self, task: Any, interest: Floats) -> None:
        self.interest = interest
        self.is_work = task.is_work
        self.units = task.decode(np.arange(task.n_states))["units"]
        self.tries, self.successes = np.zeros((2, len(interest)))
