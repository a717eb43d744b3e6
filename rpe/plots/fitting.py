"""Figures of fits: true against estimated parameters, and which model was found for which."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe.plots import house, inputs
from rpe.plots.lines import Curves, name_ends


@house.styled
def recovery(
    true: npt.ArrayLike,
    estimate: npt.ArrayLike,
    *,
    error: npt.ArrayLike | None = None,
    parameter: str = "parameter",
    ax: Axes | None = None,
) -> Axes:
    """Draw estimates against the values that generated the data, with the line on which both are equal.

    Parameters
    ----------
    true, estimate : float array (n_subjects,)
        In the unit of the parameter.
    error : float array (n_subjects,), optional
        Standard errors, drawn as bars; NaN draws none.
    parameter : str
        Its name, for the axes.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For NaN in `true` or `estimate`, or shapes that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.recovery([0.1, 0.5, 0.9], [0.2, 0.4, 0.8], parameter="learning rate", ax=Figure().subplots())
    >>> ax.get_xlabel()
    'true learning rate'
    """
    x = inputs.vector("true", true)
    y = inputs.vector("estimate", estimate, x.size)
    bars = None if error is None else inputs.vector("error", error, x.size, missing=True)
    name = inputs.text("parameter", parameter)
    ax = house.axes(ax)
    low, high = min(x.min(), y.min()), max(x.max(), y.max())
    margin = 0.05 * (high - low or 1.0)
    ends = (low - margin, high + margin)
    ax.plot(ends, ends, color=house.FAINT, linewidth=0.8, zorder=1, gid="identity")
    if bars is not None:
        known = np.isfinite(bars)
        ax.vlines(x[known], (y - bars)[known], (y + bars)[known], color=house.FAINT, linewidth=0.6, zorder=2)
    ax.plot(x, y, "o", color=house.BLUE, markersize=3, markeredgewidth=0, alpha=0.8, zorder=3)
    ax.set(xlim=ends, ylim=ends, xlabel=f"true {name}", ylabel=f"estimated {name}")
    if x.size > 2 and np.ptp(x) > 0 and np.ptp(y) > 0:
        where: dict[str, Any] = {"transform": ax.transAxes, "ha": "left", "va": "top", "color": house.GREY}
        ax.text(
            0.04, 0.97, f"r = {np.corrcoef(x, y)[0, 1]:.2f}".replace("-", "−"), fontsize=house.note_size(ax), **where
        )
    return ax


@house.styled
def recovery_curve(
    n_trials: npt.ArrayLike,
    correlation: npt.ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    parameter: str = "parameter",
    colors: inputs.Colors | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the correlation of true and estimated values against the number of trials.

    Parameters
    ----------
    n_trials : int array (n_lengths,)
        Trials of each subject, rising; drawn on a logarithmic axis.
    correlation : float array (n_lengths,) or (n_curves, n_lengths)
        In [-1, 1].
    labels : sequence of str, optional
        Name of each curve.
    parameter : str
        Its name, for the axis.
    colors : optional
        One for each curve, or one for all.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For correlations outside [-1, 1], numbers of trials that do not rise, or shapes that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.recovery_curve([20, 100, 500], [0.2, 0.6, 0.9], parameter="rate", ax=Figure().subplots())
    >>> ax.get_ylabel()
    'correlation, rate'
    """
    y = inputs.curves("correlation", correlation, -1, 1)
    x = inputs.rising("n_trials", n_trials, y.shape[1], positive=True)
    drawn = Curves.of(x, y, None, labels, colors, None, markers=True)
    ax = house.axes(ax)
    drawn.draw(ax)
    house.log_scale(ax, "x")
    ax.set_xticks(x, [f"{n:g}" for n in x])
    ax.set_xticks([], minor=True)
    ax.set(ylim=(min(0.0, y.min()), 1.0), xlabel="trials per subject")
    ax.set_ylabel(f"correlation, {inputs.text('parameter', parameter)}")
    name_ends(ax, drawn)
    return ax


@house.styled
def confusion(
    matrix: npt.ArrayLike,
    *,
    labels: Sequence[str],
    xlabel: str = "model that fits best",
    ylabel: str = "model that generated",
    ax: Axes | None = None,
) -> Axes:
    """Draw how often each model (columns) wins for data of each model (rows), with the shares written in.

    Parameters
    ----------
    matrix : float array (n_models, n_models)
        Shares from 0 to 1; NaN where there is none.
    labels : sequence of str
        Names of the models.
    xlabel, ylabel : str
        What columns and rows are.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For shares outside [0, 1], a matrix that is not square, or labels that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.confusion([[0.9, 0.1], [0.3, 0.7]], labels=["A", "B"], ax=Figure().subplots())
    >>> [text.get_text() for text in ax.texts]
    ['0.90', '0.10', '0.30', '0.70']
    """
    shares = inputs.values("matrix", matrix, 0, 1, missing=True)
    if shares.ndim != 2 or shares.shape[0] != shares.shape[1]:
        raise ValueError(f"matrix must have the shape (n_models, n_models); got {shares.shape}")
    names = inputs.names("labels", labels, len(shares))
    ax = house.axes(ax)
    shown = ax.imshow(shares, cmap=house.PALE, vmin=0, vmax=1)
    ticks = np.arange(len(names))
    turn: dict[str, Any] = (
        {"rotation": 30, "ha": "right", "rotation_mode": "anchor"} if max(map(len, names)) > 6 else {}
    )
    ax.set_xticks(ticks, names, **turn)
    ax.set_yticks(ticks, names)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlabel=inputs.text("xlabel", xlabel), ylabel=inputs.text("ylabel", ylabel))
    for (row, column), share in np.ndenumerate(shares):
        colour = house.on(house.PALE(float(np.nan_to_num(share)))[:3])
        text = "–" if np.isnan(share) else f"{share:.2f}"
        ax.text(column, row, text, ha="center", va="center", fontsize=house.note_size(ax), color=colour)
    shown.set_gid("shares")
    return ax


@house.styled
def verdicts(holds: npt.ArrayLike, *, rows: Sequence[str], columns: Sequence[str], ax: Axes | None = None) -> Axes:
    """Draw a matrix of verdicts: a filled cell with a tick where something holds, an empty one with a dot where not.

    Parameters
    ----------
    holds : float array (n_rows, n_columns)
        1 where it holds, 0 where not, NaN where it cannot be said.
    rows, columns : sequence of str
        Their names.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For values outside [0, 1], or names that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.verdicts([[1, 0]], rows=["theory"], columns=["shift", "dip"], ax=Figure().subplots())
    >>> [text.get_text() for text in ax.texts]
    ['✓', '·']
    """
    cells = inputs.values("holds", holds, 0, 1, missing=True)
    if cells.ndim != 2:
        raise ValueError(f"holds must have the shape (n_rows, n_columns); got {cells.shape}")
    left, top = inputs.names("rows", rows, cells.shape[0]), inputs.names("columns", columns, cells.shape[1])
    ax = house.axes(ax)
    ax.imshow(np.nan_to_num(cells), cmap=house.PALE, vmin=0, vmax=3.0, aspect="auto")
    ax.set_xticks(np.arange(len(top)), top, rotation=30, ha="right", rotation_mode="anchor")
    ax.set_yticks(np.arange(len(left)), left)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    for edge in range(1, max(cells.shape)):
        for draw, n in ((ax.axhline, cells.shape[0]), (ax.axvline, cells.shape[1])):
            if edge < n:
                draw(edge - 0.5, color="white", linewidth=1.5)
    for (row, column), cell in np.ndenumerate(cells):
        sign = "?" if np.isnan(cell) else "✓" if cell > 0.5 else "·"
        ax.text(column, row, sign, ha="center", va="center", color=house.INK, fontsize=11, weight="bold")
    return ax
