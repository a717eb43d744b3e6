"""Release and uptake: from firing rates to the concentration of dopamine, with autoreceptors and uptake block."""

from typing import Any, NamedTuple

import numpy as np

from rpe._checks import Floats, between, choice, scalar

MOLAR_MASS = 153.18
"""Of dopamine, g/mol."""

# Error allowed in a step of integration, as a share of the concentration.
_TOLERANCE = 1e-6


class Kinetics(NamedTuple):
    """How a region releases and clears dopamine.

    Attributes
    ----------
    uptake : float
        V_max of the transporter, nM/s.
    affinity : float
        K_m of the transporter, nM.
    release : float
        Γ, what one spike of all terminals releases before autoreceptors, nM.
    leak : float
        Removal that does not depend on the transporter, per s.
    on, off : float
        Rates of the terminal autoreceptor, per nM and s, and per s.
    brake : float
        g = 1 / (1 + brake · A) is the share of release that occupied autoreceptors leave.
    """

    uptake: float
    affinity: float = 160.0
    release: float = 200.0
    leak: float = 0.04
    on: float = 0.003
    off: float = 0.3
    brake: float = 3.0


REGIONS = {
    "accumbens": Kinetics(uptake=1500.0, release=200.0),
    "dorsal striatum": Kinetics(uptake=4000.0, release=400.0),
}
"""Kinetics by region, as in a public toolbox of dopamine kinetics (whose leak lacks a factor C, mended here)."""


def release(
    rate: Any,
    dt: float,
    *,
    region: str = "accumbens",
    synchrony: float = 0.3,
    uptake_block: float = 1.0,
    autoreceptors: bool = True,
    baseline: float = 5.0,
) -> Floats:
    """Return the concentration of dopamine that a firing rate brings about.

        dC/dt = σ Γ ν g(A) − V_max C / (K_m + C) − k C,   dA/dt = k_on C (1 − A) − k_off A,
        g = 1 / (1 + 3 A)

    with the rate ν constant within each step. Time is the last axis, and every row starts from the
    steady state at `baseline`. Integrated by the classical Runge-Kutta rule in steps short enough
    for an error below a millionth, however long `dt` is.

    Parameters
    ----------
    rate : float array (..., n_steps)
        ν, Hz.
    dt : float
        Length of a step, s.
    region : {"accumbens", "dorsal striatum"}
        Whose kinetics, `REGIONS`.
    synchrony : float
        σ in [0, 1], the share of terminals that follow the rate; .1 to .5 (assumption).
    uptake_block : float
        Factor ≥ 1 on K_m; cocaine about 5, 3 to 10.
    autoreceptors : bool
        Whether release is braked by them.
    baseline : float
        Rate before the first step, Hz.

    Returns
    -------
    float array (..., n_steps)
        C at the end of each step, nM.

    Raises
    ------
    TypeError, ValueError
        For negative rates, parameters out of range, or a rate beyond what uptake can clear for
        ever at baseline.

    References
    ----------
    Dreyer, J. K., Herrik, K. F., Berg, R. W. & Hounsgaard, J. D. (2010). Influence of phasic and
    tonic dopamine release on receptor activation. Journal of Neuroscience 30(42), 14273-14283.
    doi:10.1523/JNEUROSCI.1894-10.2010

    Examples
    --------
    >>> import numpy as np
    >>> burst = np.where((np.arange(30) >= 10) & (np.arange(30) < 12), 20.0, 5.0)
    >>> trace = release(burst, 0.1)
    >>> bool(trace[11] > 2 * trace[9])
    True
    """
    hz = between("rate", rate, 0)
    if hz.ndim == 0:
        raise ValueError("rate must have time on its last axis, shape (..., n_steps); got a number")
    dt = scalar("dt", dt, 0, open_low=True)
    kinetics = _kinetics(region, synchrony, uptake_block, autoreceptors)
    start = _steady(kinetics, scalar("baseline", baseline, 0))
    rows = hz.reshape(-1, hz.shape[-1])
    concentration, occupied = np.full(len(rows), start), np.full(len(rows), _bound(kinetics, start))
    n = _substeps(kinetics, dt, float(hz.max(initial=0.0)))
    trace = np.empty(rows.shape[::-1])
    for step, now in enumerate(rows.T):
        for _ in range(n):
            concentration, occupied = _advanced(kinetics, now, concentration, occupied, dt / n)
        trace[step] = concentration
    return np.asarray(trace.T.reshape(hz.shape))


def steady_concentration(
    rate: Any,
    *,
    region: str = "accumbens",
    synchrony: float = 0.3,
    uptake_block: float = 1.0,
    autoreceptors: bool = True,
) -> Floats:
    """Return the concentration at which release and uptake balance, nM.

    Parameters
    ----------
    rate : float array (...)
        Constant rate, Hz.
    region, synchrony, uptake_block, autoreceptors
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
    >>> float(steady_concentration(4.0, synchrony=1.0).round(0))
    55.0
    """
    kinetics = _kinetics(region, synchrony, uptake_block, autoreceptors)
    return np.vectorize(lambda hz: _steady(kinetics, hz), otypes=[float])(between("rate", rate, 0))


def to_ng_per_ml(concentration: Any) -> Floats:
    """Return a concentration in nM as ng/mL: 1 nM of dopamine is 0.15318 ng/mL.

    Examples
    --------
    >>> to_ng_per_ml([1.0, 90.0]).round(3)
    array([ 0.153, 13.786])
    """
    return between("concentration", concentration, 0) * MOLAR_MASS * 1e-3


def from_ng_per_ml(concentration: Any) -> Floats:
    """Return a concentration in ng/mL as nM: 1 ng/mL of dopamine is 6.53 nM.

    Examples
    --------
    >>> from_ng_per_ml(1.0).round(2)
    np.float64(6.53)
    """
    return between("concentration", concentration, 0) / (MOLAR_MASS * 1e-3)


def _kinetics(region: str, synchrony: float, uptake_block: float, autoreceptors: bool) -> Kinetics:
    known = REGIONS[choice("region", region, REGIONS)]
    share = scalar("synchrony", synchrony, 0, 1)
    block = scalar("uptake_block", uptake_block, 1)
    brake = known.brake if autoreceptors else 0.0
    return known._replace(release=known.release * share, affinity=known.affinity * block, brake=brake)


def _bound(kinetics: Kinetics, concentration: float) -> float:
    """Occupancy of the autoreceptor in balance."""
    return kinetics.on * concentration / (kinetics.on * concentration + kinetics.off)


def _change(kinetics: Kinetics, hz: Any, c: Any, a: Any) -> tuple[Any, Any]:
    """dC/dt and dA/dt."""
    released = kinetics.release * hz / (1.0 + kinetics.brake * a)
    cleared = kinetics.uptake * c / (kinetics.affinity + c) + kinetics.leak * c
    return released - cleared, kinetics.on * c * (1.0 - a) - kinetics.off * a


def _steady(kinetics: Kinetics, hz: float) -> float:
    """The root of dC/dt with the autoreceptor in balance, by bisection."""
    low, high = 0.0, kinetics.release * hz / kinetics.leak + 1.0
    for _ in range(200):
        middle = (low + high) / 2
        rising = _change(kinetics, hz, middle, _bound(kinetics, middle))[0] > 0
        low, high = (middle, high) if rising else (low, middle)
    return (low + high) / 2


def _substeps(kinetics: Kinetics, dt: float, highest: float) -> int:
    """So many steps within `dt` that halving them changes a strong burst, or silence, by less than the tolerance."""
    low, high = (_steady(kinetics, hz) for hz in (1.0, 10.0))
    c = np.array([low, high])
    state, hz = (c, np.array([_bound(kinetics, level) for level in c])), np.array([max(highest, 1.0), 0.0])
    n = max(1, int(np.ceil(dt * kinetics.uptake / kinetics.affinity / 2)))
    while True:
        coarse, fine = (_several(kinetics, hz, state, dt, n * k) for k in (1, 2))
        if (np.abs(coarse - fine) <= _TOLERANCE * fine).all():
            return n
        n *= 2


def _several(kinetics: Kinetics, hz: Floats, state: tuple[Floats, Floats], dt: float, n: int) -> Floats:
    for _ in range(n):
        state = _advanced(kinetics, hz, *state, dt / n)
    return state[0]


def _advanced(kinetics: Kinetics, hz: Floats, c: Floats, a: Floats, h: float) -> tuple[Floats, Floats]:
    """One step of the classical Runge-Kutta rule."""
    c1, a1 = _change(kinetics, hz, c, a)
    c2, a2 = _change(kinetics, hz, c + h / 2 * c1, a + h / 2 * a1)
    c3, a3 = _change(kinetics, hz, c + h / 2 * c2, a + h / 2 * a2)
    c4, a4 = _change(kinetics, hz, c + h * c3, a + h * a3)
    return c + h / 6 * (c1 + 2 * c2 + 2 * c3 + c4), a + h / 6 * (a1 + 2 * a2 + 2 * a3 + a4)
