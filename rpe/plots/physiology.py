"""Dopamine with its units: concentration, receptor occupancy, and the chain from error to receptor."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe._checks import flag
from rpe.plots import house, inputs
from rpe.plots.lines import Curves
from rpe.plots.signals import Signal, averaged
from rpe.plots.timeline import panels

NG_PER_NMOL = 0.15318
"""What 1 nM of dopamine (153.18 g/mol) is in ng/mL."""

_CHAIN = ("prediction error\n(reward units)", "firing rate\n(Hz)", "dopamine\n(nM)", "receptors bound\n(share)")


@house.styled
def concentration(
    concentration: npt.ArrayLike,
    dt: float,
    *,
    cue: npt.ArrayLike | None = None,
    reward: npt.ArrayLike | None = None,
    omission: npt.ArrayLike | None = None,
    events: Mapping[str, npt.ArrayLike] | None = None,
    zero: str | None = None,
    band: npt.ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    ng_per_ml: bool = True,
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the concentration of dopamine over the time of a trial, in nM with ng/mL on a second axis.

    Parameters
    ----------
    concentration : float array (n_steps,), (n_curves, n_steps) or (n_curves, n_agents, n_steps)
        nM ≥ 0 at the end of each step, drawn there; of the last form the mean over agents is shown.
    dt : float
        Length of a step, s.
    cue, reward, omission, events, zero, band, labels, colors, linestyles, ax
        As in `peri_event`.
    ng_per_ml : bool
        Whether to draw the second axis: on the right for one curve, outermost on the left for
        several, whose names are on the right.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For negative concentrations, and as `peri_event`.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.concentration([40, 90, 60, 45], 0.1, cue=0.1, ax=Figure().subplots())
    >>> ax.get_ylabel(), ax.child_axes[0].get_ylabel()
    ('dopamine (nM)', 'dopamine (ng/mL)')
    """
    marks: dict[str, Any] = {"cue": cue, "reward": reward, "omission": omission, "events": events, "zero": zero}
    looks: dict[str, Any] = {"band": band, "labels": labels, "colors": colors, "linestyles": linestyles}
    shown = Signal.of("concentration", concentration, dt, low=0.0, form="ends", **looks, **marks)
    second = flag("ng_per_ml", ng_per_ml)
    ax = house.axes(ax)
    shown.draw(ax, "dopamine (nM)")
    if second:
        _second_axis(ax, left=any(shown.curves.names))
    return ax


@house.styled
def occupancy(
    d1: npt.ArrayLike,
    d2: npt.ArrayLike,
    dt: float,
    *,
    cue: npt.ArrayLike | None = None,
    reward: npt.ArrayLike | None = None,
    omission: npt.ArrayLike | None = None,
    events: Mapping[str, npt.ArrayLike] | None = None,
    zero: str | None = None,
    labels: Sequence[str] = ("D1", "D2"),
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of D1 and D2 receptors that is bound, over the time of a trial.

    Parameters
    ----------
    d1, d2 : float array (n_steps,) or (n_agents, n_steps)
        Shares in [0, 1] at the end of each step, drawn there; over agents, the mean is shown with
        its standard error.
    dt : float
        Length of a step, s.
    labels : sequence of two str
        Names of the two curves.
    cue, reward, omission, events, zero, colors, linestyles, ax
        As in `peri_event`.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For shares outside [0, 1], and as `peri_event`.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.occupancy([0.02, 0.05, 0.03], [0.6, 0.8, 0.7], 0.1, ax=Figure().subplots())
    >>> ax.get_ylabel()
    'share of receptors bound'
    """
    first, second = inputs.curves("d1", d1, 0, 1), inputs.curves("d2", d2, 0, 1)
    if first.shape != second.shape:
        raise ValueError(f"d2 must have the shape of d1, {first.shape}; got {second.shape}")
    inputs.names("labels", labels, 2)
    both = np.stack([first, second])
    marks: dict[str, Any] = {"cue": cue, "reward": reward, "omission": omission, "events": events, "zero": zero}
    looks: dict[str, Any] = {"labels": labels, "colors": colors, "linestyles": linestyles}
    bound = both if first.shape[0] > 1 else both[:, 0]
    shown = Signal.of("share bound", bound, dt, low=0.0, high=1.0, form="ends", **looks, **marks)
    ax = house.axes(ax)
    ax.set_ylim(0, 1)
    shown.draw(ax, "share of receptors bound")
    return ax


@house.styled
def trace_chain(
    delta: npt.ArrayLike,
    rate: npt.ArrayLike,
    concentration: npt.ArrayLike,
    occupancy: Mapping[str, npt.ArrayLike],
    dt: float,
    *,
    cue: npt.ArrayLike | None = None,
    reward: npt.ArrayLike | None = None,
    omission: npt.ArrayLike | None = None,
    events: Mapping[str, npt.ArrayLike] | None = None,
    zero: str | None = None,
    labels: Sequence[str] | None = None,
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the chain of a trace: prediction error, firing, dopamine and receptors, in four panels over one time axis.

    Parameters
    ----------
    delta : float array (n_steps,), (n_conditions, n_steps) or (n_conditions, n_agents, n_steps)
        δ in reward units, drawn over each step; of the last form the mean over agents is shown.
    rate : float array of the same shape
        Firing rate, Hz ≥ 0, drawn over each step.
    concentration : float array of the same shape
        nM ≥ 0 at the end of each step, with ng/mL on the right.
    occupancy : mapping of str to float array of the same shape
        Share of each kind of receptor that is bound, in [0, 1], such as {"D1": …, "D2": …}.
    dt : float
        Length of a step, s.
    labels : sequence of str, optional
        Name of each condition.
    cue, reward, omission, events, zero, colors, linestyles
        As in `peri_event`.
    ax : matplotlib Axes, optional
        One of a grid of subplots, which is split into the panels; by default a new figure.

    Returns
    -------
    matplotlib Axes
        The top panel; the others follow it in `ax.figure.axes`.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, numbers out of range, no receptor, and as `peri_event`.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> bound = {"D1": [0.02, 0.04], "D2": [0.6, 0.7]}
    >>> page = Figure(figsize=(4.2, 5.5)).subplots()
    >>> ax = rpe.plots.trace_chain([0, 1], [5, 30], [40, 80], bound, 0.1, cue=0.1, ax=page)
    >>> [panel.get_ylabel().split()[-1] for panel in ax.figure.axes]
    ['units)', '(Hz)', '(nM)', '(share)']
    """
    marks: dict[str, Any] = {"cue": cue, "reward": reward, "omission": omission, "events": events, "zero": zero}
    looks: dict[str, Any] = {"labels": labels, "colors": colors, "linestyles": linestyles}
    shown = [
        Signal.of("delta", delta, dt, form="steps", **looks, **marks),
        Signal.of("rate", rate, dt, form="steps", low=0.0, **looks, **marks),
        Signal.of("concentration", concentration, dt, form="ends", low=0.0, **looks, **marks),
    ]
    shape = np.shape(delta)
    for name, array in (("rate", rate), ("concentration", concentration)):
        if np.shape(array) != shape:
            raise ValueError(f"{name} must have the shape of delta, {shape}; got {np.shape(array)}")
    bound = _receptors(occupancy, shape, shown[2])
    rows = panels(ax, [1.2, 1.0, 1.0, 1.0], 5.0)
    for i, (panel, signal) in enumerate(zip(rows, [*shown, shown[2]._replace(curves=bound)], strict=True)):
        signal._replace(averages="").draw(panel, _CHAIN[i], top=i == 0, names=i in (0, 3))
    _second_axis(rows[2], left=False)
    rows[0].set_xlabel("")
    rows[3].set(xlabel=shown[0].timeline.label, ylim=(0, 1))
    rows[0].figure.align_ylabels(rows)
    return rows[0]


def _receptors(occupancy: Any, shape: tuple[int, ...], like: Signal) -> Curves:
    """Return one curve for each receptor and condition; conditions look as in the other panels."""
    if not isinstance(occupancy, Mapping):
        raise TypeError(f"occupancy must be a mapping of receptors to shares; got {occupancy!r}")
    if not occupancy:
        raise ValueError("occupancy must hold at least one receptor; got none")
    receptors = [inputs.text("occupancy", name) for name in occupancy]
    for name, share in occupancy.items():
        if np.shape(share) != shape:
            raise ValueError(f"occupancy[{name!r}] must have the shape of delta, {shape}; got {np.shape(share)}")
    parts = [averaged(f"occupancy[{name!r}]", share, None, low=0.0, high=1.0) for name, share in occupancy.items()]
    y = np.concatenate([part[0] for part in parts])
    band = np.concatenate([part[1] for part in parts], axis=1) if parts[0][1] is not None else None
    kinds = like.curves.names
    names = [f"{receptor}, {kind}" if kind else receptor for receptor in receptors for kind in kinds]
    several = len(kinds) > 1
    colors = like.curves.colors * len(receptors) if several else None
    dashes = like.curves.linestyles * len(receptors) if several else None
    return Curves.of(like.curves.x, y, band, names, colors, dashes, missing=True)


def _second_axis(ax: Axes, *, left: bool) -> None:
    """Draw the same concentration in ng/mL."""
    second = ax.secondary_yaxis("left" if left else "right", functions=(_to_ng_per_ml, _to_nm))
    size = house.note_size(ax)
    second.tick_params(labelsize=size, width=0.7, length=3, color=house.INK, labelcolor=house.INK)
    second.set_ylabel("dopamine (ng/mL)", fontsize=ax.yaxis.label.get_fontsize())
    spine = second.spines["left" if left else "right"]
    spine.set_visible(True)
    if left:
        spine.set_position(("outward", 5 * size))


def _to_ng_per_ml(nm: Any) -> Any:
    return np.asarray(nm) * NG_PER_NMOL


def _to_nm(ng_per_ml: Any) -> Any:
    return np.asarray(ng_per_ml) / NG_PER_NMOL
