"""Titles that stand above all else, in as many lines as their panel is wide."""

import re
from textwrap import wrap
from typing import Any, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.transforms import ScaledTranslation

from rpe.plots import house, inputs

# Mean width of a bold letter, in its size; and what is kept free at the end of a line, in points.
_LETTER, _EDGE = 0.61, 10.0
_LEAST = 12
# Letters of a name beside an axis that stand in one line.
_YLABEL = 24
# What must not be torn apart.
_TOGETHER = re.compile(r"(±|95) (SE|%)")


def heading(ax: Axes, title: str, *, letter: str = "") -> Axes:
    """Write a title above all that stands above the axes: names of events, a key, a column of numbers.

    Call it last, when everything else is drawn.

    Parameters
    ----------
    ax : matplotlib Axes
        The panel.
    title : str
        What the panel shows. It is broken where the panel ends.
    letter : str
        Of the panel, as a caption refers to it.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        For a title that is no text, or something else than axes.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = Figure(figsize=(3, 2)).subplots()
    >>> print(rpe.plots.heading(ax, "One goal delays more than micro wins", letter="a").get_title(loc="left"))
    a  One goal delays more than micro
        wins
    """
    drawn, words = house.axes(ax), inputs.text("title", title)
    lead = f"{letter}  " if inputs.text("letter", letter) else ""
    # A name longer than its axis is high would reach up into the title.
    named = _TOGETHER.sub("\\1\u00a0\\2", drawn.get_ylabel()).split("\n")
    drawn.set_ylabel("\n".join(line for part in named for line in wrap(part, _YLABEL)))
    left = _left(drawn)
    fits = max(_LEAST, int((_width(drawn, left) - _EDGE) / (_LETTER * float(drawn.title.get_fontsize()))) - len(lead))
    # A space is half as wide as a letter.
    text = lead + ("\n    " if lead else "\n").join(wrap(words, fits))
    # In the size that titles had when the axes were made, whatever the style is now.
    look: dict[str, Any] = {"fontsize": drawn.title.get_fontsize(), "fontweight": drawn.title.get_fontweight()}
    written = drawn.set_title(text, loc="left", pad=_above(drawn) + 4, parse_math=False, **look)
    written.set_transform(written.get_transform() + ScaledTranslation(-left / 72, 0, drawn.figure.dpi_scale_trans))
    return drawn


def _renderer(ax: Axes) -> Any:
    """What measures text; its own size does not matter."""
    return cast(Any, RendererAgg)(16, 16, ax.figure.dpi)


def _left(ax: Axes) -> float:
    """How far names and ticks reach to the left of the axes, in points."""
    seen = ax.yaxis.get_tightbbox(_renderer(ax)) if ax.axison else None
    return 0.0 if seen is None else max(0.0, float(ax.bbox.x0 - seen.x0) * 72 / ax.figure.dpi - 3)


def _width(ax: Axes, left: float) -> float:
    """Width of the panel that holds the axes, in points."""
    whole, place = float(ax.figure.bbox.width * 72 / ax.figure.dpi), ax.get_subplotspec()
    if place is None:
        return whole
    grid = place.get_gridspec()
    ratios = (
        np.ones(grid.ncols) if grid.get_width_ratios() is None else np.asarray(grid.get_width_ratios(), dtype=float)
    )
    part = whole * float(ratios[list(place.colspan)].sum() / ratios.sum())
    if ax.figure.get_layout_engine() is None:
        # Without a layout the axes stay where they are, and the figure may end before the panel's width does.
        return min(part, whole - float(ax.bbox.x0) * 72 / ax.figure.dpi + left)
    return part


def _above(ax: Axes) -> float:
    """How far other things reach above the axes, in points."""
    renderer = _renderer(ax)
    key = ax.get_legend()
    others: list[Artist] = [*ax.texts, *([] if key is None else [key])]
    tops = [each.get_window_extent(renderer).y1 for each in others if each.get_visible()]
    return max([0.0, *((top - ax.bbox.y1) * 72 / ax.figure.dpi for top in tops)])
