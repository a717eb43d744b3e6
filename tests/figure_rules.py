"""What every figure must satisfy to be printed and understood: read from its artists."""

import re
from contextlib import nullcontext

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import same_color
from matplotlib.container import BarContainer
from matplotlib.text import Text

from rpe.experiments import slides, titles
from rpe.plots import house, meanings

LEAST_POINTS = 6.0
"""Smallest text in print, in points."""
COLUMN, PAGE = 85 / 25.4, 180 / 25.4
"""Widths in print, in inches: of a column, and of a page for what is wider than one."""
_ARMS = {house.BLUE, house.VERMILLION}


def faults(figure):
    """Return what is wrong with a figure, as a list of sentences."""
    # Places follow from the layout, and from the resolution at which it was last drawn.
    figure.draw_without_rendering()
    return [
        *_small(figure),
        *_overlapping(figure),
        *_empty(figure),
        *_colours(figure),
        *_titles(figure),
        *_lines(figure),
    ]


def printable(figures):
    """Assert that no figure of an experiment has a fault."""
    for suffix, figure in figures.items():
        assert not (found := faults(figure) + slide_faults(figure)), (suffix, found)


def slide_faults(figure):
    """Return what is wrong with the panels of a drawn figure on slides of their own, as a list of sentences."""
    parts = figure.subfigs if slides.slide_writers(figure) else ()
    on_pages = {}
    for part in parts:
        on_pages.setdefault(slides.page_width(figure, part), []).append(part)
    found = []
    for width, panels in on_pages.items():
        # A page as wide as the figure has its layout.
        with slides.laid_out(figure, width) if width != figure.get_figwidth() else nullcontext():
            found += [fault for part in panels for fault in _slide_faults(figure, part)]
    return found


def _slide_faults(figure, part):
    width, height = part.bbox.width / figure.dpi, part.bbox.height / figure.dpi
    scale = min(slides.SLIDE[0] / width, slides.SLIDE[1] / height)
    own = {id(text) for text in part.findobj(Text)}
    least = min(text.get_fontsize() for text in _texts(figure) if id(text) in own)
    small = scale * least < slides.LEAST_POINTS - 0.01
    return [*([f"text of {scale * least:.1f} pt on a slide"] if small else []), *_overlapping(part)]


def says_the_finding(panel):
    """Assert that the title of a study's panel is worked out from its numbers: turned around, they have another one.

    And that the panel says how sure these numbers are.
    """
    says_how_sure(panel)
    said = titles.of(panel.title, panel)
    if isinstance(panel.title, str):
        return
    everything = np.concatenate([np.asarray(y, dtype=np.float64).ravel() for y in panel.series.values()])
    ends = np.nanmin(everything) + np.nanmax(everything)
    others = [
        panel._replace(series={name: about - np.asarray(y) for name, y in panel.series.items()}, band=None)
        for about in (ends, 0.0)
    ]
    assert any(titles.of(other.title, other) != said for other in others), said


def says_how_sure(panel):
    """Assert that a study's panel is exact, has intervals that its axis names, or is a mean over settings that says so.

    A mean over a family of settings has no interval: the settings were chosen, not sampled.
    """
    label = panel.ylabel.replace("\n", " ")
    if panel.exact:
        assert panel.band is None, label
        return
    if panel.band is None:
        assert "mean over settings" in label, f"neither exact, nor with an interval, nor a mean over settings: {label}"
        return
    assert re.search("± SE|95 % interval", label), f"the axis does not say what its intervals are: {label}"
    for name, ends in panel.band.items():
        (low, high), y = np.asarray(ends, dtype=np.float64), np.asarray(panel.series[name], dtype=np.float64)
        assert not ((low > y + 1e-9) | (high < y - 1e-9)).any(), f"{name} lies outside of its interval"


def _texts(figure):
    hidden = _beyond(figure)
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [text for text in texts if id(text) not in hidden]


def _small(figure):
    width = figure.get_figwidth()
    print_ = COLUMN if width <= 3.6 else PAGE
    scale = min(1.0, print_ / width)
    least = min(_texts(figure), key=lambda text: text.get_fontsize())
    size = least.get_fontsize() * scale
    return [f"{least.get_text()!r} is {size:.1f} pt in print"] if size < LEAST_POINTS - 0.01 else []


def _overlapping(figure):
    renderer = RendererAgg(16, 16, figure.dpi)
    level = [text for text in _texts(figure) if text.get_rotation() % 90 == 0]
    boxes = np.array([Text.get_window_extent(text, renderer).extents for text in level])
    # Boxes have room above and below their letters, and a point of it may be shared.
    slack = 1.5 * figure.dpi / 72
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    over = np.triu((high - low > slack).all(axis=2), 1)
    found = [f"{level[i].get_text()!r} covers {level[j].get_text()!r}" for i, j in np.argwhere(over)]
    outside = (boxes[:, 0] < figure.bbox.x0 - slack) | (boxes[:, 2] > figure.bbox.x1 + slack)
    return found + [f"{level[i].get_text()!r} runs off the page" for i in np.flatnonzero(outside)]


def _beyond(figure):
    """Labels of ticks beyond the ends of their axis, which are there but not drawn."""
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            shown = {id(label) for tick in axis._update_ticks() for label in (tick.label1, tick.label2)}
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            hidden |= {id(label) for tick in ticks for label in (tick.label1, tick.label2)} - shown
            if not ax.axison:
                hidden |= shown | {id(axis.label)}
    return hidden


def _empty(figure):
    return [
        "axes hold no data"
        for ax in figure.axes
        if ax.get_visible() and not ax.has_data() and not (ax.texts and not ax.axison)
    ]


def _colours(figure):
    """One goal is blue and micro wins are vermillion, and nothing that has another name is."""
    found = []
    for ax in figure.axes:
        named = [(str(line.get_label()), line.get_color()) for line in ax.lines]
        bars = [each for each in ax.containers if isinstance(each, BarContainer) and len(each)]
        named += [(str(each.get_label()), each.patches[0].get_facecolor()) for each in bars]
        for name, colour in named:
            if name.startswith("_"):
                continue
            meant = meanings.meaning(re.sub(r" +\d+%$", "", name.replace("\n", " ")))
            if meant is not None and not same_color(colour, meant):
                found.append(f"{name!r} has not the colour of its meaning")
            if meant is None and any(same_color(colour, arm) for arm in _ARMS):
                found.append(f"{name!r} has the colour of an arm")
    return found


def _titles(figure):
    """A panel's title is a statement in words, not the name of a variable or a label."""
    found = []
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    if not any(titles):
        found.append("no panel has a title")
    for title in filter(None, titles):
        words = re.sub(r"^[a-h] {2}", "", " ".join(title.split("\n")))
        if "_" in words.replace("S_T", "") or len(words.split()) < 3 or "nan" in words.split():
            found.append(f"title {words!r} says no finding")
    return found


def _lines(figure):
    """No line goes through only two points."""
    found = []
    for ax in figure.axes:
        for line in ax.lines:
            x, y = (np.asarray(part, dtype=np.float64) for part in (line.get_xdata(), line.get_ydata()))
            if str(line.get_label()).startswith("_") or line.get_gid() is not None or line.get_label() == "even pace":
                continue
            if line.get_linestyle() != "None" and len(x) == len(y) and np.isfinite(x * y).sum() == 2:
                found.append(f"line {line.get_label()!r} goes through two points")
    return found
