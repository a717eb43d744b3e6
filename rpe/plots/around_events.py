"""Signals around events: curves with bands, and values that ramp up to a reward."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt
from matplotlib.axes import Axes

from rpe.plots import house, inputs
from rpe.plots.signals import Signal


@house.styled
def peri_event(
    signal: npt.ArrayLike,
    dt: float,
    *,
    cue: npt.ArrayLike | None = None,
    reward: npt.ArrayLike | None = None,
    omission: npt.ArrayLike | None = None,
    events: Mapping[str, npt.ArrayLike] | None = None,
    zero: str | None = None,
    band: npt.ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    quantity: str = "prediction error",
    unit: str = "reward units",
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a signal over the time of a trial, one curve for each condition, with cue, reward and omission marked.

    Parameters
    ----------
    signal : float array (n_steps,), (n_curves, n_steps) or (n_curves, n_agents, n_steps)
        In `unit`, step t at t·dt; of the last form the mean over agents is shown. NaN leaves a hole.
    dt : float
        Length of a step, s.
    cue, reward, omission : float or sequence of float, optional
        Times to mark, s from the start of the trial: filled markers for what came, an open one and
        a dashed line where a reward was due that did not come.
    events : mapping of str to float, optional
        Other times to mark and name, s.
    zero : str, optional
        The marked event from which time is counted, its first one; by default the start of the trial.
    band : float array (2, n_curves, n_steps), or {"sem", "sd"}, optional
        Lower and upper ends of an interval; or what to shade of a signal with agents, by default
        the standard error of the mean.
    labels : sequence of str, optional
        Name of each curve.
    quantity, unit : str
        What the signal is, for the axis.
    colors, linestyles : optional
        One for each curve, or one for all.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style. Names stand above the axes: a
        title needs `pad=16`.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, more than eight curves, times outside the trial, or infinities.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.peri_event([0, 1, 0, 0.2], 0.5, cue=0.5, reward=1.5, zero="cue", ax=Figure().subplots())
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('time from cue (s)', 'prediction error (reward units)')
    """
    marks: dict[str, Any] = {"cue": cue, "reward": reward, "omission": omission, "events": events, "zero": zero}
    looks: dict[str, Any] = {"band": band, "labels": labels, "colors": colors, "linestyles": linestyles}
    shown = Signal.of("signal", signal, dt, **looks, **marks)
    title = f"{inputs.text('quantity', quantity)} ({inputs.text('unit', unit)})"
    ax = house.axes(ax)
    shown.draw(ax, title)
    return ax


@house.styled
def value_ramps(
    value: npt.ArrayLike,
    dt: float,
    *,
    cue: npt.ArrayLike | None = None,
    reward: npt.ArrayLike | None = None,
    omission: npt.ArrayLike | None = None,
    events: Mapping[str, npt.ArrayLike] | None = None,
    zero: str | None = None,
    band: npt.ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw values over the time of a trial: how they ramp up to a reward, under several conditions.

    Parameters
    ----------
    value : float array (n_steps,), (n_conditions, n_steps) or (n_conditions, n_agents, n_steps)
        V in reward units, step t at t·dt; of the last form the mean over agents is shown.
    dt : float
        Length of a step, s.
    cue, reward, omission, events, zero, band, labels, colors, linestyles, ax
        As in `peri_event`.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        As `peri_event`.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ramps = [[0.0, 0.8, 0.9, 1.0], [0.0, 0.3, 0.6, 1.0]]
    >>> ax = rpe.plots.value_ramps(ramps, 0.5, labels=["discount .9", "uncertain"], ax=Figure().subplots())
    >>> ax.get_ylabel()
    'value (reward units)'
    """
    marks: dict[str, Any] = {"cue": cue, "reward": reward, "omission": omission, "events": events, "zero": zero}
    looks: dict[str, Any] = {"band": band, "labels": labels, "colors": colors, "linestyles": linestyles}
    shown = Signal.of("value", value, dt, **looks, **marks)
    ax = house.axes(ax)
    shown.draw(ax, "value (reward units)")
    return ax
