"""The dopamine of behaviour: a history read as events, each with its firing, release and receptor occupancy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, choice, count, flag, numbers, scalar
from rpe.dopamine.events import KINDS, Reader, largest_payout, recorded
from rpe.dopamine.firing import firing_rate
from rpe.dopamine.history import RecordedHistory
from rpe.dopamine.kinetics import Kinetics, balance, kinetics_of
from rpe.dopamine.release import FASTEST
from rpe.dopamine.transients import Response, Setting, transient
from rpe.table import Table

# Samples of traces worked out at a time: some 100 MB.
_SAMPLES = 1 << 21


class Traces(NamedTuple):
    """Means over agents around each event of some trials; NaN where no agent had the event.

    Attributes
    ----------
    times : float array (n_samples,)
        s from the event.
    events : tuple of str
        Names: "cue", "sub-goal 1" and so on, "goal", "omission".
    trials : int array (n_trials,)
        Which trials.
    delta, rate, concentration, d1, d2 : float array (n_trials, n_events, n_samples)
        δ while it drives firing, reward units; firing, Hz; dopamine, nM; share of receptors
        occupied.
    n_agents : int array (n_trials, n_events)
        How many events each mean is over.
    step : float array (n_trials, n_events)
        Mean step at which the event happened; 0 is the start of the trial.
    """

    times: Floats
    events: tuple[str, ...]
    trials: Ints
    delta: Floats
    rate: Floats
    concentration: Floats
    d1: Floats
    d2: Floats
    n_agents: Ints
    step: Floats


class Coding(NamedTuple):
    """How errors become firing, as in `firing_rate`.

    Attributes
    ----------
    gain_positive, gain_negative : float
        Hz per scaled error.
    ceiling : float
        Greatest rate, Hz.
    """

    gain_positive: float
    gain_negative: float
    ceiling: float


@dataclass(frozen=True, eq=False)
class Signal:
    """What happened when in a run, in seconds, hertz and nanomolar; made by `from_history`.

    Attributes
    ----------
    peaks : Table
        One row an event: `agent`, `trial`, `event` (name), `kind` ("cue", "sub-goal", "goal",
        "omission"), `goal` (number of the sub-goal, from 1; 0 for the cue), `step`, `time_s` from
        the start of the trial, `error` (reward units), `scaled_error` (largest payouts, or
        whatever `reward_scale` is), `rate_Hz` of the pulse, `tonic_nM`, `peak_nM` (where the
        concentration is farthest from its tonic level: the trough of a dip), `area_nM_s` above
        the tonic level, `d1` and `d2` (occupancy where it is farthest from its tonic level).
    agents, trials : int array
        Which agents and trials were read.
    events : tuple of str
        Names of all events that can happen, in the order of a trial.
    seconds_per_step : float
        How long a step of the task lasts, s.
    reward_scale : float
        What errors were divided by, reward units.
    tonic_rate, tonic : float array (n_agents, n_trials)
        Firing between events, Hz, and the steady concentration that goes with it, nM.
    total_area : float array (n_agents, n_trials)
        Area above the tonic level of the errors at *all* moments of a trial, nM s: the steady drip.
    wins, duration : float array (n_agents, n_trials)
        Sub-goals and goals reached, omissions left out; length of the trial, s.
    coding : Coding
        From errors to firing.
    setting : Setting
        Kinetics, synchrony, pulse, window and receptors.
    """

    peaks: Table
    agents: Ints
    trials: Ints
    events: tuple[str, ...]
    seconds_per_step: float
    reward_scale: float
    tonic_rate: Floats
    tonic: Floats
    total_area: Floats
    wins: Floats
    duration: Floats
    coding: Coding
    setting: Setting

    def __repr__(self) -> str:
        return (
            f"Signal({len(self.agents)} agents, {len(self.trials)} trials, {self.peaks.n_rows} events: "
            f"{', '.join(self.events)})"
        )

    @property
    def times(self) -> Floats:
        """Fine time axis of each event, s, (n_samples,)."""
        return self.setting.times

    @cached_property
    def _number(self) -> Ints:
        """Number of each event in `events`."""
        number = {name: i for i, name in enumerate(self.events)}
        return np.array([number[str(name)] for name in self.peaks["event"]], dtype=np.int64)

    def mean(self, column: str = "peak_nM") -> Floats:
        """Return the mean over agents of a column of `peaks`, (n_events, n_trials); NaN where nothing happened.

        Raises
        ------
        ValueError
            If `peaks` has no such column of numbers.
        """
        numeric = [name for name in self.peaks if self.peaks[name].dtype.kind in "if"]
        values = self.peaks[choice("column", column, numeric)]
        place = self._number * len(self.trials) + np.searchsorted(self.trials, self.peaks["trial"])
        n = len(self.events) * len(self.trials)
        total, many = np.bincount(place, values, n), np.bincount(place, minlength=n)
        out = np.divide(total, many, out=np.full(n, np.nan), where=many > 0)
        return np.asarray(out.reshape(len(self.events), len(self.trials)))

    def concentration(self, error: npt.ArrayLike, tonic_rate: float = 5.0) -> Floats:
        """Return what errors would do to dopamine: nM at `times`, (n, n_samples).

        Parameters
        ----------
        error : float array (n,)
            δ, reward units.
        tonic_rate : float
            Hz.

        Raises
        ------
        TypeError, ValueError
            For NaN, more than one dimension, or a rate above the ceiling.
        """
        errors = np.atleast_1d(numbers("error", error))
        if errors.ndim != 1:
            raise ValueError(f"error must have the shape (n,); got {errors.shape}")
        tonic = np.full_like(errors, scalar("tonic_rate", tonic_rate, 0, self.coding.ceiling))
        rate = firing_rate(errors / self.reward_scale, baseline=tonic, **self.coding._asdict())
        return transient(self.setting, rate, tonic).concentration

    def traces(self, trials: Sequence[int] | None = None) -> Traces:
        """Return means over agents of the whole chain around each event of some trials.

        Parameters
        ----------
        trials : sequence of int, optional
            Which trials; all that were read by default. The result holds 5 × 8 bytes per trial,
            event and sample; what is worked out on the way stays below about 300 MB.

        Returns
        -------
        Traces

        Raises
        ------
        TypeError, ValueError
            For trials that were not read.
        """
        asked = self.trials if trials is None else _chosen("trials", trials, self.trials)
        shape = (len(asked), len(self.events), len(self.times))
        sums = np.zeros((5, shape[0] * shape[1], shape[2]))
        many, steps = np.zeros(shape[0] * shape[1], dtype=np.int64), np.zeros(shape[0] * shape[1])
        place_of = {int(trial): i for i, trial in enumerate(asked)}
        rows = np.flatnonzero(np.isin(self.peaks["trial"], asked))
        size = max(1, _SAMPLES // shape[2])
        for part in (rows[i : i + size] for i in range(0, len(rows), size)):
            trial = np.array([place_of[int(t)] for t in self.peaks["trial"][part]], dtype=np.int64)
            place = trial * shape[1] + self._number[part]
            for i, traced in enumerate(self._traced(part)):
                np.add.at(sums[i], place, traced)
            np.add.at(many, place, 1)
            np.add.at(steps, place, self.peaks["step"][part])
        with np.errstate(invalid="ignore"):
            delta, rate, level, d1, d2 = (sums / many[:, None]).reshape(5, *shape)
            step = (steps / many).reshape(shape[:2])
        return Traces(self.times, self.events, asked, delta, rate, level, d1, d2, many.reshape(shape[:2]), step)

    def _traced(self, rows: Ints) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """δ, firing, concentration and occupancies (n, n_samples) of some events."""
        error, rate = self.peaks["error"][rows], self.peaks["rate_Hz"][rows]
        agent = np.searchsorted(self.agents, self.peaks["agent"][rows])
        tonic = self.tonic_rate[agent, np.searchsorted(self.trials, self.peaks["trial"][rows])]
        found = transient(self.setting, rate, tonic)
        # Rounding must not move the samples at the edges of the pulse.
        driven = (self.times >= -1e-9) & (self.times < self.setting.pulse - 1e-9)
        firing = np.where(driven, rate[:, None], tonic[:, None])
        return error[:, None] * driven, firing, found.concentration, found.d1, found.d2


def from_history(
    history: RecordedHistory,
    *,
    seconds_per_step: float,
    reward_scale: Literal["range"] | float | None = "range",
    pulse: float = 0.2,
    window: tuple[float, float] = (-1.0, 5.0),
    dt: float = 0.02,
    region: str | Kinetics = "accumbens",
    synchrony: float = 0.3,
    uptake_block: float = 1.0,
    autoreceptors: bool = True,
    receptors: Literal["instant", "slow"] = "instant",
    baseline: float = 5.0,
    gain_positive: float = 25.0,
    gain_negative: float = 5.0,
    ceiling: float = 40.0,
    tonic_gain: float = 0.0,
    tonic_memory: float = 0.1,
    agents: Sequence[int] | None = None,
    trials: Sequence[int] | None = None,
    units: npt.ArrayLike | Callable[[Ints], npt.ArrayLike] | None = None,
    sub_goals: Sequence[int] | None = None,
) -> Signal:
    """Return the dopamine of a behavioural run: firing, release and occupancy at cue, sub-goals and goal.

    A step of a task lasts seconds to days, a transient half a second. So each prediction error is an
    event at the moment of arrival, with a fine time axis of its own: for `pulse` seconds it drives
    firing, ν = clip(ν₀ + k₊ [δ/s]₊ − k₋ [−δ/s]₊, 0, ceiling), on top of the tonic rate ν₀; release
    and uptake follow (see `release`), and between events the concentration rests at its steady
    state. Errors are stamped on arrival: moment t follows step t − 1, moment 0 is the cue (index 0
    of `history.full.delta`, which is longer by one than `history.full.reward`).

    Assumptions, by name: *isolated events* (each starts from rest); *square pulses* of constant
    length without latency; *linear coding* between silence and ceiling; *range adaptation* (errors
    are divided by the largest payout of one step, as neurons adapt to the range of rewards; animals
    drinking, not people working); *one kinetics* for all agents; *tonic follows average reward* only
    if `tonic_gain` is not 0.

    Events are the cue, each sub-goal, the goal, and omissions: a sub-goal or goal that is reached and
    pays nothing although the task pays there, or a trial that ends without its goal. A task that
    counts units says where its sub-goals stand (`CountsProgress`); without units, a trial whose last
    step pays has reached its goal.

    The error of a planner, which learns nothing, is how its prospects change: δ = r − e + V(s′) −
    V(s), without a discount, where V(s) is what the plan is worth, under its own discount function,
    to the self that is in s, and 0 after the end; at the cue δ = V(s₀). So the errors of a trial add up
    to the utility it brought, exactly, for consistent and inconsistent discounting alike; on a path that was foreseen
    they are not 0 but rise as the payout nears.

    Parameters
    ----------
    history : History
        A run with agents recorded in full.
    seconds_per_step : float
        How long a step of the task lasts, s; at least as long as `window`, so that transients do not
        overlap (for faster tasks use `release` on the whole trace).
    reward_scale : "range", float or None
        s: the largest payout of one step of the task (without tables: that anybody received), a
        number of reward units, or None for 1.
    pulse : float
        How long an error drives firing, s, within the window.
    window : (float, float)
        Of the fine time axis, s from the event; from at most 0 to more than 0.
    dt : float
        Between samples of the fine time axis, s. Peaks do not depend on it.
    region, synchrony, uptake_block, autoreceptors
        As in `release`.
    receptors : {"instant", "slow"}
        Kinetics of D1 and D2 receptors, as in `occupancy`.
    baseline, gain_positive, gain_negative, ceiling : float
        ν₀ (Hz), k₊ and k₋ (Hz per scaled error) and the greatest rate (Hz), as in `firing_rate`.
    tonic_gain : float
        Hz by which tonic firing rises per scaled reward unit per step of average reward over earlier
        trials (Niv et al. 2007: tonic dopamine as average reward; the gain is an assumption).
    tonic_memory : float
        Weight in (0, 1] of the latest trial in that average.
    agents : sequence of int, optional
        Which of the agents recorded in full, by their number in the run; all by default.
    trials : sequence of int, optional
        Which trials; all by default.
    units : int array or callable, optional
        Units done at each moment, of the shape of `history.full.state`, or a function from those
        states to units; for environments that do not count them.
    sub_goals : sequence of int, optional
        Units at which sub-goals stand, rising; those of the task by default.

    Returns
    -------
    Signal
        Its memory is about 150 bytes an event; blocks on the way to it take below 300 MB.

    Raises
    ------
    TypeError, ValueError
        For a history without agents in full, sub-goals that do not exist, or parameters out of range.

    References
    ----------
    Tobler, P. N., Fiorillo, C. D. & Schultz, W. (2005). Adaptive coding of reward value by dopamine
    neurons. Science 307, 1642-1645. doi:10.1126/science.1105370
    Niv, Y., Daw, N. D., Joel, D. & Dayan, P. (2007). Tonic dopamine: opportunity costs and the control
    of response vigor. Psychopharmacology 191, 507-520. doi:10.1007/s00213-006-0502-4

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner(discount=0.98, trace_decay=0.9)
    >>> task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0)
    >>> history = rpe.simulate.run(learner, task, n_agents=3, n_trials=50, rng=0)
    >>> signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)
    >>> signal.events, signal.mean("peak_nM").shape
    (('cue', 'sub-goal 1', 'goal', 'omission'), (4, 50))
    """
    full = recorded(history)
    chosen = full.agents if agents is None else _chosen("agents", agents, full.agents)
    every = range(full.state.shape[1])
    shown = _chosen("trials", every if trials is None else trials, every)
    kinetics = kinetics_of(region, uptake_block, autoreceptors=flag("autoreceptors", autoreceptors))
    kind = choice("receptors", receptors, ("instant", "slow"))
    setting = Setting(kinetics, scalar("synchrony", synchrony, 0, 1), *_time(pulse, window, dt), kind)
    seconds = scalar("seconds_per_step", seconds_per_step, setting.window[1] - setting.window[0])
    scale = _scale(history, reward_scale)
    top = scalar("ceiling", ceiling, 0, FASTEST)
    tonic = scalar("baseline", baseline, 0, top)
    coding = Coding(scalar("gain_positive", gain_positive, 0), scalar("gain_negative", gain_negative, 0), top)
    place = np.searchsorted(full.agents, chosen)
    reader = Reader(history, place, units, sub_goals)
    follows = scalar("tonic_gain", tonic_gain), scalar("tonic_memory", tonic_memory, 0, 1, open_low=True)
    tonic_rate = np.clip(tonic + _average_reward(history, place, follows[1])[:, shown] / scale * follows[0], 0, top)
    chain = _Chain(reader, setting, scale, tonic_rate, coding, Response(setting, tonic_rate, top))
    return chain.signal(chosen, shown, seconds)


def prediction_errors(
    history: RecordedHistory, *, agents: Sequence[int] | None = None, trials: Sequence[int] | None = None
) -> Floats:
    """Return the prediction errors of a run at every moment, those of planners included.

    For agents that record an error it is the record, for planners the change of what their plan is
    worth (see `from_history`).

    Parameters
    ----------
    history : History
        A run with agents recorded in full.
    agents, trials : sequence of int, optional
        Which; all by default.

    Returns
    -------
    float array (n_agents, n_trials, n_steps + 1)
        δ on arrival, reward units; index 0 is the cue.

    Raises
    ------
    TypeError, ValueError
        As `from_history`.

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0)
    >>> history = rpe.simulate.run(planner, task, n_agents=1, rng=0)
    >>> brought = history.trials.reward - history.trials.effort
    >>> bool(abs(prediction_errors(history).sum() - brought.sum()) < 1e-9)
    True
    """
    full = recorded(history)
    chosen = full.agents if agents is None else _chosen("agents", agents, full.agents)
    every = range(full.state.shape[1])
    shown = _chosen("trials", every if trials is None else trials, every)
    return Reader(history, np.searchsorted(full.agents, chosen), None, None).errors(shown)


class _Chain(NamedTuple):
    """From errors to nanomolar, with all that it needs."""

    reader: Reader
    setting: Setting
    scale: float
    tonic_rate: Floats
    coding: Coding
    response: Response

    def signal(self, agents: Ints, trials: Ints, seconds: float) -> Signal:
        """Read the trials block by block."""
        steady, _ = balance(self.setting.kinetics, self.setting.kinetics.release * self.tonic_rate)
        shape = self.tonic_rate.shape
        area, wins, length = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        parts: list[list[npt.NDArray[np.generic]]] = []
        for block in self.reader.blocks(np.arange(len(trials))):
            found = self.reader.read(trials[block])
            column = np.searchsorted(trials, found.trial)
            tonic = self.tonic_rate[found.row, column]
            rate = self._rate(found.error, tonic)
            parts.append([*found, rate, steady[found.row, column], *self.response(rate, tonic)])
            reached = (found.kind == 1) | (found.kind == 2)
            np.add.at(wins, (found.row[reached], column[reached]), 1.0)
            area[:, block] = self._drip(trials[block], self.tonic_rate[:, block])
            place = np.ix_(self.reader.rows, trials[block])
            length[:, block] = (self.reader.full.action[place] >= 0).sum(axis=-1)
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        names, peaks = self._table(columns, agents, seconds)
        return Signal(
            peaks,
            agents,
            trials,
            names,
            seconds,
            self.scale,
            self.tonic_rate,
            steady,
            area,
            wins,
            length * seconds,
            self.coding,
            self.setting,
        )

    def _rate(self, error: Floats, tonic: Floats) -> Floats:
        """Firing during the pulse, Hz, on its own tonic rate."""
        return firing_rate(error / self.scale, baseline=tonic, **self.coding._asdict())

    def _drip(self, trials: Ints, tonic: Floats) -> Floats:
        """Area above the tonic level of all errors of each trial, nM s."""
        errors = np.nan_to_num(self.reader.errors(trials))
        level = np.broadcast_to(tonic[..., None], errors.shape)
        area = self.response(self._rate(errors, level).ravel(), level.ravel())[1].reshape(errors.shape)
        return np.asarray(area.sum(axis=-1))

    def _table(
        self, columns: list[npt.NDArray[np.generic]], agents: Ints, seconds: float
    ) -> tuple[tuple[str, ...], Table]:
        row, trial, step, kind, goal, error, rate, steady, extreme, area, d1, d2 = columns
        n = self.reader.n_sub_goals
        names = ("cue", *(f"sub-goal {i}" for i in range(1, n + 1)), "goal", "omission")
        number = np.select([kind == 0, kind == 1, kind == 2], [0, goal, n + 1], n + 2)
        order = np.lexsort((number, step, trial, row))
        about: dict[str, object] = {
            "seconds_per_step": seconds,
            "reward_scale": self.scale,
            **self.setting._asdict(),
            **self.coding._asdict(),
        }
        about["kinetics"] = self.setting.kinetics._asdict()
        found = {
            "agent": agents[row.astype(np.int64)],
            "trial": trial,
            "event": np.array(names)[number.astype(np.int64)],
            "kind": np.array(KINDS)[kind.astype(np.int64)],
            "goal": goal,
            "step": step,
            "time_s": step.astype(np.float64) * seconds,
            "error": error,
            "scaled_error": error.astype(np.float64) / self.scale,
            "rate_Hz": rate,
            "tonic_nM": steady,
            "peak_nM": extreme,
            "area_nM_s": area,
            "d1": d1,
            "d2": d2,
        }
        return names, Table({name: values[order] for name, values in found.items()}, about)


def _time(pulse: float, window: tuple[float, float], dt: float) -> tuple[float, tuple[float, float], float]:
    """Check the fine time axis."""
    ends = np.asarray(window, dtype=np.float64)
    if ends.shape != (2,):
        raise ValueError(f"window must be (from, to) in s; got {window!r}")
    low, high = scalar("window[0]", ends[0], high=0), scalar("window[1]", ends[1], 0, open_low=True)
    length = scalar("pulse", pulse, 0, high, open_low=True)
    # Traces of more samples than this are not asked for by anybody who wants an answer.
    return length, (low, high), scalar("dt", dt, (high - low) / 100_000, high - low)


def _scale(history: RecordedHistory, reward_scale: Literal["range"] | float | None) -> float:
    if reward_scale is None:
        return 1.0
    if isinstance(reward_scale, str):
        choice("reward_scale", reward_scale, ("range",))
        return largest_payout(history)
    return scalar("reward_scale", reward_scale, 0, open_low=True)


def _average_reward(history: RecordedHistory, rows: Ints, memory: float) -> Floats:
    """Reward per step that each agent is used to before each trial, (n, n_trials), in reward units."""
    full = recorded(history)
    steps = np.maximum((full.action[rows] >= 0).sum(axis=-1), 1)
    income = full.reward[rows].sum(axis=-1) / steps
    average = np.zeros_like(income)
    for trial in range(1, income.shape[1]):
        average[:, trial] = average[:, trial - 1] + memory * (income[:, trial - 1] - average[:, trial - 1])
    return average


def _chosen(name: str, value: Sequence[int] | Ints, known: Sequence[int] | Ints | range) -> Ints:
    """Return different numbers, rising, that are among the known ones."""
    among = {int(i) for i in known}
    given = [count(name, i, 0) for i in value]
    for i in given:
        if i not in among:
            raise ValueError(f"{name} must be among the {len(among)} that were recorded, up to {max(among)}; got {i}")
    if not given or len(set(given)) < len(given):
        raise ValueError(f"{name} must name at least one, and each once; got {given}")
    return np.array(sorted(given), dtype=np.int64)
