"""A page of claims, each with its verdict as a word, a sign and a colour."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe._checks import sequence
from rpe.plots import house, inputs

_LOOKS = {
    "holds": ("✓", house.ink(house.HELPS)),
    "depends": ("◐", house.PALETTE[4]),
    "fails": ("✗", house.HURTS),
    "built": ("⌂", house.GREY),
    "not": ("–", house.GREY),
}


@house.styled
def verdict_page(
    claims: Sequence[str],
    verdicts: Sequence[str],
    numbers: npt.ArrayLike,
    meanings: Sequence[str],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw a list of claims, one per line: the claim, its verdict, and the number it rests on.

    Parameters
    ----------
    claims : sequence of str
        What is claimed, (n_claims,).
    verdicts : sequence of str
        Each begins with "holds", "depends", "fails", "built" or "not".
    numbers : float array (n_claims,)
        NaN where there is none.
    meanings : sequence of str
        What each number is.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure in the house style.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        For lengths that do not match, or another verdict.

    Examples
    --------
    >>> import rpe
    >>> from matplotlib.figure import Figure
    >>> ax = rpe.plots.verdict_page(["wins drip"], ["fails in these models"], [0.0], ["error"], ax=Figure().subplots())
    >>> len(ax.texts)
    4
    """
    claims = [inputs.text("claims", claim) for claim in sequence("claims", claims)]
    n = len(claims)
    shown = inputs.vector("numbers", numbers, n, missing=True)
    for name, words in (("verdicts", verdicts), ("meanings", meanings)):
        inputs.names(name, words, n)
    kinds = [verdict.split()[0] for verdict in verdicts]
    if unknown := sorted(set(kinds) - set(_LOOKS)):
        raise ValueError(f"verdicts must begin with one of {', '.join(_LOOKS)}; got {unknown[0]!r}")
    ax = house.axes(ax)
    ax.set_axis_off()
    ax.set(xlim=(0, 1), ylim=(n - 0.4, -0.9))
    for line, (claim, verdict, kind) in enumerate(zip(claims, verdicts, kinds, strict=True)):
        sign, colour = _LOOKS[kind]
        if line % 2 == 0:
            ax.axhspan(line - 0.5, line + 0.5, color="0.96", linewidth=0, zorder=0)
        ax.text(0.0, line, claim, va="center", fontsize=7)
        ax.text(0.435, line, sign, va="center", ha="center", fontsize=9, color=colour, family="DejaVu Sans")
        ax.text(0.45, line, _short(verdict, 46), va="center", fontsize=7, color=colour, weight="bold")
        text = "" if np.isnan(shown[line]) else f"{shown[line] if abs(shown[line]) > 1e-9 else 0:.3g}  "
        ax.text(0.735, line, text + _short(meanings[line], 56), va="center", fontsize=6.5, color=house.INK)
    return ax


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
