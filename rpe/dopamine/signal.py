"""The dopamine of a run: events with firing, release and receptor occupancy, their means and traces."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, choice, count, numbers, scalar, sequence
from rpe.dopamine.firing import firing_rate
from rpe.dopamine.transients import Setting, transient
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

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=4, deadline=8)
    >>> learner = rpe.agents.QLearner(discount=0.95, inverse_temperature=1.0)
    >>> history = rpe.simulate.run(learner, task, n_agents=8, n_trials=5, rng=0, record="all")
    >>> traces = rpe.dopamine.from_history(history, seconds_per_step=60.0).traces(trials=[0, 4])
    >>> traces.events, traces.rate.shape == traces.concentration.shape
    (('cue', 'sub-goal 1', 'goal', 'omission'), True)
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

    Examples
    --------
    >>> import rpe
    >>> task = rpe.tasks.micro_wins(2, n_units=4, deadline=8)
    >>> learner = rpe.agents.QLearner(discount=0.95, inverse_temperature=1.0)
    >>> history = rpe.simulate.run(learner, task, n_agents=8, n_trials=50, rng=0, record="all")
    >>> signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)
    >>> signal.events, signal.mean("peak_nM").shape
    (('cue', 'sub-goal 1', 'goal', 'omission'), (4, 50))
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
        asked = self.trials if trials is None else chosen("trials", trials, self.trials)
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


def chosen(name: str, value: Sequence[int] | Ints, known: Sequence[int] | Ints | range) -> Ints:
    """Return different numbers, rising, that are among the known ones."""
    among = {int(i) for i in known}
    given = [count(name, i, 0) for i in sequence(name, value)]
    for i in given:
        if i not in among:
            raise ValueError(f"{name} must be among the {len(among)} that were recorded, up to {max(among)}; got {i}")
    if not given or len(set(given)) < len(given):
        raise ValueError(f"{name} must name at least one, and each once; got {given}")
    return np.array(sorted(given), dtype=np.int64)
