"""The table behind the verdicts on the pages of theories."""

import csv
import runpy
from pathlib import Path

import pytest

from rpe import scorecard, theories

SCRIPT = Path(__file__).parents[1] / "notebooks" / "docs" / "verdicts.py"


def test_the_script_writes_what_the_command_wrote(tmp_path, monkeypatch):
    write = runpy.run_path(str(SCRIPT))["write"]
    named = {"Rescorla-Wagner": theories.RescorlaWagner(), "Redish": theories.Redish()}
    card = scorecard.run(named, ["A01", "B15"], n_seeds=1, rng=0)
    folders = []
    for name in reversed(named):
        folders.append(tmp_path / name)
        scorecard.write(scorecard.run({name: named[name]}, ["A01", "B15"], n_seeds=1, rng=0), folders[-1])
    target = tmp_path / "verdicts.csv"
    with pytest.raises(ValueError, match="must hold all theories and findings; got none for"):
        write(*folders, target=target)
    monkeypatch.setattr(scorecard, "theories", lambda: tuple(named))
    monkeypatch.setattr(scorecard, "finding_ids", lambda: ("A01", "B15"))
    write(*folders, target=target)
    rows = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    told = {(row["theory"], row["finding"]): (row["verdict"], row["expected"], row["n_seeds"]) for row in rows}
    assert list(told) == [(theory, finding) for theory in named for finding in card.findings]
    assert told == {key: (score.verdict, score.expected, "1") for key, score in card.scores.items()}
    # What was run again counts.
    scorecard.write(scorecard.run({"Redish": named["Redish"]}, ["B15"], n_seeds=2, rng=1), tmp_path / "again")
    write(*folders, tmp_path / "again", target=target)
    lines = target.read_text(encoding="utf-8").splitlines()
    assert [line.rpartition(",")[2] for line in lines] == ["n_seeds", "1", "1", "1", "2"]
    monkeypatch.setattr(scorecard, "finding_ids", lambda: ("A01",))
    with pytest.raises(ValueError, match=r"that there are; got .*B15"):
        write(*folders, target=target)


def test_the_committed_table_is_of_a_finished_run_of_all_theories_and_findings():
    rows = list(csv.DictReader(SCRIPT.with_name("verdicts.csv").read_text(encoding="utf-8").splitlines()))
    every = [(theory, finding) for theory in scorecard.theories() for finding in scorecard.finding_ids()]
    assert [(row["theory"], row["finding"]) for row in rows] == every
    assert {row["n_seeds"] for row in rows} == {"10"}
    assert {row["verdict"] for row in rows} <= {"PASS", "FAIL", "MIXED", "N.A.", "ERROR"}
    assert [row["expected"] for row in rows] == [scorecard.expected(*pair) for pair in every]
