"""Release and uptake: from firing rates to the concentration of dopamine, with autoreceptors and uptake block."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, between, flag, hinting, over_time, scalar
from rpe.dopamine.kinetics import REGIONS, Kinetics, advance, balance, first_step, kinetics_of

__all__ = ["REGIONS", "Kinetics", "from_ng_per_ml", "release", "steady_concentration", "to_ng_per_ml"]

MOLAR_MASS = 153.18
"""Of dopamine, g/mol."""
FASTEST = 1000.0
"""Rate beyond which no neuron fires, Hz: a spike takes a millisecond."""

# Rows integrated together: few enough that their stages stay near the processor.
_ROWS = 4096


@hinting
def release(
    rate: npt.ArrayLike,
    dt: float,
    *,
    region: str | Kinetics = "accumbens",
    synchrony: float = 0.3,
    uptake_block: float = 1.0,
    autoreceptors: bool = True,
    baseline: npt.ArrayLike = 5.0,
) -> Floats:
    """Return the concentration of dopamine that a firing rate brings about.

        dC/dt = Γ [ν₀ + σ(ν − ν₀)] g(A) − V_max C / (K_m + C) − k C,
        dA/dt = k_on C (1 − A) − k_off A,   g = 1 / (1 + 3 A)

    with the rate ν constant within each step, and ν₀ the baseline. All terminals release at the
    tonic rate ν₀; only the share σ follows a phasic change. Time is the last axis, and every row
    starts from the steady state at `baseline`. Integrated to a relative error below 1e-5 by a
    method whose steps grow as the state comes to rest, so that the cost hardly depends on `dt`.

    Parameters
    ----------
    rate : float array (..., n_steps)
        ν, Hz, at most 1,000.
    dt : float
        Length of a step, s.
    region : {"accumbens", "dorsal striatum"} or Kinetics
        Whose kinetics, `REGIONS`, or other constants.
    synchrony : float
        σ in [0, 1], the share of terminals that follow a phasic change; .1 to .5 (assumption).
    uptake_block : float
        Factor ≥ 1 on K_m; cocaine about 5, 3 to 10.
    autoreceptors : bool
        Whether release is braked by them.
    baseline : float or float array that broadcasts with (...)
        ν₀, the tonic rate, Hz, at most 1,000; a number or one per row.

    Returns
    -------
    float array (..., n_steps)
        C at the end of each step, nM.

    Raises
    ------
    TypeError, ValueError
        For rates that are negative or beyond 1,000 Hz, or parameters out of range.

    References
    ----------
    Dreyer, J. K., Herrik, K. F., Berg, R. W. & Hounsgaard, J. D. (2010). Influence of phasic and
    tonic dopamine release on receptor activation. Journal of Neuroscience 30(42), 14273-14283.
    doi:10.1523/JNEUROSCI.1894-10.2010
    Hairer, E. & Wanner, G. (1996). Solving Ordinary Differential Equations II, 2nd ed., section
    IV.7 (RODAS). doi:10.1007/978-3-642-05221-7

    Examples
    --------
    >>> import numpy as np
    >>> burst = np.where((np.arange(30) >= 10) & (np.arange(30) < 12), 30.0, 5.0)
    >>> release(burst, 0.1)[[9, 11, 29]].round(0)
    array([ 68., 163.,  66.])
    """
    hz = over_time("rate", rate, 0, FASTEST)
    dt = scalar("dt", dt, 1e-9)
    tonic, share = _per_row(baseline, hz.shape[:-1]), scalar("synchrony", synchrony, 0, 1)
    kinetics = kinetics_of(region, uptake_block, autoreceptors=flag("autoreceptors", autoreceptors))
    rows = hz.reshape(-1, hz.shape[-1])
    start = np.array(balance(kinetics, kinetics.release * tonic))
    trace = np.empty_like(rows)
    for first in range(0, len(rows), _ROWS):
        part = slice(first, first + _ROWS)
        drive = kinetics.release * (tonic[part] + share * (rows[part].T - tonic[part]))
        trace[part] = _followed(kinetics, drive, start[:, part], dt).T
    return trace.reshape(hz.shape)


def _followed(kinetics: Kinetics, drive: Floats, start: Floats, dt: float) -> Floats:
    """C at the end of each step, (n_steps, n), of rows that start from their states (2, n)."""
    out = np.empty_like(drive)
    state, step = start, first_step()
    for i, now in enumerate(drive):
        # Where nothing changes, integration goes on with the long steps that it has reached.
        if i and (now != drive[i - 1]).any():
            step = first_step()
        state, step = advance(kinetics, now, state, dt, step)
        out[i] = state[0]
    return out


def _per_row(baseline: npt.ArrayLike, shape: tuple[int, ...]) -> Floats:
    """The tonic rate of each row, (n,)."""
    tonic = between("baseline", baseline, 0, FASTEST)
    try:
        return np.broadcast_to(tonic, shape).ravel()
    except ValueError as error:
        raise ValueError(f"baseline must be a number or fit the rows of rate, {shape}; got {tonic.shape}") from error


def steady_concentration(
    rate: npt.ArrayLike,
    *,
    region: str | Kinetics = "accumbens",
    uptake_block: float = 1.0,
    autoreceptors: bool = True,
) -> Floats:
    """Return the concentration at which tonic release and uptake balance, nM.

    Parameters
    ----------
    rate : float array (...)
        Tonic rate, Hz, at most 1,000.
    region, uptake_block, autoreceptors
        As in `release`.

    Returns
    -------
    float array (...)
        nM.

    Raises
    ------
    TypeError, ValueError
        As `release`.

    Examples
    --------
    >>> float(steady_concentration(4.0).round(0))
    55.0
    """
    kinetics = kinetics_of(region, uptake_block, autoreceptors=flag("autoreceptors", autoreceptors))
    return balance(kinetics, kinetics.release * between("rate", rate, 0, FASTEST))[0]


def to_ng_per_ml(concentration: npt.ArrayLike) -> Floats:
    """Return a concentration in nM as ng/mL: 1 nM of dopamine is 0.15318 ng/mL.

    Parameters
    ----------
    concentration : float array (...)
        nM, ≥ 0.

    Examples
    --------
    >>> to_ng_per_ml([1.0, 90.0]).round(3)
    array([ 0.153, 13.786])
    """
    return between("concentration", concentration, 0) * MOLAR_MASS * 1e-3


def from_ng_per_ml(concentration: npt.ArrayLike) -> Floats:
    """Return a concentration in ng/mL as nM: 1 ng/mL of dopamine is 6.53 nM.

    Parameters
    ----------
    concentration : float array (...)
        ng/mL, ≥ 0.

    Examples
    --------
    >>> from_ng_per_ml(1.0).round(2)
    np.float64(6.53)
    """
    return between("concentration", concentration, 0) / (MOLAR_MASS * 1e-3)
