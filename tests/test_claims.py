"""The claims table: verdicts follow their rules, either way, and the files say so."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

import rpe
from rpe.claims import CLAIMS
from rpe.claims.claim import Facts
from rpe.cli import main
from rpe.experiments.tidy import tidy
from rpe.table import read

KINDS = ("supported", "depends on", "contradicted", "not testable here")


def facts(*rows):
    """Facts of a study: each row a quantity, its value, and its factors."""
    return Facts(tidy({**factors, "quantity": quantity, "value": value} for quantity, value, factors in rows))


@pytest.fixture(scope="module")
def table():
    return rpe.claims.run(size="quick")


def test_every_claim_of_the_two_lists_is_there():
    assert list(CLAIMS) == [f"B{i}" for i in range(1, 20)] + [f"D{i}" for i in range(1, 23)]
    for claim in CLAIMS.values():
        assert claim.experiment in ("", *rpe.experiments.names())
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
    assert judge(facts(("days to 95 %", 20.0, {"published_days": 66}))).verdict == "supported"
    assert judge(facts(("days to 95 %", 66.0, {"published_days": 66}))).verdict == "contradicted"
    judge = CLAIMS["D20"].judge
    assert judge(facts(("blocked over control", 0.1, {"account": "surge"}))).verdict == "supported"
    judge = CLAIMS["D16"].judge
    assert judge(facts(("effect of chance", 0.5, {"agent": "learner"}))).verdict == "supported"
    assert judge(facts(("effect of chance", -0.5, {"agent": "learner"}))).verdict == "contradicted"
    who = ("naive", "sophisticated", "exponential")
    up, down, both = (
        facts(
            *[
                ("largest change of completion", x, {"agent": name, "arm": "sub-deadlines"})
                for name, x in zip(who, changes, strict=True)
            ]
        )
        for changes in ((0.1, 0.1, 0.1), (-0.1, 0.0, -0.1), (0.1, 0.0, -0.1))
    )
    judge = CLAIMS["B7"].judge
    assert [judge(each).verdict for each in (up, down, both)] == ["supported", "contradicted", "depends on foresight"]
    judge = CLAIMS["D5"].judge
    columns = {"quantity": ["deviation", "mean"], "part": ["uncertain"] * 2}
    assert judge(Facts({**columns, "value": [0.3, 0.1]})).verdict == "supported"
    assert judge(Facts({**columns, "value": [0.3, 0.0]})).verdict.startswith("depends on chance")
    assert judge(Facts({**columns, "value": [0.0, 0.0]})).verdict == "contradicted"


def test_facts_must_be_clear():
    found = facts(("x", 1.0, {"arm": "a"}), ("x", 2.0, {"arm": "b"}), ("x", 3.0, {}))
    assert found.value("x", arm="b") == 2.0
    assert found.value("x", arm=None) == 3.0
    assert found.by("arm", "x") == {"a": 1.0, "b": 2.0, "": 3.0}
    assert found.values("value", arm="a") == [1.0]
    with pytest.raises(KeyError, match="it is in 3"):
        found.value("x")
    with pytest.raises(KeyError, match="it is in 0"):
        found.value("y")
    with pytest.raises(KeyError, match="no column 'place'; there are arm, quantity, value"):
        found.value("x", place="a")
    with pytest.raises(KeyError, match="one row for each quantity"):
        found.by("quantity", "x")


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
    back = read(tmp_path / "claims.csv")
    assert list(back)[:5] == ["claim", "verdict", "number", "experiment", "source"]
    np.testing.assert_equal(dict(back), dict(table.table))
    assert back.about == table.table.about
    assert (back.about["counts"], back.about["size"]) == (table.counts(), "quick")
    assert dict(zip(back["id"], back["verdict"], strict=True)) == {n: j.verdict for n, j in table.judged.items()}


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
