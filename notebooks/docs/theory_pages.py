"""Pages of theories: what each says, with its parameters, what it passes and fails, and its signal, as figure."""

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np

import rpe

_VERDICTS = Path(__file__).with_name("verdicts.csv")
_KINDS = {"A+": "first trial", "late": "last trial", "omitted": "reward left out"}


def write(folder: Path) -> None:
    """Write a page for each theory of the scorecard, and one that lists them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    rows = list(csv.DictReader(_VERDICTS.open(encoding="utf-8")))
    variants: dict[str, list[str]] = {}
    for name, make in rpe.scorecard.roster().items():
        variants.setdefault(type(make()).__name__, []).append(name)
    for cls, names in variants.items():
        (folder / f"{cls}.rst").write_text(_page(cls, names, rows, folder), encoding="utf-8")
    entries = "".join(f"   {cls}\n" for cls in variants)
    (folder / "index.rst").write_text(_INDEX + entries, encoding="utf-8")


_INDEX = """Theories
========

What each theory says, what it reproduces, and what its signal looks like. Two questions have pages of their own:
:doc:`../gallery/anccr_or_td` and :doc:`../gallery/what_is_a_ramp`.

.. toctree::
   :maxdepth: 1

"""


def _page(cls: str, names: list[str], rows: list[dict[str, str]], folder: Path) -> str:
    """One page: figure, docstring, verdicts of each variant, published sets."""
    first = rpe.scorecard.roster()[names[0]]()
    lines = [
        cls,
        "=" * len(cls),
        "",
        *_figure(cls, names, folder),
        f".. autoclass:: rpe.theories.{cls}",
        "   :no-index:",
        "",
    ]
    lines += ["What it passes and fails", "------------------------", ""]
    for name in names:
        lines += _verdicts(name, [row for row in rows if row["theory"] == name])
    sets = getattr(first, "published", dict)()
    if sets:
        lines += ["Published parameters", "--------------------", "", *(f"- {_plain(label)}" for label in sets), ""]
    return "\n".join(lines) + "\n"


def _verdicts(name: str, rows: list[dict[str, str]]) -> list[str]:
    """The verdicts of one variant, with those that differ from the expectation said so."""
    lines = [f"**{_plain(name)}**", ""]
    for verdict, word in (("PASS", "passes"), ("FAIL", "fails"), ("MIXED", "depends on the seed"), ("ERROR", "breaks")):
        found = [_told(row) for row in rows if row["verdict"] == verdict]
        if found:
            lines += [f"- {word} {len(found)}: {'; '.join(found)}"]
    applies = sum(row["verdict"] != "N.A." for row in rows)
    return [*lines, f"- does not apply: {len(rows) - applies}", ""]


def _told(row: dict[str, str]) -> str:
    title = rpe.scorecard.load(row["finding"]).title.split(":")[0]
    differs = row["expected"] not in ("", row["verdict"])
    return f"{row['finding']} {_plain(title)}" + (f" (expected: {row['expected']})" if differs else "")


def _plain(text: str) -> str:
    """Text whose signs are no marks."""
    return text.replace("*", r"\*").replace("|", r"\|").replace("`", r"\`").replace("_", r"\_")


def _schedule() -> Any:
    cue = {"A": (0.5, 1.5)}
    kinds = {
        "A+": rpe.schedules.Trial(cue, {1.5: 1.0}),
        "omitted": rpe.schedules.Trial(cue, due=1.5, learning=False),
    }
    return rpe.schedules.sequence(kinds, ["A+"] * 200 + ["omitted"], duration=2.5, gap=10.0)


def _figure(cls: str, names: list[str], folder: Path) -> list[str]:
    """The signal in delay conditioning: the first trial, the last, and one without the reward."""
    s = _schedule()
    delta = rpe.scorecard.roster()[names[0]]().learn(s, 0).delta.mean(axis=0)[[0, 199, 200]]
    if np.isnan(delta).mean() > 0.5:
        at = np.nanmax(np.where(np.isnan(delta), -np.inf, delta), axis=1)
        words = ", ".join(f"{kind} {x:.2f}" for kind, x in zip(_KINDS.values(), at, strict=True))
        return [f"One error a trial, in reward units, in delay conditioning: {words}.", ""]
    with rpe.plots.style(width=4.2, height=2.6):
        ax = rpe.plots.peri_event(delta, s.dt, cue=0.5, reward=1.5, labels=list(_KINDS.values()))
    shown = rpe.plots.picture(ax, dpi=130)
    (folder / f"{cls}.png").write_bytes(shown.png)
    return [f".. image:: {cls}.png", f"   :alt: {shown.alt}", "   :width: 460", ""]
