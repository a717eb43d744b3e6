"""A page of a recording: the next few trials of one chunk of agents, noted step by step and summarised together."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rpe._checks import Bools, Floats, Ints
from rpe.simulate.history import Units
from rpe.simulate.recorder import UNIT, Recorder, progress, times
from rpe.tasks import Step

if TYPE_CHECKING:
    from rpe.simulate._fast.arrays import TaskArrays

# Numbers in a table of a page (2 MB), and columns (trials × agents) from which more of them save no time.
_ENTRIES = 1 << 18
_COLUMNS = 1024


def trials_of_a_page(n_trials: int, n_agents: int, n_steps: int) -> int:
    """Return how many trials to summarise together: many where agents are few, as the fixed cost is the same.

    A page holds at most one of the fixed groups of agents, or one trial.
    """
    if n_agents > UNIT:
        return 1
    return max(1, min(n_trials, _COLUMNS // n_agents, _ENTRIES // (n_agents * (n_steps + 1))))


class Page:
    """A page: buffers (n_steps (+ 1), n_trials, n) that trials are written into, and their summary.

    Attributes
    ----------
    delta : float array (n_steps + 1, n_trials, n)
        Errors on arrival; row 0 is the cue.
    action : int array (n_steps, n_trials, n)
        What was done, −1 once the trial has ended; without entries if nobody needs it.
    done, offers : int and bool arrays (n_steps + 1, n_trials, n)
        Units of work done, and whether work can be chosen; without entries if the task has none.
    reward, effort : float arrays (n_trials, n)
        Sums over the trial; without entries if they are not kept.
    length : int array (n_trials, n)
        Steps until the trial ended.
    """

    def __init__(self, whole: Recorder, first: int, last: int, n_trials: int) -> None:
        self.whole, self.columns, n = whole, slice(first, last), last - first
        inside = np.flatnonzero((whole.agents >= first) & (whole.agents < last))
        self.inside, self.picked = _as_slice(inside), _as_slice(whole.agents[inside] - first)
        self.in_full = inside.size > 0
        steps, moments = (whole.n_steps, n_trials, n), (whole.n_steps + 1, n_trials, n)
        nothing = (0, n_trials, n)
        has_units = whole.units is not None
        self.delta = np.zeros(moments)
        self.action = np.zeros(steps if self.in_full or has_units else nothing, dtype=np.int16)
        self.done = np.zeros(moments if has_units else nothing, dtype=np.int32)
        self.offers = np.zeros(moments if has_units else nothing, dtype=np.bool_)
        self.reward, self.effort = np.zeros((2, *(steps[1:] if whole.keeps_trials else (0, n))))
        self.length = np.zeros(steps[1:], dtype=np.int32)
        self._square = np.empty(moments)

    def turn(self, first: int, count: int) -> None:
        """Begin a page with the trials `first` to `first` + `count` − 1."""
        self.trials, self.count = slice(first, first + count), count
        self.reward[...], self.effort[...], self.length[...] = 0.0, 0.0, 0

    # One trial of agents that act step by step.

    def start(self, trial: int, state: Ints, delta: Any, done: Ints | None) -> None:
        """Begin a trial with the state, the error of the cue and, where states do not tell, the units done."""
        self._trial, self._now, self._together = trial, 0, 0
        at = trial - self.trials.start
        self._at, self._delta, self._action = at, self.delta[:, at], self.action[:, at]
        self._done, self._offers = self.done[:, at], self.offers[:, at]
        self._delta[0] = delta
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
        if self.in_full:
            whole.every_step["state"][self._trial, moment, self.inside] = state[self.picked]

    def step(self, action: Ints, step: Step, delta: Floats, active: Bools | None, done: Ints | None) -> None:
        """Write down one step; quantities of agents that are not active are 0 already."""
        now, whole = self._now, self.whole
        self._delta[now + 1] = delta
        if len(self._action):
            self._action[now] = action
        if active is None:
            self._together += 1
        else:
            if len(self._action):
                self._action[now][~active] = -1
            self.length[self._at] += active
        if whole.keeps_trials:
            self.reward[self._at] += step.reward
            self.effort[self._at] += step.effort
        if self.in_full:
            for name, value in (("reward", step.reward), ("effort", step.effort)):
                picked = value if np.ndim(value) == 0 else value[self.picked]
                whole.every_step[name][self._trial, now, self.inside] = picked
        self._now += 1
        self._arrive(self._now, step.state, done)

    def finish(self) -> None:
        """End the trial: what would have come after is filled in."""
        now = self._now
        self._delta[now + 1 :] = 0.0
        self._action[now:] = -1
        if self.whole.units is not None:
            self._done[now + 1 :] = self._done[now]
        self.length[self._at] += self._together
        if self.in_full:
            state = self.whole.every_step["state"][self._trial]
            state[now + 1 :, self.inside] = state[now, self.inside]

    # All trials of the page.

    def fill_all(self, delta: Floats, state: Ints, cell: Ints, task: "TaskArrays") -> None:
        """Write down whole trials from their errors, states and cells, as for `fill`."""
        count, lived = self.count, cell >= 0
        self.delta[:, :count] = delta
        self.length[:count] = lived.sum(axis=0)
        if len(self.action):
            self.action[:, :count] = np.where(lived, cell % task.n_actions, -1)
        if self.whole.units is not None:
            self.done[:, :count], self.offers[:, :count] = task.done[state], task.offers[state]
        for sums, table in ((self.reward, task.reward), (self.effort, task.effort)):
            if len(sums):
                # One step after another, as agents that act step by step are summed.
                sums[:count] = np.cumsum(np.where(lived, table[cell], 0.0), axis=0)[-1]
        if self.in_full:
            self.fill(state, cell, task.reward, task.effort)

    def fill(self, state: Ints, cell: Ints, reward: Floats, effort: Floats) -> None:
        """Write down in full what a kernel noted of all agents.

        Parameters
        ----------
        state : int array (n_steps + 1, n_trials, n)
        cell : int array (n_steps, n_trials, n)
            Where reward and effort stand in their tables (n_cells,); −1 after the end.
        """
        kept, count = self.whole.every_step, self.count
        kept["state"][self.trials][..., self.inside] = state[:, :count, self.picked].swapaxes(0, 1)
        place = cell[:, :count, self.picked].swapaxes(0, 1)
        for name, table in (("reward", reward), ("effort", effort)):
            kept[name][self.trials][..., self.inside] = np.where(place < 0, 0.0, table[place])

    def summarise(self) -> None:
        """Add the page to the recording."""
        whole, trials, count = self.whole, self.trials, self.count
        delta = self.delta[:, :count]
        _add_in_order(whole.delta_sum[trials], delta)
        _add_in_order(whole.square_sum[trials], np.square(delta, out=self._square[:, :count]))
        if self.in_full:
            for name, buffer in (("action", self.action), ("delta", self.delta), ("units", self.done)):
                if name in whole.every_step:
                    whole.every_step[name][trials][..., self.inside] = buffer[:, :count, self.picked].swapaxes(0, 1)
        summary: dict[str, Any] = {}
        if whole.keeps_trials:
            summary = {name: getattr(self, name)[:count] for name in ("length", "reward", "effort")}
        if whole.units is not None:
            # Trials side by side are as good as agents side by side.
            done, action = (table[:, :count].reshape(len(table), -1) for table in (self.done, self.action))
            offers = self.offers[:-1, :count].reshape(len(action), -1)
            whole.done_sum[trials] += self.done[:, :count].sum(axis=2, dtype=np.int64).T
            self._events(whole.units, done, delta.reshape(len(delta), -1))
            if whole.keeps_trials:
                summary |= progress(whole.units, done, action, offers)
        for name, value in summary.items():
            whole.per_trial[name][trials, self.columns] = value.reshape(count, -1)

    def _events(self, units: Units, done: npt.NDArray[Any], delta: Floats) -> None:
        """Add up the errors on reaching each sub-goal and the goal; units done never fall."""
        n_moments, n_columns = done.shape
        moment = np.stack([times(done < goal) for goal in units.goals])
        met = (moment > 0) & (moment < n_moments)
        place = np.minimum(moment, n_moments - 1) * n_columns + np.arange(n_columns)
        errors = np.where(met, delta.reshape(-1).take(place), 0.0)
        by_trial = (len(moment), self.count, -1)
        _add_in_order(self.whole.event_sum[self.trials], errors.reshape(by_trial))
        self.whole.event_count[self.trials] += met.reshape(by_trial).sum(axis=2).T


def _add_in_order(total: Floats, values: Floats) -> None:
    """Add to `total` (n_trials, n_moments) the sum over the last axis of `values` (n_moments, n_trials, n).

    It is formed within fixed groups of agents, and then group by group.
    """
    n = values.shape[2]
    if n <= UNIT:
        total += np.ascontiguousarray(values).sum(axis=2).T
        return
    only, row = values[:, 0], total[0]
    whole = n // UNIT * UNIT
    for group in only[:, :whole].reshape(len(only), -1, UNIT).sum(axis=2).T:
        row += group
    if whole < n:
        row += np.ascontiguousarray(only[:, whole:]).sum(axis=1)


def _as_slice(indices: Ints) -> Any:
    """The same choice as a slice if it has no gaps, as that is faster."""
    if indices.size and (np.diff(indices) == 1).all():
        return slice(int(indices[0]), int(indices[-1]) + 1)
    return indices
