"""Commands that are interrupted keep what is finished, and go on from there to the same bytes."""

import json
import os
import sys
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module

import numpy as np
import pytest
from kills import RPE, commands, contents, killed, killed_once, started, whole
from matplotlib.figure import Figure

import rpe
from rpe import _kept, cli, sweep
from rpe._coding import decoded, encoded
from rpe._kept import keeping
from rpe._locks import Lock
from rpe._parallel import Cell, evaluate


def there_and_back(value):
    return decoded(json.loads(json.dumps(encoded(value))))


def test_the_result_of_an_experiment_comes_back(quick):
    """Arrays, tuples, and titles that are rules; claims keep those of all experiments (`tests/test_claims.py`)."""
    known, result = rpe.experiments.load("habits"), quick("habits")
    again = there_and_back(result)
    assert type(again) is type(result)
    assert list(known.sentences(again)) == list(known.sentences(result))
    np.testing.assert_equal(dict(known.table(again)), dict(known.table(result)))


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, None, True, "x"], ("b", 1): {2.0, -1.0}},
        np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1),
        np.array(["x", "yy"]),
        np.zeros((0, 3), dtype=np.int16),
        np.float64(0.1),
        np.array(np.datetime64("2020-01-01")),
        float("nan"),
        rpe.table.Table({"k": [0.1], "arm": ["one"]}, {"seed": 2}),
        rpe.agents.QLearner(learning_rate=[0.1, 0.2]),
        rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=6).tables,
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_come_back_with_type_and_order_in_memory(value):
    again = there_and_back(value)
    assert type(again) is type(value)
    assert repr(again) == repr(value)
    if isinstance(value, np.ndarray):
        assert again.strides == value.strides or not value.size
        assert again.dtype == value.dtype


@pytest.mark.parametrize("value", [print, object(), np.random.default_rng(0), np.array([None]), rpe.table.Table])
def test_what_cannot_come_back_is_not_kept(value):
    with pytest.raises(TypeError, match="a result must hold"):
        encoded([value])


@pytest.mark.parametrize(
    "text",
    [
        '{"object": ["os:system", {"dict": []}]}',
        '{"object": ["rpe.cli:os.system", {"dict": []}]}',
        '{"object": ["rpe.cli:main", {"dict": []}]}',
        '{"named": ["rpe.table.columns:Table", []]}',
        '{"object": ["rpe.nothing:Here", {"dict": []}]}',
        '{"array": ["|O", [1], [0], "AAAA"]}',
        '{"array": ["<f8", [7], [0], "AAAA"]}',
        '{"call": ["x"]}',
        "{}",
    ],
)
def test_nothing_else_is_made_of_a_file(text):
    with pytest.raises(ValueError, match="a kept result must be as it was written"):
        decoded(json.loads(text))


DONE = []


def cell(i):
    DONE.append(i)
    return np.full(2, float(i))


def outer(i):
    return evaluate([Cell(j, cell, (10 * i + j,)) for j in range(2)])


class Stop:
    """Interrupts the work before the nth cell."""

    def __init__(self, n, error=KeyboardInterrupt):
        self.n, self.error = n, error

    def __call__(self, i):
        if len(DONE) >= self.n:
            raise self.error
        return cell(i)


@pytest.fixture(autouse=True)
def _none_done():
    DONE.clear()


def cells(function, n=4):
    return [Cell(f"key {i}", function, (i,)) for i in range(n)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, BrokenProcessPool])
def test_finished_cells_are_not_done_again(error, tmp_path):
    said = r"2 finished parts are kept in .*run-.*\.cells; the same command goes on"
    with pytest.raises(error, match=said), keeping(tmp_path, "run", {"seed": 0}):
        evaluate(cells(Stop(2, error)))
    with keeping(tmp_path, "run", {"seed": 0}):
        found = evaluate(cells(cell))
    assert DONE == [0, 1, 2, 3]
    np.testing.assert_equal(found, {f"key {i}": np.full(2, float(i)) for i in range(4)})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("change", ["identity", "version", "text"])
def test_another_run_does_not_take_them(change, tmp_path, monkeypatch):
    with pytest.raises(KeyboardInterrupt), keeping(tmp_path, "run", {"seed": 0}):
        evaluate(cells(Stop(2)))
    if change != "identity":
        monkeypatch.setattr(_kept, *{"version": ("__version__", "0"), "text": ("_text", lambda: "x")}[change])
    with keeping(tmp_path, "run", {"seed": 1 if change == "identity" else 0}):
        evaluate(cells(cell))
    assert DONE == [0, 1, 0, 1, 2, 3]
    assert len(list(tmp_path.iterdir())) == 1  # those of the first run, which may go on


def test_nothing_stays_where_nothing_was_finished(tmp_path):
    with pytest.raises(KeyboardInterrupt) as found, keeping(tmp_path, "run", {}):
        evaluate(cells(Stop(0)))
    assert not str(found.value)
    assert not list(tmp_path.iterdir())


def test_cells_within_cells_and_calls_one_after_the_other(tmp_path):
    def work(n):
        stop = Stop(n)
        first = evaluate(cells(stop, 2))
        return first, evaluate([Cell(i, lambda i: evaluate(cells(stop, i + 1)), (i,)) for i in range(2)])

    expected = work(99)
    for n in range(1, 5):
        DONE.clear()
        with pytest.raises(KeyboardInterrupt), keeping(tmp_path, "run", {}):
            work(n)
        with keeping(tmp_path, "run", {}):
            np.testing.assert_equal(work(99), expected)
        assert len(DONE) == 5


def test_sweeps_keep_their_cells_too_but_not_what_is_within(tmp_path):
    def area(width, height, rng):
        inside = evaluate(cells(cell, 2))
        if len(DONE) > 2 * stop:
            raise KeyboardInterrupt
        return {"area": width * height + inside["key 1"][0], "noise": rng.normal()}

    design, stop = sweep.grid(width=[1.0, 2.0], height=[3.0, 4.0]), 99
    expected = sweep.run(area, design, rng=4)
    DONE.clear()
    stop = 2
    with pytest.raises(KeyboardInterrupt, match="2 finished parts"), keeping(tmp_path, "run", {}):
        sweep.run(area, design, rng=4)
    stop = 99
    with keeping(tmp_path, "run", {}):
        assert sweep.run(area, design, rng=4) == expected
    assert len(DONE) == 10


def test_one_run_at_a_time(tmp_path):
    with keeping(tmp_path, "run", {}):
        with pytest.raises(ValueError, match="file must not be in use"), keeping(tmp_path, "run", {}):
            pass
        with keeping(tmp_path, "run", {"seed": 1}):
            pass


RUN = ["run", "recovery", "--set", "n_subjects=2", "--set", "n_lengths=2", "--set", "longest=30", "--set", "n_starts=1"]
RUN += ["--set", "shortest=20", "--jobs", "1", "--out"]


@pytest.fixture
def recovery(monkeypatch):
    """The experiment without its figure, which takes longer than all else."""
    module = rpe.experiments.load("recovery")
    monkeypatch.setattr(module, "figures", lambda result: {})
    return module


def test_the_command_says_how_to_go_on(tmp_path, recovery, monkeypatch, capsys):
    recoveries, n = recovery._recoveries, []

    def stopped(*arguments):
        n.append(1)
        if len(n) == 2:
            raise KeyboardInterrupt
        return recoveries(*arguments)

    monkeypatch.setattr(recovery, "_recoveries", stopped)
    assert cli.main([*RUN, str(tmp_path / "a")]) == 130
    said = capsys.readouterr().err
    assert said.startswith("rpe: interrupted; 1 finished part is kept in ")
    assert said.endswith("; the same command goes on from there\n")
    assert cli.main([*RUN, str(tmp_path / "a")]) == 0
    assert len(n) == 3
    assert cli.main([*RUN, str(tmp_path / "b")]) == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_two_runs_into_one_folder_take_turns_or_are_refused(tmp_path, recovery, capsys):
    options = cli._parser().parse_args([*RUN, str(tmp_path)])
    with cli._keeping(tmp_path, "recovery", options, cli._parser()):
        with pytest.raises(SystemExit):
            cli.main([*RUN, str(tmp_path)])
        assert "file must not be in use; another run works on" in capsys.readouterr().err
        assert cli.main([*RUN, str(tmp_path), "--seed", "1"]) == 0
    assert rpe.table.read(tmp_path / "recovery.csv").about["seed"] == 1


def test_two_scorecards_do_not_share_their_cells(tmp_path, capsys):
    command = ["scorecard", "--theory", "Rescorla-Wagner", "--finding", "E08", "--seeds", "1", "--jobs", "1"]
    lock = Lock(tmp_path / "scorecard_cells.jsonl.lock")
    with pytest.raises(SystemExit):
        cli.main([*command, "--out", str(tmp_path)])
    assert "another run works on" in capsys.readouterr().err
    lock.close()
    assert cli.main([*command, "--out", str(tmp_path)]) == 0
    assert not list(tmp_path.glob("*.lock"))


def test_without_a_folder_it_is_kept_with_the_caches(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    module = import_module("rpe.scorecard.run")
    work = module.run_all
    n = []

    def stopped(*arguments):
        n.append(1)
        if len(n) == 2:
            raise KeyboardInterrupt
        return work(*arguments)

    monkeypatch.setattr(module, "run_all", stopped)
    command = ["scorecard", "--theory", "Rescorla-Wagner", "--finding", "E08", "--seeds", "2", "--jobs", "1"]
    assert cli.main(command) == 130
    assert f"1 finished part is kept in {tmp_path}" in capsys.readouterr().err
    assert cli.main(command) == 0
    assert len(n) == 3
    assert not list((tmp_path / "rpe").iterdir())


@pytest.mark.skipif(os.name != "posix", reason="signals to other processes are those of POSIX")
class TestKilled:
    """Without a warning, at random moments after the first part; `benchmarks/killing.py` does more."""

    def test_a_sweep_whose_driver_and_worker_die(self, tmp_path):
        command = commands(tmp_path)["sweep"]
        assert killed(command, tmp_path / "killed", "worker", 0.0) == "worker"
        killed_once(command, tmp_path / "killed", "cells.db")
        assert whole(command, tmp_path / "killed")[0] == whole(command, tmp_path / "whole")[0]

    @pytest.mark.parametrize("name", ["rpe run", "rpe scorecard"])
    def test_a_command_goes_on(self, name, tmp_path, recovery):
        command = [*RPE, *RUN] if name == "rpe run" else commands(tmp_path, jobs=1, n_seeds=2)[name]
        killed_once(command, tmp_path / "killed", "*cells*")
        for folder in ("killed", "whole"):
            assert cli.main([*command[3:], str(tmp_path / folder)]) == 0
        assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


# A command whose figures are not drawn.
BARE = """
import sys
from pathlib import Path
from matplotlib.figure import Figure
import rpe
from rpe import cli

def saved(figure, file, **options):
    file.write(b"drawn") if hasattr(file, "write") else Path(file).write_bytes(b"drawn")

Figure.savefig = saved
rpe.experiments.load("recovery").figures = lambda result: {}
sys.exit(cli.main(sys.argv[1:]))
"""
AT_ONCE = {
    "rpe run": RUN[:-1],
    "rpe scorecard": ["scorecard", "--theory", "Rescorla-Wagner", "--finding", "E08", "--seeds", "2", "--jobs", "1"],
    "rpe claims": ["claims", "--quick", "--claim", "B13", "--jobs", "1"],
}


def ends_of_two(command, folder):
    """Run twice at once; the errors that were said, of which one at most may be."""
    both = [started(command, folder) for _ in range(2)]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in both]
    refused = [said for said, code in ended if code]
    assert len(refused) < 2, refused
    assert all("another run works on" in said for said in refused), refused


@pytest.mark.parametrize("name", AT_ONCE)
def test_two_processes_at_once_leave_what_one_leaves(name, tmp_path, recovery, monkeypatch):
    """The second is refused, or is late enough to do it all again."""
    command = [*AT_ONCE[name], "--out"]
    ends_of_two([sys.executable, "-c", BARE, *command], tmp_path / "both")
    monkeypatch.setattr("matplotlib.figure.Figure.savefig", Figure.savefig)
    monkeypatch.setattr("sys.argv", ["rpe", *command, str(tmp_path / "one")])
    with pytest.raises(SystemExit, match="0"):
        exec(BARE, {})
    assert contents(tmp_path / "both") == contents(tmp_path / "one")


def test_two_sweeps_at_once_on_one_file(tmp_path):
    command = commands(tmp_path)["sweep"]
    ends_of_two(command, tmp_path / "both")
    assert contents(tmp_path / "both") == whole(command, tmp_path / "one")[0]
