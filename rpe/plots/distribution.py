"""Distributional errors: where each cell reverses, and the distribution of rewards that a population holds."""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe._checks import Floats, between, count, flag
from rpe.plots import house, inputs
from rpe.plots.labels import note


@house.styled
def reversal_points(
    reversal: npt.ArrayLike,
    asymmetry: npt.ArrayLike,
    *,
    error: npt.ArrayLike | None = None,
    mean: float | None = None,
    expected: npt.ArrayLike | None = None,
    unit: str = "reward units",
    ax: Axes | None = None,
) -> Axes:
    """Draw the size of reward at which the error of each cell changes sign, against the asymmetry of its learning.

    Parameters
    ----------
    reversal : float array (n_cells,)
        Reversal point, in `unit`.
    asymmetry : float array (n_cells,)
        τ = α⁺ / (α⁺ + α⁻), in [0, 1]: above ½ a cell is optimistic.
    error : float array (n_cells,), optional
        Standard errors of the reversal points, drawn as bars; NaN draws none.
    mean : float, optional
        Mean reward, at which all cells of the classical theory reverse.
    expected : float array (2, n_points), optional
        A line of what theory expects: asymmetries, which rise, and reversal points.
    unit : str
        Of the rewards.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For NaN, asymmetries outside [0, 1], or shapes that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.reversal_points([1.0, 5.0, 9.0], [0.1, 0.5, 0.9], mean=5.2, ax=Figure().subplots())
    >>> ax.get_ylabel()
    'reversal point (reward units)'
    """
    y = inputs.vector("reversal", reversal)
    x = inputs.vector("asymmetry", inputs.values("asymmetry", asymmetry, 0, 1), y.size)
    bars = None if error is None else inputs.vector("error", error, y.size, missing=True)
    line = None if expected is None else _expected(expected)
    level = None if mean is None else float(inputs.values("mean", mean))
    ax = house.axes(ax)
    ax.set(xlim=(0, 1), xlabel="asymmetry α⁺ / (α⁺ + α⁻)", ylabel=f"reversal point ({inputs.text('unit', unit)})")
    if bars is not None:
        known = np.isfinite(bars)
        ends = (y - bars)[known], (y + bars)[known]
        ax.vlines(x[known], *ends, color=house.FAINT, linewidth=0.8, zorder=2, label="standard error")
    if line is not None:
        ax.plot(*line, color=house.GREY, linewidth=1.0, zorder=2.5, label="expected")
    for chosen, name, marker, color in (
        (x < 0.5, "pessimistic", "v", house.BLUE),
        (x >= 0.5, "optimistic", "^", house.VERMILLION),
    ):
        if chosen.any():
            (dots,) = ax.plot(x[chosen], y[chosen], marker, color=color, label=name, clip_on=False)
            dots.set(markersize=4.5, markeredgewidth=0, zorder=3)
    if level is not None:
        ax.axhline(level, color=house.INK, linewidth=0.7, linestyle=(0, (4, 2)), zorder=1, label="mean reward")
    house.key_above(ax, 2)
    return ax


@house.styled
def decoded_distribution(
    decoded: npt.ArrayLike,
    magnitudes: npt.ArrayLike,
    probabilities: npt.ArrayLike | None = None,
    *,
    n_bins: int = 20,
    log: bool = False,
    unit: str = "reward units",
    ax: Axes | None = None,
) -> Axes:
    """Draw a decoded distribution of rewards upward, and the true one downward, over the same bins.

    Parameters
    ----------
    decoded : float array (n_samples,)
        Samples of the decoded distribution, in `unit`.
    magnitudes : float array (n_rewards,)
        Rewards that are given, in `unit`.
    probabilities : float array (n_rewards,), optional
        Of each of them, with the sum 1; by default all alike, as for a sample of rewards.
    n_bins : int
        Number of bins over the range of both.
    log : bool
        Whether the bins are evenly spaced on a log axis.
    unit : str
        Of the rewards.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For NaN, probabilities that do not add up to 1, rewards ≤ 0 on a log axis, or shapes that
        do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.decoded_distribution([1, 1, 5, 6], [1, 6], [0.5, 0.5], n_bins=5, ax=Figure().subplots())
    >>> [float(bar.get_height()) for bar in ax.containers[0]]
    [0.5, 0.0, 0.0, 0.0, 0.5]
    """
    log = flag("log", log)
    samples = inputs.places("decoded", decoded, positive=log)
    sizes = inputs.places("magnitudes", magnitudes, positive=log)
    chances = _chances(probabilities, sizes.size)
    edges = _edges(np.concatenate([samples, sizes]), count("n_bins", n_bins), log)
    up = np.histogram(samples, edges)[0] / samples.size
    down = np.histogram(sizes, edges, weights=chances)[0]
    ax = house.axes(ax)
    if log:
        house.log_scale(ax, "x")
    place: dict[str, Any] = {"align": "edge", "zorder": 2}
    ax.bar(edges[:-1], up, np.diff(edges), color=house.BLUE, edgecolor="white", linewidth=0.5, **place)
    hollow: dict[str, Any] = {"facecolor": "white", "edgecolor": house.INK, "linewidth": 0.7, "hatch": "//////"}
    ax.bar(edges[:-1], -down, np.diff(edges), **hollow, **place)
    ax.axhline(0, color=house.INK, linewidth=0.7, zorder=3)
    most = 1.25 * max(up.max(), down.max())
    ax.set(xlim=(edges[0], edges[-1]), ylim=(-most, most), ylabel="share of rewards")
    ax.set_xlabel(f"reward ({inputs.text('unit', unit)})")
    ax.yaxis.set_major_formatter(lambda share, _: f"{abs(share):.3g}")
    for y, name, va, color in ((0.98, "decoded", "top", house.BLUE), (0.02, "true", "bottom", house.INK)):
        note(ax, 0.02, y, name, transform=ax.transAxes, va=va, color=house.ink(color))
    return ax


def _expected(expected: Any) -> Floats:
    """Return the line of theory (2, n_points)."""
    line = inputs.values("expected", expected)
    if line.ndim != 2 or line.shape[0] != 2:
        raise ValueError(f"expected must be (asymmetries, reversal points), of shape (2, n); got {line.shape}")
    inputs.rising("expected asymmetries", between("expected asymmetries", line[0], 0, 1))
    return line


def _chances(probabilities: Any, n: int) -> Floats:
    """Return the probability of each reward."""
    if probabilities is None:
        return np.full(n, 1 / n)
    chances = inputs.vector("probabilities", inputs.values("probabilities", probabilities, 0, 1), n)
    if abs(chances.sum() - 1) > 1e-6:
        raise ValueError(f"probabilities must add up to 1; got {chances.sum():g}")
    return chances


def _edges(values: Floats, n_bins: int, log: bool) -> Floats:
    """Return the ends of even bins over all values; the outer ends are not rounded off the values."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = (low / 2, high * 2) if log else (low - 0.5, high + 0.5)
    edges = np.geomspace(low, high, n_bins + 1) if log else np.linspace(low, high, n_bins + 1)
    edges[[0, -1]] = low, high
    return np.asarray(edges)
