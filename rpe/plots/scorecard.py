"""The scorecard: theories against findings as a matrix, and the protocol of one finding as a timeline."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.transforms import ScaledTranslation

from rpe._checks import Bools, Floats, numbers, scalar, sequence
from rpe.plots import house, inputs

# A pass stands out from all else by its lightness too, so that the pattern shows in print and for all kinds of colour
# vision; letters tell the cells anyway.
_COLOURS = {"P": "#4DB391", "F": "#F1E4EA", "M": "#EBD97B", "–": "#FFFFFF", "E": "#CFCFCF"}
_WORDS = {"P": "pass", "F": "fail", "M": "mixed", "–": "not applicable", "E": "error"}
_BETWEEN = 0.35


@house.styled
def scorecard_matrix(
    verdicts: Sequence[Sequence[str]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    groups: Sequence[str] | None = None,
    marked: npt.ArrayLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw verdicts as a matrix of letters on colours: P pass, F fail, M mixed, – not applicable, E error.

    Parameters
    ----------
    verdicts : sequence of sequences of str (n_rows, n_columns)
        One letter for each cell.
    rows, columns : sequence of str
        Names of theories and findings.
    groups : sequence of str (n_columns,), optional
        Group of each column; neighbours of the same group stand together under its name.
    marked : bool array (n_rows, n_columns), optional
        Cells to mark by a dark corner, such as those that are not as expected.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For other letters, or names and shapes that do not match.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.scorecard_matrix(["PF"], rows=["TD(0)"], columns=["A01", "A03"], ax=Figure().subplots())
    >>> [text.get_text() for text in ax.texts[:2]]
    ['P', 'F']
    """
    cells = [
        list(line if isinstance(line, str) else sequence("row of verdicts", line))
        for line in sequence("verdicts", verdicts)
    ]
    left = inputs.names("rows", rows, len(cells))
    top = inputs.names("columns", columns, len(cells[0]) if cells else 0)
    heads = [""] * len(top) if groups is None else inputs.names("groups", groups, len(top))
    corners = np.zeros((len(left), len(top)), dtype=np.bool_) if marked is None else np.asarray(marked, dtype=np.bool_)
    _check(cells, corners, len(top))
    ax, x = house.axes(ax), _places(heads)
    for (row, column), corner in np.ndenumerate(corners):
        _cell(ax, float(x[column]), row, cells[row][column], bool(corner))
    _frame(ax, x, left, top, heads)
    used = [f"{letter} {word}" for letter, word in _WORDS.items() if any(letter in line for line in cells)]
    used += ["◥ not as expected"] if corners.any() else []
    ax.set_xlabel("     ".join(used), fontsize=house.note_size(ax), loc="left")
    return ax


@house.styled
def protocol(
    level: npt.ArrayLike,
    reward: npt.ArrayLike,
    dt: float,
    *,
    kinds: Sequence[str],
    stimuli: Sequence[str],
    pulse: npt.ArrayLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw types of trial as a timeline: bars where stimuli are on, drops where rewards come, stars for stimulation.

    Parameters
    ----------
    level : float array (n_kinds, n_steps, n_stimuli)
        Intensity of each stimulus in each type of trial.
    reward : float array (n_kinds, n_steps)
        Mean reward, in reward units; a drop is drawn wherever it is not 0, larger for more.
    dt : float
        Length of a step, s.
    kinds, stimuli : sequence of str
        Names of the types of trial, and of the stimuli.
    pulse : float array (n_kinds, n_steps), optional
        Stimulation (or, negative, inhibition) of dopamine neurons.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        For shapes or names that do not match.

    Examples
    --------
    >>> import numpy as np, rpe
    >>> from matplotlib.figure import Figure
    >>> level = np.zeros((1, 4, 1)); level[0, 1:3] = 1
    >>> ax = rpe.plots.protocol(level, [[0, 0, 0, 1]], 0.5, kinds=["A+"], stimuli=["A"], ax=Figure().subplots())
    >>> [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    [(0.5, 1.0)]
    """
    on, paid, step = numbers("level", level), inputs.values("reward", reward), scalar("dt", dt, 0)
    if on.ndim != 3 or paid.shape != on.shape[:2]:
        raise ValueError(f"level must be (n_kinds, n_steps, n_stimuli) for reward {paid.shape}; got {on.shape}")
    rows, names = inputs.names("kinds", kinds, on.shape[0]), inputs.names("stimuli", stimuli, on.shape[2])
    given = np.zeros_like(paid) if pulse is None else inputs.values("pulse", pulse)
    ax = house.axes(ax)
    for row, line in enumerate(on != 0):
        shown = np.flatnonzero(line.any(axis=0))
        for place, stimulus in enumerate(shown):
            _bars(
                ax,
                row - 0.35 + 0.7 * place / len(shown),
                0.7 / len(shown),
                line[:, stimulus],
                step,
                int(stimulus),
                names,
            )
    for marker, events, color in (("o", paid, house.INK), ("*", given, house.VERMILLION)):
        where, time = np.nonzero(events)
        size = 14 + 26 * np.abs(events[where, time]) / max(float(np.abs(events).max()), 1e-12)
        if where.size:
            ax.scatter(time * step, where, size, color=color, marker=marker, zorder=3, linewidths=0, clip_on=False)
    ax.set(xlim=(0, on.shape[1] * step), ylim=(len(rows) - 0.4, -0.6), yticks=np.arange(len(rows)), yticklabels=rows)
    ax.tick_params(axis="y", length=0)
    ax.set_ylabel("protocol")
    return ax


def _bars(ax: Axes, low: float, height: float, on: Bools, dt: float, stimulus: int, names: list[str]) -> None:
    """One bar for each stretch in which a stimulus is on, named at the first."""
    edges = np.flatnonzero(np.diff(on.astype(np.int64), prepend=0, append=0)).reshape(-1, 2)
    color = house.PALETTE[stimulus % len(house.PALETTE)]
    for i, (first, last) in enumerate(edges.tolist()):
        ax.add_patch(
            Rectangle((first * dt, low), (last - first) * dt, height, facecolor=color, alpha=0.45, linewidth=0)
        )
        if not i:
            text: dict[str, Any] = {"va": "center", "fontsize": house.note_size(ax), "clip_on": True}
            ax.text(first * dt, low + height / 2, f" {names[stimulus]}", color=house.INK, **text)


def _check(cells: list[list[str]], corners: Bools, n: int) -> None:
    for row, line in enumerate(cells):
        if len(line) != n:
            raise ValueError(f"verdicts must have {n} letters in every row; got {len(line)} in row {row}")
        for letter in line:
            if letter not in _COLOURS:
                raise ValueError(f"verdicts must be {', '.join(_COLOURS)}; got {letter!r}")
    if corners.shape != (len(cells), n):
        raise ValueError(f"marked must have shape {(len(cells), n)}; got {corners.shape}")


def _places(heads: list[str]) -> Floats:
    """Middle of each column, with room between groups."""
    new = np.array([0.0, *(_BETWEEN * (a != b) for a, b in pairwise(heads))])
    return np.asarray(np.arange(len(heads)) + np.cumsum(new))


def _cell(ax: Axes, x: float, y: int, letter: str, corner: bool) -> None:
    edge = house.FAINT if letter == "–" else "none"
    box = Rectangle((x - 0.46, y - 0.44), 0.92, 0.88, facecolor=_COLOURS[letter], edgecolor=edge, linewidth=0.4)
    ax.add_patch(box)
    weight = "bold" if letter in "PF" else "normal"
    ax.text(x, y, letter, ha="center", va="center", color=house.INK, fontsize=house.note_size(ax), weight=weight)
    if corner:
        ax.fill([x + 0.2, x + 0.46, x + 0.46], [y - 0.44, y - 0.44, y - 0.16], color=house.INK, lw=0, gid="marked")


def _frame(ax: Axes, x: Floats, left: list[str], top: list[str], heads: list[str]) -> None:
    """Names of rows, columns and groups around the cells."""
    ax.set(xlim=(-0.55, x[-1] + 0.55), ylim=(len(left) - 0.5, -0.5))
    ax.xaxis.tick_top()
    turn: dict[str, Any] = {"rotation": 50, "ha": "left", "va": "bottom", "rotation_mode": "anchor"}
    ax.set_xticks(x, top, **(turn if max(map(len, top)) > 4 else {}))
    ax.set_yticks(np.arange(len(left)), left)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    start, down = 0, ScaledTranslation(0, -4 / 72, ax.figure.dpi_scale_trans)
    for head, members in groupby(heads):
        end = start + len(list(members)) - 1
        if head:
            low, high = float(x[start]) - 0.46, float(x[end]) + 0.46
            rule = ax.plot([low, high], [0, 0], color=house.INK, linewidth=0.8, clip_on=False)[0]
            rule.set(transform=ax.get_xaxis_transform() + down, gid="group")
            below: dict[str, Any] = {"xycoords": ax.get_xaxis_transform(), "textcoords": "offset points"}
            ax.annotate(head, (low, 0), (0, -6), va="top", ha="left", fontsize=house.note_size(ax), **below)
        start = end + 1
    if any(heads):
        ax.xaxis.labelpad = 10 + 1.5 * house.note_size(ax)
    ax.xaxis.set_label_position("bottom")
