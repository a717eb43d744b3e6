"""The command and the registry on a tiny experiment: what is passed on, printed, written and left behind."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Self

import pytest
from matplotlib.figure import Figure

from rpe import experiments
from rpe._checks import count
from rpe.cli import main


@dataclass(frozen=True)
class Settings:
    size: int = 2
    rate: float = 0.5

    def __post_init__(self):
        count("size", self.size)

    @classmethod
    def quick(cls) -> Self:
        return cls(size=1)

    @classmethod
    def full(cls) -> Self:
        return cls(size=3)


def figures(result):
    figure = Figure()
    figure.subplots().plot([0, 1])
    return {"": figure, "more": figure}


@pytest.fixture
def tiny(monkeypatch):
    """An experiment of two settings that remembers how it was called."""
    module = ModuleType("rpe.experiments.tiny", "What comes of nothing.\n\nMore of it.")
    module.calls = []

    def run(settings, rng, *, progress, n_jobs):
        module.calls.append((settings, rng, progress, n_jobs))
        return settings

    module.Settings, module.run, module.figures = Settings, run, figures
    module.table = lambda result: {"part": ["first"] * result.size + ["last"], "effect": [0.25] * (result.size + 1)}
    module.sentences = lambda result: [f"There are {result.size}."]
    monkeypatch.setitem(sys.modules, "rpe.experiments.tiny", module)
    monkeypatch.setattr(experiments, "NAMES", (*experiments.NAMES, "tiny"))
    return module


def names(folder):
    return {path.name for path in folder.iterdir()}


FILES = {"tiny.csv", "tiny.json", "tiny.png", "tiny.svg", "tiny_more.png", "tiny_more.svg"}


def test_list_shows_the_first_line(tiny, capsys):
    assert main(["list"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split(maxsplit=1) == ["tiny", "What comes of nothing."]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], Settings()),
        (["--quick"], Settings(size=1)),
        (["--full"], Settings(size=3)),
        (["--full", "--set", "size=4", "--set", "rate=1e-2"], Settings(size=4, rate=0.01)),
        (["--set", "size=4", "--set", "size=5"], Settings(size=5)),
    ],
)
def test_options_reach_the_experiment(tiny, words, expected, tmp_path):
    assert main(["run", "tiny", "--out", str(tmp_path), "--seed", "7", "--jobs", "3", *words]) == 0
    assert tiny.calls == [(expected, 7, False, 3)]
    assert names(tmp_path) == FILES
    content = json.loads((tmp_path / "tiny.json").read_text(encoding="utf-8"))
    assert content["settings"] == {"size": expected.size, "rate": expected.rate}
    assert content["seed"] == 7


def test_what_is_printed(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["run", "tiny"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:3]] == [["part", "effect"], ["first", "0.250"], ["first", "0.250"]]
    assert "• There are 2." in lines
    assert sum(line.startswith("wrote results") for line in lines) == len(FILES)
    assert names(tmp_path) == {"results"}
    assert names(tmp_path / "results") == FILES


def test_the_same_run_gives_the_same_files(tiny, tmp_path):
    for folder in ("a", "b"):
        assert main(["run", "tiny", "--out", str(tmp_path / folder)]) == 0
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


@pytest.mark.parametrize("change", ["sise=1", "size=1.5", "size=0", "size", "rate=x", "=1"])
def test_a_bad_setting_fails_before_any_work(tiny, change, tmp_path, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["run", "tiny", "--out", str(tmp_path / "new"), "--set", change])
    assert exit_.value.code == 2
    assert "--set: " in capsys.readouterr().err
    assert tiny.calls == []
    assert names(tmp_path) == set()


def test_a_wrong_setting_is_answered_with_the_right_ones(tiny, capsys):
    with pytest.raises(SystemExit):
        main(["run", "tiny", "--set", "sise=1"])
    assert "setting must be one of 'size', 'rate'; got 'sise'" in capsys.readouterr().err


def test_an_interrupt_writes_nothing(tiny, tmp_path, monkeypatch, capsys):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(tiny, "run", stop)
    assert main(["run", "tiny", "--out", str(tmp_path)]) == 130
    assert capsys.readouterr().err == "rpe: interrupted; nothing was written\n"
    assert names(tmp_path) == set()


def test_a_figure_that_cannot_be_drawn_leaves_no_scraps(tiny, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no ink")

    broken = Figure()
    monkeypatch.setattr(broken, "savefig", fail)
    monkeypatch.setattr(tiny, "figures", lambda result: {"": broken})
    with pytest.raises(RuntimeError, match="no ink"):
        main(["run", "tiny", "--out", str(tmp_path)])
    assert names(tmp_path) <= {"tiny.csv", "tiny.json"}


def test_a_seed_that_is_a_generator_is_not_written_as_a_number(tiny):
    import numpy as np

    assert experiments.run("tiny", rng=np.random.default_rng(1)).seed is None
    assert experiments.run("tiny", rng=4).seed == 4


@pytest.mark.parametrize("buffering", [[], ["-u"]], ids=["buffered", "unbuffered"])
def test_a_reader_that_stops_early_is_no_error(buffering):
    command = [sys.executable, *buffering, "-m", "rpe", "list"]
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=usual) as listing:
        listing.stdout.close()
        said = listing.stderr.read()
    assert not said
    assert listing.returncode == 0
