"""Sweeps: the same table from every executor, kept in a file, with failed cells named."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import distributed
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_cells import batched, dies_once, fails_at_three, interrupted, noisy_sum, values_with_gaps

import rpe
from rpe import sweep
from rpe.sweep.cells import Chunks, Plan, evaluate
from rpe.sweep.results import Results

GRID = sweep.grid(a=[1.0, 2.0, 3.0], b=[10.0, 20.0])


def same(left, right):
    assert list(left) == list(right)
    for name in left:
        np.testing.assert_array_equal(left[name], right[name])


def test_a_grid_has_all_combinations_in_order():
    design = sweep.grid(a=[1, 2], b=["x", "y", "z"], c=True)
    assert design["a"].tolist() == [1, 1, 1, 2, 2, 2]
    assert design["b"].tolist() == ["x", "y", "z"] * 2
    assert design["c"].tolist() == [True] * 6


@given(n=st.integers(1, 40), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=30)
def test_a_latin_hypercube_uses_each_part_of_each_range_once(n, seed):
    design = sweep.latin_hypercube(n, rng=seed, scale={"k": "log"}, k=(1e-3, 10.0), effort=(-1.0, 3.0))
    parts = [np.log(design["k"] / 1e-3) / np.log(1e4), (design["effort"] + 1) / 4]
    for part in parts:
        assert sorted(np.floor(part * n + 1e-9).astype(int)) == list(range(n))


def test_integers_take_both_ends_equally_often():
    counts = np.bincount(sweep.sobol(1024, rng=0, scale={"n": "integer"}, n=(2, 5), k=(0.0, 1.0))["n"])
    np.testing.assert_allclose(counts[2:], 256, atol=2)


def test_sobol_points_are_balanced():
    design = sweep.sobol(64, rng=1, a=(0.0, 1.0), b=(0.0, 1.0))
    cells = np.histogram2d(design["a"], design["b"], bins=8, range=[[0, 1], [0, 1]])[0]
    np.testing.assert_array_equal(cells, 1)


def test_results_follow_the_design():
    table = sweep.run(noisy_sum, GRID, rng=0)
    np.testing.assert_array_equal(table["sum"], GRID["a"] + GRID["b"])
    assert table["label"].tolist() == ["1", "1", "2", "2", "3", "3"]
    assert len(set(table["noise"])) == 6


def test_every_call_has_the_stream_of_its_place():
    table = sweep.run(noisy_sum, GRID, rng=5)
    streams = [np.random.default_rng(np.random.SeedSequence(5, spawn_key=(i,))).normal() for i in range(6)]
    np.testing.assert_array_equal(table["noise"], streams)


@pytest.mark.parametrize("chunk_size", [None, 2, 100])
def test_the_table_does_not_depend_on_executor_or_chunks(chunk_size):
    expected = sweep.run(noisy_sum, GRID, rng=3)
    with ThreadPoolExecutor(3) as threads:
        same(sweep.run(noisy_sum, GRID, rng=3, executor=threads, chunk_size=chunk_size), expected)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        same(sweep.run(noisy_sum, GRID, rng=3, executor=processes, chunk_size=chunk_size), expected)


class TestChunks:
    """Cells are sent together by the time they take, which changes nothing in the results."""

    @staticmethod
    def cut(chunks):
        return [chunk.numbers.tolist() for chunk in chunks]

    def test_as_many_as_take_a_fifth_of_a_second(self, monkeypatch):
        plan = Plan(sweep.grid(a=np.arange(1000)), (), 1)
        chunks = Chunks(plan, np.arange(1000))
        first = next(chunks)
        assert first.numbers.tolist() == [0]
        chunks.back(first, 1, 0.002)
        second = next(chunks)
        assert second.numbers.tolist() == list(range(1, 101))
        chunks.back(second, 97, 2.0)  # slower than the first: the rest is sent again, then fewer
        assert self.cut(islice(chunks, 2)) == [[98, 99, 100], list(range(101, 110))]

    def test_no_more_than_can_be_taken_in_are_on_their_way(self, monkeypatch):
        monkeypatch.setattr("rpe.sweep.cells._OUT", 10)
        chunks = Chunks(Plan(sweep.grid(a=np.arange(30)), (), 1), np.arange(30), 4)
        sent = list(chunks)
        assert [len(chunk.numbers) for chunk in sent] == [4, 4, 4]
        chunks.back(sent[0], 4, 1.0)
        assert self.cut(chunks) == [[12, 13, 14, 15]]

    def test_a_worker_sends_back_what_it_has_when_its_time_is_over(self):
        chunk = Plan(sweep.grid(a=np.arange(50)), (), 1).chunk(np.arange(50))
        outcomes, seconds = evaluate(lambda a, rng: time.sleep(0.01) or a, chunk, 0, 0.05)
        assert 1 <= len(outcomes) < 20
        assert seconds > 0.05

    @pytest.mark.parametrize("chunk_size", [None, 7])
    def test_tables_and_files_are_the_same_bytes(self, chunk_size, tmp_path, monkeypatch):
        monkeypatch.setattr("rpe.sweep.cells._LIMIT", 0.004)
        monkeypatch.setattr("rpe.sweep.cells._OUT", 100)

        def uneven(a, b, rng):
            time.sleep(0.003 if a % 50 == 7 else 0)
            return noisy_sum(a, b, rng)

        design, cells = sweep.grid(a=np.arange(400.0), b=0.0), {}
        for name in ("whole", "cut"):
            with ThreadPoolExecutor(3) as threads:
                options = {"executor": threads, "chunk_size": chunk_size} if name == "cut" else {"chunk_size": 1}
                table = sweep.run(uneven, design, rng=3, file=tmp_path / name, **options)
                again = sweep.run(uneven, design, rng=3, file=tmp_path / name, **options)
            with closing(sqlite3.connect(tmp_path / name)) as link:
                cells[name] = link.execute("SELECT * FROM cells ORDER BY number").fetchall()
            same(table, again)
            table.to_csv(tmp_path / f"{name}.csv")
        assert cells["cut"] == cells["whole"]
        assert (tmp_path / "cut.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
        assert (tmp_path / "cut.json").read_bytes() == (tmp_path / "whole.json").read_bytes()

    def test_a_call_that_cannot_be_done_takes_no_others_with_it(self):
        """As where a cell kills the workers of a cluster, which fails all that was sent with it."""

        class Cluster:
            def submit(self, function, *arguments):
                future = Future()
                try:
                    if 3 in arguments[1].numbers:
                        raise MemoryError("killed")
                    future.set_result(function(*arguments))
                except MemoryError as error:
                    future.set_exception(error)
                return future

        design = sweep.grid(a=np.arange(10.0), b=0.0)
        table = sweep.run(noisy_sum, design, rng=0, executor=Cluster(), chunk_size=5, errors="keep")
        assert table["error"].tolist() == ["MemoryError: killed" if i == 3 else "" for i in range(10)]
        assert table["sum"].tolist() == [0, 1, 2, pytest.approx(np.nan, nan_ok=True), 4, 5, 6, 7, 8, 9]


ENTRIES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.sampled_from(["", "a", "bc"])
)


@given(entries=st.lists(ENTRIES, min_size=1, max_size=6), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=40)
def test_columns_hold_what_numpy_makes_of_all_results(entries, seed):
    """In whatever order they come, and where some calls fail."""
    design = sweep.grid(i=np.arange(len(entries)))
    results, numbers = (
        Results(design, Plan(design, (), 1)),
        np.random.default_rng(seed).permutation(len(entries)).tolist(),
    )
    while numbers:
        part, numbers = numbers[:2], numbers[2:]
        results.take([(i, {} if entries[i] is None else {"x": [entries[i]]}, "") for i in part])
    table = results.table({}, with_errors=False)
    if set(entries) == {None}:
        assert "x" not in table
        return
    empty = "" if any(isinstance(entry, str) for entry in entries) else np.nan
    expected = np.asarray([empty if entry is None else entry for entry in entries])
    assert table["x"].dtype.kind == expected.dtype.kind
    np.testing.assert_array_equal(table["x"], expected)


def test_columns_stand_in_the_order_of_the_design_whoever_is_first():
    design = sweep.grid(i=[0, 1])
    results = Results(design, Plan(design, (), 1))
    results.take([(1, {"late": [1], "both": [2]}, "")])
    results.take([(0, {"early": [3], "both": [4]}, "")])
    assert list(results.table({}, with_errors=False)) == ["i", "early", "both", "late"]


def test_a_finished_sweep_is_read_without_an_object_a_cell(tmp_path, monkeypatch):
    monkeypatch.setattr("rpe._store._AT_ONCE", 100)
    used = []
    for n in (200, 1500):
        call = partial(sweep.run, values_with_gaps, sweep.grid(a=np.arange(float(n))), rng=0, file=tmp_path / str(n))
        call()
        tracemalloc.start()
        call()
        used.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert used[1] - used[0] < 300 * 1300  # four columns; with objects it takes 1,500 a cell


def test_n_jobs_starts_processes():
    same(sweep.run(noisy_sum, GRID, rng=3, n_jobs=2), sweep.run(noisy_sum, GRID, rng=3))


def test_many_more_cells_than_are_sent_at_once():
    design = sweep.grid(a=np.arange(300.0), b=0.0)
    with ThreadPoolExecutor(4) as threads:
        same(sweep.run(noisy_sum, design, rng=1, executor=threads), sweep.run(noisy_sum, design, rng=1))


def test_batched_parameters_arrive_as_arrays():
    design = sweep.grid(k=np.arange(10.0), effort=[1.0, 2.0])
    table = sweep.run(batched, design, rng=0, batch=["k"], batch_size=4)
    np.testing.assert_array_equal(table["product"], design["k"] * design["effort"])
    assert table["n"].tolist() == [4] * 16 + [2] * 4
    same(table, sweep.run(batched, design, rng=0, batch=["k"], batch_size=4, n_jobs=2, chunk_size=3))


def test_replicates_differ_and_are_numbered():
    table = sweep.run(noisy_sum, sweep.grid(a=1.0, b=[1.0, 2.0]).repeated(3), rng=0)
    assert table["replicate"].tolist() == [0, 1, 2] * 2
    assert len(set(table["noise"])) == 6


def test_a_generator_as_seed_is_used_and_moved_on():
    rng = np.random.default_rng(0)
    first, second = (sweep.run(noisy_sum, GRID, rng=rng) for _ in range(2))
    assert not np.array_equal(first["noise"], second["noise"])
    same(first, sweep.run(noisy_sum, GRID, rng=np.random.default_rng(0)))


def test_an_agent_sweep_on_the_agent_axis_equals_one_by_one():
    def planned(k, deadline, rng):
        task = rpe.tasks.monolithic(n_units=5, deadline=deadline, reward=25.0)
        exact = rpe.measures.exact(rpe.agents.Planner(rpe.discounting.Hyperbolic(k=k)), task)
        return {"index": exact.procrastination_index}

    design = sweep.grid(k=[0.02, 0.1, 0.5], deadline=[8, 12])
    together, alone = sweep.run(planned, design, batch=["k"], rng=0), sweep.run(planned, design, rng=0)
    np.testing.assert_allclose(together["index"], alone["index"], atol=1e-12)


def test_failed_cells_are_named_and_the_others_kept():
    design = sweep.grid(a=[1, 2, 3, 4])
    with pytest.raises(sweep.SweepError, match="1 of 4 cells failed") as raised:
        sweep.run(fails_at_three, design, rng=0)
    assert "a=3: ArithmeticError: three is not allowed" in str(raised.value)
    np.testing.assert_array_equal(raised.value.table["square"], [1, 4, np.nan, 16])
    table = sweep.run(fails_at_three, design, rng=0, errors="keep")
    assert table["error"].tolist() == ["", "", "ArithmeticError: three is not allowed", ""]


def test_failed_cells_are_tried_again_from_the_file(tmp_path):
    design, file = sweep.grid(a=[1, 3]), tmp_path / "sweep.db"
    for _ in range(2):
        with pytest.raises(sweep.SweepError, match="1 of 2"):
            sweep.run(fails_at_three, design, rng=0, file=file)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_interrupted_sweep_goes_on_and_gives_the_same_table(tmp_path, n_jobs):
    design, marker = sweep.grid(a=[0, 1, 2, 3, 4], marker=str(tmp_path / "marker")), tmp_path / "marker"
    with pytest.raises(KeyboardInterrupt):
        sweep.run(interrupted, design, rng=9, file=tmp_path / "sweep.db")
    with sqlite3.connect(tmp_path / "sweep.db") as link:
        assert link.execute("SELECT count(*) FROM cells").fetchone() == (2,)
    link.close()
    assert marker.exists()
    resumed = sweep.run(interrupted, design, rng=9, file=tmp_path / "sweep.db", n_jobs=n_jobs)
    same(resumed, sweep.run(interrupted, design, rng=9))
    same(sweep.run(interrupted, design, file=tmp_path / "sweep.db"), resumed)


SCRIPT = """
import sys, time
sys.path.insert(0, {tests!r})
from rpe import sweep
def slow(a, rng):
    time.sleep(0.2)
    return {{"a2": a * a, "noise": rng.normal()}}
table = sweep.run(slow, sweep.grid(a=list(range(12))), rng=4, file={file!r})
table.to_csv({out!r})
"""


def test_a_killed_process_resumes_bit_for_bit(tmp_path):
    def script(name):
        text = SCRIPT.format(
            tests=str(Path(__file__).parent), file=str(tmp_path / f"{name}.db"), out=str(tmp_path / f"{name}.csv")
        )
        path = tmp_path / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        return [sys.executable, str(path)]

    def kept():
        try:
            with sqlite3.connect(tmp_path / "cut.db") as link:
                return link.execute("SELECT count(*) FROM cells").fetchone()[0]
        except sqlite3.OperationalError:
            return 0
        finally:
            link.close()

    process = subprocess.Popen(script("cut"))
    while kept() < 3:
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert 3 <= kept() < 12
    subprocess.run(script("cut"), check=True)
    subprocess.run(script("whole"), check=True)
    assert (tmp_path / "cut.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_pool_whose_worker_dies_keeps_what_is_done(tmp_path):
    design = sweep.grid(a=[0, 1, 2, 3], marker=str(tmp_path / "marker"))
    file = tmp_path / "sweep.db"
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(sweep.SweepError, match=r"the executor broke.*2 of 4 cells; run it again") as raised,
    ):
        sweep.run(dies_once, design, rng=2, executor=pool, file=file)
    assert raised.value.table["error"].tolist() == ["", "", "not done", "not done"]
    resumed = sweep.run(dies_once, design, rng=2, file=file)
    same(resumed, sweep.run(dies_once, design, rng=2))


def test_dask_with_a_worker_killed_in_the_middle(tmp_path):
    design = sweep.grid(a=[0, 1, 2, 3, 4, 5], marker=str(tmp_path / "marker"))
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", worker_dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.run(sys.path.insert, 0, str(Path(__file__).parent))
        first = set(client.run(os.getpid).values())
        table = sweep.run(dies_once, design, rng=2, executor=client.get_executor(pure=False))
    assert (tmp_path / "marker").exists()
    assert len(first) == 2
    same(table, sweep.run(dies_once, design, rng=2))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rng": 4}, "has another seed"),
        ({"design": sweep.grid(a=[1.0], b=[1.0])}, "has another design"),
        ({"function": partial(noisy_sum, b=1.0), "design": sweep.grid(a=[1.0, 2.0])}, "another function, design"),
        ({"batch_size": 3}, "has another batch_size"),
    ],
)
def test_the_file_of_another_sweep_is_refused(tmp_path, change, message):
    file = tmp_path / "sweep.db"
    sweep.run(noisy_sum, GRID, rng=3, file=file)
    call = {"function": noisy_sum, "design": GRID, "rng": 3, "file": file} | change
    with pytest.raises(ValueError, match=message):
        sweep.run(**call)


def test_another_binding_of_the_same_function_is_another_sweep(tmp_path):
    file, design = tmp_path / "sweep.db", sweep.grid(a=[1.0, 2.0])
    sweep.run(partial(noisy_sum, b=1.0), design, rng=3, file=file)
    with pytest.raises(ValueError, match="has another function"):
        sweep.run(partial(noisy_sum, b=2.0), design, rng=3, file=file)


def test_a_file_that_is_no_sweep_is_refused(tmp_path):
    (tmp_path / "text.db").write_text("this is no database at all" * 50, encoding="utf-8")
    with pytest.raises(ValueError, match="file must be the file of a sweep"):
        sweep.run(noisy_sum, GRID, file=tmp_path / "text.db")
    with pytest.raises(FileNotFoundError, match="folder that exists"):
        sweep.run(noisy_sum, GRID, file=tmp_path / "nowhere" / "x.db")
    assert (tmp_path / "text.db").read_text(encoding="utf-8").startswith("this is")


def test_nan_and_types_survive_the_file(tmp_path):
    design, file = sweep.grid(a=[0, 1, 2]), tmp_path / "sweep.db"
    fresh = sweep.run(values_with_gaps, design, file=file, rng=0)
    again = sweep.run(values_with_gaps, design, file=file)
    for name in fresh:
        assert fresh[name].dtype == again[name].dtype
        np.testing.assert_array_equal(fresh[name], again[name])
    assert fresh["yes"].dtype == np.bool_
    assert fresh["whole"].dtype == np.int64


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: sweep.grid(), ValueError, "at least one parameter"),
        (lambda: sweep.grid(a=[]), ValueError, "a must have at least one value"),
        (lambda: sweep.grid(a=[np.nan]), ValueError, "a must be finite"),
        (lambda: sweep.grid(a=[{}]), TypeError, "column 'a' must hold numbers"),
        (lambda: sweep.Design({"a": [1, 2], "b": [1]}), ValueError, "same length"),
        (lambda: sweep.latin_hypercube(4), ValueError, "at least one parameter with a range"),
        (lambda: sweep.latin_hypercube(4, a=(1.0, 1.0)), ValueError, "low < high"),
        (lambda: sweep.latin_hypercube(4, a=3.0), TypeError, "range"),
        (lambda: sweep.latin_hypercube(4, a=(0.0, 1.0), scale={"a": "log"}), ValueError, "above 0"),
        (lambda: sweep.latin_hypercube(4, a=(0.0, 1.0), scale={"b": "log"}), ValueError, "must be one of 'a'"),
        (lambda: sweep.latin_hypercube(4, a=(0.0, 1.0), scale={"a": "cubic"}), ValueError, "scale of a"),
        (lambda: sweep.sobol(6, a=(0.0, 1.0)), ValueError, "power of 2; got 6"),
        (lambda: sweep.run(noisy_sum, {"a": [1]}), TypeError, "design must be a Design"),
        (lambda: sweep.run("noisy_sum", GRID), TypeError, "function must be callable"),
        (lambda: sweep.run(noisy_sum, GRID, batch=["c"]), ValueError, "batch must be one of 'a', 'b'"),
        (lambda: sweep.run(noisy_sum, GRID, n_jobs=0), ValueError, "n_jobs must be at least 1"),
        (lambda: sweep.run(noisy_sum, GRID, chunk_size=0), ValueError, "chunk_size must be at least 1"),
        (lambda: sweep.run(noisy_sum, GRID, batch_size=2.5), TypeError, "batch_size must be an integer"),
        (lambda: sweep.run(noisy_sum, GRID, errors="hide"), ValueError, "errors must be one of"),
        (lambda: GRID.repeated(0), ValueError, "at least 1"),
        (lambda: GRID.repeated(2).repeated(2), ValueError, "repeated twice"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_results_of_the_wrong_kind_are_errors_of_their_cell():
    table = sweep.run(lambda a, rng: {"x": [1, 2, 3]}, sweep.grid(a=[1]), errors="keep")
    assert "must be a number or have shape (1,)" in table["error"][0]
    table = sweep.run(lambda a, rng: object(), sweep.grid(a=[1]), errors="keep")
    assert "must be numbers, booleans or text" in table["error"][0]


def test_what_cannot_be_sent_is_an_error_of_its_cell():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        table = sweep.run(lambda a, rng: a, sweep.grid(a=[1]), executor=pool, errors="keep")
    assert "pickle" in table["error"][0].lower()


def test_progress_is_shown(capsys):
    sweep.run(noisy_sum, GRID, progress=True)
    assert "cells" in capsys.readouterr().err


def test_a_signal_leaves_no_orphans_behind(tmp_path):
    """Ctrl-C while processes work ends the sweep with what was done in the file."""
    text = f"""
import signal, sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from slow_cell import slow
from rpe import sweep
if __name__ == "__main__":
    # What starts the tests in the background has its children ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sweep.run(slow, sweep.grid(a=list(range(50))), rng=4, file={str(tmp_path / "s.db")!r}, n_jobs=2)
"""
    (tmp_path / "go.py").write_text(text, encoding="utf-8")
    (tmp_path / "slow_cell.py").write_text(
        "import time\ndef slow(a, rng):\n    time.sleep(0.2)\n    return {'done': a}\n", encoding="utf-8"
    )
    process = subprocess.Popen([sys.executable, str(tmp_path / "go.py")], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (tmp_path / "s.db").exists():
            with sqlite3.connect(tmp_path / "s.db") as link:
                try:
                    enough = link.execute("SELECT count(*) FROM cells").fetchone()[0] >= 2
                except sqlite3.OperationalError:
                    enough = False
            link.close()
            if enough:
                break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in err
    assert process.returncode != 0


class TestStoresOfOthers:
    """What is not the file of this very sweep is refused with the reason, and left as it was."""

    DESIGN = rpe.sweep.grid(k=[1.0, 2.0])

    @staticmethod
    def twice(k, rng):
        return {"double": 2 * k}

    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "sweep.db"
        rpe.sweep.run(self.twice, self.DESIGN, rng=0, file=path)
        return path

    def again(self, file, **options):
        return rpe.sweep.run(self.twice, self.DESIGN, rng=0, file=file, **options)

    def alter(self, file, command, *values):
        with closing(sqlite3.connect(file)) as link, link:
            link.execute(command, values)

    def test_results_have_other_names_than_the_design(self):
        for name in ("k", "replicate"):
            with pytest.raises(rpe.sweep.SweepError, match=f"result '{name}' must have another name than the columns"):
                rpe.sweep.run(lambda k, rng, name=name: {name: 99.0}, self.DESIGN, rng=0)

    @pytest.mark.parametrize("name", ["version", "text of the function"])
    def test_another_version_or_function_is_refused_unless_forced(self, file, name):
        self.alter(file, "UPDATE sweep SET value = '\"x\"' WHERE name = ?", name)
        with pytest.raises(ValueError, match=f"has another {name}; force=True goes on all the same"):
            self.again(file)
        assert self.again(file, force=True)["double"].tolist() == [2.0, 4.0]
        self.again(file)  # now it is this one's

    def test_files_of_version_0_2_hold_the_design_itself(self, file):
        """They go on, or are refused with the reason."""
        self.alter(file, "UPDATE sweep SET value = ? WHERE name = 'design'", '{"k": [1.0, 2.0]}')
        assert self.again(file)["double"].tolist() == [2.0, 4.0]
        self.alter(file, "UPDATE sweep SET value = ? WHERE name = 'design'", '{"k": [1.0, 2.5]}')
        with pytest.raises(ValueError, match="has another design"):
            self.again(file)

    def test_another_design_is_refused_also_when_forced(self, file):
        with pytest.raises(ValueError, match="has another design"):
            rpe.sweep.run(self.twice, rpe.sweep.grid(k=[3.0]), rng=0, file=file, force=True)

    def test_the_text_of_a_function_counts(self, file):
        def twice(k, rng):
            return {"double": 3 * k}

        twice.__qualname__, twice.__module__ = self.twice.__qualname__, self.twice.__module__
        with pytest.raises(ValueError, match="has another text of the function"):
            rpe.sweep.run(twice, self.DESIGN, rng=0, file=file)

    def test_someone_elses_file_is_left_as_it_was(self, tmp_path):
        path = tmp_path / "photos.db"
        self.alter(path, "CREATE TABLE photos (name TEXT)")
        before = path.read_bytes()
        with pytest.raises(ValueError, match=r"must be the file of a sweep; .* holds photos"):
            self.again(path)
        assert path.read_bytes() == before
        assert [each.name for each in tmp_path.iterdir()] == ["photos.db"]

    @pytest.mark.parametrize("text", ["{", "[1]", '{"double": 3}'])
    def test_damaged_cells_are_named(self, file, text):
        self.alter(file, "UPDATE cells SET columns = ? WHERE number = 1", text)
        with pytest.raises(ValueError, match=r"file must be whole; cell 1 of .*sweep\.db"):
            self.again(file)

    def test_one_run_at_a_time(self, file, tmp_path):
        from rpe._store import Store

        before = sorted(each.name for each in tmp_path.iterdir())
        held = sqlite3.connect(f"{file}.lock", isolation_level=None)
        held.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ValueError, match=r"file must not be in use; another run works on .*sweep\.db"):
            self.again(file)
        held.close()
        self.again(file)
        assert sorted(each.name for each in tmp_path.iterdir()) == before
        assert Store.__doc__


def test_as_many_workers_as_there_are_get_work():
    """Three hundred workers that go on only when all of them have something to do."""
    together = threading.Barrier(300)

    def waits(k, rng):
        together.wait(timeout=20)
        return k

    with ThreadPoolExecutor(300) as cluster:
        table = sweep.run(waits, sweep.grid(k=np.arange(300.0)), rng=0, executor=cluster)
    assert table["result"].tolist() == list(range(300))
