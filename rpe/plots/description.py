"""Text alternatives: what a figure shows, in words, from what was drawn."""

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rpe._checks import Floats, scalar

_MOST = 12


def describe(drawn: Axes | Figure) -> str:
    """Return a text alternative for a plot: axes, curves with their ends and extremes, maps, bars and marks.

    The words come from what was drawn, so they fit whatever the data are. They serve as the `alt`
    text of an image, for readers who use a screen reader.

    Parameters
    ----------
    drawn : matplotlib Axes or Figure
        A figure is described panel by panel.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If it is neither.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> _ = ax.plot([0, 1, 2], [3.0, 1.0, 2.0], label="effort")
    >>> _ = ax.set(xlabel="time (s)", ylabel="cost")
    >>> rpe.plots.describe(ax)
    'Across: time (s), from 0 to 2. Up: cost, from 1 to 3. effort: from 3 to 2; lowest 1 at 1.'
    """
    if isinstance(drawn, Figure):
        bars = [getattr(ax, "_colorbar", None) for ax in drawn.axes]
        panels = [describe(ax) for ax, bar in zip(drawn.axes, bars, strict=True) if bar is None and ax.has_data()]
        if len(panels) == 1:
            return panels[0]
        return " ".join(f"Panel {i}. {text}" for i, text in enumerate(panels, 1))
    if not isinstance(drawn, Axes):
        raise TypeError(f"drawn must be a matplotlib Axes or Figure; got {drawn!r}")
    return " ".join(part for part in _parts(drawn) if part)


class Picture:
    """A figure as an image with a text alternative, as notebooks and pages show it.

    Attributes
    ----------
    png : bytes
    alt : str
        The text alternative.

    Examples
    --------
    >>> import rpe
    >>> picture = rpe.plots.picture(rpe.plots.errors_by_trial({"reward": [1.0, 0.5, 0.25]}))
    >>> picture.png[1:4], "reward" in picture.alt
    (b'PNG', True)
    """

    def __init__(self, png: bytes, alt: str) -> None:
        self.png, self.alt = png, alt

    def _repr_html_(self) -> str:
        source = f"data:image/png;base64,{b64encode(self.png).decode()}"
        return f'<img alt="{escape(self.alt)}" src="{source}" style="max-width:100%">'

    def __repr__(self) -> str:
        return f"<picture: {self.alt}>"


def picture(drawn: Axes | Figure, alt: str | None = None, *, dpi: float = 110) -> Picture:
    """Return a figure as an image that carries a text alternative; in a notebook it is shown.

    The figure is closed, so that a notebook does not show it a second time.

    Parameters
    ----------
    drawn : matplotlib Axes or Figure
        Of Axes the whole figure is taken.
    alt : str, optional
        What it shows, in a sentence; what `describe` finds follows it.
    dpi : float
        Dots per inch.

    Returns
    -------
    Picture
        With `.png`, bytes, and `.alt`, str.

    Raises
    ------
    TypeError
        For other arguments.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> _ = ax.plot([0, 1], [0.0, 1.0], label="work")
    >>> shown = rpe.plots.picture(ax, "Work rises.")
    >>> shown.alt, shown.png[1:4]
    ('Work rises. Across, from 0 to 1. Up, from 0 to 1. work: from 0 to 1.', b'PNG')
    """
    if alt is not None and not isinstance(alt, str):
        raise TypeError(f"alt must be a str or None; got {alt!r}")
    dpi = scalar("dpi", dpi, 1, 2400)
    words = f"{alt or ''} {describe(drawn)}".strip()
    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    assert isinstance(figure, Figure)
    out = BytesIO()
    figure.savefig(out, format="png", dpi=dpi)
    # Only a figure of pyplot's can be closed there; others are unknown to it.
    import matplotlib.pyplot as plt

    plt.close(figure)
    return Picture(out.getvalue(), words)


def _parts(ax: Axes) -> Iterator[str]:
    title = " ".join(ax.get_title(loc).strip() for loc in ("left", "center", "right")).strip()
    yield f"{_clean(title)}." if title else ""
    yield _axis("Across", ax.xaxis, ax.get_xlim())
    yield _axis("Up", ax.yaxis, ax.get_ylim())
    lines = [line for line in ax.lines if _is_named(line)]
    for line in lines[:_MOST]:
        yield _curve(line)
    if len(lines) > _MOST:
        yield f"And {len(lines) - _MOST} more curves."
    for image in ax.images:
        yield _map(image)
    for collection in ax.collections:
        yield _collection(collection)
    yield _bars(ax)
    names = {_clean(str(line.get_label())) for line in lines}
    marks = list(dict.fromkeys(_clean(text.get_text()) for text in ax.texts))
    marks = [mark for mark in marks if len(mark) > 1 and _is_word(mark) and mark not in names]
    yield f"Marked: {', '.join(marks[:_MOST])}." if marks else ""


def _axis(word: str, axis: Axis, limits: tuple[float, float]) -> str:
    """Name and range of an axis; the names of its ticks, where they are words."""
    label = _clean(axis.get_label_text())
    ticks = [text.get_text() for text in axis.get_ticklabels()]
    if axis.get_scale() != "linear" or all(map(_is_place, ticks, axis.get_majorticklocs())):
        ticks = [tick for tick in ticks if _is_word(tick)]
    head = f"{word}: {label}" if label else word
    if ticks:
        return f"{head}: {', '.join(map(_clean, ticks[:_MOST]))}{' and more' if len(ticks) > _MOST else ''}."
    return f"{head}, from {_round(axis, limits[0])} to {_round(axis, limits[1])}."


def _round(axis: Axis, value: float) -> str:
    # Limits lie a margin outside the data; three digits would show the margin.
    if axis.get_scale() == "linear":
        data = axis.axes.dataLim.intervalx if axis is axis.axes.xaxis else axis.axes.dataLim.intervaly
        value = float(np.clip(value, *sorted(data))) if np.isfinite(data).all() else value
    return _number(value)


def _curve(line: Line2D) -> str:
    # Names along an axis as the places where they stand.
    x, y = (np.asarray(part(orig=False), dtype=np.float64) for part in (line.get_xdata, line.get_ydata))
    known = np.isfinite(x) & np.isfinite(y)
    name, x, y = _clean(str(line.get_label())), x[known], y[known]
    if not y.size:
        return f"{name}: nothing known."
    if line.get_linestyle() in ("None", "none", "", " "):
        return f"{name}: {y.size} point{'s' * (y.size != 1)}."
    if np.ptp(y) == 0:
        return f"{name}: {_number(y[0])} throughout."
    ends = (y[0], y[-1])
    found = [f"{word} {_number(y[at])} at {_number(x[at])}" for word, at in _extremes(y) if y[at] not in ends]
    return "; ".join([f"{name}: from {_number(ends[0])} to {_number(ends[1])}", *found]) + "."


def _extremes(y: Floats) -> list[tuple[str, int]]:
    return [("lowest", int(y.argmin())), ("highest", int(y.argmax()))]


def _map(image: Any) -> str:
    values = np.ma.masked_invalid(image.get_array()).compressed()
    if not values.size:
        return ""
    rows, columns = image.get_array().shape[:2]
    label = _clean(image.colorbar.ax.get_ylabel() or image.colorbar.ax.get_xlabel()) if image.colorbar else ""
    about = f" of {label}" if label else ""
    return f"A map{about}, {rows} by {columns}, from {_number(values.min())} to {_number(values.max())}."


def _collection(drawn: Any) -> str:
    if isinstance(drawn, LineCollection):
        return f"{len(drawn.get_segments())} lines." if len(drawn.get_segments()) > 2 else ""
    if isinstance(drawn, PathCollection):
        return f"{len(np.atleast_2d(drawn.get_offsets()))} points."
    if drawn.get_array() is not None:
        values = np.ma.masked_invalid(drawn.get_array()).compressed()
        return f"A map, from {_number(values.min())} to {_number(values.max())}." if values.size else ""
    return ""


def _bars(ax: Axes) -> str:
    found = [float(bar.get_height()) for drawn in ax.containers for bar in getattr(drawn, "patches", ())]
    wide = [float(bar.get_width()) for drawn in ax.containers for bar in getattr(drawn, "patches", ())]
    values = wide if len(set(found)) == 1 and len(set(wide)) > 1 else found
    if not values:
        return ""
    more = f" and {len(values) - _MOST} more" if len(values) > _MOST else ""
    return f"{len(values)} bars: {', '.join(map(_number, values[:_MOST]))}{more}."


def _is_named(line: Line2D) -> bool:
    return not str(line.get_label()).startswith("_") and np.size(line.get_xdata()) > 0


def _is_word(tick: str) -> bool:
    return any(letter.isalpha() for letter in tick.replace("mathdefault", "").replace("times", ""))


def _is_place(tick: str, place: float) -> bool:
    """Whether a tick says where it stands; at other places it is a name, even if it is a number."""
    try:
        return abs(float(tick.replace("\N{MINUS SIGN}", "-")) - place) <= 0.01 * abs(place)
    except ValueError:
        return True


def _clean(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}") if abs(value) >= 1e-12 else "0"
