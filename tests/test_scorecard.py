"""The scorecard: the rules of verdicts, a user's theory, files, and verdicts that follow from equations."""

import csv
import importlib
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import rpe
from rpe import scorecard
from rpe.cli import main
from rpe.scorecard import Finding
from rpe.scorecard.statistics import correlation, misfit, rank_correlation, verdict
from rpe.theories import Learned


class Silent:
    """A theory that says nothing ever happens."""

    def learn(self, schedule, rng):
        zeros = np.zeros((1, *schedule.reward.shape))
        return Learned(zeros, zeros)


class Surprised:
    """A theory that is surprised by every reward anew."""

    name = "surprised"

    def learn(self, schedule, rng):
        return Learned(schedule.reward[None], np.zeros((1, *schedule.reward.shape)))


class Broken:
    """A theory whose result has another shape."""

    def learn(self, schedule, rng):
        return Learned(np.zeros((1, 2, 3)), np.zeros((1, 2, 3)))


def finding(**changes):
    parts = {"holds": lambda x: x["n"] > 0, "schedules": lambda rng: {}, "read": lambda readings: {"n": 1.0}}
    return Finding(id="Z01", title="one", effect="n", **(parts | changes))


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ([1] * 10, "PASS"),
        ([1] * 9 + [-1], "PASS"),
        ([1] * 8 + [-1] * 2, "MIXED"),
        ([-1] * 9 + [1], "FAIL"),
        ([1] * 9 + [-99], "MIXED"),
        ([1] * 9 + [np.nan], "N.A."),
    ],
)
def test_verdicts_follow_the_rules(numbers, wanted):
    score = verdict(finding(), [{"n": float(n)} for n in numbers])
    assert score.verdict == wanted
    assert score.n_seeds == 10


def test_a_theory_of_ones_own_is_scored_in_five_lines():
    card = scorecard.run(
        theories=[rpe.theories.RescorlaWagner(), Surprised()], findings=["A01", "B01"], n_seeds=2, rng=0
    )
    assert card.theories == ("Rescorla-Wagner", "surprised")
    assert card.table["verdict"].tolist() == ["N.A.", "PASS", "FAIL", "FAIL"]
    assert "surprised" in str(card)
    assert card.differences()["finding"].tolist() == ["A01"]


def test_a_broken_theory_loses_its_own_cells_only():
    card = scorecard.run({"silent": Silent(), "broken": Broken()}, ["B12"], n_seeds=1, rng=0)
    assert card.scores["broken", "B12"].verdict == "ERROR"
    assert "delta must have shape (n_agents, 421, 30)" in card.scores["broken", "B12"].error
    assert card.scores["broken", "B12"].free_parameters == -1
    assert card.scores["silent", "B12"].verdict == "FAIL"


def test_the_result_does_not_depend_on_processes_or_company():
    theories = {"TD": rpe.theories.TD(trace_decay=0.9), "RW": rpe.theories.RescorlaWagner()}
    one, two = (scorecard.run(theories, ["A07", "B12"], n_seeds=2, rng=3, n_jobs=n) for n in (1, 2))
    assert one.scores == two.scores
    alone = scorecard.run({"RW": theories["RW"]}, ["A07", "B12"], n_seeds=2, rng=3)
    assert alone.scores["RW", "A07"] == one.scores["RW", "A07"]


def test_a_cell_depends_on_its_finding_and_seed_only():
    full = scorecard.run({"RW": RW, "TD": LONG}, ["B12", "A10", "C05"], n_seeds=3, rng=5)
    other = scorecard.run({"TD": LONG}, ["C05", "A10"], n_seeds=3, rng=5)
    for row in ("A10", "C05"):
        assert other.scores["TD", row] == full.scores["TD", row]
    elsewhere = scorecard.run({"TD": LONG}, ["C05"], n_seeds=3, rng=6)
    assert elsewhere.scores["TD", "C05"].numbers != full.scores["TD", "C05"].numbers


class Plain:
    """Returns something of its own, with lists for signals."""

    def learn(self, schedule, rng):
        class Found:
            delta = schedule.reward[None].tolist()
            value = np.zeros((1, *schedule.reward.shape)).tolist()

        return Found()


class Mute:
    def learn(self, schedule, rng):
        return schedule.reward


def test_any_object_with_the_two_signals_will_do():
    card = scorecard.run({"plain": Plain(), "surprised": Surprised(), "mute": Mute()}, ["A01"], n_seeds=1, rng=0)
    assert card.scores["plain", "A01"] == card.scores["surprised", "A01"]
    assert "must have 'delta'; ndarray has not" in card.scores["mute", "A01"].error


class Tuned:
    """Right with the second of its published parameters, and only then."""

    free_parameters = ("size",)

    def __init__(self, size=0.0):
        self.size = size

    @classmethod
    def published(cls):
        return {"small": cls(0.0), "right": cls(1.0), "right too": cls(1.0)}

    def learn(self, schedule, rng):
        return (RW if self.size else Silent()).learn(schedule, rng)


def test_the_best_of_the_published_parameters_is_told():
    card = scorecard.run([Tuned(), RW], ["B12"], n_seeds=1, rng=0, published=True)
    score = card.scores["Tuned", "B12"]
    assert (score.verdict, score.best_published, score.best_published_set) == ("FAIL", "PASS", "right")
    assert card.table["best_published_set"].tolist() == ["right", "default"]
    assert card.table["free_parameters"].tolist() == [1, 1]
    assert scorecard.run([Tuned()], ["B12"], n_seeds=1, rng=0).scores["Tuned", "B12"].best_published == ""


@pytest.mark.parametrize(
    ("theory", "left"),
    [
        (rpe.theories.TD(trace_decay=0.0), 1.0 * 0.98 ** (1.0 / 0.05)),
        (rpe.theories.Response(rpe.theories.TD(trace_decay=0.0)), 0.98**20),
        (rpe.theories.SemiMarkovTD(discount=0.9), 0.9),
        (rpe.theories.KalmanTD(discount=0.9), 0.9**10),
        (Silent(), 1.0),
    ],
)
def test_what_is_carried_over_a_second(theory, left):
    schedule = rpe.schedules.delay_conditioning(n_trials=1)
    zeros = np.zeros((1, 1, 25))
    reading = scorecard.Reading(schedule, Learned(zeros, zeros), theory)
    assert reading.carried(1.0) == pytest.approx(left)


def test_discounting_theories_meet_their_closed_forms():
    k = np.array([2.0, 4.0, 8.0, 16.0])
    assert misfit(k, 0.1 + 0.7 / (1 + 0.4 * k), lambda z: 1 / (1 + z)) < 1e-12
    assert misfit(k, 0.1 + 0.7 / (1 + 0.4 * k), lambda z: np.exp(-z)) > 1e-5
    assert misfit(k, 0.98 ** (k / 0.05), lambda z: np.exp(-z)) < 1e-12
    card = scorecard.run({"TD": LONG}, ["A09", "A10", "A07"], n_seeds=1, rng=0)
    for delay in (2, 4, 8, 16):
        assert card.scores["TD", "A09"].numbers[f"cue of {delay} s"] == pytest.approx(0.98 ** (delay / 0.05), abs=1e-3)
    # A serial compound that does not end at the reward predicts each time by its chance, 1 in 11.
    assert card.scores["TD", "A10"].numbers["earliest"] == pytest.approx(1 - 1 / 11, abs=0.06)
    assert card.scores["TD", "A07"].numbers["per unit of size, 5 to 10"] == pytest.approx(1.0)


def test_a_finding_of_ones_own():
    own = scorecard.load("B12")
    strict = replace(own, id="Z02", holds=lambda x: False)
    card = scorecard.run([rpe.theories.RescorlaWagner()], [strict], n_seeds=1, rng=0)
    assert card.table["verdict"].tolist() == ["FAIL"]


# What theories must do follows from their equations; every row has one that passes and one that fails.
RW, SPARSE, LONG = rpe.theories.RescorlaWagner(), rpe.theories.TD(trace_decay=0.0), rpe.theories.TD(trace_decay=0.9)
MUST = {
    "A01": (LONG, Surprised()),
    "A02": (LONG, Surprised()),
    "A03": (rpe.theories.TD(trace_decay=0.9, ends_at_reward=True), LONG),
    "A04": (LONG, Surprised()),
    "A05": (LONG, Surprised()),
    "A06": (rpe.theories.Response(SPARSE, negative_gain=1 / 6), Surprised()),
    "A07": (rpe.theories.Response(RW, saturation=1.0), RW),
    "A10": (rpe.theories.SemiMarkovTD(), Surprised()),
    "A11": (rpe.theories.BeliefTD(), Surprised()),
    "A12": (rpe.theories.BeliefTD(), SPARSE),
    "A08": (rpe.theories.Response(RW, spread_rate=0.1), RW),
    "A14": (rpe.theories.BeliefTD(), SPARSE),
    "B01": (RW, Surprised()),
    "B02": (RW, Surprised()),
    "B03": (RW, Surprised()),
    "B04": (LONG, RW),
    "B11": (RW, Silent()),
    "B12": (RW, Silent()),
    "B15": (rpe.theories.PearceHall(), RW),
    "C01": (SPARSE, LONG),
    "C05": (rpe.theories.Response(RW, negative_gain=1 / 6), RW),
    "C06": (RW, rpe.theories.Salience()),
    "C08": (RW, rpe.theories.Salience()),
    "C09": (RW, Silent()),
}


@pytest.mark.parametrize("row", MUST)
def test_every_row_is_passed_and_failed_by_equations(row):
    passer, failer = MUST[row]
    card = scorecard.run({"passer": passer, "failer": failer}, [row], n_seeds=1, rng=1)
    assert card.scores["passer", row].verdict == "PASS", card.scores["passer", row].numbers
    assert card.scores["failer", row].verdict == "FAIL", card.scores["failer", row].numbers


class Recovering:
    """Rescorla-Wagner whose loss of value is forgotten over a day."""

    def learn(self, schedule, rng):
        learned = RW.learn(schedule, rng)
        value, first = learned.value.copy(), learned.value.max()
        rested = np.flatnonzero(schedule.gap > 3600)
        if rested.size:
            value[:, rested[0] + 1 :] = np.maximum(value[:, rested[0] + 1 :], 0.5 * first)
        return Learned(np.full_like(value, np.nan), value)


class SideBySide:
    """Cue and reward both answer at half size, and nothing between."""

    def learn(self, schedule, rng):
        delta = (
            0.5 * schedule.onset.any(axis=2)
            + schedule.reward * np.where(schedule.onset.any(axis=(1, 2)), 0.5, 1.0)[:, None]
        )
        return Learned(delta[None], np.zeros((1, *delta.shape)))


class Hyperbolic:
    """Cues answer along a hyperbola, rewards more after longer delays."""

    def learn(self, schedule, rng):
        delta = np.zeros((1, *schedule.reward.shape))
        for trial in range(schedule.n_trials):
            paid = int(schedule.reward[trial].argmax())
            onset = schedule.onset[trial].any(axis=1)
            wait = (paid - int(onset.argmax())) * schedule.dt if onset.any() else 0.0
            delta[0, trial, paid] = 1.0 - 1.0 / (1 + 0.1 * wait) if onset.any() else 1.0
            delta[0, trial] += onset / (1 + 0.3 * wait)
        return Learned(delta, delta)


class Linked:
    """Knows what followed what; stimulation teaches C, and surprising flavours excite."""

    def learn(self, schedule, rng):
        value = np.zeros((1, *schedule.reward.shape))
        stimulated = (schedule.pulse != 0).any()
        worth = {"A": 0.5, "B": 1.0, "C": 1.0 if stimulated else 0.5, "D": 0.5, "F": 0.8}
        if "X" not in schedule.stimuli:
            worth["C"] = 0.0
        for place, name in enumerate(schedule.stimuli):
            value[0] += worth.get(name, 0.0) * schedule.level[:, :, place]
        delta = np.diff(value, axis=-1, prepend=0.0)
        delta += schedule.reward
        if len(schedule.phases) > 1:
            for name in schedule.phases[1:-1]:
                delta[0, np.flatnonzero(schedule.in_phase(name))[:5], schedule.step_of(1.5)] += 2.0
        return Learned(delta, value)


@pytest.mark.parametrize(
    ("row", "passer"), [("A09", Hyperbolic()), ("B05", Linked()), ("B06", Linked()), ("B09", Linked())]
)
def test_rows_that_need_other_theories(row, passer):
    card = scorecard.run({"passer": passer, "failer": LONG}, [row], n_seeds=1, rng=2)
    assert card.scores["passer", row].verdict == "PASS", card.scores["passer", row]
    assert card.scores["failer", row].verdict == "FAIL", card.scores["failer", row]


def test_rows_that_no_theory_of_the_roster_passes_can_be_passed():
    card = scorecard.run({"recovering": Recovering(), "side by side": SideBySide()}, ["B14", "C02"], n_seeds=1, rng=0)
    assert card.scores["recovering", "B14"].verdict == "PASS"
    assert card.scores["side by side", "C02"].verdict == "PASS"


def test_numbers_of_td_are_the_closed_forms():
    card = scorecard.run({"TD": LONG}, ["A01", "A05"], n_seeds=1, rng=0)
    assert card.scores["TD", "A01"].numbers["cue, trained"] == pytest.approx(0.98**20, rel=1e-3)
    assert card.scores["TD", "A05"].numbers["reward at 0"] == pytest.approx(1.0, abs=1e-6)


FILES = sorted(path.stem for path in Path(scorecard.findings.__path__[0]).glob("[a-z]*.py"))


@pytest.mark.parametrize("name", FILES)
def test_every_finding_states_its_facts(name):
    found = scorecard.load(name)
    assert scorecard.load(found.id) is found
    assert re.fullmatch(r"[A-H]\d\d", found.id)
    assert all(found.facts[part] for part in ("title", "paper", "published", "criterion", "status"))
    assert {*found.expected_to_pass, *found.expected_to_fail} <= set(scorecard.roster())
    term, colon, rest = sys.modules[f"rpe.scorecard.findings.{name}"].__doc__.partition(":")
    assert colon, "the first line begins with the field's term and a colon"
    assert len(term.split()) <= 6
    assert rest.strip().endswith(".")


def test_every_file_is_a_finding_and_has_its_own_id():
    assert len(scorecard.finding_ids()) == len(set(scorecard.finding_ids())) == len(FILES)
    assert list(scorecard.finding_ids()) == sorted(scorecard.finding_ids())


def plant(folder, monkeypatch, package, text):
    """Put a module `planted` into a package for the time of a test."""
    (folder / "planted.py").write_text(text, encoding="utf-8")
    roster = importlib.import_module("rpe.scorecard.registry")
    monkeypatch.setattr(roster, "_findings", roster._findings.__wrapped__)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    monkeypatch.setitem(sys.modules, f"{package.__name__}.planted", None)
    monkeypatch.delitem(sys.modules, f"{package.__name__}.planted")
    monkeypatch.setattr(package, "planted", None, raising=False)


COPY = "from dataclasses import replace\nfrom rpe.scorecard.findings import blocking\n"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", TypeError, "rpe.scorecard.findings.planted must define FINDING"),
        (COPY + "FINDING = replace(blocking.FINDING)", ValueError, "different ids; got B01 twice"),
    ],
)
def test_a_file_that_is_no_finding_is_named(text, error, message, tmp_path, monkeypatch):
    plant(tmp_path, monkeypatch, scorecard.findings, text)
    with pytest.raises(error, match=message):
        scorecard.finding_ids()


def test_a_new_file_is_a_new_finding(tmp_path, monkeypatch):
    plant(tmp_path, monkeypatch, scorecard.findings, COPY + "FINDING = replace(blocking.FINDING, id='Z09')")
    assert scorecard.finding_ids()[-1] == "Z09"
    assert scorecard.load("planted").id == "Z09"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", TypeError, "rpe.theories.planted must define SCORECARD"),
        ("SCORECARD = {'TD(0)': object}", ValueError, "got 'TD\\(0\\)' twice"),
    ],
)
def test_a_theory_that_says_nothing_of_the_scorecard_is_named(text, error, message, tmp_path, monkeypatch):
    plant(tmp_path, monkeypatch, rpe.theories, text)
    with pytest.raises(error, match=message):
        scorecard.roster()


def test_a_new_file_is_a_new_theory(tmp_path, monkeypatch):
    plant(tmp_path, monkeypatch, rpe.theories, "SCORECARD = {'planted': object}")
    assert scorecard.theories()[-1] == "planted"


def test_every_theory_is_on_the_roster_and_exported():
    made = [theory() for theory in scorecard.roster().values()]
    assert all(isinstance(theory, rpe.theories.Theory) for theory in made)
    exported = set(rpe.theories.__all__) - {"Theory", "Learned", "Divergence"}
    # Findings with several rewards ask for a sum of values, which hyperbolic TD does not have.
    assert exported - {type(theory).__name__ for theory in made} == {"HyperbolicTD"}
    assert {type(theory).__name__ for theory in made} <= exported
    assert set(dir(rpe.theories)) == exported | {"Theory", "Learned", "Divergence"}


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"schedules": None}, TypeError, "must have schedules and read, or ask"),
        ({"read": None}, TypeError, "must have schedules and read, or ask"),
        ({"expected_to_pass": ("TD",), "expected_to_fail": ("TD",)}, ValueError, "got two of TD"),
    ],
)
def test_a_finding_that_is_not_whole(changes, error, message):
    with pytest.raises(error, match=message):
        finding(**changes)


def test_what_is_expected_is_on_the_card():
    own = finding(expected_to_fail=("surprised",))
    card = scorecard.run([Surprised()], [own], n_seeds=1, rng=0)
    assert card.table["expected"].tolist() == ["FAIL"]
    assert card.differences()["verdict"].tolist() == ["PASS"]
    assert own.expected("other") == ""
    assert repr(card).startswith("Scorecard of 1 theories on 1 findings")


def test_ranks():
    assert rank_correlation([1, 2, 3], [3, 1, 1]) == pytest.approx(-np.sqrt(3) / 2)
    assert rank_correlation([1, 2, 3], [1, 1, 1]) == 0.0
    assert np.isnan(rank_correlation([1, 2], [np.nan, 1]))


def test_rewards_without_any_cue_are_drawn_too():
    protocol = scorecard.draw("G01", rpe.theories.ANCCR()).axes[0]
    assert [label.get_text() for label in protocol.get_yticklabels()] == ["+"]


def test_files_and_figures(tmp_path):
    card = scorecard.run([RW, LONG], ["A01", "B12"], n_seeds=1, rng=4)
    written = scorecard.write(card, tmp_path / "out")
    tables = {f"scorecard{name}.{kind}" for name in ("", "_numbers") for kind in ("csv", "json")}
    assert {path.name for path in written} == tables | {"scorecard.png", "scorecard.svg"}
    with (tmp_path / "out" / "scorecard.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0])[:5] == ["theory", "finding", "verdict", "effect", "expected"]
    assert lines[1]["verdict"] == "PASS"
    for name, table in (("scorecard", card.table), ("scorecard_numbers", card.numbers)):
        back = rpe.table.read(tmp_path / "out" / f"{name}.csv")
        assert list(back) == list(table)
        for column in table:
            np.testing.assert_array_equal(back[column], table[column])
        assert back.about["findings"]["A01"]["criterion"].startswith("t1: D(cue)<0.05U")
    theory = card.theories[1]
    chosen = card.numbers.where((card.numbers["theory"] == theory) & (card.numbers["finding"] == "A01"))
    found = dict(zip(chosen["number"].tolist(), chosen["mean"].tolist(), strict=True))
    assert found == card.scores[theory, "A01"].numbers
    drawn = scorecard.figure(card)
    assert [text.get_text() for text in drawn.axes[0].texts][:2] == ["P", "1/1"]
    assert "A01 Reward response moves to the cue" in [text.get_text() for text in drawn.axes[0].get_yticklabels()]
    drawing = scorecard.draw("A02", LONG)
    assert "Omission dip at the usual time: PASS\nmin D in" in drawing.get_suptitle()
    above, below = drawing.axes
    assert [text.get_text() for text in above.get_yticklabels()] == ["A+", "omitted", "uncued"]
    assert [(bar.get_x(), bar.get_width()) for bar in above.patches] == [(0.5, 1.0)] * 2
    lowest = [line.get_ydata().min() for line in below.lines if len(line.get_ydata()) == 40]
    assert sorted(lowest) == pytest.approx([-1.0, 0.0, 0.0], abs=1e-6)
    assert "within a trial" in scorecard.draw("A02", Recovering()).axes[1].texts[0].get_text()


def test_the_command(tmp_path, capsys):
    words = [
        "scorecard",
        "--theory",
        "TD(0.9)",
        "--finding",
        "B12",
        "--seeds",
        "1",
        "--jobs",
        "1",
        "--out",
        str(tmp_path),
    ]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "TD(0.9)   P" in out
    assert (tmp_path / "scorecard.png").exists()
    assert (tmp_path / "B12_td_0_9.png").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--theory", "QTD"], "--theory must be one of 'Rescorla-Wagner'"),
        (["--theory", "td"], "got 'td'; did you mean 'TD(0)' or 'TD(0.9)' or"),
        (["--finding", "Q01"], "--finding must be one of 'A01'"),
        (["--seeds", "0"], "--seeds must be at least 1; got 0"),
        (["--jobs", "0"], "--jobs must be at least 1; got 0"),
    ],
)
def test_bad_options(words, message, capsys):
    with pytest.raises(SystemExit):
        main(["scorecard", *words])
    assert message in capsys.readouterr().err


class Unsendable(Silent):
    def __reduce__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: scorecard.run([rpe.theories.TD], ["A01"]), TypeError, "must hold objects with the method 'learn'"),
        (lambda: scorecard.run([object()], ["A01"]), TypeError, "method 'learn'"),
        (lambda: scorecard.run([RW, RW], ["A01"]), ValueError, "different names"),
        (lambda: scorecard.run([RW], ["A01", "A01"]), ValueError, "different ids"),
        (lambda: scorecard.run({"x": Unsendable()}, ["A01"], n_jobs=2), TypeError, "theory 'x' must be picklable"),
        (lambda: scorecard.run([], ["A01"]), ValueError, "at least one theory"),
        (lambda: scorecard.run([RW], ["Q01"]), ValueError, "finding must be one of 'A01'"),
        (lambda: scorecard.run([RW], ["A01"], n_seeds=0), ValueError, "n_seeds must be at least 1"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


class Shaken(rpe.theories.IncentiveSalience):
    """Liking that follows dopamine: the account that H03 speaks against."""

    def learn(self, schedule, rng=None):
        learned = super().learn(schedule, rng)
        kappa = self._kappas(schedule).T[:, :, None]
        return learned._replace(more={**learned.more, "liking": learned.more["liking"] * kappa})


class Amplified(rpe.theories.IncentiveSalience):
    """A gain on all that is wanted: the account that H02 speaks against."""

    def learn(self, schedule, rng=None):
        learned = super().learn(schedule, rng)
        kappa = self._kappas(schedule).T[:, :, None]
        return learned._replace(more={**learned.more, "wanting": learned.value * kappa})


@pytest.mark.parametrize(
    ("row", "passer", "failer"),
    [
        ("E01", rpe.theories.AverageRewardTD(), LONG),
        ("E06", rpe.theories.AverageRewardTD(), None),
        ("E15", rpe.theories.Hierarchical(), LONG),
        ("E16", rpe.theories.TD(trace_decay=0.0), rpe.theories.ValueCode()),
        ("H01", rpe.theories.IncentiveSalience(rule="additive"), rpe.theories.IncentiveSalience()),
        ("H02", rpe.theories.IncentiveSalience(), Amplified()),
        ("H02", rpe.theories.IncentiveSalience(rule="additive"), Amplified()),
        ("H03", rpe.theories.IncentiveSalience(), Shaken()),
        ("H06", rpe.theories.Redish(), rpe.theories.Redish(drug=False)),
        ("H07", rpe.theories.TD(trace_decay=0.0), rpe.theories.Redish()),
        ("H11", rpe.theories.ReleaseKinetics(), rpe.theories.LinearRelease()),
        ("H13", rpe.theories.ReleaseKinetics(), None),
    ],
)
def test_motivation_and_physiology(row, passer, failer):
    theories = {"passer": passer} | ({} if failer is None else {"failer": failer})
    card = scorecard.run(theories, [row], n_seeds=1, rng=0)
    assert card.scores["passer", row].verdict == "PASS", card.scores["passer", row]
    if failer is not None:
        assert card.scores["failer", row].verdict == "FAIL", card.scores["failer", row]


def test_what_a_theory_does_not_have_is_not_held_against_it():
    card = scorecard.run(
        {"RW": RW, "kinetics": rpe.theories.ReleaseKinetics()}, ["H11", "E15", "A01"], n_seeds=1, rng=0
    )
    assert card.scores["RW", "H11"].verdict == card.scores["RW", "E15"].verdict == "N.A."
    assert card.scores["kinetics", "A01"].verdict == "N.A."


def test_redish_slope_is_its_equation():
    card = scorecard.run({"Redish": rpe.theories.Redish()}, ["H06"], n_seeds=1, rng=0)
    for ratio in card.scores["Redish", "H06"].numbers.values():
        assert ratio == pytest.approx(1.0, abs=1e-6)


def test_linear_release_settles_at_gain_times_rate():
    release = rpe.theories.LinearRelease(gain=10.0, decay=0.5).release
    trace = release(np.repeat([0.0, 4.0], [1, 400]), 0.05)
    assert trace[-1] == pytest.approx(40.0)
    np.testing.assert_allclose(trace[1:], 40 * (1 - np.exp(-0.05 * np.arange(1, 401) / 0.5)))
    with pytest.raises(ValueError, match="uptake_block must"):
        release(np.ones(3), 0.1, uptake_block=0.5)


def test_jump_errors():
    subgoal, goal = rpe.theories.Hierarchical(discount=[0.9, 0.5], pseudo_reward=2.0).jump_errors(3, 1, 5, 4)
    np.testing.assert_allclose(subgoal, 2 * (np.array([0.9, 0.5]) - np.array([0.9, 0.5]) ** 3))
    np.testing.assert_allclose(goal, np.array([0.9, 0.5]) ** 4 - np.array([0.9, 0.5]) ** 5)
    with pytest.raises(ValueError, match="before must"):
        rpe.theories.Hierarchical().jump_errors(-1, 1, 5, 5)


def test_without_values_nothing_can_be_said_of_unblocking():
    """What has no values is not applicable on B06, and does not fail it."""
    card = rpe.scorecard.run([rpe.theories.ReleaseKinetics()], ["B06"], n_seeds=1, rng=0)
    assert card.matrix.tolist() == [["N.A."]]
    assert card.letters == [["–"]]


def test_the_guide_counts_theories_and_findings():
    text = (Path(__file__).parents[1] / "notebooks" / "docs" / "guide" / "dopamine.md").read_text(encoding="utf-8")
    told = re.findall(r"(\d+) theories (?:on|by) (\d+)(?: published)? findings", text)
    assert told
    assert set(told) == {(str(len(scorecard.theories())), str(len(scorecard.finding_ids())))}


def test_rank_correlation_takes_rounding_for_ties():
    assert rank_correlation([1, 2, 3], [0.5, 0.5 + 1e-13, 1.0]) == rank_correlation([1, 2, 3], [0.5, 0.5, 1.0])
    assert rank_correlation([1, 2, 3], [0.5, 0.5 + 1e-6, 1.0]) == 1.0
    assert correlation([1, 2, 3], [1, 2, 4]) == pytest.approx(np.corrcoef([1, 2, 3], [1, 2, 4])[0, 1])


class Counted:
    """A theory that counts how often it learns, and may draw, or begin a stream, at random."""

    def __init__(self, draws=lambda rng: None):
        self.draws, self.n = draws, 0

    def learn(self, schedule, rng):
        self.n += 1
        self.draws(rng)
        return Learned(schedule.reward[None], np.full((1, *schedule.reward.shape), float(self.n)))


class TestNothingAtRandom:
    """What draws nothing at random is run once for all seeds, and only that."""

    @staticmethod
    def schedules(rng, *, random=False):
        probability = rng.uniform(0.2, 0.8) if random else 1.0
        trials = {"A+": rpe.schedules.Trial({"A": (0.0, 1.0)}, {1.0: probability})}
        return {"main": rpe.schedules.sequence(trials, ["A+"] * 3, dt=1.0, duration=3.0)}

    def learns(self, theory, **options):
        row = finding(
            schedules=lambda rng: self.schedules(rng, **options),
            read=lambda readings: {"n": float(readings["main"].learned.value[0, 0, 0])},
        )
        card = scorecard.run([theory], [row], n_seeds=4, rng=0)
        return theory.n, card.table["effect"].item()

    def test_the_same_again(self):
        assert self.learns(Counted()) == (1, 1.0)

    def test_not_where_the_protocol_differs(self):
        assert self.learns(Counted(), random=True) == (4, 2.5)

    @pytest.mark.parametrize("draws", [lambda rng: rng.random(), lambda rng: rng.spawn(1)])
    def test_not_where_the_theory_draws(self, draws):
        assert self.learns(Counted(draws)) == (4, 2.5)
