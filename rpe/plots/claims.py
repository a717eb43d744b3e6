"""A page of claims, each with its verdict as a word, a sign and a colour."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from rpe._checks import Floats, sequence
from rpe._checks import numbers as floats
from rpe.plots import house, inputs

_LOOKS = {
    "holds": ("✓", house.ink(house.HELPS)),
    "depends": ("◐", house.PALETTE[4]),
    "fails": ("✗", house.HURTS),
    "built": ("⌂", house.GREY),
    "not": ("–", house.GREY),
}

# Ends of the scale of shares along the page, and letters of a claim in a line.
_STRIP = (0.735, 0.935)
_LONGEST = 60


@house.styled
def verdict_page(
    claims: Sequence[str],
    verdicts: Sequence[str],
    numbers: npt.ArrayLike,
    meanings: Sequence[str],
    *,
    shares: npt.ArrayLike | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a list of claims, one per line: the claim, its verdict, and the share or number it rests on.

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
    shares : float array (n_claims, 3), optional
        Share of the settings in which each holds, and its interval (low, high), in [0, 1]; drawn in place of the
        number, on one scale. NaN where a claim has none.
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
    # Claims that were not tested have no number, and all can be such.
    shown = floats("numbers", numbers, missing=True)
    if shown.shape != (n,):
        raise ValueError(f"numbers must have shape ({n},); got {shown.shape}")
    for name, words in (("verdicts", verdicts), ("meanings", meanings)):
        inputs.names(name, words, n)
    kinds = [verdict.split()[0] for verdict in verdicts]
    if unknown := sorted(set(kinds) - set(_LOOKS)):
        raise ValueError(f"verdicts must begin with one of {', '.join(_LOOKS)}; got {unknown[0]!r}")
    given = np.full((n, 3), np.nan) if shares is None else inputs.values("shares", shares, 0, 1, missing=True)
    if given.shape != (n, 3):
        raise ValueError(f"shares must be (n_claims, 3), a share and its interval; got {given.shape}")
    ax = house.axes(ax)
    ax.set_axis_off()
    ax.set(xlim=(0, 1), ylim=(n - 0.4, -0.9))
    size = 0.9 * house.note_size(ax)
    for line, (claim, verdict, kind) in enumerate(zip(claims, verdicts, kinds, strict=True)):
        sign, colour = _LOOKS[kind]
        if line % 2 == 0:
            ax.axhspan(line - 0.5, line + 0.5, color="0.96", linewidth=0, zorder=0)
        ax.text(0.0, line, "\n".join(wrap(claim, _LONGEST)), va="center", fontsize=size, linespacing=0.95)
        ax.text(0.43, line, sign, va="center", ha="center", fontsize=9, color=colour, family="DejaVu Sans")
        look: dict[str, Any] = {"va": "center", "fontsize": size, "linespacing": 0.95}
        ax.text(0.445, line, "\n".join(wrap(_short(verdict, 80), 42)), color=colour, **look)
        if np.isfinite(given[line]).all():
            _strip(ax, line, given[line], colour)
            continue
        text = "" if np.isnan(shown[line]) else f"{shown[line] if abs(shown[line]) > 1e-9 else 0:.3g}  "
        ax.text(_STRIP[0], line, "\n".join(wrap(text + _short(meanings[line], 68), 38)), color=house.INK, **look)
    if np.isfinite(given).any():
        _scale(ax, 1 + int(np.flatnonzero(np.isfinite(given).all(axis=1))[-1]))
    return ax


def _strip(ax: Axes, line: int, share: Floats, colour: str) -> None:
    """The share of settings and its interval on the scale of all."""
    low, high = _STRIP
    at = low + (high - low) * share
    ax.plot([low, high], [line, line], color=house.FAINT, linewidth=0.6, linestyle="-", zorder=1)
    ax.plot(at[1:], [line, line], color=colour, linewidth=1.6, linestyle="-", zorder=2)
    ax.plot(at[0], line, "o", color=colour, markersize=4, zorder=3, clip_on=False)


def _scale(ax: Axes, n: int) -> None:
    """What the strips of the first `n` lines show, above them."""
    for share in (0.0, 0.5, 1.0):
        at = _STRIP[0] + share * (_STRIP[1] - _STRIP[0])
        ax.plot([at, at], [-0.5, n - 0.5], color=house.FAINT, linewidth=0.5, linestyle="-", zorder=0.5)
        text = f"{share:.0%} of settings" if share == 1 else f"{share:.0%}"
        ax.text(at, -0.6, text, ha="center", va="bottom", fontsize=0.9 * house.note_size(ax), color=house.GREY)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
