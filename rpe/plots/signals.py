"""Signals over the time of a trial, as several plots draw them: checked, averaged over agents, with their bands."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from rpe._checks import Floats, choice
from rpe.plots import house, inputs
from rpe.plots.lines import Curves, name_ends
from rpe.plots.timeline import Timeline


class Signal(NamedTuple):
    """Curves over the time of a trial.

    Attributes
    ----------
    curves : Curves
    timeline : Timeline
    averages : str
        What is shown of several agents, such as "mean ± s.e.m."; empty for curves as they are.
    """

    curves: Curves
    timeline: Timeline
    averages: str

    @classmethod
    def of(
        cls,
        name: str,
        value: Any,
        dt: Any,
        *,
        band: Any = None,
        labels: Any = None,
        colors: Any = None,
        linestyles: Any = None,
        low: float = -np.inf,
        high: float = np.inf,
        form: str = "points",
        **marks: Any,
    ) -> "Signal":
        """Check a signal and what goes with it; `form` says what a number stands for.

        "points": the start of its step; "ends": its end; "steps": the whole step.
        """
        y, ends, averages = averaged(name, value, band, low=low, high=high)
        timeline = Timeline.of(y.shape[1], dt, **marks)
        ends = inputs.band("band", ends, y.shape, missing=True)
        if form == "steps":
            x, y = steps(timeline.edges, y)
            ends = None if ends is None else steps(timeline.edges, ends)[1]
        else:
            x = timeline.edges[1:] if form == "ends" else timeline.edges[:-1]
        return cls(Curves.of(x, y, ends, labels, colors, linestyles, missing=True), timeline, averages)

    def draw(self, ax: Axes, title: str, *, top: bool = True, names: bool = True) -> None:
        """Draw the curves, a line at zero where they cross it, and the marks, which are named on a top panel."""
        ax.set_ylabel(f"{title}\n{self.averages}" if self.averages else title)
        if np.nanmin(self.curves.y) < 0 < np.nanmax(self.curves.y):
            ax.axhline(0, color=house.FAINT, linewidth=0.6, zorder=0.9, gid="zero")
        self.curves.draw(ax)
        self.timeline.draw(ax, named=top)
        if names:
            name_ends(ax, self.curves)


def steps(edges: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return curves (..., n_steps) that are constant within each step as lines: x (2 n_steps,), y (..., 2 n_steps)."""
    return np.repeat(edges, 2)[1:-1], np.repeat(y, 2, axis=-1)


def averaged(name: str, value: Any, band: Any, **limits: float) -> tuple[Floats, Any, str]:
    """Return curves, their bands, and what was averaged: (n_steps,), (n_curves, n_steps), or with agents between.

    Of a three-dimensional array (n_curves, n_agents, n_steps) the mean over agents is taken; its
    band is the standard error unless it is given.
    """
    array = inputs.values(name, value, missing=True, **limits)
    if array.ndim not in (1, 2, 3):
        shapes = "(n_steps,), (n_curves, n_steps) or (n_curves, n_agents, n_steps)"
        raise ValueError(f"{name} must have the shape {shapes}; got {array.shape}")
    if array.ndim < 3:
        if isinstance(band, str):
            raise ValueError(f"band must be (low, high) for curves without an axis of agents; got {band!r}")
        return np.atleast_2d(array), band, ""
    mean, deviation, n = over_agents(array)
    kind = band if isinstance(band, str) else "sem"
    spread = deviation / np.sqrt(np.maximum(n, 1)) if choice("band", kind, ("sem", "sd")) == "sem" else deviation
    if band is not None and not isinstance(band, str):
        return mean, band, "mean"
    if array.shape[1] == 1:
        return mean, None, ""
    return mean, np.stack([mean - spread, mean + spread]), f"mean ± {'s.e.m.' if kind == 'sem' else 's.d.'}"


def over_agents(array: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean, standard deviation (n − 1) and number of agents with a number, over the last axis but one."""
    known = ~np.isnan(array)
    n = known.sum(axis=-2).astype(np.float64)
    mean = np.where(known, array, 0.0).sum(axis=-2) / np.maximum(n, 1)
    squares = np.where(known, array - mean[..., None, :], 0.0) ** 2
    deviation = np.sqrt(squares.sum(axis=-2) / np.maximum(n - 1, 1))
    return np.where(n > 0, mean, np.nan), np.where(n > 0, deviation, np.nan), n
