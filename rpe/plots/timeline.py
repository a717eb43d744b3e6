"""The time axis of a trial: where it is zero, and where cue, reward and omission are marked and named."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from rpe._checks import Floats, between, choice, count, numbers, scalar
from rpe.plots import house, inputs
from rpe.plots.labels import along_top

# Line, marker, and whether the marker is filled: what came is solid, what did not come is open and dashed.
_LOOKS: dict[str, tuple[Any, str, bool]] = {
    "cue": ("-", "v", True),
    "reward": ("-", "o", True),
    "omission": ((0, (4, 2)), "o", False),
}
_OTHER: tuple[Any, str, bool] = ((0, (1, 1.5)), "D", True)


class Timeline(NamedTuple):
    """Steps of a trial in seconds from its start, or from an event.

    Attributes
    ----------
    n_steps : int
    dt : float
        s.
    marks : dict of str to float array (n_times,)
        What happens when, s from the start of the trial.
    origin : float
        Where the axis is zero, s from the start of the trial.
    label : str
        Of the axis.
    """

    n_steps: int
    dt: float
    marks: dict[str, Floats]
    origin: float
    label: str

    @classmethod
    def of(
        cls, n_steps: int, dt: Any, *, cue: Any, reward: Any, omission: Any, events: Any = None, zero: Any = None
    ) -> "Timeline":
        """Check the length of a step and the times of events, each one time or several."""
        step = scalar("dt", dt, 0, open_low=True)
        given: dict[str, Any] = {"cue": cue, "reward": reward, "omission": omission, **_others(events)}
        marks = {name: _times(name, time, n_steps * step) for name, time in given.items() if time is not None}
        if zero is None:
            return cls(n_steps, step, marks, 0.0, "time from trial start (s)")
        if not marks:
            raise ValueError(f"zero must be the name of an event that is marked; got {zero!r} and no event")
        name = choice("zero", zero, marks)
        return cls(n_steps, step, marks, float(marks[name][0]), f"time from {name} (s)")

    @property
    def starts(self) -> Floats:
        """Start of each step on the axis, s, (n_steps,)."""
        return np.asarray(np.arange(self.n_steps) * self.dt - self.origin)

    @property
    def edges(self) -> Floats:
        """Starts of the steps and the end of the last, s on the axis, (n_steps + 1,)."""
        return np.asarray(np.arange(self.n_steps + 1) * self.dt - self.origin)

    def draw(self, ax: Axes, *, named: bool = True) -> None:
        """Limit the axis to the trial, and mark the events; names and markers stand on top, on one panel only."""
        ax.set_xlim(-self.origin, self.n_steps * self.dt - self.origin)
        for name, times in self.marks.items():
            line = _LOOKS.get(name, _OTHER)[0]
            for time in times - self.origin:
                ax.axvline(time, color=house.GREY, linewidth=0.7, linestyle=line, zorder=1, gid=name)
        if named:
            ax.set_xlabel(self.label)
            self._name(ax)

    def _name(self, ax: Axes) -> None:
        """Draw a marker at each time, below the one before it at the same time, and a name at the first."""
        used: list[float] = []
        for name, times in self.marks.items():
            _, marker, filled = _LOOKS.get(name, _OTHER)
            for time in times - self.origin:
                down = ScaledTranslation(0, -6 * used.count(float(time)) / 72, ax.figure.dpi_scale_trans)
                used.append(float(time))
                (mark,) = ax.plot(time, 1, marker, transform=ax.get_xaxis_transform() + down, clip_on=False, gid=name)
                mark.set(color=house.INK, markerfacecolor=house.INK if filled else "white")
                mark.set(markersize=4, markeredgewidth=0.7, zorder=4, label=f"_{name}")
        if self.marks:
            along_top(ax, [times[0] - self.origin for times in self.marks.values()], list(self.marks))


def panels(ax: Axes | None, heights: list[float], height: float) -> list[Axes]:
    """Split axes into panels over each other that share x; a new figure is at least `height` inches tall."""
    own = ax is None
    top = house.axes(ax)
    figure: Any = top.figure
    if own:
        figure.set_figheight(max(height, figure.get_figheight()))
    place = top.get_subplotspec()
    if place is None:
        raise ValueError("ax must be one of a grid of subplots, to be split into panels; got free-standing axes")
    rows = place.subgridspec(count("panels", len(heights)), 1, height_ratios=heights, hspace=0.08)
    top.set_subplotspec(rows[0])
    below = [figure.add_subplot(rows[i], sharex=top) for i in range(1, len(heights))]
    for panel in below:
        ticks: dict[str, Any] = {"labelsize": house.note_size(top), "color": house.INK, "labelcolor": house.INK}
        panel.tick_params(width=0.7, length=3, **ticks)
        panel.xaxis.label.set_size(top.xaxis.label.get_fontsize())
        panel.yaxis.label.set_size(top.yaxis.label.get_fontsize())
    for panel in [top, *below][:-1]:
        panel.tick_params(labelbottom=False)
    return [top, *below]


def _others(events: Any) -> dict[str, Any]:
    """Return other events by name."""
    if events is None:
        return {}
    if not isinstance(events, Mapping):
        raise TypeError(f"events must be a mapping of names to times; got {events!r}")
    for name in events:
        if inputs.text("events", name) in _LOOKS:
            raise ValueError(f"events must not name what has a keyword; got {name!r}")
    return dict(events)


def _times(name: str, value: Any, duration: float) -> Floats:
    """Return the times of an event, rising, all within the trial."""
    times = np.sort(np.atleast_1d(between(name, numbers(name, value), 0, duration)))
    if times.ndim != 1 or times.size == 0:
        raise ValueError(f"{name} must be a time or a list of times; got shape {times.shape}")
    return np.asarray(times)
