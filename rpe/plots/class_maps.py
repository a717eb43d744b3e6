"""Map of random tasks by what a change does to somebody, with a column for those who do not discount."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe._checks import sequence
from rpe.plots import house, inputs

STYLES = (
    ("o", house.PALETTE[2], True),
    ("s", house.PALETTE[4], True),
    (".", "#8C8C8C", False),
    ("x", house.PALETTE[7], False),
    ("^", house.PALETTE[5], False),
)
"""Marker, colour and whether it is filled, of each class in turn."""


@house.styled
def class_map(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    classes: Sequence[str],
    names: Sequence[str],
    *,
    x_label: str,
    y_label: str,
    zero_label: str = "0",
    ax: Axes | None = None,
) -> Axes:
    """Draw cases by two of their properties, marked by class; the x axis is logarithmic, with a column for 0.

    Parameters
    ----------
    x : float array (n,)
        Property along the x axis, ≥ 0; zeros stand in a column of their own at the left, and do not
        count in the shares of the legend (unless there is nothing else).
    y : float array (n,)
        Property along the y axis.
    classes : sequence of str (n,)
        The class of each case.
    names : sequence of str
        All classes, up to five, in the order of the legend.
    x_label, y_label : str
        Names of the properties, with units.
    zero_label : str
        Name of the column of zeros.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, an unknown class, or more than five classes.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.class_map([0, 1, 5], [0.2, 0.5, 0.9], ["a", "b", "b"], ["a", "b"], x_label="kT", y_label="cost",
    ...                          ax=Figure().subplots())
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['a  0%', 'b  100%']
    """
    names = [inputs.text("names", name) for name in sequence("names", names)]
    classes = [inputs.text("classes", name) for name in sequence("classes", classes)]
    inputs.text("zero_label", zero_label)
    place = inputs.vector("x", x)
    height, kinds = inputs.vector("y", y, place.size), np.asarray(classes)
    if len(names) > len(STYLES) or kinds.shape != place.shape or not set(kinds.tolist()) <= set(names):
        raise ValueError(f"classes must be one of up to five names for each case; got {sorted(set(kinds.tolist()))}")
    ax = house.axes(ax)
    positive = place[place > 0]
    low = positive.min() if positive.size else 1.0
    # The column of zeros is half a decade wide, and its cases are spread so that they do not hide each other.
    spread = 10.0 ** (-0.6 + 0.4 * np.linspace(0, 1, max(int((place == 0).sum()), 1)))
    shown = place.copy()
    shown[place == 0] = low * spread[: int((place == 0).sum())]
    for name, (marker, ink, filled) in zip(names, STYLES, strict=False):
        chosen = kinds == name
        face = ink if filled or marker == "x" else "none"
        label = f"{name}  {(chosen[place > 0] if positive.size else chosen).mean():.0%}"
        ax.plot(
            shown[chosen],
            height[chosen],
            marker,
            color=ink,
            markersize=3,
            markeredgewidth=0.7,
            label=label,
            markerfacecolor=face,
        )
    ax.set_xscale("log")
    house.log_scale(ax, "x")
    if (place == 0).any():
        ax.axvline(low * 10**-0.1, color="0.5", linewidth=0.6)
        ax.text(
            low * 10**-0.4,
            1.0,
            zero_label,
            transform=ax.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontsize=house.note_size(ax),
        )
        ticks = [tick for tick in (0.1, 1.0, 10.0, 100.0) if low * 0.9 <= tick <= positive.max(initial=1.0)]
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_xlabel(inputs.text("x_label", x_label))
    ax.set_ylabel(inputs.text("y_label", y_label))
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=2,
        frameon=False,
        handletextpad=0.1,
        columnspacing=0.8,
        borderaxespad=1.8 if (place == 0).any() else 0.4,
    )
    return ax
