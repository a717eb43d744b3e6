"""Direct labels: names beside what they name, moved apart so that none covers another."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Affine2D, Transform

from rpe._checks import Floats
from rpe.plots import house

GAP = 14.0
SPACE = {0: 5.0, 1: 1.5}


def spread(target: Floats, size: Floats, low: float = -np.inf, high: float = np.inf) -> Floats:
    """Return the places nearest to the targets (least squares) at which labels do not overlap.

    Without limits this is an isotonic regression of the targets less the room taken by the labels
    before them; the limits clip its solution, which stays optimal.

    Parameters
    ----------
    target : float array (n_labels,)
        Where the middle of each label wants to be; places keep the order of the labels.
    size : float array (n_labels,)
        How much room each takes along the axis, in the same unit.
    low, high : float
        The labels stay between these if there is room for all; else they are centred there.

    Returns
    -------
    float array (n_labels,)

    Examples
    --------
    >>> spread(np.array([1.0, 1.0, 5.0]), np.array([1.0, 1.0, 1.0]))
    array([0.5, 1.5, 5. ])
    """
    before = np.cumsum(size) - size
    fitted = _isotonic(target - size / 2 - before)
    first, last = low, high - size.sum()
    fitted = np.full_like(fitted, (first + last) / 2) if first > last else np.clip(fitted, first, last)
    return np.asarray(fitted + before + size / 2)


def _isotonic(target: Floats) -> Floats:
    """Return the rising sequence nearest to `target`."""
    if (np.diff(target) >= 0).all():
        return target  # as most often, so that a first figure does not wait for SciPy
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(target).x)


class _Row:
    """Labels along one edge of the axes, placed anew whenever the figure is drawn.

    Where they fit depends on the size of the axes in pixels, which is known only then.
    """

    def __init__(self, ax: Axes, points: Floats, axis: int, gap: float) -> None:
        self.ax, self.points, self.axis, self.gap = ax, points, axis, gap
        self.labels: list[Annotation] = []

    def start(self, index: int) -> Callable[[Any], Transform]:
        """Return what tells matplotlib, in pixels, where label `index` starts."""

        def transform(renderer: Any) -> Transform:
            along = self._along(renderer)[index]
            across = self.ax.bbox.max[1 - self.axis] + renderer.points_to_pixels(self.gap)
            return Affine2D().translate(*((across, along) if self.axis else (along, across)))

        return transform

    def _along(self, renderer: Any) -> Floats:
        extent = [Text.get_window_extent(label, renderer).size[self.axis] for label in self.labels]
        size = np.array(extent) + renderer.points_to_pixels(SPACE[self.axis])
        target = self.ax.transData.transform(self.points)[:, self.axis]
        low, high, half = self.ax.bbox.min[self.axis], self.ax.bbox.max[self.axis], size.max() / 2
        return spread(target, size, low - half, high + half)


def at_line_ends(ax: Axes, points: Any, texts: Sequence[str], styles: Sequence[dict[str, Any]], rank: Any) -> None:
    """Write names to the right of the axes, each led to by a piece of its line.

    The leader of a line that ends earlier than others is thin and grey: it must not pass for data.

    Parameters
    ----------
    ax : Axes
    points : float array (n_labels, 2)
        Where the lines end, in data units.
    texts : sequence of str
        An empty one writes nothing.
    styles : sequence of dict
        `color` and `linestyle` of each line.
    rank : float array (n_labels,)
        Which of the lines that end at the same height is named above the others: the greater.
    """
    points, rank = np.asarray(points, dtype=np.float64), np.asarray(rank, dtype=np.float64)
    height = np.round(points[:, 1] / (0.01 * np.diff(ax.get_ylim())))
    order = [i for i in np.lexsort((rank, height)) if texts[i]]
    row = _Row(ax, points[order], 1, GAP)
    for index, i in enumerate(order):
        looks = styles[i] if points[i, 0] == points[:, 0].max() else {"color": house.FAINT, "lw": 0.5}
        leader = {"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0, "lw": 1.0, "relpos": (0, 0.5), **looks}
        label = _label(ax, row, index, texts[i], points[i], "data", leader, va="center", ha="left")
        label.set_color(house.ink(styles[i]["color"]))
        row.labels.append(label)


def along_top(ax: Axes, x: Any, texts: Sequence[str]) -> None:
    """Write names above the axes, each led to by a short line from its place on the x axis."""
    x = np.asarray(x, dtype=np.float64)
    order = np.argsort(x, kind="stable")
    row = _Row(ax, np.column_stack([x[order], np.full(len(x), np.mean(ax.get_ylim()))]), 0, 6.0)
    for index, i in enumerate(order):
        leader = {"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0, "lw": 0.6, "relpos": (0.5, 0), "color": house.GREY}
        top = ("data", "axes fraction")
        row.labels.append(_label(ax, row, index, texts[i], (x[i], 1.0), top, leader, va="bottom", ha="center"))


def _label(
    ax: Axes, row: _Row, index: int, text: str, point: Any, coords: Any, leader: dict[str, Any], **where: Any
) -> Annotation:
    return ax.annotate(
        text,
        xy=tuple(point),
        xycoords=coords,
        xytext=(0, 0),
        textcoords=row.start(index),
        annotation_clip=False,
        arrowprops=leader,
        color=house.GREY,
        fontsize=house.note_size(ax),
        linespacing=1.0,
        zorder=5,
        **where,
    )


def note(ax: Axes, x: float, y: float, text: str, **options: Any) -> Text:
    """Write a small grey remark inside the plot, behind the curves."""
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    look: dict[str, Any] = {"color": house.GREY, "fontsize": house.note_size(ax), "va": "bottom", "ha": "left"}
    return ax.text(x, y, text, **{**look, "bbox": paper, "zorder": 1.5, **options})
