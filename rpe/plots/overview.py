"""The whole scorecard on one page: findings in rows under their groups, theories in columns, with totals."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from rpe._checks import Bools, scalar, sequence, shown, text, unmasked
from rpe.plots import house, inputs
from rpe.plots.scorecard import _COLOURS, _WORDS

# Height of the line with the name of a group, in rows.
_HEAD = 1.15
# Mean width of a letter, in its size.
_LETTER = 0.52


@house.styled
def scorecard_overview(
    verdicts: Sequence[Sequence[str]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    groups: Sequence[str] | None = None,
    marked: npt.ArrayLike | None = None,
    size: float = 6.0,
    ax: Axes | None = None,
) -> Axes:
    """Draw verdicts on one page: findings in rows with their titles, theories in columns, and how many pass.

    Behind every row and below every column stands how many passed; cells that do not apply are empty and do not count.
    Axes need the room of `overview_size`.

    Parameters
    ----------
    verdicts : sequence of sequences of str (n_rows, n_columns)
        One letter for each cell, as in `scorecard_matrix`.
    rows, columns : sequence of str
        Names of findings and theories.
    groups : sequence of str (n_rows,), optional
        Group of each row; neighbours of the same group stand together under its name.
    marked : bool array (n_rows, n_columns), optional
        Cells to mark by a dark corner, such as those that are not as expected.
    size : float
        Size of all text, pt.
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
    >>> rows, columns = ["A01 cue", "A02 dip"], ["RW", "TD"]
    >>> ax = rpe.plots.scorecard_overview(["–P", "FP"], rows=rows, columns=columns, ax=Figure().subplots())
    >>> [text.get_text() for text in ax.texts]
    ['P', '1/1', 'F', 'P', '1/2', '0/1', '2/2']
    """
    cells = [
        list(line) if isinstance(line, str) else sequence("verdicts", line) for line in sequence("verdicts", verdicts)
    ]
    left = inputs.names("rows", rows, len(cells))
    top = inputs.names("columns", columns, len(cells[0]) if cells else 0)
    heads = [""] * len(left) if groups is None else inputs.names("groups", groups, len(left))
    corners = np.zeros((len(left), len(top)), dtype=np.bool_) if marked is None else _flags(marked)
    _check(cells, corners, len(top))
    size, ax = scalar("size", size, 0, open_low=True), house.axes(ax)
    y = _places(heads)
    for row, line in enumerate(cells):
        for column, letter in enumerate(line):
            _cell(ax, column, float(y[row]), letter, bool(corners[row, column]), size)
        ax.text(len(top) - 0.3, y[row], _passed(line), va="center", ha="left", fontsize=size)
    for column in range(len(top)):
        total = _passed([line[column] for line in cells])
        ax.text(column, y[-1] + 0.7, total, va="top", ha="center", rotation=90, fontsize=size)
    _frame(ax, y, left, top, heads, size)
    used = [f"{letter} {word}" for letter, word in _WORDS.items() if letter != "–" and any(letter in x for x in cells)]
    used += ["empty: not applicable"] if any("–" in line for line in cells) else []
    used += ["◥ not as expected"] if corners.any() else []
    _legend(ax, [*used, "right, below: passed of applicable"], size)
    return ax


def overview_size(
    rows: Sequence[str], columns: Sequence[str], groups: Sequence[str] | None = None, size: float = 6.0
) -> tuple[float, float]:
    """Return the width and height, in inches, at which no text of `scorecard_overview` covers another.

    Examples
    --------
    >>> import rpe
    >>> rpe.plots.overview_size(["A01 cue"] * 61, ["TD(0)"] * 34)[0] < 160 / 25.4
    True
    """
    rows, columns = (
        [text(name, each) for each in sequence(name, x)] for name, x in (("rows", rows), ("columns", columns))
    )
    size = scalar("size", size, 0, open_low=True)
    groups = None if groups is None else inputs.names("groups", groups, len(rows))
    line, letter = 1.12 * size / 72, _LETTER * size / 72
    heads = [] if groups is None else [head for head, _ in groupby(groups)]
    # Names of groups are bold.
    longest = max([len(row) for row in rows] + [1.2 * len(head) for head in heads], default=0)
    width = max(letter * (2 + longest) + max(len(columns), 4) * 0.94 * line + 7 * letter, 42 * letter)
    legend = 1.5 * np.ceil(110 * letter / width)
    height = (len(rows) + _HEAD * len(heads) + 7 + legend) * line + letter * (max(map(len, columns), default=0) + 1)
    return float(width), float(height)


def _legend(ax: Axes, used: list[str], size: float) -> None:
    """What the letters mean, in as many lines as the figure's width asks for."""
    fits, lines = float(ax.figure.bbox.width / ax.figure.dpi) / (_LETTER * size / 72), [used[0]]
    for word in used[1:]:
        longer = f"{lines[-1]}   {word}"
        lines = [*lines[:-1], longer] if len(longer) <= fits else [*lines, word]
    ax.set_xlabel("\n".join(lines), fontsize=size, loc="right", linespacing=1.4)


def _passed(letters: Sequence[str]) -> str:
    return f"{letters.count('P')}/{len(letters) - letters.count('–')}"


def _places(heads: list[str]) -> npt.NDArray[np.float64]:
    """Middle of each row; each group leaves room for its name above it."""
    new = [_HEAD * bool(head and (i == 0 or head != heads[i - 1])) for i, head in enumerate(heads)]
    return np.asarray(np.arange(len(heads)) + np.cumsum(new), dtype=np.float64)


def _flags(marked: npt.ArrayLike) -> Bools:
    corners = unmasked("marked", marked)
    if corners.dtype.kind != "b":
        raise TypeError(f"marked must hold True and False; got {shown(marked)}")
    return corners


def _check(cells: Sequence[Sequence[str]], corners: Bools, n: int) -> None:
    for row, line in enumerate(cells):
        if len(line) != n:
            raise ValueError(f"verdicts must have {n} letters in every row; got {len(line)} in row {row}")
        for letter in line:
            if not isinstance(letter, str) or letter not in _COLOURS:
                raise ValueError(f"verdicts must be {', '.join(_COLOURS)}; got {letter!r}")
    if corners.shape != (len(cells), n):
        raise ValueError(f"marked must have shape {(len(cells), n)}; got {corners.shape}")


def _cell(ax: Axes, x: int, y: float, letter: str, corner: bool, size: float) -> None:
    if letter != "–":
        ax.add_patch(Rectangle((x - 0.46, y - 0.44), 0.92, 0.88, facecolor=_COLOURS[letter], linewidth=0))
        weight = "bold" if letter in "PF" else "normal"
        ax.text(x, y, letter, ha="center", va="center_baseline", color=house.INK, fontsize=size, weight=weight)
    if corner:
        look: dict[str, Any] = {"color": house.INK, "linewidth": 0, "linestyle": "-", "gid": "marked"}
        ax.fill([x + 0.14, x + 0.46, x + 0.46], [y - 0.44, y - 0.44, y - 0.12], **look)


def _frame(
    ax: Axes, y: npt.NDArray[np.float64], left: list[str], top: list[str], heads: list[str], size: float
) -> None:
    """Names of rows, columns and groups around the cells."""
    ax.set(xlim=(-0.6, len(top) - 0.4), ylim=(y[-1] + 0.6, y[0] - 0.6 - _HEAD * bool(heads[0])))
    ax.xaxis.tick_top()
    ax.set_xticks(np.arange(len(top)), top, rotation=90, fontsize=size)
    ax.set_yticks(y, left, fontsize=size)
    ax.tick_params(length=0, pad=2)
    ax.spines[:].set_visible(False)
    at = 0
    for head, members in groupby(heads):
        if head:
            where: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points"}
            ax.annotate(head, (0, y[at] - 1), (-2, 0), ha="right", va="center", weight="bold", fontsize=size, **where)
        at += len(list(members))
    ax.xaxis.set_label_position("bottom")
    ax.xaxis.labelpad = 4.5 * size
