"""The dopamine of behaviour: a history read as events in seconds, hertz and nanomolar."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, Ints, choice, flag, hinting, numbers, scalar
from rpe.dopamine.chain import Chain, response
from rpe.dopamine.concentration import FASTEST
from rpe.dopamine.events import Reader, largest_payout, recorded
from rpe.dopamine.history import RecordedHistory
from rpe.dopamine.kinetics import Kinetics, kinetics_of
from rpe.dopamine.signal import Coding, Signal, chosen
from rpe.dopamine.transients import Setting


@hinting
def from_history(
    history: RecordedHistory,
    *,
    seconds_per_step: float,
    reward_scale: Literal["range"] | float | None = "range",
    pulse: float = 0.2,
    window: tuple[float, float] = (-1.0, 5.0),
    dt: float = 0.02,
    region: str | Kinetics = "accumbens",
    synchrony: float = 0.3,
    uptake_block: float = 1.0,
    autoreceptors: bool = True,
    receptors: Literal["instant", "slow"] = "instant",
    baseline: float = 5.0,
    gain_positive: float = 25.0,
    gain_negative: float = 5.0,
    ceiling: float = 40.0,
    tonic_gain: float = 0.0,
    tonic_memory: float = 0.1,
    agents: Sequence[int] | None = None,
    trials: Sequence[int] | None = None,
    units: npt.ArrayLike | Callable[[Ints], npt.ArrayLike] | None = None,
    sub_goals: Sequence[int] | None = None,
) -> Signal:
    """Return the dopamine of a behavioural run: firing, release and occupancy at cue, sub-goals and goal.

    A step of a task lasts seconds to days, a transient half a second. So each prediction error is an
    event at the moment of arrival, with a fine time axis of its own: for `pulse` seconds it drives
    firing, ν = clip(ν₀ + k₊ [δ/s]₊ − k₋ [−δ/s]₊, 0, ceiling), on top of the tonic rate ν₀; release
    and uptake follow (see `release`), and between events the concentration rests at its steady
    state. Errors are stamped on arrival: moment t follows step t − 1, moment 0 is the cue (index 0
    of `history.full.delta`, which is longer by one than `history.full.reward`).

    Assumptions, by name: *isolated events* (each starts from rest); *square pulses* of constant
    length without latency; *linear coding* between silence and ceiling; *range adaptation* (errors
    are divided by the largest payout of one step, as neurons adapt to the range of rewards; animals
    drinking, not people working); *one kinetics* for all agents; *tonic follows average reward* only
    if `tonic_gain` is not 0.

    Events are the cue, each sub-goal, the goal, and omissions: a sub-goal or goal that is reached and
    pays nothing although the task pays there, or a trial that ends without its goal. A task that
    counts units says where its sub-goals stand (`CountsProgress`); without units, a trial whose last
    step pays has reached its goal.

    The error of a planner, which learns nothing, is how its prospects change: δ = r − e + V(s′) −
    V(s), without a discount, where V(s) is what the plan is worth, under its own discount function,
    to the self that is in s, and 0 after the end; at the cue δ = V(s₀). So the errors of a trial add up
    to the utility it brought, exactly, for consistent and inconsistent discounting alike; on a path that was foreseen
    they are not 0 but rise as the payout nears.

    Parameters
    ----------
    history : History
        A run with agents recorded in full.
    seconds_per_step : float
        How long a step of the task lasts, s; at least as long as `window`, so that transients do not
        overlap (for faster tasks use `release` on the whole trace).
    reward_scale : "range", float or None
        s: the largest payout of one step of the task (without tables: that anybody received), a
        number of reward units, or None for 1.
    pulse : float
        How long an error drives firing, s, within the window.
    window : (float, float)
        Of the fine time axis, s from the event; from at most 0 to more than 0.
    dt : float
        Between samples of the fine time axis, s. Peaks do not depend on it.
    region, synchrony, uptake_block, autoreceptors
        As in `release`.
    receptors : {"instant", "slow"}
        Kinetics of D1 and D2 receptors, as in `occupancy`.
    baseline, gain_positive, gain_negative, ceiling : float
        ν₀ (Hz), k₊ and k₋ (Hz per scaled error) and the greatest rate (Hz), as in `firing_rate`.
    tonic_gain : float
        Hz by which tonic firing rises per scaled reward unit per step of average reward over earlier
        trials (Niv et al. 2007: tonic dopamine as average reward; the gain is an assumption).
    tonic_memory : float
        Weight in (0, 1] of the latest trial in that average.
    agents : sequence of int, optional
        Which of the agents recorded in full, by their number in the run; all by default.
    trials : sequence of int, optional
        Which trials; all by default.
    units : int array or callable, optional
        Units done at each moment, of the shape of `history.full.state`, or a function from those
        states to units; for environments that do not count them.
    sub_goals : sequence of int, optional
        Units at which sub-goals stand, rising; those of the task by default.

    Returns
    -------
    Signal
        Its memory is about 150 bytes an event; blocks on the way to it take below 300 MB.

    Raises
    ------
    TypeError, ValueError
        For a history without agents in full, sub-goals that do not exist, or parameters out of range.

    References
    ----------
    Tobler, P. N., Fiorillo, C. D. & Schultz, W. (2005). Adaptive coding of reward value by dopamine
    neurons. Science 307, 1642-1645. doi:10.1126/science.1105370
    Niv, Y., Daw, N. D., Joel, D. & Dayan, P. (2007). Tonic dopamine: opportunity costs and the control
    of response vigor. Psychopharmacology 191, 507-520. doi:10.1007/s00213-006-0502-4

    Examples
    --------
    >>> import rpe
    >>> learner = rpe.agents.QLearner(discount=0.98, trace_decay=0.9)
    >>> task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0)
    >>> history = rpe.simulate.run(learner, task, n_agents=3, n_trials=50, rng=0)
    >>> signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)
    >>> signal.events, signal.mean("peak_nM").shape
    (('cue', 'sub-goal 1', 'goal', 'omission'), (4, 50))
    """
    full = recorded(history)
    who = full.agents if agents is None else chosen("agents", agents, full.agents)
    every = range(full.state.shape[1])
    shown = chosen("trials", every if trials is None else trials, every)
    kinetics = kinetics_of(region, uptake_block, autoreceptors=flag("autoreceptors", autoreceptors))
    kind = choice("receptors", receptors, ("instant", "slow"))
    setting = Setting(kinetics, scalar("synchrony", synchrony, 0, 1), *_time(pulse, window, dt), kind)
    seconds = scalar("seconds_per_step", seconds_per_step, setting.window[1] - setting.window[0])
    scale = _scale(history, reward_scale)
    top = scalar("ceiling", ceiling, 0, FASTEST)
    tonic = scalar("baseline", baseline, 0, top)
    coding = Coding(scalar("gain_positive", gain_positive, 0), scalar("gain_negative", gain_negative, 0), top)
    place = np.searchsorted(full.agents, who)
    reader = Reader(history, place, units, sub_goals)
    follows = scalar("tonic_gain", tonic_gain), scalar("tonic_memory", tonic_memory, 0, 1, open_low=True)
    tonic_rate = np.clip(tonic + _average_reward(history, place, follows[1])[:, shown] / scale * follows[0], 0, top)
    answer = response(setting, float(tonic_rate.min()), float(tonic_rate.max()), top)
    return Chain(reader, setting, scale, tonic_rate, coding, answer).signal(who, shown, seconds)


def prediction_errors(
    history: RecordedHistory, *, agents: Sequence[int] | None = None, trials: Sequence[int] | None = None
) -> Floats:
    """Return the prediction errors of a run at every moment, those of planners included.

    For agents that record an error it is the record, for planners the change of what their plan is
    worth (see `from_history`).

    Parameters
    ----------
    history : History
        A run with agents recorded in full.
    agents, trials : sequence of int, optional
        Which; all by default.

    Returns
    -------
    float array (n_agents, n_trials, n_steps + 1)
        δ on arrival, reward units; index 0 is the cue.

    Raises
    ------
    TypeError, ValueError
        As `from_history`.

    Examples
    --------
    >>> import rpe
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0)
    >>> history = rpe.simulate.run(planner, task, n_agents=1, rng=0)
    >>> brought = history.trials.reward - history.trials.effort
    >>> bool(abs(prediction_errors(history).sum() - brought.sum()) < 1e-9)
    True
    """
    full = recorded(history)
    who = full.agents if agents is None else chosen("agents", agents, full.agents)
    every = range(full.state.shape[1])
    shown = chosen("trials", every if trials is None else trials, every)
    return Reader(history, np.searchsorted(full.agents, who), None, None).errors(shown)


def _time(pulse: float, window: tuple[float, float], dt: float) -> tuple[float, tuple[float, float], float]:
    """Check the fine time axis."""
    ends = numbers("window", window)
    if ends.shape != (2,):
        raise ValueError(f"window must be (from, to) in s; got {window!r}")
    low, high = scalar("window[0]", ends[0], high=0), scalar("window[1]", ends[1], 0, open_low=True)
    length = scalar("pulse", pulse, 0, high, open_low=True)
    # Traces of more samples than this are not asked for by anybody who wants an answer.
    return length, (low, high), scalar("dt", dt, (high - low) / 100_000, high - low)


def _scale(history: RecordedHistory, reward_scale: Literal["range"] | float | None) -> float:
    if reward_scale is None:
        return 1.0
    if isinstance(reward_scale, str):
        choice("reward_scale", reward_scale, ("range",))
        return largest_payout(history)
    return scalar("reward_scale", reward_scale, 0, open_low=True)


def _average_reward(history: RecordedHistory, rows: Ints, memory: float) -> Floats:
    """Reward per step that each agent is used to before each trial, (n, n_trials), in reward units."""
    full = recorded(history)
    steps = np.maximum((full.action[rows] >= 0).sum(axis=-1), 1)
    income = full.reward[rows].sum(axis=-1) / steps
    average = np.zeros_like(income)
    for trial in range(1, income.shape[1]):
        average[:, trial] = average[:, trial - 1] + memory * (income[:, trial - 1] - average[:, trial - 1])
    return average
