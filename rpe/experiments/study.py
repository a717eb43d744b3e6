"""What the experiments on motivation share: a tidy table of conditions, sentences, and panels that become a figure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from rpe import plots


class Panel(NamedTuple):
    """One picture: curves over numbers, or bars over names.

    Attributes
    ----------
    title : str
    x : sequence of float or of str
        Positions of curves, or names of bars.
    series : mapping of str to sequence of float
        One curve, or one bar in each group, per name.
    xlabel, ylabel : str
    log : bool
        Whether the axis of numbers is logarithmic.
    reference : float or None
        A level to compare with.
    """

    title: str
    x: Any
    series: Mapping[str, Any]
    xlabel: str = ""
    ylabel: str = ""
    log: bool = False
    reference: float | None = None


@dataclass
class Study:
    """What an experiment found.

    Attributes
    ----------
    settings : Settings
    rows : list of (condition, quantity, value)
    sentences : list of str
    panels : list of Panel
    """

    settings: Any
    rows: list[tuple[str, str, float]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)

    def add(self, condition: str, **quantities: Any) -> None:
        """Add numbers to the table; underscores in names stand for spaces."""
        self.rows += [(condition, name.replace("_", " "), float(value)) for name, value in quantities.items()]

    def number(self, condition: str, quantity: str) -> float:
        """Return a number of the table.

        Raises
        ------
        KeyError
            If it is not there.
        """
        for row in self.rows:
            if row[:2] == (condition, quantity):
                return row[2]
        raise KeyError(f"no {quantity!r} of {condition!r}")

    def say(self, *sentences: str) -> None:
        """Add sentences."""
        self.sentences += sentences

    def draw(self, title: str, x: Iterable[Any], series: Mapping[str, Any], **labels: Any) -> None:
        """Add a panel."""
        self.panels.append(Panel(title, list(x), {name: np.asarray(y) for name, y in series.items()}, **labels))


def table(study: Study) -> dict[str, list[Any]]:
    """Return the tidy table: one quantity of one condition per line."""
    columns = zip(*study.rows, strict=True) if study.rows else ((), (), ())
    return dict(zip(("condition", "quantity", "value"), map(list, columns), strict=True))


def sentences(study: Study) -> list[str]:
    """Return what the experiment showed."""
    return list(study.sentences)


def figures(study: Study) -> dict[str, Figure]:
    """Return the figure, two panels in a row."""
    n_columns = min(2, len(study.panels))
    n_rows = -(-len(study.panels) // n_columns)
    with plots.style():
        figure = Figure(figsize=(4.7 * n_columns, 3.1 * n_rows), layout="constrained")
        axes = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
        for ax in axes[len(study.panels) :]:
            ax.set_axis_off()
        for letter, ax, panel in zip("abcdefgh", axes, study.panels, strict=False):
            _draw(panel, ax)
            ax.set_title(f"{letter}  {panel.title}")
    return {"": figure}


def _draw(panel: Panel, ax: Any) -> None:
    names = list(panel.series)
    values = np.stack([np.asarray(y, dtype=np.float64) for y in panel.series.values()])
    if panel.x and isinstance(panel.x[0], str):
        plots.bars(panel.x, values, labels=names, ylabel=panel.ylabel, reference=panel.reference, ax=ax)
        return
    labels = names if len(names) > 1 or names[0] else None
    x = np.asarray(panel.x, dtype=np.float64)
    words = {"xlabel": panel.xlabel, "ylabel": panel.ylabel}
    plots.responses(x, values, labels=labels, **words, log=panel.log, reference=panel.reference, ax=ax)


def effect_size(a: Any, b: Any) -> float:
    """Return Cohen's d of a against b, the difference in pooled standard deviations; 0 if neither varies.

    Examples
    --------
    >>> round(effect_size([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]), 12)
    -1.0
    """
    one, two = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    pooled = np.sqrt((one.var(ddof=1) + two.var(ddof=1)) / 2)
    return float((one.mean() - two.mean()) / pooled) if pooled > 0 else 0.0


def correlation(x: Any, y: Any) -> float:
    """Return Pearson's correlation; 0 if either does not vary."""
    a, b = (np.asarray(v, dtype=np.float64) - np.mean(v) for v in (x, y))
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size > 0 else 0.0
