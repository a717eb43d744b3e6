"""Momentum, as three separate pictures: by progress, against a shuffle, and by streak."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from rpe._checks import Floats, choice
from rpe.plots import house, inputs
from rpe.plots.labels import note
from rpe.plots.lines import Curves, name_ends, sub_goals

SINCE = {"streak": "steps worked in a row just before", "sub-goal": "steps since the last sub-goal"}


@house.styled
def work_by_unit(
    work_probability: npt.ArrayLike,
    *,
    band: npt.ArrayLike | None = None,
    goals: npt.ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the hazard of work, P(work | units done): the goal gradient, and the slump after a sub-goal.

    Parameters
    ----------
    work_probability : float array (n_units,) or (n_curves, n_units)
        Probability of work with 0 to n_units − 1 units done, in [0, 1]; NaN where that never arose.
    band : float array (2, ...), optional
        Lower and upper ends of an interval, with the shape of `work_probability`; NaN as there.
    goals : int array (n_goals,), optional
        Units done at which sub-goals stand, within 1 to n_units.
    labels : sequence of str, optional
        Name of each curve; by default its number, if there are several.
    colors, linestyles : optional
        One for each curve, or one for all.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For probabilities outside [0, 1], goals outside the units, shapes that do not match, or
        more than eight curves.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.work_by_unit([0.2, 0.5, 0.9], ax=Figure().subplots())
    >>> ax.get_xlabel()
    'units done'
    """
    probability = inputs.curves("work_probability", work_probability, 0, 1, missing=True)
    n_units = probability.shape[1]
    marks = None if goals is None else inputs.vector("goals", inputs.values("goals", goals, 1, n_units))
    units = np.arange(n_units, dtype=np.float64)
    curves = Curves.of(units, probability, band, labels, colors, linestyles, markers=True, missing=True)
    ax = _probability_axes(ax, "units done", n_units - 1)
    if marks is not None and np.any(marks < n_units):
        inside = np.sort(marks[marks < n_units])
        sub_goals(ax, inside, axis="x")
        note(ax, inside[0], 1.03, "sub-goals" if inside.size > 1 else "sub-goal")
    curves.draw(ax)
    name_ends(ax, curves)
    return ax


@house.styled
def work_by_streak(
    probability: npt.ArrayLike,
    *,
    since: str = "streak",
    band: npt.ArrayLike | None = None,
    count: npt.ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw P(work) by the length of the streak of work just before, or by the steps since a sub-goal.

    Parameters
    ----------
    probability : float array (n_conditions,) or (n_curves, n_conditions)
        Probability of work after 0, 1, 2, ... steps, in [0, 1]; NaN where that never arose.
    since : {"streak", "sub-goal"}
        What the steps are counted from.
    band : float array (2, ...), optional
        Lower and upper ends of an interval, with the shape of `probability`; NaN as there.
    count : float array, optional
        How often each condition arose, with the shape of `probability`; the area of a marker
        follows it.
    labels : sequence of str, optional
        Name of each curve; by default its number, if there are several.
    colors, linestyles : optional
        One for each curve, or one for all.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For probabilities outside [0, 1], an unknown `since`, negative counts, shapes that do not
        match, or more than eight curves.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.work_by_streak([0.2, 0.6, 0.7], ax=Figure().subplots())
    >>> ax.get_xlabel()
    'steps worked in a row just before'
    """
    chances = inputs.curves("probability", probability, 0, 1, missing=True)
    label = SINCE[choice("since", since, SINCE)]
    area = None if count is None else _areas(count, chances.shape)
    steps = np.arange(chances.shape[1], dtype=np.float64)
    curves = Curves.of(steps, chances, band, labels, colors, linestyles, markers=count is None, missing=True)
    # What arose only for short streaks needs no room for longer ones.
    last = int(np.flatnonzero(~np.isnan(chances).all(axis=0))[-1])
    ax = _probability_axes(ax, label, last)
    curves.draw(ax)
    if area is not None:
        for i, row in enumerate(chances):
            looks: dict[str, Any] = {"color": curves.colors[i], "marker": house.MARKERS[i], "linewidths": 0}
            ax.scatter(steps, row, area[i], zorder=3.5, clip_on=False, **looks)
        note(ax, last + 0.3, 1.03, "marker area: how often", ha="right")
    name_ends(ax, curves)
    return ax


@house.styled
def momentum_gap(
    gap: npt.ArrayLike,
    shuffled: npt.ArrayLike,
    *,
    labels: Sequence[str],
    interval: npt.ArrayLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw P(work | worked just before) − P(work | did not), observed and with each agent's steps shuffled.

    What lies between the two points of a row is momentum; the shuffled one shows how much of the
    gap comes from agents and trials merely working at different rates.

    Parameters
    ----------
    gap : float array (n_rows,)
        The observed gap of each arm, in [−1, 1].
    shuffled : float array (n_rows,)
        The same after a shuffle of the steps within each agent.
    labels : sequence of str
        Name of each arm.
    interval : float array (2, n_rows), optional
        Lower and upper ends of an interval around `gap`.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For gaps outside [−1, 1], NaN, or shapes that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.momentum_gap([0.4, 0.1], [0.1, 0.1], labels=["one goal", "five"], ax=Figure().subplots())
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['one goal', 'five']
    """
    observed = inputs.vector("gap", inputs.values("gap", gap, -1, 1))
    expected = inputs.vector("shuffled", inputs.values("shuffled", shuffled, -1, 1), observed.size)
    names = inputs.names("labels", labels, observed.size)
    ends = inputs.band("interval", interval, observed.shape)
    ax = house.axes(ax)
    rows = np.arange(observed.size)
    ax.axvline(0, color=house.FAINT, linewidth=0.6, zorder=1)
    ax.hlines(rows, expected, observed, color=house.FAINT, linewidth=2, zorder=2)
    if ends is not None:
        ax.hlines(rows, *ends, color=house.BLUE, linewidth=1, zorder=3, label="interval")
    ax.plot(expected, rows, "D", color=house.GREY, markerfacecolor="white", markersize=4, label="shuffled", zorder=3.5)
    ax.plot(observed, rows, "o", color=house.BLUE, markersize=5, label="observed", zorder=4)
    ax.set(yticks=rows, yticklabels=names, ylim=(observed.size - 0.5, -0.8))
    ax.set_xlabel("P(work | worked) − P(work | did not)")
    ax.tick_params(axis="y", length=0)
    _name_first_pair(ax, observed[0], expected[0])
    return ax


def _name_first_pair(ax: Axes, observed: float, shuffled: float) -> None:
    """Name the two kinds of point at those of the first row, outward, so that neither name covers the other."""
    observed_right = observed >= shuffled
    for x, name, color, right in (
        (observed, "observed", house.BLUE, observed_right),
        (shuffled, "shuffled", house.GREY, not observed_right),
    ):
        shift, side = (1.5, "left") if right else (-1.5, "right")
        where: dict[str, Any] = {"xytext": (shift, 6), "textcoords": "offset points", "ha": side, "va": "bottom"}
        ax.annotate(name, (x, 0), color=house.ink(color), fontsize=house.note_size(ax), **where)


def _probability_axes(ax: Axes | None, label: str, last: int) -> Axes:
    """Draw axes from 0 to `last` steps or units, and from never to always."""
    ax = house.axes(ax)
    ax.set(xlim=(-0.3, last + 0.3), ylim=(0, 1.12), yticks=np.linspace(0, 1, 6))
    ax.set(xlabel=label, ylabel="probability of work")
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    return ax


def _areas(count: Any, shape: tuple[int, ...]) -> Floats:
    """Return marker areas in square points for how often each condition arose."""
    counts = inputs.curves("count", count, 0)
    if counts.shape != shape:
        raise ValueError(f"count must have the shape of probability, {shape}; got {counts.shape}")
    return np.asarray(2 + 40 * counts / max(float(counts.max()), 1.0))
