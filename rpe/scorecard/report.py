"""A scorecard as files and figures."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from rpe import plots
from rpe._checks import count, instance, path
from rpe._files import figure_writer, write_atomically, write_together
from rpe.schedules import Schedule
from rpe.scorecard.finding import Finding, Reading
from rpe.scorecard.protocols import run_once
from rpe.scorecard.registry import load
from rpe.scorecard.scores import Scorecard
from rpe.scorecard.statistics import verdict
from rpe.theories import Theory
from rpe.theories.protocol import checked, name_of

_GROUPS = {
    "A": "A  timing, delay, hidden state",
    "B": "B  cues, stimulation",
    "C": "C  course of learning, coding",
    "D": "D  ramps",
    "E": "E  choice, effort, vigour",
    "F": "F  single cells",
    "G": "G  retrospective learning",
    "H": "H  motivation, drugs, release",
}
_LONGEST = 38
_MOST_KINDS = 7


def write(card: Scorecard, directory: str | os.PathLike[str]) -> list[Path]:
    """Write a scorecard into a directory: two tables and the figure, all of them or none.

    `rpe.table.read` reads back `scorecard.csv`, a row per theory and finding, and
    `scorecard_numbers.csv`, a row per number of a criterion.

    Parameters
    ----------
    card : Scorecard
        What `run` returned.
    directory : path
        Made if it does not exist.

    Returns
    -------
    list of Path

    Raises
    ------
    OSError
        If it cannot be made or written to.

    Examples
    --------
    >>> import tempfile
    >>> import rpe
    >>> card = rpe.scorecard.run([rpe.theories.TD(trace_decay=0.0)], ["A01"], n_seeds=1, rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(path.suffix for path in rpe.scorecard.write(card, folder))
    ['.csv', '.csv', '.json', '.json', '.png', '.svg']
    """
    instance("card", card, Scorecard)
    folder = path("directory", directory)
    folder.mkdir(parents=True, exist_ok=True)
    writers: dict[Path, Callable[[Path], None]] = {}
    for name, table in (("scorecard", card.table), ("scorecard_numbers", card.numbers)):
        writers |= table._writers(folder / f"{name}.csv")
    writers |= {folder / f"scorecard.{kind}": figure_writer(figure(card), kind) for kind in ("png", "svg")}
    write_together(writers)
    return sorted(writers, key=lambda path: path.suffix != ".csv")


def figure(card: Scorecard, *, size: float = 6.0) -> Figure:
    """Return the verdicts as a figure on one page: findings in rows, by group, theories in columns, and totals.

    In each group the findings that most theories pass come first, and so do the theories that pass most. A dark corner
    marks verdicts that differ from the expected ones. 61 findings by 34 theories are 160 mm wide at 6 pt.

    Parameters
    ----------
    card : Scorecard
    size : float
        Size of all text, pt.

    Examples
    --------
    >>> import rpe
    >>> card = rpe.scorecard.run([rpe.theories.TD(trace_decay=0.0)], ["A01"], n_seeds=1, rng=0)
    >>> len(rpe.scorecard.figure(card).axes) > 0
    True
    """
    instance("card", card, Scorecard)
    won = card.matrix == "PASS"
    across = np.argsort(-won.sum(axis=1), kind="stable")
    down = sorted(range(len(card.findings)), key=lambda row: (_group(card.findings[row]), -int(won[:, row].sum())))
    rows = [_title(card, card.findings[row]) for row in down]
    columns = [card.theories[theory] for theory in across]
    groups = [_group(card.findings[row]) for row in down]
    expected = np.array([[card.scores[theory, row].expected for row in card.findings] for theory in card.theories])
    marked = ((expected != "") & (expected != card.matrix))[across][:, down].T
    letters = [[card.letters[theory][row] for theory in across] for row in down]
    with plots.style():
        layout = ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.02)
        width, height = plots.overview_size(rows, columns, groups, size)
        drawn = Figure(figsize=(width, height), layout=layout)
        ax = drawn.subplots()
        plots.scorecard_overview(letters, rows=rows, columns=columns, groups=groups, marked=marked, size=size, ax=ax)
        plots.heading(ax, _headline(card))
        lines = 1 + ax.get_title(loc="left").count("\n")
        drawn.set_figheight(height + (1.3 * lines * float(ax.title.get_fontsize()) + 6) / 72)
    return drawn


def _headline(card: Scorecard) -> str:
    """Which theory passes most of the findings that apply to it, and whether any passes all."""
    passed = {name: (line == "PASS").sum() for name, line in zip(card.theories, card.matrix, strict=True)}
    applies = {name: (line != "N.A.").sum() for name, line in zip(card.theories, card.matrix, strict=True)}
    # A theory of a few findings may pass all of them; it is no rival of those that most findings apply to.
    broad = [name for name in card.theories if 2 * applies[name] >= len(card.findings)] or list(card.theories)
    best = max(broad, key=lambda name: passed[name])
    if passed[best] == applies[best]:
        return f"{best} passes all {applies[best]} findings that apply to it"
    return f"No theory of most findings passes all: {best} passes most ({passed[best]} of {applies[best]})"


def _group(finding: str) -> str:
    return _GROUPS.get(finding[0], "other findings")


def _title(card: Scorecard, finding: str) -> str:
    """Id and title of a finding, cut before its details."""
    title = re.split(r"[:(]", card.titles.get(finding, ""))[0].strip()
    return f"{finding} {title if len(title) <= _LONGEST else title[: _LONGEST - 1].rstrip() + '…'}"


def draw(finding: str | Finding, theory: Theory | Mapping[str, Theory], rng: int = 0) -> Figure:
    """Return the figure of one finding: protocol, signals of one or several theories, criterion and verdicts.

    Parameters
    ----------
    finding : str or Finding
        Id, name, or a finding of your own.
    theory : Theory, or mapping of str to theory
        What is run on it; several by name.
    rng : int
        Seed of the protocol.

    Raises
    ------
    ValueError
        If there is no such finding.

    Examples
    --------
    >>> import rpe
    >>> rpe.scorecard.draw("B01", rpe.theories.TD(trace_decay=0.0)).axes[1].get_xlabel()
    'time from trial start (s)'
    """
    row = load(finding) if isinstance(finding, str) else instance("finding", finding, Finding)
    rng = count("rng", rng, 0)
    several = dict(theory) if isinstance(theory, Mapping) else {name_of(theory): theory}
    for each in several.values():
        checked(each)
    if not several:
        raise ValueError("theory must hold at least one theory; got none")
    found = {name: run_once(each, row, rng) for name, each in several.items()}
    schedules = list(next(iter(found.values()))[0])
    verdicts = {name: verdict(row, [numbers]).verdict for name, (_, numbers) in found.items()}
    told = [
        f"{name}: {verdicts[name]}; " + ", ".join(f"{key} {value:.2f}" for key, value in numbers.items())
        for name, (_, numbers) in found.items()
    ]
    n = 1 + len(several)
    with plots.style():
        height = 0.7 + 0.2 * len(told) + len(schedules) * (0.6 + 1.3 + 2.0 * len(several))
        drawn = Figure(figsize=(6.4, height), layout="constrained")
        ratios = ([1.0] + [1.6] * len(several)) * len(schedules)
        grid: list[Axes] = []
        if schedules:
            grid = drawn.subplots(len(ratios), 1, squeeze=False, height_ratios=ratios)[:, 0].tolist()
        for i, name in enumerate(schedules):
            readings = {label: each[0][name] for label, each in found.items()}
            _protocol_panel(grid[n * i], name, next(iter(readings.values())))
            for ax, (label, reading) in zip(grid[n * i + 1 : n * (i + 1)], readings.items(), strict=True):
                _signal_panel(ax, label if len(several) > 1 else "", reading)
        head = f"{row.id}  {row.title}" + (f": {verdicts[next(iter(several))]}" if len(several) == 1 else "")
        lines = [head, *wrap(row.criterion, 100), *(line for each in told for line in wrap(each, 100))]
        drawn.suptitle("\n".join(lines), fontsize=8, x=0.02, ha="left")
    return drawn


def write_drawings(
    finding: str | Finding, theories: Mapping[str, Theory], directory: str | os.PathLike[str], rng: int = 0
) -> list[Path]:
    """Write the figure of one finding for each theory, as `A01_td_0.png` for A01 and "TD(0)".

    Parameters
    ----------
    finding : str or Finding
        Id, name, or a finding of your own.
    theories : mapping of str to theory
        What is run on it, by name.
    directory : path
        Must exist.
    rng : int
        Seed of the protocol.

    Raises
    ------
    OSError
        If it cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> import rpe
    >>> theories = {"TD(0)": rpe.theories.TD(trace_decay=0.0)}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in rpe.scorecard.write_drawings("A01", theories, folder)]
    ['A01_td_0.png']
    """
    row = load(finding) if isinstance(finding, str) else instance("finding", finding, Finding)
    written = []
    for name, theory in theories.items():
        path = Path(directory) / f"{row.id}_{re.sub('[^a-z0-9]+', '_', name.lower()).strip('_')}.png"
        try:
            drawn = draw(row, theory, rng)
        # The matrix already says that a theory breaks, and how.
        except Exception:
            continue
        written.append(write_atomically(path, figure_writer(drawn, "png")))
    return written


def _kinds(schedule: Schedule) -> list[str]:
    """The types of trial that are shown: the last of those that are run."""
    return [kind for kind in schedule.kinds if schedule.of_kind(kind).any()][-_MOST_KINDS:]


def _protocol_panel(ax: Axes, name: str, reading: Reading) -> None:
    """The protocol of one schedule."""
    schedule, kinds = reading.schedule, _kinds(reading.schedule)
    means = {
        part: np.stack([getattr(schedule, part)[schedule.of_kind(kind)].mean(axis=0) for kind in kinds])
        for part in ("level", "reward", "pulse")
    }
    # Where rewards come alone the panel shows them under an empty row.
    level = means["level"] if schedule.stimuli else np.zeros((*means["reward"].shape, 1))
    plots.protocol(
        level,
        means["reward"],
        schedule.dt,
        kinds=kinds,
        stimuli=schedule.stimuli or ("no cue",),
        pulse=means["pulse"],
        ax=ax,
    )
    ax.set_title(f"{name}: types of trial, and the signal in the last of each")


def _signal_panel(ax: Axes, label: str, reading: Reading) -> None:
    """The signal of a theory in each type of trial, or a word where it has none within a trial."""
    kinds = _kinds(reading.schedule)
    signals = np.stack([reading.signal(kind, part="last") for kind in kinds])
    if np.isnan(signals).all(axis=1).any() or (np.isnan(signals).mean() > 0.5):
        ax.text(0.5, 0.5, "says nothing about time within a trial", ha="center", transform=ax.transAxes)
        ax.set_xlabel("time from trial start (s)")
    else:
        plots.peri_event(signals, reading.schedule.dt, labels=kinds, ax=ax)
    if label:
        ax.set_title(label, pad=16)
