"""Splits, inertia, habits, intrinsic motivation, individual differences and persistence over families of settings."""

from dataclasses import replace

import numpy as np
import pytest

import rpe
from rpe import measures, tasks
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic
from rpe.experiments import goal_decomposition, habits, individual_differences, inertia, intrinsic, persistence
from rpe.experiments.goal_decomposition import maze
from rpe.experiments.individual_differences import semester
from rpe.experiments.persistence import recovery, resistance
from rpe.experiments.persistence.run import _say as say_persistence
from rpe.experiments.study import Study

MODULES = (goal_decomposition, habits, individual_differences, inertia, intrinsic, persistence)
DISCOUNTERS = ("hyperbolic", "exponential", "quasi-hyperbolic")


def rows(study, quantity, **where):
    """Rows of the table with a quantity and some factors, by a loop of our own."""
    return [
        row
        for row in study.rows
        if row["quantity"] == quantity and all(row.get(name) == level for name, level in where.items())
    ]


def family(study, quantity, **where):
    return [row for row in rows(study, quantity, part="family", **where) if row["shape"] in DISCOUNTERS]


def altered(study, changes):
    """The same numbers, but for some; nothing said yet. `changes` is a list of (quantity, factors, value)."""
    other = Study(study.settings, rows=[dict(row) for row in study.rows])
    for quantity, where, value in changes:
        found = rows(other, quantity, **where)
        assert found, (quantity, where)
        for row in found:
            row["value"] = value
    return other


def said(function, study, *rest):
    function(study, *rest)
    return " ".join(study.sentences)


class TestSharesAreThoseOfTheTable:
    def test_inertia(self, quick):
        study = quick("inertia")
        for finding, quantity in (
            ("starting costs delay", "index by the cost"),
            ("starting costs stop work", "undone by the cost"),
            ("a ritual lowers the index", "lower by a ritual"),
        ):
            effect = np.array([row["value"] for row in family(study, quantity)])
            assert study.value("settings", finding=finding) == len(effect)
            assert study.value("share", finding=finding) == pytest.approx((effect > 0.02).mean())
            assert study.value("reversed", finding=finding) == pytest.approx((effect < -0.02).mean())

    def test_splits(self, quick):
        study = quick("goal_decomposition")
        for switching in ("free", "with overhead"):
            where = {"split": "number of goals", "switching": switching}
            index = {
                n: np.array([row["value"] for row in family(study, "procrastination index", n_goals=float(n), **where)])
                for n in study.settings.goals
            }
            most = index[study.settings.goals[-1]]
            best = most <= np.min(list(index.values()), axis=0) + 0.02
            finding = {"finding": "most goals delay least", "switching": switching}
            assert study.value("share", **finding) == pytest.approx(best.mean())
            assert study.value("reversed", **finding) == pytest.approx((most > index[1] + 0.02).mean())
        for layout in list(goal_decomposition.layouts())[1:]:
            classes = [row["class"] for row in family(study, "undone", split="layout", layout=layout)]
            share = np.mean([name == "helps" for name in classes])
            assert study.value("share", finding="helps against one goal", layout=layout) == pytest.approx(share)

    def test_maze(self, quick):
        study = quick("goal_decomposition")
        for name in ("doorways", "corners"):
            low, high = (
                np.array([row["value"] for row in rows(study, end, part="maze family", sub_goals=name)])
                for end in ("low", "high")
            )
            assert len(low) == len(study.settings.maze_rates) * len(study.settings.maze_temperatures)
            where = {"finding": "sub-goals save steps", "sub_goals": name}
            assert study.value("share", **where) == pytest.approx((high < 1).mean())
            assert study.value("reversed", **where) == pytest.approx((low > 1).mean())

    def test_intrinsic(self, quick):
        study = quick("intrinsic")
        for pay in ("engagement", "completion", "performance"):
            d = np.array([row["value"] for row in rows(study, "d", part="family", pay=pay)])
            finding = {"finding": "pay lowers free choice", "pay": pay}
            assert study.value("share", **finding) == pytest.approx((d < -0.1).mean())
            assert study.value("reversed", **finding) == pytest.approx((d > 0.1).mean())

    def test_habits(self, quick):
        study = quick("habits")
        for arm in ("one goal", "micro wins"):
            change = np.array([row["value"] for row in rows(study, "change of index", arm=arm)])
            finding = {"finding": "a habit of working grows", "arm": arm}
            assert study.value("share", **finding) == pytest.approx((change < -0.02).mean())
            assert study.value("reversed", **finding) == pytest.approx((change > 0.02).mean())
        largest, last = (
            np.array([row["value"] for row in rows(study, f"{which} drop in the family")])
            for which in ("largest", "last")
        )
        share = ((largest > 0.5) & (last < 0.2)).mean()
        assert study.value("share", finding="overtraining makes choice insensitive") == pytest.approx(share)

    def test_individual_differences(self, quick):
        study = quick("individual_differences")
        expected = {"aversiveness": 1, "impulsiveness": 1, "efficacy": -1}
        holds = []
        for shape in ("hyperbolic", "exponential"):
            for beta in study.settings.temperatures:
                where = {"part": "family", "shape": shape, "inverse_temperature": beta}
                r = {name: study.value("r with index", trait=name, **where) for name in expected}
                holds.append(all(sign * r[name] > 0.1 for name, sign in expected.items()))
        assert study.value("share", finding="published signs") == pytest.approx(np.mean(holds))

    def test_persistence(self, quick):
        study = quick("persistence")
        for rule in ("momentum", "prospective"):
            rise = np.array([row["value"] for row in rows(study, "rise", rule=rule)])
            share = study.value("share", finding="retrospective share rises", rule=rule)
            assert share == pytest.approx((rise > 0.02).mean())


class TestCellsOfTheFamily:
    """One setting each, solved alone by the public functions."""

    def test_inertia(self, quick):
        where = {
            "shape": "hyperbolic",
            "kT": 4.8,
            "inverse_temperature": 3.0,
            "self_knowledge": "naive",
            "start_cost": 8.0,
        }
        planner = Planner(Hyperbolic(0.08), inverse_temperature=3.0)
        costly, free = (measures.exact(planner, tasks.monolithic(start_cost=cost)) for cost in (8.0, 0.0))
        study = quick("inertia")
        for quantity, name in (("index by the cost", "procrastination_index"), ("later by the cost", "delay")):
            expected = getattr(costly, name)[0] - getattr(free, name)[0]
            assert study.value(quantity, part="family", **where) == pytest.approx(expected)
        split = measures.exact(planner, tasks.micro_wins(5, start_cost=8.0))
        gain = costly.procrastination_index[0] - split.procrastination_index[0]
        assert study.value("gain with the cost", part="family", **where) == pytest.approx(gain)

    def test_splits(self, quick):
        gamma = float(1 / (1 + 0.08 * 20)) ** (1 / 20)
        planner = Planner(Exponential(gamma), inverse_temperature=3.0)
        where = {"shape": "exponential", "matching": "D(N)", "kT": 4.8, "inverse_temperature": 3.0}
        found = quick("goal_decomposition").value(
            "procrastination index",
            part="family",
            self_knowledge="naive",
            split="layout",
            layout="all early",
            **where,
        )
        task = tasks.GoalTask(payout=goal_decomposition.layouts()["all early"])
        assert found == pytest.approx(measures.exact(planner, task).procrastination_index[0])

    def test_courier_rows(self, quick):
        study = quick("goal_decomposition")
        assert study.value("ratio", courier="hierarchical") < 0.1
        assert study.value("ratio", courier="parcel pays") > 0.2

    def test_one_number_under_one_label(self, quick):
        """The worked examples of splits and of inertia are the same cell of the same task."""
        one = quick("goal_decomposition").value(
            "procrastination index", part="number of goals", discounting="hyperbolic", switching="free", n_goals=1
        )
        other = quick("inertia").value(
            "procrastination index", part="start-up cost", agent="hyperbolic", arm="one goal", start_cost=2.0
        )
        assert one == pytest.approx(other)


class TestResumption:
    def test_without_a_cost_an_interruption_does_nothing(self, quick):
        study = quick("inertia")
        drops = {row["start_cost"]: row["value"] for row in rows(study, "drop by an interruption")}
        assert drops[0.0] == pytest.approx(0.0, abs=1e-12)
        assert drops[2.0] > 0.02

    def test_shares_by_hand(self):
        works = np.array([[True, False, True], [False, False, True]])
        where = np.array([[True, True, False], [True, True, True]])
        mean, low, high = inertia._share(works, where)
        assert mean == pytest.approx(2 / 5)
        assert low == pytest.approx(1 / 3)
        assert high == pytest.approx(1 / 2)
        assert np.isnan(inertia._share(works, np.zeros_like(where))).all()


class TestStudents:
    SETTINGS = replace(individual_differences.Settings.quick(), n_semesters=2000)

    def test_dates_are_those_of_the_exact_solution(self):
        date, complete = semester._dates(
            self.SETTINGS,
            np.log([0.02]),
            np.zeros((3, 1)),
            np.array([30]),
            ("effort", "start date"),
            np.random.default_rng(0),
        )
        task = tasks.monolithic(n_units=14, deadline=80, reward=90.0, distraction=3.0, start_cost=0.0, pay="deadline")
        found = measures.exact(Planner(Hyperbolic(0.02)), task)
        assert complete == pytest.approx(found.completion_probability[0], abs=0.02)
        assert date[np.isfinite(date)].mean() == pytest.approx(29 + found.mean_completion_time[0], abs=0.5)

    def test_correlation_of_known_dates(self):
        x = np.arange(20.0)
        both = np.stack([2 * x + 1, -x], axis=1)
        r, low, high = semester._mean_correlation(x, both)
        assert (r, low, high) == pytest.approx((0.0, 0.0, 0.0), abs=1e-12)
        gaps = np.where(np.arange(20)[:, None] < 5, np.nan, both[:, :1])
        assert semester._mean_correlation(x, gaps)[0] == pytest.approx(1.0)

    def test_other_differences_bring_the_correlation_down(self, quick):
        study = quick("individual_differences")
        r = [study.values("r", part="semester", n_sources=i)[0] for i in range(6)]
        assert r[0] > 0.85
        assert 0.07 < r[-1] < 0.47
        assert r[-1] == pytest.approx(np.sqrt(study.settings.reliability) * r[-2])


class TestSentencesFollowTheNumbers:
    def test_students(self, quick):
        study = quick("individual_differences")
        say = semester.say_semester
        assert "within people's interval" in said(say, altered(study, []))
        off = altered(study, [("r", {"n_sources": 5}, 0.8)])
        assert "still outside people's interval" in said(say, off)

    def test_maze(self, quick):
        study = quick("goal_decomposition")

        def with_corners(share, back, ratio=0.8):
            corners = {"finding": "sub-goals save steps", "sub_goals": "corners"}
            changes = [("share", corners, share), ("reversed", corners, back)]
            changes += [("steps ratio", {"part": "maze", "sub_goals": "corners"}, ratio)]
            changes += [("steps ratio", {"part": "maze", "sub_goals": "doorways"}, 0.5)]
            return said(maze.say_maze, altered(study, changes))

        assert "misplaced sub-goals are worse than none" in with_corners(0.1, 0.9)
        assert "well-placed ones help more" in with_corners(0.9, 0.0)
        assert "help more" not in with_corners(0.9, 0.0, ratio=0.4)
        assert "left open" in with_corners(0.3, 0.3)

    def test_recovery(self, quick):
        study = quick("persistence")
        assert "it tells momentum from looking ahead" in said(recovery.say_recovery, altered(study, []))
        mixed = altered(study, [("share", {"part": "recovery", "rule": "momentum"}, 0.3)])
        assert "does not tell momentum" in said(recovery.say_recovery, mixed)

    def test_pattern_of_persistence(self, quick):
        study = quick("persistence")
        settings = study.settings
        assert "does not identify momentum" in said(say_persistence, altered(study, []), settings)
        where = {"finding": "retrospective share rises", "rule": "prospective"}
        only = altered(study, [("share", where, 0.1)])
        assert "tells them apart here" in said(say_persistence, only, settings)

    def test_momentum_and_resistance(self, quick):
        study = quick("persistence")
        moved = altered(study, [("momentum", {"part": "resistance", "start_cost": 0.0}, 0.2)])
        say = resistance.say_resistance
        assert "resistance is not work that follows on work" in said(say, altered(study, []), study.settings)
        assert "here it makes work follow on work" in said(say, moved, study.settings)

    def test_intrinsic(self, quick):
        study = quick("intrinsic")
        plain = said(intrinsic._say, altered(study, []))
        changed = altered(study, [("share", {"finding": "published order"}, 0.25)])
        assert "comes out in 25 %" in said(intrinsic._say, changed)
        assert "comes out in 25 %" not in plain

    def test_habits(self, quick):
        study = quick("habits")
        where = {"finding": "a habit of working grows", "arm": "one goal"}
        changed = altered(study, [("share", where, 0.75)])
        assert "with one goal in 75 %" in said(habits._say_work, changed, study.settings)

    def test_inertia(self, quick):
        study = quick("inertia")
        family = inertia.solve(study.settings)
        text = said(inertia._say, Study(study.settings, rows=worked(study)), family, study.settings)
        assert "something else than overcoming inertia" in text
        family["gain without the cost"] = 0.1 * family["gain with the cost"]
        text = said(inertia._say, Study(study.settings, rows=worked(study)), family, study.settings)
        assert "is the start-up cost overcome" in text


def worked(study):
    return [dict(row) for row in study.rows if row["part"] not in ("family", "share")]


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_quick_points_the_way_of_the_default(module, computed):
    """Every finding of the coarse run leans as in the default: held more often than reversed, or not."""
    coarse, fine = (computed(module.__name__.rpartition(".")[2], size) for size in ("quick", "default"))
    for row in rows(fine, "share", part="share"):
        where = {name: row.get(name) for name in fine.factors if name not in ("turned_by", "part")}
        lean = []
        for study in (coarse, fine):
            known = {name: level for name, level in where.items() if name in study.factors}
            share = study.value("share", part="share", **known)
            back = rows(study, "reversed", part="share", **known)
            lean.append(share - (back[0]["value"] if back else 0.5))
        assert lean[0] * lean[1] > 0 or max(map(abs, lean)) < 0.15, (where, lean)


def test_a_head_for_everything_worth_a_name():
    assert rpe.experiments.catalogue()["persistence"].startswith("Persistence")


def test_intervals_of_correlations_are_those_of_scipy():
    from scipy.stats import pearsonr

    from rpe.experiments.intervals import fisher_interval

    x, noise = np.random.default_rng(0).normal(size=(2, 40))
    found = pearsonr(x, x + noise)
    interval = found.confidence_interval(0.95)
    np.testing.assert_allclose(fisher_interval(found.statistic, 40), [interval.low, interval.high], atol=1e-4)
    np.testing.assert_allclose(fisher_interval(np.array([1.0, -1.0]), 40), [[1, -1], [1, -1]], atol=1e-6)
