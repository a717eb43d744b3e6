"""Titles that stand above all else, in as many lines as their panel is wide."""

from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg

from rpe.plots import house, inputs

# Mean width of a bold letter, in its size; and what the y axis takes of a panel, in inches.
_LETTER, _AXIS = 0.61, 0.6
_LEAST = 12


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
    a  One goal delays
        more than micro
        wins
    """
    drawn, words = house.axes(ax), inputs.text("title", title)
    lead = f"{inputs.text('letter', letter)}  " if letter else ""
    fits = max(_LEAST, int(72 * (_width(drawn) - _AXIS) / (_LETTER * drawn.title.get_fontsize())) - len(lead))
    # A space is half as wide as a letter.
    text = lead + ("\n    " if lead else "\n").join(wrap(words, fits))
    drawn.set_title(text, loc="left", pad=_above(drawn) + 4, parse_math=False)
    return drawn


def _width(ax: Axes) -> float:
    """Width of the panel that holds the axes, in inches."""
    whole = float(ax.figure.bbox.width / ax.figure.dpi)
    place = ax.get_subplotspec()
    if place is None:
        return whole
    columns = place.get_gridspec().ncols
    return whole * len(place.colspan) / columns


def _above(ax: Axes) -> float:
    """How far other things reach above the axes, in points."""
    renderer = RendererAgg(16, 16, ax.figure.dpi)
    others = [*ax.texts, *([ax.get_legend()] if ax.get_legend() else [])]
    tops = [each.get_window_extent(renderer).y1 for each in others if each.get_visible()]
    return max([0.0, *((top - ax.bbox.y1) * 72 / ax.figure.dpi for top in tops)])
