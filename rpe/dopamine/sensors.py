"""Sensors: what a photometer, an electrode or a calcium indicator reports of dopamine or of firing."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, choice, count, over_time, scalar


class Sensor(NamedTuple):
    """How a sensor follows what it senses; all constants provisional, from memory.

    Attributes
    ----------
    rise, decay : float
        Time constants, s; 0 for none.
    half : float
        Concentration of half saturation, nM; infinite for a sensor that does not saturate.
    lag : float
        Pure delay, s.
    interval : float
        Sampling interval, s; 0 for continuous.
    senses : str
        "dopamine" (nM) or "firing" (Hz).
    """

    rise: float
    decay: float
    half: float = np.inf
    lag: float = 0.0
    interval: float = 0.0
    senses: str = "dopamine"


SENSORS = {
    "dLight1.1": Sensor(0.010, 0.100, half=330.0),
    "dLight1.3b": Sensor(0.010, 0.100, half=1600.0),
    "GRAB-DA1m": Sensor(0.060, 0.7, half=130.0),
    "GRAB-DA1h": Sensor(0.140, 2.5, half=10.0),
    "GRAB-DA2m": Sensor(0.060, 1.3, half=90.0),
    "GRAB-DA2h": Sensor(0.140, 7.3, half=7.0),
    "GCaMP6m": Sensor(0.1, 0.6, senses="firing"),
    "GCaMP6f": Sensor(0.05, 0.25, senses="firing"),
    "FSCV": Sensor(0.0, 0.0, lag=0.3, interval=0.1),
}
"""Sensors by name."""


def measured(signal: npt.ArrayLike, dt: float, *, sensor: str = "dLight1.1", baseline_steps: int = 1) -> Floats:
    """Return what a sensor reports of a signal, with the baseline subtracted.

    The signal binds with saturation C / (C + half) and is followed with separate time constants up
    and down: dS/dt = (B − S)/τ, τ = rise while B > S and decay otherwise, exact for steps in which B
    is constant. Voltammetry and photometry tell changes, not levels, so that the mean of the first
    `baseline_steps` is subtracted.

    Parameters
    ----------
    signal : float array (..., n_steps)
        Concentration, nM, or, for calcium indicators, firing rate, Hz.
    dt : float
        Length of a step, s.
    sensor : str
        A name in `SENSORS`.
    baseline_steps : int
        Steps at the start of each row that count as baseline.

    Returns
    -------
    float array (..., n_steps)
        Change from baseline: nM for voltammetry, Hz for calcium indicators, share of saturation for
        optical dopamine sensors.

    Raises
    ------
    TypeError, ValueError
        For negative signals, an unknown sensor, or a baseline longer than the signal.

    References
    ----------
    Patriarchi, T. et al. (2018). Ultrafast neuronal imaging of dopamine dynamics with designed
    genetically encoded sensors. Science 360, eaat4422. doi:10.1126/science.aat4422
    Sun, F. et al. (2018). A genetically encoded fluorescent sensor enables rapid and specific
    detection of dopamine in flies, fish, and mice. Cell 174, 481-496. doi:10.1016/j.cell.2018.06.042

    Examples
    --------
    >>> import numpy as np
    >>> pulse = np.where((np.arange(20) >= 5) & (np.arange(20) < 7), 200.0, 20.0)
    >>> slow, fast = (measured(pulse, 0.1, sensor=name) for name in ("GRAB-DA2h", "dLight1.1"))
    >>> bool(slow[15] / slow.max() > fast[15] / fast.max())
    True
    """
    level = over_time("signal", signal, 0)
    dt = scalar("dt", dt, 0, open_low=True)
    kind = SENSORS[choice("sensor", sensor, SENSORS)]
    n = count("baseline_steps", baseline_steps, 1, level.shape[-1])
    bound = level if kind.half == np.inf else level / (level + kind.half)
    followed = _sampled(_lagged(_followed(bound, dt, kind), dt, kind.lag), dt, kind.interval)
    return np.asarray(followed - followed[..., :n].mean(axis=-1, keepdims=True))


def _followed(bound: Floats, dt: float, kind: Sensor) -> Floats:
    """The signal with the sensor's time constants, starting in balance."""
    up, down = (0.0 if tau == 0 else float(np.exp(-dt / tau)) for tau in (kind.rise, kind.decay))
    out, now = np.empty_like(bound), bound[..., 0]
    for step in range(bound.shape[-1]):
        target = bound[..., step]
        now = target + (now - target) * np.where(target > now, up, down)
        out[..., step] = now
    return out


def _lagged(signal: Floats, dt: float, lag: float) -> Floats:
    steps = min(round(lag / dt), signal.shape[-1])
    if not steps:
        return signal
    first = np.repeat(signal[..., :1], steps, axis=-1)
    return np.concatenate([first, signal[..., : signal.shape[-1] - steps]], axis=-1)


def _sampled(signal: Floats, dt: float, interval: float) -> Floats:
    """The signal held between samples."""
    every = max(1, round(interval / dt))
    return signal[..., (np.arange(signal.shape[-1]) // every) * every]
