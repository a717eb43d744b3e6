"""The house style: figures as wide as a column, colours safe for the colour-blind, and the parts plots share."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import wraps
from inspect import signature
from typing import Any, Literal, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LinearSegmentedColormap, ListedColormap, LogNorm, Normalize, to_hex, to_rgb
from matplotlib.text import Text

from rpe._checks import Floats, choice, known_keywords, scalar

P = ParamSpec("P")

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#6B5000", "#332299", "#000000", "#882255")
"""Okabe and Ito's colours, with a brown, an indigo and Tol's wine for the three with a contrast below 3:1 on white."""

LINESTYLES: tuple[Any, ...] = (
    "-",
    (0, (4, 1.5)),
    (0, (1, 1)),
    (0, (5, 1.2, 1, 1.2)),
    (0, (8, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (2, 2)),
    (0, (8, 1.5, 2, 1.5)),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
BLUE, VERMILLION, GREY, FAINT, INK = "#0072B2", "#D55E00", "#6E6E6E", "#BDBDBD", "#262626"
HELPS, HURTS = "#009E73", "#882255"

HELPS_HURTS = LinearSegmentedColormap.from_list("helps_hurts", ["#4A0A2C", HURTS, "#F7F7F7", HELPS, "#00513B"])
SIGNED = LinearSegmentedColormap.from_list("signed", ["#003E66", BLUE, "#F7F7F7", VERMILLION, "#8F3A00"])
PALE = LinearSegmentedColormap.from_list("pale", ["#F4F8FB", "#9CC9E6", BLUE, "#003E66"])
# The pale end of viridis is left out: thin lines in it are lost on white.
SEQUENTIAL = ListedColormap(mpl.colormaps["viridis"](np.linspace(0, 0.88, 256)), name="sequential")

_RC: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.labelpad": 3,
    "axes.labelsize": 8,
    "axes.linewidth": 0.7,
    "axes.prop_cycle": mpl.rcsetup.cycler(color=PALETTE, linestyle=LINESTYLES),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "figure.dpi": 150,
    "font.size": 8,
    "hatch.linewidth": 0.5,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "lines.markersize": 4,
    "pdf.fonttype": 42,
    "savefig.dpi": 300,
    "svg.fonttype": "none",
    "svg.hashsalt": "rpe",
    "text.color": INK,
}
_TICKS = {"color": INK, "labelsize": 7, "major.size": 3, "major.width": 0.7, "minor.size": 1.8, "minor.width": 0.5}
_RC |= {f"{axis}tick.{name}": value for axis in "xy" for name, value in _TICKS.items()}

# What grows with the context: text, lines, markers and ticks, in points.
_SIZES = [name for name in _RC if re.search(r"(size|width|pad|\.major\.|\.minor\.)", name)]
# How much larger than on paper, and the size of a new figure in inches.
CONTEXTS = {"paper": (1.0, 3.5, 2.6), "notebook": (1.3, 6.4, 4.0), "slide": (2.0, 10.0, 5.6)}


def _scaled(factor: float) -> dict[Any, Any]:
    return {**_RC, **{name: factor * _RC[name] for name in _SIZES}}


_active: ContextVar[bool] = ContextVar("house style is on", default=False)


def style(
    context: str = "paper", *, width: float | None = None, height: float | None = None
) -> AbstractContextManager[None]:
    """Set the house style while the block runs; matplotlib's settings are as before afterwards.

    Every plot that makes its own figure uses this style by itself. The block is for figures of
    several panels, for another size, and for saving at print resolution. It also makes room for
    names beside and above the axes; figures made otherwise need `layout="constrained"` for that.

    Parameters
    ----------
    context : {"paper", "slide", "notebook"}
        What the figure is for: sizes of text and lines, and of a new figure. Text is 7 pt or more
        on paper, 9 pt or more in a notebook, and 14 pt or more on a slide of 10 by 5.6 inches.
    width, height : float, optional
        Size of a new figure in inches; by default 3.5 by 2.6 on paper, where a journal's column is
        3.5 wide and its page about 7.2; 6.4 by 4 in a notebook, and 10 by 5.6 on a slide.

    Raises
    ------
    TypeError, ValueError
        For an unknown context, or a size that is not a positive number.

    Examples
    --------
    >>> import matplotlib, rpe
    >>> before = matplotlib.rcParams["font.size"]
    >>> with rpe.plots.style(width=7.2):
    ...     matplotlib.rcParams["figure.figsize"]
    [7.2, 2.6]
    >>> matplotlib.rcParams["font.size"] == before
    True
    """
    factor, *usual = CONTEXTS[choice("context", context, CONTEXTS)]
    given = [usual[0] if width is None else width, usual[1] if height is None else height]
    size = [scalar(name, each, 0, open_low=True) for name, each in zip(("width", "height"), given, strict=True)]
    return _styled_as({**_scaled(factor), "figure.figsize": size})


@contextmanager
def _styled_as(settings: dict[Any, Any]) -> Iterator[None]:
    token = _active.set(True)
    try:
        with mpl.rc_context(settings):
            yield
    finally:
        _active.reset(token)


def styled(draw: Callable[P, Axes]) -> Callable[P, Axes]:
    """Let a plot that makes its own figure (`ax=None`) draw in the house style."""
    known = tuple(signature(draw).parameters)

    @wraps(draw)
    def plot(*args: P.args, **kwargs: P.kwargs) -> Axes:
        known_keywords(f"{draw.__name__}()", kwargs, known)
        own = kwargs.get("ax") is None and not _active.get()
        before = _written(kwargs.get("ax"))
        # Names and labels are text: a $ in them is a dollar, not the start of a formula.
        with style() if own else nullcontext(), mpl.rc_context({"text.parse_math": False}):
            drawn = draw(*args, **kwargs)
        for text, words in _written(drawn, ticks=own).items():
            if before.get(text) != words:
                text.set_parse_math(False)
        return drawn

    return plot


def _written(ax: object, *, ticks: bool = False) -> dict[Text, str]:
    """What stands on axes, and beside them in a figure of its own; with labels of ticks yet to be made if asked."""
    if not isinstance(ax, Axes):
        return {}
    return {text: text.get_text() for text in (ax.findobj(Text) if ticks else _texts(ax))}


def _texts(artist: Artist) -> Iterator[Text]:
    """The texts below an artist; matplotlib makes ticks when an axis is asked for its parts, which takes long."""
    if isinstance(artist, Text):
        yield artist
    elif isinstance(artist, Axis):
        yield from (artist.label, artist.get_offset_text())
        made = [tick for kind in ("majorTicks", "minorTicks") for tick in vars(artist).get(kind, ())]
        yield from (label for tick in made for label in (tick.label1, tick.label2))
    else:
        for part in artist.get_children():
            yield from _texts(part)


def axes(ax: Axes | None) -> Axes:
    """Return `ax`, or the axes of a new figure."""
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots()[1]
        # Ticks are made when the figure is drawn, which may be after the style has ended.
        ax.tick_params(labelsize=mpl.rcParams["xtick.labelsize"], width=0.7, length=3, color=INK, labelcolor=INK)
        ax.tick_params(which="minor", width=0.5, length=1.8)
        return ax
    if not isinstance(ax, Axes):
        raise TypeError(f"ax must be a matplotlib Axes or None; got {ax!r}")
    return ax


def note_size(ax: Axes) -> float:
    """Size in points of the labels inside a plot: a little less than the axis labels, never below 7."""
    return max(7.0, 0.875 * float(ax.xaxis.label.get_fontsize()))


def ink(color: Any) -> str:
    """Darken a colour until text in it is readable on white (contrast of at least 4.5 to 1)."""
    rgb = np.array(to_rgb(color))
    while 1.05 / (luminance(rgb) + 0.05) < 4.5:
        rgb = rgb * 0.95
    return to_hex((rgb[0], rgb[1], rgb[2]))


def luminance(rgb: Any) -> float:
    """Relative luminance of an sRGB colour, 0 (black) to 1 (white)."""
    rgb = np.asarray(rgb, dtype=np.float64)[:3]
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def on(background: Any) -> str:
    """Return black or white, whichever is easier to read on a colour."""
    return "black" if luminance(to_rgb(background)) > 0.179 else "white"


def centred(values: Floats, limit: float | None) -> Normalize:
    """Return a norm for diverging colours with 0 in the middle, as wide as the values or as `limit`."""
    if limit is None:
        largest = float(np.nanmax(np.abs(values)))
        limit = largest if largest > 0 else 1.0
    return Normalize(-limit, limit)


def sequential_norm(values: Floats, log: bool) -> Normalize:
    """Return a norm from the least to the greatest value."""
    low, high = float(values.min()), float(values.max())
    return LogNorm(low, high) if log else Normalize(low, high)


def colour_bar(ax: Axes, shown: ScalarMappable, label: str, location: Literal["right", "top"] = "right") -> Colorbar:
    """Draw the colour bar of what is shown on `ax`, in the sizes of its labels."""
    bar = ax.figure.colorbar(shown, ax=ax, pad=0.03, fraction=0.06, aspect=22, location=location)
    bar.set_label(label, size=ax.yaxis.label.get_fontsize(), color=INK)
    if isinstance(shown.norm, LogNorm):
        plain_numbers(bar.ax.xaxis if location == "top" else bar.ax.yaxis)
    bar.ax.tick_params(labelsize=note_size(ax), width=0.5, length=2, color=INK, labelcolor=INK)
    bar.outline.set_linewidth(0.5)
    return bar


def log_scale(ax: Axes, axis: Literal["x", "y"]) -> None:
    """Make an axis logarithmic, with plain numbers on it."""
    if axis == "x":
        ax.set_xscale("log")
    else:
        ax.set_yscale("log")
    plain_numbers(ax.xaxis if axis == "x" else ax.yaxis)


def plain_numbers(axis: Axis) -> None:
    """Write 0.01 and 200 on a logarithmic axis, not powers; the 2s and 5s too where there are few tens."""

    def minor(x: float, _: float) -> str:
        low, high = axis.get_view_interval()
        return f"{x:g}" if high < 100 * low and f"{x:e}"[0] in "25" else ""

    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(minor)


def key_above(ax: Axes, columns: int) -> None:
    """Explain kinds of point above the axes."""
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (-0.02, 1.0), "borderaxespad": 0.3, "borderpad": 0}
    look: dict[str, Any] = {"columnspacing": 1.2, "handletextpad": 0.3, "handlelength": 1.0, "frameon": False}
    ax.legend(ncols=columns, fontsize=note_size(ax), **where, **look)


def cycle(options: Sequence[Any], n: int) -> list[Any]:
    """Return the first `n` of the options, starting again after the last."""
    return [options[i % len(options)] for i in range(n)]
