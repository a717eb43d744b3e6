"""Theories of dopamine as models of recorded signals: a theory, a schedule, and the sensor between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rpe._checks import (
    ArrayLike,
    Floats,
    PerAgent,
    Seed,
    default,
    generator,
    instance,
    mapping,
    numbers,
    parameter,
    scalar,
    text,
)
from rpe.fit.model import Free, Parameter, path_of, read_field, replaced
from rpe.records import Signals
from rpe.schedules import Schedule
from rpe.theories import Divergence
from rpe.theories.protocol import Theory, checked, name_of

# Gain, offset and noise, which each animal has of its own.
N_OF_SENSOR = 3


@dataclass(frozen=True)
class Sensor:
    """Sensor of dopamine: y = g · (k ∗ δ) + b + ε, with an exponential kernel k and white noise ε.

    Parameters
    ----------
    decay : float or array (n_agents,)
        τ ≥ 0, s, of k(t) = e^(−t/τ) scaled to a sum of 1; 0 shows the signal as it is. May be a free
        parameter, "sensor.decay".
    gain : float
        g > 0, recorded units per reward unit. For simulated recordings, as the next two; fits
        estimate all three for each animal.
    offset : float
        b, recorded units.
    noise : float
        Standard deviation of ε in each step, ≥ 0, recorded units.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    Examples
    --------
    >>> Sensor(decay=0.1).shown(np.array([[[1.0, 0.0]]]), dt=0.1).round(3)
    array([[[0.632, 0.233]]])
    """

    decay: PerAgent = default(0.0)
    gain: float = 1.0
    offset: float = 0.0
    noise: float = 0.5

    def __post_init__(self) -> None:
        object.__setattr__(self, "decay", parameter("decay", self.decay, 0))
        scalar("gain", self.gain, 0, open_low=True)
        scalar("offset", self.offset)
        scalar("noise", self.noise, 0)

    def shown(self, signal: Floats, dt: float) -> Floats:
        """Return k ∗ signal within each trial, (n_agents, n_trials, n_steps), for steps of `dt` s.

        Parameters
        ----------
        signal : float array (n_agents, n_trials, n_steps)
            NaN where there is none.
        dt : float
            Length of a step, s.
        """
        signal, dt = numbers("signal", signal, missing=True), scalar("dt", dt, 0, open_low=True)
        if signal.ndim != 3:
            raise ValueError(f"signal must have shape (n_agents, n_trials, n_steps); got {signal.shape}")
        if not self.decay.any():
            return signal
        with np.errstate(divide="ignore"):
            kept = np.exp(-dt / self.decay).reshape(-1, 1)
        shown = np.empty(np.broadcast_shapes(signal.shape, (kept.size, 1, 1)))
        level = np.zeros(shown.shape[:2])
        for step in range(signal.shape[2]):
            level = kept * level + (1 - kept) * signal[:, :, step]
            shown[:, :, step] = level
        return shown


@dataclass(frozen=True, eq=False)
class SignalModel(Free):
    """A theory of dopamine as a model of recorded signals, with some of its parameters free.

    The recorded signal is g · (k ∗ δ) + b + ε, see `Sensor`. Gain g ≥ 0, offset b and noise σ of each
    animal are found in closed form for any values of the free parameters, and counted as parameters.
    Steps in which a theory says nothing (NaN) stand for no response.

    Parameters
    ----------
    theory : Theory
        A frozen dataclass, such as those of `rpe.theories`.
    schedule : Schedule, or mapping of str to Schedule
        What the animals went through, or of each animal by name. Trials are those of the record.
    parameters : mapping of str to Parameter
        By name: a field of the theory, or of a part of it, such as "theory.discount" of a theory
        around another one; or "sensor.decay". Those that the theory takes per agent are searched in batches.
    name : str
        For tables and figures; by default that of the theory.
    event : float
        When the event that the recorded times count from is in a trial, s from its start.
    sensor : Sensor
        Its kernel; gain, offset and noise are only used by `simulated`.
    seed : int
        For theories that draw numbers; the same draws for all values of the parameters.

    Raises
    ------
    TypeError, ValueError
        If nothing is free, or the theory has no such field.

    Notes
    -----
    The noise is taken as independent from step to step. Where it is not, as `Fit.report` says, criteria such
    as BIC overstate what the data say; `cross_validate` leaves out whole runs of trials.

    Examples
    --------
    >>> import rpe
    >>> schedule = rpe.schedules.delay_conditioning(30, delay=1.0, dt=0.5, duration=2.0)
    >>> rate = {"learning_rate": Parameter(0, 1)}
    >>> model = SignalModel(rpe.theories.RescorlaWagner(), schedule, rate, sensor=Sensor(gain=2.0, noise=0.05))
    >>> data = rpe.fit.simulated(model, [[0.2]], data="signals", rng=0)
    >>> found = rpe.fit.fit(model, data, n_starts=3, rng=0)
    >>> found.estimates.round(1), found.table["gain"].round(1)
    (array([[0.2]]), array([2.]))
    """

    theory: Theory
    schedule: Schedule | Mapping[str, Schedule]
    parameters: Mapping[str, Parameter]
    name: str = ""
    event: float = 0.0
    sensor: Sensor = Sensor()
    seed: int = 0

    def __post_init__(self) -> None:
        checked(self.theory)
        instance("sensor", self.sensor, Sensor)
        if isinstance(self.schedule, Mapping):
            if not self.schedule:
                raise ValueError("schedule must hold one of every animal; got none")
            for name, schedule in mapping("schedule", self.schedule).items():
                instance(f"schedule[{name!r}]", schedule, Schedule)
        else:
            instance("schedule", self.schedule, Schedule)
        self.check_parameters()
        scalar("event", self.event)
        text("name", self.name)
        generator(self.seed, "seed")
        if not self.name:
            object.__setattr__(self, "name", name_of(self.theory))
        for name in self.parameters:
            read_field(*self._place(name), name)

    @property
    def n_parameters(self) -> int:
        """Number of free parameters, with gain, offset and noise."""
        return len(self.parameters) + N_OF_SENSOR

    def held(self, name: str) -> float | str:
        """Return the number that the theory or the sensor has of a free parameter."""
        return float(np.asarray(read_field(*self._place(name), name), dtype=np.float64).item())

    def at(self, values: ArrayLike) -> tuple[Theory, Schedule | Mapping[str, Schedule]]:
        """Return the theory with these values (n_free,) of its free parameters, and the schedule."""
        theory: Any = self.theory
        for name, value in zip(self.parameters, np.asarray(values, dtype=np.float64), strict=True):
            key, path = self._root(name)
            theory = replaced(theory, path, float(value)) if key == "theory" else theory
        return theory, self.schedule

    def schedule_of(self, subject: str) -> Schedule:
        """Return what an animal went through.

        Raises
        ------
        ValueError
            If there is none for it.
        """
        if isinstance(self.schedule, Schedule):
            return self.schedule
        if subject not in self.schedule:
            raise ValueError(f"schedule must have one for {subject!r}; got {', '.join(self.schedule)}")
        return self.schedule[subject]

    def predicted(self, schedule: Schedule, values: Floats, rng: Seed = None) -> Floats:
        """Return k ∗ δ for values (n, n_free) of the free parameters, (n, n_trials, n_steps).

        NaN in all steps where the theory diverges.
        """
        instance("schedule", schedule, Schedule)
        values = numbers("values", values)
        n_free = len(self.parameters)
        if values.ndim != 2 or values.shape[1] != n_free:
            raise ValueError(f"values must have shape (n, {n_free}); got {values.shape}")
        rng = self.seed if rng is None else rng
        batched = all(self._takes_arrays(name) for name in self.parameters)
        if batched and (together := self._learned(schedule, values, rng)) is not None:
            return together
        silent = np.full((1, schedule.n_trials, schedule.n_steps), np.nan)
        each = [self._learned(schedule, row, rng) for row in values]
        return np.concatenate([silent if one is None else one for one in each])

    def _learned(self, schedule: Schedule, values: Floats, rng: Seed) -> Floats | None:
        """The signal for values (n, n_free) at once, or (n_free,) of one agent; None where it diverges."""
        parts: dict[str, Any] = {"theory": self.theory, "sensor": self.sensor}
        for i, name in enumerate(self.parameters):
            key, path = self._root(name)
            # One agent has plain numbers, which is what all fields take.
            value = np.array(values[:, i]) if values.ndim == 2 else float(values[i])
            parts[key] = replaced(parts[key], path, value)
        try:
            delta = parts["theory"].learn(schedule, rng).delta
        except Divergence:
            return None
        shown = parts["sensor"].shown(np.nan_to_num(delta, nan=0.0), schedule.dt)
        return np.broadcast_to(shown, (len(np.atleast_2d(values)), *shown.shape[1:]))

    def _takes_arrays(self, name: str) -> bool:
        # What is kept as an array takes one per agent.
        return isinstance(read_field(*self._place(name), name), np.ndarray)

    def _root(self, name: str) -> tuple[str, list[str]]:
        path = path_of(name)
        return ("sensor", path[1:]) if path[0] == "sensor" else ("theory", path)

    def _place(self, name: str) -> tuple[Any, list[str]]:
        key, path = self._root(name)
        return (self.sensor if key == "sensor" else self.theory), path


def simulated_signals(model: SignalModel, true: Floats, rng: np.random.Generator) -> Signals:
    """Return recordings of one animal per row of parameters, with the noise of the model's sensor."""
    names = tuple(map(str, range(len(true))))
    for_theory, for_noise = rng.spawn(2)
    parts = []
    for name, row, own in zip(names, true, for_theory.spawn(len(true)), strict=True):
        parts.append(model.predicted(model.schedule_of(name), row[None], own)[0])
    if len({part.shape for part in parts}) > 1:
        raise ValueError("schedule must have as many trials and steps for all animals of a simulation")
    clean, schedule = np.stack(parts), model.schedule_of(names[0])
    if np.isnan(clean).any():
        raise ValueError(f"true must leave the theory bounded; {model.name!r} diverges")
    sensor = model.sensor
    seen = sensor.offset + sensor.gain * clean + sensor.noise * for_noise.standard_normal(clean.shape)
    return Signals(names, schedule.times - model.event, seen)
