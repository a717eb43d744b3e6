"""Spikes: every trial as a row of ticks, and below it the rate over trials."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import blended_transform_factory

from rpe._checks import Floats, Ints, between, flag, scalar
from rpe.plots import house, inputs
from rpe.plots.labels import at_line_ends
from rpe.plots.lines import MAX_NAMED, Curves
from rpe.plots.signals import steps
from rpe.plots.timeline import Timeline, panels


@house.styled
def raster(
    spikes: npt.ArrayLike | Sequence[npt.ArrayLike],
    dt: float | None = None,
    *,
    duration: float | None = None,
    bin_width: float = 0.05,
    groups: Sequence[str] | None = None,
    cue: npt.ArrayLike | None = None,
    reward: npt.ArrayLike | None = None,
    omission: npt.ArrayLike | None = None,
    events: Mapping[str, npt.ArrayLike] | None = None,
    zero: str | None = None,
    rate: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw the spikes of every trial as ticks, the first trial on top, with their rate over trials (PSTH) below.

    Parameters
    ----------
    spikes : int array (n_trials, n_steps), or sequence of n_trials float arrays (n_spikes,)
        Counts per step, with `dt`; or the times of the spikes of each trial, s from its start, with
        `duration`. Counted spikes are spread evenly over their step.
    dt : float, optional
        Length of a step of counts, s.
    duration : float, optional
        Length of a trial given by times, s.
    bin_width : float
        Width of a bin of the rate, s; of counts a whole number of steps, at least one, nearest to it.
        Where the trial is no whole number of bins, the rate leaves out the rest.
    groups : sequence of n_trials str, optional
        Kind of each trial, such as "rewarded" or "omitted": rows are sorted by it, in the order of
        first appearance, and each has its own rate. At most eight kinds.
    cue, reward, omission, events, zero
        As in `peri_event`.
    rate : bool
        Whether to draw the panel of the rate.
    ax : matplotlib Axes, optional
        One of a grid of subplots, which is split into two panels; by default a new figure.

    Returns
    -------
    matplotlib Axes
        The raster; the panel of the rate follows it in `ax.figure.axes`.

    Raises
    ------
    TypeError, ValueError
        For counts that are no counts, both or neither of `dt` and `duration`, times outside the
        trial, or groups that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.raster([[0, 1, 2], [1, 0, 3]], 0.1, cue=0.1, bin_width=0.1, ax=Figure().subplots())
    >>> [panel.get_ylabel() for panel in ax.figure.axes]
    ['trial', 'firing rate (Hz)']
    >>> ax.figure.axes[1].lines[1].get_ydata()[::2]
    array([ 5.,  5., 25.])
    """
    n_steps, step, times, trials, n_trials = _spikes(spikes, dt, duration)
    width = _bin(bin_width, step, dt is not None, n_steps * step)
    timeline = Timeline.of(n_steps, step, cue=cue, reward=reward, omission=omission, events=events, zero=zero)
    names, member = _groups(groups, n_trials)
    rows = panels(ax, [1.4, 1.0], 3.6) if flag("rate", rate) else [house.axes(ax)]
    _ticks(rows[0], times - timeline.origin, trials, member, names)
    timeline.draw(rows[0])
    if rate:
        timeline.draw(rows[1], named=False)
        rows[0].set_xlabel("")
        rows[1].set(xlabel=timeline.label, ylabel="firing rate (Hz)")
        _rates(rows[1], times, member[trials], np.bincount(member), width, timeline, names)
    return rows[0]


def _spikes(spikes: Any, dt: Any, duration: Any) -> tuple[int, float, Floats, Ints, int]:
    """Return n_steps, the length of a step, the time (s) and trial of every spike, and n_trials."""
    if (dt is None) == (duration is None):
        raise ValueError(f"dt (of counts) or duration (of times) must be given, not both; got {dt!r}, {duration!r}")
    if dt is not None:
        counts = inputs.values("spikes", spikes, 0)
        if counts.ndim != 2 or np.any(counts % 1):
            raise ValueError(f"spikes must be whole numbers (n_trials, n_steps); got shape {counts.shape}")
        step = scalar("dt", dt, 0, open_low=True)
        trials, at = (np.repeat(place, counts[counts > 0].astype(int)) for place in np.nonzero(counts))
        many = counts[trials, at]
        first = np.r_[True, (np.diff(trials) != 0) | (np.diff(at) != 0)][: len(at)]
        order = np.arange(len(at)) - np.maximum.accumulate(np.where(first, np.arange(len(at)), 0))
        return counts.shape[1], step, (at + (order + 0.5) / many) * step, trials, counts.shape[0]
    length = scalar("duration", duration, 0, open_low=True)
    if isinstance(spikes, str) or not isinstance(spikes, Sequence | np.ndarray) or len(spikes) == 0:
        raise TypeError(f"spikes must be a sequence of arrays of times, one for each trial; got {spikes!r}")
    rows = [between(f"spikes[{i}]", np.asarray(row, dtype=float), 0, length).ravel() for i, row in enumerate(spikes)]
    trials = np.repeat(np.arange(len(rows)), [row.size for row in rows])
    return 1, length, np.concatenate(rows), trials, len(rows)


def _bin(width: Any, step: float, counted: bool, duration: float) -> float:
    """Return the width of a bin of the rate, a whole number of steps of counts."""
    wanted = scalar("bin_width", width, 0, duration, open_low=True)
    return max(1, round(wanted / step)) * step if counted else wanted


def _groups(groups: Any, n_trials: int) -> tuple[list[str], Ints]:
    """Return the kinds of trial, and that of each."""
    if groups is None:
        return [""], np.zeros(n_trials, dtype=np.int64)
    given = inputs.names("groups", groups, n_trials)
    kinds = list(dict.fromkeys(given))
    if len(kinds) > MAX_NAMED:
        raise ValueError(f"groups must be of at most {MAX_NAMED} kinds; got {len(kinds)}")
    return kinds, np.array([kinds.index(kind) for kind in given])


def _ticks(ax: Axes, times: Floats, trials: Ints, member: Ints, names: list[str]) -> None:
    """Draw a tick for each spike, in rows sorted by group, and name the groups beside their rows."""
    row = np.empty(len(member), dtype=np.int64)
    row[np.argsort(member, kind="stable")] = np.arange(1, len(member) + 1)
    at = row[trials]
    segments = np.stack([np.column_stack([times, at - 0.45]), np.column_stack([times, at + 0.45])], axis=1)
    colors = [house.PALETTE[i] if len(names) > 1 else house.INK for i in member[trials]]
    ax.add_collection(LineCollection(list(segments), colors=colors, linewidths=0.7, zorder=3, gid="spikes"))
    ax.set(ylim=(len(member) + 0.5, 0.5), ylabel="trial" if len(names) == 1 else "trial (sorted)")
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    last = np.cumsum(np.bincount(member))
    for edge in last[:-1] + 0.5:
        ax.axhline(edge, color=house.FAINT, linewidth=0.6, zorder=2, gid="group")
    place = blended_transform_factory(ax.transAxes, ax.transData)
    where: dict[str, Any] = {"transform": place, "va": "center", "ha": "left", "fontsize": house.note_size(ax)}
    for i, name in enumerate(names):
        if name:
            middle = last[i] - (np.bincount(member)[i] - 1) / 2
            ax.text(1.02, middle, name, color=house.ink(house.PALETTE[i]), **where)


def _rates(
    ax: Axes, times: Floats, member: Ints, n_trials: Ints, width: float, timeline: Timeline, names: list[str]
) -> None:
    """Draw the rate of each group, constant within its bins."""
    n_bins = int(timeline.n_steps * timeline.dt / width + 1e-9)
    edges = np.asarray(np.arange(n_bins + 1) * width, dtype=np.float64)
    slack = 1e-9 * width
    y = np.stack([np.histogram(times[member == i] + slack, edges)[0] / (n * width) for i, n in enumerate(n_trials)])
    x, y = steps(np.asarray(edges - timeline.origin, dtype=np.float64), y)
    curves = Curves.of(x, y, None, names, None if len(names) > 1 else house.INK, None)
    curves.draw(ax)
    ax.set_ylim(bottom=0)
    if len(names) > 1:
        at_line_ends(ax, curves.ends(), names, curves.styles(), y.mean(axis=1))
