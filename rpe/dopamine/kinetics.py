"""Kinetics of dopamine outside cells: the equations of release, uptake and autoreceptors, and their integration."""

from typing import NamedTuple

import numpy as np

from rpe._checks import Floats, choice, scalar

# Error that one step of integration may add: a share of the concentration, and nM.
_RELATIVE, _ABSOLUTE = 1e-6, 1e-5
_FIRST_STEP = 0.01
_GROWTH = (0.2, 6.0)

# RODAS of Hairer & Wanner (Solving ODEs II, IV.7): a linearly implicit method of order 4 whose
# last stage is the error of the embedded one of order 3. It is L-stable, so that a step may be as
# long as the solution allows once the fast transient is over.
_GAMMA = 0.25
_A = np.zeros((6, 6))
_A[1, 0] = 1.544
_A[2, :2] = 0.9466785280815826, 0.2557011698983284
_A[3, :3] = 3.314825187068521, 2.896124015972201, 0.9986419139977817
_A[4, :4] = 1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950
_A[5] = *_A[4, :4], 1.0, 0.0
_C = np.zeros((6, 6))
_C[1, 0] = -5.6688
_C[2, :2] = -2.430093356833875, -0.2063599157091915
_C[3, :3] = -0.1073529058151375, -9.594562251023355, -20.47028614809616
_C[4, :4] = 7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160
_C[5, :5] = 8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054


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

    Examples
    --------
    >>> import rpe
    >>> rpe.dopamine.REGIONS["dorsal striatum"].uptake  # nM/s
    4000.0
    >>> slow = rpe.dopamine.Kinetics(uptake=500.0)
    >>> float(rpe.dopamine.release([5.0] * 100, 0.1, region=slow)[-1].round())
    254.0
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


def kinetics_of(region: str | Kinetics, uptake_block: float, *, autoreceptors: bool) -> Kinetics:
    """Return the kinetics of a region with its uptake blocked, and with or without autoreceptors.

    Raises
    ------
    TypeError, ValueError
        For an unknown region, or a factor below 1.
    """
    known = region if isinstance(region, Kinetics) else REGIONS[choice("region", region, REGIONS)]
    affinity = known.affinity * scalar("uptake_block", uptake_block, 1, 1e6)
    return known._replace(affinity=affinity, brake=known.brake if autoreceptors else 0.0)


def balance(kinetics: Kinetics, drive: Floats) -> tuple[Floats, Floats]:
    """Return concentration and occupancy of the autoreceptor at which release and uptake balance.

    Parameters
    ----------
    kinetics : Kinetics
    drive : float array (...)
        Γν, release before autoreceptors, nM/s.

    Returns
    -------
    float arrays (...)
        C, nM, and A.
    """
    low, high = np.zeros_like(drive), drive / max(kinetics.leak, 1e-12) + 1.0
    for _ in range(100):
        middle = (low + high) / 2
        rising = _change(kinetics, drive, np.stack([middle, _bound(kinetics, middle)]))[0] > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    level = (low + high) / 2
    return level, _bound(kinetics, level)


def advance(kinetics: Kinetics, drive: Floats, state: Floats, dt: float, step: float) -> tuple[Floats, float]:
    """Return the state after a time in which the drive is constant.

    Steps are short in the transient and grow without bound as the state comes to rest, so that the
    cost grows with what happens in `dt` and hardly with `dt` itself. All rows take the same steps,
    those that the fastest row needs.

    Parameters
    ----------
    kinetics : Kinetics
    drive : float array (n,)
        Γν, nM/s.
    state : float array (2, n)
        C, nM, and A.
    dt : float
        s.
    step : float
        Length of the first step to try, s.

    Returns
    -------
    float array (2, n)
    float
        Length of the next step to try, s.
    """
    done = 0.0
    while True:
        left = dt - done
        # A sliver that rounding would leave is taken along.
        whole = step >= left * (1 - 1e-9)
        tried = left if whole else step
        after, error = _rodas(kinetics, drive, state, tried)
        factor = min(max(0.9 * max(error, 1e-12) ** -0.25, _GROWTH[0]), _GROWTH[1])
        if error <= 1.0:
            state, done = after, done + tried
            if whole:
                return np.maximum(state, 0.0), max(step, tried * factor)
        step = tried * factor


def first_step() -> float:
    """Return the length of the first step after a change of drive, s."""
    return _FIRST_STEP


def _bound(kinetics: Kinetics, concentration: Floats) -> Floats:
    """Occupancy of the autoreceptor in balance."""
    return np.asarray(kinetics.on * concentration / (kinetics.on * concentration + kinetics.off))


def _change(kinetics: Kinetics, drive: Floats, state: Floats) -> Floats:
    """dC/dt and dA/dt, (2, n)."""
    c, a = state
    out = np.empty_like(state)
    out[0] = drive / (1.0 + kinetics.brake * a) - kinetics.uptake * c / (kinetics.affinity + c) - kinetics.leak * c
    out[1] = kinetics.on * c * (1.0 - a) - kinetics.off * a
    return out


def _rodas(kinetics: Kinetics, drive: Floats, state: Floats, h: float) -> tuple[Floats, float]:
    """One step of length h, and its error in units of what is allowed (the largest of all rows)."""
    c, a = state
    braked = 1.0 + kinetics.brake * a
    # W = 1/(γh) − J, two by two, whose inverse solves the stages.
    shift = 1.0 / (_GAMMA * h)
    w00 = shift + kinetics.uptake * kinetics.affinity / (kinetics.affinity + c) ** 2 + kinetics.leak
    w01 = drive * kinetics.brake / braked**2
    w10 = -kinetics.on * (1.0 - a)
    w11 = shift + kinetics.on * c + kinetics.off
    inverse = 1.0 / (w00 * w11 - w01 * w10)
    stages = np.empty((6, 2 * c.size))
    scaled = _C / h
    at = state
    for i in range(6):
        if i:
            at = state + (_A[i, :i] @ stages[:i]).reshape(state.shape)
        right = _change(kinetics, drive, at)
        if i:
            right += (scaled[i, :i] @ stages[:i]).reshape(state.shape)
        stage = stages[i].reshape(state.shape)
        stage[0] = (w11 * right[0] - w01 * right[1]) * inverse
        stage[1] = (w00 * right[1] - w10 * right[0]) * inverse
    error = stages[5].reshape(state.shape)
    allowed = _ABSOLUTE + _RELATIVE * np.abs(c), _RELATIVE * (0.01 + a)
    worst = max(float((np.abs(e) / s).max()) for e, s in zip(error, allowed, strict=True))
    return at + error, worst
