"""Families of settings in the experiments on motivation: oracles, shares, and sentences that follow their numbers."""

import numpy as np
import pytest

import rpe
from rpe import measures, tasks
from rpe.experiments import specifications
from rpe.experiments.specifications import Levels, groups, note, spread, taken
from rpe.experiments.study import Study

NAMES = ("future_self", "deadlines", "burnout", "momentum", "distraction")


@pytest.fixture(scope="module")
def found(computed):
    """Each experiment, run once at a size."""
    return lambda name, size="quick": computed(name, size)


@pytest.fixture(scope="module")
def family(found):
    """The family of each experiment at its quick size, as a copy that a test may change."""
    known = {}

    def get(name):
        if name not in known:
            known[name] = rpe.experiments.load(name).solve(found(name).settings)
        return dict(known[name])

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

    def test_classes_are_kept_as_numbers(self, found):
        """What came of a setting is no factor of it: settings can be paired by their factors."""
        for name, part in (("future_self", "family"), ("distraction", "family of planners")):
            study = found(name)
            held = [study.values(each, part=part) for each in measures.CLASSES]
            np.testing.assert_array_equal(np.sum(held, axis=0), 1.0)
            assert held[0].sum() > 10
            assert "class" not in study.factors

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
    def cells(cls):
        future_self = rpe.experiments.load("future_self")
        return future_self.solve(future_self.Settings(horizons=(4.8,)))

    @pytest.mark.parametrize(("shape", "matching", "beta", "one", "split"), PUBLISHED)
    def test_published_cells(self, cells, shape, matching, beta, one, split):
        who = {"shape": shape, "matching": matching, "inverse_temperature": beta}
        row = taken(cells, **who, self_knowledge="naive", effort="as reward")
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

    def test_the_verdict_on_present_bias_follows_the_numbers(self, found, family):
        future_self, study = rpe.experiments.load("future_self"), found("future_self")
        rows = family("future_self")
        assert "turns with the horizon of the match" in study.sentences[0]
        hyperbolic = rows["shape"] == "hyperbolic"
        for index, words in ((2.0, "present bias delays more wherever"), (-2.0, "impatience delays more wherever")):
            changed = {**rows, "index with one goal": np.where(hyperbolic, index, rows["index with one goal"])}
            assert words in future_self._bias_or_impatience(Study(study.settings), changed)

    def test_the_classes_are_counted_as_they_are(self, found, family):
        future_self, study = rpe.experiments.load("future_self"), found("future_self")
        rows = family("future_self")
        lost = {**rows, "class": np.full_like(rows["class"], "works at a loss")}
        text = future_self._helped(Study(study.settings), lost)[0]
        assert "hyperbolic discounters in 0 %" in text
        assert "reversed in 100 %" in text
        one = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.08), 3.0)
        expected = measures.classify(*(measures.exact(one, tasks.micro_wins(n)) for n in (1, 5)))
        who = {"shape": "hyperbolic", "kT": 4.8, "inverse_temperature": 3.0}
        assert taken(rows, **who, self_knowledge="naive", effort="as reward")["class"] == expected


class TestVolatileFreeTime:
    BASE = tasks.micro_wins(2, n_units=3, deadline=8, reward=12.0)

    @staticmethod
    def spells(task, n=4000):
        """Whether each step was busy, for workers who work whenever they can."""
        rng = np.random.default_rng(1)
        state, busy = task.initial(n, rng), []
        for _ in range(task.n_steps - 1):
            known = task.decode(state)
            busy.append(known["busy"])
            can = task.tables.available[state, tasks.WORK]
            state = task.step(state, np.where(can, tasks.WORK, tasks.DISTRACT), rng).state
        return np.array(busy)

    def test_free_time_is_the_markov_chain_that_it_says(self):
        p, rho = 0.6, 0.8
        busy = self.spells(tasks.volatile_free_time(tasks.monolithic(deadline=40), p, rho))
        assert not busy[0].any()
        # From a free step, P(free n steps on) = p + (1 − p)ρⁿ.
        expected = p + (1 - p) * rho ** np.arange(len(busy))
        np.testing.assert_allclose(1 - busy.mean(axis=1), expected, atol=0.03)
        late = busy[20:].astype(float)
        assert np.corrcoef(late[:-1].ravel(), late[1:].ravel())[0, 1] == pytest.approx(rho, abs=0.03)

    def test_busy_steps_offer_no_work_and_pass_as_distraction(self):
        task = tasks.volatile_free_time(self.BASE, 0.5, 0.5)
        known = task.decode(np.arange(task.n_states))
        unfinished = known["units"] < 3
        np.testing.assert_array_equal(task.tables.available[:, tasks.WORK], (known["busy"] == 0) & unfinished)
        np.testing.assert_array_equal(
            task.tables.reward[0, :, tasks.DISTRACT], np.repeat(self.BASE.tables.reward[0, :, tasks.DISTRACT], 2)
        )

    def test_always_free_is_the_base(self):
        agent = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.1))
        plain, free = (measures.exact(agent, t) for t in (self.BASE, tasks.volatile_free_time(self.BASE, 1.0, 0.7)))
        np.testing.assert_allclose(free.share_done, plain.share_done, atol=1e-12)

    def test_sampled_agrees_with_exact(self):
        agent = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.1), 0.5)
        task = tasks.volatile_free_time(self.BASE, 0.5, 0.6)
        history = rpe.simulate.run(agent, task, n_agents=4000, n_trials=1, rng=0)
        assert history.trials.reward.mean() == pytest.approx(measures.exact(agent, task).reward[0], rel=0.03)

    @pytest.mark.parametrize(
        ("make", "error", "match"),
        [
            (lambda base: tasks.volatile_free_time(tasks.lever(), 0.5), TypeError, "task must be a GoalTask"),
            (lambda base: tasks.volatile_free_time(base, 0.0), ValueError, "share must"),
            (lambda base: tasks.volatile_free_time(base, 0.5, 1.0), ValueError, "persistence must"),
            (lambda base: tasks.volatile_free_time(tasks.five_minutes(base), 0.5), ValueError, "no commitments"),
        ],
    )
    def test_bad_input(self, make, error, match):
        with pytest.raises(error, match=match):
            make(self.BASE)


class TestDeadlines:
    @staticmethod
    def module():
        return rpe.experiments.load("deadlines")

    def test_lump_sum_is_for_those_who_meet_every_target(self):
        deadlines = self.module()
        settings = deadlines.Settings(n_units=4, deadline=8, reward=40.0, goal_numbers=(2,), n_goals=2)
        place = next(p for p in deadlines.places(settings) if p.factors["eligibility"] == "lump sum")
        rng = np.random.default_rng(0)
        for task, actions, paid in (
            (place.bound, [1, 1, 1, 1, 0, 0, 0, 0], 40.0),  # two units by step 4, four by step 8
            (place.bound, [0, 0, 0, 1, 1, 1, 1, 0], 0.0),  # all units, but the first target was missed
            (place.free, [0, 0, 0, 1, 1, 1, 1, 0], 40.0),
            (place.free, [1, 1, 1, 0, 0, 0, 0, 0], 0.0),
        ):
            state, rewards = task.initial(1, rng), []
            for action in actions:
                step = task.step(state, np.array([action]), rng)
                state = step.state
                rewards.append(float(step.reward[0]) - task.distraction * (action == 0))
            assert rewards[:-1] == [0.0] * 7
            assert rewards[-1] == paid

    def test_no_option_is_worth_more_with_a_sub_deadline(self, found, family):
        """Whoever neither discounts nor errs can only lose by a constraint."""
        rows = family("deadlines")
        greedy = taken(rows, shape="none", inverse_temperature=np.inf)
        assert greedy["change of welfare"].size > 5
        assert greedy["change of welfare"].max() < 1e-9

    def test_criterion_on_volatile_free_time(self, found, family):
        """Interim targets with a lump sum and volatile free time: completion not above the free arm, mostly."""
        study = found("deadlines")
        assert study.value("share", finding="targets do not raise completion") > 0.9
        deadlines = self.module()
        rows = family("deadlines")
        rows["change of completion"] = np.full_like(rows["change of completion"], 0.5)
        text = deadlines._volatile(Study(study.settings), rows)
        assert "not above that without targets in 0 % of" in text
        assert "mean change is +0.500" in text

    def test_sentences_follow_the_change(self, found, family):
        deadlines, study = self.module(), found("deadlines")
        rows = family("deadlines")
        told = Study(study.settings)
        deadlines._say(told, {**rows, "change of completion": np.full_like(rows["change of completion"], 0.3)})
        assert told.sentences[0].count("raise completion in 100 %") == 1
        assert "in 0 %, and lower" in told.sentences[0]

    def test_beside_micro_wins(self, found):
        """The two experiments differ, and the sentence says by how much and why."""
        text = found("deadlines").sentences[-1]
        agent = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.08), sophisticated=True)
        changes = [
            np.subtract(
                *(
                    measures.exact(agent, tasks.micro_wins(5, due=due, success_probability=p)).completion_probability[0]
                    for due in ((12, 24, 36, 48, 60), None)
                )
            )
            for p in (1.0, 0.9, 0.8, 0.7, 0.6)
        ]
        assert f"sophisticated hyperbolic {max(changes, key=abs):+.3f}" in text


class TestBurnout:
    @staticmethod
    def module():
        return rpe.experiments.load("burnout")

    @pytest.mark.parametrize("psi", [0.0, 0.4])
    def test_fatigue_at_work_is_that_of_simulated_agents(self, psi):
        burnout = self.module()
        agent = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.08))
        task, tired = burnout._pair(5, psi, "completion")
        work = burnout.worked(agent, task, tired)[0]
        history = rpe.simulate.run(agent, task, n_agents=1500, n_trials=1, rng=0, record="all")
        assert work.sum() == pytest.approx(history.trials.units.mean(), rel=0.03)
        # Levels of fatigue at work, counted from what each agent did, one step after the other.
        counted = np.zeros_like(work)
        for actions, states in zip(history.full.action[:, 0], history.full.state[:, 0], strict=True):
            level = 0
            for action, units in zip(actions, task.decode(states)["units"], strict=False):
                works = action == tasks.WORK and units < task.n_units
                if works:
                    counted[units, level] += 1
                change = 1 if works else -task.rest_recovery if action == tasks.REST else -1
                level = min(max(level + change, 0), task.max_fatigue)
        np.testing.assert_allclose(work, counted / 1500, atol=0.06)
        burdens = (work * np.arange(11)).sum() / work.sum(), (counted * np.arange(11)).sum() / counted.sum()
        assert burdens[0] == pytest.approx(burdens[1], abs=0.1)

    def test_equal_work_by_hand(self):
        burnout = self.module()
        one, micro = np.zeros((1, 2, 3)), np.zeros((1, 2, 3))
        one[0, 0, 2], one[0, 1, 1] = 0.5, 1.0  # unit 1 by half of the trials at level 2; unit 2 at level 1
        micro[0, 0, 0], micro[0, 1, 2] = 0.5, 0.25
        w = np.array([0.25 / 1.0, 0.25 / 1.25])
        assert burnout.at_equal_work(one, micro)[0] == pytest.approx((w[0] * 2 + w[1] * -1) / w.sum())
        assert np.isnan(burnout.at_equal_work(one, np.zeros_like(one)))[0]
        assert burnout._mean_fatigue(one)[0] == pytest.approx((0.5 * 2 + 1.0) / 1.5)
        assert burnout._share_done(one)[0] == pytest.approx(0.75)

    def test_who_does_nothing_is_not_called_spared(self, found):
        """The single goal's low fatigue goes with little work, and the example says how little."""
        study = found("burnout")
        most = study.settings.couplings[-1]
        where = {"arm": "one goal", "paid_at": "once", "coupling": most}
        done = study.value("share done", **where)
        assert done < 0.1
        assert f"({done:.0%} of the work done)".replace("%", " %")[1:] in study.sentences[2]
        assert "at equal work" in study.sentences[2]

    def test_sentences_follow_the_family(self, family, found):
        burnout, settings = self.module(), found("burnout").settings
        rows = family("burnout")
        n = rows["coupling"].size
        full = {**rows, "share done with one goal": np.ones(n), "share done with micro wins": np.ones(n)}
        spared = burnout._equal_work(
            Study(settings), {**full, "spared at equal work": np.where(rows["coupling"] > 0, 1.0, 0.0)}
        )
        assert f"in the {n} of {n} settings" in spared
        assert "(ψ = 0) in 0 %" in spared
        assert "(ψ > 0) in 100 %" in spared
        idle = burnout.comparable({**full, "share done with one goal": np.full(n, 0.05)})
        assert idle["coupling"].size == 0
        text = burnout._as_it_comes(Study(settings), {**full, "spared as it comes": np.full(n, -1.0)})
        assert "more of the work gets done in 0 %" in text

    def test_couplings_are_checked(self):
        for bad in ((0.0, 0.2), (0.1, 0.2, 0.3), (0.0, 0.3, 0.2)):
            with pytest.raises(ValueError, match="couplings must begin with 0"):
                self.module().Settings(couplings=bad)


class TestMomentum:
    @staticmethod
    def module():
        return rpe.experiments.load("momentum")

    def test_no_start_cost_no_momentum(self, family):
        rows = taken(family("momentum"), start_cost=0.0)
        assert np.nanmax(np.abs(rows["stratified momentum"])) < 1e-12
        assert rows["arm"].size > 100

    def test_raw_difference_and_momentum_are_told_apart(self, found):
        """A goal gradient has a trend and no momentum; a start-up cost has both."""
        study = found("momentum")
        who = {"arm": "one goal", "part": "mechanism"}
        assert abs(study.value("momentum", mechanism="goal gradient", **who)) < 1e-12
        assert study.value("raw difference", mechanism="goal gradient", **who) > 0.1
        assert study.value("momentum", mechanism="start-up cost", **who) > 0.15

    def test_what_is_learned_is_measured_within_agents(self):
        """Agents who differ in how much they work, but not by what they did before: momentum together, none within."""
        momentum = self.module()
        agent = rpe.agents.Planner(rpe.discounting.Hyperbolic(np.repeat([0.005, 0.08], 60)), 0.5)
        task = tasks.micro_wins(1, start_cost=0.0, success_probability=0.9)
        history = rpe.simulate.run(agent, task, n_agents=120, n_trials=12, rng=0, record="all")
        within = momentum.momentum("habit", agent, task, history)
        assert within.low < 0 < within.high
        assert float(measures.momentum(history)) > within.high + 0.01

    def test_t_interval_by_hand(self):
        mean, low, high = self.module()._mean(np.array([0.1, 0.2, 0.6]))
        half = 4.302653 * np.std([0.1, 0.2, 0.6], ddof=1) / np.sqrt(3)
        assert (mean, low, high) == pytest.approx((0.3, 0.3 - half, 0.3 + half), abs=1e-6)

    def test_change_after_sub_goals_by_hand(self):
        task = tasks.micro_wins(2, n_units=4, deadline=10)
        exact = measures.exact(rpe.agents.Planner(rpe.discounting.Hyperbolic(0.08)), task)
        work = exact.work_probability[0]
        assert self.module().after_sub_goals(exact, task) == pytest.approx([work[2] - work[1]])

    def test_the_mechanisms_that_are_named_are_those_that_have_it(self, found):
        momentum, study = self.module(), found("momentum")
        for maker in ("habit", "small area"):
            names = np.array(["none", "habit", "small area"] * 2)
            level = np.where(names == maker, 0.2, 0.0)
            rows = {"mechanism": names, "arm": np.repeat(["one goal", "micro wins"], 3)}
            rows |= {"kT": np.ones(6), "inverse_temperature": np.ones(6), "momentum of mechanism": level}
            rows |= {"its low": level - 0.1, "its high": level + 0.1, "change of start": level}
            rows |= {"its start low": level - 0.3, "its start high": level + 0.3}
            told = Study(study.settings)
            momentum._say_mechanisms(told, rows)
            assert f"is made by {maker} in 100 % of 2 settings" in told.sentences[0]
            assert "no mechanism makes agents start earlier" in told.sentences[1]

    def test_sentences_follow_the_planners(self, found, family):
        momentum, study, rows = self.module(), found("momentum"), family("momentum")
        split = rows["arm"] == "micro wins"
        changed = {**rows, "stratified momentum": np.where(split, 0.5, 0.1)}
        assert "mostly micro wins" in momentum._by_arm(Study(study.settings), changed)
        changed = {**rows, "stratified momentum": np.where(split, 0.1, 0.5)}
        assert "mostly one goal" in momentum._by_arm(Study(study.settings), changed)
        changed = {**rows, "change after sub-goal": np.full_like(rows["kT"], 0.3)}
        assert "in 0 % of" in momentum._slumps(Study(study.settings), changed)


class TestDistraction:
    @staticmethod
    def module():
        return rpe.experiments.load("distraction")

    def test_welch_is_that_of_scipy(self):
        from scipy.stats import ttest_ind

        rng = np.random.default_rng(0)
        a, b = rng.normal(1.0, 2.0, 12), rng.normal(0.0, 0.5, 30)
        interval = ttest_ind(a, b, equal_var=False).confidence_interval()
        assert self.module().welch(a, b) == pytest.approx((a.mean() - b.mean(), interval.low, interval.high))
        assert self.module().welch(np.ones(3), np.zeros(3)) == (1.0, 1.0, 1.0)

    def test_where_the_task_is_not_worth_doing(self, family):
        """By hand: 100 + 40 d − 20 − 2 against 60 d, so that the task is worth 78 − 20 d: nothing from d = 3.9 on."""
        rows = family("distraction")
        for pay in (1.0, 2.0, 4.5):
            assert taken(rows, pay=pay)["worth doing"] == pytest.approx(max(78 - 20 * pay, 0.0))
        assert "rightly left alone" in taken(rows, pay=4.5)["class"]
        assert "rightly left alone" not in taken(rows, pay=1.0)["class"]

    def test_the_default_pay_is_a_cell_of_micro_wins(self, family):
        who = {"shape": "hyperbolic", "kT": 4.8, "inverse_temperature": 3.0, "self_knowledge": "naive", "pay": 2.0}
        row = taken(family("distraction"), **who)
        assert row["index with one goal"] == pytest.approx([0.848], abs=6e-4)
        assert row["fall of index"] == pytest.approx([0.848 - 0.178], abs=1.2e-3)

    def test_learners_of_a_family_are_those_of_a_run(self):
        """A cell of the family is what its learner does alone, up to the sampling of agents."""
        distraction = self.module()
        settings = distraction.Settings(
            chances=(1.0, 0.5, 0.1),
            learning_rates=(0.1,),
            learner_temperatures=(1.0,),
            trace_decays=(0.9,),
            family_agents=60,
            family_trials=300,
            seeker_trials=2,
        )
        rows = distraction.learned(settings, np.random.default_rng(0))
        learner = rpe.agents.QLearner(learning_rate=0.1, discount=0.95, trace_decay=0.9, inverse_temperature=1.0)
        index = []
        for p in (0.1, 1.0):
            history = rpe.simulate.run(learner, distraction._chancy(p), n_agents=60, n_trials=300, rng=5)
            index.append(measures.procrastination_index(history)[:, -60:].mean(axis=1))
        expected = index[0].mean() - index[1].mean()
        row = taken(rows, chance=0.1, seeks="pay alone")
        width = (row["added high"] - row["added low"])[0]
        assert row["added by chance"][0] == pytest.approx(expected, abs=width)
        assert row["added low"] < row["added by chance"] < row["added high"]

    def test_learners_seek_what_they_are_said_to_seek(self, found):
        distraction, settings = self.module(), found("distraction").settings
        kinds = [type(distraction._learner(settings, seeks, {})).__name__ for seeks in distraction.SEEKS]
        assert kinds == ["QLearner", "CountBonus", "UpperConfidence", "Progress"]
        assert set(found("distraction").levels("seeks")) == set(distraction.SEEKS)

    def test_the_verdict_on_chance_follows_the_numbers(self, found):
        distraction, settings = self.module(), found("distraction").settings
        n = 4
        rows = {name: np.arange(n) for name in distraction._LEARNER}
        for low, d, words in ((0.1, 0.5, "in 100 % of 4"), (-0.1, 0.5, "in 0 % of 4"), (0.1, 0.1, "in 0 % of 4")):
            rows |= {"added low": np.full(n, low), "added high": np.full(n, 0.9), "d of chance": np.full(n, d)}
            text = distraction._chance(Study(settings), rows | {"added by chance": np.full(n, 0.3)})
            assert words in text

    def test_the_pay_at_which_micro_wins_hold_follows_the_numbers(self, found):
        distraction, study = self.module(), found("distraction")
        for share, words in ((0.1, "in a band of pays"), (0.7, "at every pay here")):
            told = Study(study.settings)
            for pay in study.settings.family_pays:
                told.add({"share": 0.8 if pay == 2.0 else share}, finding="micro wins help", pay=pay)
            text = distraction._alone(told, {})
            assert "where distraction pays 2 (80 %)" in text
            assert words in text

    def test_three_points_make_a_line(self):
        with pytest.raises(ValueError, match="pays must hold three numbers"):
            self.module().Settings(pays=(1.0, 2.0))
        with pytest.raises(ValueError, match="free_times must fall, and hold three"):
            rpe.experiments.load("deadlines").Settings(free_times=(1.0, 0.5))
