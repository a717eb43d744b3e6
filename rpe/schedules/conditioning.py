"""Conditioning with one cue, its delays, probabilities and gaps, and the distributions that they are drawn from."""

from collections.abc import Callable
from inspect import signature

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Seed, between, count, generator, hinting, numbers, scalar, text
from rpe.schedules.schedule import Schedule
from rpe.schedules.trials import MAX_GIB, Trial, room, sequence, steps_in

_MOST_DRAWS = 10_000
Draw = Callable[[np.random.Generator, int], Floats]
Times = npt.ArrayLike | Draw
"""Times in s: a number, an array (n_trials,), or a function of a generator and a number that draws them."""


def exponential(mean: float, low: float = 0.0, high: float = np.inf) -> Draw:
    """Exponential times as a draw, cut to [low, high] by drawing anew, for delays and gaps, in s.

    Examples
    --------
    >>> import numpy as np
    >>> times = exponential(10.0, high=30.0)(np.random.default_rng(0), 1000)
    >>> bool(times.max() <= 30.0)
    True
    """
    mean = scalar("mean", mean, 0, open_low=True)
    return _within(lambda rng, n: rng.exponential(mean, n), low, high)


def uniform(low: float, high: float) -> Draw:
    """Uniform times as a draw, from [low, high], for delays and gaps, in s.

    Examples
    --------
    >>> import numpy as np
    >>> uniform(1.0, 3.0)(np.random.default_rng(0), 2).round(2)
    array([2.27, 1.54])
    """
    low, high = scalar("low", low, 0), scalar("high", high, low)
    return lambda rng, n: rng.uniform(low, high, n)


def normal(mean: float, deviation: float, low: float = 0.0, high: float = np.inf) -> Draw:
    """Normal times as a draw, cut to [low, high] by drawing anew, for delays and gaps, in s.

    Examples
    --------
    >>> import numpy as np
    >>> times = normal(2.0, 0.5, 1.2, 2.8)(np.random.default_rng(0), 500)
    >>> bool((times >= 1.2).all() and (times <= 2.8).all())
    True
    """
    mean, deviation = scalar("mean", mean), scalar("deviation", deviation, 0, open_low=True)
    return _within(lambda rng, n: rng.normal(mean, deviation, n), low, high)


@hinting
def delay_conditioning(
    n_trials: int = 200,
    *,
    cue_time: float = 0.5,
    reward_time: float = 1.5,
    duration: float = 2.5,
    dt: float = 0.1,
    probability: float = 1.0,
    magnitude: npt.ArrayLike = 1.0,
    delay: Times | None = None,
    gap: Times = 0.0,
    cue: str = "A",
    rng: Seed = None,
    max_gib: float = MAX_GIB,
) -> Schedule:
    """Delay conditioning: a cue that stays on until the reward comes, or is due.

    Parameters
    ----------
    n_trials : int
        Trials.
    cue_time, reward_time, duration : float
        When the cue comes on, when the reward is due, and the window of a trial, s from its start.
    dt : float
        Length of a step, s.
    probability : float
        Chance of the reward in each trial.
    magnitude : float or array (n_trials,)
        Size of the reward, in reward units.
    delay : float, array (n_trials,) or draw, optional
        From cue to reward, s, in place of `reward_time`; a draw is a function of a generator and a
        number, such as `exponential(3.0)`.
    gap : float, array (n_trials,) or draw
        Empty time after each trial, s.
    cue : str
        Name of the cue.
    rng : int, numpy.random.Generator or None
        Seed of omissions, delays and gaps.
    max_gib : float
        What the schedule may take up, GiB.

    Returns
    -------
    Schedule
        With the types of trial "A+" and "A-" (for a cue named "A").

    Raises
    ------
    TypeError, ValueError
        For times outside the window, shapes that do not match, or more than `max_gib`.

    Examples
    --------
    >>> import rpe
    >>> s = rpe.schedules.delay_conditioning(n_trials=200, probability=0.9, rng=0)
    >>> s.n_trials, s.n_steps, s.kinds, s.reward.sum()
    (200, 25, ('A+', 'A-'), np.float64(174.0))
    """
    return _conditioning(
        n_trials, cue_time, reward_time, None, duration, dt, probability, magnitude, delay, gap, cue, rng, max_gib
    )


@hinting
def trace_conditioning(
    n_trials: int = 200,
    *,
    cue_time: float = 0.5,
    cue_duration: float = 0.5,
    reward_time: float = 1.5,
    duration: float = 2.5,
    dt: float = 0.1,
    probability: float = 1.0,
    magnitude: npt.ArrayLike = 1.0,
    delay: Times | None = None,
    gap: Times = 0.0,
    cue: str = "A",
    rng: Seed = None,
    max_gib: float = MAX_GIB,
) -> Schedule:
    """Trace conditioning: a cue that ends before the reward comes, or is due.

    Parameters
    ----------
    cue_duration : float
        How long the cue stays on, s.
    n_trials, cue_time, reward_time, duration, dt, probability, magnitude, delay, gap, cue, rng, max_gib
        As in `delay_conditioning`.

    Returns
    -------
    Schedule

    Raises
    ------
    TypeError, ValueError
        As `delay_conditioning`, and if the cue does not end before the reward.

    Examples
    --------
    >>> import rpe
    >>> rpe.schedules.trace_conditioning(n_trials=1).level[0, :, 0].sum()
    np.float64(5.0)
    """
    cue_duration = scalar("cue_duration", cue_duration, 0, open_low=True)
    return _conditioning(
        n_trials,
        cue_time,
        reward_time,
        cue_duration,
        duration,
        dt,
        probability,
        magnitude,
        delay,
        gap,
        cue,
        rng,
        max_gib,
    )


def drawn(name: str, value: Times, rng: np.random.Generator, n: int) -> Floats:
    """Return n times ≥ 0 from a number, an array (n,) or a draw."""
    times = between(name, _asked(name, value, rng, n) if callable(value) else value, 0)
    if times.shape not in ((), (n,)):
        raise ValueError(f"{name} must be a number, an array ({n},) or a draw; got shape {times.shape}")
    return np.broadcast_to(times, n)


def _asked(name: str, draw: Draw, rng: np.random.Generator, n: int) -> npt.ArrayLike:
    """Return what a draw gives, which must take a generator and a number."""
    try:
        signature(draw).bind(rng, n)
    except TypeError as error:
        raise TypeError(f"{name} must be a function of a generator and a number; got {draw!r} ({error})") from error
    return draw(rng, n)


def _conditioning(
    n_trials: int,
    cue_time: float,
    reward_time: float,
    cue_duration: float | None,
    duration: float,
    dt: float,
    probability: float,
    magnitude: npt.ArrayLike,
    delay: Times | None,
    gap: Times,
    cue: str,
    rng: Seed,
    max_gib: float,
) -> Schedule:
    n, dt = count("n_trials", n_trials), scalar("dt", dt, 0, open_low=True)
    cue_time, probability = scalar("cue_time", cue_time, 0), scalar("probability", probability, 0, 1)
    room("n_trials", n, steps_in("duration", duration, dt), 1, max_gib)
    text("cue", cue)
    for_outcomes, for_delay, for_gap = generator(rng).spawn(3)
    usual = scalar("reward_time", reward_time, cue_time) - cue_time
    after = usual if delay is None else delay
    delays = drawn("delay", after, for_delay, n)
    sizes = numbers("magnitude", magnitude)
    if sizes.shape not in ((), (n,)):
        raise ValueError(f"magnitude must be a number or an array ({n},); got shape {sizes.shape}")
    paid = for_outcomes.random(n) < probability
    kinds: dict[str, Trial] = {}
    order = []
    for wait, size, won in zip(delays, np.broadcast_to(sizes, n), paid, strict=True):
        end = cue_time + wait
        off = end if cue_duration is None else cue_time + cue_duration
        if cue_duration is not None and off > end + 1e-9:
            raise ValueError(f"cue_duration must end before the reward, after {wait:g} s; got {cue_duration!r}")
        name = (won, wait, size)
        order.append(str(name))
        kinds[str(name)] = Trial({cue: (cue_time, off)}, {end: float(size)} if won else {}, due=end)
    kinds = dict(sorted(kinds.items(), key=lambda item: not item[1].rewards))
    schedule = sequence(kinds, order, dt=dt, duration=duration, gap=drawn("gap", gap, for_gap, n), max_gib=max_gib)
    # All delays and sizes are one type of trial, paid or not.
    return schedule.renamed({name: f"{cue}+" if trial.rewards else f"{cue}-" for name, trial in kinds.items()})


def _within(draw: Draw, low: float, high: float) -> Draw:
    low = scalar("low", low, 0)
    if not (isinstance(high, float) and high == np.inf):
        high = scalar("high", high)
    if not high > low:
        raise ValueError(f"high must lie above low = {low:g}; got {high!r}")

    def cut(rng: np.random.Generator, n: int) -> Floats:
        times, drawn_so_far = draw(rng, n), 1
        while (bad := (times < low) | (times > high)).any():
            if drawn_so_far == _MOST_DRAWS:
                raise ValueError(
                    f"low and high must hold some of what is drawn; in {_MOST_DRAWS} draws, "
                    f"{int(bad.sum())} of {n} times never fell in [{low:g}, {high:g}]"
                )
            times[bad] = draw(rng, int(bad.sum()))
            drawn_so_far += 1
        return times

    return cut
