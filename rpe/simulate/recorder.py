"""Recorders: what is kept of a simulation, and how the numbers of a trial are summarised."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints
from rpe.simulate.history import Curves, Full, Trials, Units
from rpe.tasks import TabulatedTask

UNIT = 256
_LIMIT = 4 << 30
_DEFAULT_FULL = 64
_DEFAULT_FULL_BYTES = 256 << 20
_BYTES_PER_STEP = 4 + 4 + 2 + 8 + 8 + 8


class Recorder:
    """Collects a `History`, page by page (`rpe.simulate.page`) and chunk of agents by chunk of agents.

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
        self.delta_sum, self.square_sum = np.zeros(shape), np.zeros(shape)
        self.done_sum = np.zeros(shape, dtype=np.int64)
        events = (n_trials, 0 if self.units is None else len(self.units.goals))
        self.event_sum, self.event_count = np.zeros(events), np.zeros(events, dtype=np.int64)
        self.per_trial = self._empty_trials() if self.keeps_trials else {}
        self.every_step = self._empty_full()

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

    def curves(self) -> Curves:
        """Return the means over agents."""
        mean = self.delta_sum / self.n_agents
        variance = np.maximum(self.square_sum / self.n_agents - mean**2, 0.0)
        if self.units is None:
            return Curves(mean, variance)
        last = self.units.goals == self.units.n_units
        sub_goal_error, goal_error = (self._event_mean(which) for which in (~last, last))
        share_done = self.done_sum / (self.n_agents * self.units.n_units)
        return Curves(mean, variance, share_done, sub_goal_error, goal_error)

    def _event_mean(self, which: Bools) -> Floats:
        """Mean error (n_trials,) on reaching some of the sub-goals; NaN where nobody did."""
        count = self.event_count[:, which].sum(axis=1)
        with np.errstate(invalid="ignore"):
            mean: Floats = self.event_sum[:, which].sum(axis=1) / np.where(count, count, np.nan)
        return mean

    def trials(self) -> Trials | None:
        """Return the numbers per agent and trial."""
        return Trials(**{name: array.T for name, array in self.per_trial.items()}) if self.keeps_trials else None

    def full(self) -> Full | None:
        """Return the chosen agents in full."""
        if not self.every_step:
            return None
        return Full(self.agents, **{name: array.transpose(2, 0, 1) for name, array in self.every_step.items()})


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
    if units.by_units:
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
        "choices": times(offers),
        "worked": times(works),
        "pairs": times(pair),
        "pairs_worked": times(first),
        "pairs_both": times(first & works[1:]),
    }


def times(events: Bools) -> Ints:
    """How often an event (n_steps, n) happened to each agent; sums of bytes are the fast ones."""
    total = np.zeros(events.shape[1], dtype=np.int64)
    for first in range(0, len(events), 255):
        total += events[first : first + 255].view(np.uint8).sum(axis=0, dtype=np.uint8)
    return total


def units_of(task: Any) -> Units | None:
    """Return how a task or environment counts progress, or None if it has no units of work.

    Where units are sub-goals of an environment, in which no action is work, work is what brings a unit, and
    is offered until all units are done.
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
    if hasattr(task, "n_sub_goals") and not is_work.any():
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
