"""The claims table: verdicts follow their rules, either way, and the files say so."""

import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from practice_facts import RULES as PRACTICE
from story_facts import RULES as STORY

import rpe
from rpe._kept import keeping
from rpe.claims import CLAIMS
from rpe.claims.claim import Facts, kind, over
from rpe.cli import main
from rpe.experiments.tidy import tidy
from rpe.table import read

KINDS = ("holds in these models", "depends on", "fails in these models", "built in", "not testable here")
COLUMNS = [
    *("claim", "verdict", "share", "low", "high", "depends_on", "studies", "built_in", "experiment", "source"),
    *("id", "holds", "settings", "reversed", "number", "meaning", "rule"),
]


def facts(*rows):
    """Facts of a study: each row a quantity, its value, and its factors."""
    return Facts(tidy({**factors, "quantity": quantity, "value": value} for quantity, value, factors in rows))


@pytest.fixture(scope="module")
def judge(computed):
    """`rpe.claims.run` in this process, on results that other tests may have computed already."""
    known = sys.modules["rpe.claims.run"]
    alone = known._result

    def found(name, size, rng, n_jobs):
        return alone(name, size, rng, n_jobs) if name == "scorecard" else computed(name, size)

    def judge(claims=None, size="default"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(known, "_result", found)
            return rpe.claims.run(claims, size=size)

    return judge


@pytest.fixture(scope="module")
def table(judge, tmp_path_factory):
    # What experiments find is kept until all are done, and so must be of a kind that can be.
    with keeping(tmp_path_factory.mktemp("kept"), "claims", {}):
        return judge(size="quick")


def test_every_claim_of_the_two_lists_is_there():
    sizes = {"B": 19, "D": 22, "S": 17, "P": 4}
    assert list(CLAIMS) == [f"{letter}{i}" for letter, n in sizes.items() for i in range(1, n + 1)]
    for claim in CLAIMS.values():
        assert set(claim.experiments) <= {"scorecard", *rpe.experiments.names()}
        assert claim.source
        assert claim.rule


def test_studies_say_how_good_they_are():
    """What studies found carries its grade; where nothing was found, that is said, and nothing else is claimed."""
    for name, claim in CLAIMS.items():
        graded = re.findall(r"\[(verified|provisional)", claim.studies)
        silent = re.search(r"\b(no|nobody|none|nearly every|not evidence|see the claims)\b", claim.studies)
        assert graded or silent, name
        assert not re.search(r"Ariely|Wertenbroch", claim.studies + claim.source), name


def guide():
    """Claim, verdict and share of each row of the guide's table, by the claim's id; and its counts."""
    text = (Path(__file__).parents[1] / "notebooks" / "docs" / "guide" / "claims.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([BDSP]\d+) \| (.+?) \| (.+?) \| (.+?) \|$", text, flags=re.MULTILINE)
    pattern = r"(\d+) hold, (\d+) depend .*?, (\d+) fail, (\d+) (?:are|is) built\s+in,\s+and (\d+)"
    counts = re.search(pattern, text, re.DOTALL)
    return {name: rest for name, *rest in rows}, [int(n) for n in counts.groups()]


def same_row(row, name, found):
    part = found.share
    share = "–" if part is None else f"{part.share:.0%} ({part.low:.0%} to {part.high:.0%})"
    return row == [CLAIMS[name].text, found.verdict, share]


def test_the_guide_agrees_with_the_quick_run(table):
    """The guide has the default run: of the same kind as the quick one, with intervals that overlap."""
    rows, counts = guide()
    assert len(rows) >= 10
    for name, (claim, verdict, share) in rows.items():
        found = table.judged[name]
        assert (claim, kind(verdict)) == (CLAIMS[name].text, kind(found.verdict))
        ends = [float(n) / 100 for n in re.findall(r"(\d+)%", share)[1:]]
        assert (found.share is None) == (ends == []), name
        assert found.share is None or (found.share.low <= ends[1] + 0.005 and ends[0] <= found.share.high + 0.005), name
    assert sum(counts) == len(CLAIMS)
    assert counts[3:] == list(table.counts().values())[3:]  # what is built in or not testable does not turn with size


def test_the_guide_says_what_the_default_run_computes(judge):
    """To the digit, for the claims whose experiments take a second."""
    rows, _ = guide()
    names = ["B12", "D6", "D13", "D20"]
    for name, found in judge(names).judged.items():
        assert same_row(rows[name], name, found), (name, rows[name], found)


@pytest.mark.slow
def test_the_guide_says_what_the_whole_default_run_computes(judge):
    """To the digit, for all rows whose experiments take less than a minute together."""
    rows, _ = guide()
    names = [name for name in rows if name in ("B8", "B4", "B13", "D16")]
    for name, found in judge(names).judged.items():
        assert same_row(rows[name], name, found), (name, rows[name], found)


def test_all_are_judged(table):
    assert set(table.judged) == set(CLAIMS)
    for name, each in table.judged.items():
        assert each.verdict.startswith(KINDS), name
        assert math.isnan(each.number) == (each.verdict == "not testable here"), name
        assert (each.share is None) == (each.verdict in ("built in", "not testable here")), name
        if each.share is not None:
            assert each.share.low <= each.share.share <= each.share.high, name
            assert each.share.n > 1, name
    assert sum(table.counts().values()) == len(CLAIMS)


def test_what_follows_from_equations(table):
    found = table.judged
    # Theories disagree on expected wins, so that no single one decides.
    assert all(found[name].verdict.startswith("depends on the theory") for name in ("B1", "D2", "D4"))
    assert found["D6"].verdict == "fails in these models"  # nothing here grows exponentially
    assert found["D10"].share.share > 0.7  # most theories dip, by the criterion of the scorecard's row A02
    assert found["B3"].verdict.startswith("depends on")
    assert found["D8"].verdict == found["B13"].verdict == "built in"


def fact(quantity, value, **factors):
    return {**factors, "quantity": quantity, "value": value}


def by(quantity, factor, values, **where):
    """One fact for each level of a factor."""
    return [fact(quantity, x, **where, **{factor: level}) for level, x in values.items()]


def wins(*errors, quantities=("least", "last", "mean", "paid"), probability=1.0):
    """Late errors at wins of one theory each."""
    return [
        fact(quantity, x, part="theories", theory=theory, cues="start", n_wins=5.0, probability=probability)
        for theory, error in zip(("TD(0)", "value decay"), errors, strict=True)
        for quantity, x in [*((q, error) for q in quantities), ("standard error", 0.0)]
    ]


def released(*rises, probability=1.0, first=(1.0, 1.0), theories=("TD(0)", "value decay")):
    """Rises of dopamine in tonic levels, of one theory each, at practised wins and at first ones."""
    where = {"part": "family", "region": "accumbens", "synchrony": 0.3, "scale": "budget", "sizes": "equal"}
    where |= {"learning_rate": 0.1, "discount": 0.9, "control": "none", "n_wins": 5, "probability": probability}
    stages = [(event, stage) for event in ("win", "goal", "cue") for stage in ("first", "practised")]
    return [
        {
            **where,
            "theory": theory,
            "event": event,
            "practice": stage,
            "tonic_nM": 60.0,
            "rise_nM": 60 * x,
            "area_nM_s": x,
        }
        for theory, rise, early in zip(theories, rises, first, strict=True)
        for event, stage in [*stages, ("omission", "practised")]
        for x in [0.0 if event == "omission" else rise if stage == "practised" else early]
    ]


def read_twice(errors, nanomolar, probability=1.0):
    return wins(*errors, probability=probability), released(*nanomolar, probability=probability)


def first_wins(*rises):
    """Rises at first wins, of two theories each for so many chances."""
    pairs = [rises[i : i + 2] for i in range(0, len(rises), 2)]
    return [
        row
        for i, pair in enumerate(pairs)
        for row in released(0.0, 0.0, first=pair, theories=("TD(0)", "TD(λ)"), probability=1 / (i + 1))
    ]


FAMILY = {"shape": "hyperbolic", "matching": "", "kT": 4.8, "inverse_temperature": 1.0, "self_knowledge": "naive"}
PLACE = {"n_goals": 5, "cost_ratio": 0.6, "success_probability": 1.0}


def settings(*cells, arm="equal pay"):
    """Settings of the main experiment: class, fall of the index, change of welfare; each on a task of its own."""
    where = {"part": "family", **FAMILY, **PLACE, "arm": arm}
    return [
        {**where, "pay": f"task {i}", "class": kind, "effect": fall, "welfare_change": gain}
        for i, (kind, fall, gain) in enumerate(cells)
    ]


def agents(quantity, values, **where):
    """A quantity of agents that differ in kT."""
    where = {"part": "family", **FAMILY, **where}
    return [fact(quantity, x, **{**where, "kT": k + 1.0}) for k, x in enumerate(values)]


def layouts(*classes):
    """What becomes of one agent with the same budget paid in so many places; the single goal is no layout."""
    where = {"part": "family", "split": "layout", "quantity": "completion change", **FAMILY}
    one = {**where, "layout": "one goal", "class": "no effect", "value": 0.0}
    return [one, *({**where, "layout": f"place {i}", "class": kind, "value": -0.1} for i, kind in enumerate(classes))]


def goals(free, costly):
    rows = []
    for switching, index in (("free", free), ("with overhead", costly)):
        where = {"part": "family", "split": "number of goals", "switching": switching, **FAMILY}
        rows += by("procrastination index", "n_goals", index, **where)
    return rows


def tired(spared, *, done=(0.9, 0.9)):
    shares = zip(("share done with one goal", "share done with micro wins"), done, strict=True)
    return [
        *agents("spared at equal work", spared, coupling=0.1),
        *agents("spared as it comes", [-x for x in spared], coupling=0.1),  # says nothing, as the work differs
        *(row for name, x in shares for row in agents(name, [x] * len(spared), coupling=0.1)),
    ]


def chancy(*effects, low=0.01):
    """What chance adds to the delay of learners who seek one thing each."""
    return [
        fact(quantity, value, part="family of learners", seeks=seeks, learning_rate=0.1, chance=0.1)
        for seeks, d in zip(("pay alone", "progress"), effects, strict=True)
        for quantity, value in (
            ("d of chance", d),
            ("added by chance", d / 10),
            ("added low", low if d > 0 else -0.5),
            ("added high", 0.5 if d > 0 else -0.01),
        )
    ]


def promise(*bound):
    rows = [fact("change by binding", -x, agent=f"agent {i}", promise=5, waived=0.0) for i, x in enumerate(bound)]
    return [*rows, fact("change", -0.3, agent="naive", promise=1, waived=1.0)]


def ramp(*slopes):
    """Slopes of TD(0) without and with progress to see; value itself always ramps."""
    rows = [
        fact(f"slope, progress {seen} (per s)", x, theory=theory)
        for theory, pair in (("TD(0)", slopes), ("value itself", (1.0, 1.0)))
        for seen, x in zip(("unseen", "seen"), pair, strict=True)
    ]
    return rows, released(0.5, 0.5)


def rules_for_kappa(*reproduced):
    places = [(rule, finding) for rule in ("multiplicative", "additive") for finding in ("salt cue", "amphetamine")]
    return [
        fact("reproduced", x, part="findings", rule=rule, finding=finding)
        for x, (rule, finding) in zip(reproduced, places, strict=True)
    ]


def scored(claim, *verdicts):
    rows = [{"claim": claim, "finding": f"A0{i}", "novelty": 0.2, "theory": f"theory {i}", "lowest": -0.5, "verdict": v}
            for i, v in enumerate(verdicts)]  # fmt: skip
    return [*rows, {"claim": "signed error", "finding": "A00", "theory": "TD(0)", "verdict": "PASS"}]


def receptors(d1, d2):
    return [
        fact("share effortful", 0.5 + change * (density > 1), part="receptors", receptor=kind, density=density)
        for kind, change in (("D1", d1), ("D2", d2))
        for density in (0.7, 1.3)
    ]


def doses(early, late):
    accounts = ("no drug effect", "surge")
    return [
        *by("growth per dose, first half", "account", dict(zip(accounts, early, strict=True)), part="doses"),
        *by("growth per dose", "account", dict(zip(accounts, late, strict=True)), part="doses"),
    ]


def drugs(chosen, natural, blocked):
    """Late share of drug choices, value of natural rewards, and blocking, all of accounts of excess."""
    accounts = ("surge", "raised baseline", "set point")
    return [
        *by("share of drug choices", "account", dict.fromkeys(accounts, 0.5), part="choice", when="early"),
        *by("share of drug choices", "account", dict.fromkeys(accounts, chosen), part="choice", when="late"),
        *by("value of natural reward", "account", dict.fromkeys(accounts, natural), part="doses"),
        *by("blocked over control", "account", {"surge": blocked, "drug as reward": 0.1}, part="blocking"),
    ]


def rewired(in_time, too_late):
    """Work left by training, with dopamine in time and too late, against their controls."""
    left = {"with pay": in_time, "without pay": 0.0, "dopamine too late": too_late, "no dopamine": 0.0}
    values = {arm: 0.2 + more for arm, more in left.items()}
    return by("share worked, long unpaid", "arm", values, part="training", n_goals=3, rate=0.1)


def cards(*faster):
    return by("change of time", "gradient", {name: -x for name, x in zip(("fitted", "strong"), faster, strict=True)},
              part="endowed card")  # fmt: skip


def slumps(*change):
    return agents("change after sub-goal", change, arm="micro wins", part="family of planners")


def off_path(*fell):
    return [
        fact("completion probability", 0.95 - x * (tick > 0), part="off-path wins", arm=arm, tick=tick)
        for arm, x in zip(("one goal", "micro wins"), fell, strict=True)
        for tick in (0.0, 3.0)
    ]


def snowballs(*grown, width=0.01):
    """How much earlier agents start, by mechanism, with an interval of so much to either side."""
    names = {"change of start": 0, "its start low": -width, "its start high": width}
    return [
        fact(name, x + off, part="family of mechanisms", mechanism=f"m{i}", arm="micro wins")
        for i, x in enumerate(grown)
        for name, off in names.items()
    ]


def efforts(*more):
    less = agents("index with one goal", [0.5] * len(more), effort="less")
    return [*agents("index with one goal", [0.5 + x for x in more], effort="more"), *less]


def far(*gains):
    near = agents("index with micro wins", [0.5] * len(gains))
    return [*agents("index with one goal", [0.5 + x for x in gains]), *near]


YES, NO, DEPENDS = "holds in these models", "fails in these models", "depends on"
RULES = {
    **{
        name: [
            (YES, read_twice((0.2, 0.5), (0.5, 0.5))),
            ("depends on the theory (2 of 4)", read_twice((0.0, 0.5), (0.0, 0.5))),
            (NO, read_twice((0.0, 0.01), (0.0, 0.05))),
        ]
        for name in ("B1", "D2", "D4")
    },
    "B2": [
        (YES, snowballs(0.1, 0.1)),
        ("depends on the mechanism (1 of 2)", snowballs(0.0, 0.1)),
        (NO, snowballs(0.3, -0.1, width=0.5)),
    ],
    "B3": [
        (YES, settings(("helps", 0.5, 0.1), ("helps", 0.5, 0.1))),
        (DEPENDS, settings(("helps", 0.5, 0.1), ("works at a loss", 0.5, -0.1))),
        (NO, settings(("hurts", -0.5, 0.0), ("rightly left alone", 0.0, 0.0))),
    ],
    "B4": [
        (YES, goals({1: 0.7, 5: 0.3, 20: 0.2}, {1: 0.7, 5: 0.3, 20: 0.2})),
        ("depends on what a switch costs (1 of 2)", goals({1: 0.7, 5: 0.3, 20: 0.2}, {1: 0.7, 5: 0.3, 20: 0.6})),
        (NO, goals({1: 0.2, 5: 0.8, 20: 0.8}, {1: 0.8, 5: 0.2, 20: 0.6})),
    ],
    "B5": [
        (verdict, settings(*((kind, 0.0, 0.0) for kind in kinds), arm="equal present value"))
        for verdict, kinds in (
            (YES, ("helps", "no effect")),
            (DEPENDS, ("helps", "hurts")),
            (NO, ("works at a loss",) * 2),
        )
    ],
    "B6": [
        (YES, slumps(0.0, 0.1)),
        ("depends on the discount rate (1 of 2)", slumps(0.0, -0.1)),
        (NO, slumps(-0.3, -0.1)),
    ],
    "B7": [
        (verdict, agents("change of completion", more, eligibility="lump sum"))
        for verdict, more in ((YES, (0.1, 0.2)), (DEPENDS, (0.1, -0.2)), (NO, (-0.1, 0.0)))
    ],
    "B8": [
        (YES, layouts("helps", "no effect")),
        ("depends on where they stand (1 of 2)", layouts("helps", "hurts")),
        (NO, layouts("works at a loss", "hurts")),
    ],
    "B9": [(YES, efforts(0.0, 0.01)), (DEPENDS, efforts(0.0, 0.2)), (NO, efforts(0.3, -0.2))],
    "B11": [
        (YES, tired((0.5, 1.0))),
        ("depends on the discount rate (1 of 2)", tired((0.0, 1.0))),
        (NO, tired((0.2, -1.0))),
    ],
    "B12": [(YES, promise(0.3, 0.2)), (DEPENDS, promise(0.3, 0.0)), (NO, promise(0.0, -0.1))],
    "B15": [(YES, cards(0.2, 0.3)), ("depends on the gradient (1 of 2)", cards(0.0, 0.3)), (NO, cards(0.0, 0.0))],
    "B16": [
        (YES, off_path(0.0, 0.01)),
        ("depends on what is paid when (1 of 2)", off_path(0.9, 0.0)),
        (NO, off_path(0.9, 0.5)),
    ],
    "B17": [
        (YES, layouts("helps", "helps")),
        ("depends on where they stand (1 of 2)", layouts("helps", "no effect")),
        (NO, layouts("no effect", "works at a loss")),
    ],
    "B18": [
        (YES, settings(("helps", 0.5, 0.2), ("helps", 0.1, 0.3), ("no effect", 0.0, 0.0))),
        (DEPENDS, settings(("helps", 0.5, 0.2), ("helps", 0.5, 0.02))),
        (NO, settings(("helps", 0.5, 0.02), ("helps", 0.5, 0.0), ("no effect", 0.0, 0.9))),
    ],
    "D1": [(YES, ramp(0.1, 0.1)), ("depends on progress to see (1 of 2)", ramp(0.0, 0.1)), (NO, ramp(0.0, 0.0))],
    "D5": [
        (YES, read_twice((0.5, 0.5), (0.5, 0.5), probability=0.5)),
        (DEPENDS, read_twice((0.0, 0.5), (0.5, 0.5), probability=0.5)),
        (NO, read_twice((0.0, 0.0), (0.0, 0.0), probability=0.5)),
    ],
    "D6": [
        (YES, doses((0.001, 0.001), (0.01, 0.01))),
        ("depends on the account (1 of 2)", doses((0.001, 0.001), (0.01, 0.001))),
        (NO, doses((0.002, 0.01), (0.002, 0.0))),
    ],
    "D7": [
        (YES, rules_for_kappa(1, 1, 1, 1)),
        (DEPENDS, rules_for_kappa(0, 1, 1, 0)),
        (NO, rules_for_kappa(0, 0, 0, 0)),
    ],
    "D9": [
        (YES, scored("salience", "PASS", "PASS")),
        ("depends on the finding (1 of 2)", scored("salience", "PASS", "FAIL")),
        (NO, scored("salience", "FAIL", "MIXED")),
    ],
    "D10": [
        (YES, scored("dip", "PASS", "PASS", "N.A.")),
        ("depends on the theory (1 of 2)", scored("dip", "PASS", "FAIL", "N.A.")),
        (NO, scored("dip", "FAIL", "FAIL")),
    ],
    "D11": [
        (YES, (first_wins(1.0, 1.1, 0.9, 1.2),)),
        ("depends on certainty", (first_wins(1.0, 1.0, 9.0, 9.9),)),
        (NO, (first_wins(*(10.0**i for i in range(40))),)),
    ],
    "D12": [
        (YES, receptors(0.2, 0.2)),
        ("depends on the receptor (1 of 2)", receptors(0.2, -0.2)),
        (NO, receptors(-0.2, -0.2)),
    ],
    "D15": [(YES, far(0.3, 0.5)), (DEPENDS, far(0.3, 0.0)), (NO, far(0.0, -0.3))],
    "D16": [
        (YES, chancy(0.5, 0.9)),
        ("depends on what learners seek (1 of 2)", chancy(0.1, 0.9)),
        (NO, chancy(0.5, 0.9, low=-0.01)),
    ],
    "D17": [
        (YES, rewired(0.3, 0.2)),
        ("depends on when dopamine comes (1 of 2)", rewired(0.3, 0.0)),
        (NO, rewired(0.0, 0.0)),
    ],
    "D20": [
        (YES, drugs(0.8, 0.1, 0.1)),
        ("depends on the finding", drugs(0.8, 0.1, 0.9)),
        (NO, drugs(0.5, 1.0, 0.9)),
    ],
    "D21": [
        (YES, tired((0.5, 1.0))),
        (DEPENDS, tired((0.0, 1.0))),
        (NO, tired((0.5, 1.0), done=(0.9, 0.1))),
    ],
}
RULES |= STORY | PRACTICE
NOT_JUDGED = ("built in", "not testable here")


def judged(name, rows):
    tables = rows if isinstance(rows, tuple) else (rows,)
    return CLAIMS[name].judge(*(Facts(tidy(each)) for each in tables))


@pytest.mark.parametrize("name", list(RULES))
def test_every_rule_can_come_out_either_way(name):
    found = [(wanted, judged(name, rows)) for wanted, rows in RULES[name]]
    for wanted, each in found:
        assert each.verdict.startswith(wanted), (wanted, each)
        assert math.isfinite(each.number)
        assert each.share.n > 1
    assert len({each.verdict for _, each in found}) == len(found)


def test_every_claim_has_a_rule_or_says_why_not(table):
    for name, each in table.judged.items():
        assert (name in RULES) != (each.verdict in NOT_JUDGED), name
        if each.verdict == "built in":
            assert CLAIMS[name].built_in, name


def test_verdict_is_that_of_the_share():
    factors = {"theory": ["a"] * 19 + ["b"], "k": list(range(20))}
    assert over([1.0] * 19 + [0.0], factors, 1.0, "x").verdict == YES
    assert over([0.0] * 19 + [1.0], factors, 1.0, "x").verdict == NO
    found = over([1.0] * 15 + [0.0] * 3 + [-1.0] * 2, factors, 1.0, "x")
    assert found.verdict == "depends on the k and the theory (15 of 20)"
    assert found.reversed == 0.1
    with pytest.raises(ValueError, match="at least one setting"):
        over([], {}, 0.0, "x")


def test_interval_takes_the_task_as_the_unit():
    holds, units = [True] * 50 + [False] * 50, ["a"] * 50 + ["b"] * 50
    by_setting, by_task = over(holds, {}, 0.0, "x").share, over(holds, {}, 0.0, "x", units=units).share
    assert by_setting.high - by_setting.low < 0.25
    assert (by_task.low, by_task.high) == (0.0, 1.0)  # two tasks that disagree say nothing
    even = over([True, False] * 50, {}, 0.0, "x", units=units).share
    assert (even.low, even.high) == (0.5, 0.5)  # tasks that agree say it all


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
    assert list(back) == COLUMNS
    assert all(back["studies"] != "")
    judged = np.isfinite(back["share"])
    assert {"B2", "B3", "B7"} <= set(back["id"][judged])
    assert (back["low"] <= back["share"])[judged].all()
    assert (back["share"] <= back["high"])[judged].all()
    np.testing.assert_array_equal(np.round(back["share"] * back["settings"])[judged], back["holds"][judged])
    np.testing.assert_equal(dict(back), dict(table.table))
    assert back.about == table.table.about
    assert (back.about["counts"], back.about["size"]) == (table.counts(), "quick")
    assert dict(zip(back["id"], back["verdict"], strict=True)) == {n: j.verdict for n, j in table.judged.items()}


def test_verdicts_do_not_depend_on_processes():
    one, two = (rpe.claims.run(["B12", "D6", "D8"], size="quick", n_jobs=n) for n in (1, 2))
    np.testing.assert_equal(dict(one.table), dict(two.table))
    assert list(one.reports) == list(two.reports)


def test_command(capsys, tmp_path):
    assert main(["claims", "--quick", "--claim", "B13", "--claim", "D14", "--jobs", "1", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "B13" in said
    assert "built in" in said
    assert (tmp_path / "claims.csv").exists()
    with pytest.raises(SystemExit):
        main(["claims", "--claim", "B99"])
    assert "--claim must be one of 'B1'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "match"),
    [({"claims": ["X"]}, "claim must be"), ({"size": "tiny"}, "size must be"), ({"n_jobs": 0}, "n_jobs")],
)
def test_bad_input(options, match):
    with pytest.raises(ValueError, match=match):
        rpe.claims.run(**options)


def test_claims_that_nothing_tests_have_a_page(tmp_path):
    table = rpe.claims.run(["D14"], rng=0, size="quick")
    assert np.isnan(table.judged["D14"].number).all()
    assert {"claims.csv", "claims.html", "claims.png"} <= {path.name for path in rpe.claims.write(table, tmp_path)}
