"""Tables: tidy columns that survive a file bit for bit, with what is known about them."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import rpe
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
    assert repr(EXAMPLE) == "Table(3 rows: k, arm, n, done)"
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
    with pytest.raises(ValueError, match="line 2 has not"):
        read(path)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.csv")
