"""The procrastination curve: how much of the work is done by which share of the time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe._checks import Floats, choice, flag
from rpe.plots import house, inputs, measured
from rpe.plots.labels import note
from rpe.plots.lines import MAX_NAMED, Curves, coloured, name_ends, shades, sub_goals

STUDENT_SHARES = (0.0, 0.109, 0.213, 0.355, 0.448, 0.528, 0.651, 0.775, 0.902, 0.955, 1.0)


@house.styled
def procrastination_curve(
    share_done: npt.ArrayLike,
    *,
    time: npt.ArrayLike | None = None,
    band: npt.ArrayLike | None = None,
    labels: Sequence[str] | None = None,
    values: npt.ArrayLike | None = None,
    value_label: str = "agent",
    log: bool = False,
    goals: npt.ArrayLike | None = None,
    deadline: bool = True,
    reference: str | None = "linear",
    students: bool = False,
    colors: inputs.Colors | None = None,
    linestyles: inputs.LineStyles | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the mean cumulative share of units done against the share of time passed.

    The area above a curve is its procrastination index. Up to eight curves are named at their
    ends; more, or curves with `values`, are coloured by one value each, with a colour bar.

    Parameters
    ----------
    share_done : float array (n_steps + 1,) or (n_curves, n_steps + 1), or results
        Mean share of units done at times 0 to T, in [0, 1]. Or an exact solution, with a curve an
        agent; or a history, with a curve a trial; or a sequence of these, with a curve each.
    time : float array (n_steps + 1,), optional
        Share of time passed at each point, rising within [0, 1]; by default equal steps from 0 to 1.
    band : float array (2, ...), optional
        Lower and upper ends of an interval around each curve, with the shape of `share_done`.
    labels : sequence of str, optional
        Name of each curve; by default its number, if there are several.
    values : float array (n_curves,), optional
        What the curves are coloured by; by default, for more than eight, the curve's number.
    value_label : str
        Label of the colour bar, with the unit.
    log : bool
        Whether the colours follow the logarithm of `values`.
    goals : float array (n_goals,), optional
        Shares of units at which sub-goals stand, in (0, 1]; the goal itself, 1, is always marked.
    deadline : bool
        Whether to mark the deadline.
    reference : {"linear"} or None
        Whether to draw the line of an even pace.
    students : bool
        Whether to lay over it the work of 84 students in a semester, at tenths of the time.
    colors, linestyles : optional
        One for each curve, or one for all.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For shares outside [0, 1], NaN, results without units of work, shapes that do not match, or
        `labels` for more than eight curves.

    References
    ----------
    Zhang, P. Y. & Ma, W. J. (2024). Temporal discounting predicts procrastination in the real
    world. Scientific Reports 14. doi:10.1038/s41598-024-65110-4 (the students' curve)

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.procrastination_curve([0, 0.1, 0.3, 1], goals=[0.5], ax=Figure().subplots())
    >>> ax.get_xlabel()
    'share of time passed'
    >>> planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08))
    >>> both = [rpe.measures.exact(planner, rpe.tasks.micro_wins(n)) for n in (1, 5)]
    >>> ax = rpe.plots.procrastination_curve(both, labels=["one goal", "micro wins"], ax=Figure().subplots())
    """
    share = inputs.curves("share_done", measured.share_done(share_done), 0, 1)
    times = _times(time, share.shape[1])
    marks = None if goals is None else inputs.vector("goals", inputs.values("goals", goals, 0, 1))
    references = _references(reference, flag("students", students))
    flag("deadline", deadline), flag("log", log), inputs.text("value_label", value_label)
    if values is not None or len(share) > MAX_NAMED:
        shade = shades(values, len(share), value_label, log, labels=labels, band=band)
        ax = _frame(ax, marks, deadline)
        coloured(ax, times, share, shade, value_label, log)
        drawn = references
    else:
        curves = Curves.of(times, share, band, labels, colors, linestyles)
        ax = _frame(ax, marks, deadline)
        curves.draw(ax)
        drawn = [curves, *references]
    for curve in references:
        curve.draw(ax, zorder=2.5)
    name_ends(ax, *drawn)
    return ax


def _times(time: Any, n: int) -> Floats:
    """Check the shares of time passed, or make them."""
    if n < 2:
        raise ValueError(f"share_done must hold at least two points in time; got {n}")
    if time is None:
        return np.linspace(0.0, 1.0, n)
    return inputs.rising("time", inputs.values("time", time, 0, 1), n)


def _references(reference: str | None, students: bool) -> list[Curves]:
    """Return the curves to compare with."""
    found = []
    if reference is not None:
        choice("reference", reference, ["linear"])
        even = np.array([0.0, 1.0])
        found.append(Curves(even, even[None], None, ["even pace"], [house.GREY], [(0, (1, 2))]))
    if students:
        shares = np.array([STUDENT_SHARES])
        name = "students\n(Zhang & Ma 2024)"
        found.append(Curves(np.linspace(0, 1, 11), shares, None, [name], [house.INK], [(0, (2, 1))], ["o"], 0.8))
    return found


def _frame(ax: Axes | None, goals: Floats | None, deadline: bool) -> Axes:
    """Draw the axes with the goal, the sub-goals and the deadline."""
    ax = house.axes(ax)
    # Room above the goal keeps its name, and the deadline's, clear of the curves.
    ax.set(xlim=(0, 1), ylim=(0, 1.1), xticks=np.linspace(0, 1, 6), yticks=np.linspace(0, 1, 6))
    ax.set(xlabel="share of time passed", ylabel="share of units done")
    ax.axhline(1, color=house.FAINT, linewidth=0.6, zorder=1, gid="goal")
    note(ax, 0.01, 1.01, "goal")
    if goals is not None:
        below = np.sort(goals[goals < 1])
        sub_goals(ax, below, axis="y")
        if below.size:
            note(ax, 0.01, below[-1] + 0.015, "sub-goals" if below.size > 1 else "sub-goal")
    if deadline:
        ax.axvline(1, color=house.INK, linewidth=0.8, zorder=1, clip_on=False, gid="deadline")
        note(ax, 0.99, 1.01, "deadline", ha="right", color=house.INK)
    return ax
