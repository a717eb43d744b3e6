"""A semester of weekly choices: how many units to work on, paid at the end or when a threshold is passed."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Ints, choice, count, scalar
from rpe.tasks._state_numbers import digits
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import MAX_GIB, TabulatedTask, room


@dataclass(frozen=True, eq=False, repr=False)
class SemesterTask(TabulatedTask):
    """Semester of weekly choices (Chebolu & Dayan): each week, attempt some units; each succeeds by chance.

    With n units done, the student attempts a ≤ N − n units. Each succeeds with probability η, so
    Binomial(a, η) are done. Attempting costs e·a^c, and the N − a units not worked on bring a
    little leisure each. From `threshold` units on, every unit up to the threshold is worth
    `unit_reward` and every further one `extra_reward`.

    With `interest_probability`, weeks are dull or interesting: a dull week is followed by an
    interesting one with that probability, an interesting one by a dull one with
    `boredom_probability`, and each unit attempted in an interesting week pays `interest_reward`.

    Parameters
    ----------
    n_units : int
        Units N that can be done, at least 1.
    n_weeks : int
        Weeks, at least 1; the end of the last is the deadline.
    threshold : int
        Units from which pay begins, from 1 to `n_units`.
    unit_reward, extra_reward : float
        Pay of a unit up to the threshold, and beyond it, in reward units.
    shirk_reward : float
        Leisure of each unit not worked on in a week, in reward units.
    effort : float
        Cost e ≥ 0 of attempting one unit, in reward units.
    effort_exponent : float
        c > 0; above 1 the cost is convex.
    efficacy : float
        Probability η in [0, 1] that an attempted unit is done.
    pay : {"deadline", "threshold"}
        Whether all is paid at the end, or when earned: what was done by then on reaching the
        threshold, and further units as they are done.
    interest_probability : float, optional
        Probability in [0, 1] that a dull week is followed by an interesting one. By default weeks
        do not differ. Trials start in a dull week.
    boredom_probability : float
        Probability in [0, 1] that an interesting week is followed by a dull one; by default the
        interest stays. In the published fits it is .95.
    interest_reward : float
        Pay of each unit attempted in an interesting week, at once, in reward units.
    interest_for : {"attempted", "done"}
        Whether that is for units attempted, or for those that were done, as in the published fits.
    pay_delay : int
        Weeks from the end of the last one to the pay at the deadline; 1 in the published fits, where a
        final reward is discounted by γ^(H − t).
    believed_efficacy : float, optional
        The efficacy that planners believe in, in [0, 1]; by default the true one. Their efficacy gap is
        the difference.
    max_gib : float
        What the tables of the task may take up, GiB.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Chebolu, S. & Dayan, P. (2024). Optimal and sub-optimal temporal decisions can explain
    procrastination in a real-world task. Proceedings of the Annual Meeting of the Cognitive
    Science Society 46. escholarship.org/uc/item/2mg517js

    Examples
    --------
    >>> import rpe
    >>> patient = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=7.0)
    >>> exact = rpe.measures.exact(patient, rpe.tasks.SemesterTask())
    >>> exact.mean_completion_time.round(1), exact.mean_units.round(1)
    (array([2.5]), array([22.]))
    """

    n_units: int = 22
    n_weeks: int = 16
    threshold: int = 14
    unit_reward: float = 4.0
    extra_reward: float = 1.0
    shirk_reward: float = 0.1
    effort: float = 0.3
    effort_exponent: float = 1.0
    efficacy: float = 0.8
    pay: str = "deadline"
    interest_probability: float | None = None
    boredom_probability: float = 0.0
    interest_reward: float = 2.0
    interest_for: str = "attempted"
    pay_delay: int = 0
    believed_efficacy: float | None = field(default=None, metadata={"stands_for": "efficacy"})
    max_gib: float = MAX_GIB

    def __post_init__(self) -> None:
        n_units = count("n_units", self.n_units)
        weeks = count("n_weeks", self.n_weeks) + count("pay_delay", self.pay_delay, 0)
        room("n_units and n_weeks", (n_units, weeks), float(weeks + 1) * (n_units + 1) ** 2, self.max_gib)
        values: dict[str, Any] = {
            "n_units": n_units,
            "n_weeks": count("n_weeks", self.n_weeks),
            "threshold": count("threshold", self.threshold, 1, n_units),
            "unit_reward": scalar("unit_reward", self.unit_reward),
            "extra_reward": scalar("extra_reward", self.extra_reward),
            "shirk_reward": scalar("shirk_reward", self.shirk_reward),
            "effort": scalar("effort", self.effort, 0),
            "effort_exponent": scalar("effort_exponent", self.effort_exponent, 0, open_low=True),
            "efficacy": scalar("efficacy", self.efficacy, 0, 1),
            "pay": choice("pay", self.pay, ("deadline", "threshold")),
            "boredom_probability": scalar("boredom_probability", self.boredom_probability, 0, 1),
            "interest_reward": scalar("interest_reward", self.interest_reward),
            "interest_for": choice("interest_for", self.interest_for, ("attempted", "done")),
            "pay_delay": count("pay_delay", self.pay_delay, 0, 0 if self.pay == "threshold" else None),
        }
        if self.believed_efficacy is not None:
            values["believed_efficacy"] = scalar("believed_efficacy", self.believed_efficacy, 0, 1)
        if self.interest_probability is not None:
            values["interest_probability"] = scalar("interest_probability", self.interest_probability, 0, 1)
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def n_steps(self) -> int:
        """Steps of a trial: the weeks, and those in which only the pay is waited for."""
        return self.n_weeks + self.pay_delay

    @property
    def n_work_steps(self) -> int:
        """Weeks in which work is possible."""
        return self.n_weeks

    @property
    def believed(self) -> TabulatedTask:
        """The semester with the efficacy that planners believe in."""
        if self.believed_efficacy is None:
            return self
        return replace(self, efficacy=self.believed_efficacy, believed_efficacy=None)

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called: no work, or work on so many units."""
        return ("shirk", *(f"work on {a}" for a in range(1, self.n_units + 1)))

    @property
    def work_actions(self) -> tuple[int, ...]:
        """Which actions are work: all but shirking."""
        return tuple(range(1, self.n_units + 1))

    @property
    def _shape(self) -> tuple[int, int, int]:
        """Sizes of the state variables: time, units, interest."""
        return (self.n_steps + 1, self.n_units + 1, 1 if self.interest_probability is None else 2)

    @property
    def layer_size(self) -> int:
        """Number of states that share a week."""
        return self._shape[1] * self._shape[2]

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what states mean: arrays `time` (weeks passed), `units` (done) and `interest` (0 or 1)."""
        parts = digits(state, self._shape)
        return dict(zip(("time", "units", "interest"), parts, strict=True))

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        now = self.decode(np.arange(np.prod(self._shape))[:, None])
        attempted = np.arange(self.n_units + 1)
        done, turns, probability = self._outcomes(attempted)
        # Once the weeks are over, only the pay is waited for.
        waiting = now["time"] >= self.n_weeks
        left = np.where(waiting, 0, self.n_units - now["units"])
        worked = np.minimum(attempted, left)
        units = now["units"] + np.minimum(done, worked)
        interest = np.where(turns, 1 - now["interest"], now["interest"]) if self._shape[2] == 2 else 0 * units
        time = np.minimum(now["time"] + 1, self.n_steps)
        over = now["time"] + 1 >= self.n_steps
        leisure = np.where(waiting, 0.0, self.shirk_reward * (self.n_units - worked))
        reward = leisure + self._earned(now["units"], units, over)
        if self.interest_probability is not None:
            paid = worked if self.interest_for == "attempted" else units - now["units"]
            reward = reward + self.interest_reward * paid * now["interest"]
        state = (time * self._shape[1] + units) * self._shape[2] + interest
        shape = np.broadcast_shapes(state.shape, probability.shape)
        flips = self._flip_probability(now["interest"], turns)
        return Tables(
            next_state=np.broadcast_to(state, shape).copy(),
            outcome_probability=np.broadcast_to(probability * flips, shape).copy(),
            reward=np.broadcast_to(reward, shape).copy(),
            effort=np.broadcast_to(self.effort * worked**self.effort_exponent, (1, *shape[1:])).copy(),
            terminated=np.broadcast_to(over, (1, *shape[1:])).copy(),
            available=np.broadcast_to(attempted <= left, shape[1:]).copy(),
        )

    def _outcomes(self, attempted: Ints) -> tuple[Ints, Bools, Any]:
        """Every outcome: units done, whether the interest turns, and the probability of so many done."""
        from scipy.stats import binom

        done = np.arange(self.n_units + 1)
        turns = np.array([False] if self.interest_probability is None else [False, True])
        done, turns = (part.ravel()[:, None, None] for part in np.meshgrid(done, turns, indexing="ij"))
        return done, turns, binom.pmf(done, attempted, self.efficacy)

    def _flip_probability(self, interest: Ints, turns: Bools) -> Any:
        if self.interest_probability is None:
            return 1.0
        turn = np.where(interest == 1, self.boredom_probability, self.interest_probability)
        return np.where(turns, turn, 1 - turn)

    def _earned(self, before: Ints, after: Ints, over: Bools) -> Any:
        """Pay on coming from `before` to `after` units."""
        if self.pay == "deadline":
            return np.where(over, self._worth(after), 0.0)
        return self._worth(after) - self._worth(before)

    def _worth(self, units: Ints) -> Any:
        """What so many units are worth: nothing below the threshold."""
        base, extra = np.minimum(units, self.threshold), np.maximum(units - self.threshold, 0)
        return np.where(units >= self.threshold, self.unit_reward * base + self.extra_reward * extra, 0.0)
