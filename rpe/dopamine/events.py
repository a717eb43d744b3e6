"""Events of a behavioural record: the cue, sub-goals, the goal and omissions, and the errors on arriving at them."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints, count, sequence
from rpe.dopamine.history import CountsProgress, Plans, RecordedHistory, RecordedSteps, is_history

KINDS = ("cue", "sub-goal", "goal", "omission")
CUE, SUB_GOAL, GOAL, OMISSION = range(4)

# Moments read at a time: a block of trials holds about so many, some 100 bytes each.
_BLOCK = 1 << 20


class Events(NamedTuple):
    """What happened, one entry an event, in the order of agents, trials and time; each an array (n_events,).

    Attributes
    ----------
    row, trial : int
        Place among the recorded agents that were asked for, and number of the trial.
    moment : int
        Steps from the start of the trial; 0 is the cue.
    kind : int
        Place in `KINDS`.
    goal : int
        Number of the sub-goal, from 1; of the goal, one more than there are sub-goals; 0 for the cue.
    error : float
        δ on arrival, in reward units.
    """

    row: Ints
    trial: Ints
    moment: Ints
    kind: Ints
    goal: Ints
    error: Floats


class Reader:
    """Reads a history block of trials by block of trials.

    Parameters
    ----------
    history : RecordedHistory
    rows : int array (n,)
        Which of the recorded agents to read.
    units : int array or callable, optional
        Units at each moment, or a function from states to units.
    sub_goals : sequence of int, optional
        Units at which sub-goals stand.

    Attributes
    ----------
    stands : list of int
        Units at which each sub-goal stands, and the goal if the task counts units up to it.
    goal_counts : bool
        Whether the last of them is the goal; else a trial reaches the goal if its last step pays.
    """

    def __init__(
        self,
        history: RecordedHistory,
        rows: Ints,
        units: npt.ArrayLike | Callable[[Ints], npt.ArrayLike] | None,
        sub_goals: Sequence[int] | None,
    ) -> None:
        self.history, self.full, self.rows = history, recorded(history), rows
        self._units = self._unit_reader(units)
        self.stands, self.goal_counts = self._goals(units, sub_goals)
        self._plan = _PlanErrors(history) if isinstance(history.agent, Plans) else None
        self._pays = self._paid_goals()

    @property
    def n_sub_goals(self) -> int:
        """How many sub-goals there are."""
        return len(self.stands) - self.goal_counts

    def blocks(self, trials: Ints) -> list[Ints]:
        """Return the trials in blocks of bounded size."""
        size = max(1, _BLOCK // (max(len(self.rows), 1) * self.full.state.shape[-1]))
        return [trials[i : i + size] for i in range(0, len(trials), size)]

    def errors(self, trials: Ints) -> Floats:
        """Return δ (n, n_trials, n_steps + 1) of some trials; 0 after the end of a trial."""
        if self._plan is not None:
            return self._plan.errors(self.rows, trials)
        return np.asarray(self.full.delta[np.ix_(self.rows, trials)], dtype=np.float64)

    def read(self, trials: Ints) -> Events:
        """Return the events of some trials."""
        place = np.ix_(self.rows, trials)
        length = (self.full.action[place] >= 0).sum(axis=-1)
        reward = self.full.reward[place]
        paid = np.concatenate([np.zeros((*length.shape, 1), dtype=np.bool_), reward > 0], axis=-1)
        found = [self._cue(length.shape)]
        n_reached = np.zeros(length.shape, dtype=np.int64)
        if self._units is not None:
            done = self._units(place)
            for number, units in enumerate(self.stands, 1):
                moment = np.argmax(done >= units, axis=-1)
                reached = (moment > 0) & (moment <= length)
                n_reached += reached
                unpaid = reached & ~np.take_along_axis(paid, moment[..., None], -1)[..., 0] & self._pays[number - 1]
                last = self.goal_counts and number == len(self.stands)
                kind = np.where(unpaid, OMISSION, GOAL if last else SUB_GOAL)
                found.append((reached, moment, kind, np.full(length.shape, number)))
        if self.goal_counts:
            won = n_reached == len(self.stands)
        else:
            won = np.take_along_axis(paid, length[..., None], -1)[..., 0]
            goal = np.full(length.shape, len(self.stands) + 1)
            found.append((won, length, np.full(length.shape, GOAL), goal))
        # A trial that ends without the goal leaves out the first thing that was still to come.
        found.append((~won & (length > 0), length, np.full(length.shape, OMISSION), n_reached + 1))
        return self._gathered(found, trials)

    def _cue(self, shape: tuple[int, ...]) -> tuple[Bools, Ints, Ints, Ints]:
        nothing = np.zeros(shape, dtype=np.int64)
        return np.ones(shape, dtype=np.bool_), nothing, nothing + CUE, nothing

    def _gathered(self, found: list[tuple[Bools, Ints, Ints, Ints]], trials: Ints) -> Events:
        """All events of a block in order; an agent without an error at the cue has no such event."""
        errors = self.errors(trials)
        parts = []
        for happened, moment, kind, goal in found:
            row, trial = np.nonzero(happened)
            at = moment[row, trial]
            parts.append([row, trial, at, kind[row, trial], goal[row, trial], errors[row, trial, at]])
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        order = np.lexsort((columns[4], columns[2], columns[1], columns[0]))
        order = order[~np.isnan(columns[5][order])]
        row, trial, *rest = (column[order] for column in columns)
        return Events(row, trials[trial], *rest)

    def _unit_reader(self, units: Any) -> Callable[[Any], Ints] | None:
        """A function from a place in the record to units done at each moment."""
        state, task = self.full.state, self.history.task
        if callable(units):
            return lambda place: _whole("units", units(state[place]), state[place].shape)
        if units is None:
            units = getattr(self.full, "units", None)
        if units is not None:
            given = _whole("units", units, state.shape)
            return lambda place: given[place]
        if not isinstance(task, CountsProgress):
            return None
        try:
            done = np.asarray(task.decode(np.arange(task.n_states))["units"])  # type: ignore[attr-defined]
        except KeyError:
            return None
        return lambda place: done[state[place]]

    def _goals(self, units: Any, sub_goals: Sequence[int] | None) -> tuple[list[int], bool]:
        """Where sub-goals stand, and whether the last of them is the goal."""
        task = self.history.task
        own = [int(goal) for goal in task.goals] if isinstance(task, CountsProgress) and units is None else []
        if sub_goals is None:
            if self._units is not None and not own and getattr(self.full, "units", None) is not None and units is None:
                # Units are sub-goals on the way, as in an environment with sub-goals around it; the goal comes after.
                n_sub_goals = getattr(task, "n_sub_goals", None) or int(np.max(self.full.units, initial=0))  # type: ignore[attr-defined]
                return list(range(1, n_sub_goals + 1)), False
            if self._units is not None and not own:
                raise ValueError("sub_goals must say at which units sub-goals stand, as the task does not; got None")
            return (own, True) if self._units is not None else ([], False)
        if self._units is None:
            raise ValueError(f"sub_goals must be left out where nothing counts units (pass units=…); got {sub_goals!r}")
        highest = own[-1] - 1 if own else None
        stands = [count("sub_goals", goal, 1, highest) for goal in sequence("sub_goals", sub_goals)]
        if any(b <= a for a, b in pairwise(stands)):
            raise ValueError(f"sub_goals must rise; got {list(sub_goals)}")
        return (stands + own[-1:], True) if own else (stands, False)

    def _paid_goals(self) -> Bools:
        """Which goals bring a payment, by the task's tables, or else by what anybody received."""
        pays = np.zeros(len(self.stands), dtype=np.bool_)
        if self._units is None:
            return pays
        tables = getattr(self.history.task, "tables", None)
        if tables is not None and isinstance(self.history.task, CountsProgress):
            done = np.asarray(self.history.task.decode(np.arange(tables.next_state.shape[1]))["units"])
            paid = np.broadcast_to(tables.reward, tables.next_state.shape) > 0
            before, after = done[None, :, None], done[tables.next_state]
            return np.array([(paid & (before < units) & (after >= units)).any() for units in self.stands])
        for trials in self.blocks(np.arange(self.full.state.shape[1])):
            done = self._units(np.ix_(np.arange(len(self.full.agents)), trials))
            paid = self.full.reward[:, trials] > 0
            for i, units in enumerate(self.stands):
                pays[i] |= bool((paid & (done[..., :-1] < units) & (done[..., 1:] >= units)).any())
        return pays


class _PlanErrors:
    """The errors of a planner: how what it receives and expects departs from what it expected.

    δ = r − e + V(s′) − V(s), where V(s) is what the plan is worth to the self that is in s.
    """

    def __init__(self, history: RecordedHistory) -> None:
        if np.any(history.task.tables.points):
            raise ValueError("history must be of a task without points for a planner, as records do not hold points")
        self.history = history
        known = history.memory
        self.memory = history.agent.init(history.task, history.n_agents) if known is None else known

    def errors(self, rows: Ints, trials: Ints) -> Floats:
        """Return δ (n, n_trials, n_steps + 1) of some agents and trials."""
        full = recorded(self.history)
        place = np.ix_(rows, trials)
        state, on = full.state[place], full.action[place] >= 0
        value = self._values(full.agents[rows], state)
        value[..., 1:] *= on & ~self._ended(state, full.action[place])
        out = np.empty(state.shape)
        out[..., 0] = value[..., 0]
        out[..., 1:] = (full.reward[place] - full.effort[place] + value[..., 1:] - value[..., :-1]) * on
        return out

    def _ended(self, state: Ints, action: Ints) -> Bools:
        """Which steps ended the world, by the tables: after them nothing is expected; a cap expects on."""
        tables = self.history.task.tables
        before, done, after = state[..., :-1], np.maximum(action, 0), state[..., 1:]
        ends = np.broadcast_to(tables.terminated, tables.next_state.shape)
        found = np.zeros(action.shape, dtype=np.bool_)
        for to, over in zip(tables.next_state, ends, strict=True):
            found |= over[before, done] & (to[before, done] == after)
        return found

    def _values(self, agents: Ints, state: Ints) -> Floats:
        """V at each moment; a planner is asked for all agents at once."""
        value = np.empty(state.shape)
        everywhere = np.zeros(self.history.n_agents, dtype=np.int64)
        clock = getattr(self.memory, "clock", np.zeros(1, dtype=np.int64))
        for trial in range(state.shape[1]):
            for moment in range(state.shape[2]):
                everywhere[agents] = state[:, trial, moment]
                clock[0] = moment
                value[:, trial, moment] = self.history.agent.value(self.memory, everywhere)[agents]
        return value


def recorded(history: RecordedHistory) -> RecordedSteps:
    """Return the agents that were recorded in full.

    Raises
    ------
    TypeError, ValueError
        If it is not a run, or holds no agent in full.
    """
    if not is_history(history):
        raise TypeError(f"history must come from rpe.simulate.run; got {type(history).__name__}")
    if history.full is None or len(history.full.agents) == 0:
        raise ValueError('history must hold agents in full, so run with record="all" or a list of agents; it has none')
    return history.full


def largest_payout(history: RecordedHistory) -> float:
    """Return the most that one step of the task can pay, or, without tables, that anybody received.

    Raises
    ------
    ValueError
        If nothing pays.
    """
    tables = getattr(history.task, "tables", None)
    largest = float(np.max(recorded(history).reward if tables is None else tables.reward))
    if largest <= 0:
        raise ValueError("reward_scale must be a number or None where no step pays anything; got 'range'")
    return largest


def _whole(name: str, value: Any, shape: tuple[int, ...]) -> Ints:
    array = np.asarray(value)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold whole numbers; got {array.dtype}")
    if array.shape != shape:
        raise ValueError(f"{name} must have the shape of the recorded states, {shape}; got {array.shape}")
    return array
