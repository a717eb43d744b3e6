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


def fact(quantity, value, **factors):
    return {**factors, "quantity": quantity, "value": value}


def wins(error, n_wins=10):
    where = {"part": "certain", "n_wins": n_wins, "trace_decay": 0.0}
    return fact("largest later error, last trial", error, **where)


def by(quantity, factor, values, **where):
    """One fact for each level of a factor."""
    return [fact(quantity, x, **where, **{factor: level}) for level, x in values.items()]


def tired(one, micro):
    return [
        fact("fatigue at work", x, arm=arm, paid_at=when, coupling=0.0)
        for when in ("once", "the deadline")
        for arm, x in (("one goal", one), ("micro wins", micro))
    ]


def goals(index, free):
    where = {"discounting": "hyperbolic", "switching": "with overhead"}
    best = fact("best number of goals", free, discounting="hyperbolic", switching="free")
    return [*by("procrastination index", "n_goals", index, **where), best]


def layouts(quantity, values):
    return by(quantity, "layout", values, part="layout", discounting="hyperbolic")


def rates(one, micro):
    part = {"part": "discount rate"}
    return [
        {**part, "arm": arm, "value": 0.01 * (i + 1), "procrastination_index": x}
        for arm, index in (("one goal", one), ("equal pay", micro))
        for i, x in enumerate(index)
    ]


def random_tasks(*effects):
    where = {"part": "random task", "arm": "equal present value", "discounting": "exponential"}
    return [{**where, "effect": x} for x in effects]


def welfare(one, micro):
    where = {"part": "core", "discounting": "hyperbolic", "agent": "naive"}
    return [{**where, "arm": arm, "welfare": x} for arm, x in (("one goal", one), ("equal pay", micro))]


def promise(easier, bound):
    return [
        fact("change", -easier, agent="naive", promise=1, waived=1.0),
        fact("change by binding", -bound, agent="naive", promise=5, waived=0.0),
    ]


def ramp(unseen, seen):
    plain = {"theory": "TD(0)"}
    return [
        fact("slope, progress unseen (per s)", unseen, **plain),
        fact("slope, progress seen (per s)", seen, **plain),
        fact("slope, progress seen (per s)", seen, theory="value itself"),
    ]


def uncertain(mean, deviation=0.3):
    return [fact("mean", mean, part="uncertain"), fact("deviation", deviation, part="uncertain")]


def kappa(wanted, liked, reproduced=(1.0, 1.0)):
    found = [
        fact("reproduced", x, rule=rule, finding=finding)
        for rule, x in zip(("multiplicative", "additive"), reproduced, strict=True)
        for finding in ("salt cue", "amphetamine")
    ]
    ends = (1.0, 8.0)
    return [
        *found,
        *by("wanting", "kappa", dict(zip(ends, wanted, strict=True))),
        *by("liking", "kappa", dict(zip(ends, liked, strict=True))),
    ]


def receptors(d1, d2):
    return [
        fact("share effortful", 0.5 + change * (density > 1), receptor=kind, density=density)
        for kind, change in (("D1", d1), ("D2", d2))
        for density in (0.7, 1.3)
    ]


def far(late, near, patient):
    agent = {"discounting": "hyperbolic", "foresight": "naive", "effort": "as reward"}
    index = "procrastination index"
    return [
        fact(index, late, **agent, arm="one goal"),
        fact(index, near, **agent, arm="micro wins"),
        fact(index, patient, discounting="none", foresight="naive", effort="as reward", arm="one goal"),
    ]


def devalued(habit, plain):
    return [
        *by("drop", "n_choices", {5: 0.0, 640: habit}, agent="habit"),
        *by("drop", "n_choices", {5: 0.0, 640: plain}, agent="no habit"),
    ]


def dips(*errors):
    return by("omission: lowest error", "representation", dict(zip("abc", errors, strict=False)))


YES, NO, DEPENDS = "supported", "contradicted", "depends on"
CHANGES, GROWTH, TIME = "largest change of completion", "earlier start over trials", "change of time"
RULES = {
    "B1": [(YES, [wins(0.2)]), (NO, [wins(0.01)])],
    "B2": [
        (YES, by(GROWTH, "mechanism", {"none": 0.1, "habit": 0.1}, arm="micro wins")),
        (DEPENDS, by(GROWTH, "mechanism", {"none": 0.0, "habit": 0.1}, arm="micro wins")),
        (NO, by(GROWTH, "mechanism", {"none": 0.0, "habit": -0.1}, arm="micro wins")),
    ],
    "B3": [
        (YES, rates([0.7, 0.8], [0.2, 0.3])),
        (DEPENDS, rates([0.7, 0.8], [0.2, 0.8])),
        (NO, rates([0.7, 0.8], [0.7, 0.9])),
    ],
    "B4": [
        (YES, goals({1: 0.7, 20: 0.2}, 20)),
        (DEPENDS, goals({1: 0.7, 5: 0.2, 20: 0.8}, 20)),
        (NO, goals({1: 0.7, 5: 0.2, 20: 0.8}, 5)),
    ],
    "B5": [(YES, random_tasks(0.0, 0.2)), (DEPENDS, random_tasks(-0.2, 0.2)), (NO, random_tasks(-0.2, 0.0))],
    "B6": [
        (YES, [fact("change after sub-goals (exact)", 0.0, mechanism="none", arm="micro wins")]),
        (NO, [fact("change after sub-goals (exact)", -0.3, mechanism="none", arm="micro wins")]),
    ],
    "B7": [
        (YES, by(CHANGES, "agent", {"naive": 0.1, "exponential": 0.1}, arm="sub-deadlines")),
        (DEPENDS, by(CHANGES, "agent", {"naive": 0.1, "exponential": -0.1}, arm="sub-deadlines")),
        (NO, by(CHANGES, "agent", {"naive": 0.0, "exponential": -0.1}, arm="sub-deadlines")),
    ],
    "B8": [
        (YES, layouts("completion probability", {"one goal": 1.0, "all early": 1.0})),
        (NO, layouts("completion probability", {"one goal": 1.0, "all early": 0.3})),
    ],
    "B9": [
        (YES, by("procrastination index", "effort", {"more": 0.5, "less": 0.5}, arm="one goal")),
        (NO, by("procrastination index", "effort", {"more": 0.7, "less": 0.5}, arm="one goal")),
    ],
    "B10": [
        (YES, by("effect size", "pay", {"completion": 0.2, "feedback": 0.3})),
        (DEPENDS, by("effect size", "pay", {"completion": -0.2, "feedback": 0.3})),
        (NO, by("effect size", "pay", {"completion": -0.2, "feedback": 0.0})),
    ],
    "B11": [(YES, tired(3.0, 1.0)), (NO, tired(3.0, 3.0))],
    "B12": [(YES, promise(0.3, 0.2)), (DEPENDS, promise(0.3, 0.0)), (NO, promise(0.0, 0.0))],
    "B13": [
        (YES, [fact("days to 95 %", 20, published_days=66)]),
        (NO, [fact("days to 95 %", 66, published_days=66)]),
    ],
    "B15": [
        (YES, by(TIME, "gradient", {"fitted": -0.2, "strong": -0.3})),
        (DEPENDS, by(TIME, "gradient", {"fitted": 0.0, "strong": -0.3})),
        (NO, by(TIME, "gradient", {"fitted": 0.0, "strong": 0.0})),
    ],
    "B16": [
        (
            verdict,
            [f for arm in ("one goal", "micro wins") for f in by("completion probability", "tick", done, arm=arm)],
        )
        for verdict, done in ((YES, {0.0: 1.0, 5.0: 1.0}), (NO, {0.0: 1.0, 5.0: 0.4}))
    ],
    "B17": [
        (YES, layouts("procrastination index", {"one goal": 0.7, "even": 0.2, "all late": 0.5})),
        (NO, layouts("procrastination index", {"one goal": 0.7, "even": 0.2, "all late": 0.8})),
    ],
    "B18": [(YES, welfare(100.0, 150.0)), (NO, welfare(149.0, 150.0))],
    "D1": [(YES, ramp(0.1, 0.1)), (DEPENDS, ramp(0.0, 0.1)), (NO, ramp(0.0, 0.0))],
    "D2": [(YES, [wins(0.2, 1)]), (NO, [wins(0.0, 1)])],
    "D4": [
        (YES, [wins(0.2), *uncertain(0.0)]),
        (YES, [wins(0.0), *uncertain(0.1)]),
        (NO, [wins(0.0), *uncertain(0.0)]),
    ],
    "D5": [(YES, uncertain(0.1)), ("depends on chance", uncertain(0.0)), (NO, uncertain(0.0, 0.0))],
    "D6": [
        (YES, by("growth per dose", "account", {"no drug effect": 0.1, "surge": 0.1})),
        (DEPENDS, by("growth per dose", "account", {"no drug effect": 0.0, "surge": 0.1})),
        (NO, by("growth per dose", "account", {"no drug effect": 0.0, "surge": 0.0})),
    ],
    "D7": [
        (YES, kappa((1.0, 8.0), (1.0, 1.0))),
        (DEPENDS, kappa((1.0, 8.0), (1.0, 1.0), (0.0, 0.0))),
        (NO, kappa((1.0, 8.0), (1.0, 8.0))),
    ],
    "D8": [(YES, kappa((1.0, 8.0), (1.0, 2.0))), (NO, kappa((1.0, 8.0), (1.0, 1.0)))],
    "D9": [(YES, dips(-0.5, 0.0)), (NO, dips(-0.5, -0.3))],
    "D10": [(YES, dips(-0.5, -0.3)), (NO, dips(-0.5, 0.0))],
    "D12": [(YES, receptors(0.2, 0.2)), (DEPENDS, receptors(0.2, -0.2)), (NO, receptors(-0.2, -0.2))],
    "D15": [(YES, far(0.7, 0.2, 0.7)), (DEPENDS, far(0.7, 0.2, 0.2)), (NO, far(0.7, 0.7, 0.2))],
    "D16": [
        (YES, [fact("effect of chance", 0.5, agent="learner")]),
        (NO, [fact("effect of chance", -0.5, agent="learner")]),
    ],
    "D17": [(DEPENDS, devalued(0.1, 0.8)), (NO, devalued(0.8, 0.8))],
    "D18": [(YES, by("effect size", "pay", {"engagement": 0.3})), (NO, by("effect size", "pay", {"engagement": -0.3}))],
    "D20": [
        (YES, [fact("blocked over control", 0.1, account="surge")]),
        (NO, [fact("blocked over control", 0.9, account="surge")]),
    ],
    "D21": [(YES, tired(3.0, 1.0)), (NO, tired(3.0, 3.0))],
}


@pytest.mark.parametrize("name", [name for name, claim in CLAIMS.items() if claim.experiment])
def test_every_rule_can_come_out_either_way(name):
    verdicts = [(wanted, CLAIMS[name].judge(Facts(tidy(rows)))) for wanted, rows in RULES[name]]
    for wanted, found in verdicts:
        assert found.verdict.startswith(wanted), (wanted, found)
        assert math.isfinite(found.number)
    assert len({found.verdict for _, found in verdicts}) > 1


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
    assert list(back)[:8] == ["claim", "verdict", "share", "low", "high", "depends_on", "experiment", "source"]
    judged = np.isfinite(back["share"])
    assert {"B2", "B3", "B7"} <= set(back["id"][judged])
    assert (back["low"] <= back["share"])[judged].all()
    assert (back["share"] <= back["high"])[judged].all()
    some = (back["share"] > 0) & (back["share"] < 1)
    np.testing.assert_array_equal(back["depends_on"][judged] != "", some[judged])
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
