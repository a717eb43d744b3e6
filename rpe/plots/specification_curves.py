"""Specification curve: all effects of a family, sorted, with the choices behind them marked below."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe._checks import Floats, count, mapping, scalar
from rpe.plots import house, inputs

LABEL = "fall in procrastination index"


@house.styled
def specification_curve(
    effect: npt.ArrayLike,
    factors: Mapping[str, Sequence[object]],
    *,
    null: float = 0.02,
    effect_label: str = LABEL,
    n_bins: int = 120,
    ax: Axes | None = None,
) -> Axes:
    """Draw the effects of all specifications from the smallest to the largest, and the factors' levels below.

    With up to `n_bins` specifications each has its own column; more are put together in as many
    columns of equal number, and a mark is as dark as its level is frequent there, compared with
    all levels of that factor.

    Parameters
    ----------
    effect : float array (n_specifications,)
        The effect; positive is good.
    factors : mapping of str to sequence (n_specifications,)
        The level of each factor in each specification, in the order in which the levels are to
        stand; a level of "" (the factor means nothing there) is not marked.
    null : float
        Effects nearer to zero than this count as none: the grey band.
    effect_label : str
        Label of the upper axis.
    n_bins : int
        Most columns below the curve, at least 2.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes
        That of the curve; the marks hang below it in `ax.child_axes`.

    Raises
    ------
    TypeError, ValueError
        For effects that are not finite, no factor, or numbers of levels that do not match.

    References
    ----------
    Simonsohn, U., Simmons, J. P. & Nelson, L. D. (2020). Specification curve analysis. Nature
    Human Behaviour 4, 1208-1214. doi:10.1038/s41562-020-0912-z

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> factors = {"pay": ["early", "late", "early"], "β": [1, 1, 3]}
    >>> ax = rpe.plots.specification_curve([0.2, -0.1, 0.0], factors, ax=Figure().subplots())
    >>> [len(child.get_yticks()) for child in ax.child_axes]
    [4]
    """
    values = inputs.vector("effect", effect)
    null, n_bins = scalar("null", null, 0), count("n_bins", n_bins, 2)
    if not mapping("factors", factors):
        raise ValueError("factors must name at least one factor; got none")
    for name, levels in factors.items():
        if len(levels) != values.size:
            raise ValueError(f"factors[{name!r}] must have one level per effect, {values.size}; got {len(levels)}")
    label, ax = inputs.text("effect_label", effect_label), house.axes(ax)
    order = np.argsort(values, kind="stable")
    place = np.arange(values.size)
    _curve(ax, place, values[order], null)
    ax.set_ylabel(label)
    marks, labels = zip(*(_marks(levels, order, n_bins) for levels in factors.values()), strict=True)
    _grid(ax, list(marks), list(labels), list(factors))
    return ax


def _curve(ax: Axes, place: npt.NDArray[np.int64], sorted_effect: Floats, null: float) -> None:
    """The sorted effects: grey within the null band, one colour above and another below."""
    ax.axhspan(-null, null, color="0.9", linewidth=0)
    ax.axhline(0.0, color="0.5", linewidth=0.6)
    kinds = (
        (sorted_effect > null, house.HELPS, "sooner", "left", 0.98, "right"),
        (sorted_effect < -null, house.HURTS, "later", "right", 0.02, "left"),
        (np.abs(sorted_effect) <= null, "0.45", "no change", "right", 0.02, "left"),
    )
    for chosen, color, word, _, x, side in kinds:
        ax.plot(place[chosen], sorted_effect[chosen], ".", color=color, markersize=2.0)
        height = {"sooner": 0.04, "later": 0.96, "no change": 0.84}[word]
        text = f"{word} {chosen.mean():.0%}"
        ax.text(
            x,
            height,
            text,
            transform=ax.transAxes,
            ha=side,
            va="bottom" if height < 0.5 else "top",
            color=house.ink(color) if color != "0.45" else "0.35",
            fontsize=house.note_size(ax),
        )
    ax.set_xlim(-0.5, len(place) - 0.5)
    ax.tick_params(labelbottom=False)
    ax.set_xticks([])


def _marks(levels: Sequence[object], order: npt.NDArray[np.int64], n_bins: int) -> tuple[Floats, list[str]]:
    """The darkness (n_levels, n_columns) of a factor's marks in [0, 1], and the names of its levels."""
    names = [name for name in dict.fromkeys(_ordered(levels)) if name != ""]
    edges = np.linspace(0, len(order), min(n_bins, len(order)) + 1).round().astype(int)
    column = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    there = np.array([[level == name for level in levels] for name in names], dtype=np.float64)[:, order]
    share = np.stack([np.bincount(column, weights=row) / np.diff(edges) for row in there])
    words = [f"{name:g}".replace("inf", "∞") if isinstance(name, float) else str(name) for name in names]
    return share / max(share.max(), 1e-12), words


def _ordered(levels: Sequence[object]) -> list[object]:
    """Numbers by size; words as they come."""
    return sorted(levels) if all(isinstance(level, (int, float)) for level in levels) else list(levels)  # type: ignore[type-var]


def _grid(ax: Axes, marks: list[Floats], labels: list[list[str]], names: list[str]) -> None:
    """The marks below the curve: a row a level, a gap between factors."""
    rows = sum(map(len, labels)) + len(labels) - 1
    below = ax.inset_axes((0.0, -0.075 * rows - 0.04, 1.0, 0.075 * rows))
    n_columns = max(part.shape[1] for part in marks)
    top, ticks, words = 0, [], []
    for part, levels, name in zip(marks, labels, names, strict=True):
        extent = (0.0, float(n_columns), top + len(levels), float(top))
        below.imshow(part, cmap="Greys", vmin=0, vmax=1, aspect="auto", extent=extent, interpolation="nearest")
        ticks += [top + i + 0.5 for i in range(len(levels))]
        words += levels
        below.text(1.01, top + len(levels) / 2, name, transform=below.get_yaxis_transform(), va="center", ha="left")
        top += len(levels) + 1
    below.set_ylim(rows, 0)
    below.set_xlim(0, n_columns)
    below.set_yticks(ticks, words, fontsize=house.note_size(ax))
    below.set_xticks([])
    below.tick_params(length=0)
    for text in below.texts:
        text.set_fontsize(house.note_size(ax))
    for spine in below.spines.values():
        spine.set_visible(False)
    below.set_xlabel("specifications, sorted by effect")
