"""The command and the registry on a tiny experiment: what is passed on, printed, written and left behind."""

import dataclasses
import json
import os
import re
import subprocess
import sys

import pytest
from matplotlib.figure import Figure

from rpe import experiments
from rpe.cli import main
from rpe.table import read

TINY = '''"""What comes of nothing.

More of it."""

from dataclasses import dataclass

from matplotlib.figure import Figure

from rpe._checks import count

calls = []


@dataclass(frozen=True)
class Settings:
    size: int = 2
    rate: float = 0.5
    fast: bool = False
    sizes: tuple[int, ...] = (1, 2)

    def __post_init__(self):
        count("size", self.size)

    @classmethod
    def quick(cls):
        return cls(size=1)

    @classmethod
    def full(cls):
        return cls(size=3)


def run(settings, rng, *, progress, n_jobs):
    calls.append((settings, rng, progress, n_jobs))
    return settings


def table(result):
    return {"part": ["first"] * result.size + ["last"], "effect": [0.25] * (result.size + 1)}


def sentences(result):
    return [f"There are {result.size}."]


def figures(result):
    figure = Figure()
    figure.subplots().plot([0, 1])
    return {"": figure, "more": figure}
'''


@pytest.fixture
def tiny(monkeypatch, tmp_path_factory):
    """An experiment that remembers how it was called: one new file, found by being there."""
    folder = tmp_path_factory.mktemp("rooms")
    (folder / "zz_tiny.py").write_text(TINY, encoding="utf-8")
    (folder / "zz_helper.py").write_text("def run():\n    ...\n", encoding="utf-8")
    monkeypatch.setattr(experiments, "__path__", [*experiments.__path__, str(folder)])
    monkeypatch.delitem(sys.modules, "rpe.experiments.zz_tiny", raising=False)
    return experiments.load("zz_tiny")


def json_of(settings):
    return {name: list(x) if isinstance(x, tuple) else x for name, x in vars(settings).items()}


def names(folder):
    return {path.name for path in folder.iterdir()}


FILES = {"zz_tiny.csv", "zz_tiny.json", "zz_tiny.png", "zz_tiny.svg", "zz_tiny_more.png", "zz_tiny_more.svg"}


def test_list_shows_the_first_line(tiny, capsys):
    assert main(["list"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split(maxsplit=1) == ["zz_tiny", "What comes of nothing."]


def test_list_as_json(tiny, capsys):
    assert main(["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"name": name, "question": question} for name, question in experiments.catalogue().items()
    ]


@pytest.mark.parametrize(
    ("words", "command", "meant"),
    [
        (["lits"], "rpe", "list"),
        (["list", "--jsn"], "rpe list", "--json"),
        (["run", "zz_tiny", "--quik=1"], "rpe run", "--quick"),
        (["run", "zz_tinny"], "rpe", "zz_tiny"),
        (["claims", "--claim", "d111"], "rpe", "D11"),
        (["scorecard", "--theory", "TD0"], "rpe", "TD(0)"),
        (["scorecard", "--data", "--finding", "nothing like it"], "rpe", None),
        (["completion", "bsh"], "rpe completion", "bash"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_nearest(tiny, words, command, meant, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(words)
    assert exit_.value.code == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith(f"{command}: error: ")
    assert re.findall(r"did you mean '(.*?)'", line) == ([] if meant is None else [meant])


def test_a_missing_name_is_said(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["run", "--quick"])
    assert exit_.value.code == 2
    assert capsys.readouterr().err.endswith("rpe run: error: NAME is missing: one of those that `rpe list` shows\n")


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["--help", "zz_tiny"], ["zz_tiny", "--quick", "--help"]])
def test_help_of_an_experiment_lists_its_settings(tiny, words, capsys):
    tiny.Settings.__doc__ = """Settings.

    Parameters
    ----------
    size, rate : int
        How many, and
        how fast, reward units.
    sizes
        Steps of each.

    Notes
    -----
    fast : bool
        Not here.
    """
    assert main(["run", *words]) == 0
    out = capsys.readouterr().out
    assert "--set NAME=VALUE" in out
    assert tiny.calls == []
    settings = out.partition("settings of zz_tiny, for --set NAME=VALUE:\n")[2]
    assert settings.splitlines() == (
        [
            "  size=2  [reward units]  (quick 1; full 3)",
            "      How many, and how fast, reward units.",
            "  rate=0.5  [reward units]",
            "      How many, and how fast, reward units.",
            "  fast=false",
            "",
            "  sizes=1,2  [steps]",
            "      Steps of each.",
        ]
        if "zz_tiny" in words
        else []
    )


# What a number without a unit says of itself.
_PURE = re.compile(
    r"\b(shares?|chances?|probability|probabilities|ratios?|factors?|weights?|exponent|autocorrelation|kT|λ|ε|"
    r"standard deviation|habituation|in [\[(]0, [\d.]+\]|by which effort|units of intake|questionnaire|"
    r"resistance|N\(e \+ d\)/R)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", experiments.names())
def test_every_setting_has_a_meaning_and_a_unit_where_it_has_one(name):
    known = experiments.settings_table(name)
    settings = experiments.load(name).Settings()
    assert known["setting"].tolist() == [field.name for field in dataclasses.fields(settings)]
    for setting, default, unit, meaning in zip(
        *(known[column].tolist() for column in ("setting", "default", "unit", "meaning")), strict=True
    ):
        assert len(meaning) > 5, setting
        assert experiments.override(settings, {setting: default}) == settings
        value = getattr(settings, setting)
        if isinstance(value[0] if isinstance(value, tuple) else value, float):
            assert unit or _PURE.search(meaning), f"{setting}: which unit? {meaning}"


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_knows_the_experiments(shell, capsys):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert {"micro_wins", "scorecard", "B13"} <= set(re.findall(r"\w+", script))


def test_completion_without_its_extra_is_one_line(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 1
    assert capsys.readouterr().err == "rpe: completion needs the extra: pip install 'rpe[completion]'\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], {}),
        (["--quick"], {"size": 1}),
        (["--full"], {"size": 3}),
        (["--full", "--set", "size=4", "--set", "rate=1e-2"], {"size": 4, "rate": 0.01}),
        (["--set", "size=4", "--set", "size=5"], {"size": 5}),
        (["--set", "fast=true", "--set", "sizes=3,4,5"], {"fast": True, "sizes": (3, 4, 5)}),
        (["--set", "fast=False", "--set", "sizes=(7,)"], {"fast": False, "sizes": (7,)}),
    ],
)
def test_options_reach_the_experiment(tiny, words, expected, tmp_path):
    assert main(["run", "zz_tiny", "--out", str(tmp_path), "--seed", "7", "--jobs", "3", *words]) == 0
    assert tiny.calls == [(tiny.Settings(**expected), 7, False, 3)]
    assert names(tmp_path) == FILES
    about = read(tmp_path / "zz_tiny.csv").about
    assert about["settings"] == json_of(tiny.Settings(**expected))
    assert (about["seed"], about["experiment"]) == (7, "zz_tiny")


def test_what_is_printed(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["run", "zz_tiny"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:3]] == [["part", "effect"], ["first", "0.250"], ["first", "0.250"]]
    assert "• There are 2." in lines
    assert sum(line.startswith("wrote results") for line in lines) == len(FILES)
    assert names(tmp_path) == {"results"}
    assert names(tmp_path / "results") == FILES


def test_the_same_run_gives_the_same_files(tiny, tmp_path):
    for folder in ("a", "b"):
        assert main(["run", "zz_tiny", "--out", str(tmp_path / folder)]) == 0
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


@pytest.mark.parametrize("change", ["sise=1", "size=1.5", "size=0", "size", "rate=x", "=1", "fast=1", "sizes=1,x"])
def test_a_bad_setting_fails_before_any_work(tiny, change, tmp_path, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["run", "zz_tiny", "--out", str(tmp_path / "new"), "--set", change])
    assert exit_.value.code == 2
    assert "--set: " in capsys.readouterr().err
    assert tiny.calls == []
    assert names(tmp_path) == set()


def test_a_wrong_setting_is_answered_with_the_right_ones(tiny, capsys):
    with pytest.raises(SystemExit):
        main(["run", "zz_tiny", "--set", "sise=1"])
    assert (
        "setting must be one of 'size', 'rate', 'fast', 'sizes'; got 'sise'; did you mean 'size'?"
        in capsys.readouterr().err
    )


def test_an_interrupt_writes_nothing(tiny, tmp_path, monkeypatch, capsys):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(tiny, "run", stop)
    assert main(["run", "zz_tiny", "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "rpe: interrupted; nothing was written\n"
    assert names(tmp_path) == set()


def test_a_figure_that_cannot_be_drawn_leaves_no_scraps(tiny, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no ink")

    broken = Figure()
    monkeypatch.setattr(broken, "savefig", fail)
    monkeypatch.setattr(tiny, "figures", lambda result: {"": broken})
    with pytest.raises(RuntimeError, match="no ink"):
        main(["run", "zz_tiny", "--out", str(tmp_path)])
    assert names(tmp_path) <= {"zz_tiny.csv", "zz_tiny.json"}


def test_a_seed_that_is_a_generator_is_not_written_as_a_number(tiny):
    import numpy as np

    assert experiments.run("zz_tiny", rng=np.random.default_rng(1)).seed is None
    assert experiments.run("zz_tiny", rng=4).seed == 4


@pytest.mark.parametrize("buffering", [[], ["-u"]], ids=["buffered", "unbuffered"])
def test_a_reader_that_stops_early_is_no_error(buffering):
    command = [sys.executable, *buffering, "-m", "rpe", "list"]
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=usual) as listing:
        listing.stdout.close()
        said = listing.stderr.read()
    assert not said
    assert listing.returncode == 0


def test_results_are_written_before_they_are_printed(tiny, tmp_path, monkeypatch):
    def fail(report):
        raise RuntimeError("no paper")

    monkeypatch.setattr("rpe.cli._show", fail)
    with pytest.raises(RuntimeError, match="no paper"):
        main(["run", "zz_tiny", "--out", str(tmp_path)])
    assert names(tmp_path) == FILES
    assert read(tmp_path / "zz_tiny.csv")["effect"].tolist() == [0.25] * 3


def test_a_helper_is_no_experiment(tiny):
    assert "zz_tiny" in experiments.names()
    assert "zz_helper" not in experiments.names()
    with pytest.raises(ValueError, match="did you mean 'zz_tiny'"):
        experiments.load("zz_tinny")


class TestOutputThatIsNotRead:
    """Results are written before they are printed: a closed pipe, a full disk or a poor terminal lose nothing."""

    COMMAND = (sys.executable, "-m", "rpe", "scorecard", "--theory", "TD(0)", "--finding", "A01", "--seeds", "1")

    def run(self, folder, stdout=subprocess.PIPE, **environment):
        done = subprocess.run(
            (*self.COMMAND, "--jobs", "1", "--out", "results"),
            cwd=folder,
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
            env=os.environ | environment,
        )
        assert {f"scorecard.{kind}" for kind in ("csv", "json", "png", "svg")} <= {
            path.name for path in (folder / "results").iterdir()
        }
        assert b"Traceback" not in done.stderr
        return done

    def test_a_closed_pipe(self, tmp_path):
        reading, writing = os.pipe()
        os.close(reading)
        assert self.run(tmp_path, stdout=writing).returncode == 0
        os.close(writing)

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only some systems have a device that is always full")
    def test_a_full_disk(self, tmp_path):
        with open("/dev/full", "w") as full:
            done = self.run(tmp_path, stdout=full)
        assert done.returncode == 1
        assert done.stderr.decode().strip().endswith("No space left on device")

    def test_a_terminal_without_greek_letters(self, tmp_path):
        done = self.run(tmp_path, PYTHONIOENCODING="ascii")
        assert done.returncode == 0
        assert done.stdout.decode("ascii")
