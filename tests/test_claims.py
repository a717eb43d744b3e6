"""The claims table: verdicts follow their rules, either way, and the files say so."""

import csv
import json
import math
import re
from pathlib import Path

import pytest

import rpe
from rpe.claims import CLAIMS
from rpe.claims.claim import Facts
from rpe.cli import main

KINDS = ("supported", "depends on", "contradicted", "not testable here")


def study(**numbers):
    """A tidy table of a study: condition__quantity=value, with spaces for underscores."""
    rows = [(*key.split("__"), value) for key, value in numbers.items()]
    names = ("condition", "quantity", "value")
    columns = zip(*[(c.replace("_", " "), q.replace("_", " "), v) for c, q, v in rows], strict=True)
    return Facts(dict(zip(names, map(list, columns), strict=True)))


@pytest.fixture(scope="module")
def table():
    return rpe.claims.run(size="quick")


def test_every_claim_of_the_two_lists_is_there():
    assert list(CLAIMS) == [f"B{i}" for i in range(1, 20)] + [f"D{i}" for i in range(1, 23)]
    for claim in CLAIMS.values():
        assert claim.experiment in ("", *rpe.experiments.NAMES)
        assert claim.source
        assert claim.rule


def test_readme_says_what_was_computed(table):
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([BD]\d+) \| (.+) \| (.+) \|$", text, flags=re.MULTILINE)
    assert len(rows) >= 10
    for name, claim, verdict in rows:
        assert (claim, verdict) == (CLAIMS[name].text, table.judged[name].verdict)
    numbers = ("zero", "one", "two", *["?"] * 5, "eight", *["?"] * 6, "fifteen", "sixteen", "seventeen")
    said = re.search(r"seed 0 (\w+) is supported, (\w+) depend .*?, (\w+) are contradicted, and (\w+)", text, re.DOTALL)
    assert [numbers.index(word) for word in said.groups()] == list(table.counts().values())


def test_all_are_judged(table):
    assert set(table.judged) == set(CLAIMS)
    for name, each in table.judged.items():
        assert each.verdict.startswith(KINDS), name
        assert math.isnan(each.number) == (each.verdict == "not testable here"), name
        assert (CLAIMS[name].experiment == "") == (each.verdict == "not testable here")
    assert sum(table.counts().values()) == len(CLAIMS)


def test_what_follows_from_equations(table):
    verdicts = {name: each.verdict for name, each in table.judged.items()}
    assert verdicts["B1"] == verdicts["D2"] == verdicts["D4"] == "contradicted"  # expected wins bring no error
    assert verdicts["D10"] == "supported"
    assert verdicts["B13"] == "contradicted"  # 66 days are more than 28
    assert verdicts["B3"].startswith("depends on")
    assert verdicts["D20"] == "contradicted"  # a surge cannot be blocked


def test_verdicts_can_come_out_either_way():
    judge = CLAIMS["B13"].judge
    assert judge(study(**{"66_days__days_to_95": 20.0})).verdict == "supported"
    assert judge(study(**{"66_days__days_to_95": 66.0})).verdict == "contradicted"
    judge = CLAIMS["D20"].judge
    assert judge(study(**{"blocking,_surge__ratio": 0.1})).verdict == "supported"
    judge = CLAIMS["D16"].judge
    assert judge(study(learners__effect_of_chance=0.5)).verdict == "supported"
    assert judge(study(learners__effect_of_chance=-0.5)).verdict == "contradicted"
    who = ("naive", "sophisticated", "exponential")
    up, down, both = (
        study(**{f"{name}__change_by_deadlines": x for name, x in zip(who, changes, strict=True)})
        for changes in ((0.1, 0.1, 0.1), (-0.1, 0.0, -0.1), (0.1, 0.0, -0.1))
    )
    judge = CLAIMS["B7"].judge
    assert [judge(each).verdict for each in (up, down, both)] == ["supported", "contradicted", "depends on foresight"]
    judge = CLAIMS["D5"].judge
    columns = {"quantity": ["deviation", "mean"], "part": ["uncertain"] * 2}
    assert judge(Facts({**columns, "value": [0.3, 0.1]})).verdict == "supported"
    assert judge(Facts({**columns, "value": [0.3, 0.0]})).verdict.startswith("depends on luck")
    assert judge(Facts({**columns, "value": [0.0, 0.0]})).verdict == "contradicted"


def test_facts_must_be_clear():
    facts = study(a__x=1.0, b__x=2.0)
    assert facts.number("x", condition="b") == 2.0
    with pytest.raises(KeyError, match="it is in 2"):
        facts.number("x")
    with pytest.raises(KeyError, match="it is in 0"):
        facts.number("y")


def test_files(table, tmp_path):
    written = rpe.claims.write(table, tmp_path)
    assert [path.name for path in written] == [
        "claims.csv",
        "claims.json",
        "claims.png",
        "claims.svg",
        "claims.html",
    ]
    html = written[-1].read_text(encoding="utf-8")
    assert html.count("<dt>") == len(table.judged)
    assert html.count("<img alt=") == len(table.reports)
    for name, found in table.judged.items():
        assert f"<dt>{name} " in html
        assert found.verdict in html
    with (tmp_path / "claims.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:5] == ["claim", "verdict", "number", "experiment", "source"]
    assert len(rows) == len(CLAIMS)
    content = json.loads((tmp_path / "claims.json").read_text(encoding="utf-8"))
    assert content["counts"] == table.counts()
    assert {row["id"]: row["verdict"] for row in content["claims"]} == {n: j.verdict for n, j in table.judged.items()}


def test_command(capsys, tmp_path):
    assert main(["claims", "--quick", "--claim", "B13", "--claim", "D3", "--jobs", "1", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "B13" in said
    assert "contradicted" in said
    assert (tmp_path / "claims.csv").exists()
    with pytest.raises(SystemExit):
        main(["claims", "--claim", "B99"])
    assert "--claim must be one of B1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "match"),
    [({"claims": ["X"]}, "claim must be"), ({"size": "tiny"}, "size must be"), ({"n_jobs": 0}, "n_jobs")],
)
def test_bad_input(options, match):
    with pytest.raises(ValueError, match=match):
        rpe.claims.run(**options)
