"""Tables: tidy columns that survive a file bit for bit, with what is known about them."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import rpe
from rpe._shown import shown
from rpe.table import Table, read

EXAMPLE = Table(
    {
        "k": [0.1, 1 / 3, np.nan],
        "arm": ["one, goal", 'micro "wins"', "ü\nß"],
        "n": [1, -2, 3],
        "done": [True, False, True],
    },
    about={"seed": 7, "settings": {"n_goals": 5}},
)


def same(left, right):
    assert list(left) == list(right)
    for name in left:
        assert left[name].dtype == right[name].dtype
        np.testing.assert_array_equal(left[name], right[name])
    assert left.about == right.about


@given(arrays(np.float64, st.integers(0, 20), elements=st.floats(allow_nan=True, allow_infinity=True)))
@settings(deadline=None, max_examples=50)
def test_numbers_survive_text_bit_for_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("table") / "t.csv"
    table = Table({"x": numbers})
    back = read(table.to_csv(path))["x"]
    nan = np.isnan(numbers)
    np.testing.assert_array_equal(np.isnan(back), nan)
    assert back[~nan].tobytes() == numbers[~nan].tobytes()


def test_csv_and_back(tmp_path):
    same(read(EXAMPLE.to_csv(tmp_path / "t.csv")), EXAMPLE)
    beside = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert beside["about"]["seed"] == 7
    assert beside["about"]["versions"]["rpe"] == rpe.__version__


def test_an_empty_table_survives_too(tmp_path):
    empty = EXAMPLE.where(np.zeros(3, dtype=bool))
    back = read(empty.to_csv(tmp_path / "t.csv"))
    assert back.n_rows == 0
    assert [back[name].dtype.kind for name in back] == ["f", "U", "i", "b"]


def test_parquet_and_back(tmp_path):
    back = read(EXAMPLE.to_parquet(tmp_path / "t.parquet"))
    assert back.about == EXAMPLE.about
    for name in EXAMPLE:
        np.testing.assert_array_equal(back[name], EXAMPLE[name])


def test_pandas():
    frame = EXAMPLE.to_pandas()
    assert frame.attrs["seed"] == 7
    np.testing.assert_array_equal(frame["n"], [1, -2, 3])


def test_xarray_puts_a_grid_on_its_axes():
    design = rpe.sweep.grid(k=[0.1, 0.2], effort=[1.0, 2.0, 3.0])
    table = Table({**design, "product": design["k"] * design["effort"]})
    data = table.to_xarray(["k", "effort"])
    assert data["product"].dims == ("k", "effort")
    assert float(data["product"].sel(k=0.2, effort=3.0)) == pytest.approx(0.6)
    assert table.to_xarray()["product"].shape == (6,)
    with pytest.raises(ValueError, match="must tell all rows apart"):
        table.to_xarray(["k"])


def test_a_table_is_a_read_only_mapping():
    assert dict(EXAMPLE).keys() == {"k", "arm", "n", "done"}
    with pytest.raises(ValueError, match="read-only"):
        EXAMPLE["n"][0] = 5
    mine = np.array([1.0, 2.0])
    table = Table({"x": mine})
    mine[0] = 9
    assert table["x"][0] == 1.0


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = EXAMPLE.to_csv(tmp_path / "t.csv")
    before = path.read_bytes()
    bad = Table({"x": [1]}, about={"what": object()})
    with pytest.raises(TypeError, match="JSON serializable"):
        bad.to_csv(path)
    assert path.read_bytes() == before
    assert {file.name for file in tmp_path.iterdir()} == {"t.csv", "t.json"}


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        ({"a": [1], "b": [1, 2]}, ValueError, "same length"),
        ({"a": [[1]]}, ValueError, "one-dimensional"),
        ({"a": [object()]}, TypeError, "column 'a' must hold"),
        ({"a": [1 + 2j]}, TypeError, "column 'a' must hold"),
    ],
)
def test_bad_columns(columns, error, message):
    with pytest.raises(error, match=message):
        Table(columns)


def test_files_that_do_not_fit(tmp_path):
    path = EXAMPLE.to_csv(tmp_path / "t.csv")
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must have the columns k, arm, n, done; got a, b"):
        read(path)
    path.write_text("k,arm,n,done\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2: must have 4 cells; got 2"):
        read(path)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.csv")


# --- files that a spreadsheet saved again ------------------------------------------------------------

TEXT = Table(
    {
        "formula": ["=1+1", "+a", "-b", "@c", "'quoted", "plain", "", "\tx"],
        "k": [0.5, np.nan, -0.0, 1e300, 1 / 3, np.inf, 1.0, 5e-324],
        "done": [True, False] * 4,
    }
)


def spreadsheet(path, *, bom=False, delimiter=",", quoting=csv.QUOTE_MINIMAL, end="\r\n", change=lambda cell: cell):
    """Read a file as a spreadsheet does and save it in another manner."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    with path.open("w", newline="", encoding="utf-8-sig" if bom else "utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=end)
        writer.writerows([[change(cell) for cell in row] for row in rows])


def booleans(cell):
    return cell.upper() if cell in ("True", "False") else cell


@pytest.mark.parametrize("table", [EXAMPLE, TEXT], ids=["example", "text"])
@pytest.mark.parametrize(
    "manner",
    [
        {"bom": True},
        {"delimiter": ";"},
        {"delimiter": "\t"},
        {"quoting": csv.QUOTE_ALL},
        {"end": "\n"},
        {"change": booleans},
        {"bom": True, "delimiter": ";", "end": "\n", "change": booleans, "quoting": csv.QUOTE_ALL},
    ],
    ids=lambda manner: ", ".join(f"{key}={getattr(value, '__name__', value)!r}" for key, value in manner.items()),
)
def test_what_a_spreadsheet_saved_again_reads_back_equal(table, manner, tmp_path):
    path = table.to_csv(tmp_path / "t.csv")
    spreadsheet(path, **manner)
    same(read(path), table)


def test_decimal_commas_between_semicolons_are_read(tmp_path):
    table = Table({"k": [0.5, 1.25], "arm": ["a", "b"]})
    path = table.to_csv(tmp_path / "t.csv")
    spreadsheet(path, delimiter=";", change=lambda cell: cell.replace(".", ","))
    same(read(path), table)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("True", "WAHR", r"t.csv, line 2, column 'done': must be True or False; got 'WAHR'"),
        ("True", "False", r"t.csv, line 2, column 'done': got 'False'; not what was written \(2 lines differ\)"),
        ("-2", "-2.5", r"t.csv, line 3, column 'n': must be a whole number; got '-2.5'"),
        ("-2", str(2**70), r"t.csv, line 3, column 'n': must be a whole number"),
        ("0.3333333333333333", "0.333333333333333", r"line 3, column 'k': got '0.333333333333333'; not what"),
        ("0.1", "0,1", r"t.csv, line 2, column 'k': must be a number or empty; got '0,1'"),
        ("one, goal", "1", r"t.csv, line 2, column 'arm': got '1'; not what was written \(1 lines differ\)"),
        ("ü\nß", "ü", r"t.csv, line 4, column 'arm': got 'ü'; not"),
    ],
)
def test_a_changed_cell_is_refused_with_its_place(old, new, message, tmp_path):
    path = EXAMPLE.to_csv(tmp_path / "t.csv")
    spreadsheet(path, change=lambda cell: new if cell == old else cell)
    with pytest.raises(ValueError, match=message):
        read(path)


def test_the_place_counts_lines_as_an_editor_does(tmp_path):
    table = Table({"the\narm": ["two\nlines", "x"], "n": [1, 2]})
    path = table.to_csv(tmp_path / "t.csv")
    spreadsheet(path, change=lambda cell: "two" if cell == "2" else cell)
    with pytest.raises(ValueError, match="line 5, column 'n'"):
        read(path)


def test_rows_that_are_lost_or_sorted_are_refused(tmp_path):
    path = EXAMPLE.to_csv(tmp_path / "t.csv")
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([*lines[:2], *lines[3:]]))
    with pytest.raises(ValueError, match="must have 3 rows, as when it was written; got 2"):
        read(path)
    path.write_bytes(b"\r\n".join([lines[0], lines[2], lines[1], *lines[3:]]))
    with pytest.raises(ValueError, match=r"line 2, column 'k': got '0\.3333333333333333'"):
        read(path)


def test_another_encoding_is_refused(tmp_path):
    path = EXAMPLE.to_csv(tmp_path / "t.csv")
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(ValueError, match="must be text in UTF-8; byte"):
        read(path)


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6), max_size=8))
@settings(deadline=None, max_examples=100)
def test_any_text_survives(tmp_path_factory, texts):
    table = Table({"=text": texts, "n": np.arange(len(texts))})
    path = table.to_csv(tmp_path_factory.mktemp("table") / "t.csv")
    same(read(path), table)
    with path.open(newline="", encoding="utf-8") as file:
        cells = [row[0] for row in csv.reader(file)]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


def test_missing_numbers_are_empty_cells(tmp_path):
    table = Table({"k": [np.nan]})
    path = table.to_csv(tmp_path / "t.csv")
    assert path.read_bytes() == b'k\r\n""\r\n'
    same(read(path), table)
    path.write_text("k\nnan\n", encoding="utf-8")
    same(read(path), table)


# --- two files, together or not at all ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["data.json", "data", "data.txt", "data.CSV"])
def test_a_table_does_not_overwrite_its_own_settings(name, tmp_path):
    with pytest.raises(ValueError, match=r"path must end in '\.csv'"):
        EXAMPLE.to_csv(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ['{"tokens": 3}', "[1]", "no JSON", ""])
def test_an_unrelated_json_stays(text, tmp_path):
    other = tmp_path / "pre.json"
    other.write_text(text, encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"pre\.json exists and is not that of a table"):
        EXAMPLE.to_csv(tmp_path / "pre.csv")
    assert other.read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.iterdir()] == ["pre.json"]


def test_a_table_may_be_written_again(tmp_path):
    EXAMPLE.to_csv(tmp_path / "t.csv")
    same(read(TEXT.to_csv(tmp_path / "t.csv")), TEXT)


def test_both_files_or_neither(tmp_path, monkeypatch):
    """Where the CSV file cannot be put in place, the JSON is as it was."""
    path = EXAMPLE.to_csv(tmp_path / "t.csv")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    replace = Path.replace

    def fails(self, target):
        if Path(target).suffix == ".csv":
            raise PermissionError("in use")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(PermissionError):
        TEXT.to_csv(path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    with pytest.raises(PermissionError):
        TEXT.to_csv(tmp_path / "new.csv")
    assert {file.name for file in tmp_path.iterdir()} == {"t.csv", "t.json"}


def test_files_of_two_tables_do_not_go_together(tmp_path):
    """What a crash between the two moves leaves behind is noticed."""
    path = EXAMPLE.to_csv(tmp_path / "t.csv")
    other = EXAMPLE.where([2, 1, 0]).to_csv(tmp_path / "other.csv")
    path.with_suffix(".json").write_bytes(other.with_suffix(".json").read_bytes())
    with pytest.raises(ValueError, match="not what was written"):
        read(path)


def test_json_and_parquet_of_others_are_refused(tmp_path):
    path = EXAMPLE.to_csv(tmp_path / "t.csv")
    path.with_suffix(".json").write_text('{"about": {}}', encoding="utf-8")
    with pytest.raises(ValueError, match="it lacks kinds, digests, rows"):
        read(path)
    EXAMPLE.to_pandas().to_parquet(tmp_path / "t.parquet")
    with pytest.raises(ValueError, match=r"must be a file that Table\.to_parquet wrote"):
        read(tmp_path / "t.parquet")
    with pytest.raises(ValueError, match=r"must end in '\.parquet'"):
        EXAMPLE.to_parquet(tmp_path / "t.pq")
    with pytest.raises(ValueError, match=r"must end in '\.csv' or '\.parquet'"):
        read(tmp_path / "t.json")


def test_files_that_are_no_json_or_no_csv_are_named(tmp_path):
    path = Table({"text": ["a", "b"], "n": [1, 2]}).to_csv(tmp_path / "t.csv")
    path.write_text(path.read_text(encoding="utf-8").replace("b", "b" * 200_000), encoding="utf-8")
    with pytest.raises(ValueError, match=r"t\.csv, line 3: field larger than"):
        read(path)
    path.with_suffix(".json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"t\.json must be what Table\.to_csv wrote beside 't\.csv'; Expecting"):
        read(path)


def test_numpy_numbers_in_what_is_known_are_written(tmp_path):
    table = Table({"n": [1]}, {"seed": np.int64(3), "rates": np.array([0.5, 1.0])})
    about = read(table.to_csv(tmp_path / "t.csv")).about
    assert (about["seed"], about["rates"]) == (3, [0.5, 1.0])
    assert read(table.to_parquet(tmp_path / "t.parquet")).about == about


# --- what it shows of itself -------------------------------------------------------------------------


def test_the_text_says_what_it_is():
    many = Table({"n": np.arange(9), "k": np.linspace(0, 1, 9), "arm": ["x" * 50] * 9})
    lines = repr(many).splitlines()
    assert lines[0] == "Table of 9 rows and 3 columns"
    assert lines[1].split() == ["n", "k", "arm"]
    assert lines[3].split() == ["1", "0.125", "x" * 31 + "…"]
    assert lines[-1] == "... 3 more"
    assert len(lines) == 9
    assert repr(Table({})) == "Table of 0 rows and 0 columns"
    assert repr(Table({"a": []})).splitlines()[1] == "a"


def test_within_another_result_it_takes_one_line():
    assert shown({"found": EXAMPLE}) == "{'found': <Table of 3 rows and 4 columns>}"


def test_html_is_escaped():
    page = Table({"<a>": ["<b>&", "x"]})._repr_html_()
    assert "<th>&lt;a&gt;</th>" in page
    assert "<td>&lt;b&gt;&amp;</td>" in page
    assert "2 rows and 1 column<" in page


def test_latex():
    table = Table({"gain_%": [1 / 3, np.nan, 1e-9], "model": ["a & b", "~x^2", "c\\d"]})
    text = table.to_latex(digits=2, caption="Gain in %", label="tab:gain")
    assert r"gain\_\% & model \\" in text
    assert r"0.33 & a \& b \\" in text
    assert r"-- & \textasciitilde{}x\textasciicircum{}2 \\" in text
    assert r"1e-09 & c\textbackslash{}d \\" in text
    assert r"\caption{Gain in \%}" in text
    assert text.startswith("\\begin{table}\n\\centering")
    with pytest.raises(ValueError, match="digits must be at least 1"):
        table.to_latex(digits=0)


def test_equality_is_that_of_the_columns():
    assert Table(dict(EXAMPLE)) == EXAMPLE
    assert EXAMPLE.where([0, 1]) != EXAMPLE
    assert Table({"a": [1]}) != Table({"a": [1.0]})
    assert Table({"a": [1], "b": [2]}) != Table({"b": [2], "a": [1]})


def test_rows_are_chosen_by_truth_or_place():
    assert EXAMPLE.where(EXAMPLE["n"] > 0)["n"].tolist() == [1, 3]
    assert EXAMPLE.where([2, 0])["n"].tolist() == [3, 1]
    assert EXAMPLE.where(slice(1))["n"].tolist() == [1]
    assert EXAMPLE.where([]).n_rows == 0
    assert EXAMPLE.where([2, 0]).about == EXAMPLE.about
    with pytest.raises(ValueError, match=r"rows must hold a boolean for each of the 3 rows; got shape \(2,\)"):
        EXAMPLE.where([True, False])
    with pytest.raises(TypeError, match="rows must be booleans or whole numbers; got"):
        EXAMPLE.where([0.0, 1.0])


def test_columns_have_one_type_a_kind():
    table = Table({"f": np.array([1.5], np.float32), "u": np.array([3], np.uint8), "i": np.array([-1], np.int16)})
    assert [table[name].dtype for name in table] == [np.float64, np.int64, np.int64]
    with pytest.raises(ValueError, match="column 'u' must fit int64"):
        Table({"u": np.array([2**63], np.uint64)})
    with pytest.raises(TypeError, match="column 'm' must not be masked"):
        Table({"m": np.ma.masked_array([1.0, 2.0], [True, False])})
    with pytest.raises(ValueError, match="columns must have different names"):
        Table({1: [1], "1": [2]})
    assert dir(rpe.table) == ["ColumnLike", "Table", "read", "versions"]
