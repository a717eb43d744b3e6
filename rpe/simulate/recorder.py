"""Recorders: note what happens in a trial, and summarise it once the trial is over."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints
from rpe.simulate.history import Curves, Full, Trials, Units
from rpe.tasks import Step, TabulatedTask

UNIT = 256
_LIMIT = 4 << 30
_DEFAULT_FULL = 64
_DEFAULT_FULL_BYTES = 256 << 20
_BYTES_PER_STEP = 4 + 4 + 2 + 8 + 8 + 8


class Recorder:
    """Collects a `History`, trial by trial and chunk of agents by chunk of agents.

    Sums over agents are formed within fixed groups of `UNIT` agents and then added in order, so
    that the result is the same to the bit however the agents are cut into chunks.
    """

    def __init__(self, task: Any, n_agents: int, n_trials: int, n_steps: int, record: Any) -> None:
        self.n_agents, self.n_trials, self.n_steps = n_agents, n_trials, n_steps
        self.units = units_of(task)
        self.infos_tell = not isinstance(task, TabulatedTask) and getattr(task, "inside", None) is None
        self.agents, self.keeps_trials = _chosen(record, n_agents, n_trials, n_steps)
        self._refuse_if_huge()
        shape = (n_trials, n_steps + 1)
        self._delta, self._square = np.zeros(shape), np.zeros(shape)
        self._done = np.zeros(shape, dtype=np.int64)
        self._event_sum, self._event_count = np.zeros((n_trials, 2)), np.zeros((n_trials, 2), dtype=np.int64)
        self._trials = self._empty_trials() if self.keeps_trials else {}
        self._full = self._empty_full()

    def _refuse_if_huge(self) -> None:
        per_trial = (4 + 8 + 8 + (11 * 4 + 16 if self.units else 0)) * self.keeps_trials
        size = self.n_trials * (self.n_agents * per_trial + len(self.agents) * self.n_steps * _BYTES_PER_STEP)
        if size > _LIMIT:
            raise ValueError(
                f"record must need at most {_LIMIT / 2**30:.0f} GiB; it would need {size / 2**30:.1f} GiB. "
                "Record fewer agents in full (record=[0, 1, 2]), or means over agents only (record='summary')"
            )

    def _empty_trials(self) -> dict[str, Any]:
        floats = ("reward", "effort", "units_late", "units_last_third")
        names = Trials._fields if self.units else Trials._fields[:3]
        shape = (self.n_trials, self.n_agents)
        return {name: np.zeros(shape, dtype=np.float64 if name in floats else np.int32) for name in names}

    def _empty_full(self) -> dict[str, Any]:
        if not len(self.agents):
            return {}
        steps, moments = (
            (self.n_trials, self.n_steps, len(self.agents)),
            (self.n_trials, self.n_steps + 1, len(self.agents)),
        )
        return {
            "state": np.zeros(moments, dtype=np.int32),
            "action": np.full(steps, -1, dtype=np.int16),
            "reward": np.zeros(steps),
            "effort": np.zeros(steps),
            "delta": np.zeros(moments),
            **({} if self.units is None else {"units": np.zeros(moments, dtype=np.int32)}),
        }

    def chunk(self, first: int, last: int) -> "ChunkRecorder":
        """Return a recorder for the agents `first` to `last` − 1."""
        return ChunkRecorder(self, first, last)

    def curves(self) -> Curves:
        """Return the means over agents."""
        mean = self._delta / self.n_agents
        variance = np.maximum(self._square / self.n_agents - mean**2, 0.0)
        if self.units is None:
            return Curves(mean, variance)
        with np.errstate(invalid="ignore"):
            events = self._event_sum / np.where(self._event_count, self._event_count, np.nan)
        return Curves(mean, variance, self._done / (self.n_agents * self.units.n_units), events[:, 0], events[:, 1])

    def trials(self) -> Trials | None:
        """Return the numbers per agent and trial."""
        return Trials(**{name: array.T for name, array in self._trials.items()}) if self.keeps_trials else None

    def full(self) -> Full | None:
        """Return the chosen agents in full."""
        if not self._full:
            return None
        return Full(self.agents, **{name: array.transpose(2, 0, 1) for name, array in self._full.items()})


class ChunkRecorder:
    """Records the trials of one chunk of agents."""

    def __init__(self, whole: Recorder, first: int, last: int) -> None:
        self.whole, self.columns, n = whole, slice(first, last), last - first
        inside = np.flatnonzero((whole.agents >= first) & (whole.agents < last))
        self._inside, self._picked = _as_slice(inside), _as_slice(whole.agents[inside] - first)
        self._some = inside.size > 0
        self._delta, self._square = np.zeros((2, whole.n_steps + 1, n))
        self._reward, self._effort, self._length = np.zeros(n), np.zeros(n), np.zeros(n, dtype=np.int32)
        self._acts = self._some or whole.units is not None
        self._action = np.zeros((whole.n_steps, n), dtype=np.int16)
        self._done = np.zeros((whole.n_steps + 1, n), dtype=np.int32)
        self._offers = np.zeros((whole.n_steps + 1, n), dtype=np.bool_)

    def start(self, trial: int, state: Ints, delta: Any, done: Ints | None) -> None:
        """Begin a trial with the state, the error of the cue and, where states do not tell, the units done."""
        self._trial, self._now, self._together = trial, 0, 0
        self._delta[0] = delta
        self._reward[:], self._effort[:], self._length[:] = 0.0, 0.0, 0
        self._arrive(0, state, done)

    def _arrive(self, moment: int, state: Ints, done: Ints | None) -> None:
        """Write down where agents are, or just what of it will be needed."""
        whole = self.whole
        if whole.units is not None:
            place = done if whole.infos_tell and done is not None else state
            whole.units.done.take(place, out=self._done[moment], mode="clip")
            whole.units.offers_work.take(place, out=self._offers[moment], mode="clip")
            if whole.infos_tell and moment:
                # Units done never fall, whatever an environment says.
                np.maximum(self._done[moment], self._done[moment - 1], out=self._done[moment])
        if self._some:
            whole._full["state"][self._trial, moment, self._inside] = state[self._picked]

    def step(self, action: Ints, step: Step, delta: Floats, active: Bools | None, done: Ints | None) -> None:
        """Write down one step; quantities of agents that are not active are 0 already."""
        now, whole = self._now, self.whole
        self._delta[now + 1] = delta
        if self._acts:
            self._action[now] = action
        if active is None:
            self._together += 1
        else:
            self._action[now][~active] = -1
            self._length += active
        if whole.keeps_trials:
            self._reward += step.reward
            self._effort += step.effort
        if self._some:
            for name, value in (("reward", step.reward), ("effort", step.effort)):
                picked = value if np.ndim(value) == 0 else value[self._picked]
                whole._full[name][self._trial, now, self._inside] = picked
        self._now += 1
        self._arrive(self._now, step.state, done)

    def finish(self) -> None:
        """Summarise the trial."""
        whole, trial, now = self.whole, self._trial, self._now
        self._delta[now + 1 :] = 0.0
        self._action[now:] = -1
        self._done[now + 1 :] = self._done[now]
        _add_in_order(whole._delta[trial], self._delta)
        _add_in_order(whole._square[trial], np.square(self._delta, out=self._square))
        if self._some:
            state = whole._full["state"][trial]
            state[now + 1 :, self._inside] = state[now, self._inside]
            kept = (("action", self._action), ("delta", self._delta), ("units", self._done))
            for name, buffer in kept:
                if name in whole._full:
                    whole._full[name][trial][:, self._inside] = buffer[:, self._picked]
        summary: dict[str, Any] = {}
        if whole.keeps_trials:
            summary = {"length": self._length + self._together, "reward": self._reward, "effort": self._effort}
        if whole.units is not None:
            whole._done[trial] += self._done.sum(axis=1, dtype=np.int64)
            self._events(whole.units)
            if whole.keeps_trials:
                summary |= progress(whole.units, self._done, self._action, self._offers[:-1])
        for name, value in summary.items():
            whole._trials[name][trial, self.columns] = value

    def _events(self, units: Units) -> None:
        """Add up the errors on reaching sub-goals and the goal; units done never fall."""
        n_moments, n = self._done.shape
        sums = np.zeros((-(-n // UNIT), 2))
        for goal in np.flatnonzero(units.is_goal):
            moment = _times(self._done < goal)
            agent = np.flatnonzero((moment > 0) & (moment < n_moments))
            last = int(goal == units.n_units)
            errors = self._delta[moment[agent], agent]
            sums[:, last] += np.bincount(agent // UNIT, weights=errors, minlength=len(sums))
            self.whole._event_count[self._trial, last] += agent.size
        for group in sums:
            self.whole._event_sum[self._trial] += group


def progress(units: Units, done: npt.NDArray[Any], action: npt.NDArray[Any], offers: Bools) -> dict[str, Any]:
    """Summaries of trials that measures of progress need.

    Parameters
    ----------
    units : Units
    done : int array (n_steps + 1, n)
        Units done at each moment.
    action : int array (n_steps, n)
        What was done; −1 after the end.
    offers : bool array (n_steps, n)
        Whether work could be chosen.

    Returns
    -------
    dict
        The fields of `Trials` from `units` on, each (n,).
    """
    n_steps = len(action)
    on = action >= 0
    works = np.zeros_like(on)
    for work in np.flatnonzero(units.is_work):
        works |= action == work
    if not units.is_work.any():
        works = np.diff(done, axis=0) > 0
    offers = offers & on
    unfinished = done < units.n_units
    pair = offers[1:] & offers[:-1]
    first = pair & works[:-1]
    return {
        "units": done[-1],
        "unit_steps": done[:-1].sum(axis=0, dtype=np.int32),
        "units_late": done[-1] - _at(done, 0.8 * n_steps),
        "units_last_third": done[-1] - _at(done, n_steps * 2 / 3),
        "completion_time": np.where(unfinished[-1], -1, unfinished.argmin(axis=0)),
        "start_time": np.where(works.any(axis=0), works.argmax(axis=0), n_steps),
        "choices": _times(offers),
        "worked": _times(works),
        "pairs": _times(pair),
        "pairs_worked": _times(first),
        "pairs_both": _times(first & works[1:]),
    }


def _times(events: Bools) -> Ints:
    """How often an event (n_steps, n) happened to each agent; sums of bytes are the fast ones."""
    total = np.zeros(events.shape[1], dtype=np.int64)
    for first in range(0, len(events), 255):
        total += events[first : first + 255].view(np.uint8).sum(axis=0, dtype=np.uint8)
    return total


def units_of(task: Any) -> Units | None:
    """Return how a task or environment counts progress, or None if it has no units of work.

    Where no action is work, work is what brings a unit, and is offered until all units are done.
    """
    counted = getattr(task, "counted", None)
    task = task if isinstance(task, TabulatedTask) else getattr(task, "inside", None)
    n_units = getattr(task, "n_units", None)
    if task is None and counted is not None:
        done = np.arange(counted.n_units + 1, dtype=np.int32)
        return Units(done, counted.n_units, counted.is_goal, counted.is_work, done < counted.n_units)
    if task is None or n_units is None:
        return None
    done = np.asarray(task.decode(np.arange(task.n_states))["units"]).astype(np.int32)
    is_goal = np.zeros(n_units + 1, dtype=np.bool_)
    is_goal[list(getattr(task, "goals", (n_units,)))] = True
    if hasattr(task, "n_sub_goals"):
        is_goal[1:] = True
    is_work = np.asarray(task.is_work)
    if not is_work.any():
        return Units(done, n_units, is_goal, is_work, done < n_units)
    available = np.broadcast_to(task.tables.available, task.tables.next_state.shape[1:])
    offers: Bools = np.asarray(available[:, is_work].any(axis=1))
    return Units(done, n_units, is_goal, is_work, offers)


def _at(done: npt.NDArray[Any], time: float) -> Floats:
    """Units done at a moment between two steps, by straight interpolation."""
    before = int(time)
    if before >= len(done) - 1:
        return np.asarray(done[-1], dtype=np.float64)
    return np.asarray(done[before] + (time - before) * (done[before + 1] - done[before]))


def _add_in_order(total: Floats, values: Floats) -> None:
    """Add the sum over the last axis, within fixed groups of agents, and group by group."""
    whole = values.shape[1] // UNIT * UNIT
    for group in values[:, :whole].reshape(len(values), -1, UNIT).sum(axis=2).T:
        total += group
    if whole < values.shape[1]:
        total += np.ascontiguousarray(values[:, whole:]).sum(axis=1)


def _as_slice(indices: Ints) -> Any:
    """The same choice as a slice if it has no gaps, as that is faster."""
    if indices.size and (np.diff(indices) == 1).all():
        return slice(int(indices[0]), int(indices[-1]) + 1)
    return indices


def _chosen(record: Any, n_agents: int, n_trials: int, n_steps: int) -> tuple[Ints, bool]:
    """Which agents to record in full, and whether to keep numbers per agent and trial."""
    if record is None:
        affordable = _DEFAULT_FULL_BYTES // (n_trials * n_steps * _BYTES_PER_STEP)
        return np.arange(min(_DEFAULT_FULL, n_agents, affordable)), True
    if isinstance(record, str):
        if record not in ("summary", "all"):
            raise ValueError(f"record must be 'summary', 'all', or which agents to keep in full; got {record!r}")
        return np.arange(n_agents if record == "all" else 0), record == "all"
    if not isinstance(record, Sequence | np.ndarray):
        raise TypeError(f"record must be 'summary', 'all', or a sequence of agents; got {record!r}")
    agents = np.asarray(record)
    if agents.ndim != 1 or (agents.size and agents.dtype.kind not in "iu"):
        raise TypeError(f"record must be a sequence of whole numbers; got {record!r}")
    if agents.size and (agents.min() < 0 or agents.max() >= n_agents or len(set(agents.tolist())) < agents.size):
        raise ValueError(f"record must name different agents in [0, {n_agents - 1}]; got {record!r}")
    return agents.astype(np.int64), True
