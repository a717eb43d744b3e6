"""Receptors: occupancy by dopamine, availability to a tracer, slow change of density, and plasticity."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, between, choice, numbers, over_time, scalar

EC50 = {"D1": 1000.0, "D2": 10.0}
"""Concentration of half occupancy of fast receptors, nM (D2 provisional: from memory)."""
SLOW = {"D1": (3.125e-4, 0.5), "D2": (0.02, 0.5)}
"""k_on, per nM and min, and k_off, per min, of slow receptors (provisional: from memory)."""


def occupancy(concentration: npt.ArrayLike, dt: float, *, receptor: str = "D2", kinetics: str = "instant") -> Floats:
    """Return the share of receptors that dopamine occupies.

        instant: C / (C + EC50);   slow: dB/dt = k_on C (1 − B) − k_off B

    The slow form takes C as constant within each step, for which it is exact, and starts in balance
    with the first concentration of each row.

    Parameters
    ----------
    concentration : float array (..., n_steps)
        C, nM.
    dt : float
        Length of a step, s.
    receptor : {"D1", "D2"}
        Which receptor.
    kinetics : {"instant", "slow"}
        Fast receptors with an EC50, or slow ones that integrate over minutes.

    Returns
    -------
    float array (..., n_steps)
        From 0 to 1, at the end of each step.

    Raises
    ------
    TypeError, ValueError
        For negative concentrations or unknown names.

    References
    ----------
    Dreyer, J. K. et al. (2010). Influence of phasic and tonic dopamine release on receptor
    activation. Journal of Neuroscience 30(42), 14273-14283. doi:10.1523/JNEUROSCI.1894-10.2010
    Hunger, L., Kumar, A. & Schmidt, R. (2020). Abundance compensates kinetics: similar effect of
    dopamine signals on D1 and D2 receptor populations. Journal of Neuroscience 40(14), 2868-2881.
    doi:10.1523/JNEUROSCI.1951-19.2019

    Examples
    --------
    >>> occupancy([20.0, 1000.0], 0.1, receptor="D1").round(2)
    array([0.02, 0.5 ])
    """
    c = between("concentration", concentration, 0)
    dt = scalar("dt", dt, 0, open_low=True)
    name = choice("receptor", receptor, EC50)
    if choice("kinetics", kinetics, ("instant", "slow")) == "instant":
        return np.asarray(c / (c + EC50[name]))
    if c.ndim == 0:
        raise ValueError("concentration must have time on its last axis, shape (..., n_steps); got a number")
    on, off = (rate / 60.0 for rate in SLOW[name])
    total = on * c + off
    balance, kept = on * c / total, np.exp(-total * dt)
    bound = np.empty_like(c)
    now = balance[..., 0]
    for step in range(c.shape[-1]):
        now = balance[..., step] + (now - balance[..., step]) * kept[..., step]
        bound[..., step] = now
    return bound


def binding_potential(
    density: npt.ArrayLike, occupied: npt.ArrayLike, *, affinity: float = 9.0, free_fraction: float = 1.0
) -> Floats:
    """Return the binding potential of a tracer, BP_ND = f_ND B_max (1 − occupancy) / K_d.

    It measures availability: dopamine that occupies receptors lowers it as fewer receptors would.

    Parameters
    ----------
    density : float array (...)
        B_max, nM; in the human striatum 25 to 30 (provisional: from memory).
    occupied : float array (...)
        Share of receptors occupied by dopamine, in [0, 1].
    affinity : float
        K_d of the tracer, nM (provisional: chosen so that usual densities give 2.5 to 4).
    free_fraction : float
        f_ND, in (0, 1].

    Returns
    -------
    float array (...)

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    References
    ----------
    Innis, R. B. et al. (2007). Consensus nomenclature for in vivo imaging of reversibly binding
    radioligands. Journal of Cerebral Blood Flow & Metabolism 27, 1533-1539.
    doi:10.1038/sj.jcbfm.9600493

    Examples
    --------
    >>> binding_potential(27.0, [0.0, 0.2]).round(2)
    array([3. , 2.4])
    """
    bmax, share = between("density", density, 0), between("occupied", occupied, 0, 1)
    try:
        np.broadcast_shapes(bmax.shape, share.shape)
    except ValueError as error:
        raise ValueError(f"density and occupied must broadcast; got shapes {bmax.shape} and {share.shape}") from error
    kd = scalar("affinity", affinity, 0, open_low=True)
    return scalar("free_fraction", free_fraction, 0, 1, open_low=True) * bmax * (1 - share) / kd


def receptor_density(
    occupied: npt.ArrayLike,
    days: float = 1.0,
    *,
    usual: float = 0.5,
    start: float = 1.0,
    time_constant: float = 14.0,
    sensitivity: float | None = None,
) -> Floats:
    """Return relative receptor density as it adapts to occupancy, slowly.

        dB/dt = (1 − B)/τ − η (occupancy − usual) B

    Exact for occupancy that is constant within each interval. An assumption, with a speculative
    time scale; η is set so that twice the usual occupancy takes 15 % in the long run, unless given.

    Parameters
    ----------
    occupied : float array (..., n_intervals)
        Mean occupancy of each interval, in [0, 1].
    days : float
        Length of an interval, days.
    usual : float
        Occupancy at which density stays, in (0, 1].
    start : float
        Density at the start, relative to the usual one.
    time_constant : float
        τ, days; 7 to 90.
    sensitivity : float, optional
        η ≥ 0, per day.

    Returns
    -------
    float array (..., n_intervals)
        B at the end of each interval.

    Raises
    ------
    TypeError, ValueError
        For parameters out of range.

    Examples
    --------
    >>> import numpy as np
    >>> receptor_density(np.full(200, 1.0), usual=0.5)[-1].round(3)
    np.float64(0.85)
    """
    share = over_time("occupied", occupied, 0, 1, steps="n_intervals")
    usual = scalar("usual", usual, 0, 1, open_low=True)
    tau, days = scalar("time_constant", time_constant, 0, open_low=True), scalar("days", days, 0, open_low=True)
    eta = (1 / 0.85 - 1) / (tau * usual) if sensitivity is None else scalar("sensitivity", sensitivity, 0)
    speed = 1 / tau + eta * (share - usual)
    density = np.empty_like(share)
    now = np.full(share.shape[:-1], scalar("start", start, 0))
    for step in range(share.shape[-1]):
        v = speed[..., step]
        # Where occupancy is so low that nothing holds density back, it grows without balance.
        kept = np.exp(-v * days)
        grown = np.where(np.abs(v) < 1e-12, days, (1 - kept) / np.where(np.abs(v) < 1e-12, 1.0, v))
        now = now * kept + grown / tau
        density[..., step] = now
    return density


def eligibility(time: npt.ArrayLike, *, rise: float = 0.25, decay: float = 1.0) -> Floats:
    """Return the window in which dopamine makes a synapse grow, e(t) ∝ e^(−t/decay) − e^(−t/rise) for t > 0.

    Parameters
    ----------
    time : float array (...)
        From glutamate to dopamine, s; negative if dopamine comes first.
    rise, decay : float
        s (assumption: a peak at .46 s).

    Returns
    -------
    float array (...)
        1 at its peak, 0 before glutamate.

    Raises
    ------
    TypeError, ValueError
        If `decay` does not exceed `rise`.

    References
    ----------
    Yagishita, S., Hayashi-Takagi, A., Ellis-Davies, G. C. R., Urakubo, H., Ishii, S. & Kasai, H.
    (2014). A critical time window for dopamine actions on the structural plasticity of dendritic
    spines. Science 345, 1616-1620. doi:10.1126/science.1255514

    Examples
    --------
    >>> eligibility([-1.0, 0.6, 5.0]).round(2)
    array([0.  , 0.97, 0.01])
    """
    t = numbers("time", time)
    rise = scalar("rise", rise, 0, open_low=True)
    decay = scalar("decay", decay, rise, open_low=True)
    top = np.log(decay / rise) * rise * decay / (decay - rise)
    highest = np.exp(-top / decay) - np.exp(-top / rise)
    late = np.maximum(t, 0)
    return np.asarray(np.where(t > 0, np.exp(-late / decay) - np.exp(-late / rise), 0.0) / highest)


def plasticity(
    concentration: npt.ArrayLike, dt: float, glutamate: float, *, tonic: float, receptor: str = "D1", rate: float = 1.0
) -> Floats:
    """Return the change of a synapse, Δw = ± η ∫ e(t − t_glu) (C(t) − C₀) dt, + for D1 and − for D2.

    Parameters
    ----------
    concentration : float array (..., n_steps)
        C at the end of each step, nM.
    dt : float
        Length of a step, s.
    glutamate : float
        When the synapse was active, s from the start of the row.
    tonic : float
        C₀, nM.
    receptor : {"D1", "D2"}
        Synapses on D1 neurons grow with dopamine, those on D2 neurons with its dips (provisional:
        from memory).
    rate : float
        η, per nM and s.

    Returns
    -------
    float array (...)

    Raises
    ------
    TypeError, ValueError
        For negative concentrations or unknown names.

    Examples
    --------
    >>> import numpy as np
    >>> pulse = np.where((np.arange(100) >= 16) & (np.arange(100) < 18), 100.0, 20.0)
    >>> bool(plasticity(pulse, 0.1, glutamate=1.0, tonic=20.0) > 0)
    True
    """
    c = between("concentration", concentration, 0)
    sign = 1.0 if choice("receptor", receptor, EC50) == "D1" else -1.0
    dt = scalar("dt", dt, 0, open_low=True)
    # Concentrations are those at the ends of steps, and so is the window.
    ends = (np.arange(c.shape[-1]) + 1.0) * dt
    window = eligibility(ends - scalar("glutamate", glutamate))
    return np.asarray(sign * scalar("rate", rate) * ((c - scalar("tonic", tonic, 0)) * window).sum(axis=-1) * dt)
