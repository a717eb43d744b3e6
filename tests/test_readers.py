"""Readers of people's data as it lies: names, delimiters, missing values, numbers from 1, frames, and faults."""

import gzip
from datetime import date

import numpy as np
import pandas as pd
import pytest

import rpe
from rpe.records import Offers, WorkLog, read_choices, read_offers, read_work

TSV = """subjID\tRT\tchoice\toutcome\tblock
anna\t0.5\t1\t1\tA
anna\tNA\t2.0\t-1\tA
ben\t0.7\t2\t1\tB
ben\tNA\tNA\tNA\tB
"""


def check(data):
    assert data.subjects == ("anna", "ben")
    assert data.action[:, :, 0].tolist() == [[0, 1], [1, -1]]
    assert data.reward[:, :, 0].tolist() == [[1, -1], [1, 0]]
    assert data.missed[:, :, 0].tolist() == [[False, False], [False, True]]
    np.testing.assert_array_equal(data.extra["RT"][:, :, 0], [[0.5, np.nan], [0.7, np.nan]])
    assert data.extra["block"][:, 0, 0].tolist() == ["A", "B"]
    assert data.take([1]).extra["block"][0, 0, 0] == "B"


def test_a_file_as_a_lab_has_it(tmp_path):
    path = tmp_path / "d.tsv"
    path.write_text(TSV, encoding="utf-8")
    check(read_choices(path, first_action=1))
    with gzip.open(tmp_path / "d.tsv.gz", "wt", encoding="utf-8") as file:
        file.write(TSV)
    check(read_choices(tmp_path / "d.tsv.gz", first_action=1))
    path.write_text(TSV.replace("\t", ";").replace("0.5", "0,5").replace("0.7", "0,7"), encoding="utf-8")
    check(read_choices(path, first_action=1))
    path.write_text(TSV.replace("\t", "*"), encoding="utf-8")
    check(read_choices(path, first_action=1, delimiter="*"))


def test_a_data_frame_and_a_mapping():
    frame = pd.DataFrame(
        {
            "who": ["anna", "anna", "ben", "ben"],
            "RT": [0.5, np.nan, 0.7, np.nan],
            "key": pd.array([1, 2, 2, None], dtype="Int64"),
            "won": [1.0, -1.0, 1.0, np.nan],
            "block": ["A", "A", "B", "B"],
        }
    )
    names = {"subject": "who", "action": "key", "reward": "won"}
    check(read_choices(frame, columns=names, first_action=1))
    check(read_choices({name: frame[name].to_numpy() for name in frame}, columns=names, first_action=1))


class Column:
    """A column as polars has it: no index, None where nothing is, and what it gives to NumPy."""

    def __init__(self, values):
        self._values = values

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def to_numpy(self):
        if all(isinstance(v, int | float | None) and not isinstance(v, bool) for v in self._values):
            whole = all(isinstance(v, int) for v in self._values)
            return np.array(self._values, dtype=np.int64 if whole else np.float64)
        if all(isinstance(v, date) for v in self._values):
            return np.array(self._values, dtype="datetime64[D]")
        made = np.empty(len(self._values), dtype=object)
        made[:] = [np.array(v) if isinstance(v, list) else v for v in self._values]
        return made


class PolarsFrame:
    """Stands in for a polars DataFrame: names in a list, columns by name."""

    def __init__(self, **columns):
        self._columns = {name: Column(values) for name, values in columns.items()}

    @property
    def columns(self):
        return list(self._columns)

    def __getitem__(self, name):
        return self._columns[name]


def test_a_polars_frame():
    frame = PolarsFrame(
        who=["anna", "anna", "ben", "ben"],
        RT=[0.5, None, 0.7, None],
        key=[1, 2, 2, None],
        won=[1.0, -1.0, 1.0, None],
        block=["A", "A", "B", "B"],
    )
    check(read_choices(frame, columns={"subject": "who", "action": "key", "reward": "won"}, first_action=1))
    days = PolarsFrame(ppt=["a", "a"], date=[date(2021, 1, 28), date(2021, 1, 30)], hours=[0.5, 1.0])
    assert read_work(days, unit=0.5, missing="zero").units.tolist() == [[0, 1, 1, 3]]
    listed = PolarsFrame(ppt=["a", "b"], done=[[0.0, 0.5, 1.0], None])
    assert read_work(listed, unit=0.5, missing="unknown").units.tolist() == [[0, 0, 1, 3], [0, -1, -1, -1]]
    frame.collect = None
    with pytest.raises(TypeError, match="data must be a data frame; PolarsFrame is one only after its method collect"):
        read_choices(frame)


def test_minus_one_is_missing_only_where_said(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("subject,action,reward\na,0,1\na,-1,0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 3: action must be at least 0; got -1"):
        read_choices(path)
    assert read_choices(path, missing_values=["", "-1"]).missed[0, :, 0].tolist() == [False, True]


def test_choices_counted_from_1_are_not_guessed(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("subject,action,reward\na,0,1\na,1,0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2: action must be at least 1; got 0"):
        read_choices(path, first_action=1)


def test_a_reward_that_was_not_seen_is_no_feedback(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("subject,action,reward\na,0,1\na,1,NA\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 3: reward must be given .*got 'NA' in column 'reward'"):
        read_choices(path)
    data = read_choices(path, missing_reward="no feedback")
    assert data.feedback[0, :, 0].tolist() == [True, False]
    assert data.n_choices.tolist() == [2]


def test_a_row_lost_inside_a_trial_is_an_error_unless_said(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("subject,trial,step,action,reward\na,1,0,0,1\na,1,2,0,0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="after line 2: step 1 of trial 1 of subject 'a' is left out"):
        read_choices(path)
    assert read_choices(path, missing="skip").action.tolist() == [[[0, -1, 0]]]


def test_masks_go_there_and_back(tmp_path):
    data = rpe.records.Choices.of(
        [[[0, 1], [1, -1]]],
        [[[0.0, 1.0], [0.0, 0.0]]],
        scored=np.array([[[True, False], [True, False]]]),
        feedback=np.array([[[True, False], [True, True]]]),
        missed=np.array([[[False, False], [False, True]]]),
    )
    back = read_choices(data.table.to_csv(tmp_path / "d.csv"))
    for name in ("action", "scored", "feedback", "missed", "terminated"):
        np.testing.assert_array_equal(getattr(back, name), getattr(data, name), err_msg=name)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("subject,action,reward\na,0,1\na,1.5,1\n", {}, "line 3: action must be a whole number; got '1.5' in column"),
        ("subject,choice,response,reward\na,0,0,1\n", {}, "action may be one of choice, response; columns= says which"),
        ("subject,action,reward\na,0,1\n", {"columns": {"action": "key"}}, r"action must be a column .*; got 'key'"),
        ("subject,action,reward\na,0,1\n", {"columns": {"pay": "reward"}}, "columns must be for .*; got 'pay'"),
        ("subject,action,action\na,0,1\n", {}, "columns must have names of their own"),
        ("subject,action,reward\n,0,1\n", {}, "line 2: subject must have a name"),
        ("subject,action,reward,step\na,0,1,0\n", {}, "trial must be a column where there is one for steps"),
        ("subject,action,reward,scored\na,0,1,2\n", {}, "line 2: scored must be 0 or 1.*got '2' in column 'scored'"),
    ],
)
def test_faults_name_line_column_and_value(tmp_path, text, options, message):
    path = tmp_path / "d.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_choices(path, **options)


def test_a_wrong_encoding_is_named(tmp_path):
    path = tmp_path / "d.csv"
    path.write_bytes("subject,action,reward\njosé,0,1\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"line 2: must be text in utf-8-sig; got byte 0xe9 .*latin-1"):
        read_choices(path)
    assert read_choices(path, encoding="latin-1").subjects == ("josé",)


def test_work_in_half_hours_with_dates():
    rows = {"ppt": ["a", "a", "b"], "date": ["2021-01-28", "2021-02-01", "2021-01-30"], "hours": [0.5, 1.0, 1.5]}
    log = read_work(rows, unit=0.5, missing="zero")
    assert log.units.tolist() == [[0, 1, 1, 1, 1, 3], [0, 0, 0, 3, 3, 3]]
    later = read_work(rows, unit=0.5, missing="zero", first_day="2021-01-27", n_days=7)
    assert later.units[0].tolist() == [0, 0, 1, 1, 1, 1, 3, 3]
    with pytest.raises(ValueError, match=r"row 0: done must be a whole number; got '0.5' in column 'hours'"):
        read_work(rows, missing="zero")
    with pytest.raises(ValueError, match="row 0: day must not be before first_day = 2021-01-29"):
        read_work(rows, unit=0.5, missing="zero", first_day="2021-01-29")


def test_wide_work_keeps_covariates():
    wide = pd.DataFrame({"id": ["a", "b"], "d_2": [1, 0], "d_1": [0, np.nan], "pass": [3.5, 2.0]})
    log = read_work(wide, columns={"subject": "id"}, days="d_", missing="unknown")
    assert log.units.tolist() == [[0, 0, 1], [0, -1, -1]]
    assert log.extra["pass"].tolist() == [3.5, 2.0]
    assert log.take([1]).extra["pass"].tolist() == [2.0]
    with pytest.raises(ValueError, match=r"row 1: done must be given .*column 'd_1'"):
        read_work(wide, columns={"subject": "id"}, days="d_")


def test_lists_of_days_in_cells():
    rows = {"subject": ["a", "b"], "delta progress": ["[0, 0.5, 1]", ""], "lnk": [-3.0, -5.0]}
    log = read_work(rows, columns={"done": "delta progress"}, unit=0.5, missing="unknown")
    assert log.units.tolist() == [[0, 0, 1, 3], [0, -1, -1, -1]]
    assert log.extra["lnk"].tolist() == [-3.0, -5.0]
    with pytest.raises(ValueError, match="row 0: done must be a list of numbers"):
        read_work({"subject": ["a"], "done": ["[0, open('x')]"]})


def test_a_file_of_lists_as_data_frames_write_them(tmp_path):
    """The form of the published class of students, made up: days, shares and weeks as quoted lists, and a cluster."""
    path = tmp_path / "clustered.csv"
    path.write_text(
        "SUB_INDEX_194,Total credits,delta progress,cumulative progress normalised,delta progress weeks,labels\n"
        '0,2.0,"[0, 1.0, 0, 0, 0, 0, 0, 0.5, 0.5]","[0.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.75, 1.0]","[1.0, 1.0]",3\n'
        '7,0.5,"[0, 0, 0, 0, 0, 0, 0, 0, 0.5]","[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]","[0, 0.5]",0\n'
    )
    weeks = read_work(path, columns={"subject": "SUB_INDEX_194", "done": "delta progress weeks"}, unit=0.5)
    days = read_work(path, columns={"subject": "SUB_INDEX_194", "done": "delta progress"}, unit=0.5)
    assert weeks.subjects == ("0", "7")
    assert weeks.units.tolist() == [[0, 2, 4], [0, 0, 1]]
    assert days.every(7).units.tolist() == weeks.units.tolist()
    assert weeks.extra["labels"].tolist() == [3, 0]
    assert weeks.extra["Total credits"].tolist() == [2.0, 0.5]


def test_weeks_have_a_short_last_one():
    done = np.arange(10)[None] % 3
    log = WorkLog.of(done).every(7)
    assert np.diff(log.units[0]).tolist() == [done[0, :7].sum(), done[0, 7:].sum()]


def test_offers_are_read_with_missing_answers():
    rows = {"subjID": [1, 1, 2], "soon": [10, 20, 5], "later": [20, 30, 9], "days": [7, 30, 1], "choice": [2, "NA", 1]}
    data = read_offers(rows, {"amount": ["soon", "later"], "delay": [0, "days"]}, first_action=1)
    assert data.action.tolist() == [[1, -1], [0, -1]]
    assert data.attributes["amount"][0].tolist() == [[10, 20], [20, 30]]
    assert data.n_choices.tolist() == [1, 1]
    assert data.table["delay_1"].tolist() == [7.0, 1.0]
    with pytest.raises(ValueError, match=r"row 0: action must lie in \[0, 1\]; got '2' in column 'choice'"):
        read_offers(rows, {"amount": ["soon", "later"]})
    with pytest.raises(ValueError, match=r"amount must be a column .* got 'late'"):
        read_offers(rows, {"amount": ["soon", "late"]})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Offers.of([[0, 2]], amount=np.ones((2, 2))), r"action must lie in \[0, 1\]"),
        (lambda: Offers.of([[0, 1]], amount=np.ones((3, 2))), "amount must have shape"),
        (lambda: Offers.of([[0, 1]]), "attributes must name what was offered"),
        (lambda: Offers.of([[-1, -1]], amount=np.ones((2, 2))), "at least one choice"),
        (lambda: Offers.of([[0, 1]], amount=np.ones((2, 2)), delay=np.ones((2, 3))), "of the same options"),
    ],
)
def test_bad_offers(call, message):
    with pytest.raises(ValueError, match=message):
        call()
