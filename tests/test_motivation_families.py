"""Families of settings in the experiments on motivation: oracles, shares, and sentences that follow their numbers."""

import numpy as np
import pytest

import rpe
from rpe import measures, tasks
from rpe.experiments import specifications
from rpe.experiments.specifications import Levels, groups, note, spread, taken
from rpe.experiments.study import Study

NAMES = ("future_self",)


@pytest.fixture(scope="module")
def found():
    """Each experiment, run once at a size."""
    known = {}

    def get(name, size="quick"):
        if (name, size) not in known:
            module = rpe.experiments.load(name)
            settings = module.Settings.quick() if size == "quick" else module.Settings()
            known[name, size] = module.run(settings, 0)
        return known[name, size]

    return get


def directions(study):
    """Of every finding: whether it holds more often than it is reversed (1), less often (−1), or neither (0)."""
    result = {}
    for row in study.rows:
        if row.get("part") == "share" and row["quantity"] in ("share", "reversed"):
            skip = ("part", "quantity", "value", "turned_by")
            key = tuple(sorted((name, level) for name, level in row.items() if name not in skip))
            result.setdefault(key, {})[row["quantity"]] = row["value"]
    return {key: x["share"] - x["reversed"] for key, x in result.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_quick_has_the_headlines_of_the_default(name, found):
    quick, default = (directions(found(name, size)) for size in ("quick", "default"))
    shared = set(quick) & set(default)
    assert len(shared) >= 3
    for key in shared:
        if abs(default[key]) > 0.1:
            assert quick[key] * np.sign(default[key]) > -0.05, (key, quick[key], default[key])


class TestSpecifications:
    def test_a_share_by_hand(self):
        study = Study(None)
        effect = [0.5, 0.03, 0.01, -0.5, np.inf]
        text = note(study, "it works", effect, {"k": [1, 1, 2, 2, 1]}, arm="a")
        assert study.value("share", finding="it works") == pytest.approx(0.6)
        assert study.value("reversed", arm="a") == pytest.approx(0.2)
        # Wilson's interval of 3 out of 5, from its formula.
        z, p, n = 1.959964, 0.6, 5
        middle = (p + z**2 / 2 / n) / (1 + z**2 / n)
        width = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / 4 / n**2)
        assert study.value("low", arm="a") == pytest.approx(middle - width, abs=1e-6)
        assert study.value("high", arm="a") == pytest.approx(middle + width, abs=1e-6)
        assert text == "60 % of 5 settings (23 to 88 %; reversed in 20 %; from 0 % with k = 2 to 100 % with k = 1)"
        assert study.levels("turned_by") == ["k"]

    def test_the_factor_that_turns_a_share(self):
        factors = {"β": [1, 3, 1, 3], "matching": ["D(5)", "D(5)", "", ""]}
        assert spread([True, False, True, False], factors)[0] == "β"
        assert spread([True, True, True, True], factors) == ("", "")
        # Where a factor means nothing it does not count as one of its levels.
        assert spread([True, True, False, False], factors) == ("", "")

    def test_every_agent_of_a_family_once(self):
        levels = Levels((1.2, 4.8), ("D(5)", "D(N)"), (1.0, float("inf")))
        rows = [
            tuple(x[i].item() for x in g.factors.values()) for g in groups(levels) for i in range(g.planner.n_agents)
        ]
        assert len(rows) == len(set(rows)) == 2 * 2 * 3 + 2 * 2 * 2 * 2 + 2 * 2 * 2 * 3 + 2 * 2

    @pytest.mark.parametrize(
        ("levels", "match"),
        [
            (((), ("D(N)",), (1.0,)), "horizons must have at least one level"),
            (((0.0,), ("D(N)",), (1.0,)), "horizons must"),
            (((1.0,), ("D(3)",), (1.0,)), "matchings must be"),
            (((1.0,), ("D(N)",), (-1.0,)), "inverse_temperature must"),
        ],
    )
    def test_levels_are_checked(self, levels, match):
        with pytest.raises(ValueError, match=match):
            specifications.check_levels(*levels)


# Index with one goal and with micro wins, by an independent solver: k = .08, D(20) where the match is not said.
PUBLISHED = [
    ("hyperbolic", "", 1.0, 0.738, 0.196),
    ("hyperbolic", "", 3.0, 0.848, 0.178),
    ("hyperbolic", "", 10.0, 0.842, 0.175),
    ("hyperbolic", "", np.inf, 0.842, 0.175),
    ("exponential", "D(N)", 1.0, 0.245, 0.193),
    ("exponential", "D(N)", 3.0, 0.651, 0.176),
    ("exponential", "D(N)", np.inf, 1.000, 0.175),
    ("exponential", "D(T)", 1.0, 0.200, None),
    ("exponential", "equal area", 1.0, 0.872, None),
    ("exponential", "D(10)", 1.0, 0.912, None),
    ("exponential", "D(5)", 1.0, 0.980, None),
]


class TestFutureSelf:
    @pytest.fixture(scope="class")
    @classmethod
    def family(cls):
        future_self = rpe.experiments.load("future_self")
        return future_self.solve(future_self.Settings(horizons=(4.8,)))

    @pytest.mark.parametrize(("shape", "matching", "beta", "one", "split"), PUBLISHED)
    def test_published_cells(self, family, shape, matching, beta, one, split):
        who = {"shape": shape, "matching": matching, "inverse_temperature": beta}
        row = taken(family, **who, self_knowledge="naive", effort="as reward")
        assert row["index with one goal"] == pytest.approx([one], abs=6e-4)
        if split is not None:
            assert row["index with micro wins"] == pytest.approx([split], abs=6e-4)
        assert row["delay with one goal"] + row["undone with one goal"] == pytest.approx(row["index with one goal"])

    def test_worked_example_is_a_cell_and_that_of_micro_wins(self, found):
        study = found("future_self")
        example = rpe.experiments.load("micro_wins").Settings()
        assert (example.k, example.n_goals, example.inverse_temperature) == (
            study.settings.k,
            study.settings.n_goals,
            1.0,
        )
        for shape, one in (("hyperbolic", 0.738), ("exponential", 0.245)):
            who = {"discounting": shape, "foresight": "naive", "effort": "as reward"}
            assert study.value("procrastination index", **who, arm="one goal") == pytest.approx(one, abs=6e-4)

    def test_effort_at_a_multiple_of_the_rate(self):
        future_self = rpe.experiments.load("future_self")
        for worth, dear in (
            (rpe.discounting.Hyperbolic(0.05), rpe.discounting.Hyperbolic(0.2)),
            (rpe.discounting.Exponential(0.9), rpe.discounting.Exponential(0.9**4)),
            (rpe.discounting.QuasiHyperbolic(0.7, 0.9), rpe.discounting.QuasiHyperbolic(0.7, 0.9**4)),
        ):
            np.testing.assert_allclose(future_self._at_rate(worth, 4.0)(np.arange(9)), dear(np.arange(9)))

    def test_steady_and_knowing_agents_keep_to_their_plans(self, found):
        assert "differ from their plan by at most 0.00" in found("future_self").sentences[1]

    def test_the_verdict_on_present_bias_follows_the_numbers(self, found):
        future_self, study = rpe.experiments.load("future_self"), found("future_self")
        family = future_self.solve(study.settings)
        assert "turns with the horizon of the match" in study.sentences[0]
        hyperbolic = family["shape"] == "hyperbolic"
        for index, words in ((2.0, "present bias delays more wherever"), (-2.0, "impatience delays more wherever")):
            changed = {**family, "index with one goal": np.where(hyperbolic, index, family["index with one goal"])}
            assert words in future_self._bias_or_impatience(Study(study.settings), changed)

    def test_the_classes_are_counted_as_they_are(self, found):
        future_self, study = rpe.experiments.load("future_self"), found("future_self")
        family = future_self.solve(study.settings)
        lost = {**family, "class": np.full_like(family["class"], "works at a loss")}
        text = future_self._helped(Study(study.settings), lost)[0]
        assert "hyperbolic discounters in 0 %" in text
        assert "reversed in 100 %" in text
        one = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.08), 3.0)
        expected = measures.classify(*(measures.exact(one, tasks.micro_wins(n)) for n in (1, 5)))
        who = {"shape": "hyperbolic", "kT": 4.8, "inverse_temperature": 3.0}
        assert taken(family, **who, self_knowledge="naive", effort="as reward")["class"] == expected
