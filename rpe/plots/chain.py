"""The chain from error to receptor around the events of behaviour: cue, sub-goals, goal and omissions side by side."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from rpe._checks import Bools, Floats, Ints, choice, count, scalar, sequence
from rpe.plots import house, inputs, meanings
from rpe.plots.timeline import panels

MAX_EVENTS, MAX_TRIALS = 7, 4
_LABELS = ("error\n(reward\nunits)", "firing\n(Hz)", "dopamine\n(nM)", "receptors\noccupied")
_MARKS = {"cue": ("v", True), "goal": ("o", True), "omission": ("o", False)}
_GAP = 0.12


class EventTraces(Protocol):
    """What is drawn: means around each event, as `rpe.dopamine.Signal.traces` gives them."""

    @property
    def times(self) -> Floats:
        """Samples, s from the event, (n_samples,)."""

    @property
    def events(self) -> tuple[str, ...]:
        """Names of the events."""

    @property
    def trials(self) -> Ints:
        """Which trials, (n_trials,)."""

    @property
    def delta(self) -> Floats:
        """δ in reward units, (n_trials, n_events, n_samples), as all that follow."""

    @property
    def rate(self) -> Floats:
        """Hz."""

    @property
    def concentration(self) -> Floats:
        """nM."""  # noqa: D403

    @property
    def d1(self) -> Floats:
        """Share of D1 receptors occupied."""

    @property
    def d2(self) -> Floats:
        """Share of D2 receptors occupied."""


class EventSignal(Protocol):
    """A signal with traces around its events, such as `rpe.dopamine.Signal`."""

    @property
    def trials(self) -> Ints:
        """Which trials it holds."""

    def traces(self, trials: Sequence[int] | None = None) -> EventTraces:
        """Return the traces of some trials."""


class _Strip(NamedTuple):
    """Windows around events, one beside the other on one axis; samples of all windows in a row.

    Attributes
    ----------
    place : int array (n_events,)
        Which of the events of the traces.
    names : list of str
    inside : bool array (n_samples,)
    x : float array (n_events, n_inside + 1)
        Place of each sample, and of a hole after each window.
    zero : float array (n_events,)
        Where each event is.
    low, high : float
        Of a window, s from the event.
    """

    place: Ints
    names: list[str]
    inside: Bools
    x: Floats
    zero: Floats
    low: float
    high: float

    @classmethod
    def of(cls, traces: EventTraces, place: Ints, window: tuple[float, float]) -> "_Strip":
        low, high = max(window[0], float(traces.times[0])), min(window[1], float(traces.times[-1]))
        inside = (traces.times >= low - 1e-9) & (traces.times <= high + 1e-9)
        zero = np.asarray(np.arange(len(place)) * ((1 + _GAP) * (high - low)), dtype=np.float64)
        within = np.append(traces.times[inside], np.nan)
        return cls(place, [traces.events[i] for i in place], inside, zero[:, None] + within, zero, low, high)

    def y(self, values: Floats) -> Floats:
        """The values (n_events, n_samples) of one trial in a row, with a hole after each window."""
        cut = values[self.place][:, self.inside]
        return np.concatenate([cut, np.full((len(cut), 1), np.nan)], axis=1).ravel()


@house.styled
def signal_chain(
    signal: EventSignal,
    *,
    trials: Sequence[int] | None = None,
    events: Sequence[str] | None = None,
    window: tuple[float, float] = (-0.5, 2.0),
    labels: Sequence[str] | None = None,
    colors: inputs.Colors | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the chain from prediction error to firing, dopamine and receptors around the events of a task.

    Each event has a window of its own on the shared time axis, as seconds around it and not the
    minutes between events are what dopamine happens in. Curves are means over agents, one a trial.

    Parameters
    ----------
    signal : Signal
        Of `rpe.dopamine.from_history`.
    trials : sequence of int, optional
        Up to 4 trials, counted from 0; the first and the last by default.
    events : sequence of str, optional
        Up to 7 of the signal's events, in their order; by default those that happened in these
        trials, with sub-goals left out evenly where there are too many.
    window : (float, float)
        What is shown around each event, s.
    labels : sequence of str, optional
        Names of the trials; "trial 1" is the first.
    colors : optional
        A colour for each trial.
    ax : matplotlib Axes, optional
        One of a grid of subplots, which is split into the panels; by default a new figure.

    Returns
    -------
    matplotlib Axes
        The top panel; the others follow it in `ax.figure.axes`.

    Raises
    ------
    TypeError, ValueError
        For trials or events that the signal does not hold, or too many of them.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0)
    >>> history = rpe.simulate.run(rpe.agents.QLearner(), task, n_agents=3, n_trials=50, rng=0)
    >>> signal = rpe.dopamine.from_history(history, seconds_per_step=60.0)
    >>> ax = rpe.plots.signal_chain(signal, trials=[0, 49], ax=Figure().subplots())
    >>> [panel.get_ylabel().split()[0] for panel in ax.figure.axes]
    ['error', 'firing', 'dopamine', 'receptors']
    """
    if isinstance(signal, type) or not callable(getattr(signal, "traces", None)):
        raise TypeError(f"signal must come from rpe.dopamine.from_history; got {type(signal).__name__}")
    asked = sorted({int(signal.trials[0]), int(signal.trials[-1])}) if trials is None else sequence("trials", trials)
    if not 1 <= len(asked) <= MAX_TRIALS:
        raise ValueError(f"trials must name 1 to {MAX_TRIALS} trials, to be told apart; got {len(asked)}")
    shown = signal.traces([count("trials", trial, 0) for trial in asked])
    strip = _Strip.of(shown, _places(shown, events), _window(window))
    n = len(shown.trials)
    names = [f"trial {trial + 1}" for trial in shown.trials] if labels is None else inputs.names("labels", labels, n)
    # Trials are no arms: none is drawn in the colour of one goal or of micro wins.
    fills = meanings.colours_of(names) if colors is None else colors
    looks = list(zip(names, inputs.colors(fills, n), house.cycle(house.LINESTYLES, n), strict=True))
    rows = panels(ax, [1.0, 1.0, 1.2, 1.0], 4.4)
    for panel, label, values in zip(rows, _LABELS, _curves(shown), strict=True):
        _frame(panel, strip, label)
        for kind in values:
            for (name, color, line), trial in zip(looks, kind, strict=True):
                look: dict[str, Any] = {"color": color, "linestyle": line, "linewidth": 1.2, "zorder": 3}
                panel.plot(strip.x.ravel(), strip.y(trial), label=name, clip_on=False, **look)
    _finish(rows, strip, [shown.d1, shown.d2])
    return rows[0]


def _curves(shown: EventTraces) -> list[list[Floats]]:
    """The curves of each panel, top to bottom."""
    return [[shown.delta], [shown.rate], [shown.concentration], [shown.d1, shown.d2]]


def _places(shown: EventTraces, events: Sequence[str] | None) -> Ints:
    """Which events to draw."""
    if events is not None:
        found = [shown.events.index(choice("events", name, shown.events)) for name in events]
        if not 1 <= len(found) <= MAX_EVENTS or found != sorted(set(found)):
            raise ValueError(f"events must name 1 to {MAX_EVENTS} events in their order; got {list(events)}")
        return np.array(found)
    happened = np.flatnonzero(~np.isnan(shown.rate).all(axis=(0, 2)))
    inner = [int(i) for i in happened if shown.events[i].startswith("sub-goal")]
    outer = [int(i) for i in happened if int(i) not in inner]
    room = min(MAX_EVENTS - len(outer), len(inner))
    kept = [inner[i] for i in np.linspace(0, len(inner) - 1, room).round().astype(np.int64)] if inner else []
    return np.array(sorted([*outer, *kept]), dtype=np.int64)


def _window(window: tuple[float, float]) -> tuple[float, float]:
    ends = inputs.vector("window", window, 2)
    return scalar("window[0]", ends[0], high=0), scalar("window[1]", ends[1], 0, open_low=True)


def _frame(ax: Axes, strip: _Strip, label: str) -> None:
    """Shade the window of each event, and mark the event in it."""
    for zero in strip.zero:
        ax.axvspan(zero + strip.low, zero + strip.high, color="#F3F3F3", linewidth=0, zorder=0)
        ax.axvline(zero, color=house.GREY, linewidth=0.7, zorder=1, gid="event")
    ax.set_xlim(strip.zero[0] + strip.low, strip.zero[-1] + strip.high)
    ax.set_ylabel(label)


def _finish(rows: list[Axes], strip: _Strip, occupied: list[Floats]) -> None:
    """Name events above and seconds below, and tell receptors apart."""
    top, foot = rows[0], rows[-1]
    _name_events(top, strip)
    lines = [line for line in top.lines if not str(line.get_label()).startswith("_")]
    size = house.note_size(top)
    # The key stands above the two lines of names.
    above_names = top.transAxes + ScaledTranslation(0, 24 / 72, top.figure.dpi_scale_trans)
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1), "bbox_transform": above_names}
    look: dict[str, Any] = {"borderaxespad": 0, "borderpad": 0, "columnspacing": 1.2, "handlelength": 2.2}
    top.legend(handles=lines, ncols=len(lines), fontsize=size, frameon=False, **look, **where)
    foot.set_ylim(0, 1)
    room = strip.zero[-1] + strip.high
    for name, values in zip(("D1", "D2"), occupied, strict=True):
        level = float(np.nanmean(values))
        # The name stands on the side of the curve that has more room.
        above = level < 0.5
        shift: dict[str, Any] = {"xytext": (-2, 2 if above else -2), "textcoords": "offset points"}
        look = {"ha": "right", "va": "bottom" if above else "top", "fontsize": size, "color": house.INK}
        foot.annotate(name, (room, level), **shift, **look)
    whole = np.arange(0, np.floor(strip.high) + 1)
    ticks = whole if len(whole) <= 3 else whole[[0, -1]]
    foot.set_xticks((strip.zero[:, None] + ticks).ravel(), [f"{t:g}" for t in ticks] * len(strip.zero))
    foot.set_xlabel("time from event (s)")
    top.figure.align_ylabels(rows)


def _name_events(ax: Axes, strip: _Strip) -> None:
    """Draw a marker and a name above each window; sub-goals share one word and have a number each."""
    size = house.note_size(ax)
    inner = [i for i, name in enumerate(strip.names) if name.startswith("sub-goal")]
    look: dict[str, Any] = {"xycoords": ax.get_xaxis_transform(), "textcoords": "offset points", "ha": "center"}
    for i, (name, zero) in enumerate(zip(strip.names, strip.zero, strict=True)):
        marker, filled = _MARKS.get(name, ("D", True))
        (mark,) = ax.plot(zero, 1, marker, transform=ax.get_xaxis_transform(), clip_on=False, label=f"_{name}")
        mark.set(color=house.INK, markerfacecolor=house.INK if filled else "white", markersize=4, zorder=4)
        text = name.removeprefix("sub-goal ") if i in inner else "omitted" if name == "omission" else name
        ax.annotate(text, (zero, 1), (0, 4), va="bottom", fontsize=size, color=house.INK, **look)
    if inner:
        middle = float(strip.zero[inner].mean())
        ax.annotate("sub-goal", (middle, 1), (0, 12), va="bottom", fontsize=size, color=house.INK, **look)
