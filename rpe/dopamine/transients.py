"""Transients: what one event, a pulse of firing on a tonic level, does to dopamine and its receptors."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Floats, Ints
from rpe.dopamine.kinetics import Kinetics, advance, balance, first_step
from rpe.dopamine.receptors import occupancy

# Rates at which the response to an event is worked out; between them it is a straight line, which
# is right to a thousandth of a nM for pulses that a neuron can fire.
_N_RATES, _N_TONIC = 513, 33
_ROWS = 4096


class Setting(NamedTuple):
    """How an event becomes dopamine.

    Attributes
    ----------
    kinetics : Kinetics
    synchrony : float
        Share of terminals that follow the pulse.
    pulse : float
        How long an event drives firing, s.
    window : (float, float)
        s from the event.
    dt : float
        Between samples, s.
    receptors : str
        Kinetics of the receptors.
    """

    kinetics: Kinetics
    synchrony: float
    pulse: float
    window: tuple[float, float]
    dt: float
    receptors: str

    @property
    def times(self) -> Floats:
        """Samples, s from the event, (n_samples,)."""
        n = int(np.floor((self.window[1] - self.window[0]) / self.dt + 1e-9)) + 1
        return np.asarray(self.window[0] + self.dt * np.arange(n))


class Transient(NamedTuple):
    """What events do, on the samples of a setting and the end of the pulse.

    Attributes
    ----------
    concentration : float array (n, n_samples)
        nM.
    d1, d2 : float array (n, n_samples)
        Share of receptors occupied.
    extreme, area : float array (n,)
        C where it is farthest from its tonic level, nM, and area from the event on above that
        level, nM s.
    extreme_d1, extreme_d2 : float array (n,)
        Occupancy where it is farthest from its tonic level.
    """

    concentration: Floats
    d1: Floats
    d2: Floats
    extreme: Floats
    area: Floats
    extreme_d1: Floats
    extreme_d2: Floats


def transient(setting: Setting, rate: Floats, tonic: Floats) -> Transient:
    """Return what pulses of firing at `rate` (n,) do on tonic firing at `tonic` (n,), Hz."""
    blocks = [
        _transient(setting, rate[i : i + _ROWS], tonic[i : i + _ROWS]) for i in range(0, max(len(rate), 1), _ROWS)
    ]
    return Transient._make(np.concatenate(part) for part in zip(*blocks, strict=True))


def _transient(setting: Setting, rate: Floats, tonic: Floats) -> Transient:
    kinetics, times = setting.kinetics, setting.times
    # The end of the pulse is a sample of its own: there the concentration turns.
    grid, is_sample = _grid(times, setting.pulse)
    rest = kinetics.release * tonic
    driven = kinetics.release * (tonic + setting.synchrony * (rate - tonic))
    state = np.array(balance(kinetics, rest))
    start = state[0]
    trace = np.empty((len(grid), len(rate)))
    step, before = first_step(), 0.0
    for i, time in enumerate(grid):
        if time <= 0:
            trace[i] = start
            continue
        if before == setting.pulse:
            step = first_step()
        inside = time <= setting.pulse
        state, step = advance(kinetics, driven if inside else rest, state, time - max(before, 0.0), step)
        trace[i], before = state[0], time
    level = np.ascontiguousarray(trace.T)
    d1, d2 = _bound(level, grid, setting)
    extremes = [_farthest(x) for x in (level, d1, d2)]
    after = grid >= 0
    change = level[:, after] - start[:, None]
    area = 0.5 * ((change[:, 1:] + change[:, :-1]) * np.diff(grid[after])).sum(axis=1)
    return Transient(level[:, is_sample], d1[:, is_sample], d2[:, is_sample], extremes[0], area, *extremes[1:])


def _grid(times: Floats, pulse: float) -> tuple[Floats, Ints]:
    """Samples with the start and the end of the pulse among them, and where the samples are."""
    rounded = np.where(np.abs(times) < 1e-9, 0.0, np.where(np.abs(times - pulse) < 1e-9, pulse, times))
    grid = np.union1d(rounded, [0.0, pulse])
    return grid, np.searchsorted(grid, rounded)


def _bound(level: Floats, grid: Floats, setting: Setting) -> tuple[Floats, Floats]:
    """Occupancy of D1 and D2; slow receptors take each piece of the grid as a step of its length."""
    if setting.receptors == "instant":
        d1, d2 = (occupancy(level, setting.dt, receptor=name) for name in ("D1", "D2"))
        return d1, d2
    out = []
    for name in ("D1", "D2"):
        bound = np.empty_like(level)
        bound[:, :1] = occupancy(level[:, :1], setting.dt, receptor=name, kinetics="slow")
        for i, length in enumerate(np.diff(grid), 1):
            # The mean of both ends stands for the concentration between them.
            middle = 0.5 * (level[:, i - 1] + level[:, i])
            bound[:, i] = _slow_step(bound[:, i - 1], middle, float(length), name)
        out.append(bound)
    return out[0], out[1]


def _slow_step(bound: Floats, level: Floats, length: float, receptor: str) -> Floats:
    from rpe.dopamine.receptors import SLOW

    on, off = (rate / 60.0 for rate in SLOW[receptor])
    total = on * level + off
    return np.asarray(on * level / total + (bound - on * level / total) * np.exp(-total * length))


def _farthest(trace: Floats) -> Floats:
    """The value of each row that is farthest from its first."""
    place = np.abs(trace - trace[:, :1]).argmax(axis=1)
    return np.asarray(np.take_along_axis(trace, place[:, None], 1)[:, 0])


class Response:
    """What an event does as a function of rate and tonic rate, worked out once on a grid of them.

    Parameters
    ----------
    setting : Setting
    tonic : float array
        All tonic rates that will be asked for, Hz.
    ceiling : float
        Greatest rate, Hz.
    """

    def __init__(self, setting: Setting, tonic: Floats, ceiling: float) -> None:
        low, high = float(tonic.min()), float(tonic.max())
        self._tonic = np.linspace(low, high, _N_TONIC) if high > low else np.array([low])
        self._step = max(ceiling, 1e-9) / (_N_RATES - 1)
        rates = self._step * np.arange(_N_RATES)
        n = len(self._tonic)
        found = transient(setting, np.tile(rates, n), np.repeat(self._tonic, _N_RATES))
        kept = (found.extreme, found.area, found.extreme_d1, found.extreme_d2)
        self._tables = [table.reshape(n, _N_RATES) for table in kept]

    def __call__(self, rate: Floats, tonic: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return extreme (nM), area (nM s) and extreme occupancy of D1 and D2 of each event."""
        x = np.clip(rate / self._step, 0, _N_RATES - 1)
        i = np.minimum(x.astype(np.int64), _N_RATES - 2)
        x = x - i
        if len(self._tonic) == 1:
            a, b, c, d = ((1 - x) * t[0].take(i) + x * t[0].take(i + 1) for t in self._tables)
            return a, b, c, d
        y = (tonic - self._tonic[0]) / (self._tonic[1] - self._tonic[0])
        j = np.clip(y.astype(np.int64), 0, len(self._tonic) - 2)
        y = y - j
        a, b, c, d = (
            (1 - y) * ((1 - x) * t[j, i] + x * t[j, i + 1]) + y * ((1 - x) * t[j + 1, i] + x * t[j + 1, i + 1])
            for t in self._tables
        )
        return a, b, c, d
