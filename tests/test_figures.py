"""Figures for print: pages, headings, colours of meaning, titles, and the rules that every figure is held to."""

import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from figure_rules import faults, printable, says_how_sure, says_the_finding
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import rpe
from rpe import experiments, plots
from rpe.experiments import titles
from rpe.experiments.study import Panel, Study
from rpe.plots import house

TESTS = Path(__file__).parent
X = [0.0, 1.0, 2.0]
ARMS = {"one goal": [0.7, 0.8, 0.9], "micro wins": [0.2, 0.2, 0.2]}


def drawn(series=None, x=X, title="One goal delays more than micro wins"):
    figure, (ax,) = plots.page(1)
    chosen = ARMS if series is None else series
    plots.responses(x, list(chosen.values()), labels=list(chosen), xlabel="k", ylabel="index", ax=ax)
    plots.heading(ax, title)
    return figure, ax


# Rules: each finds the fault that is planted, and nothing in a figure without one ---------------------


def test_a_figure_without_fault():
    assert faults(drawn()[0]) == []


def plant_small(figure, ax):
    ax.text(0.5, 0.5, "too small", fontsize=5.5)


def plant_wide(figure, ax):
    figure.set_figwidth(9.4)


def plant_covered(figure, ax):
    ax.text(0.5, 0.5, "one word")
    ax.text(0.5, 0.5, "another")


def plant_off_page(figure, ax):
    ax.text(-0.5, 0.5, "a long remark", transform=ax.transAxes)


def plant_empty(figure, ax):
    figure.add_axes((0.8, 0.8, 0.1, 0.1)).set(xticks=[], yticks=[])


def plant_swapped(figure, ax):
    ax.lines[0].set_color(house.VERMILLION)


def plant_arm_colour(figure, ax):
    ax.plot(X, X, color=house.BLUE, label="speed")


def plant_name(figure, ax):
    ax.set_title("procrastination_index by rate", loc="left")


def plant_word(figure, ax):
    ax.set_title("Delay", loc="left")


def plant_two_points(figure, ax):
    ax.plot([0, 1], [0.4, 0.5], color=house.INK, label="straight")


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (plant_small, "5.5 pt in print"),
        (plant_wide, "pt in print"),
        (plant_covered, "'one word' covers 'another'"),
        (plant_off_page, "runs off the page"),
        (plant_empty, "axes hold no data"),
        (plant_swapped, "'one goal' has not the colour of its meaning"),
        (plant_arm_colour, "'speed' has the colour of an arm"),
        (plant_name, "says no finding"),
        (plant_word, "says no finding"),
        (plant_two_points, "goes through two points"),
    ],
)
def test_a_planted_fault_is_found(plant, said):
    figure, ax = drawn()
    plant(figure, ax)
    assert any(said in fault for fault in faults(figure)), faults(figure)


def test_every_experiment_is_held_to_the_rules():
    """Where a test has the result of an experiment anyway, it looks at its figures too."""
    held = "".join(
        text for path in TESTS.glob("test_*.py") if "printable(" in (text := path.read_text(encoding="utf-8"))
    )
    assert not [name for name in experiments.names() if not re.search(rf"\b{name}\b", held)]


@pytest.mark.parametrize(
    "name", ["industriousness", "focus", "self_control", "reward_kinds", "liking", "rituals", "spacing"]
)
def test_figures_of_the_rest_of_the_story(name, quick):
    study = quick(name)
    printable(study.figures())
    for panel in study.panels:
        says_the_finding(panel)


# Titles -----------------------------------------------------------------------------------------------

MORE = ("delays more than", "delays less than", "delays as much as")


@pytest.mark.parametrize(
    ("title", "series", "said"),
    [
        (titles.compare("a", "b", *MORE), {"a": [0.7], "b": [0.2]}, "A delays more than b (0.70, 0.20)"),
        (titles.compare("a", "b", *MORE), {"a": [0.1], "b": [0.2]}, "A delays less than b (0.10, 0.20)"),
        (titles.compare("a", "b", *MORE), {"a": [0.2], "b": [0.2]}, "A delays as much as b (0.20, 0.20)"),
        (titles.trend("delay", "k"), {"a": [0.2, 0.5, 0.7]}, "Delay rises with k (0.20 to 0.70)"),
        (titles.trend("delay", "k"), {"a": [0.7, 0.5, 0.2]}, "Delay falls with k (0.70 to 0.20)"),
        (titles.trend("delay", "k"), {"a": [0.2, 0.2, 0.2]}, "Delay does not change with k (0.20)"),
        (titles.trend("delay", "k"), {"a": [np.nan, np.nan]}, "Delay is undefined"),
        (titles.compare("a", "b", *MORE), {"a": [np.nan], "b": [0.2]}, "A and b cannot be compared"),
        (titles.ranked("delay"), {"a": [np.nan], "b": [np.nan]}, "Delay is undefined for all"),
        (titles.trend("delay", "k"), {"a": [0.7, 0.2, 0.6]}, "Delay is lowest in between over k (0.70, 0.20, 0.60)"),
        (titles.trend("delay", "k"), {"a": [0.2, 0.7, 0.2]}, "Delay is highest in between over k (0.20, 0.70, 0.20)"),
        (titles.ranked("delay"), {"a": [0.7], "b": [0.2]}, "Delay is highest for a (0.70), lowest for b (0.20)"),
        (titles.ranked("delay"), {"a": [0.2], "b": [0.2]}, "Delay is the same for all (0.20)"),
        (
            titles.changes("a promise", "delay"),
            {"a": [0.01, -0.03]},
            "A promise hardly changes delay (−0.030 to 0.010)",
        ),
        (titles.changes("a promise", "delay"), {"a": [-0.1, -0.3]}, "A promise lowers delay (by 0.10 to 0.30)"),
        (titles.changes("a promise", "delay"), {"a": [0.1, 0.3]}, "A promise raises delay (by 0.10 to 0.30)"),
        (titles.changes("a promise", "delay"), {"a": [0.1, -0.3]}, "A promise lowers or raises delay (−0.30 to 0.10)"),
        (titles.jump("work", "it is won", 1, name="a"), {"a": [0.8, 0.3]}, "Work falls once it is won (0.80 to 0.30)"),
        (titles.jump("work", "it is won", 1, name="a"), {"a": [0.3, 0.8]}, "Work rises once it is won (0.30 to 0.80)"),
        (
            titles.jump("work", "it is won", 1, name="a"),
            {"a": [0.3, 0.3]},
            "Work does not change once it is won (0.30 to 0.30)",
        ),
        (titles.tally("y", "n", "it helps"), {"y": [0.5], "n": [0.1]}, "It helps in each case (+40 points)"),
        (titles.tally("y", "n", "it helps"), {"y": [0.1], "n": [0.5]}, "In no case: it helps (−40 points)"),
        (
            titles.tally("y", "n", "it helps"),
            {"y": [0.5, 0.2, 0.3], "n": [0.1, 0.3, 0.1]},
            "It helps for 0.0, 2.0; not for 1.0",
        ),
    ],
)
def test_a_title_has_words_for_each_outcome(title, series, said):
    curves = {name: np.array(y) for name, y in series.items()}
    assert titles.of(title, Panel("", X[: len(next(iter(curves.values())))], curves)) == said


def test_differences_within_the_intervals_are_none():
    curves = {"a": np.array([0.5, 0.5]), "b": np.array([0.4, 0.4])}
    band = {name: np.array([y - 0.1, y + 0.1]) for name, y in curves.items()}
    panel = Panel("", [0, 1], curves, band=band)
    assert "as much as" in titles.of(titles.compare("a", "b", *MORE), panel)
    assert "more than" in titles.of(titles.compare("a", "b", *MORE), panel._replace(band=None))
    rising = {"a": np.array([0.5, 0.6])}
    assert "does not change" in titles.of(titles.trend("delay", "k"), Panel("", [0, 1], rising, band=band))


@pytest.mark.parametrize(
    ("holds", "said"), [([1, 1], "in all 2 rules"), ([0, 0], "in none of 2 rules"), ([1, 0], "in 1 of 2")]
)
def test_how_many_hold(holds, said):
    assert said in titles.holding("it ramps", holds, "rules")


def test_a_title_that_does_not_turn_is_found():
    curves = {name: np.array(y) for name, y in ARMS.items()}
    with pytest.raises(AssertionError, match="One goal"):
        says_the_finding(Panel(lambda panel: "One goal delays more", X, curves, exact=True))


BAND = {"one goal": np.array([[0.6, 0.7, 0.8], [0.8, 0.9, 1.0]])}


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"ylabel": "index"}, "neither exact"),
        ({"ylabel": "index", "band": BAND}, "does not say"),
        ({"ylabel": "index", "band": BAND, "exact": True}, "index"),
        ({"ylabel": "index (± SE)", "band": {"one goal": BAND["one goal"] + 0.5}}, "outside"),
    ],
)
def test_a_panel_that_does_not_say_how_sure_it_is_is_found(labels, said):
    panel = Panel("", X, {name: np.array(y) for name, y in ARMS.items()}, **labels)
    with pytest.raises(AssertionError, match=said):
        says_how_sure(panel)
    for fits in (
        {"band": None, "exact": True},
        {"band": None, "exact": False, "ylabel": "index\n(mean over settings)"},
        {"band": BAND, "exact": False, "ylabel": "index (95 % interval)"},
    ):
        says_how_sure(panel._replace(**fits))


def test_titles_say_where_numbers_are_means_and_where_they_stand():
    panel = Panel("", X, {name: np.array(y) for name, y in ARMS.items()})
    assert titles.of(titles.compare("one goal", "micro wins", *MORE), panel).endswith("(means 0.80, 0.20)")
    assert titles.of(titles.compare("one goal", "micro wins", *MORE, at=2.0), panel).endswith("(0.90, 0.20)")
    assert titles.of(titles.ranked("delay"), panel).endswith("(means 0.80, 0.20)")
    at_the_end = titles.of(titles.ranked("delay in the end", at=2.0), panel)
    assert at_the_end == "Delay in the end is highest for one goal (0.90), lowest for micro wins (0.20)"


def test_what_intervals_do_not_tell_apart_is_the_same():
    bars = {"delay": np.array([0.5, 0.4])}
    panel = Panel("", ["praise", "pay"], bars, band={"delay": np.array([bars["delay"] - 0.1, bars["delay"] + 0.1])})
    assert titles.of(titles.ranked("delay", by="after", name="delay"), panel) == (
        "Delay is the same after all (0.40 to 0.50)"
    )
    assert "highest after praise" in titles.of(
        titles.ranked("delay", by="after", name="delay"), panel._replace(band=None)
    )


# Pages, headings and colours ---------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_no_part_of_a_page_is_empty(n):
    figure, panels = plots.page(n)
    assert len(panels) == n
    assert figure.get_figwidth() * 25.4 == pytest.approx(180)
    covered = sum(part.bbox.width * part.bbox.height for part in figure.subfigs)
    assert covered == pytest.approx(figure.bbox.width * figure.bbox.height)


def test_page_rejects_bad_numbers():
    with pytest.raises(ValueError, match="n_panels"):
        plots.page(0)
    with pytest.raises(ValueError, match="height"):
        plots.page(1, height=0)


def test_a_heading_stands_above_the_key_and_within_its_panel():
    figure, panels = plots.page(2)
    for ax in panels:
        plots.bars(["a", "b"], [[1, 2], [2, 1]], labels=["helped", "hurt or at a loss"], ylabel="share " * 6, ax=ax)
        plots.heading(ax, "Sub-goals help more often than they hurt in each of the cases that were tried", letter="a")
    figure.draw_without_rendering()
    for ax, part in zip(panels, figure.subfigs, strict=True):
        title, key = ax._left_title.get_window_extent(), ax.get_legend().get_window_extent()
        assert title.y0 >= key.y1 - 1
        assert part.bbox.x0 <= title.x0 <= title.x1 <= part.bbox.x1
    assert faults(figure) == []


def test_heading_leaves_dollars_alone():
    ax = Figure().subplots()
    assert plots.heading(ax, "It costs $5 or $7")._left_title.get_parse_math() is False
    with pytest.raises(TypeError, match="title"):
        plots.heading(ax, 3)


def test_one_meaning_has_one_colour():
    assert plots.colours_of(["one goal", "micro wins"]) == [house.BLUE, house.VERMILLION]
    names = ["points", "hyperbolic, one goal", "feedback", "equal pay, exponential", "equal present value", "equal pay"]
    fills = plots.colours_of(names)
    assert [fills[1], fills[3], fills[5]] == [house.BLUE, house.VERMILLION, house.VERMILLION]
    assert len(set(fills)) == 5
    assert not {house.BLUE, house.VERMILLION} & set(plots.colours_of([f"theory {i}" for i in range(8)]))
    with pytest.raises(TypeError, match="names must hold strings"):
        plots.colours_of(["a", 1])


def test_plots_take_the_colours_of_meaning_by_themselves():
    ax = drawn({"micro wins": [1, 2, 3], "one goal": [2, 3, 4]})[1]
    assert [line.get_color() for line in ax.lines] == [house.VERMILLION, house.BLUE]


@pytest.mark.parametrize("color", [*plots.PALETTE, house.HELPS, house.HURTS, house.GREY])
def test_every_colour_stands_out_on_white(color):
    assert 1.05 / (house.luminance(to_rgb(color)) + 0.05) >= 3


@pytest.mark.parametrize(("n", "style"), [(2, "None"), (3, "-")])
def test_two_points_are_points(n, style):
    band = [[[0, 0, 0][:n]], [[1, 1, 1][:n]]]
    ax = plots.responses(X[:n], [[0.5, 0.6, 0.7][:n]], band=band, xlabel="k", ylabel="index", ax=Figure().subplots())
    assert ax.lines[0].get_linestyle() == style
    assert ax.lines[0].get_marker() == "o"
    # The interval is a whisker at each of two points, and a band along more.
    assert len(ax.collections[0].get_paths()) == (2 if n == 2 else 1)


def test_text_on_a_slide_is_large_and_in_svg_text_is_text(tmp_path):
    with plots.style("slide"):
        ax = plots.bars(["a", "b"], [1, 2], ylabel="share", ax=Figure(layout="constrained").subplots())
        ax.figure.savefig(tmp_path / "slide.svg")
        assert mpl.rcParams["figure.figsize"] == [10.0, 5.6]
    ax.figure.draw_without_rendering()
    assert min(text.get_fontsize() for text in [*ax.get_xticklabels(), *ax.get_yticklabels(), ax.yaxis.label]) >= 14
    assert "<text" in (tmp_path / "slide.svg").read_text(encoding="utf-8")


def test_a_study_of_three_panels_fills_its_page():
    study = Study(settings=None)
    for _ in range(3):
        study.draw(titles.compare("one goal", "micro wins", *MORE), X, ARMS, xlabel="rate k", ylabel="index (0–1)")
    figure = study.figures()[""]
    assert [ax.get_title(loc="left").split()[0] for ax in figure.axes] == ["a", "b", "c"]
    assert faults(figure) == []


def test_shares_of_claims_stand_on_one_scale():
    ax = plots.verdict_page(
        ["wins drip", "wins snowball"],
        ["depends on the theory", "not testable here"],
        [0.5, np.nan],
        ["share", "no experiment"],
        shares=[[0.5, 0.25, 1.0], [np.nan] * 3],
        ax=Figure().subplots(),
    )
    (dot,) = (line for line in ax.lines if line.get_marker() == "o")
    (interval,) = (line for line in ax.lines if line.get_linewidth() == 1.6)
    low, high = (
        next(t.get_position()[0] for t in ax.texts if t.get_text().startswith(word)) for word in ("0%", "100%")
    )
    assert (dot.get_xdata()[0] - low) / (high - low) == pytest.approx(0.5)
    np.testing.assert_allclose((np.array(interval.get_xdata()) - low) / (high - low), [0.25, 1.0])
    with pytest.raises(ValueError, match="shares must be"):
        plots.verdict_page(["a"], ["fails"], [0.0], ["b"], shares=[[0.5]], ax=Figure().subplots())


def test_the_scorecard_says_who_passes_most():
    rows, names = ("A01", "A02"), ("RW", "TD")
    for passes, said in (({"A01"}, "TD passes most \\(1 of 2\\)"), ({"A01", "A02"}, "TD passes all 2 findings")):
        verdict = {(name, row): "PASS" if name == "TD" and row in passes else "FAIL" for name in names for row in rows}
        scores = {key: rpe.scorecard.Score(word, 0.0, 0, 1, {}) for key, word in verdict.items()}
        facts = {row: rpe.scorecard.load(row).facts for row in rows}
        card = rpe.scorecard.Scorecard(names, rows, scores, 0, facts)
        title = rpe.scorecard.figure(card).axes[0].get_title(loc="left")
        assert re.search(said, " ".join(title.split()))


def test_curves_over_names_are_described():
    ax = Figure().subplots()
    ax.plot(["a new place", "new hours"], [0.2, 0.7], label="lost")
    said = plots.describe(ax)
    assert "lost: from 0.2 to 0.7" in said
    assert "a new place, new hours" in said
