"""Records of behaviour: from files and simulations, to tables and back; and what reads them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rpe
from rpe import fit, records, sweep
from rpe.records import Choices, WorkLog

RECORD = Choices.of(
    [[[0, 1, -1], [1, -1, -1]], [[2, 0, 1], [1, 1, -1]]],
    np.arange(12.0).reshape(2, 2, 3) / 3,
    subjects=["anna", "ben"],
    state=np.arange(16).reshape(2, 2, 4) % 3,
    effort=0.5,
    points=np.full((2, 2, 3), 0.25),
)


def same(left, right):
    seen = left.action >= 0
    np.testing.assert_array_equal(right.action, left.action)
    for name in ("reward", "effort", "points", "pseudo_reward", "terminated"):
        np.testing.assert_array_equal(getattr(right, name)[seen], getattr(left, name)[seen])
    np.testing.assert_array_equal(right.state[..., :-1][seen], left.state[..., :-1][seen])
    np.testing.assert_array_equal(right.state[..., 1:][seen], left.state[..., 1:][seen])
    assert right.subjects == left.subjects


def test_a_table_has_a_row_a_choice_and_reads_back_as_choices(tmp_path):
    table = RECORD.table
    assert table.n_rows == RECORD.n_choices.sum() == 8
    assert table.where(table["subject"] == "ben")["action"].tolist() == [2, 0, 1, 1, 1]
    path = table.to_csv(tmp_path / "choices.csv")
    same(RECORD, records.read_choices(path))
    assert rpe.table.read(path) == table


def test_a_work_log_is_a_table_and_reads_back(tmp_path):
    log = WorkLog.of([[0, 2, 1], [1, 0, 3]], subjects=["anna", "ben"])
    assert log.table["done"].tolist() == [0, 2, 1, 1, 0, 3]
    back = records.read_work(log.table.to_csv(tmp_path / "work.csv"))
    np.testing.assert_array_equal(back.units, log.units)
    unknown = WorkLog.of([[1, -1, 2]])
    assert unknown.table["day"].tolist() == [0]


def test_choices_of_a_simulation_are_those_it_recorded():
    task = rpe.tasks.micro_wins(n_goals=2, n_units=4, deadline=8)
    agent = rpe.agents.QLearner(inverse_temperature=0.5)
    history = rpe.simulate.run(agent, task, n_agents=5, n_trials=3, rng=0, record="all")
    data = fit.choices_of(history)
    np.testing.assert_array_equal(data.action, history.full.action)
    log = fit.work_of(history, trial=2)
    np.testing.assert_array_equal(log.units[:, -1], history.trials.units[:, 2])
    brief = rpe.simulate.run(agent, task, n_agents=5, n_trials=3, rng=0, record=[])
    for function in (fit.choices_of, fit.work_of):
        with pytest.raises(ValueError, match="history must hold agents in full"):
            function(brief)
    arms = rpe.simulate.run(
        rpe.agents.QLearner(discount=0.0), rpe.tasks.bandit([0.5, 0.5]), n_agents=2, n_trials=2, rng=0, record="all"
    )
    with pytest.raises(TypeError, match="history must be of a task with units of work"):
        fit.work_of(arms)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Choices.of(np.ma.masked_array([[0, 1]], [[True, False]]), [[0.0, 1.0]]), TypeError, "action must not"),
        (lambda: Choices.of([[0, 1]], np.ma.masked_array([[0.0, 1.0]])), TypeError, "reward must not be a masked"),
        (lambda: Choices.of([[0, 1]], [["a", "b"]]), TypeError, "reward must hold real numbers"),
        (lambda: WorkLog.of(np.ma.masked_array([[1, 2]])), TypeError, "done must not be a masked array"),
    ],
)
def test_bad_records(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_reward_may_be_whether_there_was_one():
    np.testing.assert_array_equal(Choices.of([[0, 1]], [[True, False]]).reward[..., 0], [[1.0, 0.0]])


def test_records_know_nothing_of_simulations():
    """They are under measures and fit, and load without either."""
    code = "import sys, rpe.records; print(*sorted(m for m in sys.modules if m.startswith('rpe.')))"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert {name.split(".")[1] for name in out} == {"_checks", "_files", "_shown", "records", "table"}


# --- what is shown of the rooms ----------------------------------------------------------------------

ROOMS = [fit, records, sweep, rpe.table]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_a_room_shows_its_public_names_and_begins_with_what_to_call(room):
    assert dir(room) == sorted(room.__all__)
    assert all(hasattr(room, name) for name in room.__all__)
    lines = room.__doc__.splitlines()
    assert lines[3].startswith("What you want  ")
    table = room.__doc__.split("====\n")[-2] if room.__doc__.rstrip().endswith("=") else ""
    assert table.count("`") >= 8


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_no_function_hides_a_file(room):
    """`run` apart, which lives in run.py everywhere."""
    files = {path.stem for path in Path(room.__file__).parent.glob("*.py")} - {"__init__", "run"}
    assert not files & set(room.__all__)
