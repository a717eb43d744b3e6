"""Figures of people: predictive checks, learning curves, staying, discount curves, and a reviewer's page."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe._checks import sequence
from rpe.plots import house, inputs
from rpe.plots.fitting import confusion, recovery
from rpe.plots.lines import Curves, name_ends


@house.styled
def predictive_check(
    observed: npt.ArrayLike,
    simulated: npt.ArrayLike,
    *,
    x: npt.ArrayLike | None = None,
    xlabel: str = "trial",
    ylabel: str = "mean over subjects",
    ax: Axes | None = None,
) -> Axes:
    """Draw the mean of recorded data over what a fitted model makes of it: the middle 95 % of simulated means.

    Parameters
    ----------
    observed : float array (n_subjects, n_points)
        Such as whether the better option was chosen, or units done.
    simulated : float array (n_draws, n_subjects, n_points)
        The same of simulated data.
    x : float array (n_points,), optional
        Rising; by default 1, 2, ...
    xlabel, ylabel : str
        What the axes are.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For NaN, or shapes that do not match.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.predictive_check(np.eye(3), np.zeros((20, 3, 3)), ax=Figure().subplots())
    >>> ax.get_xlabel()
    'trial'
    """
    seen, made = inputs.values("observed", observed), inputs.values("simulated", simulated)
    if seen.ndim != 2 or made.shape[1:] != seen.shape:
        raise ValueError(f"simulated must have shape (n_draws, *observed.shape); got {made.shape}, {seen.shape}")
    n = seen.shape[1]
    at = np.arange(1.0, n + 1) if x is None else inputs.rising("x", x, n)
    means = made.mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    ax = house.axes(ax)
    ax.fill_between(at, low, high, color=house.BLUE, alpha=0.25, linewidth=0, gid="model")
    ax.plot(at, means.mean(axis=0), color=house.BLUE, linewidth=1.0, gid="model mean")
    ax.plot(at, seen.mean(axis=0), "o", color=house.INK, markersize=3, markeredgewidth=0, gid="data")
    ax.set(xlabel=inputs.text("xlabel", xlabel), ylabel=inputs.text("ylabel", ylabel))
    return ax


@house.styled
def learning_curves(
    share: npt.ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    chance: float = 0.5,
    ax: Axes | None = None,
) -> Axes:
    """Draw how often choices are right over blocks, one curve a condition, with standard errors over subjects.

    Parameters
    ----------
    share : float array (n_conditions, n_subjects, n_blocks)
        In [0, 1], such as `rpe.measures.learning_curves(...).share`; NaN leaves a subject out.
    labels : sequence of str, optional
        Name of each condition.
    chance : float
        In [0, 1]; a faint line.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For shares outside [0, 1], a block without subjects, or shapes that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.learning_curves([[[0.5, 0.8], [0.6, 0.9]]], labels=["easy"], ax=Figure().subplots())
    >>> ax.get_ylabel()
    'share of better choices'
    """
    y = inputs.values("share", share, 0, 1, missing=True)
    if y.ndim != 3:
        raise ValueError(f"share must have shape (n_conditions, n_subjects, n_blocks); got {y.shape}")
    n = np.isfinite(y).sum(axis=1)
    if not n.all():
        raise ValueError("share must have at least one subject in every block of every condition")
    mean = np.nanmean(y, axis=1)
    error = np.nanstd(y, axis=1) / np.sqrt(np.maximum(n - 1, 1))
    drawn = Curves.of(np.arange(1.0, y.shape[2] + 1), mean, (mean - error, mean + error), labels, None, None)
    ax = house.axes(ax)
    ax.axhline(inputs.values("chance", chance, 0, 1).item(), color=house.FAINT, linewidth=0.8, gid="chance")
    drawn.draw(ax)
    ax.set(ylim=(0, 1), xlabel="block of trials", ylabel="share of better choices")
    name_ends(ax, drawn)
    return ax


@house.styled
def stay_probabilities(share: npt.ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Draw how often the first choice of a two-step task is repeated, by reward and transition.

    A main effect of reward shows learning without a model; a crossing of the two lines, planning.

    Parameters
    ----------
    share : float array (n_subjects, 2, 2)
        By no reward or reward, then rare or common transition, as `rpe.measures.stay_probabilities`; NaN leaves
        a subject out.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For shares outside [0, 1], or another shape.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.stay_probabilities([[[0.6, 0.5], [0.6, 0.8]]], ax=Figure().subplots())
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['common', 'rare']
    """
    y = inputs.values("share", share, 0, 1, missing=True)
    if y.ndim != 3 or y.shape[1:] != (2, 2):
        raise ValueError(f"share must have shape (n_subjects, 2, 2); got {y.shape}")
    ax = house.axes(ax)
    looks = ((1, "rewarded", house.BLUE), (0, "unrewarded", house.GREY))
    for row, name, colour in looks:
        mean = np.nanmean(y[:, row, ::-1], axis=0)
        error = np.nanstd(y[:, row, ::-1], axis=0) / np.sqrt(max(len(y) - 1, 1))
        ax.errorbar([0, 1], mean, error, color=colour, marker="o", markersize=4, label=name, gid=name)
    ax.set_xticks([0, 1], ["common", "rare"])
    ax.set(xlim=(-0.3, 1.3), ylim=(0, 1), xlabel="transition", ylabel="probability of staying")
    ax.legend(frameon=False)
    return ax


@house.styled
def discount_curves(
    delay: npt.ArrayLike, value: npt.ArrayLike, *, labels: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the share of a reward's value that is left after a delay, one curve a person or model.

    Parameters
    ----------
    delay : float array (n_delays,)
        Rising, in days.
    value : float array (n_curves, n_delays) or (n_delays,)
        In [0, 1].
    labels : sequence of str, optional
        Name of each curve.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For values outside [0, 1], delays that do not rise, or shapes that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.discount_curves([0, 30, 60], [1.0, 0.6, 0.4], ax=Figure().subplots())
    >>> ax.get_xlabel()
    'delay (days)'
    """
    y = inputs.curves("value", value, 0, 1)
    drawn = Curves.of(inputs.rising("delay", delay, y.shape[1]), y, None, labels, None, None)
    ax = house.axes(ax)
    drawn.draw(ax)
    ax.set(ylim=(0, 1.02), xlabel="delay (days)", ylabel="share of the value left")
    name_ends(ax, drawn)
    return ax


def reviewer_page(
    true: npt.ArrayLike,
    estimate: npt.ArrayLike,
    *,
    parameters: Sequence[str],
    matrix: npt.ArrayLike,
    models: Sequence[str],
    observed: npt.ArrayLike,
    simulated: npt.ArrayLike,
) -> tuple[Axes, ...]:
    """Draw what a reviewer asks of a modelling study on one page: recovery, confusion, and a predictive check.

    Parameters
    ----------
    true, estimate : float array (n_subjects, n_parameters)
        Parameters that made data and those found again, such as `true` and `fit.estimates` of
        `rpe.fit.parameter_recovery`.
    parameters : sequence of str
        Names of the parameters.
    matrix : float array (n_models, n_models)
        Such as `rpe.fit.model_recovery(...).confusion`, NaN where nothing was fitted.
    models : sequence of str
        Names of the models.
    observed, simulated : float arrays
        As in `predictive_check`.

    Returns
    -------
    tuple of Axes
        One of each parameter, then that of the confusion matrix, then that of the check; in a new figure.

    Raises
    ------
    TypeError, ValueError
        For shapes that do not match, and as the single plots.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> x = np.array([[0.1], [0.5], [0.9]])
    >>> page = rpe.plots.reviewer_page(x, x, parameters=["rate"], matrix=np.eye(2), models=["A", "B"],
    ...     observed=np.eye(3), simulated=np.zeros((20, 3, 3)))
    >>> [ax.get_xlabel() for ax in page]
    ['true rate', 'model that fits best', 'trial']
    """
    from matplotlib.figure import Figure

    names = [inputs.text("parameters", name) for name in sequence("parameters", parameters)]
    shares = inputs.values("matrix", matrix, 0, 1, missing=True)
    labels = inputs.names("models", models, len(shares) if shares.ndim else 0)
    x, y = inputs.values("true", true), inputs.values("estimate", estimate)
    if x.ndim != 2 or x.shape != y.shape or x.shape[1] != len(names):
        raise ValueError(f"true and estimate must have shape (n_subjects, {len(names)}); got {x.shape}, {y.shape}")
    n = len(names) + 2
    figure = Figure(figsize=(3.2 * n, 3.0), layout="constrained")
    axes = figure.subplots(1, n)
    # First what has checks of its own.
    predictive_check(observed, simulated, ax=axes[-1])
    for i, name in enumerate(names):
        recovery(x[:, i], y[:, i], parameter=name, ax=axes[i])
    confusion(shares, labels=labels, ax=axes[-2])
    return tuple(axes)
