"""The procrastination index over the number of goals, and over any other parameter."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from rpe._checks import Floats, flag
from rpe.plots import house, inputs
from rpe.plots.lines import Curves, name_ends

INDEX = "procrastination index (0–1)"


@house.styled
def goal_sweep(
    n_goals: npt.ArrayLike,
    index: npt.ArrayLike,
    *,
    completion: npt.ArrayLike | None = None,
    band: npt.ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    mark_minimum: bool = True,
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the procrastination index against the number of goals K a task is split into.

    Each K has the same room. An interior minimum, better than both the single goal and the finest
    split, is ringed and named: below the ring, or with the name of its curve if there are several.

    Parameters
    ----------
    n_goals : int array (n_k,)
        Numbers of goals K, rising.
    index : float array (n_k,) or (n_curves, n_k)
        Procrastination index, in [0, 1].
    completion : float array, optional
        Probability of completion, with the shape of `index`: written above the axes in per cent.
    band : float array (2, ...), optional
        Lower and upper ends of an interval, with the shape of `index`.
    labels : sequence of str, optional
        Name of each curve; by default its number, if there are several.
    mark_minimum : bool
        Whether to mark an interior minimum.
    colors, linestyles : optional
        One for each curve, or one for all.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style. With `completion`, a title needs
        `pad=14`, and 9 more for each further curve.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For numbers of goals that are not whole or do not rise, values outside [0, 1], shapes that
        do not match, or more than eight curves.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.goal_sweep([1, 2, 5, 20], [0.74, 0.23, 0.22, 0.82], ax=Figure().subplots())
    >>> ax.texts[0].get_text()
    'lowest at K = 5'
    """
    goals = inputs.rising("n_goals", inputs.values("n_goals", n_goals, 1))
    if np.any(goals % 1):
        raise ValueError(f"n_goals must hold whole numbers; got {goals.tolist()}")
    level = _levels("index", index, goals.size)
    finished = None if completion is None else _same_shape("completion", completion, level)
    flag("mark_minimum", mark_minimum)
    places = np.arange(goals.size, dtype=np.float64)
    curves = Curves.of(places, level, band, labels, colors, linestyles, markers=True)
    ax = house.axes(ax)
    ax.set(xlabel="number of goals K", ylabel=INDEX, xlim=(-0.3, goals.size - 0.7), ylim=(0, 1))
    ax.set_xticks(places, [f"{k:.0f}" for k in goals])
    curves.draw(ax)
    if mark_minimum:
        curves = _mark_minima(ax, goals, curves)
    if finished is not None:
        _write_completion(ax, finished, curves)
    name_ends(ax, curves)
    return ax


@house.styled
def parameter_sweep(
    values: npt.ArrayLike,
    index: npt.ArrayLike,
    *,
    parameter: str,
    labels: Sequence[str] | None = None,
    quantity: str = INDEX,
    band: npt.ArrayLike | None = None,
    log: bool = False,
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the procrastination index against a parameter, one curve for each arm.

    Parameters
    ----------
    values : float array (n_values,)
        The parameter, rising.
    index : float array (n_values,) or (n_curves, n_values)
        Procrastination index, in [0, 1].
    parameter : str
        Name of the parameter, with its unit.
    labels : sequence of str, optional
        Name of each curve; by default its number, if there are several.
    quantity : str
        Label of the y axis, for another share or probability than the procrastination index.
    band : float array (2, ...), optional
        Lower and upper ends of an interval, with the shape of `index`.
    log : bool
        Whether the parameter is on a log axis.
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
        For values that do not rise, or are not positive on a log axis, an index outside [0, 1],
        shapes that do not match, or more than eight curves.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.parameter_sweep([0.02, 0.08], [0.2, 0.7], parameter="k (1/step)", ax=Figure().subplots())
    >>> ax.get_xlabel()
    'k (1/step)'
    """
    where = inputs.rising("values", values, positive=flag("log", log))
    level = _levels("index", index, where.size)
    curves = Curves.of(where, level, band, labels, colors, linestyles, markers=where.size <= 20)
    names = inputs.text("parameter", parameter), inputs.text("quantity", quantity)
    ax = house.axes(ax)
    if log:
        house.log_scale(ax, "x")
    ax.set(xlabel=names[0], ylabel=names[1], ylim=(0, 1))
    curves.draw(ax)
    ax.margins(x=0.03)
    name_ends(ax, curves)
    return ax


def _levels(name: str, value: Any, n: int) -> Floats:
    """Check curves of shares, each over `n` points."""
    level = inputs.curves(name, value, 0, 1)
    if level.shape[1] != n:
        raise ValueError(f"{name} must have {n} points per curve; got shape {level.shape}")
    return level


def _same_shape(name: str, value: Any, level: Floats) -> Floats:
    """Check shares that go with the index."""
    shares = inputs.curves(name, value, 0, 1)
    if shares.shape != level.shape:
        raise ValueError(f"{name} must have the shape of index, {level.shape}; got {shares.shape}")
    return shares


def _mark_minima(ax: Axes, goals: Floats, curves: Curves) -> Curves:
    """Ring the lowest point of each curve that has one inside; return the curves with that in their names."""
    names = list(curves.names)
    for i, level in enumerate(curves.y):
        at = int(level.argmin())
        if level[at] >= min(level[0], level[-1]):
            continue
        (ring,) = ax.plot(at, level[at], "o", markersize=9, markerfacecolor="none", markeredgecolor=curves.colors[i])
        ring.set(markeredgewidth=1, zorder=4, clip_on=False, gid="minimum")
        text = f"lowest at K = {goals[at]:.0f}"
        if names[i]:
            names[i] += f"\n{text}"
        else:
            where: dict[str, Any] = {"xytext": (0, -7), "textcoords": "offset points", "ha": "center", "va": "top"}
            ax.annotate(text, (at, level[at]), color=house.ink(curves.colors[i]), fontsize=house.note_size(ax), **where)
    return curves._replace(names=names)


def _write_completion(ax: Axes, finished: Floats, curves: Curves) -> None:
    """Write a row of percentages above the axes for each curve, the first on top, led by its marker."""
    size = house.note_size(ax)
    assert curves.markers is not None
    rows = zip(finished[::-1], curves.colors[::-1], curves.markers[::-1], strict=True)
    up: dict[str, Any] = {"textcoords": "offset points", "va": "bottom", "fontsize": size}
    for row, (shares, color, marker) in enumerate(rows):
        height = 3 + row * 1.25 * size
        for place, share in zip(curves.x, shares, strict=True):
            number = f"{100 * share:.0f}"
            ax.annotate(
                number, (place, 1), (0, height), ("data", "axes fraction"), color=house.ink(color), ha="center", **up
            )
        if len(finished) > 1:
            beside = ScaledTranslation(-4 / 72, (height + 0.5 * size) / 72, ax.figure.dpi_scale_trans)
            looks: dict[str, Any] = {"color": color, "markersize": 3.5, "markeredgewidth": 0, "clip_on": False}
            ax.plot(0, 1, marker, transform=ax.transAxes + beside, **looks)
    middle = 3 + 0.625 * (len(finished) - 1) * size
    ax.annotate("% completed", (0, 1), (-9, middle), "axes fraction", color=house.GREY, ha="right", **up)
