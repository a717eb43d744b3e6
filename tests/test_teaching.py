"""What teaches: text alternatives, movies and demos."""

import re
import subprocess
import sys
from itertools import combinations, pairwise

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

import rpe
from rpe.demos import CueShift, MicroWins
from rpe.plots import scorecard


def axes():
    return Figure(layout="constrained").subplots()


KINDS_OF_VISION = ("usual", "protanomaly", "deuteranomaly", "tritanomaly")


def least_difference(colours, vision):
    """The least difference of any two colours (CAM02-UCS) as somebody sees them; some 2 can just be told apart."""
    rgb = np.array([to_rgb(colour) for colour in colours])
    if vision != "usual":
        space = {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
        rgb = np.clip(cspace_convert(rgb, space, "sRGB1"), 0, 1)
    return min(deltaE(one, other, input_space="sRGB1") for one, other in combinations(rgb, 2))


@pytest.mark.parametrize("vision", KINDS_OF_VISION)
def test_colours_differ_for_all_kinds_of_vision(vision):
    assert least_difference(rpe.plots.PALETTE, vision) > 10
    assert least_difference([scorecard._COLOURS["P"], scorecard._COLOURS["F"]], vision) > 20


def test_curves_differ_without_colours():
    """Each of eight curves has a line style of its own beside its colour."""
    ax = rpe.plots.procrastination_curve([[0, 0.1 * n] for n in range(1, 9)], reference=None, ax=axes())
    styles = {line._dash_pattern[1] and tuple(line._dash_pattern[1]) for line in ax.lines if line.get_label()[0] != "_"}
    assert len(styles) == 8


def test_lines_in_the_house_style_differ_in_style_too():
    with rpe.plots.style():
        ax = axes()
        lines = [ax.plot([0, n])[0] for n in range(4)]
    assert len({str(line.get_linestyle()) + str(line._unscaled_dash_pattern) for line in lines}) == 4


class TestShown:
    def test_results_show_no_pages_of_numbers(self):
        schedule = rpe.schedules.delay_conditioning(n_trials=50, rng=0)
        model = rpe.fit.Model(
            rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.2, 0.8]), {"learning_rate": rpe.fit.Parameter(0, 1)}
        )
        results = {
            "level=<float64 array (50, 25, 1)>": schedule,
            "delta=<float64 array (1, 50, 25)>": rpe.theories.TD().learn(schedule),
            "weights=<float64 array (1, 1)>": rpe.td.learn(
                rpe.features.presence(schedule), schedule.reward, learning_rate=0.1, discount=0.9, trace_decay=0.0
            ),
            "procrastination_index=[0.7381]": rpe.measures.exact(PLANNER, rpe.tasks.monolithic()),
            "action=<int16 array (2, 20, 1)>": rpe.fit.simulated(model, [[0.1], [0.5]], n_trials=20, rng=0),
        }
        for part, result in results.items():
            assert part in repr(result)
            assert len(repr(result)) < 500

    def test_reports_and_tables_show_what_they_say(self):
        claims = rpe.claims.run(["B13"], size="quick")
        assert repr(claims) == str(claims)
        report = claims.reports["habits"]
        assert repr(report).splitlines() == ["Report of habits:", *(f"• {sentence}" for sentence in report.sentences)]


class TestDescribe:
    def test_names_ends_and_extremes(self):
        ax = axes()
        ax.plot([0, 1, 2, 3], [1.0, -2.0, 5.0, 3.0], label="δ")
        ax.set(title="A title", xlabel="trial", ylabel="error (reward units)")
        text = rpe.plots.describe(ax)
        assert text.startswith("A title. Across: trial, from 0 to 3. Up: error (reward units), from −2 to 5.")
        assert text.endswith("δ: from 1 to 3; lowest −2 at 1; highest 5 at 2.")

    def test_follows_the_data(self):
        texts = []
        for end in (0.2, 0.9):
            ax = rpe.plots.procrastination_curve([0, 0.1, end], labels=["mine"], goals=[0.5], ax=axes())
            texts.append(rpe.plots.describe(ax))
        assert "mine: from 0 to 0.2." in texts[0]
        assert "mine: from 0 to 0.9." in texts[1]
        assert "Marked: goal, sub-goal, deadline." in texts[0]

    def test_maps_bars_points_and_panels(self):
        figure = Figure(layout="constrained")
        first, second = figure.subplots(1, 2)
        figure.colorbar(first.imshow([[0.0, 1.0], [2.0, -3.0]]), ax=first, label="error")
        second.bar(["a", "b"], [1.5, 2.5])
        second.scatter([0, 1], [1, 1])
        text = rpe.plots.describe(figure)
        assert re.match(r"Panel 1\. .*A map of error, 2 by 2, from −3 to 2\. Panel 2\. ", text)
        assert "Across: a, b." in text
        assert "2 bars: 1.5, 2.5." in text
        assert "2 points." in text

    def test_numbers_that_are_names(self):
        ax = rpe.plots.goal_sweep([1, 5, 20], [0.7, 0.2, 0.3], ax=axes())
        assert "number of goals K: 1, 5, 20." in rpe.plots.describe(ax)

    def test_holes_and_constants(self):
        ax = axes()
        ax.plot([0, 1], [np.nan, np.nan], label="none")
        ax.plot([0, 1], [2.0, 2.0], label="flat")
        assert "none: nothing known. flat: 2 throughout." in rpe.plots.describe(ax)

    def test_bad_input(self):
        with pytest.raises(TypeError, match="drawn must be"):
            rpe.plots.describe("a figure")
        with pytest.raises(TypeError, match="alt must be"):
            rpe.plots.picture(axes(), 3)

    def test_picture_is_safe_in_html(self):
        ax = axes()
        ax.set_xlabel('k < 1 & "steep"')
        html = rpe.plots.picture(ax, "One.")._repr_html_()
        assert html.startswith('<img alt="One. ')
        assert "k &lt; 1 &amp; &quot;steep&quot;" in html

    def test_picture_closes_its_figure(self):
        import matplotlib.pyplot as plt

        before = plt.get_fignums()
        ax = rpe.plots.procrastination_curve([0, 1])
        assert plt.get_fignums() != before
        rpe.plots.picture(ax)
        assert plt.get_fignums() == before


def shifted():
    schedule = rpe.schedules.delay_conditioning(n_trials=30, rng=0)
    x = rpe.features.complete_serial_compound(schedule)
    return rpe.td.learn(x, schedule.reward, learning_rate=0.3, discount=1.0, trace_decay=0.9).delta


def played(agent, **options):
    task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8, reward=20.0)
    return rpe.simulate.run(agent, task, n_agents=2, n_trials=3, rng=0, **options)


PLANNER = rpe.agents.Planner(rpe.discounting.Hyperbolic(0.08))


class TestMovies:
    def test_gif_has_every_frame_and_they_differ(self, tmp_path):
        file = tmp_path / "shift.gif"
        movie = rpe.movies.cue_shift(
            shifted(), 0.1, cue=0.5, events={"reward": 1.5}, trials=[0, 4, 29], fps=4, file=file
        )
        with Image.open(file) as image:
            frames = []
            for i in range(image.n_frames):
                image.seek(i)
                frames.append(np.asarray(image.convert("L")))
        assert len(frames) == movie.n_frames == 3
        assert all((a != b).sum() > 100 for a, b in pairwise(frames))
        assert [path.name for path in tmp_path.iterdir()] == ["shift.gif"]

    def test_last_frame_in_words(self):
        movie = rpe.movies.cue_shift(shifted(), 0.1, cue=0.5)
        assert "trial 30: from 0 to 0; highest 0.998 at 0.5" in movie.alt

    def test_html_plays_alone(self, tmp_path):
        file = tmp_path / "run.html"
        movie = rpe.movies.work(played(PLANNER, record="all"), file=file)
        page = file.read_text(encoding="utf-8")
        assert page.count("data:image/png;base64") == movie.n_frames == 9
        assert not re.search(r'(?:src|href)="https?:', page), "something is loaded from elsewhere"
        assert re.findall(r">\s*(\S+?)\s*</button>", page) == ["−", "⏮", "‹", "◀", "⏸", "▶", "›", "⏭", "+"]
        assert 'aria-label="A movie of one trial of 4 units of work' in page

    def test_frames_are_the_run(self):
        history = played(rpe.agents.QLearner(discount=1.0, learning_rate=0.5), record="all")
        movie = rpe.movies.work(history, agent=1, trial=2)
        units = history.task.decode(history.full.state[1, 2])["units"]
        movie.draw(5)
        (line,) = (line for line in movie.figure.axes[0].lines if line.get_label() == "units done")
        np.testing.assert_array_equal(line.get_ydata(), units[:6])
        (errors,) = (line for line in movie.figure.axes[1].lines if line.get_label() == "prediction error")
        np.testing.assert_array_equal(errors.get_ydata(), history.full.delta[1, 2, :6])

    def test_one_seed_gives_one_file(self, tmp_path):
        files = [tmp_path / "a.gif", tmp_path / "b.gif"]
        for file in files:
            rpe.movies.work(played(PLANNER, record="all"), file=file)
        assert files[0].read_bytes() == files[1].read_bytes()

    @pytest.mark.parametrize(
        ("call", "error", "match"),
        [
            (lambda: rpe.movies.cue_shift([1.0, 2.0]), ValueError, "delta must have shape"),
            (lambda: rpe.movies.cue_shift(np.eye(3), cue=7), ValueError, "cue must"),
            (lambda: rpe.movies.cue_shift(np.eye(3), trials=[3]), ValueError, "trials must"),
            (lambda: rpe.movies.cue_shift(np.eye(3), trials=[]), ValueError, "at least one trial"),
            (lambda: rpe.movies.cue_shift(np.eye(3), fps=0), ValueError, "fps must"),
            (lambda: rpe.movies.cue_shift(np.eye(3), file="shift.png"), ValueError, "file must end in .gif"),
            (lambda: rpe.movies.cue_shift(np.eye(3), file="nowhere/a.gif"), FileNotFoundError, "folder that exists"),
            (lambda: rpe.movies.work(None), TypeError, "history must"),
            (lambda: rpe.movies.work(played(PLANNER, record="summary")), ValueError, 'record="all"'),
            (lambda: rpe.movies.work(played(PLANNER, record="all"), agent=2), ValueError, "agent must"),
            (lambda: rpe.movies.work(played(PLANNER, record="all"), trial=3), ValueError, "trial must"),
        ],
    )
    def test_bad_input(self, call, error, match):
        with pytest.raises(error, match=match):
            call()

    def test_a_task_without_units_is_refused(self):
        agent = rpe.agents.QLearner()
        history = rpe.simulate.run(agent, rpe.tasks.bandit([0.5]), n_agents=1, n_trials=2, rng=0, record="all")
        with pytest.raises(ValueError, match="task with units"):
            rpe.movies.work(history)


class TestDemos:
    @pytest.mark.parametrize("make", [CueShift, MicroWins])
    def test_every_control_changes_the_picture(self, make):
        for control in make.controls:
            view = make()
            first = view.show()
            other = control.options[-1][1] if control.options else control.low
            if control.value == other:
                other = control.high
            assert view.show(**{control.name: other}).png != first.png, control.name
            assert view.show(**{control.name: control.value}).png == first.png

    def test_cue_shift_is_the_library(self):
        view = CueShift()
        view.show(learning_rate=0.2, discount=0.9, probability=0.5, trial=50)
        schedule = rpe.schedules.delay_conditioning(n_trials=200, probability=0.5, rng=0)
        x = rpe.features.complete_serial_compound(schedule)
        delta = rpe.td.learn(x, schedule.reward, learning_rate=0.2, discount=0.9, trace_decay=0.0).delta[0]
        assert f"is {delta[49, 5]:.4g} at the cue and {delta[49, 15]:.4g} at the reward" in view.sentence

    def test_one_goal_against_itself(self):
        view = MicroWins()
        view.show(n_goals=1)
        index = re.findall(r"(?:one goal|micro wins) (\d\.\d+)", view.sentence)
        assert index[0] == index[1]

    def test_sliders_are_logarithmic_where_a_parameter_spans_decades(self):
        for view in (CueShift(), MicroWins()):
            sliders = rpe.demos.demo(view).children[0].children
            for control, slider in zip(view.controls, sliders, strict=True):
                decades = control.log or (control.low > 0 and control.high / control.low >= 100 and not control.options)
                assert (type(slider).__name__ == "FloatLogSlider") == bool(decades and control.name != "trial")
                if isinstance(slider.value, float):
                    assert slider.readout_format == ".4g"

    def test_a_moved_slider_changes_image_words_and_sentence(self):
        box = rpe.demos.micro_wins()
        sliders, figure, sentence = box.children
        before = figure.value, sentence.value
        sliders.children[0].value = 0.5
        assert figure.value != before[0]
        assert sentence.value != before[1]
        assert figure.value.startswith('<img alt="Procrastination index')

    def test_roundings_of_a_browser_stay_within_the_ends(self):
        """A slider at its end may send a power of ten that misses it by a rounding."""
        box = rpe.demos.cue_shift()
        probability = box.children[0].children[3]
        probability.max = 1.1
        probability.value = np.nextafter(1.0, 2.0)
        assert box.view.values["probability"] == 1.0

    @pytest.mark.parametrize(
        ("call", "error", "match"),
        [
            (lambda: CueShift().show(learning_rate=2.0), ValueError, "learning_rate must"),
            (lambda: CueShift().show(trial=0), ValueError, "trial must"),
            (lambda: CueShift().show(speed=1.0), ValueError, "name must"),
            (lambda: MicroWins().show(matching="equal"), ValueError, "matching must"),
        ],
    )
    def test_bad_input(self, call, error, match):
        with pytest.raises(error, match=match):
            call()

    @pytest.mark.parametrize(
        ("missing", "use"), [("ipywidgets", "rpe.demos.cue_shift()"), ("vl_convert", "rpe.demos.write('pages.html')")]
    )
    def test_what_is_missing_is_named_with_its_remedy(self, missing, use, tmp_path):
        code = f"import sys; sys.modules[{missing!r}] = None; import rpe; {use}"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 1
        assert re.search(rf"need {missing[:2]}\S*; install it with: \S+ -m pip install {missing[:2]}", done.stderr)
