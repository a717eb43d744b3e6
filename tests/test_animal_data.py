"""Animal data: the values and schedules as published, scores against numbers of the source, and read-outs."""

import json
import pickle
from concurrent.futures import Future
from contextlib import contextmanager
from importlib.resources import files

import numpy as np
import pytest
from numpy.testing import assert_allclose

import rpe
from rpe.cli import main
from rpe.measures import cue_response, session_means, suppression_ratio
from rpe.schedules import design
from rpe.scorecard import animals
from rpe.scorecard.animals import responses
from rpe.scorecard.animals.comparing import score
from rpe.scorecard.cells import CellFile
from rpe.theories import TD, RescorlaWagner

# Which of the 64 trials of the partial group were reinforced in the published run of the baselines.
DRAW = "0011010110001001000010001110001010010100110110101001110010000000"


def test_all_that_was_measured_is_there_with_its_licence():
    table = animals.published()
    assert table.n_rows == 498
    assert len(set(zip(table["experiment"].tolist(), table["group"].tolist(), strict=True))) == 72
    assert "Permission is hereby granted" in table.about["licence_text"]
    assert table.about["source"] == "https://github.com/nikhilxb/ccnlab"


@pytest.mark.parametrize("name", animals.experiment_ids())
def test_every_group_runs_as_written(name):
    experiment = animals.load(name)
    for group in experiment.groups:
        cycle, mixed = (group.schedule(order=order, rng=0) for order in ("cycle", "random"))
        written = design(group.text, dt=0.25, duration=cycle.duration, rng=0)
        names = [kind for part in group.parts for kind in part.cycle * part.repeat]
        assert [cycle.kinds[kind] for kind in cycle.kind] == names
        # The notation of the source, read whole; it writes "B→A" and "B-gap-A" where the types say "B>A" and "B..A".
        assert [written.kinds[kind].replace("→", ">").replace("-gap-", "..") for kind in written.kind] == names
        assert_allclose(written.level, cycle.level)
        assert sorted(mixed.kinds) == sorted(cycle.kinds)
        assert mixed.n_trials == cycle.n_trials == len(group.phases)


def test_contrasts_hold_in_the_data():
    for experiment in map(animals.load, animals.experiment_ids()):
        y = [experiment.direction * point.y for point in experiment.points]
        assert experiment.contrasts
        for stronger, weaker in experiment.contrasts:
            assert y[stronger] > y[weaker], experiment.id


def test_swapped_labels_are_corrected():
    points = animals.load("simple_discrimination").points
    assert [point.y for point in points if point.series == "A"][-1] > 80
    raw = json.loads(files("rpe.scorecard.animals").joinpath("conditioning.json").read_text(encoding="utf-8"))
    published = next(each for each in raw["experiments"] if each["id"] == "simple_discrimination")
    assert next(each for each in published["data"] if each["series"] == "B")["y"][-1] > 80


# A model of real time, one update a step, as the source runs it


def published_td(schedule):
    """TD(0) with a weight for each cue, context among them, and step of the trial; no state where the reward comes."""
    x = schedule.level[:, :, :, None] * np.eye(schedule.n_steps)[None, :, None]
    return TD(learning_rate=0.3, discount=0.98, step=None, trace_decay=0.0, features=x.reshape(*x.shape[:2], -1))


def in_steps(text, **options):
    """Cue in steps 4 to 7, reward when they are over, and the context in all of these."""
    s = design(f"[K] {text}".replace("| ", "| [K] "), dt=1.0, cue_time=4.0, reward_time=8.0, duration=9.0, **options)
    s.level[:, 8] = 0
    return s


def read(value, s, group):
    """Mean over steps 4 to 7; the source leaves out the last of these in reinforced trials, where its reward comes."""
    paid = s.reward.any(axis=1)
    return np.where(paid, value[0, :, 4:7].mean(axis=1), value[0, :, 4:8].mean(axis=1))


def test_td_on_acquisition_as_published():
    continuous = in_steps("A+ x64")
    partial = in_steps(" | ".join("A+" if each == "1" else "A-" for each in DRAW))
    model = []
    for s in (continuous, partial):
        response = read(published_td(s).learn(s).value, s, "A")
        model += session_means(response, 16, first_alone=True).tolist()
    experiment = animals.load("acquisition_continuous_vs_partial")
    assert score(experiment, np.array(model)) == pytest.approx(0.854588, abs=2e-6)


def test_td_on_overshadowing_and_blocking_as_published():
    experiment = animals.load("overshadowing_and_blocking")
    model = []
    for group in experiment.groups:
        s = in_steps(group.text)
        model.append(read(published_td(s).learn(s).value, s, "A")[-1])
    assert score(experiment, np.array(model)) == pytest.approx(0.9876, abs=5e-5)


def test_rescorla_wagner_by_trial():
    """Acquisition depends on which trials are reinforced; the source's number is a mean of five draws."""
    found = animals.compare(
        [RescorlaWagner(learning_rate=0.1)],
        ["acquisition_continuous_vs_partial", "overshadowing_and_blocking", "overexpectation", "reacquisition"],
        n_orders=20,
        rng=0,
    ).scores
    assert found["score"][0] == pytest.approx(0.8825, abs=0.02)
    assert found["low"][0] < found["score"][0] < found["high"][0]
    assert_allclose(found["score"][1:], [1.0, 0.9893, 0.7091], atol=5e-5)
    assert found["n_orders"].tolist() == [20, 1, 1, 1]


def test_scores_of_two_points():
    experiment = animals.load("sensory_preconditioning")
    assert [point.y for point in experiment.points] == [0.5, 9.5]
    assert score(experiment, np.array([0.1, 1.9])) == pytest.approx(1.0)
    assert score(experiment, np.array([0.2, 0.4])) == pytest.approx(2 / 19)
    for silent in ([0.0, 0.0], [0.1, -0.1], [0.0, 1.0]):
        assert score(experiment, np.array(silent)) == 0
    us = animals.load("us_preexposure")
    assert score(us, np.array([1 - 0.12 / 0.88, 1 - 0.23 / 0.77])) == pytest.approx(1.0)


def test_contrasts_are_judged_over_orders_with_a_margin():
    found = animals.compare([RescorlaWagner()], ["backward_blocking", "overshadowing_and_blocking"], rng=0)
    assert found.contrasts["verdict"].tolist() == ["FAIL", "PASS", "PASS"]
    assert found.contrasts["difference"][0] == 0
    assert found.scores["verdict"].tolist() == ["FAIL", "PASS"]
    assert found.curves.n_rows == 5
    assert (found.curves["low"] <= found.curves["response"]).all()


def test_a_comparison_does_not_depend_on_what_else_is_run():
    names = ["relative_validity", "acquisition_continuous_vs_partial"]
    both = animals.compare([RescorlaWagner()], names, n_orders=2, rng=3).curves
    alone = animals.compare([RescorlaWagner(), TD()], names[1:], n_orders=2, rng=3).curves
    n = alone.n_rows // 2
    assert both["response"][-n:].tolist() == alone["response"][:n].tolist()


def test_the_configural_account_meets_the_contrasts_that_have_no_linear_solution():
    theories = {name: rpe.scorecard.roster()[name]() for name in ("Rescorla-Wagner", "Pearce, configural")}
    found = animals.compare(theories, ["negative_patterning_three_cues"], n_orders=3, rng=0).scores
    assert found["score"][0] < 0 < 0.4 < found["score"][1]


# What is written and drawn


def test_points_stand_over_scaled_curves():
    found = animals.compare(
        [RescorlaWagner(), rpe.theories.PearceConfigural()],
        ["overshadowing_and_blocking", "renewal", "us_preexposure", "acquisition_continuous_vs_partial"],
        n_orders=3,
        rng=0,
    )
    drawn = animals.figure(found)
    for name, ax in zip(dict.fromkeys(found.curves["experiment"].tolist()), drawn.axes, strict=True):
        points = [line for line in ax.lines if line.get_marker() == "o"]
        assert [y for line in points for y in line.get_ydata()] == [point.y for point in animals.load(name).points]
        assert len(ax.lines) == 3 * len(points)
    legend = [text.get_text() for text in drawn.legends[0].get_texts()]
    assert set(legend) == {"Rescorla-Wagner", "Pearce, configural", "animals"}
    # Rescorla-Wagner runs parallel to the animals: its line through the points leaves next to nothing.
    first = 3 * legend.index("Rescorla-Wagner")
    assert_allclose([line.get_ydata()[0] for line in drawn.axes[0].lines[first : first + 3]], [65, 40, 12], atol=1)
    assert len(animals.figure(found, n_theories=1).legends[0].get_texts()) == 2


def test_the_command_writes_tables_and_figure_and_says_what_it_found(tmp_path, capsys):
    words = [
        "scorecard",
        "--data",
        "--theory",
        "Rescorla-Wagner",
        "--finding",
        "renewal",
        "--seeds",
        "2",
        "--jobs",
        "1",
    ]
    assert main([*words, "--out", str(tmp_path)]) == 0
    assert "1 of 1 key contrasts" in " ".join(capsys.readouterr().out.split())
    table = rpe.table.read(tmp_path / "animal_curves.csv")
    assert table["y"].tolist() == [27, 55]
    assert table.about["licence"].startswith("MIT")
    assert (tmp_path / "animal_curves.svg").stat().st_size > 1000
    with pytest.raises(SystemExit):
        main(["scorecard", "--data", "--finding", "B01"])
    assert "--finding must be one of 'acquisition" in capsys.readouterr().err


class _Breaks(RescorlaWagner):
    """Learns nothing where a second stimulus comes."""

    def learn(self, schedule, rng=None):
        if len(schedule.stimuli) > 1:
            raise ArithmeticError("two stimuli")
        return super().learn(schedule, rng)


def test_a_theory_that_breaks_loses_its_own_rows_only():
    theories = {"RW": RescorlaWagner(), "breaks": _Breaks()}
    found = animals.compare(theories, ["overshadowing_and_blocking", "acquisition_continuous_vs_partial"], n_orders=2)
    rows = list(zip(*(found.scores[name].tolist() for name in ("theory", "verdict", "message")), strict=True))
    assert [row for row in rows if row[1] == "ERROR"] == [("breaks", "ERROR", "ArithmeticError: two stimuli")]
    told = animals.sentences(found)
    assert "over 2 experiments" in told[0]
    assert told[1].endswith("experiments pass; 1 that broke, the first with ArithmeticError: two stimuli.")
    assert len(animals.figure(found).axes) == 2


def test_the_command_streams_goes_on_and_takes_published_parameters(tmp_path, monkeypatch, capsys):
    words = ["scorecard", "--data", "--theory", "TD(0)", "--finding", "acquisition_continuous_vs_partial"]
    words += ["--seeds", "3", "--jobs", "1", "--published", "--out"]
    assert main([*words, str(tmp_path / "whole")]) == 0
    cells = tmp_path / "whole" / "animal_cells.jsonl"
    assert len(cells.read_text().splitlines()) == 1 + 3
    scores = rpe.table.read(tmp_path / "whole" / "animal_scores.csv")
    assert scores["best_published_set"].tolist() == ["Montague 1996"]
    assert scores["best_score"][0] > scores["score"][0]
    # What another run left half done is finished, to the same bytes, and what it did is not done again.
    (tmp_path / "killed").mkdir()
    half = tmp_path / "killed" / "animal_cells.jsonl"
    half.write_text("\n".join(cells.read_text().split("\n")[:3]) + '\n["acquis')
    add, again = CellFile.add, []
    monkeypatch.setattr(CellFile, "add", lambda self, key, found: (again.append(key), add(self, key, found))[1])
    assert main([*words, str(tmp_path / "killed")]) == 0
    assert again == [("acquisition_continuous_vs_partial", 2)]
    for name in ("animal_cells.jsonl", "animal_scores.csv", "animal_curves.csv"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main([*words, str(tmp_path / "whole"), "--seed", "1"])
    assert "hold cells of the same run" in capsys.readouterr().err


def test_other_workers_answer_the_same_in_any_order(monkeypatch):
    asked = []

    @contextmanager
    def workers(n_jobs):
        asked.append(n_jobs)
        yield Backwards() if n_jobs > 1 else None

    class Backwards:
        """Finishes the first call last, with all that crosses over to it pickled."""

        def __init__(self):
            self._calls = []

        def submit(self, function, *arguments):
            self._calls.append((Future(), pickle.dumps((function, arguments))))
            if len(self._calls) == 2:
                for future, call in reversed(self._calls):
                    function, arguments = pickle.loads(call)
                    future.set_result(function(*arguments))
            return self._calls[-1][0]

    monkeypatch.setattr(responses, "workers", workers)
    how = {"n_orders": 2, "rng": 0}
    one, two = (animals.compare([TD()], ["acquisition_continuous_vs_partial"], n_jobs=n, **how) for n in (1, 2))
    assert asked == [1, 2]
    assert one.curves == two.curves


# Read-outs


def test_cue_response_by_hand():
    s = design("AB+ x1, A-, B>A+", random=False, dt=0.5)
    value = np.arange(18.0).reshape(3, 6)
    assert_allclose(cue_response(value, s, "A"), [1.5, 7.5, 15.5])
    assert_allclose(cue_response(value, s, "A", exactly=True), [np.nan, 7.5, 15.5])
    assert_allclose(cue_response(value[None], s, "AB"), [[1.5, np.nan, np.nan]])
    with pytest.raises(ValueError, match="cues must be stimuli of the schedule, A, B; got 'X'"):
        cue_response(value, s, "AX")


def test_session_means_and_suppression_ratios_by_hand():
    assert_allclose(session_means(np.arange(10.0).reshape(2, 5), 2), [[0.5, 2.5, 4], [5.5, 7.5, 9]])
    assert_allclose(suppression_ratio([0.0, 0.5, 1.0, 2.0, -1.0]), [0.5, 1 / 3, 0, 0, 0.5])
    assert_allclose(suppression_ratio([0.5, 1.0], before=[0.5, 1.0]), [0.5, np.nan])
    assert_allclose(suppression_ratio(1.0, strongest=2.0), 1 / 3)


def test_faults_are_named():
    with pytest.raises(ValueError, match="experiment must be one of"):
        animals.load("blocking")
    with pytest.raises(ValueError, match="at least one theory"):
        animals.compare([], ["relative_validity"])
    with pytest.raises(ValueError, match="order must be one of 'random', 'cycle'"):
        animals.compare([TD()], ["relative_validity"], order="alphabetical")
