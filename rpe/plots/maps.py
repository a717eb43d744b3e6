"""Maps of where splitting a task helps, does nothing, and hurts."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from rpe._checks import Bools, Floats, flag, scalar
from rpe.plots import house, inputs

EFFECT = "fall in procrastination index"
NARROW, WORD = 0.06, 0.5
NAMES = ("helps", "no effect", "hurts")


@house.styled
def effect_map(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    effect: npt.ArrayLike,
    *,
    x_label: str,
    y_label: str,
    null: float = 0.02,
    log_x: bool = False,
    log_y: bool = False,
    limit: float | None = None,
    effect_label: str = EFFECT,
    ax: Axes | None = None,
) -> Axes:
    """Draw an effect over two parameters, with the regions where it helps, is null, and hurts.

    The region of help is bounded by a solid line, that of harm by a dashed one, the null region is
    hatched, and each is named in its widest place.

    Parameters
    ----------
    x : float array (n_x,)
        Parameter along the x axis, rising.
    y : float array (n_y,)
        Parameter along the y axis, rising.
    effect : float array (n_y, n_x)
        Fall in the procrastination index: positive helps. NaN where it is not known.
    x_label, y_label : str
        Names of the parameters, with units.
    null : float
        Effects nearer to zero than this count as none.
    log_x, log_y : bool
        Whether an axis is logarithmic.
    limit : float, optional
        Effect at the ends of the colours; by default the largest one shown.
    effect_label : str
        Label of the colour bar.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, parameters that do not rise, fewer than two of them, or
        numbers that a log axis cannot show.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> from matplotlib.figure import Figure
    >>> x = np.linspace(-1, 1, 9)
    >>> ax = rpe.plots.effect_map(x, x, x + 0 * x[:, None], x_label="a", y_label="b", ax=Figure().subplots())
    >>> [text.get_text() for text in ax.texts]
    ['helps', 'no effect', 'hurts']
    """
    grid = _Grid.of(x, y, effect, flag("log_x", log_x), flag("log_y", log_y))
    null = scalar("null", null, 0, open_low=True)
    norm = house.centred(grid.effect, None if limit is None else scalar("limit", limit, 0, open_low=True))
    names = inputs.text("x_label", x_label), inputs.text("y_label", y_label), inputs.text("effect_label", effect_label)
    ax = house.axes(ax)
    ax.set_facecolor("#DDDDDD")
    cells = ax.pcolormesh(*grid.edges(), grid.effect, cmap=house.HELPS_HURTS, norm=norm, rasterized=True)
    _regions(ax, grid, null)
    _scales(ax, log_x, log_y)
    # Contours end at the outermost points, so the outer halves of their cells are left out.
    ax.set(xlim=grid.x[[0, -1]], ylim=grid.y[[0, -1]], xlabel=names[0], ylabel=names[1])
    house.colour_bar(ax, cells, names[2])
    _name_regions(ax, grid, null)
    return ax


@house.styled
def task_map(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    effect: npt.ArrayLike,
    *,
    x_label: str,
    y_label: str,
    null: float = 0.02,
    log_x: bool = False,
    log_y: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw random tasks by two of their properties, sorted into those helped, not affected, and hurt.

    Parameters
    ----------
    x, y : float array (n_tasks,)
        Properties of the tasks.
    effect : float array (n_tasks,)
        Fall in the procrastination index: positive helps.
    x_label, y_label : str
        Names of the properties, with units.
    null : float
        Effects nearer to zero than this count as none.
    log_x, log_y : bool
        Whether an axis is logarithmic.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For NaN, shapes that do not match, or numbers that a log axis cannot show.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.task_map([1, 2], [3, 4], [0.3, 0], x_label="kT", y_label="ratio", ax=Figure().subplots())
    >>> [text.get_text().split() for text in ax.get_legend().get_texts()]
    [['helps', '1', '(50', '%)'], ['no', 'effect', '1', '(50', '%)'], ['hurts', '0', '(0', '%)']]
    """
    across = inputs.places("x", x, positive=flag("log_x", log_x))
    up = inputs.places("y", y, across.size, positive=flag("log_y", log_y))
    change = inputs.vector("effect", effect, across.size)
    null = scalar("null", null, 0, open_low=True)
    names = inputs.text("x_label", x_label), inputs.text("y_label", y_label)
    ax = house.axes(ax)
    looks: dict[str, dict[str, Any]] = {
        "helps": {"marker": "o", "color": house.HELPS, "s": 9, "zorder": 3},
        "no effect": {"marker": "x", "color": "#8C8C8C", "s": 8, "zorder": 2, "linewidths": 0.7},
        "hurts": {"marker": "v", "color": house.HURTS, "s": 13, "zorder": 4},
    }
    for name, inside in zip(NAMES, _sorted(change, null), strict=True):
        n = int(inside.sum())
        text = f"{name}\n{n} ({100 * n / change.size:.0f} %)"
        ax.scatter(across[inside], up[inside], label=text, **{"linewidths": 0, **looks[name]})
    _scales(ax, log_x, log_y)
    ax.set(xlabel=names[0], ylabel=names[1])
    house.key_above(ax, 3)
    return ax


class _Grid(NamedTuple):
    """An effect on a grid, and whether its axes are logarithmic."""

    x: Floats
    y: Floats
    effect: Floats
    log_x: bool
    log_y: bool

    @classmethod
    def of(cls, x: Any, y: Any, effect: Any, log_x: bool, log_y: bool) -> "_Grid":
        across, up = inputs.rising("x", x, positive=log_x), inputs.rising("y", y, positive=log_y)
        change = inputs.values("effect", effect, missing=True)
        if change.shape != (up.size, across.size):
            raise ValueError(f"effect must have the shape (n_y, n_x) = {(up.size, across.size)}; got {change.shape}")
        if min(change.shape) < 2:
            raise ValueError(f"effect must have at least two points along each axis; got {change.shape}")
        return cls(across, up, change, log_x, log_y)

    def edges(self) -> tuple[Floats, Floats]:
        """Return where cells meet: half-way between points, as the axis measures it."""
        return _edges(self.x, self.log_x), _edges(self.y, self.log_y)

    def middle(self, inside: Bools) -> tuple[tuple[float, float], tuple[float, float], float]:
        """Return the point of a region that is farthest from its border, also as shares of the axes, and how far."""
        across, up = _unit(self.x, self.log_x), _unit(self.y, self.log_y)
        # A word is wider than high: a step across counts for less than a step up.
        place = np.stack(np.meshgrid(WORD * across, up), axis=-1)
        within, outside = place[inside], place[_around(inside)]
        walls = np.column_stack([within[:, 0], WORD - within[:, 0], within[:, 1], 1 - within[:, 1]]).min(axis=1)
        depth = np.array([min(wall, _nearest(point, outside)) for point, wall in zip(within, walls, strict=True)])
        # Of many points as deep, as in a long band, the one in their middle.
        deepest = within[depth >= 0.95 * depth.max()]
        centre = deepest[((deepest - deepest.mean(axis=0)) ** 2).sum(axis=1).argmin()]
        row, column = np.argwhere(inside & (place == centre).all(axis=-1))[0]
        point = float(self.x[column]), float(self.y[row])
        return point, (float(across[column]), float(up[row])), float(depth.max())


def _sorted(effect: Floats, null: float) -> tuple[Bools, Bools, Bools]:
    """Return where an effect helps, is null, and hurts."""
    return effect >= null, np.abs(effect) < null, effect <= -null


def _regions(ax: Axes, grid: _Grid, null: float) -> None:
    """Outline the regions of help and harm, and hatch what lies between."""
    points = (grid.x, grid.y, grid.effect)
    low, high = np.nanmin(grid.effect), np.nanmax(grid.effect)
    # Only levels among the effects: matplotlib warns of a contour that is nowhere.
    if low < null and high > -null:
        middle = ax.contourf(*points, levels=[-null, null], colors="none", hatches=["////"], zorder=2)
        middle.set(edgecolor="#A8A8A8", linewidth=0, gid="no effect")
    for level, linestyle, name in ((null, "solid", "helps"), (-null, "dashed", "hurts")):
        if low < level < high:
            look: dict[str, Any] = {"colors": house.INK, "linestyles": linestyle, "linewidths": 1.0, "zorder": 3}
            ax.contour(*points, levels=[level], **look).set_gid(name)


def _name_regions(ax: Axes, grid: _Grid, null: float) -> None:
    """Write the name of each region into its widest place, or beside it where that is too narrow."""
    look: dict[str, Any] = {"path_effects": [withStroke(linewidth=2.5, foreground="white")], "color": house.INK}
    look |= {"fontsize": house.note_size(ax), "ha": "center", "va": "center", "zorder": 5}
    for name, inside in zip(NAMES, _sorted(grid.effect, null), strict=True):
        if not inside.any():
            continue
        (x, y), (across, up), depth = grid.middle(inside)
        aside: dict[str, Any] = {"textcoords": "offset points", "xytext": (0, 0)}
        if depth < NARROW:
            shift = (30 if across < 0.5 else -30, 16 if up < 0.5 else -16)
            leader = {"arrowstyle": "-", "lw": 0.7, "shrinkA": 0, "shrinkB": 0, "color": house.INK}
            aside |= {"xytext": shift, "arrowprops": leader}
        ax.annotate(name, (x, y), **aside, **look)


def _scales(ax: Axes, log_x: bool, log_y: bool) -> None:
    if log_x:
        house.log_scale(ax, "x")
    if log_y:
        house.log_scale(ax, "y")


def _edges(points: Floats, log: bool) -> Floats:
    """Return the borders of cells around points."""
    places = np.log(points) if log else points
    middle = (places[1:] + places[:-1]) / 2
    edges = np.concatenate([[2 * places[0] - middle[0]], middle, [2 * places[-1] - middle[-1]]])
    return np.exp(edges) if log else edges


def _unit(points: Floats, log: bool) -> Floats:
    """Return points as shares of the axis."""
    places = np.log(points) if log else points
    return np.asarray((places - places[0]) / (places[-1] - places[0]))


def _around(inside: Bools) -> Bools:
    """Return the cells outside a region that touch it: the nearest outside cell is always one of these."""
    wide = np.pad(inside, 1)
    beside = wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
    return np.asarray(beside & ~inside)


def _nearest(point: Floats, others: Floats) -> float:
    """Return the distance to the nearest of the others."""
    return float(np.sqrt(((others - point) ** 2).sum(axis=1).min())) if len(others) else np.inf
