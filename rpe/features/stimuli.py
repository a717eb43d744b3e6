"""Representations of what is shown: presence, a serial compound, microstimuli."""

from typing import Any, Literal

import numpy as np

from rpe._checks import Bools, Floats, Ints, choice, count, fits, flag, instance, scalar, shown, unmasked
from rpe.schedules import Schedule

MICROSTIMULI: dict[str, dict[str, Any]] = {
    "2008": {"n": 50, "sigma": 0.08, "decay": 0.985, "step": 0.05},
    "2012": {"n": 6, "sigma": 0.08, "decay": 0.985, "step": 0.05},
    "jeong": {"n": 20, "sigma": 0.08, "decay": 0.99, "step": 0.2},
}
"""Published sets of microstimuli: Ludvig et al. (2008, 2012) and Jeong et al. (2022); steps in s."""


def presence(s: Schedule) -> Floats:
    """Presence representation: x = the level of each stimulus while it is on. It cannot tell the time.

    Parameters
    ----------
    s : Schedule

    Returns
    -------
    float array (n_trials, n_steps, n_stimuli)

    References
    ----------
    Ludvig, E. A., Sutton, R. S. & Kehoe, E. J. (2012). Evaluating the TD model of classical
    conditioning. Learning & Behavior 40, 305-319. doi:10.3758/s13420-012-0082-6

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.sequence({"A": rpe.schedules.Trial({"A": (0.1, 0.3)})}, ["A"], duration=0.5)
    >>> rpe.features.presence(s)[0, :, 0]
    array([0., 1., 1., 0., 0.])
    """
    return np.asarray(instance("s", s, Schedule).level.copy())


def complete_serial_compound(
    s: Schedule,
    *,
    state_duration: float | None = None,
    ends_at_reward: bool = False,
    intertrial_states: bool = False,
    chains: Literal["per stimulus", "shared"] = "per stimulus",
    length: float | None = None,
    scale_by_level: bool = False,
) -> Floats:
    """Complete serial compound: a feature of its own for every moment since a stimulus came on.

    x_t = e_(t − onset), one chain per stimulus, on to the end of the window unless it is cut. Of a track
    (`Behaviour.place`) the feature is the place, x_t = e_(place), as long as one is on it.

    Parameters
    ----------
    s : Schedule
    state_duration : float, optional
        How long a moment lasts, s; a step of the schedule by default.
    ends_at_reward : bool
        Whether all chains stop after the step of a reward.
    intertrial_states : bool
        Whether a further chain counts from the start of the trial, and anew from a reward, as long
        as no stimulus' chain is on.
    chains : {"per stimulus", "shared"}
        Whether each stimulus has its own chain, or the last onset of any starts the only one.
    length : float, optional
        How long a chain lasts, s.
    scale_by_level : bool
        Whether x is the stimulus' highest level in the trial instead of 1; only for chains of
        their own.

    Returns
    -------
    float array (n_trials, n_steps, n_features)
        Features that are never on are left out.

    Raises
    ------
    TypeError, ValueError
        For options out of range, or a schedule in which nothing comes on.

    References
    ----------
    Montague, P. R., Dayan, P. & Sejnowski, T. J. (1996). A framework for mesencephalic dopamine
    systems based on predictive Hebbian learning. Journal of Neuroscience 16(5), 1936-1947.
    doi:10.1523/JNEUROSCI.16-05-01936.1996

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.sequence({"A": rpe.schedules.Trial({"A": (0.1, 0.3)})}, ["A"], duration=0.5)
    >>> rpe.features.complete_serial_compound(s)[0]
    array([[0., 0., 0., 0.],
           [1., 0., 0., 0.],
           [0., 1., 0., 0.],
           [0., 0., 1., 0.],
           [0., 0., 0., 1.]])
    """
    options = (state_duration, ends_at_reward, intertrial_states, chains, length, scale_by_level)
    features, alike = serial_compounds(s, *options)
    return features[alike]


def serial_compounds(
    s: Schedule,
    state_duration: float | None = None,
    ends_at_reward: bool = False,
    intertrial_states: bool = False,
    chains: str = "per stimulus",
    length: float | None = None,
    scale_by_level: bool = False,
) -> tuple[Floats, Ints]:
    """Return the serial compounds of the different trials, and which of them each trial has, (n_trials,)."""
    instance("s", s, Schedule)
    shared = choice("chains", chains, ("per stimulus", "shared")) == "shared"
    if flag("scale_by_level", scale_by_level) and shared:
        raise ValueError("scale_by_level must be False for a shared chain, which has no level; got True")
    s, alike = different_trials(s)
    onset = np.asarray(s.onset.any(axis=2, keepdims=True)) if shared else s.onset
    since = steps_since(onset)
    place = s.does.place
    if not shared:
        since[:, :, (place >= 0).any(axis=(0, 1))] = -1
    if length is not None:
        since[since >= max(1, round(scalar("length", length, 0, open_low=True) / s.dt))] = -1
    paid = np.asarray(s.reward != 0)
    if flag("ends_at_reward", ends_at_reward):
        since[(np.cumsum(paid, axis=1) - paid) > 0] = -1
    width = _state_width(s, state_duration)
    x = _one_hot(since, width, s.n_steps)
    if scale_by_level:
        x *= s.level.max(axis=1)[:, None, :, None]
    parts = [x.reshape(s.n_trials, s.n_steps, -1)]
    if not shared and place.max(initial=-1) >= 0:
        parts.append((place[..., None] == np.arange(place.max() + 1)).reshape(s.n_trials, s.n_steps, -1) * 1.0)
    if flag("intertrial_states", intertrial_states):
        parts.append(_one_hot(_idle_for(since, place, paid), width, s.n_steps).reshape(s.n_trials, s.n_steps, -1))
    features = np.concatenate(parts, axis=2)
    used = features.any(axis=(0, 1))
    if not used.any():
        raise ValueError("s must have a stimulus that comes on; got none")
    return features[:, :, used], alike


def microstimuli(
    s: Schedule,
    *,
    n: int = 50,
    sigma: float = 0.08,
    decay: float = 0.985,
    step: float = 0.05,
    reward: bool = True,
    parameters: Literal["2008", "2012", "jeong"] | None = None,
) -> Floats:
    """Microstimuli: broad responses that follow a stimulus later, wider and weaker.

        y = decay^(time since onset / step),   x_i = y f(y, i/n, σ),   f(y, μ, σ) = e^(−(y − μ)² / 2σ²) / √2π

    Parameters
    ----------
    s : Schedule
    n : int
        Microstimuli of each stimulus.
    sigma : float
        σ > 0, their width in y.
    decay : float
        Decay of the memory trace per `step`, in (0, 1).
    step : float
        Step for which the decay is given, s.
    reward : bool
        Whether the reward is a stimulus too; its microstimuli begin when it arrives.
    parameters : {"2008", "2012", "jeong"}, optional
        A published set (`MICROSTIMULI`) in place of n, sigma, decay and step.

    Returns
    -------
    float array (n_trials, n_steps, n_features)
        The sets of all stimuli in their order, then that of the reward.

    Raises
    ------
    TypeError, ValueError
        For options out of range.

    References
    ----------
    Ludvig, E. A., Sutton, R. S. & Kehoe, E. J. (2008). Stimulus representation and the timing of
    reward-prediction errors in models of the dopamine system. Neural Computation 20(12), 3034-3054.
    doi:10.1162/neco.2008.11-07-654

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.sequence({"A": rpe.schedules.Trial({"A": (0.1, 0.3)})}, ["A"], duration=0.5)
    >>> rpe.features.microstimuli(s, n=4, reward=False)[0, 1].round(3)
    array([0.   , 0.   , 0.003, 0.399])
    """
    x, alike = microstimuli_of_kinds(s, n, sigma, decay, step, reward, parameters)
    return x[alike]


def microstimuli_of_kinds(
    s: Schedule,
    n: int = 50,
    sigma: float = 0.08,
    decay: float = 0.985,
    step: float = 0.05,
    reward: bool = True,
    parameters: str | None = None,
) -> tuple[Floats, Ints]:
    """Return the microstimuli of the different trials, and which of them each trial has, (n_trials,)."""
    if parameters is not None:
        known = MICROSTIMULI[choice("parameters", parameters, MICROSTIMULI)]
        return microstimuli_of_kinds(s, reward=reward, **known)
    instance("s", s, Schedule)
    n, sigma = count("n", n), scalar("sigma", sigma, 1e-6, 1e6)
    size = 8.0 * s.n_trials * s.n_steps * (len(s.stimuli) + 1) * n
    fits("n", n, 3 * size, hint="fewer trials or a longer dt need less")
    decay = scalar("decay", decay, 0, 1, open_low=True, open_high=True)
    per_step = decay ** (s.dt / scalar("step", step, 0, open_low=True))
    s, alike = different_trials(s)
    on = np.concatenate([s.onset, (s.reward != 0)[..., None]], axis=2) if flag("reward", reward) else s.onset
    since = steps_since(on)
    y = np.where(since >= 0, per_step ** np.maximum(since, 0), 0.0)[..., None]
    centre = np.arange(1, n + 1) / n
    x = y * np.exp(-((y - centre) ** 2) / (2 * sigma**2)) / np.sqrt(2 * np.pi)
    return np.asarray(x.reshape(s.n_trials, s.n_steps, -1)), alike


def different_trials(s: Schedule) -> tuple[Schedule, Ints]:
    """Return the trials that differ in what features are made of, and which of them each trial is like, (n_trials,).

    Features of thousands of trials are those of a few, made once each.
    """
    seen: dict[bytes, int] = {}
    parts = [s.level, s.reward] + ([] if s.behaviour is None else [s.behaviour.place])
    rows = zip(*(np.ascontiguousarray(part) for part in parts), strict=True)
    alike = np.array([seen.setdefault(b"".join(part.tobytes() for part in row), len(seen)) for row in rows])
    first = np.unique(alike, return_index=True)[1]
    return (s, alike) if len(first) == s.n_trials else (s.take(first), alike)


def steps_since(on: Bools) -> Ints:
    """Steps since the last onset, (n_trials, n_steps, k); −1 before the first.

    Examples
    --------
    >>> steps_since(np.array([[[False], [True], [False]]]))[0, :, 0]
    array([-1,  0,  1])
    """
    on = unmasked("on", on)
    if on.dtype != np.bool_ or on.ndim != 3:
        raise TypeError(f"on must hold True and False, (n_trials, n_steps, k); got {shown(on)}")
    step = np.arange(on.shape[1])[:, None]
    last = np.maximum.accumulate(np.where(on, step, -1), axis=1)
    return np.where(last >= 0, step - last, -1)


def _state_width(s: Schedule, state_duration: float | None) -> int:
    """Steps that a state of a chain lasts."""
    if state_duration is None:
        return 1
    width = round(scalar("state_duration", state_duration, 0, open_low=True) / s.dt)
    if width < 1 or abs(width * s.dt - state_duration) > 1e-6:
        raise ValueError(f"state_duration must be a multiple of dt = {s.dt:g} s; got {state_duration!r}")
    return width


def _one_hot(since: Ints, width: int, n_steps: int) -> Floats:
    """Chains of states (n_trials, n_steps, k, n_states) from the steps since their start."""
    place = np.where(since >= 0, since // width, -1)
    return (place[..., None] == np.arange(-(-n_steps // width))).astype(np.float64)


def _idle_for(since: Ints, place: Ints, paid: Bools) -> Ints:
    """Steps for which nothing has been going on, (n_trials, n_steps, 1); −1 while a chain is on."""
    busy = np.asarray(((since >= 0).any(axis=2)) | (place >= 0).any(axis=2))
    step = np.arange(busy.shape[1])
    # Counting starts with the trial, where a chain ends, and after a reward.
    ended = np.zeros_like(busy)
    ended[:, 1:] = (busy[:, :-1] & ~busy[:, 1:]) | paid[:, :-1]
    start = np.maximum.accumulate(np.where(ended, step, 0), axis=1)
    return np.where(busy, -1, step - start)[..., None]
