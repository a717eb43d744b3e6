"""Live pages without a browser: the numbers are the library's, and the file holds what it should."""

import base64
import json
import re

import numpy as np
import pytest

import rpe
from rpe.demos import Dataset, LivePage, Slider
from rpe.demos.live import classroom, cue_shift, html, micro_wins, nanomolar, phone
from rpe.experiments.micro_win_dopamine.settings import Settings


def small(**changes):
    """A page with two sliders, whose answer is their product."""
    x, word = Slider("x", "x", (1.0, 2.0, 3.0), 2.0, "m"), Slider("word", "word", ("once", "twice"), "once")
    values = np.array([[[1.0, 2.0], [2.0, 4.0]], [[2.0, 4.0], [4.0, 8.0]], [[3.0, 6.0], [6.0, np.nan]]])
    parts = {
        "key": "small",
        "title": "Small",
        "question": "What?",
        "about": "Nothing.",
        "sliders": [x, word],
        "presets": {"Most": {"x": 3.0, "word": "twice"}},
        "charts": {"Bars": {"data": {"name": "d"}, "mark": "bar", "encoding": {"y": {"field": "y"}}}},
        "datasets": {"d": Dataset(["x", "word"], {"at": [0, 1]}, {"y": values})},
        "sentences": np.array([["1", "2"], ["2", "4"], ["3", "6"]]),
        "told_by": ["x", "word"],
    }
    return LivePage(**(parts | changes))


def unpacked(column):
    """What the page's script makes of a grid."""
    steps = np.frombuffer(base64.b64decode(column["bytes"]), "<u2")
    values = np.where(steps == 65_535, np.nan, column["low"] + column["scale"] * steps)
    return values.reshape(-1, column["rows"])


def test_grids_are_packed_as_they_were():
    page = small()
    packed = page.packed()
    column = packed["datasets"]["d"]["values"]["y"]
    wanted = np.reshape(page.datasets["d"].values["y"], (-1, 2))
    np.testing.assert_allclose(unpacked(column), wanted, atol=column["scale"])
    assert packed["presets"] == [{"x": 2, "word": 1}]
    assert [slider["start"] for slider in packed["sliders"]] == [1, 0]


def test_equal_and_missing_numbers_are_packed():
    for values in ([[3.0], [3.0], [3.0]], [[np.nan]] * 3):
        page = small(datasets={"d": Dataset(["x"], {"at": [0]}, {"y": values})})
        np.testing.assert_array_equal(unpacked(page.packed()["datasets"]["d"]["values"]["y"]), values)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (
            {"sentences": np.array(["1", "2"])},
            r"sentences must have one entry for each position of \(x, word\), \(3, 2\)",
        ),
        (
            {"datasets": {"d": Dataset(["x"], {}, {"y": [[1.0]]})}},
            r"d\.y must have one entry for each position of \(x\)",
        ),
        ({"datasets": {"d": Dataset(["x"], {"at": [0, 1]}, {"y": [[1.0]] * 3})}}, "columns of d must have one length"),
        ({"presets": {"Odd": {"x": 7.0}}}, "preset 'Odd' must set sliders to their values; got x=7.0"),
        ({"presets": {"Odd": {"z": 7.0}}}, "preset 'Odd' must set sliders to their values; got z=7.0"),
    ],
)
def test_a_page_that_does_not_fit_is_refused(change, match):
    with pytest.raises(ValueError, match=match):
        small(**change)


def test_a_slider_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="start must be one of the values of slider 'k'; got 3"):
        Slider("k", "k", (1.0, 2.0), 3.0)
    with pytest.raises(ValueError, match=r"texts must have one entry a value \(2\); got 1"):
        Slider("k", "k", (1.0, 2.0), 1.0, texts=["one"])
    with pytest.raises(ValueError, match="values must be finite"):
        small(datasets={"d": Dataset(["x"], {"at": [0]}, {"y": [[1.0], [np.inf], [2.0]]})}).packed()


def test_a_slider_may_end_at_infinity_and_nowhere_else_undefined():
    assert Slider("beta", "β", (1.0, float("inf")), 1.0, texts=["1", "∞"]).values == (1.0, float("inf"))
    with pytest.raises(ValueError, match="values must be finite; got nan"):
        Slider("beta", "β", (1.0, float("nan")), 1.0)


def test_one_file_holds_everything_and_hostile_text_is_text(tmp_path):
    bad = '</script><img src=x onerror="alert(1)">'
    page = small(title=bad, question=bad, about=bad, presets={bad: {}}, sentences=np.full((3, 2), bad))
    path = rpe.demos.write(tmp_path / "pages.html", pages=[page])
    text = path.read_text(encoding="utf-8")
    assert "<img" not in text[: text.index("<script>")]  # behind it, Vega speaks of images
    # The data can be read where the script reads them.
    data = re.search(r'<script type="application/json" id="pages">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(data)[0]["sentences"]["texts"] == [bad] * 6
    assert not re.findall(r'(?:src|href)="(?!#|data:)', text[: text.index("<script")])
    assert "default-src 'none'" in text


def test_a_file_of_this_version_is_left_alone_and_others_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(html, "PAGES", (small,))
    path = rpe.demos.write(tmp_path / "pages.html")
    before = path.stat().st_mtime_ns
    assert rpe.demos.write(path).stat().st_mtime_ns == before
    monkeypatch.setattr(html, "__version__", "9.9")
    assert rpe.demos.write(path).stat().st_mtime_ns > before


def test_two_pages_cannot_have_one_key(tmp_path):
    with pytest.raises(ValueError, match=r"pages must have keys of their own; got \['small', 'small'\]"):
        rpe.demos.write(tmp_path / "pages.html", pages=[small(), small()])
    assert not list(tmp_path.iterdir())


# The numbers of the five pages, against calls that a user would make.


def test_cue_shift_is_td_learning():
    """The usual trial after 4 others: a complete serial compound, α = .1, λ = .9, step by step."""
    usual = next(iter(cue_shift._NEXT))
    found = cue_shift._errors(rpe.features.complete_serial_compound, 4, usual)
    schedule = rpe.schedules.delay_conditioning(5, cue_time=0.5, reward_time=1.5, duration=2.5, dt=0.1)
    x = rpe.features.complete_serial_compound(schedule)
    wanted = rpe.td.learn(x, schedule.reward, learning_rate=0.1, discount=0.98, trace_decay=0.9, record="all")
    at = cue_shift._RATES.index(0.1) * len(cue_shift._DECAYS) + cue_shift._DECAYS.index(0.9)
    np.testing.assert_allclose(found[at], wanted.delta[0, -1], atol=1e-12)


def test_cue_shift_never_diverges_and_blocks():
    for code in cue_shift._FEATURES.values():
        for probe in cue_shift._NEXT:
            assert np.abs(cue_shift._errors(code, 50, probe)).max() < 2.5
    blocking = list(cue_shift._NEXT)[-1]
    at, cue = cue_shift._RATES.index(0.1) * len(cue_shift._DECAYS) + 2, 5
    blocked, free = (cue_shift._errors(rpe.features.complete_serial_compound, n, blocking)[at, cue] for n in (200, 1))
    assert blocked < 0.1 < 0.3 < free


def test_micro_wins_says_the_class_and_the_index():
    planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=0.08), inverse_temperature=np.array([1.0]))
    one, five = (rpe.measures.exact(planner, rpe.tasks.micro_wins(n)) for n in (1, 5))
    (said,) = micro_wins._said(one, five, rpe.measures.classify(one, five))
    assert said.startswith("Micro wins help here")
    assert "one goal 0.74, micro wins 0.20" in said


@pytest.mark.parametrize("name", rpe.measures.CLASSES)
def test_every_class_has_its_words(name):
    assert micro_wins._VERDICTS[name]
    assert classroom.CLASS_COLOURS[name]


def test_nanomolar_rises_at_the_wins_first_and_at_the_cue_later():
    settings = Settings(n_trials=max(nanomolar._REPETITIONS), n_seeds=2, learning_rates=(0.1,), discounts=(0.98,))
    level = nanomolar._levels(settings, 1.0)
    names = list(nanomolar.theories(settings))
    assert level.shape[:4] == (4, 1, len(nanomolar._REPETITIONS), settings.n_wins + 1)
    rise = level.max(axis=-1) - level[0, 0, 0, 0, 0]
    td = rise[names.index("TD(λ)"), 0]
    assert td[0, 0] == pytest.approx(0, abs=1e-6)  # nothing is expected in the first trial
    assert (td[0, 1:] > 50).all()
    assert td[-1, 0] > 50
    assert (td[-1, 1:] < 5).all()
    assert (rise[names.index("value decay"), 0, -1, 1:] > 5).all()


def test_phone_is_a_run_of_learners(monkeypatch):
    monkeypatch.setattr(phone, "_TEMPERATURES", (1.0,))
    monkeypatch.setattr(phone, "_RATES", (0.2,))
    monkeypatch.setattr(phone, "_TRIALS", 12)
    found = phone._delays(2.0, 0.5, 3)
    learner = rpe.agents.QLearner(learning_rate=0.2, inverse_temperature=1.0, discount=0.95, trace_decay=0.9)
    task = rpe.tasks.micro_wins(3, distraction=2.0, n_units=6, deadline=18, reward=30.0)
    task = rpe.tasks.variable_distraction(task, 0.5)
    history = rpe.simulate.run(learner, task, n_agents=phone._AGENTS, n_trials=12, rng=0)
    wanted = rpe.measures.procrastination_index(history).reshape(phone._AGENTS, 2, 6).mean(axis=-1)
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_phone_says_what_differs_clearly():
    spread = np.array([[0.5, 0.4, 0.6], [0.3, 0.25, 0.35]])
    later = np.array([[0.8, 0.7, 0.9], [0.2, 0.1, 0.3]])
    grid = np.stack([spread, later])[None, :, None, None]
    assert phone._against_certain(grid, (0, 0, 0, 0)) == "The phone pays the same each time."
    said = phone._against_certain(grid, (0, 1, 0, 0))
    assert (
        said == "Against the same mean pay for certain: more delay with one goal, no clear difference with micro wins."
    )


def test_class_is_solved_exactly(monkeypatch):
    """Each student has the class that a solution of that student alone gives."""
    monkeypatch.setattr(classroom, "_SOLVED", np.array([0.001, 0.08, 2.0]))
    monkeypatch.setattr(classroom, "_TEMPERATURES", (1.0, 3.0))
    monkeypatch.setattr(classroom, "_STARTS", (6.0,))
    monkeypatch.setattr(classroom, "_GOALS", (20,))
    found = classroom._classes()[0, 0]
    for (b, beta), (i, k) in ((x, y) for x in enumerate((1.0, 3.0)) for y in enumerate((0.001, 0.08, 2.0))):
        planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=k), inverse_temperature=beta)
        one, many = (rpe.measures.exact(planner, rpe.tasks.micro_wins(n, start_cost=6.0)) for n in (1, 20))
        assert rpe.measures.CLASSES[found[b, i]] == rpe.measures.classify(one, many)[0]


def test_a_class_has_the_median_and_spread_of_its_sliders():
    who = classroom._SOLVED[classroom._who()]
    assert who.shape == (len(classroom._MEDIANS), len(classroom._SPREADS), 300)
    for m, median in enumerate(classroom._MEDIANS):
        np.testing.assert_allclose(np.median(who[m], axis=-1), median, rtol=0.04)
        np.testing.assert_allclose(np.log(who[m]).std(axis=-1), classroom._SPREADS, atol=0.03)
