"""A study: tidy rows with one column a factor, sentences, and panels that become a figure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING, Generic, NamedTuple, SupportsFloat, TypedDict, TypeVar, Unpack

import numpy as np
import numpy.typing as npt

from rpe._checks import Floats, did_you_mean, instance, mapping, text
from rpe.experiments import titles
from rpe.experiments.tidy import tidy
from rpe.table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Labels", "Panel", "Study", "correlation", "effect_size", "figures", "sentences", "table"]

# Names at the ends of curves are broken there, so that the curves keep their room.
_LONGEST = 18
# A series that is not compared with any has no meaning that a colour could tell.
_ALONE = "#6E6E6E"

Factor = str | float
S = TypeVar("S")


class Panel(NamedTuple):
    """One picture: curves over numbers, or bars over names.

    Attributes
    ----------
    title : str or function
        What the panel shows, or what works that out from the panel, as the functions of
        `rpe.experiments.titles` do: another result then has another title.
    x : sequence of float or of str
        Positions of curves, or names of bars.
    series : mapping of str to sequence of float
        One curve, or one bar in each group, per name.
    xlabel, ylabel : str
    log : bool
        Whether the axis of numbers is logarithmic.
    reference : float or None
        A level to compare with.
    limits : (float, float) or None
        Ends of the vertical axis, so that panels can be compared.
    band : mapping of str to float array (2, n_points), or None
        Lower and upper ends of the intervals of some of the series.
    """

    title: titles.Title
    x: Sequence[str | float]
    series: Mapping[str, Floats]
    xlabel: str = ""
    ylabel: str = ""
    log: bool = False
    reference: float | None = None
    limits: tuple[float, float] | None = None
    band: Mapping[str, Floats] | None = None


class Labels(TypedDict, total=False):
    """Labels of a panel's axes, and what marks them."""

    xlabel: str
    ylabel: str
    log: bool
    reference: float | None
    limits: tuple[float, float] | None
    band: Mapping[str, Floats] | None


class _Index:
    """What rows hold, kept up as they are added, so that each question need not go through all of them.

    Attributes
    ----------
    factors : dict of str to None
        Names of the factors, in the order in which they came up.
    quantities : dict of str to list of dict
        The rows of each quantity.
    """

    def __init__(self) -> None:
        self.factors: dict[str, None] = {}
        self.quantities: dict[Factor, list[dict[str, Factor]]] = {}
        self._n_seen = 0

    def over(self, rows: list[dict[str, Factor]]) -> "_Index":
        """Return the index once it holds all of the rows; a new one if some were taken away."""
        if len(rows) < self._n_seen:
            return _Index().over(rows)
        for row in rows[self._n_seen :]:
            self.quantities.setdefault(row["quantity"], []).append(row)
            self.factors.update(dict.fromkeys(name for name in row if name not in ("quantity", "value")))
        self._n_seen = len(rows)
        return self


@dataclass
class Study(Generic[S]):
    """Study: numbers by factor, what they say, and how they look.

    One row is one quantity under one condition, and every factor that tells conditions apart is a
    column of its own.

    Attributes
    ----------
    settings : Settings
        Or anything.
    rows : list of dict
        Factors, `quantity` and `value`.
    sentences : list of str
    panels : list of Panel

    Examples
    --------
    >>> study = Study(settings=None)
    >>> study.add({"completion": 0.4, "welfare": 150.0}, arm="one goal", k=0.08)
    >>> study.add({"completion": 0.9, "welfare": 156.0}, arm="micro wins", k=0.08)
    >>> study.value("completion", arm="micro wins", k=0.08)
    0.9
    >>> study.table
    Table of 4 rows and 4 columns
           arm     k    quantity  value
      one goal  0.08  completion    0.4
      one goal  0.08     welfare    150
    micro wins  0.08  completion    0.9
    micro wins  0.08     welfare    156
    """

    settings: S
    rows: list[dict[str, Factor]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    _known: set[frozenset[tuple[str, Factor]]] = field(default_factory=set, init=False, repr=False)
    _index: _Index = field(default_factory=_Index, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("rows", "sentences", "panels"):
            instance(name, getattr(self, name), list)

    def add(self, quantities: Mapping[str, SupportsFloat], /, **factors: Factor) -> None:
        """Add the numbers of one condition.

        Parameters
        ----------
        quantities : mapping of str to float
            Numbers by what they are.
        **factors : text or number
            What tells this condition from the others; factors that do not apply are left out.

        Raises
        ------
        ValueError
            If a factor is called `quantity` or `value`, or a number was there already.
        """
        if taken := {"quantity", "value"} & set(factors):
            raise ValueError(f"factors must not be called quantity or value; got {', '.join(sorted(taken))}")
        for name, number in mapping("quantities", quantities).items():
            where = {**factors, "quantity": name}
            if frozenset(where.items()) in self._known:
                raise ValueError(f"each quantity of a condition must be added once; got {where} again")
            self._known.add(frozenset(where.items()))
            self.rows.append({**where, "value": float(number)})

    def values(self, quantity: str, /, **where: Factor | None) -> Floats:
        """Return a quantity in all rows that have these factors, in the order of adding, (n_found,).

        Parameters
        ----------
        quantity : str
        **where
            What factors must be; None where a factor must not apply.

        Raises
        ------
        KeyError
            If there is no such quantity or factor.
        """
        index = self._index.over(self.rows)
        if quantity not in index.quantities:
            there = list(map(str, self.levels("quantity")))
            raise KeyError(f"no quantity {quantity!r}; there are {', '.join(there)}{did_you_mean(quantity, there)}")
        if unknown := [name for name in where if name not in index.factors]:
            hint = did_you_mean(unknown[0], self.factors)
            raise KeyError(f"no factor {unknown[0]!r}; there are {', '.join(self.factors)}{hint}")
        found = [
            row["value"]
            for row in index.quantities[quantity]
            if all(row.get(name) == level for name, level in where.items())
        ]
        return np.array(found, dtype=np.float64)

    def value(self, quantity: str, /, **where: Factor | None) -> float:
        """Return a quantity in the only row that has these factors.

        Raises
        ------
        KeyError
            If there is no such row, or more than one.
        """
        found = self.values(quantity, **where)
        if len(found) != 1:
            raise KeyError(f"{quantity!r} where {where} must be in one row; it is in {len(found)}")
        return float(found[0])

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the factors, in the order in which they came up."""
        return tuple(self._index.over(self.rows).factors)

    def levels(self, factor: str) -> list[Factor]:
        """Return the levels that a factor has, in the order in which they came up."""
        text("factor", factor)
        return list(dict.fromkeys(row[factor] for row in self.rows if factor in row))

    @property
    def table(self) -> Table:
        """Tidy columns: the factors, `quantity` and `value`."""
        names = (*self.factors, "quantity", "value")
        found = tidy(self.rows)
        return Table({name: found[name] for name in names})

    def say(self, *sentences: str) -> None:
        """Add sentences."""
        self.sentences += sentences

    def draw(
        self,
        title: titles.Title,
        x: Iterable[str | float],
        series: Mapping[str, npt.ArrayLike],
        **labels: Unpack["Labels"],
    ) -> None:
        """Add a panel: curves over numbers, or bars over names; keywords are those of `Panel`."""
        places = list(x)
        curves = {name: np.asarray(y, dtype=np.float64) for name, y in series.items()}
        self.panels.append(Panel(title, places, curves, **labels))

    def figures(self) -> dict[str, "Figure"]:
        """Return the figure, as wide as a page with two panels in a row, as `{"": figure}`."""
        from rpe import plots

        with plots.style():
            figure, axes = plots.page(len(self.panels))
            for letter, ax, panel in zip("abcdefgh", axes, self.panels, strict=False):
                _draw(panel, ax)
                plots.heading(ax, titles.of(panel.title, panel), letter=letter)
        return {"": figure}


def table(study: Study[S]) -> Table:
    """Return the tidy table: one quantity of one condition per row, one column a factor."""
    return study.table


def sentences(study: Study[S]) -> list[str]:
    """Return what the experiment showed."""
    return list(study.sentences)


def figures(study: Study[S]) -> dict[str, "Figure"]:
    """Return the figure, two panels in a row."""
    return study.figures()


def _draw(panel: Panel, ax: "Axes") -> None:
    from rpe import plots

    names = list(panel.series)
    values = np.stack([np.asarray(y, dtype=np.float64) for y in panel.series.values()])
    unknown = np.full((2, values.shape[1]), np.nan)
    known = panel.band or {}
    band = np.stack([np.asarray(known.get(name, unknown), dtype=np.float64) for name in names], axis=1)
    if panel.x and isinstance(panel.x[0], str):
        places = list(map(str, panel.x))
        plots.bars(
            places,
            values,
            labels=names,
            ylabel=panel.ylabel,
            reference=panel.reference,
            colors=plots.colours_of(names) if len(names) > 1 else _ALONE,
            ax=ax,
        )
        _whiskers(ax, values, band)
    else:
        alone = len(names) == 1 and not names[0]
        words = ["\n".join(wrap(name, _LONGEST)) for name in names]
        plots.responses(
            np.asarray(panel.x, dtype=np.float64),
            values,
            band=band if known else None,
            labels=None if alone else words,
            xlabel=panel.xlabel,
            ylabel=panel.ylabel,
            log=panel.log,
            reference=panel.reference,
            colors=_ALONE if alone else plots.colours_of(names),
            ax=ax,
        )
    if panel.limits is not None:
        ax.set_ylim(panel.limits)


def _whiskers(ax: "Axes", values: Floats, band: Floats) -> None:
    """Draw intervals on the bars, where there are any."""
    centre = np.array([[bar.get_x() + bar.get_width() / 2 for bar in group] for group in ax.containers])
    known = np.isfinite(band).all(axis=0) & np.isfinite(values)
    if known.any():
        away = np.abs(band - values)[:, known]
        ax.errorbar(
            centre[known], values[known], yerr=away, fmt="none", ecolor="0.15", elinewidth=0.9, capsize=2, zorder=5
        )


def effect_size(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Return Cohen's d of a against b, the difference in pooled standard deviations; 0 if neither varies.

    Examples
    --------
    >>> round(effect_size([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]), 12)
    -1.0
    """
    one, two = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    pooled = np.sqrt((one.var(ddof=1) + two.var(ddof=1)) / 2)
    return float((one.mean() - two.mean()) / pooled) if pooled > 0 else 0.0


def correlation(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Return Pearson's correlation; 0 if either does not vary."""
    one, two = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    a, b = one - one.mean(), two - two.mean()
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size > 0 else 0.0


def __dir__() -> list[str]:
    return __all__
