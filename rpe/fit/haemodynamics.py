"""Regressors for imaging: events with trial-wise heights, convolved with a haemodynamic response."""

import numpy as np

from rpe._checks import ArrayLike, Floats, between, flag, numbers, shown, unmasked


def haemodynamic_response(time: ArrayLike) -> Floats:
    """Canonical haemodynamic response, a difference of two gamma densities, as in SPM12.

        h(t) = g(t; 6) − g(t; 16)/6,   g(t; a) = t^(a − 1) e^(−t)/Γ(a),   t in seconds.

    Parameters
    ----------
    time : float array (...)
        Seconds after an event; 0 before it.

    Returns
    -------
    float array of the same shape
        Per second; its integral is 5/6.

    References
    ----------
    Friston, K. J., Fletcher, P., Josephs, O., Holmes, A., Rugg, M. D. & Turner, R. (1998). Event-related fMRI:
    characterizing differential responses. NeuroImage 7(1), 30-40. doi:10.1006/nimg.1997.0306

    Examples
    --------
    >>> time = np.arange(0.0, 30.0, 0.1)
    >>> float(time[np.argmax(haemodynamic_response(time))].round(1))
    5.0
    """
    from scipy.special import gamma

    # It is 0, to all digits, long before 700 s, and powers of what is later overflow.
    t = np.clip(numbers("time", time), 0.0, 700.0)
    return np.asarray((t**5 / gamma(6) - t**15 / gamma(16) / 6) * np.exp(-t))


def convolved(onsets: ArrayLike, heights: ArrayLike, frames: ArrayLike, *, demean: bool = True) -> Floats:
    """Return a parametric regressor for imaging, Σ heightᵢ h(t − onsetᵢ) at the times of the frames.

    Parameters
    ----------
    onsets : float array (n_events,)
        Seconds.
    heights : float array (n_events,)
        Such as prediction errors of `Fit.trials()`; events where they are NaN are left out.
    frames : float array (n_frames,)
        Times at which images were taken, in seconds.
    demean : bool
        Whether the mean height is taken off first, so that the regressor stands beside one for the events.

    Returns
    -------
    float array (n_frames,)

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, or onsets before 0.

    Examples
    --------
    >>> convolved([0.0], [2.0], [0.0, 5.0], demean=False).round(3)
    array([0.   , 0.351])
    """
    start, when = between("onsets", onsets, 0), numbers("frames", frames)
    size = unmasked("heights", heights)
    if size.dtype.kind not in "iuf" or flag("demean", demean) not in (True, False):
        raise TypeError(f"heights must hold real numbers; got {shown(heights)}")
    size = size.astype(np.float64)
    if when.ndim != 1:
        raise ValueError(f"frames must have shape (n_frames,); got {when.shape}")
    if start.ndim != 1 or size.shape != start.shape:
        raise ValueError(f"onsets and heights must have one shape (n_events,); got {start.shape}, {size.shape}")
    seen = np.isfinite(size)
    height = size[seen] - (size[seen].mean() if demean and seen.any() else 0.0)
    return np.asarray(haemodynamic_response(when[:, None] - start[seen]) @ height)
