"""Titles that say what a panel shows, worked out from its numbers: another result has another title."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats

__all__ = [
    "Drawn",
    "Title",
    "among",
    "changes",
    "compare",
    "holding",
    "jump",
    "number",
    "of",
    "ranked",
    "tally",
    "trend",
]

# Differences of less than this share of the greater one are not worth a word.
_ALIKE = 0.02


class Drawn(Protocol):
    """What a title reads: the places, the series, and their intervals."""

    @property
    def x(self) -> Sequence[str | float]:
        """Positions of curves, or names of bars."""

    @property
    def series(self) -> Mapping[str, Floats]:
        """Curves or bars by name."""

    @property
    def band(self) -> Mapping[str, Floats] | None:
        """Lower and upper ends of intervals by name."""


Title = str | Callable[[Drawn], str]


class _Words:
    """A title by one of the rules below, as an object that can be written down with a result, unlike a function."""

    def __init__(self, rule: str, **words: Any) -> None:
        self.rule, self.words = rule, words

    def __call__(self, panel: Drawn) -> str:
        """Return the title of a panel."""
        return _RULES[self.rule](panel, **self.words)


def of(title: Title, panel: Drawn) -> str:
    """Return the words of a title, with a capital at their start."""
    words = title if isinstance(title, str) else title(panel)
    return words[:1].upper() + words[1:]


def number(value: float) -> str:
    """Return a number as a title has it: two decimals, three for small ones, none from 10 on."""
    digits = 0 if abs(value) >= 9.995 else 2 if abs(value) >= 0.095 or abs(value) < 0.0005 else 3
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def _mean(values: npt.ArrayLike) -> float:
    """The mean of what is known; NaN if nothing is."""
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    return float(known.mean()) if known.size else np.nan


def compare(
    one: str,
    other: str,
    more: str,
    less: str,
    same: str,
    *,
    at: str | float | None = None,
    lead: str = "",
    said: tuple[str, str] | None = None,
) -> Title:
    """Return a title that compares two series, on average or at one place.

    Parameters
    ----------
    one, other : str
        Names of the series.
    more, less, same : str
        What stands between the two names if the first is greater, smaller, or not told apart: within the intervals
        where there are any, or within 2 % of the greater.
    at : str or float, optional
        Where to compare; by default their means, and the title says so where there are several places.
    lead : str
        What stands before all.
    said : (str, str), optional
        What the two are called in the title, if not by their names.

    Examples
    --------
    >>> from rpe.experiments.study import Panel
    >>> panel = Panel("", [0, 1], {"one goal": [0.7, 0.8], "micro wins": [0.2, 0.2]})
    >>> of(compare("one goal", "micro wins", "delays more than", "delays less than", "delays as much as"), panel)
    'One goal delays more than micro wins (means 0.75, 0.20)'
    """
    return _Words(
        "compare", one=one, other=other, more=more, less=less, same=same, at=at, lead=lead, said=said or (one, other)
    )


def _compare(
    panel: Drawn,
    one: str,
    other: str,
    more: str,
    less: str,
    same: str,
    at: str | float | None,
    lead: str,
    said: tuple[str, str],
) -> str:
    a, b = (_at(panel.series[name], panel, at) for name in (one, other))
    if not np.isfinite([a, b]).all():
        return f"{lead}{said[0]} and {said[1]} cannot be compared"
    # What reads the same is not told apart either.
    alike = number(a) == number(b) or _alike(a, b, *(_half(panel, name, at) for name in (one, other)))
    word = same if alike else more if a > b else less
    return f"{lead}{said[0]} {word} {said[1]} ({_means(panel, at)}{number(a)}, {number(b)})"


def _at(y: npt.ArrayLike, panel: Drawn, at: str | float | None) -> float:
    """A series at a place, or its mean over all."""
    return _mean(y if at is None else np.asarray(y)[..., list(panel.x).index(at)])


def _means(panel: Drawn, at: str | float | None) -> str:
    return "means " if at is None and len(panel.x) > 1 else ""


def _half(panel: Drawn, name: str, at: str | float | None) -> float:
    """Half the width of an interval of a series, at a place or on average; 0 where there is none."""
    band = (panel.band or {}).get(name)
    return 0.0 if band is None else float(np.nan_to_num(_at(np.ptp(band, axis=0), panel, at) / 2))


def _alike(a: float, b: float, *half: float) -> bool:
    """Whether two numbers are not told apart: by their intervals where there are any, or by 2 %."""
    return abs(a - b) <= max(sum(half), _ALIKE * max(abs(a), abs(b), 1e-9))


def trend(what: str, along: str, *, name: str | None = None) -> Title:
    """Return a title that says how a series runs along the horizontal axis: up, down, up and down, or level.

    Parameters
    ----------
    what : str
        What is drawn.
    along : str
        What it is drawn over.
    name : str, optional
        Of the series; by default the first.

    Examples
    --------
    >>> from rpe.experiments.study import Panel
    >>> of(trend("delay", "the cost of starting"), Panel("", [0, 2, 8], {"delay": [0.2, 0.4, 0.9]}))
    'Delay rises with the cost of starting (0.20 to 0.90)'
    >>> of(trend("delay", "the cost of starting"), Panel("", [0, 2, 8], {"delay": [0.2, 0.9, 0.4]}))
    'Delay is highest in between over the cost of starting (0.20, 0.90, 0.40)'
    """
    return _Words("trend", what=what, along=along, name=name)


def _trend(panel: Drawn, what: str, along: str, name: str | None) -> str:
    chosen = np.asarray(panel.series[name or next(iter(panel.series))], dtype=np.float64)
    y = chosen[np.isfinite(chosen)]
    if not y.size:
        return f"{what} is undefined"
    first, last, low, high = float(y[0]), float(y[-1]), float(y.min()), float(y.max())
    span = high - low
    band = (panel.band or {}).get(name or next(iter(panel.series)))
    unsure = 0.0 if band is None else _mean(np.ptp(band, axis=0))
    if span <= max(unsure, _ALIKE * max(abs(high), abs(low), 1e-9)):
        return f"{what} does not change with {along} ({number(first)})"
    for extreme, word in ((high, "highest"), (low, "lowest")):
        if min(abs(extreme - first), abs(extreme - last)) > 0.25 * span:
            parts = ", ".join(number(each) for each in (first, extreme, last))
            return f"{what} is {word} in between over {along} ({parts})"
    return f"{what} {'rises' if last > first else 'falls'} with {along} ({number(first)} to {number(last)})"


def ranked(what: str, *, by: str = "for", name: str | None = None, at: str | float | None = None) -> Title:
    """Return a title that names the highest and the lowest: of the bars of a series, or of the series.

    They are the same where their intervals overlap, or within 2 % of the greater.

    Parameters
    ----------
    what : str
        What is drawn.
    by : str
        The word before a name, such as "for", "with" or "after".
    name : str, optional
        The series whose bars are compared; by default series are.
    at : str or float, optional
        Where series are compared; by default their means, and the title says so where there are several places.

    Examples
    --------
    >>> from rpe.experiments.study import Panel
    >>> of(ranked("interest left", by="after", name="interest"), Panel("", ["praise", "pay"], {"interest": [2, 1]}))
    'Interest left is highest after praise (2.00), lowest after pay (1.00)'
    >>> of(ranked("regret", by="with"), Panel("", [0, 1], {"mood": [1, 5], "a fixed rate": [1, 3]}))
    'Regret is highest with mood, lowest with a fixed rate (means 3.00, 2.00)'
    >>> of(ranked("regret in the end", by="with", at=1), Panel("", [0, 1], {"mood": [1, 5], "a fixed rate": [1, 3]}))
    'Regret in the end is highest with mood (5.00), lowest with a fixed rate (3.00)'
    """
    return _Words("ranked", what=what, by=by, name=name, at=at)


def _ranked(panel: Drawn, what: str, by: str, name: str | None, at: str | float | None = None) -> str:
    if name is None:
        found = {each: _at(y, panel, at) for each, y in panel.series.items()}
        half = {each: _half(panel, each, at) for each in found}
        return among(what, found, by=by, half=half, mean=bool(_means(panel, at)))
    places = list(panel.x)
    found = {str(x): float(y) for x, y in zip(places, panel.series[name], strict=True)}
    return among(what, found, by=by, half={str(x): _half(panel, name, x) for x in places})


def among(
    what: str,
    found: Mapping[str, float],
    *,
    by: str = "for",
    half: Mapping[str, float] | None = None,
    mean: bool = False,
) -> str:
    """Return which of several named numbers is highest, and which lowest.

    Parameters
    ----------
    what : str
        What the numbers are.
    found : mapping of str to float
    by : str
        The word before a name.
    half : mapping of str to float, optional
        Half the widths of their intervals.
    mean : bool
        Whether they are means, which the title then says.
    """
    known = {name: value for name, value in found.items() if np.isfinite(value)}
    by = f"{by} " if by else ""
    if not known:
        return f"{what} is undefined {by}all"
    high, low = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
    if _alike(known[high], known[low], *((half or {}).get(name, 0.0) for name in (high, low))):
        ends = dict.fromkeys(number(known[name]) for name in (low, high))
        return f"{what} is the same {by}all ({'means ' if mean else ''}{' to '.join(ends)})"
    first, last = (_plain(name) for name in (high, low))
    if mean:
        return f"{what} is highest {by}{first}, lowest {by}{last} (means {number(known[high])}, {number(known[low])})"
    return f"{what} is highest {by}{first} ({number(known[high])}), lowest {by}{last} ({number(known[low])})"


def _plain(name: str) -> str:
    return " ".join(name.split())


def tally(yes: str, no: str, says: str, *, lead: str = "") -> Title:
    """Return a title over shares of settings: where what is expected is found more often than its opposite.

    Parameters
    ----------
    yes, no : str
        Names of the series: shares in which it is found, and in which the opposite is.
    says : str
        What is found more often, such as "micro wins help more often than they hurt".
    lead : str
        What stands before all.

    Examples
    --------
    >>> from rpe.experiments.study import Panel
    >>> panel = Panel("", ["pays 1", "pays 2"], {"helped": [0.4, 0.5], "hurt": [0.1, 0.6]})
    >>> of(tally("helped", "hurt", "micro wins help more often than they hurt"), panel)
    'Micro wins help more often than they hurt for pays 1 (40 % against 10), not for pays 2 (50 % against 60)'
    """
    return _Words("tally", yes=yes, no=no, says=says, lead=lead)


def _tally(panel: Drawn, yes: str, no: str, says: str, lead: str) -> str:
    shares = [100 * np.nan_to_num(np.asarray(panel.series[each], dtype=np.float64)) for each in (yes, no)]
    won = [(_plain(str(x)), a, b) for x, a, b in zip(panel.x, *shares, strict=True) if a > b]
    lost = [(_plain(str(x)), a, b) for x, a, b in zip(panel.x, *shares, strict=True) if a <= b]
    if not lost:
        return f"{lead}{says} in each case ({_ends(a - b for _, a, b in won)} points)"
    if not won:
        return f"{lead}in no case: {says} ({_ends(a - b for _, a, b in lost)} points)"
    if len(panel.x) > 2:
        first, others = (", ".join(name for name, _, _ in group) for group in (won, lost))
        return f"{lead}{says} for {first}; not for {others}"
    parts = [f"{name} ({a:.0f} % against {b:.0f})" for name, a, b in (*won, *lost)]
    return f"{lead}{says} for {parts[0]}, not for {parts[1]}"


def _ends(values: object) -> str:
    known = sorted(float(value) for value in values)  # type: ignore[attr-defined]
    first, last = (f"{value:+.0f}".replace("-", "−") for value in (known[0], known[-1]))
    return first if first == last else f"{first} to {last}"


def changes(lead: str, what: str, *, least: float = 0.05) -> Title:
    """Return a title over changes: whether all series are lowered, all raised, some each, or none worth a word.

    Parameters
    ----------
    lead, what : str
        What changes it, and what is changed.
    least : float
        Changes below this hardly change it.

    Examples
    --------
    >>> from rpe.experiments.study import Panel
    >>> of(changes("an easier start", "delay"), Panel("", [1, 5], {"naive": [-0.4, -0.3], "consistent": [-0.8, -0.8]}))
    'An easier start lowers delay (by 0.30 to 0.80)'
    """
    return _Words("changes", lead=lead, what=what, least=least)


def _changes(panel: Drawn, lead: str, what: str, least: float) -> str:
    known = np.concatenate([np.asarray(y, dtype=np.float64).ravel() for y in panel.series.values()])
    low, high = float(np.nanmin(known)), float(np.nanmax(known))
    if max(abs(low), abs(high)) < least:
        return f"{lead} hardly changes {what} ({number(low)} to {number(high)})"
    if low < 0 < high:
        return f"{lead} lowers or raises {what} ({number(low)} to {number(high)})"
    ends = sorted((abs(low), abs(high)))
    return f"{lead} {'lowers' if high <= 0 else 'raises'} {what} (by {number(ends[0])} to {number(ends[1])})"


def jump(what: str, event: str, at: int, *, name: str) -> Title:
    """Return a title that compares a curve just before and just after a place.

    Parameters
    ----------
    what, event : str
        What is drawn, and what happens at that place.
    at : int
        Index of the first point after it.
    name : str
        Of the series.

    Examples
    --------
    >>> from rpe.experiments.study import Panel
    >>> of(jump("work", "the badge is won", 2, name="badge"), Panel("", [0, 1, 2], {"badge": [0.5, 0.8, 0.3]}))
    'Work falls once the badge is won (0.80 to 0.30)'
    """
    return _Words("jump", what=what, event=event, at=at, name=name)


def _jump(panel: Drawn, what: str, event: str, at: int, name: str) -> str:
    before, after = (float(panel.series[name][i]) for i in (at - 1, at))
    alike = abs(after - before) <= _ALIKE * max(abs(before), abs(after), 1e-9)
    word = "does not change" if alike else "falls" if after < before else "rises"
    return f"{what} {word} once {event} ({number(before)} to {number(after)})"


def holding(says: str, holds: npt.ArrayLike, over: str) -> str:
    """Return in how many of several cases something holds: in all, in none, or in some of them.

    Examples
    --------
    >>> holding("an omission leaves a dip", [True, False, True], "representations")
    'an omission leaves a dip in 2 of 3 representations'
    """
    known = np.asarray(holds, dtype=np.bool_)
    n, k = known.size, int(known.sum())
    return f"{says} in {f'all {n}' if k == n else f'none of {n}' if not k else f'{k} of {n}'} {over}"


_RULES: dict[str, Callable[..., str]] = {
    "changes": _changes,
    "compare": _compare,
    "jump": _jump,
    "ranked": _ranked,
    "tally": _tally,
    "trend": _trend,
}


def __dir__() -> list[str]:
    return __all__
