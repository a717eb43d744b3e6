"""Pages of experiments and of findings, each with its figure, from the code: the n-th part of them, as a script.

`python result_pages.py FOLDER PART OF` writes every OF-th page, so that several processes share the work.
"""

import csv
import re
import sys
import warnings
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")

import rpe
from rpe import experiments, scorecard

_VERDICTS = Path(__file__).with_name("verdicts.csv")
_GROUPS = {
    "A": "Rewards, cues and time",
    "B": "Competition between cues",
    "C": "Shifts, pauses and axioms",
    "D": "Ramps",
    "E": "Choice, vigour and structure",
    "F": "Single neurons",
    "G": "Causes and rates",
    "H": "Wanting, drugs and release",
}
_WORDS = {"PASS": "passes", "FAIL": "fails", "MIXED": "depends on the seed", "ERROR": "breaks"}


def plain(text: str) -> str:
    """Text whose signs are no marks, but for names in backticks, which are code."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(f"``{part}``" if i % 2 else re.sub(r"([*|_\\])", r"\\\1", part) for i, part in enumerate(parts))


def headed(text: str, line: str) -> list[str]:
    """A heading."""
    return [text, line * len(text), ""]


def picture(figure: Any, path: Path) -> list[str]:
    """Save a figure, and return the lines that show it with its text alternative."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = rpe.plots.picture(figure, dpi=110)
    path.write_bytes(shown.png)
    return [f".. image:: {path.name}", f"   :alt: {shown.alt}", "   :class: result", ""]


def experiment(name: str, folder: Path) -> list[str]:
    """The page of an experiment: what it asks, what came out in quick size, how it is run, and its settings."""
    known = experiments.load(name)
    report = experiments.run(known, known.Settings.quick(), 0)
    lines = [*headed(name, "="), plain(experiments.describe(name)), ""]
    lines += ["What came out of the quick size (the guide's :doc:`../guide/claims` are of the usual one):", ""]
    lines += [f"- {plain(sentence)}" for sentence in report.sentences] + [""]
    for suffix, figure in report.figures.items():
        lines += picture(figure, folder / f"{'_'.join(filter(None, [name, suffix]))}.png")
    lines += headed("What is done", "-")
    lines += [f".. automodule:: rpe.experiments.{name}", "   :no-members:", "   :no-index:", ""]
    lines += [*headed("How to run it", "-"), ".. code-block:: sh", "", f"   rpe run {name} --out results", ""]
    lines += [".. list-table:: Settings, for ``--set NAME=VALUE``", "   :header-rows: 1", "   :widths: auto", ""]
    columns = ("setting", "default", "quick", "full", "unit", "meaning")
    table = experiments.settings_table(known)
    rows = [columns, *zip(*(table[column].tolist() for column in columns), strict=True)]
    for row in rows:
        # A list of numbers may break after its commas.
        cells = [*(cell.replace(",", ", ") for cell in row[:4]), *row[4:]]
        lines += [f"   {'  ' if i else '* '}- {plain(cell)}" for i, cell in enumerate(cells)]
    run: Any = known.run
    return [*lines, "", *headed("Source", "-"), f".. autofunction:: {run.__module__}.{run.__qualname__}", ""]


def _drawn(finding: str, rows: list[dict[str, str]]) -> tuple[str, Any]:
    """The theory that is drawn, with its figure: of those that pass, expected ones first, one with a signal in time."""
    passing = [row["theory"] for row in rows if row["verdict"] == "PASS"]
    wanted = [name for name in scorecard.load(finding).expected_to_pass if name in passing]
    drawings = {}
    for name in dict.fromkeys([*wanted, *passing][:8] or ["TD(0)"]):
        drawings[name] = scorecard.draw(finding, scorecard.roster()[name]())
        if not any("says nothing about time" in text.get_text() for ax in drawings[name].axes for text in ax.texts):
            return name, drawings[name]
    return next(iter(drawings.items()))


def _effects(finding: str, rows: list[dict[str, str]]) -> Any:
    """What theories give where no trial can be drawn: the size of the effect."""
    makers, row = scorecard.roster(), scorecard.load(finding)
    names = [each["theory"] for each in rows if each["verdict"] in ("PASS", "FAIL", "MIXED")]
    card = scorecard.run({name: makers[name]() for name in names}, [row], n_seeds=1, rng=0)
    effects = [card.scores[name, row.id].effect for name in names]
    with rpe.plots.style(width=6.4, height=3.4):
        ax = rpe.plots.bars(names, effects, ylabel=row.effect)
        ax.tick_params(axis="x", rotation=90)
        ax.figure.set_layout_engine("constrained")
        ax.set_title(f"{row.id}: {row.title}")
    return ax.figure


def finding(name: str, folder: Path) -> list[str]:
    """The page of a finding: what was found and how it is judged, its figure, and which theories reproduce it."""
    row = scorecard.load(name)
    rows = [
        each for each in csv.DictReader(_VERDICTS.read_text(encoding="utf-8").splitlines()) if each["finding"] == name
    ]
    rows = [each for each in rows if each["theory"] in scorecard.roster()]
    facts = {"Published": row.published, "Paper": row.paper, "Checked": row.status}
    lines = headed(f"{name} {row.title}", "=")
    lines += [line for title, text in facts.items() if text for line in (f"**{title}.** {plain(text)}", "")]
    lines += ["**Criterion**", "", ".. code-block:: text", "", f"   {row.criterion}", ""]
    chosen, drawn = _drawn(name, rows)
    lines += picture(drawn if drawn.axes else _effects(name, rows), folder / f"{name}.png")
    lines += [f"*{plain(chosen)}* is drawn above." if drawn.axes else "The size of the effect, by theory.", ""]
    lines += headed("Who reproduces it", "-")
    for verdict, word in _WORDS.items():
        names = [f"{_linked(each['theory'])}{_surprise(each)}" for each in rows if each["verdict"] == verdict]
        lines += [f"- {word} ({len(names)}): {'; '.join(names)}"] if names else []
    lines += [f"- does not apply: {sum(each['verdict'] == 'N.A.' for each in rows)}"]
    run = f"rpe scorecard --finding {name} --out results"
    lines += ["", *headed("How to run it", "-"), ".. code-block:: sh", "", f"   {run}", "", *headed("Source", "-")]
    return [*lines, *_functions(row), ""]


def _linked(theory: str) -> str:
    return f":doc:`{plain(theory)} <../theories/{type(scorecard.roster()[theory]()).__name__}>`"


def _surprise(row: dict[str, str]) -> str:
    return f" (expected: {row['expected']})" if row["expected"] not in ("", row["verdict"]) else ""


def _functions(row: scorecard.Finding) -> list[str]:
    """The functions of a finding that its module defines, with links to their source."""
    parts = [each for each in (row.schedules, row.ask, row.read, row.holds) if each is not None]
    named = [each for each in parts if getattr(import_module(each.__module__), each.__name__, None) is each]
    # Findings that share a protocol would describe one object twice.
    about = [(f".. autofunction:: {each.__module__}.{each.__name__}", "   :no-index:", "") for each in named]
    return [line for lines in about for line in lines]


def index(folder: Path) -> None:
    """Write the pages that list the others."""
    names = experiments.names()
    entries = [f"   {name}" for name in names]
    rows = [f"- :doc:`{name}`: {plain(experiments.describe(name))}" for name in names]
    text = [*headed("Experiments", "="), f"{len(names)} questions, each answered by ``rpe run NAME``.", "", *rows, ""]
    text += [".. toctree::", "   :hidden:", "", *entries, ""]
    (folder / "experiments" / "index.rst").write_text("\n".join(text), encoding="utf-8")
    ids = scorecard.finding_ids()
    text = headed("Findings", "=")
    text += [
        f"{len(ids)} published findings, each with a protocol and a criterion that were fixed before any theory was"
    ]
    text += ["run. :doc:`../theories/index` lists the theories that they are put to.", ""]
    for group, members in groupby(ids, key=lambda each: each[0]):
        listed = [f"- :doc:`{each}`" for each in members]
        text += [*headed(_GROUPS[group], "-"), *listed, ""]
    text += [".. toctree::", "   :hidden:", "", *(f"   {each}" for each in ids), ""]
    (folder / "findings" / "index.rst").write_text("\n".join(text), encoding="utf-8")


def main(folder: Path, part: int, of: int) -> None:
    """Write a part of the pages."""
    makers = {"experiments": (experiment, experiments.names()), "findings": (finding, scorecard.finding_ids())}
    for kind, (make, names) in makers.items():
        for name in names[part::of]:
            (folder / kind / f"{name}.rst").write_text("\n".join(make(name, folder / kind)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
