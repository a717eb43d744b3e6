"""The experiments on motivation, and the published numbers that they and their mechanisms are held to."""

import math
from dataclasses import replace

import numpy as np
import pytest
from figure_rules import printable, says_the_finding

import rpe
from rpe import mechanisms, tasks
from rpe.experiments import study as studies

NAMES = (
    "wanting_liking",
    "inertia",
    "five_minutes",
    "distraction",
    "future_self",
    "momentum",
    "habits",
    "intrinsic",
    "burnout",
    "goal_decomposition",
    "deadlines",
    "badges_and_off_path",
    "individual_differences",
    "addiction",
    "persistence",
)
PLANNER = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.08))


@pytest.mark.parametrize("name", NAMES)
def test_experiment_runs_and_writes(name, quick, tmp_path):
    module, study = rpe.experiments.load(name), quick(name)
    table = module.table(study)
    assert list(table) == [*study.factors, "quantity", "value"]
    assert study.factors
    # No factor is glued to another: a level is a name or a number, not a list of things with commas between.
    assert not any("," in level for name in study.factors for level in map(str, study.levels(name)))
    conditions = zip(*(map(str, column) for name, column in table.items() if name != "value"), strict=True)
    assert len(set(conditions)) == table.n_rows > 5
    assert len(module.sentences(study)) >= 3
    assert not any("nan" in sentence for sentence in module.sentences(study))
    figure = module.figures(study)[""]
    assert len([ax for ax in figure.axes if ax.get_title(loc="left")]) == len(study.panels) >= 2
    report = rpe.experiments.Report(name, {}, 0, table, module.sentences(study), {"": figure})
    assert {path.suffix for path in rpe.experiments.write(report, tmp_path)} == {".csv", ".json", ".png", ".svg"}
    printable(report.figures)
    for panel in study.panels:
        says_the_finding(panel)
    np.testing.assert_equal(dict(rpe.table.read(tmp_path / f"{name}.csv")), dict(table))


FEW = {"horizons": (4.8,), "matchings": ("D(N)",), "temperatures": (1.0, 10.0)}
# As few settings and agents as there can be, so that an experiment is run twice in less time than once at quick size.
TINY = {
    "distraction": {**FEW, "n_agents": 4, "n_trials": 10, "family_agents": 3, "family_trials": 6, "seeker_trials": 4},
    "goal_decomposition": {**FEW, "maze_rates": (0.5,), "n_agents": 2, "n_trials": 2},
    "habits": {**FEW, "n_agents": 4, "n_cell": 2, "n_trials": 4},
    "individual_differences": {"n_agents": 20, "n_students": 10, "n_learners": 10, "n_trials": 10},
    "inertia": {**FEW, "n_agents": 10},
    "momentum": {
        **FEW,
        "mechanism_horizons": (4.8,),
        "mechanism_temperatures": (1.0,),
        "family_agents": 10,
        "family_trials": 4,
        "n_agents": 10,
        "n_trials": 8,
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_one_seed_gives_one_result(name, quick):
    module = rpe.experiments.load(name)
    settings = replace(module.Settings.quick(), **TINY.get(name, {}))
    # What other tests have, perhaps in another process, was run with the same seed.
    one = module.run(settings, 0) if name in TINY else quick(name)
    np.testing.assert_array_equal(one.table["value"], module.run(settings, 0).table["value"])


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_checked(name):
    module = rpe.experiments.load(name)
    default = module.Settings()
    for field, value in vars(default).items():
        bad = (math.nan,) if isinstance(value, tuple) else math.nan if isinstance(value, float) else 0
        with pytest.raises((TypeError, ValueError)):
            replace(default, **{field: bad})
    assert isinstance(module.Settings.full(), module.Settings)


def test_a_study_knows_its_numbers():
    found = studies.Study(None)
    found.add({"size": 3, "age": 7.0}, where="here", k=0.1)
    found.add({"size": 4}, where="there")
    assert found.value("size", where="here", k=0.1) == 3.0
    assert found.value("size", k=None) == 4.0
    np.testing.assert_array_equal(found.values("size"), [3.0, 4.0])
    assert found.levels("where") == ["here", "there"]
    assert found.table["where"].tolist() == ["here", "here", "there"]
    np.testing.assert_array_equal(found.table["k"], [0.1, 0.1, np.nan])
    for ask, match in (
        (lambda: found.value("size"), "it is in 2"),
        (lambda: found.value("age", where="there"), "it is in 0"),
        (lambda: found.value("weight"), "no quantity 'weight'; there are size, age"),
        (lambda: found.value("size", place="here"), "no factor 'place'; there are where, k"),
    ):
        with pytest.raises(KeyError, match=match):
            ask()
    with pytest.raises(ValueError, match="must be added once"):
        found.add({"size": 3}, where="there")
    with pytest.raises(ValueError, match="must not be called quantity"):
        found.add({"size": 3}, quantity="x")


class TestWhatFollowsFromEquations:
    def test_a_promise_cannot_help_a_consistent_greedy_planner(self, quick):
        study = quick("five_minutes")
        for n in study.settings.promises:
            assert abs(study.value("change", agent="consistent", promise=n, waived=0)) < 1e-9

    def test_chance_does_not_move_a_planner(self, quick):
        assert quick("distraction").value("largest change by chance", agent="planner") < 1e-9

    def test_no_discounting_no_difference(self, quick):
        study = quick("future_self")
        one, micro = (
            study.value("procrastination index", discounting="none", arm=arm) for arm in ("one goal", "micro wins")
        )
        assert one == pytest.approx(micro, abs=1e-9)

    def test_default_task_is_the_published_pilot(self, quick):
        study = quick("goal_decomposition")
        expected = {1: 0.738, 5: 0.231, 20: 0.824}
        for n, index in expected.items():
            found = study.value("procrastination index", discounting="hyperbolic", switching="with overhead", n_goals=n)
            assert found == pytest.approx(index, abs=0.01)
        shares = {0.0: 0.738, 0.25: 0.295, 1.0: 0.196}
        for share, index in shares.items():
            assert study.value("procrastination index", part="share of the budget", share=share) == pytest.approx(
                index, abs=0.01
            )

    def test_liking_does_not_follow_kappa(self, quick):
        study = quick("wanting_liking")
        assert len(set(study.values("liking"))) == 1
        # κ multiplies a value of nothing to nothing; added, it lifts only cues that announce something next.
        assert not all(study.values("reproduced", rule="multiplicative"))
        assert all(study.values("reproduced", rule="additive"))


class TestPublishedNumbers:
    def test_hyperbolic_td_is_a_hyperbola(self):
        s = rpe.schedules.delay_conditioning(n_trials=1000, cue_time=0.0, reward_time=3.0, duration=3.2, dt=0.1)
        value = rpe.theories.HyperbolicTD(rate=0.15).learn(s).value[0, -1, :30]
        np.testing.assert_allclose(value, 1 / (1 + 0.15 * (29 - np.arange(30))), atol=0.02)

    @pytest.mark.parametrize("size", [0.5, 4.0])
    def test_hyperbola_scales_with_its_reward(self, size):
        s = rpe.schedules.delay_conditioning(n_trials=1000, cue_time=0.0, reward_time=1.0, duration=1.2, dt=0.1)
        s = replace(s, reward=s.reward * size)
        value = rpe.theories.HyperbolicTD(rate=0.15, reward_size=size).learn(s).value[0, -1, :10]
        np.testing.assert_allclose(value, size / (1 + 0.15 * (9 - np.arange(10))), atol=0.02 * size)

    def test_lally_and_misses(self, quick):
        study = quick("habits")
        assert study.value("days to 95 %", published_days=66) == pytest.approx(66, abs=1)
        assert study.value("rate", published_days=66) == pytest.approx(0.0444, abs=5e-5)
        assert study.value("strength after", miss_rate="as fast as hits") == pytest.approx(0.860, abs=5e-4)
        assert study.value("repetitions lost", miss_rate="as fast as hits") == pytest.approx(8, abs=1)
        assert study.value("repetitions lost", miss_rate="a fifth") <= 2

    def test_vigour_doubling_the_rate_shortens_every_latency(self):
        """Agents that learn what their time is worth, where the same acts pay twice as much."""
        agent = rpe.mechanisms.Vigour(rpe.agents.QLearner(discount=0.0), weight=0.5, cost=[0.1, 1.0, 5.0])
        latency = []
        for pay in (1.0, 2.0):
            history = rpe.simulate.run(
                agent, rpe.tasks.bandit([1.0, 1.0], reward=pay), n_agents=3, n_trials=3000, rng=0, keep_memory=True
            )
            latency.append(agent.latency(history.memory))
        np.testing.assert_allclose(latency[1] / latency[0], 1 / np.sqrt(2), atol=0.02)
        np.testing.assert_allclose(latency[0], np.sqrt([0.1, 1.0, 5.0]), rtol=1e-3)

    def test_endowed_progress_moves_only_those_who_look_at_proportions(self, quick):
        from rpe.experiments.momentum import card_time

        change = quick("momentum").value("change of time", gradient="strong")
        assert -0.35 <= change <= -0.05
        # By hand: P of the i-th stamp with and without two given away.
        p = [[1 / (1 + math.exp(1.5 - 2 * (i + h) / (10 + h))) for i in range(10)] for h in (0, 2)]
        assert change == pytest.approx(sum(1 / x for x in p[1]) / sum(1 / x for x in p[0]) - 1)
        # An agent that looks at what is left sees the same ten stamps.
        left = mechanisms.GoalGradient(PLANNER, weight=0.0, head_start=2)
        task = tasks.monolithic(n_units=10, deadline=30, reward=50.0)
        times = [float(rpe.measures.exact(agent, task).completion_time[0]) for agent in (PLANNER, left)]
        assert times[1] / times[0] - 1 == pytest.approx(0.0, abs=0.02)
        assert card_time(0.0, 2) == card_time(0.0, 0)

    def test_goal_gradient_speeds_up_as_fitted(self, quick):
        weight = quick("momentum").value("weight", gradient="fitted")
        first, last = (1 + math.exp(1.5 - weight * share) for share in (0.0, 0.9))
        assert last / first == pytest.approx(0.8)

    def test_two_references_leave_one_stuck_in_the_middle(self, quick):
        assert 0.3 <= quick("momentum").value("minimum", mechanism="two references") <= 0.7

    def test_small_area_crosses_half_way(self, quick):
        assert 0.4 <= quick("momentum").value("crossing", mechanism="small area") <= 0.6

    def test_badge(self, quick):
        study = quick("badges_and_off_path")
        assert study.value("after over before") < 0.7
        assert study.value("after over baseline") == pytest.approx(1.0, abs=0.1)

    def test_overjustification_signs_and_order(self, quick):
        study = quick("intrinsic")
        d = {
            kind: study.value("effect size", pay=kind)
            for kind in ("engagement", "completion", "performance", "feedback")
        }
        assert d["engagement"] < d["completion"] < d["performance"] < 0 <= d["feedback"]

    def test_meta_analytic_signs(self, quick):
        assert quick("individual_differences").value("signs reproduced") == 1.0

    def test_proximal_goals_tell_of_efficacy(self):
        """Feedback at sub-goals on one budget, paid at the end: proximal above distal, and distal as no goal."""
        planner = rpe.agents.Planner(rpe.discounting.Exponential(1.0), inverse_temperature=0.3)
        doubter = mechanisms.Efficacy(planner, weight=1.0, prior=(1.0, 3.0))
        found = {}
        for name, goals in (("proximal", (6, 12, 18, 24, 30, 36, 42)), ("distal", (42,)), ("none", (42,))):
            payout = np.eye(1, 43, 42)[0] * 150.0
            task = tasks.GoalTask(
                n_units=42, deadline=70, payout=payout, goals=goals, success_probability=0.9, start_cost=0.0
            )
            history = rpe.simulate.run(
                doubter, task, n_agents=300, n_trials=1, rng=0 if name != "none" else 1, keep_memory=True
            )
            believed = history.memory.own.mean.mean()
            found[name] = (history.trials.units.mean() / 42, believed)
        for i in range(2):
            proximal, distal, none = (found[name][i] for name in ("proximal", "distal", "none"))
            assert proximal > distal + 0.05
            assert abs(distal - none) < 0.5 * (proximal - distal)
