"""What type checkers and editors see of `import rpe`, and how much of the public face says what it takes."""

import inspect
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import rpe
from rpe import agents, tasks

ROOT = Path(__file__).parent.parent

# A user's script. Lines that end in "# wrong" are the planted mistakes, all others are right.
SCRIPT = '''\
"""A user's script."""

import numpy as np

import rpe

learner = rpe.agents.QLearner(learning_rate=0.1, discount=0.95, inverse_temperature=3.0)
slow = rpe.agents.QLearner(learning_rat=0.1)  # wrong
task = rpe.tasks.micro_wins(n_goals=3)
other = rpe.tasks.micro_wins(n_goalz=3)  # wrong
planner = rpe.agents.Planner(rpe.discounting.Hyperbolic(k=np.array([0.02, 0.08])))
nobody = rpe.agents.Plannerr(rpe.discounting.Hyperbolic(k=0.08))  # wrong
history = rpe.simulate.run(learner, task, n_agents=10, n_trials=5, rng=0)
lost = rpe.simulat.run(learner, task)  # wrong
index = rpe.measures.procrastination_index(history)
exact = rpe.measures.exact(planner, task)
ax = rpe.plots.procrastination_curve([exact.share_done[0], exact.share_done[1]], labels=["patient", "steep"])
ay = rpe.plots.procrastination_curve(np.array([0.0, 0.5, 1.0]), label=["mine"])  # wrong
text: str = rpe.plots.describe(ax)
number: int = rpe.plots.describe(ax)  # wrong
print(rpe.__version__, index.mean(), text)
'''
WRONG = {i for i, line in enumerate(SCRIPT.splitlines(), 1) if line.endswith("# wrong")}


@pytest.fixture
def script(tmp_path):
    """The script in a project of its own, which finds `rpe` as installed packages are found."""
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def with_the_package(folder):
    """A link or copy of the package beside a script, so that checkers read these sources."""
    shutil.copytree(ROOT / "rpe", folder / "rpe", ignore=shutil.ignore_patterns("__pycache__"))


@pytest.mark.slow
def test_mypy_finds_the_planted_mistakes_and_nothing_else(script):
    with_the_package(script.parent)
    (script.parent / "pyproject.toml").write_text(
        re.search(r"\[\[tool\.mypy\.overrides\]\].*?\n\n", (ROOT / "pyproject.toml").read_text("utf-8"), re.DOTALL)[0],
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--no-incremental", "script.py"]
    done = subprocess.run(command, cwd=script.parent, capture_output=True, text=True, check=False)
    found = {int(line) for line in re.findall(r"^script\.py:(\d+): error", done.stdout, re.MULTILINE)}
    assert found == WRONG, done.stdout + done.stderr


@pytest.mark.slow
def test_pyright_finds_the_planted_mistakes_and_nothing_else(script):
    with_the_package(script.parent)
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "script.py"]
    done = subprocess.run(command, cwd=script.parent, capture_output=True, text=True, check=False)
    said = json.loads(done.stdout)["generalDiagnostics"]
    found = {each["range"]["start"]["line"] + 1 for each in said if each["severity"] == "error"}
    assert found == WRONG, done.stdout + done.stderr


@pytest.mark.parametrize("wrong", [lambda: agents.QLearner(learning_rat=0.1), lambda: tasks.micro_wins(n_goalz=3)])
def test_what_checkers_call_wrong_fails(wrong):
    with pytest.raises(TypeError, match="unexpected keyword"):
        wrong()


def test_checkers_see_the_modules_that_users_do():
    source = (ROOT / "rpe" / "__init__.py").read_text(encoding="utf-8")
    assert re.findall(r"from rpe import (\w+) as \1\n", source) == rpe.__all__


def test_a_misspelt_module_is_answered_with_the_nearest():
    with pytest.raises(AttributeError, match="no attribute 'agnets'; did you mean 'agents'"):
        rpe.agnets  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'zzz'; it has agents, choice"):
        rpe.zzz  # noqa: B018


def functions_of(thing):
    """What a user calls: a function, or a class's constructor and public methods."""
    if inspect.isclass(thing):
        inner = [getattr(each, "__func__", each) for name, each in vars(thing).items() if not name.startswith("_")]
        return [thing.__init__, *(each for each in inner if inspect.isfunction(each))]
    return [thing] if callable(thing) else []


def parameters_of(module):
    """Room, name and annotation of each public parameter of a module, without `self`, *args and **kwargs."""
    bundles = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    for name in module.__all__:
        for function in functions_of(getattr(module, name)):
            try:
                signature = inspect.signature(function)
            except ValueError:  # built in: it has no signature
                continue
            for each in signature.parameters.values():
                if each.name not in ("self", "cls") and each.kind not in bundles:
                    yield f"{module.__name__}.{name}({each.name})", each.annotation


def says_nothing(annotation):
    return annotation in (Any, "Any", "typing.Any", inspect.Parameter.empty)


def untyped(modules):
    """The public parameters that are typed `Any` or not at all, and how many there are in all."""
    found = [each for module in modules for each in parameters_of(module)]
    return [name for name, annotation in found if says_nothing(annotation)], len(found)


def test_untyped_parameters_are_counted():
    def loose(a, b: Any, c: int, *, d: "Any" = None, **rest: Any): ...

    module = SimpleNamespace(__name__="m", __all__=["loose", "Number"], loose=loose, Number=3)
    assert untyped([module]) == (["m.loose(a)", "m.loose(b)", "m.loose(d)"], 4)


def test_public_parameters_say_what_they_take():
    """Over the whole package less than 3 % are typed `Any`; in figures none is."""
    loose, total = untyped([getattr(rpe, name) for name in rpe.__all__])
    assert total > 1000
    assert len(loose) < 0.03 * total, "\n".join(loose)
    assert untyped([rpe.plots, rpe.movies])[0] == []
