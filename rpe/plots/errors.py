"""Prediction errors: within the trial as a heat map, and at events over trials."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from rpe._checks import Floats, flag, numbers, scalar
from rpe.plots import house, inputs
from rpe.plots.labels import along_top
from rpe.plots.lines import Curves, name_ends
from rpe.plots.signs import hatch_negative

ERROR = "prediction error (reward units)"


@house.styled
def prediction_errors(
    delta: npt.ArrayLike,
    dt: float | None = None,
    *,
    cue: float | None = None,
    events: Mapping[str, float] | None = None,
    omissions: npt.ArrayLike | None = None,
    limit: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw prediction errors as a map of trials by time, the first trial on top.

    Parameters
    ----------
    delta : float array (n_trials, n_steps) or (n_agents, n_trials, n_steps)
        Prediction error δ in reward units, stamped on arrival; the mean over agents is shown.
        NaN where there is none, as after the end of a trial.
    dt : float, optional
        Length of a step in seconds; without it time is counted in steps.
    cue : float, optional
        When the cue comes, in seconds or steps; the same as an event named "cue".
    events : mapping of str to float, optional
        Other times to mark and name, such as {"reward": 1.5}.
    omissions : int array (n_omissions,), optional
        Trials, counted from 0, in which the reward was left out: marked at the right edge.
    limit : float, optional
        Error at the ends of the colours; by default the largest one shown.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style. Names stand above the axes: a
        title needs `pad=16`.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, times or trials outside those shown, or infinities.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.prediction_errors(np.eye(4), 0.5, cue=0.5, ax=Figure().subplots())
    >>> ax.get_xlabel()
    'time (s)'
    """
    errors = _trials_by_time(delta)
    step = 1.0 if dt is None else scalar("dt", dt, 0, open_low=True)
    width = None if limit is None else scalar("limit", limit, 0, open_low=True)
    n_trials, n_steps = errors.shape
    extent = (-step / 2, (n_steps - 0.5) * step, n_trials + 0.5, 0.5)
    marks = _marks(cue, events, extent[:2])
    left_out = None if omissions is None else _trial_numbers(omissions, n_trials)
    ax = house.axes(ax)
    # A missing error shows as the grey of the background.
    ax.set_facecolor("#DDDDDD")
    look: dict[str, Any] = {"cmap": house.SIGNED, "norm": house.centred(errors, width), "interpolation": "nearest"}
    shown = ax.imshow(errors, aspect="auto", extent=extent, **look)
    ax.set(xlabel="time (steps)" if dt is None else "time (s)", ylabel="trial")
    _trial_ticks(ax, n_trials)
    for x in marks.values():
        ax.axvline(x, color=house.INK, linewidth=0.6, linestyle=(0, (1, 2)))
    names = dict(marks)
    if left_out is not None and left_out.size:
        place: dict[str, Any] = {"transform": ax.get_yaxis_transform(), "clip_on": False}
        ax.plot(np.full(left_out.shape, 1.012), left_out, "<", color=house.INK, markersize=3, label="omission", **place)
        names["omission"] = extent[1]
    hatch_negative(ax, shown, house.colour_bar(ax, shown, ERROR))
    along_top(ax, list(names.values()), list(names))
    return ax


@house.styled
def errors_by_trial(
    errors: Mapping[str, npt.ArrayLike],
    *,
    bands: Mapping[str, npt.ArrayLike] | None = None,
    log: bool = False,
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the mean prediction error at the cue, at sub-goals, at the goal, over trials.

    Parameters
    ----------
    errors : mapping of str to float array (n_trials,)
        Mean prediction error in reward units at each kind of event; NaN in trials without one.
    bands : mapping of str to float array (2, n_trials), optional
        Lower and upper ends of an interval, for all or some of the events; NaN as there.
    log : bool
        Whether trials are on a log axis, which shows where learning is fast.
    colors, linestyles : optional
        One for each event, or one for all.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For no event or more than eight, different numbers of trials, or bands of unknown events.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.errors_by_trial({"cue": [0, 1, 2], "goal": [9, 5, 1]}, ax=Figure().subplots())
    >>> ax.get_ylabel()
    'prediction error (reward units)'
    """
    names, table = _by_event(errors)
    trials = np.arange(1.0, table.shape[1] + 1)
    flag("log", log)
    curves = Curves.of(trials, table, _bands(bands, names, table), names, colors, linestyles, missing=True)
    ax = house.axes(ax)
    ax.axhline(0, color=house.FAINT, linewidth=0.6, zorder=1)
    if log:
        house.log_scale(ax, "x")
    else:
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.set(xlabel="trial", ylabel=ERROR, xlim=(1, max(2, trials.size)))
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    curves.draw(ax)
    name_ends(ax, curves)
    return ax


def _trials_by_time(delta: Any) -> Floats:
    """Check prediction errors, and take the mean over agents where there are some."""
    array = inputs.values("delta", delta, missing=True)
    if array.ndim not in (2, 3):
        rule = "must have the shape (n_trials, n_steps) or (n_agents, n_trials, n_steps)"
        raise ValueError(f"delta {rule}; got {array.shape}")
    if array.ndim == 2:
        return array
    known = ~np.isnan(array)
    total = np.where(known, array, 0.0).sum(axis=0)
    n = known.sum(axis=0)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def _marks(cue: Any, events: Any, span: tuple[float, float]) -> dict[str, float]:
    """Return the times to mark, by name."""
    marks: dict[str, Any] = {} if cue is None else {"cue": cue}
    if events is not None:
        if not isinstance(events, Mapping):
            raise TypeError(f"events must be a mapping of names to times; got {events!r}")
        if cue is not None and "cue" in events:
            raise ValueError("cue must be given once; got it as a keyword and among the events")
        marks |= {inputs.text("events", name): time for name, time in events.items()}
    return {name: scalar(f"time of {name}", time, *span) for name, time in marks.items()}


def _trial_numbers(omissions: Any, n_trials: int) -> Floats:
    """Check indices of trials, and count them from 1 as the axis does."""
    index = numbers("omissions", omissions)
    if index.ndim != 1 or np.any(index % 1) or np.any((index < 0) | (index >= n_trials)):
        raise ValueError(f"omissions must be indices of trials, 0 to {n_trials - 1}; got {index.tolist()}")
    return index + 1


def _trial_ticks(ax: Axes, n_trials: int) -> None:
    """Put ticks on round trial numbers, and on the first."""
    ticks = [tick for tick in ax.get_yticks() if 1 < tick <= n_trials and tick % 1 == 0]
    ax.set_yticks([1, *(tick for tick in ticks if tick > 1 + n_trials / 20)])


def _by_event(errors: Any) -> tuple[list[str], Floats]:
    """Return the names of the events and their errors, (n_events, n_trials)."""
    if not isinstance(errors, Mapping):
        raise TypeError(f"errors must be a mapping of names to arrays; got {errors!r}")
    if not errors:
        raise ValueError("errors must hold at least one event; got none")
    rows = {
        inputs.text("errors", name): inputs.vector(f"errors[{name!r}]", row, missing=True)
        for name, row in errors.items()
    }
    lengths = {name: row.size for name, row in rows.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"errors must all have the same number of trials; got {lengths}")
    return list(rows), np.array(list(rows.values()))


def _bands(bands: Any, names: list[str], table: Floats) -> Floats | None:
    """Return the intervals of all events, empty for those that have none, (2, n_events, n_trials)."""
    if bands is None:
        return None
    if not isinstance(bands, Mapping):
        raise TypeError(f"bands must be a mapping of names to intervals; got {bands!r}")
    unknown = [name for name in bands if name not in names]
    if unknown:
        raise ValueError(f"bands must belong to the events {names}; got {unknown}")
    found = np.full((2, *table.shape), np.nan)
    for name, interval in bands.items():
        found[:, names.index(name)] = inputs.band(f"bands[{name!r}]", interval, table.shape[1:], missing=True)
    return found
