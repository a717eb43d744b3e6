"""Firing: from prediction errors to the rate, the spikes and the pauses of dopamine neurons."""

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Seed, between, count, generator, hinting, numbers, over_time, scalar
from rpe.dopamine.concentration import FASTEST
from rpe.dopamine.history import is_history

# Grace & Bunney's rule for bursts, s (provisional: from memory).
_BURST_BEGINS, _BURST_ENDS = 0.08, 0.16


@hinting
def firing_rate(
    delta: npt.ArrayLike,
    *,
    baseline: npt.ArrayLike = 5.0,
    gain_positive: float = 25.0,
    gain_negative: float = 5.0,
    ceiling: float = 40.0,
) -> Floats:
    """Return the firing rate of a VTA neuron, ν = clip(ν₀ + k₊ [δ]₊ − k₋ [−δ]₊, 0, ceiling).

    A dip can go no lower than silence, so that the coding is asymmetric. That the form is linear
    between its bounds, and the default gains, are assumptions.

    Parameters
    ----------
    delta : float array (...)
        Prediction errors, in reward units.
    baseline : float or float array that broadcasts with delta
        ν₀, Hz; 2 to 8 in rats (provisional: from memory).
    gain_positive, gain_negative : float
        k₊ and k₋, Hz per reward unit.
    ceiling : float
        Greatest rate, Hz.

    Returns
    -------
    float array (...)
        Hz.

    Raises
    ------
    TypeError, ValueError
        For NaN, negative parameters, or a ceiling below the baseline.

    References
    ----------
    Bayer, H. M. & Glimcher, P. W. (2005). Midbrain dopamine neurons encode a quantitative reward
    prediction error signal. Neuron 47(1), 129-141. doi:10.1016/j.neuron.2005.05.020 (that only
    better-than-expected outcomes are coded in the rate)

    Examples
    --------
    >>> firing_rate([-2.0, -0.5, 0.0, 1.0])
    array([ 0. ,  2.5,  5. , 30. ])
    """
    if is_history(delta):
        raise TypeError(
            "delta must hold real numbers; got a history, of which rpe.dopamine.from_history(history, "
            "seconds_per_step=...) reads the errors"
        )
    errors = numbers("delta", delta)
    top = scalar("ceiling", ceiling, 0)
    tonic = between("baseline", baseline, 0)
    if (tonic > top).any():
        raise ValueError(f"ceiling must lie in [{tonic.max():g}, inf), from the baseline on; got {top:g}")
    up, down = scalar("gain_positive", gain_positive, 0), scalar("gain_negative", gain_negative, 0)
    rate = tonic + up * np.maximum(errors, 0) - down * np.maximum(-errors, 0)
    return np.clip(rate, 0.0, top)


def hill(reward: npt.ArrayLike, *, maximum: float = 1.0, half: float = 1.0, exponent: float = 0.5) -> Floats:
    """Return a saturating response to the size of a reward, f(r) = f_max rⁿ / (rⁿ + sⁿ).

    Parameters
    ----------
    reward : float array (...)
        Sizes ≥ 0, in reward units.
    maximum : float
        f_max, in the unit of the response.
    half : float
        s > 0, the size with half the greatest response, in reward units.
    exponent : float
        n > 0.

    Returns
    -------
    float array (...)

    Raises
    ------
    TypeError, ValueError
        For negative sizes or parameters out of range.

    References
    ----------
    Eshel, N., Tian, J., Bukwich, M. & Uchida, N. (2016). Dopamine neurons share common response
    function for reward prediction error. Nature Neuroscience 19, 479-486. doi:10.1038/nn.4239
    (exponent provisional: from memory)

    Examples
    --------
    >>> hill([0.0, 1.0, 4.0])
    array([0.        , 0.5       , 0.66666667])
    """
    size = between("reward", reward, 0)
    n, s = scalar("exponent", exponent, 0, open_low=True), scalar("half", half, 0, open_low=True)
    return scalar("maximum", maximum, 0) * size**n / (size**n + s**n)


def autoreceptor_rate(drive: npt.ArrayLike, *, loss: float = 10.0, n_iterations: int = 100) -> Floats:
    """Return the rate that soma autoreceptors leave of an input rate, ν = ν_in − 10 A(C(ν)).

    The dopamine that a neuron's own soma and dendrites release, C(ν), lowers its rate. In the steady
    state Γ_s ν = V_max C / (K_m + C), with Γ_s = 20 nM and V_max = 200 nM/s at the soma, and the
    receptor occupancy is A = C / (C + 1000 nM).

    Parameters
    ----------
    drive : float array (...)
        Input rate ν_in, Hz, below the 10 Hz at which uptake at the soma saturates.
    loss : float
        Rate lost at full occupancy, Hz.
    n_iterations : int
        Of the bisection.

    Returns
    -------
    float array (...)
        Hz.

    Raises
    ------
    TypeError, ValueError
        For rates out of range.

    References
    ----------
    Dreyer, J. K. & Hounsgaard, J. (2013). Mathematical model of dopamine autoreceptors and uptake
    inhibitors and their influence on tonic and phasic dopamine signaling. Journal of
    Neurophysiology 109(1), 171-182. doi:10.1152/jn.00502.2012 (constants as in a public toolbox by
    the same group)

    Examples
    --------
    >>> float(autoreceptor_rate(5.0).round(1))
    4.0
    """
    wanted, rate_lost = between("drive", drive, 0, 10, open_high=True), scalar("loss", loss, 0)
    n_iterations = count("n_iterations", n_iterations, 1, 10_000)
    low, high = np.zeros_like(wanted), wanted.copy()
    for _ in range(n_iterations):
        middle = (low + high) / 2
        concentration = 160.0 * 20.0 * middle / (200.0 - 20.0 * middle)
        too_high = middle + rate_lost * concentration / (concentration + 1000.0) > wanted
        low, high = np.where(too_high, low, middle), np.where(too_high, middle, high)
    return (low + high) / 2


def spikes(rate: npt.ArrayLike, dt: float, *, rng: Seed = None, refractory: float = 0.0) -> Floats:
    """Return spike counts per step, drawn from a Poisson process with this rate.

    Parameters
    ----------
    rate : float array (..., n_steps)
        Hz.
    dt : float
        Length of a step, s.
    rng : int, numpy.random.Generator or None
        Seed.
    refractory : float
        Dead time after each spike, s: the mean count of a step becomes ν dt / (1 + ν · refractory).

    Returns
    -------
    float array (..., n_steps)

    Raises
    ------
    TypeError, ValueError
        For negative rates or times.

    Examples
    --------
    >>> import numpy as np
    >>> counts = spikes(np.full(100_000, 5.0), 0.01, rng=0)
    >>> bool(abs(counts.sum() / 1000.0 - 5.0) < 0.2)      # Hz over 1,000 s
    True
    """
    draws = generator(rng)
    hz = between("rate", rate, 0, FASTEST)
    lost = 1.0 + hz * scalar("refractory", refractory, 0)
    mean = hz * scalar("dt", dt, 0, open_low=True) / lost
    return draws.poisson(mean).astype(np.float64)


def pause_length(rate: npt.ArrayLike, dt: float, *, baseline: float = 5.0, threshold: float = 0.5) -> Floats:
    """Return for how long a rate stays below a share of its baseline, the longest such stretch, s.

    Parameters
    ----------
    rate : float array (..., n_steps)
        Hz; or spike counts over `dt`, as a rate.
    dt : float
        Length of a step, s.
    baseline : float
        Hz.
    threshold : float
        The share of the baseline, in [0, 1], below which the neuron counts as pausing.

    Returns
    -------
    float array (...)
        s.

    Raises
    ------
    TypeError, ValueError
        For negative rates, or parameters out of range.

    Examples
    --------
    >>> pause_length([5.0, 1.0, 0.0, 5.0, 0.0], 0.1)
    array(0.2)
    """
    hz = over_time("rate", rate, 0)
    quiet = hz < scalar("threshold", threshold, 0, 1) * scalar("baseline", baseline, 0, open_low=True)
    run, longest = np.zeros(hz.shape[:-1]), np.zeros(hz.shape[:-1])
    for step in range(hz.shape[-1]):
        run = (run + 1) * quiet[..., step]
        longest = np.maximum(longest, run)
    return np.asarray(longest * scalar("dt", dt, 0, open_low=True))


def bursts(times: npt.ArrayLike) -> list[tuple[int, int]]:
    """Return the bursts in a train of spikes by Grace and Bunney's rule.

    A burst begins with an interval of at most 80 ms and ends before one of more than 160 ms
    (provisional: from memory).

    Parameters
    ----------
    times : float array (n_spikes,)
        Times of the spikes, s, rising.

    Returns
    -------
    list of (int, int)
        First and last spike of each burst.

    Raises
    ------
    TypeError, ValueError
        For times that do not rise.

    References
    ----------
    Grace, A. A. & Bunney, B. S. (1984). The control of firing pattern in nigral dopamine neurons:
    burst firing. Journal of Neuroscience 4(11), 2877-2890. doi:10.1523/JNEUROSCI.04-11-02877.1984

    Examples
    --------
    >>> bursts([0.0, 0.05, 0.15, 0.5, 0.9, 0.95])
    [(0, 2), (4, 5)]
    """
    train = numbers("times", times)
    if train.ndim != 1 or (np.diff(train) <= 0).any():
        raise ValueError(f"times must be a rising list of times; got shape {train.shape}")
    found: list[tuple[int, int]] = []
    spike = 0
    while spike < len(train) - 1:
        if train[spike + 1] - train[spike] > _BURST_BEGINS:
            spike += 1
            continue
        last = spike + 1
        while last < len(train) - 1 and train[last + 1] - train[last] <= _BURST_ENDS:
            last += 1
        found.append((spike, last))
        spike = last + 1
    return found
