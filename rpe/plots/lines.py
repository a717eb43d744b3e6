"""Curves with bands and names at their ends, as several plots draw them."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from rpe._checks import Floats, flag
from rpe.plots import house, inputs
from rpe.plots.labels import at_line_ends

MAX_NAMED = 8


class Curves(NamedTuple):
    """Several curves over one x, and how they look; what is given per curve has one entry for each.

    Attributes
    ----------
    x : float array (n_points,)
    y : float array (n_curves, n_points)
        NaN leaves a hole.
    band : float array (2, n_curves, n_points) or None
    names, colors, linestyles, markers : list
        An empty marker draws none.
    linewidth : float or None
        In points; None is that of the style.
    """

    x: Floats
    y: Floats
    band: Floats | None
    names: list[str]
    colors: list[Any]
    linestyles: list[Any]
    markers: list[str] | None = None
    linewidth: float | None = None

    @classmethod
    def of(
        cls,
        x: Floats,
        y: Floats,
        band: Any,
        names: Any,
        colors: Any,
        linestyles: Any,
        *,
        markers: bool = False,
        missing: bool = False,
    ) -> "Curves":
        """Check what goes with the curves `y`, and give them the looks of the house where none are given."""
        n = len(y)
        if n > MAX_NAMED:
            raise ValueError(f"at most {MAX_NAMED} curves can be told apart by name; got {n}")
        return cls(
            x,
            y,
            inputs.band("band", band, y.shape, missing=missing),
            inputs.curve_labels(names, n),
            inputs.colors(colors, n, names),
            inputs.linestyles(linestyles, n),
            house.cycle(house.MARKERS, n) if markers else None,
        )

    def draw(self, ax: Axes, *, zorder: float = 3) -> None:
        """Draw the curves and their bands."""
        for i, y in enumerate(self.y):
            (line,) = ax.plot(self.x, y, color=self.colors[i], linestyle=self.linestyles[i], zorder=zorder)
            # A curve that ends on the frame keeps its full width there.
            line.set(clip_on=False, label=self.names[i] or f"_curve {i}")
            if self.linewidth is not None:
                line.set_linewidth(self.linewidth)
            if self.markers is not None:
                line.set(marker=self.markers[i], markersize=3.5, markeredgewidth=0)
            # Two points show two values; a line through them would claim what lies between.
            apart = self.markers is not None and np.isfinite(y).sum() <= 2
            if apart:
                line.set(linestyle="none", markersize=5)
            if self.band is not None and apart:
                self._whiskers(ax, i)
            elif self.band is not None:
                shade = {"color": self.colors[i], "alpha": 0.18, "linewidth": 0, "zorder": zorder - 1}
                ax.fill_between(self.x, *self.band[:, i], **shade)

    def _whiskers(self, ax: Axes, i: int) -> None:
        """Draw the interval of each of a few points."""
        if self.band is not None:
            ax.vlines(self.x, *self.band[:, i], color=self.colors[i], linewidth=1.0, zorder=2)

    def mark_alone(self, ax: Axes) -> None:
        """Mark points that stand alone between holes, which a line without markers would not show."""
        for i, y in enumerate(self.y):
            known = np.isfinite(np.concatenate([[np.nan], y, [np.nan]]))
            alone = known[1:-1] & ~known[:-2] & ~known[2:]
            if alone.any():
                look: dict[str, Any] = {"color": self.colors[i], "markersize": 3, "markeredgewidth": 0, "zorder": 3}
                ax.plot(self.x[alone], y[alone], "o", **look, label=f"_alone {i}")

    def ends(self) -> Floats:
        """Return the last point of each curve that is a number, (n_curves, 2)."""
        last = [np.flatnonzero(~np.isnan(y))[-1] for y in self.y]
        return np.column_stack([self.x[last], self.y[np.arange(len(last)), last]])

    def styles(self) -> list[dict[str, Any]]:
        """Return the colour and line style of each curve."""
        return [{"color": c, "linestyle": s} for c, s in zip(self.colors, self.linestyles, strict=True)]


def name_ends(ax: Axes, *groups: Curves) -> None:
    """Write the names of all curves at their ends; of curves that end together, the higher on average is above."""
    groups = tuple(group for group in groups if len(group.y))
    if not groups:
        return
    ends = np.concatenate([group.ends() for group in groups])
    names = [name for group in groups for name in group.names]
    styles = [style for group in groups for style in group.styles()]
    at_line_ends(ax, ends, names, styles, [np.nanmean(y) for group in groups for y in group.y])


def shades(values: Any, n: int, label: Any, log: Any, **unused: Any) -> Floats:
    """Check what many curves are coloured by, and that nothing is given that needs a few named ones."""
    for name, value in unused.items():
        if value is not None:
            rule = f"must be None for curves coloured by value, or more than {MAX_NAMED}"
            raise ValueError(f"{name} {rule}; got {value!r}")
    inputs.text("value_label", label)
    given = np.arange(n, dtype=np.float64) if values is None else values
    return inputs.places("values", given, n, positive=flag("log", log))


def coloured(ax: Axes, x: Floats, y: Floats, values: Floats, label: str, log: bool) -> LineCollection:
    """Draw many curves (n_curves, n_points), coloured by one value each, with a colour bar."""
    segments = [np.column_stack([x, row]) for row in y]
    shown = LineCollection(segments, cmap=house.SEQUENTIAL, norm=house.sequential_norm(values, log), linewidths=1.0)
    shown.set_array(values)
    shown.set(clip_on=False, zorder=3)
    ax.add_collection(shown)
    house.colour_bar(ax, shown, label, "top")
    return shown


def sub_goals(ax: Axes, places: Floats, *, axis: str) -> None:
    """Draw faint lines where sub-goals stand, along x or y."""
    draw = ax.axvline if axis == "x" else ax.axhline
    for place in places:
        draw(float(place), color=house.FAINT, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1, gid="sub-goal")
