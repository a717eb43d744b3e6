"""The main experiment: the referee's table, the family against single solutions, controls, shares and sentences."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from figure_rules import printable
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

import rpe
from rpe import measures, tasks
from rpe.agents import Planner
from rpe.discounting import Exponential, Hyperbolic, QuasiHyperbolic
from rpe.experiments import micro_wins
from rpe.experiments.micro_wins import arms, example, family, random_tasks
from rpe.experiments.micro_wins.arms import ARMS, SHAPES

INF = float("inf")
SMALL = micro_wins.Settings(
    horizons=(1.2, 4.8),
    matchings=("D(10)", "D(N)", "equal area"),
    temperatures=(1.0, 10.0, INF),
    cost_ratios=(0.6,),
    goal_numbers=(5,),
    pays=("completion",),
    success_probabilities=(1.0,),
    n_rates=5,
    n_ratios=3,
    n_tasks=4,
    n_task_rates=2,
    n_agents=4,
    n_trials=6,
    n_credit_trials=6,
    n_walkers=100,
)
# As little as there can be, so that it can be run several times.
TINY = replace(
    SMALL,
    n_units=10,
    deadline=30,
    horizons=(4.8,),
    matchings=("D(N)",),
    temperatures=(1.0, INF),
    n_rates=3,
    n_tasks=2,
)


@pytest.fixture(scope="module")
def result():
    return micro_wins.run(SMALL, 0)


# --- what a referee found in version 0.1 ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("beta", "hyperbolic", "exponential"),
    [
        (1.0, (0.738, 0.196, 0.261), (0.245, 0.193, 0.321)),
        (3.0, (0.848, 0.178, 0.333), (0.651, 0.176, 0.721)),
        (5.0, (0.843, 0.176, 0.541), (0.958, 0.175, 0.962)),
        (10.0, (0.842, 0.175, 0.847), (1.000, 0.175, 1.000)),
        (INF, (0.842, 0.175, 0.842), (1.000, 0.175, 1.000)),
    ],
)
def test_the_example_turns_with_noise(beta, hyperbolic, exponential):
    """Index with one goal, equal pay and equal present value, from an independent solver."""
    own = Hyperbolic(0.08)
    for discounting, expected in ((own, hyperbolic), (Exponential.matched(own, delay=20), exponential)):
        goals = (
            tasks.monolithic(),
            tasks.micro_wins(5),
            tasks.micro_wins(5, matching="present_value", discounting=discounting),
        )
        found = [measures.exact(Planner(discounting, beta), task).procrastination_index[0] for task in goals]
        assert_allclose(found, expected, atol=6e-4)


@pytest.mark.parametrize(
    ("matching", "index"), [("D(T)", 0.200), ("D(N)", 0.245), ("equal area", 0.872), ("D(10)", 0.912), ("D(5)", 0.980)]
)
def test_the_exponential_turns_with_the_match(matching, index):
    gamma = arms.factor(np.array([0.08]), matching, 20, 60)
    found = measures.exact(Planner(Exponential(gamma)), tasks.monolithic()).procrastination_index[0]
    assert found == pytest.approx(index, abs=6e-4)


def test_an_exponential_agent_never_starts_by_its_own_plan():
    """Working at once is worth 39.20 to it, never 40.43: that its index is .245 at β = 1 is noise."""
    own = Exponential.matched(Hyperbolic(0.08), delay=20)
    delay = np.arange(60)
    utility = np.where(delay < 20, -1.0, 2.0)
    utility[0] -= 2.0
    utility[19] += 100.0
    assert utility @ own(delay) == pytest.approx(39.20, abs=5e-3)
    assert (2.0 * own(delay)).sum() == pytest.approx(40.43, abs=5e-3)
    assert measures.exact(Planner(own, INF), tasks.monolithic()).procrastination_index[0] == 1.0


# --- matching -----------------------------------------------------------------------------------------


def test_discounters_agree_where_they_are_matched():
    k = np.array([0.02, 0.08, 0.2])
    for matching, at in (("D(5)", 5), ("D(10)", 10), ("D(N)", 20), ("D(T)", 60)):
        assert_allclose(Exponential(arms.factor(k, matching, 20, 60))(at), Hyperbolic(k)(at))
        biased = arms.factor(k, matching, 20, 60, present=0.7)
        inside = biased < 1
        assert_allclose(QuasiHyperbolic(0.7, biased)(at)[inside], Hyperbolic(k)(at)[inside])
        assert (Hyperbolic(k)(at)[~inside] >= 0.7).all()
    delay = np.arange(1, 21)
    area = Exponential(arms.factor(k, "equal area", 20, 60))(delay).sum(axis=1)
    assert_allclose(area, Hyperbolic(k)(delay).sum(axis=1))


# --- the family ------------------------------------------------------------------------------------------


def test_the_family_holds_every_specification_once(result):
    """As many rows as there are combinations, and factors that mean nothing for a shape have one level."""
    agents = 2 * 3 * 3 + 3 * 2 * 3 * 2 + 3 * 2 * 3 * 3 + 3 * 2
    assert result.family.n_rows == 2 * agents
    rows = set(zip(*(result.family[name].tolist() for name in ("arm", *family.FACTORS)), strict=True))
    assert len(rows) == result.family.n_rows
    assert set(result.family["matching"][result.family["shape"] == "hyperbolic"].tolist()) == {""}


def test_the_family_is_what_single_solutions_say(result):
    """A scattered dozen of rows against planners and tasks made one by one."""
    rng = np.random.default_rng(0)
    for i in rng.choice(result.family.n_rows, 12, replace=False):
        line = {name: result.family[name][i].item() for name in result.family}
        k = line["kT"] / 60
        if line["shape"] in ("hyperbolic", "none"):
            own = Hyperbolic(k) if line["shape"] == "hyperbolic" else Exponential(1.0)
        elif line["shape"] == "exponential":
            own = Exponential(arms.factor(np.array([k]), line["matching"], 20, 60)[0])
        else:
            own = QuasiHyperbolic(0.7, arms.factor(np.array([k]), line["matching"], 20, 60, 0.7)[0])
        agent = arms.planner(own, line["inverse_temperature"], line["self_knowledge"])
        one = measures.exact(agent, tasks.monolithic())
        matching = {"equal pay": "pay", "equal present value": "present_value"}[line["arm"]]
        split = measures.exact(agent, tasks.micro_wins(5, matching=matching, discounting=own))
        assert line["procrastination_index"] == pytest.approx(split.procrastination_index[0], abs=1e-12), line
        assert line["effect"] == pytest.approx(one.procrastination_index[0] - split.procrastination_index[0], abs=1e-12)
        by = arms.YARDSTICK[line["arm"]]
        assert line["class"] == measures.classify(one, split, by=by, discounting=own)[0]
        assert line["delay_change"] + line["undone_change"] == pytest.approx(-line["effect"], abs=1e-12)


def test_without_discounting_nothing_changes_in_the_family(result):
    own = result.family.where(result.family["shape"] == "none")
    assert np.abs(own["effect"]).max() < 0.002
    assert set(own["class"].tolist()) == {"no effect"}


def test_the_time_consistent_have_nothing_to_be_naive_about():
    own = Exponential(0.95)
    partly, wise = (arms.planner(own, 1.0, knowledge) for knowledge in arms.KNOWLEDGE[1:])
    task = tasks.monolithic()
    assert_allclose(partly.init(task, 1).policy, wise.init(task, 1).policy)


# --- Sobol indices -----------------------------------------------------------------------------------------


def exact_total_order(y):
    """E[Var(Y | all others)] / Var(Y), over a full grid of equally likely levels."""
    return np.array([y.var(axis=axis).mean() for axis in range(y.ndim)]) / y.var()


def test_total_order_against_the_full_grid(result):
    rng = np.random.default_rng(0)
    a, b, c = np.ogrid[0:4, 0:3, 0:5]
    for y in (a + 0.0 * b + (b == 2) * c, rng.normal(size=(3, 4, 2))):
        assert_allclose(family.total_order(y * 1.0, rng=1), exact_total_order(y * 1.0), atol=0.06)
    grid = family.grid(SMALL, result.family, "equal pay")
    assert grid.shape == tuple(map(len, family.factor_levels(SMALL).values()))
    assert_allclose(family.total_order(grid, rng=1), exact_total_order(grid), atol=0.08)


def test_total_order_without_variance():
    assert np.isnan(family.total_order(np.ones((2, 3)))).all()
    assert_allclose(family.total_order(np.array([[0.0], [1.0]]), rng=0), [1.0, 0.0], atol=0.05)


# --- random tasks --------------------------------------------------------------------------------------------


def test_random_tasks_have_a_column_without_discounting(result):
    patient = result.tasks["shape"] == "none"
    assert (result.tasks["kT"][patient] == 0).all()
    assert patient.sum() == 2 * SMALL.n_tasks
    assert set(result.tasks["class"].tolist()) <= set(measures.CLASSES)
    pay, fair = (result.tasks.where(patient & (result.tasks["arm"] == arm)) for arm in ARMS[1:3])
    assert_allclose(pay["effect"], fair["effect"], atol=1e-12)


def test_intervals_have_the_task_as_their_unit():
    """Eight judgements of the same task are one case: repeating them must not narrow the interval."""
    rng = np.random.default_rng(0)
    hit = np.where(rng.random(60) < 0.3, "helps", "hurts")

    def table(times):
        return rpe.table.Table({"task": np.repeat(np.arange(60.0), times), "class": np.repeat(hit, times)})

    once, often = (random_tasks.share(table(times), ("helps",)) for times in (1, 8))
    assert_allclose(once, often)
    assert once.low < 0.3 < once.high
    assert once.high - once.low == pytest.approx(2 * 1.96 * np.sqrt(0.3 * 0.7 / 60), rel=0.25)
    nobody = random_tasks.share(table(8), ("no effect",))
    assert (nobody.mean, nobody.low) == (0.0, 0.0)
    assert nobody.high == pytest.approx(1.96**2 / (60 + 1.96**2), abs=0.005)  # Wilson's at 0 of 60


# --- the worked example ---------------------------------------------------------------------------------------


def test_controls(result):
    """No discounting: nothing to gain; marks and ticks: nothing by construction; points: nothing for exponentials."""
    lines = result.select("example")
    assert {(r["arm"], r["shape"], r["self_knowledge"]) for r in lines} == set(
        product(ARMS, example.DISCOUNTING, arms.KNOWLEDGE)
    )
    for line in lines:
        silent = line["arm"] in ("feedback", "pseudo-reward", "one goal")
        invariant = line["arm"] == "points" and line["shape"] == "exponential"
        if silent or invariant or (line["shape"] == "none" and line["self_knowledge"] == "naive"):
            assert line["effect"] == pytest.approx(0.0, abs=1e-9), line
        elif line["shape"] == "none":  # who foresees its own noise counts on less of the last pay
            assert abs(line["effect"]) < 0.002


def test_one_label_is_one_number(result):
    """The example is a cell of the family, of the sweep over β and of the figure's bars."""
    for arm in ARMS[1:3]:
        core = result.select("example", arm=arm, shape="hyperbolic", self_knowledge="naive")[0]
        by_noise = result.select("temperature", arm=arm, shape="hyperbolic", inverse_temperature=1.0)[0]
        cell = result.family["arm"] == arm
        for name, level in (("shape", "hyperbolic"), ("kT", 4.8), ("inverse_temperature", 1.0)):
            cell &= result.family[name] == level
        cell &= result.family["self_knowledge"] == "naive"
        assert cell.sum() == 1
        for value in (by_noise["procrastination_index"], result.family["procrastination_index"][cell][0]):
            assert value == pytest.approx(core["procrastination_index"], abs=1e-12)


def test_momentum_is_the_start_cost(result):
    for line in result.select("momentum"):
        if line["start_cost"] == 0:
            assert abs(line["momentum"]) < 1e-12
            assert line["arm"] != "one goal" or line["raw_difference"] > 0.2
        else:
            assert line["momentum"] > 0.2


# --- the whole -------------------------------------------------------------------------------------------------


def test_table(result):
    table = micro_wins.table(result)
    assert {"family", "random task", "example", "sensitivity", "learned", "credit", "momentum"} <= set(table["part"])
    assert table.n_rows > result.family.n_rows + result.tasks.n_rows
    assert table.where(table["part"] == "family")["effect"].tolist() == result.family["effect"].tolist()


def test_sentences_follow_the_numbers(result):
    text = micro_wins.sentences(result)
    assert "Over the family" in text[0]
    assert "helped in 0%" not in text[0]
    nothing = rpe.table.Table({**result.family, "class": np.full(result.family.n_rows, "no effect")})
    silent = micro_wins.sentences(replace(result, family=nothing))
    assert silent[0].count("helped in 0%") == 3
    assert silent[0] != text[0]
    turned = rpe.table.Table({**result.family, "effect": np.where(result.family["kT"] > 2, 0.3, -0.3)})
    assert "turned by the discount rate kT" in micro_wins.sentences(replace(result, family=turned))[2]
    assert "no factor alone turns" in micro_wins.sentences(replace(result, family=nothing))[2] or "turned by" in text[2]


def test_figures_are_complete(result):
    figures = micro_wins.figures(result)
    assert set(figures) == {"", "sensitivity", "tasks", "example", "momentum", "learning", "payout"}
    for figure in figures.values():
        assert isinstance(figure, Figure)
        assert all(ax.get_xlabel() or ax.get_ylabel() or ax.get_title(loc="left") for ax in figure.axes)
    printable(figures)


def test_a_greedy_or_steep_example_ends_without_a_traceback():
    """With β = 10 no walker may idle, so that raw momentum is unknown; that is no error."""
    for beta in (10.0, INF):
        few = replace(TINY, n_units=SMALL.n_units, deadline=SMALL.deadline, inverse_temperature=beta)
        found = micro_wins.run(few, 0)
        assert np.isnan(found.column("raw_difference", "momentum")).any()
        assert micro_wins.sentences(found)
        assert micro_wins.figures(found)
        assert micro_wins.table(found).n_rows
    # Where nothing at all is known of momentum, its panel is left out.
    found = micro_wins.run(replace(TINY, inverse_temperature=INF), 0)
    assert len(micro_wins.figures(found)["momentum"].subfigs) == 3


def test_the_result_does_not_depend_on_processes_and_resumes(tmp_path):
    result = micro_wins.run(TINY, 0)
    again = micro_wins.run(TINY, 0, n_jobs=2, folder=tmp_path)
    assert {path.name for path in tmp_path.glob("*.sqlite")} == {
        f"micro_wins_{name}.sqlite" for name in ("learned", "tasks", "family")
    }
    resumed = micro_wins.run(TINY, 0, folder=tmp_path)
    for other in (again, resumed):
        for name, values in micro_wins.table(result).items():
            np.testing.assert_array_equal(values, micro_wins.table(other)[name], err_msg=name)
        assert micro_wins.sentences(result) == micro_wins.sentences(other)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"n_goals": 21}, "n_goals must be at most 20; got 21"),
        ({"n_tasks": 0}, "n_tasks must be at least 2"),
        ({"k": 0.0}, "k must lie in"),
        ({"reward": float("nan")}, "reward must be finite"),
        ({"exploration": 1.5}, "exploration"),
        ({"matchings": ("D(7)",)}, "matchings must be one of 'D\\(5\\)'"),
        ({"horizons": ()}, "horizons must have at least one level; got none"),
        ({"temperatures": (-1.0,)}, "inverse_temperature"),
        ({"goal_numbers": (30,)}, "goal_numbers must be at most 20; got 30"),
        ({"pays": ("never",)}, "pays must be one of"),
    ],
)
def test_bad_settings(values, message):
    with pytest.raises(ValueError, match=message):
        micro_wins.Settings(**values)


def test_quick_and_full_hold_the_same_factors():
    quick, default, full = micro_wins.Settings.quick(), micro_wins.Settings(), micro_wins.Settings.full()
    assert quick.n_tasks < default.n_tasks < full.n_tasks
    assert family.design(quick).n_cells < family.design(default).n_cells < family.design(full).n_cells
    assert len(SHAPES) == 4


@pytest.mark.slow
def test_quick_points_the_way_of_the_default(quick):
    """The signs and orders that the headline sentences state are the same in the coarse family."""

    def headline(solved):
        signs = {}
        for arm, shape in product(family.SPLIT, SHAPES[:3]):
            share = family.shares(solved, arm=arm, shape=shape)
            chosen = (solved["arm"] == arm) & (solved["shape"] == shape)
            signs[arm, shape] = (
                solved["effect"][chosen].mean() > 0,
                share["helps"] > share["works at a loss"],
                share["helps"] > share["hurts"],
            )
        return signs

    assert headline(quick("micro_wins").family) == headline(family.solve(micro_wins.Settings(), rng=0))


def test_specification_curve_by_hand():
    ax = rpe.plots.specification_curve(
        [0.3, -0.2, 0.0, 0.1], {"pay": ["early", "late", "early", "late"], "β": [np.inf, 1.0, 1.0, np.inf]}
    )
    (marks,) = ax.child_axes
    assert [text.get_text() for text in marks.get_yticklabels()] == ["early", "late", "1", "∞"]
    shown = [image.get_array().tolist() for image in marks.images]
    assert shown[0] == [[0, 1, 0, 1], [1, 0, 1, 0]]  # sorted: late −.2, early 0, late .1, early .3
    assert shown[1] == [[1, 1, 0, 0], [0, 0, 1, 1]]
    words = {text.get_text() for text in ax.texts}
    assert words == {"sooner 50%", "later 25%", "no change 25%"}
    with pytest.raises(ValueError, match="must have one level per effect, 2; got 1"):
        rpe.plots.specification_curve([0.1, 0.2], {"pay": ["early"]})
    with pytest.raises(ValueError, match="factors must name at least one factor"):
        rpe.plots.specification_curve([0.1, 0.2], {})


def test_class_map_by_hand():
    ax = rpe.plots.class_map([0, 1, 10], [0.2, 0.5, 0.9], ["a", "b", "b"], ["a", "b"], x_label="x", y_label="y")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a  0%", "b  100%"]
    zeros, others = (line.get_xdata() for line in ax.lines[:2])
    assert zeros.max() < 1 <= others.min()
    with pytest.raises(ValueError, match="classes must be one of up to five names"):
        rpe.plots.class_map([1], [1], ["c"], ["a", "b"], x_label="x", y_label="y")
