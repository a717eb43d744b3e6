"""Responses by dose, probability, size or trial, and sums of errors by kind of event."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe._checks import flag, scalar
from rpe.plots import house, inputs
from rpe.plots.lines import Curves, name_ends

MAX_MARKED = 40
HATCHES = ("", "//////", "......", "\\\\\\\\\\\\", "xxxx", "----", "oooo", "++++")


@house.styled
def responses(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    band: npt.ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    xlabel: str,
    ylabel: str,
    log: bool = False,
    reference: float | None = None,
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a response against what it depends on: probability, size, delay, trial; a line for each condition.

    Parameters
    ----------
    x : float array (n_points,)
        What the response depends on, rising.
    y : float array (n_points,) or (n_conditions, n_points)
        The response; NaN where there is none. Points are marked where they are at most 40, and
        wherever a point stands alone.
    band : float array (2, ...), optional
        Lower and upper ends of an interval, with the shape of `y`; NaN as there.
    labels : sequence of str, optional
        Name of each condition.
    xlabel, ylabel : str
        What the axes show, with units.
    log : bool
        Whether x is on a log axis.
    reference : float, optional
        A response to mark by a dashed line, such as that of another theory; zero is marked anyway
        where responses have both signs.
    colors, linestyles : optional
        One for each condition, or one for all.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For x that does not rise or is not positive on a log axis, shapes that do not match, more
        than eight conditions, or infinities.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> chance = [0.0, 0.5, 1.0]
    >>> ax = rpe.plots.responses(
    ...     chance, [[0, 0.5, 1], [1, 0.5, 0]], labels=["cue", "reward"],
    ...     xlabel="probability of reward", ylabel="response (Hz)", ax=Figure().subplots(),
    ... )
    >>> [line.get_marker() for line in ax.lines]
    ['o', 's']
    """
    levels = inputs.curves("y", y, missing=True)
    places = inputs.rising("x", x, levels.shape[1], positive=flag("log", log))
    few = places.size <= MAX_MARKED
    curves = Curves.of(places, levels, band, labels, colors, linestyles, markers=few, missing=True)
    level = None if reference is None else scalar("reference", reference)
    names = {"xlabel": inputs.text("xlabel", xlabel), "ylabel": inputs.text("ylabel", ylabel)}
    ax = house.axes(ax)
    if log:
        house.log_scale(ax, "x")
    curves.draw(ax)
    if not few:
        curves.mark_alone(ax)
    if np.nanmin(levels) < 0 < np.nanmax(levels):
        ax.axhline(0, color=house.FAINT, linewidth=0.6, zorder=1, gid="zero")
    if level is not None:
        ax.axhline(level, color=house.GREY, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1, gid="reference")
    ax.set(**names)
    name_ends(ax, curves)
    return ax


@house.styled
def error_sums(
    sums: npt.ArrayLike,
    *,
    labels: Sequence[str],
    parts: Sequence[str],
    total: npt.ArrayLike | None = None,
    ylabel: str = "sum of prediction errors (reward units)",
    ax: Axes | None = None,
) -> Axes:
    """Draw sums of prediction errors as stacked bars: gains upward, losses downward, and what they come to.

    Parameters
    ----------
    sums : float array (n_conditions, n_parts)
        Sum of the errors of each part, such as those at the cue, at sub-goals, and at the goal.
    labels : sequence of str
        Name of each condition.
    parts : sequence of str
        Name of each part, at most eight.
    total : float array (n_conditions,), optional
        What each bar should come to, such as the identity Σγᵗδ = Σγᵗr − V(s₀): a line across it.
    ylabel : str
        What is summed, with its unit.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For NaN, or shapes that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.error_sums(
    ...     [[0.9, 0.1], [0.5, 0.5]], labels=["one win", "five"], parts=["cue", "wins"], ax=Figure().subplots()
    ... )
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['cue', 'wins']
    """
    table = inputs.values("sums", sums)
    if table.ndim != 2 or table.shape[1] > len(HATCHES):
        raise ValueError(f"sums must have the shape (n_conditions, n_parts ≤ {len(HATCHES)}); got {table.shape}")
    conditions = inputs.names("labels", labels, table.shape[0])
    kinds = inputs.names("parts", parts, table.shape[1])
    whole = None if total is None else inputs.vector("total", total, table.shape[0])
    title = inputs.text("ylabel", ylabel)
    ax = house.axes(ax)
    rows = np.arange(table.shape[0])
    for part, name in enumerate(kinds):
        before = table[:, :part]
        same = np.sign(before) == np.sign(table[:, [part]])
        base = np.where(same, before, 0.0).sum(axis=1)
        look: dict[str, Any] = {"color": house.PALETTE[part], "edgecolor": "white", "linewidth": 0.5, "zorder": 2}
        ax.bar(rows, table[:, part], 0.6, bottom=base, hatch=HATCHES[part], label=name, **look)
    ax.axhline(0, color=house.INK, linewidth=0.7, zorder=3)
    if whole is not None:
        ax.hlines(whole, rows - 0.4, rows + 0.4, color=house.INK, linewidth=1.4, zorder=4, label="expected total")
    ax.set(xticks=rows, xticklabels=conditions, xlim=(-0.6, rows.size - 0.4), ylabel=title)
    ax.tick_params(axis="x", length=0)
    house.key_above(ax, 3)
    return ax
