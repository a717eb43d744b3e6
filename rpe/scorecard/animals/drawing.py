"""A comparison with animal data as files, a figure and sentences."""

import os
import textwrap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rpe import plots
from rpe._checks import Floats, count
from rpe._files import figure_writer, write_atomically
from rpe.measures import suppression_ratio
from rpe.scorecard.animals.comparing import Comparison
from rpe.scorecard.animals.data import Experiment, load
from rpe.table import Table

_COLUMNS, _LONGEST = 4, 22
_LINES = ("-", "--", ":")


def write(found: Comparison, directory: str | os.PathLike[str]) -> list[Path]:
    """Write a comparison into a directory: three tables, sentences and the figure.

    Parameters
    ----------
    found : Comparison
    directory : path
        Made if it does not exist.

    Returns
    -------
    list of Path

    Raises
    ------
    OSError
        If it cannot be made or written to.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in ("scores", "contrasts", "curves"):
        path = getattr(found, name).to_csv(folder / f"animal_{name}.csv")
        written += [path, path.with_suffix(".json")]
    for kind in ("png", "svg"):
        written.append(write_atomically(folder / f"animal_curves.{kind}", figure_writer(figure(found), kind)))
    return written


def sentences(found: Comparison) -> list[str]:
    """Return what was found in words: a sentence for each theory, best first, and one on the rows.

    Examples
    --------
    >>> import rpe
    >>> from rpe.scorecard import animals
    >>> found = animals.compare([rpe.theories.RescorlaWagner()], ["overshadowing_and_blocking"], rng=0)
    >>> sentences(found)[0]
    'Rescorla-Wagner: mean score 1.00 over 1 experiment; 2 of 2 key contrasts and 1 of 1 experiments pass.'
    """
    told = []
    for name in _best(found):
        rows = found.scores.where(found.scores["theory"] == name)
        told.append(_told(name, rows))
    nobody = [
        each
        for each in dict.fromkeys(found.scores["experiment"].tolist())
        if not (found.scores["verdict"][found.scores["experiment"] == each] == "PASS").any()
    ]
    doubtful = [each for each in dict.fromkeys(found.scores["experiment"].tolist()) if load(each).caveat]
    if nobody:
        told.append(f"No theory meets all key contrasts of: {', '.join(nobody)}.")
    if doubtful:
        told.append(f"Faults of the source, told in `caveat`, touch: {', '.join(doubtful)}.")
    return told


def _told(name: str, rows: Table) -> str:
    """What a theory did, with what it says nothing of and what broke apart."""
    broke, silent = (int((rows["verdict"] == word).sum()) for word in ("ERROR", "N.A."))
    apart = [f"{silent} without values"] if silent else []
    apart += [f"{broke} that broke, the first with {rows['message'][rows['verdict'] == 'ERROR'][0]}"] if broke else []
    n, passed = rows.n_rows - broke - silent, int((rows["verdict"] == "PASS").sum())
    if n == 0:
        return f"{name}: no score; {' and '.join(apart)}."
    return (
        f"{name}: mean score {np.nanmean(rows['score']):.2f} over {n} experiment{'s' if n > 1 else ''}; "
        f"{rows['n_passed'].sum()} of {rows['n_contrasts'].sum()} key contrasts and {passed} of {n} experiments "
        f"pass{'; ' if apart else ''}{' and '.join(apart)}."
    )


def figure(found: Comparison, *, n_theories: int = 3) -> Figure:
    """Return the published points over the curves of the theories with the best mean scores.

    The curve of a model is scaled to the points by least squares, with a slope of at least 0, as a score forgives
    level and scale; where it runs the wrong way it is flat. With two points, whose ratio is scored, only the scale
    is. Shades hold 95 % of the orders of trials.

    Parameters
    ----------
    found : Comparison
    n_theories : int
        How many theories are drawn.
    """
    names = _best(found)[: count("n_theories", n_theories)]
    chosen = [load(each) for each in dict.fromkeys(found.curves["experiment"].tolist())]
    columns = min(_COLUMNS, len(chosen))
    rows = -(-len(chosen) // columns)
    with plots.style():
        drawn = Figure(figsize=(max(1.9 * columns, 3.6), 0.6 + 1.75 * rows), layout="constrained")
        grid = drawn.subplots(rows, columns, squeeze=False).ravel()
        for ax, experiment in zip(grid, chosen, strict=False):
            _panel(ax, experiment, found, names)
        for ax in grid[len(chosen) :]:
            ax.set_axis_off()
        handles, labels = grid[0].get_legend_handles_labels()
        drawn.legend(
            handles, labels, loc="outside upper left", ncols=2 if columns < 3 else 4, fontsize=7, frameon=False
        )
    return drawn


def _best(found: Comparison) -> list[str]:
    """Theories by their mean score; those without one last."""
    names = list(dict.fromkeys(found.scores["theory"].tolist()))
    known = {name: found.scores["score"][found.scores["theory"] == name] for name in names}
    mean = {name: float(np.nanmean(each)) if np.isfinite(each).any() else -np.inf for name, each in known.items()}
    return sorted(names, key=lambda name: -mean[name])


def _panel(ax: Axes, experiment: Experiment, found: Comparison, names: Sequence[str]) -> None:
    """One experiment: series side by side, points published, lines modelled."""
    blocks = _blocks(experiment)
    y = np.array([point.y for point in experiment.points])
    places = np.empty(len(y))
    at = 0.0
    for block in blocks.values():
        places[block] = at + np.arange(len(block))
        at += len(block) + max(1.0, 0.06 * len(y))
    for number, name in enumerate(names):
        rows = found.curves.where((found.curves["theory"] == name) & (found.curves["experiment"] == experiment.id))
        mean, low, high = _scaled(experiment, y, *(rows[each] for each in ("response", "low", "high")))
        shift = 0.0 if len(y) > len(blocks) else 0.16 * (number + 1)
        for i, block in enumerate(blocks.values()):
            at_x, colour = places[block] + shift, plots.PALETTE[number]
            ax.fill_between(at_x, low[block], high[block], color=colour, alpha=0.2, linewidth=0)
            (line,) = ax.plot(at_x, mean[block], _LINES[number % 3], color=colour, label=None if i else name)
            line.set(linewidth=1.1, markersize=6, marker="_" if len(block) == 1 else "")
    for block in blocks.values():
        label = "animals" if block is next(iter(blocks.values())) else None
        ax.plot(places[block], y[block], "o", color="black", markersize=2.2 if len(block) > 1 else 3.5, label=label)
    ax.set_xticks([float(places[block].mean()) for block in blocks.values()], list(blocks))
    ax.tick_params(labelsize=5.5, length=2)
    for text in ax.get_xticklabels():
        text.set(rotation=25 if len(blocks) < 7 else 60, ha="right", rotation_mode="anchor")
    ax.set_title("\n".join(textwrap.wrap(experiment.id.replace("_", " "), 30)), fontsize=6.5)


def _blocks(experiment: Experiment) -> dict[str, list[int]]:
    """Places of the points of each curve, by what tells it from the others."""
    keys = [(point.group, point.series) for point in experiment.points]
    varies = [len({key[part] for key in keys}) > 1 for part in (0, 1)]
    found: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        parts = [text for text, told in zip(key, varies, strict=True) if told] or [key[1]]
        text = ", ".join(parts)
        found.setdefault(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…", []).append(place)
    return found


def _scaled(experiment: Experiment, y: Floats, *curves: Floats) -> list[Floats]:
    """Curves of a model as close to the values as a line through the first allows; through 0 where there are two."""
    if len(y) == 2:
        found = [suppression_ratio(curve) if experiment.direction < 0 else curve for curve in curves]
        size = float((found[0] ** 2).sum())
        return [curve * (float((found[0] * y).sum()) / size if size > 0 else 0.0) for curve in found]
    first, *_ = found = [experiment.direction * curve for curve in curves]
    spread = float(((first - first.mean()) ** 2).sum())
    slope = 0.0 if spread < 1e-18 else max(0.0, float(((first - first.mean()) * (y - y.mean())).sum()) / spread)
    return [y.mean() + slope * (curve - first.mean()) for curve in found]
