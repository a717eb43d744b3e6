"""One long task with a deadline: N units of work, distraction beside it, and a payout over progress."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, TypedDict, Unpack

import numpy as np

from rpe._checks import Bools, Floats, Ints, between, choice, count, scalar
from rpe.tasks.tables import Tables, TabulatedTask, digits

Discount = Callable[[Any], Floats]
DISTRACT, WORK, REST = 0, 1, 2
MATCHINGS = ("pay", "present_value", "potential", "feedback", "pseudo_reward")
_MAX_FORFEIT_BITS = 10


@dataclass(frozen=True, eq=False)
class GoalTask(TabulatedTask):
    """N units of work before a deadline, with pay given by a vector over progress.

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
    pay : {"completion", "deadline"}
        Whether pay arrives when earned, or all of it at the deadline.
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
        Φ(n): points γΦ(n′) − Φ(n) are felt at each step, with Φ = 0 once the world ends.
    potential_discount : float
        γ of these points.
    pseudo_reward : array (n_units + 1,), optional
        Pseudo-reward on reaching n units, for agents that heed it.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range or of the wrong shape.

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
    payout: Any = None
    goals: Any = None
    effort: float = 1.0
    distraction: float = 2.0
    start_cost: float = 2.0
    success_probability: float = 1.0
    overhead: float = 0.0
    disengagement: float = 0.0
    pay: str = "completion"
    due: Any = None
    forfeit: str = "payment"
    penalty: float = 0.0
    fatigue_cost: float = 0.0
    max_fatigue: int = 10
    rest_recovery: int = 2
    potential: Any = None
    potential_discount: float = 1.0
    pseudo_reward: Any = None

    def __post_init__(self) -> None:
        n_units = count("n_units", self.n_units)
        deadline = count("deadline", self.deadline)
        payout = np.eye(1, n_units + 1, n_units)[0] * 100.0 if self.payout is None else self.payout
        payout = _over_progress("payout", payout, n_units)
        if payout[0] != 0:
            raise ValueError(f"payout[0] must be 0, as nobody reaches 0 units; got {payout[0]:g}")
        goals = (*np.flatnonzero(payout[:-1]).tolist(), n_units) if self.goals is None else tuple(self.goals)
        values: dict[str, Any] = {
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
            "pay": choice("pay", self.pay, ("completion", "deadline")),
            "due": _due(self.due, goals, deadline),
            "forfeit": choice("forfeit", self.forfeit, ("payment", "all")),
            "penalty": scalar("penalty", self.penalty, 0),
            "fatigue_cost": scalar("fatigue_cost", self.fatigue_cost, 0),
            "max_fatigue": count("max_fatigue", self.max_fatigue),
            "rest_recovery": count("rest_recovery", self.rest_recovery),
            "potential": _optional("potential", self.potential, n_units),
            "potential_discount": scalar("potential_discount", self.potential_discount, 0, 1),
            "pseudo_reward": _optional("pseudo_reward", self.pseudo_reward, n_units),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if self._n_missed > 2**_MAX_FORFEIT_BITS:
            raise ValueError(
                f"due with pay='deadline' and forfeit='payment' must have at most {_MAX_FORFEIT_BITS} "
                f"sub-deadlines; got {len(self.due)}"
            )

    @property
    def n_steps(self) -> int:
        """Steps of a trial: the deadline."""
        return self.deadline

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return ("distract", "work", "rest")[: 3 if self.fatigue_cost > 0 else 2]

    @property
    def _n_missed(self) -> int:
        """Number of values of the state variable that remembers missed sub-deadlines."""
        if self.due is None or (self.forfeit == "payment" and self.pay == "completion"):
            return 1
        return 2 if self.forfeit == "all" else 2 ** len(self.due)

    @property
    def _shape(self) -> tuple[int, int, int, int, int]:
        """Sizes of the state variables: time, units, engaged, fatigue, missed."""
        fatigue = self.max_fatigue + 1 if self.fatigue_cost > 0 else 1
        return (self.deadline + 1, self.n_units + 1, 2, fatigue, self._n_missed)

    @property
    def layer_size(self) -> int:
        """Number of states that share a time."""
        return int(np.prod(self._shape[1:]))

    def decode(self, state: Any) -> dict[str, Any]:
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
        parts = digits(state, self._shape)
        return dict(zip(("time", "units", "engaged", "fatigue", "missed"), parts, strict=True))

    def encode(self, time: Any, units: Any, engaged: Any = 0, fatigue: Any = 0, missed: Any = 0) -> Ints:
        """Return the state with the given meaning; the inverse of `decode`."""
        place: Any = np.asarray(time)
        for part, size in zip((units, engaged, fatigue, missed), self._shape[1:], strict=True):
            place = place * size + part
        return np.asarray(place)

    def _tabulate(self) -> Tables:
        lucks = [
            (success, slip, p * q)
            for success, p in ((True, self.success_probability), (False, 1 - self.success_probability))
            for slip, q in ((False, 1 - self.disengagement), (True, self.disengagement))
            if p * q > 0
        ]
        success, slip, probability = (np.array(column)[:, None, None] for column in zip(*lucks, strict=True))
        states = np.arange(np.prod(self._shape))[:, None]
        actions = np.arange(len(self.action_names))
        moment = _Moment(**self.decode(states))
        return self._rules(moment, actions, success, slip, probability)

    def _rules(self, now: "_Moment", action: Ints, success: Bools, slip: Bools, probability: Floats) -> Tables:
        """The rules of the task, stated once over arrays of luck × state × action."""
        work = (action == WORK) & (now.units < self.n_units)
        done = work & success
        time = np.minimum(now.time + 1, self.deadline)
        units = now.units + done
        sub_goal = done & np.isin(units, self.goals[:-1])
        engaged = work & ~(sub_goal & slip)
        rested = np.where(action == REST, self.rest_recovery, 1)
        tired = now.fatigue + np.where(work, 1, -rested)
        fatigue = np.clip(tired, 0, self._shape[3] - 1)
        missed = self._missed(time, units, now.missed)
        over = now.time + 1 >= self.deadline
        earned = np.where(done, self._due_payout(time, units, missed), 0.0)
        if self.pay == "deadline":
            earned = np.where(over, self._total(units, missed), 0.0)
        reward = earned + np.where(action == DISTRACT, self.distraction, 0.0)
        reward = reward - np.where(over & (units < self.n_units), self.penalty, 0.0)
        effort = work * (self.effort * (1 + self.fatigue_cost * now.fatigue) + self.start_cost * (now.engaged == 0))
        effort = effort + self.overhead * sub_goal
        shape = (success.shape[0], now.time.shape[0], action.shape[0])
        return Tables(
            next_state=np.broadcast_to(self.encode(time, units, engaged, fatigue, missed), shape).copy(),
            luck_probability=probability.astype(np.float64),
            reward=np.broadcast_to(reward, shape).copy(),
            effort=np.broadcast_to(effort, shape).astype(np.float64),
            terminated=np.broadcast_to(over, (1, *shape[1:])).copy(),
            available=np.broadcast_to((action != WORK) | (now.units < self.n_units), shape[1:]).copy(),
            points=self._points(now.units, units, over),
            pseudo_reward=np.zeros((1, 1, 1)) if self.pseudo_reward is None else done * self.pseudo_reward[units],
        )

    def _points(self, units: Ints, next_units: Ints, over: Bools) -> Floats:
        if self.potential is None:
            return np.zeros((1, 1, 1))
        ahead = np.where(over, 0.0, self.potential[next_units])
        return np.asarray(self.potential_discount * ahead - self.potential[units])

    def _missed(self, time: Ints, units: Ints, missed: Ints) -> Ints:
        """Which sub-deadlines can no longer be met on arriving at `time` with `units` done."""
        if self._n_missed == 1:
            return missed
        for bit, (goal, due) in enumerate(zip(self.goals, self.due, strict=True)):
            late = (time >= due) & (units < goal)
            missed = missed | np.where(late, 1 if self.forfeit == "all" else 1 << bit, 0)
        return missed

    def _due_payout(self, time: Ints, units: Ints, missed: Ints) -> Floats:
        """What reaching `units` at `time` earns, given what was missed."""
        pays = np.asarray(self.payout[units])
        if self.due is None:
            return pays
        if self.forfeit == "all":
            return np.where(missed == 0, pays, 0.0)
        latest = np.full(self.n_units + 1, self.deadline)
        latest[list(self.goals)] = self.due
        return np.where(time <= latest[units], pays, 0.0)

    def _total(self, units: Ints, missed: Ints) -> Floats:
        """What is paid at the deadline for all that was reached in time."""
        total = np.cumsum(self.payout)[units]
        if self.due is None:
            return np.asarray(total)
        if self.forfeit == "all":
            return self._total_before_first_miss(units, missed)
        for bit, goal in enumerate(self.goals):
            total = total - np.where((missed >> bit) & 1 & (units >= goal), self.payout[goal], 0.0)
        return total

    def _total_before_first_miss(self, units: Ints, missed: Ints) -> Floats:
        return np.where(missed == 0, np.cumsum(self.payout)[units], 0.0)

    @cached_property
    def budget(self) -> float:
        """All that can be earned, Σ payout, in reward units."""
        return float(self.payout.sum())


class _Moment(NamedTuple):
    """The state variables, each an array (n_states, 1)."""

    time: Ints
    units: Ints
    engaged: Ints
    fatigue: Ints
    missed: Ints


class GoalRules(TypedDict, total=False):
    """Parameters of `GoalTask` that `monolithic` and `micro_wins` pass on."""

    effort: float
    distraction: float
    start_cost: float
    success_probability: float
    overhead: float
    disengagement: float
    pay: str
    due: Sequence[int] | None
    forfeit: str
    penalty: float
    fatigue_cost: float
    max_fatigue: int
    rest_recovery: int


def monolithic(*, n_units: int = 20, deadline: int = 60, reward: float = 100.0, **rules: Unpack[GoalRules]) -> GoalTask:
    """Return the task left as one goal: the whole reward on the last unit.

    Parameters
    ----------
    n_units : int
        Units of work N, at least 1.
    deadline : int
        Steps T, at least 1.
    reward : float
        The budget R ≥ 0, in reward units.
    **rules
        Other parameters of `GoalTask`.

    Returns
    -------
    GoalTask

    Raises
    ------
    TypeError, ValueError
        As `GoalTask`.

    Examples
    --------
    >>> import rpe
    >>> float(rpe.tasks.monolithic().payout[-1])
    100.0
    """
    return micro_wins(n_goals=1, n_units=n_units, deadline=deadline, reward=reward, **rules)


def micro_wins(
    n_goals: int = 5,
    *,
    n_units: int = 20,
    deadline: int = 60,
    reward: float = 100.0,
    share: float = 1.0,
    matching: str = "pay",
    discounting: Discount | None = None,
    **rules: Unpack[GoalRules],
) -> GoalTask:
    """Return the task split into sub-goals at ⌈jN/K⌉ units, on the same budget as `monolithic`.

    Parameters
    ----------
    n_goals : int
        Number of sub-goals K, from 1 to `n_units`; the last is the end of the task.
    n_units : int
        Units of work N, at least 1.
    deadline : int
        Steps T, at least 1.
    reward : float
        The budget R ≥ 0, in reward units.
    share : float
        Share φ in [0, 1] of the budget that moves to sub-goals: each pays φR/K, and (1 − φ)R
        comes on top at the last.
    matching : {"pay", "present_value", "potential", "feedback", "pseudo_reward"}
        What a sub-goal brings.

        - "pay": its share of the budget; the sum is that of the single goal.
        - "present_value": the same payments times one factor, so that working without a stop is
          worth, before the first step, what it is worth with the single goal. The unit finished
          in step n is paid after n − 1 steps, so the factor is R·D(N − 1) / Σₙ payout[n]·D(n − 1)
          (and 1 if all is paid at the deadline).
        - "potential": points only. Φ = φ½R · (sub-goals reached)/K before the end and 0 after
          it; the points γΦ′ − Φ sum to nothing and leave an exponential agent with the same γ
          unmoved. The pay is the single goal's.
        - "feedback": a mark without any reward. The pay is the single goal's.
        - "pseudo_reward": φR/K at each sub-goal but the last, as a reward within the sub-task
          only. The pay is the single goal's.
    discounting : callable, optional
        D(τ), for instance one of `rpe.discounting`: required for "present_value"; for "potential"
        it gives γ, that of an exponential or the one with the same D(N), and 1 if not given.
    **rules
        Other parameters of `GoalTask`.

    Returns
    -------
    GoalTask

    Raises
    ------
    TypeError, ValueError
        As `GoalTask`; ValueError also if `n_goals` exceeds `n_units`, or if a discount function
        is missing or describes more than one agent.

    References
    ----------
    Ng, Harada & Russell (1999), Theorem 1, for "potential"; Ribas-Fernandes et al. (2011),
    doi:10.1016/j.neuron.2011.05.042, for "pseudo_reward".

    Examples
    --------
    >>> import rpe
    >>> rpe.tasks.micro_wins(n_goals=3, n_units=7, reward=30).payout
    array([ 0.,  0.,  0., 10.,  0., 10.,  0., 10.])
    """
    n_units, n_goals = count("n_units", n_units), count("n_goals", n_goals)
    if n_goals > n_units:
        raise ValueError(f"n_goals must be at most n_units = {n_units}; got {n_goals}")
    reward, share = scalar("reward", reward, 0), scalar("share", share, 0, 1)
    matching = choice("matching", matching, MATCHINGS)
    goals = tuple(-(-j * n_units // n_goals) for j in range(1, n_goals + 1))
    single = np.eye(1, n_units + 1, n_units)[0] * reward
    spread = np.bincount(goals, minlength=n_units + 1) * share * reward / n_goals + (1 - share) * single
    task = GoalTask(n_units=n_units, deadline=deadline, payout=single, goals=goals, **rules)
    if matching == "pay":
        return replace(task, payout=spread)
    if matching == "present_value":
        weight = _one_agent("present_value", discounting)(np.maximum(np.arange(n_units + 1.0) - 1, 0))
        factor = 1.0 if task.pay == "deadline" or reward == 0 else single @ weight / (spread @ weight)
        return replace(task, payout=spread * factor)
    if matching == "potential":
        reached = np.searchsorted(goals, np.arange(n_units + 1), side="right") / n_goals
        reached[-1] = 0.0
        gamma = 1.0 if discounting is None else _gamma(discounting, n_units)
        return replace(task, potential=0.5 * share * reward * reached, potential_discount=gamma)
    if matching == "pseudo_reward":
        ticks = np.bincount(goals[:-1], minlength=n_units + 1) * share * reward / n_goals
        return replace(task, pseudo_reward=ticks)
    return task


def _gamma(discounting: Discount, n_units: int) -> float:
    """The γ of an exponential, or the γ that gives the same D(N)."""
    return float(_one_agent("potential", discounting)(n_units)) ** (1.0 / n_units)


def _one_agent(matching: str, discounting: Discount | None) -> Discount:
    if not callable(discounting):
        raise ValueError(f"discounting must be a discount function when matching is {matching!r}; got {discounting!r}")
    if np.ndim(discounting(1.0)) != 0:
        raise ValueError(f"discounting must describe one agent when matching is {matching!r}; got {discounting!r}")
    return discounting


def _over_progress(name: str, value: Any, n_units: int) -> Floats:
    array = between(name, value)
    if array.shape != (n_units + 1,):
        raise ValueError(
            f"{name} must have shape ({n_units + 1},), one entry for 0 to n_units units; got {array.shape}"
        )
    array.setflags(write=False)
    return array


def _optional(name: str, value: Any, n_units: int) -> Floats | None:
    return None if value is None else _over_progress(name, value, n_units)


def _goals(goals: Sequence[int], n_units: int) -> tuple[int, ...]:
    places = tuple(count("goals", goal, 1, n_units) for goal in goals)
    if list(places) != sorted(set(places)) or not places or places[-1] != n_units:
        raise ValueError(f"goals must increase and end at n_units = {n_units}; got {places}")
    return places


def _due(due: Any, goals: Sequence[int], deadline: int) -> tuple[int, ...] | None:
    if due is None:
        return None
    steps = tuple(count("due", step, 1, deadline) for step in due)
    if len(steps) != len(goals):
        raise ValueError(f"due must have one step per sub-goal, {len(goals)}; got {len(steps)}")
    return steps
