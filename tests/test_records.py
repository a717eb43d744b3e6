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
    subjects=["anna", "-b'en"],
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
    assert table.where(table["subject"] == "-b'en")["action"].tolist() == [2, 0, 1, 1, 1]
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
    assert {name.split(".")[1] for name in out} == {
        "_checks",
        "_files",
        "_locks",
        "_objects",
        "_shown",
        "records",
        "table",
    }


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


# --- what results show, and what they are as tables --------------------------------------------------

TASK = rpe.tasks.bandit([0.2, 0.8])
BETA = {"inverse_temperature": fit.Parameter(0, 20, start=(2, 6), prior=(-1.0, 1.0))}
LEARNS = fit.Model(rpe.agents.QLearner(learning_rate=0.2, discount=0.0), TASK, BETA, name="learns")
KNOWS = fit.Model(rpe.agents.Planner(rpe.discounting.Exponential(0.9)), TASK, BETA, name="knows")


@pytest.fixture(scope="module")
def recovery():
    return fit.parameter_recovery(LEARNS, n_subjects=8, n_trials=40, method="map", n_starts=1, rng=0)


def test_fits_show_their_numbers(recovery):
    text = repr(recovery.fit)
    assert text.startswith("Fit of model 'learns' by 'map', 1 start\nTable of 8 rows and")
    assert f"{recovery.fit.estimates[0, 0]:.4g}" in text
    assert f"{recovery.correlation[0]:.4g}" in repr(recovery)
    group = fit.hierarchical(LEARNS, fit.simulated(LEARNS, recovery.true, n_trials=40, rng=1), n_starts=1, rng=0)
    assert f"{group.median[0]:.4g}" in repr(group)
    assert len(repr(recovery.fit)) < 1500


def test_a_recovery_is_summed_up_by_parameter(recovery):
    summary = recovery.summary
    assert summary["parameter"].tolist() == ["inverse_temperature"]
    for name in ("correlation", "bias", "rmse", "coverage"):
        assert summary[name].tolist() == getattr(recovery, name).tolist()


def test_a_recovery_of_models_is_a_table():
    found = fit.model_recovery([LEARNS, KNOWS], n_subjects=6, n_trials=30, n_starts=1, rng=0)
    table = found.table
    for i, generated in enumerate(found.names):
        for j, wins in enumerate(found.names):
            row = table.where((table["generated"] == generated) & (table["wins"] == wins))
            assert row["confusion"].tolist() == [found.confusion[i, j]]
            np.testing.assert_array_equal(row["inversion"], [found.inversion[i, j]])
    assert repr(found).startswith("ModelRecovery by bic\nTable of 4 rows")


def test_a_selection_is_a_table():
    found = fit.random_effects(np.array([[0.0, -6.0]] * 9 + [[-6.0, 0.0]]), n_samples=1000, rng=0)
    assert found.table["exceedance"].tolist() == found.exceedance.tolist()
    assert found.table.about["omnibus_risk"] == found.omnibus_risk
    assert f"{found.frequency[0]:.4g}" in repr(found)


DATA = fit.simulated(LEARNS, [[2.0], [3.0]], n_trials=5, rng=0)


@pytest.mark.parametrize(
    "call",
    [
        lambda rng: fit.fit(LEARNS, DATA, rng=rng),
        lambda rng: fit.hierarchical(LEARNS, DATA, rng=rng),
        lambda rng: fit.simulated(LEARNS, [[2.0]], rng=rng),
        lambda rng: fit.parameter_recovery(LEARNS, n_subjects=2, n_trials=5, rng=rng),
        lambda rng: fit.model_recovery([LEARNS, KNOWS], n_subjects=2, n_trials=5, rng=rng),
        lambda rng: fit.cross_validate(LEARNS, DATA, n_folds=2, rng=rng),
        lambda rng: fit.random_effects([[0.0, 1.0]], rng=rng),
        lambda rng: sweep.latin_hypercube(3, rng=rng, k=(0.0, 1.0)),
        lambda rng: sweep.sobol(4, rng=rng, k=(0.0, 1.0)),
        lambda rng: sweep.run(lambda k, rng: k, sweep.grid(k=[1.0]), rng=rng),
    ],
)
def test_seeds_are_checked_alike(call):
    for rng, error in (("3", TypeError), (True, TypeError), (1.0, TypeError), (-1, ValueError)):
        with pytest.raises(error, match="rng must be an integer of at least 0"):
            call(rng)
    call(np.int64(3))


def test_a_sweep_records_its_seed():
    table = sweep.run(lambda k, rng: rng.random(), sweep.grid(k=[1.0, 2.0]), rng=np.int64(0))
    assert table.about["seed"] == "0"
    assert table == sweep.run(lambda k, rng: rng.random(), sweep.grid(k=[1.0, 2.0]), rng=0)


def test_what_decides_is_checked_before_the_work():
    with pytest.raises(ValueError, match="by must be one of 'aic', 'bic', 'log_evidence'; got 'dic'"):
        fit.model_recovery([LEARNS, KNOWS], n_subjects=10**9, by="dic")
