"""What type checkers and editors see of `import rpe`, and how much of the public face says what it takes."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

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
