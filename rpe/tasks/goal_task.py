"""The goal task: N units of work before a deadline, distraction beside it, and a payout over progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, Kept, between, choice, count, default, scalar, sequence
from rpe.tasks._goal_rules import DISTRACT, REST, WORK, Moment, Outcomes, goal_tables
from rpe.tasks._state_numbers import digits
from rpe.tasks.tables import Tables
from rpe.tasks.tabulated import MAX_GIB, TabulatedTask, room, states_of

__all__ = ["DISTRACT", "REST", "WORK", "GoalTask"]

_MAX_FORFEIT_BITS = 10


@dataclass(frozen=True, eq=False, repr=False)
class GoalTask(TabulatedTask):
    """Goal task: N units of work before a deadline, with pay given by a vector over progress.

    In each of `deadline` steps the agent distracts itself (+d), works (−e(1 + ψf), and −s more
    if it did not work just before; success with probability p adds one unit) or, if work tires,
    rests. Reaching n units pays `payout[n]`. After the last unit the remaining steps can only be
    spent on distraction or rest, so finishing early is never punished. The state holds the time,
    the units done, whether the agent is engaged, its fatigue, and which sub-deadlines it missed.

    Parameters
    ----------
    n_units : int
        Units of work N, at least 1.
    deadline : int
        Steps T, at least 1; the world ends there.
    payout : array (n_units + 1,)
        `payout[n]` is paid on reaching n units, in reward units; `payout[0]` must be 0. By
        default 100 at the end.
    goals : sequence of int, optional
        Units at which a sub-goal stands, increasing, the last one `n_units`. By default where
        something is paid, and the end.
    effort : float
        Cost e ≥ 0 of a step of work, in reward units.
    distraction : float
        Reward d of a step of distraction, in reward units.
    start_cost : float
        Extra cost s ≥ 0 of working after a step without work.
    success_probability : float
        Probability p in (0, 1] that a step of work completes a unit.
    overhead : float
        Cost o ≥ 0 of reaching each sub-goal but the last.
    disengagement : float
        Probability q in [0, 1] that such a sub-goal ends the engagement, so that the start-up
        cost falls due again.
    pay : {"completion", "deadline", "goal at deadline"}
        Whether pay arrives when earned, or all of it at the deadline, or that of the last unit at the
        deadline and that of sub-goals when earned (which excludes `due`).
    due : sequence of int, optional
        For each sub-goal the step by which it must be reached, else its pay is lost.
    forfeit : {"payment", "all"}
        Whether a missed sub-deadline costs that payment alone, or every payment from then on.
    penalty : float
        Taken away at the deadline, ≥ 0, if units are left undone.
    fatigue_cost : float
        ψ ≥ 0: work costs e(1 + ψf) at fatigue f. Resting is possible only if ψ > 0.
    max_fatigue : int
        Fatigue F at which it stops growing; each step of work adds 1, distraction takes 1 off.
    rest_recovery : int
        Fatigue ρ ≥ 1 that a step of rest takes off.
    potential : array (n_units + 1,), optional
        Φ(n): each step brings points γΦ(n′) − Φ(n), which count in utility but are not received; Φ = 0
        once the world ends.
    potential_discount : float
        γ of these points.
    pseudo_reward : array (n_units + 1,), optional
        Pseudo-reward on reaching n units, for agents with a `pseudo_reward_weight`.
    max_gib : float
        What the tables of the task may take up, GiB.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of the wrong shape, or tables that would take up more than `max_gib`.

    References
    ----------
    Ng, A. Y., Harada, D. & Russell, S. (1999). Policy invariance under reward transformations.
    ICML 16, 278-287, Theorem 1 (the points).
    Ribas-Fernandes, J. J. F. et al. (2011). A neural signature of hierarchical reinforcement
    learning. Neuron 71(2), 370-379. doi:10.1016/j.neuron.2011.05.042 (the pseudo-reward).
    Burger, N., Charness, G. & Lynham, J. (2011). Field and online experiments on self-control.
    doi:10.1016/j.jebo.2010.11.010 (pay lost after a missed sub-deadline).

    Examples
    --------
    >>> import numpy as np, rpe
    >>> task = rpe.tasks.GoalTask(n_units=4, deadline=10, payout=[0, 1, 0, 0, 9])
    >>> task.goals
    (1, 4)
    >>> rng = np.random.default_rng(0)
    >>> step = task.step(task.initial(1, rng), np.array([1]), rng)
    >>> step.reward, step.effort, task.decode(step.state)["units"]
    (array([1.]), array([3.]), array([1]))
    """

    n_units: int = 20
    deadline: int = 60
    payout: Kept[npt.ArrayLike | None, Floats] = default(None)
    goals: Kept[Sequence[int] | None, tuple[int, ...]] = default(None)
    effort: float = 1.0
    distraction: float = 2.0
    start_cost: float = 2.0
    success_probability: float = 1.0
    overhead: float = 0.0
    disengagement: float = 0.0
    pay: str = "completion"
    due: Kept[Sequence[int] | None, tuple[int, ...] | None] = default(None)
    forfeit: str = "payment"
    penalty: float = 0.0
    fatigue_cost: float = 0.0
    max_fatigue: int = 10
    rest_recovery: int = 2
    potential: Kept[npt.ArrayLike | None, Floats | None] = default(None)
    potential_discount: float = 1.0
    pseudo_reward: Kept[npt.ArrayLike | None, Floats | None] = default(None)
    max_gib: float = MAX_GIB

    def __post_init__(self) -> None:
        for name, value in self._checked().items():
            object.__setattr__(self, name, value)
        if self.due is not None and self.pay == "goal at deadline":
            raise ValueError("due must be None with pay='goal at deadline', which has sub-goals paid when earned")
        self.check_size()
        if self.due is not None and self.state_shape[4] > 2**_MAX_FORFEIT_BITS:
            raise ValueError(
                f"due with pay='deadline' and forfeit='payment' must have at most {_MAX_FORFEIT_BITS} "
                f"sub-deadlines; got {len(self.due)}"
            )

    def _checked(self) -> dict[str, Any]:
        """The parameters by name, as they are kept."""
        n_units, deadline = count("n_units", self.n_units), count("deadline", self.deadline)
        max_gib = goal_room(n_units, deadline, self.max_gib)
        payout = _payout(self.payout, n_units)
        goals = (
            (*np.flatnonzero(payout[:-1]).tolist(), n_units) if self.goals is None else sequence("goals", self.goals)
        )
        return {
            "n_units": n_units,
            "deadline": deadline,
            "payout": payout,
            "goals": _goals(goals, n_units),
            "effort": scalar("effort", self.effort, 0),
            "distraction": scalar("distraction", self.distraction),
            "start_cost": scalar("start_cost", self.start_cost, 0),
            "success_probability": scalar("success_probability", self.success_probability, 0, 1, open_low=True),
            "overhead": scalar("overhead", self.overhead, 0),
            "disengagement": scalar("disengagement", self.disengagement, 0, 1),
            "pay": choice("pay", self.pay, ("completion", "deadline", "goal at deadline")),
            "due": _due(self.due, goals, deadline),
            "forfeit": choice("forfeit", self.forfeit, ("payment", "all")),
            "penalty": scalar("penalty", self.penalty, 0),
            "fatigue_cost": scalar("fatigue_cost", self.fatigue_cost, 0),
            "max_fatigue": count("max_fatigue", self.max_fatigue),
            "rest_recovery": count("rest_recovery", self.rest_recovery),
            "potential": _optional("potential", self.potential, n_units),
            "potential_discount": scalar("potential_discount", self.potential_discount, 0, 1),
            "pseudo_reward": _optional("pseudo_reward", self.pseudo_reward, n_units),
            "max_gib": max_gib,
        }

    @property
    def n_steps(self) -> int:
        """Steps of a trial: the deadline."""
        return self.deadline

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return ("distract", "work", "rest")[: 3 if self.fatigue_cost > 0 else 2]

    @property
    def work_actions(self) -> tuple[int, ...]:
        """Which actions are work: the second."""
        return (WORK,)

    @property
    def state_shape(self) -> tuple[int, int, int, int, int]:
        """Sizes of the state variables: time, units, engaged, fatigue, missed sub-deadlines."""
        fatigue = self.max_fatigue + 1 if self.fatigue_cost > 0 else 1
        if self.due is None or (self.forfeit == "payment" and self.pay == "completion"):
            missed = 1
        else:
            missed = 2 if self.forfeit == "all" else 2 ** len(self.due)
        return (self.deadline + 1, self.n_units + 1, 2, fatigue, missed)

    @property
    def layer_size(self) -> int:
        """Number of states that share a time."""
        return int(np.prod(self.state_shape[1:]))

    def decode(self, state: npt.ArrayLike) -> dict[str, Any]:
        """Return what a state means.

        Parameters
        ----------
        state : int array of any shape

        Returns
        -------
        dict
            Arrays of that shape: `time` (steps passed), `units` (done), `engaged` (0 or 1),
            `fatigue`, and `missed` (a code for missed sub-deadlines).
        """
        parts = digits(states_of(state, int(np.prod(self.state_shape))), self.state_shape)
        return dict(zip(("time", "units", "engaged", "fatigue", "missed"), parts, strict=True))

    def encode(
        self,
        time: npt.ArrayLike,
        units: npt.ArrayLike,
        engaged: npt.ArrayLike = 0,
        fatigue: npt.ArrayLike = 0,
        missed: npt.ArrayLike = 0,
    ) -> Ints:
        """Return the state with the given meaning; the inverse of `decode`."""
        place: Any = np.asarray(time)
        for part, size in zip((units, engaged, fatigue, missed), self.state_shape[1:], strict=True):
            place = place * size + np.asarray(part)
        return np.asarray(place)

    def tabulate(self) -> Tables:
        """Return the rules over arrays of all outcomes, states and actions."""
        states = np.arange(np.prod(self.state_shape))[:, None]
        actions = np.arange(len(self.action_names))
        return goal_tables(self, Moment(**self.decode(states)), actions, Outcomes.of(self))

    @cached_property
    def budget(self) -> float:
        """All that can be earned, Σ payout, in reward units."""
        return float(self.payout.sum())

    def __repr__(self) -> str:
        goals = f"{len(self.goals)} goal{'s' if len(self.goals) > 1 else ''}"
        return f"GoalTask({self.n_units} units in {self.deadline} steps, {goals}, {self.budget:g} paid in all)"


def goal_room(n_units: int, deadline: int, max_gib: float) -> float:
    """Return `max_gib`; raise ValueError where the tables of the smallest goal task of this size would take up more."""
    room("n_units and deadline", (n_units, deadline), 2 * (n_units + 1) * (deadline + 1) * 2, max_gib)
    return scalar("max_gib", max_gib, 0, open_low=True)


def _payout(value: npt.ArrayLike | None, n_units: int) -> Floats:
    payout = _over_progress("payout", np.eye(1, n_units + 1, n_units)[0] * 100.0 if value is None else value, n_units)
    if payout[0] != 0:
        raise ValueError(f"payout[0] must be 0, as nobody reaches 0 units; got {payout[0]:g}")
    return payout


def _over_progress(name: str, value: npt.ArrayLike | None, n_units: int) -> Floats:
    array = between(name, value)
    if array.shape != (n_units + 1,):
        raise ValueError(
            f"{name} must have shape ({n_units + 1},), one entry for 0 to n_units units; got {array.shape}"
        )
    array.setflags(write=False)
    return array


def _optional(name: str, value: npt.ArrayLike | None, n_units: int) -> Floats | None:
    return None if value is None else _over_progress(name, value, n_units)


def _goals(goals: Sequence[int], n_units: int) -> tuple[int, ...]:
    places = tuple(count("goals", goal, 1, n_units) for goal in goals)
    if list(places) != sorted(set(places)) or not places or places[-1] != n_units:
        raise ValueError(f"goals must increase and end at n_units = {n_units}; got {places}")
    return places


def _due(due: Sequence[int] | None, goals: Sequence[int], deadline: int) -> tuple[int, ...] | None:
    if due is None:
        return None
    steps = tuple(count("due", step, 1, deadline) for step in sequence("due", due))
    if len(steps) != len(goals):
        raise ValueError(f"due must have one step per sub-goal, {len(goals)}; got {len(steps)}")
    return steps
