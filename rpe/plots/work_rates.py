"""Momentum, as three separate pictures: by progress, against a shuffle, and by streak."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from rpe._checks import Floats, Seed, choice, generator
from rpe.plots import house, inputs, measured
from rpe.plots.labels import note
from rpe.plots.lines import Curves, name_ends, sub_goals

if TYPE_CHECKING:
    from rpe.simulate import History

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
    work_probability : float array (n_units,) or (n_curves, n_units), or a result
        Probability of work with 0 to n_units − 1 units done, in [0, 1]; NaN where that never arose.
        Or a history, or what `rpe.measures.work_by_unit` returned; agents are pooled.
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
    found, _ = measured.rates(work_probability, "work_by_unit")
    probability = inputs.curves("work_probability", found, 0, 1, missing=True)
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
    probability : float array (n_conditions,) or (n_curves, n_conditions), or a result
        Probability of work after 0, 1, 2, ... steps, in [0, 1]; NaN where that never arose. Or a
        history, or what `rpe.measures.work_by_streak` or `work_since_sub_goal` returned: agents are
        pooled, and markers show how often each condition arose.
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
    label = SINCE[choice("since", since, SINCE)]
    measure = "work_by_streak" if since == "streak" else "work_since_sub_goal"
    found, offered = measured.rates(probability, measure)
    chances = inputs.curves("probability", found, 0, 1, missing=True)
    count = offered if count is None else count
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
def momentum(
    records: "History | Sequence[History]",
    *,
    labels: Sequence[str] | None = None,
    rng: Seed = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw momentum of runs, with bootstrap intervals over agents, beside the raw gap that contains trend.

    Parameters
    ----------
    records : History, or sequence of histories
        What `rpe.simulate.run` returned, with agents in full.
    labels : sequence of str, optional
        Name of each run; by default its number, if there are several.
    rng : int, numpy.random.Generator or None
        Seed of the bootstrap.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For other things than histories, and as `rpe.measures.momentum_band`.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> learner = rpe.agents.QLearner(inverse_temperature=0.5)
    >>> run = rpe.simulate.run(learner, rpe.tasks.micro_wins(3, n_units=6, deadline=18), n_agents=8, n_trials=9, rng=0)
    >>> rpe.plots.momentum(run, rng=0, ax=Figure().subplots()).get_xlabel()
    'P(work | worked) − P(work | did not)'
    """
    from rpe import measures

    runs: list[Any] = list(records) if isinstance(records, list | tuple) else [records]
    if not runs:
        raise ValueError("records must hold at least one history; got none")
    for i, run in enumerate(runs):
        if not hasattr(run, "full"):
            raise TypeError(f"records must be histories, which have `full`; got {run!r} at {i}")
    names = inputs.names("labels", inputs.curve_labels(labels, len(runs)), len(runs))
    streams = generator(rng).spawn(len(runs))
    bands = [measures.momentum_band(run, rng=stream) for run, stream in zip(runs, streams, strict=True)]
    raw = [float(np.nanmean(measures.momentum_with_trend(run).observed)) for run in runs]
    ends = np.array([[float(band.low), float(band.high)] for band in bands]).T
    return _gaps(
        np.array([float(band.mean) for band in bands]), np.array(raw), names, ends, ("momentum", "with trend"), ax
    )


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
    return _gaps(observed, expected, names, ends, ("observed", "shuffled"), ax)


def _gaps(
    observed: Floats, other: Floats, names: list[str], ends: Floats | None, called: tuple[str, str], ax: Axes | None
) -> Axes:
    """Draw two gaps a row, of which the first has an interval."""
    ax = house.axes(ax)
    rows = np.arange(observed.size)
    ax.axvline(0, color=house.FAINT, linewidth=0.6, zorder=1)
    ax.hlines(rows, other, observed, color=house.FAINT, linewidth=2, zorder=2)
    if ends is not None:
        ax.hlines(rows, *ends, color=house.BLUE, linewidth=1, zorder=3, label="interval")
    ax.plot(other, rows, "D", color=house.GREY, markerfacecolor="white", markersize=4, label=called[1], zorder=3.5)
    ax.plot(observed, rows, "o", color=house.BLUE, markersize=5, label=called[0], zorder=4)
    ax.set(yticks=rows, yticklabels=names, ylim=(observed.size - 0.5, -0.8))
    ax.set_xlabel("P(work | worked) − P(work | did not)")
    ax.tick_params(axis="y", length=0)
    _name_first_pair(ax, observed[0], other[0], called)
    return ax


def _name_first_pair(ax: Axes, observed: float, other: float, called: tuple[str, str]) -> None:
    """Name the two kinds of point at those of the first row, outward, so that neither name covers the other."""
    observed_right = observed >= other
    for x, name, color, right in (
        (observed, called[0], house.BLUE, observed_right),
        (other, called[1], house.GREY, not observed_right),
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
