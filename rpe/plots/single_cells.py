"""Single cells: the errors of a population within the trial, one row a cell."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe._checks import mapping, scalar
from rpe.plots import house, inputs
from rpe.plots.errors import ERROR
from rpe.plots.labels import along_top
from rpe.plots.signs import hatch_negative


@house.styled
def cell_errors(
    cells: npt.ArrayLike,
    dt: float,
    *,
    of_cells: npt.ArrayLike | None = None,
    label: str = "cell",
    events: Mapping[str, float] | None = None,
    limit: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the errors of single cells as a map of cells by time, sorted by the number that tells them apart.

    Parameters
    ----------
    cells : float array (n_cells, n_steps)
        Errors in reward units, such as `more["cells"]` of a theory, of one trial or the mean of some.
    dt : float
        Length of a step, s.
    of_cells : float array (n_cells,), optional
        What tells cells apart, such as asymmetries τ or time constants: the smallest lies at the bottom.
    label : str
        What that is, with its unit.
    events : mapping of str to float, optional
        Times to mark and name, s.
    limit : float, optional
        Error at the ends of the colours; by default the largest one shown.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style. Names stand above the axes: a title needs `pad=16`.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, NaN, or times outside the trial.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.cell_errors([[0, 1], [0, 2]], 0.5, of_cells=[0.9, 0.1], label="τ", ax=Figure().subplots())
    >>> ax.get_ylabel(), [text.get_text() for text in ax.get_yticklabels()]
    ('τ', ['0.1', '0.9'])
    """
    errors, step = inputs.values("cells", cells), scalar("dt", dt, 0, open_low=True)
    if errors.ndim != 2 or 0 in errors.shape:
        raise ValueError(f"cells must have shape (n_cells, n_steps); got {errors.shape}")
    n_cells, n_steps = errors.shape
    number = np.arange(1.0, n_cells + 1) if of_cells is None else inputs.vector("of_cells", of_cells, n_cells)
    width = None if limit is None else scalar("limit", limit, 0, open_low=True)
    extent = (-step / 2, (n_steps - 0.5) * step, 0.5, n_cells + 0.5)
    marks = {
        inputs.text("event", name): scalar(f"events[{name!r}]", time, extent[0], extent[1])
        for name, time in mapping("events", {} if events is None else events).items()
    }
    order = np.argsort(number, kind="stable")
    ax = house.axes(ax)
    look: dict[str, Any] = {"cmap": house.SIGNED, "norm": house.centred(errors, width), "interpolation": "nearest"}
    shown = ax.imshow(errors[order], aspect="auto", origin="lower", extent=extent, **look)
    ticks = np.unique(np.linspace(0, n_cells - 1, min(n_cells, 5)).round().astype(int))
    ax.set_yticks(ticks + 1, [f"{number[order][place]:.3g}" for place in ticks.tolist()])
    ax.set(xlabel="time (s)", ylabel=inputs.text("label", label))
    for x in marks.values():
        ax.axvline(x, color=house.INK, linewidth=0.6, linestyle=(0, (1, 2)))
    hatch_negative(ax, shown, house.colour_bar(ax, shown, ERROR))
    along_top(ax, list(marks.values()), list(marks))
    return ax
