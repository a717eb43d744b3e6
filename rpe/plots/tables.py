"""Comparison of arms: a dot plot, or a table of numbers on colours."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from rpe._checks import Floats, choice
from rpe.plots import house, inputs
from rpe.plots.sweeps import INDEX

MAX_DOTS = 8


@house.styled
def comparison(
    index: npt.ArrayLike,
    *,
    rows: Sequence[str],
    columns: Sequence[str | tuple[str, str]],
    interval: npt.ArrayLike | None = None,
    form: str = "dots",
    quantity: str = INDEX,
    ax: Axes | None = None,
) -> Axes:
    """Draw one number for each arm (row) and condition (column), as dots or as a table.

    Parameters
    ----------
    index : float array (n_rows, n_columns)
        Procrastination index, in [0, 1]; NaN where there is none.
    rows : sequence of str
        Name of each arm.
    columns : sequence of str, or of (str, str)
        Name of each condition, or of its group and of itself: neighbours with the same group share
        a heading in a table.
    interval : float array (2, n_rows, n_columns), optional
        Lower and upper ends of an interval, for dots only; NaN where there is none.
    form : {"dots", "table"}
        Dots on one axis, up to eight conditions; or numbers on colours, darker for more.
    quantity : str
        Name of the numbers, with the unit.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For numbers outside [0, 1], shapes that do not match, more than eight conditions as dots,
        or an interval in a table.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> numbers = [[0.74, 0.22], [0.20, 0.21]]
    >>> ax = rpe.plots.comparison(numbers, rows=["one", "five"], columns=["hyp", "exp"], ax=Figure().subplots())
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['hyp', 'exp']
    """
    level = inputs.values("index", index, 0, 1, missing=True)
    if level.ndim != 2:
        raise ValueError(f"index must have the shape (n_rows, n_columns); got {level.shape}")
    names = inputs.names("rows", rows, level.shape[0])
    heads = _heads(columns, level.shape[1])
    ends = inputs.band("interval", interval, level.shape, missing=True)
    text = inputs.text("quantity", quantity)
    if choice("form", form, ["dots", "table"]) == "table":
        if ends is not None:
            raise ValueError("interval must be None in a table; dots show it")
        return _table(house.axes(ax), level, names, heads, text)
    if level.shape[1] > MAX_DOTS:
        raise ValueError(f"columns must be at most {MAX_DOTS} as dots; got {level.shape[1]}: use form='table'")
    return _dots(house.axes(ax), level, names, heads, ends, text)


def _heads(columns: Any, n: int) -> list[tuple[str, str]]:
    """Return the group, which may be empty, and the name of each column."""
    if isinstance(columns, str) or not isinstance(columns, Sequence | np.ndarray):
        raise TypeError(f"columns must be a sequence of {n} names; got {columns!r}")
    pairs = [("", column) if isinstance(column, str) else column for column in columns]
    if not all(isinstance(pair, Sequence) and list(map(type, pair)) == [str, str] for pair in pairs):
        raise TypeError(f"columns must hold strings or pairs of strings; got {list(columns)!r}")
    if len(pairs) != n:
        raise ValueError(f"columns must have one entry per column, {n}; got {len(pairs)}")
    return [(str(group), str(name)) for group, name in pairs]


def _dots(
    ax: Axes, level: Floats, rows: list[str], heads: list[tuple[str, str]], ends: Floats | None, quantity: str
) -> Axes:
    """Draw the columns as kinds of dot, side by side within a row."""
    n_rows, n = level.shape
    for edge in np.arange(n_rows - 1) + 0.5:
        ax.axhline(edge, color="#E4E4E4", linewidth=0.6, zorder=1)
    fills = inputs.colors(None, n, [name for _, name in heads])
    for column, (group, name) in enumerate(heads):
        place = np.arange(n_rows) + 0.6 * ((column + 0.5) / n - 0.5)
        color = fills[column]
        if ends is not None:
            ax.hlines(place, *ends[:, :, column], color=color, linewidth=1, zorder=2)
        (dots,) = ax.plot(level[:, column], place, linestyle="none", marker=house.MARKERS[column], color=color)
        dots.set(markersize=4.5, markeredgewidth=0, zorder=3, clip_on=False)
        dots.set_label(f"{group}, {name}" if group else name)
    ax.set(yticks=np.arange(n_rows), yticklabels=rows, ylim=(n_rows - 0.5, -0.5), xlim=(0, 1), xlabel=quantity)
    ax.tick_params(axis="y", length=0)
    house.key_above(ax, min(n, 3))
    return ax


def _table(ax: Axes, level: Floats, rows: list[str], heads: list[tuple[str, str]], quantity: str) -> Axes:
    """Draw the numbers on colours, darker for more."""
    n_rows, n = level.shape
    ax.set_facecolor("#EEEEEE")
    shown = ax.pcolormesh(level, cmap=house.PALE, vmin=0, vmax=1, edgecolors="white", linewidth=1.0)
    for (row, column), number in np.ndenumerate(level):
        if not np.isnan(number):
            color = house.on(shown.cmap(number))
            where: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": house.note_size(ax)}
            ax.text(column + 0.5, row + 0.5, f"{number:.2f}".replace("0.", ".", 1), color=color, **where)
    ax.set(ylim=(n_rows, 0), yticks=np.arange(n_rows) + 0.5, yticklabels=rows, xticks=np.arange(n) + 0.5)
    ax.set_xticklabels([name for _, name in heads])
    ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(quantity)
    _headings(ax, [group for group, _ in heads])
    return ax


def _headings(ax: Axes, groups: list[str]) -> None:
    """Write each group over its columns, above a line as wide as they, and part the groups."""
    start, size = 0, house.note_size(ax)
    over: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "va": "bottom"}
    lifted = ax.get_xaxis_transform() + ScaledTranslation(0, 2 * size / 72, ax.figure.dpi_scale_trans)
    for group, members in groupby(groups):
        end = start + len(list(members))
        if group:
            ax.annotate(group, ((start + end) / 2, 1), (0, 2.2 * size), ha="center", fontsize=size, **over)
            ax.plot([start + 0.12, end - 0.12], [1, 1], transform=lifted, color=house.INK, linewidth=0.6, clip_on=False)
        if start and group:
            ax.axvline(start, color="white", linewidth=4)
        start = end
