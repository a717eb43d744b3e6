"""What measures read: a simulation, people's choices, or people's work over time, in one form."""

from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np

from rpe._checks import Bools, Floats, Ints, count, instance
from rpe.simulate import History
from rpe.simulate.history import Trials, Units
from rpe.simulate.recorder import progress, units_of
from rpe.tasks import TabulatedTask


@runtime_checkable
class WorkRecord(Protocol):
    """Work over time: `units` (n_subjects, n_days + 1), done before each day and after the last; −1 unknown."""

    @property
    def units(self) -> Ints:
        """Units done so far."""


@runtime_checkable
class ChoiceRecord(Protocol):
    """Choices on a task: states (n, n_trials, n_steps + 1) and actions (n, n_trials, n_steps), −1 for none."""

    @property
    def state(self) -> Ints:
        """The state before each step and after the last."""

    @property
    def action(self) -> Ints:
        """What was chosen."""


Record = History | ChoiceRecord | WorkRecord


class Summary(NamedTuple):
    """Progress of each trial (n_agents, n_trials), or of each subject (n_subjects,); NaN where not known.

    Attributes
    ----------
    n_units, n_steps : int
    units, unit_steps, units_late, units_last_third, completion_time, start_time : float array
        As in `rpe.simulate.Trials`.
    """

    n_units: int
    n_steps: int
    units: Floats
    unit_steps: Floats
    units_late: Floats
    units_last_third: Floats
    completion_time: Floats
    start_time: Floats


class Steps(NamedTuple):
    """Every step of a record, each (n_agents, n_trials, n_steps).

    Attributes
    ----------
    done, offered, works : int, bool, bool array
        Units done before the step, whether work could be chosen, and whether it was.
    n_units : int
    is_goal : bool array (n_units + 1,)
    """

    done: Ints
    offered: Bools
    works: Bools
    n_units: int
    is_goal: Bools


def summary(record: Any, task: TabulatedTask | None = None, n_units: int | None = None) -> Summary:
    """Return the progress of every trial of a record."""
    said(task, n_units)
    if isinstance(record, History):
        trials = trials_of(record)
        if trials.units is None:
            raise ValueError("history must be of a task with units of work; this one is not")
        shown = (np.asarray(getattr(trials, name), dtype=np.float64) for name in Summary._fields[2:])
        n_units = getattr(record.task, "n_units", None) or _units(record.task).n_units
        return Summary(n_units, record.n_steps, *shown)
    if isinstance(record, ChoiceRecord):
        units = _units(task)
        return _summed(units, units.done[record.state], record.action, units.offers_work[record.state[..., :-1]])
    done, n_units = _log(record, n_units)
    known: Any = (done >= 0).all(axis=-1)
    works = (np.diff(done, axis=-1) > 0).astype(np.int64)
    plain = Units(np.arange(n_units + 1), n_units, np.ones(n_units + 1, bool), np.array([False, True]), known)
    found = _summed(plain, done, works, np.ones(works.shape, dtype=np.bool_))
    return Summary(*found[:2], *(np.where(known, part, np.nan) for part in found[2:]))


def steps(record: Any, task: TabulatedTask | None = None, n_units: int | None = None, last: int | None = None) -> Steps:
    """Return every step of a record, of its last trials only if `last` is given."""
    said(task, n_units)
    if isinstance(record, History):
        summary(record)
        if record.full is None:
            raise ValueError("history must hold agents in full; it was recorded with none")
        return _simulated(record, last)
    if isinstance(record, ChoiceRecord):
        units, part = _units(task), _last(last, record.action.shape[1])
        return _steps(units, units.done[record.state[:, part]], record.action[:, part], record.state[:, part, :-1])
    done, n_units = _log(record, n_units)
    done = done[:, None]
    known = (done[..., 1:] >= 0) & (done[..., :-1] >= 0)
    works = known & (np.diff(done, axis=-1) > 0)
    return Steps(done[..., :-1], known & (done[..., :-1] < n_units), works, n_units, np.ones(n_units + 1, bool))


def _simulated(history: History, last: int | None) -> Steps:
    """Every step of a simulation; where infos of an environment count units, the record has them."""
    units, full = _units(history.task), history.full
    if full is None or full.units is None:
        raise ValueError("history must hold agents in full; it was recorded with none")
    part = _last(last, full.action.shape[1])
    done = full.units[:, part].astype(np.int64)
    told = len(units.done) != getattr(history.task, "n_states", 0)
    return _steps(units, done, full.action[:, part], done[..., :-1] if told else full.state[:, part, :-1])


def _steps(units: Units, done: Ints, action: Ints, place: Ints) -> Steps:
    """Every step from units done (..., n_steps + 1), actions, and where in the tables of units each step begins."""
    on = action >= 0
    # Where no action is work, work is what brings a unit.
    works = np.diff(done, axis=-1) > 0 if units.by_units else units.is_work[action]
    return Steps(done[..., :-1], units.offers_work[place] & on, works & on, units.n_units, units.is_goal)


def trials_of(history: History) -> Trials:
    """The numbers per agent and trial, if they were recorded."""
    instance("history", history, History)
    if history.trials is None:
        raise ValueError("history must hold its trials; it was recorded with record='summary'")
    return history.trials


def _last(last: int | None, n_trials: int) -> slice:
    return slice(None) if last is None else slice(-count("last", last, 1, n_trials), None)


def _units(task: TabulatedTask | None) -> Units:
    units = units_of(task)
    if units is None:
        raise ValueError(f"task must be the task with units of work that the choices are about; got {task!r}")
    return units


def said(task: TabulatedTask | None, n_units: int | None) -> None:
    """Check what was said of a record, whether or not it is needed."""
    if task is not None:
        instance("task", task, TabulatedTask)
    if n_units is not None:
        count("n_units", n_units)


def _log(record: Any, n_units: int | None) -> tuple[Ints, int]:
    if not isinstance(record, WorkRecord):
        raise TypeError(
            "record must be a History, an exact solution, choices (`state` and `action`) or work over time (`units`); "
            f"got {type(record).__name__}"
        )
    done = np.asarray(record.units)
    if n_units is None:
        raise ValueError("n_units must say how many units were to be done; got None")
    return np.minimum(done, count("n_units", n_units)), n_units


def _summed(units: Units, done: Ints, action: Ints, offers: Bools) -> Summary:
    """Progress from units done (..., n_steps + 1), actions and offers (..., n_steps)."""
    shape, n_steps = action.shape[:-1], action.shape[-1]
    flat: Any = (each.reshape(-1, each.shape[-1]).T for each in (done, action, offers))
    found = progress(units, *flat)
    parts = (np.asarray(found[name], dtype=np.float64).reshape(shape) for name in Summary._fields[2:])
    return Summary(units.n_units, n_steps, *parts)
