"""The main experiment and the command: contract, controls, files, and bad options."""

import re
import runpy
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

import rpe
from rpe import experiments
from rpe.cli import main
from rpe.experiments import micro_wins
from rpe.table import Table, read

TINY = micro_wins.Settings(
    n_units=10,
    deadline=30,
    horizons=(4.8,),
    matchings=("D(N)",),
    temperatures=(1.0, float("inf")),
    cost_ratios=(0.6,),
    goal_numbers=(5,),
    pays=("completion",),
    success_probabilities=(1.0,),
    n_rates=4,
    n_ratios=3,
    n_tasks=3,
    n_task_rates=2,
    n_agents=4,
    n_trials=5,
    n_credit_trials=5,
    n_walkers=60,
)


# --- the registry -----------------------------------------------------------------


def test_registry():
    assert len(experiments.names()) > 20
    for name in experiments.names():
        module = experiments.load(name)
        assert experiments.describe(name).endswith(".")
        for part in ("Settings", "run", "table", "sentences", "figures"):
            assert callable(getattr(module, part))
    with pytest.raises(ValueError, match=r"name must be one of 'adaptation'.*did you mean 'micro_wins'"):
        experiments.load("macro_wins")
    with pytest.raises(TypeError, match="settings must be"):
        experiments.run("micro_wins", settings=3)
    with pytest.raises(ValueError, match="n_jobs must be at least 1"):
        experiments.run("micro_wins", TINY, n_jobs=0)


@dataclass(frozen=True)
class OwnSettings:
    n: int = 2


class Own:
    """What is asked."""

    Settings = OwnSettings

    def run(self, settings, rng=None, *, progress=False, n_jobs=1):
        return np.random.default_rng(rng).random(settings.n)

    def table(self, result):
        return {"trial": range(len(result)), "value": result}

    def sentences(self, result):
        return [f"There are {len(result)}."]

    def figures(self, result):
        return {"": Figure()}


def test_an_experiment_of_ones_own(tmp_path):
    own = Own()
    report = experiments.run(own, own.Settings(n=3), 4)
    assert (report.name, report.seed, report.sentences) == ("Own", 4, ["There are 3."])
    assert report.value("value", trial=2) == np.random.default_rng(4).random(3)[2]
    experiments.write(report, tmp_path)
    back = read(tmp_path / "Own.csv")
    np.testing.assert_equal(dict(back), dict(report.table))
    told = {name: back.about[name] for name in ("experiment", "settings", "seed", "sentences")}
    assert told == {"experiment": "Own", "settings": {"n": 3}, "seed": 4, "sentences": ["There are 3."]}
    assert set(back.about["versions"]) >= {"rpe", "numpy"}
    with pytest.raises(TypeError, match="it lacks run, table, sentences, figures"):
        experiments.run(type("Half", (), {"Settings": Own.Settings})())


def test_the_example_of_ones_own_runs(capsys):
    runpy.run_path(str(Path(__file__).parents[1] / "examples" / "own_experiment.py"))
    assert "sub-goals are best" in capsys.readouterr().out


def test_listing_imports_no_experiment():
    heavy = "[m for m in sys.modules if m in ('matplotlib', 'scipy', 'rpe.plots', 'rpe.experiments.inertia')]"
    code = f"import sys, rpe.cli; rpe.cli.main(['list']); print({heavy})"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "[]"
    listed = {line.split()[0] for line in out.splitlines()[:-1]}
    folder = Path(experiments.__file__).parent
    files = {
        p.stem for p in folder.glob("*.py") if re.search(r"^class Settings\b", p.read_text(encoding="utf-8"), re.M)
    }
    assert listed == files | {p.parent.name for p in folder.glob("*/settings.py")}


def test_users_see_what_they_may_use():
    assert set(dir(experiments)) == set(experiments.__all__)
    assert set(dir(rpe.claims)) == set(rpe.claims.__all__)
    for name in experiments.names():
        module = experiments.load(name)
        assert {"Settings", "run", "table", "sentences", "figures"} <= set(dir(module))
        assert not {"np", "Any", "Self", "Floats", "count", "scalar", "dataclass"} & set(dir(module)), name


# --- files ---------------------------------------------------------------------------------------


@pytest.fixture
def report():
    figure = Figure()
    figure.subplots().plot([0, 1])
    return experiments.Report(
        "micro_wins",
        {"a": 1},
        3,
        Table({"part": ["x", "y"], "value": [1.5, float("nan")]}, {"settings": {"a": 1}, "seed": 3}),
        ["So."],
        {"": figure, "more": figure},
    )


def test_files(report, tmp_path):
    folder = tmp_path / "new" / "results"
    written = experiments.write(report, folder)
    names = {"micro_wins.csv", "micro_wins.json", "micro_wins.png", "micro_wins.svg"}
    names |= {"micro_wins_more.png", "micro_wins_more.svg"}
    assert {path.name for path in folder.iterdir()} == {path.name for path in written} == names
    back = read(folder / "micro_wins.csv")
    assert back["part"].tolist() == ["x", "y"]
    np.testing.assert_array_equal(back["value"], [1.5, np.nan])
    assert (back.about["settings"], back.about["seed"]) == ({"a": 1}, 3)
    assert set(back.about["versions"]) == {"python", "rpe", "numpy", "scipy", "gymnasium", "matplotlib"}
    assert (folder / "micro_wins.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (folder / "micro_wins.svg").read_bytes()


def test_slides_hold_a_panel_each_and_fill_the_screen(report, tmp_path):
    # A pair of panels above one as wide as the page, each of a colour of its own.
    figure, panels = rpe.plots.page(3)
    for ax, colour in zip(panels, ("red", "lime", "blue"), strict=True):
        ax.set_facecolor(colour)
    before = figure.get_size_inches().tolist()
    tall = rpe.plots.page(1, height=7.0)[0]
    figures = {"": figure, "tall": tall, "other": Figure()}
    written = experiments.write(report._replace(figures=figures), tmp_path, slides=True)
    shown = [path for path in written if "slide" in path.name]
    assert [path.name.partition("_slide")[2] for path in shown] == ["1.png", "2.png", "3.png"]
    for path, channel in zip(shown, range(3), strict=True):
        pixels = imread(path)[..., :3]
        height, width = pixels.shape[:2]
        assert min(1920 - width, 1080 - height) <= 1
        assert width <= 1921
        assert height <= 1081
        full = (pixels == np.eye(3)[channel]).all(axis=-1).mean()
        others = [(pixels == np.eye(3)[k]).all(axis=-1).any() for k in range(3) if k != channel]
        assert full > 0.5
        assert not any(others)
    assert figure.get_size_inches().tolist() == before


def test_a_failure_leaves_the_old_file_and_nothing_else(report, tmp_path, monkeypatch):
    experiments.write(report, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fail(path, **_):
        path.write_text("half", encoding="utf-8")
        raise RuntimeError("no ink")

    monkeypatch.setattr(report.figures["more"], "savefig", fail)
    with pytest.raises(RuntimeError, match="no ink"):
        experiments.write(report, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_settings_of_something_else_are_not_overwritten(tmp_path, capsys):
    (tmp_path / "inertia.json").write_text('{"of": "something else"}', encoding="utf-8")
    with pytest.raises(SystemExit) as exit_:
        main(["run", "inertia", "--quick", "--out", str(tmp_path)])
    assert exit_.value.code == 2
    assert "inertia.json exists and does not belong to a table" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["inertia.json"]


# --- the command ---------------------------------------------------------------------------------


def as_text(value):
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


SMALL_RUN = [f"--set={name}={as_text(getattr(TINY, name))}" for name in TINY.__dataclass_fields__]


def test_run_from_the_command_line(tmp_path, capsys):
    assert main(["run", "micro_wins", "--quick", "--out", str(tmp_path), "--jobs", "1", "--seed", "5", *SMALL_RUN]) == 0
    out = capsys.readouterr().out
    assert "procrastination_index" in out
    assert "• Over the family" in out
    suffixes = ("_sensitivity", "_tasks", "_example", "_momentum", "_learning", "_payout")
    stems = ["micro_wins", *(f"micro_wins{suffix}" for suffix in suffixes)]
    expected = {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")} | {"micro_wins.csv", "micro_wins.json"}
    assert {path.name for path in tmp_path.iterdir()} == expected
    content = read(tmp_path / "micro_wins.csv").about
    assert content["seed"] == 5
    assert content["settings"]["n_tasks"] == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "macro_wins"], "name must be one of .*did you mean 'micro_wins'"),
        (["run", "micro_wins", "--quick", "--full"], "not allowed with"),
        (["run", "micro_wins", "--seed", "-1"], "whole number of at least 0"),
        (["run", "micro_wins", "--seed", "x"], "whole number of at least 0; got 'x'"),
        (["run", "micro_wins", "--jobs", "0"], "--jobs must be at least 1; got 0"),
        (
            ["run", "micro_wins", "--set", "n_goal=5"],
            "setting must be one of 'n_units', 'deadline'.*; did you mean 'n_goals'",
        ),
        (["run", "micro_wins", "--set", "n_goals=five"], "n_goals must be a whole number; got 'five'"),
        (["run", "micro_wins", "--set", "n_goals=50"], "n_goals must be at most 20; got 50"),
        (["run", "micro_wins", "--set", "k"], "NAME=VALUE"),
        (["run", "micro_wins", "--quikc"], "unrecognized arguments"),
        (["walk"], "invalid choice"),
        ([], "required"),
    ],
)
def test_bad_options_fail_before_any_work(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as exit_:
        main(words)
    assert exit_.value.code == 2
    assert re.search(message, capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


def test_an_impossible_directory_fails_before_any_work(tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SystemExit) as exit_:
        main(["run", "micro_wins", "--out", str(tmp_path / "file")])
    assert exit_.value.code == 2
    assert "--out must be a directory that can be written to" in capsys.readouterr().err


def test_list_and_version(capsys):
    assert main(["list"]) == 0
    assert "micro_wins" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"rpe {rpe.__version__}\n"


def test_python_m_rpe_is_the_same():
    found = subprocess.run([sys.executable, "-m", "rpe", "list"], capture_output=True, text=True, check=True)
    assert found.stdout.startswith("adaptation ")


def test_an_interrupted_run_says_so_and_writes_nothing(tmp_path):
    out = tmp_path / "results"
    command = [sys.executable, "-m", "rpe", "run", "micro_wins", "--out", str(out), "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not out.exists():  # made just before the work begins, which takes minutes
        assert process.poll() is None
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted; nothing was written" in err
    assert list(out.iterdir()) == []


def test_ctrl_c_while_something_is_executed_has_the_same_exit_code(tmp_path):
    code = (
        "import sys, rpe.cli\nfrom rpe import experiments\n"
        "experiments.catalogue = lambda: exec('raise KeyboardInterrupt')\nsys.exit(rpe.cli.main(['list']))\n"
    )
    (tmp_path / "asked.py").write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "asked"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 130
    assert "interrupted" in done.stderr


def test_experiments_are_reproducible_from_the_report():
    a, b = (experiments.run("micro_wins", TINY, 2) for _ in range(2))
    assert a.sentences == b.sentences
    assert a.seed == 2
    np.testing.assert_equal(dict(a.table), dict(b.table))


def test_a_report_replaces_all_files_or_none(tmp_path):
    """A figure that cannot be drawn leaves the table of the run before, and no new file."""

    class Broken(Figure):
        def savefig(self, *args, **kwargs):
            raise RuntimeError("no ink")

    def report(value, figure):
        return experiments.Report("run", {}, 0, rpe.table.Table({"x": [value]}), ["It is."], {"": figure})

    experiments.write(report(1.0, Figure()), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(before) == {"run.csv", "run.json", "run.png", "run.svg"}
    with pytest.raises(RuntimeError, match="no ink"):
        experiments.write(report(2.0, Broken()), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
