"""Runs of the scorecard that are written cell by cell, resumed after a kill, and given findings in files."""

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from rpe import cli, plots, scorecard, theories
from rpe.scorecard.cells import CellFile

OWN = """
from rpe import schedules
from rpe.scorecard import Finding

FINDING = Finding(
    id="X01",
    title="A cue is worth something",
    schedules=lambda rng: {"main": schedules.design("A+ x20", rng=rng)},
    read=lambda readings: {"value": float(readings["main"].value("A+", part="last").max())},
    holds=lambda x: x["value"] > 0.5,
    effect="value",
)
"""
TWO = {"RW": theories.RescorlaWagner(), "PH": theories.PearceHall()}


class Killed(BaseException):
    """What ends a run as a signal does: nothing may catch it."""


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "whole.jsonl"
    card = scorecard.run(TWO, ["B15", "E08"], n_seeds=2, rng=3, out=path)
    return path, card


def test_a_run_that_was_killed_goes_on_to_the_same_bytes(whole, tmp_path, monkeypatch):
    path, card = whole
    out, add, done = tmp_path / "killed.jsonl", CellFile.add, []

    def dies(self, key, found):
        add(self, key, found)
        done.append(key)
        if len(done) == 2:
            raise Killed

    monkeypatch.setattr(CellFile, "add", dies)
    with pytest.raises(Killed):
        scorecard.run(TWO, ["B15", "E08"], n_seeds=2, rng=3, out=out)
    # The kill came in the middle of a line.
    out.write_text(out.read_text() + '["E08", 12')
    again = []
    monkeypatch.setattr(CellFile, "add", lambda self, key, found: (again.append(key), add(self, key, found))[1])
    resumed = scorecard.run(TWO, ["B15", "E08"], n_seeds=2, rng=3, out=out)
    assert out.read_bytes() == path.read_bytes()
    assert len(again) == 2
    assert not set(again) & set(done)
    assert str(resumed) == str(card)
    assert resumed.numbers["mean"].tolist() == card.numbers["mean"].tolist()


def test_cells_are_on_disk_before_the_run_ends(tmp_path, monkeypatch):
    out, seen = tmp_path / "cells.jsonl", []
    add = CellFile.add
    monkeypatch.setattr(
        CellFile, "add", lambda self, *what: (add(self, *what), seen.append(len(out.read_text().splitlines())))[0]
    )
    scorecard.run(TWO, ["E08"], n_seeds=2, rng=0, out=out)
    assert seen == [2, 3]


@pytest.mark.parametrize("other", [{"rng": 4}, {"theories": {"RW": theories.RescorlaWagner(learning_rate=0.2)}}])
def test_cells_of_another_run_are_refused(whole, other):
    path, _ = whole
    before = path.read_bytes()
    settings = {"theories": TWO, "findings": ["B15", "E08"], "n_seeds": 2, "rng": 3, **other}
    with pytest.raises(ValueError, match="out must be a new file"):
        scorecard.run(out=path, **settings)
    assert path.read_bytes() == before


def test_not_a_number_comes_back(tmp_path):
    path = tmp_path / "cells.jsonl"
    CellFile(path, {}).add(("A01", 2**63), {("TD", "default"): {"x": float("nan")}, ("RW", "default"): "Broken: why"})
    found = CellFile(path, {}).known["A01", 2**63]
    assert np.isnan(found["TD", "default"]["x"])
    assert found["RW", "default"] == "Broken: why"


def test_a_finding_of_ones_own_is_one_file(tmp_path, capsys):
    path, out = tmp_path / "worth.py", tmp_path / "out"
    path.write_text(OWN)
    command = ["scorecard", "--finding", str(path), "--finding", "E08", "--seeds", "1", "--out", str(out)]
    command += ["--theory", "Rescorla-Wagner", "--theory", "OpAL*"]
    assert cli.main([*command, "--jobs", "2"]) == 0
    printed = capsys.readouterr().out
    assert "X01" in printed
    assert "Findings that tell these theories apart, in bits: E08 1.00, X01 0.00" in printed
    assert "most apart: Rescorla-Wagner and OpAL*, on 50%" in printed
    first = json.loads(Path(out, "scorecard_cells.jsonl").read_text().splitlines()[0])
    assert first["run"]["findings"]["X01"]["title"] == "A cue is worth something"
    with pytest.raises(SystemExit):
        cli.main([*command, "--seed", "5", "--jobs", "1"])
    assert "hold cells of the same run" in capsys.readouterr().err


def test_a_file_without_a_finding_is_said_so(tmp_path, capsys):
    path = tmp_path / "empty.py"
    path.write_text("x = 1\n")
    with pytest.raises(SystemExit):
        cli.main(["scorecard", "--finding", str(path)])
    assert "must define FINDING" in capsys.readouterr().err


def test_distances_are_those_of_pairs():
    card = scorecard.run(TWO, ["B15", "E08"], n_seeds=1, rng=0)
    assert card.distances.n_rows == 1
    assert card.distances["distance"][0] == card.distance("RW", "PH")


def _card(theories_, findings):
    rng = np.random.default_rng(0)
    verdicts = ("PASS", "FAIL", "MIXED", "N.A.", "ERROR")
    scores = {
        (theory, row): scorecard.Score(verdicts[rng.integers(5)], 0.0, 0, 1, {}, expected=["", "PASS"][rng.integers(2)])
        for theory in theories_
        for row in findings
    }
    facts = {row: scorecard.load(row).facts for row in findings}
    return scorecard.Scorecard(tuple(theories_), tuple(findings), scores, 0, facts)


@pytest.mark.parametrize("n", [(18, 12), (3, 3), (1, 1)])
def test_the_figure_is_legible_and_nothing_covers_anything(n):
    drawn = scorecard.figure(_card(scorecard.theories()[: n[0]], scorecard.finding_ids()[: n[1]]))
    FigureCanvasAgg(drawn).draw()
    ax = drawn.axes[0]
    texts = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label]
    assert min(text.get_fontsize() for text in texts) >= 6.0
    # An annotation's own box has its arrow; only its text counts.
    boxes = np.array([Text.get_window_extent(text).extents for text in texts])
    assert boxes[:, :2].min() > -2
    assert (boxes[:, 2:].max(axis=0) < np.array(drawn.bbox.size) + 2).all()
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    # Boxes have room above and below their letters: a quarter of the size may overlap.
    inside = (high - low > 0.25 * 6 / 72 * drawn.dpi).all(axis=2)
    np.fill_diagonal(inside, False)
    assert [texts[i].get_text() for i in np.unique(np.argwhere(inside))] == []


def test_61_findings_by_34_theories_are_160_mm_wide():
    titles = [f"{row} {'x' * 38}" for row in scorecard.finding_ids()]
    assert plots.overview_size(titles, scorecard.theories()[:34], ["A"] * len(titles), 6.0)[0] * 25.4 <= 160


def test_the_figure_sorts_and_counts():
    rows, names = ("A01", "A02", "B01"), ("RW", "TD")
    passes = {("TD", "A02"), ("RW", "A02"), ("TD", "B01")}
    scores = {
        (theory, row): scorecard.Score("PASS" if (theory, row) in passes else "FAIL", 0.0, 0, 1, {})
        for theory in names
        for row in rows
    }
    card = scorecard.Scorecard(names, rows, scores, 0, {row: scorecard.load(row).facts for row in rows})
    ax = scorecard.figure(card).axes[0]
    assert [text.get_text()[:3] for text in ax.get_yticklabels()] == ["A02", "A01", "B01"]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["TD", "RW"]
    assert [text.get_text() for text in ax.texts if "/" in text.get_text()] == ["2/2", "0/2", "1/2", "2/3", "1/3"]
