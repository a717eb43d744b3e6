"""The sign of a map without its colours: cells below zero are hatched."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.image import AxesImage
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from rpe._checks import Bools, Floats
from rpe.plots import house

HATCH = "//////"
# Below this share of the greatest error the colour itself can hardly be seen.
LEAST = 0.05


def hatch_negative(ax: Axes, shown: AxesImage, bar: Colorbar) -> None:
    """Hatch the cells of an image that are below zero by at least 5 % of its scale, and that part of its key."""
    values: Floats = np.ma.filled(np.ma.asarray(shown.get_array()), 0.0)
    scale: Any = shown.norm
    negative = values <= -LEAST * scale.vmax
    lines = np.where(values < -0.4 * scale.vmax, 1, 0)
    for dark, color in ((0, house.INK), (1, "white")):
        cells = negative & (lines == dark)
        if cells.any():
            _hatch(ax, _outline(cells, shown.get_extent()), color)
    for low, high, color in ((-1.0, -0.4, "white"), (-0.4, -LEAST, house.INK)):
        corners = [(0, low), (1, low), (1, high), (0, high), (0, low)]
        _hatch(bar.ax, Path([(x, y * scale.vmax) for x, y in corners]), color)


def _outline(cells: Bools, extent: Any) -> Path:
    """Return the borders of the marked cells of an image, as one path."""
    left, right, bottom, top = extent
    n_rows, n_columns = cells.shape
    row, column = np.nonzero(cells)
    width, height = (right - left) / n_columns, (bottom - top) / n_rows
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], dtype=np.float64)
    at: Floats = np.column_stack([left + column * width, top + row * height])
    vertices = at[:, None] + corners * (width, height)
    codes = np.tile([Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY], len(at))
    return Path(vertices.reshape(-1, 2), codes)


def _hatch(ax: Axes, path: Path, color: str) -> None:
    look: dict[str, Any] = {"facecolor": "none", "edgecolor": color, "linewidth": 0, "hatch": HATCH}
    patch = PathPatch(path, zorder=1.2, gid="negative", **look)
    # The map has its limits already, and thousands of corners need not be looked at for new ones.
    ax.add_artist(patch)
    patch.set_clip_path(ax.patch)
