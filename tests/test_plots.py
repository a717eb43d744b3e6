import itertools
import subprocess
import sys
from io import BytesIO

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection, QuadMesh
from matplotlib.colors import LogNorm, to_rgb
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.text import Text

import rpe
from rpe import plots
from rpe.plots import house, labels

TIMES = np.linspace(0, 1, 61)
CURVES = np.stack([TIMES**8, TIMES**1.5, np.minimum(1, 3 * TIMES), TIMES**8, 1 - (1 - TIMES) ** 4])
ARMS = ["one goal", "points", "five micro wins", "feedback", "equal value"]
UNITS = np.stack([np.linspace(0.05, 1, 20), 0.8 + 0.04 * (np.arange(20) % 4), np.linspace(0.1, 1, 20)])
GAP, SHUFFLED = np.array([0.62, 0.31, 0.22]), np.array([0.35, 0.28, 0.25])
TRIALS = np.arange(1, 501)
ERRORS = {
    "cue": 20 * (1 - np.exp(-TRIALS / 100)),
    "sub-goals": 17 * np.exp(-TRIALS / 60),
    "goal": 18 * np.exp(-TRIALS / 30),
}
GOALS, INDEX = [1, 2, 4, 5, 10, 20], np.array([0.738, 0.229, 0.224, 0.231, 0.312, 0.824])
X, Y = np.geomspace(0.5, 20, 21), np.linspace(0.2, 1.4, 17)
EFFECT = 0.6 * np.exp(-((np.log(X) - 1.5) ** 2) - ((Y[:, None] - 0.6) / 0.25) ** 2) - 0.3 * (Y[:, None] > 1.1) * (X < 2)
TABLE = np.linspace(0, 1, 45).reshape(5, 9)
KINDS = [(d, a) for d in ("hyperbolic", "exponential", "none") for a in ("naive", "soph.", "TD")]


def heat():
    delta = np.random.default_rng(0).normal(scale=0.05, size=(3, 40, 50))
    delta[:, 20:, 10] += 0.8
    return delta


def band(y, width=0.05):
    return np.stack([np.clip(y - width, 0, 1), np.clip(y + width, 0, 1)])


FIGURES = {
    "curve": lambda ax: plots.procrastination_curve(CURVES[0], ax=ax),
    "curves": lambda ax: plots.procrastination_curve(
        CURVES, labels=ARMS, goals=[0.2, 0.4, 0.6, 0.8, 1], students=True, band=band(CURVES), ax=ax
    ),
    "curve sweep": lambda ax: plots.procrastination_curve(
        TIMES ** np.geomspace(0.3, 9, 30)[:, None],
        values=np.geomspace(0.01, 0.3, 30),
        value_label="k (1/step)",
        log=True,
        students=True,
        ax=ax,
    ),
    "units": lambda ax: plots.work_by_unit(UNITS, goals=[4, 8, 12, 16, 20], labels=ARMS[:3], band=band(UNITS), ax=ax),
    "gap": lambda ax: plots.momentum_gap(GAP, SHUFFLED, labels=ARMS[:3], interval=band(GAP), ax=ax),
    "streak": lambda ax: plots.work_by_streak(UNITS, count=1 + 0 * UNITS, labels=ARMS[:3], ax=ax),
    "slump": lambda ax: plots.work_by_streak(UNITS, since="sub-goal", labels=ARMS[:3], ax=ax),
    "heat": lambda ax: plots.prediction_errors(
        heat(), 0.1, cue=1.0, events={"light": 1.2, "reward": 4.5}, omissions=[30, 35], ax=ax
    ),
    "errors": lambda ax: plots.errors_by_trial(ERRORS, log=True, ax=ax),
    "effect": lambda ax: plots.effect_map(X, Y, EFFECT, x_label="kT", y_label="cost ratio", log_x=True, ax=ax),
    "tasks": lambda ax: plots.task_map(
        np.repeat(X, 17), np.tile(Y, 21), EFFECT.T.ravel(), x_label="kT", y_label="cost ratio", log_x=True, ax=ax
    ),
    "goals": lambda ax: plots.goal_sweep(
        GOALS, [INDEX, INDEX[::-1]], completion=[INDEX, INDEX], labels=["overhead 2", "none"], ax=ax
    ),
    "sweep": lambda ax: plots.parameter_sweep(
        np.geomspace(0.01, 0.3, 6), [INDEX, INDEX / 2], labels=["one", "five"], parameter="k (1/step)", log=True, ax=ax
    ),
    "dots": lambda ax: plots.comparison(
        TABLE[:, :3], rows=ARMS, columns=["a", "b", "c"], interval=band(TABLE[:, :3]), ax=ax
    ),
    "table": lambda ax: plots.comparison(TABLE, rows=ARMS, columns=KINDS, form="table", ax=ax),
}


@pytest.fixture(autouse=True)
def close_figures():
    before = plt.get_fignums()
    yield
    for number in set(plt.get_fignums()) - set(before):
        plt.close(number)


@pytest.fixture
def ax():
    with plots.style():
        return Figure().subplots()


def texts(ax):
    return [text.get_text() for text in ax.texts]


def by_gid(ax, gid):
    return [artist for artist in ax.get_children() if artist.get_gid() == gid]


def drawn(ax):
    """The texts inside and beside the axes, and where they are drawn without their leaders, in pixels."""
    FigureCanvasAgg(ax.figure).draw()
    return [(text.get_text(), Text.get_window_extent(text)) for text in ax.texts if text.get_text()]


def boxes(ax):
    return dict(drawn(ax))


# All figures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIGURES)
def test_makes_one_figure_of_column_width_and_leaves_the_settings_alone(name):
    settings_before, open_before = dict(mpl.rcParams), len(plt.get_fignums())
    ax = FIGURES[name](None)
    assert isinstance(ax, plt.Axes)
    assert len(plt.get_fignums()) == open_before + 1
    assert ax.figure.get_size_inches()[0] == 3.5
    assert dict(mpl.rcParams) == settings_before


@pytest.mark.parametrize("name", FIGURES)
def test_draws_on_the_axes_given_and_opens_no_figure(name, ax):
    open_before = plt.get_fignums()
    assert FIGURES[name](ax) is ax
    assert plt.get_fignums() == open_before
    assert ax.has_data()


@pytest.mark.parametrize("name", FIGURES)
def test_every_text_is_readable_inside_the_figure_and_covers_no_other(name):
    ax = FIGURES[name](None)
    for (one, box), (other, other_box) in itertools.combinations(drawn(ax), 2):
        # A point of slack: boxes hold room for letters that the words need not have.
        assert not box.padded(-0.5).overlaps(other_box.padded(-0.5)), (one, other)
    edge = ax.figure.bbox.padded(1)
    for text in ax.figure.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            assert text.get_fontsize() >= 7, text
            box = Text.get_window_extent(text)
            if text in ax.texts:
                assert edge.x0 <= box.x0 <= box.x1 <= edge.x1, text
                assert edge.y0 <= box.y0 <= box.y1 <= edge.y1, text


@pytest.mark.parametrize("name", FIGURES)
def test_labels_axes_with_quantities(name, ax):
    FIGURES[name](ax)
    assert ax.get_xlabel()
    assert ax.get_ylabel() or name in ("gap", "dots", "table")


@pytest.mark.parametrize("name", ["curves", "units", "slump", "errors", "goals", "sweep"])
def test_no_curve_differs_by_colour_alone(name, ax):
    FIGURES[name](ax)
    curves = [line for line in ax.lines if not line.get_label().startswith("_")]
    looks = [(str(line._dash_pattern), line.get_marker()) for line in curves]
    assert len(curves) >= 2
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("name", FIGURES)
def test_works_in_the_default_style_and_saves_as_svg_and_pdf(name, tmp_path):
    figure = Figure(layout="constrained")
    FIGURES[name](figure.subplots())
    for kind in ("svg", "pdf", "png"):
        figure.savefig(tmp_path / f"figure.{kind}")
        assert (tmp_path / f"figure.{kind}").stat().st_size > 1000


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_rejects_what_is_no_axes(draw):
    with pytest.raises(TypeError, match="ax must be a matplotlib Axes"):
        draw("new")


@pytest.mark.parametrize("draw", [plots.procrastination_curve, plots.work_by_unit, plots.work_by_streak])
def test_bad_input_opens_no_figure(draw):
    before = plt.get_fignums()
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\]; got 1.2"):
        draw([0.1, 1.2])
    assert plt.get_fignums() == before


def test_public_names_are_complete_and_sorted():
    assert sorted(plots.__all__) == plots.__all__
    assert all(hasattr(plots, name) for name in plots.__all__)


def test_import_changes_no_setting_and_loads_no_pyplot():
    code = (
        "import matplotlib as m, sys; names = set(m.rcParams) - {'backend'}; before = [m.rcParams[n] for n in names];"
        "import rpe.plots; assert [m.rcParams[n] for n in names] == before;"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# Style -----------------------------------------------------------------------------------------


def test_style_is_on_inside_and_off_outside():
    before = dict(mpl.rcParams)
    with plots.style(width=7.2, height=3):
        assert mpl.rcParams["figure.figsize"] == [7.2, 3]
        assert mpl.rcParams["axes.spines.top"] is False
        ax = plots.work_by_unit([0.2, 0.4])
    assert tuple(ax.figure.get_size_inches()) == (7.2, 3)
    assert dict(mpl.rcParams) == before


def test_style_is_off_after_an_error():
    before = dict(mpl.rcParams)
    with pytest.raises(RuntimeError), plots.style():
        raise RuntimeError
    assert dict(mpl.rcParams) == before
    assert tuple(plots.work_by_unit([0.2, 0.4]).figure.get_size_inches()) == (3.5, 2.6)


@pytest.mark.parametrize("size", [{"width": 0}, {"height": -1}, {"width": np.nan}])
def test_style_rejects_bad_sizes(size):
    with pytest.raises(ValueError, match=next(iter(size))), plots.style(**size):
        pass


def test_palette_is_told_apart_and_readable_as_text():
    assert len(set(plots.PALETTE)) == 8
    for color in plots.PALETTE:
        assert 1.05 / (house.luminance(to_rgb(house.ink(color))) + 0.05) >= 4.5
    assert house.luminance((1, 1, 1)) == pytest.approx(1)
    assert house.luminance((0, 0, 0)) == 0


# Labels ----------------------------------------------------------------------------------------


def exact_spread(target, size, low, high):
    """The min-max formula of isotonic regression, then the limits."""
    before = np.cumsum(size) - size
    wish = target - size / 2 - before
    n = len(wish)
    fitted = [max(min(wish[j : k + 1].mean() for k in range(i, n)) for j in range(i + 1)) for i in range(n)]
    return np.clip(fitted, low, high - size.sum()) + before + size / 2


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(st.floats(-50, 150), st.floats(0.5, 9)), min_size=1, max_size=9),
)
def test_spread_is_the_nearest_place_without_overlap(wanted):
    target, size = np.array(wanted).T
    places = labels.spread(target, size, 0, 100)
    assert np.allclose(places, exact_spread(target, size, 0, 100))
    assert np.all(np.diff(places) >= (size[1:] + size[:-1]) / 2 - 1e-9)
    assert places[0] - size[0] / 2 >= -1e-9
    assert places[-1] + size[-1] / 2 <= 100 + 1e-9


def test_spread_leaves_alone_what_does_not_overlap():
    assert np.array_equal(labels.spread(np.array([1.0, 5.0, 9.0]), np.ones(3)), [1, 5, 9])


def test_spread_centres_what_has_no_room():
    assert np.array_equal(labels.spread(np.array([0.0, 0.0, 0.0]), np.ones(3), 0, 2), [0, 1, 2])


@pytest.mark.parametrize("size", [(3.5, 2.6), (3.5, 1.4), (7, 5)])
@pytest.mark.parametrize("dpi", [72, 300])
def test_end_labels_do_not_overlap_at_any_size(size, dpi):
    with plots.style(width=size[0], height=size[1]):
        ax = plots.procrastination_curve(CURVES, labels=ARMS)
    ax.figure.set_dpi(dpi)
    found = boxes(ax)
    for one, other in itertools.combinations([found[name] for name in [*ARMS, "even pace"]], 2):
        assert not one.overlaps(other)


def test_end_labels_stand_right_of_the_axes_in_the_order_of_the_curves(ax):
    plots.procrastination_curve(CURVES, labels=ARMS, ax=ax)
    found = boxes(ax)
    height = {name: found[name].y0 for name in ARMS}
    assert height["five micro wins"] > height["equal value"] > height["points"] > height["one goal"]
    assert all(found[name].x0 > ax.bbox.x1 for name in ARMS)


def test_a_label_follows_its_curve_when_the_axes_change(ax):
    plots.work_by_unit([[0.2, 0.2], [0.8, 0.8]], labels=["low", "high"], ax=ax)
    ax.set_ylim(0, 2)
    found = boxes(ax)
    for name, level in (("low", 0.2), ("high", 0.8)):
        middle = (found[name].y0 + found[name].y1) / 2
        assert middle == pytest.approx(ax.transData.transform((0, level))[1], abs=0.25 * found[name].height)


# Procrastination curve -------------------------------------------------------------------------


def test_curve_draws_what_it_is_given(ax):
    plots.procrastination_curve(CURVES[:2], labels=ARMS[:2], goals=[0.5, 0.75, 1], ax=ax)
    first, second, pace = (line for line in ax.lines if line.get_label() in (*ARMS[:2], "even pace"))
    assert np.array_equal(first.get_ydata(), CURVES[0])
    assert np.array_equal(second.get_ydata(), CURVES[1])
    assert np.array_equal(first.get_xdata(), TIMES)
    assert np.array_equal(pace.get_xydata(), [[0, 0], [1, 1]])
    assert [line.get_ydata()[0] for line in by_gid(ax, "sub-goal")] == [0.5, 0.75]
    assert by_gid(ax, "goal")[0].get_ydata()[0] == 1
    assert by_gid(ax, "deadline")[0].get_xdata()[0] == 1
    assert set(texts(ax)) == {"goal", "sub-goals", "deadline", "one goal", "points", "even pace"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("share of time passed", "share of units done")


def test_curve_leaves_out_what_is_turned_off(ax):
    plots.procrastination_curve(CURVES[0], deadline=False, reference=None, ax=ax)
    assert texts(ax) == ["goal"]
    assert not by_gid(ax, "deadline")


def test_curve_overlays_the_published_students(ax):
    plots.procrastination_curve(CURVES[0], students=True, ax=ax)
    (students,) = (line for line in ax.lines if "Zhang & Ma" in line.get_label())
    published = [0.109, 0.213, 0.355, 0.448, 0.528, 0.651, 0.775, 0.902, 0.955, 1.0]
    assert np.array_equal(students.get_ydata()[1:], published)
    assert np.allclose(students.get_xdata()[1:], np.arange(1, 11) / 10)


def test_curve_takes_its_own_times(ax):
    plots.procrastination_curve([0, 0.5, 1], time=[0, 0.2, 0.9], ax=ax)
    assert np.array_equal(ax.lines[-2].get_xdata(), [0, 0.2, 0.9])


def test_curve_draws_bands_and_names_agents(ax):
    plots.procrastination_curve(CURVES[:3], band=band(CURVES[:3]), ax=ax)
    assert {"agent 0", "agent 1", "agent 2"} <= set(texts(ax))
    vertices = ax.collections[0].get_paths()[0].vertices
    assert vertices[:, 1].min() == 0
    assert np.isclose(vertices[:, 1], CURVES[0, 40] + 0.05).any()


def test_a_sweep_is_coloured_by_value():
    values = np.geomspace(0.01, 0.3, 30)
    ax = plots.procrastination_curve(TIMES ** values[:, None], values=values, value_label="k (1/step)", log=True)
    (lines,) = (artist for artist in ax.collections if isinstance(artist, LineCollection))
    assert len(lines.get_segments()) == 30
    assert np.array_equal(lines.get_array(), values)
    assert isinstance(lines.norm, LogNorm)
    assert len(ax.figure.axes) == 2
    assert ax.figure.axes[1].get_xlabel() == "k (1/step)"


def test_more_than_eight_curves_are_a_sweep_over_agents():
    ax = plots.procrastination_curve(TIMES ** np.arange(1, 10)[:, None])
    assert ax.figure.axes[1].get_xlabel() == "agent"


def test_a_sweep_of_one_value_works():
    plots.procrastination_curve(CURVES, values=np.full(5, 2.0), log=True).figure.canvas.draw()


def test_looks_may_be_given_for_one_or_for_all(ax):
    plots.procrastination_curve(CURVES[:2], colors="black", linestyles="--", reference=None, ax=ax)
    plots.procrastination_curve(CURVES[0], colors=["red"], linestyles=[":"], reference=None, ax=ax)
    curves = [line for line in ax.lines if len(line.get_xdata()) == 61]
    assert [(line.get_color(), line.get_linestyle()) for line in curves] == [("black", "--")] * 2 + [("red", ":")]


def test_a_sweep_needs_no_reference():
    assert texts(plots.procrastination_curve(CURVES, values=np.arange(5), reference=None)) == ["goal", "deadline"]


def test_shares_may_exceed_one_by_rounding(ax):
    plots.procrastination_curve([0, 1 + 1e-12], ax=ax)


@pytest.mark.parametrize(
    ("error", "match", "keywords"),
    [
        (ValueError, "share_done must be finite", {"share_done": [0, np.nan]}),
        (ValueError, r"share_done must lie in \[0, 1\]", {"share_done": [0, 2]}),
        (ValueError, "share_done must have the shape", {"share_done": np.zeros((2, 2, 2))}),
        (ValueError, "at least two points", {"share_done": [0.5]}),
        (ValueError, "at least one number", {"share_done": []}),
        (TypeError, "share_done must hold real numbers", {"share_done": ["a", "b"]}),
        (ValueError, "share_done must be a regular array", {"share_done": [[0], [0, 1]]}),
        (ValueError, "time must have the shape", {"time": [0, 1]}),
        (ValueError, "time must rise", {"time": [0, 1, 0.5]}),
        (ValueError, r"time must lie in \[0, 1\]", {"time": [0, 1, 2]}),
        (ValueError, "band must be", {"band": [[0, 0, 0]]}),
        (ValueError, "low <= high", {"band": [[1, 1, 1], [0, 0, 0]]}),
        (ValueError, "labels must have one entry", {"labels": ["a", "b"]}),
        (TypeError, "labels must be a sequence", {"labels": "a"}),
        (TypeError, "labels must hold strings", {"labels": [1]}),
        (ValueError, r"goals must lie in \[0, 1\]", {"goals": [3, 6]}),
        (ValueError, "goals must have the shape", {"goals": 0.5}),
        (ValueError, "reference must be one of 'linear'", {"reference": "even"}),
        (TypeError, "students must be True or False", {"students": 1}),
        (TypeError, "deadline must be True or False", {"deadline": "yes"}),
        (ValueError, "colors must have one entry", {"colors": ["red", "blue"]}),
        (ValueError, "colors must hold matplotlib colours", {"colors": ["no such colour"]}),
        (ValueError, "linestyles must have one entry", {"linestyles": ["-", "--"]}),
        (ValueError, "values must have the shape", {"values": [1, 2]}),
        (ValueError, "values must be positive on a log axis", {"values": [0], "log": True}),
        (ValueError, "labels must be None", {"values": [1], "labels": ["a"]}),
        (TypeError, "value_label must be a string", {"values": [1], "value_label": 3}),
    ],
)
def test_curve_rejects_bad_input(error, match, keywords):
    before = plt.get_fignums()
    with pytest.raises(error, match=match):
        plots.procrastination_curve(**{"share_done": [0, 0.5, 1], **keywords})
    assert plt.get_fignums() == before


# Momentum --------------------------------------------------------------------------------------


def test_hazard_is_drawn_by_units_with_sub_goals(ax):
    plots.work_by_unit(UNITS[:2], goals=[4, 8, 20], labels=ARMS[:2], ax=ax)
    first = next(line for line in ax.lines if line.get_label() == "one goal")
    assert np.array_equal(first.get_xdata(), np.arange(20))
    assert np.array_equal(first.get_ydata(), UNITS[0])
    assert [line.get_xdata()[0] for line in by_gid(ax, "sub-goal")] == [4, 8]
    assert texts(ax)[0] == "sub-goals"


def test_missing_probabilities_leave_holes_and_names_stand_at_the_last_number(ax):
    rates = np.array([[0.5, np.nan, 0.7, np.nan], [0.1, 0.2, 0.3, np.nan]])
    plots.work_by_streak(rates, labels=["a", "b"], ax=ax)
    assert np.array_equal(ax.lines[0].get_ydata(), rates[0], equal_nan=True)
    assert [tuple(text.xy) for text in ax.texts] == [(2, 0.3), (2, 0.7)]
    assert ax.get_xlim() == (-0.3, 2.3)


def test_streak_and_sub_goal_have_their_own_axis_labels(ax):
    assert plots.work_by_streak([0.1], ax=ax).get_xlabel() == "steps worked in a row just before"
    assert plots.work_by_streak([0.1], since="sub-goal", ax=ax).get_xlabel() == "steps since the last sub-goal"


def test_marker_areas_follow_counts(ax):
    plots.work_by_streak([0.1, 0.2, 0.3], count=[400, 200, 0], ax=ax)
    (dots,) = (artist for artist in ax.collections if isinstance(artist, PathCollection))
    assert np.array_equal(dots.get_sizes(), [42, 22, 2])
    assert "marker area: how often" in texts(ax)


def test_gap_draws_pairs_with_intervals(ax):
    plots.momentum_gap(GAP, SHUFFLED, labels=ARMS[:3], interval=band(GAP), ax=ax)
    observed, shuffled = (
        next(line for line in ax.lines if line.get_label() == name) for name in ("observed", "shuffled")
    )
    assert np.array_equal(observed.get_xdata(), GAP)
    assert np.array_equal(shuffled.get_xdata(), SHUFFLED)
    assert observed.get_marker() != shuffled.get_marker()
    assert texts(ax) == ["observed", "shuffled"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ARMS[:3]
    intervals = next(artist for artist in ax.collections if artist.get_label() == "interval")
    assert np.allclose([segment[:, 0] for segment in intervals.get_segments()], band(GAP).T)


@pytest.mark.parametrize(("gap", "shuffled"), [(0.3, 0.3), (0.2, 0.3), (0.3, 0.2), (-0.1, 0.0)])
def test_names_of_observed_and_shuffled_never_overlap(gap, shuffled):
    found = boxes(plots.momentum_gap([gap, 0.9], [shuffled, -0.9], labels=["a", "b"]))
    assert not found["observed"].overlaps(found["shuffled"])


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        (ValueError, r"goals must lie in \[1, 3\]", lambda: plots.work_by_unit([0.1, 0.2, 0.3], goals=[4])),
        (ValueError, "only NaN", lambda: plots.work_by_unit([np.nan, np.nan])),
        (ValueError, "must be a regular array", lambda: plots.work_by_unit([[0.1], [0.1, 0.2]])),
        (ValueError, "must be finite", lambda: plots.work_by_unit([0.1, np.inf])),
        (ValueError, "at most 8 curves", lambda: plots.work_by_unit(np.zeros((9, 4)))),
        (ValueError, "since must be one of 'streak', 'sub-goal'", lambda: plots.work_by_streak([0.1], since="goal")),
        (ValueError, "count must have the shape", lambda: plots.work_by_streak([0.1, 0.2], count=[1])),
        (ValueError, "count must lie in", lambda: plots.work_by_streak([0.1], count=[-1])),
        (ValueError, r"gap must lie in \[-1, 1\]", lambda: plots.momentum_gap([2], [0], labels=["a"])),
        (ValueError, "gap must be finite", lambda: plots.momentum_gap([np.nan], [0], labels=["a"])),
        (ValueError, "shuffled must have the shape", lambda: plots.momentum_gap([0.1], [0, 0], labels=["a"])),
        (ValueError, "labels must have one entry", lambda: plots.momentum_gap([0.1], [0], labels=[])),
        (ValueError, "interval must be", lambda: plots.momentum_gap([0.1], [0], labels=["a"], interval=[0, 1])),
    ],
)
def test_momentum_rejects_bad_input(error, match, call):
    with pytest.raises(error, match=match):
        call()


# Prediction errors -----------------------------------------------------------------------------


def test_heat_map_shows_the_mean_over_agents_centred_on_zero():
    ax = plots.prediction_errors(heat(), 0.1, cue=1.0, events={"reward": 3.5}, omissions=[30])
    (image,) = ax.images
    assert np.allclose(image.get_array(), heat().mean(axis=0))
    assert image.norm.vmax == -image.norm.vmin == pytest.approx(np.abs(heat().mean(axis=0)).max())
    assert np.allclose(image.get_extent(), [-0.05, 4.95, 40.5, 0.5])
    assert texts(ax) == ["cue", "reward", "omission"]
    assert ax.get_xlabel() == "time (s)"
    assert ax.figure.axes[1].get_ylabel() == "prediction error (reward units)"
    assert [line.get_xdata()[0] for line in ax.lines[:2]] == [1.0, 3.5]
    assert np.array_equal(ax.lines[2].get_ydata(), [31])


def test_heat_map_puts_an_error_into_its_own_bin(ax):
    delta = np.zeros((4, 6))
    delta[3, 2] = 1
    plots.prediction_errors(delta, 0.5, ax=ax)
    assert ax.images[0].get_cursor_data is not None
    left, right, bottom, top = ax.images[0].get_extent()
    assert left + (right - left) * 2.5 / 6 == pytest.approx(2 * 0.5)
    assert top + (bottom - top) * 3.5 / 4 == pytest.approx(4)


def test_heat_map_counts_steps_without_a_unit_and_leaves_holes(ax):
    delta = np.ones((2, 3, 4))
    delta[0, 0, 0] = np.nan
    delta[:, 2, 3] = np.nan
    plots.prediction_errors(delta, ax=ax)
    assert ax.get_xlabel() == "time (steps)"
    shown = np.ma.filled(ax.images[0].get_array(), np.nan)
    assert shown[0, 0] == 1
    assert np.argwhere(np.isnan(shown)).tolist() == [[2, 3]]


def test_heat_map_of_nothing_but_zeros_works():
    plots.prediction_errors(np.zeros((1, 3))).figure.canvas.draw()


def test_errors_by_trial_are_drawn_with_bands_and_names(ax):
    plots.errors_by_trial(ERRORS, bands={"goal": np.stack([ERRORS["goal"] - 1, ERRORS["goal"] + 1])}, log=True, ax=ax)
    assert set(texts(ax)) == set(ERRORS)
    assert ax.get_xscale() == "log"
    assert ax.get_ylabel() == "prediction error (reward units)"
    goal = next(line for line in ax.lines if line.get_label() == "goal")
    assert np.array_equal(goal.get_xdata(), TRIALS)
    assert np.array_equal(goal.get_ydata(), ERRORS["goal"])
    assert sum(len(artist.get_paths()) > 0 for artist in ax.collections) == 1


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        (ValueError, "delta must have the shape", lambda: plots.prediction_errors([0, 1])),
        (ValueError, "delta must hold at least one number", lambda: plots.prediction_errors(np.zeros((0, 3)))),
        (ValueError, "delta must be finite", lambda: plots.prediction_errors([[np.inf]])),
        (ValueError, "dt must lie in", lambda: plots.prediction_errors([[1.0]], 0)),
        (ValueError, "time of cue must lie in", lambda: plots.prediction_errors([[1.0]], 0.1, cue=3)),
        (ValueError, "time of light must lie in", lambda: plots.prediction_errors([[1.0]], events={"light": 3})),
        (ValueError, "cue must be given once", lambda: plots.prediction_errors([[1.0]], cue=0, events={"cue": 0})),
        (TypeError, "events must be a mapping", lambda: plots.prediction_errors([[1.0]], events=[0])),
        (ValueError, "omissions must be indices", lambda: plots.prediction_errors([[1.0]], omissions=[1])),
        (ValueError, "omissions must be indices", lambda: plots.prediction_errors([[1.0]], omissions=[0.5])),
        (ValueError, "limit must lie in", lambda: plots.prediction_errors([[1.0]], limit=0)),
        (TypeError, "errors must be a mapping", lambda: plots.errors_by_trial([1, 2])),
        (ValueError, "at least one event", lambda: plots.errors_by_trial({})),
        (ValueError, "same number of trials", lambda: plots.errors_by_trial({"a": [1], "b": [1, 2]})),
        (ValueError, r"errors\['a'\] must be finite", lambda: plots.errors_by_trial({"a": [1, np.inf]})),
        (ValueError, "must belong to the events", lambda: plots.errors_by_trial({"a": [1]}, bands={"b": [[0], [1]]})),
        (TypeError, "bands must be a mapping", lambda: plots.errors_by_trial({"a": [1]}, bands=[[0], [1]])),
        (ValueError, r"bands\['a'\] must be", lambda: plots.errors_by_trial({"a": [1]}, bands={"a": [0]})),
        (TypeError, "log must be True or False", lambda: plots.errors_by_trial({"a": [1]}, log=None)),
    ],
)
def test_errors_reject_bad_input(error, match, call):
    with pytest.raises(error, match=match):
        call()


# Maps ------------------------------------------------------------------------------------------


def test_effect_map_outlines_and_names_its_regions():
    ax = FIGURES["effect"](None)
    (cells,) = (artist for artist in ax.collections if isinstance(artist, QuadMesh))
    assert np.allclose(cells.get_array(), EFFECT)
    assert cells.norm.vmin == -cells.norm.vmax
    levels = {artist.get_gid(): list(artist.levels) for artist in ax.collections if isinstance(artist, ContourSet)}
    assert levels == {"no effect": [-0.02, 0.02], "helps": [0.02], "hurts": [-0.02]}
    assert by_gid(ax, "no effect")[0].hatches == ["////"]
    assert texts(ax) == ["helps", "no effect", "hurts"]
    assert ax.figure.axes[1].get_ylabel() == "fall in procrastination index"
    helped, null, hurt = (text.xy for text in ax.texts)
    at = {(x, y): EFFECT[j, i] for j, y in enumerate(Y) for i, x in enumerate(X)}
    assert at[helped] >= 0.02
    assert abs(at[null]) < 0.02
    assert at[hurt] <= -0.02


def test_effect_map_cells_are_centred_on_a_log_axis(ax):
    plots.effect_map([1, 10, 100], [0, 1], np.ones((2, 3)), x_label="x", y_label="y", log_x=True, ax=ax)
    edges = ax.collections[0].get_coordinates()[0, :, 0]
    assert np.allclose(edges, np.sqrt([0.1, 10, 1000, 1e5]))
    assert ax.get_xlim() == (1, 100)


@pytest.mark.parametrize(("level", "name"), [(0.3, "helps"), (0.0, "no effect"), (-0.3, "hurts")])
def test_effect_map_of_one_region_names_only_that(level, name):
    ax = plots.effect_map(X, Y, np.full(EFFECT.shape, level), x_label="x", y_label="y", log_x=True, log_y=True)
    ax.figure.canvas.draw()
    assert texts(ax) == [name]
    x, y = ax.texts[0].xy
    assert X[8] <= x <= X[12]
    assert Y[3] <= y <= Y[7]


def test_names_keep_away_from_borders_between_regions():
    ax = plots.effect_map(
        X, Y, np.where(np.arange(21) < 10, 0.3, -0.3) + 0 * EFFECT, x_label="x", y_label="y", log_x=True
    )
    (left, _), (right, _) = (text.xy for text in ax.texts)
    assert X[4] <= left <= X[6]
    assert X[14] <= right <= X[16]


def test_effect_map_leaves_holes():
    holes = np.where(EFFECT > 0.3, np.nan, EFFECT)
    ax = plots.effect_map(X, Y, holes, x_label="x", y_label="y")
    ax.figure.canvas.draw()
    (cells,) = (artist for artist in ax.collections if isinstance(artist, QuadMesh))
    assert np.array_equal(np.ma.getmaskarray(cells.get_array()), np.isnan(holes))


def test_a_narrow_region_is_named_beside_itself():
    effect = np.full(EFFECT.shape, 0.3)
    effect[8, 0] = -0.3
    ax = plots.effect_map(X, Y, effect, x_label="x", y_label="y", log_x=True)
    hurts = next(text for text in ax.texts if text.get_text() == "hurts")
    assert hurts.xy == (X[0], Y[8])
    assert hurts.arrow_patch is not None
    assert not boxes(ax)["hurts"].contains(*ax.transData.transform(hurts.xy))


def test_task_map_sorts_tasks_by_colour_and_shape(ax):
    x, effect = np.arange(1.0, 7.0), np.array([0.5, 0.02, 0.0, -0.0199, -0.02, -0.4])
    plots.task_map(x, x, effect, x_label="kT", y_label="ratio", ax=ax)
    helps, null, hurts = (artist for artist in ax.collections if isinstance(artist, PathCollection))
    assert [group.get_offsets()[:, 0].tolist() for group in (helps, null, hurts)] == [[1, 2], [3, 4], [5, 6]]
    assert (
        len({tuple(group.get_facecolor()[0]) if len(group.get_facecolor()) else () for group in (helps, null, hurts)})
        == 3
    )
    shapes = [group.get_paths()[0].vertices.tolist() for group in (helps, null, hurts)]
    assert shapes[0] != shapes[1] != shapes[2] != shapes[0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "helps\n2 (33 %)",
        "no effect\n2 (33 %)",
        "hurts\n2 (33 %)",
    ]


@pytest.mark.parametrize(
    ("error", "match", "keywords"),
    [
        (ValueError, r"effect must have the shape \(n_y, n_x\)", {"effect": EFFECT.T}),
        (ValueError, "x must rise", {"x": X[::-1]}),
        (ValueError, "y must be positive on a log axis", {"y": Y - 0.5, "log_y": True}),
        (ValueError, "null must lie in", {"null": 0}),
        (ValueError, "limit must lie in", {"limit": -1}),
        (ValueError, "at least two points", {"x": [1], "effect": EFFECT[:, :1]}),
        (ValueError, "only NaN", {"effect": np.full(EFFECT.shape, np.nan)}),
        (TypeError, "x_label must be a string", {"x_label": None}),
        (TypeError, "log_x must be True or False", {"log_x": "yes"}),
    ],
)
def test_effect_map_rejects_bad_input(error, match, keywords):
    with pytest.raises(error, match=match):
        plots.effect_map(**{"x": X, "y": Y, "effect": EFFECT, "x_label": "x", "y_label": "y", **keywords})


@pytest.mark.parametrize(
    ("match", "keywords"),
    [
        ("y must have the shape", {"y": [1]}),
        ("effect must have the shape", {"effect": [0.1]}),
        ("effect must be finite", {"effect": [0.1, np.nan]}),
        ("x must be positive on a log axis", {"x": [0, 1], "log_x": True}),
        ("null must lie in", {"null": -1}),
    ],
)
def test_task_map_rejects_bad_input(match, keywords):
    with pytest.raises(ValueError, match=match):
        plots.task_map(**{"x": [1, 2], "y": [1, 2], "effect": [0, 1], "x_label": "x", "y_label": "y", **keywords})


# Sweeps and comparison -------------------------------------------------------------------------


def test_goal_sweep_gives_each_number_the_same_room_and_marks_the_minimum(ax):
    plots.goal_sweep(GOALS, INDEX, completion=[1, 1, 1, 1, 0.98, 0], ax=ax)
    assert np.array_equal(ax.lines[0].get_xdata(), np.arange(6))
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "2", "4", "5", "10", "20"]
    (ring,) = by_gid(ax, "minimum")
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (2, 0.224)
    assert texts(ax) == ["lowest at K = 4", "100", "100", "100", "100", "98", "0", "% completed"]
    assert ax.get_ylabel() == "procrastination index (0–1)"


@pytest.mark.parametrize("index", [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.2, 0.2, 0.2], [0.1, 0.1, 0.3]])
def test_goal_sweep_marks_no_minimum_at_an_end(index, ax):
    plots.goal_sweep([1, 2, 3], index, ax=ax)
    assert not by_gid(ax, "minimum")


def test_goal_sweep_names_minima_with_their_curves(ax):
    plots.goal_sweep(GOALS, [INDEX, INDEX[::-1], np.sort(INDEX)], labels=["a", "b", "c"], ax=ax)
    assert len(by_gid(ax, "minimum")) == 2
    assert set(texts(ax)) == {"a\nlowest at K = 4", "b\nlowest at K = 5", "c"}


def test_goal_sweep_marks_no_minimum_if_told(ax):
    plots.goal_sweep(GOALS, INDEX, mark_minimum=False, ax=ax)
    assert not by_gid(ax, "minimum")
    assert texts(ax) == []


def test_parameter_sweep_draws_named_arms(ax):
    values = np.geomspace(0.01, 0.3, 6)
    plots.parameter_sweep(
        values,
        [INDEX, INDEX / 2],
        labels=["one", "five"],
        parameter="k (1/step)",
        log=True,
        band=band(np.stack([INDEX, INDEX / 2])),
        ax=ax,
    )
    assert [line.get_label() for line in ax.lines] == ["one", "five"]
    assert np.array_equal(ax.lines[1].get_ydata(), INDEX / 2)
    assert np.array_equal(ax.lines[1].get_xdata(), values)
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "k (1/step)"
    assert len(ax.collections) == 2


def test_log_axes_show_plain_numbers():
    ax = plots.parameter_sweep([0.01, 0.03, 0.3], [0.1, 0.2, 0.3], parameter="k", log=True)
    ax.figure.canvas.draw()
    assert {"0.01", "0.1"} <= {tick.get_text() for tick in ax.get_xticklabels()}
    ax = plots.parameter_sweep([0.02, 0.03, 0.09], [0.1, 0.2, 0.3], parameter="k", log=True)
    ax.figure.canvas.draw()
    assert {"0.02", "0.05"} <= {tick.get_text() for tick in ax.get_xticklabels(minor=True)}


def test_comparison_as_dots(ax):
    plots.comparison(TABLE[:, :3], rows=ARMS, columns=["a", ("b", "c"), "d"], interval=band(TABLE[:, :3]), ax=ax)
    assert [line.get_label() for line in ax.lines if len(line.get_xdata()) == 5] == ["a", "b, c", "d"]
    dots = [line for line in ax.lines if line.get_label() in ("a", "b, c", "d")]
    assert np.array_equal([line.get_xdata() for line in dots], TABLE[:, :3].T)
    assert len({line.get_marker() for line in dots}) == 3
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ARMS
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b, c", "d"]


def test_comparison_as_a_table():
    table = TABLE.copy()
    table[0, 0] = np.nan
    ax = plots.comparison(table, rows=ARMS, columns=KINDS, form="table")
    ax.figure.canvas.draw()
    assert [tick.get_text() for tick in ax.get_xticklabels()] == [name for _, name in KINDS]
    numbers = [text for text in ax.texts if text.get_text() not in ("hyperbolic", "exponential", "none")]
    assert len(ax.texts) - len(numbers) == 3
    assert [text.get_text() for text in numbers] == [f"{v:.2f}".replace("0.", ".", 1) for v in table.ravel()[1:]]
    (cells,) = (artist for artist in ax.collections if isinstance(artist, QuadMesh))
    for text in numbers:
        column, row = (int(place) for place in text.get_position())
        paper = house.luminance(cells.cmap(table[row, column]))
        letters = house.luminance(to_rgb(text.get_color()))
        assert (max(paper, letters) + 0.05) / (min(paper, letters) + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        (ValueError, "n_goals must hold whole numbers", lambda: plots.goal_sweep([1, 2.5], [0, 1])),
        (ValueError, "n_goals must rise", lambda: plots.goal_sweep([2, 1], [0, 1])),
        (ValueError, "n_goals must lie in", lambda: plots.goal_sweep([0, 1], [0, 1])),
        (ValueError, "index must have 2 points", lambda: plots.goal_sweep([1, 2], [0, 1, 1])),
        (ValueError, r"index must lie in \[0, 1\]", lambda: plots.goal_sweep([1, 2], [0, 3])),
        (ValueError, "completion must have the shape", lambda: plots.goal_sweep([1, 2], [0, 1], completion=[1])),
        (TypeError, "mark_minimum must be", lambda: plots.goal_sweep([1, 2], [0, 1], mark_minimum="x")),
        (ValueError, "values must rise", lambda: plots.parameter_sweep([1, 1], [0, 1], parameter="k")),
        (ValueError, "values must be positive", lambda: plots.parameter_sweep([0, 1], [0, 1], parameter="k", log=True)),
        (ValueError, "index must be finite", lambda: plots.parameter_sweep([0, 1], [0, np.nan], parameter="k")),
        (TypeError, "parameter must be a string", lambda: plots.parameter_sweep([0, 1], [0, 1], parameter=3)),
        (ValueError, "index must have the shape", lambda: plots.comparison([0.1], rows=["a"], columns=["b"])),
        (ValueError, "rows must have one entry", lambda: plots.comparison([[0.1]], rows=["a", "b"], columns=["b"])),
        (ValueError, "columns must have one entry", lambda: plots.comparison([[0.1]], rows=["a"], columns=[])),
        (TypeError, "columns must be a sequence", lambda: plots.comparison([[0.1]], rows=["a"], columns="b")),
        (TypeError, "columns must hold strings", lambda: plots.comparison([[0.1]], rows=["a"], columns=[("b", 1)])),
        (TypeError, "columns must hold strings", lambda: plots.comparison([[0.1]], rows=["a"], columns=[1])),
        (ValueError, "form must be one of", lambda: plots.comparison([[0.1]], rows=["a"], columns=["b"], form="bar")),
        (ValueError, "columns must be at most 8", lambda: plots.comparison(TABLE, rows=ARMS, columns=KINDS)),
        (
            ValueError,
            "interval must be None in a table",
            lambda: plots.comparison([[0.1]], rows=["a"], columns=["b"], interval=[[[0]], [[1]]], form="table"),
        ),
    ],
)
def test_sweeps_and_comparison_reject_bad_input(error, match, call):
    before = plt.get_fignums()
    with pytest.raises(error, match=match):
        call()
    assert plt.get_fignums() == before


class TestResultsOfTheLibrary:
    """What measures return and runs hold, plots take."""

    @pytest.fixture
    def run(self):
        learner = rpe.agents.QLearner(inverse_temperature=0.5)
        task = rpe.tasks.micro_wins(3, n_units=6, deadline=18)
        return rpe.simulate.run(learner, task, n_agents=6, n_trials=9, rng=0)

    @pytest.fixture
    def exact(self):
        planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=[0.01, 0.08]))
        return rpe.measures.exact(planner, rpe.tasks.micro_wins(3, n_units=6, deadline=18))

    def test_solutions_have_a_curve_an_agent(self, exact):
        lines = rpe.plots.procrastination_curve(exact, reference=None, ax=Figure().subplots()).lines[-2:]
        for line, share in zip(lines, exact.share_done, strict=True):
            np.testing.assert_allclose(line.get_ydata(), share)

    def test_a_sequence_has_a_curve_each(self, exact, run):
        ax = rpe.plots.procrastination_curve(
            [exact, run], labels=["exact", "run"], reference=None, ax=Figure().subplots()
        )
        wanted = [exact.share_done.mean(axis=0), run.curves.share_done.mean(axis=0)]
        for name, share in zip(("exact", "run"), wanted, strict=True):
            (line,) = (each for each in ax.lines if each.get_label() == name)
            np.testing.assert_allclose(line.get_ydata(), share)

    def test_a_history_has_a_curve_a_trial(self, run):
        ax = rpe.plots.procrastination_curve(run, reference=None, ax=Figure().subplots())
        (drawn,) = ax.collections
        np.testing.assert_allclose([each[:, 1] for each in drawn.get_segments()], run.curves.share_done)

    @pytest.mark.parametrize(("since", "measure"), [("streak", "work_by_streak"), ("sub-goal", "work_since_sub_goal")])
    def test_rates_are_pooled(self, run, since, measure):
        rates = getattr(rpe.measures, measure)(run)
        with np.errstate(invalid="ignore"):
            wanted = rates.worked.sum(axis=0) / rates.offered.sum(axis=0)
        for one in (run, rates):
            ax = rpe.plots.work_by_streak(one, since=since, ax=Figure().subplots())
            np.testing.assert_allclose(ax.lines[0].get_ydata(), wanted)

    def test_work_by_unit_of_a_history(self, run):
        rates = rpe.measures.work_by_unit(run)
        ax = rpe.plots.work_by_unit(run, ax=Figure().subplots())
        np.testing.assert_allclose(ax.lines[0].get_ydata(), rates.worked.sum(axis=0) / rates.offered.sum(axis=0))

    def test_momentum_is_that_of_measures(self, run):
        ax = rpe.plots.momentum([run, run], labels=["a", "b"], rng=0, ax=Figure().subplots())
        points = {line.get_label(): line.get_xdata() for line in ax.lines}
        np.testing.assert_allclose(points["momentum"], [rpe.measures.momentum(run)] * 2)
        np.testing.assert_allclose(
            points["with trend"], [np.nanmean(rpe.measures.momentum_with_trend(run).observed)] * 2
        )

    @pytest.mark.parametrize(
        ("draw", "match"),
        [
            (lambda: rpe.plots.procrastination_curve(object()), "share_done must be numbers.* which have share_done"),
            (lambda: rpe.plots.work_by_streak(object()), "probability must be numbers.* which have worked and offered"),
            (lambda: rpe.plots.momentum([1.0]), "records must be histories, which have `full`; got 1.0 at 0"),
        ],
    )
    def test_a_wrong_kind_says_what_is_wanted(self, draw, match):
        with pytest.raises(TypeError, match=match):
            draw()

    def test_a_run_without_units_is_refused(self):
        run = rpe.simulate.run(rpe.agents.QLearner(), rpe.tasks.bandit([0.2, 0.8]), n_agents=2, n_trials=3, rng=0)
        with pytest.raises(ValueError, match="share_done must be of a task with units of work"):
            rpe.plots.procrastination_curve(run)


class TestContexts:
    @pytest.mark.parametrize(("context", "least"), [("paper", 6), ("notebook", 9), ("slide", 14)])
    def test_no_text_is_smaller_than_can_be_read(self, context, least):
        with rpe.plots.style(context):
            ax = rpe.plots.procrastination_curve([[0, 0.2, 1], [0, 0.6, 1]], labels=["one", "two"], goals=[0.5])
            ax.set(title="Title")
            ax.legend()
        texts = [text for text in ax.figure.findobj(Text) if text.get_text() and text.get_visible()]
        assert min(text.get_fontsize() for text in texts) >= least
        plt.close(ax.figure)

    def test_an_unknown_context_is_refused(self):
        with pytest.raises(ValueError, match="context must be one of"), rpe.plots.style("poster"):
            pass

    def test_text_in_svg_is_text(self):
        with rpe.plots.style():
            figure = Figure()
            figure.subplots().set_title("a title in words")
            out = BytesIO()
            figure.savefig(out, format="svg")
        assert "a title in words</text>" in out.getvalue().decode()
