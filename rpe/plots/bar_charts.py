"""Grouped bars: a few numbers by name, with hatching beside colour."""

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe.plots import house, inputs

_HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++", "oooo", "----")


@house.styled
def bars(
    names: Sequence[str],
    values: npt.ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    ylabel: str = "",
    reference: float | None = None,
    colors: inputs.Colors | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw bars over names, several side by side if there are several series; NaN leaves a gap.

    Parameters
    ----------
    names : sequence of str
        What stands under the bars, (n_names,).
    values : float array (n_names,) or (n_series, n_names)
        Heights; NaN leaves a gap.
    labels : sequence of str, optional
        Name of each series; needed for a legend.
    ylabel : str
        What is drawn, with its unit.
    reference : float, optional
        A level to compare with, drawn as a line.
    colors : optional
        One for each series, or one for all.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.bars(["mono", "micro"], [0.7, 0.2], ylabel="procrastination index", ax=Figure().subplots())
    >>> len(ax.patches)
    2
    """
    heights = inputs.curves("values", values, missing=True)
    n_series, n_names = heights.shape
    shown = inputs.names("names", names, n_names)
    named = inputs.curve_labels(labels, n_series)
    fills = inputs.colors(colors, n_series, labels)
    ax = house.axes(ax)
    width = 0.8 / n_series
    for i, row in enumerate(heights):
        place = np.arange(n_names) + (i - (n_series - 1) / 2) * width
        look = {"color": fills[i], "edgecolor": "white", "hatch": _HATCHES[i % len(_HATCHES)], "linewidth": 0.4}
        ax.bar(place, row, 0.92 * width, label=named[i] or f"_series {i}", zorder=3, **look)
    ax.axhline(0.0, color=house.INK, linewidth=0.6, zorder=4)
    if reference is not None:
        ax.axhline(reference, color=house.GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=2)
    fits = _fit(ax, n_names)
    words = ["\n".join(wrap(name, fits, break_long_words=False)) for name in shown]
    crowded = max(len(line) for word in words for line in word.split("\n")) > fits
    if crowded:
        words = [" ".join(name.split()) for name in shown]
    ax.set_xticks(np.arange(n_names), words, rotation=28 if crowded else 0, ha="right" if crowded else "center")
    ax.tick_params(axis="x", length=0)
    ax.set_ylabel(inputs.text("ylabel", ylabel))
    if n_series > 1:
        longest = max(map(len, named))
        house.key_above(ax, max(1, min(n_series, 3, _letters(ax) // (longest + 5))))
    return ax


def _fit(ax: Axes, n_names: int) -> int:
    """How many letters fit under a bar and beside its neighbours' names."""
    return max(4, _letters(ax) // n_names - 1)


def _letters(ax: Axes) -> int:
    """How many letters of a note fit along the axes, beside the names of their vertical axis."""
    inches = ax.figure.bbox.width / ax.figure.dpi
    place = ax.get_subplotspec()
    part = 1.0 if place is None else len(place.colspan) / place.get_gridspec().ncols
    return int(72 * (inches * part - 0.7) / (0.6 * house.note_size(ax)))
